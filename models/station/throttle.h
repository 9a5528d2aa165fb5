/* throttle.h - how many may pass: a token bucket that fills all the time, or so many in each window of time. In whole
 * numbers: a bucket's level counts parts of a token so small that a nanosecond fills in a whole number of them. */
#ifndef THROTTLE_H
#define THROTTLE_H

#include "quantity.h"
#include "simtime.h"
#include "spec.h"

struct throttle {
    bool     bucket, hint;
    int64_t  per_ns, token; /* a nanosecond's part; parts of a token */
    __int128 level, full;
    sim_time since;
    int64_t  limit, used;
    sim_time window, start; /* of the window */
};

/* group: the settings of throttle_keys. A bucket starts full. */
void throttle_open(struct throttle *, const struct value *group);
bool throttle_pass(struct throttle *, sim_time now);
/* When one could pass, if nobody else does; SIM_NEVER: it does not tell. */
sim_time throttle_retry_at(const struct throttle *, sim_time now);

#endif
