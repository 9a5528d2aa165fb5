/* caller_out.c - an attempt's call: what job it brings, to which target, by which way. Most policies have one target and
 * no latency of their own, and pay for no more than that. */
#include "caller_more.h"
#include "calls.h"
#include "event.h"
#include "world.h"

struct job caller_job_more(const struct caller *c, uint32_t hedge)
{
    const struct caller_policy *p = c->policy;
    uint32_t hedges = p->more->hedges ? p->more->hedging.max : 0;
    uint32_t own = (c->attempt * p->parallel + c->copy) * (1 + hedges) + hedge;
    struct job job = c->job;
    job.attempt = attempt_code(job.attempt, p->radix, p->first + own);
    job.flags = (uint16_t)((job.flags & ~JOB_OPERATION) | p->more->operation);
    if (p->more->event != EVENT_NONE)
        job_set_event(&job, p->more->event);
    if (p->more->event_size >= 0)
        job.size = (uint32_t)p->more->event_size;
    return job;
}

static void place(struct caller *c, struct wire_call *call, uint32_t target)
{
    struct caller_more *m = c->policy->more;
    struct world *w = c->policy->owner->world;
    call->copy = target;
    call->sent = world_now(w);
    call->from = c->policy->owner;
    call->who = c->who;
    if (m->operation == JOB_CONDITIONAL)
        call->token = c->token;
    if (m->targets.n > 0)
        m->targets.outstanding[target]++;
    if (m->latency != NULL) {
        struct rng cell = job_cell(w, &m->latency_stream, &call->job);
        sim_time there = dist_sample(m->latency, &cell);
        wire_away(call, there, dist_sample(m->reply_latency, &cell));
    }
}

static uint32_t pick(struct caller *c, const struct job *job, uint32_t hedge)
{
    struct targets *t = &c->policy->more->targets;
    struct ask ask = {
        .job = t->balance >= BALANCE_LEAST_OUTSTANDING ? job : &c->job,
        .copy = c->copy,
        .attempt = c->attempt,
        .hedge = hedge,
        .base = &c->base,
        .world = c->policy->owner->world,
    };
    return t->n == 0 ? 0 : targets_pick(t, &ask);
}

struct wire_call *caller_open(struct caller *c, uint32_t hedge)
{
    struct caller_policy *p = c->policy;
    struct job job = caller_job(c, hedge);
    uint32_t target = p->more == NULL ? 0 : pick(c, &job, hedge);
    struct entity *server = p->target != NULL ? p->target : p->more->targets.target[target];
    struct wire_call *call = call_open(p->owner->world, server, job_words_of(&job), c->request);
    if (call == NULL)
        return NULL;
    call->client = c;
    call->tag = c->attempt;
    call->older = c->call;
    call->offer = p->sends;
    c->call = call;
    if (p->more != NULL)
        place(c, call, target);
    return call;
}
