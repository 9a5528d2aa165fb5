/* quantile.h - intervals of quantiles. The mean of the replications' percentiles is not the
 * percentile of all values, and values of one queue are not independent; both mistakes are avoided
 * here. Sources: docs/statistics.md. */
#ifndef QUANTILE_H
#define QUANTILE_H

#include "estimate.h"

/* Sectioning (Asmussen, Glynn 2007, III.5a; Nakayama 2014): `whole` is the quantile of all
 * replications' values together, x[i] that of replication i; the interval stands around the whole,
 * its width comes from how far the x[i] scatter around it. Less biased than the mean of the x[i].
 * NANs are left out. */
struct estimate quantile_sections(const double *x, size_t n, double whole, double level);

/* Order statistics of n independent values: with probability >= level the p-quantile lies between
 * the values of rank *low and *high (1 … n; exact binomial). False: n is too small for any such
 * pair. */
bool quantile_ranks(size_t n, double p, double level, size_t *low, size_t *high);

#endif
