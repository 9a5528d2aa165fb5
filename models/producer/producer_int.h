/* producer_int.h - private to producer*.c: the life of a request from its producer's side. */
#ifndef PRODUCER_INT_H
#define PRODUCER_INT_H

#include "producer.h"

enum { TRACE_BORN = 1, TRACE_TOLD, TRACE_SKIPPED, TRACE_FAULT };

/* One request's client. */
struct activity {
    struct producer *producer;
    uint32_t         number; /* closed: of the user */
    struct caller    caller;
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

/* --- producer.c --- */

/* A request is born: *job has size and key, and gets its number. false: memory is short (the trial is void). */
bool producer_born(struct producer *, uint64_t item, struct job *);
/* Its client has the final answer: counts it and lets go of the request. */
void producer_told(struct producer *, uint32_t request, enum call_verdict);
/* A template says what the request is, and how large. */
void producer_be_event(const struct producer *, uint64_t item, struct job *);

/* Sets `plain`. After a change of what it is made of. */
void producer_judge(struct producer *);

/* --- producer_open.c --- */

/* Born, and called for at once, by an activity of the stock. */
void producer_ask(struct producer *, struct activity *, uint64_t item, struct job);

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
