/* alarm_settings.c - an alarm's settings read, and what of them does not go together. */
#include <string.h>

#include "alarm.h"
#include "check_codes.h"
#include "reach.h"

/* --- the threshold --- */

/* "> 5min" of a metric in ns is 300; "60%" is 60; "1KiB" of one in bytes 1,024. */
static bool threshold_of(const char *text, enum metric_unit unit, struct ratio *out)
{
    char copy[40];
    sim_time ns;
    int64_t bytes;
    size_t n = strlen(text);
    if (n >= sizeof(copy))
        return false;
    memcpy(copy, text, n + 1);
    if (unit == UNIT_SHARE && n > 1 && copy[n - 1] == '%')
        copy[n - 1] = '\0';
    if (ratio_parse(copy, out))
        return true;
    if (unit == UNIT_BYTES && quantity_size(copy, &bytes, NULL)) {
        *out = ratio_int(bytes);
        return true;
    }
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

const char *alarm_text(const struct spec_entity *e, struct arena *arena)
{
    const struct value *metric = spec_value(e, ALARM_METRIC), *statistic = spec_value(e, ALARM_STATISTIC);
    return statistic->absent ? metric->text : arena_format(arena, "%s.%s", metric->text, statistic->text);
}

bool alarm_config(const struct spec *spec, const struct spec_entity *e, struct arena *arena, struct cw_alarm_config *c)
{
    const struct value *points = spec_value(e, ALARM_DATAPOINTS);
    const char *text = alarm_text(e, arena);
    bool given = !points->absent && points->list.n == 2;
    *c = (struct cw_alarm_config){.period = spec_int(e, ALARM_PERIOD),
                                  .m = given ? (uint32_t)points->list.item[0].i : 1,
                                  .n = given ? (uint32_t)points->list.item[1].i : 1,
                                  .missing = (enum cw_missing)spec_int(e, ALARM_MISSING)};
    return text != NULL && when_of(spec_value(e, ALARM_WHEN)->text, meter_unit(spec, text), c);
}

/* --- actions --- */

const struct value *alarm_actions(const struct spec_entity *e, enum cw_state s)
{
    static const enum alarm_key key[] = {
        [CW_OK] = ALARM_OK_ACTIONS, [CW_INSUFFICIENT] = ALARM_INSUFFICIENT_ACTIONS, [CW_ALARM] = ALARM_ALARM_ACTIONS};
    bool brief = s == CW_ALARM && spec_value(e, ALARM_ACTIONS)->list.n > 0;
    return spec_value(e, brief ? ALARM_ACTIONS : key[s]);
}

bool alarm_tells(const struct spec_entity *action)
{
    return action->room->trigger == NULL;
}

/* How many topics, functions and buses are told, each time it is; *only: the last of them. */
static uint32_t count_told(const struct spec_entity *e, const struct spec_entity **only)
{
    const struct value *bus = spec_value(e, ALARM_BUS);
    uint32_t n = bus->absent ? 0 : 1;
    *only = bus->absent ? NULL : bus->ref;
    for (enum cw_state s = CW_OK; s <= CW_ALARM; s++) {
        const struct value *actions = alarm_actions(e, s);
        for (uint32_t i = 0; i < actions->list.n; i++) {
            const struct spec_entity *a = actions->list.item[i].ref;
            bool told = a != NULL && alarm_tells(a);
            n += told && a != *only;
            *only = told ? a : *only;
        }
    }
    return n;
}

bool alarm_notifies(const struct spec_entity *e)
{
    const struct spec_entity *only;
    return count_told(e, &only) > 0;
}

/* --- checks --- */

static void check_list(const struct spec_entity *e, const struct value *actions, struct problems *p)
{
    if (actions->list.n > ALARM_ACTIONS_MAX)
        problem_add(p, SEVERITY_ERROR, CHECK_ALARM, &actions->place, "%s: a state has at most %d actions", e->path, ALARM_ACTIONS_MAX);
    for (uint32_t i = 0; i < actions->list.n; i++) {
        const struct value *a = &actions->list.item[i];
        const struct value *type = a->ref == NULL ? NULL : spec_named(a->ref, "type");
        if (type != NULL && strcmp(a->ref->kind, "topic") == 0 && type->i == 1)
            problem_note(problem_add(p, SEVERITY_ERROR, CHECK_ALARM, &a->place, "%s: %s is a FIFO topic: an alarm's message has no group",
                                     e->path, a->ref->path),
                         "tell a standard topic");
        for (uint32_t k = 0; k < i; k++)
            if (a->ref != NULL && actions->list.item[k].ref == a->ref)
                problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &a->place, "%s: %s stands twice among the actions of a state", e->path, a->ref->path);
    }
}

/* Whether what is told may come to where it is done. */
static bool may_come(const struct spec *spec, const struct spec_entity *e, const struct spec_entity *done)
{
    const struct value *bus = spec_value(e, ALARM_BUS);
    if (!bus->absent && bus->ref != NULL && reach_leads(spec, bus->ref, done))
        return true;
    for (enum cw_state s = CW_OK; s <= CW_ALARM; s++) {
        const struct value *actions = alarm_actions(e, s);
        for (uint32_t i = 0; i < actions->list.n; i++) {
            const struct spec_entity *a = actions->list.item[i].ref;
            if (a != NULL && alarm_tells(a) && reach_leads(spec, a, done))
                return true;
        }
    }
    return false;
}

static void check_effect(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct spec_entity *only;
    const struct value *done_at = spec_value(e, ALARM_DONE_AT);
    uint32_t told = count_told(e, &only);
    for (unsigned k = ALARM_EVENTS; k <= ALARM_DEADLINE && told == 0; k++)
        if (k == ALARM_EVENTS ? spec_value(e, k)->list.n > 0 : spec_value(e, k)->given)
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &spec_value(e, k)->place, "%s: '%s' is of notifications: nobody is told", e->path,
                        alarm_keys[k].name);
    if (told > 0 && !done_at->absent && done_at->ref != NULL && !may_come(spec, e, done_at->ref))
        problem_note(problem_add(p, SEVERITY_WARNING, CHECK_DONE_AT, &done_at->place, "no notification of %s can come to %s", e->path, done_at->ref->path),
                     "nobody who is told calls it or sends to it; all would be lost");
    if (told == 0 || !done_at->absent || (told == 1 && strcmp(only->kind, "function") == 0))
        return;
    problem_note(problem_add(p, SEVERITY_ERROR, CHECK_DONE_AT, &e->place, "%s: where are its notifications done?", e->path),
                 "set done_at to the entity whose success is the effect, as in done_at = \"fleet.on_call\"");
}

static void check_actions(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *brief = spec_value(e, ALARM_ACTIONS), *full = spec_value(e, ALARM_ALARM_ACTIONS);
    if (brief->list.n > 0 && full->list.n > 0)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &brief->place, "%s: 'actions' is short for 'alarm_actions': give one of them", e->path);
    for (unsigned k = ALARM_ACTIONS; k <= ALARM_INSUFFICIENT_ACTIONS; k++)
        check_list(e, spec_value(e, k), p);
    check_effect(spec, e, p);
}

/* The statistic stands at the metric's end or for itself, and is of one metric. */
static bool check_statistic(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *metric = spec_value(e, ALARM_METRIC), *statistic = spec_value(e, ALARM_STATISTIC);
    struct cw_stat s;
    if (statistic->absent)
        return true;
    if (!cw_stat_parse(statistic->text, &s)) {
        problem_note(problem_add(p, SEVERITY_ERROR, CHECK_METER, &statistic->place, "%s: no statistic '%.40s'", e->path, statistic->text),
                     "average, sum, min, max, count, a percentile (p0 to p100, as p99.9), tm90, ts90, tc90, wm90 or IQM");
        return false;
    }
    if (!meter_check(spec, e, metric, p))
        return false;
    if (!meter_statistic(spec, metric->text, &s)) {
        problem_note(problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &statistic->place, "%s: 'statistic' is of one metric, not of metric math", e->path),
                     "put it at the end of each metric: \"queue.orders.wait.p99 / 2\"");
        return false;
    }
    return true;
}

/* What does not go together though each is right. text: the metric with its statistic. */
static void check_samples(const struct spec *spec, const struct spec_entity *e, const char *text, struct problems *p)
{
    const struct value *low = spec_value(e, ALARM_LOW_SAMPLES);
    struct cw_stat s;
    if (low->given && (!meter_statistic(spec, text, &s) || s.kind != CW_PERCENTILE))
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &low->place, "%s: 'evaluate_low_sample_count_percentile' is for a percentile of one metric",
                    e->path);
}

static bool check_metric(const struct spec *spec, const struct spec_entity *e, const char *text, struct problems *p)
{
    struct value v = *spec_value(e, spec_value(e, ALARM_STATISTIC)->absent ? ALARM_METRIC : ALARM_STATISTIC);
    v.text = text;
    if (!check_statistic(spec, e, p) || !meter_check(spec, e, &v, p))
        return false;
    check_samples(spec, e, text, p);
    return true;
}

static void refuse_threshold(const struct spec_entity *e, const char *text, const struct spec *spec, struct problems *p)
{
    static const char *const units[] = {
        [UNIT_NS] = ": \"> 5min\", or seconds", [UNIT_BYTES] = ": \"> 1KiB\", or bytes", [UNIT_SHARE] = ": \">= 60%\""};
    const struct value *when = spec_value(e, ALARM_WHEN);
    enum metric_unit unit = meter_unit(spec, text);
    const char *rest = (unsigned)unit < ARRAY_LEN(units) ? units[unit] : NULL;
    struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_ALARM, &when->place, "%s: '%.60s' is no threshold", e->path, when->text);
    problem_note(x, ">=, >, < or <= and a number%s",
                 rest != NULL ? rest : ": \">= 1000\"; it has no unit here, and in metric math times are seconds and shares percent");
}

void alarm_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *when = spec_value(e, ALARM_WHEN), *points = spec_value(e, ALARM_DATAPOINTS);
    struct cw_alarm_config c;
    struct err err = {0};
    struct arena arena;
    arena_init(&arena);
    const char *text = spec_value(e, ALARM_METRIC)->absent || when->absent ? NULL : alarm_text(e, &arena);
    if (text == NULL || !check_metric(spec, e, text, p)) {
        arena_free(&arena);
        return;
    }
    if (!points->absent && points->list.n != 2) {
        problem_add(p, SEVERITY_ERROR, CHECK_ALARM, &points->place, "%s: datapoints are [ M, N ]", e->path);
    } else if (!alarm_config(spec, e, &arena, &c)) {
        refuse_threshold(e, text, spec, p);
    } else if (!cw_alarm_valid(&c, &err)) {
        const struct value *at = points->given ? points : spec_value(e, ALARM_PERIOD);
        problem_add(p, SEVERITY_ERROR, CHECK_ALARM, &at->place, "%s: %s", e->path, err.text);
    }
    check_actions(spec, e, p);
    arena_free(&arena);
}
