/* sqs_turn.h - a queue's turn, for sqs_actor*.c: settle what is due, operate, carry out the effects, answer the polls
 * that can be answered, arm the timer anew, show the gauges. Each operation of a run takes one; so it is inline, and
 * what most turns do not need is called. */
#ifndef SQS_TURN_H
#define SQS_TURN_H

#include "sqs_job.h"

#define DEADLINE_UNKNOWN INT64_MIN

/* sqs_actor.c */
APART void queue_effects(struct queue *);
APART void queue_advance(struct queue *); /* something is due */
APART void queue_serve(struct queue *);
RARE void queue_end_letters(struct queue *);

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
    if (!q->serving && sqs_may_serve(q->core))
        queue_serve(q);
    turn_arm(q, now);
    turn_gauges(q, now);
    if (__builtin_expect(q->letters_sent && !q->serving, 0))
        queue_end_letters(q);
}

#endif
