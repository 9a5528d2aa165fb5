/* script_scaling.c - the clock of metrics, alarms and groups. At one instant: groups settle, then datapoints are put down,
 * then alarms are evaluated in the order of their creation, policies act, and groups settle again (CW-13). */
#include "script_scaling.h"

#include <stdlib.h>

struct script_scaling *scaling_at(struct script *s)
{
    sim_time now = account_now(s->account);
    if (s->scaling == NULL)
        s->scaling = calloc(1, sizeof(*s->scaling));
    script_scaling_to(s, now);
    return s->scaling;
}

static void scaling_metric_close(struct scaling_metric *m)
{
    cw_metric_close(&m->core);
    spread_close(m);
}

void script_scaling_close(struct script *s)
{
    struct script_scaling *t = s->scaling;
    for (uint32_t i = 0; t != NULL && i < t->n_group; i++)
        group_close(t->group[i].core);
    for (uint32_t i = 0; t != NULL && i < t->n_metric; i++)
        scaling_metric_close(&t->metric[i]);
    free(t);
    s->scaling = NULL;
}

void script_scaling_check(struct script *s)
{
    for (uint32_t i = 0; s->scaling != NULL && i < s->scaling->n_group; i++)
        group_check(s->scaling->group[i].core, s->scaling->now);
}

/* --- groups --- */

static void obey(struct scaling_group *g, const struct call *call)
{
    for (uint32_t i = 0; i < call->n_fx; i++) {
        const struct effect *e = &call->fx[i];
        if (e->kind == GROUP_FX_LAUNCH)
            group_boots(g->core, e->b, call->now + g->launch);
        g->stopped += e->kind == GROUP_FX_STOP;
        g->ended += e->kind == GROUP_FX_END;
        g->refreshed += e->kind == GROUP_FX_REFRESHED && e->a == 0;
        g->refreshes_failed += e->kind == GROUP_FX_REFRESHED && e->a != 0;
    }
}

void scaling_settle(struct script_scaling *t, struct scaling_group *g)
{
    while (group_deadline(g->core) <= t->now) {
        call_begin(&t->call, t->now, NULL);
        group_advance(g->core, &t->call);
        obey(g, &t->call);
    }
}

static void settle_all(struct script_scaling *t)
{
    for (uint32_t i = 0; i < t->n_group; i++)
        scaling_settle(t, &t->group[i]);
}

/* --- metrics --- */

static bool observe(struct scaling_metric *m, sim_time now, struct ratio *value)
{
    struct group_view v;
    *value = m->value;
    if (m->per == NULL)
        return true;
    group_view(m->per->core, now, &v);
    if (v.in_service > 0)
        *value = ratio_div(m->value, ratio_int(v.in_service));
    return v.in_service > 0;
}

static sim_time sampled_at(const struct scaling_metric *m)
{
    return (m->span + 1) * m->core.granularity;
}

static void sample(struct script_scaling *t, struct scaling_metric *m)
{
    struct ratio value;
    if (sampled_at(m) != t->now)
        return;
    struct cw_point all;
    if (m->tally)
        CHECK(spread_take(m, &all));
    if (m->tally)
        cw_metric_put(&m->core, m->span, all);
    else if (!m->none && observe(m, t->now, &value))
        cw_metric_put(&m->core, m->span, cw_point_of(value));
    if (m->counter)
        m->value = ratio_int(0);
    m->span++;
}

/* --- alarms and policies --- */

struct window {
    const struct scaling_metric *metric;
    enum cw_statistic statistic;
    uint64_t fewest;
};

static enum cw_seen reading(void *ctx, sim_time from, sim_time to, struct ratio *out)
{
    const struct window *w = ctx;
    if (!cw_metric_read(&w->metric->core, from, to, w->statistic, out))
        return CW_ABSENT;
    return cw_metric_samples(&w->metric->core, from, to) < w->fewest ? CW_FEW : CW_SEEN;
}

static void invoke(struct script_scaling *t, const struct scaling_alarm *a)
{
    bool above = a->core.config.compare <= CW_GREATER;
    for (uint32_t i = 0; i < t->n_policy; i++) {
        struct scaling_policy *p = &t->policy[i];
        const struct scale_step *s = p->steps.step;
        if (p->kind == SCALING_TARGET || p->alarm != a || !a->core.has_value)
            continue;
        struct scale_view v = scaling_view(p->group, t->now);
        if (p->kind == SCALING_SIMPLE)
            group_simple(p->group->core, t->now,
                         scale_simple_desired(p->steps.adjust, s->adjustment, p->steps.magnitude, &v));
        else
            group_set_desired(p->group->core, t->now,
                              scale_step_desired(&p->steps, &v, above, a->core.value, a->core.config.threshold));
        scaling_settle(t, p->group);
    }
}

static void evaluate(struct script_scaling *t, struct scaling_alarm *a)
{
    struct window w = {a->metric, a->statistic, a->fewest};
    if (a->next != t->now)
        return;
    a->next = t->now + cw_alarm_every(&a->core.config);
    unsigned did = cw_alarm_evaluate(&a->core, t->now, cw_metric_horizon(&a->metric->core, t->now), reading, &w);
    a->changes += (did & CW_CHANGED) != 0;
    a->held += (did & CW_HELD) != 0;
    bool acts = (did & CW_INVOKES) != 0 && a->core.state == CW_ALARM;
    a->invoked += acts;
    if (acts)
        invoke(t, a);
}

/* All target tracking policies of a group are heard together (ASG-16). */
static void track(struct script_scaling *t, struct scaling_group *g)
{
    struct scale_wish wish[SCALING_MAX];
    uint32_t n = 0;
    struct scale_view v = scaling_view(g, t->now);
    for (uint32_t i = 0; i < t->n_policy; i++) {
        struct scaling_policy *p = &t->policy[i];
        if (p->kind != SCALING_TARGET || p->group != g)
            continue;
        struct window w = {p->metric, p->metric->tally ? p->metric->stat.kind : CW_AVERAGE, 0};
        wish[n++] = scale_target_evaluate(&p->target, &v, t->now, cw_metric_horizon(&p->metric->core, t->now), reading, &w);
    }
    if (n > 0)
        group_set_desired(g->core, t->now, scale_choose(&v, wish, n));
    scaling_settle(t, g);
}

/* --- replicas --- */

static void replicate(struct script_scaling *t, struct scaling_keda *k)
{
    int64_t load = scale_keda_load(&k->queue, k->in_flight, k->delayed);
    if (k->poll == t->now) {
        scale_keda_poll(&k->core, t->now, load);
        k->poll += k->core.config.polling;
    }
    if (k->sync == t->now) {
        scale_keda_sync(&k->core, t->now, load);
        k->sync += k->core.config.sync;
    }
}

/* --- time --- */

static sim_time earlier(sim_time a, sim_time b)
{
    return a < b ? a : b;
}

static sim_time next(const struct script_scaling *t)
{
    sim_time at = t->n_policy > 0 ? (t->now / SIM_MIN + 1) * SIM_MIN : SIM_NEVER;
    for (uint32_t i = 0; i < t->n_group; i++)
        at = earlier(at, group_deadline(t->group[i].core));
    for (uint32_t i = 0; i < t->n_metric; i++)
        at = earlier(at, sampled_at(&t->metric[i]));
    for (uint32_t i = 0; i < t->n_alarm; i++)
        at = earlier(at, t->alarm[i].next);
    for (uint32_t i = 0; i < t->n_keda; i++)
        at = earlier(at, earlier(t->keda[i].poll, t->keda[i].sync));
    return at;
}

void script_scaling_to(struct script *s, sim_time to)
{
    struct script_scaling *t = s->scaling;
    for (sim_time at = t == NULL ? SIM_NEVER : next(t); at <= to; at = next(t)) {
        t->now = at;
        settle_all(t);
        for (uint32_t i = 0; i < t->n_metric; i++)
            sample(t, &t->metric[i]);
        for (uint32_t i = 0; i < t->n_alarm; i++)
            evaluate(t, &t->alarm[i]);
        for (uint32_t i = 0; i < t->n_group && at % SIM_MIN == 0; i++)
            track(t, &t->group[i]);
        for (uint32_t i = 0; i < t->n_keda; i++)
            replicate(t, &t->keda[i]);
    }
    if (t != NULL)
        t->now = to > t->now ? to : t->now;
}
