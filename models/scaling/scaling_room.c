/* scaling_room.c - a policy put together from its settings, wired to its group and its metrics. */
#include <string.h>

#include "scaling_room.h"

static bool is_function(const struct scaling *s)
{
    return s->setting.entity != NULL && strcmp(s->setting.entity->spec->kind, "function") == 0;
}

/* Provisioned concurrency is taken back as soon as it is added (LAM-13). */
static uint32_t low_points(const struct scaling *s)
{
    const struct value *low = spec_value(s->e.spec, SCALING_LOW), *high = spec_value(s->e.spec, SCALING_HIGH);
    return (uint32_t)(is_function(s) && !low->given ? high->i : low->i);
}

static void read_target(struct scaling *s)
{
    const struct spec_entity *e = s->e.spec;
    struct scale_target_config c = {.period = spec_int(e, SCALING_PERIOD),
                                    .high = (uint32_t)spec_int(e, SCALING_HIGH),
                                    .low = low_points(s),
                                    .share = ratio_of(spec_int(e, SCALING_SHARE), 1000000000),
                                    .in = s->in};
    if (s->policy == POLICY_BACKLOG)
        c.target = scale_target_backlog(spec_int(e, SCALING_LATENCY), spec_int(e, SCALING_TIME));
    else
        c.target = scaling_ratio(spec_value(e, SCALING_VALUE)->number);
    scale_target_init(&s->target, &c, 0);
}

static void read_keda(struct scaling *s)
{
    const struct value *keda = spec_value(s->e.spec, SCALING_KEDA);
    struct scale_keda_config c;
    struct scale_view v;
    scale_keda_default(&c);
    if (keda->list.n > 0) {
        c.per_replica = value_field(keda, KEDA_LENGTH)->i;
        c.activation = value_field(keda, KEDA_ACTIVATION)->i;
        c.polling = value_field(keda, KEDA_POLLING)->i;
        c.cooldown = value_field(keda, KEDA_COOLDOWN)->i;
        c.stabilisation = value_field(keda, KEDA_STABILISATION)->i;
    }
    s->ops->view(s->group, &v);
    c.min = v.min;
    c.max = v.max;
    scale_keda_init(&s->keda, &c, v.desired, 0);
}

/* The first datapoint that is of the new capacity alone comes so much later. Before it, the old one's share is no reason to add
 * or take away the same once more, however short the cooldown (ASG-13). */
static void outlast_the_metric(struct scaling *s)
{
    sim_time period = spec_int(s->e.spec, SCALING_PERIOD), least = spec_int(s->e.spec, SCALING_DELAY);
    least += period < SIM_MIN ? period : SIM_MIN;
    s->cooldown.out = s->cooldown.out < least ? least : s->cooldown.out;
    s->cooldown.in = s->cooldown.in < least ? least : s->cooldown.in;
}

static void read_laws(struct scaling *s)
{
    const struct spec_entity *e = s->e.spec;
    const struct value *by = spec_value(e, SCALING_BY), *cooldowns = spec_value(e, SCALING_COOLDOWNS);
    scaling_steps(e, &s->steps);
    s->in = spec_int(e, SCALING_SCALE_IN) != 0;
    s->by = by->absent ? 0 : (int64_t)by->number;
    s->application = cooldowns->list.n > 0 || s->setting.entity != NULL;
    if (s->setting.entity != NULL) {
        sim_time usual = is_function(s) ? 0 : 300 * SIM_S;
        scale_cooldown_init(&s->cooldown, usual, usual);
    }
    if (cooldowns->list.n > 0)
        scale_cooldown_init(&s->cooldown, value_field(cooldowns, COOLDOWN_OUT)->i, value_field(cooldowns, COOLDOWN_IN)->i);
    if (s->policy == POLICY_TARGET || s->policy == POLICY_BACKLOG) {
        outlast_the_metric(s);
        read_target(s);
    }
    if (s->policy == POLICY_PREDICTIVE) {
        sim_time ahead = spec_int(e, SCALING_AHEAD);
        scale_predict_init(&s->predict, scaling_ratio(spec_value(e, SCALING_VALUE)->number), ahead);
        s->predict_next = scale_predict_next(&s->predict, 0);
    }
}

/* --- what is measured --- */

/* The metric of the target that says how many there are. */
static const char *capacity_of(const struct scaling *s)
{
    const struct entity *target = s->setting.entity;
    return target == NULL ? "GroupInServiceInstances" : target->room->key[s->setting.key].name;
}

static const char *text_of(struct scaling *s)
{
    const struct spec_entity *e = s->e.spec, *queue = spec_value(e, SCALING_QUEUE)->ref;
    const struct value *keda = spec_value(e, SCALING_KEDA);
    struct arena *arena = &s->e.world->arena;
    bool in_flight = keda->list.n == 0 || value_field(keda, KEDA_IN_FLIGHT)->i != 0;
    bool delayed = keda->list.n > 0 && value_field(keda, KEDA_DELAYED)->i != 0;
    switch (s->policy) {
    case POLICY_BACKLOG:
        return arena_format(arena, "%s.ApproximateNumberOfMessagesVisible / %s.%s", queue->path, spec_value(e, SCALING_TARGET)->ref->path,
                            capacity_of(s));
    case POLICY_KEDA:
        return arena_format(arena, "%s.depth%s%s%s%s", queue->path, in_flight ? " + " : "", in_flight ? queue->path : "",
                            in_flight ? ".in_flight" : "", delayed ? arena_format(arena, " + %s.delayed", queue->path) : "");
    case POLICY_EXPRESSION:
        return spec_value(e, SCALING_DESIRED)->text;
    default:
        return spec_value(e, SCALING_METRIC)->text;
    }
}

static bool open_meter(struct scaling *s)
{
    const struct spec_entity *e = s->e.spec;
    bool tracks = s->policy == POLICY_TARGET || s->policy == POLICY_BACKLOG;
    sim_time period = tracks ? spec_int(e, SCALING_PERIOD) : SIM_MIN;
    sim_time keep = !tracks ? 2 * SIM_MIN
                    : cw_alarm_reach(&s->target.low.config) > cw_alarm_reach(&s->target.high.config)
                        ? cw_alarm_reach(&s->target.low.config)
                        : cw_alarm_reach(&s->target.high.config);
    const char *text = text_of(s);
    return text != NULL && meter_open(&s->meter, &s->e, text, period, spec_int(e, SCALING_DELAY), keep);
}

/* --- life --- */

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct scaling *s = arena_get(&w->arena, sizeof(*s));
    if (s == NULL)
        return NULL;
    entity_init(&s->e, w, spec);
    s->policy = (enum scaling_policy)spec_int(spec, SCALING_POLICY);
    bool ok = entity_level(&s->e, SM_WANTS, &s->wants, 0) && entity_counter(&s->e, SM_OUTS, &s->outs) &&
              entity_counter(&s->e, SM_INS, &s->ins) && entity_level(&s->e, SM_HIGH, &s->high, CW_INSUFFICIENT) &&
              entity_level(&s->e, SM_LOW, &s->low, CW_INSUFFICIENT);
    ok = ok && entity_counter(&s->e, SM_REFUSED, &s->refused);
    return ok ? &s->e : NULL;
}

static void join(struct scaling *s)
{
    bool quick = s->policy != POLICY_EXPRESSION && s->policy != POLICY_PREDICTIVE && spec_int(s->e.spec, SCALING_PERIOD) < SIM_MIN;
    s->member.every = s->policy == POLICY_KEDA ? 15 * SIM_S : quick ? 10 * SIM_S : SIM_MIN;
    s->member.ask = scaling_ask;
    s->ops->join(s->group, &s->member);
}

static bool wire(struct entity *e)
{
    struct scaling *s = (struct scaling *)e;
    const struct value *times = spec_value(e->spec, SCALING_TIMES);
    s->group = world_entity(e->world, spec_value(e->spec, SCALING_TARGET)->ref);
    s->ops = s->group->room->scale;
    if (s->ops == NULL) {
        scaling_setting_wire(s, s->group);
        s->group = e;
        s->ops = &scaling_setting_ops;
    }
    read_laws(s);
    if (s->policy == POLICY_STEP || s->policy == POLICY_SIMPLE)
        return true;
    s->time = arena_get(&e->world->arena, (times->list.n + 1) * sizeof(*s->time));
    if (s->policy == POLICY_SCHEDULED || s->time == NULL)
        return s->time != NULL;
    if (s->policy == POLICY_KEDA)
        read_keda(s);
    join(s);
    return open_meter(s);
}

static void start(struct entity *e)
{
    struct scaling *s = (struct scaling *)e;
    struct scale_view v;
    scaling_setting_start(s);
    s->ops->view(s->group, &v);
    obs_level_set(&s->wants, 0, v.desired);
    obs_level_reset(&s->wants, 0);
    meter_start(&s->meter);
    if (s->policy == POLICY_SCHEDULED)
        scaling_time_start(s);
}

static void close_policy(struct entity *e)
{
    meter_close(&((struct scaling *)e)->meter);
}

static const struct trigger_ops trigger = {scaling_invoke};

const struct room room_scaling = {
    .kind = "scaling",
    .title = "Scaling policy",
    .doc = "Changes the size of a group: by a target for a metric, by steps or one adjustment when an alarm sets it off, by the clock, by a "
           "forecast, as KEDA does, or by an expression over metrics.",
    .key = scaling_keys,
    .n_key = N_SCALING_KEYS,
    .metric = scaling_metrics,
    .n_metric = N_SCALING_METRICS,
    .trigger = &trigger,
    .check = scaling_check,
    .make = make,
    .wire = wire,
    .start = start,
    .close = close_policy,
};
