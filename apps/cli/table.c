/* table.c - gathers cells, then prints with the widths that the widest need. */
#include "table.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define CELL_BYTES 400

void table_open(struct table *t, const char *align)
{
    *t = (struct table){.n_column = strlen(align)};
    snprintf(t->align, sizeof t->align, "%s", align);
}

void table_close(struct table *t)
{
    for (size_t i = 0; i < t->n_cell; i++)
        free(t->cell[i]);
    free(t->cell);
    *t = (struct table){0};
}

static bool room(struct table *t)
{
    if (t->n_cell < t->cap)
        return true;
    size_t cap = t->cap == 0 ? 64 : 2 * t->cap;
    char **more = realloc(t->cell, cap * sizeof *more);
    if (more == NULL)
        return false;
    t->cell = more;
    t->cap = cap;
    return true;
}

void table_cell(struct table *t, const char *format, ...)
{
    char    text[CELL_BYTES];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    char *copy = room(t) ? strdup(text) : NULL;
    if (copy == NULL)
        t->failed = true;
    else
        t->cell[t->n_cell++] = copy;
}

/* Leading bytes tell the range; the wide ranges are Hangul, Kana, Han and their punctuation. */
static bool wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xff00 && c <= 0xff60);
}

size_t table_width(const char *text)
{
    size_t width = 0;
    while (*text != 0) {
        unsigned char b = (unsigned char)*text++;
        uint32_t      c = b < 0x80 ? b : b < 0xe0 ? b & 0x1f : b < 0xf0 ? b & 0x0f : b & 0x07;
        while (((unsigned char)*text & 0xc0) == 0x80)
            c = c << 6 | ((unsigned char)*text++ & 0x3f);
        width += wide(c) ? 2 : 1;
    }
    return width;
}

void table_blanks(FILE *f, size_t n)
{
    while (n-- > 0)
        fputc(' ', f);
}

static void print_cell(FILE *f, const char *text, size_t width, char align, bool last)
{
    size_t own = table_width(text), gap = own < width ? width - own : 0;
    if (align == 'r')
        table_blanks(f, gap);
    fputs(text, f);
    if (align != 'r' && !last)
        table_blanks(f, gap);
}

void table_print(FILE *f, const struct table *t, int indent, bool headings)
{
    size_t width[TABLE_COLUMNS] = {0};
    for (size_t i = 0; i < t->n_cell; i++) {
        size_t w = table_width(t->cell[i]);
        if (w > width[i % t->n_column])
            width[i % t->n_column] = w;
    }
    for (size_t i = 0; i < t->n_cell; i++) {
        size_t column = i % t->n_column;
        bool   last = column == t->n_column - 1;
        if (column == 0) {
            table_blanks(f, (size_t)indent);
            fputs(headings && i == 0 ? term_colour(f, COLOUR_DIM) : "", f);
        }
        print_cell(f, t->cell[i], width[column], t->align[column], last);
        if (last)
            fputs(headings && i < t->n_column ? term_colour(f, COLOUR_OFF) : "", f);
        fputs(last ? "\n" : "  ", f);
    }
}
