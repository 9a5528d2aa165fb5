/* sqs_job.h - what a message's tag holds in a run: request slot 32, flags 16, attempt 16, as they lie in a job; and
 * functions that the files of the actor share. */
#ifndef SQS_JOB_H
#define SQS_JOB_H

#include "record.h"
#include "sqs_actor.h"

#define JOB_PARKED  UINT64_C(0x80000000) /* the copy is a dead letter: remembered, not alive */
#define JOB_WATCHED ((uint64_t)JOB_RECORDED << 16)

static inline uint64_t job_pack(const struct job *j)
{
    return (uint64_t)j->request << 32 | (((uint32_t)j->flags << 16 | j->attempt) & 0x7fffffff);
}
static inline uint16_t job_attempt(uint64_t user)
{
    return (uint16_t)user;
}
static inline uint16_t job_flags(uint64_t user)
{
    return (uint16_t)(user >> 16 & 0x7fff);
}
static inline uint32_t job_request(uint64_t user)
{
    return (uint32_t)(user >> 32);
}
/* The job, without what the queue itself has marked. */
static inline struct job_words job_unpack(uint64_t user, uint32_t size, uint32_t key)
{
    return (struct job_words){job_request(user) | (uint64_t)size << 32, key | (user & 0x7fffffff) << 32};
}
static inline void job_hand(const struct sqs_got *got, struct pulled *out)
{
    job_put(&out->job, job_unpack(got->user, got->size, got->group));
    out->ticket.a = got->handle.a;
    out->ticket.b = got->handle.b;
    out->receive_count = got->receives;
}
static inline bool job_parked(uint64_t user)
{
    return (user & JOB_PARKED) != 0;
}

/* As in the core: on every message's way all that is called becomes one function, but for what few messages need. */
#define HOT   __attribute__((flatten))
#define APART __attribute__((noinline))
#define RARE  __attribute__((noinline, cold))

/* The ledger of Little's law. */
static inline void queue_enters(struct queue *q, sim_time now)
{
    q->entered += (uint64_t)now;
    q->n_in++;
}
static inline void queue_leaves(struct queue *q, sim_time now)
{
    q->left += (uint64_t)now;
    q->n_out++;
}
/* sqs_actor.c */
/* Before an API call, where the queue has a quota at all. */
static inline enum sqs_outcome queue_admit(struct queue *q, enum sqs_action action, const uint32_t *groups,
                                           uint32_t n)
{
    if (sqs_config(q->core)->call_rate == 0)
        return SQS_OK;
    return sqs_admit(q->core, queue_begin(q), action, groups, n);
}
/* Each started 64 KiB of a call's payload is a request of the bill (SQS-147). */
static inline uint64_t billed_requests(uint64_t bytes)
{
    return bytes <= 65536 ? 1 : (bytes + 65535) / 65536;
}
static inline void queue_bill(struct queue *q, sim_time now, enum queue_metric calls, uint64_t bytes)
{
    queue_count_at(q, now, calls, 1);
    queue_count_at(q, now, QM_BILLED, billed_requests(bytes));
}
/* sqs_actor_push.c */
sim_time queue_latency(struct queue *, struct rng *cell);
bool queue_fails(struct queue *); /* this call, by a fault */
RARE void queue_ghost(struct queue *, uint32_t slot, uint64_t user);
/* sqs_actor_pull.c */
void queue_answer(struct queue *, const struct sqs_batch *);
/* sqs_actor_life.c: what is written down of recorded messages. */
static inline bool user_recorded(uint64_t user)
{
    return __builtin_expect((user & JOB_WATCHED) != 0, 0);
}
/* A message came: numbers it, and sees whether it is the one that is asked for. */
RARE void queue_found(struct queue *, uint64_t user);
static inline void queue_numbered(struct queue *q, uint64_t user)
{
    if (__builtin_expect(++q->n_message == q->e.world->quest.number, 0))
        queue_found(q, user);
}
RARE struct life_event *life_message(struct queue *, uint64_t user, enum life_what);
RARE void life_sent(struct queue *, const struct job *);
RARE void life_received(struct queue *, const struct pull_ask *, const struct sqs_got *);
RARE void life_effect(struct queue *, const struct effect *);
void life_finish(struct queue *);
void life_close(struct queue *);

#endif
