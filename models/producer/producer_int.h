/* producer_int.h - private to producer*.c: the life of a request from its producer's side. */
#ifndef PRODUCER_INT_H
#define PRODUCER_INT_H

#include "producer.h"

enum { TRACE_BORN = 1, TRACE_TOLD, TRACE_SKIPPED, TRACE_FAULT };

/* One request's client. */
struct activity {
    struct caller    caller;
    struct producer *producer;
    uint32_t         number; /* in the slab; of the user when closed */
    uint64_t         round;  /* closed: requests this user has made; replay: the item */
    struct job       job;    /* replay: what the trace says of it */
    uint32_t         left;   /* closed, in batches: requests of this one that are still to be sent */
    struct sim_timer think;  /* closed: thinks, or sends the next call of its batch; replay: jitter */
    struct world_spin spin;  /* closed */
};

static inline struct world *producer_world(const struct producer *p)
{
    return p->e.world;
}

/* --- inline: on the way of every request --- */

/* Size and key of a request by their laws. */
static inline uint32_t producer_size_of(const struct producer *p, uint64_t item)
{
    if (p->size_constant >= 0)
        return (uint32_t)p->size_constant;
    struct rng cell = rng_at(&p->size_stream, 0, item, 0);
    int64_t size = dist_sample(p->size, &cell);
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

static inline uint32_t producer_key_of(const struct producer *p, uint64_t item)
{
    if (p->key == NULL)
        return JOB_NO_KEY;
    struct rng cell = rng_at(&p->key_stream, 0, item, 0);
    return (uint32_t)(dist_sample_item(p->key, &cell, item) % JOB_NO_KEY);
}

/* A client for an open arrival; NULL: memory is short (the trial is void). */
static inline struct activity *producer_activity(struct producer *p)
{
    uint32_t number = slab_take(&p->activities);
    if (number == SLAB_NONE) {
        producer_world(p)->failed = true;
        return NULL;
    }
    struct activity *a = slab_at(&p->activities, number);
    a->caller.state = 0;
    a->producer = p;
    a->number = number;
    return a;
}

/* --- producer.c --- */

/* A request is born: *job has size and key, and gets its number. false: memory is short (the trial is void). */
bool producer_born(struct producer *, uint64_t item, struct job *);
/* Its client has the final answer: counts it and lets go of the request. */
void producer_told(struct producer *, uint32_t request, enum call_verdict);
/* Born, and called for at once. */
void producer_bear(struct producer *, struct activity *, uint64_t item, struct job);

/* --- producer_closed.c --- */
bool producer_users(struct producer *); /* room for p->users of them; false: memory is short */
void producer_closed_start(struct producer *);
void producer_think(struct activity *); /* was told, and will come again */
void producer_sent(struct activity *);  /* the same, of a call with several */

/* --- producer_send.c: messages sent several in a call --- */
void producer_send_open(struct producer *);
/* Items first, first + step … n of them. user: whose they are, told when all have been answered (producer_sent); NULL: nobody's. */
void producer_send(struct producer *, struct activity *user, uint64_t first, uint64_t step, uint32_t n);

/* --- producer_replay.c --- */
bool producer_replay_open(struct producer *);
void producer_replay_close(struct producer *);
void producer_replay_start(struct producer *);
void producer_replay_check(const struct spec_entity *, struct problems *);

#endif
