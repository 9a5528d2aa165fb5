/* caller_open.c - a call policy made from its settings. */
#include "arena.h"
#include "caller_more.h"
#include "event.h"
#include "obs_usual.h"

#include <stdio.h>
#include <string.h>

#define PPB INT64_C(1000000000)

bool caller_metrics_open(struct caller_metrics *m, struct entity *e, unsigned first)
{
    for (unsigned i = 0; i <= CM_DENIED_RETRIES; i++) {
        if (!entity_counter(e, first + i, &m->count[i]))
            return false;
    }
    if (!entity_tally(e, first + CM_ATTEMPTS, &m->attempts))
        return false;
    obs_tally_expect(&m->attempts, 1);
    return true;
}

static bool open_targets(struct caller_policy *p, const struct value *group, const char *use)
{
    struct targets *t = &p->more->targets;
    struct world *w = p->owner->world;
    const struct value *list = caller_field(group, CALLER_TARGETS);
    if (list == NULL || list->list.n == 0)
        return true;
    const struct value *choices = caller_field(group, CALLER_CHOICES), *shard = caller_field(group, CALLER_SHARD);
    uint32_t n = list->list.n;
    char name[96];
    *t = (struct targets){.n = n, .balance = (enum balance)caller_field(group, CALLER_BALANCE)->i};
    t->choices = choices->absent ? 0 : (uint32_t)choices->i;
    t->target = arena_get(&w->arena, n * sizeof(struct entity *));
    t->outstanding = arena_get(&w->arena, n * sizeof(*t->outstanding));
    for (uint32_t i = 0; t->target != NULL && i < n; i++)
        t->target[i] = world_entity(w, list->list.item[i].ref);
    if (caller_given(shard)) {
        t->shard = (uint32_t)value_field(shard, SHARD_SIZE)->i;
        t->kind = (enum shard_kind)value_field(shard, SHARD_KIND)->i;
        t->assign = (enum shard_assign)value_field(shard, SHARD_ASSIGN)->i;
        t->n_shards = t->kind == SHARD_SHUFFLE ? targets_ways(n, t->shard) : n / t->shard;
    }
    snprintf(name, sizeof(name), "%s/pick", use);
    t->pick_stream = entity_stream(p->owner, name);
    snprintf(name, sizeof(name), "%s/shard", use);
    t->shard_stream = entity_stream(p->owner, name);
    return t->target != NULL && t->outstanding != NULL;
}

bool caller_is_plain(const struct value *group)
{
    static const enum caller_key keys[] = {CALLER_TARGETS, CALLER_LATENCY, CALLER_HEDGE, CALLER_BUDGET, CALLER_BREAKER};
    if (group->list.n == 0)
        return true;
    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct value *v = caller_field(group, keys[i]);
        if (v != NULL && (v->type == VALUE_DIST ? !v->absent : caller_given(v)))
            return false;
    }
    const struct value *operation = caller_field(group, CALLER_OPERATION), *event = caller_field(group, CALLER_EVENT);
    return (operation == NULL || operation->i == 0) && (event == NULL || event->absent);
}

static bool open_protection(struct caller_policy *p, const struct value *group)
{
    struct caller_more *m = p->more;
    const struct value *hedge = caller_field(group, CALLER_HEDGE), *budget = caller_field(group, CALLER_BUDGET),
                       *breaker = caller_field(group, CALLER_BREAKER);
    m->hedges = caller_given(hedge);
    m->has_budget = caller_given(budget);
    m->has_breaker = caller_given(breaker);
    if (m->has_budget)
        budget_open(&m->budget, budget);
    return (!m->hedges || hedging_open(&m->hedging, hedge, p->owner->world)) &&
           (!m->has_breaker || breaker_open(&m->breaker, &p->owner->world->arena, breaker));
}

/* A pool is told who calls. */
static bool calls_pool(const struct caller_policy *p)
{
    return p->target != NULL && p->target->room->pool != NULL;
}

static bool open_more(struct caller_policy *p, const struct value *group, const char *use)
{
    if (caller_is_plain(group) && !calls_pool(p))
        return true;
    struct caller_more *m = p->more = arena_get(&p->owner->world->arena, sizeof(*m));
    if (m == NULL)
        return false;
    m->event_size = -1;
    if (group->list.n == 0)
        return true;
    const struct value *operation = caller_field(group, CALLER_OPERATION), *latency = caller_field(group, CALLER_LATENCY),
                       *reply = caller_field(group, CALLER_REPLY_LATENCY);
    char name[96];
    const struct value *event = caller_field(group, CALLER_EVENT);
    if (event != NULL && !event->absent) {
        m->event = event_number(p->owner->world->spec, event->ref);
        m->event_size = event_views(p->owner->world, m->event)->size;
    }
    m->operation = operation == NULL ? 0 : (uint16_t)operation->i;
    m->latency = latency->absent ? NULL : latency->dist;
    m->reply_latency = reply->absent ? m->latency : reply->dist;
    snprintf(name, sizeof(name), "%s/latency", use);
    m->latency_stream = entity_stream(p->owner, name);
    return open_targets(p, group, use) && open_protection(p, group);
}

/* --- the plain part --- */

/* Digits of a job's attempt code that the policy may need. */
static uint32_t digits(const struct caller_policy *p)
{
    uint32_t attempts = p->attempts == CALLER_UNLIMITED ? 1024 : p->attempts;
    uint32_t calls = p->more != NULL && p->more->hedges ? 1 + p->more->hedging.max : 1;
    uint64_t n = (uint64_t)attempts * p->parallel * calls;
    return n < UINT16_MAX ? (uint32_t)n : UINT16_MAX;
}

static void read_group(struct caller_policy *p, const struct value *group)
{
    const struct value *timeout = caller_field(group, CALLER_TIMEOUT), *backoff = caller_field(group, CALLER_BACKOFF),
                       *chance = caller_field(group, CALLER_CHANCE), *need = caller_field(group, CALLER_NEED);
    int64_t attempts = caller_field(group, CALLER_ATTEMPTS)->i;
    if (!timeout->absent)
        p->timeout = timeout->i;
    p->attempts = attempts == INT64_MAX ? CALLER_UNLIMITED : (uint32_t)attempts;
    p->backoff = backoff->absent || backoff->backoff->law == BACKOFF_NONE ? NULL : backoff->backoff;
    p->accept_late = caller_field(group, CALLER_LATE_ANSWER)->i != 0;
    p->cancel = caller_field(group, CALLER_CANCEL)->i != 0;
    p->chance = chance == NULL ? PPB : chance->i;
    p->parallel = caller_parallel(group);
    p->need = need == NULL || need->absent ? p->parallel : (uint32_t)need->i;
}

/* How the target takes calls that go straight to it. */
static void straighten(struct caller_policy *p)
{
    const struct call_ops *ops = p->target == NULL || p->more != NULL || p->sends ? NULL : p->target->room->call;
    if (ops == NULL || ops->latency != NULL)
        return;
    p->accept = ops->accept;
    p->turns_away = ops->turns_away;
}

bool caller_policy_init(struct caller_policy *p, struct entity *owner, const struct value *group, struct entity *target,
                        const char *stream_use)
{
    char name[96];
    *p = (struct caller_policy){.owner = owner,
                                .target = target,
                                .sends = strncmp(stream_use, "sends", 5) == 0,
                                .timeout = SIM_NEVER,
                                .attempts = 1,
                                .parallel = 1,
                                .need = 1,
                                .chance = PPB};
    p->offers = target != NULL && (target->room->call == NULL || (p->sends && target->room->push != NULL));
    if (group->list.n > 0)
        read_group(p, group);
    if (!open_more(p, group, stream_use))
        return false;
    straighten(p);
    p->span = p->radix = digits(p);
    sim_lane_init(&p->lane, p->timeout);
    p->jitter = entity_stream(owner, stream_use);
    if (backoff_is_jittered(p->backoff) && !redraws_open(&p->jitters, &owner->world->arena, &p->jitter))
        return false;
    snprintf(name, sizeof(name), "%s/chance", stream_use);
    p->chance_stream = entity_stream(owner, name);
    return true;
}
