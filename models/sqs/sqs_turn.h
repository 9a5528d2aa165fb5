/* sqs_turn.h - a queue's turn, for sqs_actor*.c: settle what is due, operate, carry out the effects, answer the polls
 * that can be answered, arm the timer anew, show the gauges. Each operation of a run takes one; so it is inline, and
 * what most turns do not need is called. */
#ifndef SQS_TURN_H
#define SQS_TURN_H

#include "obs_usual.h"
#include "requests.h"
#include "sqs_job.h"

#define DEADLINE_UNKNOWN INT64_MIN
/* What is folded into a queue's fingerprint on every message's way. */
enum {
    TRACE_SENT = 1,
    TRACE_DUPLICATE,
    TRACE_REFUSED,
    TRACE_REMOVED = 10,
    TRACE_EXPIRED,
    TRACE_PURGED,
    TRACE_DEAD,
    TRACE_MOVED_IN,
    TRACE_RECEIVED = 20,
    TRACE_EMPTY,
    TRACE_SETTLED
};

/* sqs_actor.c */
APART void queue_effects(struct queue *);
APART void queue_advance(struct queue *); /* something is due */
APART void queue_serve(struct queue *);
RARE void queue_end_letters(struct queue *);
/* sqs_actor_pull.c: the ask gives up then; of a wait that is not the first one's */
APART void queue_start_late(struct queue *, struct pull_ask *, sim_time wait);
void queue_give_up(struct sim *, struct sim_timer *);
/* sqs_actor_push.c */
APART void queue_offer_usually(struct queue *, const struct job *, uint32_t n, struct push_answer *);
/* sqs_actor_direct.c */
void queue_offer(struct entity *, const struct job *, uint32_t n, struct push_answer *);
enum pull_swap queue_swap(struct entity *, const struct ticket *, struct pull_ask *, struct pulled *);

#define FETCH_MANY 64 /* fewer of them lie in fast memory anyway */

/* With a thousand who wait, the next one lies in slow memory. */
ALWAYS_INLINE void turn_fetch_next(const struct queue *q)
{
    uint64_t tag;
    if (sqs_waiting(q->core, &tag))
        pull_fetch((const struct pull_ask *)(uintptr_t)tag);
}

ALWAYS_INLINE void turn_effects(struct queue *q)
{
    if (q->call.n_fx > 0)
        queue_effects(q);
}

ALWAYS_INLINE void turn_settle(struct queue *q, sim_time now)
{
    q->deadline = sqs_deadline(q->core);
    if (__builtin_expect(q->deadline <= now, 0))
        queue_advance(q);
}

/* What is due is done, unless it is known that nothing is. The operation that follows may move the deadline. */
ALWAYS_INLINE struct call *turn_begin(struct queue *q, sim_time now)
{
    turn_effects(q); /* of the entry before, in a batch */
    if (q->deadline <= now)
        turn_settle(q, now);
    q->deadline = DEADLINE_UNKNOWN;
    call_begin(&q->call, now, q->dice);
    return &q->call;
}

ALWAYS_INLINE void turn_level(struct obs_level *l, sim_time now, int64_t value)
{
    if (l->value != value)
        obs_level_set(l, now, value);
}

ALWAYS_INLINE void turn_gauges(struct queue *q, sim_time now)
{
    struct sqs_levels l;
    sqs_levels(q->core, &l);
    turn_level(&q->depth, now, l.visible);
    turn_level(&q->in_flight, now, l.in_flight);
    turn_level(&q->delayed, now, l.delayed);
    turn_level(&q->groups, now, l.groups_in_flight);
    turn_level(&q->polls, now, l.waiting_polls);
}

ALWAYS_INLINE void turn_arm(struct queue *q, sim_time now)
{
    if (q->deadline == q->armed)
        return;
    q->armed = q->deadline;
    sim_lane_set(&q->due, q->deadline - now);
    sim_lane_start(q->e.world->sim, &q->due, &q->timer);
}

ALWAYS_INLINE void turn_end(struct queue *q, sim_time now)
{
    turn_effects(q);
    turn_settle(q, now);
    bool serving = (q->barred & BAR_SERVING) != 0;
    if (!serving && sqs_may_serve(q->core))
        queue_serve(q);
    turn_arm(q, now);
    turn_gauges(q, now);
    if (__builtin_expect(q->letters_sent && !serving, 0))
        queue_end_letters(q);
}

/* The parts of a message's way that the usual turns and the direct ones (sqs_actor_direct.c) have in common. */

/* A message goes out: its copy in the asker's hand holds the request. */
ALWAYS_INLINE void turn_goes_out(struct queue *q, sim_time now, uint32_t receives, struct request *r)
{
    r->alive++;
    trace_fold(&q->e.print, now, TRACE_RECEIVED, request_item(r) << 8 ^ receives);
}

ALWAYS_INLINE void turn_received(struct queue *q, sim_time now, const struct sqs_got *got, struct request *r)
{
    if (__builtin_expect(got->receives == 1, 1))
        obs_tally_add(&q->wait, now, now - got->sent);
    else
        queue_count_at(q, now, QM_REDELIVERED, 1);
    turn_goes_out(q, now, got->receives, r);
}

ALWAYS_INLINE void turn_hand_over(struct queue *q, sim_time now, const struct sqs_got *got, struct pulled *out)
{
    job_hand(got, out);
    turn_received(q, now, got, request_at(&q->e.world->requests, job_request(got->user)));
}

/* A call is counted when it comes; what its answer adds to the bill, with the answer. */
ALWAYS_INLINE void turn_bill_answer(struct queue *q, sim_time now, uint64_t bytes)
{
    if (__builtin_expect(bytes > 65536, 0))
        queue_count_at(q, now, QM_BILLED, billed_requests(bytes) - 1);
}

/* The ask waits so long. Polls of one length give up in the order in which they came. */
ALWAYS_INLINE void turn_wait(struct queue *q, struct pull_ask *a, sim_time wait)
{
    if (__builtin_expect(q->n_lane > 0 && q->lane[0].delay == wait, 1))
        sim_begin_in_lane(q->e.world->sim, &q->lane[0], &a->late, SIM_LATE, queue_give_up);
    else
        queue_start_late(q, a, wait);
}

/* The ask waits no more. */
ALWAYS_INLINE void turn_part(struct queue *q, struct pull_ask *a)
{
    sim_cancel(q->e.world->sim, &a->late);
    a->waiting = false;
}

/* … a message that came: by what is in a job. */
ALWAYS_INLINE void turn_sent(struct queue *q, sim_time now, uint64_t user, uint32_t size, struct request *r)
{
    r->alive++;
    queue_enters(q, now);
    queue_numbered(q, user);
    queue_count_at(q, now, QM_SENT, 1);
    obs_tally_same(&q->size, now, size);
}

/* A message is gone, and with it its copy's hold. */
ALWAYS_INLINE void turn_gone(struct queue *q, sim_time now, uint32_t what, uint64_t user)
{
    struct world *w = q->e.world;
    uint32_t slot = job_request(user);
    struct request *r = request_at(&w->requests, slot);
    trace_fold(&q->e.print, now, what, request_item(r));
    queue_leaves(q, now);
    if (__builtin_expect(job_parked(user), 0))
        request_drop_parked(w, slot);
    else if (__builtin_expect(r->alive > 1, 1))
        r->alive--; /* the worker still has it */
    else
        requests_drop(w, slot, r);
}

ALWAYS_INLINE void turn_removed(struct queue *q, sim_time now, uint64_t user, uint32_t receives)
{
    queue_count_at(q, now, QM_REMOVED, 1);
    obs_tally_same(&q->receives, now, receives);
    turn_gone(q, now, TRACE_REMOVED, user);
}

/* The message's life without the queue's number, which another queue beside this one moves. */
ALWAYS_INLINE void turn_settled(struct queue *q, sim_time now, uint32_t kind, const struct ticket *t)
{
    trace_fold(&q->e.print, now, TRACE_SETTLED + kind, t->b & ((UINT64_C(1) << 40) - 1));
}

#endif
