/* breaker.h - a circuit breaker. Closed, it counts outcomes; when too large a share of them are failures it opens, and no
 * call is made. After a while it is half open: a few probes are let through, and their outcome closes or opens it again.
 * One that stops retries only has no such states: it allows a retry while the failures are few among the calls. */
#ifndef BREAKER_H
#define BREAKER_H

#include "spec.h"

#define BREAKER_PARTS 10 /* of a window of time */

enum breaker_state { BREAKER_CLOSED, BREAKER_IS_OPEN, BREAKER_HALF_OPEN };
struct breaker_counts {
    uint64_t n, failed;
};
struct breaker {
    bool                  retries_only;
    int64_t               threshold; /* ppb */
    uint64_t              min_calls;
    sim_time              part, open; /* part: of the window; SIM_NEVER: since the beginning */
    uint32_t              probes;
    enum breaker_state    state;
    uint32_t              era;   /* counts changes of state: outcomes of calls from before do not count */
    sim_time              until; /* open */
    uint32_t              n_probing, n_passed;
    struct breaker_counts sum, at[BREAKER_PARTS];
    int64_t               now_part;
    uint8_t              *last; /* outcomes of the last calls, in a ring; NULL: not those */
    uint32_t              n_last, next_last;
};

struct arena;
bool breaker_open(struct breaker *, struct arena *, const struct value *group); /* false: memory is short */
/* A call may be made now (its outcome is to be told with *era). */
bool breaker_allows(struct breaker *, sim_time now, uint32_t *era);
bool breaker_allows_retry(struct breaker *, sim_time now);
void breaker_call(struct breaker *, sim_time now); /* a call, not an attempt, begins */
void breaker_outcome(struct breaker *, sim_time now, uint32_t era, bool failed);
/* The attempt ended without an outcome. */
void breaker_forget(struct breaker *, uint32_t era);

#endif
