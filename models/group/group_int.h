/* group_int.h - what the files of a group share. */
#ifndef GROUP_INT_H
#define GROUP_INT_H

#include "group.h"

struct group {
    struct group_config config;
    struct group_instance *instance; /* by id */
    uint32_t n, cap;
    uint64_t next_id;
    int64_t desired;
    sim_time now;    /* of the latest call */
    bool uneven;     /* there may be one too few or too many, or one to replace */
    bool simple;     /* an activity that a simple policy began runs */
    sim_time cooldown_end;
    uint32_t template; /* of new instances; older ones are to be refreshed */
    uint32_t healthy;  /* percent that a refresh keeps; 0: none runs */
    sim_time refresh_until; /* it waits for protected instances; SIM_NEVER: it does not */
    uint64_t billed;
    bool failed;
};

static inline bool group_going(const struct group_instance *i)
{
    return i->state >= GROUP_TERMINATING;
}
static inline bool group_ill(const struct group_instance *i)
{
    return i->sick || i->health == GROUP_UNHEALTHY;
}
/* group_heal.c: replaces one that is ill; false: there is none, or not now. */
bool group_heal(struct group *, struct call *);
/* How many there are to be, with those that come before an unhealthy one goes. */
int64_t group_want(const struct group *);
/* group_even.c: one step towards what is desired; false: there is none to do. */
bool group_even(struct group *, struct call *);
/* group_life.c; NULL: memory is short */
struct group_instance *group_add(struct group *, sim_time now);
bool group_launch(struct group *, struct call *);
void group_terminate(struct group *, struct call *, uint32_t index, enum group_why);
/* When something is due for the instance. */
sim_time group_due(const struct group *, const struct group_instance *);
void group_fire(struct group *, struct call *, uint32_t index);
/* Whether an activity that a cooldown waits for has come to its end. */
void group_settle_cooldown(struct group *);

#endif
