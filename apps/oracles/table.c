/* table.c - fills the gaps of a scenario's text, finds the formula of a row's metric. */
#include "table.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formula.h"

/* Does the metric fit? What stands for `*` goes into scope->text. */
static bool fits(const char *pattern, const char *metric, struct formula_scope *scope)
{
    size_t length = strcspn(pattern, "*"), n = strlen(metric);
    scope->suffix = NULL;
    if (pattern[length] == '\0')
        return strcmp(pattern, metric) == 0;
    const char *tail = pattern + length + 1;
    size_t n_tail = strlen(tail);
    if (n < length + n_tail || strncmp(metric, pattern, length) != 0 || strcmp(metric + n - n_tail, tail) != 0)
        return false;
    snprintf(scope->text, sizeof scope->text, "%.*s", (int)(n - n_tail - length), metric + length);
    scope->suffix = scope->text;
    return true;
}

static const struct measure *measure_of(const struct mapping *map, const char *metric, struct formula_scope *scope)
{
    for (const struct measure *m = map->measures; m->metric != NULL; m++) {
        if (fits(m->metric, metric, scope))
            return m;
    }
    return NULL;
}

/* "lambda" or "lambda#3": does the row have it? */
static bool has(const struct row *row, const char *name, size_t n)
{
    char text[96], value[256];
    snprintf(text, sizeof text, "%.*s", (int)n, name);
    char *hash = strchr(text, '#');
    int item = hash != NULL ? hash[1] - '0' : 1;
    if (hash != NULL)
        *hash = '\0';
    return param_item(row, text, item, value, sizeof value);
}

/* Durations as sizes, a microsecond a byte. */
static void write_as_sizes(const char *law, FILE *out)
{
    for (const char *p = law; *p != '\0'; p++) {
        char *end;
        long long ns = isdigit((unsigned char)*p) ? strtoll(p, &end, 10) : -1;
        if (ns >= 0 && strncmp(end, "ns", 2) == 0) {
            fprintf(out, "%lldB", (ns + 500) / 1000);
            p = end + 1;
        } else if (ns >= 0) {
            fprintf(out, "%.*s", (int)(end - p), p);
            p = end - 1;
        } else {
            fputc(*p, out);
        }
    }
}

static bool write_law(const struct row *row, const char *name, bool size, FILE *out)
{
    char text[96], law[160], spelled[256];
    snprintf(text, sizeof text, "%.95s", name);
    char *hash = strchr(text, '#');
    int item = hash != NULL ? hash[1] - '0' : 1;
    if (hash != NULL)
        *hash = '\0';
    if (!param_item(row, text, item, law, sizeof law) || !law_text(law, spelled, sizeof spelled))
        return false;
    if (size)
        write_as_sizes(spelled, out);
    else
        fputs(spelled, out);
    return true;
}

/* `gap` without its brackets. */
static bool write_gap(const char *gap, const struct formula_scope *scope, FILE *out)
{
    char a[32];
    size_t n = strcspn(gap, " ");
    if (strncmp(gap, "law ", 4) == 0 || strncmp(gap, "size ", 5) == 0)
        return write_law(scope->row, gap + n + 1, *gap == 's', out);
    if (strncmp(gap, "word ", 5) == 0) {
        char text[96];
        return param_text(scope->row, gap + n + 1, text, sizeof text) && fputs(text, out) >= 0;
    }
    double x = formula(gap + n, scope);
    if (isnan(x))
        return false;
    if (strncmp(gap, "dur", n) == 0)
        fputs(seconds_text(x, a), out);
    else if (strncmp(gap, "rate", n) == 0)
        fputs(rate_text(x, a), out);
    else if (strncmp(gap, "int", n) == 0)
        fprintf(out, "%.0f", x);
    else if (strncmp(gap, "pct", n) == 0)
        fprintf(out, "%.9f%%", 100 * x);
    else
        fprintf(out, "%.9f", x);
    return true;
}

/* One line of the text, without its end. */
static bool write_line(const char *line, size_t length, const struct formula_scope *scope, FILE *out)
{
    char gap[200];
    if (*line == '?' || *line == '!') {
        size_t n = strcspn(line, " ");
        if (has(scope->row, line + 1, n - 1) != (*line == '?'))
            return true;
        length -= n;
        line += n;
    }
    for (const char *p = line; p < line + length; p++) {
        if (*p != '<') {
            fputc(*p, out);
            continue;
        }
        size_t n = strcspn(p, ">");
        snprintf(gap, sizeof gap, "%.*s", (int)n - 1, p + 1);
        if (!write_gap(gap, scope, out))
            return false;
        p += n;
    }
    fputc('\n', out);
    return true;
}

bool table_write(const struct mapping *map, const struct row *row, double customers, FILE *out)
{
    struct formula_scope scope = {.row = row, .customers = customers};
    bool good = true;
    measure_of(map, row->metric, &scope);
    for (const char *line = map->text; good && *line != '\0';) {
        size_t n = strcspn(line, "\n");
        good = write_line(line, n, &scope, out);
        line += n + (line[n] == '\n');
    }
    return good;
}

double table_sample(const struct mapping *map, const struct row *row, const struct view *view)
{
    struct formula_scope scope = {.row = row, .view = view};
    const struct measure *m = measure_of(map, row->metric, &scope);
    char text[400];
    size_t n = 0;
    /* "producer.p*.wait": the suffix is part of a name. */
    for (const char *p = m->formula; *p != '\0' && n + 32 < sizeof text; p++) {
        bool inside = *p == '*' && p > m->formula && p[-1] != ' ' && p[-1] != '(' && scope.suffix != NULL;
        n += (size_t)(inside ? snprintf(text + n, 32, "%s", scope.suffix) : snprintf(text + n, 2, "%c", *p));
    }
    return formula(text, &scope);
}

const char *table_refuse(const struct mapping *map, const struct row *row)
{
    struct formula_scope scope = {.row = row};
    const struct measure *m = measure_of(map, row->metric, &scope);
    double can = map->when != NULL ? formula(map->when, &scope) : 1;
    if (isnan(can) || can == 0)
        return map->unless;
    if (m == NULL)
        return "no formula for this metric yet";
    return m->formula == NULL ? m->reason : NULL;
}

double table_tolerance(const struct mapping *map, const struct row *row)
{
    struct formula_scope scope = {.row = row};
    const struct measure *m = measure_of(map, row->metric, &scope);
    return m != NULL && m->tolerance != NULL ? formula(m->tolerance, &scope) : 0;
}
