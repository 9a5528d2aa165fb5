/* chart_age.c - is it late now? The age of a queue's oldest message, with the deadline as a line. Log scale when the
 * ages span decades: a wait of half an hour would flatten the second that is usual. */
#include <math.h>

#include "bands.h"
#include "layouts.h"

struct story {
    double top, peak_s, usual; /* largest mean, when; usual: geometric mean of the positive ones */
    double late_s;             /* how long the mean age is beyond the deadline */
};

static struct story story_of(const struct bands *k, double deadline_s)
{
    struct story t = {0};
    double positive = 0, sum = 0;
    for (size_t b = 0; b < k->n; b++) {
        if (isnan(k->mean[b]))
            continue;
        if (k->mean[b] > t.top) {
            t.top = k->mean[b];
            t.peak_s = (double)b * k->width_s;
        }
        if (k->mean[b] > 0) {
            positive++;
            sum += log(fmax(k->mean[b], 1e-9));
        }
        if (deadline_s >= 0 && k->mean[b] > deadline_s)
            t.late_s += k->width_s;
    }
    t.usual = positive > 0 ? exp(sum / positive) : 0;
    return t;
}

static const char *finding(struct sheet *s, const struct depth_data *d, const struct story *t)
{
    char top[FORMAT_SIZE], at[FORMAT_SIZE], late[FORMAT_SIZE], deadline[FORMAT_SIZE];
    if (!(t->top > 0))
        return sheet_format(s, "No message of %s ever waits", d->queue);
    format_duration(top, t->top);
    format_moment(at, t->peak_s);
    format_moment(late, t->late_s);
    format_duration(deadline, d->deadline_s);
    if (t->late_s > 0)
        return sheet_format(s, "%s: the oldest message is %s old at %s; at least one is older than the deadline for %s",
                            d->queue, top, at, late);
    if (d->deadline_s >= 0)
        return sheet_format(s, "%s: the oldest message is at most %s old, within the deadline of %s", d->queue, top, deadline);
    return sheet_format(s, "%s: the oldest message is at most %s old, at %s", d->queue, top, at);
}

static bool wants_log(const struct story *t)
{
    return t->usual > 0 && t->top > 50 * t->usual;
}

static struct scale age_scale(const struct bands *k, const struct story *t, double deadline_s, double from, double to)
{
    double top = fmax(k->top, deadline_s > 0 ? deadline_s * 1.2 : 0);
    if (wants_log(t))
        return scale_log(fmax(t->usual / 5, top * 1e-7), top * 1.3, from, to);
    struct scale y = scale_linear(0, top > 0 ? top : 1, from, to);
    scale_nice(&y, TICK_MOMENT, 5);
    return y;
}

static void fill_table(struct sheet *s, const struct depth_data *d, const struct story *t)
{
    static const char *const head[] = {"queue", "largest mean age", "at", "time over the deadline"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 4);
    sheet_cell(s, d->queue);
    format_duration(text, t->top);
    sheet_cell(s, text);
    format_moment(text, t->peak_s);
    sheet_cell(s, text);
    format_moment(text, t->late_s);
    sheet_cell(s, d->deadline_s >= 0 ? text : d->deadlines != NULL && *d->deadlines != 0 ? "deadlines differ" : "no deadline");
}

static void draw_all(struct sheet *s, const struct depth_data *d, const struct bands *k, const struct story *t, double y0)
{
    double named = faults_room(d->n_fault);
    struct scale y = age_scale(k, t, d->deadline_s, s->height - PAGE_EDGE - AXIS_X_ROOM, y0 + named);
    enum tick_style style = y.kind == SCALE_LOG ? TICK_DURATION : TICK_MOMENT;
    struct scale x = scale_linear(0, d->end_s, PAGE_EDGE + axis_y_room(&y, style, 6), s->width - PAGE_EDGE - 6);
    faults_draw(s, d->fault, d->n_fault, &x, y.to, y.from, true);
    axis_y(s, &y, style, 6, x.from, x.to);
    axis_x(s, &x, TICK_MOMENT, y.to, y.from, false, "time since the start of the run");
    bands_draw(s, k, &x, &y, role_of(ROLE_DECOUPLED));
    deadline_draw(s, d->deadline_s, &x, &y);
}

bool age_layout(const struct depth_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n == 0 || d->n_panel == 0 || d->n_replication == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: the age of %s has no values over time", d->queue);
    struct page_size page = page_size(width, height, 340);
    struct sheet *s = sheet_open(page.width, page.height);
    struct bands k;
    if (s != NULL && bands_make(s, &k, d->panel[0].value, d->n_replication, d->n, d->width_s)) {
        struct story t = story_of(&k, d->deadline_s);
        char every[FORMAT_SIZE];
        format_duration(every, d->end_s >= 3600 ? 60 : d->end_s / 60); /* as CloudWatch does (SQS-131); short runs oftener */
        const char *title = finding(s, d, &t);
        const char *sub = sheet_format(s, "age of the oldest message not yet deleted, also one that a crashed worker still holds%s, "
                                          "read every %s · run %s · %s%s", wants_log(&t) ? ", log scale" : "", every, d->run, bands_legend(s, d->n_replication), deadlines_told(s, d->deadlines, " · "));
        draw_all(s, d, &k, &t, frame_head(s, title, sub) + 10);
        fill_table(s, d, &t);
        sheet_alt_set(s, sheet_format(s, "Age of the oldest message over time, run %s. %s.", d->run, title));
    }
    return sheet_close(s, out, err);
}
