/* sqs_line.h - deadlines. Nearly all of a queue's waits have one of a few lengths (its visibility
 * timeout, its delay), and deadlines of one length come due in the order in which they were set: a
 * list per length, appended at the end. What fits none of the lists is put aside in buckets until it
 * is near, and only then goes to a heap (sqs_later.h). Nothing here is sorted. */
#ifndef SQS_LINE_H
#define SQS_LINE_H

#include <assert.h>

#include "simtime.h"
#include "sqs_later.h"
#include "sqs_order.h"

#define LINES_MAX    8
#define LINE_IN_HEAP LINES_MAX
#define LINE_LATER   (LINES_MAX + 1) /* and what follows: a bucket */

/* Embedded in the item. */
struct due {
    sim_time at;
    uint32_t next, prev; /* in a list; next: place in the heap */
    uint32_t lane;
    uint32_t spare; /* the owner's */
};

struct line {
    sim_time length;
    uint32_t head, tail;
};

struct timeline {
    const struct slab *slab;
    uint32_t due_at; /* offset of struct due in the item */
    uint32_t n_lane;
    sim_time next; /* earliest deadline; SIM_NEVER: none */
    struct line lane[LINES_MAX];
    struct order heap;
    struct later later;
    uint64_t (*seq)(const struct timeline *, uint32_t item); /* as it was given with the add */
};

void timeline_init(struct timeline *, const struct slab *, uint32_t due_at,
                   uint64_t (*seq)(const struct timeline *, uint32_t item));
void timeline_free(struct timeline *);
/* Makes sure that n adds of this length cannot fail; false: memory is short. While lists are left they
 * never do. */
__attribute__((noinline)) bool timeline_reserve_heap(struct timeline *, sim_time length, uint32_t n);
static inline bool timeline_reserve(struct timeline *t, sim_time length, uint32_t n)
{
    return t->n_lane < LINES_MAX || t->heap.n + t->later.n + n <= t->heap.cap ||
           timeline_reserve_heap(t, length, n);
}
/* Due at now + length. seq orders what is due at one instant in the heap. */
void timeline_add(struct timeline *, uint32_t item, sim_time now, sim_time length, uint64_t seq);
void timeline_remove(struct timeline *, uint32_t item);
/* An item due at `next`, by seq where that was given in rising order; SLAB_NONE when there is none. */
uint32_t timeline_first(const struct timeline *);

/* For who links items of the first list himself: finds out what is next. */
void timeline_find_next(struct timeline *);
/* For sqs_later.c: into the heap. */
void timeline_near(struct timeline *, uint32_t item, struct due *);
static inline struct due *due_of(const struct timeline *t, uint32_t item)
{
    return (struct due *)((char *)slab_at(t->slab, item) + t->due_at);
}

#endif
