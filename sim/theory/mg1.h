/* mg1.h - M/G/1: Poisson arrivals at rate lambda, one server, any service law, first come first
 * served; and the same with a server that sleeps when it finds nothing to do. */
#ifndef MG1_H
#define MG1_H

#include "timelaw.h"

/* Means after Pollaczek and Khinchine (1930/1932): Wq = lambda E[S^2] / (2 (1 - rho)). Second
 * moment by Takacs's recursion (1962): E[Wq^2] = 2 Wq^2 + lambda E[S^3] / (3 (1 - rho)). Kleinrock,
 * Queueing Systems I, ch. 5. */
struct mg1 {
    double rho, w, wq, l, lq;
    double var_wq; /* NAN where E[S^3] is unknown */
    double busy;   /* mean busy period, E[S] / (1 - rho) */
};
struct mg1 mg1_solve(double lambda, const struct timelaw *);

/* Law of the wait and of the sojourn, numerically: W(x) = 1 - rho + lambda * integral over 0 … x of
 * W(x - u) P(S > u) du, solved on two grids and extrapolated. The sojourn's law is the wait's,
 * convolved with the service law. Relative error of quantiles about 1e-7 for smooth laws, 1e-4 for
 * laws with jumps. NAN: the law is unknown (timelaw_known), or memory is short. */
struct mg1_laws;
struct mg1_laws *mg1_laws_open(double lambda, const struct timelaw *,
                               double p_max); /* quantiles up to p_max are wanted */
void mg1_laws_close(struct mg1_laws *);
double mg1_wait_cdf(const struct mg1_laws *, double t);
double mg1_sojourn_cdf(const struct mg1_laws *, double t);
double mg1_wait_quantile(const struct mg1_laws *, double p);
double mg1_sojourn_quantile(const struct mg1_laws *, double p);

/* M/G/1 with vacations: a server that finds nothing sleeps for a time V. Multiple: it sleeps again
 * as long as it finds nothing (a poller with an interval). Wq grows by E[V^2] / (2 E[V]): the
 * residual sleep met by an arrival (Fuhrmann and Cooper 1985; Doshi 1986; Takagi, Queueing Analysis
 * 1). Single: after one sleep it waits for work; Wq grows by lambda E[V^2] / (2 (E[exp(-lambda V)]
 * + lambda E[V])). */
struct vacation {
    double wq, w, lq;
    double empty_polls; /* multiple: per second, (1 - rho) / E[V] */
};
struct vacation vacation_multiple(double lambda, const struct timelaw *service,
                                  const struct timelaw *sleep);
struct vacation vacation_single(double lambda, const struct timelaw *service,
                                const struct timelaw *sleep);
/* Multiple vacations of constant length: the wait is M/G/1's plus a uniform part of the sleep. */
double vacation_wait_quantile(double lambda, const struct timelaw *service, double sleep, double p);

/* M/G/1 whose server needs a setup time D whenever it was idle: Wq grows by (2 E[D] + lambda
 * E[D^2]) / (2 (1 + lambda E[D])). Welch 1964. */
double mg1_setup_wait(double lambda, const struct timelaw *service, const struct timelaw *setup);

#endif
