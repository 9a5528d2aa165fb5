/* alarm_room.c - an alarm in a run: a meter, a threshold, and what it sets off. It is evaluated after all datapoints of its
 * instant (CW-13). */
#include "alarm.h"
#include "control.h"

static void set_off(struct alarm *a, const struct value *actions)
{
    const struct cw_alarm_config *c = &a->core.config;
    struct trigger t = {c->compare <= CW_GREATER, a->core.has_value ? a->core.value : c->threshold, c->threshold};
    for (uint32_t i = 0; i < actions->list.n; i++) {
        struct entity *action = world_entity(a->e.world, actions->list.item[i].ref);
        if (!alarm_tells(action->spec))
            action->room->trigger->invoke(action, &t);
    }
}

/* Whether only topics and functions stand there. */
static bool all_told(const struct value *actions)
{
    bool all = actions->list.n > 0;
    for (uint32_t i = 0; i < actions->list.n; i++)
        all &= alarm_tells(actions->list.item[i].ref);
    return all;
}

/* Policies every minute while the state lasts, the others at its change (CW-8). */
static void act(struct alarm *a, bool changed)
{
    enum cw_state s = a->core.state;
    const struct value *actions = alarm_actions(a->e.spec, s);
    bool enabled = spec_int(a->e.spec, ALARM_ENABLED) != 0;
    if (enabled && (s == CW_ALARM || actions->list.n > 0) && (changed || !all_told(actions))) {
        obs_count(&a->actions, world_now(a->e.world), actions->list.n > 0);
        entity_trace(&a->e, ALARM_TRACE_ACTION, 0);
        set_off(a, actions);
    }
    if (changed)
        alarm_notify(a, s, enabled);
}

static void note_change(struct alarm *a)
{
    sim_time now = world_now(a->e.world);
    obs_level_set(&a->state, now, a->core.state);
    obs_count(&a->transitions, now, 1);
    obs_count(&a->alarms, now, a->core.state == CW_ALARM);
    entity_trace(&a->e, ALARM_TRACE_STATE, a->core.state);
}

static void evaluate(struct sim *s, struct sim_timer *t)
{
    struct alarm *a = CONTAINER_OF(t, struct alarm, timer);
    sim_time now = sim_now(s), every = cw_alarm_every(&a->core.config);
    unsigned did = cw_alarm_evaluate(&a->core, now, meter_horizon(&a->meter, now), meter_look, &a->meter);
    if (did & CW_CHANGED)
        note_change(a);
    obs_count(&a->held, now, (did & CW_HELD) != 0);
    if (now + every <= a->e.world->end)
        sim_after(s, t, every);
    if (did & CW_INVOKES)
        act(a, (did & CW_CHANGED) != 0);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct alarm *a = arena_get(&w->arena, sizeof(*a));
    if (a == NULL)
        return NULL;
    entity_init(&a->e, w, spec);
    sim_timer_init(&a->timer, SIM_CONTROL, evaluate);
    bool ok = entity_level(&a->e, AM_STATE, &a->state, CW_INSUFFICIENT) && entity_counter(&a->e, AM_TRANSITIONS, &a->transitions) &&
              entity_counter(&a->e, AM_ALARMS, &a->alarms) && entity_counter(&a->e, AM_ACTIONS, &a->actions) &&
              entity_counter(&a->e, AM_HELD, &a->held) && alarm_notify_make(a);
    return ok ? &a->e : NULL;
}

static uint64_t fewest(const struct alarm *a, const char *text)
{
    struct cw_stat s;
    bool ignores = spec_int(a->e.spec, ALARM_LOW_SAMPLES) == 1;
    return ignores && meter_statistic(a->e.world->spec, text, &s) ? cw_stat_samples(&s) : 0;
}

static bool wire(struct entity *e)
{
    struct alarm *a = (struct alarm *)e;
    struct cw_alarm_config c;
    const char *text = alarm_text(e->spec, &e->world->arena);
    if (text == NULL)
        return false;
    CHECK(alarm_config(e->world->spec, e->spec, &e->world->arena, &c));
    cw_alarm_init(&a->core, &c, 0);
    bool ok = meter_open(&a->meter, e, text, c.period, spec_int(e->spec, ALARM_DELAY), cw_alarm_reach(&c));
    a->meter.fewest = fewest(a, text);
    return ok && alarm_notify_wire(a);
}

static void start(struct entity *e)
{
    struct alarm *a = (struct alarm *)e;
    meter_start(&a->meter);
    if (cw_alarm_every(&a->core.config) <= e->world->end)
        sim_at(e->world->sim, &a->timer, cw_alarm_every(&a->core.config));
}

static void close_alarm(struct entity *e)
{
    meter_close(&((struct alarm *)e)->meter);
    alarm_notify_close((struct alarm *)e);
}

const struct room room_alarm = {
    .kind = "alarm",
    .title = "Amazon CloudWatch alarm",
    .doc = "Watches a metric as CloudWatch shows it - a datapoint a minute, visible some time later - and is in ALARM when M of the "
           "last N datapoints are beyond the threshold. What is not sent is missing. Changes of state set off scaling policies, and are "
           "told to topics, functions and an event bus.",
    .key = alarm_keys,
    .n_key = N_ALARM_KEYS,
    .metric = alarm_metrics,
    .n_metric = N_ALARM_METRICS,
    .check = alarm_check,
    .make = make,
    .wire = wire,
    .start = start,
    .close = close_alarm,
};
