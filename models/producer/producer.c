/* producer.c - births of requests, and what their clients are told. */
#include "producer_int.h"
#include "record.h"

#include <inttypes.h>

static inline void told(struct producer *p, uint32_t request, enum call_verdict verdict)
{
    struct world *w = producer_world(p);
    bool ok = verdict == CALL_OK;
    obs_count(ok ? &p->told_ok : &p->told_no, world_now(w), 1);
    entity_trace(&p->e, TRACE_TOLD, request_item(request_at(&w->requests, request)) << 4 | verdict);
    p->n_told++;
    p->n_active--;
    request_told(w, request, ok);
    request_drop(w, request);
}

void producer_told(struct producer *p, uint32_t request, enum call_verdict verdict)
{
    told(p, request, verdict);
}

static void answered(struct caller *c, enum call_verdict verdict)
{
    struct activity *a = CONTAINER_OF(c, struct activity, caller);
    struct producer *p = a->producer;
    uint32_t request = c->job.request;
    if (p->arrivals == ARRIVALS_CLOSED)
        producer_think(a);
    else
        slab_give(&p->activities, a->number);
    told(p, request, verdict);
}

/* What the request is; a template's size is its own. */
static void be_event(const struct producer *p, uint64_t item, struct job *job)
{
    struct rng cell = rng_at(&p->event_stream, 0, item, 0);
    uint32_t number = event_mix_pick(&p->events, (uint32_t)rng_below(&cell, UINT64_C(1) << 32));
    int64_t size = event_views(producer_world(p), number)->size;
    job_set_event(job, number);
    if (size >= 0)
        job->size = (uint32_t)size;
}

bool producer_born(struct producer *p, uint64_t item, struct job *job)
{
    if (p->events.n > 0)
        be_event(p, item, job);
    job->request = request_open(producer_world(p), p->source_number, item, job->size, job->key);
    if (job->request == SLAB_NONE)
        return false;
    job->flags |= record_flag(request_at(&producer_world(p)->requests, job->request));
    p->n_offered++;
    p->n_active++;
    entity_trace(&p->e, TRACE_BORN, item);
    return true;
}

void producer_bear(struct producer *p, struct activity *a, uint64_t item, struct job job)
{
    if (producer_born(p, item, &job))
        caller_start(&a->caller, &p->policy, &job, answered);
}

void producer_fault(struct entity *e, const struct fault_state *f)
{
    struct producer *p = (struct producer *)e;
    p->down = (f->active & FAULT_DOWN) != 0;
    entity_trace(e, TRACE_FAULT, f->active);
}

void producer_finish(struct entity *e, sim_time now)
{
    (void)now;
    struct producer *p = (struct producer *)e;
    const struct fates *f = &p->source.fates;
    p->in_time.n = f->in_time;
    p->late.n = f->late;
    p->waiting.n = f->waiting;
    p->lost.n = f->lost;
    p->repeated.n = f->repeated;
    p->gave_up_done.n = f->gave_up_done;
    p->source.offered.n = f->offered;
    p->source.done.n = f->in_time + f->late;
}

bool producer_conserve(struct entity *e, sim_time now, struct err *err)
{
    (void)now;
    const struct producer *p = (const struct producer *)e;
    if (p->n_offered == p->n_told + (uint64_t)p->n_active)
        return true;
    return err_set(err, ERR_INTERNAL, "offered %" PRIu64 ", but told %" PRIu64 " and %" PRId64 " under way", p->n_offered,
                   p->n_told, p->n_active);
}

void producer_open(struct producer *p)
{
    slab_init(&p->activities, sizeof(struct activity));
    producer_send_open(p);
}

void producer_close(struct entity *e)
{
    struct producer *p = (struct producer *)e;
    slab_free(&p->activities);
    slab_free(&p->parcels);
    slab_free(&p->flights);
    producer_replay_close(p);
}
