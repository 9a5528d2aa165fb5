/* dist_laws_tail.c - pareto, lognormal, hyperexponential: laws whose tail carries much of the mean.
 */
#include "dist_int.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "check.h"
#include "dmath.h"

/* --- pareto: P(X > x) = (min/x)^alpha, cut at max when there is one --- */

enum { PARETO_ALPHA, PARETO_MIN, PARETO_MAX, PARETO_MEAN };

static bool pareto_by_mean(struct dist_args *a, struct dist *d)
{
    double mean, alpha = d->u.pareto.alpha;
    if (args_given(a, PARETO_MIN) || args_given(a, PARETO_MAX))
        return dist_refuse(a, args_column(a, PARETO_MEAN),
                           "'mean' goes without 'min' and 'max': %s", a->law->usage);
    if (!args_value(a, PARETO_MEAN, ABOVE_0, &mean))
        return false;
    if (alpha <= 1)
        return dist_refuse(a, args_column(a, PARETO_ALPHA),
                           "with alpha %.40s the mean is infinite: alpha must be above 1",
                           a->slot[PARETO_ALPHA]->text);
    d->u.pareto.min = mean * ((alpha - 1) / alpha);
    return true;
}

static bool pareto_by_range(struct dist_args *a, struct dist *d)
{
    if (!args_value(a, PARETO_MIN, ABOVE_0, &d->u.pareto.min))
        return false;
    if (!args_given(a, PARETO_MAX))
        return true;
    if (!args_value(a, PARETO_MAX, ABOVE_0, &d->u.pareto.max))
        return false;
    if (d->u.pareto.max <= d->u.pareto.min)
        return dist_refuse(a, args_column(a, PARETO_MAX), "max (%.40s) must be above min (%.40s)",
                           a->slot[PARETO_MAX]->text, a->slot[PARETO_MIN]->text);
    d->u.pareto.kept = 1 - d_pow(d->u.pareto.min / d->u.pareto.max, d->u.pareto.alpha);
    return true;
}

static bool pareto_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"alpha", "min", "max", "mean", NULL};
    const struct dist_arg *slot[4];
    if (!args_match(a, names, slot, 1) ||
        !args_number(a, PARETO_ALPHA, ABOVE_0, &d->u.pareto.alpha))
        return false;
    if (d->u.pareto.alpha < 0.01 || d->u.pareto.alpha > 1000)
        return dist_refuse(a, args_column(a, PARETO_ALPHA), "alpha must be between 0.01 and 1000");
    d->u.pareto.max = INFINITY;
    d->u.pareto.kept = 1;
    if (args_given(a, PARETO_MEAN))
        return pareto_by_mean(a, d);
    if (!args_given(a, PARETO_MIN))
        return dist_refuse(a, a->end, "'mean' or 'min' is missing: %s", a->law->usage);
    return pareto_by_range(a, d);
}

static double pareto_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    if (d->u.pareto.max == INFINITY)
        return d->u.pareto.min * d_exp(rng_exponential(r) / d->u.pareto.alpha);
    double above = 1 - rng_uniform(r) * d->u.pareto.kept;
    double x = d->u.pareto.min * d_exp(-d_log(above) / d->u.pareto.alpha);
    return x < d->u.pareto.max ? x : d->u.pareto.max;
}

/* E[X^k]: alpha min^k / kept times the integral of y^(k - alpha - 1) from 1 to max/min. */
static double pareto_moment(const struct dist *d, int k)
{
    double alpha = d->u.pareto.alpha, e = k - alpha, power = pow(d->u.pareto.min, k);
    if (d->u.pareto.max == INFINITY)
        return e < 0 ? power * alpha / -e : INFINITY;
    double log_range = log(d->u.pareto.max / d->u.pareto.min);
    double integral = e == 0 ? log_range : expm1(e * log_range) / e;
    return power * alpha * integral / -expm1(-alpha * log_range);
}

static double pareto_mean(const struct dist *d)
{
    return pareto_moment(d, 1);
}

static double pareto_variance(const struct dist *d)
{
    double mean = pareto_moment(d, 1), square = pareto_moment(d, 2);
    return square == INFINITY ? INFINITY : square - mean * mean;
}

static double pareto_cdf(const struct dist *d, double x)
{
    if (x <= d->u.pareto.min)
        return 0;
    if (x >= d->u.pareto.max)
        return 1;
    return -expm1(d->u.pareto.alpha * log(d->u.pareto.min / x)) / d->u.pareto.kept;
}

static double pareto_quantile(const struct dist *d, double p)
{
    return d->u.pareto.min * exp(-log1p(-p * d->u.pareto.kept) / d->u.pareto.alpha);
}

const struct law law_pareto = {
    .name = "pareto",
    .usage = "pareto(alpha, mean=…) or pareto(alpha, min=…, max=…)",
    .read = pareto_read,
    .sample = pareto_sample,
    .mean = pareto_mean,
    .variance = pareto_variance,
    .cdf = pareto_cdf,
    .quantile = pareto_quantile,
};

/* --- lognormal: median * exp(sigma N) --- */

#define PERCENTILES 6

/* Standard normal quantiles. */
static const double LOGNORMAL_Z[PERCENTILES] = {
    -1.2815515655446004, 0, 1.2815515655446004, 1.6448536269514722, 2.3263478740408408,
    3.090232306167813,
};

static bool lognormal_by_mean(struct dist_args *a, struct dist *d)
{
    double mean, cv;
    if (!args_value(a, 0, ABOVE_0, &mean) || !args_number(a, 1, ABOVE_0, &cv))
        return false;
    if (cv < 1e-9 || cv > 1000)
        return dist_refuse(a, args_column(a, 1), "cv must be between 1e-9 and 1000");
    double square = cv * cv, t = 1 + square; /* t is rounded: the second term makes up for it */
    d->u.lognormal.sigma = sqrt(d_log(t) + (square - (t - 1)) / t);
    d->u.lognormal.median = mean / sqrt(t);
    return true;
}

static bool lognormal_by_percentiles(struct dist_args *a, struct dist *d, const size_t i[2])
{
    double q[2], z0 = LOGNORMAL_Z[i[0] - 2], z1 = LOGNORMAL_Z[i[1] - 2];
    if (!args_value(a, i[0], ABOVE_0, &q[0]) || !args_value(a, i[1], ABOVE_0, &q[1]))
        return false;
    if (q[1] <= q[0])
        return dist_refuse(a, args_column(a, i[1]), "%s (%.40s) %s %s (%.40s)", a->name[i[1]],
                           a->slot[i[1]]->text, q[1] < q[0] ? "is below" : "equals", a->name[i[0]],
                           a->slot[i[0]]->text);
    d->u.lognormal.sigma = d_log(q[1] / q[0]) / (z1 - z0);
    d->u.lognormal.median = q[0] * d_exp(-d->u.lognormal.sigma * z0);
    return true;
}

static bool lognormal_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"mean", "cv",  "p10",   "p50", "p90",
                                        "p95",  "p99", "p99.9", NULL};
    const struct dist_arg *slot[8];
    size_t n = 0, i[2] = {0, 0};
    if (!args_match(a, names, slot, 2))
        return false;
    for (size_t k = 2; k < 8; k++) {
        if (!args_given(a, k))
            continue;
        if (args_given(a, 0) || args_given(a, 1))
            return dist_refuse(a, args_column(a, k), "give mean and cv or two percentiles");
        if (n == 2)
            return dist_refuse(a, args_column(a, k), "two percentiles are enough");
        i[n++] = k;
    }
    if (n == 0)
        return lognormal_by_mean(a, d);
    if (n == 1)
        return dist_refuse(a, a->end, "a second percentile is missing: %s", a->law->usage);
    return lognormal_by_percentiles(a, d, i);
}

static double lognormal_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    return d->u.lognormal.median * d_exp(d->u.lognormal.sigma * rng_normal(r));
}

static double lognormal_mean(const struct dist *d)
{
    return d->u.lognormal.median * exp(0.5 * d->u.lognormal.sigma * d->u.lognormal.sigma);
}

static double lognormal_variance(const struct dist *d)
{
    double m = lognormal_mean(d);
    return m * m * expm1(d->u.lognormal.sigma * d->u.lognormal.sigma);
}

static double lognormal_cdf(const struct dist *d, double x)
{
    if (x <= 0)
        return 0;
    return gsl_cdf_ugaussian_P(log(x / d->u.lognormal.median) / d->u.lognormal.sigma);
}

static double lognormal_quantile(const struct dist *d, double p)
{
    return d->u.lognormal.median * exp(d->u.lognormal.sigma * gsl_cdf_ugaussian_Pinv(p));
}

const struct law law_lognormal = {
    .name = "lognormal",
    .usage = "lognormal(mean, cv) or lognormal(p50=…, p99=…) with two of p10 p50 p90 p95 p99 p99.9",
    .read = lognormal_read,
    .sample = lognormal_sample,
    .mean = lognormal_mean,
    .variance = lognormal_variance,
    .cdf = lognormal_cdf,
    .quantile = lognormal_quantile,
};

/* --- hyperexponential: each sample from one of up to 8 exponentials --- */

/* mean<i> is parameter MEAN(i), p<i> is P(i), both from 1; `p` stands for p1. */
#define HYPER_MEAN(i) ((size_t)(i))
#define HYPER_P(i)    ((size_t)(DIST_PHASES_MAX + (i)))

static const char *const HYPER_NAMES[] = {"p",     "mean1", "mean2", "mean3", "mean4", "mean5",
                                          "mean6", "mean7", "mean8", "p1",    "p2",    "p3",
                                          "p4",    "p5",    "p6",    "p7",    "p8",    NULL};

static int hyper_count(const struct dist_args *a)
{
    int n = DIST_PHASES_MAX;
    while (n > 2 && !args_given(a, HYPER_MEAN(n)) && !args_given(a, HYPER_P(n)))
        n--;
    return n;
}

/* The last share may be left out: it is the rest. */
static bool hyper_shares(struct dist_args *a, struct dist *d, int n)
{
    uint64_t sum = 0;
    for (int i = 1; i <= n; i++) {
        uint32_t share;
        size_t at = i == 1 && args_given(a, 0) ? 0 : HYPER_P(i);
        if (i == n && !args_given(a, at))
            share = sum <= SHARE_ONE ? SHARE_ONE - (uint32_t)sum : 0;
        else if (!args_share(a, at, &share))
            return false;
        sum += share;
        if (sum > SHARE_ONE || (i == n && sum < SHARE_ONE))
            return dist_refuse(a, args_column(a, at), "the shares add up to %s than 100%%",
                               sum > SHARE_ONE ? "more" : "less");
        d->u.hyperexponential.phase[i - 1].until = (uint32_t)sum;
    }
    return true;
}

static bool hyper_read(struct dist_args *a, struct dist *d)
{
    const struct dist_arg *slot[ARRAY_LEN(HYPER_NAMES)];
    if (!args_match(a, HYPER_NAMES, slot, 3))
        return false;
    if (args_given(a, 0) && args_given(a, HYPER_P(1)))
        return dist_refuse(a, args_column(a, HYPER_P(1)), "'p' and 'p1' are the same: give one");
    if (!args_given(a, 0) && !args_given(a, HYPER_P(1)))
        return dist_refuse(a, a->end, "'p' is missing: %s", a->law->usage);
    int n = hyper_count(a);
    d->u.hyperexponential.n = n;
    for (int i = 1; i <= n; i++)
        if (!args_value(a, HYPER_MEAN(i), ABOVE_0, &d->u.hyperexponential.phase[i - 1].mean))
            return false;
    return hyper_shares(a, d, n);
}

static double hyper_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    const struct dist_phase *phase = d->u.hyperexponential.phase;
    uint32_t u = (uint32_t)rng_below(r, SHARE_ONE);
    while (u >= phase->until)
        phase++;
    return phase->mean * rng_exponential(r);
}

static double hyper_share(const struct dist *d, int i)
{
    const struct dist_phase *phase = d->u.hyperexponential.phase;
    return (phase[i].until - (i > 0 ? phase[i - 1].until : 0)) / (double)SHARE_ONE;
}

static double hyper_mean(const struct dist *d)
{
    double sum = 0;
    for (int i = 0; i < d->u.hyperexponential.n; i++)
        sum += hyper_share(d, i) * d->u.hyperexponential.phase[i].mean;
    return sum;
}

static double hyper_variance(const struct dist *d)
{
    double mean = hyper_mean(d), square = 0;
    for (int i = 0; i < d->u.hyperexponential.n; i++)
        square += hyper_share(d, i) * 2 * pow(d->u.hyperexponential.phase[i].mean, 2);
    return square - mean * mean;
}

static double hyper_cdf(const struct dist *d, double x)
{
    double sum = 0;
    for (int i = 0; i < d->u.hyperexponential.n; i++)
        sum -= hyper_share(d, i) * expm1(-x / d->u.hyperexponential.phase[i].mean);
    return sum;
}

static double hyper_quantile(const struct dist *d, double p)
{
    return dist_bisect(d, p, hyper_mean(d));
}

const struct law law_hyperexponential = {
    .name = "hyperexponential",
    .usage = "hyperexponential(p, mean1, mean2) or with p1=…, mean1=… up to p8, mean8",
    .read = hyper_read,
    .sample = hyper_sample,
    .mean = hyper_mean,
    .variance = hyper_variance,
    .cdf = hyper_cdf,
    .quantile = hyper_quantile,
};
