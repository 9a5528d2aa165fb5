/* render.c - laying out one line of source: characters become cells (none, one or two wide; tabs up
 * to the next multiple of four), and a window of cells around the caret is printed. */
#include "render.h"

#include <string.h>

#include "source.h"

#define CELLS_MAX  100 /* a longer line is cut */
#define CELLS_LEFT 40  /* and this much of it shown before the caret */
#define TAB        4

struct paint {
    const char *error, *warning, *frame, *strong, *off;
};
static const struct paint plain = {"", "", "", "", ""};
static const struct paint coloured = {"\033[1;31m", "\033[1;33m", "\033[1;34m", "\033[1m",
                                      "\033[0m"};

/* --- characters and cells --- */

static unsigned decode(const char *text, unsigned n)
{
    const unsigned char *c = (const unsigned char *)text;
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    unsigned u = c[0] & mask[n];
    for (unsigned i = 1; i < n; i++)
        u = u << 6 | (c[i] & 0x3f);
    return u;
}

static int cell_width(unsigned u)
{
    static const struct {
        unsigned from, to;
        int width;
    } ranges[] = {{0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},  {0x200b, 0x200f, 0},
                  {0x2e80, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},  {0xf900, 0xfaff, 2},
                  {0xfe00, 0xfe0f, 0},   {0xfe30, 0xfe4f, 2},  {0xfeff, 0xfeff, 0},
                  {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},  {0x1f300, 0x1f64f, 2},
                  {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2}};
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (u >= ranges[i].from && u <= ranges[i].to)
            return ranges[i].width;
    return 1;
}

struct letter {
    const char *text; /* what to print */
    unsigned bytes;   /* of it */
    int cells;
};

/* The letter at text; returns the bytes it takes in the source. */
static unsigned letter_at(const char *text, size_t left, int cell, struct letter *out)
{
    unsigned n = utf8_length(text, left);
    if (n == 0 || (unsigned char)text[0] < 32 || text[0] == 127) {
        bool tab = text[0] == '\t';
        *out = tab ? (struct letter){"    ", (unsigned)(TAB - cell % TAB), TAB - cell % TAB}
                   : (struct letter){"?", 1, 1};
        return n == 0 ? 1 : n;
    }
    *out = (struct letter){text, n, cell_width(decode(text, n))};
    return n;
}

struct span { /* in cells */
    int from, to, total;
};

/* Cells of the characters [column, column + width) of a line, and of all of it. */
static struct span measure(const char *line, size_t length, int column, int width)
{
    struct span s = {-1, -1, 0};
    int number = 1;
    for (size_t at = 0; at < length; number++) {
        struct letter l;
        s.from = number == column ? s.total : s.from;
        s.to = number == column + width ? s.total : s.to;
        at += letter_at(line + at, length - at, s.total, &l);
        s.total += l.cells;
    }
    s.from = s.from < 0 ? s.total : s.from;
    s.to = s.to < 0 ? s.total : s.to;
    return s;
}

/* The part of the line that is shown: cells [from, to). */
static struct span window(struct span s)
{
    struct span w = {0, s.total, s.total};
    if (s.total <= CELLS_MAX)
        return w;
    w.from = s.from > CELLS_LEFT && s.from > CELLS_MAX - CELLS_LEFT ? s.from - CELLS_LEFT : 0;
    w.to = w.from + CELLS_MAX < s.total ? w.from + CELLS_MAX : s.total;
    return w;
}

static void print_line(FILE *f, const char *line, size_t length, struct span w)
{
    int cell = 0;
    fputs(w.from > 0 ? "\xe2\x80\xa6" : "", f);
    for (size_t at = 0; at < length && cell < w.to;) {
        struct letter l;
        unsigned n = letter_at(line + at, length - at, cell, &l);
        if (cell >= w.from)
            fwrite(l.text, 1, l.bytes, f);
        else if (cell + l.cells > w.from) /* cut through a wide letter */
            fputs(" ", f);
        cell += l.cells;
        at += n;
    }
    fputs(w.to < w.total ? "\xe2\x80\xa6\n" : "\n", f);
}

static void repeat(FILE *f, char c, int n)
{
    while (n-- > 0)
        putc(c, f);
}

/* --- one problem --- */

static bool is_override(const struct place *p)
{
    return strncmp(p->file, "--set ", 6) == 0;
}

static int gutter(const struct place *p)
{
    int n = 1;
    for (int line = p->line; line > 9; line /= 10)
        n++;
    return p->file == NULL || is_override(p) ? 1 : n;
}

static void print_snippet(FILE *f, const struct place *p, const struct scenario *s,
                          const struct paint *paint, int margin, const char *mark_paint, char mark,
                          const char *label)
{
    size_t length = 0;
    const char *line =
        s == NULL || p->line < 1 ? NULL : scenario_line(p->file, p->line, &length, s);
    if (line == NULL || length == 0)
        return;
    struct span span =
        measure(line, length, p->column < 1 ? 1 : p->column, p->width < 1 ? 1 : p->width);
    struct span shown = window(span);
    fprintf(f, "%s%*s |%s\n", paint->frame, margin, "", paint->off);
    if (is_override(p))
        fprintf(f, "%s%*s |%s ", paint->frame, margin, "", paint->off);
    else
        fprintf(f, "%s%*d |%s ", paint->frame, margin, p->line, paint->off);
    print_line(f, line, length, shown);
    if (p->column < 1)
        return;
    int to = span.to > shown.to ? shown.to : span.to;
    fprintf(f, "%s%*s |%s ", paint->frame, margin, "", paint->off);
    repeat(f, ' ', span.from - shown.from + (shown.from > 0));
    fputs(mark_paint, f);
    repeat(f, mark, to > span.from ? to - span.from : 1);
    fprintf(f, "%s%s%s\n", label == NULL ? "" : " ", label == NULL ? "" : label, paint->off);
}

static void print_place(FILE *f, const char *arrow, const struct place *p,
                        const struct paint *paint, int margin)
{
    fprintf(f, "%s%*s%s%s %s", paint->frame, margin, "", arrow, paint->off, p->file);
    if (!is_override(p) && p->line > 0)
        fprintf(f, ":%d", p->line);
    if (!is_override(p) && p->line > 0 && p->column > 0)
        fprintf(f, ":%d", p->column);
    putc('\n', f);
}

void render_problem(FILE *f, const struct problem *p, const struct scenario *s, bool colour)
{
    const struct paint *paint = colour ? &coloured : &plain;
    bool error = p->severity == SEVERITY_ERROR;
    const char *tone = error ? paint->error : paint->warning;
    int margin = gutter(&p->place);
    if (p->second.file != NULL && gutter(&p->second) > margin)
        margin = gutter(&p->second);
    fprintf(f, "%s%s[AB%04d]%s: %s%s%s\n", tone, error ? "error" : "warning", p->code, paint->off,
            paint->strong, p->text, paint->off);
    if (p->place.file != NULL) {
        print_place(f, "-->", &p->place, paint, margin);
        print_snippet(f, &p->place, s, paint, margin, tone, '^', p->label);
    }
    if (p->second.file != NULL) {
        print_place(f, ":::", &p->second, paint, margin);
        print_snippet(f, &p->second, s, paint, margin, paint->frame, '-', NULL);
    }
    if (p->label != NULL && p->place.file == NULL)
        fprintf(f, "%s%*s =%s %s\n", paint->frame, margin, "", paint->off, p->label);
    if (p->note != NULL)
        fprintf(f, "%s%*s =%s help: %s\n", paint->frame, margin, "", paint->off, p->note);
}

/* --- all of them --- */

void render_problems(FILE *f, const struct problems *p, const struct scenario *s, bool colour,
                     size_t limit)
{
    size_t n = limit == 0 || p->n < limit ? p->n : limit;
    for (size_t i = 0; i < n; i++) {
        render_problem(f, &p->item[i], s, colour);
        putc('\n', f);
    }
    if (n < p->n)
        fprintf(f, "%zu more are not shown\n", p->n - n);
    if (p->failed)
        fputs("memory was short: there may be more\n", f);
}

enum err_class render_class(const struct problems *p)
{
    static const enum err_class order[] = {ERR_OS, ERR_USAGE, ERR_NOINPUT};
    if (p->n_errors == 0)
        return ERR_NONE;
    if (p->failed)
        return ERR_OS;
    for (size_t o = 0; o < sizeof(order) / sizeof(order[0]); o++)
        for (size_t i = 0; i < p->n; i++)
            if (p->item[i].severity == SEVERITY_ERROR && p->item[i].class == order[o])
                return order[o];
    return ERR_DATA;
}
