/* esmq.c - a mapping's life, what it does next, and how batches end. */
#include "esmq_int.h"

#include "mem.h"

bool esmq_open(struct esmq **out, const struct esmq_config *c, struct err *err)
{
    enum esmq_outcome o = esmq_judge(c);
    *out = NULL;
    if (o != ESMQ_OK)
        return err_set(err, ERR_CONFIG, "InvalidParameterValueException: %s", esmq_outcome_text(o));
    struct esmq *e = mem_get_zero(1, sizeof(*e));
    if (e == NULL)
        return err_set(err, ERR_OS, "out of memory");
    e->config = *c;
    slab_init(&e->batches, sizeof(struct esmq_batch));
    e->forming = e->ready.head = e->due.head = ESMQ_NONE;
    for (unsigned i = 0; i < ESMQ_PAUSES; i++)
        e->pausing[i].head = ESMQ_NONE;
    esmq_scale_open(e);
    *out = e;
    return true;
}

void esmq_close(struct esmq *e)
{
    if (e == NULL)
        return;
    for (uint32_t i = 0; i < e->batches.n_touched; i++)
        mem_release(esmq_at(e, i)->message);
    slab_free(&e->batches);
    mem_release(e);
}

/* --- time --- */

static sim_time earlier(sim_time a, sim_time b)
{
    return a < b ? a : b;
}

sim_time esmq_deadline(const struct esmq *e)
{
    sim_time due = earlier(e->minute, esmq_window_end(e));
    for (unsigned i = 0; i < ESMQ_PAUSES; i++)
        if (e->pausing[i].head != ESMQ_NONE)
            due = earlier(due, esmq_at(e, e->pausing[i].head)->due);
    return e->again > 0 ? earlier(due, e->again) : due;
}

void esmq_advance(struct esmq *e, struct call *c)
{
    if (e->again > 0 && e->again <= c->now)
        e->again = 0;
    for (unsigned i = 0; i < ESMQ_PAUSES; i++)
        while (e->pausing[i].head != ESMQ_NONE &&
               esmq_at(e, e->pausing[i].head)->due <= c->now)
            esmq_list_add(e, &e->due, esmq_list_take(e, &e->pausing[i]));
    if (esmq_window_end(e) <= c->now)
        esmq_ready(e);
    if (e->minute <= c->now)
        esmq_minute(e, c->now);
}

/* --- what to do --- */

static void invoke(struct esmq *e, struct esmq_list *list, struct esmq_do *out)
{
    uint32_t batch = esmq_list_take(e, list);
    struct esmq_batch *b = esmq_at(e, batch);
    if (b->state == ESMQ_READY) {
        e->n_ready--;
        e->invoking++;
    }
    e->n_pausing -= b->state == ESMQ_PAUSING;
    b->state = ESMQ_INVOKING;
    e->full |= e->invoking >= e->limit;
    e->counts.invocations++;
    *out = (struct esmq_do){.batch = batch, .try = b->try};
}

static void leave(struct esmq *e, struct esmq_do *out)
{
    uint32_t batch = esmq_list_take(e, &e->ready);
    struct esmq_batch *b = esmq_at(e, batch);
    b->state = ESMQ_ENDED;
    b->part = b->n - b->from;
    e->n_ready--;
    e->counts.left++;
    *out = (struct esmq_do){.batch = batch};
}

static void poll(struct esmq *e, struct esmq_do *out)
{
    uint32_t room = e->config.batch;
    if (e->forming != ESMQ_NONE)
        room -= esmq_at(e, e->forming)->n;
    e->polling++;
    e->counts.polls++;
    *out = (struct esmq_do){.max = room < ESMQ_RECEIVE ? room : ESMQ_RECEIVE, .wait = ESMQ_WAIT};
}

enum esmq_what esmq_next(struct esmq *e, struct call *c, struct esmq_do *out)
{
    CHECK(esmq_deadline(e) > c->now);
    if (e->due.head != ESMQ_NONE) { /* has its slot */
        invoke(e, &e->due, out);
        return ESMQ_INVOKE;
    }
    if (e->paused && e->forming != ESMQ_NONE)
        esmq_ready(e);
    if (e->paused && e->ready.head != ESMQ_NONE) {
        leave(e, out);
        return ESMQ_LEAVE;
    }
    if (e->ready.head != ESMQ_NONE && e->invoking < e->limit) {
        invoke(e, &e->ready, out);
        return ESMQ_INVOKE;
    }
    if (!esmq_may_poll(e, c->now))
        return ESMQ_NOTHING;
    poll(e, out);
    return ESMQ_POLL;
}

void esmq_refused(struct esmq *e, struct call *c)
{
    CHECK(e->polling > 0);
    e->polling--;
    e->counts.refused++;
    e->again = c->now + SIM_S;
}

void esmq_pause(struct esmq *e, bool paused)
{
    e->paused = paused;
}

/* --- how batches end --- */

static sim_time pause_of(uint32_t try)
{
    return try >= ESMQ_PAUSES - 1 ? 10 * SIM_S : SIM_S << try;
}

/* LAM-42, LAM-45: as long as the messages are hidden. */
static bool throttled(struct esmq *e, struct call *c, uint32_t batch)
{
    struct esmq_batch *b = esmq_at(e, batch);
    sim_time due = c->now + pause_of(b->try);
    e->counts.throttled++;
    if (due >= b->expires) {
        e->counts.dropped++;
        return true;
    }
    b->due = due;
    b->state = ESMQ_PAUSING;
    e->n_pausing++;
    esmq_list_add(e, &e->pausing[b->try < ESMQ_PAUSES ? b->try : ESMQ_PAUSES - 1], batch);
    b->try++;
    return false;
}

/* Whether all of it is. */
static bool done(struct esmq *e, struct esmq_batch *b, const bool *failed)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < b->part; i++) {
        struct esmq_message *m = &b->message[b->from + i];
        m->keep = failed != NULL && failed[i];
        kept += m->keep;
    }
    e->counts.done++;
    e->counts.partial += kept > 0;
    return kept == 0;
}

bool esmq_settle(struct esmq *e, struct call *c, uint32_t batch, enum esmq_result result,
                 const bool *failed)
{
    struct esmq_batch *b = esmq_at(e, batch);
    CHECK(b->state == ESMQ_INVOKING);
    if (result == ESMQ_THROTTLED && !throttled(e, c, batch))
        return false;
    bool good = result == ESMQ_DONE && done(e, b, failed);
    if (result == ESMQ_ERROR) {
        e->counts.errors++;
        esmq_shrink(e);
    }
    if (!good || c->now >= b->expires)
        b->part = b->n - b->from; /* what is behind it stays in the queue with it */
    b->state = ESMQ_ENDED;
    e->invoking--;
    return true;
}

void esmq_release(struct esmq *e, struct call *c, uint32_t batch)
{
    struct esmq_batch *b = esmq_at(e, batch);
    CHECK(b->state == ESMQ_ENDED);
    for (uint32_t i = 0; i < b->part; i++)
        b->message[b->from + i].keep ? e->counts.kept++ : e->counts.deleted++;
    e->held -= b->part;
    b->from += b->part;
    (void)c;
    if (b->from < b->n) {
        esmq_next_part(e, batch);
        return;
    }
    b->state = ESMQ_FREE;
    b->n = 0;
    slab_give(&e->batches, batch);
}

struct esmq_message *esmq_batch(const struct esmq *e, uint32_t batch, uint32_t *n)
{
    const struct esmq_batch *b = esmq_at(e, batch);
    *n = b->part;
    return b->message + b->from;
}

/* --- queries --- */

const struct esmq_config *esmq_config(const struct esmq *e)
{
    return &e->config;
}
const struct esmq_counts *esmq_counts(const struct esmq *e)
{
    return &e->counts;
}
void esmq_gauges(const struct esmq *e, struct esmq_gauges *g)
{
    *g = (struct esmq_gauges){.limit = e->limit,
                              .pollers = e->pollers,
                              .polling = e->polling,
                              .invoking = e->invoking,
                              .pausing = e->n_pausing,
                              .ready = e->n_ready,
                              .held = e->held};
}
