/* chart_depth.c - is the backlog draining? Visible, in flight, delayed and dead-lettered messages as small multiples on
 * one time axis: each with a scale of its own, because a backlog of thousands would flatten ten messages in flight.
 * What is zero all the time is told in a line of text instead of drawn. */
#include <math.h>
#include <string.h>

#include "bands.h"
#include "layouts.h"
#include "text.h"

#define HEAD_ROW 16.0 /* a panel's name */
#define GAP      12.0
#define SMALL    0.45 /* height of the other panels, in parts of the first */
#define UNIT_MIN 60.0 /* least height of the first panel */

struct page_size page_size(double width, double height, double own_height)
{
    struct page_size p = {width > 0 ? width : PAGE_WIDTH, height > 0 ? height : own_height};
    p.width = fmin(fmax(p.width, 360), 4000);
    p.height = fmin(fmax(p.height, 260), 4000);
    return p;
}

/* What a panel's messages do, mean of the replications. The peak is that of the messages themselves where the largest of
 * each bucket is known: the mean over a bucket, which is what the line shows, lies below it. */
struct curve {
    double mean, peak, peak_s, drained_s; /* drained_s: first below 1 % of the peak after the last one; NAN: never */
    double last, most, most_s;            /* most: of any replication */
    size_t n_peak;                        /* about as high as the highest */
};
#define ALIKE 0.8 /* of the highest: about as high */
#define APART 0.5  /* of the highest: below it, one peak is over */

static double mean_of_bucket(const double *value, const struct depth_data *d, size_t b)
{
    double sum = 0;
    for (size_t r = 0; r < d->n_replication; r++)
        sum += value[r * d->n + b];
    return sum / (double)d->n_replication;
}

static size_t highest(const double *mean, size_t n, double *sum)
{
    size_t peak = 0;
    *sum = 0;
    for (size_t b = 0; b < n; b++) {
        *sum += isnan(mean[b]) ? 0 : mean[b];
        if (mean[b] > mean[peak] || isnan(mean[peak]))
            peak = b;
    }
    return peak;
}

/* How often the mean rises to the height of its peak, and the bucket in which it last does. */
static size_t count_peaks(const double *mean, size_t n, double top, size_t *last)
{
    size_t count = 0;
    bool low = true;
    for (size_t b = 0; b < n; b++) {
        bool high = mean[b] >= ALIKE * top;
        count += high && low;
        *last = high ? b : *last;
        low = high ? false : low || mean[b] < APART * top;
    }
    return count;
}

static void find_most(struct curve *c, const struct depth_data *d, const double *value)
{
    for (size_t i = 0; i < d->n * d->n_replication; i++)
        if (value[i] > c->most) {
            c->most = value[i];
            c->most_s = (double)(i % d->n) * d->width_s;
        }
}

static struct curve curve_of(const double *mean, const struct depth_data *d, const struct depth_panel *p)
{
    struct curve c = {.drained_s = NAN};
    double sum;
    size_t peak = highest(mean, d->n, &sum), last = peak;
    c.n_peak = count_peaks(mean, d->n, mean[peak], &last);
    c.peak = fmax(mean[peak], p->max != NULL ? mean_of_bucket(p->max, d, peak) : 0);
    for (size_t b = last; b < d->n && isnan(c.drained_s); b++)
        if (mean[b] < c.peak * 0.01)
            c.drained_s = (double)b * d->width_s;
    find_most(&c, d, p->max != NULL ? p->max : p->value);
    c.mean = sum / (double)d->n;
    c.peak_s = (double)peak * d->width_s;
    c.last = mean[d->n - 1];
    return c;
}

static bool has_peak(const struct curve *c)
{
    return c->peak >= 10 && c->peak >= 3 * c->mean;
}

static const char *peaks(struct sheet *s, const struct depth_data *d, const struct curve *c)
{
    char most[FORMAT_SIZE], at[FORMAT_SIZE];
    format_round(most, c->most);
    format_moment(at, c->most_s);
    if (c->n_peak > 1)
        return sheet_format(s, "%s: backlog peaks %zu times, the highest %s messages at %s", d->queue, c->n_peak, most, at);
    return sheet_format(s, "%s: backlog peaks at %s messages at %s", d->queue, most, at);
}

static const char *finding(struct sheet *s, const struct depth_data *d, const struct curve *c)
{
    char most[FORMAT_SIZE], mean[FORMAT_SIZE], end[FORMAT_SIZE];
    format_round(most, c->most);
    format_round(mean, c->mean);
    if (!(c->most > 0))
        return sheet_format(s, "No message ever waits in %s", d->queue);
    if (!has_peak(c))
        return sheet_format(s, "%s holds %s waiting messages on average, %s at most", d->queue, mean, most);
    if (isnan(c->drained_s)) {
        format_round(end, c->last);
        return sheet_format(s, "%s; %s are left at the end", peaks(s, d, c), end);
    }
    format_moment(end, c->drained_s);
    return sheet_format(s, "%s%s drained by %s", peaks(s, d, c), c->n_peak > 1 ? "; the last is" : ",", end);
}

struct view { /* a panel ready to be drawn */
    const struct depth_panel *panel;
    struct curve              curve;
    struct bands              bands;
};

static void panel_head(struct sheet *s, const struct view *v, double x, double right, double y)
{
    char mean[FORMAT_SIZE], peak[FORMAT_SIZE];
    format_round(mean, v->curve.mean);
    format_round(peak, v->curve.most);
    struct type soft = type_soft;
    const char *numbers = sheet_format(s, "mean %s, most %s", mean, peak);
    double room = text_width(numbers, soft.size) + 12;
    double name = fmin(text_width(v->panel->name, type_label.size), (right - x - room) * 0.6);
    sheet_text_within(s, x, y, v->panel->name, type_label, name + 0.01);
    if (right - room - (x + name + 6) > 60)
        sheet_text_within(s, x + name + 6, y, v->panel->doc, soft, right - room - (x + name + 6));
    soft.align = ALIGN_RIGHT;
    sheet_text(s, right, y, numbers, soft);
}

/* The dot stands on the line, so it tells the line's value; the most of any replication is named as such. */
static void mark_peak(struct sheet *s, const struct view *v, const struct scale *x, const struct scale *y)
{
    const struct bands *k = &v->bands;
    const struct curve *c = &v->curve;
    if (!has_peak(c))
        return;
    double sum;
    size_t b = highest(k->mean, k->n, &sum);
    char drawn[FORMAT_SIZE], most[FORMAT_SIZE], at[FORMAT_SIZE];
    format_round(drawn, k->mean[b]);
    format_round(most, c->most);
    format_moment(at, (double)b * k->width_s);
    const struct role *role = role_of(ROLE_DECOUPLED);
    struct type type = {.size = TYPE_SMALL, .rgb = role->text, .bold = true};
    double px = scale_at(x, ((double)b + 0.5) * k->width_s), py = scale_at(y, k->mean[b]);
    sheet_dot(s, px, py, (struct ink){role->line, 1}, 5, SHAPE_DISC);
    struct box within = {x->from + 2, y->to, x->to - 2, y->from - 2};
    const char *text = strcmp(drawn, most) == 0 ? sheet_format(s, "%s at %s", drawn, at)
                                                : sheet_format(s, "mean %s at %s, most %s", drawn, at, most);
    note_put(s, within, px, py, text, type);
}

static void draw_panel(struct sheet *s, const struct depth_data *d, const struct view *v, const struct scale *x,
                       double top, double bottom, bool first)
{
    size_t want = bottom - top > 120 ? 5 : 2;
    struct scale y = scale_linear(0, fmax(v->bands.top, 1), bottom, top);
    scale_nice(&y, TICK_COUNT, want);
    faults_draw(s, d->fault, d->n_fault, x, top, bottom, first);
    axis_y(s, &y, TICK_COUNT, want, x->from, x->to);
    bands_draw(s, &v->bands, x, &y, role_of(ROLE_DECOUPLED));
    mark_peak(s, v, x, &y);
}

/* The panels that have something to show; the names of the others are joined into *silent. */
static size_t make_views(struct sheet *s, const struct depth_data *d, struct view *view, const char **silent)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_panel; i++) {
        struct view *v = &view[n];
        const double *value = d->panel[i].value, *mean = bands_mean(s, value, d->n_replication, d->n);
        v->panel = &d->panel[i];
        if (mean == NULL || !bands_make(s, &v->bands, value, d->n_replication, d->n, d->width_s))
            return 0;
        v->curve = curve_of(mean, d, v->panel);
        if (i == 0 || v->curve.most > 0)
            n++;
        else
            *silent = sheet_format(s, "%s%s%s", *silent, **silent != 0 ? ", " : "", d->panel[i].name);
    }
    return n;
}

static double label_room(const struct view *view, size_t n)
{
    double room = 30;
    for (size_t i = 0; i < n; i++) {
        struct scale y = scale_linear(0, fmax(view[i].bands.top, 1), 100, 0);
        size_t want = i == 0 ? 5 : 2;
        scale_nice(&y, TICK_COUNT, want);
        room = fmax(room, axis_y_room(&y, TICK_COUNT, want));
    }
    return room;
}

static void fill_table(struct sheet *s, const struct view *view, size_t n)
{
    static const char *const head[] = {"messages", "mean", "most", "mean of the peaks", "at", "at the end"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 6);
    for (size_t i = 0; i < n; i++) {
        const struct curve *c = &view[i].curve;
        const double number[] = {c->mean, c->most, c->peak};
        sheet_cell(s, view[i].panel->name);
        for (size_t k = 0; k < 3; k++) {
            format_number(text, number[k]);
            sheet_cell(s, text);
        }
        format_moment(text, c->peak_s);
        sheet_cell(s, text);
        format_number(text, c->last);
        sheet_cell(s, text);
    }
}

static const char *describe(struct sheet *s, const struct depth_data *d, const char *title, const char *silent)
{
    const char *faults = "";
    for (size_t i = 0; i < d->n_fault; i++) {
        char from[FORMAT_SIZE];
        format_moment(from, d->fault[i].from_s);
        faults = sheet_format(s, "%s Shaded: %s at %s, %s.", faults, d->fault[i].label, from, fault_lasts(s, &d->fault[i]));
    }
    return sheet_format(s, "Messages in %s over time, run %s: %s. Drained means below 1 %% of the peak.%s%s%s%s", d->queue, d->run, title,
                        faults, *silent != 0 ? " Always zero: " : "", silent, *silent != 0 ? "." : "");
}

static void draw_all(struct sheet *s, const struct depth_data *d, const struct view *view, size_t n, const char *silent,
                     double y)
{
    double left = PAGE_EDGE + label_room(view, n), right = s->width - PAGE_EDGE - 6;
    struct scale x = scale_linear(0, d->end_s, left, right);
    double named = faults_room(d->n_fault), last = *silent != 0 ? 16 : 0, parts = 1 + SMALL * (double)(n - 1);
    double fixed = y + named + (double)n * HEAD_ROW + (double)(n - 1) * GAP + AXIS_X_ROOM + last + PAGE_EDGE;
    s->height = fmax(s->height, fixed + UNIT_MIN * parts);
    double unit = (s->height - fixed) / parts, foot = s->height - PAGE_EDGE - last;
    for (size_t i = 0; i < n; i++) {
        double height = i == 0 ? unit : unit * SMALL, top = y + HEAD_ROW + (i == 0 ? named : 0);
        panel_head(s, &view[i], left, right, y + type_label.size * 1.1);
        draw_panel(s, d, &view[i], &x, top, top + height, i == 0);
        y = top + height + (i + 1 < n ? GAP : 0);
    }
    axis_x(s, &x, TICK_MOMENT, y, y, false, "time since the start of the run");
    if (*silent != 0)
        sheet_text_within(s, PAGE_EDGE, foot + 12, sheet_format(s, "Always zero: %s", silent), type_soft, s->width - 2 * PAGE_EDGE);
}

bool depth_layout(const struct depth_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n == 0 || d->n_panel == 0 || d->n_replication == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: the depth of %s has no values over time", d->queue);
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, page.height);
    struct view *view = s != NULL ? sheet_get(s, d->n_panel, sizeof(*view)) : NULL;
    if (view == NULL)
        return sheet_close(s, out, err);
    const char *silent = "";
    size_t n = make_views(s, d, view, &silent);
    if (n > 0) {
        if (!(height > 0))
            s->height = 300 + 100 * (double)(n - 1) + (*silent != 0 ? 16 : 0);
        const char *title = finding(s, d, &view[0].curve);
        char bucket[FORMAT_SIZE];
        format_duration(bucket, view[0].bands.width_s);
        const char *sub = sheet_format(s, "messages, mean per %s, run %s · %s · each panel has its own scale", bucket, d->run,
                                       bands_legend(s, d->n_replication));
        double y = frame_head(s, title, sub);
        draw_all(s, d, view, n, silent, y + 8);
        fill_table(s, view, n);
        sheet_alt_set(s, describe(s, d, title, silent));
    }
    return sheet_close(s, out, err);
}
