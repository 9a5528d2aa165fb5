/* script_lambda_mapping.c - mappings on queues: each has a queue of its own, the core of SQS, and a function
 * of the script. What is due at an instant: the queue, the mapping, invocations, then polls that give
 * up. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_lambda.h"

void lambda_mapping_close(struct mapping_note *m)
{
    sqs_close(m->queue);
    esmq_close(m->core);
    free(m->handle);
    free(m->receives);
}

sim_time lambda_mapping_deadline(const struct mapping_note *m)
{
    sim_time at = sqs_deadline(m->queue), late = sqs_late_deadline(m->queue);
    sim_time own = esmq_deadline(m->core);
    at = late < at ? late : at;
    return own < at ? own : at;
}

/* --- the queue --- */

static struct call *begin(struct script_lambda *t, struct mapping_note *m, sim_time now)
{
    call_begin(&m->call, now, t->dice);
    return &m->call;
}

static void advance_queue(struct script_lambda *t, struct mapping_note *m, sim_time now)
{
    while (sqs_deadline(m->queue) <= now) {
        sqs_advance(m->queue, begin(t, m, now));
        for (uint32_t i = 0; i < m->call.n_fx; i++)
            if (m->call.fx[i].kind == SQS_FX_DEAD) {
                m->dead++;
                m->dead_at = now;
            }
    }
}

/* Ready for an operation on the queue. */
static struct call *operate(struct script_lambda *t, struct mapping_note *m, sim_time now)
{
    advance_queue(t, m, now);
    return begin(t, m, now);
}

static bool send(struct script_lambda *t, struct mapping_note *m, sim_time now, uint32_t size)
{
    struct sqs_sent sent;
    if (m->sent + 1 >= m->cap) {
        m->cap = m->cap == 0 ? 1024 : 2 * m->cap;
        m->handle = realloc(m->handle, m->cap * sizeof(*m->handle));
        m->receives = realloc(m->receives, m->cap * sizeof(*m->receives));
        if (m->handle == NULL || m->receives == NULL)
            abort();
    }
    m->receives[++m->sent] = 0;
    struct sqs_send s = {.user = m->sent,
                         .dedup = m->groups == 0 ? SQS_NO_DEDUP_ID : SQS_UNIQUE,
                         .size = size,
                         .group = m->groups == 0 ? SQS_NO_GROUP : (uint32_t)(m->sent % m->groups),
                         .delay = SQS_DEFAULT};
    return sqs_send(m->queue, operate(t, m, now), &s, &sent) == SQS_OK;
}

static void answered(struct script_lambda *t, struct mapping_note *m, const struct sqs_batch *b,
                     sim_time now, bool at_once)
{
    struct esmq_message message[SQS_BATCH_MAX];
    for (uint32_t i = 0; i < b->n; i++) {
        const struct sqs_got *g = &b->got[i];
        m->handle[g->user] = g->handle;
        m->receives[g->user] = g->receives;
        message[i] = (struct esmq_message){.user = g->user, .size = g->size};
    }
    if (!esmq_answer(m->core, begin(t, m, now), message, b->n, 0, at_once))
        abort();
}

static void settle_queue(struct script_lambda *t, struct mapping_note *m, sim_time now)
{
    struct sqs_batch b;
    advance_queue(t, m, now);
    while (sqs_serve(m->queue, begin(t, m, now), &b))
        answered(t, m, &b, now, false);
}

static void poll(struct script_lambda *t, struct mapping_note *m, const struct esmq_do *todo,
                 sim_time now)
{
    struct sqs_poll p = {.max = todo->max, .wait = todo->wait, .visibility = SQS_DEFAULT};
    struct sqs_levels levels;
    struct sqs_batch b;
    sqs_levels(m->queue, &levels);
    for (uint32_t i = levels.visible; m->endless && i < todo->max; i++)
        send(t, m, now, m->size);
    settle_queue(t, m, now);
    enum sqs_outcome o = sqs_receive(m->queue, operate(t, m, now), &p, &b);
    if (o == SQS_OK)
        answered(t, m, &b, now, true);
    else if (o != SQS_WAITING)
        esmq_refused(m->core, begin(t, m, now));
}

/* --- batches --- */

static void end_batch(struct script_lambda *t, struct mapping_note *m, uint32_t batch, sim_time now,
                      enum esmq_result result, const bool *failed)
{
    uint32_t n;
    if (!esmq_settle(m->core, begin(t, m, now), batch, result, failed))
        return;
    const struct esmq_message *message = esmq_batch(m->core, batch, &n);
    for (uint32_t i = 0; i < n; i++)
        if (!message[i].keep)
            sqs_delete(m->queue, operate(t, m, now), m->handle[message[i].user]);
    m->done_at = now;
    esmq_release(m->core, begin(t, m, now), batch);
}

static void invoke(struct script_lambda *t, uint32_t mapping, uint32_t batch, sim_time now)
{
    struct mapping_note *m = &t->mapping[mapping];
    struct run run = {.kind = RUN_BATCH, .of = batch, .mapping = mapping};
    struct lam_start start;
    uint32_t n;
    esmq_batch(m->core, batch, &n);
    if (m->n_started < STARTS_MAX) {
        m->starts[m->n_started] = now;
        m->sizes[m->n_started] = n;
    }
    m->n_started++;
    if (lambda_start(t, now, m->function, true, &run, &start) != LAM_OK)
        end_batch(t, m, batch, now, ESMQ_THROTTLED, NULL);
}

void lambda_mapping_turn(struct script_lambda *t, uint32_t mapping, sim_time now)
{
    struct mapping_note *m = &t->mapping[mapping];
    struct esmq_do todo;
    for (;;) {
        settle_queue(t, m, now);
        while (esmq_deadline(m->core) <= now)
            esmq_advance(m->core, begin(t, m, now));
        enum esmq_what what = esmq_next(m->core, begin(t, m, now), &todo);
        if (what == ESMQ_NOTHING)
            return;
        if (what == ESMQ_POLL)
            poll(t, m, &todo, now);
        else
            invoke(t, mapping, todo.batch, now);
    }
}

void lambda_mapping_late(struct script_lambda *t, uint32_t mapping, sim_time now)
{
    struct mapping_note *m = &t->mapping[mapping];
    struct sqs_batch b;
    if (sqs_late_deadline(m->queue) > now)
        return;
    while (sqs_late_deadline(m->queue) <= now && sqs_give_up(m->queue, begin(t, m, now), &b))
        answered(t, m, &b, now, false);
    lambda_mapping_turn(t, mapping, now);
}

/* LAM-43: without partial responses an error is the whole batch's; with them, failed items are named,
 * and a name that is none of the batch's makes the response one that means nothing. */
void lambda_mapping_ended(struct script_lambda *t, const struct run *run, sim_time now)
{
    struct mapping_note *m = &t->mapping[run->mapping];
    bool failed[ESMQ_BATCH_MAX] = {false}, bad = run->end != LAM_END_OK;
    for (uint32_t i = 0; i < run->failed && i < ESMQ_BATCH_MAX; i++)
        failed[i] = true;
    bad |= m->report && run->answer == HANDLER_UNKNOWN_ID;
    end_batch(t, m, run->of, now, bad ? ESMQ_ERROR : ESMQ_DONE, m->report ? failed : NULL);
}

/* --- verbs --- */

static struct mapping_note *lambda_mapping_word(struct script *s, const struct line *l, uint32_t *i)
{
    const struct arg *a = line_word(l, i);
    struct script_lambda *t = s->functions;
    lambda_call(s);
    for (uint32_t k = 0; a != NULL && k < t->n_mapping; k++)
        if (strcmp(t->mapping[k].name, a->value) == 0)
            return &t->mapping[k];
    return NULL;
}

static struct sqs_config queue_of(const struct line *l)
{
    struct sqs_config q;
    sqs_config_default(&q, line_key(l, "groups") != NULL);
    q.queue = 1;
    q.visibility = lambda_time(l, "visibility", q.visibility);
    q.max_receive = (uint32_t)line_int(l, "receives", 0);
    return q;
}

static bool run_mapping(struct script *s, const struct line *l, struct result *r)
{
    struct script_lambda *t = s->functions;
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct call *c = lambda_call(s);
    struct function_note *f = lambda_function(s, l, &i);
    if (name == NULL || f == NULL || t->n_mapping == QUEUE_MAPPINGS_MAX)
        return false;
    struct sqs_config q = queue_of(l);
    struct esmq_config e;
    esmq_config_default(&e);
    e.fifo = q.fifo;
    e.batch = (uint32_t)line_int(l, "batch", e.batch);
    e.window = lambda_time(l, "window", 0);
    e.max_concurrency = (uint32_t)line_int(l, "max_concurrency", 0);
    e.growth = (uint32_t)line_int(l, "growth", e.growth);
    e.min_pollers = (uint32_t)line_int(l, "min_pollers", 0);
    e.max_pollers = (uint32_t)line_int(l, "max_pollers", 0);
    e.visibility = q.visibility;
    e.function_timeout = lam_config(f->core)->timeout;
    e.now = c->now;
    enum esmq_outcome o = esmq_judge(&e);
    result_text(r, "%s", o == ESMQ_OK ? "ok" : "InvalidParameterValueException");
    result_field(r, "why", "%s", esmq_outcome_name(o));
    if (o != ESMQ_OK)
        return true;
    struct mapping_note m = {.function = (uint32_t)(f - t->function),
                             .report = line_int(l, "report", 0) != 0,
                             .endless = line_int(l, "endless", 0) != 0,
                             .size = (uint32_t)line_int(l, "size", 100),
                             .groups = (uint32_t)line_int(l, "groups", 0)};
    snprintf(m.name, sizeof(m.name), "%s", name->value);
    if (!esmq_open(&m.core, &e, NULL) || !sqs_open(&m.queue, &q, NULL))
        return false;
    t->mapping[t->n_mapping++] = m;
    lambda_mapping_turn(t, t->n_mapping - 1, e.now);
    return true;
}

static bool run_feed(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct mapping_note *m = lambda_mapping_word(s, l, &i);
    if (m == NULL)
        return false;
    sim_time now = account_now(s->account);
    uint32_t size = (uint32_t)line_int(l, "size", 100);
    uint64_t n = (uint64_t)line_int(l, "n", 1);
    for (uint64_t k = 0; k < n; k++)
        if (!send(s->functions, m, now, size))
            return false;
    lambda_mapping_turn(s->functions, (uint32_t)(m - s->functions->mapping), now);
    result_text(r, "ok");
    return true;
}

static void tell_starts(const struct mapping_note *m, struct result *r)
{
    size_t at = 0, k = 0;
    char time[32], sizes[512] = "", starts[512] = "";
    for (uint64_t i = 0; i < m->n_started && i < STARTS_MAX; i++) {
        lambda_seconds(time, m->starts[i]);
        at += (size_t)snprintf(starts + at, sizeof(starts) - at, "%s%s", i == 0 ? "" : ",", time);
        k += (size_t)snprintf(sizes + k, sizeof(sizes) - k, "%s%u", i == 0 ? "" : ",", m->sizes[i]);
    }
    result_field(r, "starts", "[%s]", starts);
    result_field(r, "sizes", "[%s]", sizes);
}

static bool run_look(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct mapping_note *m = lambda_mapping_word(s, l, &i);
    if (m == NULL)
        return false;
    const struct esmq_counts *n = esmq_counts(m->core);
    struct esmq_gauges g;
    struct sqs_levels levels;
    char time[32];
    uint32_t most = 0;
    esmq_gauges(m->core, &g);
    sqs_levels(m->queue, &levels);
    for (uint64_t k = 1; k <= m->sent; k++)
        most = m->receives[k] > most ? m->receives[k] : most;
    result_text(r, "%u", g.limit);
    tell_starts(m, r);
    result_field(r, "invoking", "%u", g.invoking);
    result_field(r, "invocations", "%" PRIu64, n->invocations - n->throttled);
    result_field(r, "throttled", "%" PRIu64, n->throttled);
    result_field(r, "deleted", "%" PRIu64, n->deleted);
    result_field(r, "polls", "%" PRIu64, n->polls);
    result_field(r, "visible", "%u", levels.visible);
    result_field(r, "in_flight", "%u", levels.in_flight);
    result_field(r, "receives", "%u", most);
    result_field(r, "dead", "%" PRIu64, m->dead);
    lambda_seconds(time, m->dead_at);
    result_field(r, "dead_at", "%s", time);
    lambda_seconds(time, m->done_at);
    result_field(r, "done_at", "%s", time);
    return true;
}

const struct verb verbs_lambda_mapping[] = {
    {"queue_mapping", run_mapping, "queue_mapping NAME FUNCTION [batch=N] [window=S] [visibility=S] …"},
    {"feed", run_feed, "feed MAPPING [n=N] [size=BYTES]"},
    {"look", run_look, "look MAPPING"},
    {NULL, NULL, NULL},
};
