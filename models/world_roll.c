/* world_roll.c - all observers of a trial at once: rolled when the clock comes to the end of a bucket, so that those who observe
 * need not look at it; reset when the warm-up ends; closed. Shares have nothing of their own, and levels that stand behind them
 * and are no metric were never extended. */
#include "world_metrics.h"

static void roll(struct metric_slot *m, sim_time at)
{
    if (m->def->flags & METRIC_SHARE)
        return;
    if (m->def->kind == OBS_COUNTER)
        obs_counter_roll(m->observer, at);
    else if (m->def->kind == OBS_LEVEL)
        obs_level_roll(m->observer, at);
    else
        obs_tally_roll(m->observer, at);
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
    for (uint32_t i = 0; i < w->n_metric; i++)
        roll(&w->metric[i], at);
    return next_roll(w, at);
}

void metrics_start(struct world *w)
{
    sim_ring(w->sim, next_roll(w, 0), roll_all, w);
}

void metrics_reset(struct world *w)
{
    for (uint32_t i = 0; i < w->n_metric; i++) {
        struct metric_slot *m = &w->metric[i];
        if (m->def->flags & METRIC_SHARE)
            continue;
        if (m->def->kind == OBS_COUNTER)
            obs_counter_reset(m->observer);
        else if (m->def->kind == OBS_LEVEL)
            obs_level_reset(m->observer, world_now(w));
        else
            obs_tally_reset(m->observer);
    }
}

void metrics_close(struct world *w)
{
    for (uint32_t i = 0; i < w->n_metric; i++) {
        struct metric_slot *m = &w->metric[i];
        if (m->def->flags & METRIC_SHARE)
            continue;
        if (m->def->kind == OBS_COUNTER)
            obs_counter_close(m->observer);
        else if (m->def->kind == OBS_LEVEL)
            obs_level_close(m->observer);
        else
            obs_tally_close(m->observer);
    }
}
