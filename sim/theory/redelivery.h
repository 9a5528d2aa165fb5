/* redelivery.h - how often a message is received: service longer than the visibility timeout, and
 * workers that fail.
 *
 * Assumptions: a consumer is always idle and polls without delay, every receiver works to the end,
 * messages are independent. Derivations: docs/reference/theory.md. */
#ifndef REDELIVERY_H
#define REDELIVERY_H

#include "timelaw.h"

/* P(S > V). */
double redelivery_exceeds(const struct timelaw *, double visibility);

/* A delete with any receipt handle removes the message (stale_delete = honour): it is received an
 * (n+1)-th time when none of the first n works has ended by then, P(N > n) = product over i = 1 … n
 * of P(S > i V). */
double redelivery_any_above(const struct timelaw *, double visibility, unsigned n);
double redelivery_any_mean(const struct timelaw *, double visibility);

/* Only the latest handle works (stale_delete = ignore, and FIFO queues): each receive succeeds by
 * itself with P(S <= V), so N is geometric. */
double redelivery_latest_mean(const struct timelaw *, double visibility);
/* With a dead-letter queue after max_receive receives: share set aside q^R, mean (1 - q^R) / (1 -
 * q). */
double redelivery_latest_dead(const struct timelaw *, double visibility, unsigned max_receive);
double redelivery_latest_mean_cut(const struct timelaw *, double visibility, unsigned max_receive);

/* Each receive fails with chance p (the worker dies, and the message comes back when the visibility
 * timeout is over); after R failures it is a dead letter. */
struct redelivery_failures {
    double p_dead;           /* p^R */
    double receives;         /* (1 - p^R) / (1 - p) */
    double receives_success; /* given that it is not set aside */
    double latency_success;  /* V (receives_success - 1) + mean of S */
    double time_to_dead;     /* R V */
    double amplification;    /* 1 / (1 - p): receives without a dead-letter queue */
};
struct redelivery_failures redelivery_failures(double p, unsigned max_receive, double visibility,
                                               double mean_service);

/* A batch of n fails as a whole when one message is bad (chance p each): chance, and good messages
 * done again per bad one. */
double redelivery_batch_fails(double p, unsigned n);
double redelivery_batch_again(double p, unsigned n);

#endif
