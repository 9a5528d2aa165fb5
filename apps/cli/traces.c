/* traces.c - series of results as plain numbers. */
#include "traces.h"

#include <math.h>
#include <stdlib.h>

#include "warmup.h"

#define MEMORY_REPLICATIONS 5 /* fewer: chance looks like memory */

bool traces_open(struct traces *t, const struct scenario *s, uint32_t replications)
{
    size_t n;
    *t = (struct traces){.id = scenario_metrics(s, &n)};
    const struct spec *spec = scenario_spec(s);
    t->cap = replications < TRACES_REPLICATIONS ? replications : TRACES_REPLICATIONS;
    t->end = spec->duration + spec->drain;
    t->width = spec->interval;
    if (spec->series) {
        t->n = (size_t)((t->end - 1) / t->width + 1);
        t->from = (size_t)((spec->warmup + t->width - 1) / t->width);
        t->to = (size_t)(spec->duration / t->width);
    }
    return true;
}

void traces_close(struct traces *t)
{
    for (size_t i = 0; i < t->n_item; i++) {
        free(t->item[i].sum);
        free(t->item[i].weight);
    }
    free(t->item);
    *t = (struct traces){0};
}

static bool is_wanted(const struct traces *t, const struct metric_value *m)
{
    return m->series != NULL && m->series->n == t->n && m->series->max != NULL; /* a counter has no mean */
}

/* The first result tells which metrics have series. */
static bool prepare(struct traces *t, const struct result *r)
{
    t->ready = true;
    t->item = calloc((size_t)r->n_metric + 1, sizeof *t->item);
    if (t->item == NULL)
        return false;
    for (uint32_t m = 0; m < r->n_metric; m++) {
        if (!is_wanted(t, &r->metric[m]))
            continue;
        struct trace_metric *item = &t->item[t->n_item++];
        item->metric = m;
        item->sum = calloc(t->cap * t->n, sizeof *item->sum);
        item->weight = calloc(t->cap * t->n, sizeof *item->weight);
        if (item->sum == NULL || item->weight == NULL)
            return false;
    }
    return true;
}

static double span(const struct traces *t, size_t bucket)
{
    sim_time from = (sim_time)bucket * t->width, to = from + t->width;
    return (double)((to < t->end ? to : t->end) - from);
}

bool traces_add(struct traces *t, const struct result *r)
{
    if (t->n == 0 || t->replications == t->cap)
        return true;
    if (!t->ready && !prepare(t, r))
        return false;
    size_t at = t->replications++ * t->n;
    for (size_t i = 0; i < t->n_item; i++) {
        const struct series *s = r->metric[t->item[i].metric].series;
        for (size_t b = 0; s != NULL && b < t->n; b++) {
            t->item[i].sum[at + b] = (double)s->sum[b];
            t->item[i].weight[at + b] = s->count != NULL ? (double)s->count[b] : span(t, b);
        }
    }
    return true;
}

double *traces_values(const struct traces *t, size_t item)
{
    size_t  n = t->replications * t->n;
    double *x = calloc(n + 1, sizeof *x);
    for (size_t i = 0; x != NULL && i < n; i++)
        x[i] = t->item[item].weight[i] > 0 ? t->item[item].sum[i] / t->item[item].weight[i] : NAN;
    return x;
}

struct batched traces_batches(const struct traces *t, size_t item, double level)
{
    size_t n = t->to > t->from ? t->to - t->from : 0;
    return batch_ratio(t->item[item].sum + t->from, t->item[item].weight + t->from, n, level);
}

/* A level that is a time is an age: read sixty times in a run and held in between, over several buckets. That they agree tells
 * of the reading, not of the queue, and would make every run look short. */
static bool is_held(const struct metric_id *id)
{
    return id->kind == OBS_LEVEL && id->unit == UNIT_NS;
}

double traces_memory(const struct traces *t, size_t *item)
{
    double longest = 0;
    for (size_t i = 0; i < t->n_item && t->replications >= MEMORY_REPLICATIONS && t->to > t->from + 1; i++) {
        if (is_held(&t->id[t->item[i].metric]))
            continue;
        double *x = traces_values(t, i);
        if (x == NULL)
            break;
        for (uint32_t r = 1; r < t->replications; r++) /* rows without the drain, side by side */
            for (size_t b = 0; b < t->to; b++)
                x[r * t->to + b] = x[r * t->n + b];
        double time = warmup_memory(x, t->replications, t->to, t->from);
        if (time > longest) {
            longest = time;
            *item = i;
        }
        free(x);
    }
    return longest > 1 ? (longest - 1) / 2 * (double)t->width : 0;
}
