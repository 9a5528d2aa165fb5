/* lam_price.c - prices of us-east-1, in units of 10^-10 dollars a GB-second. */
#include "lam_price.h"

#define MB_MS_PER_GB_S 1024000
#define FREE_REQUESTS  1000000
#define FREE_GB_S      400000

struct tier {
    uint64_t gb_s;  /* so many more */
    int64_t  price; /* 10^-10 dollars */
};
static const struct tier tiers[2][3] = {
    [LAM_X86] = {{6000000000, 166667}, {9000000000, 150000}, {UINT64_MAX, 133334}},
    [LAM_ARM] = {{7500000000, 133334}, {11250000000, 120001}, {UINT64_MAX, 106667}},
};
static const int64_t provisioned_unit[2] = {[LAM_X86] = 41667, [LAM_ARM] = 33334};
static const int64_t provisioned_time[2] = {[LAM_X86] = 97222, [LAM_ARM] = 77778};

/* 10^-10 dollars times MB-ms per GB-s: divided at the end, once. */
static __int128 on_demand(enum lam_arch arch, uint64_t mb_ms)
{
    __int128 left = mb_ms, sum = 0;
    for (unsigned i = 0; i < 3 && left > 0; i++) {
        __int128 most = (__int128)tiers[arch][i].gb_s * MB_MS_PER_GB_S;
        __int128 part = left < most ? left : most;
        sum += part * tiers[arch][i].price;
        left -= part;
    }
    return sum;
}

static uint64_t above(uint64_t n, uint64_t nothing)
{
    return n > nothing ? n - nothing : 0;
}

__int128 lam_price(const struct lam_use *u)
{
    uint64_t requests = u->free_tier ? above(u->requests, FREE_REQUESTS) : u->requests;
    uint64_t paid = (uint64_t)FREE_GB_S * MB_MS_PER_GB_S;
    paid = u->free_tier ? above(u->mb_ms, paid) : u->mb_ms;
    __int128 sum = on_demand(u->arch, paid);
    sum += (__int128)u->provisioned_mb_ms * provisioned_time[u->arch];
    sum += (__int128)u->configured_mb_ms * provisioned_unit[u->arch];
    sum += (__int128)u->storage_mb_ms * 309;
    return (__int128)requests * 200 + sum / MB_MS_PER_GB_S / 10;
}
