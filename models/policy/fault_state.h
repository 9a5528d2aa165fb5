/* fault_state.h - what a fault does to a time, in one place for every room. */
#ifndef FAULT_STATE_H
#define FAULT_STATE_H

#include "room.h"

#define FAULT_TIME_MAX (INT64_C(1) << 62)

/* A service time that starts while FAULT_SLOW is in force, rounded to the nearest nanosecond. */
static inline sim_time fault_slowed(const struct fault_state *f, sim_time t)
{
    double slowed = (double)t * f->factor + 0.5;
    return slowed < (double)FAULT_TIME_MAX ? (sim_time)slowed : FAULT_TIME_MAX;
}

#endif
