/* chart_deliveries.c - what did each subscriber get, and at which try? One row a subscription or target on one time axis and
 * one scale: deliveries per second as an area, attempts after the first in front of it, and marks above the row where
 * deliveries were given up: as dead letters, or dropped. */
#include <math.h>

#include "bands.h"
#include "layouts_fanout.h"
#include "text.h"

#define HEAD_ROW  16.0
#define MARKS     9.0 /* the strip above a row */
#define GAP       9.0
#define ROW_MIN   34.0
#define ROW_OWN   56.0
#define COLUMNS   640
#define APART     8   /* times as much: rows get scales of their own */
#define MARK_ROOM 9.0 /* at most one mark in as many points */

#define RGB_DELIVERED 0x9CCBE8u
#define RGB_LINE      0x0072B2u
#define RGB_RETRY     0xD55E00u

static const struct giving_up {
    const char *name;
    uint32_t    rgb;
    enum shape  shape;
} kinds[] = {{"dead letters", 0x1F1F1F, SHAPE_DIAMOND}, {"dropped", 0xA84A00, SHAPE_CROSS}};
enum { DEAD, DROPPED, N_KIND };

struct view {
    const struct deliveries_row *row;
    double  *delivered, *retries; /* per second, mean of the replications, joined; retries NULL: not counted */
    double  *given_up[N_KIND];    /* counts of all replications, in the data's buckets; NULL: not counted */
    double   total, again, lost[N_KIND]; /* means over the replications */
    double   top;                        /* the largest rate */
    size_t   n;
    double   width_s;
};

static double clean(double x)
{
    return isfinite(x) && x > 0 ? x : 0;
}

/* Sums over the replications. */
static double *sums(struct sheet *s, const struct deliveries_data *d, const double *value, double *total)
{
    double *sum = value != NULL ? sheet_get(s, d->n, sizeof(*sum)) : NULL;
    for (size_t b = 0; sum != NULL && b < d->n; b++) {
        sum[b] = 0;
        for (size_t r = 0; r < d->n_replication; r++)
            sum[b] += clean(value[r * d->n + b]);
        *total += sum[b];
    }
    return sum;
}

/* Sums to rates of at most COLUMNS buckets. */
static double *rates(struct sheet *s, const struct deliveries_data *d, const double *sum, struct view *v)
{
    size_t by = d->n > COLUMNS ? (d->n + COLUMNS - 1) / COLUMNS : 1;
    v->n = (d->n + by - 1) / by;
    v->width_s = d->width_s * (double)by;
    double *rate = sum != NULL ? sheet_get(s, v->n, sizeof(*rate)) : NULL;
    for (size_t i = 0; rate != NULL && i < v->n; i++) {
        double all = 0;
        size_t to = (i + 1) * by < d->n ? (i + 1) * by : d->n;
        for (size_t b = i * by; b < to; b++)
            all += sum[b];
        double span = (double)(to - i * by) * d->width_s * (double)d->n_replication;
        rate[i] = span > 0 ? all / span : 0;
    }
    return rate;
}

static void make_view(struct sheet *s, const struct deliveries_data *d, const struct deliveries_row *row, struct view *v)
{
    *v = (struct view){.row = row};
    double n = (double)d->n_replication;
    v->delivered = rates(s, d, sums(s, d, row->delivered, &v->total), v);
    v->retries = rates(s, d, sums(s, d, row->retries, &v->again), v);
    v->given_up[DEAD] = sums(s, d, row->dead, &v->lost[DEAD]);
    v->given_up[DROPPED] = sums(s, d, row->dropped, &v->lost[DROPPED]);
    for (size_t b = 0; b < v->n; b++)
        v->top = fmax(v->top, fmax(v->delivered != NULL ? v->delivered[b] : 0, v->retries != NULL ? v->retries[b] : 0));
    v->total /= n;
    v->again /= n;
    v->lost[DEAD] /= n;
    v->lost[DROPPED] /= n;
}

static const char *number(struct sheet *s, double x)
{
    char text[FORMAT_SIZE];
    format_round(text, x);
    return sheet_format(s, "%s", text);
}

/* --- marks of a row --- */

static void draw_steps(struct sheet *s, const struct view *v, const double *rate, const struct scale *x, const struct scale *y,
                       uint32_t fill, double alpha, uint32_t line)
{
    struct point *p = sheet_points(s, 2 * v->n + 2);
    double most = 0;
    for (size_t i = 0; p != NULL && i < v->n; i++) {
        double at = scale_at(y, rate[i]);
        p[2 * i] = (struct point){scale_at(x, (double)i * v->width_s), at};
        p[2 * i + 1] = (struct point){scale_at(x, (double)(i + 1) * v->width_s), at};
        most = fmax(most, rate[i]);
    }
    if (p == NULL || most == 0)
        return;
    p[2 * v->n] = (struct point){p[2 * v->n - 1].x, scale_at(y, 0)};
    p[2 * v->n + 1] = (struct point){p[0].x, scale_at(y, 0)};
    sheet_area(s, p, 2 * v->n + 2, (struct ink){fill, alpha});
    sheet_line(s, p, 2 * v->n, (struct ink){line, 1}, 1, DASH_SOLID);
}

/* One mark for all that fell into a few points of the axis. */
static void draw_given_up(struct sheet *s, const struct deliveries_data *d, const struct view *v, size_t kind, const struct scale *x, double y)
{
    size_t places = (size_t)fmax((x->to - x->from) / MARK_ROOM, 1);
    bool *marked = sheet_get(s, places, sizeof(*marked));
    for (size_t i = 0; marked != NULL && i < places; i++)
        marked[i] = false;
    for (size_t b = 0; marked != NULL && v->given_up[kind] != NULL && b < d->n; b++) {
        double at = (scale_at(x, ((double)b + 0.5) * d->width_s) - x->from) / (x->to - x->from) * (double)places;
        size_t place = at > 0 ? (size_t)at : 0;
        place = place < places ? place : places - 1;
        if (v->given_up[kind][b] > 0 && !marked[place]) {
            marked[place] = true;
            sheet_dot(s, x->from + ((double)place + 0.5) * (x->to - x->from) / (double)places, y, (struct ink){kinds[kind].rgb, 1}, 5,
                      kinds[kind].shape);
        }
    }
}

static const char *counted(struct sheet *s, double x)
{
    char text[FORMAT_SIZE];
    format_number(text, x);
    return sheet_format(s, "%s", text);
}

static const char *row_numbers(struct sheet *s, const struct view *v)
{
    const char *text = sheet_format(s, "%s delivered", counted(s, v->total));
    if (v->row->retries != NULL)
        text = sheet_format(s, "%s, %s retries", text, counted(s, v->again));
    for (size_t k = 0; k < N_KIND; k++)
        if (v->lost[k] > 0)
            text = sheet_format(s, "%s, %s %s", text, counted(s, v->lost[k]), kinds[k].name);
    return text;
}

static void row_head(struct sheet *s, const struct view *v, double left, double right, double y)
{
    struct type soft = type_soft;
    soft.align = ALIGN_RIGHT;
    const char *numbers = row_numbers(s, v), *fit = s->failed ? NULL : text_fit(&s->arena, numbers, soft.size, (right - left) * 0.62);
    if (fit == NULL)
        return;
    sheet_text(s, right, y, fit, soft);
    sheet_text_within(s, left, y, v->row->name, type_label, right - left - text_width(fit, soft.size) - 12);
}

static void draw_row(struct sheet *s, const struct deliveries_data *d, const struct view *v, const struct scale *x,
                     const struct scale *y, bool first)
{
    size_t want = y->from - y->to > 70 ? 3 : 2;
    faults_draw(s, d->fault, d->n_fault, x, y->to - MARKS, y->from, first);
    axis_y(s, y, TICK_NUMBER, want, x->from, x->to);
    if (v->delivered != NULL)
        draw_steps(s, v, v->delivered, x, y, RGB_DELIVERED, 0.8, RGB_LINE);
    if (v->retries != NULL)
        draw_steps(s, v, v->retries, x, y, RGB_RETRY, 0.55, RGB_RETRY);
    for (size_t k = 0; k < N_KIND; k++)
        draw_given_up(s, d, v, k, x, y->to - MARKS / 2);
}

/* --- words --- */

static const char *entity_name(const struct deliveries_data *d)
{
    return d->entity != NULL ? d->entity : "";
}

static const char *finding(struct sheet *s, const struct deliveries_data *d, const struct view *view)
{
    double total = 0, again = 0, lost = 0;
    size_t worst = 0, with = 0;
    for (size_t i = 0; i < d->n_row; i++) {
        total += view[i].total;
        again += view[i].again;
        lost += view[i].lost[DEAD] + view[i].lost[DROPPED];
        with += view[i].again > 0;
        if (view[i].again > view[worst].again)
            worst = i;
    }
    const char *given_up = lost > 0 ? sheet_format(s, "%s given up", number(s, lost)) : "none given up";
    if (total + again + lost == 0)
        return sheet_format(s, "%s delivered nothing", entity_name(d));
    if (again == 0)
        return sheet_format(s, "%s: every delivery at the first try, %s", entity_name(d), given_up);
    if (with == 1 && d->n_row > 1)
        return sheet_format(s, "%s: only %s needs retries, %s for %s deliveries; %s", entity_name(d), view[worst].row->name,
                            number(s, again), number(s, view[worst].total), given_up);
    return sheet_format(s, "%s: %s deliveries took %s retries, most of them to %s; %s", entity_name(d), number(s, total),
                        number(s, again), view[worst].row->name, given_up);
}

/* One scale shows who gets more; where retries of one row would flatten the others, each has its own. */
static double common_top(const struct deliveries_data *d, const struct view *view)
{
    double most = 0, least = INFINITY;
    for (size_t i = 0; i < d->n_row; i++) {
        most = fmax(most, view[i].top);
        least = view[i].top > 0 ? fmin(least, view[i].top) : least;
    }
    return most > APART * least ? NAN : most;
}

static const char *subtitle(struct sheet *s, const struct deliveries_data *d, const struct view *view)
{
    const char *over = d->n_replication == 1 ? "one replication" : sheet_format(s, "mean of %zu replications", d->n_replication);
    return sheet_format(s, "per second, run %s · %s%s · %s", d->run, over, d->warmed ? ", warm-up included" : "",
                        isnan(common_top(d, view)) ? "each row has its own scale" : "all rows have one scale");
}

static void legend_entry(struct sheet *s, double *x, double y, const char *text, uint32_t rgb, enum shape shape)
{
    double width = text_width(text, type_soft.size);
    if (*x + 11 + width > s->width - PAGE_EDGE)
        return;
    sheet_dot(s, *x + 4, y - 3.2, (struct ink){rgb, 1}, 6, shape);
    sheet_text(s, *x + 11, y, text, type_soft);
    *x += 11 + width + 16;
}

static void legend(struct sheet *s, const struct deliveries_data *d, const struct view *view, double y)
{
    double x = PAGE_EDGE;
    bool lost[N_KIND] = {false}, again = false;
    for (size_t i = 0; i < d->n_row; i++) {
        again |= view[i].again > 0;
        for (size_t k = 0; k < N_KIND; k++)
            lost[k] |= view[i].lost[k] > 0;
    }
    legend_entry(s, &x, y, "delivered", RGB_LINE, SHAPE_SQUARE);
    if (again)
        legend_entry(s, &x, y, "retries, in front", RGB_RETRY, SHAPE_SQUARE);
    for (size_t k = 0; k < N_KIND; k++)
        if (lost[k])
            legend_entry(s, &x, y, kinds[k].name, kinds[k].rgb, kinds[k].shape);
    if (d->n_more > 0)
        sheet_text_within(s, x, y, sheet_format(s, "+%zu more, with no more retries than these", d->n_more), type_soft, s->width - PAGE_EDGE - x);
}

static void fill_table(struct sheet *s, const struct deliveries_data *d, const struct view *view)
{
    static const char *const head[] = {"to", "delivered", "retries", "dead letters", "dropped", "most delivered per second"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 6);
    for (size_t i = 0; i < d->n_row; i++) {
        const struct view *v = &view[i];
        const bool known[] = {true, v->row->retries != NULL, v->row->dead != NULL, v->row->dropped != NULL, true};
        double value[] = {v->total, v->again, v->lost[DEAD], v->lost[DROPPED], 0};
        for (size_t b = 0; v->delivered != NULL && b < v->n; b++)
            value[4] = fmax(value[4], v->delivered[b]);
        sheet_cell(s, v->row->name);
        for (size_t k = 0; k < 5; k++) {
            format_number(text, value[k]);
            sheet_cell(s, known[k] ? text : "not counted");
        }
    }
}

static const char *describe(struct sheet *s, const struct deliveries_data *d, const struct view *view, const char *title)
{
    const char *text = sheet_format(s, "Deliveries of %s per subscriber over time, run %s. %s.", entity_name(d), d->run, title);
    for (size_t i = 0; i < d->n_row && i < 8; i++)
        text = sheet_format(s, "%s To %s: %s.", text, view[i].row->name, row_numbers(s, &view[i]));
    return text;
}

static struct scale row_scale(const struct view *v, double common)
{
    double top = isnan(common) ? v->top : common;
    return scale_linear(0, top > 0 ? top * 1.04 : 1, 100, 0);
}

static void draw_all(struct sheet *s, const struct deliveries_data *d, const struct view *view, double y, bool own)
{
    double n = (double)d->n_row, named = faults_room(d->n_fault), common = common_top(d, view), room = 0;
    double fixed = y + named + n * (HEAD_ROW + MARKS) + (n - 1) * GAP + AXIS_X_ROOM + 18 + PAGE_EDGE;
    s->height = fmax(s->height, fixed + n * (own ? fmax(ROW_OWN, 150 / n) : ROW_MIN));
    double height = (s->height - fixed) / n;
    for (size_t i = 0; i < d->n_row; i++) {
        struct scale ys = row_scale(&view[i], common);
        room = fmax(room, fmax(axis_y_room(&ys, TICK_NUMBER, 2), axis_y_room(&ys, TICK_NUMBER, 3)));
    }
    double left = PAGE_EDGE + room, right = s->width - PAGE_EDGE - 6;
    struct scale x = scale_linear(0, d->end_s, left, right);
    for (size_t i = 0; i < d->n_row; i++) {
        double top = y + HEAD_ROW + (i == 0 ? named : 0) + MARKS;
        struct scale ys = row_scale(&view[i], common);
        row_head(s, &view[i], left, right, y + type_label.size * 1.1);
        ys.to = top;
        ys.from = top + height;
        draw_row(s, d, &view[i], &x, &ys, i == 0);
        y = top + height + (i + 1 < d->n_row ? GAP : 0);
    }
    axis_x(s, &x, TICK_MOMENT, y, y, false, "time since the start of the run");
    legend(s, d, view, s->height - PAGE_EDGE);
}

bool deliveries_layout(const struct deliveries_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n == 0 || d->n_row == 0 || d->n_replication == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: %s has no deliveries over time", entity_name(d));
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, page.height);
    struct view *view = s != NULL ? sheet_get(s, d->n_row, sizeof(*view)) : NULL;
    if (view == NULL)
        return sheet_close(s, out, err);
    for (size_t i = 0; i < d->n_row; i++)
        make_view(s, d, &d->row[i], &view[i]);
    if (!s->failed) {
        const char *title = finding(s, d, view);
        draw_all(s, d, view, frame_head(s, title, subtitle(s, d, view)) + 8, !(height > 0));
        fill_table(s, d, view);
        sheet_alt_set(s, describe(s, d, view, title));
    }
    return sheet_close(s, out, err);
}
