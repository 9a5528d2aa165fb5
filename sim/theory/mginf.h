/* mginf.h - M/G/infinity: Poisson arrivals at rate lambda, a server for everyone. The number served
 * is Poisson; in the long run with mean lambda E[S], whatever the law of S. Eick, Massey and Whitt,
 * Management Science 39 (1993). */
#ifndef MGINF_H
#define MGINF_H

#include "timelaw.h"

double mginf_mean(double lambda, const struct timelaw *); /* also its variance */
/* Smallest n with P(N <= n) >= p. */
double mginf_quantile(double lambda, const struct timelaw *, double p);
/* P(N >= n) for a Poisson number of that mean: how often n servers would not do. */
double mginf_at_least(double mean, double n);
/* Mean at t after an empty start: lambda * integral over 0 … t of P(S > u) du. */
double mginf_mean_at(double lambda, const struct timelaw *, double t);

/* Rate lambda0 (1 + beta sin(2 pi t / period)), exponential service of that mean, long after the
 * start: mean at t, its peak, and how long after the rate's peak it comes. */
struct mginf_wave {
    double mean_at, peak, lag;
};
struct mginf_wave mginf_wave(double lambda0, double beta, double period, double mean, double t);

#endif
