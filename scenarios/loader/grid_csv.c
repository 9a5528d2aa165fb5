/* grid_csv.c - a table of points: RFC 4180, with line ends of any kind; blank lines and lines that
 * start with # are left out, blanks around a cell too, and the byte-order mark that spreadsheets write. */
#include <string.h>

#include "grid.h"

struct csv {
    struct pool *pool;
    const char *at;
    size_t line;
    const char **cell;
    size_t n, cap;
};

static void add(struct csv *c, const char *text)
{
    c->cell = pool_grow(c->pool, c->cell, c->n, &c->cap, sizeof(*c->cell));
    c->cell[c->n++] = text;
}

static bool quoted(struct csv *c, struct err *err)
{
    char *text = pool_text(c->pool, c->at, strlen(c->at));
    size_t n = 0, line = c->line;
    for (c->at++; *c->at != '\0'; c->at++) {
        if (*c->at == '"' && *++c->at != '"') {
            text[n] = '\0';
            add(c, text);
            c->at += strspn(c->at, " \t");
            return *c->at == '\0' || strchr(",\r\n", *c->at) != NULL ||
                   err_set(err, ERR_DATA, "line %zu: something stands behind a closing quote",
                           c->line);
        }
        c->line += *c->at == '\n';
        text[n++] = *c->at;
    }
    return err_set(err, ERR_DATA, "line %zu: a quote is never closed", line);
}

static bool cell(struct csv *c, struct err *err)
{
    c->at += strspn(c->at, " \t");
    if (*c->at == '"')
        return quoted(c, err);
    size_t n = strcspn(c->at, ",\r\n"), used = n;
    while (used > 0 && (c->at[used - 1] == ' ' || c->at[used - 1] == '\t'))
        used--;
    add(c, pool_text(c->pool, c->at, used));
    c->at += n;
    return true;
}

static void line_end(struct csv *c)
{
    c->at += *c->at == '\r';
    c->at += *c->at == '\n';
    c->line++;
}

static bool row(struct csv *c, struct err *err)
{
    for (;;) {
        if (!cell(c, err))
            return false;
        if (*c->at != ',')
            break;
        c->at++;
    }
    if (*c->at != '\0')
        line_end(c);
    return true;
}

static bool skipped(struct csv *c)
{
    size_t blank = strspn(c->at, " \t");
    if (c->at[blank] != '#' && c->at[blank] != '\r' && c->at[blank] != '\n')
        return false;
    c->at += strcspn(c->at, "\r\n");
    line_end(c);
    return true;
}

const char **grid_csv(struct pool *pool, const char *text, size_t *n_row, size_t *n_column,
                      struct err *err)
{
    struct csv c = {.pool = pool, .at = text, .line = 1};
    *n_row = *n_column = 0;
    if (strncmp(c.at, "\xef\xbb\xbf", 3) == 0)
        c.at += 3;
    while (*c.at != '\0') {
        size_t before = c.n, line = c.line;
        if (skipped(&c))
            continue;
        if (!row(&c, err))
            return NULL;
        if (*n_row == 0)
            *n_column = c.n;
        if (c.n - before != *n_column)
            return err_set(err, ERR_DATA, "line %zu has %zu cells, the first has %zu", line,
                           c.n - before, *n_column),
                   NULL;
        ++*n_row;
    }
    return c.cell != NULL ? c.cell : (err_set(err, ERR_DATA, "the table is empty"), NULL);
}
