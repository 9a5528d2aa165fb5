/* bare.h - what the bare loops share: a 4-ary heap of 16-byte entries, and the observers that a run has by default.
 * No framework: no entities, no wires, no request table, no checks. */
#ifndef BARE_H
#define BARE_H

#include <stdint.h>
#include <stdlib.h>

#include "obs.h"
#include "rng.h"
#include "simtime.h"

struct bare_event {
    sim_time at;
    uint32_t order; /* of scheduling: ties are total here too (it may wrap: a bare loop does not care) */
    uint32_t what;  /* kind and number, the loop's own */
};
struct bare_heap {
    struct bare_event *e;
    uint32_t           n, cap, order;
};

static inline int bare_before(const struct bare_event *a, const struct bare_event *b)
{
    return a->at < b->at || (a->at == b->at && a->order < b->order);
}
static inline void bare_push(struct bare_heap *h, sim_time at, uint32_t what)
{
    if (h->n == h->cap) {
        h->cap = h->cap == 0 ? 1024 : h->cap * 2;
        h->e = realloc(h->e, h->cap * sizeof *h->e);
        if (h->e == NULL)
            abort();
    }
    struct bare_event x = {at, h->order++, what};
    uint32_t          i = h->n++;
    while (i > 0) {
        uint32_t up = (i - 1) / 4;
        if (!bare_before(&x, &h->e[up]))
            break;
        h->e[i] = h->e[up];
        i = up;
    }
    h->e[i] = x;
}
static inline struct bare_event bare_pop(struct bare_heap *h)
{
    struct bare_event top = h->e[0], x = h->e[--h->n];
    uint32_t          i = 0;
    for (;;) {
        uint32_t first = 4 * i + 1, end = first + 4 < h->n ? first + 4 : h->n, best = first;
        if (first >= h->n)
            break;
        for (uint32_t c = first + 1; c < end; c++)
            best = bare_before(&h->e[c], &h->e[best]) ? c : best;
        if (!bare_before(&h->e[best], &x))
            break;
        h->e[i] = h->e[best];
        i = best;
    }
    h->e[i] = x;
    return top;
}

/* Observers, opened as the program opens them by default: plain, over time, with a histogram. */
enum { BARE_PLAIN, BARE_SERIES, BARE_HIST, BARE_BOTH };
struct bare_observers {
    sim_time width, until; /* of the buckets; end of the one being filled */
    uint32_t n[3];
    void    *observer[3][32]; /* by kind */
};
void bare_observers_open(struct bare_observers *, sim_time end);
void bare_counter(struct bare_observers *, struct obs_counter *, int kind);
void bare_level(struct bare_observers *, struct obs_level *, int kind);
void bare_tally(struct bare_observers *, struct obs_tally *, int kind);
void bare_roll(struct bare_observers *, sim_time now);
/* Before the event of that time. */
static inline void bare_clock(struct bare_observers *o, sim_time now)
{
    if (__builtin_expect(now >= o->until, 0))
        bare_roll(o, now);
}

/* What became of the requests, in all and by their time of birth. */
#define BARE_BUCKETS 240
struct bare_fates {
    uint64_t offered, in_time;
    uint64_t offered_at[BARE_BUCKETS], in_time_at[BARE_BUCKETS];
    uint32_t bucket;
    sim_time width, until; /* of the bucket being filled */
};
static inline void bare_fates_open(struct bare_fates *f, sim_time end)
{
    f->width = f->until = end / BARE_BUCKETS + 1;
}
/* The bucket, which the request keeps. */
static inline uint32_t bare_born(struct bare_fates *f, sim_time now)
{
    while (now >= f->until) {
        f->bucket++;
        f->until += f->width;
    }
    f->offered++;
    f->offered_at[f->bucket]++;
    return f->bucket;
}
static inline void bare_done(struct bare_fates *f, uint32_t bucket)
{
    f->in_time++;
    f->in_time_at[bucket]++;
}

#endif
