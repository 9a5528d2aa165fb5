/* dist_laws.c - constant, uniform, exponential, normal, triangular. */
#include "dist_int.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

static bool make_constant(struct dist *d, int64_t value)
{
    d->constant = true;
    d->value = value;
    return true;
}

/* --- constant --- */

static bool constant_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"value", NULL};
    const struct dist_arg *slot[1];
    int64_t value;
    return args_match(a, names, slot, 1) && args_whole(a, 0, &value) && make_constant(d, value);
}

/* dist.c answers for constants itself. */
const struct law law_constant = {
    .name = "constant", .usage = "constant(value)", .read = constant_read};

/* --- uniform: every whole number from min to max alike --- */

static bool uniform_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"min", "max", NULL};
    const struct dist_arg *slot[2];
    int64_t min, max;
    if (!args_match(a, names, slot, 2) || !args_whole(a, 0, &min) || !args_whole(a, 1, &max))
        return false;
    if (max < min)
        return dist_refuse(a, args_column(a, 1), "max (%.40s) is below min (%.40s)", slot[1]->text,
                           slot[0]->text);
    d->u.uniform.min = min;
    d->u.uniform.max = max;
    return min < max || make_constant(d, min);
}

static double uniform_count(const struct dist *d)
{
    return (double)(d->u.uniform.max - d->u.uniform.min) + 1;
}

static double uniform_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    uint64_t n = (uint64_t)(d->u.uniform.max - d->u.uniform.min) + 1;
    return (double)(d->u.uniform.min + (int64_t)rng_below(r, n));
}

static double uniform_mean(const struct dist *d)
{
    return ((double)d->u.uniform.min + (double)d->u.uniform.max) / 2;
}

static double uniform_variance(const struct dist *d)
{
    double n = uniform_count(d);
    return (n * n - 1) / 12;
}

static double uniform_cdf(const struct dist *d, double x)
{
    double below = floor(x) - (double)d->u.uniform.min + 1;
    return fmax(0, fmin(1, below / uniform_count(d)));
}

static double uniform_quantile(const struct dist *d, double p)
{
    return (double)d->u.uniform.min + ceil(p * uniform_count(d)) - 1;
}

const struct law law_uniform = {.name = "uniform",
                                .usage = "uniform(min, max)",
                                .read = uniform_read,
                                .sample = uniform_sample,
                                .mean = uniform_mean,
                                .variance = uniform_variance,
                                .cdf = uniform_cdf,
                                .quantile = uniform_quantile};

/* --- exponential --- */

static bool exponential_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"mean", NULL};
    const struct dist_arg *slot[1];
    return args_match(a, names, slot, 1) && args_value(a, 0, ABOVE_0, &d->u.exponential.mean);
}

static double exponential_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    return d->u.exponential.mean * rng_exponential(r);
}

static double exponential_mean(const struct dist *d)
{
    return d->u.exponential.mean;
}

static double exponential_variance(const struct dist *d)
{
    return d->u.exponential.mean * d->u.exponential.mean;
}

static double exponential_cdf(const struct dist *d, double x)
{
    return -expm1(-x / d->u.exponential.mean);
}

static double exponential_quantile(const struct dist *d, double p)
{
    return -d->u.exponential.mean * log1p(-p);
}

const struct law law_exponential = {.name = "exponential",
                                    .usage = "exponential(mean)",
                                    .read = exponential_read,
                                    .sample = exponential_sample,
                                    .mean = exponential_mean,
                                    .variance = exponential_variance,
                                    .cdf = exponential_cdf,
                                    .quantile = exponential_quantile};

/* --- normal, drawn again while below 0 --- */

static bool normal_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"mean", "sd", NULL};
    const struct dist_arg *slot[2];
    if (!args_match(a, names, slot, 2) || !args_value(a, 0, FROM_0, &d->u.normal.mean) ||
        !args_value(a, 1, ABOVE_0, &d->u.normal.sd))
        return false;
    return true;
}

static double normal_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    double x;
    do
        x = d->u.normal.mean + d->u.normal.sd * rng_normal(r);
    while (x < 0); /* at least every second is kept, for the mean is not negative */
    return x;
}

/* The standard normal's density at the cut over the share that is kept. */
static double normal_hazard(const struct dist *d)
{
    double at = d->u.normal.mean / d->u.normal.sd;
    return gsl_ran_ugaussian_pdf(at) / gsl_cdf_ugaussian_P(at);
}

static double normal_mean(const struct dist *d)
{
    return d->u.normal.mean + d->u.normal.sd * normal_hazard(d);
}

static double normal_variance(const struct dist *d)
{
    double h = normal_hazard(d), sd = d->u.normal.sd;
    return sd * sd * (1 - h * (d->u.normal.mean / sd + h));
}

static double normal_cdf(const struct dist *d, double x)
{
    double m = d->u.normal.mean, sd = d->u.normal.sd, cut = gsl_cdf_ugaussian_P(-m / sd);
    return (gsl_cdf_ugaussian_P((x - m) / sd) - cut) / (1 - cut);
}

static double normal_quantile(const struct dist *d, double p)
{
    double m = d->u.normal.mean, sd = d->u.normal.sd;
    return fmax(0, m + sd * gsl_cdf_ugaussian_Qinv((1 - p) * gsl_cdf_ugaussian_P(m / sd)));
}

const struct law law_normal = {.name = "normal",
                               .usage = "normal(mean, sd)",
                               .read = normal_read,
                               .sample = normal_sample,
                               .mean = normal_mean,
                               .variance = normal_variance,
                               .cdf = normal_cdf,
                               .quantile = normal_quantile};

/* --- triangular --- */

static bool triangular_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"min", "mode", "max", NULL};
    const struct dist_arg *slot[3];
    double min, mode, max;
    if (!args_match(a, names, slot, 3) || !args_value(a, 0, FROM_0, &min) ||
        !args_value(a, 1, FROM_0, &mode) || !args_value(a, 2, FROM_0, &max))
        return false;
    if (mode < min)
        return dist_refuse(a, args_column(a, 1), "mode (%.40s) is below min (%.40s)", slot[1]->text,
                           slot[0]->text);
    if (max < mode)
        return dist_refuse(a, args_column(a, 2), "max (%.40s) is below mode (%.40s)", slot[2]->text,
                           slot[1]->text);
    if (max == min)
        return dist_refuse(a, args_column(a, 2), "max equals min: write constant(%.40s)",
                           slot[0]->text);
    d->u.triangular.min = min;
    d->u.triangular.mode = mode;
    d->u.triangular.max = max;
    return true;
}

static double triangular_at(const struct dist *d, double p)
{
    double a = d->u.triangular.min, c = d->u.triangular.mode, b = d->u.triangular.max;
    if (p * (b - a) < c - a)
        return a + sqrt(p * (b - a) * (c - a));
    return b - sqrt((1 - p) * (b - a) * (b - c));
}

static double triangular_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    return triangular_at(d, rng_uniform(r));
}

static double triangular_mean(const struct dist *d)
{
    return (d->u.triangular.min + d->u.triangular.mode + d->u.triangular.max) / 3;
}

static double triangular_variance(const struct dist *d)
{
    double a = d->u.triangular.min, c = d->u.triangular.mode, b = d->u.triangular.max;
    return ((b - a) * (b - a) + (c - a) * (c - a) - (b - a) * (c - a)) / 18;
}

static double triangular_cdf(const struct dist *d, double x)
{
    double a = d->u.triangular.min, c = d->u.triangular.mode, b = d->u.triangular.max;
    if (x <= a)
        return 0;
    if (x >= b)
        return 1;
    return x < c ? (x - a) * (x - a) / ((b - a) * (c - a))
                 : 1 - (b - x) * (b - x) / ((b - a) * (b - c));
}

const struct law law_triangular = {.name = "triangular",
                                   .usage = "triangular(min, mode, max)",
                                   .read = triangular_read,
                                   .sample = triangular_sample,
                                   .mean = triangular_mean,
                                   .variance = triangular_variance,
                                   .cdf = triangular_cdf,
                                   .quantile = triangular_at};
