/* birthdeath.h - birth-and-death chains with finitely many states 0 … n-1: in the long run, and at
 * a moment. birth[i]: rate from i to i+1 (that of the last state is not used); death[i]: rate from
 * i to i-1 (death[0] neither). */
#ifndef BIRTHDEATH_H
#define BIRTHDEATH_H

#include <stdbool.h>
#include <stddef.h>

/* Long-run probabilities p[n], by detailed balance from the likeliest state outwards. Source:
 * Kleinrock, Queueing Systems I, ch. 3. */
void birthdeath_stationary(const double *birth, const double *death, size_t n, double *p);

/* Solves the Kolmogorov forward equations: p[n] at time 0 becomes p[n] at time t. Uniformization
 * (Jensen 1953; Gross and Harris, ch. 2): a Poisson number of steps of the jump chain. False:
 * memory is short, or it would take more than 10^10 multiplications. */
bool birthdeath_at(const double *birth, const double *death, size_t n, double *p, double t);

/* Sum of i p[i], and of max(i - c, 0) p[i]. */
double birthdeath_mean(const double *p, size_t n);
double birthdeath_excess(const double *p, size_t n, size_t c);

/* M/M/c from n0 customers at time 0, or, with lambda0 > 0, from the long run under lambda0: number
 * in system after a time t under lambda. The room is cut where it does not matter (1e-13). NAN: see
 * birthdeath_at, or the first long run does not exist. */
struct birthdeath_moment {
    double mean, p_empty;
};
struct birthdeath_moment birthdeath_mmc(double lambda, double mu, unsigned c, size_t n0,
                                        double lambda0, double t);

#endif
