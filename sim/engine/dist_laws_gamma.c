/* dist_laws_gamma.c - gamma and erlang, weibull: laws with a shape and a mean. */
#include "dist_int.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "dmath.h"

/* --- gamma; erlang is gamma with a whole shape --- */

static void gamma_set(struct dist *d, double shape, double mean)
{
    d->u.gamma.shape = shape;
    d->u.gamma.scale = mean / shape;
    d->u.gamma.mean = mean;
}

static bool gamma_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"shape", "mean", NULL};
    const struct dist_arg *slot[2];
    double shape, mean;
    if (!args_match(a, names, slot, 2) || !args_number(a, 0, ABOVE_0, &shape) ||
        !args_value(a, 1, ABOVE_0, &mean))
        return false;
    if (shape < 0.01 || shape > 1e6)
        return dist_refuse(a, args_column(a, 0), "shape must be between 0.01 and 1000000");
    gamma_set(d, shape, mean);
    return true;
}

static bool erlang_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"k", "mean", NULL};
    const struct dist_arg *slot[2];
    int64_t k;
    double mean;
    if (!args_match(a, names, slot, 2) || !args_count(a, 0, 1000000, &k) ||
        !args_value(a, 1, ABOVE_0, &mean))
        return false;
    gamma_set(d, (double)k, mean);
    return true;
}

static double gamma_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    return d->u.gamma.scale * rng_gamma(r, d->u.gamma.shape);
}

static double gamma_mean(const struct dist *d)
{
    return d->u.gamma.mean;
}

static double gamma_variance(const struct dist *d)
{
    return d->u.gamma.mean * d->u.gamma.scale;
}

static double gamma_cdf(const struct dist *d, double x)
{
    return gsl_cdf_gamma_P(x, d->u.gamma.shape, d->u.gamma.scale);
}

static double gamma_quantile(const struct dist *d, double p)
{
    return dist_bisect(d, p, d->u.gamma.mean); /* gsl's inverse gives up on small shapes */
}

const struct law law_gamma = {.name = "gamma",
                              .usage = "gamma(shape, mean)",
                              .read = gamma_read,
                              .sample = gamma_sample,
                              .mean = gamma_mean,
                              .variance = gamma_variance,
                              .cdf = gamma_cdf,
                              .quantile = gamma_quantile};
const struct law law_erlang = {.name = "erlang",
                               .usage = "erlang(k, mean)",
                               .read = erlang_read,
                               .sample = gamma_sample,
                               .mean = gamma_mean,
                               .variance = gamma_variance,
                               .cdf = gamma_cdf,
                               .quantile = gamma_quantile};

/* --- weibull: scale * E^(1/shape) --- */

static bool weibull_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"shape", "mean", NULL};
    const struct dist_arg *slot[2];
    double shape, mean;
    if (!args_match(a, names, slot, 2) || !args_number(a, 0, ABOVE_0, &shape) ||
        !args_value(a, 1, ABOVE_0, &mean))
        return false;
    if (shape < 0.1 || shape > 1000)
        return dist_refuse(a, args_column(a, 0), "shape must be between 0.1 and 1000");
    d->u.weibull.shape = shape;
    d->u.weibull.mean = mean;
    d->u.weibull.scale = mean * d_exp(-d_lgamma(1 + 1 / shape));
    return true;
}

static double weibull_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    double e = rng_exponential(r);
    return e > 0 ? d->u.weibull.scale * d_exp(d_log(e) / d->u.weibull.shape) : 0;
}

static double weibull_mean(const struct dist *d)
{
    return d->u.weibull.mean;
}

static double weibull_variance(const struct dist *d)
{
    double k = d->u.weibull.shape, m = d->u.weibull.mean;
    return m * m * expm1(d_lgamma(1 + 2 / k) - 2 * d_lgamma(1 + 1 / k));
}

static double weibull_cdf(const struct dist *d, double x)
{
    return -expm1(-pow(x / d->u.weibull.scale, d->u.weibull.shape));
}

static double weibull_quantile(const struct dist *d, double p)
{
    return d->u.weibull.scale * pow(-log1p(-p), 1 / d->u.weibull.shape);
}

const struct law law_weibull = {.name = "weibull",
                                .usage = "weibull(shape, mean)",
                                .read = weibull_read,
                                .sample = weibull_sample,
                                .mean = weibull_mean,
                                .variance = weibull_variance,
                                .cdf = weibull_cdf,
                                .quantile = weibull_quantile};
