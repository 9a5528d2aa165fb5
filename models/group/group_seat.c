/* group_seat.c - one instance and the workers on it: launched, held by a hook, opened, drained, killed. What chance decides about
 * an instance is addressed by its number in the order of launching. */
#include "group_actor.h"

#include "mem.h"

enum { TRACE_FX = 10 };

sim_time seat_draw(const struct dist *law, const struct rng_stream *stream, uint64_t id, uint32_t n)
{
    struct rng cell = rng_at(stream, 0, id, n);
    return dist_sample(law, &cell);
}

uint32_t seat_busy(const struct seat *s)
{
    return s->group->crew->busy(s->group->target, s->number * s->group->threads, s->group->threads);
}

void seat_route(struct seat *s, bool in)
{
    struct grouping *g = s->group;
    uint32_t first = s->number * g->threads;
    if (s->routed == in)
        return;
    s->routed = in;
    if (!in)
        g->crew->drain(g->target, first, g->threads);
    else if (!g->crew->open(g->target, first, g->threads))
        g->e.world->failed = true;
}

static void seat_drain(struct seat *s)
{
    if (!s->open)
        return;
    s->open = false;
    s->draining = true;
    seat_route(s, false);
}

static void seat_kill(struct seat *s)
{
    seat_drain(s);
    if (!s->draining)
        return;
    s->draining = false;
    grouping_count(s->group, GM_KILLED, seat_busy(s));
    s->group->crew->kill(s->group->target, s->number * s->group->threads, s->group->threads);
    watch_recover(s);
}

/* --- what happens to it by itself --- */

static void on_timer(struct sim *sim, struct sim_timer *t)
{
    struct seat *s = CONTAINER_OF(t, struct seat, timer);
    struct grouping *g = s->group;
    sim_time now = sim_now(sim);
    switch (s->due) {
    case SEAT_HOOK:
        group_complete(g->core, now, s->id, true);
        break;
    case SEAT_SPOT:
        grouping_count(g, GM_INTERRUPTED, 1);
        group_interrupt(g->core, now, s->id);
        break;
    case SEAT_FAILURE:
        seat_kill(s);
        group_lost(g->core, now, s->id);
    }
    grouping_settle(g);
}

static void await(struct seat *s, enum seat_due due, sim_time after)
{
    s->due = due;
    if (after < SIM_NEVER - world_now(s->group->e.world))
        sim_after(s->group->e.world->sim, &s->timer, after);
}

/* Of interruption and failure the earlier one. */
static void await_end(struct seat *s)
{
    const struct grouping *g = s->group;
    sim_time spot = g->spot_after == NULL ? SIM_NEVER : seat_draw(g->spot_after, &g->spot_stream, s->id, 0);
    sim_time failure = g->failure == NULL ? SIM_NEVER : seat_draw(g->failure, &g->failure_stream, s->id, 0);
    sim_cancel(g->e.world->sim, &s->timer);
    await(s, spot <= failure ? SEAT_SPOT : SEAT_FAILURE, spot <= failure ? spot : failure);
}

void seat_serve(struct seat *s, bool known)
{
    watch_begin(s, known);
    await_end(s);
}

/* --- seats --- */

static struct seat *seat_new(struct grouping *g)
{
    if (g->n_seat == g->cap_seat) {
        uint32_t cap = g->cap_seat == 0 ? 16 : 2 * g->cap_seat;
        struct seat **more = mem_resize(g->seat, cap * sizeof(*more));
        if (more == NULL)
            return NULL;
        g->seat = more;
        g->cap_seat = cap;
    }
    struct seat *s = arena_get(&g->e.world->arena, sizeof(*s));
    if (s == NULL)
        return NULL;
    *s = (struct seat){.group = g, .number = g->n_seat};
    sim_timer_init(&s->timer, SIM_STATE, on_timer);
    watch_init(s);
    g->seat[g->n_seat++] = s;
    return s;
}

struct seat *seat_take(struct grouping *g, uint64_t id)
{
    uint32_t i = 0;
    while (i < g->n_seat && g->seat[i]->id != 0)
        i++;
    struct seat *s = i < g->n_seat ? g->seat[i] : seat_new(g);
    if (s == NULL) {
        g->e.world->failed = true;
        return NULL;
    }
    s->id = id;
    s->open = s->draining = s->starting = s->routed = false;
    s->launched = world_now(g->e.world);
    return s;
}

static struct seat *seat_of(const struct grouping *g, uint64_t id)
{
    for (uint32_t i = 0; i < g->n_seat; i++)
        if (g->seat[i]->id == id)
            return g->seat[i];
    return NULL;
}

/* --- effects --- */

static void launch(struct grouping *g, uint64_t id)
{
    if (seat_take(g, id) == NULL)
        return;
    grouping_count(g, GM_LAUNCHES, 1);
    group_boots(g->core, id, world_now(g->e.world) + seat_draw(g->launch_delay, &g->launch_stream, id, 0));
}

static void wait(struct seat *s, bool launching)
{
    const struct grouping *g = s->group;
    struct rng cell = rng_at(&g->hook_stream, 0, s->id, launching ? 0 : 1);
    await(s, SEAT_HOOK, dist_sample(launching ? g->launch_time : g->end_time, &cell));
}

static void serve(struct seat *s)
{
    sim_time now = world_now(s->group->e.world);
    obs_tally_add(&s->group->launch, now, now - s->launched);
    seat_serve(s, false);
}

static void stop(struct seat *s, enum group_why why)
{
    struct grouping *g = s->group;
    sim_cancel(g->e.world->sim, &s->timer);
    grouping_count(g, GM_REPLACED, why == GROUP_HEALTH);
    watch_end(s, why);
    seat_drain(s);
    if (!s->draining || seat_busy(s) == 0)
        group_idle(g->core, world_now(g->e.world), s->id);
}

static void end(struct seat *s)
{
    sim_cancel(s->group->e.world->sim, &s->timer);
    watch_end(s, GROUP_SPOT);
    seat_kill(s);
    grouping_count(s->group, GM_ENDED, 1);
    s->id = 0;
}

void seat_obey(struct grouping *g, const struct effect *e)
{
    struct seat *s = e->kind == GROUP_FX_LAUNCH || e->kind == GROUP_FX_REFRESHED ? NULL : seat_of(g, e->b);
    entity_trace(&g->e, TRACE_FX + e->kind, e->b);
    switch (e->kind) {
    case GROUP_FX_LAUNCH:
        launch(g, e->b);
        break;
    case GROUP_FX_WAIT:
        wait(s, e->a != 0);
        break;
    case GROUP_FX_IN_SERVICE:
        serve(s);
        break;
    case GROUP_FX_STOP:
        stop(s, (enum group_why)e->a);
        break;
    case GROUP_FX_END:
        end(s);
        break;
    case GROUP_FX_REFRESHED:
        grouping_count(g, e->a != 0 ? GM_FAILED_REFRESHES : GM_REFRESHES, 1);
        break;
    default: /* it is warm */
        break;
    }
}
