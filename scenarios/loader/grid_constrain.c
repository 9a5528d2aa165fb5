/* grid_constrain.c - an expression over settings. Each path in it stands for a made-up metric
 * ("s0", "s1" …), so that the grammar, the units and the arithmetic are those of expectations; its
 * value at a point is that of the loaded setting, whatever the spelling. */
#include <math.h>
#include <string.h>

#include "grid.h"
#include "metricterm.h"

#define SETTINGS_MAX 32

struct names {
    struct pool *pool;
    const char *path[SETTINGS_MAX];
    struct metric_id id[SETTINGS_MAX];
    uint32_t n;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t path_length(const char *text)
{
    size_t n = 0;
    while (is_letter(text[n]) || (text[n] >= '0' && text[n] <= '9') ||
           (text[n] != '\0' && strchr("_-.[]", text[n]) != NULL))
        n++;
    return n;
}

static bool enter(struct names *names, const struct scenario *s, const char *path, uint32_t *number,
                  struct err *err)
{
    struct setting setting;
    for (*number = 0; *number < names->n; ++*number)
        if (strcmp(names->path[*number], path) == 0)
            return true;
    if (!setting_find(s, path, &setting, err))
        return false;
    if (!setting.numeric)
        return err_set(err, ERR_USAGE,
                       "--constraint: '%s' is no number, duration, size, rate or share", path);
    if (names->n == SETTINGS_MAX)
        return err_set(err, ERR_USAGE, "--constraint: more than %d settings", SETTINGS_MAX);
    names->path[names->n] = path;
    names->id[names->n] = (struct metric_id){
        .entity = "", .name = pool_format(names->pool, "s%u", names->n), .doc = "", .kind = OBS_LEVEL, .unit = setting.unit};
    names->n++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A value with its unit: no part of it is a path. */
static size_t value_run(const char *text)
{
    size_t n = 0;
    while (is_letter(text[n]) || is_digit(text[n]) || text[n] == '.')
        n++;
    return n;
}

/* "fleet.a.size < 5" to "s0 < 5": whatever holds a dot and starts with a letter is a path. */
static const char *translate(struct names *names, const struct scenario *s, const char *text,
                             struct err *err)
{
    const char *out = "";
    while (*text != '\0') {
        size_t n = is_letter(*text) ? path_length(text) : is_digit(*text) ? value_run(text) : 1;
        uint32_t number;
        if (is_letter(*text) && memchr(text, '.', n) != NULL) {
            if (!enter(names, s, pool_text(names->pool, text, n), &number, err))
                return NULL;
            out = pool_format(names->pool, "%ss%u", out, number);
        } else {
            out = pool_format(names->pool, "%s%.*s", out, (int)n, text);
        }
        text += n;
    }
    return out;
}

struct at_point {
    const struct names *names;
    double value[SETTINGS_MAX];
};

static double value(void *context, struct metricref ref)
{
    return ((const struct at_point *)context)->value[ref.metric];
}

static bool look(struct grid *g, const struct scenario *base, size_t point, struct at_point *at,
                 struct err *err)
{
    const char *set[64];
    struct scenario *s = NULL;
    struct problems problems;
    struct setting setting;
    problems_init(&problems);
    bool ok = g->n_path <= 64 || err_set(err, ERR_USAGE, "more than 64 settings are varied");
    for (size_t k = 0; ok && k < g->n_path; k++)
        set[k] = pool_format(&g->pool, "%s=%s", g->path[k], g->value[point * g->n_path + k]);
    const struct scenario_options options = {set, g->n_path};
    if (ok && !scenario_variant(&s, base, &options, "--vary", &problems))
        ok = err_set(err, ERR_DATA, "point %zu: %s", point,
                     problems.n > 0 ? problems.item[0].text : "it cannot be loaded");
    for (uint32_t i = 0; ok && i < at->names->n; i++) {
        ok = setting_find(s, at->names->path[i], &setting, err);
        at->value[i] = ok ? setting.number : NAN;
    }
    problems_free(&problems);
    scenario_free(s);
    return ok;
}

static bool keep(struct grid *g, const struct scenario *s, const struct metricexpr *expr,
                 const struct names *names, struct err *err)
{
    struct at_point at = {.names = names};
    size_t kept = 0;
    for (size_t p = 0; p < g->n_point; p++) {
        if (!look(g, s, p, &at, err))
            return false;
        if (metricexpr_eval(expr, value, &at) != VERDICT_HOLDS)
            continue;
        memmove(&g->value[kept++ * g->n_path], &g->value[p * g->n_path],
                g->n_path * sizeof(*g->value));
    }
    g->left_out += g->n_point - kept;
    g->n_point = kept;
    return kept > 0 || err_set(err, ERR_USAGE, "--constraint: no point is left");
}

static bool constrain(struct grid *g, const struct scenario *s, const char *expression,
                      struct err *err)
{
    struct names names = {.pool = &g->pool};
    struct metricexpr_error e;
    const char *text = translate(&names, s, expression, err);
    if (text == NULL)
        return false;
    const struct metricnames known = {names.id, names.n};
    const struct metricexpr *expr = metricexpr_parse(&g->pool, text, &known, &e);
    if (expr == NULL)
        return err_set(err, ERR_USAGE, "--constraint '%s': %s", expression, e.text);
    return keep(g, s, expr, &names, err);
}

bool grid_constrain(struct grid *g, const struct scenario *s, const char *expression,
                    struct err *err)
{
    return setjmp(g->pool.out) == 0 ? constrain(g, s, expression, err)
                                    : err_set(err, ERR_OS, "memory is short");
}
