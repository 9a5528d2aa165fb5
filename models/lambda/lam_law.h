/* lam_law.h - what memory does to a handler's time (LAM-2, LAM-3), how long a cold start takes
 * (LAM-19, LAM-20), and when provisioned concurrency is scaled (LAM-13). */
#ifndef LAM_LAW_H
#define LAM_LAW_H

#include <stdbool.h>
#include <stdint.h>

#include "simtime.h"

#define LAM_VCPU_MB 1769
#define LAM_PPB     INT64_C(1000000000)

/* The time of work that takes `work` with a whole processor, of which the share `cpu` (ppb) computes
 * in one thread. */
sim_time lam_time(sim_time work, int64_t cpu, uint32_t memory_mb);

enum lam_runtime {
    LAM_PYTHON,
    LAM_NODEJS,
    LAM_GO,
    LAM_RUST,
    LAM_DOTNET,
    LAM_JAVA,
    LAM_JAVA_SNAPSTART,
    LAM_RUNTIMES
};
sim_time lam_cold_start(enum lam_runtime, bool image);
/* Its two parts: 80 % is init, which is billed. */
static inline sim_time lam_init_of(sim_time cold)
{
    return cold / 5 * 4 + cold % 5 * 4 / 5;
}

/* Mean concurrency of a load (LAM-5), rounded up; duration in ns. */
uint64_t lam_concurrency(uint64_t per_second, sim_time duration);

/* Target tracking on the utilisation of provisioned concurrency, a datapoint a minute; shares in
 * ppb. */
enum lam_alarm { LAM_ALARM_NONE, LAM_ALARM_OUT, LAM_ALARM_IN };
struct lam_track {
    int64_t  target;
    uint32_t above, below; /* datapoints in a row */
};
enum lam_alarm lam_track(struct lam_track *, int64_t utilisation);

#endif
