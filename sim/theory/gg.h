/* gg.h - stations with general arrivals: GI/M/1 exactly, GI/G/c by approximation. ca2 and cs2 are
 * the squared coefficients of variation of the times between arrivals and of the service. */
#ifndef GG_H
#define GG_H

#include "timelaw.h"

/* GI/M/1: times between arrivals are independent with the law `between`, service exponential with
 * rate mu. sigma in (0, 1) solves sigma = E[exp(-mu (1 - sigma) A)]; an arrival finds n with chance
 * (1 - sigma) sigma^n. Kleinrock, Queueing Systems I, ch. 6; Gross and Harris, ch. 5. */
struct gim1 {
    double rho, sigma;   /* sigma = P(wait) */
    double w, wq, l, lq; /* wq = sigma / (mu (1 - sigma)) */
};
struct gim1 gim1_solve(const struct timelaw *between, double mu);
/* P(W > t) = exp(-mu (1 - sigma) t); P(Wq > t) is sigma times that. */
double gim1_wait_quantile(const struct gim1 *, double mu, double p);
double gim1_sojourn_quantile(const struct gim1 *, double mu, double p);

/* Allen and Cunneen: Wq of M/M/c times (ca2 + cs2) / 2. An approximation, exact for M/M/c and
 * M/G/1. Allen, Probability, Statistics and Queueing Theory, ch. 5. */
double gg_allen_cunneen(double lambda, double mean, unsigned c, double ca2, double cs2);
/* GI/G/1 with Kraemer and Langenbach-Belz's correction, as in Whitt's QNA (Bell System Technical
 * Journal 62, 1983). */
double gg_qna(double lambda, double mean, double ca2, double cs2);
/* GI/G/1: no more than lambda (var A + var S) / (2 (1 - rho)). Kingman 1962. */
double gg_kingman_bound(double lambda, double mean, double ca2, double cs2);

#endif
