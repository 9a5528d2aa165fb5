/* pulse.c - a heartbeat: while a worker has jobs in hand, their visibility timeouts are extended
 * now and then, all with one call (SQS-51, 58). It runs beside the work, so it goes on while a job
 * hangs; it ends with the last job, with the worker, or when the time allowed since the receive is
 * used up (SQS-53). */
#include "worker.h"

enum { TRACE_EXTENDED = 40 };

static void call_due(struct sim *, struct sim_timer *);
static void beat_due(struct sim *, struct sim_timer *);

static void await(struct worker *w, sim_time time, sim_fire fire)
{
    sim_timer_init(&w->beat, SIM_MESSAGE, fire);
    sim_after(worker_world(w)->sim, &w->beat, time);
}

/* What the next extension grants: whole seconds, and none beyond the limit, so that it is the last
 * one when it is cut. */
static sim_time next_grant(const struct worker *w, bool *last)
{
    const struct heartbeat *h = &w->fleet->heartbeat;
    sim_time grant = spans_at(&h->extend, w->n_beat);
    sim_time left = w->received + h->limit - world_now(worker_world(w));
    *last = grant >= left;
    return *last ? left - left % SIM_S : grant;
}

static void note(const struct worker *w, const struct pulled *got, enum settle_verdict verdict,
                 sim_time grant)
{
    if (!job_recorded(&got->job))
        return;
    enum life_what what = verdict == SETTLED ? LIFE_EXTENDED : LIFE_EXTENDED_LATE;
    struct life_event *e =
        worker_note_at_source(w->fleet, w->number, &got->job, got->receive_count, what);
    e->until = e->at + grant;
    life_why(e, record_settled(verdict));
}

static void extend_all(struct worker *w, sim_time grant)
{
    struct fleet *f = w->fleet;
    struct ticket ticket[FLEET_BATCH_MAX];
    enum settle_verdict verdict[FLEET_BATCH_MAX];
    uint32_t n = 0;
    for (uint32_t i = w->at; i < w->n; i++)
        ticket[n++] = w->got[i].ticket;
    f->pull->settle(f->source, SETTLE_EXTEND, ticket, n, grant, verdict);
    for (uint32_t i = 0; i < n; i++) {
        fleet_count(f, verdict[i] == SETTLED ? FM_EXTENDED : FM_LATE_EXTENSIONS, 1);
        note(w, &w->got[w->at + i], verdict[i], grant);
    }
    worker_trace(w, TRACE_EXTENDED);
}

static void call_due(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct worker *w = CONTAINER_OF(t, struct worker, beat);
    const struct heartbeat *h = &w->fleet->heartbeat;
    bool last;
    sim_time grant = next_grant(w, &last);
    if (grant <= 0)
        return;
    extend_all(w, grant);
    w->n_beat++;
    sim_time next = h->every > 0 ? h->every : grant / 2;
    if (!last)
        await(w, next, beat_due);
}

static void beat_due(struct sim *sim, struct sim_timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, beat);
    sim_time latency = worker_api_latency(w);
    if (latency == 0)
        call_due(sim, t);
    else
        await(w, latency, call_due);
}

void pulse_start(struct worker *w)
{
    const struct heartbeat *h = &w->fleet->heartbeat;
    w->received = world_now(worker_world(w));
    w->n_beat = 0;
    if (h->extend.n > 0 && h->first > 0)
        await(w, h->first, beat_due);
}

void pulse_stop(struct worker *w)
{
    if (w->fleet->heartbeat.extend.n > 0)
        sim_cancel(worker_world(w)->sim, &w->beat);
}
