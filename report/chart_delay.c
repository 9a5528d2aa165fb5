/* chart_delay.c - how long does a delivery stream hold records? The share of records that is delivered within a time, a curve
 * for each way to buffer; a dotted line is where the buffer's interval ends. A straight line up to it says that the interval
 * closes buffers; a curve that ends before it, that their size does. */
#include <math.h>

#include "layouts_stream.h"
#include "rows.h"
#include "text.h"

#define CURVES 8
#define POINTS 400
#define TOP    0.999 /* the axis ends where this share is delivered */
#define FAR    6     /* times: medians so far apart need a log axis */

struct curve {
    const struct delay_curve *curve;
    uint64_t total;
    double   p10, p50, p99, most;
};
struct view {
    struct curve *curve;
    size_t        n, least, most; /* with the least and the largest median */
    bool          far;
};

/* Within a bin values lie evenly. */
static double quantile(const struct delay_curve *c, uint64_t total, double p)
{
    double want = p * (double)total, sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        double count = (double)c->count[i];
        if (count > 0 && sum + count >= want)
            return rows_clean(c->low_s[i] + (c->high_s[i] - c->low_s[i]) * fmin(fmax((want - sum) / count, 0), 1));
        sum += count;
    }
    return c->n > 0 ? rows_clean(c->high_s[c->n - 1]) : 0;
}

static bool make_view(struct sheet *s, const struct delay_data *d, struct view *v)
{
    v->curve = sheet_get(s, CURVES, sizeof(*v->curve));
    for (size_t i = 0; v->curve != NULL && i < d->n_curve && v->n < CURVES; i++) {
        struct curve c = {.curve = &d->curve[i]};
        for (size_t k = 0; k < c.curve->n; k++)
            c.total += c.curve->count[k];
        if (c.total == 0)
            continue;
        c.p10 = quantile(c.curve, c.total, 0.1);
        c.p50 = quantile(c.curve, c.total, 0.5);
        c.p99 = quantile(c.curve, c.total, 0.99);
        c.most = quantile(c.curve, c.total, 1);
        v->curve[v->n++] = c;
    }
    for (size_t i = 0; v->curve != NULL && i < v->n; i++) {
        v->least = v->curve[i].p50 < v->curve[v->least].p50 ? i : v->least;
        v->most = v->curve[i].p50 > v->curve[v->most].p50 ? i : v->most;
    }
    v->far = v->n > 1 && v->curve[v->least].p10 > 0 && v->curve[v->most].p50 > FAR * v->curve[v->least].p50;
    return v->curve != NULL;
}

/* --- marks --- */

/* Corners of the cumulative histogram, from where the axis begins; a few hundred are enough for a page. */
static void draw_curve(struct sheet *s, const struct curve *c, const struct scale *x, const struct scale *y, const struct role *role)
{
    size_t used = 0;
    struct point *p = sheet_points(s, POINTS + 3);
    double sum = 0, last = -INFINITY, each = (x->to - x->from) / POINTS;
    for (size_t i = 0; p != NULL && i < c->curve->n; i++) {
        if (c->curve->count[i] == 0)
            continue;
        if (used == 0 && c->curve->high_s[i] > x->lo)
            p[used++] = (struct point){scale_at(x, c->curve->low_s[i]), scale_at(y, sum / (double)c->total)};
        sum += (double)c->curve->count[i];
        double at = scale_at(x, c->curve->high_s[i]);
        if (used == 0 || (at - last < each && sum < (double)c->total))
            continue;
        p[used++] = (struct point){last = at, scale_at(y, sum / (double)c->total)};
        if (used == POINTS + 3)
            break;
    }
    if (p != NULL)
        sheet_line(s, p, used, (struct ink){role->line, 1}, 1.7, role->dash);
}

static void draw_interval(struct sheet *s, const struct curve *c, const struct scale *x, const struct scale *y, const struct role *role)
{
    double at = c->curve->interval_s;
    if (at > x->lo && at <= x->hi)
        sheet_segment(s, scale_at(x, at), y->from, scale_at(x, at), y->to, (struct ink){role->line, 0.8}, 0.9, DASH_DOT);
}

static const char *label(struct sheet *s, const struct curve *c)
{
    return c->curve->setting == NULL || c->curve->told ? c->curve->name : sheet_format(s, "%s: %s", c->curve->name, c->curve->setting);
}

/* Names stand at different heights, for curves are often next to each other. */
static void draw_labels(struct sheet *s, const struct view *v, const struct scale *x, const struct scale *y)
{
    struct box within = {x->from + 4, y->to, x->to - 2, y->from - 2};
    for (size_t i = 0; i < v->n; i++) {
        const struct curve *c = &v->curve[i];
        struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = role_of(i + 1)->text};
        double p = v->n == 1 ? 0.5 : 0.3 + 0.5 * (double)i / (double)(v->n - 1);
        double at = scale_at(x, quantile(c->curve, c->total, p)), up = scale_at(y, p);
        if (!note_put(s, within, at, up, label(s, c), type))
            note_put(s, within, at, up, c->curve->name, type);
    }
}

static void mark(struct sheet *s, const struct curve *c, double p, const char *text, const struct scale *x, const struct scale *y,
                 const struct role *role)
{
    struct box within = {x->from + 4, y->to, x->to - 2, y->from - 2};
    struct type type = {.size = TYPE_SMALL, .rgb = role->text};
    double value = quantile(c->curve, c->total, p);
    sheet_dot(s, scale_at(x, value), scale_at(y, p), (struct ink){role->line, 1}, 5, SHAPE_DISC);
    note_put(s, within, scale_at(x, value), scale_at(y, p), sheet_format(s, "%s within %s", text, say_duration(s, value)), type);
}

/* --- words --- */

static const char *finding(struct sheet *s, const struct delay_data *d, const struct view *v)
{
    if (v->n == 0)
        return sheet_format(s, "%s: nothing was delivered", d->what);
    const struct curve *a = &v->curve[v->least], *b = &v->curve[v->most];
    const char *setting = a->curve->setting != NULL ? sheet_format(s, " (buffer %s)", a->curve->setting) : "";
    if (v->n == 1)
        return sheet_format(s, "%s delivers half of its records within %s, 99 %% within %s%s", a->curve->name, say_duration(s, a->p50), say_duration(s, a->p99), setting);
    return sheet_format(s, "%s: half of the records are delivered within %s (%s), or %s (%s)", d->what, say_duration(s, a->p50), a->curve->name,
                        say_duration(s, b->p50), b->curve->name);
}

static void fill_table(struct sheet *s, const struct view *v)
{
    static const char *const head[] = {"of", "buffer", "records", "half within", "99 % within", "all within"};
    sheet_table_head(s, head, 6);
    for (size_t i = 0; i < v->n; i++) {
        const struct curve *c = &v->curve[i];
        sheet_cell(s, c->curve->name);
        sheet_cell(s, c->curve->setting != NULL ? c->curve->setting : "not known");
        cell_number(s, (double)c->total);
        sheet_cell(s, say_duration(s, c->p50));
        sheet_cell(s, say_duration(s, c->p99));
        sheet_cell(s, say_duration(s, c->most));
    }
}

static struct scale x_scale(const struct view *v, double from, double to)
{
    double top = 0, least = INFINITY;
    for (size_t i = 0; i < v->n; i++) {
        const struct curve *c = &v->curve[i];
        double last = quantile(c->curve, c->total, TOP), interval = rows_clean(c->curve->interval_s);
        top = fmax(top, fmax(last, interval <= 4 * last ? interval : 0));
        least = fmin(least, c->p10 / 2);
    }
    return v->far ? scale_log(least, top * 1.1, from, to) : scale_linear(0, top > 0 ? top * 1.04 : 1, from, to);
}

static void draw_all(struct sheet *s, const struct delay_data *d, const struct view *v, double top)
{
    s->height = fmax(s->height, top + AXIS_X_ROOM + PAGE_EDGE + 110);
    struct scale y = scale_linear(0, 1, s->height - PAGE_EDGE - AXIS_X_ROOM, top);
    struct scale x = x_scale(v, PAGE_EDGE + axis_y_room(&y, TICK_SHARE, 5), s->width - PAGE_EDGE - 14);
    axis_y(s, &y, TICK_SHARE, 5, x.from, x.to);
    axis_x(s, &x, TICK_DURATION, y.to, y.from, true, v->far ? "time from arrival to delivery (log)" : "time from arrival to delivery");
    for (size_t i = v->n; i-- > 0;) {
        draw_interval(s, &v->curve[i], &x, &y, role_of(i + 1));
        draw_curve(s, &v->curve[i], &x, &y, role_of(i + 1));
    }
    if (v->n == 1) {
        mark(s, &v->curve[0], 0.5, "half", &x, &y, role_of(1));
        mark(s, &v->curve[0], 0.99, "99 %", &x, &y, role_of(1));
    } else {
        draw_labels(s, v, &x, &y);
    }
    (void)d;
}

bool delay_layout(const struct delay_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n_curve == 0 || d->n_replication == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: %s has no delays", d->what);
    struct page_size page = page_size(width, height, 360);
    struct sheet *s = sheet_open(page.width, page.height);
    struct view v = {.n = 0};
    if (s != NULL && make_view(s, d, &v)) {
        const char *title = finding(s, d, &v);
        size_t more = d->n_more + (d->n_curve > v.n && v.n == CURVES ? d->n_curve - v.n : 0);
        const char *sub = sheet_format(s, "share of records that is delivered within a time%s%s · %s · dotted: the buffer's interval%s", *d->run != 0 ? ", run " : "", d->run,
                                       d->n_replication == 1 ? "one replication" : sheet_format(s, "%zu replications together", d->n_replication),
                                       more > 0 ? sheet_format(s, " · +%zu that are not drawn", more) : "");
        draw_all(s, d, &v, frame_head(s, title, sub) + 10);
        fill_table(s, &v);
        sheet_alt_set(s, sheet_format(s, "Share of records delivered against the time it takes%s%s. %s.", *d->run != 0 ? ", run " : "", d->run, title));
    }
    return sheet_close(s, out, err);
}
