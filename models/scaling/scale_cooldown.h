/* scale_cooldown.h - cooldowns of Application Auto Scaling: they never hold back a scale-out (ASG-29 … ASG-31). */
#ifndef SCALE_COOLDOWN_H
#define SCALE_COOLDOWN_H

#include "scale_view.h"

struct scale_cooldown {
    sim_time out, in; /* settings */
    sim_time out_until, in_until;
    int64_t base; /* capacity before the scale-outs that a cooldown still counts */
};
void scale_cooldown_init(struct scale_cooldown *, sim_time out, sim_time in);
/* The capacity that an adjustment starts from: what a running scale-out cooldown added is not counted twice. */
int64_t scale_cooldown_base(const struct scale_cooldown *, sim_time now, int64_t current);
/* What a wish comes to now. */
int64_t scale_cooldown_apply(struct scale_cooldown *, sim_time now, int64_t current, int64_t wants);

#endif
