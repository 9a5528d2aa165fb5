/* kin_price.h - how many shards a load needs, and what streams cost in us-east-1 (KIN-65, KIN-97).
 * Money in nano-dollars; a GB is 2^20 KiB, and each sum is rounded down once. */
#ifndef KIN_PRICE_H
#define KIN_PRICE_H

#include <stdint.h>

/* The formula of AWS, for records of whole KiB, and the limit on records per second beside it. */
uint32_t kin_shards_for(uint64_t records_per_s, uint64_t bytes, uint32_t consumers);
/* PUT payload units of a record: started 25 KB. */
static inline uint64_t kin_put_units(uint64_t bytes)
{
    return bytes <= 25600 ? 1 : (bytes + 25599) / 25600;
}

enum kin_plan { KIN_PLAN_PROVISIONED, KIN_PLAN_ON_DEMAND, KIN_PLAN_ADVANTAGE };
struct kin_price_use {
    enum kin_plan plan;
    uint64_t hours; /* Advantage: of the account, for its minimum */
    uint64_t shard_hours, put_units;
    uint64_t extended_hours; /* shard-hours with more than 24 h, at most 7 d of it (provisioned) */
    uint64_t fan_out_hours;  /* consumer-shard-hours */
    uint64_t fan_out_kib;
    uint64_t stream_hours;                         /* on-demand */
    uint64_t in_kib, out_kib;                      /* on-demand: records rounded up to 1 KiB */
    uint64_t extended_kib_months, long_kib_months; /* kept 1 to 7 days; kept longer */
    uint64_t long_out_kib;                         /* read again after 7 days */
};
__int128 kin_price(const struct kin_price_use *);

#endif
