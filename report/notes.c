/* notes.c - places for labels: beside line ends (moved apart), and at points inside a panel (searched for). */
#include <math.h>
#include <stdlib.h>

#include "frame.h"
#include "text.h"

#define LINE_ROOM 1.25 /* of the font size, from line to line */

/* --- labels beside line ends --- */

static int by_y(const void *a, const void *b)
{
    const struct side_label *p = *(const struct side_label *const *)a, *q = *(const struct side_label *const *)b;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    return p < q ? -1 : p > q; /* same array: by index */
}

static double label_height(const struct side_label *l)
{
    return type_label.size * LINE_ROOM + (l->detail != NULL ? TYPE_SMALL * LINE_ROOM : 0) + 2;
}

/* Tops of the labels, in order: each at its line's end if it can be, pushed down by the one above it, and all pushed up
 * by the bottom. When they do not all fit, the last ones are left out: returns how many stay. */
static size_t spread(struct side_label *const *order, size_t n, double top, double bottom, double *at)
{
    double all = 0;
    for (size_t i = 0; i < n; i++) {
        all += label_height(order[i]);
        if (all > bottom - top)
            n = i;
    }
    double free_from = top;
    for (size_t i = 0; i < n; i++) {
        at[i] = fmax(order[i]->y - type_label.size * 0.7, free_from);
        free_from = at[i] + label_height(order[i]);
    }
    double free_to = bottom;
    for (size_t i = n; i-- > 0;) {
        at[i] = fmin(at[i], free_to - label_height(order[i]));
        free_to = at[i];
    }
    return n;
}

static void side_label_draw(struct sheet *s, const struct side_label *l, double x, double y, double width)
{
    struct type type = type_label, soft = type_soft;
    type.rgb = soft.rgb = l->rgb;
    double base = y + type.size * TEXT_ASCENT, middle = base - type.size * 0.35;
    bool moved = fabs(middle - l->y) > type.size * 0.8;
    if (moved)
        sheet_segment(s, x + 2, l->y, x + 10, middle, (struct ink){RGB_AXIS, 1}, 0.6, DASH_SOLID);
    double x0 = x + (moved ? 13 : 6);
    sheet_text_within(s, x0, base, l->name, type, width - (x0 - x));
    if (l->detail != NULL)
        sheet_text_within(s, x0, base + TYPE_SMALL * LINE_ROOM, l->detail, soft, width - (x0 - x));
}

void side_labels(struct sheet *s, struct side_label *label, size_t n, double x, double width, double top, double bottom)
{
    struct side_label **order = sheet_get(s, n, sizeof(struct side_label *));
    double *at = sheet_get(s, n, sizeof(*at));
    if (order == NULL || at == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        order[i] = &label[i];
    qsort(order, n, sizeof(struct side_label *), by_y);
    n = spread(order, n, top, bottom, at);
    for (size_t i = 0; i < n; i++)
        side_label_draw(s, order[i], x, at[i], width);
}

/* --- notes at points --- */

static bool inside(struct box b, struct box within)
{
    return b.x0 >= within.x0 && b.x1 <= within.x1 && b.y0 >= within.y0 && b.y1 <= within.y1;
}

/* Liang and Barsky: whether the segment has a part in the box. */
static bool crosses(struct point a, struct point b, struct box k)
{
    double from = 0, to = 1, d[] = {a.x - b.x, b.x - a.x, a.y - b.y, b.y - a.y};
    double q[] = {a.x - k.x0, k.x1 - a.x, a.y - k.y0, k.y1 - a.y};
    for (int i = 0; i < 4; i++) {
        if (d[i] == 0) {
            if (q[i] < 0)
                return false;
        } else if (d[i] < 0) {
            from = fmax(from, q[i] / d[i]);
        } else {
            to = fmin(to, q[i] / d[i]);
        }
    }
    return from < to;
}

static size_t edges_crossed(const struct mark *m, struct box b)
{
    size_t n = 0;
    for (size_t j = 0; j + 1 < m->n; j++)
        n += crosses(m->at[j], m->at[j + 1], b);
    return n;
}

/* Even-odd rule. */
static bool holds(const struct mark *m, double x, double y)
{
    bool in = false;
    for (size_t i = 0, j = m->n - 1; i < m->n; j = i++) {
        struct point a = m->at[i], b = m->at[j];
        if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x)
            in = !in;
    }
    return in;
}

/* How much is in a box: lines through it, dots, bands under it. Grid lines and the shade of faults do not count. */
static size_t lines_crossed(const struct sheet *s, struct box b)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct mark *m = &s->mark[i];
        if (m->kind == MARK_DOT)
            n += m->at->x > b.x0 - 2 && m->at->x < b.x1 + 2 && m->at->y > b.y0 - 2 && m->at->y < b.y1 + 2;
        else if (m->kind == MARK_LINE && m->ink.rgb != RGB_GRID)
            n += edges_crossed(m, b);
        else if (m->kind == MARK_AREA && m->ink.rgb != RGB_FAULT)
            n += edges_crossed(m, b) + holds(m, (b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2);
    }
    return n;
}

struct spot {
    struct box box;
    double     x, base, cost;
};

/* The spot in direction k of 8, at that distance from the point. */
static struct spot spot_at(struct point p, int k, double far, double width, double size)
{
    static const double dx[] = {1, -1, 1, -1, 1, -1, 0, 0}, dy[] = {-1, -1, 0, 0, 1, 1, -1, 1};
    double height = size * (TEXT_ASCENT + TEXT_DESCENT), reach = dx[k] != 0 && dy[k] != 0 ? far * 0.7 : far;
    struct spot spot;
    double left = dx[k] > 0 ? p.x + reach : dx[k] < 0 ? p.x - reach - width : p.x - width / 2;
    double top = dy[k] < 0 ? p.y - reach - height : dy[k] > 0 ? p.y + reach : p.y - height / 2;
    spot.box = (struct box){left, top, left + width, top + height};
    spot.x = left;
    spot.base = top + size * TEXT_ASCENT;
    spot.cost = far + k;
    return spot;
}

static void leader(struct sheet *s, struct point p, struct box b)
{
    double x = fmin(fmax(p.x, b.x0), b.x1), y = fmin(fmax(p.y, b.y0), b.y1);
    double d = hypot(x - p.x, y - p.y);
    if (d > type_label.size)
        sheet_segment(s, p.x + (x - p.x) * 4 / d, p.y + (y - p.y) * 4 / d, x, y, (struct ink){RGB_AXIS, 1}, 0.6, DASH_SOLID);
}

bool note_put(struct sheet *s, struct box within, double x, double y, const char *text, struct type type)
{
    static const double far[] = {6, 12, 20, 32, 48};
    struct point p = {x, y};
    double width = text_width(text, type.size);
    struct spot best = {.cost = INFINITY};
    type.align = ALIGN_LEFT;
    for (size_t f = 0; f < sizeof(far) / sizeof(far[0]); f++) {
        for (int k = 0; k < 8; k++) {
            struct spot spot = spot_at(p, k, far[f], width, type.size);
            if (spot.cost >= best.cost || !inside(spot.box, within) || !sheet_is_free(s, spot.box))
                continue;
            spot.cost += 1000.0 * (double)lines_crossed(s, spot.box);
            if (spot.cost < best.cost)
                best = spot;
        }
    }
    if (isinf(best.cost))
        return false;
    leader(s, p, best.box);
    sheet_text(s, best.x, best.base, text, type);
    return true;
}

bool note_on_line(struct sheet *s, struct box within, double y, const char *text, struct type type)
{
    double width = text_width(text, type.size), step = (within.x1 - within.x0 - width) / 16;
    struct spot best = {.cost = INFINITY};
    type.align = ALIGN_LEFT;
    for (int k = 0; k < 34 && step > 0; k++) {
        double base = k % 2 == 0 ? y - 4 : y + 3 + type.size * TEXT_ASCENT, x = within.x0 + step * (k / 2);
        struct spot spot = {text_box(x, base, text, type), x, base, k};
        if (!inside(spot.box, within) || !sheet_is_free(s, spot.box))
            continue;
        spot.cost += 1000.0 * (double)lines_crossed(s, spot.box);
        if (spot.cost < best.cost)
            best = spot;
    }
    if (isinf(best.cost))
        return false;
    sheet_text(s, best.x, best.base, text, type);
    return true;
}

const char *deadlines_told(struct sheet *s, const char *deadlines, const char *before)
{
    return deadlines == NULL || *deadlines == 0 ? "" : sheet_format(s, "%sdeadlines: %s", before, deadlines);
}

void deadline_draw(struct sheet *s, double deadline_s, const struct scale *x, const struct scale *y)
{
    if (!(deadline_s >= y->lo) || !(deadline_s <= y->hi))
        return;
    char text[FORMAT_SIZE];
    format_duration(text, deadline_s);
    double at = scale_at(y, deadline_s);
    struct type type = {.size = TYPE_SMALL, .bold = true, .rgb = RGB_TEXT};
    struct box within = {x->from + 4, y->to, x->to - 4, y->from - 1};
    sheet_segment(s, x->from, at, x->to, at, (struct ink){0, 1}, 1, DASH_LONG);
    note_on_line(s, within, at, sheet_format(s, "deadline %s", text), type);
}
