/* load_lag.c - data of the chart of how far the consumers of a stream are behind. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "layouts_stream.h"
#include "load_stream.h"
#include "mem.h"
#include "wiring.h"

#define LINES_MAX   64
#define RETENTION_S 86400.0 /* unless it is set (KIN-44) */

struct lag {
    struct parts        p;
    char                stream[200];
    struct query_series age[LINES_MAX], records[LINES_MAX];
    struct lag_line     line[LINES_MAX];
    const double       *value[LINES_MAX][2];
    size_t              n;
};

static void lag_close(struct lag *g)
{
    for (size_t i = 0; i < LINES_MAX; i++) {
        query_series_free(&g->age[i]);
        query_series_free(&g->records[i]);
    }
    parts_close(&g->p);
}

static void to_seconds(struct query_series *s)
{
    for (size_t i = 0; i < (size_t)s->n * s->n_replication; i++) {
        s->value[i] /= 1e9;
        s->max[i] /= 1e9;
    }
}

static bool add_line(struct lag *g, const struct chart_request *r, const char *entity, struct err *err)
{
    size_t i = g->n;
    const double *age, *records;
    if (!parts_series(&g->p, r, 0, entity, "iterator_age", &g->age[i], &g->age[0], &age, err) ||
        !parts_series(&g->p, r, 0, entity, "lag", &g->records[i], &g->age[0], &records, err))
        return false;
    if (age == NULL)
        return true;
    to_seconds(&g->age[i]);
    g->line[g->n++] = (struct lag_line){entity, age, g->age[i].max, records};
    return true;
}

bool load_reads(const char *entity)
{
    return (wiring_is(entity, "consumer") || wiring_is(entity, "mapping")) && strchr(entity, '[') == NULL;
}

/* What a reader reads: its `source`. */
static void source_of(const struct lag *g, const char *entity, char *out, size_t size)
{
    char path[240];
    snprintf(path, sizeof(path), "%s.source", entity);
    if (!written_find(&g->p.setting, path, out, size))
        out[0] = 0;
}

/* Of the stream that was asked for, or of the first that somebody reads; one reader alone when that was asked for. */
static bool add_lines(struct lag *g, const struct chart_request *r, struct err *err)
{
    for (size_t i = 0; i < g->p.n && g->n < LINES_MAX; i++) {
        const struct query_metric *m = &g->p.metric[i];
        char source[200];
        if (strcmp(m->name, "iterator_age") != 0 || !load_reads(m->entity))
            continue;
        source_of(g, m->entity, source, sizeof(source));
        bool asked = r->entity == NULL || strcmp(r->entity, source) == 0 || strcmp(r->entity, m->entity) == 0;
        if (!asked || (g->n > 0 && strcmp(source, g->stream) != 0))
            continue;
        snprintf(g->stream, sizeof(g->stream), "%s", source);
        if (!add_line(g, r, m->entity, err))
            return false;
    }
    return true;
}

static bool refuse(struct lag *g, const struct chart_request *r, struct err *err)
{
    const char *run = g->p.load.run[0].name;
    if (r->entity != NULL)
        return err_set(err, ERR_DATA, "nobody in %s reads '%s'; name a stream, a consumer or a mapping", run, r->entity);
    return err_set(err, ERR_DATA, "%s has no consumer of a stream", run);
}

bool load_lag(const struct chart_request *r, struct sheet **out, struct err *err)
{
    char path[240];
    struct lag *g = mem_get_zero(1, sizeof(*g));
    if (g == NULL)
        return err_set(err, ERR_OS, "memory is short");
    bool opened = parts_open(&g->p, r, err), ok = opened && add_lines(g, r, err) && (g->n > 0 || refuse(g, r, err));
    if (ok) {
        snprintf(path, sizeof(path), "%s.retention", g->stream);
        const struct lag_data d = {.stream = *g->stream != 0 ? g->stream : g->line[0].name, .run = g->p.load.run[0].told,
                                   .n_replication = g->age[0].n_replication, .n = g->age[0].n, .width_s = sim_seconds(g->age[0].width_ns),
                                   .end_s = g->p.load.end_s, .retention_s = written_number(&g->p.setting, path, RETENTION_S), .line = g->line,
                                   .n_line = g->n, .fault = g->p.load.fault, .n_fault = g->p.load.n_fault};
        ok = lag_layout(&d, r->width, r->height, out, err);
    }
    if (opened)
        lag_close(g);
    mem_release(g);
    return ok;
}
