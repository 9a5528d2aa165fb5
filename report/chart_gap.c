/* chart_gap.c - do all subscribers hold the same? How many messages each queue was sent less than the one that was sent most,
 * counted from the start: what a process that writes to several queues itself leaves behind when it dies between two of them,
 * and what a topic does not. Runs stand side by side on one scale. */
#include <math.h>

#include "bands.h"
#include "layouts_fanout.h"
#include "text.h"

#define SIDE    104.0 /* for the labels of line ends */
#define BETWEEN 14.0
#define POINTS  640
#define HEADROOM  1.06 /* for the word at the largest */
#define CAUGHT_UP 0.5  /* in the end a lack is at most this part of its largest */
#define NAMED   9  /* lines with a label, those that lack most */
#define DRAWN   24 /* … and that are drawn; the table has them all */

struct line {
    const struct gap_line *line;
    double *lack;  /* mean of the replications at the end of each point's span */
    double  end, most;
    size_t  most_at; /* the point where it is largest */
};
struct view {
    const struct gap_run *run;
    struct line          *line; /* in the order of the data */
    size_t                n;    /* points */
    double                width_s, worst;
    size_t                worst_line, most_line; /* that lacks most in the end, and at any time */
};

static double clean(double x)
{
    return isfinite(x) && x > 0 ? x : 0;
}

/* The lack of each queue in one replication, bucket after bucket, added to what the lines have; a queue's lack against the
 * fullest of that replication. */
static void add_replication(const struct gap_run *run, struct view *v, size_t r, double *sum, size_t by)
{
    for (size_t i = 0; i < run->n_line; i++)
        sum[i] = 0;
    for (size_t b = 0; b < run->n; b++) {
        double fullest = 0;
        for (size_t i = 0; i < run->n_line; i++) {
            sum[i] += clean(run->line[i].sent[r * run->n + b]);
            fullest = fmax(fullest, sum[i]);
        }
        if ((b + 1) % by != 0 && b + 1 != run->n)
            continue;
        for (size_t i = 0; i < run->n_line; i++)
            v->line[i].lack[b / by] += isfinite(fullest - sum[i]) ? (fullest - sum[i]) / (double)run->n_replication : 0;
    }
}

static void find_worst(struct view *v, size_t n)
{
    for (size_t i = 0; i < v->run->n_line; i++) {
        struct line *l = &v->line[i];
        l->end = l->lack[n - 1];
        for (size_t b = 0; b < n; b++)
            if (l->lack[b] > l->most) {
                l->most = l->lack[b];
                l->most_at = b;
            }
        if (l->most > v->worst)
            v->most_line = i;
        v->worst = fmax(v->worst, l->most);
        if (l->end > v->line[v->worst_line].end)
            v->worst_line = i;
    }
}

static bool make_view(struct sheet *s, const struct gap_run *run, struct view *v)
{
    size_t by = run->n > POINTS ? (run->n + POINTS - 1) / POINTS : 1, n = (run->n + by - 1) / by;
    *v = (struct view){.run = run, .n = n, .width_s = run->width_s * (double)by};
    double *sum = sheet_get(s, run->n_line, sizeof(*sum));
    v->line = sheet_get(s, run->n_line, sizeof(*v->line));
    for (size_t i = 0; !s->failed && i < run->n_line; i++) {
        v->line[i] = (struct line){.line = &run->line[i], .lack = sheet_get(s, n, sizeof(double))};
        for (size_t b = 0; !s->failed && b < n; b++)
            v->line[i].lack[b] = 0;
    }
    for (size_t r = 0; !s->failed && r < run->n_replication; r++)
        add_replication(run, v, r, sum, by);
    if (!s->failed)
        find_worst(v, n);
    return !s->failed;
}

static const char *number(struct sheet *s, double x)
{
    char text[FORMAT_SIZE];
    format_round(text, x);
    return sheet_format(s, "%s", text);
}

/* --- marks --- */

static void draw_line(struct sheet *s, const struct view *v, const struct line *l, const struct role *role, const struct scale *x,
                      const struct scale *y)
{
    struct point *p = sheet_points(s, v->n + 1);
    if (p == NULL)
        return;
    p[0] = (struct point){x->from, scale_at(y, 0)};
    for (size_t b = 0; b < v->n; b++)
        p[b + 1] = (struct point){scale_at(x, fmin((double)(b + 1) * v->width_s, (double)v->run->n * v->run->width_s)), scale_at(y, l->lack[b])};
    sheet_line(s, p, v->n + 1, (struct ink){role->line, 1}, 1.5, role->dash);
}

/* How many lack more, or as much and come before. */
static size_t place_of(const struct view *v, size_t i)
{
    size_t n = 0;
    for (size_t k = 0; k < v->run->n_line; k++)
        n += v->line[k].end > v->line[i].end || (v->line[k].end == v->line[i].end && k < i);
    return n;
}

/* Those that lack nothing are named together. */
static void draw_labels(struct sheet *s, const struct view *v, const struct scale *x, const struct scale *y)
{
    struct side_label *label = sheet_get(s, v->run->n_line + 1, sizeof(*label));
    size_t n = 0, none = 0, last = 0;
    for (size_t i = 0; label != NULL && i < v->run->n_line; i++) {
        const struct line *l = &v->line[i];
        if (l->end > 0 && place_of(v, i) < NAMED)
            label[n++] = (struct side_label){scale_at(y, l->end), l->line->name, sheet_format(s, "%s short", number(s, l->end)), role_of(i)->text};
        if (l->end > 0)
            continue;
        none++;
        last = i;
    }
    if (label == NULL)
        return;
    const char *all = sheet_format(s, none == v->run->n_line ? "all %zu queues" : "%zu queues", none);
    if (none > 0)
        label[n++] = (struct side_label){scale_at(y, 0), none == 1 ? v->line[last].line->name : all, "0 short",
                                         none == 1 ? role_of(last)->text : RGB_SOFT};
    side_labels(s, label, n, x->to, SIDE, y->to - 4, y->from + 4);
}

/* A lack that was made up for is worth a word where it was largest. */
static bool caught_up(const struct view *v)
{
    const struct line *l = &v->line[v->most_line];
    return l->most > 0 && l->end <= CAUGHT_UP * l->most;
}

static void mark_most(struct sheet *s, const struct view *v, const struct scale *x, const struct scale *y)
{
    const struct line *l = &v->line[v->most_line];
    char at[FORMAT_SIZE];
    double when = (double)(l->most_at + 1) * v->width_s;
    const struct role *role = role_of(v->most_line);
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = role->text};
    struct box within = {x->from + 2, y->to, x->to - 2, y->from - 2};
    if (!caught_up(v))
        return;
    format_moment(at, when);
    sheet_dot(s, scale_at(x, when), scale_at(y, l->most), (struct ink){role->line, 1}, 5, SHAPE_DISC);
    note_put(s, within, scale_at(x, when), scale_at(y, l->most), sheet_format(s, "%s: %s short at %s", l->line->name, number(s, l->most), at), type);
}

static void draw_panel(struct sheet *s, const struct gap_data *d, const struct view *v, const struct scale *x, const struct scale *y,
                       bool first)
{
    struct type name = type_label;
    sheet_text_within(s, x->from, y->to - faults_room(d->n_fault) - 8, sheet_format(s, "%s: queues fed by %s", v->run->name, v->run->feeder), name,
                      x->to + SIDE - x->from - 4);
    faults_draw(s, d->fault, d->n_fault, x, y->to, y->from, true);
    axis_y(s, y, TICK_COUNT, 5, x->from, x->to);
    axis_x(s, x, TICK_MOMENT, y->to, y->from, false, first ? "time since the start of the run" : "");
    for (size_t i = v->run->n_line; i-- > 0;)
        if (place_of(v, i) < DRAWN)
            draw_line(s, v, &v->line[i], role_of(i), x, y);
    draw_labels(s, v, x, y);
    mark_most(s, v, x, y);
}

/* --- words --- */

static const char *clause(struct sheet *s, const struct view *v, bool named)
{
    const struct line *l = &v->line[v->worst_line];
    const char *name = named ? sheet_format(s, "%s: ", v->run->name) : "";
    if (!(v->worst > 0))
        return sheet_format(s, "%sno queue ever lacks a message", name);
    if (!(l->end > 0))
        return sheet_format(s, "%s%s falls %s messages short, in the end none is", name, v->line[v->most_line].line->name, number(s, v->worst));
    return sheet_format(s, "%s%s ends %s messages short", name, l->line->name, number(s, l->end));
}

static const char *finding(struct sheet *s, const struct view *view, size_t n)
{
    const char *text = n == 1 ? sheet_format(s, "%s feeds %zu queues: %s", view[0].run->feeder, view[0].run->n_line, clause(s, &view[0], false))
                              : clause(s, &view[0], true);
    for (size_t i = 1; i < n; i++)
        text = sheet_format(s, "%s; %s", text, clause(s, &view[i], true));
    return text;
}

static void fill_table(struct sheet *s, const struct view *view, size_t n)
{
    static const char *const head[] = {"run", "fed by", "queue", "short at the end", "short at most"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 5);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < view[i].run->n_line; k++) {
            sheet_cell(s, view[i].run->name);
            sheet_cell(s, view[i].run->feeder);
            sheet_cell(s, view[i].line[k].line->name);
            format_number(text, view[i].line[k].end);
            sheet_cell(s, text);
            format_number(text, view[i].line[k].most);
            sheet_cell(s, text);
        }
}

static void draw_all(struct sheet *s, const struct gap_data *d, const struct view *view, double y0)
{
    double most = 0, n = (double)d->n_run;
    for (size_t i = 0; i < d->n_run; i++)
        most = fmax(most, view[i].worst);
    struct scale y = scale_linear(0, most > 0 ? most * HEADROOM : 1, s->height - PAGE_EDGE - AXIS_X_ROOM, y0 + 18 + faults_room(d->n_fault));
    scale_nice(&y, TICK_COUNT, 5);
    double ticks = axis_y_room(&y, TICK_COUNT, 5), width = (s->width - 2 * PAGE_EDGE - (n - 1) * BETWEEN) / n;
    for (size_t i = 0; i < d->n_run; i++) {
        double left = PAGE_EDGE + (double)i * (width + BETWEEN);
        struct scale x = scale_linear(0, d->end_s, left + ticks, left + width - SIDE);
        draw_panel(s, d, &view[i], &x, &y, true);
    }
}

bool gap_layout(const struct gap_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n_run == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: no run was given");
    for (size_t i = 0; i < d->n_run; i++)
        if (d->run[i].n == 0 || d->run[i].n_line == 0 || d->run[i].n_replication == 0)
            return err_set(err, ERR_DATA, "there is nothing to draw: %s has no queues with messages over time", d->run[i].name);
    struct page_size page = page_size(width, height, 360);
    struct sheet *s = sheet_open(fmax(page.width, 220 * (double)d->n_run), page.height);
    struct view *view = s != NULL ? sheet_get(s, d->n_run, sizeof(*view)) : NULL;
    bool ok = view != NULL;
    for (size_t i = 0; ok && i < d->n_run; i++)
        ok = make_view(s, &d->run[i], &view[i]);
    if (ok) {
        size_t r = d->run[0].n_replication;
        const char *title = finding(s, view, d->n_run);
        double y = frame_head(s, title, sheet_format(s, "messages that a queue was sent less than the fullest, counted from the start · %s",
                                                     r == 1 ? "one replication" : sheet_format(s, "mean of %zu replications", r)));
        s->height = fmax(s->height, y + 18 + faults_room(d->n_fault) + AXIS_X_ROOM + PAGE_EDGE + 110);
        draw_all(s, d, view, y + 8);
        fill_table(s, view, d->n_run);
        sheet_alt_set(s, sheet_format(s, "How many messages each queue lacks against the fullest, over time. %s.", title));
    }
    return sheet_close(s, out, err);
}
