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

#define COMPARED_MAX 1000 /* points; in larger designs every setting is named */

/* Whether a setting tells nothing beyond another one: both change together. */
static bool goes_along(const struct sweep_table *t, const char *path, const char *with)
{
    if (with == NULL || t->n > COMPARED_MAX || strcmp(path, with) == 0)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        const char *a = sweep_setting(&t->point[i], path), *b = sweep_setting(&t->point[i], with);
        for (size_t k = 0; k < i; k++) {
            const char *c = sweep_setting(&t->point[k], path),
                       *d = sweep_setting(&t->point[k], with);
            if (a == NULL || b == NULL || c == NULL || d == NULL ||
                (strcmp(a, c) == 0) != (strcmp(b, d) == 0))
                return false;
        }
    }
    return true;
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
                !sweep_varies(t, s->name) || goes_along(t, s->name, r->by) ||
                goes_along(t, s->name, t->x_path))
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

/* --- several sweeps in one picture --- */

struct several {
    struct sweep_table table[LOAD_RUNS_MAX];
    size_t n;
    struct sweep_line line[SWEEP_LINES_MAX];
    char name[SWEEP_LINES_MAX][260], runs[400];
};

/* A run's lines carry its name; a run of one line needs no other, and has the colour of its role.
 */
static bool add_lines(struct several *s, const struct load *l, size_t i, struct sweep_data *d,
                      struct err *err)
{
    const struct sweep_table *t = &s->table[i];
    for (size_t k = 0; k < t->n_line; k++, d->n_line++) {
        if (d->n_line == SWEEP_LINES_MAX)
            return err_set(err, ERR_USAGE, "more than %d lines; draw fewer runs at once",
                           SWEEP_LINES_MAX);
        snprintf(s->name[d->n_line], sizeof(s->name[0]), "%s%s%s", l->run[i].name,
                 t->line[k].name[0] != 0 ? ", " : "", t->line[k].name);
        s->line[d->n_line] = t->line[k];
        s->line[d->n_line].name = s->name[d->n_line];
        if (t->n_line == 1)
            s->line[d->n_line].role = role_of(l->run[i].role);
    }
    d->n_replication = t->fewest < d->n_replication ? t->fewest : d->n_replication;
    d->n_most = t->most > d->n_most ? t->most : d->n_most;
    return true;
}

static bool join(struct several *s, const struct load *l, struct sweep_data *d, struct err *err)
{
    d->line = s->line;
    d->n_line = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct sweep_table *t = &s->table[i];
        size_t used = strlen(s->runs);
        if (!t->numeric || t->kind != s->table[0].kind ||
            strcmp(t->x_path, s->table[0].x_path) != 0)
            return err_set(err, ERR_USAGE,
                           "these runs do not vary the same setting by numbers; name it with --x, "
                           "or draw them one by one");
        snprintf(s->runs + used, sizeof(s->runs) - used, "%s%s", i > 0 ? " and " : "",
                 l->run[i].name);
        if (!add_lines(s, l, i, d, err))
            return false;
    }
    d->run = s->runs;
    return true;
}

static bool draw_several(struct several *s, const struct load *l, const struct chart_request *r,
                         struct sheet **out, struct err *err)
{
    for (; s->n < r->n_run; s->n++) {
        struct chart_request one = *r;
        one.run = &r->run[s->n];
        one.n_run = 1;
        if (!sweep_table_load(&s->table[s->n], &one, err))
            return false;
    }
    struct sweep_data d = sweep_table_data(&s->table[0], l->run[0].told);
    return (s->n == 1 || join(s, l, &d, err)) && sweep_layout(&d, r->width, r->height, out, err);
}

bool load_sweep(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    if (!load_open(&l, r, err))
        return false;
    struct several *s = mem_get_zero(1, sizeof(*s));
    bool ok =
        s != NULL ? draw_several(s, &l, r, out, err) : err_set(err, ERR_OS, "memory is short");
    for (size_t i = 0; s != NULL && i < s->n; i++)
        sweep_table_free(&s->table[i]);
    mem_release(s);
    load_close(&l);
    return ok;
}
