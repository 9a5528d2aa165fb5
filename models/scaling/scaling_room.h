/* scaling_room.h - a policy in a run: what its laws, its meter and its group share. */
#ifndef SCALING_ROOM_H
#define SCALING_ROOM_H

#include "control.h"
#include "eb_schedule.h"
#include "meter.h"
#include "scale_cooldown.h"
#include "scale_keda.h"
#include "scale_predict.h"
#include "scale_step.h"
#include "scale_target.h"
#include "scaling_keys.h"
#include "world.h"

struct scaling_time { /* one scheduled action */
    struct scaling *policy;
    const struct value *what;
    struct sim_timer timer;
    struct eb_schedule schedule;
    int64_t clock_s, fires_s; /* of the calendar: the run's beginning, and its next time */
};
struct scaling_setting { /* a target without a group */
    struct entity *entity; /* NULL: there is a group */
    unsigned key;
    int64_t min, max, now;
    bool refused;          /* the latest change was (ASG-50) */
    sim_time simple_until; /* a simple policy's cooldown */
    struct sim_timer timer;
};
struct scaling {
    struct entity e; /* first */
    struct scaling_setting setting;
    struct entity *group; /* or the policy itself, for its setting */
    const struct scale_ops *ops;
    enum scaling_policy policy;
    struct scale_member member;
    struct meter meter;
    struct scale_target target;
    struct scale_steps steps;
    int64_t by;
    struct scale_predict predict;
    sim_time predict_next;
    struct scale_keda keda;
    bool application; /* cooldowns of Application Auto Scaling */
    struct scale_cooldown cooldown;
    struct scaling_time *time;
    bool in;

    struct obs_level wants, high, low;
    struct obs_counter outs, ins, refused;
};

/* scaling_law.c */
struct scale_wish scaling_ask(struct scale_member *, const struct scale_view *);
void scaling_invoke(struct entity *, const struct trigger *);
/* scaling_time.c: scheduled actions */
void scaling_time_start(struct scaling *);
void scaling_check_times(const struct spec_entity *, struct problems *);
/* scaling_setting.c: the key that a kind is scaled by; false: it has none */
bool scaling_setting_key(const struct spec_entity *, unsigned *key);
extern const struct scale_ops scaling_setting_ops;
void scaling_setting_wire(struct scaling *, struct entity *target);
void scaling_setting_start(struct scaling *);
/* What was refused begins no cooldown: it is as it was before. */
void scaling_setting_settle(struct scaling *, const struct scale_cooldown *before);
/* scaling_check.c */
void scaling_check(const struct spec *, const struct spec_entity *, struct problems *);
void scaling_steps(const struct spec_entity *, struct scale_steps *);
/* A number as it was written: up to nine decimals. */
struct ratio scaling_ratio(double);

#endif
