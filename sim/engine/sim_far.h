/* sim_far.h - private to sim_set: timers that are not due soon, unsorted in buckets.
 *
 * A bucket is a digit of the due time: the highest digit (base 64) in which it differs from `base`,
 * a time that no timer here precedes and that only moves forward. So the first bucket that is not
 * empty has the earliest timers. A full one is split by moving `base` to its start, which spreads
 * it over the levels below and leaves all other buckets as they are. An entry is written once a
 * level at most; it is written and read in sequence, and what it points to is fetched ahead: the
 * cost hardly depends on how many there are.
 *
 * Entries stand in chunks; each timer knows its entry, and its bucket follows from its time, so it
 * can be removed from the middle. */
#ifndef SIM_FAR_H
#define SIM_FAR_H

#include "sim_heap.h"

#define FAR_BITS   6
#define FAR_DIGITS (1 << FAR_BITS)
#define FAR_LEVELS ((63 + FAR_BITS - 1) / FAR_BITS) /* times have 63 bits */
#ifndef FAR_CHUNK
#define FAR_CHUNK 30 /* entries; tests want fewer */
#endif
#define FAR_LINE 64 /* bytes that a processor fetches at once */

/* Filled from the last entry to the first. The chunks of a bucket form a ring. */
struct far_chunk {
    struct far_chunk *before, *after;
    struct sim_entry e[FAR_CHUNK];
    char rest[16]; /* to whole lines */
};

struct far_bucket {
    struct far_chunk *last;
    uint32_t room; /* free entries in the last chunk */
    uint32_t n;
};

struct far_block;

struct far {
    sim_time base;
    uint64_t n;
    bool failed; /* memory was short: a timer is not pending although it should be */
    struct far_chunk *spare;
    struct far_block *block;
    uint64_t occupied[FAR_LEVELS]; /* a bit for each bucket */
    struct far_bucket bucket[FAR_LEVELS][FAR_DIGITS];
};

/* Names a bucket. */
struct far_spot {
    unsigned level, digit;
};

/* NULL when memory is short. */
struct far *far_open(void);
void far_close(struct far *);

/* Needs n > 0. */
struct far_spot far_first(const struct far *);
/* The times of a bucket: from its start to before its end. */
sim_time far_start(const struct far *, struct far_spot);
sim_time far_end(const struct far *, struct far_spot);
/* Moves the base into the first bucket, not beyond `end`, and the timers to the levels below. Not
 * for level 0, nor for a bucket that starts after `end`. */
void far_split(struct far *, struct far_spot, sim_time end);
void far_remove(struct far *, struct sim_timer *);

/* Private: another chunk; false when memory is short. */
bool far_grow(struct far *, struct far_bucket *);

static inline struct far_spot far_spot(const struct far *f, sim_time at)
{
    uint64_t differs = (uint64_t)(at ^ f->base) | 1;
    unsigned level = (63 - (unsigned)__builtin_clzll(differs)) / FAR_BITS;
    return (struct far_spot){level, (unsigned)(at >> level * FAR_BITS) % FAR_DIGITS};
}

/* x.at >= base. The timer's place is SIM_FAR_PLACE already. */
static inline void far_add(struct far *f, struct sim_entry x)
{
    struct far_spot spot = far_spot(f, x.at);
    struct far_bucket *b = &f->bucket[spot.level][spot.digit];
    if (__builtin_expect(b->room == 0, 0) && !far_grow(f, b)) {
        x.timer->place = SIM_NO_PLACE;
        f->failed = true;
        return;
    }
    f->occupied[spot.level] |= UINT64_C(1) << spot.digit;
    f->n++;
    b->n++;
    x.timer->entry = &b->last->e[--b->room];
    *x.timer->entry = x;
}

static inline void far_give(struct far *f, struct far_chunk *c)
{
    c->after = f->spare;
    f->spare = c;
}

static inline void far_fetch_chunk(const struct far_chunk *c)
{
    for (size_t i = 0; i < sizeof(*c); i += FAR_LINE)
        __builtin_prefetch((const char *)c + i);
}

static inline void far_fetch_timers(const struct far_chunk *c, uint32_t room)
{
    for (uint32_t i = FAR_CHUNK; i-- > room;) {
        __builtin_prefetch(&c->e[i].timer->at, 1);
        __builtin_prefetch(&c->e[i].timer->place, 1);
    }
}

/* Empties a bucket into put(context, entry), in the order in which it was filled (so that timers of
 * one instant come sorted). While a chunk is handed over, the timers of the next and the entries of
 * the one after it are on their way to the cache. */
static inline __attribute__((always_inline)) void
far_drain(struct far *f, struct far_spot spot, void (*put)(void *, struct sim_entry), void *context)
{
    struct far_bucket b = f->bucket[spot.level][spot.digit];
    f->bucket[spot.level][spot.digit] = (struct far_bucket){0};
    f->occupied[spot.level] &= ~(UINT64_C(1) << spot.digit);
    f->n -= b.n;
    struct far_chunk *c = b.last->after, *next = c;
    far_fetch_timers(c, c == b.last ? b.room : 0);
    far_fetch_chunk(c->after);
    do {
        c = next;
        next = c->after;
        if (c != b.last) {
            far_fetch_timers(next, next == b.last ? b.room : 0);
            far_fetch_chunk(next->after);
        }
        for (uint32_t i = FAR_CHUNK, room = c == b.last ? b.room : 0; i-- > room;)
            put(context, c->e[i]);
        far_give(f, c);
    } while (c != b.last);
}

#endif
