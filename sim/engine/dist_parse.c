/* dist_parse.c - from text to a law: finds the law's name, cuts what stands between its parentheses
 * at the top-level commas, and hands the pieces to the law. Pieces are copies that know their
 * column, so that a law inside a mixture is read by the same function and still reports places in
 * the whole text. */
#include "dist_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dist_parser.h"
#include "problem.h"

static bool refuse_list(struct dist_parser *p, int column, const char *law, const char *format,
                        va_list list)
{
    if (p->failed)
        return false;
    p->failed = true;
    if (p->e == NULL)
        return false;
    int n = 0;
    if (law != NULL)
        n = snprintf(p->e->text, sizeof p->e->text, "%s: ", law);
    p->e->column = column;
    vsnprintf(p->e->text + n, sizeof p->e->text - (size_t)n, format, list);
    return false;
}

bool dist_refuse(struct dist_args *a, int column, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    refuse_list(a->parser, column, a->law->name, format, list);
    va_end(list);
    return false;
}

__attribute__((format(printf, 3, 4))) static void *refuse(struct dist_parser *p, int column,
                                                          const char *format, ...)
{
    va_list list;
    va_start(list, format);
    refuse_list(p, column, NULL, format, list);
    va_end(list);
    return NULL;
}

bool dist_memory(struct dist_args *a)
{
    return dist_refuse(a, 0, "memory is short");
}

void *args_memory(struct dist_args *a, size_t bytes)
{
    void *got = arena_get(a->parser->arena, bytes);
    if (got == NULL)
        dist_memory(a);
    return got;
}

enum dist_unit args_unit(const struct dist_args *a)
{
    return a->parser->unit;
}

const char *args_folder(const struct dist_args *a)
{
    return a->parser->folder;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
    return is_small(c) || (c >= 'A' && c <= 'Z');
}

static bool is_name(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

/* A copy of text[from, to) without blanks around it; NULL when memory is short. */
static const char *piece(struct dist_parser *p, const char *text, size_t from, size_t to,
                         int *column)
{
    while (from < to && is_blank(text[from]))
        from++;
    while (to > from && is_blank(text[to - 1]))
        to--;
    char *copy = arena_get(p->arena, to - from + 1);
    if (copy == NULL)
        return refuse(p, 0, "memory is short");
    memcpy(copy, text + from, to - from);
    *column += (int)from;
    return copy;
}

/* The end of what starts at `at` at depth 0: a character of `stops`, or the end of the text. Sets
 * *e to the column of a quote or parenthesis that is never closed, else to -1. */
static size_t skip_to(const char *text, size_t at, const char *stops, int *e)
{
    size_t open[64];
    int depth = 0;
    for (; text[at] != '\0'; at++) {
        if (text[at] == '\'') {
            const char *close = strchr(text + at + 1, '\'');
            if (close == NULL) {
                *e = (int)at;
                return strlen(text);
            }
            at = (size_t)(close - text);
        } else if (depth == 0 && strchr(stops, text[at]) != NULL) {
            break;
        } else if (text[at] == '(') {
            if (depth < 64)
                open[depth] = at;
            depth++;
        } else if (text[at] == ')') {
            if (depth == 0)
                break;
            depth--;
        }
    }
    *e = depth > 0 && depth <= 64 ? (int)open[depth - 1] : depth > 0 ? 0 : -1;
    return at;
}

/* "name = value" or a value alone. A name starts with a letter; "==" does not occur. */
static bool read_arg(struct dist_parser *p, const char *text, size_t from, size_t to, int column,
                     struct dist_arg *arg)
{
    arg->column = column;
    arg->text = piece(p, text, from, to, &arg->column);
    if (arg->text == NULL)
        return false;
    arg->name = "";
    arg->name_column = arg->column;
    size_t n = 0, at;
    if (is_letter(arg->text[0]))
        while (is_name(arg->text[n]) || arg->text[n] == '.')
            n++;
    for (at = n; is_blank(arg->text[at]);)
        at++;
    if (n == 0 || arg->text[at] != '=')
        return true;
    int name_column = arg->name_column;
    arg->name = piece(p, arg->text, 0, n, &name_column);
    arg->text = piece(p, arg->text, at + 1, strlen(arg->text), &arg->column);
    return arg->name != NULL && arg->text != NULL;
}

static size_t count_commas(const char *text)
{
    size_t n = 1;
    for (; *text != '\0'; text++)
        n += *text == ',';
    return n;
}

/* text[open] is the parenthesis. Leaves a->end at its partner. */
static bool read_args(struct dist_parser *p, const char *text, size_t open, int column,
                      struct dist_args *a)
{
    a->arg = args_memory(a, count_commas(text + open) * sizeof *a->arg);
    if (a->arg == NULL)
        return false;
    size_t at = open + 1;
    for (;; at++) {
        int e;
        size_t stop = skip_to(text, at, ",", &e);
        if (e >= 0 && text[e] == '\'')
            return dist_refuse(a, column + e, "this quote is not closed");
        if (text[stop] == '\0')
            return dist_refuse(a, column + (e >= 0 ? e : (int)open),
                               "this parenthesis is not closed");
        struct dist_arg *arg = &a->arg[a->n];
        if (!read_arg(p, text, at, stop, column, arg))
            return false;
        bool only = a->n == 0 && text[stop] == ')';
        if (*arg->text == '\0' && !(only && *arg->name == '\0'))
            return dist_refuse(a, arg->column, "a value is missing here");
        a->n += *arg->text != '\0';
        at = stop;
        if (text[stop] == ')')
            break;
    }
    a->end = column + (int)at;
    at++;
    while (is_blank(text[at]))
        at++;
    if (text[at] != '\0')
        return dist_refuse(a, column + (int)at, "nothing may follow the closing parenthesis");
    return true;
}

static size_t law_count(void)
{
    size_t n = 0;
    while (dist_names[n] != NULL)
        n++;
    return n;
}

static const struct dist *read_law(struct dist_parser *p, const char *text, int column)
{
    size_t n = 0;
    while (is_name(text[n]))
        n++;
    int name_column = column;
    const char *name = piece(p, text, 0, n, &name_column);
    if (name == NULL)
        return NULL;
    const struct law *law = dist_law_named(name);
    if (law == NULL) {
        const char *near = suggest(name, dist_names, law_count());
        return near != NULL
                   ? refuse(p, column, "unknown law '%.40s': did you mean '%s'?", name, near)
                   : refuse(p, column, "unknown law '%.40s'", name);
    }
    while (is_blank(text[n]))
        n++;
    if (text[n] != '(')
        return refuse(p, column + (int)n, "%s: arguments in parentheses must follow: %s", name,
                      law->usage);
    if (law->keys && p->unit != DIST_COUNT)
        return refuse(p, column, "%s makes keys: it is no law for a duration or a size", name);
    struct dist_args a = {.parser = p, .law = law};
    struct dist *d = args_memory(&a, sizeof *d);
    if (d == NULL || !read_args(p, text, n, column, &a))
        return NULL;
    d->law = law;
    d->unit = p->unit;
    d->text = text;
    return law->read(&a, d) ? d : NULL;
}

/* "30ms" alone: the constant law's argument. */
static const struct dist *read_plain(struct dist_parser *p, const char *text, int column)
{
    struct dist_arg arg = {.name = "", .text = text, .name_column = column, .column = column};
    struct dist_args a = {.parser = p, .law = &law_constant, .n = 1, .arg = &arg};
    struct dist *d = args_memory(&a, sizeof *d);
    if (d == NULL)
        return NULL;
    d->law = &law_constant;
    d->unit = p->unit;
    d->text = text;
    return law_constant.read(&a, d) ? d : NULL;
}

static const struct dist *read_text(struct dist_parser *p, const char *text, int column)
{
    text = piece(p, text, 0, strlen(text), &column);
    if (text == NULL)
        return NULL;
    if (*text == '\0')
        return refuse(p, column, "a law or a plain value is missing");
    return is_letter(*text) ? read_law(p, text, column) : read_plain(p, text, column);
}

const struct dist *args_dist(struct dist_args *a, const struct dist_arg *arg)
{
    if (a->parser->depth == DIST_DEPTH_MAX) {
        dist_refuse(a, arg->column, "mixtures are nested more than %d deep", DIST_DEPTH_MAX);
        return NULL;
    }
    a->parser->depth++;
    const struct dist *d = read_text(a->parser, arg->text, arg->column);
    a->parser->depth--;
    return d;
}

bool args_pair(struct dist_args *a, const struct dist_arg *arg, struct dist_arg *left,
               struct dist_arg *right)
{
    int e;
    size_t colon = skip_to(arg->text, 0, ":", &e);
    if (*arg->name != '\0')
        return dist_refuse(a, arg->name_column, "unknown argument '%.40s': %s", arg->name,
                           a->law->usage);
    if (arg->text[colon] != ':')
        return dist_refuse(a, arg->column, "a pair with a colon is expected: %s", a->law->usage);
    if (!read_arg(a->parser, arg->text, 0, colon, arg->column, left) ||
        !read_arg(a->parser, arg->text, colon + 1, strlen(arg->text), arg->column, right))
        return false;
    if (*left->text == '\0' || *right->text == '\0')
        return dist_refuse(a, arg->column + (int)colon, "a value is missing beside the colon");
    return true;
}

const struct dist *dist_parse(struct arena *arena, const char *text, enum dist_unit unit,
                              const char *folder, struct dist_error *e)
{
    struct dist_parser p = {.arena = arena, .e = e, .unit = unit, .folder = folder};
    return read_text(&p, text, 0);
}
