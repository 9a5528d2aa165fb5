/* group_control.c - what policies do to a group. Those that have a wish at each evaluation are heard together, after every
 * datapoint and alarm of the instant. */
#include "group_actor.h"

enum { TRACE_RESIZED = 1, TRACE_LIMITS };

static struct scale_view view_of(struct grouping *g)
{
    struct group_view v;
    group_view(g->core, world_now(g->e.world), &v);
    return (struct scale_view){v.desired, v.min, v.max, v.warm, v.warming, v.refreshing, v.in_service};
}

static void view(struct entity *e, struct scale_view *out)
{
    *out = view_of((struct grouping *)e);
}

static void note(struct grouping *g, int64_t before)
{
    int64_t after = view_of(g).desired;
    if (after == before)
        return;
    grouping_count(g, after > before ? GM_SCALE_OUTS : GM_SCALE_INS, 1);
    entity_trace(&g->e, TRACE_RESIZED, (uint64_t)after);
    grouping_settle(g);
}

static void resize(struct entity *e, int64_t desired)
{
    struct grouping *g = (struct grouping *)e;
    int64_t before = view_of(g).desired;
    group_set_desired(g->core, world_now(e->world), desired);
    note(g, before);
}

static void simple(struct entity *e, int64_t desired)
{
    struct grouping *g = (struct grouping *)e;
    int64_t before = view_of(g).desired;
    group_simple(g->core, world_now(e->world), desired);
    note(g, before);
}

static void limits(struct entity *e, int64_t min, int64_t max)
{
    struct grouping *g = (struct grouping *)e;
    int64_t before = view_of(g).desired;
    entity_trace(e, TRACE_LIMITS, (uint64_t)min << 32 | (uint64_t)max);
    group_set_limits(g->core, world_now(e->world), min, max);
    note(g, before);
}

/* In the order of wiring, which is that of (kind, id). */
static void join(struct entity *e, struct scale_member *m)
{
    struct grouping *g = (struct grouping *)e;
    struct scale_member **at = &g->member;
    CHECK(m->every > 0 && SIM_MIN % m->every == 0);
    while (*at != NULL)
        at = &(*at)->next;
    m->next = NULL;
    *at = m;
    g->every = m->every < g->every ? m->every : g->every;
}

/* Until it evaluates again a policy sets off nothing: it has wished for more, or agreed to less, once (ASG-16). */
static struct scale_wish between(const struct scale_member *m, const struct scale_view *v)
{
    struct scale_wish w = m->last;
    bool less = w.desired < m->then;
    w.desired = less && w.desired < v->desired ? w.desired : v->desired;
    return w;
}

static struct scale_wish answer(struct scale_member *m, const struct scale_view *v, sim_time now)
{
    if (now % m->every != 0)
        return between(m, v);
    m->then = v->desired;
    return m->last = m->ask(m, v);
}

static void hear(struct sim *s, struct sim_timer *t)
{
    struct grouping *g = CONTAINER_OF(t, struct grouping, control);
    struct scale_wish wish[GROUP_POLICIES_MAX];
    struct scale_view v = view_of(g);
    uint32_t n = 0;
    for (struct scale_member *m = g->member; m != NULL && n < GROUP_POLICIES_MAX; m = m->next)
        wish[n++] = answer(m, &v, sim_now(s));
    if (sim_now(s) + g->every <= g->e.world->end)
        sim_after(s, t, g->every);
    resize(&g->e, scale_choose(&v, wish, n));
}

void grouping_control_init(struct grouping *g)
{
    g->member = NULL;
    g->every = SIM_NEVER;
    sim_timer_init(&g->control, SIM_CONTROL, hear);
}

void grouping_control_start(struct grouping *g)
{
    if (g->every <= g->e.world->end)
        sim_at(g->e.world->sim, &g->control, g->every);
}

const struct scale_ops grouping_scale = {view, resize, simple, limits, join};
