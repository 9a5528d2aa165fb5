/* cw_alarm.c - from a window of datapoints to a state, and from states to actions. */
#include "cw_alarm.h"

#include <stddef.h>

#include "check.h"

const char *cw_state_name(enum cw_state s)
{
    static const char *const name[] = {"OK", "INSUFFICIENT_DATA", "ALARM"};
    return name[s];
}

bool cw_alarm_breaches(enum cw_compare c, struct ratio value, struct ratio threshold)
{
    int way = ratio_cmp(value, threshold);
    switch (c) {
    case CW_GREATER_EQUAL:
        return way >= 0;
    case CW_GREATER:
        return way > 0;
    case CW_LESS:
        return way < 0;
    default:
        return way <= 0;
    }
}

/* --- the judgement (CW-11) --- */

struct count {
    uint32_t real, breaching; /* of the whole range */
    uint32_t newest_breaching; /* among the n newest real ones */
    uint32_t oldest;          /* position of the oldest breaching one, from 1 */
};

static struct count count(const enum cw_data *data, uint32_t range, uint32_t n)
{
    struct count c = {0, 0, 0, 0};
    for (uint32_t i = 0; i < range; i++) {
        bool breaches = data[i] == CW_BREACH;
        if (data[i] == CW_NONE)
            continue;
        c.breaching += breaches;
        c.newest_breaching += breaches && c.real < n;
        c.oldest = breaches ? i + 1 : c.oldest;
        c.real++;
    }
    return c;
}

static enum cw_state of_nothing(enum cw_missing missing, enum cw_state before)
{
    switch (missing) {
    case CW_MISSING:
        return CW_INSUFFICIENT;
    case CW_IGNORE:
        return before;
    case CW_BREACHING:
        return CW_ALARM;
    default:
        return CW_OK;
    }
}

/* Fewer real datapoints than n, and fewer than m of them breach. */
static enum cw_state of_some(const struct count *c, uint32_t n, uint32_t m, enum cw_missing missing, enum cw_state before)
{
    if (missing == CW_BREACHING)
        return c->breaching + (n - c->real) >= m ? CW_ALARM : CW_OK;
    if (missing == CW_NOT_BREACHING || c->breaching < c->real)
        return CW_OK;
    return missing == CW_MISSING && c->oldest >= m ? CW_ALARM : before;
}

enum cw_state cw_alarm_judge(const enum cw_data *data, uint32_t n, uint32_t m, enum cw_missing missing, enum cw_state before)
{
    struct count c = count(data, n + CW_LOOK_BACK, n);
    if (c.real >= n)
        return c.newest_breaching >= m ? CW_ALARM : CW_OK;
    if (c.real == 0)
        return of_nothing(missing, before);
    return c.breaching >= m ? CW_ALARM : of_some(&c, n, m, missing, before);
}

/* --- the alarm --- */

bool cw_alarm_valid(const struct cw_alarm_config *c, struct err *err)
{
    bool brief = c->period == 10 * SIM_S || c->period == 20 * SIM_S || c->period == 30 * SIM_S;
    if (!brief && (c->period < SIM_MIN || c->period % SIM_MIN != 0))
        return err_set(err, ERR_DATA, "a period is 10, 20 or 30 seconds, or whole minutes");
    if (c->n < 1 || c->n > CW_POINTS_MAX || c->m < 1 || c->m > c->n)
        return err_set(err, ERR_DATA, "datapoints are M of N, with 1 <= M <= N <= %d", CW_POINTS_MAX);
    if (c->period * c->n > (c->period < SIM_H ? SIM_DAY : 7 * SIM_DAY))
        return err_set(err, ERR_DATA, "period times N is at most %s", c->period < SIM_H ? "a day for periods below an hour" : "7 days");
    return true;
}

sim_time cw_alarm_every(const struct cw_alarm_config *c)
{
    if (c->period < SIM_MIN)
        return 10 * SIM_S;
    return c->period * c->n > SIM_DAY ? SIM_H : SIM_MIN;
}

void cw_alarm_init(struct cw_alarm *a, const struct cw_alarm_config *c, sim_time now)
{
    CHECK(cw_alarm_valid(c, NULL));
    *a = (struct cw_alarm){.config = *c, .state = CW_INSUFFICIENT, .since = now, .invoked = SIM_NEVER};
}

/* Whether the newest period has too few samples. What is seen of such a period counts for nothing (CW-16). */
static bool look(struct cw_alarm *a, enum cw_data *data, sim_time horizon, cw_alarm_reading *read, void *ctx)
{
    const struct cw_alarm_config *c = &a->config;
    bool few = false;
    for (uint32_t i = 0; i < c->n + CW_LOOK_BACK; i++) {
        struct ratio value;
        sim_time to = horizon - (sim_time)i * c->period;
        enum cw_seen seen = read(ctx, to - c->period, to, &value);
        data[i] = seen != CW_SEEN ? CW_NONE : cw_alarm_breaches(c->compare, value, c->threshold) ? CW_BREACH : CW_FINE;
        if (i > 0)
            continue;
        few = seen == CW_FEW;
        a->has_value = seen != CW_ABSENT;
        if (a->has_value)
            a->value = value;
    }
    return few;
}

static bool invokes(struct cw_alarm *a, sim_time now, bool changed)
{
    if (!changed && (a->invoked == SIM_NEVER || now - a->invoked < SIM_MIN))
        return false;
    a->invoked = now;
    return true;
}

unsigned cw_alarm_evaluate(struct cw_alarm *a, sim_time now, sim_time horizon, cw_alarm_reading *read, void *ctx)
{
    enum cw_data data[CW_POINTS_MAX + CW_LOOK_BACK];
    bool few = look(a, data, horizon, read, ctx);
    enum cw_state next = few ? a->state : cw_alarm_judge(data, a->config.n, a->config.m, a->config.missing, a->state);
    bool changed = next != a->state;
    if (changed)
        a->since = now;
    a->state = next;
    return (changed ? CW_CHANGED : 0u) | (invokes(a, now, changed) ? CW_INVOKES : 0u) | (few ? CW_HELD : 0u);
}
