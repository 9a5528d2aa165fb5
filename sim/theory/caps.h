/* caps.h - what no load passes: message groups, quotas, token buckets, and the share of the busiest
 * key. */
#ifndef CAPS_H
#define CAPS_H

#include "timelaw.h"

/* A FIFO queue works on one message (or one batch) of a group at a time. Poisson arrivals spread
 * evenly over the groups, and consumers enough: each group is an M/G/1 of its own with rate lambda
 * / groups (thinning of a Poisson stream). */
struct caps_groups {
    double throughput; /* at most: groups / E[S] */
    double rho;        /* of a group; the mean number of busy groups is groups * rho */
    double busy, backlog;
    double w, wq;
};
struct caps_groups caps_groups(double lambda, unsigned groups, const struct timelaw *service);
/* At most so many a second: the least of consumers / E[S], groups / E[S] and calls a second *
 * messages a call. INFINITY for what does not bind. */
double caps_fifo(double consumers, double groups, double mean_service, double calls_per_second,
                 double batch);

/* Poisson requests against a quota of `limit` in each window: share refused, E[(N - limit)+] /
 * E[N], and the chance that a window has more than the limit. */
double caps_window_refused(double lambda, double limit, double window);
double caps_window_over(double lambda, double limit, double window);

/* Evenly spaced requests (the i-th at i / rate) against a full bucket of `size` tokens that is
 * refilled continuously: how many of those that come before `duration` are admitted, and when the
 * first is not (INFINITY: never). Whole numbers in, exact arithmetic inside. */
struct caps_bucket {
    long offered, admitted;
    double first_refused;
};
struct caps_bucket caps_bucket(long rate, long refill, long size, long duration);

/* Zipf: key k of n is asked with chance proportional to k^-s. Share of the top keys together. */
double caps_zipf_top(unsigned n, double s, unsigned top);

/* A fixed window of `window` seconds opened by the first accepted copy (deduplication of a FIFO
 * queue) against Poisson copies: accepted per second lambda / (1 + lambda window), a type-I
 * counter. */
double caps_dedup_accepted(double lambda, double window);

#endif
