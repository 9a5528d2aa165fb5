/* mm1.c - see mm1.h. */
#include "mm1.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "mem.h"

struct mm1 mm1_solve(double lambda, double mu)
{
    double rho = lambda / mu, free = 1 - rho, f4 = pow(free, 4);
    if (!(rho < 1))
        return (struct mm1){rho,      INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY,
                            INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};
    return (struct mm1){
        .rho = rho,
        .l = rho / free,
        .lq = rho * rho / free,
        .w = 1 / (mu - lambda),
        .wq = rho / (mu - lambda),
        .var_l = rho / (free * free),
        .sd_w = 1 / (mu - lambda),
        .var_wq = rho * (2 - rho) / pow(mu - lambda, 2),
        .busy = 1 / (mu - lambda),
        .var_busy = (1 + rho) / (mu * mu * pow(free, 3)),
        .avar_l = 2 * rho * (1 + rho) / (mu * f4),
        .avar_wq = rho * (2 + 5 * rho - 4 * rho * rho + pow(rho, 3)) / (mu * mu * f4),
        .relaxation = 1 / (mu * pow(1 - sqrt(rho), 2)),
    };
}

double mm1_at_least(double lambda, double mu, double n)
{
    return lambda < mu ? pow(lambda / mu, n) : 1;
}

double mm1_wait_above(double lambda, double mu, double t)
{
    return lambda < mu ? lambda / mu * exp(-(mu - lambda) * t) : 1;
}

double mm1_wait_quantile(double lambda, double mu, double p)
{
    if (!(lambda < mu))
        return INFINITY;
    return fmax(0, log(lambda / mu / (1 - p)) / (mu - lambda));
}

double mm1_sojourn_above(double lambda, double mu, double t)
{
    return lambda < mu ? exp(-(mu - lambda) * t) : 1;
}

double mm1_sojourn_quantile(double lambda, double mu, double p)
{
    return lambda < mu ? -log1p(-p) / (mu - lambda) : INFINITY;
}

double mm1_first_passage(double lambda, double mu, unsigned n)
{
    double sum = 0, h = 0;
    for (unsigned i = 0; i < n; i++) {
        h = 1 / lambda + mu / lambda * h;
        sum += h;
    }
    return sum;
}

/* One arrival later: found[j] becomes the law of the number found by the next one. The present one
 * joins, and then a geometric number leaves before the next comes: each of them with chance mu /
 * (lambda + mu), as far as there are any. */
static void next_arrival(double lambda, double mu, unsigned k, const double *found, double *next)
{
    double leave = mu / (lambda + mu);
    memset(next, 0, (k + 1) * sizeof *next);
    double above = 0; /* sum over i >= j of found[i-1] leave^(i-j) */
    for (unsigned j = k; j > 0; j--) {
        above = above * leave + found[j - 1];
        next[j] = above * (1 - leave);
    }
    next[0] = above * leave; /* leaves none: found 0, all of the 1 … k inside gone */
}

double mm1_first_waits(double lambda, double mu, unsigned n)
{
    double *memory = mem_get_zero(2 * (size_t)(n + 1), sizeof *memory), sum = 0;
    if (memory == NULL)
        return NAN;
    double *found = memory, *next = memory + n + 1;
    found[0] = 1;
    for (unsigned k = 1; k < n; k++) {
        next_arrival(lambda, mu, k, found, next);
        double *swap = found;
        found = next;
        next = swap;
        for (unsigned j = 1; j <= k; j++)
            sum += found[j] * j;
    }
    mem_release(memory);
    return sum / mu / n;
}

double mm1_wait_m2(double lambda, double mu, enum mm1_order order)
{
    double rho = lambda / mu, first = 2 * rho / pow(mu - lambda, 2);
    if (!(rho < 1))
        return INFINITY;
    return order == MM1_FIRST_COME  ? first
           : order == MM1_AT_RANDOM ? first / (1 - rho / 2)
                                    : first / (1 - rho);
}
