/* redelivery.c - see redelivery.h. */
#include "redelivery.h"

#include <math.h>

double redelivery_exceeds(const struct timelaw *s, double v)
{
    return timelaw_above(s, v);
}

double redelivery_any_above(const struct timelaw *s, double v, unsigned n)
{
    double product = 1;
    for (unsigned i = 1; i <= n && product > 0; i++)
        product *= timelaw_above(s, i * v);
    return product;
}

double redelivery_any_mean(const struct timelaw *s, double v)
{
    double sum = 1, product = 1;
    if (!(v > 0))
        return INFINITY;
    for (unsigned i = 1; product > 1e-18 * sum && i < 100000000; i++) {
        product *= timelaw_above(s, i * v);
        sum += product;
    }
    return sum;
}

double redelivery_latest_mean(const struct timelaw *s, double v)
{
    return 1 / (1 - timelaw_above(s, v));
}

double redelivery_latest_dead(const struct timelaw *s, double v, unsigned max_receive)
{
    return pow(timelaw_above(s, v), max_receive);
}

static double cut_mean(double q, unsigned n)
{
    return q < 1 ? (1 - pow(q, n)) / (1 - q) : n;
}

double redelivery_latest_mean_cut(const struct timelaw *s, double v, unsigned max_receive)
{
    return cut_mean(timelaw_above(s, v), max_receive);
}

struct redelivery_failures redelivery_failures(double p, unsigned r, double v, double mean)
{
    struct redelivery_failures x = {.p_dead = pow(p, r), .receives = cut_mean(p, r)};
    double weighted = 0; /* sum of n p^(n-1) (1 - p) */
    for (unsigned n = 1; n <= r; n++)
        weighted += n * pow(p, n - 1.0) * (1 - p);
    x.receives_success = weighted / (1 - x.p_dead);
    x.latency_success = v * (x.receives_success - 1) + mean;
    x.time_to_dead = r * v;
    x.amplification = 1 / (1 - p);
    return x;
}

double redelivery_batch_fails(double p, unsigned n)
{
    return 1 - pow(1 - p, n);
}

/* P(this one is good and the batch fails) / P(it is bad). */
double redelivery_batch_again(double p, unsigned n)
{
    return (1 - p) * (1 - pow(1 - p, n - 1.0)) / p;
}
