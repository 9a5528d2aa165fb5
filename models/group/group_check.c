/* group_check.c - what must hold of a group at any time. */
#include "group_int.h"

static void check_instance(const struct group *g, const struct group_instance *i, sim_time now)
{
    CHECK(i->id > 0 && i->id <= g->next_id);
    CHECK(i->state < GROUP_TERMINATED);
    CHECK(i->zone < g->config.zones && i->template <= g->template);
    CHECK(i->launched <= now);
    CHECK(i->state < GROUP_IN_SERVICE || group_going(i) || i->in_service >= i->launched);
    CHECK(i->state != GROUP_PENDING_WAIT || g->config.launch.on);
    CHECK(i->state != GROUP_TERMINATING_WAIT || g->config.terminate.on);
    CHECK(!i->noticed || group_ill(i));
    CHECK(i->state == GROUP_PENDING || i->state == GROUP_IN_SERVICE || i->due != SIM_NEVER);
}

/* When nothing is due, there are as many as are wanted, or those too many are protected. */
void group_check(const struct group *g, sim_time now)
{
    int64_t staying = 0, open = 0;
    CHECK(g->config.min <= g->desired && g->desired <= g->config.max);
    for (uint32_t i = 0; i < g->n; i++) {
        CHECK(i == 0 || g->instance[i - 1].id < g->instance[i].id);
        check_instance(g, &g->instance[i], now);
        staying += !group_going(&g->instance[i]);
        open += !group_going(&g->instance[i]) && !g->instance[i].protected;
    }
    if (g->uneven)
        return;
    CHECK(staying >= group_want(g) && group_want(g) >= g->desired);
    CHECK(staying == group_want(g) || open == 0);
}
