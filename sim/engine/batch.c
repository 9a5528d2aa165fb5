/* batch.c - batch means of one run, and the check that keeps them honest. */
#include "batch.h"

#include <math.h>

/* Of the lag-1 products about the mean over the squares; with end effects left as they are. */
static double lag1(const double *x, size_t n, double mean)
{
    double products = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
        if (i > 0)
            products += (x[i] - mean) * (x[i - 1] - mean);
    }
    return squares > 0 ? products / squares : 0;
}

static struct batched nothing(double level)
{
    return (struct batched){.mean = {.mean = NAN,
                                     .sd = NAN,
                                     .se = NAN,
                                     .half = NAN,
                                     .low = NAN,
                                     .high = NAN,
                                     .level = level}};
}

/* What the correlation that is left among the batches widens their interval by, as of an autoregressive series (Steiger and
 * others, ASAP3; Tafazzoli and Wilson, Skart). A sample's lag-1 correlation is too low by (1 + 3 phi) / n (Kendall 1954). */
static double widening(double r)
{
    double phi = r + (1 + 3 * r) / BATCH_N;
    return phi > 0 ? sqrt((1 + phi) / (1 - phi)) : 1;
}

static void judge(struct batched *b, const double *batch)
{
    b->lag1 = lag1(batch, BATCH_N, b->mean.mean);
    b->too_short = b->lag1 > BATCH_LAG1;
    if (b->mean.half > 0 && !b->too_short)
        b->mean.half *= widening(b->lag1);
    b->mean.low = b->mean.mean - b->mean.half;
    b->mean.high = b->mean.mean + b->mean.half;
    if (b->too_short)
        b->mean.half = b->mean.low = b->mean.high = NAN;
}

struct batched batch_mean(const double *x, size_t n, double level)
{
    double batch[BATCH_N];
    struct batched b = nothing(level);
    b.size = n / BATCH_N;
    if (b.size == 0)
        return b;
    x += n - b.size * BATCH_N;
    for (size_t i = 0; i < BATCH_N; i++) {
        double sum = 0;
        for (size_t k = 0; k < b.size; k++)
            sum += x[i * b.size + k];
        batch[i] = sum / (double)b.size;
    }
    b.mean = estimate_mean(batch, BATCH_N, level);
    judge(&b, batch);
    return b;
}

/* Linearised: around the quotient of the totals, each batch counts by its weight (the ratio
 * estimator's delta method). */
struct batched batch_ratio(const double *sum, const double *weight, size_t n, double level)
{
    double batch[BATCH_N], s[BATCH_N] = {0}, w[BATCH_N] = {0}, all_s = 0, all_w = 0;
    struct batched b = nothing(level);
    b.size = n / BATCH_N;
    if (b.size == 0)
        return b;
    size_t from = n - b.size * BATCH_N;
    for (size_t i = 0; i < b.size * BATCH_N; i++) {
        s[i / b.size] += sum[from + i];
        w[i / b.size] += weight[from + i];
    }
    for (size_t i = 0; i < BATCH_N; i++) {
        all_s += s[i];
        all_w += w[i];
        if (!(w[i] > 0))
            return nothing(level);
    }
    double ratio = all_s / all_w;
    for (size_t i = 0; i < BATCH_N; i++)
        batch[i] = ratio + (s[i] - ratio * w[i]) / (all_w / BATCH_N);
    b.mean = estimate_mean(batch, BATCH_N, level);
    judge(&b, batch);
    return b;
}

double batch_inflation(const struct batched *b, double sd, double n)
{
    double inflation = b->mean.se * b->mean.se * n / (sd * sd);
    return inflation > 1 ? inflation : 1;
}
