/* chart_lag.c - how far are consumers behind? The iterator age of each on one axis (how old the record is that it is at:
 * of a consumer the oldest that it has not processed, of a mapping the last one of a batch), below it how many it has not
 * processed. The retention period is a line where it is near: what reaches it is lost, and half of it is where an alarm
 * belongs (KIN-96). */
#include <math.h>
#include <stdlib.h>

#include "layouts_stream.h"
#include "rows.h"
#include "text.h"

#define SIDE      112.0 /* for the labels of line ends */
#define HEAD_ROW  16.0
#define GAP       12.0
#define COLUMNS   640
#define DRAWN     8     /* lines, those that are behind most */
#define BELOW     96.0  /* height of the lower panel */
#define NEAR      0.1   /* of the retention: its half is drawn from there on */
#define VERY_NEAR 0.4   /* … and its end */
#define CAUGHT_UP 0.05  /* of the worst age */
#define PROMPT    2.0   /* seconds: nobody is behind */

struct line {
    const struct lag_line *line;
    struct course age, most_age, records; /* records.n 0: not counted */
    double worst, worst_s, last, caught_s; /* caught_s NAN: never */
    double most; /* records */
    size_t role;
};
struct view {
    struct line *line; /* the worst first */
    size_t       n, drawn;
    double       age_top, records_top;
    bool         counted;
};

/* The last value that is known. */
static double last_of(const struct course *c)
{
    double last = 0;
    for (size_t i = 0; i < c->n; i++)
        last = isnan(c->value[i]) ? last : rows_clean(c->value[i]);
    return last;
}

static void find_worst(const struct lag_data *d, struct line *l)
{
    size_t at = 0;
    for (size_t i = 0; i < l->most_age.n; i++)
        if (rows_clean(l->most_age.value[i]) > l->worst) {
            l->worst = l->most_age.value[i];
            at = i;
        }
    l->worst_s = fmin(((double)at + 0.5) * l->age.width_s, d->end_s);
    l->last = last_of(&l->age);
    l->caught_s = NAN;
    for (size_t i = at; i < l->age.n && isnan(l->caught_s); i++)
        if (l->age.value[i] <= CAUGHT_UP * l->worst) /* false where it is not known */
            l->caught_s = (double)(i == at ? i + 1 : i) * l->age.width_s;
    l->most = course_top(&l->records);
}

static int by_worst(const void *a, const void *b)
{
    const struct line *p = a, *q = b;
    if (p->worst != q->worst)
        return p->worst > q->worst ? -1 : 1;
    return p->line < q->line ? -1 : p->line > q->line; /* same array: by index */
}

static bool make_view(struct sheet *s, const struct lag_data *d, struct view *v)
{
    v->n = d->n_line;
    v->drawn = v->n < DRAWN ? v->n : DRAWN;
    v->line = sheet_get(s, v->n, sizeof(*v->line));
    for (size_t i = 0; v->line != NULL && i < v->n; i++) {
        struct line *l = &v->line[i];
        const struct lag_line *from = &d->line[i];
        *l = (struct line){.line = from};
        if (!course_make(s, &l->age, COURSE_LEVEL, from->age, d->n_replication, d->n, d->width_s, COLUMNS))
            return false;
        const double *most = from->age_max != NULL ? from->age_max : from->age;
        if (!course_make(s, &l->most_age, COURSE_MOST, most, d->n_replication, d->n, d->width_s, COLUMNS))
            return false;
        if (from->records != NULL && !course_make(s, &l->records, COURSE_LEVEL, from->records, d->n_replication, d->n, d->width_s, COLUMNS))
            return false;
        find_worst(d, l);
        v->age_top = fmax(v->age_top, l->worst);
        v->records_top = fmax(v->records_top, l->most);
        v->counted |= from->records != NULL;
    }
    if (v->line == NULL)
        return false;
    qsort(v->line, v->n, sizeof(*v->line), by_worst);
    for (size_t i = 0; i < v->n; i++) /* colours in the order of the scenario, while they last */
        v->line[i].role = v->n <= DRAWN ? (size_t)(v->line[i].line - d->line) + 1 : i + 1;
    return true;
}

static const struct role *role_at(const struct line *l)
{
    return role_of(l->role);
}

/* --- marks --- */

/* A mapping has no age while it sends no batch: the line bridges that. */
static void draw_course(struct sheet *s, const struct course *c, const struct scale *x, const struct scale *y, const struct role *role)
{
    struct point *p = sheet_points(s, c->n);
    size_t n = 0;
    for (size_t i = 0; p != NULL && i < c->n; i++)
        if (!isnan(c->value[i]))
            p[n++] = (struct point){scale_at(x, ((double)i + 0.5) * c->width_s), scale_at(y, rows_clean(c->value[i]))};
    if (p != NULL)
        sheet_line(s, p, n, (struct ink){role->line, 1}, 1.5, role->dash);
}

static void level_line(struct sheet *s, double value, const char *text, const struct scale *x, const struct scale *y)
{
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = RGB_TEXT};
    struct box within = {x->from + 4, y->to, x->to - 4, y->from - 1};
    double at = scale_at(y, value);
    if (value > y->hi)
        return;
    sheet_segment(s, x->from, at, x->to, at, (struct ink){0, 1}, 1, DASH_LONG);
    note_on_line(s, within, at, text, type);
}

static bool near(const struct lag_data *d, const struct view *v, double part)
{
    return v->age_top >= part * d->retention_s; /* false where it is not known */
}

static void draw_labels(struct sheet *s, const struct view *v, const struct scale *x, const struct scale *y, bool age)
{
    struct side_label *label = sheet_get(s, v->drawn, sizeof(*label));
    size_t n = 0;
    for (size_t i = 0; label != NULL && i < v->drawn; i++) {
        const struct line *l = &v->line[i];
        const struct course *c = age ? &l->age : &l->records;
        const char *most = age ? say_duration(s, l->worst) : say_round(s, l->most);
        if (c->n > 0)
            label[n++] = (struct side_label){scale_at(y, last_of(c)), l->line->name, sheet_format(s, "at most %s", most), role_at(l)->text};
    }
    if (label != NULL)
        side_labels(s, label, n, x->to, SIDE, y->to - 4, y->from + 4);
}

static void draw_age(struct sheet *s, const struct lag_data *d, const struct view *v, const struct scale *x, const struct scale *y)
{
    faults_draw(s, d->fault, d->n_fault, x, y->to, y->from, true);
    axis_y(s, y, TICK_DURATION, 5, x->from, x->to);
    for (size_t i = v->drawn; i-- > 0;)
        draw_course(s, &v->line[i].age, x, y, role_at(&v->line[i]));
    draw_labels(s, v, x, y, true);
    if (near(d, v, NEAR))
        level_line(s, d->retention_s / 2, sheet_format(s, "half of the retention, %s", say_duration(s, d->retention_s / 2)), x, y);
    if (near(d, v, VERY_NEAR))
        level_line(s, d->retention_s, sheet_format(s, "retention %s: older records are lost", say_duration(s, d->retention_s)), x, y);
}

static void draw_records(struct sheet *s, const struct lag_data *d, const struct view *v, const struct scale *x, const struct scale *y)
{
    faults_draw(s, d->fault, d->n_fault, x, y->to, y->from, false);
    axis_y(s, y, TICK_COUNT, 3, x->from, x->to);
    for (size_t i = v->drawn; i-- > 0;)
        if (v->line[i].records.n > 0)
            draw_course(s, &v->line[i].records, x, y, role_at(&v->line[i]));
    draw_labels(s, v, x, y, false);
}

/* --- words --- */

/* Whether it is known at the end how old the record is. */
static bool goes_on(const struct line *l)
{
    return l->age.n > 0 && !isnan(l->age.value[l->age.n - 1]);
}

static const char *finding(struct sheet *s, const struct lag_data *d, const struct view *v)
{
    const struct line *l = &v->line[0];
    if (!(l->worst > PROMPT))
        return sheet_format(s, "%s: %s more than %s behind", d->stream, v->n == 1 ? sheet_format(s, "%s is never", l->line->name) : "no consumer is ever",
                            say_duration(s, l->worst > 0 ? l->worst : 0));
    const char *part = d->retention_s > 0 ? sheet_format(s, ", %s of the retention", say_share(s, l->worst / d->retention_s)) : "";
    const char *end = isnan(l->caught_s) ? sheet_format(s, "%s behind %s", say_duration(s, l->last), goes_on(l) ? "at the end" : "with its last batch")
                                         : sheet_format(s, "caught up by %s", say_moment(s, l->caught_s));
    if (v->n == 1)
        return sheet_format(s, "%s: %s falls %s behind (at %s%s), %s", d->stream, l->line->name, say_duration(s, l->worst), say_moment(s, l->worst_s), part, end);
    return sheet_format(s, "%s: of %zu consumers %s falls furthest behind, %s (at %s%s), %s", d->stream, v->n, l->line->name, say_duration(s, l->worst),
                        say_moment(s, l->worst_s), part, end);
}

static const char *subtitle(struct sheet *s, const struct lag_data *d, const struct view *v)
{
    const char *kept = d->retention_s > 0 ? sheet_format(s, " · records are kept for %s", say_duration(s, d->retention_s)) : "";
    const char *more = v->n > v->drawn ? sheet_format(s, " · +%zu consumers, less behind than these", v->n - v->drawn) : "";
    return sheet_format(s, "how old the record is that each reader is at, mean per %s, run %s · %s%s%s", say_duration(s, v->line[0].age.width_s),
                        d->run, say_replications(s, d->n_replication), kept, more);
}

static void fill_table(struct sheet *s, const struct lag_data *d, const struct view *v)
{
    static const char *const head[] = {"consumer", "iterator age at most", "at", "part of the retention", "caught up by", "iterator age at the end", "most records not processed"};
    sheet_table_head(s, head, 7);
    for (size_t i = 0; i < v->n; i++) {
        const struct line *l = &v->line[i];
        sheet_cell(s, l->line->name);
        sheet_cell(s, say_duration(s, l->worst));
        sheet_cell(s, say_moment(s, l->worst_s));
        sheet_cell(s, d->retention_s > 0 ? say_share(s, l->worst / d->retention_s) : "none");
        sheet_cell(s, isnan(l->caught_s) ? "never" : say_moment(s, l->caught_s));
        sheet_cell(s, say_duration(s, l->last));
        cell_number(s, l->records.n > 0 ? l->most : NAN);
    }
}

static void panel_head(struct sheet *s, const struct scale *x, double y, const char *name, const char *doc)
{
    double width = text_width(name, type_label.size);
    sheet_text_within(s, x->from, y, name, type_label, x->to - x->from);
    if (x->from + width + 60 < x->to)
        sheet_text_within(s, x->from + width + 6, y, doc, type_soft, x->to - x->from - width - 6);
}

static struct scale age_scale(const struct lag_data *d, const struct view *v, double from, double to)
{
    double top = fmax(v->age_top, near(d, v, VERY_NEAR) ? d->retention_s : near(d, v, NEAR) ? d->retention_s / 2 : 0);
    return scale_linear(0, top > 0 ? top * 1.05 : 1, from, to);
}

static struct scale records_scale(const struct view *v, double from, double to)
{
    struct scale y = scale_linear(0, v->records_top > 0 ? v->records_top * 1.03 : 1, from, to);
    scale_nice(&y, TICK_COUNT, 3);
    return y;
}

static void draw_all(struct sheet *s, const struct lag_data *d, const struct view *v, double y)
{
    double named = faults_room(d->n_fault), below = v->counted ? BELOW + HEAD_ROW + GAP : 0;
    double fixed = y + HEAD_ROW + named + below + AXIS_X_ROOM + PAGE_EDGE;
    s->height = fmax(s->height, fixed + 110);
    double top = y + HEAD_ROW + named, bottom = s->height - fixed + top;
    struct scale age = age_scale(d, v, bottom, top), records = records_scale(v, bottom + below, bottom + below - BELOW);
    double room = fmax(axis_y_room(&age, TICK_DURATION, 5), v->counted ? axis_y_room(&records, TICK_COUNT, 3) : 0);
    struct scale x = scale_linear(0, d->end_s, PAGE_EDGE + room, s->width - PAGE_EDGE - SIDE);
    panel_head(s, &x, y + 10, "iterator age", "of the record that a reader is at");
    draw_age(s, d, v, &x, &age);
    if (v->counted) {
        panel_head(s, &x, bottom + GAP + 10, "records not processed", "");
        draw_records(s, d, v, &x, &records);
    }
    axis_x(s, &x, TICK_MOMENT, top, bottom + below, false, "time since the start of the run");
}

bool lag_layout(const struct lag_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n == 0 || d->n_line == 0 || d->n_replication == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: %s has no consumer with an iterator age over time", d->stream);
    struct page_size page = page_size(width, height, 400);
    struct sheet *s = sheet_open(page.width, page.height);
    struct view v = {.n = 0};
    if (s != NULL && make_view(s, d, &v)) {
        const char *title = finding(s, d, &v);
        draw_all(s, d, &v, frame_head(s, title, subtitle(s, d, &v)) + 6);
        fill_table(s, d, &v);
        sheet_alt_set(s, sheet_format(s, "Iterator age of the consumers of %s over time, run %s. %s.", d->stream, d->run, title));
    }
    return sheet_close(s, out, err);
}
