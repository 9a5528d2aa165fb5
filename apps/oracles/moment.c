/* moment.c - a series is looked through bucket by bucket; a scenario that does not record one has no moments. */
#include "moment.h"

#include <math.h>

#define NS 1e9

static const struct series *series_of(const struct view *v, size_t m)
{
    return v->result->metric[m].series;
}

double moment_at(const struct view *v, size_t m, double t)
{
    const struct series *s = series_of(v, m);
    if (s == NULL || isnan(t) || t < 0 || t * NS >= (double)s->width * s->n)
        return NAN;
    size_t i = (size_t)(t * NS / (double)s->width);
    double sum = (double)s->sum[i];
    if (v->id[m].kind == OBS_LEVEL)
        return sum / (double)s->width;
    if (v->id[m].kind == OBS_COUNTER)
        return sum;
    return s->count[i] > 0 ? sum / (double)s->count[i] : NAN;
}

static bool is_above(const struct series *s, size_t i, double x)
{
    return s->max[i] != INT64_MIN && (double)s->max[i] > x;
}

double moment_first(const struct view *v, size_t m, double x)
{
    const struct series *s = series_of(v, m);
    for (size_t i = 0; s != NULL && s->max != NULL && i < s->n; i++) {
        if (is_above(s, i, x))
            return (double)i * (double)s->width / NS;
    }
    return NAN;
}

double moment_last(const struct view *v, size_t m, double x)
{
    const struct series *s = series_of(v, m);
    for (size_t i = s != NULL && s->max != NULL ? s->n : 0; i > 0; i--) {
        if (is_above(s, i - 1, x))
            return (double)i * (double)s->width / NS;
    }
    return NAN;
}
