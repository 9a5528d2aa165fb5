/* chart_tornado.c - which setting matters? One row a setting, the widest first: what the metric is
 * at both ends of the setting's interval, all others at their middle values, around the line of the
 * base. */
#include <math.h>

#include "layouts_study.h"
#include "text.h"

#define ROW      40.0
#define ROW_MOST 56.0
#define ROWS_MAX 30

static double or_zero(double x)
{
    return isfinite(x) ? x : 0;
}

static struct scale scale_of(const struct tornado_data *d, size_t n, double from, double to)
{
    double base = or_zero(d->base.mean), lo = base, hi = base;
    for (size_t i = 0; i < n; i++) {
        const struct estimate *end[] = {&d->bar[i].at_low, &d->bar[i].at_high};
        for (size_t k = 0; k < 2; k++) {
            lo = fmin(lo, base + fmin(or_zero(end[k]->mean), or_zero(end[k]->low)));
            hi = fmax(hi, base + fmax(or_zero(end[k]->mean), or_zero(end[k]->high)));
        }
    }
    double room = hi > lo ? (hi - lo) * 0.12 : fmax(fabs(base) * 0.1, 1);
    double from_value = lo >= 0 ? fmax(lo - room, 0) : lo - room; /* a latency below 0 is none */
    return scale_linear(study_shown(d->unit, from_value), study_shown(d->unit, hi + room), from,
                        to);
}

static double place(const struct tornado_data *d, const struct scale *x, double difference)
{
    return scale_at(x, study_shown(d->unit, or_zero(d->base.mean) + or_zero(difference)));
}

/* One end: a bar from the base, its interval as a thin line, and the setting's value behind it. */
static void draw_end(struct sheet *s, const struct tornado_data *d, const struct estimate *e,
                     const char *value, const struct role *role, const struct scale *x, double y,
                     double height)
{
    double zero = place(d, x, 0), at = place(d, x, e->mean);
    struct type type = type_soft;
    sheet_rect(
        s, (struct box){fmin(zero, at), y, fmax(fmax(zero, at), fmin(zero, at) + 1), y + height},
        (struct ink){role->line, 0.55});
    double from = at, to = at;
    if (isfinite(e->half)) {
        from = place(d, x, e->low);
        to = place(d, x, e->high);
        sheet_segment(s, from, y + height / 2, fmax(to, from + 1), y + height / 2,
                      (struct ink){role->text, 1}, 1.2, DASH_SOLID);
    }
    type.rgb = role->text;
    const char *clean = sheet_format(s, "%s", value);
    char *text = s->failed ? NULL : text_fit(&s->arena, clean, type.size, 90);
    if (text == NULL)
        return;
    bool left = at < zero;
    type.align = left ? ALIGN_RIGHT : ALIGN_LEFT;
    double edge = left ? fmin(fmin(from, to), at) - 4 : fmax(fmax(from, to), at) + 4,
           base = y + height / 2 + TYPE_SMALL * 0.36;
    if (sheet_is_free(s, text_box(edge, base, text, type)))
        sheet_text(s, edge, base, text, type);
}

static void draw_row(struct sheet *s, const struct tornado_data *d, const struct tornado_bar *b,
                     const struct scale *x, double y)
{
    struct type type = type_label;
    double height = (ROW - 18) / 2;
    sheet_text_within(s, PAGE_EDGE, y + 10, b->path, type, s->width - 2 * PAGE_EDGE);
    draw_end(s, d, &b->at_low, b->low, role_of(ROLE_DECOUPLED), x, y + 14, height);
    draw_end(s, d, &b->at_high, b->high, role_of(ROLE_COUPLED), x, y + 14 + height, height);
}

/* Without intervals the mean is all there is. */
static bool shows(const struct estimate *e)
{
    return !isfinite(e->half) || e->low > 0 || e->high < 0;
}

static const char *finding(struct sheet *s, const struct tornado_data *d)
{
    char low[FORMAT_SIZE], high[FORMAT_SIZE];
    if (d->n == 0 || !isfinite(d->base.mean))
        return sheet_format(s, "%s: there is nothing to tell", d->metric);
    size_t first = 0;
    while (first < d->n && !shows(&d->bar[first].at_low) && !shows(&d->bar[first].at_high))
        first++;
    const struct tornado_bar *b = &d->bar[first == d->n ? 0 : first];
    double a = d->base.mean + or_zero(b->at_low.mean), c = d->base.mean + or_zero(b->at_high.mean);
    if (a == c && a == d->base.mean)
        return sheet_format(s, "%s does not depend on any of them", d->metric);
    if (first == d->n)
        return sheet_format(s, "%s: no change shown at the ends of any interval", d->metric);
    format_value(low, a, d->unit);
    format_value(high, c, d->unit);
    if (first > 0)
        return sheet_format(s, "%s depends on %s: %s at %s, %s at %s; %s is undecided", d->metric,
                            b->path, low, b->low, high, b->high, d->bar[0].path);
    return sheet_format(s, "%s depends most on %s: %s at %s, %s at %s", d->metric, b->path, low,
                        b->low, high, b->high);
}

static void fill_table(struct sheet *s, const struct tornado_data *d)
{
    static const char *const head[] = {"setting",         "low",  "change at low",
                                       "interval at low", "high", "change at high",
                                       "interval at high"};
    char text[FORMAT_RANGE_SIZE];
    sheet_table_head(s, head, 7);
    for (size_t i = 0; i < d->n; i++) {
        const struct estimate *end[] = {&d->bar[i].at_low, &d->bar[i].at_high};
        sheet_cell(s, d->bar[i].path);
        for (size_t k = 0; k < 2; k++) {
            sheet_cell(s, k == 0 ? d->bar[i].low : d->bar[i].high);
            format_difference(text, end[k]->mean, d->unit);
            sheet_cell(s, end[k]->n > 0 ? text : "none");
            format_range(text, end[k]->low, end[k]->high, d->unit, true);
            sheet_cell(s, isfinite(end[k]->half) ? text : "none");
        }
    }
}

bool tornado_layout(const struct tornado_data *d, double width, double height, struct sheet **out,
                    struct err *err)
{
    size_t n = d->n < ROWS_MAX ? d->n : ROWS_MAX;
    struct page_size page = page_size(width, height, 130 + ROW * (double)(n > 0 ? n : 1));
    page.height = fmax(page.height, 200 + ROW * (double)n);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s == NULL)
        return sheet_close(s, out, err);
    char base[FORMAT_SIZE];
    format_value(base, d->base.mean, d->unit);
    const char *title = finding(s, d);
    const char *sub =
        sheet_format(s,
                     "%s at the ends of each interval, one setting at a time, run %s · base %s; "
                     "thin lines: 95 %% interval of the paired difference%s",
                     d->metric, d->run, base, d->n > n ? "; the widest 30" : "");
    double top = frame_head(s, title, sub) + 14, bottom = s->height - PAGE_EDGE - AXIS_X_ROOM;
    struct scale x = scale_of(d, n, PAGE_EDGE + 40, s->width - PAGE_EDGE - 40);
    const char *unit = format_unit(d->unit);
    axis_x(s, &x,
           d->unit == UNIT_SHARE ? TICK_SHARE
           : d->unit == UNIT_NS  ? TICK_DURATION
                                 : TICK_NUMBER,
           top, bottom, true, sheet_format(s, "%s%s%s", d->metric, *unit != 0 ? ", " : "", unit));
    double zero = place(d, &x, 0),
           row = n > 0 ? fmin(fmax((bottom - top) / (double)n, ROW), ROW_MOST) : ROW;
    for (size_t i = 0; i < n; i++)
        draw_row(s, d, &d->bar[i], &x, top + row * (double)i);
    for (size_t i = 0; i < n; i++) /* the base runs through the bars, not through the names */
        sheet_segment(s, zero, top + row * (double)i + 14, zero, top + row * (double)(i + 1) - 4,
                      (struct ink){RGB_TEXT, 1}, 1, DASH_SOLID);
    fill_table(s, d);
    sheet_alt_set(s, sheet_format(s, "Tornado of %s over %zu settings, run %s. %s.", d->metric,
                                  d->n, d->run, title));
    return sheet_close(s, out, err);
}
