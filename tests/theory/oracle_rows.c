/* oracle_rows.c - see oracle_rows.h. */
#include "oracle_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

void oracle_open(void)
{
    arena_init(&arena);
}
void oracle_close(void)
{
    arena_free(&arena);
}

/* A field up to a comma, quotes taken away. */
static const char *field(const char *p, char *out, size_t size)
{
    size_t n = 0;
    bool quoted = *p == '"';
    for (p += quoted; *p != 0 && *p != '\n' && *p != '\r'; p++) {
        if (quoted && *p == '"') {
            p++;
            break;
        }
        if (!quoted && *p == ',')
            break;
        if (n + 1 < size)
            out[n++] = *p;
    }
    out[n] = 0;
    return *p == ',' ? p + 1 : p;
}

size_t oracle_read(const char *file, void (*each)(void *, const struct oracle_row *), void *ctx)
{
    char path[1000], line[2000], text[64];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/oracles/%s.csv", TESTS_DIR, file);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        fail_msg("%s cannot be read", path);
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f) != NULL) {
        struct oracle_row row;
        const char *p = field(line, row.id, sizeof row.id);
        p = field(p, row.model, sizeof row.model);
        p = field(p, row.params, sizeof row.params);
        p = field(p, row.metric, sizeof row.metric);
        p = field(p, text, sizeof text);
        row.value = strtod(text, NULL);
        p = field(p, text, sizeof text);
        field(p, row.kind, sizeof row.kind);
        each(ctx, &row);
        n++;
    }
    fclose(f);
    return n;
}

static const char *find(const char *list, const char *name, char separator)
{
    size_t length = strlen(name);
    int depth = 0;
    for (const char *p = list; *p != 0; p++) {
        if (depth == 0 && (p == list || p[-1] == separator) && strncmp(p, name, length) == 0 &&
            p[length] == '=')
            return p + length + 1;
        depth += (*p == '(') - (*p == ')');
    }
    return NULL;
}

bool oracle_has(const struct oracle_row *row, const char *name)
{
    return find(row->params, name, ';') != NULL;
}

double oracle_number(const struct oracle_row *row, const char *name)
{
    const char *p = find(row->params, name, ';');
    if (p == NULL)
        fail_msg("%s: no parameter %s in %s", row->id, name, row->params);
    return strtod(p, NULL);
}

bool oracle_item(const struct oracle_row *row, const char *name, size_t i, double *x)
{
    const char *p = find(row->params, name, ';');
    for (; p != NULL && i > 0; i--) {
        p += strcspn(p, "/;");
        p = *p == '/' ? p + 1 : NULL;
    }
    if (p != NULL)
        *x = strtod(p, NULL);
    return p != NULL;
}

double oracle_suffix(const struct oracle_row *row, const char *prefix)
{
    return strtod(row->metric + strlen(prefix), NULL);
}

/* name(a, b): the argument by its name, or else the one at that place. */
static double argument(const char *args, const char *name, int place)
{
    const char *p = find(args, name, ',');
    if (p != NULL)
        return strtod(p, NULL);
    for (p = args; place > 0; place--)
        p += strcspn(p, ",") + 1;
    return strtod(p, NULL);
}

static struct timelaw parsed(const char *format, double a, double b, double c)
{
    char text[200];
    struct dist_error e;
    snprintf(text, sizeof text, format, a, b, c);
    const struct dist *d = dist_parse(&arena, text, DIST_DURATION, NULL, &e);
    if (d == NULL)
        fail_msg("%s: %s", text, e.text);
    return timelaw_of(d);
}

static struct timelaw bimodal(double p, double a, double b)
{
    char format[120];
    snprintf(format, sizeof format, "mixture(%.9g%%%%: %%.0fns, %.9g%%%%: %%.0fns)", 100 * p,
             100 - 100 * p);
    return parsed(format, a, b, 0);
}

struct timelaw oracle_law(const struct oracle_row *row, const char *name)
{
    char args[200] = "";
    const char *p = find(row->params, name, ';');
    if (p == NULL)
        fail_msg("%s: no parameter %s", row->id, name);
    const char *open = strchr(p, '(');
    snprintf(args, sizeof args, "%.*s", (int)strcspn(open + 1, ")"), open + 1);
    double mean = argument(args, "mean", 1) * 1e9; /* laws are in whole nanoseconds */
#define IS(law) (strncmp(p, law "(", sizeof(law)) == 0)
    if (IS("exp"))
        return parsed("exponential(%.0fns)", argument(args, "mean", 0) * 1e9, 0, 0);
    if (IS("det"))
        return parsed("constant(%.0fns)", argument(args, "value", 0) * 1e9, 0, 0);
    if (IS("erlang"))
        return parsed("erlang(k=%.0f, mean=%.0fns)", argument(args, "k", 0), mean, 0);
    if (IS("gamma"))
        return parsed("gamma(shape=%.12g, mean=%.0fns)", argument(args, "shape", 0), mean, 0);
    if (IS("weibull"))
        return parsed("weibull(shape=%.12g, mean=%.0fns)", argument(args, "shape", 0), mean, 0);
    if (IS("pareto"))
        return parsed("pareto(alpha=%.12g, mean=%.0fns)", argument(args, "alpha", 0), mean, 0);
    if (IS("uniform"))
        return parsed("uniform(%.0fns, %.0fns)", argument(args, "a", 0) * 1e9,
                      argument(args, "b", 1) * 1e9, 0);
    if (IS("lognormal"))
        return parsed("lognormal(mean=%.0fns, cv=%.15g)", argument(args, "mean", 0) * 1e9,
                      sqrt(argument(args, "scv", 1)), 0);
    if (IS("h2"))
        return parsed("hyperexponential(p=%.9g, mean1=%.0fns, mean2=%.0fns)",
                      argument(args, "p", 0), argument(args, "mean1", 1) * 1e9,
                      argument(args, "mean2", 2) * 1e9);
    if (IS("bimodal"))
        return bimodal(argument(args, "p", 0), argument(args, "a", 1) * 1e9,
                       argument(args, "b", 2) * 1e9);
    fail_msg("%s: unknown law %s", row->id, p);
    return timelaw_constant(0);
}
