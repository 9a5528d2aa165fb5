/* faults.c - the windows of faults behind a panel, and their names above it. Faults of one course often follow one another
 * within minutes on an axis of hours, so names are placed in up to three rows; a name whose neighbour is near ends where its
 * window ends and leaves the room to the right to the neighbour. What finds no place is counted, never passed over. */
#include <math.h>

#include "frame.h"
#include "text.h"

#define ROWS_MAX  3
#define ROW       12.0
#define NAMED_MAX 12 /* more names are more than anybody reads */
#define INSET     2.0

struct name {
    const char *text;
    double      x, y; /* middle, baseline */
    struct box  box;
};
struct names {
    struct name name[NAMED_MAX];
    size_t      n, rows;
    double      base; /* of the row next to the panel */
};

static size_t rows_of(size_t n)
{
    return n < 2 ? n : n < 5 ? 2 : ROWS_MAX;
}

double faults_room(size_t n)
{
    return n == 0 ? 0 : 3 + ROW * (double)rows_of(n);
}

const char *fault_lasts(struct sheet *s, const struct fault_span *f)
{
    char lasts[FORMAT_SIZE];
    if (isinf(f->to_s))
        return "until the end";
    format_moment(lasts, f->to_s - f->from_s);
    return sheet_format(s, "%s", lasts);
}

static bool is_shown(const struct fault_span *f, const struct scale *x)
{
    return f->to_s > x->lo && f->from_s < x->hi;
}

static double left_of(const struct fault_span *f, const struct scale *x)
{
    return scale_at(x, fmax(f->from_s, x->lo));
}

static double right_of(const struct fault_span *f, const struct scale *x)
{
    return fmin(fmax(scale_at(x, fmin(f->to_s, x->hi)), left_of(f, x) + 1), x->to);
}

/* --- windows --- */

static void draw_seams(struct sheet *s, const struct fault_span *f, size_t n, const struct scale *x, double y0, double y1)
{
    const struct ink ink = {RGB_SEAM, 1};
    for (size_t i = 0; i < n; i++) {
        bool touches = false;
        for (size_t k = 0; k < n && is_shown(&f[i], x); k++)
            touches |= k != i && is_shown(&f[k], x) && left_of(&f[k], x) < right_of(&f[i], x) + 1.5 &&
                       left_of(&f[i], x) < right_of(&f[k], x) + 1.5;
        if (!touches)
            continue;
        sheet_segment(s, left_of(&f[i], x), y0, left_of(&f[i], x), y1, ink, 0.8, DASH_SOLID);
        sheet_segment(s, right_of(&f[i], x), y0, right_of(&f[i], x), y1, ink, 0.8, DASH_SOLID);
    }
}

/* --- names --- */

static bool is_free(const struct sheet *s, const struct names *names, struct box b)
{
    for (size_t i = 0; i < names->n; i++)
        if (box_meets(names->name[i].box, (struct box){b.x0 - INSET, b.y0, b.x1 + INSET, b.y1}))
            return false;
    return sheet_is_free(s, b);
}

/* Puts the text at the first place that is free, each tried in all rows from the panel on. */
static bool place(const struct sheet *s, struct names *names, const char *text, const double *middle, size_t n,
                  const struct scale *x)
{
    struct type type = type_soft;
    type.align = ALIGN_CENTRE;
    for (size_t i = 0; i < names->rows * n && names->n < NAMED_MAX; i++) {
        double at = middle[i / names->rows], y = names->base - ROW * (double)(i % names->rows);
        struct box b = text_box(at, y, text, type);
        if (b.x0 < x->from - 1 || b.x1 > x->to + 1 || !is_free(s, names, b))
            continue;
        names->name[names->n++] = (struct name){text, at, y, b};
        return true;
    }
    return false;
}

struct near { /* whether a window follows close by, or precedes */
    bool next, last;
};
#define NEAR 12.0

static const char *fitting(struct sheet *s, const char *text, const struct scale *x)
{
    char *fit = s->failed ? NULL : text_fit_middle(&s->arena, text, type_soft.size, fmin(300, x->to - x->from));
    s->failed |= fit == NULL;
    return fit != NULL ? fit : "";
}

/* Over the window; where the next one touches it, to the left of its end, and that to the right of its start. */
static bool place_over(struct sheet *s, struct names *names, const char *text, const struct fault_span *f,
                       struct near near, const struct scale *x)
{
    double x0 = left_of(f, x), x1 = right_of(f, x), half = text_width(text, type_soft.size) / 2;
    double middle = fmin(fmax((x0 + x1) / 2, x->from + half), x->to - half);
    double before = x1 - INSET - half, after = x0 + INSET + half;
    double best = near.next ? before : near.last ? after : middle;
    const double at[] = {best, middle, after, before, x1 + half + 4, x0 - half - 4};
    return place(s, names, text, at, sizeof(at) / sizeof(at[0]), x);
}

static bool place_rest(struct sheet *s, struct names *names, size_t rest, const struct scale *x)
{
    const char *text = sheet_format(s, "+%zu more", rest);
    double half = text_width(text, type_soft.size) / 2, at[8];
    for (size_t i = 0; i < 8; i++)
        at[i] = x->to - half - (x->to - x->from - 2 * half) * (double)i / 7;
    return place(s, names, text, at, 8, x);
}

static struct near near_of(const struct fault_span *f, size_t i, size_t n, const struct scale *x)
{
    struct near near = {false, false};
    for (size_t k = 0; k < n; k++) {
        bool touches = k != i && is_shown(&f[k], x) && left_of(&f[k], x) < right_of(&f[i], x) + NEAR &&
                       left_of(&f[i], x) < right_of(&f[k], x) + NEAR;
        near.next |= touches && f[k].from_s > f[i].from_s;
        near.last |= touches && f[k].from_s < f[i].from_s;
    }
    return near;
}

static void draw_names(struct sheet *s, const struct fault_span *f, size_t n, const struct scale *x, double y0)
{
    struct names names = {.rows = rows_of(n), .base = y0 - 4};
    size_t rest = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_shown(&f[i], x))
            continue;
        struct near near = near_of(f, i, n, x);
        const char *label = fitting(s, f[i].label, x);
        const char *text = fitting(s, sheet_format(s, "%s, %s", f[i].label, fault_lasts(s, &f[i])), x);
        rest += !place_over(s, &names, text, &f[i], near, x) && !place_over(s, &names, label, &f[i], near, x);
    }
    while (rest > 0 && !place_rest(s, &names, rest, x) && names.n > 0) { /* a name gives way to the count */
        names.n--;
        rest++;
    }
    struct type type = type_soft;
    type.align = ALIGN_CENTRE;
    for (size_t i = 0; i < names.n; i++)
        sheet_text(s, names.name[i].x, names.name[i].y, names.name[i].text, type);
}

void faults_draw(struct sheet *s, const struct fault_span *fault, size_t n, const struct scale *x, double y0, double y1,
                 bool named)
{
    for (size_t i = 0; i < n; i++)
        if (is_shown(&fault[i], x))
            sheet_rect(s, (struct box){left_of(&fault[i], x), y0, right_of(&fault[i], x), y1}, (struct ink){RGB_FAULT, 1});
    draw_seams(s, fault, n, x, y0, y1);
    if (named)
        draw_names(s, fault, n, x, y0);
}
