/* values.c - the wide table: what a notebook reads in one line. */
#include "values.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "mem.h"
#include "written.h"

#define COLUMNS_MAX 64

struct column {
    char name[200];
    char base[200]; /* of a setting: its value where a point does not set it; empty: not known */
    bool number;    /* a setting that is one at every point */
};

struct wide {
    struct query_point *point;
    size_t n_point, n_setting, n_metric;
    struct column setting[COLUMNS_MAX], metric[COLUMNS_MAX];
    enum metric_unit unit[COLUMNS_MAX];
};

static const char *setting_unit(enum setting_kind kind)
{
    static const char *const name[] = {[SETTING_NUMBER] = "1",
                                       [SETTING_DURATION] = "s",
                                       [SETTING_SIZE] = "bytes",
                                       [SETTING_RATE] = "1/s",
                                       [SETTING_SHARE] = "1"};
    return name[kind];
}

static const char *setting_of(const struct query_point *p, const char *path)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->setting[i].name, path) == 0)
            return p->setting[i].text;
    return NULL;
}

/* What the scenario has: a setting that is known roughly has its mid. */
static void find_base(const struct written *scenario, const char *path, struct column *c)
{
    char mid[400];
    snprintf(mid, sizeof(mid), "%s.mid", path);
    if (!written_find(scenario, path, c->base, sizeof(c->base)) &&
        !written_find(scenario, mid, c->base, sizeof(c->base)))
        c->base[0] = 0;
}

/* A setting is a number when it is one of the same kind wherever it is set. */
static void name_setting(struct wide *w, const struct written *scenario, const char *path)
{
    struct column *c = &w->setting[w->n_setting++];
    enum setting_kind first = SETTING_NUMBER, kind;
    double x;
    bool any = false;
    c->number = true;
    find_base(scenario, path, c);
    for (size_t i = 0; i < w->n_point; i++) {
        const char *text = setting_of(&w->point[i], path);
        if (text == NULL && c->base[0] == 0)
            continue;
        text = text != NULL ? text : c->base;
        if (!load_setting(text, &x, &kind) || (any && kind != first))
            c->number = false;
        first = any ? first : kind;
        any = true;
    }
    if (c->number)
        snprintf(c->name, sizeof(c->name), "%s [%s]", path, setting_unit(first));
    else
        snprintf(c->name, sizeof(c->name), "%s", path);
}

/* The settings of all points: the first (of a tornado) sets none, and each other one. */
static void name_settings(struct wide *w, const struct written *scenario)
{
    const char *seen[COLUMNS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < w->n_point; i++)
        for (size_t k = 0; k < w->point[i].n && n < COLUMNS_MAX; k++) {
            size_t at = 0;
            while (at < n && strcmp(seen[at], w->point[i].setting[k].name) != 0)
                at++;
            if (at == n) {
                seen[n++] = w->point[i].setting[k].name;
                name_setting(w, scenario, seen[at]);
            }
        }
}

static const char *metric_unit(enum metric_unit unit)
{
    switch (unit) {
    case UNIT_NS:
        return "s";
    case UNIT_BYTES:
        return "bytes";
    case UNIT_PER_SECOND:
        return "1/s";
    default:
        return "1";
    }
}

/* Read at every point, though the first has the units: what cannot be had is told before anything is written. */
static bool read_metric(struct query *q, int64_t run, const struct wide *w, const char *metric,
                        struct load_metric *m, struct err *err)
{
    for (size_t p = w->n_point; p-- > 0;) {
        double *x;
        size_t n_x;
        if (!load_term(q, run, w->point[p].number, metric, m, &x, &n_x, err))
            return false;
        mem_release(x);
    }
    return true;
}

static bool name_metrics(struct query *q, int64_t run, struct wide *w, const char *const *metric,
                         size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct load_metric m;
        if (!read_metric(q, run, w, metric[i], &m, err))
            return false;
        w->unit[i] = m.unit;
        snprintf(w->metric[i].name, sizeof(w->metric[i].name), "%.180s [%s]", metric[i],
                 metric_unit(m.unit));
    }
    w->n_metric = n;
    return true;
}

static void put_names(const struct wide *w, FILE *out)
{
    fputs("point,replication", out);
    for (size_t i = 0; i < w->n_setting; i++) {
        putc(',', out);
        export_text(w->setting[i].name, EXPORT_CSV, out);
    }
    for (size_t i = 0; i < w->n_metric; i++) {
        putc(',', out);
        export_text(w->metric[i].name, EXPORT_CSV, out);
    }
    putc('\n', out);
}

static void put_name(const char *name, enum export_format format, FILE *out)
{
    putc(',', out);
    if (format == EXPORT_JSONL) {
        export_text(name, format, out);
        putc(':', out);
    }
}

/* The path of a column without its unit. */
static const char *setting_at(const struct query_point *p, const struct column *c)
{
    for (size_t i = 0; i < p->n; i++) {
        size_t n = strlen(p->setting[i].name);
        if (strncmp(c->name, p->setting[i].name, n) == 0 && (c->name[n] == 0 || c->name[n] == ' '))
            return p->setting[i].text;
    }
    return NULL;
}

static void put_settings(const struct wide *w, const struct query_point *p,
                         enum export_format format, FILE *out)
{
    for (size_t i = 0; i < w->n_setting; i++) {
        const char *text = setting_at(p, &w->setting[i]);
        enum setting_kind kind;
        double x = NAN;
        if (text == NULL && w->setting[i].base[0] != 0)
            text = w->setting[i].base;
        put_name(w->setting[i].name, format, out);
        if (text != NULL && !w->setting[i].number)
            export_text(text, format, out);
        else if (text == NULL || load_setting(text, &x, &kind))
            export_real(x, format, out);
    }
}

static void put_row(const struct wide *w, const struct query_point *p, double *const *x,
                    size_t replication, enum export_format format, FILE *out)
{
    fprintf(out, format == EXPORT_JSONL ? "{\"point\":%lu,\"replication\":%lu" : "%lu,%lu",
            (unsigned long)p->number, (unsigned long)replication);
    put_settings(w, p, format, out);
    for (size_t i = 0; i < w->n_metric; i++) {
        put_name(w->metric[i].name, format, out);
        export_real(w->unit[i] == UNIT_NS ? x[i][replication] / 1e9 : x[i][replication], format,
                    out);
    }
    fputs(format == EXPORT_JSONL ? "}\n" : "\n", out);
}

static bool put_point(struct query *q, int64_t run, const struct wide *w,
                      const struct query_point *p, const char *const *metric,
                      enum export_format format, FILE *out, struct err *err)
{
    double *x[COLUMNS_MAX] = {NULL};
    size_t n = SIZE_MAX;
    bool ok = true;
    for (size_t i = 0; ok && i < w->n_metric; i++) {
        struct load_metric m;
        size_t n_x;
        ok = load_term(q, run, p->number, metric[i], &m, &x[i], &n_x, err);
        n = n_x < n ? n_x : n;
    }
    for (size_t r = 0; ok && r < n; r++)
        put_row(w, p, x, r, format, out);
    for (size_t i = 0; i < w->n_metric; i++)
        mem_release(x[i]);
    return ok;
}

static bool write_all(struct query *q, int64_t run, struct wide *w, const char *const *metric,
                      size_t n, enum export_format format, bool head, FILE *out, struct err *err)
{
    struct written scenario;
    if (w->n_point == 0)
        return err_set(err, ERR_DATA, "run %lld has no results", (long long)run);
    if (!written_open(&scenario, q, run, err))
        return false;
    name_settings(w, &scenario);
    written_close(&scenario);
    if (!name_metrics(q, run, w, metric, n, err) ||
        (head && !export_head(q, run, "values", format, out, err)))
        return false;
    if (format == EXPORT_CSV)
        put_names(w, out);
    for (size_t i = 0; i < w->n_point; i++)
        if (!put_point(q, run, w, &w->point[i], metric, format, out, err))
            return false;
    errno = 0;
    if (fflush(out) != 0 || ferror(out))
        return err_set(err, ERR_IO, "cannot write the export: %s",
                       errno != 0 ? strerror(errno) : "write error");
    return true;
}

bool values_export(struct query *q, int64_t run, const char *const *metric, size_t n,
                   enum export_format format, bool head, FILE *out, struct err *err)
{
    if (n == 0 || n > COLUMNS_MAX)
        return err_set(err, ERR_USAGE, "1 to %d metrics, not %zu", COLUMNS_MAX, n);
    struct wide *w = mem_get_zero(1, sizeof(*w));
    if (w == NULL)
        return err_set(err, ERR_OS, "memory is short");
    bool ok = query_points(q, run, &w->point, &w->n_point, err) &&
              write_all(q, run, w, metric, n, format, head, out, err);
    query_points_free(w->point, w->n_point);
    mem_release(w);
    return ok;
}
