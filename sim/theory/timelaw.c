/* timelaw.c - see timelaw.h. */
#include "timelaw.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "quad.h"

#define NS 1e9

static double tail(const void *of, double x)
{
    return 1 - dist_cdf(of, x * NS);
}

static double tail_times_3xx(const void *of, double x)
{
    return x > 0 ? 3 * x * x * tail(of, x) : 0;
}

struct timelaw timelaw_constant(double seconds)
{
    return (struct timelaw){
        .shape = TIMELAW_CONSTANT, .mean = seconds, .m2 = pow(seconds, 2), .m3 = pow(seconds, 3)};
}

struct timelaw timelaw_exponential(double mean)
{
    return (struct timelaw){
        .shape = TIMELAW_EXPONENTIAL, .mean = mean, .m2 = 2 * pow(mean, 2), .m3 = 6 * pow(mean, 3)};
}

struct timelaw timelaw_moments(double mean, double variance)
{
    return (struct timelaw){
        .shape = TIMELAW_MOMENTS, .mean = mean, .m2 = variance + mean * mean, .m3 = NAN};
}

/* An uncut Pareto law: alpha and the minimum from two quantiles. Its tail is too long for the
 * integral, because P(X > x) is known to 1e-16 only. False: it is cut. */
static bool pareto_m3(const struct dist *d, double *m3)
{
    double median = dist_quantile(d, 0.5) / NS,
           alpha = log(2) / log(dist_quantile(d, 0.75) / NS / median);
    double least = median / pow(2, 1 / alpha);
    *m3 = alpha > 3 ? alpha * pow(least, 3) / (alpha - 3) : INFINITY;
    return fabs(dist_mean(d) / NS - alpha * least / (alpha - 1)) < 1e-9 * least ||
           isinf(dist_mean(d));
}

static double third_moment(const struct timelaw *law)
{
    double m3;
    if (!isfinite(law->m2))
        return INFINITY;
    if (strcmp(dist_name(law->dist), "lognormal") == 0) /* E[X^n] = median^n exp(n^2 sigma^2 / 2) */
        return pow(law->m2 / law->mean, 3);
    if (strcmp(dist_name(law->dist), "pareto") == 0 && pareto_m3(law->dist, &m3))
        return m3;
    return quad_tail(tail_times_3xx, law->dist, 0, law->mean);
}

struct timelaw timelaw_of(const struct dist *d)
{
    int64_t value;
    double mean = dist_mean(d) / NS;
    if (dist_is_constant(d, &value))
        return timelaw_constant((double)value / NS);
    if (strcmp(dist_name(d), "exponential") == 0)
        return timelaw_exponential(mean);
    struct timelaw law = {.shape = TIMELAW_GENERAL, .mean = mean, .dist = d};
    law.m2 = dist_variance(d) / NS / NS + mean * mean;
    law.m3 = third_moment(&law);
    return law;
}

static struct timelaw shifted(struct timelaw a, double by)
{
    struct timelaw sum = a;
    sum.mean += by;
    sum.m2 += 2 * by * a.mean + by * by;
    sum.m3 += 3 * by * a.m2 + 3 * by * by * a.mean + by * by * by;
    if (a.shape == TIMELAW_CONSTANT)
        return timelaw_constant(sum.mean);
    if (a.shape == TIMELAW_EXPONENTIAL) /* no longer one, and no law of the engine behind it */
        sum.shape = TIMELAW_MOMENTS;
    sum.shift += by;
    return sum;
}

struct timelaw timelaw_sum(struct timelaw a, struct timelaw b)
{
    if (a.mean == 0)
        return b;
    if (b.mean == 0)
        return a;
    if (a.shape == TIMELAW_CONSTANT)
        return shifted(b, a.mean);
    if (b.shape == TIMELAW_CONSTANT)
        return shifted(a, b.mean);
    return (struct timelaw){.shape = TIMELAW_MOMENTS,
                            .mean = a.mean + b.mean,
                            .m2 = a.m2 + 2 * a.mean * b.mean + b.m2,
                            .m3 = a.m3 + 3 * a.m2 * b.mean + 3 * a.mean * b.m2 + b.m3};
}

double timelaw_scv(const struct timelaw *law)
{
    return law->mean > 0 ? law->m2 / law->mean / law->mean - 1 : 0;
}

bool timelaw_known(const struct timelaw *law)
{
    return law->shape != TIMELAW_MOMENTS;
}

double timelaw_above(const struct timelaw *law, double t)
{
    switch (law->shape) {
    case TIMELAW_CONSTANT:
        return law->mean > t;
    case TIMELAW_EXPONENTIAL:
        return t > 0 ? exp(-t / law->mean) : 1;
    case TIMELAW_GENERAL:
        return tail(law->dist, t - law->shift);
    default:
        return NAN;
    }
}

double timelaw_quantile(const struct timelaw *law, double p)
{
    switch (law->shape) {
    case TIMELAW_CONSTANT:
        return law->mean;
    case TIMELAW_EXPONENTIAL:
        return -law->mean * log1p(-p);
    case TIMELAW_GENERAL:
        return law->shift + dist_quantile(law->dist, p) / NS;
    default:
        return NAN;
    }
}

static double above(const void *of, double t)
{
    return timelaw_above(of, t);
}

/* By parts: integral of x dF up to t = integral of P(X > x) up to t, less t P(X > t). */
double timelaw_part(const struct timelaw *law, double t)
{
    if (!timelaw_known(law))
        return NAN;
    if (law->shape == TIMELAW_CONSTANT)
        return law->mean <= t ? law->mean : 0;
    return quad_integral(above, law, 0, t) - t * timelaw_above(law, t);
}

struct weighted {
    const struct timelaw *law;
    double s;
};

static double weighted_tail(const void *of, double x)
{
    const struct weighted *w = of;
    return exp(-w->s * x) * timelaw_above(w->law, x);
}

double timelaw_transform(const struct timelaw *law, double s)
{
    CHECK(s >= 0);
    switch (law->shape) {
    case TIMELAW_CONSTANT:
        return exp(-s * law->mean);
    case TIMELAW_EXPONENTIAL:
        return 1 / (1 + s * law->mean);
    case TIMELAW_GENERAL: {
        struct weighted w = {law, s};
        return s == 0 ? 1 : 1 - s * quad_tail(weighted_tail, &w, 0, fmin(law->mean, 1 / s));
    }
    default:
        return NAN;
    }
}
