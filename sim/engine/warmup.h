/* warmup.h - the start of a run that starts empty: how much of it to leave out, and how long the
 * system remembers.
 *
 * MSER-5 (White, Cobb, Spratt 2000) is applied to the mean of many replications only, and searched
 * in the first half: on single runs it was measured to do harm (docs/statistics.md). */
#ifndef WARMUP_H
#define WARMUP_H

#include <stdbool.h>
#include <stddef.h>

#define WARMUP_REPLICATIONS 30 /* fewer: no proposal */

struct warmup {
    size_t cut;       /* values to leave out at the start */
    bool too_short;   /* the best cut is the last one looked at: the run never settles within its
                         first half */
    double statistic; /* marginal standard error squared, at the cut */
};
/* x: mean of the replications, in order of time. n < 10: nothing is cut. NANs end the search before
 * them. */
struct warmup warmup_mser5(const double *x, size_t n);

/* Mean over replications of value[r * n + i] into x[n]; replications without a value there are left
 * out. */
void warmup_ensemble(const double *value, size_t replications, size_t n, double *x);
/* Welch's moving average with w values on either side, fewer near the start (Welch 1983); out[n -
 * w], n > w. Returns n - w. */
size_t warmup_welch(const double *x, size_t n, size_t w, double *out);

/* How long the system remembers: the integrated autocorrelation time of value[r * n + i], in
 * values, after the mean course (trend, daily profile) is taken out, which needs at least two
 * replications. At least 1; NAN when nothing varies. Summed until the correlation falls below 0.05.
 */
double warmup_memory(const double *value, size_t replications, size_t n, size_t from);

#endif
