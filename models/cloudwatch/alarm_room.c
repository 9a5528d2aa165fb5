/* alarm_room.c - an alarm in a run: a meter, a threshold, and the policies that it sets off. It is evaluated after all datapoints
 * of its instant (CW-13). */
#include <string.h>

#include "check_codes.h"
#include "control.h"
#include "cw_alarm.h"
#include "meter.h"

enum { KEY_METRIC, KEY_WHEN, KEY_PERIOD, KEY_DATAPOINTS, KEY_MISSING, KEY_DELAY, KEY_ACTIONS, N_KEYS };
enum { METRIC_STATE, METRIC_TRANSITIONS, METRIC_ALARMS, METRIC_ACTIONS, N_METRICS };
enum { TRACE_STATE = 1, TRACE_ACTION };

static const struct key keys[N_KEYS] = {
    [KEY_METRIC] = {.name = "metric",
                    .type = VALUE_TEXT,
                    .flags = KEY_REQUIRED,
                    .rule = "CW-3",
                    .doc = "What it watches: a metric of an entity, perhaps with average, sum, min, max or count at its end (of times "
                           "such as a wait, min and max are those of the minutes' means), or metrics put together with "
                           "+ - * / between blanks, ( ), min(…), max(…), ceil(…), floor(…)."},
    [KEY_WHEN] = {.name = "when",
                  .type = VALUE_TEXT,
                  .flags = KEY_REQUIRED,
                  .rule = "CW-6",
                  .doc = "The threshold, with >=, >, < or <=: \">= 1000\". Times are seconds (\"> 5min\" is read too), shares percent."},
    [KEY_PERIOD] = {.name = "period",
                    .type = VALUE_DURATION,
                    .fallback = "1min",
                    .low = "10s",
                    .high = "7d",
                    .rule = "CW-6",
                    .doc = "Span of a datapoint: 10, 20 or 30 s, or whole minutes."},
    [KEY_DATAPOINTS] = {.name = "datapoints",
                        .type = VALUE_LIST,
                        .element = VALUE_COUNT,
                        .low = "1",
                        .high = "1440",
                        .rule = "CW-8",
                        .doc = "[ M, N ]: ALARM needs M breaching ones among the last N. Default: [ 1, 1 ]."},
    [KEY_MISSING] = {.name = "missing",
                     .type = VALUE_CHOICE,
                     .choices = "missing|ignore|breaching|not_breaching",
                     .fallback = "missing",
                     .rule = "CW-9",
                     .doc = "How datapoints are taken that are not there."},
    [KEY_DELAY] = {.name = "delay",
                   .type = VALUE_DURATION,
                   .fallback = "60s",
                   .low = "0s",
                   .high = "180s",
                   .rule = "CW-3",
                   .doc = "A datapoint is visible so long after its minute."},
    [KEY_ACTIONS] = {.name = "actions",
                     .type = VALUE_LIST,
                     .element = VALUE_REF,
                     .refs = "scaling",
                     .rule = "CW-8",
                     .doc = "Policies that it sets off: when it goes to ALARM, and every minute while it stays there."},
};

static const struct metric_def metrics[N_METRICS] = {
    [METRIC_STATE] = {"state", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "0 OK, 1 INSUFFICIENT_DATA, 2 ALARM."},
    [METRIC_TRANSITIONS] = {"transitions", NULL, OBS_COUNTER, UNIT_ONE, 0, "Changes of state."},
    [METRIC_ALARMS] = {"alarms", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Times that it went to ALARM."},
    [METRIC_ACTIONS] = {"actions", NULL, OBS_COUNTER, UNIT_ONE, 0, "Times that its actions ran."},
};

struct alarm {
    struct entity e; /* first */
    struct meter meter;
    struct cw_alarm core;
    struct sim_timer timer;
    struct obs_level state;
    struct obs_counter transitions, alarms, actions;
};

/* --- settings --- */

/* "> 5min" of a metric in ns is 300; "60%" is 60. */
static bool threshold_of(const char *text, enum metric_unit unit, struct ratio *out)
{
    char copy[40];
    sim_time ns;
    size_t n = strlen(text);
    if (n >= sizeof(copy))
        return false;
    memcpy(copy, text, n + 1);
    if (unit == UNIT_SHARE && n > 1 && copy[n - 1] == '%')
        copy[n - 1] = '\0';
    if (ratio_parse(copy, out))
        return true;
    if (unit != UNIT_NS || !quantity_duration(copy, &ns, NULL))
        return false;
    *out = ratio_of(ns, SIM_S);
    return true;
}

static bool when_of(const char *text, enum metric_unit unit, struct cw_alarm_config *c)
{
    static const char *const op[] = {">=", "<=", ">", "<"};
    static const enum cw_compare compare[] = {CW_GREATER_EQUAL, CW_LESS_EQUAL, CW_GREATER, CW_LESS};
    text += strspn(text, " ");
    for (unsigned i = 0; i < ARRAY_LEN(op); i++)
        if (strncmp(text, op[i], strlen(op[i])) == 0) {
            text += strlen(op[i]);
            c->compare = compare[i];
            return threshold_of(text + strspn(text, " "), unit, &c->threshold);
        }
    return false;
}

static bool config_of(const struct spec *spec, const struct spec_entity *e, struct cw_alarm_config *c)
{
    const struct value *points = spec_value(e, KEY_DATAPOINTS);
    bool given = !points->absent && points->list.n == 2;
    *c = (struct cw_alarm_config){.period = spec_int(e, KEY_PERIOD),
                                  .m = given ? (uint32_t)points->list.item[0].i : 1,
                                  .n = given ? (uint32_t)points->list.item[1].i : 1,
                                  .missing = (enum cw_missing)spec_int(e, KEY_MISSING)};
    return when_of(spec_value(e, KEY_WHEN)->text, meter_unit(spec, spec_value(e, KEY_METRIC)->text), c);
}

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *when = spec_value(e, KEY_WHEN), *metric = spec_value(e, KEY_METRIC), *points = spec_value(e, KEY_DATAPOINTS);
    struct cw_alarm_config c;
    struct err err = {0};
    if (metric->absent || when->absent || !meter_check(spec, e, metric, p))
        return;
    if (!points->absent && points->list.n != 2) {
        problem_add(p, SEVERITY_ERROR, CHECK_ALARM, &points->place, "%s: datapoints are [ M, N ]", e->path);
    } else if (!config_of(spec, e, &c)) {
        struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_ALARM, &when->place, "%s: '%.60s' is no threshold", e->path, when->text);
        problem_note(x, ">=, >, < or <= and a number: \">= 1000\"; for times \"> 5min\", for shares \">= 60%%\"");
    } else if (!cw_alarm_valid(&c, &err)) {
        const struct value *at = points->given ? points : spec_value(e, KEY_PERIOD);
        problem_add(p, SEVERITY_ERROR, CHECK_ALARM, &at->place, "%s: %s", e->path, err.text);
    }
}

/* --- life --- */

static void act(struct alarm *a)
{
    const struct cw_alarm_config *c = &a->core.config;
    const struct value *actions = spec_value(a->e.spec, KEY_ACTIONS);
    struct trigger t = {c->compare <= CW_GREATER, a->core.has_value ? a->core.value : c->threshold, c->threshold};
    obs_count(&a->actions, world_now(a->e.world), 1);
    entity_trace(&a->e, TRACE_ACTION, 0);
    for (uint32_t i = 0; !actions->absent && i < actions->list.n; i++) {
        struct entity *policy = world_entity(a->e.world, actions->list.item[i].ref);
        policy->room->trigger->invoke(policy, &t);
    }
}

static void evaluate(struct sim *s, struct sim_timer *t)
{
    struct alarm *a = CONTAINER_OF(t, struct alarm, timer);
    sim_time now = sim_now(s), every = cw_alarm_every(&a->core.config);
    unsigned did = cw_alarm_evaluate(&a->core, now, meter_horizon(&a->meter, now), meter_read, &a->meter);
    if (did & CW_CHANGED) {
        obs_level_set(&a->state, now, a->core.state);
        obs_count(&a->transitions, now, 1);
        obs_count(&a->alarms, now, a->core.state == CW_ALARM);
        entity_trace(&a->e, TRACE_STATE, a->core.state);
    }
    if (now + every <= a->e.world->end)
        sim_after(s, t, every);
    if (did & CW_INVOKES)
        act(a);
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct alarm *a = arena_get(&w->arena, sizeof(*a));
    if (a == NULL)
        return NULL;
    entity_init(&a->e, w, spec);
    sim_timer_init(&a->timer, SIM_CONTROL, evaluate);
    bool ok = entity_level(&a->e, METRIC_STATE, &a->state, CW_INSUFFICIENT) &&
              entity_counter(&a->e, METRIC_TRANSITIONS, &a->transitions) && entity_counter(&a->e, METRIC_ALARMS, &a->alarms) &&
              entity_counter(&a->e, METRIC_ACTIONS, &a->actions);
    return ok ? &a->e : NULL;
}

static bool wire(struct entity *e)
{
    struct alarm *a = (struct alarm *)e;
    struct cw_alarm_config c;
    CHECK(config_of(e->world->spec, e->spec, &c));
    cw_alarm_init(&a->core, &c, 0);
    sim_time granularity = c.period < SIM_MIN ? 10 * SIM_S : SIM_MIN;
    return meter_open(&a->meter, e, spec_value(e->spec, KEY_METRIC)->text, granularity, spec_int(e->spec, KEY_DELAY),
                      cw_alarm_reach(&c));
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
}

const struct room room_alarm = {
    .kind = "alarm",
    .title = "Amazon CloudWatch alarm",
    .doc = "Watches a metric as CloudWatch shows it - a datapoint a minute, visible some time later - and is in ALARM when M of the "
           "last N datapoints are beyond the threshold. What is not sent is missing.",
    .key = keys,
    .n_key = N_KEYS,
    .metric = metrics,
    .n_metric = N_METRICS,
    .check = check,
    .make = make,
    .wire = wire,
    .start = start,
    .close = close_alarm,
};
