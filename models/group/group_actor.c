/* group_actor.c - a group's core in the simulated world: settled when it is due, its numbers observed, its drains looked at once
 * a second. */
#include "group_actor.h"

#include <inttypes.h>

#define LOOK SIM_S

static void observe(struct grouping *g)
{
    struct group_view v;
    sim_time now = world_now(g->e.world);
    group_view(g->core, now, &v);
    obs_level_set(&g->level[GM_DESIRED], now, v.desired);
    obs_level_set(&g->level[GM_IN_SERVICE], now, v.in_service);
    obs_level_set(&g->level[GM_PENDING], now, v.pending);
    obs_level_set(&g->level[GM_TERMINATING], now, v.terminating);
    obs_level_set(&g->level[GM_WARMING], now, v.warming);
    obs_level_set(&g->level[GM_UNHEALTHY], now, v.unhealthy);
}

/* Instances with work in hand are protected from scale-in, as an application does it that knows. */
static void protect(struct grouping *g)
{
    for (uint32_t i = 0; g->protection == GROUP_PROTECT_BUSY && i < g->n_seat; i++)
        if (g->seat[i]->open)
            group_protect(g->core, world_now(g->e.world), g->seat[i]->id, seat_busy(g->seat[i]) > 0);
}

/* Whether somebody drains, or stays only as long as he is busy. */
static bool worth_a_look(const struct grouping *g)
{
    struct group_view v;
    group_view(g->core, world_now(g->e.world), &v);
    bool look = g->protection == GROUP_PROTECT_BUSY && v.in_service + v.pending > v.desired;
    for (uint32_t i = 0; !look && i < g->n_seat; i++)
        look = g->seat[i]->draining;
    return look;
}

void grouping_settle(struct grouping *g)
{
    struct world *w = g->e.world;
    sim_time now = world_now(w);
    if (g->settling)
        return;
    g->settling = true;
    protect(g);
    while (group_deadline(g->core) <= now && !group_failed(g->core)) {
        call_begin(&g->call, now, NULL);
        group_advance(g->core, &g->call);
        for (uint32_t i = 0; i < g->call.n_fx; i++)
            seat_obey(g, &g->call.fx[i]);
    }
    watch_route(g);
    g->settling = false;
    w->failed |= group_failed(g->core);
    observe(g);
    sim_at(w->sim, &g->timer, w->failed ? SIM_NEVER : group_deadline(g->core));
    if (worth_a_look(g) && !sim_pending(&g->look))
        sim_after(w->sim, &g->look, LOOK);
}

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    grouping_settle(CONTAINER_OF(t, struct grouping, timer));
}

static void on_look(struct sim *s, struct sim_timer *t)
{
    struct grouping *g = CONTAINER_OF(t, struct grouping, look);
    for (uint32_t i = 0; i < g->n_seat; i++)
        if (g->seat[i]->draining && seat_busy(g->seat[i]) == 0)
            group_idle(g->core, sim_now(s), g->seat[i]->id);
    grouping_settle(g);
}

static void on_refresh(struct sim *s, struct sim_timer *t)
{
    struct grouping *g = CONTAINER_OF(t, struct grouping, refresh);
    const struct value *r = spec_value(g->e.spec, GROUP_KEY_REFRESH), *every = value_field(r, GROUP_REFRESH_EVERY);
    group_refresh(g->core, sim_now(s), (uint32_t)(value_field(r, GROUP_REFRESH_HEALTHY)->i / 10000000));
    if (!every->absent)
        sim_after(s, t, every->i);
    grouping_settle(g);
}

void grouping_start(struct entity *e)
{
    struct grouping *g = (struct grouping *)e;
    const struct value *refresh = spec_value(e->spec, GROUP_KEY_REFRESH);
    sim_timer_init(&g->timer, SIM_STATE, on_timer);
    sim_timer_init(&g->look, SIM_SAMPLE, on_look);
    sim_timer_init(&g->refresh, SIM_STATE, on_refresh);
    for (uint32_t i = 0; i < group_size(g->core); i++) {
        struct seat *s = seat_take(g, group_instance(g->core, i)->id);
        if (s == NULL)
            return;
        seat_serve(s, true);
    }
    grouping_settle(g);
    for (unsigned m = 0; m <= GM_UNHEALTHY; m++)
        obs_level_reset(&g->level[m], 0);
    if (refresh->list.n > 0)
        sim_at(e->world->sim, &g->refresh, value_field(refresh, GROUP_REFRESH_AT)->i);
    grouping_control_start(g);
}

/* A share is the quotient of two integrals: here they are what is billed, and its unit. */
static void tell(struct obs_level *part, struct obs_level *whole, int128 sum, int128 unit)
{
    obs_level_init(part, 0, 0);
    obs_level_init(whole, 0, 0);
    part->area = sum;
    whole->area = unit;
}

void grouping_finish(struct entity *e, sim_time now)
{
    struct grouping *g = (struct grouping *)e;
    uint64_t seconds = group_billed(g->core, now);
    tell(&g->hours_part, &g->hours_whole, seconds, 3600);
    tell(&g->cost_part, &g->cost_whole, group_cost(seconds, g->nano_per_hour), spec_value(e->spec, GROUP_KEY_PRICE)->absent ? 0 : SIM_S);
}

bool grouping_conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct grouping *g = (const struct grouping *)e;
    struct group_view v;
    uint32_t open = 0;
    group_view(g->core, now, &v);
    for (uint32_t i = 0; i < g->n_seat; i++)
        open += g->seat[i]->open + g->seat[i]->starting;
    if (g->level[GM_IN_SERVICE].value != v.in_service || open != v.in_service)
        return err_set(err, ERR_INTERNAL, "%" PRId64 " instances serve, %" PRId64 " were counted, %u have workers", v.in_service,
                       g->level[GM_IN_SERVICE].value, open);
    return true;
}
