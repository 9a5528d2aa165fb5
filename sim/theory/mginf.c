/* mginf.c - see mginf.h. */
#include "mginf.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "quad.h"

double mginf_mean(double lambda, const struct timelaw *s)
{
    return lambda * s->mean;
}

/* P(N <= n) of a Poisson number by the gamma law: no limit on n. */
static double at_most(double mean, double n)
{
    return n < 0 ? 0 : mean <= 0 ? 1 : gsl_cdf_gamma_Q(mean, n + 1, 1);
}

double mginf_quantile(double lambda, const struct timelaw *s, double p)
{
    double mean = mginf_mean(lambda, s), low = -1, high = mean + 1;
    while (at_most(mean, high) < p)
        high = 2 * high + 1;
    high = floor(high);
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (at_most(mean, middle) < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double mginf_at_least(double mean, double n)
{
    return n <= 0 ? 1 : mean <= 0 ? 0 : gsl_cdf_gamma_P(mean, n, 1);
}

static double above(const void *of, double u)
{
    return timelaw_above(of, u);
}

double mginf_mean_at(double lambda, const struct timelaw *s, double t)
{
    if (!timelaw_known(s))
        return NAN;
    if (s->shape == TIMELAW_CONSTANT)
        return lambda * fmin(t, s->mean);
    return lambda * quad_integral(above, s, 0, t);
}

struct mginf_wave mginf_wave(double lambda0, double beta, double period, double mean, double t)
{
    double g = 2 * M_PI / period, gm = g * mean, damped = beta / (1 + gm * gm);
    return (struct mginf_wave){
        .mean_at = lambda0 * mean * (1 + damped * (sin(g * t) - gm * cos(g * t))),
        .peak = lambda0 * mean * (1 + beta / sqrt(1 + gm * gm)),
        .lag = atan(gm) / g,
    };
}
