/* health.c - one success makes a new instance healthy; failures in a row make it unhealthy; then it takes successes in a row. */
#include "health.h"

void health_config_default(struct health_config *c, enum health_kind kind)
{
    static const struct health_config of[] = {
        [HEALTH_STATUS] = {HEALTH_STATUS, 60 * SIM_S, 5 * SIM_S, 0, 3, 1},
        [HEALTH_BALANCER] = {HEALTH_BALANCER, 30 * SIM_S, 5 * SIM_S, 0, 2, 5},
        [HEALTH_CONTAINER] = {HEALTH_CONTAINER, 30 * SIM_S, 5 * SIM_S, 0, 3, 1},
    };
    *c = of[kind];
}

bool health_config_valid(const struct health_config *c, struct err *err)
{
    if (c->interval <= 0 || c->timeout <= 0 || c->unhealthy == 0 || c->healthy == 0)
        return err_set(err, ERR_DATA, "a health check has an interval, a timeout, and counts of one or more");
    return c->kind == HEALTH_CONTAINER || c->timeout <= c->interval ||
           err_set(err, ERR_DATA, "a health check's timeout is not longer than its interval");
}

const char *health_state_name(enum health_state s)
{
    static const char *const name[] = {"initial", "healthy", "unhealthy"};
    return name[s];
}

void health_begin(struct health *h, sim_time now)
{
    *h = (struct health){.state = HEALTH_INITIAL, .since = now};
}

/* Within a container's start period, and before its first success. */
static bool is_starting(const struct health *h, const struct health_config *c, sim_time sent)
{
    return c->kind == HEALTH_CONTAINER && h->state == HEALTH_INITIAL && sent < h->since + c->start;
}

bool health_judge(struct health *h, const struct health_config *c, sim_time sent, bool passed)
{
    enum health_state before = h->state;
    if (passed) {
        h->failed = 0;
        h->passed++;
        if (before == HEALTH_INITIAL || h->passed >= c->healthy)
            h->state = HEALTH_GOOD;
    } else if (!is_starting(h, c, sent)) {
        h->passed = 0;
        h->failed++;
        if (h->failed >= c->unhealthy)
            h->state = HEALTH_BAD;
    }
    return h->state != before;
}
