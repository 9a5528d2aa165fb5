/* fleet.c - the fleet as a whole: its size, its faults, its books. */
#include "mem.h"
#include "reach.h"
#include "worker.h"

#include <inttypes.h>

enum { TRACE_RESIZED = 100, TRACE_FAULT };

bool fleet_add_worker(struct fleet *f)
{
    bool many = f->batch > 1;
    struct pulled *got = many ? arena_get(&f->e.world->arena, f->batch * sizeof(*got)) : NULL;
    uint32_t number = slab_take(&f->workers);
    if (number == SLAB_NONE || (many && got == NULL)) {
        f->e.world->failed = true;
        return false;
    }
    worker_init(fleet_worker(f, number), f, number, got);
    return true;
}

void fleet_wake(struct fleet *f)
{
    for (uint32_t i = 0; i < f->size; i++)
        worker_wake(fleet_worker(f, i));
}

/* Workers that are no longer wanted finish what they have; only idle polls end at once. */
bool fleet_resize(struct fleet *f, uint32_t size)
{
    while (f->workers.n_live < size) {
        if (!fleet_add_worker(f))
            return false;
    }
    uint32_t before = f->size;
    f->size = size;
    if (size > before && f->off == NULL)
        crowd_come(f, before, size - before, POOL_SINGLE);
    obs_level_set(&f->size_level, world_now(f->e.world), size);
    entity_trace(&f->e, TRACE_RESIZED, size);
    for (uint32_t i = size; i < f->workers.n_live; i++) {
        worker_leave(fleet_worker(f, i));
    }
    return true;
}

/* For which requests this fleet is a subscriber beside others: what comes to its source does not come to their done_at. (A fleet
 * that shares its source with done_at is not: who of them did it is one to the request.) */
static bool find_aside(struct fleet *f)
{
    struct world *w = f->e.world;
    struct request_table *t = &w->requests;
    bool any = false, *aside = arena_get(&w->arena, t->n_source * sizeof(*aside));
    for (uint32_t i = 0; aside != NULL && i < t->n_source; i++) {
        const struct entity *done = t->source[i]->done_at;
        aside[i] = done != NULL && done != &f->e && !reach_leads(w->spec, f->source->spec, done->spec);
        any |= aside[i];
    }
    if (any) {
        f->aside = aside;
        f->served = (uint8_t)(t->n_served < REQUEST_SERVED_MAX ? 1u << t->n_served++ : 0);
    }
    return aside != NULL || t->n_source == 0;
}

void fleet_start(struct entity *e)
{
    struct fleet *f = (struct fleet *)e;
    if (!find_aside(f) || !pools_find(&f->pools, e, &f->steps, NULL))
        e->world->failed = true;
    if (f->off == NULL)
        crowd_come(f, 0, f->size, POOL_SINGLE);
    fleet_wake(f);
}

/* A hung fleet's workers stand still with what they have; when it ends they are started anew, but not those that hang by
 * themselves. */
static void restart_all(struct fleet *f)
{
    for (uint32_t i = 0; i < f->workers.n_live; i++) {
        struct worker *w = fleet_worker(f, i);
        if (worker_hangs(w))
            continue;
        if (w->state != WORKER_POLLING)
            worker_halt(w);
        else
            worker_thaw(w);
    }
    crowd_return(f);
    fleet_wake(f);
}

static void crash_all(struct fleet *f)
{
    for (uint32_t i = 0; i < f->workers.n_live; i++) {
        struct worker *w = fleet_worker(f, i);
        if (w->state == WORKER_BUSY)
            fleet_count(f, FM_CRASHED, 1);
        worker_halt(w);
    }
    crowd_lose(f, 0, (uint32_t)f->workers.n_live);
}

void fleet_fault(struct entity *e, const struct fault_state *state)
{
    struct fleet *f = (struct fleet *)e;
    unsigned stop = FAULT_DOWN | FAULT_HANG;
    unsigned before = f->fault.active, after = state->active;
    f->fault = *state;
    entity_trace(e, TRACE_FAULT, after);
    if ((after & ~before & FAULT_DOWN) != 0)
        crash_all(f);
    else if ((before & stop) != 0 && (after & stop) == 0)
        restart_all(f);
    else if ((after & ~before & FAULT_HANG) != 0)
        for (uint32_t i = 0; i < f->workers.n_live; i++)
            worker_freeze(fleet_worker(f, i));
}

static bool polls_and_jobs(const struct fleet *f, int64_t *polling, int64_t *busy, uint64_t *jobs)
{
    for (uint32_t i = 0; i < f->workers.n_live; i++) {
        const struct worker *w = fleet_worker(f, i);
        *polling += w->state == WORKER_POLLING;
        *busy += w->state == WORKER_BUSY;
        *jobs += w->n - w->n_let_go;
        if ((w->state == WORKER_BUSY) != (w->n > 0))
            return false;
    }
    return true;
}

bool fleet_conserve(struct entity *e, sim_time now, struct err *err)
{
    (void)now;
    const struct fleet *f = (const struct fleet *)e;
    int64_t polling = 0, busy = 0;
    uint64_t jobs = 0;
    if (!polls_and_jobs(f, &polling, &busy, &jobs))
        return err_set(err, ERR_INTERNAL,
                       "a worker has jobs in hand and is not busy, or the other way round");
    if (f->n_taken != f->n_let_go + jobs)
        return err_set(err, ERR_INTERNAL,
                       "took %" PRIu64 " jobs, but let go of %" PRIu64 " and has %" PRIu64
                       " in hand",
                       f->n_taken, f->n_let_go, jobs);
    if (f->polling.value != polling || f->busy.value != busy)
        return err_set(err, ERR_INTERNAL,
                       "levels say %" PRId64 " poll and %" PRId64 " are busy, but %" PRId64
                       " and %" PRId64 " are",
                       f->polling.value, f->busy.value, polling, busy);
    return true;
}

void fleet_close(struct entity *e)
{
    struct fleet *f = (struct fleet *)e;
    for (uint32_t i = 0; i < f->workers.n_live; i++)
        known_free(&fleet_worker(f, i)->known);
    known_free(&f->known);
    mem_release(f->off);
    mem_release(f->ill);
    slab_free(&f->flushes);
    slab_free(&f->workers);
}
