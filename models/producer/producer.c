/* producer.c - births of requests, and what their clients are told. */
#include "producer_life.h"

#include <inttypes.h>

void producer_told(struct producer *p, uint32_t request, enum call_verdict verdict)
{
    producer_tell(p, request, request_at(&producer_world(p)->requests, request), verdict);
}

void producer_be_event(const struct producer *p, uint64_t item, struct job *job)
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
    struct world *w = producer_world(p);
    return producer_birth(p, w, world_now(w), item, job, false) != NULL;
}

void producer_judge(struct producer *p)
{
    p->plain = !p->down && p->arrivals == ARRIVALS_POISSON && p->batch == NULL && p->key == NULL && p->size_constant >= 0 &&
               p->events.n == 0 && p->source.n_record == 0;
}

void producer_fault(struct entity *e, const struct fault_state *f)
{
    struct producer *p = (struct producer *)e;
    p->down = (f->active & FAULT_DOWN) != 0;
    producer_judge(p);
    entity_trace(e, TRACE_FAULT, f->active);
}

void producer_finish(struct entity *e, sim_time now)
{
    (void)now;
    struct producer *p = (struct producer *)e;
    const struct fates *f = &p->source.fates;
    obs_counter_set(&p->in_time, f->in_time);
    obs_counter_set(&p->late, f->late);
    obs_counter_set(&p->waiting, f->waiting);
    obs_counter_set(&p->lost, f->lost);
    obs_counter_set(&p->repeated, f->repeated);
    obs_counter_set(&p->gave_up_done, f->gave_up_done);
    obs_counter_set(&p->source.offered, f->offered);
    obs_counter_set(&p->source.done, f->in_time + f->late);
}

/* In the warm-up, too. */
static uint64_t ever(const struct obs_counter *c)
{
    return c->forgotten + c->n;
}

bool producer_conserve(struct entity *e, sim_time now, struct err *err)
{
    (void)now;
    const struct producer *p = (const struct producer *)e;
    uint64_t offered = ever(&p->source.offered), told = ever(&p->told_ok) + ever(&p->told_no);
    if (offered == told + (uint64_t)p->n_active)
        return true;
    return err_set(err, ERR_INTERNAL, "offered %" PRIu64 ", but told %" PRIu64 " and %" PRId64 " under way", offered, told,
                   p->n_active);
}

void producer_open(struct producer *p)
{
    stock_init(&p->activities, sizeof(struct activity));
    producer_send_open(p);
}

void producer_close(struct entity *e)
{
    struct producer *p = (struct producer *)e;
    stock_free(&p->activities);
    slab_free(&p->parcels);
    slab_free(&p->flights);
    producer_replay_close(p);
}
