/* scaling_check.c - which settings go with which kind of policy, and what Auto Scaling would refuse. */
#include <string.h>

#include "check_codes.h"
#include "scaling_room.h"

#define BIT(key) (UINT32_C(1) << (key))
#define TRACKING                                                                                                      \
    (BIT(SCALING_PERIOD) | BIT(SCALING_DELAY) | BIT(SCALING_HIGH) | BIT(SCALING_LOW) | BIT(SCALING_SHARE) |           \
     BIT(SCALING_SCALE_IN) | BIT(SCALING_COOLDOWNS))

static const struct {
    const char *name;
    uint32_t needs, may;
} kind[N_POLICIES] = {
    [POLICY_TARGET] = {"target_tracking", BIT(SCALING_METRIC) | BIT(SCALING_VALUE), TRACKING},
    [POLICY_STEP] = {"step", BIT(SCALING_STEPS), BIT(SCALING_ADJUST) | BIT(SCALING_MAGNITUDE) | BIT(SCALING_COOLDOWNS)},
    [POLICY_SIMPLE] = {"simple", BIT(SCALING_BY), BIT(SCALING_ADJUST) | BIT(SCALING_MAGNITUDE)},
    [POLICY_SCHEDULED] = {"scheduled", BIT(SCALING_TIMES), BIT(SCALING_CLOCK)},
    [POLICY_PREDICTIVE] = {"predictive", BIT(SCALING_METRIC) | BIT(SCALING_VALUE), BIT(SCALING_DELAY) | BIT(SCALING_AHEAD)},
    [POLICY_BACKLOG] = {"backlog", BIT(SCALING_QUEUE) | BIT(SCALING_LATENCY) | BIT(SCALING_TIME), TRACKING},
    [POLICY_KEDA] = {"keda", BIT(SCALING_QUEUE), BIT(SCALING_KEDA)},
    [POLICY_EXPRESSION] = {"expression", BIT(SCALING_DESIRED), BIT(SCALING_DELAY) | BIT(SCALING_SCALE_IN)},
};

struct ratio scaling_ratio(double x)
{
    return ratio_of((int64_t)(x * 1e9 + (x < 0 ? -0.5 : 0.5)), INT64_C(1000000000));
}

static bool is_there(const struct value *v)
{
    return v->type == VALUE_GROUP || v->type == VALUE_LIST ? v->list.n > 0 : v->given;
}

static bool fits(const struct spec_entity *e, struct problems *p)
{
    uint32_t number = (uint32_t)spec_int(e, SCALING_POLICY);
    bool ok = true;
    for (unsigned k = SCALING_METRIC; k < N_SCALING_KEYS; k++) {
        const struct value *v = spec_value(e, k);
        bool needed = (kind[number].needs & BIT(k)) != 0, allowed = needed || (kind[number].may & BIT(k)) != 0;
        if (needed && !is_there(v)) {
            problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &spec_value(e, SCALING_POLICY)->place, "%s: policy \"%s\" needs '%s'",
                        e->path, kind[number].name, scaling_keys[k].name);
            ok = false;
        }
        if (!allowed && is_there(v))
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' has no meaning with policy \"%s\"", e->path,
                        scaling_keys[k].name, kind[number].name);
    }
    return ok;
}

static bool is_whole(double x)
{
    return x == (double)(int64_t)x && x > -100001 && x < 100001;
}

void scaling_steps(const struct spec_entity *e, struct scale_steps *s)
{
    const struct value *list = spec_value(e, SCALING_STEPS);
    *s = (struct scale_steps){.adjust = (enum scale_adjust)spec_int(e, SCALING_ADJUST), .magnitude = spec_int(e, SCALING_MAGNITUDE)};
    for (uint32_t i = 0; i < list->list.n && i < SCALE_STEPS_MAX; i++) {
        const struct value *from = value_field(&list->list.item[i], STEP_FROM), *to = value_field(&list->list.item[i], STEP_TO);
        struct scale_step *step = &s->step[s->n++];
        step->has_low = !from->absent;
        step->has_high = !to->absent;
        step->low = from->absent ? ratio_int(0) : scaling_ratio(from->number);
        step->high = to->absent ? ratio_int(0) : scaling_ratio(to->number);
        step->adjustment = (int64_t)value_field(&list->list.item[i], STEP_BY)->number;
    }
}

static void check_steps(const struct spec_entity *e, struct problems *p)
{
    const struct value *list = spec_value(e, SCALING_STEPS);
    struct scale_steps s;
    struct err err = {0};
    if (list->list.n > SCALE_STEPS_MAX) {
        problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &list->place, "%s: at most %d steps", e->path, SCALE_STEPS_MAX);
        return;
    }
    scaling_steps(e, &s);
    if (!scale_steps_valid(&s, &err))
        problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &list->place, "%s: %s", e->path, err.text);
    for (uint32_t i = 0; i < list->list.n; i++) {
        const struct value *by = value_field(&list->list.item[i], STEP_BY);
        if (!is_whole(by->number))
            problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &by->place, "%s: 'by' is a whole number", e->path);
    }
}

static void check_numbers(const struct spec_entity *e, struct problems *p)
{
    const struct value *value = spec_value(e, SCALING_VALUE), *by = spec_value(e, SCALING_BY), *keda = spec_value(e, SCALING_KEDA);
    sim_time period = spec_int(e, SCALING_PERIOD);
    if (value->given && scaling_ratio(value->number).num <= 0)
        problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &value->place, "%s: a target is above 0", e->path);
    if (by->given && !is_whole(by->number))
        problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &by->place, "%s: 'by' is a whole number", e->path);
    if (period != 10 * SIM_S && period != 20 * SIM_S && period != 30 * SIM_S && period % SIM_MIN != 0)
        problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &spec_value(e, SCALING_PERIOD)->place,
                    "%s: a period is 10, 20 or 30 s or whole minutes", e->path);
    if (keda->list.n > 0 && value_field(keda, KEDA_POLLING)->i % (15 * SIM_S) != 0)
        problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &value_field(keda, KEDA_POLLING)->place,
                    "%s: polling is a multiple of 15 s", e->path);
}

/* The list in which the alarm has it among its actions; NULL: none. */
static const struct value *sets_off(const struct spec_entity *alarm, const struct spec_entity *e)
{
    static const char *const list[] = {"actions", "alarm_actions", "ok_actions", "insufficient_data_actions"};
    for (unsigned k = 0; k < ARRAY_LEN(list) && strcmp(alarm->kind, "alarm") == 0; k++) {
        const struct value *actions = spec_named(alarm, list[k]);
        for (uint32_t i = 0; actions != NULL && i < actions->list.n; i++)
            if (actions->list.item[i].ref == e)
                return actions;
    }
    return NULL;
}

/* Step and simple policies wait for an alarm; the others have no use for one. */
static void check_alarms(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    int64_t policy = spec_int(e, SCALING_POLICY);
    const struct spec_entity *alarm = NULL;
    for (uint32_t i = 0; i < spec->n_entity; i++)
        if (sets_off(&spec->entity[i], e) != NULL)
            alarm = &spec->entity[i];
    bool waits = policy == POLICY_STEP || policy == POLICY_SIMPLE;
    if (waits && alarm == NULL)
        problem_add(p, SEVERITY_WARNING, CHECK_NEEDS, &spec_value(e, SCALING_POLICY)->place,
                    "%s: no alarm has it among its actions: it never acts", e->path);
    if (!waits && alarm != NULL)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &sets_off(alarm, e)->place,
                    "%s: only step and simple policies are set off by alarms, and %s is %s", alarm->path, e->path, kind[policy].name);
}

static void check_limits(const struct spec *spec, const struct spec_entity *e, const struct spec_entity *target, struct problems *p)
{
    const struct value *min = spec_value(e, SCALING_MIN), *max = spec_value(e, SCALING_MAX), *ref = spec_value(e, SCALING_TARGET);
    int64_t low = min->absent ? 1 : min->i, high = max->absent ? 10 : max->i;
    unsigned key;
    bool counted = strcmp(target->kind, "fleet") == 0 || strcmp(target->kind, "service") == 0;
    if (spec_int(e, SCALING_POLICY) == POLICY_BACKLOG && !counted)
        problem_add(p, SEVERITY_ERROR, CHECK_TARGET, &ref->place,
                    "%s: policy \"backlog\" is for a group, a fleet or a service; use target_tracking with a metric of %s", e->path,
                    target->path);
    if (low > high)
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &(min->given ? min : max)->place, "%s: min <= max", e->path);
    if (scaling_setting_key(target, &key) && (spec_value(target, key)->absent || spec_int(target, key) == INT64_MAX))
        problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &ref->place, "%s: %s has no %s that could be changed", e->path, target->path,
                    target->room->key[key].name);
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *other = &spec->entity[i];
        bool group = strcmp(other->kind, "group") == 0;
        const struct value *of = spec_named(other, "target");
        if ((group || (other->room == e->room && i < e->index)) && of != NULL && of->ref == target)
            problem_add(p, SEVERITY_ERROR, CHECK_GROUP, &ref->place, "%s: %s changes the size of %s already%s", e->path, other->path,
                        target->path, group ? ": scale that" : "");
    }
}

static void check_target(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *ref = spec_value(e, SCALING_TARGET);
    if (ref->ref == NULL)
        return;
    if (ref->ref->room->scale == NULL) {
        check_limits(spec, e, ref->ref, p);
        return;
    }
    for (unsigned k = SCALING_MIN; k <= SCALING_MAX; k++)
        if (spec_value(e, k)->given)
            problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &spec_value(e, k)->place, "%s: the limits are those of %s", e->path, ref->ref->path);
}

void scaling_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *metric = spec_value(e, SCALING_METRIC), *desired = spec_value(e, SCALING_DESIRED);
    if (spec_value(e, SCALING_POLICY)->absent || !fits(e, p))
        return;
    check_target(spec, e, p);
    check_alarms(spec, e, p);
    if (metric->given)
        meter_check(spec, e, metric, p);
    if (desired->given)
        meter_check(spec, e, desired, p);
    check_numbers(e, p);
    if (spec_int(e, SCALING_POLICY) == POLICY_STEP)
        check_steps(e, p);
    scaling_check_times(e, p);
}
