/* dist_laws_keys.c - which of n keys: round_robin, uniform_key, zipf, hot. Key 0 is the most
 * frequent one. */
#include "dist_int.h"

#include <math.h>

#include "dmath.h"

#define KEYS_MAX (INT64_C(1) << 40)

static bool read_n(struct dist_args *a, struct dist *d)
{
    int64_t n;
    if (!args_count(a, 0, KEYS_MAX, &n))
        return false;
    d->u.keys.n = (uint64_t)n;
    return true;
}

static double keys_n(const struct dist *d)
{
    return (double)d->u.keys.n;
}

/* The key at which a cdf over 0 … n-1 reaches p. */
static double keys_quantile(const struct dist *d, double p)
{
    uint64_t low = 0, high = d->u.keys.n - 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (d->law->cdf(d, (double)middle) < p)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)low;
}

/* --- all alike: by turns, or by lot --- */

static bool alike_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"n", NULL};
    const struct dist_arg *slot[1];
    return args_match(a, names, slot, 1) && read_n(a, d);
}

static double round_robin_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)r;
    return (double)(item % d->u.keys.n);
}

static double uniform_key_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    return (double)rng_below(r, d->u.keys.n);
}

static double alike_mean(const struct dist *d)
{
    return (keys_n(d) - 1) / 2;
}

static double alike_variance(const struct dist *d)
{
    return (keys_n(d) * keys_n(d) - 1) / 12;
}

static double alike_cdf(const struct dist *d, double x)
{
    return fmin(1, (floor(x) + 1) / keys_n(d));
}

const struct law law_round_robin = {
    .name = "round_robin",
    .usage = "round_robin(n)",
    .read = alike_read,
    .sample = round_robin_sample,
    .mean = alike_mean,
    .variance = alike_variance,
    .cdf = alike_cdf,
    .quantile = keys_quantile,
    .keys = true,
};
const struct law law_uniform_key = {
    .name = "uniform_key",
    .usage = "uniform_key(n)",
    .read = alike_read,
    .sample = uniform_key_sample,
    .mean = alike_mean,
    .variance = alike_variance,
    .cdf = alike_cdf,
    .quantile = keys_quantile,
    .keys = true,
};

/* --- hot: key 0 has its share, the others divide the rest --- */

static bool hot_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"n", "share", NULL};
    const struct dist_arg *slot[2];
    return args_match(a, names, slot, 2) && read_n(a, d) && args_share(a, 1, &d->u.keys.share);
}

static double hot_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    if (d->u.keys.n == 1 || rng_below(r, SHARE_ONE) < d->u.keys.share)
        return 0;
    return (double)(1 + rng_below(r, d->u.keys.n - 1));
}

static double hot_rest(const struct dist *d)
{
    return d->u.keys.n == 1 ? 0 : 1 - d->u.keys.share / (double)SHARE_ONE;
}

static double hot_mean(const struct dist *d)
{
    return hot_rest(d) * keys_n(d) / 2;
}

static double hot_variance(const struct dist *d)
{
    double n = keys_n(d), mean = hot_mean(d);
    return hot_rest(d) * n * (2 * n - 1) / 6 - mean * mean;
}

static double hot_cdf(const struct dist *d, double x)
{
    double n = keys_n(d);
    if (x >= n - 1)
        return 1;
    return 1 - hot_rest(d) * (n - 1 - floor(x)) / (n - 1);
}

const struct law law_hot = {
    .name = "hot",
    .usage = "hot(n, share)",
    .read = hot_read,
    .sample = hot_sample,
    .mean = hot_mean,
    .variance = hot_variance,
    .cdf = hot_cdf,
    .quantile = keys_quantile,
    .keys = true,
};

/* --- zipf: P(key k) is proportional to (k + 1)^-s. Rejection from the continuous density x^-s by
 * inversion (Hörmann, Derflinger 1996): no table, whatever n is. --- */

/* (exp(x) - 1) / x and log(1 + x) / x, also near 0. */
static double exp_1(double x)
{
    if (fabs(x) > 1e-4)
        return (d_exp(x) - 1) / x;
    return 1 + x / 2 * (1 + x / 3 * (1 + x / 4));
}

static double log_1(double x)
{
    if (fabs(x) > 1e-4)
        return d_log(1 + x) / x;
    return 1 - x * (0.5 - x * (1.0 / 3 - x * 0.25));
}

static double zipf_density(double s, double x)
{
    return d_exp(-s * d_log(x));
}

/* The density's integral from 1 to x, and its inverse. */
static double zipf_integral(double s, double x)
{
    double l = d_log(x);
    return exp_1((1 - s) * l) * l;
}

static double zipf_inverse(double s, double area)
{
    double t = area * (1 - s);
    return t > -1 ? d_exp(log_1(t) * area) : INFINITY;
}

static bool zipf_read(struct dist_args *a, struct dist *d)
{
    static const char *const names[] = {"n", "s", NULL};
    const struct dist_arg *slot[2];
    double s;
    if (!args_match(a, names, slot, 2) || !read_n(a, d) || !args_number(a, 1, FROM_0, &s))
        return false;
    if (s > 20)
        return dist_refuse(a, args_column(a, 1), "s must be at most 20");
    d->u.keys.s = s;
    d->u.keys.first = zipf_integral(s, 1.5) - 1;
    d->u.keys.last = zipf_integral(s, keys_n(d) + 0.5);
    d->u.keys.surely = 2 - zipf_inverse(s, zipf_integral(s, 2.5) - zipf_density(s, 2));
    return true;
}

static double zipf_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    double s = d->u.keys.s, n = keys_n(d), first = d->u.keys.first, last = d->u.keys.last;
    for (;;) {
        double area = last + rng_uniform(r) * (first - last);
        double x = zipf_inverse(s, area);
        double k = x < n ? (double)(int64_t)(x + 0.5) : n;
        if (k < 1)
            k = 1;
        if (k - x <= d->u.keys.surely || area >= zipf_integral(s, k + 0.5) - zipf_density(s, k))
            return k - 1;
    }
}

/* The sum of k^-s for k = 1 … n: 64 terms, the rest by Euler and Maclaurin. */
static double zipf_sum(double n, double s)
{
    double sum = 0, a = 64;
    for (double k = 1; k <= n && k < a; k++)
        sum += pow(k, -s);
    if (n < a)
        return sum;
    double integral = s == 1 ? log(n / a) : (pow(n, 1 - s) - pow(a, 1 - s)) / (1 - s);
    double first = s / 12 * (pow(a, -s - 1) - pow(n, -s - 1));
    double third = s * (s + 1) * (s + 2) / 720 * (pow(a, -s - 3) - pow(n, -s - 3));
    return sum + integral + (pow(a, -s) + pow(n, -s)) / 2 + first - third;
}

static double zipf_mean(const struct dist *d)
{
    double n = keys_n(d), s = d->u.keys.s;
    return zipf_sum(n, s - 1) / zipf_sum(n, s) - 1;
}

static double zipf_variance(const struct dist *d)
{
    double n = keys_n(d), s = d->u.keys.s, all = zipf_sum(n, s), mean = zipf_sum(n, s - 1) / all;
    return zipf_sum(n, s - 2) / all - mean * mean;
}

static double zipf_cdf(const struct dist *d, double x)
{
    double n = keys_n(d);
    if (x >= n - 1)
        return 1;
    return zipf_sum(floor(x) + 1, d->u.keys.s) / zipf_sum(n, d->u.keys.s);
}

const struct law law_zipf = {
    .name = "zipf",
    .usage = "zipf(n, s)",
    .read = zipf_read,
    .sample = zipf_sample,
    .mean = zipf_mean,
    .variance = zipf_variance,
    .cdf = zipf_cdf,
    .quantile = keys_quantile,
    .keys = true,
};
