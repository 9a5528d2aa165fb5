/* caller_retry.c - between two attempts: may there be another one, and after how long. And attempts with nothing between them. */
#include "callers.h"
#include "record.h"
#include "world.h"

static sim_time draw_pause(struct caller *c)
{
    const struct caller_policy *p = c->policy;
    struct world *w = p->owner->world;
    struct job job = caller_job(c, 0);
    sim_time pause;
    if (p->jitters != NULL &&
        backoff_pause_of(p->backoff, c->attempt, c->pause, job_word(w, p->jitters, &job, c->request), &pause))
        return pause;
    struct rng cell = job_cell(w, &p->jitter, &job);
    return backoff_pause(p->backoff, c->attempt, c->pause, &cell);
}

sim_time caller_next_pause(struct caller *c, sim_time retry_at)
{
    const struct caller_policy *p = c->policy;
    const struct world *w = p->owner->world;
    sim_time pause = 0;
    if (p->backoff != NULL)
        pause = c->pause = draw_pause(c);
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

/* Attempts with no pause between them meet the same, and are refused together. */
bool caller_turned_away(struct caller_policy *p, const struct job *job, enum call_verdict *verdict)
{
    if (p->backoff != NULL || p->parallel > 1 || p->attempts > CALLER_AT_ONCE || job_recorded(job))
        return false;
    struct job first;
    job_put(&first, caller_words_plain(p, job_words_of(job), 0));
    sim_time now = world_now(p->owner->world);
    if (!p->turns_away(p->target, &first, p->attempts, verdict))
        return false;
    p->wary = CALLER_WARY;
    if (p->tries != NULL)
        obs_count(p->tries, now, p->attempts);
    if (p->attempts > 1 && p->retries != NULL)
        obs_count(p->retries, now, p->attempts - 1);
    if (p->attempts > 1 && p->metrics != NULL)
        obs_tally_add(&p->metrics->attempts, now, p->attempts);
    return true;
}
