/* caller.c - one piece of work from the client's side: attempt, wait, give up, pause, try again.
 *
 * An attempt that timed out is left alone (its server may still do the work: that is how effects repeat), told to stop
 * (`cancel`), or kept in mind (`late_answer = accept`). Every entry is the last thing its caller does, because an answer may
 * come inside the call. */
#include "caller_more.h"
#include "calls.h"
#include "record.h"
#include "world.h"

enum { IDLE, WAITING, PAUSING };

#define AT_ONCE_MAX 64 /* attempts in one another's frames; the next one is an event of its own */

static struct world *world_of(const struct caller *c)
{
    return c->policy->owner->world;
}

ALWAYS_INLINE void count(struct obs_counter *c, const struct world *w)
{
    if (c != NULL)
        obs_count(c, world_now(w), 1);
}

static void count_more(struct caller *c, enum caller_metric m)
{
    if (c->policy->metrics != NULL)
        count(&c->policy->metrics->count[m], world_of(c));
}

/* --- calls under way --- */

static void forget(struct caller *c)
{
    while (c->call != NULL) {
        struct wire_call *call = c->call;
        c->call = call->older;
        caller_call_gone(c, call);
        wire_abandon(call, c->policy->cancel);
    }
}

static void unlink_call(struct caller *c, struct wire_call *call)
{
    struct wire_call **at = &c->call;
    while (*at != call)
        at = &(*at)->older;
    *at = call->older;
    caller_call_gone(c, call);
}

/* --- timers --- */

static bool hedges(const struct caller *c)
{
    return c->policy->more != NULL && c->policy->more->hedges;
}

/* The timer runs in a pause, and in an attempt that has a timeout; else it is not even initialised. */
static inline void stop_timers(struct caller *c)
{
    struct sim *sim = world_of(c)->sim;
    if (c->state == PAUSING || c->policy->timeout != SIM_NEVER)
        sim_cancel(sim, &c->timer);
    if (hedges(c))
        sim_cancel(sim, &c->hedge);
}

/* --- the end --- */

static void finish(struct caller *c, enum call_verdict verdict)
{
    struct caller_policy *p = c->policy;
    stop_timers(c);
    c->state = IDLE;
    if (c->call != NULL)
        forget(c);
    if (p->attempts > 1 && p->metrics != NULL)
        obs_tally_add(&p->metrics->attempts, world_now(world_of(c)), (int64_t)c->attempt + 1);
    if (verdict == CALL_OK && p->more != NULL && p->more->has_budget)
        budget_success(&p->more->budget, world_now(world_of(c)));
    c->done(c, verdict);
}

/* --- attempts --- */

static __attribute__((noinline, cold)) void note_recorded(const struct caller *c, enum life_what what,
                                                          enum call_verdict verdict)
{
    struct job job = caller_job(c, 0);
    const struct caller_policy *p = c->policy;
    struct entity *target = p->target != NULL ? p->target : c->call != NULL ? c->call->server : p->owner;
    record_attempt(world_of(c), &job, what, p->owner, target, c->attempt + 1, verdict);
}

ALWAYS_INLINE void note(const struct caller *c, enum life_what what, enum call_verdict verdict)
{
    if (job_recorded(&c->job))
        note_recorded(c, what, verdict);
}

static void attempt(struct caller *);

static void on_pause_over(struct sim *s, struct sim_timer *t)
{
    (void)s;
    attempt(CONTAINER_OF(t, struct caller, timer));
}

/* Tries that take no time stand in one another's frames, but not without end. */
static bool too_deep(struct caller *c)
{
    if (++c->at_once < AT_ONCE_MAX)
        return false;
    c->at_once = 0;
    return true;
}

static void attempt_over(struct caller *c, enum call_verdict verdict, sim_time retry_at)
{
    bool last = c->policy->attempts != CALLER_UNLIMITED && c->attempt + 1 >= c->policy->attempts;
    if (verdict == CALL_OK || verdict == CALL_REJECTED || last || !caller_may_retry(c)) {
        finish(c, verdict);
        return;
    }
    stop_timers(c);
    sim_time pause = caller_next_pause(c, retry_at);
    c->attempt++;
    if (pause == 0 && !too_deep(c)) {
        attempt(c);
        return;
    }
    if (pause == 0 && world_spins(c->policy->owner, &c->spin)) {
        finish(c, verdict);
        return;
    }
    c->state = PAUSING;
    sim_begin_after(world_of(c)->sim, &c->timer, SIM_MESSAGE, on_pause_over, pause);
}

static void tell_breaker(struct caller *c, enum call_verdict verdict)
{
    struct caller_more *m = c->policy->more;
    if (m != NULL && m->has_breaker)
        breaker_outcome(&m->breaker, world_now(world_of(c)), c->era, verdict != CALL_OK && verdict != CALL_CONFLICT && verdict != CALL_REJECTED);
}

static void on_timeout(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct caller *c = CONTAINER_OF(t, struct caller, timer);
    count(c->policy->timeouts, world_of(c));
    note(c, LIFE_TIMEOUT, CALL_OK);
    tell_breaker(c, CALL_TIMEOUT);
    if (!c->policy->accept_late)
        forget(c);
    attempt_over(c, CALL_TIMEOUT, SIM_NEVER);
}

/* Another call of the same attempt is under way: a hedge, or what it stands beside. */
static bool has_twin(const struct caller *c)
{
    for (const struct wire_call *call = c->call; call != NULL; call = call->older) {
        if (call->tag == c->attempt)
            return true;
    }
    return false;
}

static void answered(struct caller *c, const struct wire_call *call, enum call_verdict verdict)
{
    struct caller_more *m = c->policy->more;
    if (verdict != CALL_OK || m == NULL)
        return;
    c->token = call->token;
    if (m->hedges)
        hedging_answered(&m->hedging, world_now(world_of(c)) - call->sent);
}

static __attribute__((noinline)) void on_other_reply(struct wire_call *call, enum call_verdict verdict)
{
    struct caller *c = call->client;
    bool current = c->state == WAITING && call->tag == c->attempt;
    sim_time retry_at = call->retry_at;
    unlink_call(c, call);
    answered(c, call, verdict);
    call_release(call);
    if (current) {
        if (verdict != CALL_OK && hedges(c) && has_twin(c))
            return;
        tell_breaker(c, verdict);
        if (verdict != CALL_OK)
            note(c, LIFE_REJECTED, verdict);
        attempt_over(c, verdict, retry_at);
    } else if (verdict == CALL_OK) {
        finish(c, CALL_OK);
    }
}

/* Most answers say yes to the only call of a policy that has nothing beyond timeout, attempts and backoff. */
static void on_reply(struct wire_call *call, enum call_verdict verdict)
{
    struct caller *c = call->client;
    struct caller_policy *p = c->policy;
    bool plain = p->more == NULL && c->call == call && call->older == NULL && c->state == WAITING;
    if (__builtin_expect(verdict != CALL_OK || !plain, 0)) {
        on_other_reply(call, verdict);
        return;
    }
    call_release(call);
    c->call = NULL;
    if (p->timeout != SIM_NEVER)
        sim_cancel(world_of(c)->sim, &c->timer);
    c->state = IDLE;
    if (p->attempts > 1 && p->metrics != NULL)
        obs_tally_add(&p->metrics->attempts, world_now(world_of(c)), (int64_t)c->attempt + 1);
    c->done(c, CALL_OK);
}

/* --- sending --- */

/* false: memory is short, and the trial is void already. */
static bool call_out(struct caller *c, uint32_t hedge)
{
    struct caller_policy *p = c->policy;
    struct wire_call *call = caller_open(c, hedge);
    if (call == NULL)
        return false;
    call->reply = on_reply;
    if (p->timeout != SIM_NEVER && hedge == 0) {
        struct world *w = world_of(c);
        sim_begin_in_lane(w->sim, &p->lane, &c->timer, SIM_LATE, on_timeout);
    }
    call_send(call);
    return true;
}

/* A plain offer that takes no time is answered already when it returns: no call, no timer. */
static bool offer_now(struct caller *c)
{
    struct caller_policy *p = c->policy;
    enum call_verdict verdict;
    sim_time retry_at;
    bool stopped = false;
    struct job job = caller_job(c, 0);
    c->stopped = &stopped;
    if (p->timeout != SIM_NEVER)
        sim_timer_init(&c->timer, SIM_LATE, on_timeout);
    bool done = wire_push_now(p->target, &job, &verdict, &retry_at);
    if (stopped)
        return true;
    c->stopped = NULL;
    if (!done)
        return false;
    if (verdict != CALL_OK)
        note(c, LIFE_REJECTED, verdict);
    attempt_over(c, verdict, retry_at);
    return true;
}

static void expect_hedge(struct caller *c)
{
    struct hedging *h = &c->policy->more->hedging;
    sim_time delay = hedging_delay(h);
    if (c->hedges < h->max && delay != SIM_NEVER)
        sim_after(world_of(c)->sim, &c->hedge, delay);
}

static void on_hedge(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct caller *c = CONTAINER_OF(t, struct caller, hedge);
    c->hedges++;
    count_more(c, CM_HEDGES);
    expect_hedge(c);
    call_out(c, c->hedges);
}

static bool breaker_lets(struct caller *c)
{
    struct caller_more *m = c->policy->more;
    if (m == NULL || !m->has_breaker || m->breaker.retries_only)
        return true;
    if (breaker_allows(&m->breaker, world_now(world_of(c)), &c->era))
        return true;
    count_more(c, CM_SHORT_CIRCUITED);
    return false;
}

static void not_sent(struct caller *c)
{
    sim_timer_init(&c->timer, SIM_LATE, on_timeout);
    finish(c, CALL_DOWN);
}

static __attribute__((noinline)) void attempt_more(struct caller *c)
{
    struct caller_policy *p = c->policy;
    struct world *w = world_of(c);
    if (hedges(c)) {
        c->hedges = 0;
        sim_timer_init(&c->hedge, SIM_LATE, on_hedge);
    }
    c->state = WAITING;
    if (!breaker_lets(c)) {
        sim_timer_init(&c->timer, SIM_LATE, on_timeout);
        finish(c, CALL_SHORT);
        return;
    }
    count(p->tries, w);
    if (c->attempt > 0) {
        count(p->retries, w);
        note(c, LIFE_RETRY, CALL_OK);
    }
    if (hedges(c))
        expect_hedge(c);
    if (!call_out(c, 0))
        not_sent(c);
}

static void attempt(struct caller *c)
{
    struct caller_policy *p = c->policy;
    if (__builtin_expect(p->more != NULL, 0)) {
        attempt_more(c);
        return;
    }
    c->state = WAITING;
    count(p->tries, world_of(c));
    if (__builtin_expect(c->attempt > 0, 0)) {
        count(p->retries, world_of(c));
        note(c, LIFE_RETRY, CALL_OK);
    }
    if (p->offers && offer_now(c))
        return;
    if (!call_out(c, 0))
        not_sent(c);
}

static void begin_more(struct caller *c)
{
    struct caller_more *m = c->policy->more;
    sim_time now = world_now(world_of(c));
    if (m->has_budget)
        budget_call(&m->budget, now);
    if (m->has_breaker)
        breaker_call(&m->breaker, now);
}

void caller_start_copy(struct caller *c, struct caller_policy *p, const struct job *job, uint32_t copy,
                       void (*done)(struct caller *, enum call_verdict))
{
    CHECK(c->state == IDLE);
    c->policy = p;
    c->call = NULL;
    job_copy(&c->job, job);
    c->attempt = 0;
    c->at_once = 0;
    c->spin = (struct world_spin){.at = -1};
    c->copy = copy;
    c->pause = 0;
    c->stopped = NULL;
    c->done = done;
    if (p->more != NULL)
        begin_more(c);
    attempt(c);
}

void caller_start(struct caller *c, struct caller_policy *p, const struct job *job,
                  void (*done)(struct caller *, enum call_verdict))
{
    caller_start_copy(c, p, job, 0, done);
}

void caller_stop(struct caller *c)
{
    struct caller_more *m = c->state == IDLE ? NULL : c->policy->more;
    if (c->state == IDLE)
        return;
    if (m != NULL && m->has_breaker && c->state == WAITING)
        breaker_forget(&m->breaker, c->era);
    stop_timers(c);
    c->state = IDLE;
    if (c->stopped != NULL)
        *c->stopped = true;
    forget(c);
}
