/* sqs_line.h - deadlines. Nearly all of a queue's waits have one of a few lengths (its visibility
 * timeout, its delay), and deadlines of one length come due in the order in which they were set: a
 * list per length, appended at the end. Only what fits none of the lists goes to a heap. Nothing
 * here is sorted. */
#ifndef SQS_LINE_H
#define SQS_LINE_H

#include "simtime.h"
#include "sqs_order.h"

#define LINES_MAX    8
#define LINE_IN_HEAP LINES_MAX
#define LINE_NOWHERE (LINES_MAX + 1)

/* Embedded in the item. */
struct due {
    sim_time at;
    uint32_t next, prev; /* in a list; next: place in the heap, or stamp of its entry there */
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
    bool owner; /* of its items' struct due */
    uint32_t stamp, n_stale;
};

void timeline_init(struct timeline *, const struct slab *, uint32_t due_at);
/* Before first use: nobody else writes the struct due of an item, whether it is in the timeline or
 * not. Then what leaves the heap before its time, as nearly all does, leaves its entry behind, to be
 * dropped later with many others. */
void timeline_owns(struct timeline *);
void timeline_free(struct timeline *);
/* Makes sure that an add of this length cannot fail; false: memory is short. While lists are left it
 * never does. */
__attribute__((noinline)) bool timeline_reserve_heap(struct timeline *, sim_time length);
static inline bool timeline_reserve(struct timeline *t, sim_time length)
{
    return t->n_lane < LINES_MAX || timeline_reserve_heap(t, length);
}
/* Due at now + length. seq orders what is due at one instant in the heap. */
void timeline_add(struct timeline *, uint32_t item, sim_time now, sim_time length, uint64_t seq);
void timeline_remove(struct timeline *, uint32_t item);
/* An item due at `next`; SLAB_NONE when there is none. */
uint32_t timeline_first(const struct timeline *);

#endif
