/* sim_set.h - private to sim.c: the pending timers that are not in lanes. Those due before the horizon are near, in a sorted row
 * (sim_row.h). The others wait without order: in a pool while they are not many (sim_pool.h), else in buckets (sim_far.h). When
 * nothing is near, the horizon moves on, and who is due before it comes out of the pool, or the next bucket is poured out. When
 * the row is full its later half goes into the pool, and the horizon back to the first of them. Where that cannot be - a crowd of
 * one instant, or the others are in buckets - all that is near stands in a heap. While there are few timers the horizon is
 * SIM_NEVER. One timer that sets a pace may stand beside all this: it would be sorted in just to be taken out again. */
#ifndef SIM_SET_H
#define SIM_SET_H

#include "sim_far.h"
#include "sim_heap.h"
#include "sim_pool.h"

#ifndef HEAP_MIN
#define HEAP_MIN 16 /* no more in the heap, and they go into the row */
#endif

#define PACE_NEVER UINT64_MAX /* later than the first of an empty row */

struct set {
    uint64_t pace_at;       /* PACE_NEVER: nobody sets a pace */
    struct sim_timer *pace; /* who is due then */
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
/* Private: set_pace_is_first, when the row does not tell. */
bool set_pace_is_first_elsewhere(struct set *, sim_time end);
/* Who sets the pace goes into the set. Somebody must. */
void set_drop_pace(struct set *);

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

/* Somebody must set a pace. */
ALWAYS_INLINE struct sim_timer *set_pop_pace(struct set *s)
{
    s->pace_at = PACE_NEVER;
    s->pace->place = SIM_NO_PLACE;
    return s->pace;
}

/* Gives a timer that is not in a key, and lets it set the pace. Nobody must. */
ALWAYS_INLINE void set_put_pace(struct set *s, struct sim_timer *t, sim_time at, uint64_t order)
{
    t->at = at;
    t->order = order;
    t->place = SIM_PACE_PLACE;
    s->pace = t;
    s->pace_at = (uint64_t)at;
}

static inline void set_remove(struct set *s, struct sim_timer *t)
{
    if (t->place == SIM_ROW_PLACE)
        row_remove(&s->row, t);
    else if (t->place == SIM_PACE_PLACE)
        set_pop_pace(s);
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

/* Somebody sets a pace, and nobody who is due by `end` is before that one. False: the first is in the set, if anybody is. */
ALWAYS_INLINE bool set_pace_is_first(struct set *s, sim_time end)
{
    if ((uint64_t)s->row.first.at < s->pace_at)
        return false;
    return ((uint64_t)s->row.first.at > s->pace_at && !row_is_empty(&s->row)) || set_pace_is_first_elsewhere(s, end);
}

/* Who is first but for the one that sets the pace; false: nobody is due by `end`, which is not SIM_NEVER. */
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
