/* frame.c - head, axes. */
#include "frame.h"

#include <math.h>
#include <string.h>

#include "text.h"

#define TITLE_SIZE 15.0
#define SUB_SIZE   10.0

const struct type type_label = {.size = 10, .bold = true, .rgb = RGB_TEXT};
const struct type type_soft = {.size = TYPE_SMALL, .rgb = RGB_SOFT};
const struct type type_head = {.size = TITLE_SIZE, .bold = true, .rgb = RGB_TEXT};

/* Lines of one type from the first baseline y on; returns the next baseline. */
static double paragraph(struct sheet *s, double x, double y, const char *text, struct type type, double width,
                        size_t max)
{
    char *line[8];
    const char *clean = sheet_format(s, "%s", text);
    size_t n = s->failed ? 0 : text_wrap(&s->arena, clean, type.size, width, line, max);
    for (size_t i = 0; i < n; i++, y += type.size * 1.38)
        sheet_text(s, x, y, line[i], type);
    return y;
}

double frame_head(struct sheet *s, const char *title, const char *subtitle)
{
    double width = s->width - 2 * PAGE_EDGE, y = PAGE_EDGE + TITLE_SIZE * 0.8;
    struct type sub = {.size = SUB_SIZE, .rgb = RGB_SOFT};
    sheet_title_set(s, title);
    y = paragraph(s, PAGE_EDGE, y, title, type_head, width, 3);
    y = paragraph(s, PAGE_EDGE, y - 3, subtitle, sub, width, 3);
    return y - SUB_SIZE * 0.5;
}

double frame_titles(struct sheet *s, double y, const char *const *name, const char *const *title, size_t n)
{
    const char *text = "";
    for (size_t i = 0; i < n; i++)
        if (title[i] != NULL && *title[i] != 0 && strlen(title[i]) <= 200 && strcmp(title[i], name[i]) != 0)
            text = sheet_format(s, "%s%s%s: “%s”", text, *text != 0 ? " · " : "", name[i], title[i]);
    if (*text == 0)
        return y;
    return paragraph(s, PAGE_EDGE, y + TYPE_SMALL, text, type_soft, s->width - 2 * PAGE_EDGE, 2) - TYPE_SMALL * 0.5;
}

double frame_text(struct sheet *s, double x, double y, const char *text, double width)
{
    return paragraph(s, x, y, text, type_soft, width, 3);
}

static struct ink grid_ink(bool strong)
{
    return (struct ink){strong ? RGB_AXIS : RGB_GRID, 1};
}

double axis_y_room(const struct scale *s, enum tick_style style, size_t want)
{
    struct tick tick[TICKS_MAX];
    size_t n = scale_ticks(s, style, want, tick);
    double room = 0;
    for (size_t i = 0; i < n; i++)
        room = fmax(room, text_width(tick[i].label, TYPE_SMALL));
    return room + 6;
}

void axis_y(struct sheet *s, const struct scale *scale, enum tick_style style, size_t want, double x0, double x1)
{
    struct tick tick[TICKS_MAX];
    size_t n = scale_ticks(scale, style, want, tick);
    struct type type = type_soft;
    type.align = ALIGN_RIGHT;
    for (size_t i = 0; i < n; i++) {
        double y = scale_at(scale, tick[i].value);
        bool base = scale->kind == SCALE_LINEAR && tick[i].value == 0;
        if (tick[i].label[0] == 0) {
            sheet_segment(s, x0 - 3, y, x0, y, grid_ink(false), 0.6, DASH_SOLID);
            continue;
        }
        sheet_segment(s, x0, y, x1, y, grid_ink(base), base ? 0.8 : 0.6, DASH_SOLID);
        struct box b = text_box(x0 - 6, y + TYPE_SMALL * 0.36, tick[i].label, type);
        if (sheet_is_free(s, b))
            sheet_text(s, x0 - 6, y + TYPE_SMALL * 0.36, tick[i].label, type);
    }
}

/* Whether all labels of an axis stand apart by at least half a letter. */
static bool labels_fit(const struct scale *scale, const struct tick *tick, size_t n)
{
    double last = -1e9;
    for (size_t i = 0; i < n; i++) {
        double half = text_width(tick[i].label, TYPE_SMALL) / 2, x = scale_at(scale, tick[i].value);
        if (x - half < last + 8)
            return false;
        last = x + half;
    }
    return true;
}

static size_t fitting_ticks(const struct scale *scale, enum tick_style style, struct tick *tick)
{
    size_t n = 0;
    for (size_t want = 7; want >= 1; want--) {
        n = scale_ticks(scale, style, want, tick);
        if (labels_fit(scale, tick, n))
            return n;
    }
    return n;
}

void axis_x(struct sheet *s, const struct scale *scale, enum tick_style style, double y_top, double y, bool grid,
            const char *name)
{
    struct tick tick[TICKS_MAX];
    size_t n = fitting_ticks(scale, style, tick);
    struct type type = type_soft;
    type.align = ALIGN_CENTRE;
    sheet_segment(s, scale->from, y, scale->to, y, grid_ink(true), 0.8, DASH_SOLID);
    for (size_t i = 0; i < n; i++) {
        double x = scale_at(scale, tick[i].value), base = y + 5 + TYPE_SMALL;
        if (grid)
            sheet_segment(s, x, y_top, x, y, grid_ink(false), 0.6, DASH_SOLID);
        sheet_segment(s, x, y, x, y + 4, grid_ink(true), 0.8, DASH_SOLID);
        if (sheet_is_free(s, text_box(x, base, tick[i].label, type)))
            sheet_text(s, x, base, tick[i].label, type);
    }
    type.align = ALIGN_RIGHT;
    sheet_text_within(s, scale->to, y + 9 + 2.2 * TYPE_SMALL, name, type, scale->to - PAGE_EDGE);
}
