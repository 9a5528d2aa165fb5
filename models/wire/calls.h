/* calls.h - private to call.c and the callers: what every call does, inline. (A compiler inlines what is used in one place;
 * these are used in several, and a tenth of a run stood in their prologues.) */
#ifndef CALLS_H
#define CALLS_H

#include "world.h"

/* State of a call that has not reached its server yet, and of an answer that has not reached its client; servers have
 * small numbers of their own. */
#define CALL_ON_THE_WAY 255
#define CALL_COMES_BACK 254

ALWAYS_INLINE struct wire_call *call_open(struct world *w, struct entity *server, const struct job *job)
{
    uint32_t slot = slab_take(&w->calls);
    if (__builtin_expect(slot == SLAB_NONE, 0)) {
        w->failed = true;
        return NULL;
    }
    struct wire_call *c = slab_at(&w->calls, slot);
    job_copy(&c->job, job);
    c->reply = NULL;
    c->client = NULL;
    c->tag = 0;
    c->retry_at = SIM_NEVER;
    c->older = NULL;
    c->there = c->back = 0;
    c->token = 0;
    c->server = server;
    c->visit = NULL;
    c->slot = slot;
    c->state = CALL_ON_THE_WAY;
    c->client_done = c->server_done = c->offer = false;
    return c;
}

ALWAYS_INLINE void call_close_if_done(struct wire_call *c)
{
    if (c->client_done && c->server_done)
        slab_give(&c->server->world->calls, c->slot);
}

/* wire_release */
ALWAYS_INLINE void call_release(struct wire_call *c)
{
    c->client_done = true;
    call_close_if_done(c);
}

/* wire_send; most servers of calls are reached in no time. */
ALWAYS_INLINE void call_send(struct wire_call *c)
{
    struct entity *server = c->server;
    const struct call_ops *ops = server->room->call;
    if (__builtin_expect(ops == NULL || ops->latency != NULL || c->there != 0 || c->offer, 0)) {
        wire_send(c);
        return;
    }
    c->state = 0;
    c->arrived = world_now(server->world);
    ops->accept(server, c);
}

#endif
