/* sns_price.h - what the use of topics costs in us-east-1 (section 11). Money in nano-dollars;
 * where AWS counts in GB (10^6 KB, SNS-85) the sum is rounded down once, at the end. */
#ifndef SNS_PRICE_H
#define SNS_PRICE_H

#include <stdint.h>

/* Publish requests that a Publish or PublishBatch of a standard topic counts for, by the payload of
 * the whole call (SNS-83). */
static inline uint64_t sns_price_requests(uint64_t bytes)
{
    return bytes <= 65536 ? 1 : (bytes + 65535) / 65536;
}

struct sns_price_use {                    /* of one month */
    uint64_t requests;                    /* standard topics, in 64 KB */
    uint64_t http, email, push, firehose; /* deliveries; to queues and functions they are free */
    uint64_t fifo, fifo_bytes;            /* publishes to FIFO topics */
    uint64_t fifo_delivered, fifo_delivered_bytes;
    uint64_t scanned_bytes; /* by filter policies on the body */
    int free_tier;
};
/* In 10^-9 dollars. */
__int128 sns_price_month(const struct sns_price_use *);

#endif
