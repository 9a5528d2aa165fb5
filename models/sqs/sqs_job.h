/* sqs_job.h - what a message's tag holds in a run: request slot 32, attempt 16, flags 16; and
 * functions that the files of the actor share. */
#ifndef SQS_JOB_H
#define SQS_JOB_H

#include "record.h"
#include "sqs_actor.h"

#define JOB_PARKED UINT64_C(0x8000) /* the copy is a dead letter: remembered, not alive */

static inline uint64_t job_pack(const struct job *j)
{
    return (uint64_t)j->request << 32 | (uint64_t)j->attempt << 16 | (j->flags & 0x7fff);
}
static inline uint32_t job_request(uint64_t user)
{
    return (uint32_t)(user >> 32);
}
static inline bool job_parked(uint64_t user)
{
    return (user & JOB_PARKED) != 0;
}

/* sqs_actor.c */
void queue_enters(struct queue *);
void queue_leaves(struct queue *);
/* Before an API call, where the queue has a quota at all. */
static inline enum sqs_outcome queue_admit(struct queue *q, enum sqs_action action, const uint32_t *groups,
                                           uint32_t n)
{
    if (sqs_config(q->core)->call_rate == 0)
        return SQS_OK;
    return sqs_admit(q->core, queue_begin(q), action, groups, n);
}
/* sqs_actor_push.c */
sim_time queue_latency(struct queue *, struct rng *cell);
bool queue_fails(struct queue *); /* this call, by a fault */
void queue_bill(struct queue *, enum queue_metric calls, uint64_t bytes);
void queue_ghost(struct queue *, uint32_t slot, uint64_t user);
/* sqs_actor_pull.c */
void queue_answer(struct queue *, const struct sqs_batch *);
/* sqs_actor_life.c: what is written down of recorded messages. */
static inline bool user_recorded(uint64_t user)
{
    return __builtin_expect((user & JOB_RECORDED) != 0, 0);
}
/* A message came: numbers it, and sees whether it is the one that is asked for. */
void queue_numbered(struct queue *, uint64_t user);
struct life_event *life_message(struct queue *, uint64_t user, enum life_what);
void life_sent(struct queue *, const struct job *);
void life_received(struct queue *, const struct pull_ask *, const struct sqs_got *);
void life_effect(struct queue *, const struct effect *);
void life_finish(struct queue *);
void life_close(struct queue *);

#endif
