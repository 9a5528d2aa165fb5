/* crew.c - workers come, crash and come back, and what the lease table says then. A worker that
 * comes back after a crash is another one to the table: what it had runs out first. */
#include <inttypes.h>

#include "mem.h"
#include "part.h"

struct crew_worker *crew_worker(const struct consumer *c, uint32_t number)
{
    return slab_at(&c->workers, number);
}

static bool is_stopped(const struct consumer *c)
{
    return (c->fault.active & (FAULT_DOWN | FAULT_HANG)) != 0;
}

/* --- the lease table --- */

static void list_shards(struct consumer *c)
{
    uint32_t n = c->log->parts(c->source);
    struct kcl_shard *list = mem_get((n + 1) * sizeof(*list));
    for (uint32_t i = 0; list != NULL && i < n; i++) {
        struct log_part p;
        c->log->part(c->source, i, &p);
        list[i] = (struct kcl_shard){i, p.open, {p.parent[0], p.parent[1]}};
    }
    if (list == NULL || !kcl_sync(c->kcl, world_now(c->e.world), list, n))
        c->e.world->failed = true;
    mem_release(list);
}

static void set_owner(struct consumer *c, uint32_t shard, int64_t owner)
{
    if (shard < c->n_watched)
        obs_level_set(&c->part[shard].owner, world_now(c->e.world), owner);
}

static void tell(struct consumer *c, const struct kcl_news *news)
{
    struct world *w = c->e.world;
    if (news->kind == KCL_NEWS_SYNC) {
        list_shards(c);
        return;
    }
    if (!parts_make(c, news->shard)) {
        w->failed = true;
        return;
    }
    struct part_reader *p = consumer_part(c, news->shard);
    uint64_t both = (uint64_t)news->shard << 32 | news->worker;
    switch (news->kind) {
    case KCL_NEWS_SYNC:
        break;
    case KCL_NEWS_TAKEN:
        entity_trace(&c->e, CONSUMER_TRACE_TAKEN, both);
        set_owner(c, news->shard, (int64_t)news->worker + 1);
        part_take(p, news);
        break;
    case KCL_NEWS_LOST:
        entity_trace(&c->e, CONSUMER_TRACE_LOST, both);
        set_owner(c, news->shard, 0);
        if (p->worker == news->worker)
            part_drop(p, !crew_worker(c, news->worker)->here);
        break;
    case KCL_NEWS_YIELD:
        part_yield(p);
        break;
    }
}

void crew_count(struct consumer *c)
{
    const struct kcl_counts *k = kcl_counts(c->kcl);
    consumer_count(c, AM_TAKE_OVERS, k->taken_over - c->told.taken_over);
    consumer_count(c, AM_MOVED, k->moved - c->told.moved);
    consumer_count(c, AM_HANDED_OVER, k->retired - c->told.retired);
    consumer_count(c, AM_CHECKPOINTS, k->checkpoints - c->told.checkpoints);
    c->told = *k;
}

static void set_levels(struct consumer *c)
{
    sim_time now = world_now(c->e.world);
    int64_t here = 0, idle = 0, held = 0;
    for (uint32_t i = 0; i < c->workers.n_live; i++) {
        uint32_t n = kcl_leases(c->kcl, i);
        here += crew_worker(c, i)->here;
        idle += crew_worker(c, i)->here && !crew_worker(c, i)->leaving && n == 0;
        held += n;
    }
    obs_level_set(&c->workers_level, now, here);
    obs_level_set(&c->idle, now, idle);
    obs_level_set(&c->leases, now, held);
    obs_level_set(&c->ownerless, now, kcl_ownerless(c->kcl));
}

static void arm(struct consumer *c)
{
    sim_time due = kcl_deadline(c->kcl), now = world_now(c->e.world);
    if (due == SIM_NEVER)
        sim_cancel(c->e.world->sim, &c->lease_timer);
    else if (!sim_pending(&c->lease_timer) || c->lease_timer.at != due)
        sim_at(c->e.world->sim, &c->lease_timer, due > now ? due : now);
}

/* What the news set off may bring more of them: they are told in the outermost frame. */
void crew_settle(struct consumer *c)
{
    struct kcl_news news;
    if (c->settling)
        return;
    c->settling = true;
    while (!c->e.world->failed && kcl_news(c->kcl, world_now(c->e.world), &news))
        tell(c, &news);
    c->settling = false;
    crew_count(c);
    set_levels(c);
    arm(c);
}

static void on_lease(struct sim *s, struct sim_timer *t)
{
    struct consumer *c = CONTAINER_OF(t, struct consumer, lease_timer);
    while (kcl_deadline(c->kcl) <= sim_now(s))
        kcl_advance(c->kcl, sim_now(s));
    crew_settle(c);
}

/* --- workers --- */

static void join(struct crew_worker *w)
{
    struct consumer *c = w->app;
    if (w->here || w->killed || !w->wanted || (c->fault.active & FAULT_DOWN) ||
        sim_pending(&w->timer))
        return;
    if (!kcl_join(c->kcl, world_now(c->e.world), w->number)) {
        c->e.world->failed = true;
        return;
    }
    w->here = true;
    w->frozen = false;
    pools_arrive(&c->pools, w->number, 1, POOL_SINGLE);
    if ((c->fault.active & FAULT_HANG) && c->library == LIBRARY_KCL) {
        kcl_freeze(c->kcl, world_now(c->e.world), w->number);
        w->frozen = true;
    }
}

static void on_return(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct crew_worker *w = CONTAINER_OF(t, struct crew_worker, timer);
    w->killed = false;
    join(w);
    crew_settle(w->app);
}

void crew_stop(struct crew_worker *w)
{
    struct consumer *c = w->app;
    w->here = w->frozen = w->leaving = false;
    consumer_count(c, AM_CRASHED, 1);
    entity_trace(&c->e, CONSUMER_TRACE_CRASHED, w->number);
    kcl_stop(c->kcl, world_now(c->e.world), w->number);
}

void crew_crash(struct consumer *c, uint32_t number, sim_time restart)
{
    struct crew_worker *w = crew_worker(c, number);
    if (!w->here)
        return;
    bool returns = w->wanted && restart != SIM_NEVER;
    crew_stop(w);
    w->killed = !returns;
    if (returns)
        sim_after(c->e.world->sim, &w->timer, restart);
    crew_settle(c);
    pools_crash(&c->pools, number);
}

void crew_leave(struct crew_worker *w)
{
    struct consumer *c = w->app;
    sim_cancel(c->e.world->sim, &w->timer);
    w->killed = false;
    if (!w->here)
        return;
    kcl_leave(c->kcl, world_now(c->e.world), w->number);
    crew_settle(c);
    w->here = w->frozen = w->leaving = false;
    pools_leave(&c->pools, w->number, 1);
}

bool crew_make(struct consumer *c, uint32_t n)
{
    while (c->workers.n_live < n) {
        uint32_t number = slab_take(&c->workers);
        if (number == SLAB_NONE) {
            c->e.world->failed = true;
            return false;
        }
        struct crew_worker *w = crew_worker(c, number);
        *w = (struct crew_worker){.app = c, .number = number};
        sim_timer_init(&w->timer, SIM_MESSAGE, on_return);
    }
    return true;
}

bool crew_resize(struct consumer *c, uint32_t size)
{
    if (!crew_make(c, size))
        return false;
    for (uint32_t i = 0; i < c->workers.n_live; i++)
        crew_worker(c, i)->wanted = i < size;
    for (uint32_t i = size; i < c->workers.n_live; i++)
        crew_leave(crew_worker(c, i));
    return true;
}

void crew_join(struct consumer *c)
{
    for (uint32_t i = 0; i < c->workers.n_live; i++)
        join(crew_worker(c, i));
    crew_settle(c);
}

static void on_kill(struct sim *s, struct sim_timer *t)
{
    struct crew_kill *k = CONTAINER_OF(t, struct crew_kill, timer);
    struct consumer *c = k->app;
    if (k->worker >= c->workers.n_live)
        return;
    struct crew_worker *w = crew_worker(c, k->worker);
    if (!w->here && sim_pending(&w->timer)) { /* it is on its way back: later then, or never */
        w->killed = k->restart == SIM_NEVER;
        if (w->killed)
            sim_cancel(s, &w->timer);
        else
            sim_after(s, &w->timer, k->restart);
        return;
    }
    crew_crash(c, k->worker, k->restart);
}

static void on_start(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct consumer *c = CONTAINER_OF(t, struct consumer, start_timer);
    c->started = true;
    crew_join(c);
}

/* The workers begin when everybody has started: the stream comes later than its consumers. */
void crew_start(struct consumer *c)
{
    struct sim *sim = c->e.world->sim;
    sim_timer_init(&c->lease_timer, SIM_STATE, on_lease);
    sim_timer_init(&c->start_timer, SIM_STATE, on_start);
    sim_after(sim, &c->start_timer, 0);
    for (uint32_t i = 0; i < c->n_kill; i++) {
        sim_timer_init(&c->kill[i].timer, SIM_STATE, on_kill);
        sim_at(sim, &c->kill[i].timer, c->kill[i].at);
    }
}

/* --- faults --- */

static void all_parts(struct consumer *c, void (*each)(struct part_reader *))
{
    for (uint32_t i = 0; i < c->parts.n_live; i++)
        if (consumer_part(c, i)->worker != KCL_NONE)
            each(consumer_part(c, i));
}

static void freeze(struct consumer *c)
{
    all_parts(c, part_freeze);
    for (uint32_t i = 0; i < c->workers.n_live && c->library == LIBRARY_KCL; i++) {
        struct crew_worker *w = crew_worker(c, i);
        if (!w->here || w->frozen)
            continue;
        kcl_freeze(c->kcl, world_now(c->e.world), i);
        w->frozen = true;
    }
    crew_settle(c);
}

static void thaw(struct consumer *c)
{
    for (uint32_t i = 0; i < c->workers.n_live; i++) {
        struct crew_worker *w = crew_worker(c, i);
        if (w->frozen)
            kcl_thaw(c->kcl, world_now(c->e.world), i);
        w->frozen = false;
    }
    all_parts(c, part_thaw);
    crew_join(c);
}

static void crash_all(struct consumer *c)
{
    for (uint32_t i = 0; i < c->workers.n_live; i++)
        if (crew_worker(c, i)->here)
            crew_stop(crew_worker(c, i));
    crew_settle(c);
    pools_lost(&c->pools, 0, (uint32_t)c->workers.n_live);
}

void crew_fault(struct entity *e, const struct fault_state *state)
{
    struct consumer *c = (struct consumer *)e;
    unsigned before = c->fault.active, after = state->active;
    c->fault = *state;
    entity_trace(e, CONSUMER_TRACE_FAULT, after);
    if (after & ~before & FAULT_DOWN) {
        crash_all(c);
        return;
    }
    if ((after & ~before & FAULT_HANG) && !(after & FAULT_DOWN))
        freeze(c);
    else if ((before & FAULT_HANG) && !is_stopped(c))
        thaw(c);
    else if ((before & FAULT_DOWN) && !(after & FAULT_DOWN))
        crew_join(c);
}

/* --- what must hold --- */

bool crew_conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct consumer *c = (const struct consumer *)e;
    uint64_t in_hand = 0;
    int64_t busy = 0, held = 0, leases = 0;
    if (e->world->failed)
        return true;
    kcl_check(c->kcl, now);
    for (uint32_t i = 0; i < c->parts.n_live; i++) {
        const struct part_reader *p = consumer_part(c, i);
        struct kcl_view v;
        kcl_view(c->kcl, i, &v);
        in_hand += p->holding;
        busy += p->working;
        held += p->worker != KCL_NONE;
        if ((v.state == KCL_HELD) != (p->worker != KCL_NONE) ||
            (v.state == KCL_HELD && v.owner != p->worker))
            return err_set(
                err, ERR_INTERNAL,
                "shard %" PRIu32 " is read by another worker than the one that has its lease", i);
    }
    for (uint32_t i = 0; i < c->workers.n_live; i++)
        leases += kcl_leases(c->kcl, i);
    if (!threads_agree(c))
        return err_set(err, ERR_INTERNAL, "threads are held that nobody uses, or used that nobody holds");
    if (c->n_taken != c->n_let_go + in_hand)
        return err_set(err, ERR_INTERNAL,
                       "took %" PRIu64 " records, but let go of %" PRIu64 " and has %" PRIu64
                       " in hand",
                       c->n_taken, c->n_let_go, in_hand);
    if (c->busy.value != busy || held != leases)
        return err_set(err, ERR_INTERNAL,
                       "%" PRId64 " shards are busy, not %" PRId64 "; %" PRId64
                       " are read, %" PRId64 " leased",
                       busy, c->busy.value, held, leases);
    return true;
}
