/* mmc_closed.c - stations whose arrivals depend on who is there: closed groups of clients, clients
 * who leave. See mmc.h. */
#include <math.h>
#include <stddef.h>

#include "birthdeath.h"
#include "mem.h"
#include "mmc.h"

static double least(double a, double b)
{
    return a < b ? a : b;
}

struct mmcn mmcn_solve(unsigned n, double think, double mu, unsigned c)
{
    struct mmcn x = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    size_t states = (size_t)n + 1;
    double *memory = mem_get_zero(3 * states, sizeof *memory);
    if (memory == NULL)
        return x;
    double *birth = memory, *death = memory + states, *p = memory + 2 * states, busy = 0;
    for (size_t i = 0; i < states; i++) {
        birth[i] = (double)(n - i) / think;
        death[i] = mu * least((double)i, c);
    }
    birthdeath_stationary(birth, death, states, p);
    for (size_t i = 0; i < states; i++)
        busy += p[i] * least((double)i, c);
    x.throughput = mu * busy;
    x.rho = busy / c;
    x.l = birthdeath_mean(p, states);
    x.lq = birthdeath_excess(p, states, c);
    x.response = x.l / x.throughput;
    x.wait = x.lq / x.throughput;
    x.p_all_busy = 0;
    for (size_t i = c; i < states; i++)
        x.p_all_busy += p[i];
    mem_release(memory);
    return x;
}

struct mmcm mmcm_solve(double lambda, double mu, unsigned c, double patience_rate)
{
    struct mmcm x = {NAN, NAN, NAN, NAN};
    /* beyond this the death rate is twice the birth rate and more, for a hundred states */
    double far = c + 2 * lambda / patience_rate + 40 * sqrt(lambda / patience_rate) + 200;
    size_t states = far < 1e8 ? (size_t)far : 0;
    double *memory = states > 0 ? mem_get_zero(3 * states, sizeof *memory) : NULL;
    if (memory == NULL)
        return x;
    double *birth = memory, *death = memory + states, *p = memory + 2 * states;
    for (size_t i = 0; i < states; i++) {
        birth[i] = lambda;
        death[i] = mu * least((double)i, c) + (i > c ? patience_rate * (double)(i - c) : 0);
    }
    birthdeath_stationary(birth, death, states, p);
    x.p_wait = 0;
    for (size_t i = c; i < states; i++)
        x.p_wait += p[i];
    x.lq = birthdeath_excess(p, states, c);
    x.wq = x.lq / lambda;
    x.p_abandon = patience_rate * x.lq / lambda;
    mem_release(memory);
    return x;
}

/* Integrals over 0 … t of e^{-d x} and of x e^{-d x}; d may be negative or 0. */
static double mass(double d, double t)
{
    double z = d * t;
    return fabs(z) < 1e-8 ? t * (1 - z / 2) : -expm1(-z) / d;
}
static double moment(double d, double t)
{
    double z = d * t;
    if (fabs(z) < 1e-4)
        return t * t * (0.5 - z / 3 + z * z / 8);
    return (1 - (1 + z) * exp(-z)) / (d * d);
}

/* The virtual wait V has the density f(x) = lambda p(c-1) e^{-(c mu - lambda) x} up to tau, and
 * beyond, where nobody who comes stays, lambda p(c-1) e^{lambda tau - c mu x}. In weights relative
 * to p(c-1) = 1, the states 0 … c-1 together weigh 1 / B(c-1). */
struct mmcd mmcd_solve(double lambda, double mu, unsigned c, double tau)
{
    double d = c * mu - lambda, below = 1 / erlang_b(lambda / mu, c - 1);
    double early = lambda * mass(d, tau), beyond = lambda * exp(-d * tau) / (c * mu),
           total = below + early + beyond;
    double waited = lambda * moment(d, tau);
    return (struct mmcd){
        .p_timeout = beyond / total,
        .p_no_wait = below / total,
        .wq_served = waited / (below + early),
        .lq = lambda * (waited + tau * beyond) / total,
    };
}
