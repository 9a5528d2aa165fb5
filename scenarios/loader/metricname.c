/* metricname.c - "queue.orders.ApproximateNumberOfMessagesVisible.p99.9" to a metric and a stat. */
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "metricexpr_int.h"
#include "problem.h"

static const char *const stat_names[] = {"mean", "min",  "max", "sd",  "sum", "count",
                                         "rate", "last", "min_at", "max_at", "p50", "p90", "p99"};
#define N_STATS (sizeof(stat_names) / sizeof(stat_names[0]))

struct parts {
    const char *entity, *name, *stat; /* stat: NULL when not given */
};

static bool is_word(const char *word, const struct metric_id *m)
{
    return strcmp(m->name, word) == 0 ||
           (m->cloudwatch != NULL && strcmp(m->cloudwatch, word) == 0);
}

static bool has_entity(const struct metricnames *names, const char *entity)
{
    for (uint32_t i = 0; i < names->n; i++)
        if (strcmp(names->id[i].entity, entity) == 0)
            return true;
    return false;
}

/* Whether there is an entity whose name begins so: "topic.orders[". */
static bool has_parts(const struct metricnames *names, const char *text, size_t n)
{
    for (uint32_t i = 0; i < names->n; i++)
        if (strncmp(names->id[i].entity, text, n) == 0)
            return true;
    return false;
}

static uint32_t find(const struct metricnames *names, const char *entity, const char *name)
{
    uint32_t i = 0;
    while (i < names->n &&
           (strcmp(names->id[i].entity, entity) != 0 || !is_word(name, &names->id[i])))
        i++;
    return i;
}

static const char *cut(char *text)
{
    char *dot = text == NULL ? NULL : strchr(text, '.');
    if (dot == NULL)
        return NULL;
    *dot = '\0';
    return dot + 1;
}

static void split_rest(struct pool *pool, const char *text, struct parts *p)
{
    char *copy = pool_text(pool, text, strlen(text));
    p->stat = cut(copy);
    p->name = copy;
}

/* Entities have two parts, scenario metrics have no entity: the number of dots before the stat
 * tells. */
static struct parts split(struct pool *pool, const char *text, const struct metricnames *names)
{
    struct parts p = {"", NULL, NULL};
    struct obs_stat stat;
    const char *first = strchr(text, '.'), *second = first == NULL ? NULL : strchr(first + 1, '.');
    bool plain = first == NULL || obs_stat_parse(first + 1, &stat);
    char *head = pool_text(pool, text, first == NULL ? strlen(text) : (size_t)(first - text));
    if (plain || find(names, "", head) < names->n || second == NULL) {
        split_rest(pool, text, &p);
        return p;
    }
    p.entity = pool_text(pool, text, (size_t)(second - text));
    split_rest(pool, second + 1, &p);
    return p;
}

static const char *with_stat(struct pool *pool, const char *entity, const char *name,
                             const char *stat)
{
    return pool_format(pool, "%s%s%s%s%s", entity, *entity == '\0' ? "" : ".", name,
                       stat == NULL ? "" : ".", stat == NULL ? "" : stat);
}

static const char *near_name(struct pool *pool, const struct metricnames *names,
                             const struct parts *p)
{
    const char **word = pool_array(pool, 2 * (size_t)names->n, sizeof(*word));
    size_t n = 0;
    bool known = has_entity(names, p->entity);
    for (uint32_t i = 0; i < names->n; i++) {
        const struct metric_id *m = &names->id[i];
        if (known && strcmp(m->entity, p->entity) == 0) {
            word[n++] = m->name;
            if (m->cloudwatch != NULL)
                word[n++] = m->cloudwatch;
        } else if (!known && is_word(p->name, m)) {
            word[n++] = m->entity;
        }
    }
    const char *best = suggest(known ? p->name : p->entity, word, n);
    if (best == NULL)
        return NULL;
    return with_stat(pool, known ? p->entity : best, known ? best : p->name, p->stat);
}

static bool no_metric(struct pool *pool, const char *text, size_t at,
                      const struct metricnames *names, const struct parts *p,
                      struct metricexpr_error *e)
{
    const char *better = near_name(pool, names, p);
    metricexpr_refuse(e, AB_METRIC, at, strlen(text), "no metric '%s'", text);
    if (better != NULL)
        snprintf(e->label, sizeof(e->label), "did you mean '%s'?", better);
    return false;
}

static const char *stats_of(enum obs_kind kind)
{
    return kind == OBS_COUNTER ? "sum, rate"
           : kind == OBS_LEVEL ? "mean, min, max, sd, last, min_at, max_at, p50 … p99.9"
                               : "mean, min, max, sd, sum, count, rate, p50 … p99.9";
}

static bool no_stat(const char *text, size_t at, const struct metric_id *m, const char *stat,
                    struct metricexpr_error *e)
{
    size_t skip = strlen(text) - strlen(stat);
    const char *better = suggest(stat, stat_names, N_STATS);
    struct obs_stat parsed;
    metricexpr_refuse(e, AB_STAT, at + skip, strlen(stat), "'%.*s' has no '%s'; it has %s",
                      (int)skip - 1, text, stat, stats_of(m->kind));
    if (better != NULL && obs_stat_parse(better, &parsed) && obs_stat_fits(m->kind, parsed))
        snprintf(e->label, sizeof(e->label), "did you mean '%s'?", better);
    return false;
}

bool metricname_find(struct pool *pool, const char *text, size_t length, size_t at,
                     const struct metricnames *names, struct metricref *ref,
                     struct metricexpr_error *e)
{
    text = pool_text(pool, text, length);
    const char *bracket = strchr(text, '[');
    if (bracket != NULL && !has_parts(names, text, (size_t)(bracket - text) + 1))
        return metricexpr_refuse(
            e, AB_METRIC, at + (size_t)(bracket - text), strlen(bracket),
            "'%s': metrics are recorded for whole entities, not for single instances", text);
    struct parts p = split(pool, text, names);
    ref->metric = find(names, p.entity, p.name);
    if (ref->metric == names->n)
        return no_metric(pool, text, at, names, &p, e);
    const struct metric_id *m = &names->id[ref->metric];
    ref->stat = (struct obs_stat){m->kind == OBS_COUNTER ? STAT_SUM : STAT_MEAN, 0};
    if (p.stat == NULL)
        return true;
    if (!obs_stat_parse(p.stat, &ref->stat) || !obs_stat_fits(m->kind, ref->stat))
        return no_stat(text, at, m, p.stat, e);
    return true;
}

bool metricref_parse(struct pool *pool, const char *text, const struct metricnames *names,
                     struct metricref *ref, struct metricexpr_error *e)
{
    *e = (struct metricexpr_error){0};
    return metricname_find(pool, text, strlen(text), 0, names, ref, e);
}
