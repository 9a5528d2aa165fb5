/* producer_life.h - private to producer*.c: a request from its birth to what its client is told, inline. It lies on the way of every
 * request, and each kind of producer has a frame of its own for it. */
#ifndef PRODUCER_LIFE_H
#define PRODUCER_LIFE_H

#include "callers.h"
#include "producer_int.h"
#include "requests.h"

/* Size and key of a request by their laws. */
ALWAYS_INLINE uint32_t producer_size_of(const struct producer *p, uint64_t item)
{
    if (p->size_constant >= 0)
        return (uint32_t)p->size_constant;
    struct rng cell = rng_at(&p->size_stream, 0, item, 0);
    int64_t size = dist_sample(p->size, &cell);
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

ALWAYS_INLINE uint32_t producer_key_of(const struct producer *p, uint64_t item)
{
    if (p->key == NULL)
        return JOB_NO_KEY;
    struct rng cell = rng_at(&p->key_stream, 0, item, 0);
    return (uint32_t)(dist_sample_item(p->key, &cell, item) % JOB_NO_KEY);
}

/* A client for an open arrival; NULL: memory is short (the trial is void). */
ALWAYS_INLINE struct activity *producer_activity(struct producer *p)
{
    struct activity *a = stock_take(&p->activities);
    if (__builtin_expect(a == NULL, 0)) {
        producer_world(p)->failed = true;
        return NULL;
    }
    a->caller.state = 0;
    a->producer = p;
    return a;
}

/* producer_born; NULL: memory is short. plain: the producer is known to be. */
ALWAYS_INLINE struct request *producer_birth(struct producer *p, struct world *w, sim_time now, uint64_t item, struct job *job,
                                             bool plain)
{
    if (!plain && p->events.n > 0) {
        struct job event = *job; /* only this one's address is known elsewhere */
        producer_be_event(p, item, &event);
        *job = event;
    }
    struct request *r = requests_open(w, now, &p->source, p->source_number, item, job->size, job->key, &job->request);
    if (__builtin_expect(r == NULL, 0))
        return NULL;
    if (!plain)
        job->flags |= record_flag(r);
    p->n_active++;
    entity_trace_at(&p->e, now, TRACE_BORN, item);
    return r;
}

/* producer_told; r: where that request is. */
ALWAYS_INLINE void producer_tell(struct producer *p, uint32_t request, struct request *r, enum call_verdict verdict)
{
    struct world *w = producer_world(p);
    sim_time now = world_now(w);
    bool ok = verdict == CALL_OK;
    obs_count(ok ? &p->told_ok : &p->told_no, now, 1);
    entity_trace_at(&p->e, now, TRACE_TOLD, request_item(r) << 4 | verdict);
    p->n_active--;
    requests_told(w, now, &p->source, request, r, ok);
    requests_drop(w, request, r);
}

/* Born, and called for at once; done and reply as for caller_begin. */
ALWAYS_INLINE void producer_bear(struct producer *p, struct activity *a, sim_time now, uint64_t item, struct job job, bool plain,
                                 void (*done)(struct caller *, enum call_verdict),
                                 void (*reply)(struct wire_call *, enum call_verdict))
{
    struct world *w = producer_world(p);
    struct request *r = producer_birth(p, w, now, item, &job, plain);
    if (r != NULL)
        caller_begin(&a->caller, &p->policy, w, now, &job, r, 0, done, reply);
}

#endif
