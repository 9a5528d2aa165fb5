/* caller.h - a client's side of one piece of work at another entity: timeout, attempts, backoff, superseded answers;
 * for CALL targets and, with the API's latency, for PUSH targets alike. Used by producers, services and fleets, so
 * that a retry means the same everywhere. docs/reference/call-policies.md says what each setting does. */
#ifndef CALLER_H
#define CALLER_H

#include "backoff.h"
#include "obs.h"
#include "rng.h"
#include "spec.h"
#include "wire.h"
#include "world.h"

/* Keys of an entry of `calls` and `forwards` (targets that answer) and of `sends` (targets that accept). A client with a
 * target of its own has those from CALLER_TIMEOUT on: caller_client_keys. */
enum caller_key {
    CALLER_TARGET,
    CALLER_TARGETS,
    CALLER_BALANCE,
    CALLER_CHOICES,
    CALLER_SHARD,
    CALLER_PARALLEL,
    CALLER_NEED,
    CALLER_CHANCE,
    CALLER_OPERATION,
    CALLER_EVENT,
    CALLER_TIMEOUT,
    CALLER_ATTEMPTS,
    CALLER_BACKOFF,
    CALLER_LATE_ANSWER,
    CALLER_CANCEL,
    CALLER_LATENCY,
    CALLER_REPLY_LATENCY,
    CALLER_HEDGE,
    CALLER_BUDGET,
    CALLER_BREAKER,
    N_CALLER_KEYS
};
enum caller_shard_key { SHARD_SIZE, SHARD_KIND, SHARD_ASSIGN, N_SHARD_KEYS };
enum caller_hedge_key { HEDGE_AFTER, HEDGE_QUANTILE, HEDGE_MAX, N_HEDGE_KEYS };
enum caller_budget_key { BUDGET_RATIO, BUDGET_CREDIT, BUDGET_RATE, BUDGET_CAPACITY, BUDGET_START, N_BUDGET_KEYS };
enum caller_breaker_key {
    BREAKER_STOPS,
    BREAKER_THRESHOLD,
    BREAKER_MIN_CALLS,
    BREAKER_LAST,
    BREAKER_WINDOW,
    BREAKER_OPEN,
    BREAKER_PROBES,
    N_BREAKER_KEYS
};
extern const struct key caller_keys[N_CALLER_KEYS];
extern const struct key caller_send_keys[N_CALLER_KEYS];
#define caller_client_keys   (caller_keys + CALLER_TIMEOUT)
#define N_CALLER_CLIENT_KEYS (N_CALLER_KEYS - CALLER_TIMEOUT)

/* What an owner counts of its callers beside tries, retries and timeouts: CALLER_METRICS in its table, in this order. */
enum caller_metric { CM_HEDGES, CM_SHORT_CIRCUITED, CM_DENIED_RETRIES, CM_ATTEMPTS, N_CALLER_METRICS };
#define CALLER_METRICS                                                                             \
    {"hedges", NULL, OBS_COUNTER, UNIT_ONE, 0, "Second calls made because the first took long."},  \
        {"short_circuited", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,                            \
         "Attempts that an open circuit breaker kept from being made."},                           \
        {"denied_retries", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,                             \
         "Retries that a budget or a breaker did not allow."},                                     \
        {"attempts", NULL, OBS_TALLY, UNIT_ONE, METRIC_HIST, "Attempts of a call that may be tried again."}
struct caller_metrics {
    struct obs_counter count[CM_DENIED_RETRIES + 1];
    struct obs_tally   attempts;
};
/* first: number of the metric `hedges` in the room's table. */
bool caller_metrics_open(struct caller_metrics *, struct entity *, unsigned first);

struct caller_more; /* caller_more.h: latency, several targets, hedges, budget, breaker */

/* One target as one entity uses it; lives in that entity. */
struct caller_policy {
    struct entity        *owner, *target;
    sim_time              timeout;  /* of one attempt; SIM_NEVER: none */
    uint32_t              attempts; /* >= 1; CALLER_UNLIMITED */
    const struct backoff *backoff;
    bool                  accept_late; /* an answer to a superseded attempt counts */
    bool                  cancel;      /* tell the server when giving up */
    bool                  sends;       /* what it does is to send: PUSH where the target takes CALL, too */
    bool                  offers;      /* the target takes PUSH, and is sent to */
    void                (*accept)(struct entity *, struct wire_call *); /* the target's, of a call that goes straight (callers.h); NULL */
    bool                (*turns_away)(struct entity *, const struct job *, uint32_t n, enum call_verdict *); /* the same */
    uint8_t               wary; /* so many of the next attempts ask first whether they are turned away: others were */
    uint32_t              parallel, need; /* calls made at once (steps.h), and how many of them must succeed */
    int64_t               chance;      /* that the step is made at all, ppb */
    uint32_t              radix;       /* of this policy's digit in a job's attempt code */
    uint32_t              first;       /* digit of the first attempt: 0 unless another policy shares the target */
    uint32_t              span;        /* digits that it uses */
    struct sim_lane       lane;        /* timeouts */
    struct rng_stream     jitter, chance_stream;
    struct redraws       *jitters;     /* words of `jitter`; NULL: not by the line */
    struct caller_more   *more;        /* NULL: none of that */
    struct caller_metrics *metrics;    /* the owner's, may be NULL */
    struct obs_counter   *tries, *retries, *timeouts; /* the owner's, may be NULL */
};
#define CALLER_UNLIMITED UINT32_MAX

/* One piece of work under way; embedded in the client's own activity, which outlives it. All zero is idle. */
struct caller {
    struct caller_policy *policy;
    struct wire_call     *call;    /* current attempt, and older ones behind it */
    struct job            job;
    struct request       *request; /* the job's */
    void (*done)(struct caller *, enum call_verdict); /* once; may be called inside caller_start */
    uint32_t              attempt; /* 0-based */
    uint32_t              copy;    /* which of the parallel ones */
    uint8_t               state;
    uint8_t               at_once; /* attempts since the last that took time */
    uint32_t              who;     /* the owner's: which of its threads this is, where a pool wants to know (link.h) */
    uint64_t              token;   /* what the last answer brought */
    struct sim_timer      timer;   /* timeout, latency or backoff */
    /* what most calls never need */
    sim_time              pause;
    uint32_t              base;    /* which target the first attempt went to */
    uint32_t              hedges;  /* second calls of this attempt */
    uint32_t              era;     /* of the breaker, when the attempt began */
    struct sim_timer      hedge;
    struct world_spin     spin;
    bool                 *stopped; /* while an offer is answered (only then): set when the work is given up meanwhile */
};

/* stream_use: "call/database.orders", the jitter's stream of the owner. group: an absent one means one attempt without
 * timeout. target: NULL when the group names it. false: memory is short. */
bool caller_policy_init(struct caller_policy *, struct entity *owner, const struct value *group, struct entity *target,
                        const char *stream_use);
/* In `check`: what of a group's settings does not go together. */
void caller_check(const struct spec_entity *, const struct value *group, struct problems *);
/* Whether there is nothing beyond timeout, attempts and backoff. */
bool caller_is_plain(const struct value *group);
void caller_start(struct caller *, struct caller_policy *, const struct job *, void (*done)(struct caller *, enum call_verdict));
/* The same for one of several made at once. */
void caller_start_copy(struct caller *, struct caller_policy *, const struct job *, uint32_t copy,
                       void (*done)(struct caller *, enum call_verdict));
/* Gives up without a verdict: abandons calls, cancels timers. No-op when idle. */
void caller_stop(struct caller *);

/* The attempt code of a job's sub-attempt: mixed radix along the path, so that different paths draw different work
 * and the first attempt everywhere is 0 (the same work in every configuration). Large radixes would wrap round onto
 * each other: there the parents stand apart by a share of the whole range. */
static inline uint16_t attempt_code(uint16_t parent, uint32_t radix, uint32_t own)
{
    return (uint16_t)(parent * (radix <= 4096 ? radix : 40503) + own);
}

#endif
