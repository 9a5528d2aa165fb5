/* load_sweep.c - the points of a sweep as lines: one setting runs along the axis, each combination
 * of the others is a line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load_sweep.h"
#include "mem.h"
#include "problem.h"

const char *sweep_setting(const struct query_point *p, const char *path)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->setting[i].name, path) == 0)
            return p->setting[i].text;
    return NULL;
}

bool sweep_varies(const struct sweep_table *t, const char *path)
{
    for (size_t i = 1; i < t->n; i++) {
        const char *a = sweep_setting(&t->point[0], path), *b = sweep_setting(&t->point[i], path);
        if (a == NULL || b == NULL || strcmp(a, b) != 0)
            return true;
    }
    return false;
}

static bool no_path(const struct sweep_table *t, const char *path, struct err *err)
{
    const char *name[64] = {NULL};
    size_t n = 0;
    for (; n < t->point[0].n && n < 64; n++)
        name[n] = t->point[0].setting[n].name;
    const char *near = suggest(path, name, n);
    if (near != NULL)
        return err_set(err, ERR_USAGE, "this sweep does not vary '%s' (did you mean '%s'?)", path,
                       near);
    return err_set(err, ERR_USAGE, "this sweep does not vary '%s'; it varies %s%s", path,
                   n > 0 ? name[0] : "nothing", n > 1 ? " and others" : "");
}

bool sweep_none(const struct chart_request *r, struct err *err)
{
    struct query_run *run;
    size_t n;
    long long other = 0;
    if (!query_runs(r->query, &run, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(run[i].command, "sweep") == 0 && run[i].id != r->run[0])
            other = run[i].id;
    query_runs_free(run, n);
    if (other > 0)
        return err_set(err, ERR_DATA, "run %lld is no sweep; run %lld is: --run %lld",
                       (long long)r->run[0], other, other);
    return err_set(
        err, ERR_DATA,
        "this database has no sweep; 'afterbay sweep SCENARIO --vary PATH=VALUES -o DB' makes one");
}

/* The setting along the axis: what was asked for, or the first that varies (not the one that tells
 * lines apart). */
static bool choose_axis(struct sweep_table *t, const struct chart_request *r, struct err *err)
{
    if (t->n == 0 || t->point[0].n == 0)
        return sweep_none(r, err);
    if (r->x != NULL && sweep_setting(&t->point[0], r->x) == NULL)
        return no_path(t, r->x, err);
    if (r->by != NULL && sweep_setting(&t->point[0], r->by) == NULL)
        return no_path(t, r->by, err);
    if (r->by != NULL && r->x != NULL && strcmp(r->by, r->x) == 0)
        return err_set(err, ERR_USAGE, "--x and --by name the same setting");
    t->x_path = r->x;
    for (size_t i = 0; t->x_path == NULL && i < t->point[0].n; i++) {
        const char *path = t->point[0].setting[i].name;
        if (sweep_varies(t, path) && (r->by == NULL || strcmp(path, r->by) != 0))
            t->x_path = path;
    }
    if (t->x_path == NULL)
        t->x_path = t->point[0].setting[0].name;
    return true;
}

static const char *last_part(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot == NULL ? path : dot + 1;
}

/* "size 10, visibility_timeout 5s": what tells the line from others; the one asked for by --by
 * comes first. */
static void name_line(const struct sweep_table *t, const struct chart_request *r,
                      const struct query_point *p, char *out, size_t size)
{
    size_t used = 0;
    out[0] = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < p->n && used < size; i++) {
            const struct query_text *s = &p->setting[i];
            bool first = r->by != NULL && strcmp(s->name, r->by) == 0;
            if (strcmp(s->name, t->x_path) == 0 || first != (pass == 0) ||
                !sweep_varies(t, s->name))
                continue;
            int n = snprintf(out + used, size - used, "%s%s %s", used > 0 ? ", " : "",
                             last_part(s->name), s->text);
            used += n > 0 ? (size_t)n : 0;
        }
}

static bool fill_row(struct sweep_table *t, const struct chart_request *r, size_t i,
                     const char *metric, struct err *err)
{
    struct sweep_row *row = &t->row[i];
    double *x;
    size_t n;
    enum setting_kind kind;
    const char *value = sweep_setting(&t->point[i], t->x_path);
    row->value = value != NULL ? value : "";
    if (!load_setting(row->value, &row->x, &kind) || (i > 0 && kind != t->kind))
        t->numeric = false;
    if (i == 0)
        t->kind = kind;
    name_line(t, r, &t->point[i], row->line, sizeof(row->line));
    if (!load_term(r->query, r->run[0], t->point[i].number, metric, &t->metric, &x, &n, err))
        return false;
    row->y = estimate_mean(x, n, 0.95);
    if (i == 0 || row->y.n < t->fewest)
        t->fewest = row->y.n;
    if (row->y.n > t->most)
        t->most = row->y.n;
    mem_release(x);
    return true;
}

/* Values that are no numbers stand side by side, in the order in which the sweep met them. */
static void number_categories(struct sweep_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        size_t k = 0;
        while (k < t->n_category && strcmp(t->category[k], t->row[i].value) != 0)
            k++;
        if (k == t->n_category)
            t->category[t->n_category++] = t->row[i].value;
        t->row[i].x = (double)k;
    }
}

static int by_x(const void *a, const void *b)
{
    const struct sweep_point *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->y.mean > q->y.mean) - (p->y.mean < q->y.mean);
}

static size_t line_of(struct sweep_table *t, const char *name)
{
    size_t k = 0;
    while (k < t->n_line && strcmp(t->line[k].name, name) != 0)
        k++;
    return k;
}

/* Lines in the order of their first points, each sorted along the axis. */
static bool make_lines(struct sweep_table *t, struct err *err)
{
    for (size_t i = 0; i < t->n; i++) {
        size_t k = line_of(t, t->row[i].line);
        if (k == SWEEP_LINES_MAX)
            return err_set(
                err, ERR_USAGE,
                "more than %d lines: choose another --x, or sweep fewer settings at once",
                SWEEP_LINES_MAX);
        if (k == t->n_line)
            t->line[t->n_line++].name = t->row[i].line;
    }
    return true;
}

static void sort_lines(struct sweep_table *t)
{
    size_t at = 0;
    for (size_t k = 0; k < t->n_line; k++) {
        struct sweep_point *point = t->at + at;
        for (size_t i = 0; i < t->n; i++)
            if (strcmp(t->row[i].line, t->line[k].name) == 0)
                t->at[at++] = (struct sweep_point){t->row[i].x, t->row[i].y};
        t->line[k].n = (size_t)(t->at + at - point);
        t->line[k].point = point;
        qsort(point, t->line[k].n, sizeof(*point), by_x);
    }
}

static bool fill(struct sweep_table *t, const struct chart_request *r, struct err *err)
{
    t->row = mem_get_zero(t->n + 1, sizeof(*t->row));
    t->at = mem_get_zero(t->n + 1, sizeof(*t->at));
    t->category = mem_get_zero(t->n + 1, sizeof(*t->category));
    if (t->row == NULL || t->at == NULL || t->category == NULL)
        return err_set(err, ERR_OS, "memory is short");
    t->numeric = true;
    for (size_t i = 0; i < t->n; i++)
        if (!fill_row(t, r, i, r->metric != NULL ? r->metric : "latency.p99", err))
            return false;
    if (!t->numeric)
        number_categories(t);
    if (!make_lines(t, err))
        return false;
    sort_lines(t);
    return true;
}

bool sweep_table_load(struct sweep_table *t, const struct chart_request *r, struct err *err)
{
    *t = (struct sweep_table){0};
    bool ok = query_points(r->query, r->run[0], &t->point, &t->n, err) && choose_axis(t, r, err) &&
              fill(t, r, err);
    if (!ok)
        sweep_table_free(t);
    return ok;
}

void sweep_table_free(struct sweep_table *t)
{
    mem_release(t->row);
    mem_release(t->at);
    mem_release(t->category);
    query_points_free(t->point, t->n);
    *t = (struct sweep_table){0};
}

struct sweep_data sweep_table_data(const struct sweep_table *t, const char *run)
{
    return (struct sweep_data){
        .run = run,
        .x_name = t->x_path,
        .y_name = t->metric.label,
        .x_kind = t->kind,
        .category = t->numeric ? NULL : t->category,
        .n_category = t->n_category,
        .unit = t->metric.unit,
        .line = t->line,
        .n_line = t->n_line,
        .n_replication = t->fewest,
        .n_most = t->most,
    };
}

bool load_sweep(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct sweep_table t;
    if (!load_open(&l, r, err))
        return false;
    bool ok = sweep_table_load(&t, r, err);
    if (ok) {
        const struct sweep_data d = sweep_table_data(&t, l.run[0].name);
        ok = sweep_layout(&d, r->width, r->height, out, err);
        sweep_table_free(&t);
    }
    load_close(&l);
    return ok;
}
