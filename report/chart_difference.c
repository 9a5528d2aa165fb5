/* chart_difference.c - is b really better? The difference of a metric in each replication as a dot (both runs saw the same
 * random numbers, so a pair differs by the design alone), their mean with its interval, and the line of no difference. */
#include <math.h>
#include <stdlib.h>

#include "layouts.h"
#include "text.h"

#define DOT 8.0

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Differences that exist, sorted. */
static double *differences(struct sheet *s, const struct difference_data *d, size_t *n)
{
    double *v = sheet_get(s, d->n > 0 ? d->n : 1, sizeof(*v));
    *n = 0;
    for (size_t i = 0; v != NULL && i < d->n; i++)
        if (isfinite(d->x[i]) && isfinite(d->y[i]))
            v[(*n)++] = d->y[i] - d->x[i];
    if (v != NULL)
        qsort(v, *n, sizeof(*v), by_value);
    return v;
}

/* Axis values in the unit that is shown: seconds for ns, percentage points for shares. */
static double shown(enum metric_unit unit, double x)
{
    return unit == UNIT_NS ? x / 1e9 : unit == UNIT_SHARE ? x * 100 : x;
}

static const char *axis_name(struct sheet *s, const struct difference_data *d)
{
    const char *unit = d->unit == UNIT_SHARE ? "percentage points" : format_unit(d->unit);
    return sheet_format(s, "%s, %s minus %s%s%s", d->metric, d->b, d->a, *unit != 0 ? ", " : "", unit);
}

/* Each dot stands at its own value. Dots that would overlap are stacked from the axis upwards: each in the lowest row
 * whose last dot is a dot's width away; the first row when there are no more rows. */
#define ROWS_MAX 256
static size_t row_for(double *last, double at, size_t *used)
{
    for (size_t row = 0; row < ROWS_MAX; row++) {
        if (row < *used && at - last[row] < DOT)
            continue;
        *used = row < *used ? *used : row + 1;
        last[row] = at;
        return row;
    }
    return 0;
}

static void draw_dots(struct sheet *s, const struct difference_data *d, const double *v, size_t n, const struct scale *x,
                      double top, double bottom)
{
    const struct ink ink = {role_of(ROLE_DECOUPLED)->line, 0.75};
    double *last = sheet_get(s, ROWS_MAX, sizeof(*last));
    size_t *row = sheet_get(s, n > 0 ? n : 1, sizeof(*row)), used = 0;
    if (last == NULL || row == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        row[i] = row_for(last, scale_at(x, shown(d->unit, v[i])), &used);
    double step = fmin(DOT, (bottom - top) / (double)(used > 0 ? used : 1));
    for (size_t i = 0; i < n; i++)
        sheet_dot(s, scale_at(x, shown(d->unit, v[i])), bottom - ((double)row[i] + 0.5) * step, ink,
                  fmin(DOT * 0.9, fmax(step, 2)), SHAPE_DISC);
}

static const char *interval(struct sheet *s, const struct estimate *e, enum metric_unit unit, bool sign)
{
    char text[FORMAT_RANGE_SIZE];
    format_range(text, e->low, e->high, unit, sign);
    return sheet_format(s, "%s", e->n == 0 || isnan(e->half) ? "none" : text);
}

static bool decided(const struct estimate *e)
{
    return !isnan(e->half) && (e->low > 0 || e->high < 0);
}

static const char *finding(struct sheet *s, const struct difference_data *d, const struct estimate *e)
{
    char mean[FORMAT_SIZE];
    format_difference(mean, e->mean, d->unit);
    if (e->n == 0)
        return sheet_format(s, "%s: no replication has a value in both runs", d->metric);
    if (isnan(e->half))
        return sheet_format(s, "%s: %s %s against %s; too few replications for an interval", d->metric, d->b, mean, d->a);
    if (e->low == 0 && e->high == 0)
        return sheet_format(s, "%s is the same in %s and %s, replication by replication", d->metric, d->a, d->b);
    if (!decided(e))
        return sheet_format(s, "%s: no difference shown between %s and %s", d->metric, d->a, d->b);
    const char *verdict = d->better == 0 ? "" : (e->mean > 0) == (d->better > 0) ? "better: " : "worse: ";
    return sheet_format(s, "%s is %s%s %s against %s", d->b, verdict, d->metric, mean, d->a);
}

static void draw_mean(struct sheet *s, const struct difference_data *d, const struct estimate *e, const struct scale *x,
                      double y)
{
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = RGB_TEXT};
    char mean[FORMAT_SIZE];
    double at = scale_at(x, shown(d->unit, e->mean));
    format_difference(mean, e->mean, d->unit);
    const char *text = sheet_format(s, "mean %s", mean);
    if (!isnan(e->half)) {
        double x0 = scale_at(x, shown(d->unit, e->low)), x1 = scale_at(x, shown(d->unit, e->high));
        sheet_segment(s, x0, y, fmax(x1, x0 + 1), y, (struct ink){RGB_TEXT, 0.35}, 6, DASH_SOLID);
        text = sheet_format(s, "mean %s, 95 %% CI %s", mean, interval(s, e, d->unit, true));
    }
    sheet_dot(s, at, y, (struct ink){RGB_TEXT, 1}, 6, SHAPE_DIAMOND);
    struct box within = {PAGE_EDGE, y + 5, s->width - PAGE_EDGE, y + 40};
    note_put(s, within, at, y + 2, text, type);
}

static void draw_sides(struct sheet *s, const struct difference_data *d, const struct scale *x, double zero, double y)
{
    struct type type = type_soft;
    const char *more = d->better > 0 ? " (better)" : d->better < 0 ? " (worse)" : "";
    const char *less = d->better > 0 ? " (worse)" : d->better < 0 ? " (better)" : "";
    type.align = ALIGN_CENTRE;
    const char *middle = "no difference";
    double half = text_width(middle, type.size) / 2, at = fmin(fmax(zero, x->from + half), x->to - half);
    sheet_text(s, at, y, middle, type);
    const char *right = sheet_format(s, "%s has more%s →", d->b, more), *left = sheet_format(s, "← %s has less%s", d->b, less);
    if (text_width(right, type.size) < x->to - at - half - 10) {
        type.align = ALIGN_RIGHT;
        sheet_text(s, x->to, y, right, type);
    }
    if (text_width(left, type.size) < at - half - 10 - x->from) {
        type.align = ALIGN_LEFT;
        sheet_text(s, x->from, y, left, type);
    }
}

static void fill_table(struct sheet *s, const struct difference_data *d, const struct paired *p)
{
    static const char *const head[] = {"", "replications", "mean", "95 % interval"};
    const struct estimate *row[] = {&p->a, &p->b, &p->difference};
    const char *name[] = {d->a, d->b, "difference"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 4);
    for (size_t i = 0; i < 3; i++) {
        sheet_cell(s, name[i]);
        format_number(text, (double)row[i]->n);
        sheet_cell(s, text);
        i < 2 ? format_value(text, row[i]->mean, d->unit) : format_difference(text, row[i]->mean, d->unit);
        sheet_cell(s, row[i]->n > 0 ? text : "none");
        sheet_cell(s, interval(s, row[i], d->unit, i == 2));
    }
}

static struct scale scale_for(const struct difference_data *d, const double *v, size_t n, const struct estimate *e, double from,
                              double to)
{
    double lo = 0, hi = 0;
    if (n > 0) {
        lo = fmin(0, v[0]);
        hi = fmax(0, v[n - 1]);
    }
    if (!isnan(e->half)) {
        lo = fmin(lo, e->low);
        hi = fmax(hi, e->high);
    }
    double room = (hi - lo) * 0.06;
    if (!(room > 0))
        room = 1;
    return scale_linear(shown(d->unit, lo - room), shown(d->unit, hi + room), from, to);
}

static const char *subtitle(struct sheet *s, const struct difference_data *d, const struct paired *p)
{
    char alone[FORMAT_SIZE], half[FORMAT_SIZE];
    const struct estimate *e = &p->difference;
    const char *dots = sheet_format(s, "each dot: one of %zu replications, the same random numbers in both", e->n);
    if (isnan(e->half) || !(p->half_independent > 1.1 * e->half) || isinf(p->half_independent))
        return dots;
    format_difference(half, e->half, d->unit);
    format_difference(alone, p->half_independent, d->unit);
    return sheet_format(s, "%s · 95 %% CI ± %s; independent runs would give ± %s", dots, half + 1, alone + 1);
}

bool difference_layout(const struct difference_data *d, double width, double height, struct sheet **out, struct err *err)
{
    struct page_size page = page_size(width, height, 260);
    struct sheet *s = sheet_open(page.width, page.height);
    size_t n = 0;
    double *v = s != NULL ? differences(s, d, &n) : NULL;
    if (v == NULL)
        return sheet_close(s, out, err);
    struct paired p = estimate_paired(d->x, d->y, d->n, 0.95);
    const struct estimate *e = &p.difference;
    const char *title = finding(s, d, e);
    const char *const name[] = {d->a, d->b}, *const told[] = {d->title_a, d->title_b};
    double top = frame_titles(s, frame_head(s, title, subtitle(s, d, &p)), name, told, 2) + 24, bottom = page.height - PAGE_EDGE - AXIS_X_ROOM - 34;
    struct scale x = scale_for(d, v, n, e, PAGE_EDGE + 20, page.width - PAGE_EDGE - 20);
    double zero = scale_at(&x, 0);
    axis_x(s, &x, TICK_NUMBER, top, bottom + 34, false, axis_name(s, d));
    draw_sides(s, d, &x, zero, top - 6);
    sheet_segment(s, zero, top, zero, bottom + 34, (struct ink){RGB_TEXT, 1}, 1, DASH_LONG);
    draw_dots(s, d, v, n, &x, top + 2, bottom - 4);
    if (e->n > 0)
        draw_mean(s, d, e, &x, bottom + 6);
    fill_table(s, d, &p);
    sheet_alt_set(s, sheet_format(s, "Differences of %s, %s minus %s, in %zu replications. %s.", d->metric, d->b, d->a, n, title));
    return sheet_close(s, out, err);
}
