/* sim_set.h - private to sim.c: the pending timers that are not in lanes. Those due before the
 * horizon are in a heap, all others in buckets (sim_far.h). When the heap is empty the next bucket
 * is poured into it and the horizon moves to that bucket's end. While there are few timers the
 * horizon is SIM_NEVER and all are in the heap. */
#ifndef SIM_SET_H
#define SIM_SET_H

#include "sim_far.h"
#include "sim_heap.h"

struct set {
    struct heap heap;
    uint32_t room; /* at this number the heap must widen or, at its limit, spill */
    uint32_t limit;
    sim_time horizon;
    struct far *far; /* NULL before the first spill */
    bool failed;     /* memory was short */
};

bool set_open(struct set *);
void set_close(struct set *);
bool set_failed(const struct set *);

/* Private: the heap is full. */
void set_put_full(struct set *, struct sim_timer *);
/* Private: the heap is empty. False: nothing is due by `end`. */
bool set_refill(struct set *, sim_time end);

/* Gives a timer that is not in a key, and puts it in. */
static inline void set_put(struct set *s, struct sim_timer *t, sim_time at, uint64_t order)
{
    t->at = at;
    t->order = order;
    if (__builtin_expect(at >= s->horizon, 0)) {
        t->place = SIM_FAR_PLACE;
        far_add(s->far, (struct sim_entry){at, t});
    } else if (s->heap.hole) {
        heap_fill(&s->heap, (struct sim_entry){at, t});
    } else if (__builtin_expect(s->heap.n == s->room, 0)) {
        set_put_full(s, t);
    } else {
        heap_add(&s->heap, (struct sim_entry){at, t});
    }
}

static inline void set_remove(struct set *s, struct sim_timer *t)
{
    if (t->place == SIM_FAR_PLACE)
        far_remove(s->far, t);
    else
        heap_remove(&s->heap, t);
}

/* Gives a timer that is in another key. */
static inline void set_move(struct set *s, struct sim_timer *t, sim_time at, uint64_t order)
{
    if (t->place != SIM_FAR_PLACE && at < s->horizon) {
        heap_close(&s->heap); /* the keys of all are as they were */
        t->at = at;
        t->order = order;
        heap_settle(&s->heap, t->place, (struct sim_entry){at, t});
    } else {
        set_remove(s, t);
        set_put(s, t, at, order);
    }
}

/* The first timer if it is due by `end`, else NULL. */
static inline struct sim_timer *set_first(struct set *s, sim_time end)
{
    heap_close(&s->heap);
    if (__builtin_expect(s->heap.n == 0, 0) && !set_refill(s, end))
        return NULL;
    return s->heap.e[0].at <= end ? s->heap.e[0].timer : NULL;
}

/* The first timer leaves; it must be in the heap, as set_first found it. */
static inline void set_pop(struct set *s)
{
    heap_pop(&s->heap);
}

#endif
