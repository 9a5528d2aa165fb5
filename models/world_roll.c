/* world_roll.c - all observers of a trial at once: rolled when the clock comes to the end of a bucket, so that those who observe
 * need not look at it; reset when the warm-up ends; closed. Shares have nothing of their own, and levels that stand behind them
 * and are no metric were never extended. */
#include "world_metrics.h"

/* What is done to each of them. */
typedef void (*deed)(enum obs_kind, void *observer, sim_time);

static void to_all(struct world *w, deed what, sim_time at)
{
    for (uint32_t i = 0; i < w->n_metric; i++)
        if ((w->metric[i].def->flags & METRIC_SHARE) == 0)
            what(w->metric[i].def->kind, w->metric[i].observer, at);
}

static void roll(enum obs_kind kind, void *observer, sim_time at)
{
    if (kind == OBS_COUNTER)
        obs_counter_roll(observer, at);
    else if (kind == OBS_LEVEL)
        obs_level_roll(observer, at);
    else
        obs_tally_roll(observer, at);
}

static void reset(enum obs_kind kind, void *observer, sim_time at)
{
    if (kind == OBS_COUNTER)
        obs_counter_reset(observer);
    else if (kind == OBS_LEVEL)
        obs_level_reset(observer, at);
    else
        obs_tally_reset(observer);
}

static void end(enum obs_kind kind, void *observer, sim_time at)
{
    (void)at;
    if (kind == OBS_COUNTER)
        obs_counter_close(observer);
    else if (kind == OBS_LEVEL)
        obs_level_close(observer);
    else
        obs_tally_close(observer);
}

/* The end of the buckets, or sooner where they are long. */
static sim_time next_roll(const struct world *w, sim_time at)
{
    sim_time next = at + OBS_ROLL, interval = w->spec->interval;
    if (!w->spec->series || interval - at % interval > OBS_ROLL)
        return next;
    return at - at % interval + interval;
}

static sim_time roll_all(void *owner, sim_time at)
{
    struct world *w = owner;
    to_all(w, roll, at);
    return next_roll(w, at);
}

void metrics_start(struct world *w)
{
    sim_ring(w->sim, next_roll(w, 0), roll_all, w);
}

void metrics_reset(struct world *w)
{
    to_all(w, reset, world_now(w));
}

void metrics_close(struct world *w)
{
    to_all(w, end, 0);
}
