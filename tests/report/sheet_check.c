#include "sheet_check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

#define CONTRAST_MIN 4.5

static double channel(unsigned value)
{
    double c = value / 255.0;
    return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
    return 0.2126 * channel(rgb >> 16 & 255) + 0.7152 * channel(rgb >> 8 & 255) + 0.0722 * channel(rgb & 255);
}

double contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static bool inside(const struct mark *m, double x, double y)
{
    bool in = false;
    for (size_t i = 0, j = m->n - 1; i < m->n; j = i++) {
        struct point a = m->at[i], b = m->at[j];
        if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x)
            in = !in;
    }
    return in;
}

static uint32_t blend(uint32_t below, struct ink ink)
{
    uint32_t out = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        double a = below >> shift & 255, b = ink.rgb >> shift & 255;
        out |= (uint32_t)(a + (b - a) * ink.alpha + 0.5) << shift;
    }
    return out;
}

/* The paper under mark number `top` at a place; SIZE_MAX: what is seen at the end. */
static uint32_t paper_at(const struct sheet *s, size_t top, double x, double y)
{
    uint32_t paper = 0xFFFFFF;
    for (size_t i = 0; i < s->n && i < top; i++)
        if (s->mark[i].kind == MARK_AREA && inside(&s->mark[i], x, y))
            paper = blend(paper, s->mark[i].ink);
    return paper;
}

static bool check_readable(const struct sheet *s, size_t number, char *why, size_t size)
{
    const struct mark *m = &s->mark[number];
    struct box b = mark_text_box(m);
    for (int k = 0; k <= 4; k++) {
        double x = b.x0 + (b.x1 - b.x0) * k / 4, y = (b.y0 + b.y1) / 2;
        uint32_t paper = paper_at(s, number, x, y);
        if (contrast(m->ink.rgb, paper) < CONTRAST_MIN) {
            snprintf(why, size, "'%s' has contrast %.2f on %06x", m->text, contrast(m->ink.rgb, paper), paper);
            return false;
        }
        if (paper_at(s, s->n, x, y) != paper) {
            snprintf(why, size, "'%s' is covered", m->text);
            return false;
        }
    }
    return true;
}

static bool check_text(const struct sheet *s, size_t number, char *why, size_t size)
{
    const struct mark *m = &s->mark[number];
    struct box b = mark_text_box(m);
    const char *p = m->text;
    for (uint32_t c; (c = text_next(&p)) != 0;) {
        if (c < 0x20) {
            snprintf(why, size, "a text has a control character");
            return false;
        }
    }
    if (b.x0 < 0 || b.y0 < 0 || b.x1 > s->width || b.y1 > s->height) {
        snprintf(why, size, "'%s' leaves the page: %.1f,%.1f to %.1f,%.1f", m->text, b.x0, b.y0, b.x1, b.y1);
        return false;
    }
    for (size_t k = 0; k < number; k++) {
        if (s->mark[k].kind == MARK_TEXT && box_meets(b, mark_text_box(&s->mark[k]))) {
            snprintf(why, size, "'%s' overlaps '%s'", m->text, s->mark[k].text);
            return false;
        }
    }
    return check_readable(s, number, why, size);
}

static bool check_points(const struct sheet *s, const struct mark *m, char *why, size_t size)
{
    for (size_t i = 0; i < m->n; i++) {
        struct point p = m->at[i];
        if (isfinite(p.x) && isfinite(p.y) && p.x >= 0 && p.x <= s->width && p.y >= 0 && p.y <= s->height)
            continue;
        snprintf(why, size, "mark of kind %d leaves the page at %g,%g", m->kind, p.x, p.y);
        return false;
    }
    return true;
}

static bool check_table(const struct sheet *s, char *why, size_t size)
{
    size_t n_row, n_col;
    const char *const *cell = sheet_table(s, &n_row, &n_col);
    snprintf(why, size, "title, alt text or table is missing");
    if (*sheet_title(s) == 0 || *sheet_alt(s) == 0 || n_col == 0)
        return false;
    for (size_t i = 0; i < (n_row + 1) * n_col; i++)
        if (cell[i] == NULL)
            return false;
    return true;
}

bool sheet_check(const struct sheet *s, char *why, size_t size)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct mark *m = &s->mark[i];
        if (m->n == 0 || !check_points(s, m, why, size))
            return false;
        if (m->kind == MARK_TEXT && !check_text(s, i, why, size))
            return false;
    }
    return check_table(s, why, size);
}

const struct mark *sheet_find(const struct sheet *s, const char *part)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->mark[i].kind == MARK_TEXT && strstr(s->mark[i].text, part) != NULL)
            return &s->mark[i];
    return NULL;
}
