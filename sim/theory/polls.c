/* polls.c - see polls.h. */
#include "polls.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "mem.h"

struct polls polls_long(double lambda, double wait, unsigned n)
{
    double share = lambda * wait / n;
    return (struct polls){.per_second = lambda > 0 ? lambda / -expm1(-share) : n / wait,
                          .empty = exp(-share),
                          .delay = 0};
}

struct polls polls_short(double lambda, double interval, unsigned n)
{
    return (struct polls){
        .per_second = n / interval,
        .empty = n == 1 ? exp(-lambda * interval) : NAN,
        .delay = interval / (n + 1.0), /* the least of n uniform remainders */
    };
}

double polls_renewal_delay(double m1, double m2)
{
    return m2 / (2 * m1);
}

double polls_batch_nonempty(double lambda, double interval)
{
    return lambda * interval / -expm1(-lambda * interval);
}

/* left' = max(left + Poisson(a) - k, 0). */
static void next_poll(const double *left, double *next, const double *poisson, size_t n, unsigned k)
{
    memset(next, 0, n * sizeof *next);
    for (size_t i = 0; i < n; i++) {
        if (left[i] < 1e-300)
            continue;
        for (size_t j = 0; j < n && poisson[j] > 0; j++) {
            size_t there = i + j < k ? 0 : i + j - k;
            next[there < n ? there : n - 1] += left[i] * poisson[j];
        }
    }
}

static double settle(double *left, double *next, const double *poisson, size_t n, unsigned k)
{
    double change = 1;
    for (int i = 0; i < 200000 && change > 1e-15; i++) {
        change = 0;
        next_poll(left, next, poisson, n, k);
        for (size_t m = 0; m < n; m++)
            change = fmax(change, fabs(next[m] - left[m]));
        memcpy(left, next, n * sizeof *left);
    }
    return change;
}

struct polls_take polls_take(double lambda, double interval, unsigned k)
{
    double a = lambda * interval;
    struct polls_take x = {INFINITY, INFINITY, 0};
    if (!(a < k))
        return x;
    /* what is left falls off about as exp(-2 (k - a) n / a) */
    size_t n = (size_t)(20 * a / (k - a) + 10 * sqrt(a) + k + 60);
    double *memory = mem_get_zero(3 * n, sizeof *memory);
    x = (struct polls_take){NAN, NAN, NAN};
    if (memory == NULL)
        return x;
    double *left = memory, *next = memory + n, *poisson = memory + 2 * n;
    for (size_t j = 0; j < n; j++)
        poisson[j] = exp(-a + (double)j * log(a) - lgamma((double)j + 1));
    left[0] = 1;
    settle(left, next, poisson, n, k);
    x.left = 0;
    for (size_t i = 0; i < n; i++)
        x.left += (double)i * left[i];
    x.p_none_left = left[0];
    /* between polls as many as were left wait all the time, and arrivals on average half of it
     * (Little) */
    x.delay = (x.left + a / 2) / lambda;
    mem_release(memory);
    return x;
}

double polls_cycle(unsigned n, double lambda, double mean, double r)
{
    double rho = n * lambda * mean;
    return rho < 1 ? n * r / (1 - rho) : INFINITY;
}

double polls_cyclic_wait(enum polls_visit visit, unsigned n, double lambda, double mean, double m2,
                         double r, double r_var)
{
    double rho = n * lambda * mean, own = lambda * mean; /* own = rho / n */
    double work = n * lambda * m2;
    if (visit == POLLS_ONE) {
        double free = 1 - rho - n * lambda * r;
        return free > 0
                   ? r_var / (2 * r) + (work + n * r * (1 + own) + n * lambda * r_var) / (2 * free)
                   : INFINITY;
    }
    double sign = visit == POLLS_EXHAUSTIVE ? -1 : 1;
    return rho < 1 ? r_var / (2 * r) + (work + n * r * (1 + sign * own)) / (2 * (1 - rho))
                   : INFINITY;
}
