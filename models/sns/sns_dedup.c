/* sns_dedup.c - what a FIFO topic remembers: publishes for five minutes, by id or by group and id
 * (SNS-23, 24), and the rate of each group until its bucket is full again (SNS-19). */
#include "sns_int.h"

#include "hash.h"

static struct dedup *dedup_at(const struct dedups *d, uint32_t i)
{
    return slab_at(&d->slab, i);
}
static struct group_rate *rate_at(const struct group_rates *g, uint32_t i)
{
    return slab_at(&g->slab, i);
}

void sns_dedup_init(struct sns *t)
{
    slab_init(&t->dedups.slab, sizeof(struct dedup));
    map64_init(&t->dedups.by_id);
    slab_init(&t->rates.slab, sizeof(struct group_rate));
    map64_init(&t->rates.by_group);
    t->dedups.oldest = t->dedups.newest = t->rates.oldest = t->rates.newest = NONE;
}

void sns_dedup_close(struct sns *t)
{
    slab_free(&t->dedups.slab);
    map64_free(&t->dedups.by_id);
    slab_free(&t->rates.slab);
    map64_free(&t->rates.by_group);
}

/* --- publishes --- */

static uint32_t scope_of(const struct sns *t, const struct sns_publish *p)
{
    return t->config.group_scope ? p->group : SNS_NO_GROUP;
}
static uint64_t key_of(uint64_t id, uint32_t group)
{
    return hash_mix(id ^ (uint64_t)group << 32);
}

static void forget(struct dedups *d, uint32_t i)
{
    struct dedup *x = dedup_at(d, i);
    uint64_t key = key_of(x->id, x->group), first = NONE;
    map64_get(&d->by_id, key, &first);
    if (first == i && x->chain == NONE) {
        map64_remove(&d->by_id, key);
    } else if (first == i) {
        map64_put(&d->by_id, key, x->chain); /* replaces: nothing is allocated */
    } else {
        uint32_t at = (uint32_t)first;
        while (dedup_at(d, at)->chain != i)
            at = dedup_at(d, at)->chain;
        dedup_at(d, at)->chain = x->chain;
    }
    slab_give(&d->slab, i);
}

void sns_dedup_expire(struct sns *t, sim_time now)
{
    struct dedups *d = &t->dedups;
    while (d->oldest != NONE && dedup_at(d, d->oldest)->at + WINDOW <= now) {
        uint32_t i = d->oldest;
        d->oldest = dedup_at(d, i)->newer;
        if (d->oldest == NONE)
            d->newest = NONE;
        forget(d, i);
    }
}

const struct dedup *sns_dedup_find(const struct sns *t, const struct sns_publish *p)
{
    const struct dedups *d = &t->dedups;
    uint32_t group = scope_of(t, p);
    uint64_t i = NONE;
    if (p->dedup == SNS_UNIQUE || !map64_get(&d->by_id, key_of(p->dedup, group), &i))
        return NULL;
    for (uint32_t at = (uint32_t)i; at != NONE; at = dedup_at(d, at)->chain) {
        const struct dedup *x = dedup_at(d, at);
        if (x->id == p->dedup && x->group == group)
            return x;
    }
    return NULL;
}

bool sns_dedup_note(struct sns *t, const struct sns_publish *p, const struct sns_published *as)
{
    struct dedups *d = &t->dedups;
    uint32_t i = slab_take(&d->slab), group = scope_of(t, p);
    uint64_t key = key_of(p->dedup, group), chain = NONE;
    if (i == NONE)
        return false;
    map64_get(&d->by_id, key, &chain);
    if (!map64_put(&d->by_id, key, i)) {
        slab_give(&d->slab, i);
        return false;
    }
    *dedup_at(d, i) =
        (struct dedup){p->dedup, as->id, as->sequence, t->now, group, (uint32_t)chain, NONE};
    if (d->newest == NONE)
        d->oldest = i;
    else
        dedup_at(d, d->newest)->newer = i;
    d->newest = i;
    return true;
}

void sns_dedup_check(const struct sns *t, sim_time now)
{
    const struct dedups *d = &t->dedups;
    uint32_t n = 0;
    sim_time before = INT64_MIN;
    for (uint32_t i = d->oldest; i != NONE; i = dedup_at(d, i)->newer, n++) {
        CHECK(dedup_at(d, i)->at >= before && dedup_at(d, i)->at <= now);
        before = dedup_at(d, i)->at;
    }
    CHECK(n == d->slab.n_live);
}

/* --- rates of groups --- */

static void rate_unlink(struct group_rates *g, uint32_t i)
{
    struct group_rate *r = rate_at(g, i);
    *(r->older == NONE ? &g->oldest : &rate_at(g, r->older)->newer) = r->newer;
    *(r->newer == NONE ? &g->newest : &rate_at(g, r->newer)->older) = r->older;
}

static void rate_append(struct group_rates *g, uint32_t i)
{
    struct group_rate *r = rate_at(g, i);
    r->newer = NONE;
    r->older = g->newest;
    *(g->newest == NONE ? &g->oldest : &rate_at(g, g->newest)->newer) = i;
    g->newest = i;
}

/* After a second each is full and need not be kept. */
static void drop_full(struct group_rates *g, sim_time now)
{
    while (g->oldest != NONE && rate_at(g, g->oldest)->bucket.at + SIM_S <= now) {
        uint32_t i = g->oldest;
        rate_unlink(g, i);
        map64_remove(&g->by_group, rate_at(g, i)->group);
        slab_give(&g->slab, i);
    }
}

bool group_has(struct sns *t, uint32_t group, uint64_t n, sim_time now)
{
    static const struct sns_bucket full;
    uint64_t i;
    bool known = map64_get(&t->rates.by_group, group, &i);
    return sns_bucket_has(known ? &rate_at(&t->rates, (uint32_t)i)->bucket : &full,
                          t->config.group_rate, now, n);
}

bool group_take(struct sns *t, uint32_t group, sim_time now)
{
    struct group_rates *g = &t->rates;
    uint64_t i;
    drop_full(g, now);
    if (map64_get(&g->by_group, group, &i)) {
        rate_unlink(g, (uint32_t)i);
    } else {
        i = slab_take(&g->slab);
        if (i == NONE)
            return false;
        if (!map64_put(&g->by_group, group, i)) {
            slab_give(&g->slab, (uint32_t)i);
            return false;
        }
        *rate_at(g, (uint32_t)i) = (struct group_rate){.group = group};
    }
    rate_append(g, (uint32_t)i);
    sns_bucket_take(&rate_at(g, (uint32_t)i)->bucket, t->config.group_rate, now, 1);
    return true;
}
