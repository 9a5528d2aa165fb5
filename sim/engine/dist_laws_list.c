/* dist_laws_list.c - mixture (a law of laws) and the two laws that are lists of values: histogram
 * and empirical. */
#include "dist_int.h"

#include <math.h>
#include <string.h>

#include "dist_csv.h"
#include "quantity.h"

/* --- mixture --- */

static bool mixture_shares(struct dist_args *a, const struct dist_part *part, uint64_t sum)
{
    (void)part;
    if (sum == SHARE_ONE)
        return true;
    char text[32];
    quantity_share_text((int64_t)sum, text, sizeof text);
    return dist_refuse(a, a->end, "the shares add up to %s, not to 100%%", text);
}

static bool mixture_read(struct dist_args *a, struct dist *d)
{
    if (a->n == 0)
        return dist_refuse(a, a->end, "pairs are missing: %s", a->law->usage);
    struct dist_part *part = args_memory(a, a->n * sizeof *part);
    if (part == NULL)
        return false;
    uint64_t sum = 0;
    for (size_t i = 0; i < a->n; i++) {
        struct dist_arg left, right;
        uint32_t share;
        if (!args_pair(a, &a->arg[i], &left, &right) || !args_text_share(a, &left, &share))
            return false;
        sum += share;
        if (sum > SHARE_ONE)
            return dist_refuse(a, left.column, "the shares add up to more than 100%%");
        part[i].until = (uint32_t)sum;
        part[i].dist = args_dist(a, &right);
        if (part[i].dist == NULL)
            return false;
    }
    d->u.mixture.n = a->n;
    d->u.mixture.part = part;
    return mixture_shares(a, part, sum);
}

static double mixture_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    const struct dist_part *part = d->u.mixture.part;
    uint32_t u = (uint32_t)rng_below(r, SHARE_ONE);
    while (u >= part->until)
        part++;
    return dist_draw(part->dist, r, item);
}

static double mixture_share(const struct dist *d, size_t i)
{
    const struct dist_part *part = d->u.mixture.part;
    return (part[i].until - (i > 0 ? part[i - 1].until : 0)) / (double)SHARE_ONE;
}

/* A part of share 0 counts nothing, even when its moment is infinite. */
static double mixture_sum(const struct dist *d, double (*of)(const struct dist *, double), double x)
{
    double sum = 0;
    for (size_t i = 0; i < d->u.mixture.n; i++)
        if (mixture_share(d, i) > 0)
            sum += mixture_share(d, i) * of(d->u.mixture.part[i].dist, x);
    return sum;
}

static double part_mean(const struct dist *d, double unused)
{
    (void)unused;
    return dist_mean(d);
}

/* About the mixture's mean. */
static double part_spread(const struct dist *d, double mean)
{
    return dist_variance(d) + (dist_mean(d) - mean) * (dist_mean(d) - mean);
}

static double mixture_mean(const struct dist *d)
{
    return mixture_sum(d, part_mean, 0);
}

static double mixture_variance(const struct dist *d)
{
    double mean = mixture_mean(d);
    return mean == INFINITY ? INFINITY : mixture_sum(d, part_spread, mean);
}

static double mixture_cdf(const struct dist *d, double x)
{
    return mixture_sum(d, dist_cdf, x);
}

/* Between the smallest and the largest quantile of the parts. */
static double mixture_quantile(const struct dist *d, double p)
{
    double most = 0;
    for (size_t i = 0; i < d->u.mixture.n; i++)
        if (mixture_share(d, i) > 0)
            most = fmax(most, dist_quantile(d->u.mixture.part[i].dist, p));
    return dist_bisect(d, p, most > 0 ? most : 1);
}

const struct law law_mixture = {
    .name = "mixture",
    .usage = "mixture(share: law, share: law, …)",
    .read = mixture_read,
    .sample = mixture_sample,
    .mean = mixture_mean,
    .variance = mixture_variance,
    .cdf = mixture_cdf,
    .quantile = mixture_quantile,
};

/* --- lists of values --- */

static size_t list_bins(const struct dist *d)
{
    return d->u.list.n - d->u.list.interpolate;
}

/* The first value whose sum of weights is above `weight`. */
static size_t list_find(const struct dist *d, double weight)
{
    size_t low = 0, high = list_bins(d) - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->u.list.until[middle] > weight)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static double list_sample(const struct dist *d, struct rng *r, uint64_t item)
{
    (void)item;
    const double *value = d->u.list.value;
    if (d->u.list.until == NULL)
        return value[rng_below(r, d->u.list.n)];
    size_t i = list_find(d, rng_uniform(r) * d->u.list.until[list_bins(d) - 1]);
    if (!d->u.list.interpolate)
        return value[i];
    return value[i] + (value[i + 1] - value[i]) * rng_uniform(r);
}

static double list_share(const struct dist *d, size_t i)
{
    const double *until = d->u.list.until;
    if (until == NULL)
        return 1 / (double)d->u.list.n;
    return (until[i] - (i > 0 ? until[i - 1] : 0)) / until[list_bins(d) - 1];
}

static double list_mean(const struct dist *d)
{
    const double *value = d->u.list.value;
    double sum = 0;
    for (size_t i = 0; i < list_bins(d); i++)
        sum +=
            list_share(d, i) * (d->u.list.interpolate ? (value[i] + value[i + 1]) / 2 : value[i]);
    return sum;
}

static double list_variance(const struct dist *d)
{
    const double *value = d->u.list.value;
    double mean = list_mean(d), sum = 0;
    for (size_t i = 0; i < list_bins(d); i++) {
        double width = d->u.list.interpolate ? value[i + 1] - value[i] : 0;
        double off = value[i] + width / 2 - mean;
        sum += list_share(d, i) * (off * off + width * width / 12);
    }
    return sum;
}

/* Number of values <= x. */
static size_t list_rank(const struct dist *d, double x)
{
    size_t low = 0, high = d->u.list.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->u.list.value[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double list_cdf(const struct dist *d, double x)
{
    const double *value = d->u.list.value, *until = d->u.list.until;
    size_t rank = list_rank(d, x);
    if (rank == 0 || rank == d->u.list.n)
        return rank == 0 ? 0 : 1;
    if (until == NULL)
        return (double)rank / (double)d->u.list.n;
    double all = until[list_bins(d) - 1];
    if (!d->u.list.interpolate)
        return until[rank - 1] / all;
    double before = rank > 1 ? until[rank - 2] : 0, in_bin = until[rank - 1] - before;
    return (before + in_bin * (x - value[rank - 1]) / (value[rank] - value[rank - 1])) / all;
}

static double list_quantile(const struct dist *d, double p)
{
    const double *value = d->u.list.value, *until = d->u.list.until;
    size_t n = d->u.list.n;
    if (d->u.list.interpolate)
        return dist_bisect(d, p, value[n - 1]);
    if (until == NULL) {
        size_t rank = (size_t)ceil(p * (double)n);
        return value[rank > n ? n - 1 : rank - 1];
    }
    size_t i = 0;
    while (i + 1 < n && until[i] / until[n - 1] < p)
        i++;
    return value[i];
}

static bool list_set(struct dist *d, size_t n, const double *value, const double *until,
                     bool interpolate)
{
    d->u.list.n = n;
    d->u.list.value = value;
    d->u.list.until = until;
    d->u.list.interpolate = interpolate;
    return true;
}

/* --- histogram --- */

static bool histogram_option(struct dist_args *a, const struct dist_arg *arg, bool *interpolate)
{
    static const char *const names[] = {"interpolate", NULL};
    const struct dist_arg *slot[1];
    struct dist_args one = *a;
    one.n = 1;
    one.arg = (struct dist_arg *)arg;
    return args_match(&one, names, slot, 0) && args_flag(&one, 0, interpolate);
}

static bool histogram_pair(struct dist_args *a, const struct dist_arg *arg, size_t n, double *value,
                           double *until)
{
    struct dist_arg left, right;
    double weight;
    if (!args_pair(a, arg, &left, &right) || !args_text_value(a, &left, &value[n]) ||
        !args_text_number(a, &right, &weight))
        return false;
    if (n > 0 && value[n] <= value[n - 1])
        return dist_refuse(a, left.column, "values must ascend");
    until[n] = (n > 0 ? until[n - 1] : 0) + weight;
    return true;
}

/* Each value opens a bin that the next one closes. */
static bool histogram_bins(struct dist_args *a, size_t n, const double *until)
{
    if (n < 2)
        return dist_refuse(a, a->end, "interpolate=true needs two values or more");
    if (until[n - 1] > until[n - 2])
        return dist_refuse(a, a->end,
                           "with interpolate=true the last value only closes the last bin: "
                           "its weight must be 0");
    return true;
}

static bool histogram_read(struct dist_args *a, struct dist *d)
{
    double *value = args_memory(a, 2 * a->n * sizeof *value + 1);
    if (value == NULL)
        return false;
    double *until = value + a->n;
    bool interpolate = false;
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (*a->arg[i].name != '\0') {
            if (!histogram_option(a, &a->arg[i], &interpolate))
                return false;
        } else if (!histogram_pair(a, &a->arg[i], n++, value, until)) {
            return false;
        }
    }
    if (n == 0)
        return dist_refuse(a, a->end, "pairs are missing: %s", a->law->usage);
    if (!(until[n - 1] > 0))
        return dist_refuse(a, a->end, "all weights are 0");
    if (interpolate && !histogram_bins(a, n, until))
        return false;
    return list_set(d, n, value, until, interpolate);
}

const struct law law_histogram = {
    .name = "histogram",
    .usage = "histogram(value: weight, value: weight, …)",
    .read = histogram_read,
    .sample = list_sample,
    .mean = list_mean,
    .variance = list_variance,
    .cdf = list_cdf,
    .quantile = list_quantile,
};

/* --- empirical --- */

static bool empirical_read(struct dist_args *a, struct dist *d)
{
    size_t n;
    const double *value = dist_csv_read(a, &n);
    return value != NULL && list_set(d, n, value, NULL, false);
}

const struct law law_empirical = {
    .name = "empirical",
    .usage = "empirical(file='…', column='…', unit=…)",
    .read = empirical_read,
    .sample = list_sample,
    .mean = list_mean,
    .variance = list_variance,
    .cdf = list_cdf,
    .quantile = list_quantile,
};
