/* plot.c - filling the display list. */
#include "plot.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "charts.h"
#include "mem.h"
#include "text.h"

#define HAIR 0.01

struct sheet *sheet_open(double width, double height)
{
    struct sheet *s = mem_get_zero(1, sizeof(*s));
    if (s == NULL)
        return NULL;
    arena_init(&s->arena);
    s->width = width;
    s->height = height;
    return s;
}

void sheet_free(struct sheet *s)
{
    if (s == NULL)
        return;
    arena_free(&s->arena);
    mem_release(s->mark);
    mem_release(s->cell);
    mem_release(s);
}

bool sheet_close(struct sheet *s, struct sheet **out, struct err *err)
{
    if (s != NULL && !s->failed) {
        CHECK(s->n_cell == s->n_row * s->n_col);
        *out = s;
        return true;
    }
    sheet_free(s);
    return err_set(err, ERR_OS, "memory is short for this chart");
}

void *sheet_get(struct sheet *s, size_t count, size_t bytes)
{
    size_t total;
    void *p = NULL;
    if (!s->failed && !__builtin_mul_overflow(count, bytes, &total))
        p = arena_get(&s->arena, total);
    if (p == NULL)
        s->failed = true;
    return p;
}

struct point *sheet_points(struct sheet *s, size_t n)
{
    return sheet_get(s, n, sizeof(struct point));
}

const char *sheet_format(struct sheet *s, const char *format, ...)
{
    char text[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    char *copy = s->failed ? NULL : text_clean(&s->arena, text);
    if (copy == NULL)
        s->failed = true;
    return copy != NULL ? copy : "";
}

/* The next mark, or NULL after a failure. */
static struct mark *next(struct sheet *s, enum mark_kind kind, struct ink ink)
{
    if (s->failed)
        return NULL;
    if (s->n == s->room) {
        size_t room = s->room > 0 ? s->room * 2 : 64;
        struct mark *bigger = mem_resize(s->mark, room * sizeof(*bigger));
        if (bigger == NULL) {
            s->failed = true;
            return NULL;
        }
        s->mark = bigger;
        s->room = room;
    }
    struct mark *m = &s->mark[s->n++];
    *m = (struct mark){.kind = kind, .ink = ink};
    return m;
}

void sheet_line(struct sheet *s, const struct point *at, size_t n, struct ink ink, double width, enum dash dash)
{
    struct mark *m = at != NULL && n > 0 ? next(s, MARK_LINE, ink) : NULL;
    if (m == NULL)
        return;
    m->at = at;
    m->n = n;
    m->width = width;
    m->dash = dash;
}

static struct point *pair(struct sheet *s, double x0, double y0, double x1, double y1)
{
    struct point *p = sheet_points(s, 2);
    if (p != NULL) {
        p[0] = (struct point){x0, y0};
        p[1] = (struct point){x1, y1};
    }
    return p;
}

void sheet_segment(struct sheet *s, double x0, double y0, double x1, double y1, struct ink ink, double width,
                   enum dash dash)
{
    sheet_line(s, pair(s, x0, y0, x1, y1), 2, ink, width, dash);
}

void sheet_area(struct sheet *s, const struct point *at, size_t n, struct ink ink)
{
    struct mark *m = at != NULL && n > 2 ? next(s, MARK_AREA, ink) : NULL;
    if (m == NULL)
        return;
    m->at = at;
    m->n = n;
}

void sheet_rect(struct sheet *s, struct box b, struct ink ink)
{
    struct point *p = sheet_points(s, 4);
    if (p == NULL)
        return;
    p[0] = (struct point){b.x0, b.y0};
    p[1] = (struct point){b.x1, b.y0};
    p[2] = (struct point){b.x1, b.y1};
    p[3] = (struct point){b.x0, b.y1};
    sheet_area(s, p, 4, ink);
}

void sheet_dot(struct sheet *s, double x, double y, struct ink ink, double size, enum shape shape)
{
    struct point *p = sheet_points(s, 1);
    struct mark *m = p != NULL ? next(s, MARK_DOT, ink) : NULL;
    if (m == NULL)
        return;
    *p = (struct point){x, y};
    m->at = p;
    m->n = 1;
    m->width = size;
    m->shape = shape;
}

void sheet_text(struct sheet *s, double x, double y, const char *text, struct type type)
{
    struct point *p = sheet_points(s, 1);
    const char *copy = sheet_format(s, "%s", text);
    struct mark *m = p != NULL && copy[0] != 0 ? next(s, MARK_TEXT, (struct ink){type.rgb, 1}) : NULL;
    if (m == NULL)
        return;
    *p = (struct point){x, y};
    m->at = p;
    m->n = 1;
    m->text = copy;
    m->type = type;
    m->width = text_width(copy, type.size);
}

void sheet_text_within(struct sheet *s, double x, double y, const char *text, struct type type, double width)
{
    const char *clean = sheet_format(s, "%s", text);
    const char *cut = s->failed ? NULL : text_fit(&s->arena, clean, type.size, width);
    if (cut == NULL)
        s->failed = true;
    else
        sheet_text(s, x, y, cut, type);
}

static struct box box_of(double x, double y, double width, struct type t)
{
    double before = t.align == ALIGN_LEFT ? 0 : t.align == ALIGN_RIGHT ? width : width / 2;
    double up = TEXT_ASCENT * t.size, down = TEXT_DESCENT * t.size;
    if (t.upright)
        return (struct box){x - up, y + before - width, x + down, y + before};
    return (struct box){x - before, y - up, x - before + width, y + down};
}

struct box text_box(double x, double y, const char *text, struct type type)
{
    return box_of(x, y, text_width(text, type.size), type);
}

struct box mark_text_box(const struct mark *m)
{
    return box_of(m->at->x, m->at->y, m->width, m->type);
}

bool box_meets(struct box a, struct box b)
{
    return a.x0 < b.x1 - HAIR && b.x0 < a.x1 - HAIR && a.y0 < b.y1 - HAIR && b.y0 < a.y1 - HAIR;
}

bool sheet_is_free(const struct sheet *s, struct box b)
{
    if (b.x0 < 0 || b.y0 < 0 || b.x1 > s->width || b.y1 > s->height)
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (s->mark[i].kind == MARK_TEXT && box_meets(b, mark_text_box(&s->mark[i])))
            return false;
    return true;
}

void sheet_title_set(struct sheet *s, const char *title)
{
    s->title = sheet_format(s, "%s", title);
}

void sheet_alt_set(struct sheet *s, const char *alt)
{
    s->alt = sheet_format(s, "%s", alt);
}

const char *sheet_title(const struct sheet *s)
{
    return s->title != NULL ? s->title : "";
}

const char *sheet_alt(const struct sheet *s)
{
    return s->alt != NULL ? s->alt : "";
}

static void put_cell(struct sheet *s, const char *text)
{
    if (s->failed)
        return;
    size_t used = s->n_col + s->n_cell;
    if ((used & (used - 1)) == 0 && used >= 16) { /* full at powers of two */
        const char **bigger = mem_resize(s->cell, used * 2 * sizeof(*bigger));
        if (bigger == NULL) {
            s->failed = true;
            return;
        }
        s->cell = bigger;
    }
    s->cell[used] = sheet_format(s, "%s", text);
}

void sheet_table_head(struct sheet *s, const char *const *heading, size_t n_col)
{
    CHECK(s->cell == NULL && n_col <= 16);
    s->cell = mem_get(16 * sizeof(*s->cell));
    if (s->cell == NULL) {
        s->failed = true;
        return;
    }
    for (size_t i = 0; i < n_col; i++)
        s->cell[i] = sheet_format(s, "%s", heading[i]);
    s->n_col = n_col;
}

void sheet_cell(struct sheet *s, const char *text)
{
    put_cell(s, text);
    s->n_cell++;
    s->n_row = s->n_col > 0 ? s->n_cell / s->n_col : 0;
}

const char *const *sheet_table(const struct sheet *s, size_t *n_row, size_t *n_col)
{
    *n_row = s->n_row;
    *n_col = s->n_col;
    return s->cell;
}
