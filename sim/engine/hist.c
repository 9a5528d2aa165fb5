/* hist.c - the slow half: blocks, merging, reading. */
#include "hist.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "check.h"
#include "mem.h"

#define BLOCK   HIST_BLOCK
#define BUCKETS (HIST_BLOCKS * BLOCK)

static unsigned octave_of(uint32_t index)
{
    return index < 2048 ? 0 : index / 1024 - 1;
}

static uint64_t bucket_width(uint32_t index)
{
    return UINT64_C(1) << octave_of(index);
}

static uint64_t bucket_low(uint32_t index)
{
    return index < 2048 ? index : (uint64_t)(index % 1024 + 1024) << octave_of(index);
}

/* Values are whole numbers, so the middle of the bucket is that of its lowest and its highest
 * value. */
static double bucket_middle(uint32_t index)
{
    return (double)bucket_low(index) + (double)(bucket_width(index) - 1) / 2;
}

void hist_init(struct hist *h)
{
    *h = (struct hist){0};
}

void hist_free(struct hist *h)
{
    for (unsigned b = 0; b < HIST_BLOCKS; b++)
        if (b != 1)
            mem_release(h->block[b]);
    hist_init(h);
}

void hist_reset(struct hist *h)
{
    for (unsigned b = 0; b < HIST_BLOCKS; b++)
        if (h->block[b] != NULL)
            memset(h->block[b], 0, BLOCK * sizeof(uint64_t));
    h->n = 0;
    h->failed = false;
}

bool hist_open(struct hist *h, uint32_t index)
{
    unsigned first = index < 2 * BLOCK ? 0 : index / BLOCK;
    if (h->block[first] == NULL)
        h->block[first] = mem_get_zero(first == 0 ? 2 * BLOCK : BLOCK, sizeof(uint64_t));
    if (h->block[first] == NULL)
        h->failed = true;
    else if (first == 0)
        h->block[1] = h->block[0] + BLOCK;
    return h->block[first] != NULL;
}

void hist_slow(struct hist *h, int64_t value, uint64_t weight)
{
    if (hist_open(h, hist_index(value)))
        hist_add_weighted(h, value, weight);
}

void hist_merge(struct hist *into, const struct hist *from)
{
    into->failed |= from->failed;
    for (unsigned b = 0; b < HIST_BLOCKS; b++) {
        if (from->block[b] == NULL || !hist_open(into, b * BLOCK))
            continue;
        for (uint32_t i = 0; i < BLOCK; i++) {
            into->block[b][i] += from->block[b][i];
            into->n += from->block[b][i];
        }
    }
}

/* The first non-empty bucket at or after index, BUCKETS when none. Most buckets are empty: four at a time. */
static uint32_t next_bucket(const struct hist *h, uint32_t index, uint64_t *count)
{
    while (index < BUCKETS) {
        const uint64_t *o = h->block[index / BLOCK];
        uint32_t i = index % BLOCK;
        if (o != NULL) {
            while (i + 4 <= BLOCK && (o[i] | o[i + 1] | o[i + 2] | o[i + 3]) == 0)
                i += 4;
            while (i < BLOCK && o[i] == 0)
                i++;
            if (i < BLOCK) {
                *count = o[i];
                return index - index % BLOCK + i;
            }
        }
        index += BLOCK - index % BLOCK;
    }
    return BUCKETS;
}

bool hist_next(const struct hist *h, uint32_t *cursor, int64_t *low, int64_t *high, uint64_t *count)
{
    uint32_t index = next_bucket(h, *cursor, count);
    if (index == BUCKETS)
        return false;
    *cursor = index + 1;
    *low = (int64_t)bucket_low(index);
    uint64_t end = bucket_low(index) + bucket_width(index);
    *high = end > INT64_MAX ? INT64_MAX : (int64_t)end;
    return true;
}

/* ceil(p n), where a product that only rounding lifted above a whole number (0.07 * 100) counts as
 * that number. */
uint64_t hist_rank(double p, uint64_t n)
{
    double r = p * (double)n, whole = round(r);
    double rank = fabs(r - whole) <= 4 * DBL_EPSILON * r ? whole : ceil(r);
    if (rank <= 1)
        return 1;
    return rank >= (double)n ? n : (uint64_t)rank;
}

/* Added up in parts, which is done with vectors: most of them lie below the rank as a whole. */
#define PART 64
static uint64_t part_sum(const uint64_t *o)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < PART; i++)
        sum += o[i];
    return sum;
}

/* The bucket of this block at which `below`, the counts before it, reaches the rank; BLOCK: it does not. */
static uint32_t rank_in(const uint64_t *o, uint64_t rank, uint64_t *below)
{
    uint32_t i = 0;
    for (; i < BLOCK; i += PART) {
        uint64_t sum = part_sum(o + i);
        if (*below + sum >= rank)
            break;
        *below += sum;
    }
    for (; i < BLOCK; i++) {
        *below += o[i];
        if (*below >= rank)
            break;
    }
    return i;
}

double hist_quantile(const struct hist *h, double p)
{
    CHECK(p >= 0 && p <= 1);
    if (h->n == 0)
        return NAN;
    uint64_t rank = hist_rank(p, h->n), below = 0;
    for (unsigned b = 0; b < HIST_BLOCKS; b++) {
        uint32_t i = h->block[b] == NULL ? BLOCK : rank_in(h->block[b], rank, &below);
        if (i < BLOCK)
            return bucket_middle(b * BLOCK + i);
    }
    check_fail(__FILE__, __LINE__, "a histogram holds as much as it counts");
}

double hist_share_above(const struct hist *h, double x)
{
    if (h->n == 0)
        return NAN;
    double above = 0;
    uint64_t count = 0;
    for (uint32_t i = next_bucket(h, 0, &count); i < BUCKETS; i = next_bucket(h, i + 1, &count)) {
        double width = (double)bucket_width(i);
        double highest = (double)(bucket_low(i) + bucket_width(i) - 1);
        double share = (highest - floor(x)) / width;
        above += (double)count * fmin(fmax(share, 0), 1);
    }
    return above / (double)h->n;
}
