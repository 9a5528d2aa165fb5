/* esmq_scale.c - how many slots there are: 300 more a minute while all are busy and messages wait
 * (LAM-36), five again when none came for a minute, two after fifteen; halved by a batch that fails
 * (LAM-44). With provisioned pollers, ten for each (LAM-47, LAM-50). */
#include "esmq_int.h"

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t most(const struct esmq *e)
{
    return e->config.max_concurrency == 0 ? ESMQ_MOST : e->config.max_concurrency;
}

static bool provisioned(const struct esmq *e)
{
    return e->config.max_pollers > 0;
}

static void set_pollers(struct esmq *e, uint32_t n)
{
    e->pollers = n;
    e->limit = n * ESMQ_POLLER;
}

void esmq_scale_open(struct esmq *e)
{
    e->minute = e->config.now + SIM_MIN;
    e->last = e->config.now;
    if (provisioned(e))
        set_pollers(e, e->config.min_pollers);
    else
        e->limit = least(ESMQ_START, most(e));
}

static void grow(struct esmq *e)
{
    if (provisioned(e))
        set_pollers(e, least(e->pollers + ESMQ_POLLERS, e->config.max_pollers));
    else
        e->limit = least(e->limit + e->config.growth, most(e));
}

static void rest(struct esmq *e, sim_time idle)
{
    if (provisioned(e)) {
        if (idle >= 300 * SIM_S)
            set_pollers(e, e->config.min_pollers);
        return;
    }
    if (idle >= 900 * SIM_S && e->config.max_concurrency == 0)
        e->limit = ESMQ_REST;
    else if (idle >= 60 * SIM_S && e->limit > ESMQ_START)
        e->limit = least(ESMQ_START, most(e));
}

/* Slots that are all busy see no messages come, which is no sign that there are none. */
void esmq_minute(struct esmq *e, sim_time now)
{
    if (e->full && e->backlog)
        grow(e);
    else if (e->invoking < e->limit)
        rest(e, now - e->last);
    e->full = e->invoking >= e->limit;
    e->minute += SIM_MIN;
}

void esmq_shrink(struct esmq *e)
{
    if (provisioned(e))
        set_pollers(e, e->pollers / 2 > e->config.min_pollers ? e->pollers / 2 : e->config.min_pollers);
    else if (e->limit > ESMQ_START)
        e->limit = e->limit / 2 > ESMQ_START ? e->limit / 2 : ESMQ_START;
}

/* LAM-47: a poller makes ten polls a second, and moves 1 MB, with a second's worth at once. What a
 * poll brings is not known before it is made: the next one waits until it has passed. */
static bool poller_free(struct esmq *e, sim_time now)
{
    if (now >= e->second) {
        e->second = (now / SIM_S + 1) * SIM_S;
        e->second_polls = 0;
    }
    if (e->pipe_free - now > SIM_S)
        e->again = e->pipe_free - SIM_S;
    else if (e->second_polls >= (uint64_t)e->pollers * ESMQ_POLLER)
        e->again = e->second;
    return e->again == 0;
}

void esmq_passed(struct esmq *e, uint64_t bytes, sim_time now)
{
    if (!provisioned(e))
        return;
    unsigned __int128 ns = (unsigned __int128)bytes * SIM_S / ((uint64_t)e->pollers << 20);
    e->pipe_free = (e->pipe_free > now ? e->pipe_free : now) + (sim_time)ns;
}

bool esmq_may_poll(struct esmq *e, sim_time now)
{
    if (e->paused || now < e->again || e->polling + e->invoking + e->n_ready >= e->limit)
        return false;
    if (!provisioned(e))
        return true;
    bool good = poller_free(e, now);
    e->second_polls += good;
    return good;
}
