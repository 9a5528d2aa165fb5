/* estimate.h - statistics of simulation output: intervals from independent replications, paired differences,
 * batch means. Sources and coverage: docs/statistics.md (Law, Simulation Modeling and Analysis, ch. 9-10). */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

#define ESTIMATE_MIN 10 /* fewer replications or batches than this: no interval is given */

struct estimate {
    size_t n;
    double mean, sd, se;     /* se = sd / sqrt(n) */
    double half;             /* half-width at `level`; NAN when n < ESTIMATE_MIN */
    double low, high;        /* NAN likewise */
    double level;            /* 0.95 */
};

/* From n independent values; NANs are left out (est.n tells). Summed in index order. */
struct estimate estimate_mean(const double *x, size_t n, double level);

/* a[i], b[i] from the same replication (common random numbers): the estimate is of b - a. */
struct paired {
    struct estimate difference, a, b;
    double          half_independent; /* half-width that independent runs of the same number would give (Welch) */
    double          correlation;
    double          replications_independent; /* number of independent replications for the paired precision */
};
struct paired estimate_paired(const double *a, const double *b, size_t n, double level);

/* Student's t quantile for a two-sided interval at that level. */
double estimate_t(double level, size_t degrees);

/* Wilson score interval of a share k/n. */
void estimate_share(size_t k, size_t n, double level, double *low, double *high);

#endif
