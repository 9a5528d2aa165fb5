/* eb_bucket.h - calls per second as a bucket of tokens (EB-16): one second's worth at most, filled continuously. Exact:
 * tokens are counted in billionths, so that a nanosecond brings as many of them as the rate says. */
#ifndef EB_BUCKET_H
#define EB_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "simtime.h"

struct eb_bucket {
    uint32_t rate; /* a second; 0: no limit */
    int64_t level; /* billionths of a token */
    sim_time at;
};

static inline void eb_bucket_init(struct eb_bucket *b, uint32_t rate, sim_time now)
{
    *b = (struct eb_bucket){rate, (int64_t)rate * SIM_S, now};
}

static inline void eb_bucket_fill(struct eb_bucket *b, sim_time now)
{
    int64_t full = (int64_t)b->rate * SIM_S;
    if (now - b->at >= SIM_S)
        b->level = full;
    else
        b->level += (now - b->at) * b->rate;
    if (b->level > full)
        b->level = full;
    b->at = now;
}

/* n tokens or none. */
static inline bool eb_bucket_take_many(struct eb_bucket *b, sim_time now, uint32_t n)
{
    if (b->rate == 0)
        return true;
    eb_bucket_fill(b, now);
    if (b->level < n * SIM_S)
        return false;
    b->level -= n * SIM_S;
    return true;
}

static inline bool eb_bucket_take(struct eb_bucket *b, sim_time now)
{
    return eb_bucket_take_many(b, now, 1);
}

/* When a token is there again. */
static inline sim_time eb_bucket_next(struct eb_bucket *b, sim_time now)
{
    if (b->rate == 0)
        return now;
    eb_bucket_fill(b, now);
    return b->level >= SIM_S ? now : now + (SIM_S - b->level + b->rate - 1) / b->rate;
}

#endif
