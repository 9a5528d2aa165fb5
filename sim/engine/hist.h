/* hist.h - log-linear histogram of non-negative int64 values (HdrHistogram's layout, 2,048 sub-buckets): values
 * below 2,048 are exact, above a bucket is at most 1/1,024 of its value wide, so a quantile is off by at most
 * 0.049 % (mid-point). Counts are integers: merging is exact and order-free. Blocks are allocated when first
 * touched, so memory is bounded (at most 450 KiB, in practice 30-60). */
#ifndef HIST_H
#define HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"

#define HIST_SUB_BITS 10
#define HIST_BLOCK    (1 << HIST_SUB_BITS)
#define HIST_BLOCKS   54

/* Buckets are numbered from low to high: 0…2047 hold these values, and 2^(10+k) … 2^(11+k)-1 lie in the 1,024 buckets from
 * 1024 (k+1), each 2^k wide. */
struct hist {
    uint64_t *block[HIST_BLOCKS]; /* buckets 1024 b and on; the first two blocks are one piece of memory */
    uint64_t  n;
    bool      failed; /* a block could not be allocated: counts are incomplete */
};

ALWAYS_INLINE uint32_t hist_index(int64_t value)
{
    uint64_t v = value > 0 ? (uint64_t)value : 0;
    unsigned k = 53 - (unsigned)__builtin_clzll(v | 1024);
    return (k << HIST_SUB_BITS) + (uint32_t)(v >> k);
}

void hist_init(struct hist *);
void hist_free(struct hist *);
void hist_reset(struct hist *); /* forgets counts, keeps memory */

/* Adds `weight` occurrences of value (negative values count as 0). Inline fast path; about 3 ns. */
void hist_slow(struct hist *, int64_t value, uint64_t weight);
static inline void hist_add_weighted(struct hist *h, int64_t value, uint64_t weight)
{
    uint32_t index = hist_index(value);
    uint64_t *block = h->block[index >> HIST_SUB_BITS];
    if (__builtin_expect(block == NULL, 0)) {
        hist_slow(h, value, weight);
        return;
    }
    block[index % HIST_BLOCK] += weight;
    h->n += weight;
}
static inline void hist_add(struct hist *h, int64_t value)
{
    hist_add_weighted(h, value, 1);
}
/* The block of that bucket; false: memory is short. */
bool hist_open(struct hist *, uint32_t index);

void hist_merge(struct hist *into, const struct hist *from);
/* The rank of quantile p among n values: ceil(p n), 1 … n. */
uint64_t hist_rank(double p, uint64_t n);
/* The value below which a share p of the counts lies (rank ceil(p n)), as the bucket's mid-point; NAN when empty. */
double hist_quantile(const struct hist *, double p);
/* Share of counts with value > x (a bucket that x cuts counts in proportion). */
double hist_share_above(const struct hist *, double x);

/* Walks the non-empty buckets from low to high: start with *cursor = 0; [low, high) holds count. */
bool hist_next(const struct hist *, uint32_t *cursor, int64_t *low, int64_t *high, uint64_t *count);

#endif
