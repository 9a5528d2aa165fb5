/* chart_sweep.c - how does a metric depend on a setting? Means of the design points with their 95 %
 * intervals as bars behind them, joined by lines; the scale is logarithmic where the values span
 * decades. */
#include <math.h>

#include "layouts_study.h"

#define LABEL_ROOM 150.0
#define ROWS_MAX   10000 /* of the table, for each line */

/* Limits that are known beforehand, as level lines. */
static void draw_refs(struct sheet *s, const struct sweep_data *d, const struct scale *x,
                      const struct scale *y)
{
    struct type type = {.size = TYPE_SMALL, .rgb = RGB_TEXT};
    struct box within = {x->from, y->to, x->to, y->from};
    for (size_t i = 0; i < d->n_ref; i++) {
        double v = study_shown(d->unit, d->ref[i].y), at = scale_at(y, v);
        if (!(v >= y->lo) || !(v <= y->hi))
            continue;
        sheet_segment(s, x->from, at, x->to, at, (struct ink){RGB_TEXT, 0.8}, 1, DASH_DOT);
        note_on_line(s, within, at, d->ref[i].name, type);
    }
}

/* The limits belong to the picture where the values come near to them. */
static double top_with_refs(const struct sweep_data *d, double top)
{
    double high = top;
    for (size_t i = 0; i < d->n_ref; i++) {
        double v = study_shown(d->unit, d->ref[i].y);
        if (isfinite(v) && v > high && v < 2 * top)
            high = v;
    }
    return high;
}

static void draw_all(struct sheet *s, const struct sweep_data *d, const struct study_extent *e,
                     double top)
{
    enum tick_style style = study_y_style(d);
    bool named = d->n_line > 1;
    double most = top_with_refs(d, e->y1), bottom = s->height - PAGE_EDGE - AXIS_X_ROOM;
    bool log = d->log_log && e->y0 > 0 && isfinite(most) && most > 3 * e->y0;
    struct scale y = log ? scale_log(e->y0 / 1.3, most * 1.3, bottom, top)
                         : study_scale(e->y0, most, style, bottom, top);
    double right = s->width - PAGE_EDGE - (named ? fmin(LABEL_ROOM, s->width * 0.3) : 8);
    struct scale x = study_x(d, e, PAGE_EDGE + axis_y_room(&y, style, 6), right);
    struct side_label *label = sheet_get(s, d->n_line + 1, sizeof(*label));
    if (label == NULL)
        return;
    axis_y(s, &y, style, 6, x.from, x.to);
    study_x_axis(s, d, &x, y.to, y.from);
    size_t n = study_lines(s, d, &x, &y, label);
    draw_refs(s, d, &x, &y);
    if (named)
        side_labels(s, label, n, x.to + 2, s->width - PAGE_EDGE - x.to - 2, y.to, y.from);
}

/* --- words --- */

struct pair {
    const struct sweep_point *low, *high;
    const char *low_line, *high_line;
};

static struct pair ends_of(const struct sweep_data *d)
{
    struct pair p = {0};
    for (size_t i = 0; i < d->n_line; i++)
        for (size_t k = 0; k < d->line[i].n; k++) {
            const struct sweep_point *one = &d->line[i].point[k];
            if (!study_is_there(one))
                continue;
            if (p.low == NULL || one->y.mean < p.low->y.mean) {
                p.low = one;
                p.low_line = d->line[i].name;
            }
            if (p.high == NULL || one->y.mean > p.high->y.mean) {
                p.high = one;
                p.high_line = d->line[i].name;
            }
        }
    return p;
}

/* Several runs: what they come to at the far end of the axis. */
static const char *contrast(struct sheet *s, const struct sweep_data *d)
{
    const char *text = "";
    double x = -INFINITY;
    for (size_t i = 0; i < d->n_line; i++)
        for (size_t k = 0; k < d->line[i].n; k++)
            if (study_is_there(&d->line[i].point[k]))
                x = fmax(x, d->line[i].point[k].x);
    for (size_t i = 0; i < d->n_line; i++)
        for (size_t k = 0; k < d->line[i].n; k++) {
            char value[FORMAT_SIZE];
            const struct sweep_point *p = &d->line[i].point[k];
            if (p->x != x || !study_is_there(p))
                continue;
            format_value(value, p->y.mean, d->unit);
            text =
                sheet_format(s, "%s%s%s %s", text, *text != 0 ? ", " : "", d->line[i].name, value);
        }
    return isfinite(x) ? sheet_format(s, "%s at %s: %s", d->y_name, study_place(s, d, x), text)
                       : NULL;
}

static const char *finding(struct sheet *s, const struct sweep_data *d)
{
    const char *between =
        d->n_line > 1 && d->n_line < 5 && d->line[0].role != NULL ? contrast(s, d) : NULL;
    if (between != NULL)
        return between;
    struct pair p = ends_of(d);
    char low[FORMAT_SIZE], high[FORMAT_SIZE];
    if (p.low == NULL)
        return sheet_format(s, "%s has no value at any point", d->y_name);
    format_value(low, p.low->y.mean, d->unit);
    format_value(high, p.high->y.mean, d->unit);
    if (p.low == p.high)
        return sheet_format(s, "%s is %s at all points", d->y_name, low);
    if (!(p.low->y.high < p.high->y.low) && isfinite(p.low->y.high) && isfinite(p.high->y.low))
        return sheet_format(s, "%s: no difference shown between the points, %s to %s", d->y_name,
                            low, high);
    const char *comma = d->n_line > 1 ? ", " : "";
    return sheet_format(s, "%s: from %s (at %s%s%s) to %s (at %s%s%s)", d->y_name, low,
                        study_place(s, d, p.low->x), comma, d->n_line > 1 ? p.low_line : "", high,
                        study_place(s, d, p.high->x), comma, d->n_line > 1 ? p.high_line : "");
}

static void fill_table(struct sheet *s, const struct sweep_data *d)
{
    const char *const head[] = {"line", d->x_name, d->y_name, "95 % interval", "replications"};
    char text[FORMAT_RANGE_SIZE];
    sheet_table_head(s, head, 5);
    for (size_t i = 0; i < d->n_line; i++)
        for (size_t k = 0; k < d->line[i].n; k += d->line[i].n / ROWS_MAX + 1) {
            const struct sweep_point *p = &d->line[i].point[k];
            sheet_cell(s, d->line[i].name);
            sheet_cell(s, study_place(s, d, p->x));
            format_value(text, p->y.mean, d->unit);
            sheet_cell(s, p->y.n > 0 ? text : "none");
            format_range(text, p->y.low, p->y.high, d->unit, false);
            sheet_cell(s, isfinite(p->y.half) ? text : "none");
            format_number(text, (double)p->y.n);
            sheet_cell(s, text);
        }
}

bool sweep_layout(const struct sweep_data *d, double width, double height, struct sheet **out,
                  struct err *err)
{
    struct page_size page = page_size(width, height, 380);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s == NULL)
        return sheet_close(s, out, err);
    struct study_extent e = study_extent(d);
    const char *title = d->title != NULL ? d->title : finding(s, d), *unit = format_unit(d->unit);
    bool log = e.y0 > 0 && (e.y1 > 50 * e.y0 || (d->log_log && e.y1 > 3 * e.y0));
    const char *sub = sheet_format(s, "%s%s%s%s, run %s · mean of %zu replications%s%s", d->y_name,
                                   *unit != 0 ? ", " : "", unit, log ? ", log scale" : "", d->run,
                                   d->n_replication, d->n_most > d->n_replication ? " or more" : "",
                                   d->n_replication >= ESTIMATE_MIN ? "; bars: 95 % interval"
                                                                    : "; too few for intervals");
    draw_all(s, d, &e, frame_head(s, title, sub) + 12);
    fill_table(s, d);
    sheet_alt_set(s, sheet_format(s, "%s over %s at %zu points, run %s. %s.", d->y_name, d->x_name,
                                  e.points, d->run, title));
    return sheet_close(s, out, err);
}
