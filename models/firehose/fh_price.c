/* fh_price.c - prices of us-east-1. */
#include "fh_price.h"

#include "check.h"

#define GIB INT64_C(1073741824)

/* Bytes by the tiers of a month: 500 TiB, then 1,500 more, then the rest. */
static __int128 ingested(__int128 bytes)
{
    static const struct {
        int64_t gib;
        int nano;
    } tier[] = {{512000, 29000000}, {1536000, 25000000}, {INT64_MAX / GIB, 20000000}};
    __int128 sum = 0;
    for (unsigned i = 0; i < ARRAY_LEN(tier) && bytes > 0; i++) {
        __int128 most = (__int128)tier[i].gib * GIB, here = bytes < most ? bytes : most;
        sum += here * tier[i].nano;
        bytes -= here;
    }
    return sum / GIB;
}

static __int128 volume(uint64_t bytes, int64_t nano_per_gib)
{
    return (__int128)bytes * nano_per_gib / GIB;
}

__int128 fh_price_month(const struct fh_price_use *u)
{
    return ingested((__int128)u->steps * FH_STEP) + volume(u->snowflake_bytes, 71000000) + volume(u->kafka_bytes, 55000000) +
           volume(u->converted_bytes, 18000000) + volume(u->partitioned_bytes, 20000000) + (__int128)u->partition_objects * 5000 +
           (__int128)u->parsing_hours * 70000000 + (__int128)u->zone_hours * 10000000 + volume(u->private_bytes, 10000000);
}
