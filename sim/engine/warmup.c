/* warmup.c - MSER-5, Welch's averages, autocorrelation over replications. */
#include "warmup.h"

#include <math.h>

#define MSER_BATCH    5
#define MEMORY_ENOUGH 0.05

static double batch_at(const double *x, size_t i)
{
    double sum = 0;
    for (size_t k = 0; k < MSER_BATCH; k++)
        sum += x[i * MSER_BATCH + k];
    return sum / MSER_BATCH;
}

/* The first half is searched: a minimum beyond it says more about chance than about the start. Sums
 * run from the end, so that each cut costs one step. */
struct warmup warmup_mser5(const double *x, size_t n)
{
    struct warmup best = {.statistic = INFINITY};
    double sum = 0, squares = 0;
    size_t usable = 0;
    while (usable < n && !isnan(x[usable]))
        usable++;
    size_t batches = usable / MSER_BATCH, last = batches / 2;
    if (batches < 2)
        return (struct warmup){.statistic = NAN};
    double centre =
        batch_at(x, batches - 1); /* sums of squares around a value nearby lose no digits */
    for (size_t i = batches; i-- > 0;) {
        double z = batch_at(x, i) - centre, left = (double)(batches - i);
        sum += z;
        squares += z * z;
        double statistic = fmax(squares - sum * sum / left, 0) / (left * left);
        if (i <= last && statistic <= best.statistic)
            best = (struct warmup){
                .cut = i * MSER_BATCH, .too_short = i == last, .statistic = statistic};
    }
    return best;
}

void warmup_ensemble(const double *value, size_t replications, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0, count = 0;
        for (size_t r = 0; r < replications; r++) {
            double v = value[r * n + i];
            if (isnan(v))
                continue;
            sum += v;
            count++;
        }
        x[i] = count > 0 ? sum / count : NAN;
    }
}

size_t warmup_welch(const double *x, size_t n, size_t w, double *out)
{
    if (n <= w)
        return 0;
    for (size_t i = 0; i < n - w; i++) {
        size_t reach = i < w ? i : w;
        double sum = 0;
        for (size_t k = i - reach; k <= i + reach; k++)
            sum += x[k];
        out[i] = sum / (double)(2 * reach + 1);
    }
    return n - w;
}

/* Mean product of deviations `lag` apart, over all replications. Deviations are from the mean of
 * the same place, so that what all replications have in common does not count as memory. */
static double product(const double *value, size_t replications, size_t n, size_t from, size_t lag)
{
    double sum = 0, count = 0;
    for (size_t i = from; i + lag < n; i++) {
        double here = 0, there = 0, both = 0, m = 0;
        for (size_t r = 0; r < replications; r++) {
            double a = value[r * n + i], b = value[r * n + i + lag];
            if (isnan(a) || isnan(b))
                continue;
            here += a;
            there += b;
            both += a * b;
            m++;
        }
        if (m < 2)
            continue;
        sum += (both - here * there / m) / (m - 1);
        count++;
    }
    return count > 0 ? sum / count : 0;
}

double warmup_memory(const double *value, size_t replications, size_t n, size_t from)
{
    double variance = product(value, replications, n, from, 0), time = 1;
    if (!(variance > 0))
        return NAN;
    for (size_t lag = 1; from + lag < n; lag++) {
        double correlation = product(value, replications, n, from, lag) / variance;
        if (correlation < MEMORY_ENOUGH)
            return time;
        time += 2 * correlation;
    }
    return time;
}
