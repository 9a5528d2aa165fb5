/* sns_price.c - prices of us-east-1 (SNS-83 … 85). */
#include "sns_price.h"

#define BILLED_KB                                                                                  \
    1024 /* 64 KB of a message are 65,536 bytes; a million of them are 64 GB (SNS-85) */
#define NANO INT64_C(1000000000)

static uint64_t beyond(uint64_t n, uint64_t free, int free_tier)
{
    return !free_tier ? n : n > free ? n - free : 0;
}

/* nano-dollars for so many bytes at so many a GB, GB being 10^6 KB of 1,024 bytes. */
static __int128 volume(uint64_t bytes, int64_t nano_per_gb)
{
    return (__int128)bytes * nano_per_gb / (INT64_C(1000000) * BILLED_KB);
}

static __int128 standard(const struct sns_price_use *u)
{
    int f = u->free_tier;
    return (__int128)beyond(u->requests, 1000000, f) * (NANO / 2 / 1000000) +
           (__int128)beyond(u->http, 100000, f) * (NANO * 6 / 100 / 100000) +
           (__int128)beyond(u->email, 1000, f) * (NANO * 2 / 100000) +
           (__int128)beyond(u->push, 1000000, f) * (NANO / 2 / 1000000) +
           (__int128)u->firehose * (NANO * 19 / 100 / 1000000);
}

static __int128 fifo(const struct sns_price_use *u)
{
    return (__int128)u->fifo * (NANO * 3 / 10 / 1000000) + volume(u->fifo_bytes, 17000000) +
           (__int128)u->fifo_delivered * (NANO / 100 / 1000000) +
           volume(u->fifo_delivered_bytes, 1000000);
}

__int128 sns_price_month(const struct sns_price_use *u)
{
    return standard(u) + fifo(u) + volume(u->scanned_bytes, 90000000);
}
