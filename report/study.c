/* study.c - what the charts of design points share: scales that fit the values, lines with their
 * intervals, the setting along the axis. */
#include <math.h>

#include "layouts_study.h"
#include "text.h"

#define POINTS_APART 400 /* more on a line cannot be told apart: their intervals become a band */

double study_shown(enum metric_unit unit, double x)
{
    return unit == UNIT_NS ? x / 1e9 : x;
}

enum tick_style study_style(enum metric_unit unit)
{
    return unit == UNIT_NS ? TICK_DURATION : unit == UNIT_SHARE ? TICK_SHARE : TICK_NUMBER;
}

struct scale study_scale(double lo, double hi, enum tick_style style, double from, double to)
{
    if (!(lo <= hi) || isinf(lo) || isinf(hi)) {
        lo = 0;
        hi = 1;
    }
    if (lo > 0 && hi > 50 * lo)
        return scale_log(lo / 1.3, style == TICK_SHARE && hi <= 1 ? 1 : hi * 1.3, from, to);
    double room = (hi - lo) * 0.08;
    double top = hi > 0 ? hi + room : 1;
    if (style == TICK_SHARE && hi <= 1) /* nothing is more than all */
        top = fmin(top, 1);
    bool near =
        lo > 0 && hi - lo < 0.2 * hi; /* far from 0: the differences are what is looked at */
    struct scale y = near && hi > lo
                         ? scale_linear(lo - room, top, from, to)
                         : scale_linear(fmin(lo - (lo < 0 ? room : 0), 0), top, from, to);
    if (!near)
        scale_nice(&y, style, 6);
    return y;
}

bool study_is_there(const struct sweep_point *p)
{
    return isfinite(p->x) && isfinite(p->y.mean);
}

/* A share lies between 0 and 1, whatever the interval of its mean says. */
static double end_of(const struct sweep_data *d, const struct sweep_point *p, double end)
{
    if (!isfinite(end))
        return p->y.mean;
    return d->unit == UNIT_SHARE && p->y.mean >= 0 && p->y.mean <= 1 ? fmax(fmin(end, 1), 0) : end;
}

struct study_extent study_extent(const struct sweep_data *d)
{
    struct study_extent e = {INFINITY, -INFINITY, INFINITY, -INFINITY, 0};
    for (size_t i = 0; i < d->n_line; i++)
        for (size_t k = 0; k < d->line[i].n; k++) {
            const struct sweep_point *p = &d->line[i].point[k];
            if (!study_is_there(p))
                continue;
            e.points++;
            e.x0 = fmin(e.x0, p->x);
            e.x1 = fmax(e.x1, p->x);
            e.y0 = fmin(e.y0, study_shown(d->unit, end_of(d, p, p->y.low)));
            e.y1 = fmax(e.y1, study_shown(d->unit, end_of(d, p, p->y.high)));
        }
    /* Intervals that reach below 0 do not keep a latency from its log scale: the means decide. */
    double least = INFINITY;
    for (size_t i = 0; e.y0 <= 0 && i < d->n_line; i++)
        for (size_t k = 0; k < d->line[i].n; k++)
            if (study_is_there(&d->line[i].point[k]))
                least = fmin(least, study_shown(d->unit, d->line[i].point[k].y.mean));
    if (least > 0 && isfinite(least) && e.y0 <= 0 && e.y1 > 50 * least)
        e.y0 = least / 2;
    return e;
}

struct scale study_x(const struct sweep_data *d, const struct study_extent *e, double from,
                     double to)
{
    if (d->category != NULL)
        return scale_linear(-0.5, (double)d->n_category - 0.5, from, to);
    if (e->points == 0)
        return scale_linear(0, 1, from, to);
    if (e->x0 > 0 && (e->x1 >= 20 * e->x0 || (d->log_log && e->x1 > e->x0)))
        return scale_log(e->x0 / 1.1, e->x1 * 1.1, from, to);
    double room = e->x1 > e->x0 ? (e->x1 - e->x0) * 0.03 : fmax(fabs(e->x0) * 0.1, 0.5);
    return scale_linear(e->x0 - room, e->x1 + room, from, to);
}

/* Whole numbers have no ticks between them. */
static bool all_whole(const struct sweep_data *d, bool along_x)
{
    for (size_t i = 0; i < d->n_line; i++)
        for (size_t k = 0; k < d->line[i].n; k++) {
            double v = along_x ? d->line[i].point[k].x : d->line[i].point[k].y.mean;
            if (v != floor(v))
                return false;
        }
    return true;
}

enum tick_style study_y_style(const struct sweep_data *d)
{
    enum tick_style style = study_style(d->unit);
    return style == TICK_NUMBER && all_whole(d, false) ? TICK_COUNT : style;
}

static enum tick_style x_style(const struct sweep_data *d)
{
    if (d->x_kind == SETTING_DURATION)
        return TICK_DURATION;
    return d->x_kind == SETTING_SHARE ? TICK_SHARE : all_whole(d, true) ? TICK_COUNT : TICK_NUMBER;
}

static const char *x_label(struct sheet *s, const struct sweep_data *d, const struct scale *x)
{
    const char *unit = d->category != NULL         ? ""
                       : d->x_kind == SETTING_RATE ? ", per second"
                       : d->x_kind == SETTING_SIZE ? ", bytes"
                                                   : "";
    return sheet_format(s, "%s%s%s", d->x_name, unit, x->kind == SCALE_LOG ? ", log" : "");
}

static void name_categories(struct sheet *s, const struct sweep_data *d, const struct scale *x,
                            double y)
{
    struct type type = type_soft;
    double step = (x->to - x->from) / (double)(d->n_category > 0 ? d->n_category : 1);
    type.align = ALIGN_CENTRE;
    sheet_segment(s, x->from, y, x->to, y, (struct ink){RGB_AXIS, 1}, 0.8, DASH_SOLID);
    for (size_t i = 0; i < d->n_category; i++) {
        double at = scale_at(x, (double)i), base = y + 5 + TYPE_SMALL;
        const char *clean = sheet_format(s, "%s", d->category[i]);
        char *text = s->failed ? NULL : text_fit_middle(&s->arena, clean, type.size, step - 6);
        if (text != NULL && step > 14 && sheet_is_free(s, text_box(at, base, text, type)))
            sheet_text(s, at, base, text, type);
    }
    type.align = ALIGN_RIGHT;
    sheet_text_within(s, x->to, y + 9 + 2.2 * TYPE_SMALL, d->x_name, type, x->to - PAGE_EDGE);
}

/* The interval of a point: a bar without caps, so that no end looks like a limit. */
static void draw_interval(struct sheet *s, const struct sweep_data *d, const struct sweep_point *p,
                          const struct role *role, const struct scale *x, const struct scale *y)
{
    if (!isfinite(p->y.low) || !isfinite(p->y.high))
        return;
    double at = scale_at(x, p->x);
    sheet_segment(s, at, scale_at(y, study_shown(d->unit, end_of(d, p, p->y.low))), at,
                  scale_at(y, study_shown(d->unit, end_of(d, p, p->y.high))),
                  (struct ink){role->line, 0.35}, 5, DASH_SOLID);
}

/* The intervals of very many points. */
static void draw_band(struct sheet *s, const struct sweep_data *d, const struct sweep_line *l,
                      const struct role *role, const struct scale *x, const struct scale *y)
{
    struct point *at = sheet_points(s, 2 * l->n);
    size_t n = 0;
    if (at == NULL)
        return;
    for (size_t k = 0; k < l->n; k++)
        n += study_is_there(&l->point[k]);
    for (size_t k = 0, i = 0; k < l->n; k++) {
        const struct sweep_point *p = &l->point[k];
        if (!study_is_there(p))
            continue;
        double px = scale_at(x, p->x);
        at[i] = (struct point){px, scale_at(y, study_shown(d->unit, end_of(d, p, p->y.low)))};
        at[2 * n - 1 - i++] =
            (struct point){px, scale_at(y, study_shown(d->unit, end_of(d, p, p->y.high)))};
    }
    if (n > 1)
        sheet_area(s, at, 2 * n, (struct ink){role->line, 0.3});
}

/* A page has no more columns than that: neighbours are taken together, with all that their
 * intervals cover. */
#define COLUMNS 600

static struct sweep_line thinned(struct sheet *s, const struct sweep_line *l)
{
    struct sweep_point *out = l->n > 2 * COLUMNS ? sheet_get(s, COLUMNS, sizeof(*out)) : NULL;
    if (out == NULL)
        return *l;
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t from = c * l->n / COLUMNS, to = (c + 1) * l->n / COLUMNS, n = 0;
        struct sweep_point p = {.y = {.low = INFINITY, .high = -INFINITY}};
        for (size_t k = from; k < to; k++) {
            const struct sweep_point *one = &l->point[k];
            if (!study_is_there(one))
                continue;
            n++;
            p.x += (one->x - p.x) / (double)n;
            p.y.mean += (one->y.mean - p.y.mean) / (double)n;
            p.y.low = fmin(p.y.low, isfinite(one->y.low) ? one->y.low : one->y.mean);
            p.y.high = fmax(p.y.high, isfinite(one->y.high) ? one->y.high : one->y.mean);
        }
        if (n == 0)
            p.y.mean = NAN;
        out[c] = p;
    }
    return (struct sweep_line){l->name, out, COLUMNS, l->role};
}

static void draw_line(struct sheet *s, const struct sweep_data *d, size_t number,
                      const struct scale *x, const struct scale *y, struct side_label *label)
{
    const struct sweep_line thin = thinned(s, &d->line[number]), *l = &thin;
    const struct role *role = l->role;
    if (role == NULL)
        role = role_of(number == 0 ? ROLE_DECOUPLED : number == 1 ? ROLE_COUPLED : number);
    struct point *at = sheet_points(s, l->n);
    size_t n = 0;
    if (l->n > POINTS_APART)
        draw_band(s, d, l, role, x, y);
    for (size_t k = 0; at != NULL && k < l->n; k++) {
        if (!study_is_there(&l->point[k]))
            continue;
        if (l->n <= POINTS_APART)
            draw_interval(s, d, &l->point[k], role, x, y);
        at[n++] = (struct point){scale_at(x, l->point[k].x),
                                 scale_at(y, study_shown(d->unit, l->point[k].y.mean))};
    }
    if (n > 1 && d->category == NULL)
        sheet_line(s, at, n, (struct ink){role->line, 1}, 1.6, role->dash);
    for (size_t k = 0; k < n && l->n <= POINTS_APART; k++)
        sheet_dot(s, at[k].x, at[k].y, (struct ink){role->line, 1}, 6, role->shape);
    *label = (struct side_label){
        .y = n > 0 ? at[n - 1].y : y->from, .name = n > 0 ? l->name : NULL, .rgb = role->text};
}

void study_x_axis(struct sheet *s, const struct sweep_data *d, const struct scale *x, double y_top,
                  double y)
{
    if (d->category != NULL)
        name_categories(s, d, x, y);
    else
        axis_x(s, x, x_style(d), y_top, y, false, x_label(s, d, x));
}

size_t study_lines(struct sheet *s, const struct sweep_data *d, const struct scale *x,
                   const struct scale *y, struct side_label *label)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_line; i++) {
        draw_line(s, d, i, x, y, &label[n]);
        n += label[n].name != NULL;
    }
    return n;
}

const char *study_place(struct sheet *s, const struct sweep_data *d, double x)
{
    char text[FORMAT_SIZE];
    if (d->category != NULL)
        return sheet_format(s, "%s",
                            x >= 0 && x < (double)d->n_category ? d->category[(size_t)x] : "");
    if (d->x_kind == SETTING_DURATION)
        format_duration(text, x);
    else if (d->x_kind == SETTING_SHARE)
        format_share(text, x);
    else if (d->x_kind == SETTING_RATE)
        format_value(text, x, UNIT_PER_SECOND);
    else
        format_value(text, x, d->x_kind == SETTING_SIZE ? UNIT_BYTES : UNIT_ONE);
    return sheet_format(s, "%s", text);
}
