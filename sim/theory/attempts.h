/* attempts.h - a client that waits for an answer no longer than a timeout, and tries again. No
 * queueing at the server, unless said otherwise: attempts are independent with the law S. */
#ifndef ATTEMPTS_H
#define ATTEMPTS_H

#include "timelaw.h"

struct attempts {
    double p_timeout;       /* of one attempt: q = P(S > timeout) */
    double p_fails;         /* of all: q^n */
    double mean;            /* attempts: (1 - q^n) / (1 - q) */
    double latency_success; /* E[S | S <= timeout] + (timeout + pause) * mean number of failures
                               before the success */
};
struct attempts attempts_solve(const struct timelaw *, double timeout, unsigned n, double pause);
/* Time until the client knows, one way or the other (after the last failure there is no pause). */
double attempts_quantile(const struct timelaw *, double timeout, unsigned n, double pause,
                         double p);

/* Mean attempts when each fails by itself with chance p. */
double attempts_mean(double p, unsigned n);
/* Calls that reach the last of `layers` layers for one request, when it never answers and each
 * layer above tries n times. */
double attempts_amplification(unsigned layers, unsigned n);

/* M/M/1 whose clients give up after `timeout` while the server works on: e^{-(mu - lambda) timeout}
 * give up, the rest is goodput. */
double attempts_mm1_gives_up(double lambda, double mu, double timeout);

/* A breaker that stays open for `open` seconds, then lets one call through, against a backend that
 * is dead: calls that reach it per second 1 / (open + 1 / lambda), and the share that never leaves.
 */
double attempts_breaker_calls(double lambda, double open);
double attempts_breaker_short(double lambda, double open);

#endif
