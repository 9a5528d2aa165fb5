/* query_data.c - the numbers: a stat in every replication, metrics over time, histograms, fates. */
#include "query_int.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "mem.h"
#include "pack.h"

/* Stats that stand in a column of metric_value. */
static const struct {
    struct obs_stat stat;
    const char *column;
} stored[] = {
    {{STAT_MEAN, 0}, "mean"},         {{STAT_MIN, 0}, "min"},
    {{STAT_MAX, 0}, "max"},           {{STAT_SD, 0}, "sd"},
    {{STAT_SUM, 0}, "sum"},           {{STAT_COUNT, 0}, "count"},
    {{STAT_RATE, 0}, "rate"},         {{STAT_LAST, 0}, "last"},
    {{STAT_MIN_AT, 0}, "min_at"},     {{STAT_MAX_AT, 0}, "max_at"},
    {{STAT_QUANTILE, 0.5}, "p50"},    {{STAT_QUANTILE, 0.9}, "p90"},
    {{STAT_QUANTILE, 0.95}, "p95"},   {{STAT_QUANTILE, 0.99}, "p99"},
    {{STAT_QUANTILE, 0.999}, "p999"},
};

static const char *column_of(struct obs_stat stat)
{
    for (size_t i = 0; i < ARRAY_LEN(stored); i++)
        if (stored[i].stat.kind == stat.kind && stored[i].stat.p == stat.p)
            return stored[i].column;
    return NULL;
}

/* Quantile of the histogram in column 0; NAN for NULL. */
static bool read_quantile(struct query *q, sqlite3_stmt *stmt, double p, double *x, struct err *err)
{
    struct hist h;
    hist_init(&h);
    const void *bytes = sqlite3_column_blob(stmt, 0);
    bool ok = bytes == NULL || unpack_hist(bytes, (size_t)sqlite3_column_bytes(stmt, 0), &h);
    if (ok)
        *x = hist_quantile(&h, p);
    else if (h.failed)
        memory_short(q, err);
    else
        damaged(q, "a histogram cannot be read", err);
    hist_free(&h);
    return ok;
}

static bool ask_stat(struct query *q, sqlite3_stmt **stmt, int64_t point, int64_t metric,
                     struct obs_stat stat, struct err *err)
{
    char sql[200];
    const char *column = column_of(stat);
    sqlite3_snprintf(
        sizeof(sql), sql,
        "SELECT v.%s FROM replication r LEFT JOIN %s v ON v.replication = r.id AND v.metric = ?"
        " WHERE r.point = ? ORDER BY r.number",
        column != NULL ? column : "buckets", column != NULL ? "metric_value" : "histogram");
    return ASK(q, stmt, err, sql, metric, point);
}

static bool read_stat(struct query *q, sqlite3_stmt *stmt, struct obs_stat stat, double *x,
                      struct err *err)
{
    if (column_of(stat) == NULL)
        return read_quantile(q, stmt, stat.p, x, err);
    *x = sqlite3_column_type(stmt, 0) == SQLITE_NULL ? NAN : sqlite3_column_double(stmt, 0);
    return true;
}

static bool find_stat(const struct found *found, const char *metric, const char *text,
                      struct obs_stat *stat, struct err *err)
{
    if (!obs_stat_parse(text, stat))
        return err_set(
            err, ERR_DATA,
            "'%s' is no statistic: mean, min, max, sd, sum, count, rate, last, min_at, max_at, or p and a "
            "number below 100, such as p99.9",
            text);
    static const char *const fits[] = {
        [OBS_COUNTER] = "a counter, which has sum and rate",
        [OBS_LEVEL] = "a level, which has mean, min, max, sd, last, min_at, max_at and quantiles",
        [OBS_TALLY] = "a tally, which has mean, min, max, sd, sum, count, rate and quantiles"};
    return obs_stat_fits(found->kind, *stat) ||
           err_set(err, ERR_DATA, "'%s' has no '%s': it is %s", metric, text, fits[found->kind]);
}

bool query_values(struct query *q, int64_t run, uint32_t point, const char *entity,
                  const char *metric, const char *text, double **x, size_t *n, struct err *err)
{
    struct found found;
    struct obs_stat stat;
    int64_t point_id;
    sqlite3_stmt *stmt = NULL;
    *x = NULL;
    *n = 0;
    bool more = true;
    bool ok = find_metric(q, run, entity, metric, &found, err) &&
              find_stat(&found, metric, text, &stat, err) &&
              find_point(q, run, point, &point_id, err) &&
              ask_stat(q, &stmt, point_id, found.id, stat, err);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more) {
        ok = array_grow(q, (void **)x, *n, sizeof(**x), err);
        ok = ok && read_stat(q, stmt, stat, &(*x)[(*n)++], err);
    }
    sqlite3_finalize(stmt);
    if (!ok) {
        mem_release(*x);
        *x = NULL;
        *n = 0;
    }
    return ok;
}

static bool query_end_ns(struct query *q, int64_t run, int64_t *end, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool more = false;
    bool ok = ASK(q, &stmt, err, "SELECT duration_ns + drain_ns FROM run WHERE id = ?", run) &&
              db_step(&q->db, stmt, &more, err);
    if (ok && more)
        *end = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return ok;
}

static bool series_room(struct query *q, struct query_series *s, uint32_t n, int64_t width,
                        struct err *err)
{
    size_t old = (size_t)s->n_replication * s->n, cells = old + n;
    if (s->n_replication > 0 && (s->n != n || s->width_ns != width))
        return damaged(q, "the replications of a series differ in length", err);
    s->n = n;
    s->width_ns = width;
    double *value = mem_resize(s->value, cells * sizeof(double));
    if (value != NULL)
        s->value = value;
    double *max = mem_resize(s->max, cells * sizeof(double));
    if (max != NULL)
        s->max = max;
    return (value != NULL && max != NULL) || memory_short(q, err);
}

static bool read_series(struct query *q, sqlite3_stmt *stmt, enum obs_kind kind, int64_t end,
                        struct query_series *s, struct err *err)
{
    int64_t width = sqlite3_column_int64(stmt, 0), n = sqlite3_column_int64(stmt, 1);
    const char *text = (const char *)sqlite3_column_text(stmt, 2);
    size_t bytes = (size_t)sqlite3_column_bytes(stmt, 2);
    if (text == NULL || n < 1 || (size_t)n > bytes || width < 1 || width > INT64_MAX / n)
        return damaged(q, "a series cannot be read", err);
    if (!series_room(q, s, (uint32_t)n, width, err))
        return false;
    size_t at = (size_t)s->n_replication * s->n;
    s->n_replication++;
    return unpack_series(text, bytes, kind, s->n, width, end, s->value + at, s->max + at) ||
           damaged(q, "a series cannot be read", err);
}

bool query_series(struct query *q, int64_t run, uint32_t point, const char *entity,
                  const char *metric, struct query_series *s, struct err *err)
{
    struct found found;
    int64_t point_id, end = 0;
    sqlite3_stmt *stmt = NULL;
    *s = (struct query_series){0};
    bool more = true;
    bool ok = find_metric(q, run, entity, metric, &found, err) &&
              find_point(q, run, point, &point_id, err) && query_end_ns(q, run, &end, err) &&
              ASK(q, &stmt, err,
                  "SELECT s.width_ns, s.n, s.data FROM replication r JOIN series s ON "
                  "s.replication = r.id"
                  " AND s.metric = ? WHERE r.point = ? ORDER BY r.number",
                  found.id, point_id);
    while (ok && (ok = db_step(&q->db, stmt, &more, err)) && more)
        ok = read_series(q, stmt, found.kind, end, s, err);
    sqlite3_finalize(stmt);
    if (ok && s->n_replication == 0)
        ok = err_set(err, ERR_DATA, "run %lld of '%s' has no series of '%s%s%s'; record them with run.series = true, or sweep with --series", (long long)run,
                     q->db.path, entity, entity[0] != '\0' ? "." : "", metric);
    if (!ok)
        query_series_free(s);
    return ok;
}

void query_series_free(struct query_series *s)
{
    mem_release(s->value);
    mem_release(s->max);
    *s = (struct query_series){0};
}

static bool merge_histograms(struct query *q, sqlite3_stmt *stmt, struct hist *h, struct err *err)
{
    bool more = true;
    while (db_step(&q->db, stmt, &more, err)) {
        if (!more)
            return true;
        if (!unpack_hist(sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0), h))
            return h->failed ? memory_short(q, err) : damaged(q, "a histogram cannot be read", err);
    }
    return false;
}

static bool list_buckets(struct query *q, const struct hist *h, struct query_hist *out,
                         struct err *err)
{
    int64_t low, high;
    uint64_t count;
    size_t n = 0;
    for (uint32_t cursor = 0; hist_next(h, &cursor, &low, &high, &count);)
        n++;
    out->low = array_new(q, n, sizeof(*out->low), err);
    out->high = array_new(q, n, sizeof(*out->high), err);
    out->count = array_new(q, n, sizeof(*out->count), err);
    if (out->low == NULL || out->high == NULL || out->count == NULL)
        return false;
    for (uint32_t cursor = 0; hist_next(h, &cursor, &low, &high, &count); out->n++) {
        out->low[out->n] = (double)low;
        out->high[out->n] = (double)high;
        out->count[out->n] = count;
    }
    out->total = h->n;
    return true;
}

bool query_hist(struct query *q, int64_t run, uint32_t point, const char *entity,
                const char *metric, struct query_hist *out, struct err *err)
{
    struct found found;
    struct hist h;
    int64_t point_id;
    sqlite3_stmt *stmt = NULL;
    *out = (struct query_hist){0};
    hist_init(&h);
    bool ok = find_metric(q, run, entity, metric, &found, err) &&
              find_point(q, run, point, &point_id, err) &&
              ASK(q, &stmt, err,
                  "SELECT h.buckets FROM replication r JOIN histogram h ON h.replication = r.id "
                  "AND h.metric = ?"
                  " WHERE r.point = ? ORDER BY r.number",
                  found.id, point_id) &&
              merge_histograms(q, stmt, &h, err) && list_buckets(q, &h, out, err);
    sqlite3_finalize(stmt);
    hist_free(&h);
    if (!ok)
        query_hist_free(out);
    return ok;
}

void query_hist_free(struct query_hist *h)
{
    mem_release(h->low);
    mem_release(h->high);
    mem_release(h->count);
    *h = (struct query_hist){0};
}
