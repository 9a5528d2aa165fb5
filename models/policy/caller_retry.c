/* caller_retry.c - between two attempts: may there be another one, and after how long. */
#include "caller_more.h"
#include "world.h"

sim_time caller_next_pause(struct caller *c, sim_time retry_at)
{
    const struct caller_policy *p = c->policy;
    struct world *w = c->policy->owner->world;
    sim_time pause = 0;
    if (p->backoff != NULL) {
        struct job job = caller_job(c, 0);
        struct rng cell = job_cell(w, &p->jitter, &job);
        pause = c->pause = backoff_pause(p->backoff, c->attempt, c->pause, &cell);
    }
    if (retry_at != SIM_NEVER && retry_at - world_now(w) > pause)
        pause = retry_at - world_now(w);
    return pause;
}

bool caller_may_retry(struct caller *c)
{
    struct caller_more *m = c->policy->more;
    sim_time now = world_now(c->policy->owner->world);
    bool may = (!m->has_breaker || breaker_allows_retry(&m->breaker, now)) &&
               (!m->has_budget || budget_retry(&m->budget, now));
    if (!may && c->policy->metrics != NULL)
        obs_count(&c->policy->metrics->count[CM_DENIED_RETRIES], now, 1);
    return may;
}
