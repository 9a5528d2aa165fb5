/* chart_goodput.c - does it come back? What is done, and done in time, against what is offered,
 * span of time by span of time: one line on the way up to the peak of load, one on the way down.
 * Where the way down lies below the way up, the system keeps suffering from a load that is gone. */
#include <math.h>

#include "layouts_study.h"

#define ROWS_MAX   10000 /* of the table */
#define NEAR       0.1   /* loads that differ by less are taken as one */
#define PAIRED_MAX 2000  /* spans that are looked at on each way */

struct path { /* a part of the run */
    const char *name;
    const double *y;
    size_t from, to; /* spans, to exclusive */
    size_t role;
    enum dash dash;
};

static size_t peak_of(const struct goodput_data *d)
{
    size_t peak = 0;
    for (size_t i = 1; i < d->n; i++)
        if (isfinite(d->offered[i]) && !(d->offered[i] <= d->offered[peak]))
            peak = i;
    return peak;
}

static bool is_there(const struct goodput_data *d, const double *y, size_t i)
{
    return isfinite(d->offered[i]) && y != NULL && isfinite(y[i]);
}

static double top_of(const struct goodput_data *d)
{
    double top = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (is_there(d, d->done, i))
            top = fmax(top, fmax(d->offered[i], d->done[i]));
        if (is_there(d, d->in_time, i))
            top = fmax(top, d->in_time[i]);
    }
    return top > 0 ? top : 1;
}

/* Intervals of what is done in time, as bars without caps; behind the lines. */
static void draw_intervals(struct sheet *s, const struct goodput_data *d, size_t peak,
                           const struct scale *x, const struct scale *y)
{
    for (size_t i = 0; d->in_time_half != NULL && i < d->n; i += d->n / PAIRED_MAX + 1) {
        double half = d->in_time_half[i];
        if (!is_there(d, d->in_time, i) || !isfinite(half))
            continue;
        double at = scale_at(x, d->offered[i]), low = fmax(d->in_time[i] - half, 0);
        sheet_segment(s, at, scale_at(y, low), at, scale_at(y, d->in_time[i] + half),
                      (struct ink){role_of(i <= peak ? ROLE_DECOUPLED : ROLE_COUPLED)->line, 0.3},
                      4, DASH_SOLID);
    }
}

static void draw_path(struct sheet *s, const struct goodput_data *d, const struct path *p,
                      const struct scale *x, const struct scale *y, struct side_label *label)
{
    const struct role *role = role_of(p->role);
    size_t step = d->n / PAIRED_MAX + 1, n = 0; /* a page cannot show more */
    struct point *at = sheet_points(s, (p->to - p->from) / step + 1);
    for (size_t i = p->from; at != NULL && i < p->to; i += step)
        if (is_there(d, p->y, i))
            at[n++] = (struct point){scale_at(x, d->offered[i]), scale_at(y, p->y[i])};
    if (n > 1)
        sheet_line(s, at, n, (struct ink){role->line, 0.9}, 1.5, p->dash);
    else if (n == 1)
        sheet_dot(s, at[0].x, at[0].y, (struct ink){role->line, 1}, 5, role->shape);
    double end = y->from;
    for (size_t i = 0, best = 0; i < n; i++) /* the label stands at the point furthest right */
        if (i == 0 || at[i].x >= at[best].x) {
            best = i;
            end = at[i].y;
        }
    *label = (struct side_label){.y = end, .name = n > 0 ? p->name : NULL, .rgb = role->text};
}

struct shares {
    double up, down;
};

/* The span of the way down whose load is nearest to that of span i; SIZE_MAX: none is near. */
static size_t partner(const struct goodput_data *d, size_t i, size_t peak, size_t step)
{
    size_t best = SIZE_MAX;
    double least = NEAR * d->offered[i];
    for (size_t k = peak + 1; k < d->n; k += step)
        if (is_there(d, d->in_time, k) && fabs(d->offered[k] - d->offered[i]) < least) {
            least = fabs(d->offered[k] - d->offered[i]);
            best = k;
        }
    return best;
}

/* Shares done in time at loads below `most` that both ways have: each span of the way up with the
 * one of the way down that is offered the same. A lower load is easier, so different loads would
 * tell nothing. */
static struct shares shares_at_equal_loads(const struct goodput_data *d, size_t peak, double most)
{
    double offered[2] = {0}, good[2] = {0};
    size_t step = d->n / PAIRED_MAX + 1;
    for (size_t i = 0; i <= peak && i < d->n; i += step) {
        size_t k = is_there(d, d->in_time, i) && d->offered[i] <= most ? partner(d, i, peak, step)
                                                                       : SIZE_MAX;
        if (k == SIZE_MAX)
            continue;
        offered[0] += d->offered[i];
        offered[1] += d->offered[k];
        good[0] += d->in_time[i];
        good[1] += d->in_time[k];
    }
    if (!(offered[0] > 0) || !(offered[1] > 0))
        return (struct shares){NAN, NAN};
    return (struct shares){fmin(good[0] / offered[0], 1), fmin(good[1] / offered[1], 1)};
}

static const char *finding(struct sheet *s, const struct goodput_data *d, size_t peak)
{
    char up[FORMAT_SIZE], down[FORMAT_SIZE];
    if (d->n == 0 || !(d->offered[peak] > 0))
        return sheet_format(s, "Nothing was offered");
    struct shares at = shares_at_equal_loads(d, peak, d->offered[peak] * 0.75);
    if (isnan(at.up) || isnan(at.down))
        return sheet_format(
            s, "The load does not both rise and fall: there is nothing to come back from");
    format_share(up, at.up);
    format_share(down, at.down);
    return sheet_format(
        s, "In time at the same loads below the peak: %s on the way up, %s on the way down", up,
        down);
}

static void fill_table(struct sheet *s, const struct goodput_data *d, size_t peak)
{
    static const char *const head[] = {"from, s", "way", "offered /s", "done /s", "in time /s"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 5);
    for (size_t i = 0; i < d->n; i += d->n / ROWS_MAX + 1) {
        format_number(text, (double)i * d->width_s);
        sheet_cell(s, text);
        sheet_cell(s, i <= peak ? "up" : "down");
        const double *column[] = {d->offered, d->done, d->in_time};
        for (size_t k = 0; k < 3; k++) {
            format_number(text, column[k] != NULL ? column[k][i] : NAN);
            sheet_cell(s, text);
        }
    }
}

bool goodput_layout(const struct goodput_data *d, double width, double height, struct sheet **out,
                    struct err *err)
{
    struct page_size page = page_size(width, height, 400);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s == NULL)
        return sheet_close(s, out, err);
    size_t peak = d->n > 0 ? peak_of(d) : 0;
    char span[FORMAT_SIZE];
    format_duration(span, d->width_s);
    const char *title = finding(s, d, peak);
    const char *sub = sheet_format(s,
                                   "requests per second in spans of %s, run %s · means of %zu "
                                   "replications%s; grey: all that is offered is done",
                                   span, d->run, d->n_replication,
                                   d->in_time_half != NULL ? ", bars: 95 % intervals"
                                                           : "; too few for intervals");
    double top = frame_head(s, title, sub) + 10, most = d->n > 0 ? top_of(d) : 1;
    struct scale y = scale_linear(0, most * 1.05, s->height - PAGE_EDGE - AXIS_X_ROOM, top);
    struct scale x = scale_linear(0, most * 1.05, PAGE_EDGE + axis_y_room(&y, TICK_NUMBER, 6),
                                  s->width - PAGE_EDGE - fmin(130, s->width * 0.3));
    axis_y(s, &y, TICK_NUMBER, 6, x.from, x.to);
    axis_x(s, &x, TICK_NUMBER, y.to, y.from, false, "offered, per second");
    sheet_segment(s, x.from, y.from, scale_at(&x, most), scale_at(&y, most),
                  (struct ink){RGB_AXIS, 0.7}, 3, DASH_SOLID);
    const struct path path[] = {
        {"done, rising", d->done, 0, peak + 1, ROLE_FOURTH, DASH_SOLID},
        {"done, falling", d->done, peak, d->n, ROLE_FOURTH, DASH_SHORT},
        {"in time, rising", d->in_time, 0, peak + 1, ROLE_DECOUPLED, DASH_SOLID},
        {"in time, falling", d->in_time, peak, d->n, ROLE_COUPLED, DASH_LONG},
    };
    draw_intervals(s, d, peak, &x, &y);
    struct side_label label[4];
    size_t n = 0;
    for (size_t i = 0; d->n > 0 && i < 4; i++) {
        draw_path(s, d, &path[i], &x, &y, &label[n]);
        n += label[n].name != NULL;
    }
    side_labels(s, label, n, x.to + 2, s->width - PAGE_EDGE - x.to - 2, y.to, y.from);
    fill_table(s, d, peak);
    sheet_alt_set(
        s, sheet_format(s, "Done and done in time against offered load, up and down, run %s. %s.",
                        d->run, title));
    return sheet_close(s, out, err);
}
