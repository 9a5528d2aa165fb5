/* lam_law.c - functions without state, and one counter of datapoints. */
#include "lam_law.h"

#include "check.h"

sim_time lam_time(sim_time work, int64_t cpu, uint32_t memory_mb)
{
    CHECK(work >= 0 && cpu >= 0 && cpu <= LAM_PPB && memory_mb > 0);
    if (cpu == 0 || memory_mb >= LAM_VCPU_MB)
        return work;
    sim_time computes = (sim_time)((__int128)work * cpu / LAM_PPB);
    sim_time slower = (sim_time)((__int128)computes * LAM_VCPU_MB / memory_mb);
    return work - computes + slower;
}

sim_time lam_cold_start(enum lam_runtime r, bool image)
{
    static const int ms[LAM_RUNTIMES] = {
        [LAM_PYTHON] = 250, [LAM_NODEJS] = 250, [LAM_GO] = 120,
        [LAM_RUST] = 120,   [LAM_DOTNET] = 500, [LAM_JAVA] = 2000,
        [LAM_JAVA_SNAPSTART] = 120,
    };
    CHECK(r < LAM_RUNTIMES);
    return (ms[r] + (image ? 200 : 0)) * SIM_MS;
}

uint64_t lam_concurrency(uint64_t per_second, sim_time duration)
{
    unsigned __int128 n = (unsigned __int128)per_second * (uint64_t)duration;
    return (uint64_t)((n + SIM_S - 1) / SIM_S);
}

enum lam_alarm lam_track(struct lam_track *t, int64_t utilisation)
{
    t->above = utilisation > t->target ? t->above + 1 : 0;
    t->below = utilisation < t->target / 10 * 9 ? t->below + 1 : 0;
    return t->above >= 3 ? LAM_ALARM_OUT : t->below >= 3 ? LAM_ALARM_IN : LAM_ALARM_NONE;
}
