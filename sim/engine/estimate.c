/* estimate.c - intervals from independent replications. Sums run in index order and in two passes,
 * so that a mean far from zero costs the standard deviation nothing and the same values give the
 * same bits. */
#include "estimate.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "check.h"

/* The values x[i], or x[i] - minus[i]; NAN ones, and those whose partner in `with` is NAN, are left
 * out. */
struct values {
    const double *x, *minus, *with;
    size_t n;
};

static double value(const struct values *v, size_t i)
{
    if (v->with != NULL && isnan(v->with[i]))
        return NAN;
    return v->minus != NULL ? v->x[i] - v->minus[i] : v->x[i];
}

static double t_quantile(double level, double degrees)
{
    CHECK(level > 0 && level < 1);
    return degrees > 0 ? gsl_cdf_tdist_Pinv(0.5 + level / 2, degrees) : NAN;
}

double estimate_t(double level, size_t degrees)
{
    return t_quantile(level, (double)degrees);
}

/* Summed from the first value on, so that values that are all alike have no deviation at all. */
static struct estimate estimate_values(const struct values *v, double level)
{
    struct estimate est = {.level = level, .half = NAN, .low = NAN, .high = NAN};
    double first = NAN, sum = 0, squares = 0;
    for (size_t i = 0; i < v->n; i++) {
        double x = value(v, i);
        if (isnan(x))
            continue;
        if (est.n == 0)
            first = isinf(x) ? 0 : x;
        sum += x - first;
        est.n++;
    }
    est.mean = first + sum / (double)est.n;
    for (size_t i = 0; i < v->n; i++) {
        double off = value(v, i) - est.mean;
        squares += isnan(off) ? 0 : off * off;
    }
    est.sd = est.n > 1 ? sqrt(squares / (double)(est.n - 1)) : NAN;
    est.se = est.sd / sqrt((double)est.n);
    if (est.n < ESTIMATE_MIN)
        return est;
    est.half = estimate_t(level, est.n - 1) * est.se;
    est.low = est.mean - est.half;
    est.high = est.mean + est.half;
    return est;
}

struct estimate estimate_mean(const double *x, size_t n, double level)
{
    struct values v = {.x = x, .n = n};
    return estimate_values(&v, level);
}

/* Pearson's, over the pairs. NAN when one side does not vary. */
static double correlation(const double *a, const double *b, size_t n, const struct paired *p)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(a[i]) && !isnan(b[i]))
            sum += (a[i] - p->a.mean) * (b[i] - p->b.mean);
    double r = sum / (double)(p->a.n - 1) / (p->a.sd * p->b.sd);
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

/* Welch's interval: unequal variances, degrees of freedom after Satterthwaite. */
static double welch_half(const struct paired *p, double level)
{
    double va = p->a.se * p->a.se, vb = p->b.se * p->b.se, n = (double)p->a.n;
    if (p->a.n < ESTIMATE_MIN)
        return NAN;
    if (va + vb == 0)
        return 0;
    double degrees = (va + vb) * (va + vb) / ((va * va + vb * vb) / (n - 1));
    return t_quantile(level, degrees) * sqrt(va + vb);
}

struct paired estimate_paired(const double *a, const double *b, size_t n, double level)
{
    struct values va = {.x = a, .with = b, .n = n}, vb = {.x = b, .with = a, .n = n};
    struct values difference = {.x = b, .minus = a, .n = n};
    struct paired p = {.difference = estimate_values(&difference, level),
                       .a = estimate_values(&va, level),
                       .b = estimate_values(&vb, level)};
    p.half_independent = welch_half(&p, level);
    p.correlation = p.a.n > 1 ? correlation(a, b, n, &p) : NAN;
    double apart = p.a.sd * p.a.sd + p.b.sd * p.b.sd, paired = p.difference.sd * p.difference.sd;
    p.replications_independent = apart == paired ? (double)p.a.n : (double)p.a.n * apart / paired;
    return p;
}

double estimate_chance(const struct estimate *e)
{
    if (isnan(e->half))
        return 1;
    if (e->se == 0)
        return e->mean == 0 ? 1 : 0;
    return 2 * gsl_cdf_tdist_Q(fabs(e->mean) / e->se, (double)(e->n - 1));
}

struct estimate estimate_at(const struct estimate *e, double level)
{
    struct estimate other = *e;
    other.level = level;
    if (isnan(e->half))
        return other;
    other.half = estimate_t(level, e->n - 1) * e->se;
    other.low = e->mean - other.half;
    other.high = e->mean + other.half;
    return other;
}

/* Number of comparisons that come before i by chance; equal ones by number. */
static size_t rank(const double *chance, size_t n, size_t i)
{
    size_t before = 0;
    for (size_t k = 0; k < n; k++)
        before += chance[k] < chance[i] || (chance[k] == chance[i] && k < i);
    return before;
}

/* Step down: the smallest chance is judged at (1 - level) / n, the next at (1 - level) / (n - 1), … until one fails; those
 * after it are judged where it was. */
void estimate_holm(const double *chance, size_t n, double level, bool *significant, double *level_of)
{
    size_t failed = n; /* rank of the first that is not significant */
    for (size_t i = 0; i < n; i++) {
        size_t place = rank(chance, n, i);
        if (chance[i] > (1 - level) / (double)(n - place) && place < failed)
            failed = place;
    }
    for (size_t i = 0; i < n; i++) {
        size_t place = rank(chance, n, i), step = place < failed ? place : failed;
        significant[i] = place < failed;
        level_of[i] = 1 - (1 - level) / (double)(n - step);
    }
}

/* Wilson 1927: the shares p for which k/n is within z standard deviations of p. */
void estimate_share(size_t k, size_t n, double level, double *low, double *high)
{
    CHECK(k <= n && level > 0 && level < 1);
    *low = 0;
    *high = 1;
    if (n == 0)
        return;
    double z = gsl_cdf_ugaussian_Pinv(0.5 + level / 2), m = (double)n, share = (double)k / m;
    double scale = 1 / (1 + z * z / m), middle = share + z * z / (2 * m);
    double half = z * sqrt(share * (1 - share) / m + z * z / (4 * m * m));
    if (k > 0)
        *low = scale * (middle - half);
    if (k < n)
        *high = scale * (middle + half);
}
