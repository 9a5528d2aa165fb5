/* bare.c - the observers of the bare loops. */
#include "bare.h"

#define BUCKETS 240

static sim_time width(sim_time end)
{
    return end / BUCKETS + 1;
}

void bare_counter(struct obs_counter *c, int series, sim_time end)
{
    obs_counter_init(c);
    if (series && !obs_counter_extend(c, BUCKETS, width(end)))
        abort();
}

void bare_level(struct obs_level *l, int series, sim_time end, int64_t value)
{
    obs_level_init(l, 0, value);
    if (!obs_level_extend(l, true, series ? BUCKETS : 0, width(end)))
        abort();
}

void bare_tally(struct obs_tally *t, int series, sim_time end)
{
    obs_tally_init(t);
    if (!obs_tally_extend(t, true, series ? BUCKETS : 0, width(end)))
        abort();
}
