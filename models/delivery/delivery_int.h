/* delivery_int.h - what the files of a set of deliveries share. */
#ifndef DELIVERY_INT_H
#define DELIVERY_INT_H

#include "delivery.h"
#include "map64.h"
#include "slab.h"

#define NONE SLAB_NONE

enum record_state {
    RECORD_FREE,
    RECORD_READY,     /* in the ready list: an attempt is wanted now */
    RECORD_TIMED,     /* in the heap: a retry, or the end of its age */
    RECORD_BEHIND,    /* ordered: another of its group is before it */
    RECORD_CAPPED,    /* in a bucket's list: waits for a token */
    RECORD_UNDER_WAY
};
struct record { /* 64 bytes: a delivery that waits or is under way */
    struct delivery_message message;
    sim_time began;
    uint64_t seq;    /* of its stay in the heap: ties, and what is stale there */
    uint32_t line;
    uint32_t number; /* attempts made */
    uint32_t link;   /* in the ready list, or a bucket's */
    uint32_t behind; /* ordered: the next of its group */
    uint8_t state;
    uint8_t passed;  /* buckets that have let its next attempt through */
    bool again;      /* a second delivery of what was delivered */
    bool ageing;     /* the heap's time is the end of its age */
};

struct bucket { /* attempts per second, one second's worth at most */
    uint32_t rate;
    uint32_t first, last; /* records that wait, in order */
    bool timed;           /* an entry of the heap will come back to it */
    sim_time at;          /* credit is as of then */
    int64_t credit;       /* tokens × 1e9 */
};

struct line { /* 72 bytes */
    const struct retry_law *law;
    uint64_t user, begun, delivered;
    uint32_t attempts, retries, failed, dead, dropped, twice;
    uint32_t pending; /* records */
    uint32_t bucket;  /* NONE */
    bool open, ordered, dead_letter;
};

struct due { /* a record's or bucket's time */
    sim_time at;
    uint64_t seq;
    uint32_t what; /* record, or BUCKET_BIT | bucket */
};
#define BUCKET_BIT UINT32_C(0x80000000)

struct fan {
    struct delivery_message message;
    sim_time began;
    const uint32_t *lines;
    uint32_t n, at;
};

struct delivery {
    struct delivery_config config;
    struct delivery_counts counts;
    struct slab records, lines;
    uint32_t free_bucket; /* of closed lines: linked by `last` */
    struct map64 groups; /* line and group -> the last record of its chain */
    struct due *heap;
    size_t n_heap, cap_heap;
    struct bucket *bucket; /* [0] is the set's */
    uint32_t n_bucket, cap_bucket;
    struct fan *fan; /* a ring */
    uint32_t first_fan, n_fan, cap_fan;
    uint32_t first_ready, last_ready;
    uint64_t seq, twice_live;
    sim_time now;
    bool failed;
};

static inline struct record *record_at(const struct delivery *d, uint32_t id)
{
    return slab_at(&d->records, id);
}
static inline struct line *line_at(const struct delivery *d, uint32_t l)
{
    return slab_at(&d->lines, l);
}

/* delivery_due.c: the heap has room for every record and every bucket from the time they are made. */
bool due_room(struct delivery *, size_t entries); /* false: memory is short */
void due_push(struct delivery *, sim_time at, uint64_t seq, uint32_t what);
void due_pop(struct delivery *); /* the first */
void due_drop_line(struct delivery *, uint32_t line); /* its records become ready, in the order of their times' making */
/* delivery_bucket.c */
uint32_t bucket_open(struct delivery *, uint32_t rate); /* NONE: memory is short */
void bucket_give(struct delivery *, uint32_t bucket);     /* nobody waits in it */
/* Takes a token, or puts the record at the end of the line for one. */
bool bucket_pass(struct delivery *, uint32_t bucket, uint32_t id);
/* Its time has come: as many as there are tokens become ready. */
void bucket_turn(struct delivery *, uint32_t bucket);
/* delivery_line.c: its number is free when it is closed and nothing of it is left. */
void line_done(struct delivery *, uint32_t line);
/* delivery.c */
void due_ready(struct delivery *, uint32_t id);

#endif
