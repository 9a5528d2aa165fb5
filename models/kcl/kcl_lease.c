/* kcl_lease.c - the lease table: shards are found, their leases wait for parents, are given, run
 * out, are checkpointed and finished. */
#include "kcl_int.h"

#include <string.h>

#include "mem.h"

bool kcl_lease_known(const struct kcl *k, uint32_t shard)
{
    return shard < k->n_lease && k->lease[shard].state != KCL_UNKNOWN;
}

void kcl_tell(struct kcl *k, uint32_t shard)
{
    struct kcl_lease *l = &k->lease[shard];
    if (l->listed)
        return;
    l->listed = true;
    l->next = KCL_NONE;
    if (k->news_last == KCL_NONE)
        k->news_first = shard;
    else
        k->lease[k->news_last].next = shard;
    k->news_last = shard;
}

struct kcl_lease *kcl_held(struct kcl *k, uint32_t worker, uint32_t shard)
{
    CHECK(shard < k->n_lease);
    struct kcl_lease *l = &k->lease[shard];
    CHECK(l->state == KCL_HELD && l->owner == worker && l->told == worker);
    return l;
}

/* --- from one state to the next --- */

static void set_expiry(struct kcl *k, struct kcl_lease *l, sim_time expires)
{
    k->n_running_out -= l->expires != SIM_NEVER;
    k->n_running_out += expires != SIM_NEVER;
    l->expires = expires;
}

void kcl_give(struct kcl *k, sim_time now, uint32_t shard, uint32_t worker, bool over)
{
    struct kcl_lease *l = &k->lease[shard];
    CHECK(l->state == KCL_FREE && kcl_is_live(k, worker));
    l->state = KCL_HELD;
    l->owner = worker;
    l->token++;
    l->taken = now;
    l->since = 0;
    l->tell_yield = false;
    l->has_processed = l->has_checkpoint;
    l->processed = l->checkpoint;
    k->n_free--;
    k->worker[worker].leases++;
    k->counts.given++;
    k->counts.taken_over += over;
    kcl_tell(k, shard);
}

void kcl_free_lease(struct kcl *k, uint32_t shard)
{
    struct kcl_lease *l = &k->lease[shard];
    if (k->yielding == shard)
        kcl_yield_forget(k);
    set_expiry(k, l, SIM_NEVER);
    if (l->state == KCL_HELD)
        k->worker[l->owner].leases--;
    k->n_orphan -= l->state == KCL_ORPHAN;
    l->state = KCL_FREE;
    l->owner = KCL_NONE;
    k->n_free++;
    k->uneven = true;
    kcl_tell(k, shard);
}

/* When the worker renewed last: its passes are at thirds of the failover time, rounded up. */
static sim_time last_pass(const struct kcl *k, const struct kcl_worker *w, sim_time now)
{
    sim_time third = k->config.failover;
    if (third == 0)
        return now;
    __int128 n = (__int128)(now - w->joined) * 3 / third;
    return w->joined + (sim_time)((n * third + 2) / 3);
}

void kcl_run_out(struct kcl *k, sim_time now, uint32_t shard)
{
    struct kcl_lease *l = &k->lease[shard];
    if (l->expires != SIM_NEVER)
        return;
    sim_time renewed = last_pass(k, &k->worker[l->owner], now);
    set_expiry(k, l, (renewed > l->taken ? renewed : l->taken) + k->config.failover);
}

void kcl_renew(struct kcl *k, sim_time now, uint32_t shard)
{
    k->lease[shard].taken = now;
    set_expiry(k, &k->lease[shard], SIM_NEVER);
}

/* --- parents before children --- */

/* A parent that is in no list has expired: nobody will read it. But a child that the end of one
 * parent made known waits for the next list, for the other parent may be new. */
static bool is_finished(const struct kcl *k, const struct kcl_lease *l, uint32_t parent)
{
    if (parent == KCL_NONE)
        return true;
    if (!kcl_lease_known(k, parent))
        return l->in_list;
    return k->lease[parent].state == KCL_DONE || k->lease[parent].state == KCL_SKIPPED;
}

bool kcl_may_begin(const struct kcl *k, const struct kcl_lease *l)
{
    return is_finished(k, l, l->parent[0]) && is_finished(k, l, l->parent[1]);
}

static void set_free(struct kcl *k, struct kcl_lease *l)
{
    l->state = KCL_FREE;
    l->look = SIM_NEVER;
    k->n_waiting--;
    k->n_free++;
    k->uneven = true;
}

/* Those whose parents are finished now will see it when they look next. */
void kcl_parents(struct kcl *k, sim_time now)
{
    for (uint32_t i = 0; k->n_waiting > 0 && i < k->n_lease; i++) {
        struct kcl_lease *l = &k->lease[i];
        if (l->state != KCL_WAITS || l->look != SIM_NEVER || !kcl_may_begin(k, l))
            continue;
        sim_time poll = k->config.parent_poll, late = poll == 0 ? 0 : (now - l->found) % poll;
        l->look = late == 0 ? now : now + poll - late;
        if (l->look == now)
            set_free(k, l);
    }
}

void kcl_ripen(struct kcl *k, sim_time now)
{
    for (uint32_t i = 0; k->n_waiting > 0 && i < k->n_lease; i++)
        if (k->lease[i].state == KCL_WAITS && k->lease[i].look <= now)
            set_free(k, &k->lease[i]);
}

/* --- shards are found --- */

static bool room_for(struct kcl *k, uint32_t shard)
{
    if (shard < k->n_lease)
        return true;
    if (shard >= k->cap_lease) {
        uint32_t cap = shard + 16 + k->cap_lease;
        struct kcl_lease *more = mem_resize(k->lease, cap * sizeof(*more));
        if (more == NULL)
            return false;
        k->lease = more;
        k->cap_lease = cap;
    }
    memset(k->lease + k->n_lease, 0, (shard + 1 - k->n_lease) * sizeof(*k->lease));
    k->n_lease = shard + 1;
    return true;
}

/* Who wants only what is new begins with the shards that are open then; their children are read
 * from their beginning. */
static bool found(struct kcl *k, sim_time now, const struct kcl_shard *s)
{
    if (!room_for(k, s->shard))
        return false;
    struct kcl_lease *l = &k->lease[s->shard];
    if (l->state != KCL_UNKNOWN)
        return true;
    *l = (struct kcl_lease){.parent = {s->parent[0], s->parent[1]},
                            .owner = KCL_NONE,
                            .told = KCL_NONE,
                            .next = KCL_NONE,
                            .expires = SIM_NEVER,
                            .look = SIM_NEVER,
                            .found = now};
    bool latest = k->config.start == KCL_LATEST;
    l->from = latest && k->synced ? KCL_FROM_HORIZON : KCL_FROM_START;
    l->state = latest && !k->synced && !s->open ? KCL_SKIPPED : KCL_WAITS;
    k->n_waiting += l->state == KCL_WAITS;
    k->counts.created += l->state == KCL_WAITS;
    return true;
}

bool kcl_sync(struct kcl *k, sim_time now, const struct kcl_shard *s, uint32_t n)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < n; i++)
        ok = found(k, now, &s[i]);
    for (uint32_t i = 0; k->n_waiting > 0 && i < k->n_lease; i++)
        k->lease[i].in_list = true;
    k->synced = true;
    k->counts.syncs++;
    k->sync_at = k->config.shard_sync == SIM_NEVER ? SIM_NEVER : now + k->config.shard_sync;
    kcl_parents(k, now);
    kcl_due(k);
    return ok;
}

static void begin_anew(struct kcl *k, sim_time now, uint32_t shard)
{
    struct kcl_lease *l = &k->lease[shard];
    if (l->state == KCL_UNKNOWN)
        return;
    if (l->state == KCL_HELD || l->state == KCL_ORPHAN)
        kcl_free_lease(k, shard);
    k->n_free -= l->state == KCL_FREE;
    k->n_waiting += l->state != KCL_WAITS;
    l->state = KCL_WAITS;
    l->from = KCL_FROM_START;
    l->rewound = true;
    l->has_checkpoint = l->has_processed = false;
    l->look = SIM_NEVER;
    l->found = now;
    l->since = 0;
}

void kcl_rewind(struct kcl *k, sim_time now)
{
    for (uint32_t i = 0; i < k->n_lease; i++)
        begin_anew(k, now, i);
    kcl_parents(k, now);
    kcl_due(k);
}

/* --- progress --- */

void kcl_save(struct kcl *k, struct kcl_lease *l)
{
    if (l->since == 0)
        return;
    l->checkpoint = l->processed;
    l->has_checkpoint = true;
    l->since = 0;
    k->counts.checkpoints++;
}

void kcl_processed(struct kcl *k, uint32_t worker, uint32_t shard, uint64_t first, uint32_t n,
                   uint32_t *again)
{
    struct kcl_lease *l = kcl_held(k, worker, shard);
    uint64_t end = first + n;
    CHECK(!l->has_processed || first >= l->processed);
    *again =
        !l->has_high || first >= l->high ? 0 : (uint32_t)((end < l->high ? end : l->high) - first);
    k->counts.processed += n;
    k->counts.again += *again;
    l->processed = end;
    l->has_processed = true;
    if (!l->has_high || end > l->high)
        l->high = end;
    l->has_high = true;
    l->since += n;
}

void kcl_record_done(struct kcl *k, uint32_t worker, uint32_t shard)
{
    struct kcl_lease *l = kcl_held(k, worker, shard);
    if (k->config.checkpoint_every > 0 && l->since >= k->config.checkpoint_every)
        kcl_save(k, l);
}

void kcl_batch_done(struct kcl *k, uint32_t worker, uint32_t shard)
{
    struct kcl_lease *l = kcl_held(k, worker, shard);
    if (k->config.checkpoint_every == 0)
        kcl_save(k, l);
}

void kcl_checkpoint(struct kcl *k, uint32_t worker, uint32_t shard)
{
    kcl_save(k, kcl_held(k, worker, shard));
}

bool kcl_shard_end(struct kcl *k, sim_time now, uint32_t worker, uint32_t shard,
                   const struct kcl_shard *child, uint32_t n)
{
    struct kcl_lease *l = kcl_held(k, worker, shard);
    bool ok = true;
    if (k->yielding == shard)
        kcl_yield_forget(k);
    set_expiry(k, l, SIM_NEVER);
    k->worker[worker].leases--;
    k->counts.ended++;
    k->counts.checkpoints++;
    l->state = KCL_DONE;
    l->owner = l->told = KCL_NONE;
    l->checkpoint = l->processed;
    l->since = 0;
    k->uneven = true;
    for (uint32_t i = 0; ok && i < n; i++)
        ok = found(k, now, &child[i]);
    kcl_parents(k, now);
    kcl_due(k);
    return ok;
}
