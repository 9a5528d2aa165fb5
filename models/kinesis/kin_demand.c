/* kin_demand.c - how an on-demand stream grows (KIN-60, KIN-61): each minute every open shard is
 * looked at; one that took more than half of its limit is split in the middle after a delay.
 * Shards are never merged: the service remembers peaks for 30 days. */
#include "kin_int.h"

#include "mem.h"

#define HOT_BYTES   (500000u * 60) /* in a minute */
#define HOT_RECORDS (500u * 60)

static bool may_grow(const struct kinesis *k)
{
    const struct kin_quota *q = k->config.quota;
    return k->n_open + k->n_growth < k->config.on_demand_max &&
           (q == NULL || q->open + k->n_growth < q->max);
}

static bool decide(struct kinesis *k, uint32_t shard, sim_time due)
{
    if (k->n_growth == k->cap_growth) {
        uint32_t cap = k->cap_growth == 0 ? 16 : k->cap_growth * 2;
        struct kin_growth *more = mem_get(cap * sizeof(*more));
        if (more == NULL)
            return false;
        for (uint32_t i = 0; i < k->n_growth; i++)
            more[i] = k->growth[(k->growth_head + i) % k->cap_growth];
        mem_release(k->growth);
        k->growth = more;
        k->growth_head = 0;
        k->cap_growth = cap;
    }
    uint32_t at = (k->growth_head + k->n_growth++) % k->cap_growth;
    k->growth[at] = (struct kin_growth){due, shard};
    return true;
}

/* When memory is short a shard waits for the next minute. */
void kin_minute(struct kinesis *k, struct call *c)
{
    for (uint32_t i = 0; i < k->n_open; i++) {
        struct kin_shard *s = kin_shard(k, k->open[i]);
        bool hot = s->minute_bytes > HOT_BYTES || s->minute_records > HOT_RECORDS;
        if (hot && !s->splitting && s->last - s->first > 1 && may_grow(k))
            s->splitting = decide(k, k->open[i], c->now + k->config.grow_delay);
        s->minute_bytes = 0;
        s->minute_records = 0;
    }
    k->minute += SIM_MIN;
}

static kin_hash middle_of(const struct kin_shard *s)
{
    return s->first + (s->last - s->first) / 2 + 1;
}

void kin_grow(struct kinesis *k, struct call *c)
{
    struct kin_growth *g = &k->growth[k->growth_head];
    const struct kin_shard *s = kin_shard(k, g->shard);
    if (!s->closed && !kin_do_split(k, c, g->shard, middle_of(s))) {
        call_effect(c, KIN_FX_NO_MEMORY, 0, 0, 0);
        g->due = c->now + SIM_S;
        return;
    }
    k->growth_head = (k->growth_head + 1) % k->cap_growth;
    k->n_growth--;
}

/* KIN-64: the widest shard is split, until there are as many as MiB/s are asked for. */
bool kin_warm_up(struct kinesis *k, struct call *c)
{
    if (k->n_open >= k->warm)
        return true;
    uint32_t widest = 0;
    for (uint32_t i = 1; i < k->n_open; i++) {
        const struct kin_shard *s = kin_shard(k, k->open[i]), *w = kin_shard(k, k->open[widest]);
        if (s->last - s->first > w->last - w->first)
            widest = i;
    }
    return kin_do_split(k, c, k->open[widest], middle_of(kin_shard(k, k->open[widest])));
}
