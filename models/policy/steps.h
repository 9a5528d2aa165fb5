/* steps.h - what a service or a worker does with a job after its own time: calls that it waits for, then messages that it
 * sends, in the order of the scenario. The first step that fails ends the walk with its verdict. A step may be several
 * calls at once (fan.c), of which some or all must succeed. */
#ifndef STEPS_H
#define STEPS_H

#include "caller.h"

struct steps {
    uint32_t              n;
    struct caller_policy *policy;
    bool                  straight; /* the first is made always, and is one call; not set: nobody has looked */
};
struct fan;
/* One walk under way; embedded in the activity, which outlives it. All zero is idle. */
struct steps_walk {
    const struct steps *steps;
    struct fan         *fan; /* while a step of several calls is under way */
    void (*done)(struct steps_walk *, enum call_verdict);
    uint32_t            at;
    struct caller       caller; /* last: what it seldom needs stands at its end */
};
struct steps_counters { /* the owner's; each may be NULL */
    struct obs_counter    *tries, *retries, *timeouts;
    struct caller_metrics *metrics;
};

/* calls, sends: VALUE_LISTs of caller_keys / caller_send_keys. In `wire`. false: memory is short. */
bool steps_init(struct steps *, struct entity *owner, const struct value *calls, const struct value *sends,
                struct steps_counters);
/* The same for one list, of that name. */
bool steps_init_list(struct steps *, struct entity *owner, const struct value *list, const char *name, struct steps_counters);
/* done is called once, perhaps inside. */
void steps_start(struct steps_walk *, const struct steps *, const struct job *,
                 void (*done)(struct steps_walk *, enum call_verdict));
/* In `check`: what is wrong with the settings of calls, sends and forwards, and calls that come back to the entity that makes
 * them, for they would never end. */
void steps_check(const struct spec *, const struct spec_entity *, struct problems *);
/* Whether what the entity forwards may be forwarded back to it. */
bool steps_ring(const struct spec *, const struct spec_entity *);
/* Whether a call that the entity forwards can come to where it is not forwarded on. */
bool steps_ends(const struct spec *, const struct spec_entity *);
/* Idle. (Zeroing all of it would cost more than many a walk.) */
static inline void steps_walk_init(struct steps_walk *w)
{
    w->fan = NULL;
    w->steps = NULL;
    w->caller.state = 0;
    w->caller.policy = NULL;
}
/* Drops the walk without a verdict; no-op when idle. */
void steps_stop(struct steps_walk *);

/* --- fan.c, for steps.c --- */

extern const uint32_t fan_bytes, fan_branch_bytes; /* items of the world's slabs */
/* Several calls at once; done as for a single one. */
void fan_start(struct steps_walk *, struct caller_policy *, const struct job *,
               void (*done)(struct steps_walk *, enum call_verdict));
void fan_stop(struct steps_walk *);

#endif
