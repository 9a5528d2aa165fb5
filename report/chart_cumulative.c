/* chart_cumulative.c - arrivals and departures counted from the start (Newell's curves): the vertical gap between them is
 * the backlog, the horizontal gap is the waiting time of a request served in order, and the area between is both at once:
 * Little's law to be seen.
 *
 * The horizontal gap means a waiting time only when what arrives also departs; where requests are lost, the n-th departure
 * is not the n-th arrival, and only the vertical gap is told. */
#include <math.h>

#include "bands.h"
#include "layouts.h"
#include "text.h"

#define SIDE   160.0
#define POINTS 900 /* a curve needs no more */
#define LOST   0.001 /* share of undone requests from which on waiting times are not told */

struct curve { /* counts at the end of each bucket, mean of the replications */
    const struct cumulative_run *run;
    double *offered, *done;
    size_t  n;
    double  gap, gap_s;              /* largest backlog, when */
    double  wait_s, wait_from_s, wait_count; /* longest horizontal gap; wait_s NAN: not told */
};

static double *running_sum(struct sheet *s, const double *value, size_t n_replication, size_t n)
{
    double *sum = bands_mean(s, value, n_replication, n), all = 0;
    for (size_t b = 0; sum != NULL && b < n; b++) {
        all += isfinite(sum[b]) && sum[b] > 0 ? sum[b] : 0;
        sum[b] = all;
    }
    return sum;
}

/* When the curve reaches `count`, by linear interpolation in the bucket; from: where to start looking. */
static double reach_s(const double *curve, size_t n, double width_s, double count, size_t *from)
{
    while (*from < n && curve[*from] < count)
        (*from)++;
    if (*from >= n)
        return NAN;
    double low = *from > 0 ? curve[*from - 1] : 0, step = curve[*from] - low;
    double part = step > 0 ? (count - low) / step : 0;
    return ((double)*from + part) * width_s;
}

static void find_gap(struct curve *c)
{
    for (size_t b = 0; b < c->n; b++) {
        double gap = c->offered[b] - c->done[b];
        if (gap > c->gap) {
            c->gap = gap;
            c->gap_s = (double)(b + 1) * c->run->width_s;
        }
    }
}

static void find_wait(struct curve *c)
{
    double all = c->offered[c->n - 1], served = c->done[c->n - 1];
    size_t at = 0;
    c->wait_s = NAN;
    if (!(all > 0) || all - served > all * LOST)
        return;
    for (size_t b = 0; b < c->n; b++) {
        double done_s = reach_s(c->done, c->n, c->run->width_s, c->offered[b], &at);
        double from_s = (double)(b + 1) * c->run->width_s;
        if (isnan(done_s))
            break;
        if (isnan(c->wait_s) || done_s - from_s > c->wait_s) {
            c->wait_s = done_s - from_s;
            c->wait_from_s = from_s;
            c->wait_count = c->offered[b];
        }
    }
}

static bool make_curve(struct sheet *s, const struct cumulative_run *run, struct curve *c)
{
    *c = (struct curve){.run = run, .n = run->n};
    c->offered = running_sum(s, run->offered, run->n_replication, run->n);
    c->done = running_sum(s, run->done, run->n_replication, run->n);
    if (s->failed)
        return false;
    find_gap(c);
    find_wait(c);
    return true;
}

static void draw_curve(struct sheet *s, const double *count, const struct curve *c, const struct scale *x,
                       const struct scale *y, const struct role *role, double width)
{
    size_t by = 1 + c->n / POINTS, n = 0;
    struct point *p = sheet_points(s, c->n / by + 3);
    if (p == NULL)
        return;
    p[n++] = (struct point){x->from, scale_at(y, 0)};
    for (size_t b = 0; b < c->n; b += by)
        p[n++] = (struct point){scale_at(x, (double)(b + 1) * c->run->width_s), scale_at(y, count[b])};
    p[n++] = (struct point){scale_at(x, (double)c->n * c->run->width_s), scale_at(y, count[c->n - 1])};
    sheet_line(s, p, n, (struct ink){role->line, 1}, width, role->dash);
}

static double at_time(const double *count, const struct curve *c, double s)
{
    double b = s / c->run->width_s - 1;
    return b < 0 ? 0 : count[b >= (double)c->n ? c->n - 1 : (size_t)(b + 0.5)];
}

static void draw_gaps(struct sheet *s, const struct curve *c, const struct scale *x, const struct scale *y)
{
    const struct role *role = role_of(c->run->role);
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = role->text};
    struct box within = {x->from + 2, y->to, x->to - 2, y->from - 2};
    char count[FORMAT_SIZE], wait[FORMAT_SIZE];
    double px = scale_at(x, c->gap_s), top = scale_at(y, at_time(c->offered, c, c->gap_s));
    double bottom = scale_at(y, at_time(c->done, c, c->gap_s));
    if (bottom - top > 6) {
        format_round(count, c->gap);
        sheet_segment(s, px, top, px, bottom, (struct ink){role->line, 1}, 1, DASH_SOLID);
        note_put(s, within, px, (top + bottom) / 2, sheet_format(s, "%s behind", count), type);
    }
    if (isnan(c->wait_s))
        return;
    double x0 = scale_at(x, c->wait_from_s), x1 = scale_at(x, c->wait_from_s + c->wait_s), row = scale_at(y, c->wait_count);
    if (x1 - x0 > 6) {
        format_duration(wait, c->wait_s);
        sheet_segment(s, x0, row, x1, row, (struct ink){role->line, 1}, 1, DASH_SOLID);
        note_put(s, within, x0, row, sheet_format(s, "waits %s", wait), type);
    }
}

/* What one run does, in a clause. */
static const char *clause(struct sheet *s, const struct curve *c)
{
    char count[FORMAT_SIZE], at[FORMAT_SIZE];
    double all = c->offered[c->n - 1], missing = all - c->done[c->n - 1];
    const char *name = c->run->name;
    format_round(count, missing);
    if (missing > all * LOST)
        return sheet_format(s, "%s ends %s requests short", name, count);
    if (c->gap < fmax(10, all * LOST))
        return sheet_format(s, "%s keeps up with arrivals", name);
    format_round(count, c->gap);
    format_moment(at, c->gap_s); /* the longest wait is at another moment and stands at its own line */
    return sheet_format(s, "%s is %s behind at %s and catches up", name, count, at);
}

static const char *finding(struct sheet *s, const struct curve *curve, size_t n)
{
    if (!(curve[0].offered[curve[0].n - 1] > 0))
        return "No request arrived";
    const char *text = clause(s, &curve[0]);
    for (size_t i = 1; i < n; i++)
        text = sheet_format(s, "%s; %s", text, clause(s, &curve[i]));
    return text;
}

static void add_label(struct sheet *s, struct side_label *l, const char *name, double count, double y, uint32_t rgb)
{
    char text[FORMAT_SIZE];
    format_round(text, count);
    *l = (struct side_label){y, sheet_format(s, "%s %s", text, name), NULL, rgb};
}

static bool same_arrivals(const struct curve *a, const struct curve *b)
{
    if (a->n != b->n || a->run->width_s != b->run->width_s)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (fabs(a->offered[i] - b->offered[i]) > 0.002 * a->offered[a->n - 1])
            return false;
    return true;
}

static void draw_runs(struct sheet *s, const struct curve *curve, size_t n, const struct scale *x, const struct scale *y)
{
    struct side_label *label = sheet_get(s, 2 * n, sizeof(*label));
    size_t labels = 0;
    struct role arrivals = *role_of(ROLE_PLAIN);
    if (label == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct curve *c = &curve[i];
        const struct role *role = role_of(c->run->role);
        double offered = c->offered[c->n - 1], done = c->done[c->n - 1];
        if (i == 0 || !same_arrivals(&curve[0], c)) {
            const char *name = i == 0 ? "arrivals" : sheet_format(s, "arrivals, %s", c->run->name);
            draw_curve(s, c->offered, c, x, y, &arrivals, 1.6);
            add_label(s, &label[labels++], name, offered, scale_at(y, offered), arrivals.text);
        }
        draw_curve(s, c->done, c, x, y, role, 1.6);
        add_label(s, &label[labels++], sheet_format(s, "done, %s", c->run->name), done, scale_at(y, done), role->text);
    }
    side_labels(s, label, labels, x->to, SIDE, y->to - 4, y->from + 4);
    for (size_t i = 0; i < n; i++)
        draw_gaps(s, &curve[i], x, y);
}

static void fill_table(struct sheet *s, const struct curve *curve, size_t n)
{
    static const char *const head[] = {"run", "arrivals", "done", "largest backlog", "at", "longest wait in order"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 6);
    for (size_t i = 0; i < n; i++) {
        const struct curve *c = &curve[i];
        const double number[] = {c->offered[c->n - 1], c->done[c->n - 1], c->gap};
        sheet_cell(s, c->run->name);
        for (size_t k = 0; k < 3; k++) {
            format_number(text, number[k]);
            sheet_cell(s, text);
        }
        format_moment(text, c->gap_s);
        sheet_cell(s, c->gap > 0 ? text : "none");
        format_duration(text, c->wait_s);
        sheet_cell(s, isnan(c->wait_s) ? "not defined: some are never done" : text);
    }
}

static void draw_all(struct sheet *s, const struct cumulative_data *d, const struct curve *curve, double y0)
{
    double most = 1, named = faults_room(d->n_fault);
    for (size_t i = 0; i < d->n_run; i++)
        most = fmax(most, fmax(curve[i].offered[curve[i].n - 1], curve[i].done[curve[i].n - 1]));
    struct scale y = scale_linear(0, most, s->height - PAGE_EDGE - AXIS_X_ROOM, y0 + named);
    scale_nice(&y, TICK_COUNT, 5);
    struct scale x = scale_linear(0, d->end_s, PAGE_EDGE + axis_y_room(&y, TICK_COUNT, 5), s->width - PAGE_EDGE - SIDE);
    faults_draw(s, d->fault, d->n_fault, &x, y.to, y.from, true);
    axis_y(s, &y, TICK_COUNT, 5, x.from, x.to);
    axis_x(s, &x, TICK_MOMENT, y.to, y.from, false, "time since the start of the run");
    draw_runs(s, curve, d->n_run, &x, &y);
}

bool cumulative_layout(const struct cumulative_data *d, double width, double height, struct sheet **out, struct err *err)
{
    for (size_t i = 0; i < d->n_run; i++)
        if (d->run[i].n == 0 || d->run[i].n_replication == 0)
            return err_set(err, ERR_DATA, "there is nothing to draw: %s has no arrivals over time", d->run[i].name);
    if (d->n_run == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: no run was given");
    struct page_size page = page_size(width, height, 400);
    struct sheet *s = sheet_open(page.width, page.height);
    struct curve *curve = s != NULL ? sheet_get(s, d->n_run, sizeof(*curve)) : NULL;
    bool ok = curve != NULL;
    for (size_t i = 0; ok && i < d->n_run; i++)
        ok = make_curve(s, &d->run[i], &curve[i]);
    if (ok) {
        size_t n = d->run[0].n_replication;
        const char *title = finding(s, curve, d->n_run);
        double y = frame_head(s, title, sheet_format(s,
            "requests counted from the start, mean of %zu replication%s · vertical gap: backlog · horizontal gap: wait, if served in order",
            n, n == 1 ? "" : "s"));
        const char **name = sheet_get(s, 2 * d->n_run, sizeof(*name));
        for (size_t i = 0; name != NULL && i < d->n_run; i++) {
            name[i] = d->run[i].name;
            name[d->n_run + i] = d->run[i].title;
        }
        y = name != NULL ? frame_titles(s, y, name, name + d->n_run, d->n_run) : y;
        draw_all(s, d, curve, y + 10);
        fill_table(s, curve, d->n_run);
        sheet_alt_set(s, sheet_format(s, "Cumulative arrivals and departures. %s.", title));
    }
    return sheet_close(s, out, err);
}
