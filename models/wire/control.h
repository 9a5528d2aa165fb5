/* control.h - TRIGGER and SCALE: alarms set off policies, policies change the size of a group. */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>

#include "ratio.h"
#include "scale_view.h"

struct entity;

/* An alarm in ALARM, as the policy sees it. */
struct trigger {
    bool above; /* it is an alarm of values above its threshold */
    struct ratio value, threshold;
};
struct trigger_ops {
    void (*invoke)(struct entity *, const struct trigger *);
};

/* A policy that has a wish at every evaluation; all those of a group are heard together (ASG-16). */
struct scale_member {
    struct scale_member *next;
    sim_time every; /* between evaluations: divides a minute */
    struct scale_wish (*ask)(struct scale_member *, const struct scale_view *);
    struct scale_wish last; /* what it answered */
    int64_t then;           /* desired when it did */
};
struct scale_ops {
    void (*view)(struct entity *, struct scale_view *);
    void (*resize)(struct entity *, int64_t desired); /* within the limits */
    /* A simple policy's: nothing happens while its cooldown lasts. */
    void (*simple)(struct entity *, int64_t desired);
    void (*limits)(struct entity *, int64_t min, int64_t max);
    void (*join)(struct entity *, struct scale_member *); /* when wired */
};

#endif
