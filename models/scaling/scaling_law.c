/* scaling_law.c - a policy's wish: its law on what its meter and its group show. */
#include "scaling_room.h"

enum { TRACE_WISH = 1, TRACE_INVOKED };

static void note(struct scaling *s, int64_t wants, int64_t desired)
{
    sim_time now = world_now(s->e.world);
    obs_level_set(&s->wants, now, wants);
    obs_count(&s->outs, now, wants > desired);
    obs_count(&s->ins, now, wants < desired);
    if (wants != desired)
        entity_trace(&s->e, TRACE_WISH, (uint64_t)wants);
}

/* Application Auto Scaling knows no warm-up: what serves is capacity, but what a cooldown still counts has been asked for and
 * is not in the metric yet (ASG-30). */
static struct scale_view seen(const struct scaling *s, const struct scale_view *v)
{
    struct scale_view as = *v;
    if (s->application) {
        int64_t base = scale_cooldown_base(&s->cooldown, world_now(s->e.world), v->desired);
        as.warming = 0;
        as.warm = base < v->in_service ? base : v->in_service;
        as.held |= base < v->desired;
    }
    return as;
}

static int64_t cooled(struct scaling *s, const struct scale_view *v, int64_t wants)
{
    return s->application ? scale_cooldown_apply(&s->cooldown, world_now(s->e.world), v->desired, wants) : wants;
}

/* --- at every evaluation --- */

static struct scale_wish track(struct scaling *s, const struct scale_view *v)
{
    sim_time now = world_now(s->e.world);
    struct scale_view as = seen(s, v);
    struct scale_wish w = scale_target_evaluate(&s->target, &as, now, meter_horizon(&s->meter, now), meter_look, &s->meter);
    w.desired = cooled(s, v, w.desired);
    obs_level_set(&s->high, now, s->target.high.state);
    obs_level_set(&s->low, now, s->target.low.state);
    return w;
}

/* Forecasts come due at full hours, or some time before; between them the forecast is a floor for the others. */
static struct scale_wish predict(struct scaling *s, const struct scale_view *v)
{
    sim_time now = world_now(s->e.world), to = meter_horizon(&s->meter, now);
    struct scale_wish w = {.has = true, .out_only = true, .desired = v->desired};
    struct ratio load;
    if (to > 0 && meter_read(&s->meter, to - SIM_MIN, to, &load))
        scale_predict_see(&s->predict, to, load);
    int64_t wants = scale_predict_wants(&s->predict, now);
    w.floor = wants > 0 ? wants : 0;
    if (now >= s->predict_next) {
        s->predict_next = scale_predict_next(&s->predict, now);
        w.desired = wants > v->desired ? wants : v->desired;
    }
    return w;
}

/* Limits may have been changed meanwhile. */
static struct scale_wish replicate(struct scaling *s, const struct scale_view *v)
{
    struct world *w = s->e.world;
    sim_time now = world_now(w);
    struct ratio load = ratio_int(0);
    struct scale_keda *k = &s->keda;
    if (!meter_now(&s->meter, &load))
        w->failed = true;
    scale_keda_limits(k, v->min, v->max);
    if (now % k->config.polling == 0)
        scale_keda_poll(k, now, ratio_ceil(load));
    scale_keda_sync(k, now, ratio_ceil(load));
    return (struct scale_wish){.has = true, .desired = k->replicas};
}

static struct scale_wish compute(struct scaling *s, const struct scale_view *v)
{
    sim_time to = meter_horizon(&s->meter, world_now(s->e.world));
    struct scale_wish w = {.out_only = !s->in, .desired = v->desired};
    struct ratio value;
    w.has = meter_read(&s->meter, to - SIM_MIN, to, &value);
    if (w.has)
        w.desired = scale_clamp(v, ratio_ceil(value));
    return w;
}

struct scale_wish scaling_ask(struct scale_member *m, const struct scale_view *v)
{
    struct scaling *s = CONTAINER_OF(m, struct scaling, member);
    struct scale_wish w;
    switch (s->policy) {
    case POLICY_PREDICTIVE:
        w = predict(s, v);
        break;
    case POLICY_KEDA:
        w = replicate(s, v);
        break;
    case POLICY_EXPRESSION:
        w = compute(s, v);
        break;
    default:
        w = track(s, v);
    }
    note(s, w.desired, v->desired);
    return w;
}

/* --- set off by an alarm --- */

static void step(struct scaling *s, const struct scale_view *v, const struct trigger *t)
{
    struct scale_view as = seen(s, v);
    struct scale_cooldown before = s->cooldown;
    if (s->application) {
        int64_t base = scale_cooldown_base(&s->cooldown, world_now(s->e.world), v->desired);
        as.warming = v->desired - base; /* what a cooldown counts is not added again */
    }
    int64_t wants = cooled(s, v, scale_step_desired(&s->steps, &as, t->above, t->value, t->threshold));
    note(s, wants, v->desired);
    s->ops->resize(s->group, wants);
    scaling_setting_settle(s, &before);
}

void scaling_invoke(struct entity *e, const struct trigger *t)
{
    struct scaling *s = (struct scaling *)e;
    struct scale_view v;
    s->ops->view(s->group, &v);
    entity_trace(e, TRACE_INVOKED, (uint64_t)v.desired);
    if (s->policy == POLICY_STEP) {
        step(s, &v, t);
    } else if (s->policy == POLICY_SIMPLE) {
        int64_t wants = scale_simple_desired(s->steps.adjust, s->by, s->steps.magnitude, &v);
        note(s, wants, v.desired);
        s->ops->simple(s->group, wants);
    }
}
