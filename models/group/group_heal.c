/* group_heal.c - who is ill is replaced, and how many at a time. One that does not run, or of which somebody said so, goes at once.
 * What checks find goes piecemeal, so that a check that is wrong does not take the whole group: on EC2 a new one must have
 * come, passed a check and warmed up before the next one goes (ASG-43); a task of ECS goes when its replacement is there
 * (ASG-44). */
#include "group_int.h"

static bool is_patient(const struct group_instance *i)
{
    return i->state == GROUP_IN_SERVICE && i->noticed;
}

/* The oldest of those; group->n: there is none. */
static uint32_t patient(const struct group *g, bool at_once)
{
    for (uint32_t i = 0; i < g->n; i++)
        if (is_patient(&g->instance[i]) && (!at_once || g->instance[i].sick))
            return i;
    return g->n;
}

/* Those that are missing, that come, or that have not shown yet that they are fit. */
static int64_t away(const struct group *g)
{
    int64_t n = 0, staying = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        const struct group_instance *x = &g->instance[i];
        bool fit = x->state == GROUP_IN_SERVICE && x->health == GROUP_HEALTHY && x->warm_at <= g->now;
        n += !group_going(x) && !is_patient(x) && !fit;
        staying += !group_going(x);
    }
    return n + (g->desired > staying ? g->desired - staying : 0);
}

/* --- tasks: the replacement first --- */

static int64_t patients(const struct group *g)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < g->n; i++)
        n += is_patient(&g->instance[i]) && !g->instance[i].sick;
    return n;
}

/* Tasks that there may be beside those desired. */
static int64_t room(const struct group *g)
{
    return g->config.most > 100 ? g->desired * (g->config.most - 100) / 100 : 0;
}

int64_t group_want(const struct group *g)
{
    int64_t ill = patients(g), more = room(g);
    return g->desired + (ill < more ? ill : more);
}

/* Tasks of which it is known how they are. */
static int64_t known(const struct group *g)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        const struct group_instance *x = &g->instance[i];
        n += x->state == GROUP_IN_SERVICE && (x->health == GROUP_HEALTHY || x->noticed);
    }
    return n;
}

static bool may_go(const struct group *g)
{
    int64_t at_a_time = g->desired * g->config.at_a_time / 100;
    if (room(g) > 0)
        return known(g) > g->desired;
    return away(g) < (at_a_time > 1 ? at_a_time : 1);
}

bool group_heal(struct group *g, struct call *call)
{
    uint32_t who = patient(g, true);
    if (who == g->n) {
        who = patient(g, false);
        if (who == g->n || !may_go(g))
            return false;
    }
    group_terminate(g, call, who, GROUP_HEALTH);
    return true;
}
