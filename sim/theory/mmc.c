/* mmc.c - open stations with c exponential servers: see mmc.h. */
#include "mmc.h"

#include <math.h>

#include "quad.h"

double erlang_b(double a, unsigned c)
{
    double b = 1;
    for (unsigned i = 1; i <= c; i++)
        b = a * b / (i + a * b);
    return b;
}

static double loss_of(const void *of, double a)
{
    return erlang_b(a, *(const unsigned *)of);
}

double erlang_b_load(unsigned c, double loss)
{
    return loss > 0 && loss < 1 ? quad_meets_above(loss_of, &c, loss, c) : NAN;
}

double erlang_c(double a, unsigned c)
{
    if (!(a < c))
        return 1;
    double b = erlang_b(a, c);
    return c * b / (c - a * (1 - b));
}

struct mmc mmc_solve(double lambda, double mu, unsigned c)
{
    double a = lambda / mu;
    if (!(a < c))
        return (struct mmc){a / c, 1, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};
    double p_wait = erlang_c(a, c), wq = p_wait / (c * mu - lambda);
    return (struct mmc){
        .rho = a / c,
        .p_wait = p_wait,
        .wq = wq,
        .w = wq + 1 / mu,
        .lq = lambda * wq,
        .l = lambda * wq + a,
        .relaxation = 1 / (mu * pow(sqrt(c) - sqrt(a), 2)),
    };
}

double mmc_wait_above(double lambda, double mu, unsigned c, double t)
{
    return lambda < c * mu ? erlang_c(lambda / mu, c) * exp(-(c * mu - lambda) * t) : 1;
}

double mmc_wait_quantile(double lambda, double mu, unsigned c, double p)
{
    if (!(lambda < c * mu))
        return INFINITY;
    return fmax(0, log(erlang_c(lambda / mu, c) / (1 - p)) / (c * mu - lambda));
}

/* With d = c mu - lambda: (1 - C) e^{-mu t} + C * P(Exp(d) + Exp(mu) > t). */
double mmc_sojourn_above(double lambda, double mu, unsigned c, double t)
{
    if (!(lambda < c * mu))
        return 1;
    double wait = erlang_c(lambda / mu, c), d = c * mu - lambda, x = (d - mu) * t;
    /* (d e^{-mu t} - mu e^{-d t}) / (d - mu), written so that d = mu is no exception */
    double both = exp(-mu * t) * (1 + mu * t * (fabs(x) < 1e-9 ? 1 - x / 2 : -expm1(-x) / x));
    return (1 - wait) * exp(-mu * t) + wait * both;
}

struct station {
    double lambda, mu;
    unsigned c;
};

static double sojourn_cdf(const void *of, double t)
{
    const struct station *s = of;
    return 1 - mmc_sojourn_above(s->lambda, s->mu, s->c, t);
}

double mmc_sojourn_quantile(double lambda, double mu, unsigned c, double p)
{
    struct station s = {lambda, mu, c};
    return lambda < c * mu ? quad_meets_above(sojourn_cdf, &s, p, 1 / mu) : INFINITY;
}

/* Sums over j = 0 … m of r^j and of j r^j, both divided by r^m when r > 1 so that nothing
 * overflows. */
static void geometric(double r, double m, double *sum, double *first)
{
    if (fabs(r - 1) < 1e-12) {
        *sum = m + 1;
        *first = m * (m + 1) / 2;
        return;
    }
    double q = r < 1 ? r : 1 / r, power = pow(q, m);
    double s = (1 - power * q) / (1 - q);
    double f = q * (1 - (m + 1) * power + m * power * q) / ((1 - q) * (1 - q));
    *sum = s;
    *first = r < 1 ? f : m * s - f;
}

/* Weights: state c has 1, c + j has r^j; the states below c together 1/B - 1 (B is Erlang's). */
struct mmck mmck_solve(double lambda, double mu, unsigned c, double k)
{
    double a = lambda / mu, r = a / c, m = k - c, b = erlang_b(a, c), sum, first;
    geometric(r, m, &sum, &first);
    double last = r < 1 ? pow(r, m) : 1;                   /* the weight of K … */
    double below = (1 / b - 1) * (r < 1 ? 1 : pow(r, -m)); /* … all divided by r^m when r > 1 */
    double total = below + sum;
    struct mmck x = {.p_block = last / total};
    x.throughput = lambda * (1 - x.p_block);
    x.rho = x.throughput / mu / c;
    x.lq = first / total;
    x.l = x.lq + x.throughput / mu;
    x.wq = x.lq / x.throughput;
    x.w = x.wq + 1 / mu;
    x.p_wait = (sum - last) / (total - last);
    if (isinf(below)) /* nobody ever finds all servers busy */
        x = (struct mmck){0, 0, a, 0, 1 / mu, 0, lambda, a / c};
    return x;
}
