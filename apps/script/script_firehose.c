/* script_firehose.c - the clock of delivery streams, and what their world answers. */
#include "script_firehose.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

static uint64_t roll(struct dice *d, uint64_t n)
{
    struct script_fh *t = CONTAINER_OF(d, struct script_fh, dice);
    return hash_mix(t->chance += UINT64_C(0x9e3779b97f4a7c15)) % n;
}

bool script_firehose_open(struct script *s)
{
    script_firehose_close(s);
    s->deliveries = calloc(1, sizeof(*s->deliveries));
    if (s->deliveries == NULL)
        return false;
    s->deliveries->quota.max = 5000;
    s->deliveries->dice.roll = roll;
    s->deliveries->stream = calloc(FIREHOSES_MAX, sizeof(struct script_stream));
    return s->deliveries->stream != NULL;
}

void script_firehose_close(struct script *s)
{
    struct script_fh *t = s->deliveries;
    if (t == NULL)
        return;
    for (uint32_t i = 0; i < t->n; i++)
        fh_close(t->stream[i].core);
    free(t->stream);
    free(t);
    s->deliveries = NULL;
}

struct script_stream *firehose_word(struct script *s, const struct line *l, uint32_t *i, struct result *r)
{
    const struct arg *a = line_word(l, i);
    struct script_fh *t = s->deliveries;
    for (uint32_t k = 0; a != NULL && k < t->n; k++)
        if (strcmp(t->stream[k].name, a->value) == 0)
            return &t->stream[k];
    firehose_result(r, FH_NO_STREAM);
    return NULL;
}

void firehose_result(struct result *r, enum fh_outcome o)
{
    const struct fh_outcome_row *row = fh_outcome_row(o);
    result_text(r, "%s", row->code == NULL ? "ok" : row->code);
    result_field(r, "why", "%s", row->name);
    result_field(r, "http", "%d", row->http);
}

/* --- the world --- */

static void note(struct script_stream *f, uint32_t lot, sim_time at, bool invocation, bool backup)
{
    struct fh_lot_view v;
    fh_lot(f->core, lot, &v);
    if (f->n_note < FH_NOTES_MAX)
        f->note[f->n_note++] = (struct fh_note){.at = at,
                                                .bytes = v.bytes,
                                                .n = v.n,
                                                .why = v.why,
                                                .invocation = invocation,
                                                .backup = backup,
                                                .copy = v.copy};
}

static void begin_task(struct script_stream *f, const struct fh_task *task, sim_time now)
{
    bool backup = task->kind == FH_TASK_DELIVER && task->to == FH_TO_BACKUP;
    bool down = backup ? f->backup_down : f->down;
    struct fh_pending p = {.lot = task->lot, .at = now + f->takes};
    CHECK(f->n_pending < FH_PENDING_MAX);
    if (task->kind == FH_TASK_INVOKE) {
        p = (struct fh_pending){task->lot, now + f->works, true, f->fails ? FH_FAILED : FH_DONE};
        note(f, task->lot, now, true, false);
    } else if (down) {
        p.at = now;
        p.answer = FH_FAILED;
    } else if (!backup && f->silent) {
        p.at = now + fh_limits(fh_config(f->core)->destination, false)->ack * SIM_S;
        p.answer = FH_NO_ACK;
        fh_stored(f->core, task->lot, task->to);
    }
    f->pending[f->n_pending++] = p;
}

static void answer(struct script *s, struct script_stream *f, uint32_t i, sim_time now)
{
    struct fh_pending p = f->pending[i];
    memmove(&f->pending[i], &f->pending[i + 1], (f->n_pending - i - 1) * sizeof(p));
    f->n_pending--;
    call_begin(&f->call, now, &s->deliveries->dice);
    if (p.invokes)
        fh_invoked(f->core, &f->call, p.lot, p.answer == FH_DONE);
    else
        fh_settle(f->core, &f->call, p.lot, p.answer);
}

static void told(struct script_stream *f, const struct fh_task *task, sim_time now)
{
    bool backup = task->end == FH_END_BACKED_UP || task->end == FH_END_COPIED;
    if (task->end == FH_END_DELIVERED || backup)
        note(f, task->lot, now, false, backup);
    if (task->end == FH_END_EXPIRED)
        f->lost_at = now;
    fh_release(f->core, task->lot);
}

static bool answer_due(struct script *s, struct script_stream *f, sim_time now)
{
    for (uint32_t i = 0; i < f->n_pending; i++)
        if (f->pending[i].at <= now) {
            answer(s, f, i, now);
            return true;
        }
    return false;
}

void firehose_pump(struct script *s, struct script_stream *f, sim_time now)
{
    struct fh_task task;
    for (bool more = true; more;) {
        call_begin(&f->call, now, &s->deliveries->dice);
        more = fh_next(f->core, &f->call, &task);
        if (more && task.kind == FH_TASK_END)
            told(f, &task, now);
        else if (more)
            begin_task(f, &task, now);
        else
            more = answer_due(s, f, now);
    }
}

/* --- time --- */

static sim_time next_of(const struct script_stream *f)
{
    sim_time at = fh_deadline(f->core);
    for (uint32_t i = 0; i < f->n_pending; i++)
        at = f->pending[i].at < at ? f->pending[i].at : at;
    return at;
}

void script_firehose_to(struct script *s, sim_time to)
{
    struct script_fh *t = s->deliveries;
    for (uint32_t i = 0; i < t->n; i++)
        for (sim_time at = next_of(&t->stream[i]); at <= to; at = next_of(&t->stream[i]))
            firehose_pump(s, &t->stream[i], at);
}

void script_firehose_check(struct script *s)
{
    for (uint32_t i = 0; i < s->deliveries->n; i++)
        fh_check(s->deliveries->stream[i].core, account_now(s->account));
}

struct call *firehose_begin(struct script *s, struct script_stream *f)
{
    sim_time now = account_now(s->account);
    script_firehose_to(s, now);
    call_begin(&f->call, now, &s->deliveries->dice);
    return &f->call;
}
