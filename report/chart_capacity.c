/* chart_capacity.c - does capacity follow the load? Instances that are in service as steps, the load in instances' worth of
 * work as a line; where the load is above, work waits (dark), where it is below, instances idle (pale), and both areas are
 * told in instance-hours. Instances that have nothing they could work on, as those of a stream's readers beyond its shards, count for
 * nothing (grey). One row is a group, with its backlog per instance below; several rows are policies, or groups, on
 * one time axis and one scale. */
#include <math.h>

#include "layouts_scaling.h"
#include "rows.h"
#include "text.h"

#define COLUMNS  640
#define HEAD_ROW 16.0
#define GAP      10.0
#define ROW_OWN  70.0
#define ROW_ONE  190.0
#define BELOW    80.0 /* height of the backlog's panel */

#define RGB_SHORT    0xE07B39u
#define RGB_IDLE     0xCFE3F1u
#define RGB_CAPACITY 0x0072B2u
#define RGB_LOAD     0x1F1F1Fu
#define RGB_USELESS  0xE4E0DAu

struct row {
    const struct capacity_row *row;
    struct course load, capacity, desired, backlog, useful; /* n 0: not known */
    double lack, idle;    /* instance-hours, means of the replications */
    double lack_share;    /* part of the time with too little */
    double used;          /* instance-hours in service */
    double useless;       /* of them, without a shard to work on */
    double top;
};
struct view {
    struct row *row;
    size_t      n, least, thrifty; /* with the least lack; with the least idle */
    double      top;
};

/* Areas are taken bucket by bucket and replication by replication: means of replications would hide what each lacks. */
static void measure(const struct capacity_data *d, struct row *r)
{
    double hours = d->width_s / 3600 / (double)r->row->n_replication, time = (double)d->n * (double)r->row->n_replication;
    for (size_t i = 0; i < d->n * r->row->n_replication; i++) {
        double load = rows_clean(r->row->load[i]), capacity = rows_clean(r->row->capacity[i]);
        double useful = r->row->useful == NULL ? capacity : fmin(rows_clean(r->row->useful[i]), capacity);
        r->lack += load > useful ? (load - useful) * hours : 0;
        r->idle += useful > load ? (useful - load) * hours : 0;
        r->used += capacity * hours;
        r->useless += (capacity - useful) * hours;
        r->lack_share += load > useful ? 1 / time : 0;
    }
}

static bool make_course(struct sheet *s, const struct capacity_data *d, const struct row *r, struct course *c, const double *value)
{
    return value == NULL || course_make(s, c, COURSE_LEVEL, value, r->row->n_replication, d->n, d->width_s, COLUMNS);
}

static bool make_view(struct sheet *s, const struct capacity_data *d, struct view *v)
{
    v->n = d->n_row;
    v->row = sheet_get(s, v->n, sizeof(*v->row));
    for (size_t i = 0; v->row != NULL && i < v->n; i++) {
        struct row *r = &v->row[i];
        *r = (struct row){.row = &d->row[i]};
        if (!make_course(s, d, r, &r->load, r->row->load) || !make_course(s, d, r, &r->capacity, r->row->capacity) ||
            !make_course(s, d, r, &r->desired, r->row->desired) || !make_course(s, d, r, &r->backlog, r->row->backlog) ||
            !make_course(s, d, r, &r->useful, r->row->useful))
            return false;
        measure(d, r);
        r->top = fmax(course_top(&r->load), course_top(&r->capacity));
        v->top = fmax(v->top, r->top);
        v->least = r->lack < v->row[v->least].lack ? i : v->least;
        v->thrifty = r->idle < v->row[v->thrifty].idle ? i : v->thrifty;
    }
    return v->row != NULL;
}

/* --- marks --- */

/* One polygon for each run of columns in which the one is above the other. */
static void shade(struct sheet *s, const struct course *above, const struct course *below, const struct scale *x, const struct scale *y, uint32_t rgb)
{
    for (size_t i = 0, to; i < above->n; i = to) {
        bool over = rows_clean(above->value[i]) > rows_clean(below->value[i]);
        for (to = i + 1; to < above->n && (rows_clean(above->value[to]) > rows_clean(below->value[to])) == over; to++)
            continue;
        struct point *p = over ? sheet_points(s, 4 * (to - i)) : NULL;
        for (size_t k = i; p != NULL && k < to; k++) {
            double from = scale_at(x, (double)k * above->width_s), end = scale_at(x, (double)(k + 1) * above->width_s);
            double high = scale_at(y, rows_clean(above->value[k])), low = scale_at(y, rows_clean(below->value[k]));
            p[2 * (k - i)] = (struct point){from, high};
            p[2 * (k - i) + 1] = (struct point){end, high};
            p[4 * (to - i) - 1 - 2 * (k - i)] = (struct point){from, low};
            p[4 * (to - i) - 2 - 2 * (k - i)] = (struct point){end, low};
        }
        if (p != NULL)
            sheet_area(s, p, 4 * (to - i), (struct ink){rgb, 1});
    }
}

static const char *hours(struct sheet *s, const struct capacity_data *d, double x)
{
    return sheet_format(s, "%s %s-hours", say_number(s, x), d->unit);
}

static void draw_row(struct sheet *s, const struct capacity_data *d, const struct row *r, const struct scale *x, const struct scale *y, size_t want,
                     bool first)
{
    faults_draw(s, d->fault, d->n_fault, x, y->to, y->from, first);
    axis_y(s, y, TICK_NUMBER, want, x->from, x->to);
    const struct course *useful = r->useful.n > 0 ? &r->useful : &r->capacity;
    shade(s, &r->capacity, useful, x, y, RGB_USELESS);
    shade(s, useful, &r->load, x, y, RGB_IDLE);
    shade(s, &r->load, useful, x, y, RGB_SHORT);
    if (r->desired.n > 0)
        course_steps(s, &r->desired, x, y, (struct ink){RGB_SOFT, 1}, 0.9, DASH_SHORT);
    course_steps(s, &r->capacity, x, y, (struct ink){RGB_CAPACITY, 1}, 1.5, DASH_SOLID);
    course_steps(s, &r->load, x, y, (struct ink){RGB_LOAD, 1}, 0.9, DASH_SOLID);
}

static void row_head(struct sheet *s, const struct capacity_data *d, const struct row *r, double left, double right, double y)
{
    struct type soft = type_soft;
    soft.align = ALIGN_RIGHT;
    const char *numbers = sheet_format(s, "short %s, idle %s, in service %s", hours(s, d, r->lack), say_number(s, r->idle), say_number(s, r->used));
    const char *fit = s->failed ? NULL : text_fit(&s->arena, numbers, soft.size, (right - left) * 0.7);
    if (fit == NULL)
        return;
    sheet_text(s, right, y, fit, soft);
    sheet_text_within(s, left, y, r->row->name, type_label, right - left - text_width(fit, soft.size) - 12);
}

static struct scale backlog_scale(const struct course *per, double from, double to)
{
    double top = course_top(per);
    struct scale y = scale_linear(0, top > 0 ? top * 1.03 : 1, from, to);
    scale_nice(&y, TICK_NUMBER, 3);
    return y;
}

/* Messages that wait for each instance in service; for none: for one. */
static bool per_instance(struct sheet *s, const struct row *r, struct course *out)
{
    *out = r->backlog;
    out->value = sheet_get(s, out->n, sizeof(*out->value));
    for (size_t i = 0; out->value != NULL && i < out->n; i++)
        out->value[i] = rows_clean(r->backlog.value[i]) / fmax(rows_clean(r->capacity.value[i]), 1);
    if (out->value == NULL)
        out->n = 0;
    return out->value != NULL;
}

static void draw_backlog(struct sheet *s, const struct capacity_data *d, const struct course *per, const struct scale *x, const struct scale *y)
{
    struct type soft = type_soft;
    soft.align = ALIGN_RIGHT;
    sheet_text_within(s, x->from, y->to - 6, sheet_format(s, "backlog per %s", d->unit), type_label, (x->to - x->from) / 2);
    sheet_text(s, x->to, y->to - 6, sheet_format(s, "at most %s waiting", say_round(s, course_top(per))), soft);
    faults_draw(s, d->fault, d->n_fault, x, y->to, y->from, false);
    axis_y(s, y, TICK_NUMBER, 3, x->from, x->to);
    course_area(s, per, x, y, (struct ink){0xDDDDDD, 1});
    course_steps(s, per, x, y, (struct ink){RGB_SOFT, 1}, 1.2, DASH_SOLID);
}

static void draw_legend(struct sheet *s, const struct capacity_data *d, const struct view *v, double y)
{
    double x = PAGE_EDGE, right = s->width - PAGE_EDGE;
    bool desired = false, useful = false;
    for (size_t i = 0; i < v->n; i++) {
        desired |= v->row[i].desired.n > 0;
        useful |= v->row[i].useful.n > 0;
    }
    legend_entry(s, &x, y, "in service", RGB_CAPACITY, SHAPE_SQUARE, right);
    legend_entry(s, &x, y, sheet_format(s, "load: %s", d->load_name), RGB_LOAD, SHAPE_SQUARE, right);
    legend_entry(s, &x, y, "short", RGB_SHORT, SHAPE_SQUARE, right);
    legend_entry(s, &x, y, "idle", 0x9DC5E0, SHAPE_SQUARE, right);
    if (desired)
        legend_entry(s, &x, y, "desired (dashed)", RGB_SOFT, SHAPE_SQUARE, right);
    if (useful)
        legend_entry(s, &x, y, d->useless == NULL ? "without a shard" : d->useless, 0xC9C2B8, SHAPE_SQUARE, right);
}

/* --- words --- */

static const char *finding(struct sheet *s, const struct capacity_data *d, const struct view *v)
{
    const struct row *a = &v->row[v->least], *b = &v->row[v->thrifty];
    if (v->n == 1 && a->useless > 0.005 * a->used)
        return sheet_format(s, "%s: %s short (%s of the time), %s of %s %s%s", d->what, hours(s, d, a->lack),
                            say_share(s, a->lack_share), say_number(s, a->useless), say_number(s, a->used), d->useless == NULL ? "have no shard" : "are ",
                            d->useless == NULL ? "" : d->useless);
    if (v->n == 1)
        return sheet_format(s, "%s: %s short (%s of the time), %s idle of %s in service", d->what, hours(s, d, a->lack), say_share(s, a->lack_share),
                            say_number(s, a->idle), say_number(s, a->used));
    if (a == b)
        return sheet_format(s, "%s is short least (%s) and idle least (%s)", a->row->name, hours(s, d, a->lack), say_number(s, a->idle));
    return sheet_format(s, "%s is short least, %s, with %s idle; %s idles least, %s, and is %s short", a->row->name, hours(s, d, a->lack),
                        say_number(s, a->idle), b->row->name, say_number(s, b->idle), say_number(s, b->lack));
}

static const char *subtitle(struct sheet *s, const struct capacity_data *d, const struct view *v)
{
    size_t n = v->row[0].row->n_replication;
    if (d->run != NULL)
        return sheet_format(s, "%ss, run %s · %s", d->unit, d->run, say_replications(s, n));
    return sheet_format(s, "%ss; each row a run, one scale · %s", d->unit, n == 1 ? "one replication" : sheet_format(s, "means of %zu replications", n));
}

static void fill_table(struct sheet *s, const struct capacity_data *d, const struct view *v)
{
    const char *const head[] = {"row", sheet_format(s, "short, %s-hours", d->unit), "short, part of the time", sheet_format(s, "idle, %s-hours", d->unit),
                                sheet_format(s, "in service, %s-hours", d->unit), "paid, instance-hours", "most load", "most in service"};
    sheet_table_head(s, head, 8);
    for (size_t i = 0; i < v->n; i++) {
        const struct row *r = &v->row[i];
        sheet_cell(s, r->row->name);
        cell_number(s, r->lack);
        sheet_cell(s, say_share(s, r->lack_share));
        cell_number(s, r->idle);
        cell_number(s, r->used);
        cell_number(s, r->row->cost);
        cell_number(s, course_top(&r->load));
        cell_number(s, course_top(&r->capacity));
    }
}

static void draw_all(struct sheet *s, const struct capacity_data *d, const struct view *v, double y, bool own)
{
    struct course per = {.n = 0};
    double n = (double)v->n, named = faults_room(d->n_fault);
    bool below = v->n == 1 && v->row[0].backlog.n > 0 && per_instance(s, &v->row[0], &per);
    double extra = below ? BELOW + HEAD_ROW + GAP : 0;
    double fixed = y + named + n * HEAD_ROW + (n - 1) * GAP + extra + AXIS_X_ROOM + 18 + PAGE_EDGE;
    s->height = own ? fixed + n * (v->n == 1 ? ROW_ONE : ROW_OWN) : fmax(s->height, fixed + n * 40);
    double height = (s->height - fixed) / n;
    size_t want = height > 120 ? 5 : 3;
    struct scale ys = scale_linear(0, v->top > 0 ? v->top * 1.04 : 1, height, 0), ps = backlog_scale(&per, BELOW, 0);
    double room = fmax(axis_y_room(&ys, TICK_NUMBER, want), below ? axis_y_room(&ps, TICK_NUMBER, 3) : 0);
    struct scale x = scale_linear(0, d->end_s, PAGE_EDGE + room, s->width - PAGE_EDGE - 6);
    for (size_t i = 0; i < v->n; i++) {
        double top = y + HEAD_ROW + (i == 0 ? named : 0);
        row_head(s, d, &v->row[i], x.from, x.to, y + type_label.size * 1.1);
        ys.to = top;
        ys.from = top + height;
        draw_row(s, d, &v->row[i], &x, &ys, want, i == 0);
        y = top + height + (i + 1 < v->n ? GAP : 0);
    }
    if (below) {
        ps.to = y + GAP + HEAD_ROW;
        ps.from = y = ps.to + BELOW;
        draw_backlog(s, d, &per, &x, &ps);
    }
    axis_x(s, &x, TICK_MOMENT, y, y, false, "time since the start of the run");
    draw_legend(s, d, v, y + AXIS_X_ROOM + 12);
}

bool capacity_layout(const struct capacity_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n == 0 || d->n_row == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: no capacity over time");
    for (size_t i = 0; i < d->n_row; i++)
        if (d->row[i].n_replication == 0)
            return err_set(err, ERR_DATA, "there is nothing to draw: %s has no replication", d->row[i].name);
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, page.height);
    struct view v = {.n = 0};
    if (s != NULL && make_view(s, d, &v)) {
        const char *title = finding(s, d, &v);
        draw_all(s, d, &v, frame_head(s, title, subtitle(s, d, &v)) + 8, !(height > 0));
        fill_table(s, d, &v);
        sheet_alt_set(s, sheet_format(s, "Capacity against load over time. %s.", title));
    }
    return sheet_close(s, out, err);
}
