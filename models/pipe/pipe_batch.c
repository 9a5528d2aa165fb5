/* pipe_batch.c - an execution: the batch is enriched, then given to the target; what succeeded is deleted from the queue, the
 * rest is left there until its visibility timeout is over (EB-51). */
#include "eb_price.h"
#include "pipe.h"
#include "record.h"

#define CALL_MAX 10

static struct world *world_of(const struct runner *r)
{
    return r->pipe->e.world;
}

static sim_time now_of(const struct runner *r)
{
    return world_now(world_of(r));
}

static struct job job_for(const struct pipe *p, const struct pipe_item *x, const struct entity *to)
{
    struct job j = x->got.job;
    j.attempt = (uint16_t)(j.attempt * 256 + x->got.receive_count - 1); /* each receive is new work */
    if (to == p->target && p->input_size >= 0)
        j.size = (uint32_t)p->input_size;
    if (to == p->target && p->group == 0)
        j.key = 0;
    else if (to == p->target && p->group < 0 && to->room->pull != NULL)
        j.key = JOB_NO_KEY;
    return j;
}

/* Whether it comes behind the one before it, of its group; a receive brings those of a group in a row (SQS-85). */
static bool follows(const struct runner *r, uint32_t i)
{
    return r->pipe->fifo && i > 0 && i < r->n && r->item[i].got.job.key == r->item[i - 1].got.job.key;
}

/* --- calls --- */

static void call_one(struct pipe_item *);

/* The next of its group is called then, or none of them. */
static void one_done(struct pipe_item *x, enum call_verdict v)
{
    struct runner *r = x->runner;
    uint32_t next = (uint32_t)(x - r->item) + 1;
    x->verdict = v;
    x->call = NULL;
    if (v == CALL_OK && follows(r, next))
        call_one(&r->item[next]);
    for (; v != CALL_OK && follows(r, next); next++) {
        r->item[next].verdict = CALL_FAILED;
        r->pending--;
    }
    if (--r->pending == 0)
        runner_next(r);
}

static void answered(struct wire_call *c, enum call_verdict v)
{
    struct pipe_item *x = c->client;
    sim_cancel(world_of(x->runner)->sim, &x->timer);
    wire_release(c);
    one_done(x, v);
}

static void on_timeout(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct pipe_item *x = CONTAINER_OF(t, struct pipe_item, timer);
    wire_abandon(x->call, false);
    one_done(x, CALL_TIMEOUT);
}

static void call_one(struct pipe_item *x)
{
    struct runner *r = x->runner;
    struct pipe *p = r->pipe;
    struct entity *to = r->state == RUNNER_ENRICHING ? p->enrichment : p->target;
    struct job j = job_for(p, x, to);
    struct wire_call *c = x->call = wire_open(p->e.world, to, &j);
    if (c == NULL)
        return;
    c->client = x;
    c->reply = answered;
    sim_timer_init(&x->timer, SIM_LATE, on_timeout);
    if (p->timeout != SIM_NEVER)
        sim_after(p->e.world->sim, &x->timer, p->timeout);
    wire_send(c);
}

static void call_all(struct runner *r)
{
    r->pending = r->n + 1;
    for (uint32_t i = 0; i < r->n; i++)
        if (!follows(r, i))
            call_one(&r->item[i]);
    if (--r->pending == 0)
        runner_next(r);
}

static void offer(struct runner *r, uint32_t at, uint32_t n)
{
    struct pipe *p = r->pipe;
    struct job j[CALL_MAX] = {job_for(p, &r->item[at], p->target)};
    struct push_answer a[CALL_MAX];
    for (uint32_t i = 1; i < n; i++)
        j[i] = job_for(p, &r->item[at + i], p->target);
    p->target->room->push->offer(p->target, j, n, a);
    for (uint32_t i = 0; i < n; i++)
        r->item[at + i].verdict = a[i].verdict == PUSH_ACCEPTED ? CALL_OK : CALL_FAILED;
}

static void offer_all(struct runner *r)
{
    for (uint32_t at = 0; at < r->n;) {
        uint32_t n = r->n - at < CALL_MAX ? r->n - at : CALL_MAX;
        offer(r, at, n);
        at += n;
        for (; follows(r, at) && r->item[at - 1].verdict != CALL_OK; at++)
            r->item[at].verdict = CALL_FAILED;
    }
    runner_next(r);
}

/* --- stages --- */

static uint32_t failures(const struct runner *r)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n; i++)
        n += r->item[i].verdict != CALL_OK;
    return n;
}

static bool timed_out(const struct runner *r)
{
    bool any = false;
    for (uint32_t i = 0; i < r->n; i++)
        any |= r->item[i].verdict == CALL_TIMEOUT;
    return any;
}

static void start(struct runner *r)
{
    struct pipe *p = r->pipe;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        r->item[i].verdict = CALL_OK;
        bytes += r->item[i].got.job.size;
    }
    r->began = r->stage = now_of(r);
    obs_level_add(&p->busy, r->began, 1);
    pipe_count(p, PM_INVOCATIONS, 1);
    pipe_count(p, PM_EVENTS, r->n);
    pipe_count(p, PM_BILLED, eb_price_chunks(bytes));
    r->state = RUNNER_ENRICHING;
    if (p->enrichment != NULL)
        call_all(r);
    else
        runner_next(r);
}

static void finish(struct runner *r)
{
    struct pipe *p = r->pipe;
    sim_time now = now_of(r);
    obs_level_add(&p->busy, now, -1);
    obs_tally_add(&p->duration, now, now - r->began);
    r->n = 0;
    r->state = RUNNER_GATHERING;
    runner_next(r);
}

/* --- what becomes of the messages --- */

static void note_failed(const struct runner *r, const struct pipe_item *x)
{
    struct life_event *e = record_job(world_of(r), &x->got.job, LIFE_FAILED, &r->pipe->e);
    e->worker = (uint32_t)(r - r->pipe->runner);
    e->receives = x->got.receive_count;
    life_why(e, x->verdict == CALL_OK ? "another of its batch failed" : record_verdict(x->verdict));
}

/* One call of the queue. */
static void delete_some(const struct runner *r, const struct pipe_item *const *x, uint32_t n)
{
    const struct pipe *p = r->pipe;
    struct ticket ticket[CALL_MAX];
    enum settle_verdict verdict[CALL_MAX];
    for (uint32_t i = 0; i < n; i++)
        ticket[i] = x[i]->got.ticket;
    p->pull->settle(p->source, SETTLE_DONE, ticket, n, 0, verdict);
    for (uint32_t i = 0; i < n; i++)
        if (job_recorded(&x[i]->got.job))
            record_delete(p->e.world, &x[i]->got, verdict[i], p->source, &p->e, (uint32_t)(r - p->runner), NULL);
}

/* What succeeded is deleted, as far as the pipe can tell it apart. */
static void settle(struct runner *r)
{
    struct pipe *p = r->pipe;
    const struct pipe_item *done[CALL_MAX];
    uint32_t bad = failures(r), n = 0;
    bool all_back = bad > 0 && !p->partial;
    pipe_count(p, PM_FAILED, bad > 0 && (all_back || bad == r->n));
    pipe_count(p, PM_PARTIALLY_FAILED, bad > 0 && !all_back && bad < r->n);
    for (uint32_t i = 0; i < r->n; i++) {
        const struct pipe_item *x = &r->item[i];
        bool good = !all_back && x->verdict == CALL_OK;
        pipe_count(p, good ? PM_DELIVERED : PM_RETURNED, 1);
        entity_trace(&p->e, good ? PIPE_TRACE_DELIVERED : PIPE_TRACE_FAILED,
                     request_item(request_at(&p->e.world->requests, x->got.job.request)));
        if (good)
            done[n++] = x;
        else if (job_recorded(&x->got.job))
            note_failed(r, x);
        if (n == CALL_MAX || (n > 0 && i + 1 == r->n)) {
            delete_some(r, done, n);
            n = 0;
        }
    }
    for (uint32_t i = 0; i < r->n; i++)
        runner_let_go(r, &r->item[i]);
    finish(r);
}

static void deliver(struct runner *r)
{
    struct pipe *p = r->pipe;
    bool called = p->target->room->call != NULL;
    sim_time wait = 0;
    r->stage = now_of(r);
    r->state = RUNNER_DELIVERING;
    if (called) {
        call_all(r);
        return;
    }
    if (p->target->room->push->latency != NULL)
        wait = p->target->room->push->latency(p->target, &r->item[0].got.job);
    r->pending = 1; /* the offer is still to be made */
    if (wait > 0)
        sim_after(p->e.world->sim, &r->timer, wait);
    else
        runner_next(r);
}

static void enriched(struct runner *r)
{
    struct pipe *p = r->pipe;
    sim_time now = now_of(r);
    if (p->enrichment != NULL)
        obs_tally_add(&p->enriching, now, now - r->stage);
    if (failures(r) == 0) {
        deliver(r);
        return;
    }
    pipe_count(p, PM_ENRICHMENT_FAILED, 1);
    pipe_count(p, PM_TIMEOUTS, timed_out(r));
    for (uint32_t i = 0; i < r->n; i++) /* the whole batch, whatever succeeded */
        r->item[i].verdict = CALL_FAILED;
    r->state = RUNNER_DELETING;
    runner_next(r);
}

static void delivered(struct runner *r)
{
    struct pipe *p = r->pipe;
    sim_time now = now_of(r);
    if (p->target->room->call == NULL && r->pending == 1) {
        r->pending = 0;
        offer_all(r);
        return;
    }
    obs_tally_add(&p->delivering, now, now - r->stage);
    pipe_count(p, PM_TARGET_FAILED, failures(r) > 0);
    pipe_count(p, PM_TIMEOUTS, timed_out(r));
    r->state = RUNNER_DELETING;
    sim_time wait = p->pull->latency == NULL ? 0 : p->pull->latency(p->source, &r->ask);
    if (wait > 0)
        sim_after(p->e.world->sim, &r->timer, wait);
    else
        runner_next(r);
}

void batch_begin(struct runner *r)
{
    switch (r->state) {
    case RUNNER_POLLING:
    case RUNNER_GATHERING:
        start(r);
        break;
    case RUNNER_ENRICHING:
        enriched(r);
        break;
    case RUNNER_DELIVERING:
        delivered(r);
        break;
    case RUNNER_DELETING:
        settle(r);
        break;
    }
}
