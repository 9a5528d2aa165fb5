/* dist.c - the list of laws, and sampling: draw a real value, round it once. */
#include "dist_int.h"

#include <math.h>
#include <string.h>

#include "check.h"

static const struct law *const LAWS[] = {
    &law_constant,    &law_uniform, &law_exponential, &law_erlang,    &law_gamma,
    &law_weibull,     &law_pareto,  &law_normal,      &law_lognormal, &law_hyperexponential,
    &law_triangular,  &law_mixture, &law_empirical,   &law_histogram, &law_round_robin,
    &law_uniform_key, &law_zipf,    &law_hot,
};

/* In the order of LAWS. */
const char *const dist_names[] = {
    "constant",    "uniform", "exponential", "erlang",    "gamma",
    "weibull",     "pareto",  "normal",      "lognormal", "hyperexponential",
    "triangular",  "mixture", "empirical",   "histogram", "round_robin",
    "uniform_key", "zipf",    "hot",         NULL,
};
_Static_assert(ARRAY_LEN(dist_names) == ARRAY_LEN(LAWS) + 1, "a law lacks its name");

const struct law *dist_law_named(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(LAWS); i++)
        if (strcmp(dist_names[i], name) == 0)
            return LAWS[i];
    return NULL;
}

/* Adding 2^52 leaves no bits for a fraction, so the addition rounds, ties to even. */
static int64_t to_whole(double x)
{
    if (!(x > 0))
        return 0;
    if (x >= (double)DIST_MAX)
        return DIST_MAX;
    if (x < 0x1p52)
        x = (x + 0x1p52) - 0x1p52;
    return (int64_t)x;
}

double dist_draw(const struct dist *d, struct rng *r, uint64_t item)
{
    return d->constant ? (double)d->value : d->law->sample(d, r, item);
}

int64_t dist_sample_item(const struct dist *d, struct rng *r, uint64_t item)
{
    return d->constant ? d->value : to_whole(d->law->sample(d, r, item));
}

int64_t dist_sample(const struct dist *d, struct rng *r)
{
    return dist_sample_item(d, r, 0);
}

bool dist_is_constant(const struct dist *d, int64_t *value)
{
    if (d->constant)
        *value = d->value;
    return d->constant;
}

double dist_mean(const struct dist *d)
{
    return d->constant ? (double)d->value : d->law->mean(d);
}

double dist_variance(const struct dist *d)
{
    return d->constant ? 0 : d->law->variance(d);
}

double dist_cdf(const struct dist *d, double x)
{
    if (d->constant)
        return x >= (double)d->value ? 1 : 0;
    return x < 0 ? 0 : d->law->cdf(d, x);
}

double dist_quantile(const struct dist *d, double p)
{
    CHECK(p > 0 && p < 1);
    return d->constant ? (double)d->value : d->law->quantile(d, p);
}

double dist_bisect(const struct dist *d, double p, double guess)
{
    double low = 0, high = guess;
    while (high < 0x1p1000 && dist_cdf(d, high) < p)
        high *= 2;
    if (dist_cdf(d, 0) >= p)
        return 0;
    for (int step = 0; step < 1200; step++) { /* until low and high are neighbours */
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (dist_cdf(d, middle) < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

const char *dist_text(const struct dist *d)
{
    return d->text;
}

const char *dist_name(const struct dist *d)
{
    return d->law->name;
}
