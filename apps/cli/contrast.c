/* contrast.c - paired differences and what they mean. */
#include "contrast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>


const char *const contrast_words[] = {
    [CONTRAST_SAME] = "same",     [CONTRAST_BETTER] = "better", [CONTRAST_WORSE] = "worse",
    [CONTRAST_HIGHER] = "higher", [CONTRAST_LOWER] = "lower",   [CONTRAST_UNDECIDED] = "undecided",
};

struct headline {
    const char      *name;
    int              fate; /* a share of offered; -1: a metric */
    const char      *metric, *stat;
    enum metric_unit unit;
    int              better;
};

static const struct headline headlines[] = {
    {"done in time", FATE_IN_TIME, NULL, NULL, UNIT_SHARE, +1},
    {"goodput", -1, "goodput", "mean", UNIT_PER_SECOND, +1},
    {"throughput", -1, "done", "rate", UNIT_PER_SECOND, +1},
    {"done late", FATE_LATE, NULL, NULL, UNIT_SHARE, -1},
    {"still waiting", FATE_WAITING, NULL, NULL, UNIT_SHARE, -1},
    {"lost", FATE_LOST, NULL, NULL, UNIT_SHARE, -1},
    {"latency p50", -1, "latency", "p50", UNIT_NS, -1},
    {"latency p90", -1, "latency", "p90", UNIT_NS, -1},
    {"latency p99", -1, "latency", "p99", UNIT_NS, -1},
    {"answer p99", -1, "answer", "p99", UNIT_NS, -1},
    {"repeated effects", FATE_REPEATED, NULL, NULL, UNIT_SHARE, -1},
    {"done, client told no", FATE_GAVE_UP_DONE, NULL, NULL, UNIT_SHARE, -1},
};

static enum contrast_verdict judge(const struct contrast *c)
{
    const struct estimate *d = &c->paired.difference;
    if (d->n > 0 && d->mean == 0 && d->sd == 0)
        return CONTRAST_SAME;
    if (isnan(d->low) || (d->low <= 0 && d->high >= 0))
        return CONTRAST_UNDECIDED;
    int direction = d->mean > 0 ? 1 : -1;
    if (c->better == 0)
        return direction > 0 ? CONTRAST_HIGHER : CONTRAST_LOWER;
    return direction == c->better ? CONTRAST_BETTER : CONTRAST_WORSE;
}

static bool any_number(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            return true;
    return false;
}

/* False: one of them has no value at all. */
static bool pair(struct contrast *c, const double *a, const double *b, size_t n)
{
    if (!any_number(a, n) || !any_number(b, n))
        return false;
    c->paired = estimate_paired(a, b, n, SAMPLES_LEVEL);
    c->verdict = judge(c);
    return true;
}

static bool headline(struct contrast *c, const struct headline *h, const struct samples *a, const struct samples *b,
                     double *x)
{
    *c = (struct contrast){.unit = h->unit, .better = h->better};
    snprintf(c->name, sizeof c->name, "%s", h->name);
    if (h->fate >= 0) {
        samples_fates(a, (enum fate)h->fate, true, x);
        samples_fates(b, (enum fate)h->fate, true, x + a->n);
        return pair(c, x, x + a->n, a->n);
    }
    const double *xa = samples_find(a, "", h->metric, h->stat), *xb = samples_find(b, "", h->metric, h->stat);
    return xa != NULL && xb != NULL && pair(c, xa, xb, a->n);
}

static bool has_requests(const struct samples *s)
{
    for (uint32_t r = 0; r < s->n; r++)
        if (s->fates[r].offered > 0)
            return true;
    return false;
}

size_t contrast_headlines(struct contrast *list, const struct samples *a, const struct samples *b)
{
    size_t n = 0;
    if (!has_requests(a) || !has_requests(b)) /* headlines speak of requests */
        return 0;
    double *x = calloc(2 * (size_t)a->n + 1, sizeof *x);
    for (size_t i = 0; x != NULL && i < sizeof headlines / sizeof *headlines; i++)
        n += headline(&list[n], &headlines[i], a, b, x);
    free(x);
    return n;
}

bool contrast_values(struct contrast *c, const char *name, enum metric_unit unit, const double *a, const double *b, size_t n,
                     struct err *err)
{
    *c = (struct contrast){.unit = unit};
    snprintf(c->name, sizeof c->name, "%s", name);
    return pair(c, a, b, n) || err_set(err, ERR_DATA, "'%s' has no value in one of the scenarios", name);
}

void contrast_at(struct contrast *c, double level)
{
    c->paired.difference = estimate_at(&c->paired.difference, level);
    c->verdict = judge(c);
}

double contrast_gain(const struct contrast *c)
{
    return c->paired.half_independent / c->paired.difference.half;
}

double contrast_relative(const struct contrast *c)
{
    return c->paired.difference.mean / fabs(c->paired.a.mean);
}
