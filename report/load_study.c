/* load_study.c - data of the charts of a sensitivity study, of a load that rises and falls, and of
 * a warm-up. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layouts_study.h"
#include "mem.h"
#include "warmup.h"

/* --- tornado --- */

struct ends { /* of one setting */
    struct tornado_bar bar;
    double spread;
    bool has_low;
};

static int by_spread(const void *a, const void *b)
{
    const struct ends *x = a, *y = b;
    if (x->spread != y->spread)
        return x->spread > y->spread ? -1 : 1;
    return strcmp(x->bar.path, y->bar.path);
}

static double number(double x)
{
    return isnan(x) ? 0 : x;
}

static struct ends *find_ends(struct ends *ends, size_t *n, const char *path)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(ends[i].bar.path, path) == 0)
            return &ends[i];
    ends[*n] = (struct ends){.bar = {.path = path, .low = "", .high = ""}};
    return &ends[(*n)++];
}

/* Of the two points of a setting the first is its low end: so they are stored. */
static bool add_end(const struct chart_request *r, const struct query_point *p, const double *base,
                    size_t n_base, const char *metric, struct ends *ends, size_t *n,
                    struct err *err)
{
    struct load_metric label;
    double *x;
    size_t m;
    if (!load_term(r->query, r->run[0], p->number, metric, &label, &x, &m, err))
        return false;
    struct ends *e = find_ends(ends, n, p->setting[0].name);
    struct estimate d = estimate_paired(base, x, n_base < m ? n_base : m, 0.95).difference;
    mem_release(x);
    if (!e->has_low) {
        e->bar.low = p->setting[0].text;
        e->bar.at_low = d;
        e->has_low = true;
    } else {
        e->bar.high = p->setting[0].text;
        e->bar.at_high = d;
    }
    double a = number(e->bar.at_low.mean), b = number(e->bar.at_high.mean);
    e->spread = fmax(fmax(a, b), 0) - fmin(fmin(a, b), 0);
    return true;
}

static bool is_tornado(const struct query_point *point, size_t n)
{
    if (n < 3 || point[0].n != 0)
        return false;
    for (size_t i = 1; i < n; i++)
        if (point[i].n != 1)
            return false;
    return true;
}

static bool gather_ends(const struct chart_request *r, const struct query_point *point,
                        size_t n_point, struct tornado_data *d, struct load_metric *label,
                        struct ends *ends, struct err *err)
{
    const char *metric = r->metric != NULL ? r->metric : "latency.p99";
    double *base = NULL;
    size_t n_base = 0;
    bool ok = load_term(r->query, r->run[0], point[0].number, metric, label, &base, &n_base, err);
    if (ok)
        d->base = estimate_mean(base, n_base, 0.95);
    for (size_t i = 1; ok && i < n_point; i++)
        ok = add_end(r, &point[i], base, n_base, metric, ends, &d->n, err);
    mem_release(base);
    return ok;
}

bool load_tornado(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct load_metric label = {.label = ""};
    struct query_point *point = NULL;
    size_t n_point = 0;
    if (!load_open(&l, r, err))
        return false;
    struct tornado_data d = {.run = l.run[0].told};
    bool ok = query_points(r->query, r->run[0], &point, &n_point, err);
    if (ok && !is_tornado(point, n_point))
        ok = err_set(err, ERR_DATA,
                     "run %lld is no tornado; 'afterbay sensitivity SCENARIO -o DB' makes one",
                     (long long)r->run[0]);
    struct ends *ends = ok ? mem_get_zero(n_point, sizeof(*ends)) : NULL;
    struct tornado_bar *bar = ok ? mem_get_zero(n_point, sizeof(*bar)) : NULL;
    if (ok && (ends == NULL || bar == NULL))
        ok = err_set(err, ERR_OS, "memory is short");
    ok = ok && gather_ends(r, point, n_point, &d, &label, ends, err);
    if (ok) {
        qsort(ends, d.n, sizeof(*ends), by_spread);
        for (size_t i = 0; i < d.n; i++)
            bar[i] = ends[i].bar;
        d.bar = bar;
        d.metric = label.label;
        d.unit = label.unit;
        ok = tornado_layout(&d, r->width, r->height, out, err);
    }
    mem_release(ends);
    mem_release(bar);
    query_points_free(point, n_point);
    load_close(&l);
    return ok;
}

/* --- goodput --- */

static double *rates(const struct query_series *s)
{
    double *x = mem_get_zero(s->n + 1, sizeof(*x));
    if (x == NULL)
        return NULL;
    warmup_ensemble(s->value, s->n_replication, s->n, x);
    for (size_t i = 0; i < s->n; i++)
        x[i] /= sim_seconds(s->width_ns);
    return x;
}

bool load_goodput(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct query_series offered = {0}, done = {0};
    struct query_fates fates = {0};
    double *a = NULL, *b = NULL, *c = NULL, *half = NULL;
    if (!load_open(&l, r, err))
        return false;
    bool ok = query_series(r->query, r->run[0], 0, "", "offered", &offered, err) &&
              query_series(r->query, r->run[0], 0, "", "done", &done, err) &&
              query_fates(r->query, r->run[0], 0, &fates, err);
    if (ok) {
        a = rates(&offered);
        b = rates(&done);
        c = mem_get_zero(offered.n + 1, sizeof(*c));
        half = mem_get_zero(offered.n + 1, sizeof(*half));
        ok = (a != NULL && b != NULL && c != NULL && half != NULL) ||
             err_set(err, ERR_OS, "memory is short");
    }
    bool births = fates.width_ns == offered.width_ns && fates.n > 0;
    for (size_t i = 0; ok && i < offered.n; i++)
        c[i] = births && i < fates.n ? fates.in_time[i] / sim_seconds(fates.width_ns) : NAN;
    double t = ok && offered.n_replication >= ESTIMATE_MIN
                   ? estimate_t(0.95, offered.n_replication - 1)
                   : NAN;
    for (size_t i = 0; ok && i < offered.n; i++)
        half[i] = births && i < fates.n ? t * fates.in_time_sd[i] / sqrt(offered.n_replication) /
                                              sim_seconds(fates.width_ns)
                                        : NAN;
    /* Only the time of arrivals: a rate of 0 while all drains is no load. */
    size_t n = ok && offered.n < done.n ? offered.n : done.n;
    if (ok && l.arrivals_s > 0)
        n = fmin((double)n, l.arrivals_s / sim_seconds(offered.width_ns));
    const struct goodput_data d = {
        l.run[0].told,         a, b, c, n, offered.n_replication, sim_seconds(offered.width_ns),
        isnan(t) ? NULL : half};
    ok = ok && goodput_layout(&d, r->width, r->height, out, err);
    mem_release(a);
    mem_release(b);
    mem_release(c);
    mem_release(half);
    query_series_free(&offered);
    query_series_free(&done);
    query_fates_free(&fates);
    load_close(&l);
    return ok;
}

/* --- welch --- */

/* "queue.orders.depth" to entity and metric; without a dot it is the scenario's. */
static void split(const char *text, char entity[200], char metric[200])
{
    const char *first = strchr(text, '.'), *second = first == NULL ? NULL : strchr(first + 1, '.');
    snprintf(entity, 200, "%.*s", second == NULL ? 0 : (int)(second - text), text);
    snprintf(metric, 200, "%s", second == NULL ? text : second + 1);
}

static enum metric_unit unit_of(struct query *q, int64_t run, const char *entity,
                                const char *metric)
{
    struct query_metric *m;
    size_t n;
    struct err ignored = {0};
    enum metric_unit unit = UNIT_ONE;
    if (!query_metrics(q, run, &m, &n, &ignored))
        return unit;
    for (size_t i = 0; i < n; i++)
        if (strcmp(m[i].entity, entity) == 0 && strcmp(m[i].name, metric) == 0)
            unit = format_unit_of(m[i].unit);
    query_metrics_free(m, n);
    return unit;
}

bool load_welch(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct query_series s = {0};
    char entity[200], metric[200];
    const char *name = r->metric != NULL ? r->metric : "latency";
    split(name, entity, metric);
    if (!load_open(&l, r, err))
        return false;
    bool ok = query_series(r->query, r->run[0], 0, entity, metric, &s, err);
    double *mean = ok ? mem_get_zero((size_t)s.n + 1, sizeof(*mean)) : NULL;
    if (ok && mean == NULL)
        ok = err_set(err, ERR_OS, "memory is short");
    if (ok) {
        size_t n = s.n;
        if (l.arrivals_s > 0 && l.arrivals_s / sim_seconds(s.width_ns) < (double)n)
            n = (size_t)(l.arrivals_s / sim_seconds(s.width_ns));
        warmup_ensemble(s.value, s.n_replication, s.n, mean);
        struct warmup cut =
            s.n_replication >= WARMUP_REPLICATIONS ? warmup_mser5(mean, n) : (struct warmup){0};
        const struct welch_data d = {
            .run = l.run[0].told,
            .metric = name,
            .unit = unit_of(r->query, r->run[0], entity, metric),
            .mean = mean,
            .n = n,
            .n_replication = s.n_replication,
            .width_s = sim_seconds(s.width_ns),
            .warmup_s = sim_seconds(l.run[0].q->warmup_ns),
            .cut = cut.cut,
            .too_short = cut.too_short,
        };
        ok = welch_layout(&d, r->width, r->height, out, err);
    }
    mem_release(mean);
    query_series_free(&s);
    load_close(&l);
    return ok;
}
