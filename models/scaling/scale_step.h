/* scale_step.h - step and simple scaling: an adjustment, by how far a metric is beyond an alarm's threshold (ASG-21 … ASG-25). */
#ifndef SCALE_STEP_H
#define SCALE_STEP_H

#include "err.h"
#include "ratio.h"
#include "scale_view.h"

#define SCALE_STEPS_MAX 20

enum scale_adjust { SCALE_CHANGE, SCALE_EXACT, SCALE_PERCENT };

struct scale_step { /* bounds from the threshold; not there: infinite */
    bool has_low, has_high;
    struct ratio low, high;
    int64_t adjustment; /* instances, or percent */
};
struct scale_steps {
    enum scale_adjust adjust;
    int64_t magnitude; /* the least change of a percentage; 0: none */
    uint32_t n;
    struct scale_step step[SCALE_STEPS_MAX];
};
/* In the order of their bounds, without gaps and overlaps (ASG-21). */
bool scale_steps_valid(const struct scale_steps *, struct err *);
/* NULL: no step is there. above: the alarm is one of values above its threshold. */
const struct scale_step *scale_step_find(const struct scale_steps *, bool above, struct ratio metric, struct ratio threshold);

/* A percentage's instances as whole ones (ASG-22). */
int64_t scale_round_percent(struct ratio);
/* Capacity after an adjustment, before any limits. */
int64_t scale_adjusted(enum scale_adjust, int64_t adjustment, int64_t magnitude, int64_t capacity);

/* The new desired capacity. Warming instances are capacity that has been asked for, and block scale-in (ASG-23, ASG-8). */
int64_t scale_step_desired(const struct scale_steps *, const struct scale_view *, bool above, struct ratio metric,
                           struct ratio threshold);
/* A simple policy's: whether it may act is the group's cooldown (ASG-24). */
int64_t scale_simple_desired(enum scale_adjust, int64_t adjustment, int64_t magnitude, const struct scale_view *);

#endif
