/* sns_quota.h - publish quotas (SNS-18 … 20): token buckets that hold a second's worth and refill
 * continuously. Tokens are counted in billionths of one, which makes the refill an integer. */
#ifndef SNS_QUOTA_H
#define SNS_QUOTA_H

#include <stdbool.h>

#include "simtime.h"

struct sns_bucket { /* zero: full at time 0 */
    int64_t used;   /* of a second's worth, in billionths of a token */
    sim_time at;
};
/* There are n tokens now. rate 0: always. */
bool sns_bucket_has(const struct sns_bucket *, uint32_t rate, sim_time now, uint64_t n);
void sns_bucket_take(struct sns_bucket *, uint32_t rate, sim_time now, uint64_t n);

/* The quotas of an account in a region: all its topics together. */
struct sns_region {
    uint32_t standard_rate, fifo_rate; /* messages a second; 0: none */
    struct sns_bucket standard, fifo;
};
/* The rates that AWS documents for a region (SNS-18), where the profile asks for them. */
void sns_region_rates(struct sns_region *, const char *region);

#endif
