/* quantile.c - sectioning and order statistics. */
#include "quantile.h"

#include <limits.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "check.h"

struct estimate quantile_sections(const double *x, size_t n, double whole, double level)
{
    struct estimate est = {
        .mean = whole, .sd = NAN, .se = NAN, .half = NAN, .low = NAN, .high = NAN, .level = level};
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]))
            continue;
        squares += (x[i] - whole) * (x[i] - whole);
        est.n++;
    }
    if (est.n < 2)
        return est;
    est.sd = sqrt(squares / (double)(est.n - 1));
    est.se = est.sd / sqrt((double)est.n);
    if (est.n < ESTIMATE_MIN)
        return est;
    est.half = estimate_t(level, est.n - 1) * est.se;
    est.low = whole - est.half;
    est.high = whole + est.half;
    return est;
}

/* The smallest k with P(Binomial(n, p) <= k) >= chance. */
static size_t binomial_at(size_t n, double p, double chance)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t k = low + (high - low) / 2;
        if (gsl_cdf_binomial_P((unsigned)k, p, (unsigned)n) >= chance)
            high = k;
        else
            low = k + 1;
    }
    return low;
}

/* Of n values, B lie below the quantile, B binomial. It is not below the value of rank `low` when B
 * >= low, and below that of rank `high` when B < high. */
bool quantile_ranks(size_t n, double p, double level, size_t *low, size_t *high)
{
    CHECK(p > 0 && p < 1 && level > 0 && level < 1);
    double outside = (1 - level) / 2;
    if (n == 0 || n > UINT_MAX)
        return false;
    *low = binomial_at(n, p, outside); /* P(B < low) < outside */
    *high = binomial_at(n, p, 1 - outside) + 1;
    return *low >= 1 && *high <= n;
}
