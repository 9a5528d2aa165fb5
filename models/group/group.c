/* group.c - a group from outside: opened, asked, told. What it is told changes marks and times only; instances come and go
 * when it is advanced, one at a time, so that the list of effects never runs over. */
#include "group_int.h"

#include "mem.h"

void group_config_default(struct group_config *c)
{
    *c = (struct group_config){.max = 1,
                               .warmup = 300 * SIM_S,
                               .cooldown = 300 * SIM_S,
                               .launch = {false, true, SIM_H},
                               .terminate = {false, true, SIM_H},
                               .zones = 1,
                               .ready = true,
                               .spot_notice = 120 * SIM_S,
                               .at_a_time = 10,
                               .refresh_wait = SIM_H};
}

bool group_config_valid(const struct group_config *c, struct err *err)
{
    if (c->min < 0 || c->max > GROUP_MAX)
        return err_set(err, ERR_DATA, "a group has 0 to %d instances", GROUP_MAX);
    if (c->min > c->desired || c->desired > c->max)
        return err_set(err, ERR_DATA, "min <= desired <= max");
    return (c->zones > 0 && c->zones <= GROUP_ZONES_MAX) || err_set(err, ERR_DATA, "a group has 1 to %d zones", GROUP_ZONES_MAX);
}

static bool begin(struct group *g, sim_time now)
{
    for (int64_t i = 0; g->config.ready && i < g->config.desired; i++) {
        struct group_instance *x = group_add(g, now);
        if (x == NULL)
            return false;
        x->state = GROUP_IN_SERVICE;
        x->protected = g->config.protect;
        x->health = GROUP_HEALTHY;
        x->in_service = x->warm_at = now;
    }
    return true;
}

bool group_open(struct group **out, const struct group_config *c, sim_time now, struct err *err)
{
    if (!group_config_valid(c, err))
        return false;
    struct group *g = mem_get_zero(1, sizeof(*g));
    if (g != NULL)
        *g = (struct group){.config = *c, .desired = c->desired, .now = now, .uneven = true, .refresh_until = SIM_NEVER};
    if (g == NULL || !begin(g, now)) {
        group_close(g);
        return err_set(err, ERR_OS, "not enough memory for a group");
    }
    *out = g;
    return true;
}

void group_close(struct group *g)
{
    if (g == NULL)
        return;
    mem_release(g->instance);
    mem_release(g);
}

sim_time group_deadline(const struct group *g)
{
    sim_time first = g->refresh_until;
    if (g->uneven)
        return g->now;
    for (uint32_t i = 0; i < g->n; i++) {
        sim_time due = group_due(g, &g->instance[i]);
        first = due < first ? due : first;
    }
    return first < g->now ? g->now : first; /* ill health may have been told of late */
}

static void comes(struct group *g, sim_time now)
{
    CHECK(now >= g->now);
    g->now = now;
}

void group_advance(struct group *g, struct call *call)
{
    uint32_t first = 0;
    comes(g, call->now);
    if (g->uneven) {
        g->uneven = group_even(g, call);
        group_settle_cooldown(g);
        return;
    }
    for (uint32_t i = 1; i < g->n; i++)
        if (group_due(g, &g->instance[i]) < group_due(g, &g->instance[first]))
            first = i;
    if (g->n > 0 && group_due(g, &g->instance[first]) <= call->now) {
        group_fire(g, call, first);
        g->uneven = true;
    } else if (g->refresh_until <= call->now) {
        g->uneven = true;
    }
}

/* --- what it is told --- */

int64_t group_set_desired(struct group *g, sim_time now, int64_t desired)
{
    const struct group_config *c = &g->config;
    comes(g, now);
    desired = desired > c->max ? c->max : desired;
    desired = desired < c->min ? c->min : desired;
    g->uneven |= desired != g->desired;
    g->desired = desired;
    return desired;
}

int64_t group_set_limits(struct group *g, sim_time now, int64_t min, int64_t max)
{
    CHECK(min >= 0 && min <= max && max <= GROUP_MAX);
    g->config.min = min;
    g->config.max = max;
    return group_set_desired(g, now, g->desired);
}

bool group_simple(struct group *g, sim_time now, int64_t desired)
{
    int64_t before = g->desired;
    if (g->simple || now < g->cooldown_end)
        return false;
    g->simple = group_set_desired(g, now, desired) != before;
    return true;
}

sim_time group_cooldown_end(const struct group *g)
{
    return g->simple ? SIM_NEVER : g->cooldown_end;
}

static struct group_instance *find(const struct group *g, uint64_t id)
{
    uint32_t low = 0, high = g->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (g->instance[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < g->n && g->instance[low].id == id ? &g->instance[low] : NULL;
}

void group_boots(struct group *g, uint64_t id, sim_time at)
{
    struct group_instance *i = find(g, id);
    if (i != NULL && i->state == GROUP_PENDING)
        i->due = at;
}

/* The hook's answer is taken up at once: its time is over. */
void group_complete(struct group *g, sim_time now, uint64_t id, bool carry_on)
{
    struct group_instance *i = find(g, id);
    comes(g, now);
    if (i == NULL || (i->state != GROUP_PENDING_WAIT && i->state != GROUP_TERMINATING_WAIT))
        return;
    i->answer = carry_on ? GROUP_CONTINUES : GROUP_ABANDONS;
    i->due = now;
}

void group_idle(struct group *g, sim_time now, uint64_t id)
{
    struct group_instance *i = find(g, id);
    comes(g, now);
    if (i != NULL && i->state == GROUP_TERMINATING && i->due > now)
        i->due = now;
}

void group_sick(struct group *g, sim_time now, uint64_t id)
{
    struct group_instance *i = find(g, id);
    comes(g, now);
    if (i != NULL)
        i->sick = true;
    g->uneven = true;
}

void group_lost(struct group *g, sim_time now, uint64_t id)
{
    struct group_instance *i = find(g, id);
    comes(g, now);
    if (i != NULL)
        i->sick = i->noticed = true;
    g->uneven = true;
}

/* Who is well again before his turn came, stays. */
void group_health(struct group *g, sim_time now, uint64_t id, enum group_health health)
{
    struct group_instance *i = find(g, id);
    comes(g, now);
    if (i == NULL)
        return;
    i->health = health;
    i->noticed &= group_ill(i);
    g->uneven = true;
}

void group_protect(struct group *g, sim_time now, uint64_t id, bool on)
{
    struct group_instance *i = find(g, id);
    comes(g, now);
    if (i != NULL)
        i->protected = on;
    g->uneven = true;
}

void group_interrupt(struct group *g, sim_time now, uint64_t id)
{
    struct group_instance *i = find(g, id);
    comes(g, now);
    if (i != NULL && i->spot_at == SIM_NEVER)
        i->spot_at = now + g->config.spot_notice;
    g->uneven = true;
}

void group_refresh(struct group *g, sim_time now, uint32_t healthy)
{
    comes(g, now);
    g->template++;
    g->healthy = healthy > 0 ? healthy : 1;
    g->refresh_until = SIM_NEVER;
    g->uneven = true;
}

/* --- what it is asked --- */

void group_view(const struct group *g, sim_time now, struct group_view *v)
{
    *v = (struct group_view){
        .desired = g->desired, .min = g->config.min, .max = g->config.max, .refreshing = g->healthy > 0};
    for (uint32_t k = 0; k < g->n; k++) {
        const struct group_instance *i = &g->instance[k];
        bool serves = i->state == GROUP_IN_SERVICE, comes_up = i->state < GROUP_IN_SERVICE;
        v->pending += comes_up;
        v->in_service += serves;
        v->terminating += group_going(i);
        v->warm += serves && i->warm_at <= now;
        v->warming += comes_up || (serves && i->warm_at > now);
        v->unhealthy += serves && i->health == GROUP_UNHEALTHY;
    }
}

uint32_t group_size(const struct group *g)
{
    return g->n;
}

const struct group_instance *group_instance(const struct group *g, uint32_t index)
{
    CHECK(index < g->n);
    return &g->instance[index];
}

const struct group_instance *group_find(const struct group *g, uint64_t id)
{
    return find(g, id);
}

uint64_t group_billed(const struct group *g, sim_time now)
{
    uint64_t all = g->billed;
    for (uint32_t i = 0; i < g->n; i++)
        all += group_billed_one(g->instance[i].launched, now);
    return all;
}

uint64_t group_launches(const struct group *g)
{
    return g->next_id;
}

bool group_failed(const struct group *g)
{
    return g->failed;
}
