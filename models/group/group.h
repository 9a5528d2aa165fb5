/* group.h - an EC2 Auto Scaling group, or the tasks of an ECS service: instances that come, serve and go, so that there are
 * as many as are desired (ASG-1 … ASG-10, ASG-32, ASG-33), and unhealthy ones are replaced (ASG-40 … ASG-45).
 *
 * A core: time comes in with each call, what happens to an instance goes out as an effect. How long an instance boots is
 * its owner's answer to GROUP_FX_LAUNCH; when it has finished what it had in hand is its owner's to say (group_idle). */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "err.h"

#define GROUP_MAX       10000 /* instances alive */
#define GROUP_ZONES_MAX 6

enum group_state {
    GROUP_PENDING,
    GROUP_PENDING_WAIT, /* a hook holds it before it serves */
    GROUP_IN_SERVICE,
    GROUP_TERMINATING, /* no new work; time to finish what it has */
    GROUP_TERMINATING_WAIT,
    GROUP_TERMINATED
};
enum group_why { GROUP_SCALING, GROUP_HEALTH, GROUP_SPOT, GROUP_REFRESH, GROUP_ABANDONED };
enum group_victim { GROUP_OLDEST, GROUP_NEWEST, GROUP_NEXT_HOUR };
enum group_health { GROUP_HEALTHY, GROUP_UNKNOWN, GROUP_UNHEALTHY };
enum group_protected { GROUP_WAIT, GROUP_REFRESH_ALL, GROUP_IGNORE }; /* what a refresh does with protected instances */

struct group_hook {
    bool on, abandon; /* abandon: what a timeout comes to; else it continues */
    sim_time timeout;
};
struct group_config {
    int64_t min, max, desired;
    sim_time warmup, cooldown, grace;
    sim_time drain; /* an instance that is to go is killed so long after it was told (ASG-4, ASG-5) */
    struct group_hook launch, terminate;
    enum group_victim victim; /* after balance of zones and the oldest template */
    uint32_t zones;
    bool protect;     /* instances are protected from scale-in as they come into service */
    bool balanced;    /* behind a load balancer: a cooldown after scale-in counts from the start of draining (ASG-10) */
    bool ready;       /* what is desired at first is in service, and warm, from the start */
    bool spot_drain;  /* an instance that is to be interrupted drains, and is replaced, from the notice on */
    sim_time spot_notice;
    bool checked;       /* a new instance's health is UNKNOWN until a check has found it out */
    uint32_t at_a_time; /* of those that checks find unhealthy: percent of the desired ones that may be away, or one (ASG-43) */
    uint32_t most;      /* ECS: a replacement comes first while there are no more than this percentage (ASG-44); 0: it does not */
    enum group_protected refresh;
    sim_time refresh_wait; /* GROUP_WAIT: so long, then the refresh fails (ASG-45) */
};
void group_config_default(struct group_config *);
bool group_config_valid(const struct group_config *, struct err *);

enum group_fx { /* b: the instance */
    GROUP_FX_LAUNCH,     /* it is Pending: answer with group_boots */
    GROUP_FX_WAIT,       /* a hook holds it; a: 1 when launching. group_complete, or its timeout, goes on */
    GROUP_FX_IN_SERVICE,
    GROUP_FX_WARM,
    GROUP_FX_STOP, /* it takes no more; a: enum group_why */
    GROUP_FX_END,  /* it is gone with what it has; a: why; c: seconds billed */
    GROUP_FX_REFRESHED /* a refresh is over; a: 1 when it failed; b: 0 */
};

struct group;
bool group_open(struct group **, const struct group_config *, sim_time now, struct err *);
void group_close(struct group *);
/* When group_advance is due; SIM_NEVER: nothing is. */
sim_time group_deadline(const struct group *);
/* One thing that is due at call->now: an instance's next state, or one more or one less of them. */
void group_advance(struct group *, struct call *);

/* The desired capacity, within the limits; what it became. */
int64_t group_set_desired(struct group *, sim_time now, int64_t desired);
/* Limits move the desired capacity with them. */
int64_t group_set_limits(struct group *, sim_time now, int64_t min, int64_t max);
/* A simple policy's adjustment: false while an activity runs or the cooldown lasts (ASG-9, ASG-24). */
bool group_simple(struct group *, sim_time now, int64_t desired);
sim_time group_cooldown_end(const struct group *); /* SIM_NEVER while the activity runs; else perhaps in the past */

/* Of one instance; an id that is gone is ignored. */
void group_boots(struct group *, uint64_t id, sim_time at);
void group_complete(struct group *, sim_time now, uint64_t id, bool carry_on);
void group_idle(struct group *, sim_time now, uint64_t id);
/* Somebody says that it is unhealthy: after its grace period it is replaced, whatever becomes of others. */
void group_sick(struct group *, sim_time now, uint64_t id);
/* It does not run any more: it is replaced at once (ASG-40). */
void group_lost(struct group *, sim_time now, uint64_t id);
/* What health checks find: unhealthy ones are replaced after their grace period, some at a time. */
void group_health(struct group *, sim_time now, uint64_t id, enum group_health);
void group_protect(struct group *, sim_time now, uint64_t id, bool on);
void group_interrupt(struct group *, sim_time now, uint64_t id);
/* Replaces all instances, keeping a share of the desired ones in service: percent. */
void group_refresh(struct group *, sim_time now, uint32_t healthy);

struct group_view {
    int64_t desired, min, max;
    int64_t pending, in_service, terminating; /* with those that wait for hooks */
    int64_t warm, warming; /* in service and warm; coming, or in service and not warm yet */
    int64_t unhealthy;     /* in service, but checks find them so */
    bool refreshing;
};
void group_view(const struct group *, sim_time now, struct group_view *);
struct group_instance {
    uint64_t id; /* from 1 on, in the order of launching */
    enum group_state state;
    enum group_why why; /* it goes */
    uint32_t zone, template;
    bool protected, sick;
    enum group_health health;
    bool noticed; /* its ill health counts: the grace period is over */
    enum { GROUP_SILENT, GROUP_CONTINUES, GROUP_ABANDONS } answer; /* of the hook that holds it */
    sim_time launched, in_service, warm_at;
    sim_time due;     /* of its state; SIM_NEVER: none, or its owner's to say */
    sim_time spot_at; /* it is interrupted; SIM_NEVER: it is not */
};
uint32_t group_size(const struct group *);
const struct group_instance *group_instance(const struct group *, uint32_t index); /* by age, the oldest first */
const struct group_instance *group_find(const struct group *, uint64_t id); /* NULL: gone */
/* Instance-seconds billed so far, of those that are gone and of those alive now (ASG-33). */
uint64_t group_billed(const struct group *, sim_time now);
uint64_t group_billed_one(sim_time from, sim_time to);
uint64_t group_launches(const struct group *);
bool group_failed(const struct group *); /* memory was short */

/* Invariants, for tests. */
void group_check(const struct group *, sim_time now);

/* Nano-dollars of billed seconds at a price per hour. */
__int128 group_cost(uint64_t seconds, int64_t nano_per_hour);

const char *group_state_name(enum group_state);

#endif
