/* gg.c - see gg.h. */
#include "gg.h"

#include <math.h>

#include "mmc.h"
#include "quad.h"

struct root {
    const struct timelaw *between;
    double mu;
};

/* Rises through zero at sigma: the transform is convex in sigma and meets the diagonal at sigma and
 * at 1. */
static double beyond(const void *of, double sigma)
{
    const struct root *r = of;
    return sigma - timelaw_transform(r->between, r->mu * (1 - sigma));
}

struct gim1 gim1_solve(const struct timelaw *between, double mu)
{
    struct root r = {between, mu};
    double rho = 1 / (mu * between->mean);
    if (!(rho < 1))
        return (struct gim1){rho, 1, INFINITY, INFINITY, INFINITY, INFINITY};
    /* close to 1 the difference is rounding; start where it is surely past the root */
    double high = 1 - 1e-9;
    double sigma = quad_meets(beyond, &r, 0, 0, high), lambda = 1 / between->mean;
    double wq = sigma / (mu * (1 - sigma));
    return (struct gim1){rho, sigma, wq + 1 / mu, wq, lambda * (wq + 1 / mu), lambda * wq};
}

double gim1_wait_quantile(const struct gim1 *x, double mu, double p)
{
    return fmax(0, log(x->sigma / (1 - p)) / (mu * (1 - x->sigma)));
}

double gim1_sojourn_quantile(const struct gim1 *x, double mu, double p)
{
    return -log1p(-p) / (mu * (1 - x->sigma));
}

double gg_allen_cunneen(double lambda, double mean, unsigned c, double ca2, double cs2)
{
    return mmc_solve(lambda, 1 / mean, c).wq * (ca2 + cs2) / 2;
}

double gg_qna(double lambda, double mean, double ca2, double cs2)
{
    double rho = lambda * mean, g = 1;
    if (!(rho < 1))
        return INFINITY;
    if (ca2 < 1)
        g = exp(-2 * (1 - rho) / (3 * rho) * pow(1 - ca2, 2) / (ca2 + cs2));
    return mean * rho / (1 - rho) * (ca2 + cs2) / 2 * g;
}

double gg_kingman_bound(double lambda, double mean, double ca2, double cs2)
{
    double rho = lambda * mean;
    return rho < 1 ? lambda * (ca2 / lambda / lambda + cs2 * mean * mean) / (2 * (1 - rho))
                   : INFINITY;
}
