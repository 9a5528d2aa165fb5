/* estimate.h - statistics of simulation output: intervals from independent replications, paired differences, several
 * comparisons at once. Around it: batch.h (one long run), quantile.h, warmup.h, stopping.h. Sources and coverage of all of
 * them: docs/statistics.md (Law, Simulation Modeling and Analysis, ch. 9-10). */
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

/* The chance that a mean this far from 0, or farther, comes of a true mean of 0 (two-sided t test). 1 when nothing is known
 * (no interval), 0 when the values are all the same and not 0. */
double estimate_chance(const struct estimate *);
/* Holm 1979: of n comparisons with these chances, which are significant when all of them together may be wrong with
 * probability 1 - level. level_of[i]: the level of its own that comparison i is judged at, so that its interval at
 * that level leaves 0 out exactly when it is significant. */
void estimate_holm(const double *chance, size_t n, double level, bool *significant, double *level_of);
/* The same estimate with the interval of another level. */
struct estimate estimate_at(const struct estimate *, double level);

/* Student's t quantile for a two-sided interval at that level. */
double estimate_t(double level, size_t degrees);

/* Wilson score interval of a share k/n. */
void estimate_share(size_t k, size_t n, double level, double *low, double *high);

#endif
