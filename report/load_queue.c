/* load_queue.c - data of the charts of one queue: depth and age. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "mem.h"
#include "wiring.h"

#define PANELS_MAX 8

static const struct {
    const char *metric, *name, *doc;
} states[] = {
    {"ApproximateNumberOfMessagesVisible", "visible", "waiting for a consumer"},
    {"ApproximateNumberOfMessagesNotVisible", "in flight", "received, not yet deleted"},
    {"ApproximateNumberOfMessagesDelayed", "delayed", "not yet visible"},
};
#define AGE "ApproximateAgeOfOldestMessage"

static bool is_queue(const char *entity)
{
    return strncmp(entity, "queue.", 6) == 0;
}

/* Whether the scenario names the queue as where dead letters go: of that entity, or (NULL) of any. */
static bool is_dead_letter(const struct wiring *w, const char *entity, const char *of)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->wire[i].dead && strcmp(w->wire[i].to, entity) == 0 && (of == NULL || strcmp(w->wire[i].from, of) == 0))
            return true;
    return false;
}

static bool same_metric(const struct query_metric *m, const char *cloudwatch)
{
    return m->cloudwatch != NULL && strcmp(m->cloudwatch, cloudwatch) == 0;
}

/* What there is to choose from, for a refusal. */
static bool refuse(const struct query_metric *m, size_t n, const char *run, const char *entity, struct err *err)
{
    char list[400] = "";
    for (size_t i = 0, at = 0; i < n && at < sizeof(list) - 1; i++)
        if (m[i].entity[0] != 0 && (i == 0 || strcmp(m[i].entity, m[i - 1].entity) != 0) &&
            (entity == NULL || is_queue(m[i].entity)))
            at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s", at > 0 ? ", " : "", m[i].entity);
    if (entity == NULL)
        return err_set(err, ERR_DATA, "%s has no queue to draw; it has: %s", run, *list != 0 ? list : "no entity");
    return err_set(err, ERR_DATA, "%s has no queue '%s'; its queues: %s", run, entity, *list != 0 ? list : "none");
}

static double mean_depth(struct query *q, int64_t run, const char *entity)
{
    double *x;
    size_t n;
    struct err none = {0};
    if (!query_values(q, run, 0, entity, states[0].metric, "mean", &x, &n, &none))
        return -1;
    double mean = estimate_mean(x, n, 0.95).mean;
    mem_release(x);
    return isnan(mean) ? -1 : mean;
}

/* The queue that was asked for, or the one with the most waiting; dead-letter queues only when there is no other. */
static const char *choose(const struct chart_request *r, const struct wiring *w, const struct query_metric *m, size_t n)
{
    const char *best = NULL;
    double most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (!is_queue(m[i].entity) || !same_metric(&m[i], states[0].metric))
            continue;
        if (r->entity != NULL && strcmp(m[i].entity, r->entity) == 0)
            return m[i].entity;
        double depth = mean_depth(r->query, r->run[0], m[i].entity) - (is_dead_letter(w, m[i].entity, NULL) ? 1e18 : 0);
        if (r->entity == NULL && depth > most) {
            most = depth;
            best = m[i].entity;
        }
    }
    return best;
}

struct panels {
    struct query_series series[PANELS_MAX];
    struct depth_panel  panel[PANELS_MAX];
    size_t              n;
};

static void panels_free(struct panels *p)
{
    for (size_t i = 0; i < p->n; i++)
        query_series_free(&p->series[i]);
}

static bool add_panel(struct panels *p, const struct chart_request *r, const char *entity, const char *metric,
                      const char *name, const char *doc, struct err *err)
{
    struct query_series *s = &p->series[p->n];
    if (p->n == PANELS_MAX)
        return true;
    if (!query_series(r->query, r->run[0], 0, entity, metric, s, err))
        return false;
    if (p->n > 0 && (s->n != p->series[0].n || s->n_replication != p->series[0].n_replication)) {
        query_series_free(s);
        return err_set(err, ERR_DATA, "the series of %s have different lengths", entity);
    }
    p->panel[p->n++] = (struct depth_panel){.name = name, .doc = doc, .value = s->value, .max = s->max};
    return true;
}

static bool add_states(struct panels *p, const struct chart_request *r, const struct wiring *w, const struct query_metric *m,
                       size_t n, const char *queue, struct err *err)
{
    for (size_t k = 0; k < sizeof(states) / sizeof(states[0]); k++)
        for (size_t i = 0; i < n; i++)
            if (strcmp(m[i].entity, queue) == 0 && same_metric(&m[i], states[k].metric) &&
                !add_panel(p, r, queue, states[k].metric, states[k].name, states[k].doc, err))
                return false;
    for (size_t i = 0; i < n; i++)
        if (is_queue(m[i].entity) && same_metric(&m[i], states[0].metric) && is_dead_letter(w, m[i].entity, queue) &&
            !add_panel(p, r, m[i].entity, states[0].metric, m[i].entity, "dead letters", err))
            return false;
    return true;
}

static bool draw(const struct chart_request *r, const struct load *l, const struct panels *p, const char *queue, bool age,
                 struct sheet **out, struct err *err)
{
    const struct query_series *s = &p->series[0];
    const struct depth_data d = {
        .queue = queue, .run = l->run[0].told, .n_replication = s->n_replication, .n = s->n,
        .width_s = sim_seconds(s->width_ns), .end_s = l->end_s, .panel = p->panel, .n_panel = p->n,
        .fault = l->fault, .n_fault = l->n_fault, .deadline_s = l->run[0].deadline_s,
        .deadlines = l->run[0].deadlines,
    };
    return age ? age_layout(&d, r->width, r->height, out, err) : depth_layout(&d, r->width, r->height, out, err);
}

static void to_seconds(struct query_series *s)
{
    for (size_t i = 0; i < (size_t)s->n * s->n_replication; i++) {
        s->value[i] /= 1e9;
        s->max[i] /= 1e9;
    }
}

static bool load_queue(const struct chart_request *r, bool age, struct sheet **out, struct err *err)
{
    struct load l;
    struct panels p = {.n = 0};
    struct query_metric *m = NULL;
    struct wiring w = {0};
    size_t n = 0;
    if (!load_open(&l, r, err))
        return false;
    bool ok = query_metrics(r->query, r->run[0], &m, &n, err) && wiring_of_run(&w, r->query, r->run[0], err);
    const char *queue = ok ? choose(r, &w, m, n) : NULL;
    if (ok && queue == NULL)
        ok = refuse(m, n, l.run[0].name, r->entity, err);
    if (ok && age)
        ok = add_panel(&p, r, queue, AGE, "age", "of the oldest message", err);
    else if (ok)
        ok = add_states(&p, r, &w, m, n, queue, err);
    if (ok && age)
        to_seconds(&p.series[0]);
    ok = ok && load_deadline(&l.run[0], r->query, &w, queue, err);
    ok = ok && draw(r, &l, &p, queue, age, out, err);
    panels_free(&p);
    wiring_free(&w);
    query_metrics_free(m, n);
    load_close(&l);
    return ok;
}

bool load_depth(const struct chart_request *r, struct sheet **out, struct err *err)
{
    return load_queue(r, false, out, err);
}

bool load_age(const struct chart_request *r, struct sheet **out, struct err *err)
{
    return load_queue(r, true, out, err);
}
