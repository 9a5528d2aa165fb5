/* chart_welch.c - where does the warm-up end? Welch's picture: the mean of the replications span by
 * span, its moving average, and the cut that MSER-5 proposes (warmup.h). */
#include <math.h>

#include "layouts_study.h"
#include "warmup.h"

#define SHOWN_MAX 4000 /* spans; a page cannot show more, so more are joined */

static struct scale y_scale(const struct welch_data *d, double from, double to)
{
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < d->n; i++)
        if (isfinite(d->mean[i])) {
            lo = fmin(lo, study_shown(d->unit, d->mean[i]));
            hi = fmax(hi, study_shown(d->unit, d->mean[i]));
        }
    if (!(lo <= hi))
        lo = 0, hi = 1;
    struct scale y = scale_linear(fmin(lo, 0), hi > 0 ? hi * 1.05 : 1, from, to);
    scale_nice(&y, study_style(d->unit), 6);
    return y;
}

static void draw_values(struct sheet *s, const struct welch_data *d, const double *value, size_t n,
                        const struct scale *x, const struct scale *y, struct ink ink, double width)
{
    struct point *at = sheet_points(s, n + 1);
    size_t k = 0;
    for (size_t i = 0; at != NULL && i < n; i++)
        if (isfinite(value[i]))
            at[k++] = (struct point){scale_at(x, ((double)i + 0.5) * d->width_s),
                                     scale_at(y, study_shown(d->unit, value[i]))};
    if (k > 1)
        sheet_line(s, at, k, ink, width, DASH_SOLID);
    else if (k == 1)
        sheet_dot(s, at[0].x, at[0].y, ink, 5, SHAPE_DISC);
}

static void mark(struct sheet *s, double at_s, const char *text, const struct scale *x,
                 const struct scale *y, enum dash dash)
{
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = RGB_TEXT};
    double at = scale_at(x, at_s);
    struct box within = {x->from, y->to, x->to, y->from};
    sheet_segment(s, at, y->to, at, y->from, (struct ink){RGB_TEXT, 1}, 1, dash);
    note_put(s, within, at, y->to + (y->from - y->to) * 0.9, text, type);
}

/* MSER-5 reads the mean of the replications; of a few it would cut at an accident. */
static bool proposes(const struct welch_data *d)
{
    return d->n_replication >= WARMUP_REPLICATIONS;
}

static const char *finding(struct sheet *s, const struct welch_data *d)
{
    char cut[FORMAT_SIZE];
    format_moment(cut, (double)d->cut * d->width_s);
    if (!proposes(d))
        return sheet_format(s, "%s: too few replications (%zu of %d) to say what to leave out", d->metric,
                            d->n_replication, WARMUP_REPLICATIONS);
    if (d->too_short)
        return sheet_format(s, "%s does not settle in the first half of the run", d->metric);
    if (d->cut == 0)
        return sheet_format(s, "%s: nothing needs to be left out", d->metric);
    return sheet_format(s, "%s: leave out the first %s", d->metric, cut);
}

static void fill_table(struct sheet *s, const struct welch_data *d)
{
    static const char *const head[] = {"metric", "proposed cut", "left out in this run",
                                       "replications"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 4);
    sheet_cell(s, d->metric);
    format_moment(text, (double)d->cut * d->width_s);
    sheet_cell(s, !proposes(d) ? "none: too few replications" : d->too_short ? "none: too short" : text);
    format_moment(text, d->warmup_s);
    sheet_cell(s, text);
    format_number(text, (double)d->n_replication);
    sheet_cell(s, text);
}

static struct welch_data joined(struct sheet *s, const struct welch_data *d)
{
    struct welch_data out = *d;
    size_t each = d->n / SHOWN_MAX + 1;
    double *mean = each > 1 ? sheet_get(s, d->n / each + 1, sizeof(*mean)) : NULL;
    if (mean == NULL)
        return out;
    out.n = d->n / each;
    for (size_t i = 0; i < out.n; i++) {
        mean[i] = 0;
        for (size_t k = 0; k < each; k++)
            mean[i] += d->mean[i * each + k] / (double)each;
    }
    out.mean = mean;
    out.width_s *= (double)each;
    out.cut = (d->cut + each - 1) / each;
    return out;
}

bool welch_layout(const struct welch_data *all, double width, double height, struct sheet **out,
                  struct err *err)
{
    if (all->n == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: %s has no values over time",
                       all->metric);
    struct page_size page = page_size(width, height, 340);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s == NULL)
        return sheet_close(s, out, err);
    const struct welch_data whole = joined(s, all), *d = &whole;
    size_t w = d->n / 20 > 0 ? d->n / 20 : 1;
    double *smooth = sheet_get(s, d->n + 1, sizeof(*smooth));
    size_t n = smooth != NULL ? warmup_welch(d->mean, d->n, w, smooth) : 0;
    char span[FORMAT_SIZE];
    format_duration(span, d->width_s * (double)(2 * w + 1));
    const char *title = finding(s, d), *unit = format_unit(d->unit);
    const char *sub = sheet_format(
        s,
        "%s%s%s, run %s · grey: mean of %zu replications; line: its moving average over %s%s",
        d->metric, *unit != 0 ? ", " : "", unit, d->run, d->n_replication, span,
        proposes(d) ? "; cut by MSER-5" : "");
    enum tick_style style = study_style(d->unit);
    struct scale y =
        y_scale(d, s->height - PAGE_EDGE - AXIS_X_ROOM, frame_head(s, title, sub) + 12);
    struct scale x = scale_linear(0, (double)d->n * d->width_s,
                                  PAGE_EDGE + axis_y_room(&y, style, 6), s->width - PAGE_EDGE - 6);
    axis_y(s, &y, style, 6, x.from, x.to);
    axis_x(s, &x, TICK_MOMENT, y.to, y.from, false, "time since the start of the run");
    draw_values(s, d, d->mean, d->n, &x, &y, (struct ink){RGB_AXIS, 0.8}, 0.8);
    draw_values(s, d, smooth, n, &x, &y, (struct ink){role_of(ROLE_DECOUPLED)->line, 1}, 1.8);
    if (d->cut > 0 && !d->too_short && proposes(d))
        mark(s, (double)d->cut * d->width_s, "proposed", &x, &y, DASH_LONG);
    if (d->warmup_s > 0)
        mark(s, d->warmup_s, "left out in this run", &x, &y, DASH_DOT);
    fill_table(s, d);
    sheet_alt_set(s, sheet_format(s, "Welch plot of %s, run %s. %s.", d->metric, d->run, title));
    return sheet_close(s, out, err);
}
