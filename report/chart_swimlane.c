/* chart_swimlane.c - why was this processed twice? One row a recorded message on a time axis that
 * begins when it was made: above, what state it was in, with the number of the receive; below, when
 * somebody worked on it, and what came of that. */
#include <math.h>

#include "layouts.h"
#include "text.h"

#define STATE     13.0 /* height of the bar of states; work stands below it, beside each other */
#define TRACK     8.0
#define TRACKS    4
#define WORK      6.0
#define GAP       5.0
#define LABEL_MAX 150.0

static const struct {
    const char *name;
    uint32_t rgb;
} states[] = {
    [LANE_DELAYED] = {"delayed", 0xE2E2E2},
    [LANE_WAITING] = {"waiting", 0xF6E3B4},
    [LANE_FLIGHT] = {"in flight", 0xB5D9F0},
    [LANE_DEAD] = {"dead letter", 0xC9C9C9},
};
static const struct {
    const char *name;
    uint32_t rgb;
    enum shape shape;
} events[] = {
    [LANE_EFFECT] = {"took effect", 0x1F1F1F, SHAPE_DISC},
    [LANE_AGAIN] = {"took effect again", 0xD55E00, SHAPE_RING},
    [LANE_DIED] = {"worker died", 0xD55E00, SHAPE_CROSS},
    [LANE_FAILED] = {"failed", 0x595959, SHAPE_TRIANGLE},
    [LANE_MOVED] = {"became a dead letter", 0x1F1F1F, SHAPE_DIAMOND},
};
#define N_STATE  4
#define N_EVENT  5
#define RGB_WORK 0x0072B2u

/* --- what is used, and so stands in the legend --- */

struct used {
    bool state[N_STATE], event[N_EVENT], work;
};

static struct used find_used(const struct swimlane_data *d)
{
    struct used u = {{false}, {false}, false};
    for (size_t i = 0; i < d->n; i++) {
        const struct lane *l = &d->lane[i];
        for (size_t k = 0; k < l->n_bar; k++)
            u.state[l->bar[k].state] |= l->bar[k].to_s > l->bar[k].from_s;
        for (size_t k = 0; k < l->n_mark; k++)
            u.event[l->mark[k].what] = true;
        u.work |= l->n_work > 0;
    }
    return u;
}

struct legend {
    struct sheet *s;
    double left, right, x, y;
};

/* The next entry's place; a new line where the page ends. */
static double legend_next(struct legend *g, const char *name)
{
    double room = text_width(name, TYPE_SMALL) + 14;
    if (g->x > g->left && g->x + room > g->right) {
        g->x = g->left;
        g->y += 14;
    }
    double x = g->x;
    g->x += room + 10;
    sheet_text(g->s, x + 12, g->y, name, type_soft);
    return x + 5;
}

static double draw_legend(struct sheet *s, const struct used *u, double y)
{
    struct legend g = {s, PAGE_EDGE, s->width - PAGE_EDGE, PAGE_EDGE, y};
    for (size_t i = 0; i < N_STATE; i++)
        if (u->state[i]) {
            double x = legend_next(&g, states[i].name);
            sheet_dot(s, x, g.y - 3.2, (struct ink){states[i].rgb, 1}, 9, SHAPE_SQUARE);
        }
    if (u->work) {
        double x = legend_next(&g, "worked on");
        sheet_rect(s, (struct box){x - 5, g.y - 6, x + 4, g.y - 1}, (struct ink){RGB_WORK, 1});
    }
    for (size_t i = 0; i < N_EVENT; i++)
        if (u->event[i]) {
            double x = legend_next(&g, events[i].name);
            sheet_dot(s, x, g.y - 3.2, (struct ink){events[i].rgb, 1}, 7, events[i].shape);
        }
    return g.y + 8;
}

/* --- rows --- */

/* Work that overlaps in time is drawn one below the other. */
static size_t track_of(const struct lane *l, size_t work, size_t *most)
{
    double busy[TRACKS] = {0};
    size_t track = 0;
    *most = 1;
    for (size_t i = 0; i <= work; i++) {
        track = 0;
        while (track + 1 < TRACKS && busy[track] > l->work[i].from_s)
            track++;
        busy[track] = l->work[i].to_s;
        if (track + 1 > *most)
            *most = track + 1;
    }
    return track;
}

static double height_of(const struct lane *l)
{
    size_t most = 1;
    if (l->n_work > 0)
        track_of(l, l->n_work - 1, &most);
    return STATE + TRACK * (double)most + GAP;
}

static void draw_bar(struct sheet *s, const struct lane_bar *b, const struct scale *x, double top)
{
    double x0 = scale_at(x, b->from_s), x1 = fmax(scale_at(x, b->to_s), x0 + 0.6);
    sheet_rect(s, (struct box){x0, top, x1, top + STATE}, (struct ink){states[b->state].rgb, 1});
    if (b->state == LANE_FLIGHT)
        sheet_segment(s, x0, top, x0, top + STATE, (struct ink){RGB_WORK, 1}, 0.8, DASH_SOLID);
}

static void draw_number(struct sheet *s, const struct lane_bar *b, const struct scale *x,
                        double top)
{
    struct type number = {.size = TYPE_SMALL, .rgb = RGB_TEXT};
    double left = scale_at(x, b->from_s) + 2.5, base = top + STATE - 3.2;
    const char *text = sheet_format(s, "%u", b->receive);
    struct box room = text_box(left, base, text, number);
    if (b->state == LANE_FLIGHT && room.x1 < scale_at(x, b->to_s) && sheet_is_free(s, room))
        sheet_text(s, left, base, text, number);
}

static double track_y(double top, size_t track)
{
    return top + STATE + 2 + TRACK * (double)track;
}

/* Beside the work that it ended. */
static double mark_y(const struct lane *l, const struct lane_mark *m, double top)
{
    size_t most;
    for (size_t i = l->n_work; i-- > 0;)
        if (l->work[i].to_s == m->at_s)
            return track_y(top, track_of(l, i, &most)) + WORK / 2;
    return track_y(top, 0) + WORK / 2;
}

static void draw_lane(struct sheet *s, const struct lane *l, const struct scale *x, double top)
{
    size_t most;
    for (size_t i = 0; i < l->n_bar; i++)
        draw_bar(s, &l->bar[i], x, top);
    for (size_t i = 0; i < l->n_bar; i++)
        draw_number(s, &l->bar[i], x, top);
    for (size_t i = 0; i < l->n_work; i++) {
        double y = track_y(top, track_of(l, i, &most));
        double x0 = scale_at(x, l->work[i].from_s);
        double x1 = fmax(scale_at(x, l->work[i].to_s), x0 + 0.6);
        sheet_rect(s, (struct box){x0, y, x1, y + WORK}, (struct ink){RGB_WORK, 1});
    }
    for (size_t i = 0; i < l->n_mark; i++)
        sheet_dot(s, scale_at(x, l->mark[i].at_s), mark_y(l, &l->mark[i], top),
                  (struct ink){events[l->mark[i].what].rgb, 1}, 7, events[l->mark[i].what].shape);
}

static double label_room(const struct swimlane_data *d)
{
    double room = 40;
    for (size_t i = 0; i < d->n; i++)
        room = fmax(room, text_width(d->lane[i].name, TYPE_SMALL));
    return fmin(room, LABEL_MAX) + 8;
}

/* A message that rests at the end is not worth the width of the page: the axis ends a little after
 * the last time that anybody dealt with one. */
static double end_of(const struct swimlane_data *d)
{
    double end = 0, all = 0;
    for (size_t i = 0; i < d->n; i++) {
        const struct lane *l = &d->lane[i];
        for (size_t k = 0; k < l->n_bar; k++) {
            bool rests = l->bar[k].state != LANE_FLIGHT && k + 1 == l->n_bar;
            end = fmax(end, rests ? l->bar[k].from_s : l->bar[k].to_s);
            all = fmax(all, l->bar[k].to_s);
        }
        for (size_t k = 0; k < l->n_work; k++)
            end = fmax(end, l->work[k].to_s);
        for (size_t k = 0; k < l->n_mark; k++)
            end = fmax(end, l->mark[k].at_s);
    }
    return end > 0 ? end : all > 0 ? all : 1;
}

static void draw_all(struct sheet *s, const struct swimlane_data *d, double y)
{
    double left = PAGE_EDGE + label_room(d), right = s->width - PAGE_EDGE - 6, rows = 0;
    struct scale x = scale_linear(0, end_of(d) * 1.06, left, fmax(right, left + 60));
    struct type label = type_soft;
    label.align = ALIGN_RIGHT;
    for (size_t i = 0; i < d->n; i++)
        rows += height_of(&d->lane[i]);
    s->height = fmax(s->height, y + rows + AXIS_X_ROOM + PAGE_EDGE);
    axis_x(s, &x, TICK_DURATION, y, y + rows, true, "time since it was made");
    for (size_t i = 0; i < d->n; i++) {
        sheet_text_within(s, left - 6, y + STATE - 1, d->lane[i].name, label, left - 6 - PAGE_EDGE);
        draw_lane(s, &d->lane[i], &x, y + 2);
        y += height_of(&d->lane[i]);
    }
}

/* --- words --- */

static const char *times(struct sheet *s, size_t n)
{
    static const char *const word[] = {"never", "once", "twice"};
    return n < 3 ? word[n] : sheet_format(s, "%zu times", n);
}

static const char *finding(struct sheet *s, const struct swimlane_data *d)
{
    if (d->n_recorded == 1 && d->lane[0].effects == 0)
        return sheet_format(s, "%s was received %s and never took effect", d->lane[0].name,
                            times(s, d->lane[0].receives));
    if (d->n_recorded == 1)
        return sheet_format(s, "%s was received %s and took effect %s", d->lane[0].name,
                            times(s, d->lane[0].receives), times(s, d->lane[0].effects));
    if (d->n_again == 0)
        return sheet_format(s, "None of %zu recorded messages was received more than once",
                            d->n_recorded);
    const char *dead = d->n_dead > 0 ? sheet_format(s, ", %zu became dead letters", d->n_dead) : "";
    return sheet_format(s,
                        "%zu of %zu recorded messages were received more than once, %zu took "
                        "effect more than once%s",
                        d->n_again, d->n_recorded, d->n_effect_again, dead);
}

static const char *subtitle(struct sheet *s, const struct swimlane_data *d)
{
    const char *which = d->n < d->n_recorded
                            ? sheet_format(s, " · the %zu that were received most often", d->n)
                            : "";
    const char *of = d->n_replication > 1
                         ? sheet_format(s, "the first of %u replications", d->n_replication)
                         : "one replication";
    return sheet_format(s, "numbers: which receive it is · a row is a message · run %s, %s%s",
                        d->run, of, which);
}

static void fill_table(struct sheet *s, const struct swimlane_data *d)
{
    static const char *const head[] = {"message", "receives", "effects", "done with after"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 4);
    for (size_t i = 0; i < d->n; i++) {
        const struct lane *l = &d->lane[i];
        sheet_cell(s, l->name);
        sheet_cell(s, sheet_format(s, "%zu", l->receives));
        sheet_cell(s, sheet_format(s, "%zu", l->effects));
        format_duration(text, l->n_bar > 0 ? l->bar[l->n_bar - 1].to_s : 0);
        sheet_cell(s, text);
    }
}

bool swimlane_layout(const struct swimlane_data *d, double width, double height, struct sheet **out,
                     struct err *err)
{
    if (d->n == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: no message was recorded");
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s == NULL)
        return sheet_close(s, out, err);
    struct used used = find_used(d);
    double y = frame_head(s, finding(s, d), subtitle(s, d));
    y = draw_legend(s, &used, y + 14);
    draw_all(s, d, y + 4);
    fill_table(s, d);
    sheet_alt_set(
        s, sheet_format(s, "The lives of recorded messages, run %s: %s.", d->run, finding(s, d)));
    return sheet_close(s, out, err);
}
