/* calls.h - private to call.c and the callers: what every call does, inline. (A compiler inlines what is used in one place;
 * these are used in several, and a tenth of a run stood in their prologues.) */
#ifndef CALLS_H
#define CALLS_H

#include "link.h"
#include "world.h"

/* State of a call that has not reached its server yet, and of an answer that has not reached its client; servers have
 * small numbers of their own. */
#define CALL_ON_THE_WAY 255
#define CALL_COMES_BACK 254

/* wire_open; r: the job's request. */
ALWAYS_INLINE struct wire_call *call_open(struct world *w, struct entity *server, struct job_words job, struct request *r)
{
    struct wire_call *c = stock_take(&w->calls);
    if (__builtin_expect(c == NULL, 0)) {
        w->failed = true;
        return NULL;
    }
    job_put(&c->job, job);
    c->reply = NULL;
    c->client = NULL;
    c->tag = 0;
    c->retry_at = SIM_NEVER;
    c->older = NULL;
    c->token = 0;
    c->server = server;
    c->request = r;
    c->visit = NULL;
    c->state = CALL_ON_THE_WAY;
    c->on = CALL_ON_NONE;
    c->client_done = c->server_done = c->far = c->offer = false;
    return c;
}

ALWAYS_INLINE void call_close_if_done(struct wire_call *c)
{
    if (c->client_done && c->server_done)
        stock_give(&c->server->world->calls, c);
}

/* wire_release of a call whose answer is being delivered: its server is done with it. */
ALWAYS_INLINE void call_end(struct world *w, struct wire_call *c)
{
    stock_give(&w->calls, c);
}

/* wire_release */
ALWAYS_INLINE void call_release(struct wire_call *c)
{
    c->client_done = true;
    call_close_if_done(c);
}

/* What a client makes of the answer to an offer. */
ALWAYS_INLINE enum call_verdict call_push_verdict(const struct push_answer *a)
{
    static const enum call_verdict verdict[] = {
        [PUSH_ACCEPTED] = CALL_OK,
        [PUSH_THROTTLED] = CALL_THROTTLED,
        [PUSH_REFUSED] = CALL_REJECTED, /* InvalidParameterValue and the like */
        [PUSH_LOST] = CALL_FAILED,      /* the client learns only that it went wrong */
        [PUSH_DOWN] = CALL_DOWN,
    };
    return verdict[a->verdict];
}

/* wire_push_now, by a client whose own hold on the request lasts until the answer is there. */
ALWAYS_INLINE bool call_push_now(struct entity *server, const struct job *job, enum call_verdict *verdict, sim_time *retry_at)
{
    const struct push_ops *ops = server->room->push;
    if (ops->latency != NULL && ops->latency(server, job) > 0)
        return false;
    struct push_answer answer = {.retry_at = SIM_NEVER};
    ops->offer(server, job, 1, &answer);
    *verdict = call_push_verdict(&answer);
    *retry_at = answer.retry_at;
    return true;
}

/* wire_send; most servers of calls are reached in no time. */
ALWAYS_INLINE void call_send(struct wire_call *c)
{
    struct entity *server = c->server;
    const struct call_ops *ops = server->room->call;
    if (__builtin_expect(ops == NULL || ops->latency != NULL || c->far || c->offer, 0)) {
        wire_send(c);
        return;
    }
    c->state = 0;
    c->arrived = world_now(server->world);
    ops->accept(server, c);
}

/* Gone, answered, far away or an offer: read in one go, which none of them was written shortly before. */
ALWAYS_INLINE bool call_is_odd(const struct wire_call *c)
{
    uint32_t odd;
    _Static_assert(offsetof(struct wire_call, offer) - offsetof(struct wire_call, client_done) == sizeof(odd) - 1, "they stand side by side");
    memcpy(&odd, &c->client_done, sizeof(odd));
    return odd != 0;
}

/* wire_reply; most answers come at once to a client that waits. */
ALWAYS_INLINE void call_reply(struct wire_call *c, enum call_verdict verdict)
{
    if (__builtin_expect(call_is_odd(c), 0)) {
        wire_reply(c, verdict);
        return;
    }
    c->server_done = true;
    c->reply(c, verdict);
}

#endif
