/* timelaw.h - a law of times as formulas need it: moments in seconds, tail, transform. Made of a
 * compiled law of the engine (dist.h), or of moments alone, when times are added up whose sum has
 * no law of its own here. */
#ifndef TIMELAW_H
#define TIMELAW_H

#include <stdbool.h>

#include "dist.h"

enum timelaw_shape { TIMELAW_CONSTANT, TIMELAW_EXPONENTIAL, TIMELAW_GENERAL, TIMELAW_MOMENTS };

struct timelaw {
    enum timelaw_shape shape;
    double mean, m2, m3; /* E[X], E[X^2], E[X^3]; INFINITY where there is none, NAN where unknown */
    double shift;        /* GENERAL: X = shift + the law below */
    const struct dist *dist; /* GENERAL: in nanoseconds */
};

/* Of a law with the unit DIST_DURATION. The third moment is 3 * integral of x^2 P(X > x),
 * numerically, where it has no closed form here. */
struct timelaw timelaw_of(const struct dist *);
struct timelaw timelaw_constant(double seconds);
struct timelaw timelaw_exponential(double mean);
struct timelaw timelaw_moments(double mean, double variance); /* third moment unknown */
/* Of the sum of two independent times: of their own shape where one is a constant, else moments. */
struct timelaw timelaw_sum(struct timelaw, struct timelaw);

/* Squared coefficient of variation, variance / mean^2. */
double timelaw_scv(const struct timelaw *);
/* False for TIMELAW_MOMENTS: the following are NAN then. */
bool timelaw_known(const struct timelaw *);
/* P(X > t). */
double timelaw_above(const struct timelaw *, double t);
/* Smallest t with P(X <= t) >= p. */
double timelaw_quantile(const struct timelaw *, double p);
/* E[X | X <= t] * P(X <= t), the part of the mean up to t. */
double timelaw_part(const struct timelaw *, double t);
/* E[exp(-s X)], s >= 0. Closed where the shape is, else by an integral over P(X > x). */
double timelaw_transform(const struct timelaw *, double s);

#endif
