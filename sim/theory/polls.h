/* polls.h - how many receive calls a queue's pollers make, and how long messages wait for a poll.
 * Processing takes no time here; where it does, busy pollers do not poll and the calls are fewer.
 */
#ifndef POLLS_H
#define POLLS_H

#define POLLS_MONTH (30 * 86400.0) /* seconds of the 30 days that bills are compared by */

struct polls {
    double per_second;
    double empty; /* share of calls that bring nothing */
    double delay; /* mean time that a message waits */
};
/* Long polls that wait `wait` seconds, Poisson messages, each to a random one of the waiting
 * pollers: a call lasts min(Exp(lambda / n), wait), so calls = lambda / (1 - exp(-lambda wait /
 * n)); n / wait when nothing comes. */
struct polls polls_long(double lambda, double wait, unsigned n);
/* Each poller asks every `interval` seconds, with independent phases; one call takes all there is.
 * `empty` is exact for one poller and NAN for more. */
struct polls polls_short(double lambda, double interval, unsigned n);
/* A poll that takes all comes at intervals with mean m1 and second moment m2: m2 / (2 m1). */
double polls_renewal_delay(double m1, double m2);
/* Mean size of what a poll at fixed intervals brings, when it brings something. */
double polls_batch_nonempty(double lambda, double interval);

/* A poll every `interval` seconds takes up to k messages: the chain of messages left behind,
 * iterated to its fixed point. NAN in all: memory is short. INFINITY when lambda interval >= k. */
struct polls_take {
    double delay, left, p_none_left;
};
struct polls_take polls_take(double lambda, double interval, unsigned k);

/* One server that goes round n like queues with Poisson arrivals of rate lambda each, with a
 * switchover of mean r and variance r_var between them. Takagi, Analysis of Polling Systems (1986).
 * rho = n lambda E[S]. */
enum polls_visit { POLLS_EXHAUSTIVE, POLLS_GATED, POLLS_ONE };
double polls_cycle(unsigned n, double lambda, double mean, double r); /* n r / (1 - rho) */
double polls_cyclic_wait(enum polls_visit, unsigned n, double lambda, double mean, double m2,
                         double r, double r_var);

#endif
