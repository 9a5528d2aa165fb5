/* kcl_balance.c - who gets which lease: free ones go to the worker with the fewest (KIN-76), and
 * when one has two more than another, leases move, one at a time.
 *
 * The library has each worker steal a lease in turns of twice the failover time, and version 3 lets
 * the one that loses it finish its batch first. So here: one lease moves in a turn, from the worker
 * with the most to the one with the fewest, and no other while it is on its way. */
#include "kcl_int.h"

/* Ties: the lowest number. */
static uint32_t fewest(const struct kcl *k)
{
    uint32_t best = KCL_NONE;
    for (uint32_t w = 0; w < k->n_worker; w++)
        if (kcl_takes(&k->worker[w]) &&
            (best == KCL_NONE || k->worker[w].leases < k->worker[best].leases))
            best = w;
    return best;
}

static uint32_t most(const struct kcl *k)
{
    uint32_t best = KCL_NONE;
    for (uint32_t w = 0; w < k->n_worker; w++)
        if (kcl_takes(&k->worker[w]) &&
            (best == KCL_NONE || k->worker[w].leases > k->worker[best].leases))
            best = w;
    return best;
}

static bool is_uneven(const struct kcl *k)
{
    return k->n_live > 1 && k->worker[most(k)].leases >= k->worker[fewest(k)].leases + 2;
}

/* Turns are counted from when the application was opened. */
static sim_time next_turn(const struct kcl *k, sim_time now)
{
    sim_time turn = k->config.balance;
    return turn == SIM_NEVER || turn == 0 ? SIM_NEVER : now + turn - (now - k->config.now) % turn;
}

void kcl_assign(struct kcl *k, sim_time now)
{
    for (uint32_t i = 0; k->n_free > 0 && k->n_live > 0 && i < k->n_lease; i++)
        if (k->lease[i].state == KCL_FREE)
            kcl_give(k, now, i, fewest(k), k->lease[i].token > 0);
    if (!k->uneven)
        return;
    k->uneven = false;
    if (!is_uneven(k))
        k->balance_at = SIM_NEVER;
    else if (k->balance_at == SIM_NEVER)
        k->balance_at = next_turn(k, now);
}

/* --- a lease moves --- */

void kcl_yield_forget(struct kcl *k)
{
    k->yielding = k->yield_to = KCL_NONE;
    k->yield_by = SIM_NEVER;
    k->uneven = true;
}

static void move(struct kcl *k, sim_time now, uint32_t shard, bool late)
{
    uint32_t to = k->yield_to;
    if (to == KCL_NONE) { /* who was to get it is gone: it stays */
        kcl_yield_forget(k);
        return;
    }
    kcl_free_lease(k, shard);
    k->counts.moved++;
    k->counts.moved_late += late;
    kcl_give(k, now, shard, to, false);
}

/* Of the worker, the shard that came last. */
static uint32_t last_of(const struct kcl *k, uint32_t worker)
{
    uint32_t shard = k->n_lease;
    while (shard-- > 0)
        if (k->lease[shard].state == KCL_HELD && k->lease[shard].owner == worker)
            break;
    return shard;
}

void kcl_balance(struct kcl *k, sim_time now)
{
    k->balance_at = SIM_NEVER;
    k->uneven = true;
    if (!is_uneven(k))
        return;
    k->balance_at = next_turn(k, now);
    if (k->yielding != KCL_NONE)
        return;
    k->yield_to = fewest(k);
    k->yielding = last_of(k, most(k));
    k->yield_by = now + k->config.handoff;
    if (k->config.handoff == 0) {
        move(k, now, k->yielding, false);
        return;
    }
    k->lease[k->yielding].tell_yield = true;
    kcl_tell(k, k->yielding);
}

void kcl_yield_late(struct kcl *k, sim_time now)
{
    move(k, now, k->yielding, true);
}

static void retire(struct kcl *k, sim_time now, uint32_t shard)
{
    k->counts.retired++;
    if (k->worker[k->lease[shard].owner].gives_back)
        kcl_free_lease(k, shard);
    else
        kcl_orphan(k, now, shard);
}

void kcl_release(struct kcl *k, sim_time now, uint32_t worker, uint32_t shard)
{
    kcl_save(k, kcl_held(k, worker, shard));
    if (k->yielding == shard)
        move(k, now, shard, false);
    if (k->lease[shard].state == KCL_HELD && k->worker[worker].leaving &&
        k->lease[shard].owner == worker)
        retire(k, now, shard);
    kcl_due(k);
}
