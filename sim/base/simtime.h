/* simtime.h - the one time type: signed 64-bit integer nanoseconds since the start of the run. */
#ifndef SIMTIME_H
#define SIMTIME_H

#include <stdint.h>

typedef int64_t sim_time;

#define SIM_NEVER INT64_MAX /* later than everything: nothing is pending */
#define SIM_NS    INT64_C(1)
#define SIM_US    INT64_C(1000)
#define SIM_MS    INT64_C(1000000)
#define SIM_S     INT64_C(1000000000)
#define SIM_MIN   (60 * SIM_S)
#define SIM_H     (60 * SIM_MIN)
#define SIM_DAY   (24 * SIM_H)

/* Seconds as a double, for statistics and charts only: nothing that decides an event uses it. */
static inline double sim_seconds(sim_time t)
{
    return (double)t / 1e9;
}

#endif
