/* result.c - from observers to plain data, and from data to the statistics that the metric grammar
 * names. */
#include "result.h"

#include <math.h>
#include <stddef.h>

#include "hash.h"
#include "mem.h"

struct result *result_new(uint32_t n_metric, uint32_t n_entity)
{
    struct result *r = mem_get_zero(1, sizeof(*r));
    if (r == NULL)
        return NULL;
    r->metric = mem_get_zero(n_metric, sizeof(*r->metric));
    r->fingerprint = mem_get_zero(n_entity, sizeof(*r->fingerprint));
    if (r->metric == NULL || r->fingerprint == NULL) {
        result_free(r);
        return NULL;
    }
    r->n_metric = n_metric;
    r->n_entity = n_entity;
    return r;
}

static void metric_free(struct metric_value *m)
{
    if (m->hist != NULL)
        hist_free(m->hist);
    mem_release(m->hist);
    series_close(m->series);
}

void result_free(struct result *r)
{
    if (r == NULL)
        return;
    for (uint32_t i = 0; i < r->n_metric; i++)
        metric_free(&r->metric[i]);
    mem_release(r->metric);
    mem_release(r->fingerprint);
    mem_release(r->by_birth);
    life_free(&r->life);
    mem_release(r);
}

uint64_t result_print(uint64_t of_those_before, uint64_t next)
{
    return hash_mix(of_those_before ^ hash_mix(next + UINT64_C(0x9e3779b97f4a7c15)));
}

static struct metric_value nothing(void)
{
    return (struct metric_value){
        .mean = NAN, .sd = NAN, .min = NAN, .max = NAN, .last = NAN, .sum = NAN, .min_at = NAN, .max_at = NAN};
}

bool result_renumber(struct result *r, const uint32_t *from, uint32_t n)
{
    struct metric_value *metric = mem_get(n * sizeof(*metric));
    if (metric == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        metric[i] = nothing();
        metric[i].n = METRIC_ABSENT;
        if (from[i] == RESULT_NOTHING)
            continue;
        CHECK(from[i] < r->n_metric);
        metric[i] = r->metric[from[i]];
        r->metric[from[i]] = nothing(); /* what it points to has moved */
    }
    for (uint32_t i = 0; i < r->n_metric; i++)
        metric_free(&r->metric[i]);
    mem_release(r->metric);
    r->metric = metric;
    r->n_metric = n;
    return true;
}

void metric_take_counter(struct metric_value *m, struct obs_counter *c)
{
    obs_counter_settle(c);
    *m = nothing();
    m->n = c->n;
    m->sum = (double)c->n;
    m->series = c->series;
    c->series = NULL;
}

/* Standard deviation over time. Squares are taken around a whole number near the mean, exactly, so
 * that a high and steady level loses no digits. */
static double level_sd(const struct obs_level *l, sim_time span)
{
    if (l->overflowed)
        return NAN;
    int128 centre = l->area / span;
    int128 area = l->area - centre * span;
    int128 area2 = l->area2 - centre * (l->area + area); /* each no larger than area2 */
    double off = (double)area / (double)span;
    return sqrt(fmax((double)area2 / (double)span - off * off, 0));
}

void metric_take_level(struct metric_value *m, struct obs_level *l, sim_time now)
{
    obs_level_settle(l, now);
    *m = nothing();
    sim_time span = now - l->start;
    if (span > 0) {
        m->mean = (double)l->area / (double)span;
        m->sd = level_sd(l, span);
    }
    m->min = (double)l->min;
    m->max = (double)l->max;
    m->last = (double)l->value;
    m->min_at = (double)l->min_at;
    m->max_at = (double)l->max_at;
    m->hist = l->hist;
    m->series = l->series;
    l->hist = NULL;
    l->series = NULL;
    l->rolled = false; /* the short way is closed for good */
    l->held = NULL;
    l->top = INT64_MIN;
    l->wide = 0;
}

/* Sample standard deviation. The squares are taken around the whole part of the mean, exactly: with q = sum / n and
 * r = sum mod n, the sum of (x - q)^2 is sum2 - q (sum + r). */
static double tally_sd(const struct obs_tally *t)
{
    int128 q = t->sum / (int128)t->n, r = t->sum - q * (int128)t->n;
    int128 around = t->sum2 - q * (t->sum + r);
    double n = (double)t->n;
    if (t->overflowed)
        return NAN;
    return sqrt(fmax((double)around - (double)r * ((double)r / n), 0) / (n - 1));
}

void metric_take_tally(struct metric_value *m, struct obs_tally *t)
{
    obs_tally_settle(t);
    *m = nothing();
    m->n = t->n;
    m->sum = (double)t->sum;
    if (t->n > 0) {
        m->mean = (double)t->sum / (double)t->n;
        m->min = (double)t->min;
        m->max = (double)t->max;
    }
    if (t->n > 1)
        m->sd = tally_sd(t);
    tray_free(&t->tray);
    m->hist = t->hist;
    m->series = t->series;
    t->hist = NULL;
    t->series = NULL;
}

static double quantile(const struct hist *h, double p)
{
    return h == NULL || h->failed ? NAN : hist_quantile(h, p);
}

static double per_second(uint64_t n, sim_time observed)
{
    return observed > 0 ? (double)n / sim_seconds(observed) : NAN;
}

double metric_stat(const struct metric_value *m, enum obs_kind kind, struct obs_stat stat,
                   sim_time observed)
{
    if (!obs_stat_fits(kind, stat) || m->n == METRIC_ABSENT)
        return NAN;
    switch (stat.kind) {
    case STAT_MEAN:
        return m->mean;
    case STAT_MIN:
        return m->min;
    case STAT_MAX:
        return m->max;
    case STAT_SD:
        return m->sd;
    case STAT_SUM:
        return kind == OBS_COUNTER ? (double)m->n : m->sum;
    case STAT_COUNT:
        return (double)m->n;
    case STAT_RATE:
        return per_second(m->n, observed);
    case STAT_LAST:
        return m->last;
    case STAT_MIN_AT:
        return m->min_at;
    case STAT_MAX_AT:
        return m->max_at;
    case STAT_QUANTILE:
        return quantile(m->hist, stat.p);
    }
    return NAN;
}
