/* sqs_fifo.h - what only FIFO queues have; for sqs_*.c only. */
#ifndef SQS_FIFO_H
#define SQS_FIFO_H

#include "sqs_parts.h"

struct group {
    uint32_t head, tail; /* messages in the order of sending; never empty */
    uint32_t id;         /* the caller's number */
    uint32_t flying, watched;
    enum { CLOSED, READY_LIST, READY_HEAP } ready;
    uint32_t place, prev; /* in the heap; in the list: next and previous */
    uint64_t event, seq;  /* of the head, while ready */
};

/* Groups whose head can be received, by (event, seq) (SQS-86). A group usually becomes ready with
 * an event that is later than all others: a list. The rest goes to a heap. */
struct ready {
    uint32_t head, tail, n;
    struct order heap;
};

/* Ids taken in the last five minutes (SQS-92), in the order in which they were accepted: the oldest
 * leaves first. */
struct dedup {
    struct slab slab;
    struct map64 by_key; /* to the newest of those with that key */
    uint32_t head, tail;
};

struct group_bucket {
    struct bucket bucket;
    uint64_t key; /* action and group */
    uint32_t older, newer;
};
struct group_buckets { /* high-throughput mode, in the order of last use */
    struct slab slab;
    struct map64 by_group;
    uint32_t head, tail;
};

struct attempt {
    uint64_t id;
    sim_time at;
    uint32_t n, newer;
    struct {
        uint64_t seq;
        uint32_t message, count;
    } had[SQS_BATCH_MAX];
};
struct attempts { /* receives of the last five minutes that gave an id */
    struct slab slab;
    struct map64 by_id;
    uint32_t head, tail;
};

struct fifo {
    struct slab groups;
    struct map64 by_id;
    struct ready ready;
    uint32_t groups_flying;
    uint32_t edge; /* first message beyond the scan window; NONE: all are inside */
    uint32_t delay_head, delay_tail;
    struct dedup dedup;
    struct group_buckets group_buckets;
    struct attempts attempts;
};

static inline struct group *group_at(const struct fifo *f, uint32_t number)
{
    return (struct group *)slab_at(&f->groups, number);
}

/* sqs_ready.c */
void ready_init(struct ready *, const struct slab *groups);
void ready_close(struct ready *);
void ready_put(struct fifo *, struct group *, uint32_t number, uint64_t event, uint64_t seq);
void ready_remove(struct fifo *, struct group *); /* does nothing when it is not there */
uint32_t ready_first(const struct fifo *);        /* NONE: no group is ready */

/* sqs_admit.c */
void group_buckets_init(struct group_buckets *);
void group_buckets_close(struct group_buckets *);
/* sqs_attempt.c */
void attempts_init(struct attempts *);
void attempts_close(struct attempts *);
/* sqs_dedup.c */
struct taken {                 /* an id, and the message that took it */
    uint64_t id, message, seq; /* message: its id */
    sim_time at;
    uint32_t group;
    uint32_t newer, same; /* in order; another entry with the same key */
};
void dedup_init(struct dedup *);
void dedup_close(struct dedup *);
/* Forgets what is five minutes old, then looks the id up; NULL: it is free. */
const struct taken *dedup_find(struct sqs *, uint64_t id, uint32_t group);
/* false: memory is short. */
bool dedup_take(struct sqs *, uint64_t id, uint32_t group, uint64_t message, uint64_t seq);
void dedup_forget(struct sqs *); /* all (SQS-13) */
void dedup_scope(struct sqs *, bool by_group);

#endif
