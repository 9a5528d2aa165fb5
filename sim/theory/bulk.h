/* bulk.h - customers who come or are served many at a time. */
#ifndef BULK_H
#define BULK_H

#include "timelaw.h"

/* M^[X]/G/1: Poisson batches at rate batch_rate of X customers (moments x1 = E[X], x2 = E[X^2]).
 * The batch is one customer of M/G/1 whose service is that of all in it; a customer waits for the
 * batches before and for those before it in its own, E[S] (x2 / x1 - 1) / 2 on average. Gross and
 * Harris, ch. 3; Burke 1975. */
struct bulk_arrivals {
    double rho, p_empty;
    double wq_first; /* of the first of a batch */
    double wq, w, l;
};
struct bulk_arrivals bulk_arrivals(double batch_rate, double x1, double x2,
                                   const struct timelaw *service);

/* M/M^[1,K]/1: an idle server starts with whoever is there and takes up to K at once; a batch takes
 * an exponential time with rate mu, whatever its size. With n waiting at a busy server the chance
 * is proportional to r^n, where mu r^(K+1) - (lambda + mu) r + lambda = 0, 0 < r < 1 (Neuts's rule
 * with a = 1; Gross and Harris, ch. 3). */
struct bulk_service {
    double lq, wq, p_idle, batch;
};
struct bulk_service bulk_service(double lambda, double mu, unsigned k);

/* Batches closed `window` seconds after their first message, or as soon as they hold K
 * (renewal-reward over one batch). */
struct bulk_window {
    double batch;      /* mean size */
    double open;       /* mean time from the first message to the close */
    double wait;       /* mean over messages */
    double per_second; /* batches */
    double p_full;
};
struct bulk_window bulk_window(double lambda, double window, unsigned k);

#endif
