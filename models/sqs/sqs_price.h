/* sqs_price.h - what the use of queues costs (section 25) and how many KMS requests it makes
 * (SQS-141). Money in nano-dollars: every price per request is a whole number of them. */
#ifndef SQS_PRICE_H
#define SQS_PRICE_H

#include <stdint.h>

/* Requests that an API call counts for, by the payload of the whole call (SQS-147). */
static inline uint64_t price_requests(uint64_t bytes)
{
    return bytes <= 65536 ? 1 : (bytes + 65535) / 65536;
}

struct price_use {           /* of one month */
    uint64_t standard, fifo; /* requests */
    uint64_t fair;           /* sends to standard queues with a group id (SQS-148) */
    int free_tier;           /* the first million, standard first (SQS-149) */
};
/* In 10^-9 dollars. */
__int128 price_month(const struct price_use *);

/* One queue's part of a period's KMS requests: (period / reuse) * (2 * producers + consumers),
 * rounded down. */
uint64_t price_kms(uint64_t period_s, uint64_t reuse_s, uint64_t producers, uint64_t consumers);

#endif
