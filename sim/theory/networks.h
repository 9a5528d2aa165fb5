/* networks.h - stations in a row and in a ring. */
#ifndef NETWORKS_H
#define NETWORKS_H

#include <stddef.h>

/* k M/M/1 stations in a row, each with rate mu: the sojourns are independent exponentials (Burke
 * 1956; Reich 1957), so the whole is Erlang(k) with mean k / (mu - lambda). */
double tandem_mean(unsigned k, double lambda, double mu);
double tandem_quantile(unsigned k, double lambda, double mu, double p);
/* M/M/1 whose customers come back to its end with chance p_fail until they succeed: number and
 * total time as M/M/1 with the arrival rate lambda / (1 - p_fail) (Jackson 1957). */
double feedback_number(double lambda, double mu, double p_fail);
double feedback_time(double lambda, double mu, double p_fail);
/* Two M/M/1 stations fed by one stream that forks; done when both are: (12 - rho) / 8 / (mu -
 * lambda). Flatto and Hahn 1984; Nelson and Tantawi 1988. */
double fork_join2_time(double lambda, double mu);

/* n clients that think and then visit stations with one exponential server each, of the given
 * demands (visits times service): exact mean value analysis, Reiser and Lavenberg 1980. */
struct mva {
    double throughput, response; /* utilisation of station i = throughput * demand[i] */
};
/* NAN: memory is short. */
struct mva mva_solve(unsigned n, double think, const double *demand, size_t stations);
/* Whatever the laws: throughput at most min(n / (think + total), 1 / largest), where largest is the
 * largest demand divided by the station's number of servers; response at least max(total, n *
 * largest - think). Denning and Buzen 1978. */
double mva_bound_throughput(double n, double think, double total, double largest);
double mva_bound_response(double n, double think, double total, double largest);

#endif
