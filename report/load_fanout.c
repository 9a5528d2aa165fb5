/* load_fanout.c - data of the charts of fan-out over time: what a topic or bus delivered to each, and what queues with one
 * feeder were sent. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fanout.h"
#include "layouts_fanout.h"
#include "load.h"
#include "mem.h"

#define ROWS_MAX  12
#define LINES_MAX 500

/* --- deliveries --- */

enum { DELIVERED, RETRIES, DEAD, DROPPED, N_SERIES };
static const char *const series_name[N_SERIES][3] = {
    [DELIVERED] = {"delivered"}, [RETRIES] = {"retries"}, [DEAD] = {"dead", "redriven", "to_dlq"}, [DROPPED] = {"dropped"}};

struct rows {
    struct query_series   series[ROWS_MAX][N_SERIES];
    struct deliveries_row row[ROWS_MAX];
    size_t                n, n_more;
};

static void rows_free(struct rows *w)
{
    for (size_t i = 0; i < ROWS_MAX; i++)
        for (size_t k = 0; k < N_SERIES; k++)
            query_series_free(&w->series[i][k]);
}

/* Counters without a course of time are left out, but for the deliveries. */
static bool load_one(const struct chart_request *r, struct fanout *f, const char *path, size_t k, struct query_series *out, struct err *err)
{
    struct err why = {0};
    for (size_t i = 0; i < ARRAY_LEN(series_name[k]) && series_name[k][i] != NULL; i++) {
        if (!fanout_has(f, path, series_name[k][i]))
            continue;
        if (query_series(r->query, r->run[0], 0, path, series_name[k][i], out, &why))
            return true;
        if (k == DELIVERED || why.class != ERR_DATA)
            return err_set(err, why.class, "%s", why.text);
    }
    return k != DELIVERED || err_set(err, ERR_DATA, "%s counts no deliveries", path);
}

static bool load_row(struct rows *w, const struct chart_request *r, struct fanout *f, const char *path, const char *name, struct err *err)
{
    struct query_series *s = w->series[w->n];
    const double *value[N_SERIES] = {NULL};
    for (size_t k = 0; k < N_SERIES; k++) {
        if (!load_one(r, f, path, k, &s[k], err))
            return false;
        if (s[k].n != 0 && (s[k].n != w->series[0][DELIVERED].n || s[k].n_replication != w->series[0][DELIVERED].n_replication))
            return err_set(err, ERR_DATA, "the series of %s have different lengths", path);
        value[k] = s[k].n > 0 ? s[k].value : NULL;
    }
    w->row[w->n++] = (struct deliveries_row){name, value[DELIVERED], value[RETRIES], value[DEAD], value[DROPPED]};
    return true;
}

static double sum_of(const struct chart_request *r, struct fanout *f, const char *path, const char *metric)
{
    struct err none = {0};
    double *x, sum = 0;
    size_t n;
    if (!fanout_has(f, path, metric))
        return 0;
    if (!query_values(r->query, r->run[0], 0, path, metric, "sum", &x, &n, &none)) {
        f->failed |= none.class == ERR_OS;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        sum += x[i] > 0 ? x[i] : 0;
    mem_release(x);
    return sum;
}

/* Those with the most retries, then the most deliveries, are drawn; in the order of the scenario. */
static bool choose_rows(struct rows *w, const struct chart_request *r, struct fanout *f, const struct fan *fan, struct err *err)
{
    double *weight = mem_get_zero(fan->n + 1, sizeof(*weight));
    bool ok = weight != NULL || err_set(err, ERR_OS, "memory is short");
    for (size_t i = 0; ok && i < fan->n; i++)
        weight[i] = fan->n <= ROWS_MAX ? 1 : 1e6 * sum_of(r, f, fan->part[i].path, "retries") + sum_of(r, f, fan->part[i].path, "delivered");
    for (size_t i = 0; ok && i < fan->n; i++) {
        size_t before = 0;
        for (size_t k = 0; k < fan->n && before < ROWS_MAX; k++)
            before += weight[k] > weight[i] || (weight[k] == weight[i] && k < i);
        if (before < ROWS_MAX)
            ok = load_row(w, r, f, fan->part[i].path, fan->part[i].name, err);
        else
            w->n_more++;
    }
    mem_release(weight);
    if (ok && f->failed)
        ok = err_set(err, ERR_OS, "memory is short");
    if (ok && fan->n == 0)
        ok = load_row(w, r, f, fan->entity, "all subscribers", err);
    return ok;
}

static const struct fan *find_fan(const struct fanout *f, const char *entity)
{
    for (size_t i = 0; i < f->n; i++)
        if (entity == NULL || strcmp(f->fan[i].entity, entity) == 0)
            return &f->fan[i];
    return NULL;
}

static bool refuse_fan(const struct fanout *f, const char *run, const char *entity, struct err *err)
{
    char list[400] = "";
    for (size_t i = 0, at = 0; i < f->n && at < sizeof(list) - 1; i++)
        at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s", at > 0 ? ", " : "", f->fan[i].entity);
    if (f->n == 0)
        return err_set(err, ERR_DATA, "%s has no topic and no bus", run);
    return err_set(err, ERR_DATA, "%s has no topic or bus '%s'; it has: %s", run, entity, list);
}

bool load_deliveries(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct fanout f = {0};
    struct rows *w = mem_get_zero(1, sizeof(*w));
    if (w == NULL)
        return err_set(err, ERR_OS, "memory is short");
    if (!load_open(&l, r, err)) {
        mem_release(w);
        return false;
    }
    bool ok = fanout_open(&f, r->query, r->run[0], err);
    const struct fan *fan = ok ? find_fan(&f, r->entity) : NULL;
    if (ok && fan == NULL)
        ok = refuse_fan(&f, l.run[0].name, r->entity, err);
    ok = ok && choose_rows(w, r, &f, fan, err);
    const struct query_series *s = &w->series[0][DELIVERED];
    const struct deliveries_data d = {
        .entity = fan != NULL ? fan->entity : "", .run = l.run[0].told, .n_replication = s->n_replication, .n = s->n,
        .width_s = sim_seconds(s->width_ns), .end_s = l.end_s, .row = w->row, .n_row = w->n, .n_more = w->n_more, .warmed = l.run[0].q->warmup_ns > 0,
        .fault = l.fault, .n_fault = l.n_fault};
    ok = ok && deliveries_layout(&d, r->width, r->height, out, err);
    rows_free(w);
    mem_release(w);
    fanout_close(&f);
    load_close(&l);
    return ok;
}

/* --- gap --- */

struct fed {
    struct fanout       f;
    struct query_series series[LINES_MAX];
    struct gap_line     line[LINES_MAX];
    const char         *feeder;
};

static void fed_free(struct fed *g)
{
    for (size_t i = 0; i < LINES_MAX; i++)
        query_series_free(&g->series[i]);
    fanout_close(&g->f);
}

/* The feeder that was asked for; else the first topic or bus, else the first of all. */
static size_t choose_feeder(struct fed *g, const char *entity, const char **queue)
{
    const char *feeder, *found[LINES_MAX];
    size_t n, best = 0;
    for (size_t at = 0; (n = fanout_feeder(&g->f, &at, &feeder, found, LINES_MAX)) > 0;) {
        bool fan = wiring_is(feeder, "topic") || wiring_is(feeder, "bus");
        bool had = g->feeder != NULL && (wiring_is(g->feeder, "topic") || wiring_is(g->feeder, "bus"));
        if (entity != NULL ? strcmp(entity, feeder) != 0 : best > 0 && (had || !fan))
            continue;
        g->feeder = feeder;
        best = n;
        memcpy(queue, found, n * sizeof(*queue));
    }
    return best;
}

/* The subscription by which a topic or bus feeds a queue; NULL: there is none, or it is not known. */
static const struct fan_part *part_to(const struct fed *g, const char *queue)
{
    const struct fan *fan = find_fan(&g->f, g->feeder);
    for (size_t i = 0; fan != NULL && i < fan->n; i++)
        if (fan->part[i].target != NULL && strcmp(fan->part[i].target, queue) == 0)
            return &fan->part[i];
    return NULL;
}

/* What a subscription was to be delivered: a rule of a bus does not count what its pattern does not match. */
static double intake(const struct chart_request *r, struct fed *g, const char *queue)
{
    const struct fan_part *p = part_to(g, queue);
    return p == NULL ? 0 : sum_of(r, &g->f, p->path, "delivered") + sum_of(r, &g->f, p->path, "dead") + sum_of(r, &g->f, p->path, "dropped");
}

/* A queue whose subscription filters, or whose rule matches less, is not to hold the same as the others. What is on its way
 * at an end, or was at the end of a warm-up, is no difference. */
#define ALIKE 0.99
static size_t without_filtered(struct query *q, int64_t run, struct fed *g, const char **queue, size_t n)
{
    const struct chart_request r = {.query = q, .run = &run, .n_run = 1};
    double most = 0;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        most = intake(&r, g, queue[i]) > most ? intake(&r, g, queue[i]) : most;
    for (size_t i = 0; i < n; i++) {
        const struct fan_part *p = part_to(g, queue[i]);
        bool alike = p == NULL || (sum_of(&r, &g->f, p->path, "filtered") == 0 && intake(&r, g, queue[i]) >= ALIKE * most);
        if (alike)
            queue[kept++] = queue[i];
    }
    return kept;
}

/* What a queue got of this feeder: a topic counts it, for the queue may have other senders as well; else all it was sent. */
static bool load_line(struct query *q, int64_t run, const struct fed *g, const char *queue, struct query_series *s, struct err *err)
{
    const struct fan_part *p = part_to(g, queue);
    return p != NULL ? query_series(q, run, 0, p->path, "delivered", s, err) : query_series(q, run, 0, queue, "sent", s, err);
}

/* The queues of the feeder that are to hold the same; *fed: how many there were before that was asked. */
static size_t queues_alike(struct query *q, int64_t run, const char *entity, struct fed *g, const char **queue, size_t *fed)
{
    *fed = choose_feeder(g, entity, queue);
    return *fed == 0 ? 0 : without_filtered(q, run, g, queue, *fed);
}

static bool load_fed(struct query *q, const struct load_run *l, const char *entity, struct fed *g, struct gap_run *run, struct err *err)
{
    const char *queue[LINES_MAX];
    if (!fanout_open(&g->f, q, l->q->id, err))
        return false;
    size_t fed, n = queues_alike(q, l->q->id, entity, g, queue, &fed);
    if (g->f.failed)
        return err_set(err, ERR_OS, "memory is short");
    if (fed == 0)
        return entity == NULL ? err_set(err, ERR_DATA, "in %s nobody feeds several queues", l->name)
                              : err_set(err, ERR_DATA, "in %s '%s' does not feed several queues", l->name, entity);
    if (n < 2)
        return err_set(err, ERR_DATA, "the queues that %s feeds in %s get different messages: they are not to hold the same", g->feeder, l->name);
    for (size_t i = 0; i < n; i++) {
        if (!load_line(q, l->q->id, g, queue[i], &g->series[i], err))
            return false;
        if (g->series[i].n != g->series[0].n || g->series[i].n_replication != g->series[0].n_replication)
            return err_set(err, ERR_DATA, "the series of %s have different lengths", queue[i]);
        g->line[i] = (struct gap_line){queue[i], g->series[i].value};
    }
    *run = (struct gap_run){l->name, g->feeder, g->series[0].n_replication, g->series[0].n, sim_seconds(g->series[0].width_ns), g->line, n};
    return true;
}

bool load_gap(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct gap_run run[LOAD_RUNS_MAX];
    if (!load_open(&l, r, err))
        return false;
    struct fed *fed = mem_get_zero(l.n, sizeof(*fed));
    bool ok = fed != NULL || err_set(err, ERR_OS, "memory is short");
    for (size_t i = 0; ok && i < l.n; i++) /* of two runs each has a feeder of its own */
        ok = load_fed(r->query, &l.run[i], l.n == 1 ? r->entity : NULL, &fed[i], &run[i], err);
    const struct gap_data d = {run, l.n, l.end_s, l.fault, l.n_fault};
    ok = ok && gap_layout(&d, r->width, r->height, out, err);
    for (size_t i = 0; fed != NULL && i < l.n; i++)
        fed_free(&fed[i]);
    mem_release(fed);
    load_close(&l);
    return ok;
}

bool load_fans_out(struct query *q, int64_t run, bool *fan, bool *fed, struct err *err)
{
    struct fed g = {.feeder = NULL};
    const char *queue[LINES_MAX];
    size_t n;
    if (!fanout_open(&g.f, q, run, err))
        return false;
    *fan = g.f.n > 0;
    *fed = queues_alike(q, run, NULL, &g, queue, &n) > 1;
    bool failed = g.f.failed;
    fed_free(&g);
    return !failed || err_set(err, ERR_OS, "memory is short");
}
