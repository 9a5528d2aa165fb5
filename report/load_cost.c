/* load_cost.c - data of the chart of what policies cost against how quick they are: each run is a point, its cost along, its
 * latency up. The cost is in dollars where the runs are priced; else it is the hours that instances, or workers, were there. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "layouts_study.h"
#include "load_stream.h"
#include "mem.h"
#include "wiring.h"

/* Values of a metric of an entity, added to those that are there: one per replication. */
struct tally {
    double *x;
    size_t  n, parts; /* parts: metrics that were added */
};

static bool add(struct tally *t, const struct chart_request *r, int64_t run, const char *entity, const char *metric, const char *stat,
                double factor, struct err *err)
{
    double *y;
    size_t n;
    if (!query_values(r->query, run, 0, entity, metric, stat, &y, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] * factor + (t->parts > 0 && i < t->n ? t->x[i] : 0);
    mem_release(t->x);
    *t = (struct tally){y, n, t->parts + 1};
    return true;
}

/* A fleet that a group runs is counted with it. */
static bool has_group(struct parts *p, const char *fleet)
{
    bool found = false;
    for (size_t i = 0; i < p->n && !found; i++) {
        char path[240], target[200];
        snprintf(path, sizeof(path), "%.200s.target", p->metric[i].entity);
        found = wiring_is(p->metric[i].entity, "group") && strcmp(p->metric[i].name, "in_service") == 0 &&
                written_find(&p->setting, path, target, sizeof(target)) && strcmp(target, fleet) == 0;
    }
    return found;
}

static bool add_dollars(struct tally *t, const struct chart_request *r, int64_t run, const struct query_metric *m, struct err *err)
{
    if (strcmp(m->name, "cost") == 0 && strcmp(m->unit, "USD") == 0)
        return add(t, r, run, m->entity, "cost", "mean", 1, err);
    return true;
}

static bool add_hours(struct tally *t, const struct chart_request *r, int64_t run, struct parts *p, const struct query_metric *m, struct err *err)
{
    const struct query_run *q = p->load.run[0].q;
    double hours = sim_seconds(q->duration_ns + q->drain_ns - q->warmup_ns) / 3600;
    if (wiring_is(m->entity, "group") && strcmp(m->name, "instance_hours") == 0)
        return add(t, r, run, m->entity, m->name, "mean", 1, err);
    if (wiring_is(m->entity, "fleet") && strcmp(m->name, "size") == 0 && !has_group(p, m->entity))
        return add(t, r, run, m->entity, m->name, "mean", hours, err);
    return true;
}

enum money { DOLLARS, HOURS, GIVEN };

static bool cost_of(const struct chart_request *r, int64_t run, enum money money, struct tally *t, struct load_metric *name, struct err *err)
{
    struct parts p;
    struct chart_request one = *r;
    *t = (struct tally){.n = 0};
    one.run = &run;
    one.n_run = 1;
    if (money == GIVEN) {
        t->parts = 1;
        return load_term(r->query, run, 0, r->x, name, &t->x, &t->n, err);
    }
    if (!parts_open(&p, &one, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < p.n; i++)
        ok = money == DOLLARS ? add_dollars(t, r, run, &p.metric[i], err) : add_hours(t, r, run, &p, &p.metric[i], err);
    parts_close(&p);
    return ok;
}

/* Dollars are told when every run has them. */
static bool choose_money(const struct chart_request *r, enum money *money, struct err *err)
{
    *money = r->x != NULL ? GIVEN : DOLLARS;
    for (size_t i = 0; i < r->n_run && *money == DOLLARS; i++) {
        struct tally t;
        bool ok = cost_of(r, r->run[i], DOLLARS, &t, NULL, err);
        mem_release(t.x);
        if (!ok)
            return false;
        *money = t.parts > 0 ? DOLLARS : HOURS;
    }
    return true;
}

static bool make_point(const struct chart_request *r, size_t i, enum money money, const char *run, struct load_metric name[2],
                       struct pareto_point *out, struct err *err)
{
    struct tally t = {.n = 0};
    double *y = NULL;
    size_t n = 0;
    bool ok = cost_of(r, r->run[i], money, &t, &name[0], err);
    if (ok && t.parts == 0)
        ok = err_set(err, ERR_DATA, "%s has no fleet and no group to count the hours of; name what is dear with --x METRIC", run);
    ok = ok && load_term(r->query, r->run[i], 0, r->metric != NULL ? r->metric : "latency.p99", &name[1], &y, &n, err);
    if (ok)
        *out = (struct pareto_point){run, estimate_mean(t.x, t.n, 0.95), estimate_mean(y, n, 0.95)};
    mem_release(t.x);
    mem_release(y);
    return ok;
}

bool load_cost(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct load_metric name[2] = {{.label = "cost", .unit = UNIT_USD}};
    struct pareto_point point[LOAD_RUNS_MAX];
    enum money money;
    if (!load_open(&l, r, err))
        return false;
    bool ok = choose_money(r, &money, err);
    size_t fewest = SIZE_MAX;
    if (ok && money == HOURS)
        name[0] = (struct load_metric){.label = "instance-hours", .unit = UNIT_ONE};
    for (size_t i = 0; ok && i < l.n; i++) {
        ok = make_point(r, i, money, l.run[i].name, name, &point[i], err);
        fewest = ok && point[i].y.n < fewest ? point[i].y.n : fewest;
    }
    const struct pareto_data d = {.run = "", .x_name = name[0].label, .y_name = name[1].label, .x_unit = name[0].unit, .y_unit = name[1].unit,
                                  .point = point, .n = l.n, .n_replication = fewest, .runs = true};
    ok = ok && pareto_layout(&d, r->width, r->height, out, err);
    load_close(&l);
    return ok;
}
