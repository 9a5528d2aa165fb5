/* scaling_time.c - scheduled actions: at a time of the run, or by the calendar, which needs to know what time it is when the
 * run begins (ASG-26). */
#include "check_codes.h"
#include "scaling_room.h"

enum { TRACE_TIME = 3 };

static void apply(struct scaling *s, const struct value *what)
{
    const struct value *min = value_field(what, TIME_MIN), *max = value_field(what, TIME_MAX),
                       *desired = value_field(what, TIME_DESIRED);
    struct scale_view v;
    s->ops->view(s->group, &v);
    int64_t low = min->absent ? v.min : min->i, high = max->absent ? v.max : max->i;
    low = low > high && min->absent ? high : low;
    high = high < low ? low : high;
    s->ops->limits(s->group, low, high);
    if (!desired->absent)
        s->ops->resize(s->group, desired->i);
    s->ops->view(s->group, &v);
    obs_level_set(&s->wants, world_now(s->e.world), v.desired);
    entity_trace(&s->e, TRACE_TIME, (uint64_t)v.desired);
}

/* The next time of its calendar, if that is in the run. */
static void arm(struct scaling_time *t, int64_t after_s)
{
    struct world *w = t->policy->e.world;
    t->fires_s = eb_schedule_next(&t->schedule, t->clock_s, after_s);
    if (t->fires_s != INT64_MAX && t->fires_s - t->clock_s <= w->end / SIM_S)
        sim_at(w->sim, &t->timer, (t->fires_s - t->clock_s) * SIM_S);
}

static void on_time(struct sim *sim, struct sim_timer *timer)
{
    struct scaling_time *t = CONTAINER_OF(timer, struct scaling_time, timer);
    const struct value *every = value_field(t->what, TIME_EVERY);
    if (!value_field(t->what, TIME_SCHEDULE)->absent)
        arm(t, t->fires_s);
    else if (!every->absent)
        sim_after(sim, timer, every->i);
    apply(t->policy, t->what);
}

void scaling_time_start(struct scaling *s)
{
    const struct value *times = spec_value(s->e.spec, SCALING_TIMES);
    for (uint32_t i = 0; i < times->list.n; i++) {
        struct scaling_time *t = &s->time[i];
        *t = (struct scaling_time){.policy = s, .what = &times->list.item[i]};
        const struct value *schedule = value_field(t->what, TIME_SCHEDULE);
        sim_timer_init(&t->timer, SIM_CONTROL, on_time);
        if (schedule->absent) {
            sim_at(s->e.world->sim, &t->timer, value_field(t->what, TIME_AT)->i);
            continue;
        }
        CHECK(eb_date_parse(spec_value(s->e.spec, SCALING_CLOCK)->text, &t->clock_s));
        CHECK(eb_schedule_parse(&t->schedule, schedule->text, NULL));
        arm(t, t->clock_s - 1);
    }
}

/* --- settings --- */

static void check_when(const struct spec_entity *e, const struct value *item, struct problems *p)
{
    const struct value *at = value_field(item, TIME_AT), *every = value_field(item, TIME_EVERY),
                       *schedule = value_field(item, TIME_SCHEDULE);
    struct eb_schedule parsed;
    struct err err = {0};
    if (at->absent == schedule->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &item->place, "%s: a time has either 'at' or 'schedule'", e->path);
    if (!schedule->absent && !every->absent)
        problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &every->place, "%s: a schedule comes again by itself, without 'every'", e->path);
    if (!schedule->absent && !eb_schedule_parse(&parsed, schedule->text, &err))
        problem_add(p, SEVERITY_ERROR, CHECK_SCHEDULE, &schedule->place, "%s: the schedule: %s", e->path, err.text);
}

void scaling_check_times(const struct spec_entity *e, struct problems *p)
{
    const struct value *list = spec_value(e, SCALING_TIMES), *clock = spec_value(e, SCALING_CLOCK);
    int64_t seconds;
    if (!eb_date_parse(clock->text, &seconds))
        problem_add(p, SEVERITY_ERROR, CHECK_SCHEDULE, &clock->place, "'%s' is no date: 2026-11-21T19:42:00Z", clock->text);
    for (uint32_t i = 0; i < list->list.n; i++) {
        const struct value *item = &list->list.item[i], *min = value_field(item, TIME_MIN), *max = value_field(item, TIME_MAX);
        check_when(e, item, p);
        if (min->absent && max->absent && value_field(item, TIME_DESIRED)->absent)
            problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &item->place, "%s: a time sets min, max or desired", e->path);
        if (!min->absent && !max->absent && min->i > max->i)
            problem_add(p, SEVERITY_ERROR, CHECK_POLICY, &min->place, "%s: min is above max", e->path);
    }
}
