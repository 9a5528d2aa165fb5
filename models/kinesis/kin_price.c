/* kin_price.c - prices of us-east-1. */
#include "kin_price.h"

#define KIB_PER_GIB     1048576
#define ADVANTAGE_KIB_S (25 * 1024) /* the least that is billed, in and out (KIN-63) */

static uint64_t ceiling(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

uint32_t kin_shards_for(uint64_t records_per_s, uint64_t bytes, uint32_t consumers)
{
    uint64_t in = records_per_s * ceiling(bytes, 1024);
    uint64_t n = most(ceiling(in, 1024), ceiling(in * consumers, 2048));
    return (uint32_t)most(most(n, ceiling(records_per_s, 1000)), 1);
}

static __int128 volume(uint64_t kib, int64_t nano_per_gib)
{
    return (__int128)kib * nano_per_gib / KIB_PER_GIB;
}

static __int128 provisioned(const struct kin_price_use *u)
{
    return (__int128)u->shard_hours * 15000000 + (__int128)u->put_units * 14 +
           (__int128)u->extended_hours * 20000000 + (__int128)u->fan_out_hours * 15000000 +
           volume(u->fan_out_kib, 13000000) + volume(u->long_kib_months, 23000000) +
           volume(u->long_out_kib, 21000000);
}

static __int128 standard(const struct kin_price_use *u)
{
    return (__int128)u->stream_hours * 40000000 + volume(u->in_kib, 80000000) +
           volume(u->out_kib, 40000000) + volume(u->fan_out_kib, 50000000) +
           volume(u->extended_kib_months, 100000000) + volume(u->long_kib_months, 23000000);
}

static __int128 advantage(const struct kin_price_use *u)
{
    uint64_t least = u->hours * 3600 * ADVANTAGE_KIB_S;
    uint64_t out = u->out_kib + u->fan_out_kib;
    return volume(most(u->in_kib, least), 32000000) + volume(most(out, least), 16000000) +
           volume(u->extended_kib_months + u->long_kib_months, 23000000);
}

__int128 kin_price(const struct kin_price_use *u)
{
    return u->plan == KIN_PLAN_PROVISIONED ? provisioned(u)
           : u->plan == KIN_PLAN_ON_DEMAND ? standard(u)
                                           : advantage(u);
}
