/* columns.c - from a result to the numbers asked for. */
#include "columns.h"

#include <stdlib.h>
#include <string.h>

void columns_open(struct columns *c, const struct scenario *s)
{
    *c = (struct columns){0};
    arena_init(&c->pool.arena);
    c->metric = scenario_metrics(s, &c->n_metric);
}

void columns_close(struct columns *c)
{
    arena_free(&c->pool.arena);
    *c = (struct columns){0};
}

static struct column *more(struct columns *c)
{
    c->item = pool_grow(&c->pool, c->item, c->n, &c->cap, sizeof *c->item);
    return &c->item[c->n++];
}

/* The message of the grammar, with the class of whoever asked. */
static bool refuse(const struct metricexpr_error *e, const char *text, enum err_class class, struct err *err)
{
    struct err said = {0};
    metricexpr_say(e, text, &said);
    return err_set(err, class, "%s", said.text);
}

static bool term(struct columns *c, const char *text, enum err_class class, size_t *number, struct err *err)
{
    const struct metricnames names = {c->metric, (uint32_t)c->n_metric};
    struct metricexpr_error  e;
    for (*number = 0; *number < c->n; ++*number)
        if (c->item[*number].term != NULL && strcmp(c->item[*number].text, text) == 0)
            return true;
    const struct metricterm *t = metricterm_parse(&c->pool, text, &names, &e);
    if (t == NULL)
        return refuse(&e, text, class, err);
    *more(c) = (struct column){.text = pool_text(&c->pool, text, strlen(text)), .term = t, .unit = metricterm_unit(t)};
    return true;
}

bool columns_term(struct columns *c, const char *text, enum err_class class, size_t *number, struct err *err)
{
    return setjmp(c->pool.out) == 0 ? term(c, text, class, number, err) : err_set(err, ERR_OS, "memory is short");
}

static double nothing(void *context, struct metricref ref)
{
    (void)context;
    (void)ref;
    return 0;
}

static bool expression(struct columns *c, const char *text, enum err_class class, const struct metricexpr **out,
                       size_t *first, struct err *err)
{
    const struct metricnames names = {c->metric, (uint32_t)c->n_metric};
    struct metricexpr_error  e;
    *out = metricexpr_parse(&c->pool, text, &names, &e);
    if (*out == NULL)
        return refuse(&e, text, class, err);
    *first = c->n;
    for (uint32_t i = 0; i < metricexpr_count(*out); i++) {
        struct comparison side = metricexpr_compare(*out, i, nothing, NULL);
        for (int right = 0; right < 2; right++)
            *more(c) = (struct column){.text = side.text, .expr = *out, .number = i, .right = right, .unit = side.unit};
    }
    return true;
}

bool columns_expression(struct columns *c, const char *text, enum err_class class, const struct metricexpr **out,
                        size_t *first, struct err *err)
{
    return setjmp(c->pool.out) == 0 ? expression(c, text, class, out, first, err)
                                    : err_set(err, ERR_OS, "memory is short");
}

struct look {
    const struct columns *columns;
    const struct result  *result;
};

static double value(void *context, struct metricref ref)
{
    const struct look *look = context;
    return metric_stat(&look->result->metric[ref.metric], look->columns->metric[ref.metric].kind, ref.stat,
                       look->result->observed);
}

static double column_value(const struct column *c, metricexpr_value *of, void *context)
{
    if (c->term != NULL)
        return metricterm_value(c->term, of, context);
    struct comparison side = metricexpr_compare(c->expr, c->number, of, context);
    return c->right ? side.right : side.left;
}

void columns_values(const struct columns *c, const struct result *r, double *out)
{
    struct look look = {c, r};
    for (size_t i = 0; i < c->n; i++)
        out[i] = column_value(&c->item[i], value, &look);
}

static bool same_metric(const struct metric_id *a, const struct metric_id *b)
{
    return strcmp(a->entity, b->entity) == 0 && strcmp(a->name, b->name) == 0;
}

bool columns_fit(const struct columns *c, const struct scenario *variant)
{
    size_t                  n, i = 0;
    const struct metric_id *metric = scenario_metrics(variant, &n);
    while (n == c->n_metric && i < n && same_metric(&metric[i], &c->metric[i]))
        i++;
    return n == c->n_metric && i == n;
}

/* Both lists have their entities in the same order: the next one is most often where the last one was found. */
static uint32_t place_of(const struct metric_id *id, const struct metric_id *metric, size_t n, size_t *last)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = (*last + i) % n;
        if (same_metric(id, &metric[at])) {
            *last = at;
            return (uint32_t)at;
        }
    }
    return RESULT_NOTHING;
}

bool columns_align(const struct columns *c, const struct scenario *variant, struct result *r)
{
    size_t                  n, last = 0;
    const struct metric_id *metric = scenario_metrics(variant, &n);
    if (columns_fit(c, variant))
        return true;
    uint32_t *from = calloc(c->n_metric + 1, sizeof *from);
    for (size_t i = 0; from != NULL && i < c->n_metric; i++)
        from[i] = place_of(&c->metric[i], metric, n, &last);
    bool ok = from != NULL && result_renumber(r, from, (uint32_t)c->n_metric);
    free(from);
    return ok;
}

/* A value is asked of every metric of a sum, whatever the others are. */
static double note_quantile(void *context, struct metricref ref)
{
    bool *asked = context;
    asked[ref.metric] |= ref.stat.kind == STAT_QUANTILE;
    return 1;
}

void columns_asked(const struct columns *c, bool *asked)
{
    memset(asked, 0, c->n_metric * sizeof *asked);
    for (size_t i = 0; i < c->n; i++)
        column_value(&c->item[i], note_quantile, asked);
}
