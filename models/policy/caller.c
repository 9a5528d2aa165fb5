/* caller.c - one piece of work from the client's side: attempt, wait, give up, pause, try again.
 *
 * An attempt that timed out is left alone (its server may still do the work: that is how effects repeat), told to stop
 * (`cancel`), or kept in mind (`late_answer = accept`). Every entry is the last thing its caller does, because an answer may
 * come inside the call. */
#include "callers.h"
#include "record.h"

static struct world *world_of(const struct caller *c)
{
    return c->policy->owner->world;
}

static void count(struct obs_counter *c, const struct world *w)
{
    caller_count(c, world_now(w));
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
    if (c->state == CALLER_PAUSING || (c->policy->timeout != SIM_NEVER && c->state != CALLER_OFFERING))
        sim_cancel(sim, &c->timer);
    if (hedges(c))
        sim_cancel(sim, &c->hedge);
}

/* --- the end --- */

static void finish(struct caller *c, enum call_verdict verdict)
{
    struct caller_policy *p = c->policy;
    stop_timers(c);
    if (c->call != NULL)
        forget(c);
    if (verdict == CALL_OK && p->more != NULL && p->more->has_budget)
        budget_success(&p->more->budget, world_now(world_of(c)));
    caller_done(c, world_now(world_of(c)), verdict, c->done);
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

static void note(const struct caller *c, enum life_what what, enum call_verdict verdict)
{
    if (job_recorded(&c->job))
        note_recorded(c, what, verdict);
}

static void attempt_again(struct caller *);

static void on_pause_over(struct sim *s, struct sim_timer *t)
{
    (void)s;
    attempt_again(CONTAINER_OF(t, struct caller, timer));
}

/* Tries that take no time stand in one another's frames, but not without end. */
static bool too_deep(struct caller *c)
{
    if (++c->at_once < CALLER_AT_ONCE)
        return false;
    c->at_once = 0;
    return true;
}

/* Most calls never need it. */
static void first_retry(struct caller *c)
{
    c->at_once = 0;
    c->pause = 0;
    c->spin = (struct world_spin){.at = -1};
}

static inline bool may_retry(struct caller *c, enum call_verdict verdict)
{
    const struct caller_policy *p = c->policy;
    bool last = p->attempts != CALLER_UNLIMITED && c->attempt + 1 >= p->attempts;
    return verdict != CALL_OK && verdict != CALL_REJECTED && !last && (p->more == NULL || caller_may_retry(c));
}

/* Its timers are stopped. */
static void retry(struct caller *c, enum call_verdict verdict, sim_time retry_at)
{
    if (c->attempt == 0)
        first_retry(c);
    sim_time pause = caller_next_pause(c, retry_at);
    c->attempt++;
    if (pause == 0 && !too_deep(c)) {
        attempt_again(c);
    } else if (pause == 0 && world_spins(c->policy->owner, &c->spin)) {
        forget(c);
        caller_done(c, world_now(world_of(c)), verdict, c->done);
    } else {
        c->state = CALLER_PAUSING;
        sim_begin_after(world_of(c)->sim, &c->timer, SIM_MESSAGE, on_pause_over, pause);
    }
}

static void attempt_over(struct caller *c, enum call_verdict verdict, sim_time retry_at)
{
    if (!may_retry(c, verdict)) {
        finish(c, verdict);
        return;
    }
    stop_timers(c);
    retry(c, verdict, retry_at);
}

void caller_refused(struct caller *c, enum call_verdict verdict, sim_time retry_at)
{
    c->call = NULL;
    note(c, LIFE_REJECTED, verdict);
    if (may_retry(c, verdict))
        retry(c, verdict, retry_at);
    else
        caller_done(c, world_now(world_of(c)), verdict, c->done);
}

static void tell_breaker(struct caller *c, enum call_verdict verdict)
{
    struct caller_more *m = c->policy->more;
    if (m != NULL && m->has_breaker)
        breaker_outcome(&m->breaker, world_now(world_of(c)), c->era, verdict != CALL_OK && verdict != CALL_CONFLICT && verdict != CALL_REJECTED);
}

void caller_timed_out(struct sim *s, struct sim_timer *t)
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

void caller_reply(struct wire_call *call, enum call_verdict verdict)
{
    struct caller *c = call->client;
    bool current = c->state == CALLER_WAITING && call->tag == c->attempt;
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

/* --- sending --- */

/* false: memory is short, and the trial is void already. */
static bool call_out(struct caller *c, uint32_t hedge)
{
    struct caller_policy *p = c->policy;
    struct wire_call *call = caller_open(c, hedge);
    if (call == NULL)
        return false;
    call->reply = caller_reply;
    if (p->timeout != SIM_NEVER && hedge == 0) {
        struct world *w = world_of(c);
        sim_begin_in_lane(w->sim, &p->lane, &c->timer, SIM_LATE, caller_timed_out);
    }
    call_send(call);
    return true;
}

void caller_offered(struct caller *c, enum call_verdict verdict, sim_time retry_at)
{
    sim_timer_init(&c->timer, SIM_LATE, caller_timed_out);
    if (verdict != CALL_OK)
        note(c, LIFE_REJECTED, verdict);
    attempt_over(c, verdict, retry_at);
}

void caller_go(struct caller *c)
{
    c->state = CALLER_WAITING;
    if (!call_out(c, 0))
        caller_not_sent(c);
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

void caller_not_sent(struct caller *c)
{
    sim_timer_init(&c->timer, SIM_LATE, caller_timed_out);
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
    c->state = CALLER_WAITING;
    if (!breaker_lets(c)) {
        sim_timer_init(&c->timer, SIM_LATE, caller_timed_out);
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
    caller_go(c);
}

static void plain_reply(struct wire_call *call, enum call_verdict verdict)
{
    struct caller *c = call->client;
    caller_replied(call, verdict, c->done);
}

void caller_knock(struct caller *c, void (*reply)(struct wire_call *, enum call_verdict))
{
    struct caller_policy *p = c->policy;
    struct job job = caller_job(c, 0);
    enum call_verdict verdict;
    if (c->call == NULL && p->turns_away(p->target, &job, 1, &verdict)) {
        p->wary = CALLER_WARY;
        caller_refused(c, verdict, SIM_NEVER);
    } else {
        struct world *w = world_of(c);
        p->wary--;
        caller_enter(c, w, world_now(w), job_words_of(&job), c->request, c->attempt, c->call, reply);
    }
}

static void attempt_again(struct caller *c)
{
    const struct caller_policy *p = c->policy;
    if (p->more != NULL) {
        attempt_more(c);
        return;
    }
    struct world *w = world_of(c);
    sim_time now = world_now(w);
    caller_count(p->retries, now);
    note(c, LIFE_RETRY, CALL_OK);
    if (p->accept != NULL) {
        struct job_words job = caller_words_plain(p, job_words_of(&c->job), c->attempt * p->parallel + c->copy);
        caller_send(c, w, now, job, c->request, c->attempt, c->call, plain_reply);
    } else {
        caller_out(c, now, c->done);
    }
}

void caller_first_more(struct caller *c)
{
    struct caller_more *m = c->policy->more;
    sim_time now = world_now(world_of(c));
    c->base = c->hedges = c->era = 0;
    if (m->has_budget)
        budget_call(&m->budget, now);
    if (m->has_breaker)
        breaker_call(&m->breaker, now);
    attempt_more(c);
}

void caller_start_copy(struct caller *c, struct caller_policy *p, const struct job *job, uint32_t copy,
                       void (*done)(struct caller *, enum call_verdict))
{
    struct world *w = p->owner->world;
    caller_begin(c, p, w, world_now(w), job, request_at(&w->requests, job->request), copy, done, plain_reply);
}

void caller_start(struct caller *c, struct caller_policy *p, const struct job *job,
                  void (*done)(struct caller *, enum call_verdict))
{
    caller_start_copy(c, p, job, 0, done);
}

void caller_stop(struct caller *c)
{
    struct caller_more *m = c->state == CALLER_IDLE ? NULL : c->policy->more;
    if (c->state == CALLER_IDLE)
        return;
    if (m != NULL && m->has_breaker && c->state == CALLER_WAITING)
        breaker_forget(&m->breaker, c->era);
    stop_timers(c);
    if (c->state == CALLER_OFFERING) {
        request_hold(world_of(c), c->job.request);
        *c->stopped = true;
    }
    c->state = CALLER_IDLE;
    forget(c);
}
