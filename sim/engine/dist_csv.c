/* dist_csv.c - measured values from a CSV file. The separator is a comma, or else a semicolon or
 * tab when the first line has one; fields may be in double quotes; a first line whose field is no
 * number is a heading. */
#include "dist_csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_sort.h>

#include "mem.h"
#include "quantity.h"

#define FIELD_MAX 256

enum { CSV_FILE, CSV_COLUMN, CSV_UNIT };

struct csv {
    struct dist_args *args;
    const char *name;    /* of the file, as written */
    const char *heading; /* of the column; NULL: known by number */
    size_t column;       /* from 0 */
    size_t width;        /* number of columns of the first line */
    char separator;
    double factor; /* the unit */
    int line;
    double *value;
    size_t n;
};

static bool refuse(const struct csv *c, const char *what, const char *detail)
{
    int column = args_column(c->args, CSV_FILE);
    if (c->line > 0)
        return dist_refuse(c->args, column, "%.80s:%d: %s%.60s", c->name, c->line, what, detail);
    return dist_refuse(c->args, column, "%.80s: %s%.60s", c->name, what, detail);
}

/* The next separator outside quotes, or the line's end. */
static const char *field_end(const struct csv *c, const char *at, const char *end)
{
    bool quoted = false;
    for (; at < end && (quoted || *at != c->separator); at++)
        quoted ^= *at == '"';
    return at;
}

/* Copies field `number` of the line into out, without quotes and blanks around it; false when the
 * line has fewer. */
static bool field(const struct csv *c, const char *line, const char *end, size_t number, char *out)
{
    const char *stop = field_end(c, line, end);
    for (; number > 0; number--) {
        if (stop == end)
            return false;
        line = stop + 1;
        stop = field_end(c, line, end);
    }
    size_t n = 0;
    for (; line < stop; line++) {
        bool leading = n == 0 && (*line == ' ' || *line == '\t');
        if (*line != '"' && !leading && n + 1 < FIELD_MAX)
            out[n++] = *line;
    }
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\t'))
        n--;
    out[n] = '\0';
    return true;
}

static size_t field_count(const struct csv *c, const char *line, const char *end)
{
    size_t n = 1;
    while ((line = field_end(c, line, end)) < end) {
        line++;
        n++;
    }
    return n;
}

static char separator_of(const char *line, const char *end)
{
    for (const char *s = ",;\t"; *s != '\0'; s++)
        if (memchr(line, *s, (size_t)(end - line)) != NULL)
            return *s;
    return ',';
}

/* The first line: finds the column; *heading: the line holds no value. */
static bool read_heading(struct csv *c, const char *line, const char *end, bool *heading)
{
    char text[FIELD_MAX];
    c->separator = separator_of(line, end);
    c->width = field_count(c, line, end);
    if (c->heading == NULL) {
        const char *stop;
        double ignored;
        if (!args_given(c->args, CSV_COLUMN) && c->width > 1)
            return refuse(c, "more than one column: which is wanted? add column='…'", "");
        *heading = field(c, line, end, c->column, text) && !dist_decimal(text, &stop, &ignored) &&
                   *text != '-';
        return true;
    }
    *heading = true;
    for (c->column = 0; field(c, line, end, c->column, text); c->column++)
        if (strcmp(text, c->heading) == 0)
            return true;
    return refuse(c, "no column is called ", c->heading);
}

static bool read_value(struct csv *c, const char *line, const char *end)
{
    char text[FIELD_MAX];
    const char *stop;
    double value;
    size_t width = field_count(c, line, end);
    if (width > c->width) /* a decimal comma, perhaps */
        return refuse(c, "this line has more columns than the first", "");
    if (!field(c, line, end, c->column, text))
        return refuse(c, "this line has too few columns", "");
    if (*text == '-')
        return refuse(c, "a negative value: ", text);
    if (!dist_decimal(text, &stop, &value) || *stop != '\0')
        return refuse(c, "no number: ", *text == '\0' ? "the field is empty" : text);
    value *= c->factor;
    if (value > (double)DIST_MAX)
        return refuse(c, "too large: ", text);
    c->value[c->n++] = value;
    return true;
}

/* text ends with a NUL. */
static bool read_lines(struct csv *c, const char *text)
{
    bool first = true;
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    for (c->line = 1; *text != '\0'; c->line++) {
        const char *next = strchr(text, '\n');
        const char *end = next != NULL ? next : text + strlen(text);
        const char *stop = end > text && end[-1] == '\r' ? end - 1 : end;
        bool heading = false;
        if (stop > text) {
            if (first && !read_heading(c, text, stop, &heading))
                return false;
            if (!heading && !read_value(c, text, stop))
                return false;
            first = false;
        }
        text = next != NULL ? next + 1 : end;
    }
    c->line = 0;
    return c->n > 0 || refuse(c, "no values in it", "");
}

static size_t count_lines(const char *text)
{
    size_t n = 1;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

/* The whole file with a NUL behind it, to be released; NULL after refusing. */
static char *read_file(struct csv *c, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        refuse(c, errno == ENOENT ? "no such file" : "cannot be opened", "");
        return NULL;
    }
    size_t size = 0, room = 1 << 16;
    char *text = mem_get(room);
    while (text != NULL) {
        size += fread(text + size, 1, room - 1 - size, f);
        if (size < room - 1)
            break;
        char *more = mem_resize(text, room *= 2);
        if (more == NULL)
            mem_release(text);
        text = more;
    }
    bool failed = ferror(f) != 0;
    fclose(f);
    if (text == NULL || failed) {
        refuse(c, text == NULL ? "memory is short" : "cannot be read", "");
        mem_release(text);
        return NULL;
    }
    text[size] = '\0';
    if (memchr(text, '\0', size) != NULL) {
        refuse(c, "not a text file: it holds a NUL byte", "");
        mem_release(text);
        return NULL;
    }
    return text;
}

static bool read_path(struct csv *c, char *path, size_t size)
{
    const char *folder = args_folder(c->args);
    c->name = args_text(c->args, CSV_FILE, false);
    if (c->name == NULL)
        return false;
    bool joined = folder != NULL && *folder != '\0' && c->name[0] != '/';
    int n = snprintf(path, size, "%s%s%s", joined ? folder : "", joined ? "/" : "", c->name);
    return (n >= 0 && (size_t)n < size) || refuse(c, "the path is too long", "");
}

static bool read_column(struct csv *c)
{
    int64_t number;
    if (!args_given(c->args, CSV_COLUMN))
        return true;
    if (args_is_quoted(c->args, CSV_COLUMN)) {
        c->heading = args_text(c->args, CSV_COLUMN, false);
        return c->heading != NULL;
    }
    if (!args_count(c->args, CSV_COLUMN, 100000, &number))
        return false;
    c->column = (size_t)number - 1;
    return true;
}

static bool read_unit(struct csv *c)
{
    enum dist_unit unit = args_unit(c->args);
    c->factor = 1;
    if (unit == DIST_COUNT || unit == DIST_NUMBER)
        return !args_given(c->args, CSV_UNIT) ||
               dist_refuse(c->args, args_column(c->args, CSV_UNIT), "plain numbers have no unit");
    const char *name = args_text(c->args, CSV_UNIT, true);
    if (name == NULL)
        return false;
    char one[40];
    struct quantity_error e;
    int64_t factor;
    snprintf(one, sizeof one, "1%.30s", name);
    if (!(unit == DIST_DURATION ? quantity_duration(one, &factor, &e)
                                : quantity_size(one, &factor, &e)))
        return dist_refuse(c->args, args_column(c->args, CSV_UNIT), "%s", e.text);
    c->factor = (double)factor;
    return true;
}

const double *dist_csv_read(struct dist_args *a, size_t *n)
{
    static const char *const names[] = {"file", "column", "unit", NULL};
    const struct dist_arg *slot[3];
    struct csv c = {.args = a};
    char path[4096];
    if (!args_match(a, names, slot, 3) || !read_path(&c, path, sizeof path) || !read_column(&c) ||
        !read_unit(&c))
        return NULL;
    char *text = read_file(&c, path);
    if (text == NULL)
        return NULL;
    c.value = args_memory(a, count_lines(text) * sizeof *c.value);
    bool read = c.value != NULL && read_lines(&c, text);
    mem_release(text);
    if (!read)
        return NULL;
    gsl_sort(c.value, 1, c.n);
    *n = c.n;
    return c.value;
}
