/* chart_pareto.c - what is the cheapest that is good enough? Each design point is a dot, cost
 * along, latency up; those that no other point beats in both are joined: the front. What is beaten
 * stays grey and has no name. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layouts_study.h"
#include "text.h"

#define NAMED_MAX 12
#define FRONT_MAX 2000 /* points of the front that are drawn */

static bool is_there(const struct pareto_point *p)
{
    return isfinite(p->x.mean) && isfinite(p->y.mean);
}

static int by_cost(const void *a, const void *b)
{
    const struct pareto_point *const *pp = a, *const *qq = b, *p = *pp, *q = *qq;
    if (p->x.mean != q->x.mean)
        return p->x.mean < q->x.mean ? -1 : 1;
    if (p->y.mean != q->y.mean)
        return p->y.mean < q->y.mean ? -1 : 1;
    return p < q ? -1 : p > q; /* same array: by index */
}

/* The points in order of cost, then those of the front among them, at the start of `order`; returns
 * their number. */
static size_t front_of(const struct pareto_data *d, const struct pareto_point **order, size_t *n)
{
    size_t front = 0;
    double least = INFINITY;
    *n = 0;
    for (size_t i = 0; i < d->n; i++)
        if (is_there(&d->point[i]))
            order[(*n)++] = &d->point[i];
    qsort(order, *n, sizeof(*order), by_cost);
    for (size_t i = 0; i < *n; i++) {
        if (!(order[i]->y.mean < least))
            continue;
        least = order[i]->y.mean;
        order[front++] = order[i];
    }
    return front;
}

static void cross(struct sheet *s, const struct pareto_data *d, const struct pareto_point *p,
                  const struct scale *x, const struct scale *y, struct ink ink)
{
    double px = scale_at(x, study_shown(d->x_unit, p->x.mean)),
           py = scale_at(y, study_shown(d->y_unit, p->y.mean));
    if (isfinite(p->x.half))
        sheet_segment(s, scale_at(x, study_shown(d->x_unit, p->x.low)), py,
                      scale_at(x, study_shown(d->x_unit, p->x.high)), py, ink, 2.5, DASH_SOLID);
    if (isfinite(p->y.half))
        sheet_segment(s, px, scale_at(y, study_shown(d->y_unit, p->y.low)), px,
                      scale_at(y, study_shown(d->y_unit, p->y.high)), ink, 2.5, DASH_SOLID);
}

static void draw_front(struct sheet *s, const struct pareto_data *d,
                       const struct pareto_point **front, size_t n, const struct scale *x,
                       const struct scale *y)
{
    const struct role *role = role_of(ROLE_DECOUPLED);
    struct box within = {x->from, y->to, s->width - PAGE_EDGE, y->from};
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = role->text};
    size_t each = n / FRONT_MAX + 1, shown = n / each;
    struct point *at = sheet_points(s, shown + 1);
    if (at == NULL)
        return;
    for (size_t i = 0; i < shown; i++)
        at[i] = (struct point){scale_at(x, study_shown(d->x_unit, front[i * each]->x.mean)),
                               scale_at(y, study_shown(d->y_unit, front[i * each]->y.mean))};
    if (shown > 1)
        sheet_line(s, at, shown, (struct ink){role->line, 1}, 1.4, DASH_SOLID);
    for (size_t i = 0; i < shown; i++) {
        cross(s, d, front[i * each], x, y, (struct ink){role->line, 0.35});
        sheet_dot(s, at[i].x, at[i].y, (struct ink){role->line, 1}, 6, SHAPE_DISC);
    }
    for (size_t i = 0; i < shown; i += shown / NAMED_MAX + 1)
        note_put(s, within, at[i].x, at[i].y, front[i * each]->name, type);
}

/* Runs are few, and somebody chose each: those that are beaten have a name too. */
static void name_beaten(struct sheet *s, const struct pareto_data *d,
                        const struct pareto_point **front, size_t n, const struct scale *x,
                        const struct scale *y)
{
    struct box within = {x->from, y->to, s->width - PAGE_EDGE, y->from};
    for (size_t i = 0; d->runs && i < d->n; i++) {
        const struct pareto_point *p = &d->point[i];
        bool on = !is_there(p);
        for (size_t k = 0; k < n; k++)
            on |= front[k] == p;
        if (!on)
            note_put(s, within, scale_at(x, study_shown(d->x_unit, p->x.mean)),
                     scale_at(y, study_shown(d->y_unit, p->y.mean)), p->name, type_soft);
    }
}

static void draw_beaten(struct sheet *s, const struct pareto_data *d, const struct scale *x,
                        const struct scale *y)
{
    for (size_t i = 0; i < d->n; i += d->n / 5000 + 1) {
        const struct pareto_point *p = &d->point[i];
        if (!is_there(p))
            continue;
        cross(s, d, p, x, y, (struct ink){RGB_GRID, 1});
        sheet_dot(s, scale_at(x, study_shown(d->x_unit, p->x.mean)),
                  scale_at(y, study_shown(d->y_unit, p->y.mean)), (struct ink){RGB_AXIS, 1}, 4.5,
                  SHAPE_RING);
    }
}

/* The scale of one direction over all points and their intervals. */
static struct scale scale_over(const struct pareto_data *d, bool along, double from, double to)
{
    enum metric_unit unit = along ? d->x_unit : d->y_unit;
    double lo = INFINITY, hi = -INFINITY, least = INFINITY;
    for (size_t i = 0; i < d->n; i++) {
        const struct estimate *e = along ? &d->point[i].x : &d->point[i].y;
        if (!is_there(&d->point[i]))
            continue;
        least = fmin(least, study_shown(unit, e->mean));
        lo = fmin(lo, study_shown(unit, isfinite(e->low) ? e->low : e->mean));
        hi = fmax(hi, study_shown(unit, isfinite(e->high) ? e->high : e->mean));
    }
    if (lo <= 0 && least > 0 && hi > 50 * least)
        lo = least / 2;
    return study_scale(lo, hi, study_style(unit), from, to);
}

static const char *finding(struct sheet *s, const struct pareto_data *d,
                           const struct pareto_point **front, size_t n, size_t all)
{
    char cost[2][FORMAT_SIZE], time[2][FORMAT_SIZE];
    if (n == 0)
        return sheet_format(s, "No point has both %s and %s", d->x_name, d->y_name);
    for (size_t i = 0; i < 2; i++) {
        const struct pareto_point *p = front[i == 0 ? 0 : n - 1];
        format_value(cost[i], p->x.mean, d->x_unit);
        format_value(time[i], p->y.mean, d->y_unit);
    }
    if (n == 1)
        return sheet_format(s, "%s is best in both: %s %s, %s %s", front[0]->name, d->x_name,
                            cost[0], d->y_name, time[0]);
    const char *beaten =
        all > n ? sheet_format(s, "; %zu of %zu %s beaten", all - n, all,
                             d->runs ? "runs" : "settings") : "";
    size_t end = strlen(d->x_name); /* "worker-hours grow", "lost grows" */
    bool many = end > 2 && d->x_name[end - 1] == 's' && d->x_name[end - 2] != 's';
    return sheet_format(s, "%s falls from %s to %s as %s %s from %s to %s%s", d->y_name, time[0],
                        time[1], d->x_name, many ? "grow" : "grows", cost[0], cost[1], beaten);
}

static void fill_table(struct sheet *s, const struct pareto_data *d,
                       const struct pareto_point **front, size_t n)
{
    const char *const head[] = {d->runs ? "run" : "setting", d->x_name, d->y_name, "95 % interval", "front"};
    char text[FORMAT_RANGE_SIZE];
    sheet_table_head(s, head, 5);
    for (size_t i = 0; i < d->n; i += d->n / 10000 + 1) {
        const struct pareto_point *p = &d->point[i];
        bool on = false;
        for (size_t k = 0; k < n && k < 200; k++)
            on |= front[k] == p;
        sheet_cell(s, p->name);
        format_value(text, p->x.mean, d->x_unit);
        sheet_cell(s, text);
        format_value(text, p->y.mean, d->y_unit);
        sheet_cell(s, text);
        format_range(text, p->y.low, p->y.high, d->y_unit, false);
        sheet_cell(s, isfinite(p->y.half) ? text : "none");
        sheet_cell(s, on ? "yes" : "no");
    }
}

bool pareto_layout(const struct pareto_data *d, double width, double height, struct sheet **out,
                   struct err *err)
{
    struct page_size page = page_size(width, height, 400);
    struct sheet *s = sheet_open(page.width, page.height);
    size_t all = 0;
    const struct pareto_point **front = s == NULL ? NULL : sheet_get(s, d->n + 1, sizeof(*front));
    if (front == NULL)
        return sheet_close(s, out, err);
    size_t n = front_of(d, front, &all);
    const char *title = finding(s, d, front, n, all), *xu = format_unit(d->x_unit),
               *yu = format_unit(d->y_unit);
    enum tick_style style = study_style(d->y_unit);
    const char *sub = sheet_format(
        s,
        "%s%s%s over %s, %s%s \u00B7 mean of %zu replications; crosses: 95 %% intervals; "
        "joined: what no other %s beats in both",
        d->y_name, *yu != 0 ? ", " : "", yu, d->x_name, d->runs ? "each point a run" : "run ",
        d->runs ? "" : d->run, d->n_replication, d->runs ? "run" : "setting");
    double top = frame_head(s, title, sub) + 12;
    struct scale y = scale_over(d, false, s->height - PAGE_EDGE - AXIS_X_ROOM, top);
    struct scale x =
        scale_over(d, true, PAGE_EDGE + axis_y_room(&y, style, 6), s->width - PAGE_EDGE - 60);
    axis_y(s, &y, style, 6, x.from, x.to);
    axis_x(s, &x, study_style(d->x_unit), y.to, y.from, false,
           sheet_format(s, "%s%s%s", d->x_name, *xu != 0 ? ", " : "", xu));
    draw_beaten(s, d, &x, &y);
    draw_front(s, d, front, n, &x, &y);
    name_beaten(s, d, front, n, &x, &y);
    fill_table(s, d, front, n);
    sheet_alt_set(s, sheet_format(s, "%s against %s at %zu points%s%s. %s.", d->y_name,
                                  d->x_name, all, d->runs ? ", each a run" : ", run ",
                                  d->runs ? "" : d->run, title));
    return sheet_close(s, out, err);
}
