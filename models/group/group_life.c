/* group_life.c - one instance from Pending to Terminated (ASG-2), and what it is billed for. */
#include <string.h>

#include "group_int.h"
#include "mem.h"

const char *group_state_name(enum group_state s)
{
    static const char *const name[] = {"Pending", "Pending:Wait", "InService", "Terminating", "Terminating:Wait", "Terminated"};
    return name[s];
}

/* --- money --- */

uint64_t group_billed_one(sim_time from, sim_time to)
{
    uint64_t seconds = (uint64_t)((to - from + SIM_S - 1) / SIM_S);
    return seconds < 60 ? 60 : seconds;
}

__int128 group_cost(uint64_t seconds, int64_t nano_per_hour)
{
    return ((__int128)seconds * nano_per_hour + 1800) / 3600;
}

/* --- coming --- */

/* The zone with the fewest instances, the first of them. */
static uint32_t zone_for(const struct group *g)
{
    uint32_t best = 0, in[GROUP_ZONES_MAX] = {0};
    for (uint32_t i = 0; g->config.zones > 1 && i < g->n; i++)
        in[g->instance[i].zone] += !group_going(&g->instance[i]);
    for (uint32_t z = 1; z < g->config.zones; z++)
        best = in[z] < in[best] ? z : best;
    return best;
}

static bool grow(struct group *g)
{
    uint32_t cap = g->cap == 0 ? 16 : 2 * g->cap;
    struct group_instance *more = g->n < g->cap ? g->instance : mem_resize(g->instance, cap * sizeof(*more));
    if (more == NULL) {
        g->failed = true;
        return false;
    }
    g->cap = g->n < g->cap ? g->cap : cap;
    g->instance = more;
    return true;
}

struct group_instance *group_add(struct group *g, sim_time now)
{
    uint32_t zone = zone_for(g);
    if (!grow(g))
        return NULL;
    struct group_instance *i = &g->instance[g->n++];
    *i = (struct group_instance){.id = ++g->next_id,
                                 .zone = zone,
                                 .template = g->template,
                                 .launched = now,
                                 .health = g->config.checked ? GROUP_UNKNOWN : GROUP_HEALTHY,
                                 .due = SIM_NEVER,
                                 .spot_at = SIM_NEVER};
    return i;
}

bool group_launch(struct group *g, struct call *call)
{
    struct group_instance *i = group_add(g, call->now);
    if (i != NULL)
        call_effect(call, GROUP_FX_LAUNCH, 0, i->id, 0);
    return i != NULL;
}

static void serve(struct group *g, struct call *call, struct group_instance *i)
{
    i->state = GROUP_IN_SERVICE;
    i->protected = g->config.protect;
    i->in_service = call->now;
    i->warm_at = call->now + g->config.warmup;
    i->due = i->warm_at;
    call_effect(call, GROUP_FX_IN_SERVICE, 0, i->id, 0);
}

/* --- going --- */

static void end(struct group *g, struct call *call, uint32_t index)
{
    struct group_instance *i = &g->instance[index];
    uint64_t seconds = group_billed_one(i->launched, call->now);
    call_effect(call, GROUP_FX_END, i->why, i->id, seconds);
    g->billed += seconds;
    g->n--;
    memmove(i, i + 1, (g->n - index) * sizeof(*i));
}

/* An instance that never served has nothing to drain. */
void group_terminate(struct group *g, struct call *call, uint32_t index, enum group_why why)
{
    struct group_instance *i = &g->instance[index];
    bool served = i->state == GROUP_IN_SERVICE;
    i->why = why;
    i->state = GROUP_TERMINATING;
    i->due = served ? call->now + g->config.drain : call->now;
    if (why == GROUP_SPOT)
        i->due = i->spot_at;
    call_effect(call, GROUP_FX_STOP, why, i->id, 0);
}

/* --- what is due --- */

sim_time group_due(const struct group *g, const struct group_instance *i)
{
    sim_time due = i->due;
    if (i->state == GROUP_IN_SERVICE && group_ill(i) && !i->noticed && i->in_service + g->config.grace < due)
        due = i->in_service + g->config.grace;
    return i->spot_at < due ? i->spot_at : due;
}

static void hold(struct call *call, struct group_instance *i, enum group_state state, const struct group_hook *h)
{
    i->state = state;
    i->answer = GROUP_SILENT;
    i->due = call->now + h->timeout;
    call_effect(call, GROUP_FX_WAIT, state == GROUP_PENDING_WAIT, i->id, 0);
}

static void fire_hook(struct group *g, struct call *call, uint32_t index)
{
    struct group_instance *i = &g->instance[index];
    bool abandons = i->answer == GROUP_SILENT ? g->config.launch.abandon : i->answer == GROUP_ABANDONS;
    if (abandons)
        group_terminate(g, call, index, GROUP_ABANDONED);
    else
        serve(g, call, i);
}

/* Once ill health counts, group_heal does the rest. */
static void fire_serving(struct group *g, struct call *call, uint32_t index)
{
    struct group_instance *i = &g->instance[index];
    if (group_ill(i) && !i->noticed && i->in_service + g->config.grace <= call->now) {
        i->noticed = true;
        return;
    }
    i->due = SIM_NEVER;
    call_effect(call, GROUP_FX_WARM, 0, i->id, 0);
}

void group_fire(struct group *g, struct call *call, uint32_t index)
{
    struct group_instance *i = &g->instance[index];
    const struct group_config *c = &g->config;
    if (i->spot_at <= call->now) { /* no hook, no drain */
        i->why = GROUP_SPOT;
        end(g, call, index);
        return;
    }
    switch (i->state) {
    case GROUP_PENDING:
        if (c->launch.on)
            hold(call, i, GROUP_PENDING_WAIT, &c->launch);
        else
            serve(g, call, i);
        break;
    case GROUP_PENDING_WAIT:
        fire_hook(g, call, index);
        break;
    case GROUP_IN_SERVICE:
        fire_serving(g, call, index);
        break;
    case GROUP_TERMINATING:
        if (c->terminate.on)
            hold(call, i, GROUP_TERMINATING_WAIT, &c->terminate);
        else
            end(g, call, index);
        break;
    default:
        end(g, call, index);
    }
}

/* The activity is over when nothing comes or goes; behind a load balancer, going ones need not be waited for. */
void group_settle_cooldown(struct group *g)
{
    bool runs = g->uneven;
    for (uint32_t i = 0; i < g->n && !runs; i++) {
        enum group_state s = g->instance[i].state;
        runs = s < GROUP_IN_SERVICE || (s > GROUP_IN_SERVICE && !g->config.balanced);
    }
    if (!g->simple || runs)
        return;
    g->simple = false;
    g->cooldown_end = g->now + g->config.cooldown;
}
