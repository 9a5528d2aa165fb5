/* sqs_later.h - deadlines that are not near yet: in buckets, in no order within one. Nearly all of them are gone
 * before they come near: the message is deleted, or its timeout is changed. So putting one in and cutting it out
 * cost a few instructions, and only what is near is ordered, in a small heap (sqs_line.h).
 *
 * All that is due up to the horizon is in that heap. What is later has a bucket by the highest digit, of six bits,
 * in which it differs from the horizon: the digit's place and its value. So the earliest are in the first bucket
 * of the lowest place. When the heap is empty the horizon moves on: a bucket with few goes into the heap as it
 * is, one with many is dealt out to the places below. */
#ifndef SQS_LATER_H
#define SQS_LATER_H

#include <stdbool.h>
#include <stdint.h>

#include "simtime.h"

#define LATER_PLACES 11 /* digits of a time */
#define LATER_DIGITS 64

struct later {
    uint32_t *head; /* LATER_PLACES × LATER_DIGITS lists; NULL: not needed so far */
    uint64_t used[LATER_PLACES];
    uint32_t n;
    uint32_t kept; /* in the heap after the horizon last moved */
    sim_time horizon;
};

struct timeline;
struct due;
bool later_open(struct later *); /* false: memory is short */
void later_free(struct later *);
void later_put(struct timeline *, uint32_t item, struct due *);
void later_cut(struct timeline *, struct due *);
/* The heap is empty and something is later: moves the earliest there. The heap has room for all. */
void later_refill(struct timeline *);
/* The horizon turned out to be far away, and the heap is crowded: back to its earliest. */
void later_recede(struct timeline *);
static inline bool later_crowded(const struct later *l, uint32_t in_heap)
{
    return in_heap >= 256 && in_heap > l->n / 8 && in_heap / 2 > l->kept;
}

#endif
