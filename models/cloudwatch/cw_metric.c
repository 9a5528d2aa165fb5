/* cw_metric.c - datapoints in a ring, by the number of their span. */
#include "cw_metric.h"

#include "check.h"
#include "mem.h"

bool cw_metric_open(struct cw_metric *m, sim_time granularity, sim_time delay, sim_time keep)
{
    CHECK(granularity > 0 && delay >= 0 && keep >= 0);
    *m = (struct cw_metric){.granularity = granularity, .delay = delay, .last = INT64_MIN, .first = INT64_MIN};
    m->cap = (uint32_t)((keep + delay) / granularity + 3);
    m->point = mem_get_zero(m->cap, sizeof(*m->point));
    return m->point != NULL;
}

void cw_metric_close(struct cw_metric *m)
{
    mem_release(m->point);
    m->point = NULL;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static struct cw_point *at(const struct cw_metric *m, int64_t span)
{
    int64_t i = span % (int64_t)m->cap;
    return &m->point[i < 0 ? i + (int64_t)m->cap : i];
}

void cw_metric_put(struct cw_metric *m, int64_t span, struct cw_point p)
{
    bool begins = m->last == INT64_MIN || span - m->last >= (int64_t)m->cap;
    CHECK(m->last == INT64_MIN || span > m->last);
    for (int64_t k = begins ? span : m->last + 1; k < span; k++)
        at(m, k)->n = 0;
    m->first = begins ? span : m->first;
    *at(m, span) = p;
    m->last = span;
    if (span - m->first >= (int64_t)m->cap)
        m->first = span - (int64_t)m->cap + 1;
}

sim_time cw_metric_horizon(const struct cw_metric *m, sim_time now)
{
    return floor_div(now - m->delay, m->granularity) * m->granularity;
}

static void join(struct cw_point *all, const struct cw_point *p)
{
    if (all->n == 0) {
        *all = *p;
        return;
    }
    all->n += p->n;
    all->sum = ratio_add(all->sum, p->sum);
    if (ratio_cmp(p->low, all->low) < 0)
        all->low = p->low;
    if (ratio_cmp(p->high, all->high) > 0)
        all->high = p->high;
}

static struct ratio statistic(const struct cw_point *p, enum cw_statistic s)
{
    switch (s) {
    case CW_AVERAGE:
        return ratio_div(p->sum, ratio_int((int64_t)p->n));
    case CW_SUM:
        return p->sum;
    case CW_MINIMUM:
        return p->low;
    case CW_MAXIMUM:
        return p->high;
    case CW_SAMPLES:
        return ratio_int((int64_t)p->n);
    default:
        return p->spread;
    }
}

static struct cw_point over(const struct cw_metric *m, sim_time from, sim_time to)
{
    struct cw_point all = {.n = 0};
    int64_t k = floor_div(from, m->granularity), end = floor_div(to, m->granularity);
    for (k = k < m->first ? m->first : k; k < end && k <= m->last; k++)
        if (at(m, k)->n > 0)
            join(&all, at(m, k));
    if (end > m->first && end - 1 <= m->last)
        all.spread = at(m, end - 1)->spread;
    return all;
}

bool cw_metric_read(const struct cw_metric *m, sim_time from, sim_time to, enum cw_statistic s, struct ratio *r)
{
    struct cw_point all = over(m, from, to);
    if (all.n == 0)
        return false;
    *r = statistic(&all, s);
    return true;
}

uint64_t cw_metric_samples(const struct cw_metric *m, sim_time from, sim_time to)
{
    return over(m, from, to).n;
}
