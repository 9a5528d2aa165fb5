/* load_tradeoff.c - data of three charts of sweeps whose metrics are known beforehand: visibility
 * timeouts, FIFO throughput, and cost against latency. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load_sweep.h"
#include "mem.h"

#define FIFO_CALLS 300.0 /* per second and action, of a FIFO queue without high throughput mode */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* The first setting of the sweep that ends so and varies. */
static const char *varied(const struct query_point *point, size_t n, const char *end)
{
    const struct sweep_table t = {.point = (struct query_point *)point, .n = n};
    for (size_t i = 0; n > 0 && i < point[0].n; i++)
        if (ends_with(point[0].setting[i].name, end) && sweep_varies(&t, point[0].setting[i].name))
            return point[0].setting[i].name;
    return NULL;
}

/* The fleet that was asked for, or the first there is. */
static bool fleet_of(const struct chart_request *r, char fleet[200], struct err *err)
{
    struct query_metric *m;
    size_t n;
    fleet[0] = 0;
    if (r->entity != NULL) {
        snprintf(fleet, 200, "%s", r->entity);
        return true;
    }
    if (!query_metrics(r->query, r->run[0], &m, &n, err))
        return false;
    for (size_t i = 0; i < n && fleet[0] == 0; i++)
        if (strncmp(m[i].entity, "fleet.", 6) == 0)
            snprintf(fleet, 200, "%s", m[i].entity);
    query_metrics_free(m, n);
    return fleet[0] != 0 ||
           err_set(err, ERR_DATA, "this chart is about workers; run %lld has no fleet",
                   (long long)r->run[0]);
}

static double mean_of(struct query *q, int64_t run, uint32_t point, const char *entity,
                      const char *metric, const char *stat)
{
    struct err ignored = {0};
    double *x, sum = 0;
    size_t n, there = 0;
    if (!query_values(q, run, point, entity, metric, stat, &x, &n, &ignored))
        return NAN;
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i])) {
            sum += x[i];
            there++;
        }
    mem_release(x);
    return there > 0 ? sum / (double)there : NAN;
}

/* --- visibility --- */

/* Of the messages whose worker died the median one: when a share c of all receives ends so, half of
 * c lies beyond it. A crash costs at least the timeout, so these are the slowest there are. */
static bool recovery_metric(const struct chart_request *r, const char *fleet, uint32_t point,
                            char metric[40], struct err *err)
{
    double crashed = mean_of(r->query, r->run[0], point, fleet, "crashed", "sum");
    double received = mean_of(r->query, r->run[0], point, fleet, "received", "sum");
    double p = 100 * (1 - crashed / received / 2);
    if (!(crashed > 0) || !(p > 0) || !(p < 100))
        return err_set(
            err, ERR_DATA,
            "no worker of %s died, so nothing tells what a crash costs; sweep a scenario with "
            "crash = { probability = 0.01; } in the fleet, or name another metric with --y",
            fleet);
    int digits = p < 99.8 ? 1 : p < 99.98 ? 2 : 3;
    char text[FORMAT_SIZE];
    format_fixed(text, p, digits);
    snprintf(metric, 40, "latency.p%.20s", text);
    return true;
}

static bool visibility_tables(const struct chart_request *r, const char *fleet, uint32_t last,
                              struct sweep_table t[2], struct visibility_data *d, char metric[40],
                              struct err *err)
{
    char twice[440];
    struct chart_request one = *r;
    snprintf(twice, sizeof(twice), "%s.duplicates / %s.processed", fleet, fleet);
    if (r->metric != NULL)
        snprintf(metric, 40, "%s", r->metric);
    else if (!recovery_metric(r, fleet, last, metric, err))
        return false;
    one.metric = twice;
    if (!sweep_table_load(&t[0], &one, err))
        return false;
    one.metric = metric;
    if (!sweep_table_load(&t[1], &one, err)) {
        sweep_table_free(&t[0]);
        return false;
    }
    d->mean_s = mean_of(r->query, r->run[0], last, fleet, "hold", "mean") / 1e9;
    d->p99_s = mean_of(r->query, r->run[0], last, fleet, "hold", "p99") / 1e9;
    return true;
}

static bool visibility_draw(const struct load *l, const struct chart_request *r, const char *fleet,
                            uint32_t last, struct sheet **out, struct err *err)
{
    struct sweep_table t[2];
    struct visibility_data d = {0};
    char metric[40], name[2][260];
    if (!visibility_tables(r, fleet, last, t, &d, metric, err))
        return false;
    snprintf(name[0], sizeof(name[0]), "Done twice, share of what %s did", fleet);
    snprintf(name[1], sizeof(name[1]),
             r->metric != NULL ? "%s" : "Recovery after a crash, median: %s", metric);
    for (size_t i = 0; i < 2; i++) {
        d.panel[i] = sweep_table_data(&t[i], l->run[0].told);
        d.name[i] = name[i];
    }
    bool ok = visibility_layout(&d, r->width, r->height, out, err);
    sweep_table_free(&t[0]);
    sweep_table_free(&t[1]);
    return ok;
}

bool load_visibility(const struct chart_request *request, struct sheet **out, struct err *err)
{
    struct load l;
    struct chart_request r = *request;
    struct query_point *point = NULL;
    size_t n = 0;
    char fleet[200];
    if (!load_open(&l, &r, err))
        return false;
    bool ok = query_points(r.query, r.run[0], &point, &n, err) &&
              ((n > 1 && point[0].n > 0) || sweep_none(&r, err));
    if (ok && r.x == NULL && (r.x = varied(point, n, ".visibility_timeout")) == NULL)
        ok = err_set(
            err, ERR_DATA,
            "this sweep does not vary a visibility timeout; 'afterbay sweep SCENARIO --vary "
            "queue.ID.visibility_timeout=5s..10min/8log -o DB' makes one that does");
    ok = ok && fleet_of(&r, fleet, err) &&
         visibility_draw(&l, &r, fleet, point[n - 1].number, out, err);
    query_points_free(point, n);
    load_close(&l);
    return ok;
}

/* --- fifo --- */

/* From where on a line grows no more: its first point within 5 % of its largest. */
static const struct sweep_point *knee(const struct sweep_line *l)
{
    double most = -INFINITY;
    for (size_t k = 0; k < l->n; k++)
        if (study_is_there(&l->point[k]))
            most = fmax(most, l->point[k].y.mean);
    for (size_t k = 0; k < l->n; k++)
        if (study_is_there(&l->point[k]) && l->point[k].y.mean >= 0.95 * most)
            return &l->point[k];
    return NULL;
}

static void fifo_title(const struct sweep_data *d, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < d->n_line && i < 3 && used < size; i++) {
        const struct sweep_point *p = knee(&d->line[i]);
        char rate[FORMAT_SIZE], at[FORMAT_SIZE];
        if (p == NULL)
            continue;
        format_round(rate, p->y.mean);
        format_number(at, p->x);
        const char *name = d->n_line > 1 ? d->line[i].name : "throughput",
                   *with = d->category != NULL ? "" : at;
        int n = snprintf(out + used, size - used, "%s%.60s: %s a second%s%s%s",
                         used > 0 ? "; " : "", name, rate, *with != 0 ? " from " : "", with,
                         *with == 0             ? ""
                         : strcmp(at, "1") == 0 ? " group on"
                                                : " groups on");
        used += n > 0 ? (size_t)n : 0;
    }
    if (used == 0)
        snprintf(out, size, "There is no throughput to tell of");
}

/* The quota of each batch size that the sweep tries: so many calls of so many messages. */
static size_t quotas(const struct sweep_table *t, const char *batch, struct sweep_ref *ref,
                     char (*name)[60])
{
    size_t n = 0;
    for (size_t i = 0; i < t->n && n < SWEEP_LINES_MAX; i++) {
        double size = 1;
        enum setting_kind kind;
        const char *text = batch != NULL ? sweep_setting(&t->point[i], batch) : NULL;
        if (text != NULL && !load_setting(text, &size, &kind))
            continue;
        bool known = false;
        for (size_t k = 0; k < n; k++)
            known |= ref[k].y == FIFO_CALLS * size;
        if (known)
            continue;
        char number[FORMAT_SIZE];
        format_number(number, size);
        if (size == 1)
            snprintf(name[n], sizeof(name[n]), "quota: 300 calls a second");
        else
            snprintf(name[n], sizeof(name[n]), "quota: 300 calls of %.20s", number);
        ref[n] = (struct sweep_ref){name[n], FIFO_CALLS * size};
        n++;
    }
    return n;
}

static bool fifo_draw(const struct load *l, const struct chart_request *r, const char *batch,
                      struct sheet **out, struct err *err)
{
    struct sweep_table t;
    struct sweep_ref ref[SWEEP_LINES_MAX];
    char name[SWEEP_LINES_MAX][60], title[400];
    if (!sweep_table_load(&t, r, err))
        return false;
    struct sweep_data d = sweep_table_data(&t, l->run[0].told);
    bool high = false; /* another quota then: none is drawn */
    for (size_t i = 0; i < t.point[0].n; i++)
        high |= ends_with(t.point[0].setting[i].name, ".throughput");
    d.ref = ref;
    d.n_ref = high ? 0 : quotas(&t, batch, ref, name);
    d.log_log = true;
    if (ends_with(d.x_name, ".key") && d.category == NULL)
        d.x_name = "message groups";
    fifo_title(&d, title, sizeof(title));
    d.title = title;
    bool ok = sweep_layout(&d, r->width, r->height, out, err);
    sweep_table_free(&t);
    return ok;
}

bool load_fifo(const struct chart_request *request, struct sheet **out, struct err *err)
{
    struct load l;
    struct chart_request r = *request;
    struct query_point *point = NULL;
    size_t n = 0;
    char fleet[200], metric[240];
    if (!load_open(&l, &r, err))
        return false;
    bool ok = query_points(r.query, r.run[0], &point, &n, err) &&
              ((n > 1 && point[0].n > 0) || sweep_none(&r, err));
    const char *batch = ok ? varied(point, n, ".batch") : NULL;
    if (ok && r.x == NULL && (r.x = varied(point, n, ".key")) == NULL)
        ok = err_set(
            err, ERR_DATA,
            "this sweep does not vary the number of groups; 'afterbay sweep SCENARIO --vary "
            "\"producer.ID.key=uniform_key(1),uniform_key(10),uniform_key(100)\" -o DB' makes one "
            "that does");
    if (ok && r.by == NULL)
        r.by = batch;
    if (ok && r.metric == NULL && (ok = fleet_of(&r, fleet, err))) {
        snprintf(metric, sizeof(metric), "%s.processed.rate", fleet);
        r.metric = metric;
    }
    ok = ok && fifo_draw(&l, &r, batch, out, err);
    query_points_free(point, n);
    load_close(&l);
    return ok;
}

/* --- cost against latency --- */

/* Hours that all fleets worked: their sizes over the time that is measured. */
static bool worker_hours(const struct chart_request *r, const struct load *l, uint32_t point,
                         double **x, size_t *n, struct err *err)
{
    struct query_metric *m;
    size_t n_metric, fleets = 0;
    const struct query_run *q = l->run[0].q;
    double hours = sim_seconds(q->duration_ns + q->drain_ns - q->warmup_ns) / 3600;
    *x = NULL;
    *n = 0;
    if (!query_metrics(r->query, r->run[0], &m, &n_metric, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < n_metric; i++) {
        double *y;
        size_t k;
        if (strncmp(m[i].entity, "fleet.", 6) != 0 || strcmp(m[i].name, "size") != 0)
            continue;
        ok = query_values(r->query, r->run[0], point, m[i].entity, "size", "mean", &y, &k, err);
        for (size_t j = 0; ok && j < k; j++)
            y[j] = y[j] * hours + (fleets > 0 && j < *n ? (*x)[j] : 0);
        if (!ok)
            break;
        mem_release(*x);
        *x = y;
        *n = k;
        fleets++;
    }
    query_metrics_free(m, n_metric);
    if (ok && fleets == 0)
        return err_set(
            err, ERR_DATA,
            "run %lld has no fleet to count the hours of; name what is dear with --x METRIC",
            (long long)r->run[0]);
    return ok;
}

static void name_point(const struct query_point *p, const struct sweep_table *all, char *out,
                       size_t size)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < p->n && used < size; i++) {
        const char *dot = strrchr(p->setting[i].name, '.');
        if (!sweep_varies(all, p->setting[i].name))
            continue;
        int n = snprintf(out + used, size - used, "%s%s %s", used > 0 ? ", " : "",
                         dot == NULL ? p->setting[i].name : dot + 1, p->setting[i].text);
        used += n > 0 ? (size_t)n : 0;
    }
}

static bool pareto_point(const struct chart_request *r, const struct load *l, uint32_t number,
                         struct load_metric name[2], struct pareto_point *out, struct err *err)
{
    double *x = NULL, *y = NULL;
    size_t n = 0, m = 0;
    bool ok = r->x != NULL ? load_term(r->query, r->run[0], number, r->x, &name[0], &x, &n, err)
                           : worker_hours(r, l, number, &x, &n, err);
    ok = ok && load_term(r->query, r->run[0], number, r->metric != NULL ? r->metric : "latency.p99",
                         &name[1], &y, &m, err);
    if (ok) {
        out->x = estimate_mean(x, n, 0.95);
        out->y = estimate_mean(y, m, 0.95);
    }
    mem_release(x);
    mem_release(y);
    return ok;
}

static bool pareto_draw(const struct chart_request *r, const struct load *l,
                        struct sweep_table *all, struct sheet **out, struct err *err)
{
    struct load_metric name[2] = {{.label = "worker-hours", .unit = UNIT_ONE}};
    struct pareto_point *point = mem_get_zero(all->n, sizeof(*point));
    char(*label)[160] = mem_get_zero(all->n, sizeof(*label));
    bool ok = (point != NULL && label != NULL) || err_set(err, ERR_OS, "memory is short");
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; ok && i < all->n; i++) {
        name_point(&all->point[i], all, label[i], sizeof(label[i]));
        point[i].name = label[i];
        ok = pareto_point(r, l, all->point[i].number, name, &point[i], err);
        fewest = point[i].y.n < fewest ? point[i].y.n : fewest;
    }
    const struct pareto_data d = {.run = l->run[0].told,
                                  .x_name = name[0].label,
                                  .y_name = name[1].label,
                                  .x_unit = name[0].unit,
                                  .y_unit = name[1].unit,
                                  .point = point,
                                  .n = all->n,
                                  .n_replication = fewest};
    ok = ok && pareto_layout(&d, r->width, r->height, out, err);
    mem_release(point);
    mem_release(label);
    return ok;
}

bool load_pareto(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct sweep_table all = {0};
    if (!load_open(&l, r, err))
        return false;
    bool ok = query_points(r->query, r->run[0], &all.point, &all.n, err) &&
              ((all.n > 1 && all.point[0].n > 0) || sweep_none(r, err)) &&
              pareto_draw(r, &l, &all, out, err);
    query_points_free(all.point, all.n);
    load_close(&l);
    return ok;
}
