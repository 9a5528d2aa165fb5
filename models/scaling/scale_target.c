/* scale_target.c - target tracking, and the choice among several policies. */
#include "scale_target.h"

#include "check.h"

int64_t scale_choose(const struct scale_view *v, const struct scale_wish *wish, uint32_t n)
{
    int64_t most = INT64_MIN, floor = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct scale_wish *w = &wish[i];
        int64_t wants = w->has ? w->desired : v->desired;
        floor = w->has && w->floor > floor ? w->floor : floor;
        if (w->out_only && wants <= v->desired)
            continue;
        most = wants > most ? wants : most;
    }
    if (most == INT64_MIN)
        return v->desired;
    floor = floor < v->desired ? floor : v->desired;
    return scale_clamp(v, most > floor ? most : floor);
}

void scale_target_default(struct scale_target_config *c)
{
    *c = (struct scale_target_config){
        .target = ratio_int(1), .period = SIM_MIN, .high = 3, .low = 15, .share = ratio_of(9, 10), .in = true};
}

void scale_target_init(struct scale_target *t, const struct scale_target_config *c, sim_time now)
{
    struct cw_alarm_config high = {c->period, c->high, c->high, CW_GREATER, c->target, CW_MISSING};
    struct cw_alarm_config low = {c->period, c->low, c->low, CW_LESS, ratio_mul(c->target, c->share), CW_MISSING};
    CHECK(c->target.num > 0);
    t->config = *c;
    cw_alarm_init(&t->high, &high, now);
    cw_alarm_init(&t->low, &low, now);
}

struct ratio scale_target_backlog(sim_time latency, sim_time per_message)
{
    return ratio_of(latency, per_message);
}

int64_t scale_target_capacity(int64_t capacity, struct ratio metric, struct ratio target)
{
    return ratio_ceil(ratio_div(ratio_mul(ratio_int(capacity), metric), target));
}

int64_t scale_target_out(const struct scale_view *v, struct ratio metric, struct ratio target)
{
    int64_t wants = scale_target_capacity(v->warm, metric, target);
    return scale_clamp(v, wants > v->desired ? wants : v->desired);
}

int64_t scale_target_in(const struct scale_view *v, struct ratio metric, struct ratio target)
{
    int64_t wants = scale_target_capacity(v->warm, metric, target);
    if (v->warming > 0 || v->held || wants >= v->desired)
        return v->desired;
    return scale_clamp(v, wants);
}

/* ALARM may outlast its data; without a datapoint in the window there is nothing to be proportional to. */
struct scale_wish scale_target_evaluate(struct scale_target *t, const struct scale_view *v, sim_time now, sim_time horizon,
                                        cw_alarm_reading *read, void *ctx)
{
    const struct scale_target_config *c = &t->config;
    struct scale_wish wish = {.out_only = !c->in, .desired = v->desired};
    cw_alarm_evaluate(&t->high, now, horizon, read, ctx);
    cw_alarm_evaluate(&t->low, now, horizon, read, ctx);
    wish.has = t->high.state != CW_INSUFFICIENT;
    if (!t->high.has_value)
        return wish;
    if (t->high.state == CW_ALARM)
        wish.desired = scale_target_out(v, t->high.value, c->target);
    else if (t->low.state == CW_ALARM && c->in)
        wish.desired = scale_target_in(v, t->low.value, c->target);
    return wish;
}
