/* callers.h - private to models/policy and to those who make a call for every request (producers): the straight way of a call,
 * inline. It is open to a policy that has nothing beyond timeout, attempts and backoff, and one target that serves CALL and is
 * reached in no time. Whatever does not go straight - another verdict than yes, an answer that is not the only one under
 * way - goes on in caller.c. Whose frame it is hands down what it has in hand: the world, the time, where the request is. */
#ifndef CALLERS_H
#define CALLERS_H

#include "caller_more.h"
#include "calls.h"
#include "obs_usual.h"
#include "world.h"

#define CALLER_WARY    16 /* attempts: while the last refusal is that fresh, they ask first */
#define CALLER_AT_ONCE 64 /* attempts in one another's frames; the next one is an event of its own */

enum { CALLER_IDLE, CALLER_WAITING, CALLER_OFFERING, CALLER_PAUSING };

/* --- caller.c --- */

void caller_first_more(struct caller *); /* the first attempt of a policy that has more */
void caller_go(struct caller *);      /* the attempt's call goes out, by whatever way */
void caller_reply(struct wire_call *, enum call_verdict);
void caller_refused(struct caller *, enum call_verdict, sim_time retry_at); /* the only call's answer is no */
void caller_offered(struct caller *, enum call_verdict, sim_time retry_at); /* what was offered is answered */
void caller_not_sent(struct caller *); /* memory is short, and the trial is void already */
/* An attempt goes out to a target that is likely to turn it away. */
void caller_knock(struct caller *, void (*reply)(struct wire_call *, enum call_verdict));
/* caller_retry.c. Of such a target: a call is turned away with all its attempts, before it begins. false: nothing has happened. */
bool caller_turned_away(struct caller_policy *, const struct job *, enum call_verdict *);
void caller_timed_out(struct sim *, struct sim_timer *);

/* --- inline --- */

ALWAYS_INLINE void caller_count(struct obs_counter *c, sim_time now)
{
    if (c != NULL)
        obs_count(c, now, 1);
}

/* Nothing is under way any more. */
ALWAYS_INLINE void caller_done(struct caller *c, sim_time now, enum call_verdict verdict,
                               void (*done)(struct caller *, enum call_verdict))
{
    const struct caller_policy *p = c->policy;
    c->state = CALLER_IDLE;
    if (p->attempts > 1 && p->metrics != NULL) {
        struct obs_tally *attempts = &p->metrics->attempts;
        if (__builtin_expect(c->attempt == 0, 1))
            obs_tally_usual(attempts, now);
        else
            obs_tally_add(attempts, now, (int64_t)c->attempt + 1);
    }
    done(c, verdict);
}

/* An offer that takes no time is answered already when it returns: no call, no timer. Who gives up meanwhile leaves a hold on
 * the request behind. */
ALWAYS_INLINE void caller_offer(struct caller *c, sim_time now, void (*done)(struct caller *, enum call_verdict))
{
    struct caller_policy *p = c->policy;
    enum call_verdict verdict;
    sim_time retry_at;
    bool stopped = false;
    struct job job = caller_job(c, 0);
    c->state = CALLER_OFFERING;
    c->stopped = &stopped;
    bool answered = call_push_now(p->target, &job, &verdict, &retry_at);
    if (__builtin_expect(stopped, 0))
        request_drop(p->owner->world, job.request);
    else if (!answered)
        caller_go(c);
    else if (__builtin_expect(verdict == CALL_OK && c->call == NULL, 1))
        caller_done(c, now, CALL_OK, done);
    else
        caller_offered(c, verdict, retry_at);
}

/* The call of an attempt of that number goes out; the answer comes by `reply`, perhaps inside. */
ALWAYS_INLINE void caller_enter(struct caller *c, struct world *w, sim_time now, struct job_words job, struct request *r,
                                uint32_t attempt, struct wire_call *older, void (*reply)(struct wire_call *, enum call_verdict))
{
    struct caller_policy *p = c->policy;
    struct wire_call *call = call_open(w, p->target, job, r);
    if (__builtin_expect(call == NULL, 0)) {
        caller_not_sent(c);
        return;
    }
    c->state = CALLER_WAITING;
    call->client = c;
    call->tag = attempt;
    call->older = older;
    call->reply = reply;
    call->state = 0;
    call->arrived = now;
    c->call = call;
    if (p->timeout != SIM_NEVER)
        sim_begin_in_lane(w->sim, &p->lane, &c->timer, SIM_LATE, caller_timed_out);
    p->accept(p->target, call);
}

/* An attempt of a policy whose calls go straight. */
ALWAYS_INLINE void caller_send(struct caller *c, struct world *w, sim_time now, struct job_words job, struct request *r,
                               uint32_t attempt, struct wire_call *older, void (*reply)(struct wire_call *, enum call_verdict))
{
    caller_count(c->policy->tries, now);
    if (__builtin_expect(c->policy->wary > 0, 0))
        caller_knock(c, reply);
    else
        caller_enter(c, w, now, job, r, attempt, older, reply);
}

/* An attempt of a policy that has nothing more, whose calls do not go straight. */
ALWAYS_INLINE void caller_out(struct caller *c, sim_time now, void (*done)(struct caller *, enum call_verdict))
{
    struct caller_policy *p = c->policy;
    caller_count(p->tries, now);
    if (p->offers)
        caller_offer(c, now, done);
    else
        caller_go(c);
}

/* caller_start_copy; r: the job's request. done and reply belong together (caller_replied). */
ALWAYS_INLINE void caller_begin(struct caller *c, struct caller_policy *p, struct world *w, sim_time now, const struct job *job,
                                struct request *r, uint32_t copy, void (*done)(struct caller *, enum call_verdict),
                                void (*reply)(struct wire_call *, enum call_verdict))
{
    CHECK(c->state == CALLER_IDLE);
    c->policy = p;
    c->call = NULL;
    c->request = r;
    struct job_words words = job_words_of(job);
    job_put(&c->job, words);
    c->attempt = 0;
    c->copy = copy;
    c->done = done;
    if (p->accept != NULL)
        caller_send(c, w, now, caller_words_plain(p, words, copy), r, 0, NULL, reply);
    else if (__builtin_expect(p->more != NULL, 0))
        caller_first_more(c);
    else
        caller_out(c, now, done);
}

/* An attempt was refused in no time. Where one is, others are. */
ALWAYS_INLINE void caller_be_wary(struct caller_policy *p)
{
    if (p->turns_away != NULL)
        p->wary = CALLER_WARY;
}

/* The answer to a call that went straight. Most are to the only call under way. */
ALWAYS_INLINE void caller_replied(struct wire_call *call, enum call_verdict verdict,
                                  void (*done)(struct caller *, enum call_verdict))
{
    struct caller *c = call->client;
    struct caller_policy *p = c->policy;
    bool straight = c->call == call && call->older == NULL && c->state == CALLER_WAITING;
    if (__builtin_expect(!straight, 0)) {
        caller_reply(call, verdict);
        return;
    }
    struct world *w = call->server->world; /* the owner's, too; but here the way to it is short */
    sim_time now = world_now(w);
    call_end(w, call); /* only its first word is written over (stock.h): times are still read below */
    if (p->timeout != SIM_NEVER)
        sim_cancel(w->sim, &c->timer);
    if (__builtin_expect(verdict != CALL_OK, 0)) {
        if (call->arrived == now)
            caller_be_wary(p);
        caller_refused(c, verdict, call->retry_at);
    } else {
        caller_done(c, now, CALL_OK, done);
    }
}

#endif
