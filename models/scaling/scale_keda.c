/* scale_keda.c - two loops: KEDA's poll, and the sync of the Horizontal Pod Autoscaler. */
#include "scale_keda.h"

void scale_keda_default(struct scale_keda_config *c)
{
    *c = (struct scale_keda_config){.polling = 30 * SIM_S,
                                    .cooldown = 300 * SIM_S,
                                    .max = 100,
                                    .per_replica = 5,
                                    .sync = 15 * SIM_S,
                                    .tolerance = ratio_of(1, 10),
                                    .up_percent = 100,
                                    .up_pods = 4,
                                    .stabilisation = 300 * SIM_S};
}

int64_t scale_keda_load(const struct scale_keda_queue *q, bool in_flight, bool delayed)
{
    return q->visible + (in_flight ? q->in_flight : 0) + (delayed ? q->delayed : 0);
}

int64_t scale_keda_replicas(int64_t load, int64_t per_replica)
{
    return load / per_replica + (load % per_replica > 0);
}

void scale_keda_init(struct scale_keda *k, const struct scale_keda_config *c, int64_t replicas, sim_time now)
{
    *k = (struct scale_keda){.config = *c, .replicas = replicas};
    k->active_at = now + c->initial_cooldown - c->cooldown;
}

/* None stays none where there may be none: whether it is active is KEDA's to find out. */
void scale_keda_limits(struct scale_keda *k, int64_t min, int64_t max)
{
    k->config.min = min;
    k->config.max = max;
    k->replicas = k->replicas > max ? max : k->replicas;
    k->replicas = k->replicas < min ? min : k->replicas;
}

void scale_keda_poll(struct scale_keda *k, sim_time now, int64_t load)
{
    const struct scale_keda_config *c = &k->config;
    k->load = load;
    if (load > c->activation) {
        k->active_at = now;
        if (k->replicas == 0)
            k->replicas = c->min > 1 ? c->min : 1;
    } else if (c->min == 0 && k->replicas > 0 && now - k->active_at >= c->cooldown) {
        k->replicas = 0;
        k->n_said = 0;
    }
}

/* Within the tolerance of its target per pod nothing changes. */
static int64_t recommend(const struct scale_keda *k, int64_t load)
{
    const struct scale_keda_config *c = &k->config;
    struct ratio off = ratio_sub(ratio_of(load, (__int128)c->per_replica * k->replicas), ratio_int(1));
    if (off.num < 0)
        off.num = -off.num;
    if (ratio_cmp(off, c->tolerance) <= 0)
        return k->replicas;
    int64_t wants = scale_keda_replicas(load, c->per_replica), low = c->min > 1 ? c->min : 1;
    wants = wants > c->max ? c->max : wants;
    return wants < low ? low : wants;
}

/* The highest recommendation that the window of stabilisation still holds. */
static int64_t stable(struct scale_keda *k, sim_time now, int64_t wants)
{
    uint64_t first = k->n_said > SCALE_HPA_KEEP ? k->n_said - SCALE_HPA_KEEP : 0;
    int64_t most = wants;
    for (uint64_t i = first; i < k->n_said; i++)
        if (k->said[i % SCALE_HPA_KEEP].at >= now - k->config.stabilisation && k->said[i % SCALE_HPA_KEEP].wants > most)
            most = k->said[i % SCALE_HPA_KEEP].wants;
    k->said[k->n_said % SCALE_HPA_KEEP].at = now;
    k->said[k->n_said++ % SCALE_HPA_KEEP].wants = wants;
    return most;
}

static int64_t at_most(const struct scale_keda *k)
{
    int64_t by_percent = k->replicas + scale_keda_replicas(k->replicas * k->config.up_percent, 100);
    int64_t by_pods = k->replicas + k->config.up_pods;
    return by_percent > by_pods ? by_percent : by_pods;
}

void scale_keda_sync(struct scale_keda *k, sim_time now, int64_t load)
{
    if (k->replicas == 0)
        return;
    int64_t wants = recommend(k, load), steady = stable(k, now, wants);
    if (wants > k->replicas)
        k->replicas = wants > at_most(k) ? at_most(k) : wants;
    else if (steady < k->replicas)
        k->replicas = steady;
}
