/* draws.h - the samples of a stream's items, made sixteen at a time.
 *
 * A sample is a function of its cell's address alone, and who asked for item 17 nearly always asks for item 18 soon. So
 * sixteen neighbours are drawn together: their blocks come out of one run of vector instructions, and the laws' long
 * chains of dependent steps overlap, or are steps of vectors themselves (dist_lines.h). The values are those that rng_at
 * and dist_sample give, one by one.
 *
 * Who is tried again comes back among others who are, a while later and shuffled: such attempts have lines of their own,
 * and more of them.
 *
 * Where items come out of order, or few of them, lines that bring nothing are not made: each costs credit, which answers
 * from a line earn. */
#ifndef DRAWS_H
#define DRAWS_H

#include "dist_lines.h"

#define DRAWS_AT_ONCE DIST_LINE
#define DRAWS_LINES   4
#define DRAWS_KEPT    (DRAWS_LINES * DRAWS_AT_ONCE)
#define DRAWS_AGAIN   32 /* lines of later attempts */

struct draws_line {
    uint64_t first; /* item; DRAWS_NONE: none */
    uint32_t origin, attempt;
};
#define DRAWS_NONE UINT64_MAX

struct draws_purse {
    uint32_t hits; /* since the last line */
    uint32_t credit;
};

struct draws {
    struct rng_stream       stream;
    struct draws_purse      purse, again_purse;
    const struct dist      *dist; /* NULL: exponentials of mean 1 */
    const struct dist_line *fast; /* NULL: there is none */
    struct draws_line       line[DRAWS_LINES], again[DRAWS_AGAIN];
    struct draws_line       wanted[DRAWS_LINES], again_wanted[DRAWS_AGAIN]; /* last asked for in vain */
    union draw              value[DRAWS_KEPT]; /* of item i in the i-th place, counted round and round */
    union draw              again_value[DRAWS_AGAIN][DRAWS_AT_ONCE];
};

/* Samples of dist, or with NULL of the unit exponential, at attempt 0 of the stream's items. */
void draws_init(struct draws *, const struct rng_stream *, const struct dist *);

/* Private: not in its line. */
union draw draws_slow(struct draws *, uint32_t origin, uint64_t item);

ALWAYS_INLINE union draw draws_value(struct draws *d, uint32_t origin, uint64_t item)
{
    const struct draws_line *l = &d->line[item / DRAWS_AT_ONCE % DRAWS_LINES];
    if (__builtin_expect(l->first == item - item % DRAWS_AT_ONCE && l->origin == origin, 1)) {
        d->purse.hits++;
        return d->value[item % DRAWS_KEPT];
    }
    return draws_slow(d, origin, item);
}
/* The same as dist_sample at rng_at(stream, origin, item, 0). */
ALWAYS_INLINE int64_t draws_sample(struct draws *d, uint32_t origin, uint64_t item)
{
    return draws_value(d, origin, item).whole;
}
/* The same as dist_sample at rng_at(stream, origin, item, attempt), for attempts that are not the first. */
int64_t draws_again(struct draws *, uint32_t origin, uint64_t item, uint32_t attempt);
/* The same as rng_exponential there. */
ALWAYS_INLINE double draws_exponential(struct draws *d, uint32_t origin, uint64_t item)
{
    return draws_value(d, origin, item).unit;
}

#endif
