/* retry_law.h - when a service that pushes tries again. SNS has four phases (SNS-41, 44): retries at once, then some after the
 * shortest delay, then some with a delay that grows, then some after the longest. EventBridge has one that doubles (EB-38).
 * A law is a value; nothing in it is allocated. */
#ifndef RETRY_LAW_H
#define RETRY_LAW_H

#include <stdbool.h>
#include <stdint.h>

#include "dice.h"
#include "err.h"
#include "simtime.h"

/* How the delays of the backoff phase grow from `min` to `max` (SNS-49); RETRY_DOUBLING: min, 2 min, 4 min … at most
 * max (EB-38). */
enum retry_curve { RETRY_LINEAR, RETRY_ARITHMETIC, RETRY_GEOMETRIC, RETRY_EXPONENTIAL, RETRY_DOUBLING };

struct retry_law {
    uint32_t immediate, pre, backoff, post; /* retries of each phase */
    sim_time min, max;                      /* pre-backoff delay, and where backoff starts; post-backoff, where it ends */
    enum retry_curve curve;
    bool jitter;                            /* full jitter, in the backoff phase (SNS-50) */
    sim_time max_age;                       /* since the delivery began (EB-37); SIM_NEVER: no limit */
};

/* The laws of SNS-41, SNS-43 and EB-37, without jitter. */
struct retry_law retry_law_aws(void);      /* SQS, Lambda, Firehose: 100,015 retries in 23 days */
struct retry_law retry_law_customer(void); /* SMTP, SMS, push: 50 in 6 hours */
struct retry_law retry_law_http(void);     /* the default of HTTP/S: 3, 20 s apart */
struct retry_law retry_law_eventbridge(uint32_t attempts, sim_time max_age);

/* Retries after the first attempt, all phases together. */
uint32_t retry_count(const struct retry_law *);
/* Delay before the k-th retry (1 … retry_count), from the end of the attempt before it, without jitter. */
sim_time retry_delay(const struct retry_law *, uint32_t k);
/* The same with the law's jitter: dice_roll over the delay in milliseconds (SNS-50, EB-38). */
sim_time retry_delay_drawn(const struct retry_law *, uint32_t k, struct dice *);
/* Sum of all delays, without jitter; SNS-44 allows 3,600 s for HTTP/S. */
sim_time retry_total(const struct retry_law *);
/* A delivery policy of HTTP/S by its fields as AWS has them (SNS-44): seconds and counts. retries: numRetries, all phases
 * together. false: *err says which bound it breaks (code InvalidParameter). */
bool retry_law_policy(struct retry_law *, int64_t min_s, int64_t max_s, int64_t retries, int64_t no_delay, int64_t min_delay,
                      int64_t max_delay, enum retry_curve, struct err *);

#endif
