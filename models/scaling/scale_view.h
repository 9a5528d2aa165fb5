/* scale_view.h - what a policy sees of the group that it steers, and what it wishes. */
#ifndef SCALE_VIEW_H
#define SCALE_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "simtime.h"

struct scale_view {
    int64_t desired, min, max;
    int64_t warm;    /* in service and past their warm-up */
    int64_t warming; /* launching, or in service and warming up */
    bool held; /* a deployment or refresh runs: nothing is scaled in (ASG-31) */
    int64_t in_service; /* warm or not */
};

static inline int64_t scale_clamp(const struct scale_view *v, int64_t n)
{
    n = n > v->max ? v->max : n;
    return n < v->min ? v->min : n;
}

/* A policy's wish at an evaluation. */
struct scale_wish {
    bool has;    /* false: it has no opinion (no data), and so does not agree to scale in */
    bool out_only; /* scale-in is disabled: it is not asked about it */
    int64_t desired;
    int64_t floor; /* whatever else is chosen, not less than this, when something is (ASG-27) */
};
/* Of several policies the largest capacity wins: out when any wants it, in when all agree (ASG-16). */
int64_t scale_choose(const struct scale_view *, const struct scale_wish *, uint32_t n);

#endif
