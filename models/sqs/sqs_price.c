/* sqs_price.c - prices of us-east-1 (SQS-146). */
#include "sqs_price.h"

#define BILLION    UINT64_C(1000000000)
#define FREE_CALLS UINT64_C(1000000)

struct tier { /* up to so many requests in all, each at so many nano-dollars */
    uint64_t upto;
    int nano;
};
static const struct tier standard[] = {
    {100 * BILLION, 400}, {200 * BILLION, 300}, {UINT64_MAX, 240}};
static const struct tier fifo[] = {{100 * BILLION, 500}, {200 * BILLION, 400}, {UINT64_MAX, 350}};

/* The requests number `from` … `to` - 1 of the month. */
static __int128 tiered(const struct tier *t, uint64_t from, uint64_t to)
{
    __int128 sum = 0;
    for (uint64_t at = from; at < to; t++) {
        uint64_t end = to < t->upto ? to : t->upto;
        if (end <= at)
            continue;
        sum += (__int128)(end - at) * t->nano;
        at = end;
    }
    return sum;
}

__int128 price_month(const struct price_use *u)
{
    uint64_t left = u->free_tier ? FREE_CALLS : 0;
    uint64_t free_standard = u->standard < left ? u->standard : left;
    left -= free_standard;
    uint64_t free_fifo = u->fifo < left ? u->fifo : left;
    return tiered(standard, free_standard, u->standard) + tiered(fifo, free_fifo, u->fifo) +
           (__int128)u->fair * 100;
}

uint64_t price_kms(uint64_t period_s, uint64_t reuse_s, uint64_t producers, uint64_t consumers)
{
    return period_s * (2 * producers + consumers) / reuse_s;
}
