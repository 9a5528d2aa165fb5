/* networks.c - see networks.h. */
#include "networks.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "mem.h"
#include "mm1.h"

double tandem_mean(unsigned k, double lambda, double mu)
{
    return lambda < mu ? k / (mu - lambda) : INFINITY;
}

double tandem_quantile(unsigned k, double lambda, double mu, double p)
{
    return lambda < mu ? gsl_cdf_gamma_Pinv(p, k, 1 / (mu - lambda)) : INFINITY;
}

double feedback_number(double lambda, double mu, double p_fail)
{
    return mm1_solve(lambda / (1 - p_fail), mu).l;
}

double feedback_time(double lambda, double mu, double p_fail)
{
    return feedback_number(lambda, mu, p_fail) / lambda;
}

double fork_join2_time(double lambda, double mu)
{
    return lambda < mu ? (12 - lambda / mu) / 8 / (mu - lambda) : INFINITY;
}

struct mva mva_solve(unsigned n, double think, const double *demand, size_t stations)
{
    struct mva x = {NAN, NAN};
    double *queue = mem_get_zero(
        stations, sizeof *queue); /* mean number at each station, with one client fewer */
    if (queue == NULL)
        return x;
    for (unsigned k = 1; k <= n; k++) {
        double response = 0;
        for (size_t i = 0; i < stations; i++)
            response += demand[i] * (1 + queue[i]);
        x = (struct mva){k / (think + response), response};
        for (size_t i = 0; i < stations; i++)
            queue[i] = x.throughput * demand[i] * (1 + queue[i]);
    }
    mem_release(queue);
    return x;
}

double mva_bound_throughput(double n, double think, double total, double largest)
{
    return fmin(n / (think + total), largest > 0 ? 1 / largest : INFINITY);
}

double mva_bound_response(double n, double think, double total, double largest)
{
    return fmax(total, n * largest - think);
}
