/* group_room.c - a group checked and put together from its settings. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check_codes.h"
#include "group_actor.h"
#include "mem.h"

static void hook_of(const struct value *v, struct group_hook *h)
{
    if (v->list.n == 0)
        return;
    *h = (struct group_hook){true, value_field(v, GROUP_HOOK_DEFAULT)->i == 0, value_field(v, GROUP_HOOK_TIMEOUT)->i};
}

static void config_of(const struct spec_entity *e, struct group_config *c)
{
    const struct value *desired = spec_value(e, GROUP_KEY_DESIRED), *spot = spec_value(e, GROUP_KEY_SPOT);
    group_config_default(c);
    c->min = spec_int(e, GROUP_KEY_MIN);
    c->max = spec_int(e, GROUP_KEY_MAX);
    c->desired = desired->absent ? c->min : desired->i;
    c->warmup = spec_int(e, GROUP_KEY_WARMUP);
    c->cooldown = spec_int(e, GROUP_KEY_COOLDOWN);
    c->drain = spec_int(e, GROUP_KEY_DRAIN);
    c->grace = spec_int(e, GROUP_KEY_GRACE);
    c->balanced = spec_int(e, GROUP_KEY_BALANCED) != 0;
    c->victim = (enum group_victim)spec_int(e, GROUP_KEY_VICTIM);
    c->protect = spec_int(e, GROUP_KEY_PROTECTION) == GROUP_PROTECT_ALL;
    c->zones = (uint32_t)spec_int(e, GROUP_KEY_ZONES);
    hook_of(spec_value(e, GROUP_KEY_LAUNCH_HOOK), &c->launch);
    hook_of(spec_value(e, GROUP_KEY_END_HOOK), &c->terminate);
    if (spot->list.n > 0) {
        c->spot_notice = value_field(spot, GROUP_SPOT_NOTICE)->i;
        c->spot_drain = value_field(spot, GROUP_SPOT_DRAIN)->i != 0;
    }
    watch_config(e, c);
}

/* The setting that the group takes the place of. */
static const char *size_name(const struct spec_entity *target)
{
    static const char *const names[] = {"size", "servers", "workers"};
    for (unsigned i = 0; i < ARRAY_LEN(names); i++)
        if (spec_named(target, names[i]) != NULL)
            return names[i];
    return "";
}

static int64_t size_limit(const struct spec_entity *target)
{
    const char *name = size_name(target);
    for (uint32_t k = 0; k < target->room->n_key; k++)
        if (strcmp(target->room->key[k].name, name) == 0)
            return strtoll(target->room->key[k].high, NULL, 10);
    return INT64_MAX;
}

static void check_threads(const struct spec_entity *e, const struct spec_entity *target, struct problems *p)
{
    int64_t all = spec_int(e, GROUP_KEY_MAX) * spec_int(e, GROUP_KEY_THREADS), most = size_limit(target);
    if (all > most)
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &spec_value(e, GROUP_KEY_THREADS)->place,
                    "%s: max times threads is %" PRId64 ", and %s has at most %" PRId64, e->path, all, target->path, most);
}

/* Those that are set off by alarms are not asked. */
static void check_policies(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct value *target = strcmp(spec->entity[i].kind, "scaling") == 0 ? spec_named(&spec->entity[i], "target") : NULL;
        n += target != NULL && target->ref == e;
    }
    if (n > GROUP_POLICIES_MAX)
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &e->place, "%s has %u policies; %d is the most", e->path, n, GROUP_POLICIES_MAX);
}

static void check_target(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *ref = spec_value(e, GROUP_KEY_TARGET);
    const struct value *size = ref->ref == NULL ? NULL : spec_named(ref->ref, size_name(ref->ref));
    if (size != NULL && size->given)
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &size->place,
                    "%s has a size of its own, but %s says how many there are", ref->ref->path, e->path);
    if (ref->ref != NULL)
        check_threads(e, ref->ref, p);
    for (uint32_t i = 0; ref->ref != NULL && i < e->index; i++) {
        const struct spec_entity *other = &spec->entity[i];
        if (other->room == e->room && spec_value(other, GROUP_KEY_TARGET)->ref == ref->ref)
            problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &ref->place, "%s belongs to %s already", ref->ref->path, other->path);
    }
}

/* An instance that comes at once and goes at once would do so without end at one instant. */
static void check_life(const struct spec_entity *e, const struct value *life, double more_ns, struct problems *p)
{
    const struct value *launch = spec_value(e, GROUP_KEY_LAUNCH_DELAY);
    if (life == NULL || life->dist == NULL || launch->dist == NULL)
        return;
    if (dist_mean(life->dist) + more_ns + dist_mean(launch->dist) < (double)SIM_S)
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &life->place,
                    "%s: an instance comes and is gone within a second on average; give it a longer life, or launch_delay", e->path);
}

static void check_lives(const struct spec_entity *e, struct problems *p)
{
    const struct value *spot = spec_value(e, GROUP_KEY_SPOT);
    check_life(e, spec_value(e, GROUP_KEY_FAILURE), 0, p);
    if (spot->list.n == 0)
        return;
    bool replaced = value_field(spot, GROUP_SPOT_DRAIN)->i != 0; /* from the notice on */
    check_life(e, value_field(spot, GROUP_SPOT_AFTER), replaced ? 0 : (double)value_field(spot, GROUP_SPOT_NOTICE)->i, p);
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    struct group_config c;
    struct err err = {0};
    check_lives(e, p);
    config_of(e, &c);
    check_target(spec, e, p);
    check_policies(spec, e, p);
    watch_check(e, p);
    if (!group_config_valid(&c, &err))
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &e->place, "%s: %s", e->path, err.text);
}

/* --- life --- */

static bool register_metrics(struct grouping *g, int64_t desired)
{
    struct entity *e = &g->e;
    bool ok = true;
    for (unsigned m = GM_DESIRED; ok && m <= GM_UNHEALTHY; m++)
        ok = entity_level(e, m, &g->level[m], m <= GM_IN_SERVICE ? desired : 0);
    for (unsigned m = GM_LAUNCHES; ok && m <= GM_FAILED_REFRESHES; m++)
        ok = entity_counter(e, m, &g->count[m - GM_LAUNCHES]);
    obs_level_init(&g->hours_part, 0, 0);
    obs_level_init(&g->hours_whole, 0, 0);
    obs_level_init(&g->cost_part, 0, 0);
    obs_level_init(&g->cost_whole, 0, 0);
    return ok && entity_tally(e, GM_LAUNCH, &g->launch) && entity_tally(e, GM_FOUND, &g->found) &&
           entity_share(e, GM_HOURS, &g->hours, &g->hours_part, &g->hours_whole) &&
           entity_share(e, GM_COST, &g->cost, &g->cost_part, &g->cost_whole);
}

static const struct dist *time_of(const struct value *group, unsigned key)
{
    return group->list.n == 0 ? NULL : value_field(group, key)->dist;
}

static void read_keys(struct grouping *g)
{
    const struct spec_entity *e = g->e.spec;
    const struct value *price = spec_value(e, GROUP_KEY_PRICE);
    g->threads = (uint32_t)spec_int(e, GROUP_KEY_THREADS);
    g->launch_delay = spec_value(e, GROUP_KEY_LAUNCH_DELAY)->dist;
    g->launch_time = time_of(spec_value(e, GROUP_KEY_LAUNCH_HOOK), GROUP_HOOK_TIME);
    g->end_time = time_of(spec_value(e, GROUP_KEY_END_HOOK), GROUP_HOOK_TIME);
    g->spot_after = time_of(spec_value(e, GROUP_KEY_SPOT), GROUP_SPOT_AFTER);
    g->failure = spec_value(e, GROUP_KEY_FAILURE)->dist;
    g->protection = (enum group_protection)spec_int(e, GROUP_KEY_PROTECTION);
    g->nano_per_hour = price->absent ? 0 : (int64_t)(price->number * 1e9 + 0.5);
    g->launch_stream = entity_stream(&g->e, "launch");
    g->hook_stream = entity_stream(&g->e, "hook");
    g->failure_stream = entity_stream(&g->e, "failure");
    g->spot_stream = entity_stream(&g->e, "spot");
    watch_read(g);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct grouping *g = arena_get(&w->arena, sizeof(*g));
    struct group_config c;
    if (g == NULL)
        return NULL;
    entity_init(&g->e, w, spec);
    config_of(spec, &c);
    read_keys(g);
    grouping_control_init(g);
    return register_metrics(g, c.desired) && group_open(&g->core, &c, 0, NULL) ? &g->e : NULL;
}

static bool wire(struct entity *e)
{
    struct grouping *g = (struct grouping *)e;
    g->target = world_entity(e->world, spec_value(e->spec, GROUP_KEY_TARGET)->ref);
    g->crew = g->target->room->crew;
    g->routes = g->checks && g->judge.kind == HEALTH_BALANCER && g->target->room->call != NULL;
    return g->crew->take(g->target);
}

static void close_group(struct entity *e)
{
    struct grouping *g = (struct grouping *)e;
    group_close(g->core);
    mem_release(g->seat);
}

const struct room room_group = {
    .kind = "group",
    .title = "Auto Scaling group or ECS service",
    .doc = "Instances on which the workers of a fleet or of a stream's consumer run, or a service's servers. It launches and ends them so that "
           "there are as many as are desired, which policies (kind scaling) change. An instance that goes takes no more work, may drain, and is "
           "killed then. One that dies, or that health checks find unhealthy, is replaced.",
    .key = group_keys,
    .n_key = N_GROUP_KEYS,
    .metric = group_metrics,
    .n_metric = N_GROUP_METRICS,
    .scale = &grouping_scale,
    .check = check,
    .make = make,
    .wire = wire,
    .start = grouping_start,
    .finish = grouping_finish,
    .conserve = grouping_conserve,
    .close = close_group,
};
