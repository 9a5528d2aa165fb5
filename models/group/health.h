/* health.h - how checks in a row come to a judgement: a load balancer's, a container's, EC2's own (ASG-41, ASG-42). Pure. */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "simtime.h"

enum health_kind {
    HEALTH_STATUS,   /* EC2's status checks: whether the machine answers */
    HEALTH_BALANCER, /* of a load balancer's target group */
    HEALTH_CONTAINER /* of a task's container */
};
struct health_config {
    enum health_kind kind;
    sim_time interval;  /* between the beginnings of checks; a container's: from the end of one to the beginning of the next */
    sim_time timeout;   /* without an answer for so long a check has failed */
    sim_time start;     /* a container's failures do not count for so long, as long as no check has passed */
    uint32_t unhealthy; /* failures in a row */
    uint32_t healthy;   /* successes in a row after that */
};
void health_config_default(struct health_config *, enum health_kind);
bool health_config_valid(const struct health_config *, struct err *);

enum health_state { HEALTH_INITIAL, HEALTH_GOOD, HEALTH_BAD };
struct health {
    enum health_state state;
    uint32_t failed, passed; /* in a row */
    sim_time since;          /* it began then */
};
void health_begin(struct health *, sim_time now);
/* A check that was sent then has ended; whether the judgement has changed. */
bool health_judge(struct health *, const struct health_config *, sim_time sent, bool passed);
const char *health_state_name(enum health_state);

#endif
