/* rows.c - reference rows from CSV (RFC 4180: quoted fields may hold commas and doubled quotes). */
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"

static const char *const columns[] = {"id", "model", "params", "metric", "value", "unit", "kind", "source"};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

/* Splits one line in place; returns the number of fields. */
static size_t split(char *line, char *field[], size_t max)
{
    size_t n = 0;
    char *in = line;
    while (n < max) {
        char *out = in;
        bool quoted = *in == '"';
        field[n++] = out;
        if (quoted)
            in++;
        for (; *in != '\0' && (quoted || *in != ','); in++) {
            if (quoted && *in == '"') {
                if (in[1] != '"') {
                    quoted = false;
                    continue;
                }
                in++;
            }
            *out++ = *in;
        }
        bool more = *in == ',';
        *out = '\0';
        if (!more)
            break;
        in++;
    }
    return n;
}

static bool add(struct rows *rows, char *field[])
{
    if (rows->n == rows->cap) {
        size_t cap = rows->cap == 0 ? 128 : rows->cap * 2;
        struct row *more = realloc(rows->item, cap * sizeof *more);
        if (more == NULL)
            return false;
        rows->item = more;
        rows->cap = cap;
    }
    struct row *r = &rows->item[rows->n];
    char **text[N_COLUMNS] = {&r->id,         &r->model, &r->params, &r->metric,
                              &r->value_text, &r->unit,  &r->kind,   &r->source};
    memset(r, 0, sizeof *r);
    rows->n++;
    for (size_t i = 0; i < N_COLUMNS; i++) {
        if ((*text[i] = strdup(field[i])) == NULL)
            return false;
    }
    return number_parse(r->value_text, &r->value);
}

static bool read_line(struct rows *rows, char *line, const char *path, size_t number, struct err *err)
{
    char *field[N_COLUMNS + 1];
    line[strcspn(line, "\r\n")] = '\0';
    if (*line == '\0')
        return true;
    size_t n = split(line, field, N_COLUMNS + 1);
    if (n != N_COLUMNS)
        return err_set(err, ERR_DATA, "%s:%zu: %zu columns where %d are expected", path, number, n, N_COLUMNS);
    if (number == 1) {
        for (size_t i = 0; i < N_COLUMNS; i++) {
            if (strcmp(field[i], columns[i]) != 0)
                return err_set(err, ERR_DATA, "%s:1: column %zu is '%s' where '%s' is expected", path, i + 1, field[i],
                               columns[i]);
        }
        return true;
    }
    if (!add(rows, field))
        return err_set(err, ERR_DATA, "%s:%zu: the value '%s' is no number", path, number, field[4]);
    return true;
}

bool rows_read(struct rows *rows, const char *path, struct err *err)
{
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return err_set(err, ERR_NOINPUT, "%s: cannot be read", path);
    char *line = NULL;
    size_t size = 0, number = 0;
    bool good = true;
    while (good && getline(&line, &size, in) >= 0)
        good = read_line(rows, line, path, ++number, err);
    free(line);
    fclose(in);
    return good;
}

void rows_free(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        struct row *r = &rows->item[i];
        char *text[] = {r->id, r->model, r->params, r->metric, r->value_text, r->unit, r->kind, r->source};
        for (size_t k = 0; k < sizeof text / sizeof text[0]; k++)
            free(text[k]);
    }
    free(rows->item);
}
