/* sim_set.h - private to sim.c: the pending timers that are not in lanes. Those due before the horizon are near, in a sorted row
 * (sim_row.h). The others wait without order: in a pool while they are not many (sim_pool.h), else in buckets (sim_far.h). When
 * nothing is near, the horizon moves on, and who is due before it comes out of the pool, or the next bucket is poured out. When
 * the row is full its later half goes into the pool, and the horizon back to the first of them. Where that cannot be - a crowd of
 * one instant, or the others are in buckets - all that is near stands in a heap. While there are few timers the horizon is
 * SIM_NEVER. */
#ifndef SIM_SET_H
#define SIM_SET_H

#include "sim_far.h"
#include "sim_heap.h"
#include "sim_pool.h"

#ifndef HEAP_MIN
#define HEAP_MIN 16 /* no more in the heap, and they go into the row */
#endif

struct set {
    sim_time horizon;
    struct row row;
    struct heap heap;
    uint32_t room; /* at this number the heap must widen or, at its limit, spill */
    uint32_t limit;
    bool failed;     /* memory was short */
    bool pooled;     /* those beyond the horizon are in the pool, else in buckets */
    sim_time stride; /* how far the horizon moves when the pool is asked */
    struct pool pool;
    struct far *far; /* NULL before the pool has overflowed or the heap has spilled */
};

bool set_open(struct set *);
void set_close(struct set *);
bool set_failed(const struct set *);

/* Private: a timer with its key, that does not belong into the row or finds it full. */
void set_put_elsewhere(struct set *, struct sim_timer *);
/* Private: set_first, when the row is empty. */
bool set_first_elsewhere(struct set *, sim_time end, struct sim_timer **);

/* Gives a timer that is not in a key, and puts it into the row. false: it does not belong there, and nothing has happened. */
ALWAYS_INLINE bool set_put_in_row(struct set *s, struct sim_timer *t, sim_time at, uint64_t order)
{
    if (__builtin_expect((uint64_t)at >= (uint64_t)s->horizon || row_is_full(&s->row), 0))
        return false;
    t->at = at;
    t->order = order;
    row_add(&s->row, (struct sim_entry){at, t});
    return true;
}

/* … wherever it belongs. */
static inline void set_put(struct set *s, struct sim_timer *t, sim_time at, uint64_t order)
{
    if (!set_put_in_row(s, t, at, order)) {
        t->at = at;
        t->order = order;
        set_put_elsewhere(s, t);
    }
}

static inline void set_remove(struct set *s, struct sim_timer *t)
{
    if (t->place == SIM_ROW_PLACE)
        row_remove(&s->row, t);
    else if (t->place - SIM_POOL_PLACE < POOL_MAX)
        pool_remove(&s->pool, t);
    else if (t->place == SIM_FAR_PLACE)
        far_remove(s->far, t);
    else
        heap_remove(&s->heap, t);
}

/* Gives a timer that is in another key. */
static inline void set_move(struct set *s, struct sim_timer *t, sim_time at, uint64_t order)
{
    if (t->place < SIM_POOL_PLACE && at < s->horizon) {
        heap_close(&s->heap); /* the keys of all are as they were */
        t->at = at;
        t->order = order;
        heap_settle(&s->heap, t->place, (struct sim_entry){at, t});
    } else {
        set_remove(s, t);
        set_put(s, t, at, order);
    }
}

/* Who is first; false: nobody is due by `end`, which is not SIM_NEVER. */
ALWAYS_INLINE bool set_first(struct set *s, sim_time end, struct sim_timer **first)
{
    struct sim_timer *t = s->row.first.timer, *other;
    if (__builtin_expect(s->row.first.at > end, 0)) {
        if (!row_is_empty(&s->row) || !set_first_elsewhere(s, end, &other))
            return false;
        t = other;
    }
    *first = t;
    return true;
}

/* The first timer leaves, as set_first found it. */
static inline void set_pop(struct set *s, struct sim_timer *first)
{
    if (__builtin_expect(first->place == SIM_ROW_PLACE, 1))
        row_pop(&s->row);
    else
        s->heap.hole = true;
    first->place = SIM_NO_PLACE;
}

#endif
