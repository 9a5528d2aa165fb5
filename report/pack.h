/* pack.h - histograms and series as one value of a row.
 *
 * A histogram (BLOB) lists the counts of its buckets in order of index, as unsigned LEB128 numbers; a 0 says that the
 * next number is that of empty buckets to skip. The index of a bucket follows from its lowest value v: v below 2,048,
 * else 1,024 k + (v >> k) with k = floor(log2 v) - 10. Neighbours cost a byte or two each, so every quantile can be
 * had exactly from a file of a few MB.
 *
 * A series (TEXT) is a JSON array with one element a bucket, which json_each reads in plain SQL: counter: the count;
 * level: [integral in value x ns, max]; tally: [sum, max, count]. max is null where nothing was seen. */
#ifndef PACK_H
#define PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hist.h"
#include "obs.h"

struct pack { /* grows; used again and again */
    char  *at;
    size_t n, cap;
    bool   failed; /* memory is short */
};

struct bucket { /* of a histogram, not empty */
    int64_t  low, high;
    uint64_t count;
};
struct buckets { /* in order; walked once, used for all that a row needs */
    struct bucket *at;
    size_t         n, cap;
    uint64_t       total;
    bool           failed; /* memory is short */
};
void buckets_of(struct buckets *, const struct hist *);
void buckets_free(struct buckets *);
/* As hist_quantile. */
double buckets_quantile(const struct buckets *, double p);

void pack_free(struct pack *);
/* Each begins afresh. */
void pack_hist(struct pack *, const struct buckets *);
void pack_series(struct pack *, enum obs_kind, const struct series *);

/* Adds to a histogram; false: the bytes are damaged, or memory is short (h->failed). */
bool unpack_hist(const void *bytes, size_t n, struct hist *);
/* Exactly n buckets of that width over [0, end): their means (counter: counts) and maxima, NAN where there is none.
 * false: the text is damaged. */
bool unpack_series(const char *text, size_t bytes, enum obs_kind, uint32_t n, int64_t width, int64_t end, double *value,
                   double *max);

#endif
