/* chart_visibility.c - which visibility timeout? Two panels over one axis: how much is done twice
 * (too short), and how long a message waits whose worker died (too long). The usual rules of thumb
 * are marked as places on that axis. */
#include <math.h>

#include "layouts_study.h"
#include "text.h"

#define FEW        0.01 /* a share of duplicates that is taken as few */
#define LABEL_ROOM 130.0
#define ROWS       3 /* of names of the marks */
#define ROW        13.0

static struct scale x_scale(const struct visibility_data *d, double from, double to)
{
    struct study_extent e = study_extent(&d->panel[0]);
    double lo = e.x0, hi = e.x1, mean = d->mean_s, p99 = d->p99_s;
    if (!(lo > 0) || !isfinite(hi))
        return study_x(&d->panel[0], &e, from, to);
    if (mean > lo / 30 &&
        mean * 6 < hi * 30) { /* the marks belong to the picture unless they lie far outside */
        lo = fmin(lo, mean);
        hi = fmax(hi, mean * 6);
    }
    if (p99 > lo && p99 < hi * 10)
        hi = fmax(hi, p99);
    return scale_log(lo / 1.15, hi * 1.15, from, to);
}

static void name_mark(struct sheet *s, const struct scale *x, double at_s, const char *text,
                      double bottom)
{
    struct type type = type_soft;
    type.align = ALIGN_CENTRE;
    double half = text_width(text, type.size) / 2;
    double at = fmin(fmax(scale_at(x, at_s), x->from + half), s->width - PAGE_EDGE - half);
    for (int row = 0; row < ROWS; row++) {
        double y = bottom - 4 - ROW * row;
        if (!sheet_is_free(s, text_box(at, y, text, type)))
            continue;
        sheet_text(s, at, y, text, type);
        return;
    }
}

static bool shown(const struct scale *x, double at)
{
    return at > 0 && at >= x->lo && at <= x->hi;
}

/* The band and the lines of one panel; drawn first, behind all else. */
static void draw_marks(struct sheet *s, const struct visibility_data *d, const struct scale *x,
                       double top, double bottom)
{
    const struct {
        double at;
        enum dash dash;
    } line[] = {{d->mean_s, DASH_SOLID}, {d->mean_s * 6, DASH_LONG}, {d->p99_s, DASH_DOT}};
    if (shown(x, d->mean_s * 2) || shown(x, d->mean_s * 3))
        sheet_rect(
            s, (struct box){scale_at(x, d->mean_s * 2), top, scale_at(x, d->mean_s * 3), bottom},
            (struct ink){RGB_FAULT, 1});
    for (size_t i = 0; i < 3; i++)
        if (shown(x, line[i].at))
            sheet_segment(s, scale_at(x, line[i].at), top, scale_at(x, line[i].at), bottom,
                          (struct ink){RGB_AXIS, 1}, 1, line[i].dash);
}

static void name_marks(struct sheet *s, const struct visibility_data *d, const struct scale *x,
                       double bottom)
{
    char time[FORMAT_SIZE];
    format_duration(time, d->mean_s);
    if (shown(x, d->mean_s))
        name_mark(s, x, d->mean_s, sheet_format(s, "mean service %s", time), bottom);
    if (shown(x, d->mean_s * 2) || shown(x, d->mean_s * 3))
        name_mark(s, x, d->mean_s * sqrt(6), "2\u20133 \u00D7 mean", bottom);
    if (shown(x, d->mean_s * 6))
        name_mark(s, x, d->mean_s * 6, "6 \u00D7 mean", bottom);
    format_duration(time, d->p99_s);
    if (shown(x, d->p99_s))
        name_mark(s, x, d->p99_s, sheet_format(s, "p99 of service %s", time), bottom);
}

static void draw_panel(struct sheet *s, const struct sweep_data *d, const char *name,
                       const struct scale *x, double top, double bottom, bool labels)
{
    struct study_extent e = study_extent(d);
    enum tick_style style = study_y_style(d);
    struct scale y = study_scale(e.y0, e.y1, style, bottom, top + 18);
    struct side_label *label = sheet_get(s, d->n_line + 1, sizeof(*label));
    if (label == NULL)
        return;
    sheet_text_within(s, PAGE_EDGE, top + 9, name, type_label, s->width - 2 * PAGE_EDGE);
    axis_y(s, &y, style, 5, x->from, x->to);
    size_t n = study_lines(s, d, x, &y, label);
    if (labels && d->n_line > 1)
        side_labels(s, label, n, x->to + 2, s->width - PAGE_EDGE - x->to - 2, y.to, y.from);
}

/* The shortest timeout from which on, at all longer ones too, few are done twice. */
static const struct sweep_point *enough(const struct sweep_line *l)
{
    const struct sweep_point *best = NULL;
    for (size_t k = l->n; k-- > 0;) {
        const struct sweep_point *p = &l->point[k];
        if (!study_is_there(p))
            continue;
        if (!((isfinite(p->y.high) ? p->y.high : p->y.mean) < FEW))
            break;
        best = p;
    }
    return best;
}

static const char *finding(struct sheet *s, const struct visibility_data *d)
{
    const struct sweep_data *twice = &d->panel[0], *back = &d->panel[1];
    if (twice->n_line == 0 || twice->line[0].n == 0)
        return sheet_format(s, "There is no timeout to tell of");
    const char *which = twice->n_line > 1 ? twice->line[0].name : "",
               *from = twice->n_line > 1 ? ": f" : "F", *no = twice->n_line > 1 ? ": n" : "N";
    const struct sweep_point *p = enough(&twice->line[0]);
    if (p == NULL)
        return sheet_format(s, "%s%so timeout tried keeps what is done twice below 1 %%", which,
                            no);
    char recovery[FORMAT_SIZE] = "";
    for (size_t k = 0; back->n_line > 0 && k < back->line[0].n; k++)
        if (back->line[0].point[k].x == p->x && study_is_there(&back->line[0].point[k]))
            format_value(recovery, back->line[0].point[k].y.mean, back->unit);
    const char *at = study_place(s, twice, p->x);
    if (recovery[0] == 0)
        return sheet_format(s, "%s%srom %s on fewer than 1 %% are done twice", which, from, at);
    return sheet_format(s, "%s%srom %s on fewer than 1 %% are done twice; a crash then costs %s",
                        which, from, at, recovery);
}

static void fill_table(struct sheet *s, const struct visibility_data *d)
{
    static const char *const head[] = {"line", "timeout", "metric", "mean", "95 % interval"};
    char text[FORMAT_RANGE_SIZE];
    sheet_table_head(s, head, 5);
    for (size_t q = 0; q < 2; q++)
        for (size_t i = 0; i < d->panel[q].n_line; i++)
            for (size_t k = 0; k < d->panel[q].line[i].n; k += d->panel[q].line[i].n / 10000 + 1) {
                const struct sweep_point *p = &d->panel[q].line[i].point[k];
                sheet_cell(s, d->panel[q].line[i].name);
                sheet_cell(s, study_place(s, &d->panel[q], p->x));
                sheet_cell(s, d->panel[q].y_name);
                format_value(text, p->y.mean, d->panel[q].unit);
                sheet_cell(s, p->y.n > 0 ? text : "none");
                format_range(text, p->y.low, p->y.high, d->panel[q].unit, false);
                sheet_cell(s, isfinite(p->y.half) ? text : "none");
            }
}

bool visibility_layout(const struct visibility_data *d, double width, double height,
                       struct sheet **out, struct err *err)
{
    const struct sweep_data *p = &d->panel[0];
    struct page_size page = page_size(width, height, 470);
    page.height = fmax(page.height, 400);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s == NULL)
        return sheet_close(s, out, err);
    const char *title = finding(s, d);
    const char *sub = sheet_format(
        s, "over %s, run %s \u00B7 mean of %zu replications%s", p->x_name, p->run, p->n_replication,
        p->n_replication >= ESTIMATE_MIN ? "; bars: 95 % interval" : "; too few for intervals");
    double top = frame_head(s, title, sub) + 8 + ROWS * ROW,
           bottom = s->height - PAGE_EDGE - AXIS_X_ROOM;
    double middle = top + (bottom - top) / 2;
    struct scale x =
        x_scale(d, PAGE_EDGE + 54,
                s->width - PAGE_EDGE - (p->n_line > 1 ? fmin(LABEL_ROOM, s->width * 0.3) : 8));
    draw_marks(s, d, &x, top + 14, middle - 10); /* not through the panels' names */
    draw_marks(s, d, &x, middle + 18, bottom);
    draw_panel(s, p, d->name[0], &x, top + 2, middle - 10, true);
    draw_panel(s, &d->panel[1], d->name[1], &x, middle + 4, bottom, false);
    study_x_axis(s, p, &x, top, bottom);
    name_marks(s, d, &x, top);
    fill_table(s, d);
    sheet_alt_set(
        s, sheet_format(s, "Duplicates and recovery over the visibility timeout, run %s. %s.",
                        p->run, title));
    return sheet_close(s, out, err);
}
