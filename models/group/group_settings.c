/* group_settings.c - a group's health as it is set: read, and checked. */
#include "check_codes.h"
#include "group_actor.h"
#include "station_keys.h"

#define PPB 1000000000

static const struct value *illness_of(const struct spec_entity *e, unsigned key)
{
    const struct value *ill = spec_value(e, GROUP_KEY_ILLNESS);
    return ill->list.n == 0 ? NULL : value_field(ill, key);
}

static void read_judge(const struct spec_entity *e, struct health_config *c)
{
    static const enum health_kind kind[] = {HEALTH_STATUS, HEALTH_BALANCER, HEALTH_CONTAINER};
    const struct value *h = spec_value(e, GROUP_KEY_HEALTH);
    health_config_default(c, kind[value_field(h, GROUP_HEALTH_CHECK)->i]);
    const struct value *interval = value_field(h, GROUP_HEALTH_INTERVAL), *bad = value_field(h, GROUP_HEALTH_BAD),
                       *good = value_field(h, GROUP_HEALTH_GOOD);
    c->timeout = value_field(h, GROUP_HEALTH_TIMEOUT)->i;
    c->start = value_field(h, GROUP_HEALTH_START)->i;
    c->interval = interval->absent ? c->interval : interval->i;
    c->unhealthy = bad->absent ? c->unhealthy : (uint32_t)bad->i;
    c->healthy = good->absent ? c->healthy : (uint32_t)good->i;
}

void watch_config(const struct spec_entity *e, struct group_config *c)
{
    static const enum group_protected of[] = {GROUP_WAIT, GROUP_REFRESH_ALL, GROUP_IGNORE};
    const struct value *h = spec_value(e, GROUP_KEY_HEALTH), *refresh = spec_value(e, GROUP_KEY_REFRESH);
    if (refresh->list.n > 0)
        c->refresh = of[value_field(refresh, GROUP_REFRESH_PROTECTED)->i];
    if (h->list.n == 0 || value_field(h, GROUP_HEALTH_CHECK)->absent)
        return;
    c->checked = true;
    c->at_a_time = (uint32_t)(value_field(h, GROUP_HEALTH_AT_A_TIME)->i / (PPB / 100));
    if (value_field(h, GROUP_HEALTH_CHECK)->i == HEALTH_CONTAINER)
        c->most = (uint32_t)value_field(h, GROUP_HEALTH_MOST)->i;
}

static struct fault_state ailment_of(const struct spec_entity *e)
{
    struct fault_state s = {.active = FAULT_HANG, .factor = 1};
    int64_t mode = illness_of(e, GROUP_ILL_MODE)->i;
    if (mode == GROUP_ILL_SLOW)
        s = (struct fault_state){.active = FAULT_SLOW, .factor = illness_of(e, GROUP_ILL_FACTOR)->number};
    else if (mode == GROUP_ILL_FAIL)
        s = (struct fault_state){.active = FAULT_FAIL, .factor = 1, .probability = illness_of(e, GROUP_ILL_PROBABILITY)->i};
    return s;
}

void watch_read(struct grouping *g)
{
    const struct spec_entity *e = g->e.spec;
    const struct value *h = spec_value(e, GROUP_KEY_HEALTH);
    g->startup = spec_value(e, GROUP_KEY_STARTUP)->dist;
    g->startup_stream = entity_stream(&g->e, "startup");
    g->ill_stream = entity_stream(&g->e, "illness");
    g->check_stream = entity_stream(&g->e, "check");
    if (spec_value(e, GROUP_KEY_ILLNESS)->list.n > 0) {
        g->ill_after = illness_of(e, GROUP_ILL_AFTER)->dist;
        g->ill_lasts = illness_of(e, GROUP_ILL_LASTS)->dist;
        g->ailment = ailment_of(e);
        g->impairs = illness_of(e, GROUP_ILL_MODE)->i == GROUP_ILL_IMPAIRED;
    }
    g->checks = h->list.n > 0;
    if (!g->checks)
        return;
    read_judge(e, &g->judge);
    g->asks_workers = value_field(h, GROUP_HEALTH_ASKS)->i != 0;
    g->answer_time = value_field(h, GROUP_HEALTH_TIME)->i;
}

/* --- what does not go together --- */

static const char *const mode_name[] = {"hang", "slow", "fail", "impaired"};

static void needs(const struct spec_entity *e, unsigned key, bool needed, struct problems *p)
{
    const struct value *v = illness_of(e, key), *mode = illness_of(e, GROUP_ILL_MODE);
    const char *name = group_illness_keys[key].name;
    if (needed && v->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &mode->place, "%s: the illness '%s' needs '%s'", e->path, mode_name[mode->i], name);
    if (!needed && v->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' has no meaning where instances %s", e->path, name,
                    mode->i == GROUP_ILL_IMPAIRED ? "are impaired" : mode->i == GROUP_ILL_SLOW ? "are slow" : mode_name[mode->i]);
}

static void useless(const struct spec_entity *e, unsigned key, bool has, const char *why, struct problems *p)
{
    const struct value *v = value_field(spec_value(e, GROUP_KEY_HEALTH), key);
    if (!has && v->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' %s", e->path, group_health_keys[key].name, why);
}

static void check_health(const struct spec_entity *e, struct problems *p)
{
    const struct value *h = spec_value(e, GROUP_KEY_HEALTH);
    struct health_config c;
    struct err err = {0};
    if (h->list.n == 0 || value_field(h, GROUP_HEALTH_CHECK)->absent)
        return;
    read_judge(e, &c);
    useless(e, GROUP_HEALTH_START, c.kind == HEALTH_CONTAINER, "belongs to a container's check; for others there is the group's 'grace'", p);
    useless(e, GROUP_HEALTH_MOST, c.kind == HEALTH_CONTAINER, "belongs to ECS (check = \"container\"); EC2 has 'at_a_time'", p);
    useless(e, GROUP_HEALTH_ASKS, c.kind != HEALTH_STATUS, "has no meaning for EC2's status checks, which ask the machine", p);
    useless(e, GROUP_HEALTH_TIME, c.kind != HEALTH_STATUS, "has no meaning for EC2's status checks, which ask the machine", p);
    if (!health_config_valid(&c, &err))
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &h->place, "%s: %s", e->path, err.text);
}

/* Servers that are not told apart have no instance to fall ill with. */
static const char *why_alike(const struct spec_entity *target)
{
    static const char *const key[] = {"batch", "setup", "breakdown"};
    const struct value *order = spec_named(target, "order"), *preemptive = spec_named(target, "preemptive");
    for (unsigned i = 0; i < ARRAY_LEN(key); i++)
        if (spec_named(target, key[i]) != NULL && spec_named(target, key[i])->list.n > 0)
            return key[i];
    if (preemptive != NULL && preemptive->i != 0)
        return "preemptive";
    return order != NULL && order->i == ORDER_SHARING ? "order = \"sharing\"" : NULL;
}

void watch_check(const struct spec_entity *e, struct problems *p)
{
    const struct value *ill = spec_value(e, GROUP_KEY_ILLNESS), *h = spec_value(e, GROUP_KEY_HEALTH);
    const struct spec_entity *target = spec_value(e, GROUP_KEY_TARGET)->ref;
    bool asked = ill->list.n > 0 || h->list.n > 0, crew = target != NULL && target->room->crew != NULL;
    if (crew && asked && target->room->crew->ail == NULL) {
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, ill->list.n > 0 ? &ill->place : &h->place,
                    "%s: the workers of a %s cannot fall ill one by one, and are not looked at: leave out 'illness' and 'health'", e->path, target->kind);
        return;
    }
    const char *why = crew ? why_alike(target) : NULL;
    if (why != NULL && asked)
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, ill->list.n > 0 ? &ill->place : &h->place,
                    "%s: with '%s' the servers of %s are not told apart: neither 'illness' nor 'health' goes with it", e->path, why,
                    target->path);
    check_health(e, p);
    if (ill->list.n == 0 || illness_of(e, GROUP_ILL_MODE)->absent)
        return;
    int64_t mode = illness_of(e, GROUP_ILL_MODE)->i;
    needs(e, GROUP_ILL_FACTOR, mode == GROUP_ILL_SLOW, p);
    needs(e, GROUP_ILL_PROBABILITY, mode == GROUP_ILL_FAIL, p);
}
