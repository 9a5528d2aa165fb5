/* caller.h - a client's side of one piece of work at another entity: timeout, attempts, backoff, superseded answers;
 * for CALL targets and, with the API's latency, for PUSH targets alike. Used by producers, services and fleets, so
 * that a retry means the same everywhere. */
#ifndef CALLER_H
#define CALLER_H

#include "backoff.h"
#include "obs.h"
#include "rng.h"
#include "spec.h"
#include "wire.h"

/* Keys of an entry of `calls` (targets that answer) and of `sends` (targets that accept). A `call` group without a target of
 * its own uses caller_keys + 1 and N_CALLER_KEYS - 1. */
enum caller_key {
    CALLER_TARGET,
    CALLER_TIMEOUT,
    CALLER_ATTEMPTS,
    CALLER_BACKOFF,
    CALLER_LATE_ANSWER,
    CALLER_CANCEL,
    N_CALLER_KEYS
};
extern const struct key caller_keys[N_CALLER_KEYS];
extern const struct key caller_send_keys[N_CALLER_KEYS];

/* One target as one entity uses it; lives in that entity. */
struct caller_policy {
    struct entity        *owner, *target;
    sim_time              timeout;  /* of one attempt; SIM_NEVER: none */
    uint32_t              attempts; /* >= 1 */
    const struct backoff *backoff;
    bool                  accept_late; /* an answer to a superseded attempt counts */
    bool                  cancel;      /* tell the server when giving up */
    uint32_t              radix;       /* of this policy's digit in a job's attempt code */
    uint32_t              first;       /* digit of the first attempt: 0 unless another policy shares the target */
    struct sim_lane       lane;        /* timeouts */
    struct rng_stream     jitter;
    struct obs_counter   *tries, *retries, *timeouts; /* the owner's, may be NULL */
};

/* One piece of work under way; embedded in the client's own activity, which outlives it. All zero is idle. */
struct caller {
    struct caller_policy *policy;
    struct wire_call     *call;    /* current attempt, and older ones behind it */
    struct sim_timer      timer;   /* timeout, latency or backoff */
    struct job            job;
    uint32_t              attempt; /* 0-based */
    sim_time              pause;
    void (*done)(struct caller *, enum call_verdict); /* once; may be called inside caller_start */
    uint8_t               state;
};

/* stream_use: "call/database.orders", the jitter's stream of the owner. group: an absent one means one attempt without
 * timeout. */
bool caller_policy_init(struct caller_policy *, struct entity *owner, const struct value *group, struct entity *target,
                        const char *stream_use);
void caller_start(struct caller *, struct caller_policy *, const struct job *, void (*done)(struct caller *, enum call_verdict));
/* Gives up without a verdict: abandons calls, cancels timers. No-op when idle. */
void caller_stop(struct caller *);

/* The attempt code of a job's sub-attempt: mixed radix along the path, so that different paths draw different work
 * and the first attempt everywhere is 0 (the same work in every configuration). */
static inline uint16_t attempt_code(uint16_t parent, uint32_t radix, uint32_t own)
{
    return (uint16_t)(parent * radix + own);
}

#endif
