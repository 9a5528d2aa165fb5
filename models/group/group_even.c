/* group_even.c - one instance more or less, until there are as many as are desired: who goes, who is replaced, and how far
 * a refresh may go. */
#include "group_int.h"

static int64_t staying(const struct group *g)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < g->n; i++)
        n += !group_going(&g->instance[i]);
    return n;
}

/* --- who goes (ASG-4): the fullest zone, the oldest template, then by age --- */

/* How many of each zone stay. */
struct census {
    uint32_t in[GROUP_ZONES_MAX];
};

static struct census census_of(const struct group *g)
{
    struct census c = {{0}};
    for (uint32_t i = 0; g->config.zones > 1 && i < g->n; i++)
        c.in[g->instance[i].zone] += !group_going(&g->instance[i]);
    return c;
}

static sim_time to_next_hour(const struct group *g, const struct group_instance *i)
{
    return SIM_H - (g->now - i->launched) % SIM_H;
}

static bool goes_before(const struct group *g, const struct census *c, const struct group_instance *a,
                        const struct group_instance *b)
{
    if (c->in[a->zone] != c->in[b->zone])
        return c->in[a->zone] > c->in[b->zone];
    if (a->template != b->template)
        return a->template < b->template;
    if (g->config.victim == GROUP_NEXT_HOUR && to_next_hour(g, a) != to_next_hour(g, b))
        return to_next_hour(g, a) < to_next_hour(g, b);
    return g->config.victim == GROUP_NEWEST ? a->id > b->id : a->id < b->id;
}

/* group->n: all that could go are protected. */
static uint32_t victim(const struct group *g)
{
    uint32_t best = g->n;
    struct census c = census_of(g);
    for (uint32_t i = 0; i < g->n; i++) {
        const struct group_instance *x = &g->instance[i];
        if (!group_going(x) && !x->protected && (best == g->n || goes_before(g, &c, x, &g->instance[best])))
            best = i;
    }
    return best;
}

/* --- refresh --- */

/* The oldest that is to be replaced: with `any`, protected ones too. */
static uint32_t oldest_template(const struct group *g, bool any)
{
    for (uint32_t i = 0; i < g->n; i++) {
        const struct group_instance *x = &g->instance[i];
        if (!group_going(x) && x->template < g->template && (any || !x->protected))
            return i;
    }
    return g->n;
}

static int64_t fit(const struct group *g)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        const struct group_instance *x = &g->instance[i];
        n += x->state == GROUP_IN_SERVICE && x->warm_at <= g->now && !group_ill(x);
    }
    return n;
}

static bool over(struct group *g, struct call *call, bool failed)
{
    g->healthy = 0;
    g->refresh_until = SIM_NEVER;
    call_effect(call, GROUP_FX_REFRESHED, failed, 0, 0);
    return true;
}

/* Only protected ones are left: they are waited for, and then it fails (ASG-45). */
static bool wait(struct group *g, struct call *call)
{
    if (g->refresh_until == SIM_NEVER)
        g->refresh_until = g->now + g->config.refresh_wait;
    return g->refresh_until <= g->now && over(g, call, true);
}

/* One more goes when enough warm ones are left, or when all are warm. */
static bool refresh(struct group *g, struct call *call)
{
    uint32_t old = oldest_template(g, g->config.refresh == GROUP_REFRESH_ALL);
    struct group_view v;
    if (g->healthy == 0)
        return false;
    group_view(g, g->now, &v);
    if (old == g->n && g->config.refresh == GROUP_WAIT && oldest_template(g, true) < g->n)
        return wait(g, call);
    if (old == g->n)
        return v.warming == 0 && over(g, call, false);
    int64_t warm = fit(g);
    g->refresh_until = SIM_NEVER;
    if (warm != g->desired && (warm - 1) * 100 < g->desired * (int64_t)g->healthy)
        return false;
    group_terminate(g, call, old, GROUP_REFRESH);
    return true;
}

/* --- one step --- */

static bool replace_spot(struct group *g, struct call *call)
{
    for (uint32_t i = 0; g->config.spot_drain && i < g->n; i++)
        if (g->instance[i].spot_at != SIM_NEVER && g->instance[i].state <= GROUP_IN_SERVICE) {
            group_terminate(g, call, i, GROUP_SPOT);
            return true;
        }
    return false;
}

bool group_even(struct group *g, struct call *call)
{
    if (replace_spot(g, call) || group_heal(g, call))
        return true;
    int64_t n = staying(g), want = group_want(g);
    if (n < want)
        return group_launch(g, call);
    uint32_t who = n > want ? victim(g) : g->n;
    if (who < g->n) {
        group_terminate(g, call, who, GROUP_SCALING);
        return true;
    }
    return refresh(g, call);
}
