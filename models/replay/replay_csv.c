/* replay_csv.c - one line of a CSV file cut at its separators. A field may stand in double quotes, in which a quote is
 * doubled; a line end inside quotes is not understood. */
#include <string.h>

#include "replay_int.h"

/* One field: unquoted where it stands. *next: behind its separator, or NULL at the end of the line. */
static bool cut(const struct replay_csv *c, struct replay_line *l, char *at, struct replay_field *f, char **next)
{
    char *end = l->text + l->n, *out = at, *start = at;
    int column = (int)(at - l->text) + 1;
    bool quoted = at < end && *at == '"';
    if (quoted)
        start = out = ++at;
    for (; at < end && (quoted || *at != c->separator); at++) {
        if (quoted && *at == '"' && (at + 1 == end || at[1] != '"')) {
            quoted = false;
            if (at + 1 < end && at[1] != c->separator)
                return replay_refuse(l, (int)(at - l->text) + 2, "text behind a closing quote");
            continue;
        }
        at += quoted && *at == '"';
        *out++ = *at;
    }
    if (quoted)
        return replay_refuse(l, column, "a quote that is not closed on its line");
    *next = at < end ? at + 1 : NULL;
    *f = (struct replay_field){start, (size_t)(out - start), column};
    return true;
}

static void trim(struct replay_field *f)
{
    while (f->n > 0 && (*f->text == ' ' || *f->text == '\t'))
        f->text++, f->n--;
    while (f->n > 0 && (f->text[f->n - 1] == ' ' || f->text[f->n - 1] == '\t'))
        f->n--;
}

bool replay_csv_split(const struct replay_csv *c, struct replay_line *l)
{
    size_t n = 0;
    memset(l->field, 0, sizeof(l->field));
    for (char *at = l->text, *next; at != NULL; at = next, n++) {
        struct replay_field f;
        if (!cut(c, l, at, &f, &next))
            return false;
        for (int k = 0; k < N_COLUMNS; k++) {
            if (c->index[k] == n) {
                trim(&f);
                l->field[k] = f;
            }
        }
    }
    return n == c->width || replay_refuse(l, 0, "%zu columns; the first line has %zu", n, c->width);
}

/* --- the first line --- */

static char separator_of(const struct replay_line *l)
{
    for (const char *s = ",;\t"; *s != '\0'; s++) {
        if (memchr(l->text, *s, l->n) != NULL)
            return *s;
    }
    return ',';
}

static bool number_of(const char *name, size_t *index)
{
    int64_t n;
    if (replay_decimal(name, strlen(name), 1, true, &n) != NUMBER_GOOD || n < 1 || n > 100000)
        return false;
    *index = (size_t)n - 1;
    return true;
}

static bool is(const struct replay_field *f, const char *name)
{
    return f->n == strlen(name) && memcmp(f->text, name, f->n) == 0;
}

/* Finds the wanted columns among the headings; counts the columns. */
static bool read_headings(struct replay_csv *c, const char *const name[N_COLUMNS], struct replay_line *l, bool *heading)
{
    for (char *at = l->text, *next; at != NULL; at = next, c->width++) {
        struct replay_field f;
        if (!cut(c, l, at, &f, &next))
            return false;
        trim(&f);
        for (int k = 0; k < N_COLUMNS; k++) {
            if (name[k] != NULL && c->index[k] == SIZE_MAX && is(&f, name[k])) {
                c->index[k] = c->width;
                *heading = true;
            }
        }
    }
    return true;
}

bool replay_csv_open(struct replay_csv *c, const struct replay_config *config, struct replay_line *l, bool *heading)
{
    const char *const name[N_COLUMNS] = {config->time, config->count, config->size, config->key, config->type};
    *heading = false;
    *c = (struct replay_csv){.separator = separator_of(l)};
    for (int k = 0; k < N_COLUMNS; k++)
        c->index[k] = SIZE_MAX;
    if (!read_headings(c, name, l, heading))
        return false;
    for (int k = 0; k < N_COLUMNS; k++) {
        if (name[k] == NULL || c->index[k] != SIZE_MAX)
            continue;
        if (!number_of(name[k], &c->index[k]))
            return replay_refuse(l, 1, "no column is called '%.60s'", name[k]);
        if (c->index[k] >= c->width)
            return replay_refuse(l, 1, "there is no column %.60s; the line has %zu", name[k], c->width);
    }
    return true;
}

bool replay_csv_is_row(const struct replay_csv *c, const struct replay_config *config, struct replay_line *l)
{
    int64_t ignored;
    if (!replay_csv_split(c, l))
        return true; /* as a row it will be refused */
    const struct replay_field *time = &l->field[COLUMN_TIME], *count = &l->field[COLUMN_COUNT];
    if (time->text != NULL && config->unit_ns == 0)
        return replay_iso(time->text, time->n, &ignored);
    const struct replay_field *f = time->text != NULL ? time : count;
    return replay_decimal(f->text, f->n, 1, false, &ignored) != NUMBER_NONE;
}
