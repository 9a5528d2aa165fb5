/* sim_heap.h - private to sim_set: an implicit 4-ary heap of timers ordered by (at, order). The time stands in the entry, so
 * that a comparison touches timers only where two are due at one instant; four entries fill a line of the cache. Each timer
 * knows its place, so that it can be removed from the middle.
 *
 * An event usually schedules another one. So the first timer leaves a hole, which the next one that
 * comes fills: one way down instead of one down and one up. Whatever else touches the heap closes
 * the hole first. */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "mem.h"
#include "sim.h"

#define HEAP_LEAST 64 /* its room from the beginning */

struct sim_entry {
    sim_time at;
    struct sim_timer *timer; /* has the order */
};

struct heap {
    struct sim_entry *e;
    uint32_t n, cap; /* n: with the hole */
    bool hole;       /* e[0] has left */
};

/* Times are nearly always different; then one comparison without a branch decides. */
ALWAYS_INLINE bool heap_before(const struct sim_entry *a, const struct sim_entry *b)
{
    if (__builtin_expect(a->at == b->at, 0))
        return a->timer->order < b->timer->order;
    return a->at < b->at;
}

ALWAYS_INLINE void heap_set(struct heap *h, uint32_t i, struct sim_entry x)
{
    h->e[i] = x;
    x.timer->place = i;
}

static inline void heap_sift_up(struct heap *h, uint32_t i, struct sim_entry x)
{
    while (i > 0) {
        uint32_t parent = (i - 1) / 4;
        if (heap_before(&h->e[parent], &x))
            break;
        heap_set(h, i, h->e[parent]);
        i = parent;
    }
    heap_set(h, i, x);
}

/* The smallest of the up to four children that start at `first`. */
ALWAYS_INLINE uint32_t heap_least(const struct heap *h, uint32_t first)
{
    const struct sim_entry *e = &h->e[first];
    if (__builtin_expect(first + 4 <= h->n, 1)) {
        uint32_t a = heap_before(&e[1], &e[0]), b = 2u + heap_before(&e[3], &e[2]);
        uint32_t later = -(uint32_t)heap_before(&e[b], &e[a]); /* all ones: b is first */
        return first + (a ^ ((a ^ b) & later));
    }
    uint32_t least = 0;
    for (uint32_t c = 1; first + c < h->n; c++)
        least = heap_before(&e[c], &e[least]) ? c : least;
    return first + least;
}

static inline void heap_sift_down(struct heap *h, uint32_t i, struct sim_entry x)
{
    for (;;) {
        uint32_t first = 4 * i + 1;
        if (first >= h->n)
            break;
        uint32_t c = heap_least(h, first);
        if (heap_before(&x, &h->e[c]))
            break;
        heap_set(h, i, h->e[c]);
        i = c;
    }
    heap_set(h, i, x);
}

static inline bool heap_widen(struct heap *h)
{
    uint32_t cap = h->cap == 0 ? HEAP_LEAST : h->cap * 2;
    struct sim_entry *e = cap < h->cap ? NULL : mem_resize(h->e, cap * sizeof(*e));
    if (e == NULL)
        return false;
    h->e = e;
    h->cap = cap;
    return true;
}

/* There must be room: n < cap, and no hole. */
static inline void heap_add(struct heap *h, struct sim_entry x)
{
    heap_sift_up(h, h->n++, x);
}

static inline void heap_fill(struct heap *h, struct sim_entry x)
{
    h->hole = false;
    heap_sift_down(h, 0, x);
}

static inline void heap_close(struct heap *h)
{
    if (!h->hole)
        return;
    h->hole = false;
    struct sim_entry last = h->e[--h->n];
    if (h->n > 0)
        heap_sift_down(h, 0, last);
}

/* Puts x at i, where it may have to go either way. */
static inline void heap_settle(struct heap *h, uint32_t i, struct sim_entry x)
{
    if (i > 0 && heap_before(&x, &h->e[(i - 1) / 4]))
        heap_sift_up(h, i, x);
    else
        heap_sift_down(h, i, x);
}

static inline void heap_remove(struct heap *h, struct sim_timer *t)
{
    heap_close(h);
    uint32_t i = t->place;
    t->place = SIM_NO_PLACE;
    struct sim_entry last = h->e[--h->n];
    if (i < h->n)
        heap_settle(h, i, last);
}

#endif
