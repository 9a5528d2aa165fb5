/* crew.c - workers on the instances of a group: it opens some by number, drains them, kills them; some may be ill alone, and
 * health checks look at them. */
#include "mem.h"
#include "worker.h"

#include <string.h>

enum { TRACE_OPENED = 110, TRACE_DRAINED, TRACE_KILLED, TRACE_ILL };

static void tell_size(struct fleet *f)
{
    sim_time now = world_now(f->e.world);
    obs_level_set(&f->size_level, now, f->n_open);
    if (now == 0) /* what was before the start is no least size */
        obs_level_reset(&f->size_level, now);
}

static bool reserve(struct fleet *f, uint32_t n)
{
    uint32_t cap = n < 2 * f->n_off ? 2 * f->n_off : n;
    if (n <= f->n_off)
        return true;
    bool *more = mem_resize(f->off, cap * sizeof(*more));
    if (more == NULL)
        return false;
    memset(more + f->n_off, true, (cap - f->n_off) * sizeof(*more));
    f->off = more;
    f->n_off = cap;
    return true;
}

static bool take(struct entity *e)
{
    struct fleet *f = (struct fleet *)e;
    return reserve(f, 16) && fleet_resize(f, 0);
}

static bool open(struct entity *e, uint32_t first, uint32_t n)
{
    struct fleet *f = (struct fleet *)e;
    while (f->workers.n_live < first + n)
        if (!fleet_add_worker(f))
            return false;
    if (!reserve(f, first + n))
        return false;
    f->size = f->size < first + n ? first + n : f->size;
    f->n_open += n;
    tell_size(f);
    entity_trace(e, TRACE_OPENED, (uint64_t)first << 32 | n);
    crowd_come(f, first, n, POOL_INSTANCE);
    for (uint32_t i = first; i < first + n; i++) {
        f->off[i] = false;
        worker_wake(fleet_worker(f, i));
    }
    return true;
}

/* A poll that waits ends; what a worker has in hand it finishes, and what it has done is deleted. */
static void drain(struct entity *e, uint32_t first, uint32_t n)
{
    struct fleet *f = (struct fleet *)e;
    f->n_open -= n;
    tell_size(f);
    entity_trace(e, TRACE_DRAINED, (uint64_t)first << 32 | n);
    for (uint32_t i = first; i < first + n; i++) {
        f->off[i] = true;
        worker_leave(fleet_worker(f, i));
    }
}

static void kill_crew(struct entity *e, uint32_t first, uint32_t n)
{
    struct fleet *f = (struct fleet *)e;
    entity_trace(e, TRACE_KILLED, (uint64_t)first << 32 | n);
    for (uint32_t i = first; i < first + n; i++) {
        struct worker *w = fleet_worker(f, i);
        if (w->state == WORKER_BUSY)
            fleet_count(f, FM_CRASHED, 1);
        worker_halt(w);
    }
    crowd_lose(f, first, n);
}

static uint32_t busy(const struct entity *e, uint32_t first, uint32_t n)
{
    const struct fleet *f = (const struct fleet *)e;
    uint32_t at_work = 0;
    for (uint32_t i = first; i < first + n; i++)
        at_work += fleet_worker(f, i)->state == WORKER_BUSY || fleet_worker(f, i)->flush != SLAB_NONE;
    return at_work;
}

/* --- ill health --- */

static bool reserve_ill(struct fleet *f, uint32_t n)
{
    uint32_t cap = n < 2 * f->n_ill ? 2 * f->n_ill : n;
    if (n <= f->n_ill)
        return true;
    struct fault_state *more = mem_resize(f->ill, cap * sizeof(*more));
    if (more == NULL)
        return false;
    for (uint32_t i = f->n_ill; i < cap; i++)
        more[i] = (struct fault_state){.factor = 1};
    f->ill = more;
    f->n_ill = cap;
    return true;
}

/* It hangs from now on; or it does not any more, and is started anew. */
static void change(struct worker *w, bool hung, bool hangs)
{
    if (hangs && !hung) {
        worker_freeze(w);
    } else if (hung && !worker_hangs(w)) {
        if (w->state != WORKER_POLLING)
            worker_halt(w);
        else
            worker_thaw(w);
        worker_wake(w);
    }
}

static void ail(struct entity *e, uint32_t first, uint32_t n, const struct fault_state *state)
{
    struct fleet *f = (struct fleet *)e;
    if (!reserve_ill(f, first + n)) {
        e->world->failed = true;
        return;
    }
    entity_trace(e, TRACE_ILL, (uint64_t)first << 32 | (uint64_t)state->active << 24 | n);
    for (uint32_t i = first; i < first + n; i++) {
        struct worker *w = fleet_worker(f, i);
        bool hung = (f->ill[i].active & FAULT_HANG) != 0;
        f->ill[i] = *state;
        change(w, hung, (state->active & FAULT_HANG) != 0);
    }
}

/* One that polls or waits could answer; one at work could before it began its job. */
static void look(const struct entity *e, uint32_t first, uint32_t n, sim_time since, struct crew_look *l)
{
    const struct fleet *f = (const struct fleet *)e;
    *l = (struct crew_look){.factor = f->fault.factor > 0 ? f->fault.factor : 1};
    l->failing = f->fault.active & FAULT_FAIL ? f->fault.probability : 0;
    l->silent = (f->fault.active & (FAULT_DOWN | FAULT_HANG)) != 0;
    for (uint32_t i = first; i < first + n; i++) {
        const struct worker *w = fleet_worker(f, i);
        l->free |= w->state != WORKER_BUSY || w->began >= since;
    }
    if (f->ill == NULL || first >= f->n_ill)
        return;
    const struct fault_state *own = &f->ill[first];
    l->silent |= (own->active & FAULT_HANG) != 0;
    l->factor *= own->factor;
    l->failing += own->probability - own->probability * l->failing / 1000000000;
}

const struct crew_ops fleet_crew = {
    .take = take, .open = open, .drain = drain, .kill = kill_crew, .busy = busy, .ail = ail, .look = look};
