/* sim_pool.h - private to sim_set: some dozen timers that are not due before the horizon, in no order. One comes and goes without
 * a search; when the row is empty the horizon moves on, and one pass over all, without branches, finds who is due before it. */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include "sim_row.h"

#ifndef POOL_MAX
#define POOL_MAX 256 /* more, and buckets are faster: docs/decisions.md */
#endif

struct pool {
    uint32_t n;
    struct sim_entry e[POOL_MAX];
};

ALWAYS_INLINE void pool_set(struct pool *p, uint32_t i, struct sim_entry x)
{
    p->e[i] = x;
    x.timer->place = SIM_POOL_PLACE + i;
}

/* There must be room. */
ALWAYS_INLINE void pool_add(struct pool *p, struct sim_entry x)
{
    pool_set(p, p->n++, x);
}

/* The last one takes the place of the one that goes. */
ALWAYS_INLINE void pool_take(struct pool *p, uint32_t i)
{
    pool_set(p, i, p->e[--p->n]);
}

static inline void pool_remove(struct pool *p, struct sim_timer *t)
{
    pool_take(p, t->place - SIM_POOL_PLACE);
    t->place = SIM_NO_PLACE;
}

/* It must not be empty. */
static inline sim_time pool_least(const struct pool *p)
{
    sim_time least = p->e[0].at;
    for (uint32_t i = 1; i < p->n; i++)
        least = p->e[i].at < least ? p->e[i].at : least;
    return least;
}

/* Where those are that are due before `at`; how many. */
static inline uint32_t pool_find(const struct pool *p, sim_time at, uint32_t found[POOL_MAX])
{
    uint32_t n = 0;
#pragma GCC unroll 8
    for (uint32_t i = 0; i < p->n; i++) {
        found[n] = i;
        n += (uint64_t)p->e[i].at < (uint64_t)at;
    }
    return n;
}

#endif
