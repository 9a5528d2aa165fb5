/* batch.h - an interval from one long run: cut into batches whose means are treated as independent
 * (NOBM; Law and Carson 1979, Schmeiser 1982). They are not quite: when neighbours still agree, the
 * interval would be too short, and none is given; what correlation is left below that widens it.
 * Coverage: docs/statistics.md. */
#ifndef BATCH_H
#define BATCH_H

#include "estimate.h"

#define BATCH_N 30
#define BATCH_LAG1                                                                                 \
    0.2 /* 1.1 / sqrt(30): one-sided, about one run in seven of truly independent batches is above \
         */

struct batched {
    struct estimate mean; /* n = BATCH_N, or 0 when there are fewer values than batches; no interval
                             when too_short */
    double lag1;          /* correlation of neighbouring batch means; 0 when they do not vary */
    bool too_short;       /* lag1 is above BATCH_LAG1 */
    size_t size;          /* values in a batch; the first n - BATCH_N * size values are left out */
};

/* Values in order of time. */
struct batched batch_mean(const double *x, size_t n, double level);
/* The same for a quotient of sums (latency: sum of values over their number): x[i] / weight[i] of
 * each span of time, joined to batches. Batches without weight make the result NAN. */
struct batched batch_ratio(const double *sum, const double *weight, size_t n, double level);

/* How many dependent values are worth one independent one for their mean: variance of the batches'
 * mean times n over the variance `sd` squared of single values, at least 1. n: single values behind
 * the batches. */
double batch_inflation(const struct batched *, double sd, double n);

#endif
