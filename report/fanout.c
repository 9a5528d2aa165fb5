/* fanout.c - parts by their names, "topic.orders[seoul]", and their targets in the order of the scenario. */
#include "fanout.h"

#include <stdio.h>
#include <string.h>

#include "mem.h"

static bool is_part_of(const char *path, const char *entity)
{
    size_t n = strlen(entity);
    return strncmp(path, entity, n) == 0 && path[n] == '[';
}

static bool is_metric(const struct query_metric *m, const char *entity, const char *metric)
{
    return strcmp(m->entity, entity) == 0 && strcmp(m->name, metric) == 0;
}

/* An entity's metrics stand together, and one after the other is asked for: first around the latest, then everywhere. */
bool fanout_has(struct fanout *f, const char *entity, const char *metric)
{
    for (size_t k = 0; k < f->n_metric; k++) {
        size_t i = (f->last + k) % f->n_metric;
        if (is_metric(&f->metric[i], entity, metric)) {
            while (i > 0 && strcmp(f->metric[i - 1].entity, entity) == 0)
                i--;
            f->last = i;
            return true;
        }
        if (k > 0 && strcmp(f->metric[f->last].entity, entity) == 0 && strcmp(f->metric[i].entity, entity) != 0)
            return false; /* past the end of that entity's */
    }
    return false;
}

static bool is_fan(const struct query_metric *m)
{
    return (wiring_is(m->entity, "topic") || wiring_is(m->entity, "bus")) && strchr(m->entity, '[') == NULL;
}

/* Metrics of one entity stand together. */
static bool starts(const struct fanout *f, size_t i)
{
    return i == 0 || strcmp(f->metric[i].entity, f->metric[i - 1].entity) != 0;
}

static size_t count_parts(const struct fanout *f, const char *entity)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n_metric; i++)
        n += starts(f, i) && is_part_of(f->metric[i].entity, entity);
    return n;
}

static void name_part(struct fan_part *p, const char *path, const char *entity)
{
    size_t n = strlen(path) - strlen(entity);
    p->path = path;
    snprintf(p->name, sizeof(p->name), "%.*s", n > 2 ? (int)(n - 2 < 90 ? n - 2 : 90) : 0, path + strlen(entity) + 1);
}

static bool add_fan(struct fanout *f, const char *entity, struct err *err)
{
    struct fan *fan = &f->fan[f->n++];
    fan->entity = entity;
    fan->part = mem_get_zero(count_parts(f, entity) + 1, sizeof(*fan->part));
    if (fan->part == NULL)
        return err_set(err, ERR_OS, "memory is short");
    for (size_t i = 0; i < f->n_metric; i++)
        if (starts(f, i) && is_part_of(f->metric[i].entity, entity))
            name_part(&fan->part[fan->n++], f->metric[i].entity, entity);
    return true;
}

/* --- targets --- */

static bool names(const char *part, const char *target)
{
    const char *id = strchr(target, '.'), *last = strrchr(part, '/');
    return strcmp(part, target) == 0 || (id != NULL && (strcmp(part, id + 1) == 0 || (last != NULL && strcmp(last + 1, id + 1) == 0)));
}

static void link_part(struct fanout *f, struct fan_part *p, const struct wire *w)
{
    p->target = w->to;
    for (size_t i = 0; i < f->wiring.n; i++)
        if (f->wiring.wire[i].dead && f->wiring.wire[i].group == w->group)
            p->dead = f->wiring.wire[i].to;
}

/* The k-th target is the k-th part's when there are as many; else a part goes by its target's name. */
static void link_parts(struct fanout *f, struct fan *fan)
{
    size_t n = 0, k = 0;
    for (size_t i = 0; i < f->wiring.n; i++)
        n += f->wiring.wire[i].feeds && strcmp(f->wiring.wire[i].from, fan->entity) == 0;
    for (size_t i = 0; i < f->wiring.n; i++) {
        const struct wire *w = &f->wiring.wire[i];
        if (!w->feeds || strcmp(w->from, fan->entity) != 0)
            continue;
        for (size_t p = 0; p < fan->n; p++)
            if (n == fan->n ? p == k : fan->part[p].target == NULL && names(fan->part[p].name, w->to))
                link_part(f, &fan->part[p], w);
        k++;
    }
}

static bool list_fans(struct fanout *f, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n_metric; i++)
        n += starts(f, i) && is_fan(&f->metric[i]);
    f->fan = mem_get_zero(n + 1, sizeof(*f->fan));
    if (f->fan == NULL)
        return err_set(err, ERR_OS, "memory is short");
    for (size_t i = 0; i < f->n_metric; i++)
        if (starts(f, i) && is_fan(&f->metric[i]) && !add_fan(f, f->metric[i].entity, err))
            return false;
    for (size_t i = 0; i < f->n; i++)
        link_parts(f, &f->fan[i]);
    return true;
}

bool fanout_open(struct fanout *f, struct query *q, int64_t run, struct err *err)
{
    *f = (struct fanout){0};
    if (query_metrics(q, run, &f->metric, &f->n_metric, err) && wiring_of_run(&f->wiring, q, run, err) && list_fans(f, err))
        return true;
    fanout_close(f);
    return false;
}

void fanout_close(struct fanout *f)
{
    for (size_t i = 0; f->fan != NULL && i < f->n; i++)
        mem_release(f->fan[i].part);
    mem_release(f->fan);
    wiring_free(&f->wiring);
    query_metrics_free(f->metric, f->n_metric);
    *f = (struct fanout){0};
}

/* --- feeders --- */

static size_t queues_of(const struct fanout *f, const char *feeder, const char **queue, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < f->wiring.n && n < most; i++) {
        const struct wire *w = &f->wiring.wire[i];
        bool known = !w->feeds || strcmp(w->from, feeder) != 0 || !wiring_is(w->to, "queue");
        for (size_t k = 0; k < n && !known; k++)
            known = strcmp(queue[k], w->to) == 0;
        if (!known)
            queue[n++] = w->to;
    }
    return n;
}

size_t fanout_feeder(const struct fanout *f, size_t *at, const char **feeder, const char **queue, size_t most)
{
    for (; *at < f->wiring.n; (*at)++) {
        const struct wire *w = &f->wiring.wire[*at];
        bool seen = false;
        for (size_t i = 0; i < *at && !seen; i++)
            seen = strcmp(f->wiring.wire[i].from, w->from) == 0;
        size_t n = seen ? 0 : queues_of(f, w->from, queue, most);
        if (n < 2)
            continue;
        (*at)++;
        *feeder = w->from;
        return n;
    }
    return 0;
}
