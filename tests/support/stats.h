/* stats.h - goodness of fit for tests: Kolmogorov-Smirnov, chi-square, moments with their standard
 * errors. */
#ifndef TEST_STATS_H
#define TEST_STATS_H

#include <math.h>
#include <stddef.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>

#define STATS_SIGNIFICANCE 0.001
#define STATS_KS_CRITICAL  1.9495 /* of sqrt(n) D at that significance, Kolmogorov's limit law */
#define STATS_Z            4.5    /* standard errors that a mean may be off */

struct stats {
    double mean, variance, se_mean, se_variance;
};

static inline struct stats stats_of(const double *x, size_t n)
{
    double mean = 0, m2 = 0, m4 = 0, count = (double)n;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / count;
    for (size_t i = 0; i < n; i++) {
        double square = (x[i] - mean) * (x[i] - mean);
        m2 += square / count;
        m4 += square * square / count;
    }
    return (struct stats){mean, m2, sqrt(m2 / count), sqrt((m4 - m2 * m2) / count)};
}

/* sqrt(n) times the largest distance between the empirical and the given distribution. Sorts x. */
static inline double stats_ks(double *x, size_t n, double (*cdf)(const void *, double),
                              const void *law)
{
    double most = 0;
    gsl_sort(x, 1, n);
    for (size_t i = 0; i < n; i++) {
        double p = cdf(law, x[i]);
        most = fmax(most, fmax((double)(i + 1) / (double)n - p, p - (double)i / (double)n));
    }
    return sqrt((double)n) * most;
}

/* The chance of a larger chi-square than that of counts[] against share[] (which add up to 1) of n.
 */
static inline double stats_chi2_chance(const double *counts, const double *share, size_t cells,
                                       double n)
{
    double sum = 0;
    for (size_t i = 0; i < cells; i++)
        sum += (counts[i] - n * share[i]) * (counts[i] - n * share[i]) / (n * share[i]);
    return gsl_cdf_chisq_Q(sum, (double)(cells - 1));
}

#endif
