/* load_metric.c - a metric by the name that a person writes, and the chart of its difference. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "load.h"
#include "mem.h"

/* Whether more of it is good; what is not listed has no side. */
static const struct {
    const char *name;
    int         better;
} sides[] = {
    {"in_time", 1}, {"goodput", 1},  {"done", 1},          {"late", -1},   {"waiting", -1}, {"lost", -1},
    {"latency", -1}, {"answer", -1}, {"gave_up_done", -1}, {"repeated", -1}, {"age", -1},    {"depth", -1},
};
static const struct {
    const char *name, *label;
} fates[] = {
    {"in_time", "share done in time"}, {"late", "share done late"},          {"waiting", "share still waiting"},
    {"lost", "share lost"},            {"repeated", "repeated per request"}, {"gave_up_done", "share done, client told no"},
};

static int side_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(sides); i++)
        if (strcmp(sides[i].name, name) == 0)
            return sides[i].better;
    return 0;
}

static bool load_share(struct query *q, int64_t run, uint32_t point, const char *name, double **x, size_t *n, struct err *err)
{
    double *all;
    size_t m;
    if (!query_values(q, run, point, "", "offered", "sum", &all, &m, err))
        return false;
    bool ok = query_values(q, run, point, "", name, "sum", x, n, err);
    for (size_t i = 0; ok && i < *n && i < m; i++)
        (*x)[i] = all[i] > 0 ? (*x)[i] / all[i] : NAN;
    mem_release(all);
    return ok;
}

/* The rest of `text` after a metric's name: "" or ".stat"; NULL: it does not begin with that name. */
static const char *rest_of(const char *text, const char *entity, const char *name)
{
    size_t n = strlen(entity), m = strlen(name);
    if (n > 0) {
        if (strncmp(text, entity, n) != 0 || text[n] != '.')
            return NULL;
        text += n + 1;
    }
    if (strncmp(text, name, m) != 0 || (text[m] != 0 && text[m] != '.'))
        return NULL;
    return text + m;
}

static const char *match(const struct query_metric *m, const char *text)
{
    const char *rest = rest_of(text, m->entity, m->name);
    return rest != NULL || m->cloudwatch == NULL ? rest : rest_of(text, m->entity, m->cloudwatch);
}

static enum metric_unit unit_of(const struct query_metric *m, const char *stat)
{
    if (strcmp(stat, "rate") == 0)
        return UNIT_PER_SECOND;
    if (strcmp(stat, "min_at") == 0 || strcmp(stat, "max_at") == 0)
        return UNIT_NS;
    return strcmp(stat, "count") == 0 ? UNIT_ONE : format_unit_of(m->unit);
}

static bool load_found(struct query *q, int64_t run, uint32_t point, const struct query_metric *m, const char *rest, struct load_metric *out,
                       double **x, size_t *n, struct err *err)
{
    const char *stat = *rest == '.' ? rest + 1 : m->kind == OBS_COUNTER ? "sum" : "mean";
    snprintf(out->label, sizeof(out->label), "%s%s%s.%s", m->entity, m->entity[0] != 0 ? "." : "", m->name, stat);
    out->unit = unit_of(m, stat);
    out->better = side_of(m->name);
    return query_values(q, run, point, m->entity, m->name, stat, x, n, err);
}

/* Refuses, with the nearest name: what is asked for is the metric without its stat. */
static bool refuse(struct query *q, int64_t run, const char *metric, struct err *err)
{
    char name[200];
    struct obs_stat stat;
    double *x;
    size_t n;
    snprintf(name, sizeof(name), "%s", metric);
    for (char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        if (obs_stat_parse(dot + 1, &stat)) {
            *dot = 0;
            break;
        }
    }
    if (!query_values(q, run, 0, "", name, "mean", &x, &n, err))
        return false;
    mem_release(x);
    return err_set(err, ERR_DATA, "no metric '%s'", metric);
}

bool load_values(struct query *q, int64_t run, const char *metric, struct load_metric *out, double **x, size_t *n,
                 struct err *err)
{
    return load_values_at(q, run, 0, metric, false, out, x, n, err);
}

/* counts: the name of a fate is the number of requests, not their share. */
bool load_values_at(struct query *q, int64_t run, uint32_t point, const char *metric, bool counts, struct load_metric *out,
                    double **x, size_t *n, struct err *err)
{
    for (size_t i = 0; !counts && i < ARRAY_LEN(fates); i++) {
        if (strcmp(metric, fates[i].name) == 0) {
            *out = (struct load_metric){.unit = UNIT_SHARE, .better = side_of(metric)};
            snprintf(out->label, sizeof(out->label), "%s", fates[i].label);
            return load_share(q, run, point, metric, x, n, err);
        }
    }
    struct query_metric *m;
    size_t n_metric, i = 0;
    if (!query_metrics(q, run, &m, &n_metric, err))
        return false;
    while (i < n_metric && match(&m[i], metric) == NULL)
        i++;
    bool ok = i < n_metric ? load_found(q, run, point, &m[i], match(&m[i], metric), out, x, n, err)
                           : refuse(q, run, metric, err);
    query_metrics_free(m, n_metric);
    return ok;
}

bool load_difference(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct load_metric metric = {.label = ""};
    const char *name = r->metric != NULL ? r->metric : "in_time";
    double *x = NULL, *y = NULL;
    size_t n = 0, m = 0;
    if (r->n_run != 2)
        return err_set(err, ERR_USAGE, "the chart 'difference' compares two runs, not %zu", r->n_run);
    if (!load_open(&l, r, err))
        return false;
    bool ok = load_values(r->query, r->run[0], name, &metric, &x, &n, err) &&
              load_values(r->query, r->run[1], name, &metric, &y, &m, err);
    if (ok && l.run[0].q->seed != l.run[1].q->seed)
        ok = err_set(err, ERR_DATA, "%s and %s have different seeds: their replications are no pairs", l.run[0].name,
                     l.run[1].name);
    const struct difference_data d = {l.run[0].name, l.run[1].name, metric.label, metric.unit, metric.better,
                                      x,             y,             n < m ? n : m,
                                      l.run[0].q->title, l.run[1].q->title};
    ok = ok && difference_layout(&d, r->width, r->height, out, err);
    mem_release(x);
    mem_release(y);
    load_close(&l);
    return ok;
}
