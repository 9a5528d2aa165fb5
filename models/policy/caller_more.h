/* caller_more.h - private to models/policy: what a call policy has beyond timeout, attempts and backoff. */
#ifndef CALLER_MORE_H
#define CALLER_MORE_H

#include "breaker.h"
#include "budget.h"
#include "caller.h"
#include "targets.h"

struct hedging {
    sim_time     after;    /* SIM_NEVER: by quantile */
    double       quantile;
    uint32_t     max;
    uint64_t    *bin;      /* answers by the time they took; NULL: not by quantile */
    uint64_t     n, next;  /* answers; when the delay is to be worked out anew */
};

struct caller_more {
    struct targets     targets;
    uint16_t           operation; /* JOB_OPERATION bits */
    uint32_t           event;     /* template of what is sent; EVENT_NONE: as it came */
    int64_t            event_size; /* -1: as it came */
    const struct dist *latency, *reply_latency;
    struct rng_stream  latency_stream;
    bool               hedges, has_budget, has_breaker;
    struct hedging     hedging;
    struct budget      budget;
    struct breaker     breaker;
};

/* caller_keys.c */
bool     caller_given(const struct value *);            /* written by the user; a group: there */
uint32_t caller_parallel(const struct value *group);
/* The group's setting; NULL when the group does not have it (a client's). */
const struct value *caller_field(const struct value *group, enum caller_key);

/* caller_out.c: an attempt's call goes out. */
struct job caller_job_more(const struct caller *, uint32_t hedge);
static inline struct job caller_job_plain(const struct caller_policy *p, struct job job, uint32_t own)
{
    job.flags &= (uint16_t)~JOB_OPERATION;
    job.attempt = attempt_code(job.attempt, p->radix, p->first + own);
    return job;
}
/* The same of its words; most jobs have neither an attempt code nor flags. */
ALWAYS_INLINE struct job_words caller_words_plain(const struct caller_policy *p, struct job_words job, uint32_t own)
{
    uint64_t rest = job.high >> 32, flags = rest >> 16 & (uint16_t)~JOB_OPERATION;
    uint16_t attempt = __builtin_expect(rest == 0, 1) ? (uint16_t)(p->first + own) : attempt_code((uint16_t)rest, p->radix, p->first + own);
    return (struct job_words){job.low, (uint32_t)job.high | (uint64_t)attempt << 32 | flags << 48};
}
static inline struct job caller_job(const struct caller *c, uint32_t hedge)
{
    const struct caller_policy *p = c->policy;
    if (__builtin_expect(p->more != NULL, 0))
        return caller_job_more(c, hedge);
    return caller_job_plain(p, c->job, c->attempt * p->parallel + c->copy);
}
/* What the policy keeps of a call ends with it. */
static inline void caller_call_gone(struct caller *c, const struct wire_call *call)
{
    struct caller_more *m = c->policy->more;
    if (__builtin_expect(m != NULL, 0) && m->targets.n > 0)
        m->targets.outstanding[call->copy]--;
}
/* Not sent yet; NULL: memory is short, and the trial is void already. */
struct wire_call *caller_open(struct caller *, uint32_t hedge);

/* caller_retry.c. retry_at: the server's hint, the least pause; SIM_NEVER: none. */
sim_time caller_next_pause(struct caller *, sim_time retry_at);
bool     caller_may_retry(struct caller *); /* of a policy that has more */

/* hedging.c */
bool     hedging_open(struct hedging *, const struct value *group, struct world *);
sim_time hedging_delay(const struct hedging *); /* SIM_NEVER: not yet known */
void     hedging_answered(struct hedging *, sim_time took);

#endif
