/* bulk.c - see bulk.h. */
#include "bulk.h"

#include <math.h>

#include "mginf.h"
#include "quad.h"

struct bulk_arrivals bulk_arrivals(double batch_rate, double x1, double x2, const struct timelaw *s)
{
    double lambda = batch_rate * x1, rho = lambda * s->mean, variance = s->m2 - s->mean * s->mean;
    if (!(rho < 1))
        return (struct bulk_arrivals){rho, 0, INFINITY, INFINITY, INFINITY, INFINITY};
    double b2 = x1 * variance + x2 * s->mean * s->mean; /* E[(service of a batch)^2] */
    double first = batch_rate * b2 / (2 * (1 - rho)), wq = first + s->mean * (x2 / x1 - 1) / 2;
    return (struct bulk_arrivals){.rho = rho,
                                  .p_empty = 1 - rho,
                                  .wq_first = first,
                                  .wq = wq,
                                  .w = wq + s->mean,
                                  .l = lambda * (wq + s->mean)};
}

struct balance {
    double lambda, mu;
    double k;
};

/* Rises through zero at r: minus the balance, divided by (1 - r), which takes the root 1 away. */
static double balance(const void *of, double r)
{
    const struct balance *b = of;
    double powers = r * (1 - pow(r, b->k)) / (1 - r); /* r + … + r^K */
    return b->mu * powers - b->lambda;
}

struct bulk_service bulk_service(double lambda, double mu, unsigned k)
{
    struct balance b = {lambda, mu, k};
    if (!(lambda < k * mu))
        return (struct bulk_service){INFINITY, INFINITY, 0, k};
    double r = quad_meets(balance, &b, 0, 0, 1 - 1e-15);
    double busy0 =
        1 / (1 / (1 - r) + mu / lambda); /* chance of a busy server with nobody waiting */
    struct bulk_service x = {.p_idle = busy0 * mu / lambda, .lq = busy0 * r / ((1 - r) * (1 - r))};
    x.wq = x.lq / lambda;
    x.batch = lambda / (mu * (1 - x.p_idle));
    return x;
}

/* While the window is open further messages are Poisson: n of them there for (1/lambda) P(more than
 * n - 1 come in it). */
struct bulk_window bulk_window(double lambda, double window, unsigned k)
{
    double a = lambda * window, further = 0, waited = 0;
    for (unsigned n = 1; n < k; n++) {
        double reached = mginf_at_least(a, n); /* the batch comes to hold n + 1 */
        further += reached;
        waited += n * reached / lambda;
    }
    struct bulk_window x = {.batch = 1 + further, .open = fmin(window, further / lambda)};
    x.p_full = k > 1 ? mginf_at_least(a, k - 1) : 1;
    x.wait = waited / x.batch;
    x.per_second = 1 / (1 / lambda + x.open);
    return x;
}
