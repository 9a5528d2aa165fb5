/* sim_row.h - private to sim_set: a few timers in a row, the first one last. Taking it is one step back; another one is put in
 * from that end, past those that are due before it. With so few that is less work than a heap's way down, and nobody needs to
 * know its place: who leaves from the middle is looked for. */
#ifndef SIM_ROW_H
#define SIM_ROW_H

#include "sim_heap.h"

#ifndef ROW_MAX
#define ROW_MAX 24 /* docs/decisions.md */
#endif

struct row {
    uint32_t n, room; /* room: ROW_MAX, or 0 while the heap has them all */
    struct sim_entry e[ROW_MAX];
};

/* There must be room. */
ALWAYS_INLINE void row_add(struct row *r, struct sim_entry x)
{
    uint32_t i = r->n++;
    for (; i > 0 && heap_before(&r->e[i - 1], &x); i--)
        r->e[i] = r->e[i - 1];
    r->e[i] = x;
    x.timer->place = SIM_ROW_PLACE;
}

/* It must be there. */
static inline void row_remove(struct row *r, struct sim_timer *t)
{
    uint32_t i = --r->n;
    struct sim_entry x = r->e[i];
    while (x.timer != t) { /* those before it move up, one each */
        struct sim_entry y = r->e[--i];
        r->e[i] = x;
        x = y;
    }
    t->place = SIM_NO_PLACE;
}

#endif
