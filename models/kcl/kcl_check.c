/* kcl_check.c - what must hold of an application's leases at any instant, when its news are taken.
 */
#include "kcl_int.h"

static void check_lease(const struct kcl *k, const struct kcl_lease *l, sim_time now)
{
    bool held = l->state == KCL_HELD,
         given = held || l->state == KCL_FREE || l->state == KCL_ORPHAN;
    CHECK(held == (l->owner != KCL_NONE));
    CHECK(held == (l->told != KCL_NONE) && (!held || l->told == l->owner));
    CHECK(!held || k->worker[l->owner].state != WORKER_GONE);
    CHECK(!held || (l->expires == SIM_NEVER) == (k->worker[l->owner].state == WORKER_LIVE));
    CHECK((l->state == KCL_ORPHAN) <= (l->expires != SIM_NEVER));
    CHECK(l->expires == SIM_NEVER || l->expires > now);
    CHECK(!given || kcl_may_begin(k, l));
    CHECK(!l->has_checkpoint || !l->has_processed || l->checkpoint <= l->processed);
    CHECK(!l->has_processed || !l->has_high || l->processed <= l->high);
    CHECK(!held || k->config.checkpoint_every == 0 || l->since < k->config.checkpoint_every);
    CHECK(l->state != KCL_FREE || k->n_live == 0);
}

void kcl_check(const struct kcl *k, sim_time now)
{
    uint32_t free = 0, running = 0, waiting = 0, live = 0, held = 0, leases = 0, orphans = 0;
    CHECK(k->news_first == KCL_NONE && k->due > now);
    for (uint32_t i = 0; i < k->n_lease; i++) {
        const struct kcl_lease *l = &k->lease[i];
        if (l->state == KCL_UNKNOWN)
            continue;
        check_lease(k, l, now);
        free += l->state == KCL_FREE;
        orphans += l->state == KCL_ORPHAN;
        held += l->state == KCL_HELD;
        waiting += l->state == KCL_WAITS;
        running += l->expires != SIM_NEVER;
    }
    for (uint32_t w = 0; w < k->n_worker; w++) {
        live += kcl_takes(&k->worker[w]);
        leases += k->worker[w].leases;
        CHECK(k->worker[w].state != WORKER_GONE || k->worker[w].leases == 0);
    }
    CHECK(free == k->n_free && running == k->n_running_out && waiting == k->n_waiting &&
          live == k->n_live && orphans == k->n_orphan);
    CHECK(held == leases);
    CHECK(k->yielding == KCL_NONE || k->lease[k->yielding].state == KCL_HELD);
    CHECK(k->counts.again <= k->counts.processed);
}
