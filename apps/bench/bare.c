/* bare.c - the observers of the bare loops. */
#include "bare.h"

void bare_observers_open(struct bare_observers *o, sim_time end)
{
    sim_time width = end / BARE_BUCKETS + 1;
    *o = (struct bare_observers){.width = width, .until = width};
    CHECK(width <= OBS_ROLL);
}

static void list(struct bare_observers *o, enum obs_kind kind, void *observer)
{
    CHECK(o->n[kind] < ARRAY_LEN(o->observer[kind]));
    o->observer[kind][o->n[kind]++] = observer;
}

static uint32_t buckets(int kind)
{
    return (kind & BARE_SERIES) != 0 ? BARE_BUCKETS : 0;
}

void bare_counter(struct bare_observers *o, struct obs_counter *c, int kind)
{
    obs_counter_init(c);
    if (!obs_counter_extend(c, buckets(kind), o->width))
        abort();
    list(o, OBS_COUNTER, c);
}

void bare_level(struct bare_observers *o, struct obs_level *l, int kind)
{
    obs_level_init(l, 0, 0);
    if (!obs_level_extend(l, (kind & BARE_HIST) != 0, buckets(kind), o->width))
        abort();
    list(o, OBS_LEVEL, l);
}

void bare_tally(struct bare_observers *o, struct obs_tally *t, int kind)
{
    obs_tally_init(t);
    if (!obs_tally_extend(t, (kind & BARE_HIST) != 0, buckets(kind), o->width))
        abort();
    list(o, OBS_TALLY, t);
}

void bare_roll(struct bare_observers *o, sim_time now)
{
    for (uint32_t i = 0; i < o->n[OBS_COUNTER]; i++)
        obs_counter_roll(o->observer[OBS_COUNTER][i], now);
    for (uint32_t i = 0; i < o->n[OBS_LEVEL]; i++)
        obs_level_roll(o->observer[OBS_LEVEL][i], now);
    for (uint32_t i = 0; i < o->n[OBS_TALLY]; i++)
        obs_tally_roll(o->observer[OBS_TALLY][i], now);
    o->until = now - now % o->width + o->width;
}
