/* load_fits.c - which charts of streams and of scaling fit a run: those whose entities it has, and of which something
 * happened. */
#include <stdio.h>
#include <string.h>

#include "load_stream.h"
#include "mem.h"
#include "wiring.h"

static bool ever(struct query *q, int64_t run, const char *entity, const char *metric)
{
    struct err none = {0};
    double *x;
    size_t n;
    bool any = false;
    if (!query_values(q, run, 0, entity, metric, "sum", &x, &n, &none))
        return false;
    for (size_t i = 0; i < n; i++)
        any |= x[i] > 0;
    mem_release(x);
    return any;
}

/* A policy that changes the size of a fleet or consumer itself. */
static bool scales_workers(const struct written *w, const struct query_metric *m)
{
    char path[240], target[200];
    if (!wiring_is(m->entity, "scaling") || strcmp(m->name, "wants") != 0)
        return false;
    snprintf(path, sizeof(path), "%.200s.target", m->entity);
    return written_find(w, path, target, sizeof(target)) && (wiring_is(target, "fleet") || wiring_is(target, "consumer"));
}

static void look(struct query *q, int64_t run, const struct written *w, const struct query_metric *m, struct load_fits *out)
{
    bool stream = wiring_is(m->entity, "stream"), part = strchr(m->entity, '[') != NULL;
    out->shards |= stream && part && strcmp(m->name, "records") == 0;
    out->lag |= strcmp(m->name, "iterator_age") == 0 && load_reads(m->entity);
    out->delay |= wiring_is(m->entity, "firehose") && strcmp(m->name, "delay") == 0;
    out->capacity |= wiring_is(m->entity, "group") && strcmp(m->name, "in_service") == 0;
    out->capacity |= scales_workers(w, m);
    out->concurrency |= wiring_is(m->entity, "function") && strcmp(m->name, "concurrent") == 0;
    out->alarms |= wiring_is(m->entity, "alarm") && strcmp(m->name, "state") == 0;
    if (stream && !part && (strcmp(m->name, "splits") == 0 || strcmp(m->name, "merges") == 0))
        out->genealogy |= ever(q, run, m->entity, m->name);
}

bool load_fits(struct query *q, int64_t run, struct load_fits *out, struct err *err)
{
    struct query_metric *m;
    size_t n;
    *out = (struct load_fits){false};
    if (!query_metrics(q, run, &m, &n, err))
        return false;
    struct written w;
    bool ok = written_open(&w, q, run, err);
    for (size_t i = 0; ok && i < n; i++)
        look(q, run, &w, &m[i], out);
    out->genealogy &= out->shards;
    written_close(&w);
    query_metrics_free(m, n);
    return ok;
}
