/* scale_target.h - target tracking: two alarms around a target, and a capacity proportional to the metric (ASG-11 … ASG-20). */
#ifndef SCALE_TARGET_H
#define SCALE_TARGET_H

#include "cw_alarm.h"
#include "scale_view.h"

struct scale_target_config {
    struct ratio target;  /* > 0 */
    sim_time period;      /* 60 s, or 10 or 30 for metrics of high resolution (ASG-17) */
    uint32_t high, low;   /* datapoints: 3 above the target, 15 below `share` of it (ASG-14) */
    struct ratio share;
    bool in;              /* may scale in */
};
void scale_target_default(struct scale_target_config *);

struct scale_target {
    struct scale_target_config config;
    struct cw_alarm high, low;
};
void scale_target_init(struct scale_target *, const struct scale_target_config *, sim_time now);

/* Messages per instance that keep a latency (ASG-18). */
struct ratio scale_target_backlog(sim_time latency, sim_time per_message);

/* capacity * metric / target, rounded up (ASG-12, ASG-13). */
int64_t scale_target_capacity(int64_t capacity, struct ratio metric, struct ratio target);
/* What it comes to in a group: out, in, or the same. No scale-in while instances warm up (ASG-8). */
int64_t scale_target_out(const struct scale_view *, struct ratio metric, struct ratio target);
int64_t scale_target_in(const struct scale_view *, struct ratio metric, struct ratio target);

/* Evaluates the alarms; the wish of that instant. */
struct scale_wish scale_target_evaluate(struct scale_target *, const struct scale_view *, sim_time now, sim_time horizon,
                                        cw_alarm_reading *, void *ctx);

#endif
