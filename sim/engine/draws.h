/* draws.h - the samples of a stream's items, made eight at a time.
 *
 * A sample is a function of its cell's address alone, and who asked for item 17 nearly always asks for item 18 soon. So
 * eight neighbours are drawn together: their blocks come out of one run of vector instructions, and the laws' long
 * chains of dependent steps overlap. The values are those that rng_at and dist_sample give, one by one.
 *
 * Where items come out of order, or few of them, lines that bring nothing are not made: each costs credit, which answers
 * from a line earn. */
#ifndef DRAWS_H
#define DRAWS_H

#include "dist.h"
#include "rng.h"

#define DRAWS_AT_ONCE 8
#define DRAWS_LINES   4

union draw {
    int64_t whole;
    double  unit;
};
struct draws_line {
    uint64_t   first;  /* item; DRAWS_NONE: empty */
    uint64_t   wanted; /* the line that was last asked for in vain */
    uint32_t   origin, wanted_origin;
    union draw value[DRAWS_AT_ONCE];
};
#define DRAWS_NONE UINT64_MAX

struct draws {
    struct rng_stream  stream;
    const struct dist *dist; /* NULL: exponentials of mean 1 */
    uint32_t           hits; /* since the last line */
    uint32_t           credit;
    struct draws_line  line[DRAWS_LINES];
};

/* Samples of dist, or with NULL of the unit exponential, at attempt 0 of the stream's items. */
void draws_init(struct draws *, const struct rng_stream *, const struct dist *);

/* Private: not in its line. */
union draw draws_slow(struct draws *, uint32_t origin, uint64_t item);

ALWAYS_INLINE union draw draws_value(struct draws *d, uint32_t origin, uint64_t item)
{
    struct draws_line *l = &d->line[item / DRAWS_AT_ONCE % DRAWS_LINES];
    if (__builtin_expect(l->first == item - item % DRAWS_AT_ONCE && l->origin == origin, 1)) {
        d->hits++;
        return l->value[item % DRAWS_AT_ONCE];
    }
    return draws_slow(d, origin, item);
}
/* The same as dist_sample at rng_at(stream, origin, item, 0). */
ALWAYS_INLINE int64_t draws_sample(struct draws *d, uint32_t origin, uint64_t item)
{
    return draws_value(d, origin, item).whole;
}
/* The same as rng_exponential there. */
ALWAYS_INLINE double draws_exponential(struct draws *d, uint32_t origin, uint64_t item)
{
    return draws_value(d, origin, item).unit;
}

#endif
