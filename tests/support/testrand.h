/* testrand.h - random numbers for tests, independent of the engine's (splitmix64). The seed is
 * printed; TEST_SEED in the environment replaces it, to bring a failure back or to look for new
 * ones. */
#ifndef TESTRAND_H
#define TESTRAND_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct testrand {
    uint64_t state;
};

static inline struct testrand testrand_open(const char *test, uint64_t seed)
{
    const char *given = getenv("TEST_SEED");
    if (given != NULL)
        seed = strtoull(given, NULL, 0);
    printf("%s: TEST_SEED=%" PRIu64 "\n", test, seed);
    return (struct testrand){seed};
}

static inline uint64_t testrand_u64(struct testrand *r)
{
    uint64_t x = r->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* 0 … n-1; the bias is far below what a test can see. */
static inline uint64_t testrand_below(struct testrand *r, uint64_t n)
{
    return (uint64_t)((unsigned __int128)testrand_u64(r) * n >> 64);
}

#endif
