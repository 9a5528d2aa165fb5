/* chart_alarms.c - when was an alarm on? One strip an alarm, coloured by its state over time: what a policy heard, and how long
 * after the load it heard it. One replication; how much of the time each was on, and how often, are means of all. */
#include <math.h>

#include "layouts_scaling.h"
#include "rows.h"
#include "text.h"

#define STRIP  16.0
#define ROW    36.0
#define TOLD   3   /* alarms of which each is told */
#define LEAST  0.7 /* points: a short alarm is still seen */

static const struct {
    const char *name;
    uint32_t    rgb;
} states[N_ALARM_STATE] = {[ALARM_OK] = {"OK", 0xCFE6DC}, [ALARM_UNKNOWN] = {"INSUFFICIENT_DATA", 0xBFBFBF}, [ALARM_ON] = {"ALARM", 0xD55E00}};

static double first_on(const struct alarm_row *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->span[i].state == ALARM_ON)
            return r->span[i].from_s;
    return NAN;
}

static double known(double x)
{
    return isnan(x) ? 0 : x;
}

/* --- marks --- */

static void draw_strip(struct sheet *s, const struct alarms_data *d, const struct alarm_row *r, const struct scale *x, double top, double height)
{
    for (size_t pass = 0; pass < 2; pass++) /* what is on lies above */
        for (size_t i = 0; i < r->n; i++) {
            const struct alarm_span *a = &r->span[i];
            double from = scale_at(x, a->from_s), to = scale_at(x, fmin(a->to_s, d->end_s));
            if ((a->state == ALARM_ON) != (pass == 1) || !(a->to_s > a->from_s))
                continue;
            sheet_rect(s, (struct box){from, top, fmin(fmax(to, from + LEAST), x->to), top + height}, (struct ink){states[a->state].rgb, 1});
        }
}

static const char *numbers(struct sheet *s, const struct alarm_row *r)
{
    if (isnan(r->on_share))
        return "";
    const char *times = isnan(r->times) ? "" : sheet_format(s, ", %s×", say_number(s, r->times));
    const char *told = known(r->told) == 0 ? "" : sheet_format(s, ", told %s×", say_number(s, r->told));
    const char *held = known(r->held) == 0 ? "" : sheet_format(s, ", held %s× by few samples", say_number(s, r->held));
    return sheet_format(s, "in ALARM %s of the time%s%s%s", say_share(s, r->on_share), times, told, held);
}

static void draw_row(struct sheet *s, const struct alarms_data *d, const struct alarm_row *r, const struct scale *x, double y, double height)
{
    struct type soft = type_soft;
    soft.align = ALIGN_RIGHT;
    const char *text = numbers(s, r), *fit = s->failed ? NULL : text_fit(&s->arena, text, soft.size, (x->to - x->from) * 0.6);
    if (fit == NULL)
        return;
    sheet_text(s, x->to, y + 10, fit, soft);
    const char *name = r->watches == NULL ? r->name : sheet_format(s, "%s: %s", r->name, r->watches);
    sheet_text_within(s, x->from, y + 10, name, type_label, x->to - x->from - text_width(fit, soft.size) - 12);
    draw_strip(s, d, r, x, y + height - STRIP - 2, STRIP);
}

/* --- words --- */

static const char *each(struct sheet *s, const struct alarms_data *d)
{
    const char *text = "";
    for (size_t i = 0; i < d->n_row; i++) {
        const struct alarm_row *r = &d->row[i];
        bool never = isnan(first_on(r)) && known(r->on_share) == 0;
        const char *first = isnan(first_on(r)) ? "" : sheet_format(s, ", first at %s", say_moment(s, first_on(r)));
        text = sheet_format(s, "%s%s%s %s", text, i > 0 ? "; " : "", r->name,
                            never ? "never goes to ALARM" : sheet_format(s, "is in ALARM %s of the time%s", say_share(s, known(r->on_share)), first));
    }
    return text;
}

static const char *finding(struct sheet *s, const struct alarms_data *d)
{
    size_t on = 0, worst = 0;
    for (size_t i = 0; i < d->n_row; i++) {
        on += !isnan(first_on(&d->row[i])) || known(d->row[i].times) > 0;
        worst = known(d->row[i].on_share) > known(d->row[worst].on_share) ? i : worst;
    }
    const struct alarm_row *r = &d->row[worst];
    if (on == 0)
        return d->n_row == 1 ? sheet_format(s, "%s never goes to ALARM", r->name) : sheet_format(s, "None of %zu alarms ever goes to ALARM", d->n_row);
    const char *first = isnan(first_on(r)) ? "" : sheet_format(s, ", first at %s", say_moment(s, first_on(r)));
    if (d->n_row == 1)
        return sheet_format(s, "%s: %s%s", r->name, numbers(s, r), first);
    if (d->n_row <= TOLD)
        return each(s, d);
    return sheet_format(s, "%zu of %zu alarms go to ALARM; %s most: %s of the time%s", on, d->n_row, r->name, say_share(s, known(r->on_share)), first);
}

static void fill_table(struct sheet *s, const struct alarms_data *d)
{
    static const char *const head[] = {"alarm", "watches", "in ALARM, part of the time", "times", "first at", "told", "held by few samples"};
    sheet_table_head(s, head, ARRAY_LEN(head));
    for (size_t i = 0; i < d->n_row; i++) {
        const struct alarm_row *r = &d->row[i];
        sheet_cell(s, r->name);
        sheet_cell(s, r->watches == NULL ? "" : r->watches);
        sheet_cell(s, isnan(r->on_share) ? "none" : say_share(s, r->on_share));
        cell_number(s, r->times);
        sheet_cell(s, isnan(first_on(r)) ? "never" : say_moment(s, first_on(r)));
        cell_number(s, r->told);
        cell_number(s, r->held);
    }
}

static void draw_legend(struct sheet *s, double y)
{
    double x = PAGE_EDGE;
    for (size_t i = 0; i < N_ALARM_STATE; i++)
        legend_entry(s, &x, y, states[i].name, states[i].rgb, SHAPE_SQUARE, s->width - PAGE_EDGE);
}

static void draw_all(struct sheet *s, const struct alarms_data *d, double y)
{
    double n = (double)d->n_row, named = faults_room(d->n_fault), fixed = y + named + AXIS_X_ROOM + 18 + PAGE_EDGE;
    s->height = fmax(s->height, fixed + n * ROW);
    double height = fmin((s->height - fixed) / n, 60);
    struct scale x = scale_linear(0, d->end_s, PAGE_EDGE, s->width - PAGE_EDGE - 6);
    y += named;
    faults_draw(s, d->fault, d->n_fault, &x, y, y + n * height, true);
    for (size_t i = 0; i < d->n_row; i++)
        draw_row(s, d, &d->row[i], &x, y + (double)i * height, height);
    axis_x(s, &x, TICK_MOMENT, y, y + n * height, false, "time since the start of the run");
    draw_legend(s, y + n * height + AXIS_X_ROOM + 12);
}

bool alarms_layout(const struct alarms_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n_row == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: no alarm has a state over time");
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, height > 0 ? page.height : 0);
    if (s == NULL)
        return sheet_close(s, out, err);
    const char *title = finding(s, d);
    const char *which = d->n_replication > 1 ? sheet_format(s, "strips: the first of %zu replications; numbers: their means", d->n_replication) : "one replication";
    draw_all(s, d, frame_head(s, title, sheet_format(s, "state of each alarm over time, run %s · %s", d->run, which)) + 8);
    fill_table(s, d);
    sheet_alt_set(s, sheet_format(s, "States of %zu alarms over time, run %s. %s.", d->n_row, d->run, title));
    return sheet_close(s, out, err);
}
