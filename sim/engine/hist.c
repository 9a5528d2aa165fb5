/* hist.c - the slow half: octaves, merging, reading. A bucket is known by its index: 0…2047 hold
 * the values 0…2047, and octave k has the 1,024 indices from 1024 * (k + 1). */
#include "hist.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "check.h"
#include "mem.h"

#define BUCKETS (2048 + (HIST_OCTAVES - 1) * 1024)

static uint32_t octave_length(unsigned k)
{
    return k == 0 ? 2048 : 1024;
}

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
    for (unsigned k = 0; k < HIST_OCTAVES; k++)
        mem_release(h->octave[k]);
    hist_init(h);
}

void hist_reset(struct hist *h)
{
    for (unsigned k = 0; k < HIST_OCTAVES; k++)
        if (h->octave[k] != NULL)
            memset(h->octave[k], 0, octave_length(k) * sizeof(uint64_t));
    h->n = 0;
    h->failed = false;
}

static bool open_octave(struct hist *h, unsigned k)
{
    if (h->octave[k] == NULL)
        h->octave[k] = mem_get_zero(octave_length(k), sizeof(uint64_t));
    if (h->octave[k] == NULL)
        h->failed = true;
    return h->octave[k] != NULL;
}

void hist_open(struct hist *h, int64_t value)
{
    hist_slow(h, value, 0);
}

void hist_slow(struct hist *h, int64_t value, uint64_t weight)
{
    uint64_t v = value > 0 ? (uint64_t)value : 0;
    if (open_octave(h, v < 2048 ? 0 : 53 - (unsigned)__builtin_clzll(v)))
        hist_add_weighted(h, value, weight);
}

void hist_merge(struct hist *into, const struct hist *from)
{
    into->failed |= from->failed;
    for (unsigned k = 0; k < HIST_OCTAVES; k++) {
        if (from->octave[k] == NULL || !open_octave(into, k))
            continue;
        for (uint32_t i = 0; i < octave_length(k); i++) {
            into->octave[k][i] += from->octave[k][i];
            into->n += from->octave[k][i];
        }
    }
}

/* The first non-empty bucket at or after index, BUCKETS when none. Most buckets are empty: four at a time. */
static uint32_t next_bucket(const struct hist *h, uint32_t index, uint64_t *count)
{
    while (index < BUCKETS) {
        unsigned k = octave_of(index);
        const uint64_t *o = h->octave[k];
        uint32_t length = octave_length(k), first = 1024 * (k + 2) - length, i = index - first;
        if (o != NULL) {
            while (i + 4 <= length && (o[i] | o[i + 1] | o[i + 2] | o[i + 3]) == 0)
                i += 4;
            while (i < length && o[i] == 0)
                i++;
            if (i < length) {
                *count = o[i];
                return first + i;
            }
        }
        index = first + length;
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

/* Added up in blocks, which is done with vectors: most of them lie below the rank as a whole. */
#define BLOCK 64
static uint64_t block_sum(const uint64_t *o)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < BLOCK; i++)
        sum += o[i];
    return sum;
}

/* The index in this octave at which `below`, the counts before it, reaches the rank; its length: it does not. */
static uint32_t rank_in(const uint64_t *o, uint32_t length, uint64_t rank, uint64_t *below)
{
    uint32_t i = 0;
    for (; i < length; i += BLOCK) {
        uint64_t sum = block_sum(o + i);
        if (*below + sum >= rank)
            break;
        *below += sum;
    }
    for (; i < length; i++) {
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
    for (unsigned k = 0; k < HIST_OCTAVES; k++) {
        uint32_t length = octave_length(k);
        uint32_t i = h->octave[k] == NULL ? length : rank_in(h->octave[k], length, rank, &below);
        if (i < length)
            return bucket_middle(1024 * (k + 2) - length + i);
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
