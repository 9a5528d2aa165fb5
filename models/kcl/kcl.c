/* kcl.c - an application's life: workers join, leave, crash; deadlines; news.
 *
 * Nothing happens for a renewal: a worker that lives renews all its leases every third of the
 * failover time, so when one stops, the time of the last renewal follows from when it joined. */
#include "kcl_int.h"

#include <string.h>

#include "mem.h"

void kcl_config_default(struct kcl_config *c)
{
    *c = (struct kcl_config){.start = KCL_TRIM_HORIZON,
                             .failover = 10 * SIM_S,
                             .shard_sync = 60 * SIM_S,
                             .parent_poll = 10 * SIM_S,
                             .balance = 20 * SIM_S,
                             .handoff = 30 * SIM_S};
}

bool kcl_open(struct kcl **out, const struct kcl_config *config, struct err *err)
{
    struct kcl *k = mem_get_zero(1, sizeof(*k));
    if (k == NULL)
        return err_set(err, ERR_OS, "memory is short");
    k->config = *config;
    k->news_first = k->news_last = k->yielding = k->yield_to = KCL_NONE;
    k->sync_at = k->balance_at = k->yield_by = k->due = SIM_NEVER;
    *out = k;
    return true;
}

void kcl_close(struct kcl *k)
{
    if (k == NULL)
        return;
    mem_release(k->lease);
    mem_release(k->worker);
    mem_release(k);
}

/* --- time --- */

static sim_time least(sim_time a, sim_time b)
{
    return a < b ? a : b;
}

void kcl_due(struct kcl *k)
{
    sim_time due = least(least(k->sync_at, k->balance_at), k->yield_by);
    for (uint32_t i = 0; (k->n_running_out > 0 || k->n_waiting > 0) && i < k->n_lease; i++) {
        const struct kcl_lease *l = &k->lease[i];
        if (l->state == KCL_WAITS)
            due = least(due, l->look);
        else if (l->state == KCL_HELD || l->state == KCL_ORPHAN)
            due = least(due, l->expires);
    }
    k->due = due;
}

sim_time kcl_deadline(const struct kcl *k)
{
    return k->due;
}

static void expire(struct kcl *k, sim_time now)
{
    for (uint32_t i = 0; k->n_running_out > 0 && i < k->n_lease; i++) {
        struct kcl_lease *l = &k->lease[i];
        if ((l->state == KCL_HELD || l->state == KCL_ORPHAN) && l->expires <= now)
            kcl_free_lease(k, i);
    }
}

void kcl_advance(struct kcl *k, sim_time now)
{
    expire(k, now);
    kcl_ripen(k, now);
    if (k->yield_by <= now)
        kcl_yield_late(k, now);
    if (k->balance_at <= now)
        kcl_balance(k, now);
    if (k->sync_at <= now) {
        k->sync_asked = true;
        k->sync_at = SIM_NEVER;
    }
    kcl_due(k);
}

/* --- workers --- */

static bool room_for(struct kcl *k, uint32_t worker)
{
    if (worker < k->n_worker)
        return true;
    if (worker >= k->cap_worker) {
        uint32_t cap = worker + 8 + k->cap_worker;
        struct kcl_worker *more = mem_resize(k->worker, cap * sizeof(*more));
        if (more == NULL)
            return false;
        k->worker = more;
        k->cap_worker = cap;
    }
    memset(k->worker + k->n_worker, 0, (worker + 1 - k->n_worker) * sizeof(*k->worker));
    k->n_worker = worker + 1;
    return true;
}

bool kcl_join(struct kcl *k, sim_time now, uint32_t worker)
{
    if (!room_for(k, worker))
        return false;
    struct kcl_worker *w = &k->worker[worker];
    CHECK(w->state == WORKER_GONE && w->leases == 0);
    *w = (struct kcl_worker){.state = WORKER_LIVE, .joined = now};
    k->n_live++;
    k->uneven = true;
    if (!k->synced || k->sync_at == SIM_NEVER)
        k->sync_asked = true;
    return true;
}

/* Where a lease was to move to: nobody is there any more. */
static void forget_thief(struct kcl *k, uint32_t worker)
{
    if (k->yield_to == worker)
        k->yield_to = KCL_NONE;
}

static void takes_no_more(struct kcl *k, uint32_t worker)
{
    k->n_live -= kcl_takes(&k->worker[worker]);
    k->uneven = true;
    forget_thief(k, worker);
}

static void no_more(struct kcl *k, uint32_t worker)
{
    takes_no_more(k, worker);
    k->worker[worker].state = WORKER_GONE;
    if (k->n_live == 0)
        k->sync_at = SIM_NEVER; /* nobody looks */
    kcl_due(k);
}

/* --- in good order --- */

static bool is_of(const struct kcl *k, uint32_t shard, uint32_t worker)
{
    return k->lease[shard].state == KCL_HELD && k->lease[shard].owner == worker;
}

static void tell_yields(struct kcl *k, uint32_t worker)
{
    for (uint32_t i = 0; k->worker[worker].leases > 0 && i < k->n_lease; i++)
        if (is_of(k, i, worker)) {
            k->lease[i].tell_yield = true;
            kcl_tell(k, i);
        }
}

/* One that stands still hears of it when it goes on. */
void kcl_retire(struct kcl *k, sim_time now, uint32_t worker, bool give_back)
{
    (void)now;
    CHECK(worker < k->n_worker && k->worker[worker].state != WORKER_GONE);
    struct kcl_worker *w = &k->worker[worker];
    if (w->leaving)
        return;
    takes_no_more(k, worker);
    w->leaving = true;
    w->gives_back = give_back;
    if (k->n_live == 0)
        k->sync_at = SIM_NEVER;
    if (w->state == WORKER_LIVE)
        tell_yields(k, worker);
    kcl_due(k);
}

void kcl_leave(struct kcl *k, sim_time now, uint32_t worker)
{
    (void)now;
    CHECK(worker < k->n_worker && k->worker[worker].state != WORKER_GONE);
    for (uint32_t i = 0; k->worker[worker].leases > 0 && i < k->n_lease; i++) {
        if (!is_of(k, i, worker))
            continue;
        kcl_save(k, &k->lease[i]);
        kcl_free_lease(k, i);
    }
    no_more(k, worker);
}

void kcl_orphan(struct kcl *k, sim_time now, uint32_t shard)
{
    struct kcl_lease *l = &k->lease[shard];
    kcl_run_out(k, now, shard);
    if (k->yielding == shard)
        kcl_yield_forget(k);
    k->worker[l->owner].leases--;
    l->state = KCL_ORPHAN;
    l->owner = KCL_NONE;
    k->n_orphan++;
    kcl_tell(k, shard);
}

void kcl_stop(struct kcl *k, sim_time now, uint32_t worker)
{
    CHECK(worker < k->n_worker && k->worker[worker].state != WORKER_GONE);
    for (uint32_t i = 0; k->worker[worker].leases > 0 && i < k->n_lease; i++) {
        if (is_of(k, i, worker))
            kcl_orphan(k, now, i);
    }
    no_more(k, worker);
    expire(k, now);
}

void kcl_freeze(struct kcl *k, sim_time now, uint32_t worker)
{
    CHECK(worker < k->n_worker && k->worker[worker].state == WORKER_LIVE);
    for (uint32_t i = 0; i < k->n_lease; i++)
        if (is_of(k, i, worker))
            kcl_run_out(k, now, i);
    takes_no_more(k, worker);
    k->worker[worker].state = WORKER_FROZEN;
    kcl_due(k);
}

void kcl_thaw(struct kcl *k, sim_time now, uint32_t worker)
{
    CHECK(worker < k->n_worker && k->worker[worker].state == WORKER_FROZEN);
    k->worker[worker].state = WORKER_LIVE;
    k->worker[worker].joined = now;
    k->n_live += kcl_takes(&k->worker[worker]);
    k->uneven = true;
    for (uint32_t i = 0; i < k->n_lease; i++)
        if (is_of(k, i, worker))
            kcl_renew(k, now, i);
    if (k->worker[worker].leaving)
        tell_yields(k, worker);
    kcl_due(k);
}

/* --- news --- */

static bool lease_news(struct kcl *k, uint32_t shard, struct kcl_news *out)
{
    struct kcl_lease *l = &k->lease[shard];
    bool held = l->state == KCL_HELD;
    *out = (struct kcl_news){.shard = shard};
    if (l->told != KCL_NONE && (!held || l->told_token != l->token)) {
        out->kind = KCL_NEWS_LOST;
        out->worker = l->told;
        l->told = KCL_NONE;
        return true;
    }
    if (held && l->told == KCL_NONE) {
        out->kind = KCL_NEWS_TAKEN;
        out->worker = l->told = l->owner;
        l->told_token = l->token;
        out->from = l->has_checkpoint ? KCL_FROM_SEQUENCE : l->from;
        out->seq = l->has_checkpoint ? l->checkpoint : 0;
        out->rewound = l->rewound;
        return true;
    }
    if (held && l->tell_yield) {
        out->kind = KCL_NEWS_YIELD;
        out->worker = l->owner;
        l->tell_yield = false;
        return true;
    }
    return false;
}

bool kcl_news(struct kcl *k, sim_time now, struct kcl_news *out)
{
    if (k->sync_asked && k->n_live > 0) {
        k->sync_asked = false;
        *out = (struct kcl_news){.kind = KCL_NEWS_SYNC, .worker = KCL_NONE, .shard = KCL_NONE};
        return true;
    }
    kcl_assign(k, now);
    while (k->news_first != KCL_NONE) {
        uint32_t shard = k->news_first;
        if (lease_news(k, shard, out))
            return true;
        k->news_first = k->lease[shard].next;
        k->lease[shard].listed = false;
        if (k->news_first == KCL_NONE)
            k->news_last = KCL_NONE;
    }
    kcl_due(k);
    return false;
}

/* --- queries --- */

uint32_t kcl_shards(const struct kcl *k)
{
    return k->n_lease;
}

uint32_t kcl_workers(const struct kcl *k)
{
    return k->n_worker;
}

uint32_t kcl_leases(const struct kcl *k, uint32_t worker)
{
    return worker < k->n_worker ? k->worker[worker].leases : 0;
}

bool kcl_is_live(const struct kcl *k, uint32_t worker)
{
    return worker < k->n_worker && k->worker[worker].state == WORKER_LIVE;
}

uint32_t kcl_ownerless(const struct kcl *k)
{
    return k->n_free + k->n_orphan;
}

void kcl_view(const struct kcl *k, uint32_t shard, struct kcl_view *v)
{
    *v = (struct kcl_view){.state = KCL_UNKNOWN, .owner = KCL_NONE, .expires = SIM_NEVER};
    if (!kcl_lease_known(k, shard))
        return;
    const struct kcl_lease *l = &k->lease[shard];
    *v = (struct kcl_view){.state = l->state,
                           .owner = l->owner,
                           .checkpoint = l->checkpoint,
                           .processed = l->processed,
                           .has_checkpoint = l->has_checkpoint,
                           .has_processed = l->has_processed,
                           .expires = l->expires};
}

const struct kcl_counts *kcl_counts(const struct kcl *k)
{
    return &k->counts;
}
