/* crew_group.c - workers on the instances of a group: opened, told to go, killed.
 *
 * What a worker does that is to go happens in an event of its own, later in the same instant: an
 * instance that is told and killed at once has no time for it, and all its leases run out as after
 * a crash. */
#include "part.h"

enum { TRACE_OPENED = 110, TRACE_DRAINED, TRACE_KILLED };

static bool take(struct entity *e)
{
    return crew_resize((struct consumer *)e, 0);
}

static bool open(struct entity *e, uint32_t first, uint32_t n)
{
    struct consumer *c = (struct consumer *)e;
    if (!crew_make(c, first + n))
        return false;
    entity_trace(e, TRACE_OPENED, (uint64_t)first << 32 | n);
    for (uint32_t i = first; i < first + n; i++) {
        struct crew_worker *w = crew_worker(c, i);
        w->wanted = true;
        w->killed = w->leaving = false;
    }
    if (c->started)
        crew_join(c);
    return true;
}

/* --- told to go --- */

static void on_retire(struct sim *s, struct sim_timer *t)
{
    struct consumer *c = CONTAINER_OF(t, struct consumer, retire_timer);
    for (uint32_t i = 0; i < c->workers.n_live; i++)
        if (crew_worker(c, i)->here && crew_worker(c, i)->leaving)
            kcl_retire(c->kcl, sim_now(s), i, c->shutdown == SHUTDOWN_RELEASE);
    crew_settle(c);
}

void crew_group_init(struct consumer *c)
{
    sim_timer_init(&c->retire_timer, SIM_STATE, on_retire);
}

static void drain(struct entity *e, uint32_t first, uint32_t n)
{
    struct consumer *c = (struct consumer *)e;
    entity_trace(e, TRACE_DRAINED, (uint64_t)first << 32 | n);
    for (uint32_t i = first; i < first + n; i++) {
        struct crew_worker *w = crew_worker(c, i);
        sim_cancel(e->world->sim, &w->timer);
        w->wanted = false;
        w->leaving = w->here;
    }
    if (c->shutdown != SHUTDOWN_NONE)
        sim_after(e->world->sim, &c->retire_timer, 0);
}

/* Who has handed everything over is no loss. */
static void kill_crew(struct entity *e, uint32_t first, uint32_t n)
{
    struct consumer *c = (struct consumer *)e;
    entity_trace(e, TRACE_KILLED, (uint64_t)first << 32 | n);
    c->settling = true; /* none of them gets what another of them loses */
    for (uint32_t i = first; i < first + n; i++) {
        struct crew_worker *w = crew_worker(c, i);
        if (kcl_leases(c->kcl, i) > 0)
            crew_stop(w);
        else
            crew_leave(w);
    }
    c->settling = false;
    crew_settle(c);
    pools_lost(&c->pools, first, n);
}

/* --- at work --- */

static bool has_batch(const struct consumer *c, uint32_t worker)
{
    for (uint32_t i = 0; i < c->parts.n_live; i++)
        if (consumer_part(c, i)->worker == worker && consumer_part(c, i)->working)
            return true;
    return false;
}

/* One that is to go is done when it has no lease any more. */
static uint32_t busy(const struct entity *e, uint32_t first, uint32_t n)
{
    const struct consumer *c = (const struct consumer *)e;
    uint32_t at_work = 0;
    for (uint32_t i = first; i < first + n; i++)
        at_work += crew_worker(c, i)->leaving ? kcl_leases(c->kcl, i) > 0 : has_batch(c, i);
    return at_work;
}

const struct crew_ops consumer_crew = {
    .take = take, .open = open, .drain = drain, .kill = kill_crew, .busy = busy};
