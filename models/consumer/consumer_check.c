/* consumer_check.c - what a scenario can get wrong about a consumer. */
#include "check_codes.h"
#include "consumer.h"

#include <string.h>

bool consumer_fans_out(const struct spec_entity *e)
{
    const struct value *transport = spec_value(e, CONSUMER_TRANSPORT);
    if (transport->absent)
        return spec_int(e, CONSUMER_LIBRARY) == LIBRARY_KCL; /* KIN-75 */
    return transport->i == TRANSPORT_FAN_OUT;
}

/* The group on whose instances its workers run; NULL: they are where they always are. */
static const struct spec_entity *group_of(const struct spec *spec, const struct spec_entity *e)
{
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *g = &spec->entity[i];
        const struct value *target = strcmp(g->kind, "group") == 0 ? spec_named(g, "target") : NULL;
        if (target != NULL && target->ref == e)
            return g;
    }
    return NULL;
}

static void useless(const struct spec_entity *e, unsigned key, const char *why, struct problems *p)
{
    const struct value *v = spec_value(e, key);
    if (v->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' %s", e->path,
                    consumer_keys[key].name, why);
}

static void check_alone(const struct spec_entity *e, const struct spec_entity *group, struct problems *p)
{
    const struct value *max = spec_named(group, "max"), *threads = spec_named(group, "threads");
    if (max->i * threads->i > 1)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &max->place,
                    "%s: max times threads is above 1, and only with library = \"kcl\" do several workers share the shards of %s",
                    group->path, e->path);
}

static void check_library(const struct spec_entity *e, const struct spec_entity *group, struct problems *p)
{
    static const unsigned own[] = {CONSUMER_FAILOVER, CONSUMER_HANDOFF, CONSUMER_SHUTDOWN, CONSUMER_REBALANCE,
                                   CONSUMER_SHARD_SYNC, CONSUMER_PARENT_POLL};
    const struct value *workers = spec_value(e, CONSUMER_WORKERS);
    if (spec_int(e, CONSUMER_LIBRARY) == LIBRARY_KCL)
        return;
    for (unsigned i = 0; i < ARRAY_LEN(own); i++)
        useless(e, own[i], "is a setting of library = \"kcl\"", p);
    if (group != NULL)
        check_alone(e, group, p);
    if (workers->i > 1)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &workers->place,
                    "%s: only with library = \"kcl\" do several workers share the shards", e->path);
}

static void check_start(const struct spec_entity *e, struct problems *p)
{
    const struct value *at = spec_value(e, CONSUMER_START_AT),
                       *start = spec_value(e, CONSUMER_START);
    bool timed = start->i == LOG_AT_TIMESTAMP - 2;
    if (timed && at->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &start->place,
                    "%s: start = \"at_timestamp\" needs 'start_at'", e->path);
    if (!timed)
        useless(e, CONSUMER_START_AT, "needs start = \"at_timestamp\"", p);
}

static void check_replay(const struct spec_entity *e, struct problems *p)
{
    const struct value *replay = spec_value(e, CONSUMER_REPLAY);
    if (replay->list.n == 0)
        return;
    const struct value *at = value_field(replay, REPLAY_AT),
                       *from = value_field(replay, REPLAY_FROM),
                       *to = value_field(replay, REPLAY_TO),
                       *speed = value_field(replay, REPLAY_SPEED);
    if (from->i >= at->i)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &from->place,
                    "%s: a replay begins with what came before it: 'from' before 'at'", e->path);
    if (!to->absent && (to->i > at->i || to->i <= from->i))
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &to->place,
                    "%s: a replay's 'to' lies after 'from' and not after 'at'", e->path);
    if (!speed->absent && speed->number <= 0)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &speed->place,
                    "%s: a replay's speed is above 0", e->path);
}

static void check_kills(const struct spec_entity *e, const struct spec_entity *group, struct problems *p)
{
    const struct value *kills = spec_value(e, CONSUMER_KILLS);
    for (uint32_t i = 0; i < kills->list.n; i++) {
        const struct value *k = &kills->list.item[i], *worker = value_field(k, KILL_WORKER);
        if (group == NULL && worker->i > spec_int(e, CONSUMER_WORKERS))
            problem_add(p, SEVERITY_WARNING, CHECK_NEEDS, &worker->place,
                        "%s: there is no worker %lld at the start", e->path, (long long)worker->i);
    }
}

void consumer_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *pause = spec_value(e, CONSUMER_PAUSE);
    const struct spec_entity *group = group_of(spec, e);
    check_library(e, group, p);
    check_start(e, p);
    check_replay(e, p);
    check_kills(e, group, p);
    if (group == NULL && spec_int(e, CONSUMER_LIBRARY) == LIBRARY_KCL)
        useless(e, CONSUMER_SHUTDOWN, "is for workers on the instances of a group", p);
    steps_check(spec, e, p);
    if (consumer_fans_out(e)) {
        useless(e, CONSUMER_POLL_INTERVAL, "has no meaning with transport = \"fan_out\"", p);
        useless(e, CONSUMER_REPLY_LATENCY, "has no meaning with transport = \"fan_out\"", p);
    }
    if (pause->given && spec_int(e, CONSUMER_ATTEMPTS) == 1)
        useless(e, CONSUMER_PAUSE, "needs more than one of 'attempts'", p);
}
