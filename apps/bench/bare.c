/* bare.c - the observers of the bare loops. */
#include "bare.h"

static sim_time width(sim_time end)
{
    return end / BARE_BUCKETS + 1;
}

static uint32_t buckets(int kind)
{
    return (kind & BARE_SERIES) != 0 ? BARE_BUCKETS : 0;
}

void bare_counter(struct obs_counter *c, int kind, sim_time end)
{
    obs_counter_init(c);
    if (!obs_counter_extend(c, buckets(kind), width(end)))
        abort();
}

void bare_level(struct obs_level *l, int kind, sim_time end)
{
    obs_level_init(l, 0, 0);
    if (!obs_level_extend(l, (kind & BARE_HIST) != 0, buckets(kind), width(end)))
        abort();
}

void bare_tally(struct obs_tally *t, int kind, sim_time end)
{
    obs_tally_init(t);
    if (!obs_tally_extend(t, (kind & BARE_HIST) != 0, buckets(kind), width(end)))
        abort();
}
