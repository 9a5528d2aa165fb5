/* attempts.c - see attempts.h. */
#include "attempts.h"

#include <math.h>

#include "mm1.h"
#include "quad.h"

double attempts_mean(double p, unsigned n)
{
    return p < 1 ? (1 - pow(p, n)) / (1 - p) : n;
}

struct attempts attempts_solve(const struct timelaw *s, double timeout, unsigned n, double pause)
{
    double q = timelaw_above(s, timeout), failures = 0;
    for (unsigned k = 0; k < n; k++) /* k failures, then a success */
        failures += k * pow(q, k) * (1 - q);
    failures /= 1 - pow(q, n);
    return (struct attempts){
        .p_timeout = q,
        .p_fails = pow(q, n),
        .mean = attempts_mean(q, n),
        .latency_success = timelaw_part(s, timeout) / (1 - q) + (timeout + pause) * failures,
    };
}

struct tries {
    const struct timelaw *s;
    double timeout, pause;
    unsigned n;
};

/* Attempt k (from 0) begins at k (timeout + pause), when all before it timed out. */
static double known_by(const void *of, double t)
{
    const struct tries *x = of;
    double q = timelaw_above(x->s, x->timeout), begins = 0, sum = 0, reached = 1;
    for (unsigned k = 0; k < x->n; k++, reached *= q, begins += x->timeout + x->pause) {
        double in = t - begins;
        if (in >= 0)
            sum += reached * (1 - (in < x->timeout ? timelaw_above(x->s, in) : q));
    }
    if (t >= begins - x->pause) /* the last one has failed */
        sum += reached;
    return sum;
}

double attempts_quantile(const struct timelaw *s, double timeout, unsigned n, double pause,
                         double p)
{
    struct tries x = {s, timeout, pause, n};
    return timelaw_known(s) ? quad_meets_above(known_by, &x, p, timeout) : NAN;
}

double attempts_amplification(unsigned layers, unsigned n)
{
    return pow(n, layers);
}

double attempts_mm1_gives_up(double lambda, double mu, double timeout)
{
    return mm1_sojourn_above(lambda, mu, timeout);
}

double attempts_breaker_calls(double lambda, double open)
{
    return 1 / (open + 1 / lambda);
}

double attempts_breaker_short(double lambda, double open)
{
    return 1 - attempts_breaker_calls(lambda, open) / lambda;
}
