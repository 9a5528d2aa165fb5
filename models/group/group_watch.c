/* group_watch.c - an application that comes up, falls ill and is well again, and the checks that find it out.
 *
 * A check is no job: it takes nothing from those who work, and is looked at twice, when it is sent and when its time is up.
 * A load balancer's checks begin at a random part of the interval, a container's one interval after its start. Judgements
 * (health.h) go to the core, which replaces; what a balancer finds unhealthy gets no calls, unless all are (ASG-41). */
#include "group_actor.h"

#define PPB 1000000000

enum { TRACE_ILL = 30, TRACE_WELL, TRACE_UP, TRACE_JUDGED };

static const enum group_health health_of[] = {
    [HEALTH_INITIAL] = GROUP_UNKNOWN, [HEALTH_GOOD] = GROUP_HEALTHY, [HEALTH_BAD] = GROUP_UNHEALTHY};

/* --- who is given work --- */

static bool is_good(const struct seat *s)
{
    return s->open && s->health.state == HEALTH_GOOD;
}

/* The balancer fails open: where nobody is healthy, everybody gets calls. */
void watch_route(struct grouping *g)
{
    bool any = false;
    for (uint32_t i = 0; i < g->n_seat && g->routes; i++)
        any |= is_good(g->seat[i]);
    for (uint32_t i = 0; i < g->n_seat && g->routes; i++)
        if (g->seat[i]->open)
            seat_route(g->seat[i], !any || is_good(g->seat[i]));
}

/* --- ill and well --- */

static void ail(struct seat *s, const struct fault_state *state)
{
    struct grouping *g = s->group;
    s->ill = state->active != 0;
    s->impaired = s->ill && g->impairs;
    g->crew->ail(g->target, s->number * g->threads, g->threads, state);
}

void watch_recover(struct seat *s)
{
    if (s->ill)
        ail(s, &(struct fault_state){.factor = 1});
}

static void await(struct seat *s, const struct dist *law, uint32_t which)
{
    struct grouping *g = s->group;
    if (law != NULL)
        sim_after(g->e.world->sim, &s->app, seat_draw(law, &g->ill_stream, s->id, 2 * s->n_ill + which));
}

static void fall_ill(struct seat *s)
{
    struct grouping *g = s->group;
    s->ill_since = world_now(g->e.world);
    grouping_count(g, GM_ILL, 1);
    entity_trace(&g->e, TRACE_ILL, s->id);
    ail(s, &g->ailment);
    await(s, g->ill_lasts, 1);
}

static void get_well(struct seat *s)
{
    struct grouping *g = s->group;
    entity_trace(&g->e, TRACE_WELL, s->id);
    watch_recover(s);
    s->n_ill++;
    await(s, g->ill_after, 0);
}

static void come_up(struct seat *s)
{
    struct grouping *g = s->group;
    if (s->starting)
        entity_trace(&g->e, TRACE_UP, s->id);
    obs_level_add(&g->level[GM_STARTING], world_now(g->e.world), -(int64_t)s->starting);
    s->starting = false;
    s->open = true;
    await(s, g->ill_after, 0);
    if (!g->routes)
        seat_route(s, true);
}

static void on_app(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct seat *s = CONTAINER_OF(t, struct seat, app);
    if (s->starting)
        come_up(s);
    else if (s->ill)
        get_well(s);
    else
        fall_ill(s);
    grouping_settle(s->group);
}

/* --- checks --- */

enum answer { ANSWER_GOOD, ANSWER_BAD, ANSWER_LATER };

/* An error is an answer too. */
static bool is_error(struct seat *s, int64_t failing)
{
    struct rng cell = rng_at(&s->group->check_stream, 0, s->id, s->n_sent);
    return failing > 0 && (int64_t)rng_below(&cell, PPB) < failing;
}

static sim_time slowed(sim_time time, double factor)
{
    double t = (double)time * factor + 0.5;
    return t < (double)SIM_H ? (sim_time)t : SIM_H;
}

static enum answer look(struct seat *s, sim_time since, sim_time *takes)
{
    const struct grouping *g = s->group;
    struct crew_look l = {0};
    *takes = g->answer_time;
    if (s->impaired)
        return ANSWER_LATER;
    if (g->judge.kind == HEALTH_STATUS)
        return ANSWER_GOOD;
    if (!s->open) /* it listens to nobody yet */
        return ANSWER_BAD;
    g->crew->look(g->target, s->number * g->threads, g->threads, since, &l);
    *takes = slowed(g->answer_time, l.factor);
    if (l.silent || *takes > g->judge.timeout)
        return ANSWER_LATER;
    if (is_error(s, l.failing) || (g->asks_workers && l.full))
        return ANSWER_BAD;
    return g->asks_workers && !l.free ? ANSWER_LATER : ANSWER_GOOD;
}

static void judged(struct seat *s, bool passed, sim_time ended)
{
    struct grouping *g = s->group;
    sim_time now = world_now(g->e.world), next = (g->judge.kind == HEALTH_CONTAINER ? ended : s->sent) + g->judge.interval;
    grouping_count(g, GM_CHECKS, 1);
    grouping_count(g, GM_FAILED_CHECKS, !passed);
    bool changed = health_judge(&s->health, &g->judge, s->sent, passed);
    s->was_good |= s->health.state == HEALTH_GOOD;
    s->sent = SIM_NEVER;
    sim_at(g->e.world->sim, &s->check, next > now ? next : now);
    if (!changed)
        return;
    entity_trace(&g->e, TRACE_JUDGED, s->id << 2 | s->health.state);
    group_health(g->core, now, s->id, health_of[s->health.state]);
    grouping_settle(g);
}

/* One that is not answered at once is looked at again when an answer would just be in time. */
static void send(struct seat *s)
{
    struct grouping *g = s->group;
    sim_time takes, now = world_now(g->e.world);
    s->sent = now;
    s->n_sent++;
    enum answer a = look(s, now, &takes);
    if (a != ANSWER_LATER)
        judged(s, a == ANSWER_GOOD, a == ANSWER_GOOD ? now + takes : now);
    else
        sim_after(g->e.world->sim, &s->check, takes < g->judge.timeout ? g->judge.timeout - takes : g->judge.timeout);
}

static void on_check(struct sim *sim, struct sim_timer *t)
{
    struct seat *s = CONTAINER_OF(t, struct seat, check);
    sim_time takes;
    (void)sim;
    if (s->sent == SIM_NEVER)
        send(s);
    else
        judged(s, look(s, s->sent, &takes) == ANSWER_GOOD, s->sent + s->group->judge.timeout);
}

static void begin_checks(struct seat *s, bool known)
{
    struct grouping *g = s->group;
    sim_time now = world_now(g->e.world), first = g->judge.interval;
    if (!g->checks)
        return;
    health_begin(&s->health, now);
    if (known)
        s->health.state = HEALTH_GOOD;
    if (known || g->judge.kind != HEALTH_CONTAINER) {
        struct rng cell = rng_at(&g->check_stream, 0, s->id, 0);
        first = (sim_time)rng_below(&cell, (uint64_t)g->judge.interval);
    }
    sim_after(g->e.world->sim, &s->check, first);
}

/* --- an instance in service --- */

void watch_init(struct seat *s)
{
    sim_timer_init(&s->app, SIM_STATE, on_app);
    sim_timer_init(&s->check, SIM_LATE, on_check);
    s->sent = SIM_NEVER;
}

void watch_begin(struct seat *s, bool known)
{
    struct grouping *g = s->group;
    s->n_sent = s->n_ill = 0;
    s->was_good = known;
    s->sent = SIM_NEVER;
    begin_checks(s, known);
    sim_time startup = g->startup == NULL || known ? 0 : seat_draw(g->startup, &g->startup_stream, s->id, 0);
    if (startup == 0) {
        come_up(s);
        return;
    }
    s->starting = true;
    obs_level_add(&g->level[GM_STARTING], world_now(g->e.world), 1);
    sim_after(g->e.world->sim, &s->app, startup);
}

void watch_end(struct seat *s, enum group_why why)
{
    struct grouping *g = s->group;
    sim_time now = world_now(g->e.world);
    sim_cancel(g->e.world->sim, &s->app);
    sim_cancel(g->e.world->sim, &s->check);
    if (s->starting)
        obs_level_add(&g->level[GM_STARTING], now, -1);
    s->starting = false;
    if (why != GROUP_HEALTH)
        return;
    grouping_count(g, GM_STILLBORN, g->checks && !s->was_good);
    if (s->ill)
        obs_tally_add(&g->found, now, now - s->ill_since);
}
