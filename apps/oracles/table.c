/* table.c - fills the gaps of a scenario's text, finds the formula of a row's metric. */
#include "table.h"

#include <math.h>
#include <string.h>

#include "formula.h"

static const struct measure *measure_of(const struct mapping *map, const char *metric, const char **suffix)
{
    for (const struct measure *m = map->measures; m->metric != NULL; m++) {
        size_t length = strcspn(m->metric, "*");
        *suffix = m->metric[length] == '*' ? metric + length : NULL;
        if (strncmp(metric, m->metric, length) == 0 && (*suffix != NULL || metric[length] == '\0'))
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
    int   item = hash != NULL ? hash[1] - '0' : 1;
    if (hash != NULL)
        *hash = '\0';
    return param_item(row, text, item, value, sizeof value);
}

static bool write_law(const struct row *row, const char *name, FILE *out)
{
    char  text[96], law[160], spelled[256];
    snprintf(text, sizeof text, "%.95s", name);
    char *hash = strchr(text, '#');
    int   item = hash != NULL ? hash[1] - '0' : 1;
    if (hash != NULL)
        *hash = '\0';
    return param_item(row, text, item, law, sizeof law) && law_text(law, spelled, sizeof spelled) &&
           fprintf(out, "%s", spelled) > 0;
}

/* `gap` without its brackets. */
static bool write_gap(const char *gap, const struct formula_scope *scope, FILE *out)
{
    char   a[32];
    size_t n = strcspn(gap, " ");
    if (strncmp(gap, "law ", 4) == 0)
        return write_law(scope->row, gap + 4, out);
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
    bool                 good = true;
    measure_of(map, row->metric, &scope.suffix);
    for (const char *line = map->text; good && *line != '\0';) {
        size_t n = strcspn(line, "\n");
        good = write_line(line, n, &scope, out);
        line += n + (line[n] == '\n');
    }
    return good;
}

double table_sample(const struct mapping *map, const struct row *row, const struct view *view)
{
    struct formula_scope  scope = {.row = row, .view = view};
    const struct measure *m = measure_of(map, row->metric, &scope.suffix);
    char                  text[400];
    size_t                n = 0;
    /* "producer.p*.wait": the suffix is part of a name. */
    for (const char *p = m->formula; *p != '\0' && n + 32 < sizeof text; p++) {
        bool inside = *p == '*' && p > m->formula && p[-1] != ' ' && p[-1] != '(' && scope.suffix != NULL;
        n += (size_t)(inside ? snprintf(text + n, 32, "%s", scope.suffix) : snprintf(text + n, 2, "%c", *p));
    }
    return formula(text, &scope);
}

const char *table_refuse(const struct mapping *map, const struct row *row)
{
    const char           *suffix;
    const struct measure *m = measure_of(map, row->metric, &suffix);
    struct formula_scope  scope = {.row = row};
    double                can = map->when != NULL ? formula(map->when, &scope) : 1;
    if (isnan(can) || can == 0)
        return map->unless;
    if (m == NULL)
        return "no formula for this metric yet";
    return m->formula == NULL ? m->reason : NULL;
}

double table_tolerance(const struct mapping *map, const struct row *row)
{
    struct formula_scope  scope = {.row = row};
    const struct measure *m = measure_of(map, row->metric, &scope.suffix);
    return m != NULL && m->tolerance != NULL ? formula(m->tolerance, &scope) : 0;
}
