/* chart_concurrency.c - what limits a function? What it executes at once over time against its limits, and below, on the same
 * axis, the invocations that were throttled and those that began with a cold start. */
#include <math.h>

#include "layouts_scaling.h"
#include "rows.h"
#include "text.h"

#define COLUMNS  640
#define HEAD_ROW 16.0
#define GAP      12.0
#define FIRST    170.0
#define OTHER    64.0
#define NEAR     3.0 /* times the most that was at work: limits up to there are drawn */
#define AT_LIMIT 0.99

struct view {
    struct course concurrent, most, throttled, cold, provisioned; /* n 0: not known */
    double mean, peak, refused, cold_starts, invoked, at_limit; /* means of the replications; at_limit: part of the time */
    const struct concurrency_limit *least;                      /* NULL: none */
};

static double total(const struct concurrency_data *d, const double *value)
{
    double sum = 0;
    for (size_t i = 0; value != NULL && i < d->n * d->n_replication; i++)
        sum += rows_clean(value[i]);
    return sum / (double)d->n_replication;
}

static void measure(const struct concurrency_data *d, struct view *v)
{
    const double *most = d->most != NULL ? d->most : d->concurrent;
    double all = (double)(d->n * d->n_replication);
    for (size_t i = 0; i < d->n_limit; i++)
        if (!d->limit[i].soft && (v->least == NULL || d->limit[i].value < v->least->value))
            v->least = &d->limit[i];
    for (size_t i = 0; i < d->n * d->n_replication; i++) {
        v->mean += rows_clean(d->concurrent[i]) / all;
        v->peak = fmax(v->peak, rows_clean(most[i]));
        v->at_limit += v->least != NULL && rows_clean(most[i]) >= AT_LIMIT * v->least->value ? 1 / all : 0;
    }
    v->refused = total(d, d->throttled);
    v->cold_starts = total(d, d->cold);
    v->invoked = total(d, d->invoked);
}

static bool make_course(struct sheet *s, const struct concurrency_data *d, struct course *c, enum course_kind kind, const double *value)
{
    return value == NULL || course_make(s, c, kind, value, d->n_replication, d->n, d->width_s, COLUMNS);
}

static bool make_view(struct sheet *s, const struct concurrency_data *d, struct view *v)
{
    *v = (struct view){.least = NULL};
    measure(d, v);
    return make_course(s, d, &v->concurrent, COURSE_LEVEL, d->concurrent) && make_course(s, d, &v->most, COURSE_MOST, d->most) &&
           make_course(s, d, &v->throttled, COURSE_COUNT, d->throttled) && make_course(s, d, &v->cold, COURSE_COUNT, d->cold) &&
           make_course(s, d, &v->provisioned, COURSE_LEVEL, d->provisioned);
}

/* --- marks --- */

static double limit_top(const struct concurrency_data *d, const struct view *v)
{
    double top = v->peak;
    for (size_t i = 0; i < d->n_limit; i++)
        if (d->limit[i].value <= NEAR * v->peak)
            top = fmax(top, d->limit[i].value);
    return fmax(top, fmin(course_top(&v->provisioned), NEAR * v->peak));
}

/* Where it changed in the run: a line with steps, named by the most there was. */
static void draw_provisioned(struct sheet *s, const struct view *v, const struct scale *x, const struct scale *y, struct box within)
{
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = RGB_TEXT};
    double most = course_top(&v->provisioned);
    if (v->provisioned.n == 0 || most > y->hi)
        return;
    course_steps(s, &v->provisioned, x, y, (struct ink){0, 1}, 1, DASH_LONG);
    note_on_line(s, within, scale_at(y, most), sheet_format(s, "provisioned, at most %s", say_number(s, most)), type);
}

static void draw_limits(struct sheet *s, const struct concurrency_data *d, const struct view *v, const struct scale *x, const struct scale *y)
{
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = RGB_TEXT};
    struct box within = {x->from + 4, y->to, x->to - 4, y->from - 1};
    draw_provisioned(s, v, x, y, within);
    for (size_t i = 0; i < d->n_limit; i++) {
        double at = scale_at(y, d->limit[i].value);
        if (!(d->limit[i].value <= y->hi) || !(d->limit[i].value >= 0))
            continue;
        sheet_segment(s, x->from, at, x->to, at, (struct ink){0, 1}, 1, DASH_LONG);
        note_on_line(s, within, at, sheet_format(s, "%s %s", d->limit[i].name, say_number(s, d->limit[i].value)), type);
    }
}

static void panel_head(struct sheet *s, const struct scale *x, double y, const char *name, const char *numbers)
{
    struct type soft = type_soft;
    double width = text_width(name, type_label.size), room = x->to - x->from - width - 12;
    soft.align = ALIGN_RIGHT;
    sheet_text_within(s, x->from, y, name, type_label, x->to - x->from);
    if (room > 60)
        sheet_text_within(s, x->to, y, numbers, soft, room);
}

static void draw_concurrent(struct sheet *s, const struct concurrency_data *d, const struct view *v, const struct scale *x, const struct scale *y)
{
    const struct role *role = role_of(ROLE_DECOUPLED);
    faults_draw(s, d->fault, d->n_fault, x, y->to, y->from, true);
    axis_y(s, y, TICK_COUNT, 5, x->from, x->to);
    course_area(s, &v->concurrent, x, y, (struct ink){0xCFE3F1, 1});
    if (v->most.n > 0)
        course_steps(s, &v->most, x, y, (struct ink){0x56B4E9, 1}, 0.7, DASH_SOLID);
    course_steps(s, &v->concurrent, x, y, (struct ink){role->line, 1}, 1.4, DASH_SOLID);
    draw_limits(s, d, v, x, y);
}

static void draw_rate(struct sheet *s, const struct concurrency_data *d, const struct course *c, const struct scale *x, const struct scale *y,
                      uint32_t fill, uint32_t line)
{
    faults_draw(s, d->fault, d->n_fault, x, y->to, y->from, false);
    axis_y(s, y, TICK_NUMBER, 2, x->from, x->to);
    course_area(s, c, x, y, (struct ink){fill, 1});
    course_steps(s, c, x, y, (struct ink){line, 1}, 1, DASH_SOLID);
}

/* --- words --- */

static const char *finding(struct sheet *s, const struct concurrency_data *d, const struct view *v)
{
    double offered = v->invoked + v->refused;
    const char *peak = sheet_format(s, "%s: %s executions at once, %s on average", d->function, say_number(s, v->peak), say_round(s, v->mean));
    const char *limit = v->least == NULL ? "" : sheet_format(s, ", of %s allowed", say_number(s, v->least->value));
    if (v->peak == 0)
        return v->refused > 0 ? sheet_format(s, "%s: nothing executed%s; %s throttled", d->function, limit, say_round(s, v->refused))
                              : sheet_format(s, "%s: never invoked", d->function);
    if (d->throttled == NULL || v->refused == 0)
        return sheet_format(s, "%s%s; nothing throttled", peak, limit);
    const char *share = d->invoked != NULL ? sheet_format(s, " (%s of attempts)", say_share(s, v->refused / offered)) : "";
    return sheet_format(s, "%s%s; %s throttled%s", peak, limit, say_round(s, v->refused), share);
}

static void fill_table(struct sheet *s, const struct concurrency_data *d, const struct view *v)
{
    static const char *const head[] = {"what", "value"};
    sheet_table_head(s, head, 2);
    const struct {
        const char *name;
        double      value;
    } row[] = {{"executions at once, mean", v->mean},
               {"executions at once, most", v->peak},
               {"throttled", d->throttled != NULL ? v->refused : NAN},
               {"cold starts", d->cold != NULL ? v->cold_starts : NAN},
               {"invocations", d->invoked != NULL ? v->invoked : NAN}};
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        sheet_cell(s, row[i].name);
        cell_number(s, row[i].value);
    }
    for (size_t i = 0; i < d->n_limit; i++) {
        sheet_cell(s, sheet_format(s, "limit: %s", d->limit[i].name));
        cell_number(s, d->limit[i].value);
    }
    if (v->provisioned.n > 0) {
        sheet_cell(s, "limit: provisioned, at most");
        cell_number(s, course_top(&v->provisioned));
    }
    sheet_cell(s, "at the least limit, part of the time");
    sheet_cell(s, v->least != NULL ? say_share(s, v->at_limit) : "none");
}

struct panel {
    const char          *name, *numbers;
    const struct course *course;
    uint32_t             fill, line;
    struct scale         y;
};

static size_t panels(struct sheet *s, const struct concurrency_data *d, const struct view *v, struct panel out[2])
{
    size_t n = 0;
    if (v->throttled.n > 0)
        out[n++] = (struct panel){"throttled per second", sheet_format(s, "%s in all", say_number(s, v->refused)), &v->throttled, 0xF0B088, 0xA84A00,
                                  {.lo = 0}};
    if (v->cold.n > 0)
        out[n++] = (struct panel){"cold starts per second",
                                  v->invoked > 0 ? sheet_format(s, "%s in all, %s of invocations", say_number(s, v->cold_starts), say_share(s, v->cold_starts / v->invoked))
                                                 : sheet_format(s, "%s in all", say_number(s, v->cold_starts)),
                                  &v->cold, 0xD9D9D9, RGB_SOFT, {.lo = 0}};
    for (size_t i = 0; i < n; i++) {
        double top = course_top(out[i].course);
        out[i].y = scale_linear(0, top > 0 ? top * 1.03 : 1, OTHER, 0);
        scale_nice(&out[i].y, TICK_NUMBER, 2);
    }
    (void)d;
    return n;
}

static void draw_all(struct sheet *s, const struct concurrency_data *d, const struct view *v, double y, bool own)
{
    struct panel panel[2];
    size_t n = panels(s, d, v, panel);
    double named = faults_room(d->n_fault), below = (double)n * (GAP + HEAD_ROW + OTHER), fixed = y + HEAD_ROW + named + below + AXIS_X_ROOM + PAGE_EDGE;
    s->height = own ? fixed + FIRST : fmax(s->height, fixed + 90);
    double top = y + HEAD_ROW + named, bottom = top + s->height - fixed;
    struct scale ys = scale_linear(0, limit_top(d, v) * 1.06, bottom, top);
    double room = axis_y_room(&ys, TICK_COUNT, 5);
    for (size_t i = 0; i < n; i++)
        room = fmax(room, axis_y_room(&panel[i].y, TICK_NUMBER, 2));
    struct scale x = scale_linear(0, d->end_s, PAGE_EDGE + room, s->width - PAGE_EDGE - 6);
    panel_head(s, &x, y + 10, "executions at once", v->most.n > 0 ? "line: mean of each span; thin: its most" : "");
    draw_concurrent(s, d, v, &x, &ys);
    for (size_t i = 0; i < n; i++) {
        panel_head(s, &x, bottom + GAP + 10, panel[i].name, panel[i].numbers);
        panel[i].y.to = bottom + GAP + HEAD_ROW;
        panel[i].y.from = bottom = panel[i].y.to + OTHER;
        draw_rate(s, d, panel[i].course, &x, &panel[i].y, panel[i].fill, panel[i].line);
    }
    axis_x(s, &x, TICK_MOMENT, top, bottom, false, "time since the start of the run");
}

bool concurrency_layout(const struct concurrency_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n == 0 || d->n_replication == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: %s has no concurrency over time", d->function);
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, page.height);
    struct view v;
    if (s != NULL && make_view(s, d, &v)) {
        const char *title = finding(s, d, &v);
        const char *sub = sheet_format(s, "executions at once, run %s · %s", d->run, say_replications(s, d->n_replication));
        draw_all(s, d, &v, frame_head(s, title, sub) + 6, !(height > 0));
        fill_table(s, d, &v);
        sheet_alt_set(s, sheet_format(s, "Concurrency and throttles of %s over time, run %s. %s.", d->function, d->run, title));
    }
    return sheet_close(s, out, err);
}
