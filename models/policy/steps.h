/* steps.h - what a service or a worker does with a job after its own time: calls that it waits for, then messages that it
 * sends, in the order of the scenario. The first step that fails ends the walk with its verdict. */
#ifndef STEPS_H
#define STEPS_H

#include "caller.h"

struct steps {
    uint32_t              n;
    struct caller_policy *policy;
};
/* One walk under way; embedded in the activity, which outlives it. All zero is idle. */
struct steps_walk {
    struct caller       caller;
    const struct steps *steps;
    uint32_t            at;
    void (*done)(struct steps_walk *, enum call_verdict);
};
struct steps_counters { /* the owner's; each may be NULL */
    struct obs_counter *tries, *retries, *timeouts;
};

/* calls, sends: VALUE_LISTs of caller_keys / caller_send_keys. In `wire`. false: memory is short. */
bool steps_init(struct steps *, struct entity *owner, const struct value *calls, const struct value *sends,
                struct steps_counters);
/* done is called once, perhaps inside. */
void steps_start(struct steps_walk *, const struct steps *, const struct job *,
                 void (*done)(struct steps_walk *, enum call_verdict));
/* In `check`: reports calls that come back to the entity that makes them, for they would never end. */
void steps_check(const struct spec *, const struct spec_entity *, struct problems *);
/* Drops the walk without a verdict; no-op when idle. */
void steps_stop(struct steps_walk *);

#endif
