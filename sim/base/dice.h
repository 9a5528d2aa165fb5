/* dice.h - chance as finite questions. A core asks `which of n?`; a run answers from a random stream, a script
 * from a list, a proof by trying every answer in turn. */
#ifndef DICE_H
#define DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t (*roll)(struct dice *, uint64_t n); /* 0 … n-1, n >= 1 */
};

static inline uint64_t dice_roll(struct dice *d, uint64_t n)
{
    return n <= 1 ? 0 : d->roll(d, n);
}

/* True with chance num/den. Certain answers roll nothing. */
static inline bool dice_chance(struct dice *d, uint64_t num, uint64_t den)
{
    return num != 0 && (num >= den || d->roll(d, den) < num);
}

#endif
