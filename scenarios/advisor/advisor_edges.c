/* advisor_edges.c - every call and send of a scenario in one list: a producer's requests, and the
 * steps of services and fleets. A step with several targets is several edges of one item. */
#include "advisor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const lists[] = {"calls", "sends", "forwards"};

static bool takes_messages(const struct spec_entity *e)
{
    return kind_is(e, "queue") || kind_is(e, "topic") || kind_is(e, "bus") || kind_is(e, "stream");
}

/* Counts only while there is no room for them. */
static void add(struct adviser *a, const struct spec_entity *from, const struct spec_entity *to,
                const char *list, const struct value *item)
{
    const struct spec_entity *through = to != NULL && lends(to) ? to : NULL;
    to = store_behind(to);
    if (to == NULL)
        return;
    if (a->edge != NULL)
        a->edge[a->n_edge] = (struct edge){from, to, through, list, item, strcmp(list, "sends") != 0 && !takes_messages(to)};
    a->n_edge++;
}

static void add_step(struct adviser *a, const struct spec_entity *e, const char *list,
                     const struct value *item)
{
    char path[64];
    snprintf(path, sizeof path, "%s.target", list);
    add(a, e, ref_at(e, item, path), list, item);
    snprintf(path, sizeof path, "%s.targets", list);
    const struct value *targets = value_at(e, item, path);
    for (uint32_t i = 0; targets != NULL && i < targets->list.n; i++)
        add(a, e, targets->list.item[i].ref, list, item);
}

static void gather(struct adviser *a)
{
    a->n_edge = 0;
    for (uint32_t i = 0; i < a->spec->n_entity; i++) {
        const struct spec_entity *e = &a->spec->entity[i];
        const struct value *call = kind_is(e, "producer") ? value_at(e, NULL, "call") : NULL;
        if (call != NULL)
            add(a, e, ref_at(e, NULL, "target"), "call", call);
        for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
            uint32_t n;
            const struct value *step = list_at(e, lists[k], &n);
            for (uint32_t s = 0; s < n; s++)
                add_step(a, e, lists[k], &step[s]);
        }
    }
}

bool edges_find(struct adviser *a)
{
    a->edge = NULL;
    gather(a);
    a->edge = arena_get(&a->findings.arena, (a->n_edge + 1) * sizeof *a->edge);
    if (a->edge == NULL)
        return false;
    gather(a);
    return true;
}

const struct value *edge_value(const struct edge *x, const char *key)
{
    char path[80];
    snprintf(path, sizeof path, "%s.%s", x->list, key);
    return value_at(x->from, x->item, path);
}

bool edge_is(const struct edge *x, const char *key, const char *choice)
{
    char path[80];
    snprintf(path, sizeof path, "%s.%s", x->list, key);
    return is_at(x->from, x->item, path, choice);
}

double edge_timeout(const struct edge *x)
{
    const struct value *v = edge_value(x, "timeout");
    return v == NULL ? INFINITY : sim_seconds(v->i);
}

double edge_attempts(const struct edge *x)
{
    const struct value *v = edge_value(x, "attempts");
    return v == NULL ? 1 : v->i > 1000000 ? INFINITY : (double)v->i;
}

const struct backoff *edge_backoff(const struct edge *x)
{
    const struct value *v = edge_value(x, "backoff");
    return v == NULL || v->type != VALUE_BACKOFF || v->backoff == NULL ||
                   v->backoff->law == BACKOFF_NONE
               ? NULL
               : v->backoff;
}

/* Before the retry after failure number n (from 0), at most. */
static double longest_pause(const struct backoff *b, double n)
{
    double base = sim_seconds(b->base), cap = b->cap > 0 ? sim_seconds(b->cap) : INFINITY;
    if (b->law == BACKOFF_RANDOM)
        return dist_mean(b->dist) / 1e9;
    if (b->law == BACKOFF_CONSTANT)
        return base;
    return fmin(cap, base * pow(b->law == BACKOFF_DECORRELATED ? 3 : 2, fmin(n, 60)));
}

double edge_span(const struct edge *x)
{
    double attempts = edge_attempts(x), span = edge_timeout(x) * attempts;
    const struct backoff *b = edge_backoff(x);
    for (double i = 0; b != NULL && i + 1 < attempts && isfinite(span) && i < 2000; i++)
        span += longest_pause(b, i);
    return span;
}
