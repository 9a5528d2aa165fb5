/* flush.c - deletes in batches: the handles of jobs that are done are collected, and deleted with
 * one call when there are enough or the first has waited long enough. The worker does not wait for
 * it. What is saved is calls; what is risked is that messages come back meanwhile, all of them when
 * the worker dies. */
#include "worker.h"

enum { TRACE_FLUSHED = 41 };

struct held {
    struct ticket ticket;
    struct job job;
    uint32_t receives;
};
struct flush {
    struct fleet *fleet;
    uint32_t worker, number;
    struct sim_timer timer;
    uint32_t n;
    struct held held[FLEET_BATCH_MAX];
};

void flush_slab_init(struct slab *s)
{
    slab_init(s, sizeof(struct flush));
}

static struct flush *flush_at(const struct fleet *f, uint32_t number)
{
    return slab_at(&f->flushes, number);
}

static struct life_event *note(const struct flush *u, const struct held *h, enum life_what what)
{
    return worker_note_at_source(u->fleet, u->worker, &h->job, h->receives, what);
}

static void note_verdict(const struct flush *u, const struct held *h, enum settle_verdict v)
{
    life_why(note(u, h, v == SETTLED ? LIFE_DELETED : LIFE_DELETED_LATE), record_settled(v));
}

static void release(struct flush *u)
{
    struct fleet *f = u->fleet;
    for (uint32_t i = 0; i < u->n; i++)
        request_drop(f->e.world, u->held[i].job.request);
    slab_give(&f->flushes, u->number);
}

static void again(struct sim *, struct sim_timer *);

/* Over the quota: the same call after a pause, as SDKs do. */
static bool throttled(struct flush *u, enum settle_verdict verdict)
{
    if (verdict != SETTLE_THROTTLED)
        return false;
    sim_timer_init(&u->timer, SIM_MESSAGE, again);
    sim_after(u->fleet->e.world->sim, &u->timer, u->fleet->poll_interval);
    return true;
}

static void settle(struct flush *u)
{
    struct fleet *f = u->fleet;
    struct ticket ticket[FLEET_BATCH_MAX];
    enum settle_verdict verdict[FLEET_BATCH_MAX];
    for (uint32_t i = 0; i < u->n; i++)
        ticket[i] = u->held[i].ticket;
    f->pull->settle(f->source, SETTLE_DONE, ticket, u->n, 0, verdict);
    entity_trace(&f->e, TRACE_FLUSHED, u->n);
    for (uint32_t i = 0; i < u->n; i++)
        if (job_recorded(&u->held[i].job))
            note_verdict(u, &u->held[i], verdict[i]);
    if (throttled(u, verdict[0]))
        return;
    for (uint32_t i = 0; i < u->n; i++)
        fleet_count(f, verdict[i] == SETTLED ? FM_DELETED : FM_STALE_DELETES, 1);
    release(u);
}

static void again(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    settle(CONTAINER_OF(t, struct flush, timer));
}

static void arrived(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    settle(CONTAINER_OF(t, struct flush, timer));
}

/* From here on it is a call under way, which ends whatever becomes of the worker. */
static void send(struct worker *w)
{
    struct flush *u = flush_at(w->fleet, w->flush);
    struct sim *sim = worker_world(w)->sim;
    sim_time latency = worker_api_latency(w);
    w->flush = SLAB_NONE;
    sim_cancel(sim, &u->timer);
    if (latency == 0) {
        settle(u);
        return;
    }
    sim_timer_init(&u->timer, SIM_MESSAGE, arrived);
    sim_after(sim, &u->timer, latency);
}

static void waited(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct flush *u = CONTAINER_OF(t, struct flush, timer);
    send(fleet_worker(u->fleet, u->worker));
}

static bool begin(struct worker *w)
{
    struct fleet *f = w->fleet;
    w->flush = slab_take(&f->flushes);
    if (w->flush == SLAB_NONE) {
        worker_world(w)->failed = true;
        return false;
    }
    struct flush *u = flush_at(f, w->flush);
    u->fleet = f;
    u->worker = w->number;
    u->number = w->flush;
    u->n = 0;
    sim_timer_init(&u->timer, SIM_MESSAGE, waited);
    sim_after(worker_world(w)->sim, &u->timer, f->delete_wait);
    return true;
}

void flush_add(struct worker *w)
{
    if (w->flush == SLAB_NONE && !begin(w))
        return;
    struct flush *u = flush_at(w->fleet, w->flush);
    const struct pulled *got = &w->got[w->at];
    u->held[u->n++] = (struct held){got->ticket, got->job, got->receive_count};
    request_hold(worker_world(w), w->job.request);
    if (u->n == w->fleet->delete_size)
        send(w);
}

void flush_now(struct worker *w)
{
    if (w->flush != SLAB_NONE)
        send(w);
}

void flush_freeze(struct worker *w)
{
    if (w->flush != SLAB_NONE)
        sim_cancel(worker_world(w)->sim, &flush_at(w->fleet, w->flush)->timer);
}

void flush_drop(struct worker *w)
{
    if (w->flush == SLAB_NONE)
        return;
    flush_freeze(w);
    struct flush *u = flush_at(w->fleet, w->flush);
    for (uint32_t i = 0; i < u->n; i++)
        if (job_recorded(&u->held[i].job))
            life_why(note(u, &u->held[i], LIFE_DELETED_LATE), "lost");
    release(u);
    w->flush = SLAB_NONE;
}
