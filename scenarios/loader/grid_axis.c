/* grid_axis.c - what stands behind --vary, and the axes of a scenario's own sweep. */
#include <stdlib.h>
#include <string.h>

#include "grid.h"

static struct grid_axis *new_axis(struct grid *g)
{
    g->axis = pool_grow(&g->pool, g->axis, g->n_axis, &g->cap_axis, sizeof(*g->axis));
    return &g->axis[g->n_axis];
}

static void learn(const struct scenario *s, struct grid_axis *a)
{
    struct setting setting;
    a->whole_seconds =
        setting_find(s, a->path[0], &setting, NULL) && (setting.key->flags & KEY_WHOLE_SECONDS);
}

/* --- lists --- */

/* Length of the first value: a comma inside brackets or quotes is part of it. */
static size_t value_length(const char *text)
{
    int depth = 0;
    char quote = 0;
    for (size_t i = 0;; i++) {
        char c = text[i];
        if (c == '\0' || (c == ',' && depth == 0 && quote == 0))
            return i;
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else
            depth += strchr("([{", c) != NULL ? 1 : strchr(")]}", c) != NULL ? -1 : 0;
    }
}

static bool list(struct grid *g, struct grid_axis *a, const char *text, struct err *err)
{
    const char **value = NULL;
    size_t cap = 0;
    for (;;) {
        size_t n = value_length(text);
        if (n == 0)
            return err_set(err, ERR_USAGE, "--vary %s: a value is empty", a->path[0]);
        value = pool_grow(&g->pool, value, a->n_value, &cap, sizeof(*value));
        value[a->n_value++] = pool_text(&g->pool, text, n);
        if (text[n] == '\0')
            break;
        text += n + 1;
    }
    a->value = value;
    return true;
}

/* --- ranges --- */

/* "5", "5lin", "5log" */
static bool read_steps(struct grid_axis *a, const char *text, int64_t *steps, struct err *err)
{
    char *end;
    *steps = strtoll(text, &end, 10);
    a->log = strcmp(end, "log") == 0;
    return (*text >= '0' && *text <= '9' && (*end == '\0' || a->log || strcmp(end, "lin") == 0)) ||
           err_set(err, ERR_USAGE,
                   "--vary %s: '/%s' is no number of values; write /5, /5lin or /5log", a->path[0],
                   text);
}

/* The slash of "80/s..160/s/5" that counts is the last one with a digit behind it. */
static const char *find_steps(const char *text)
{
    const char *slash = strrchr(text, '/');
    return slash != NULL && slash[1] >= '0' && slash[1] <= '9' ? slash : NULL;
}

static bool range(struct grid *g, struct grid_axis *a, const char *text, const char *dots,
                  struct err *err)
{
    const char *to = dots + 2, *colon = strchr(to, ':'),
               *slash = colon == NULL ? find_steps(to) : NULL;
    const char *end = colon != NULL ? colon : slash != NULL ? slash : NULL;
    int64_t steps = 0;
    if (end == NULL)
        return err_set(err, ERR_USAGE, "--vary %s: how many values? %s:STEP, %s/5 or %s/5log",
                       a->path[0], text, text, text);
    a->from = pool_text(&g->pool, text, (size_t)(dots - text));
    a->to = pool_text(&g->pool, to, (size_t)(end - to));
    if (slash != NULL && !read_steps(a, slash + 1, &steps, err))
        return false;
    if (colon != NULL && colon[1] == 'x')
        a->log = true;
    a->value = grid_range(&g->pool, a, colon != NULL ? colon + 1 : NULL, steps, &a->n_value, err);
    return a->value != NULL;
}

static bool axis_text(struct grid *g, const struct scenario *s, const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    struct grid_axis *a = new_axis(g);
    struct setting setting;
    if (equals == NULL || equals == text || equals[1] == '\0')
        return err_set(err, ERR_USAGE,
                       "--vary takes PATH=VALUES, such as fleet.writers.size=10,20,40; not '%s'",
                       text);
    const char **path = pool_array(&g->pool, 1, sizeof(*path));
    path[0] = pool_text(&g->pool, text, (size_t)(equals - text));
    *a = (struct grid_axis){.path = path, .n_path = 1};
    if (!setting_find(s, path[0], &setting, err))
        return false;
    learn(s, a);
    const char *dots = strstr(equals + 1, "..");
    bool ok = dots != NULL && strchr(equals, '(') == NULL ? range(g, a, equals + 1, dots, err)
                                                          : list(g, a, equals + 1, err);
    g->n_axis += ok;
    return ok;
}

static bool axis_scenario(struct grid *g, const struct scenario *s, struct setting_sweep *sweep,
                          struct err *err)
{
    if (!setting_sweep(s, &g->pool, sweep, err))
        return false;
    for (size_t i = 0; i < sweep->n_axis; i++) {
        const struct setting_axis *from = &sweep->axis[i];
        struct grid_axis *a = new_axis(g);
        *a = (struct grid_axis){from->set,  from->n_set, from->value, from->n_value,
                                from->from, from->to,    from->log,   false};
        learn(s, a);
        if (a->value == NULL)
            a->value = grid_range(&g->pool, a, NULL, from->steps, &a->n_value, err);
        if (a->value == NULL)
            return false;
        g->n_axis++;
    }
    return true;
}

bool grid_axis_text(struct grid *g, const struct scenario *s, const char *text, struct err *err)
{
    return setjmp(g->pool.out) == 0 ? axis_text(g, s, text, err)
                                    : err_set(err, ERR_OS, "memory is short");
}

bool grid_axis_scenario(struct grid *g, const struct scenario *s, struct setting_sweep *sweep,
                        struct err *err)
{
    return setjmp(g->pool.out) == 0 ? axis_scenario(g, s, sweep, err)
                                    : err_set(err, ERR_OS, "memory is short");
}
