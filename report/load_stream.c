/* load_stream.c - data of the charts of streams: shards, their genealogy, and how far consumers are behind. */
#include "load_stream.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "layouts_stream.h"
#include "mem.h"
#include "wiring.h"

#define SHARDS_MAX    4000
#define LIMIT_RECORDS 1000.0    /* per second and shard (KIN-10) */
#define LIMIT_BYTES   1048576.0
#define BILLION       1e9

/* --- what loaders share --- */

bool parts_open(struct parts *p, const struct chart_request *r, struct err *err)
{
    *p = (struct parts){.n = 0};
    if (!load_open(&p->load, r, err))
        return false;
    if (query_metrics(r->query, r->run[0], &p->metric, &p->n, err) && written_open(&p->setting, r->query, r->run[0], err))
        return true;
    parts_close(p);
    return false;
}

void parts_close(struct parts *p)
{
    written_close(&p->setting);
    query_metrics_free(p->metric, p->n);
    load_close(&p->load);
    *p = (struct parts){.n = 0};
}

bool parts_has(struct parts *p, const char *entity, const char *metric)
{
    for (size_t k = 0; k < p->n; k++) {
        size_t i = (p->last + k) % p->n;
        if (strcmp(p->metric[i].entity, entity) == 0 && strcmp(p->metric[i].name, metric) == 0) {
            p->last = i;
            return true;
        }
    }
    return false;
}

static void list_kind(const struct parts *p, const char *kind, char *list, size_t size)
{
    size_t at = 0;
    list[0] = 0;
    for (size_t i = 0; i < p->n && at + 1 < size; i++) {
        const char *e = p->metric[i].entity;
        bool again = i > 0 && strcmp(e, p->metric[i - 1].entity) == 0;
        if (!again && wiring_is(e, kind) && strchr(e, '[') == NULL)
            at += (size_t)snprintf(list + at, size - at, "%s%s", at > 0 ? ", " : "", e);
    }
}

const char *parts_choose(struct parts *p, const char *entity, const char *kind, const char *metric, struct err *err)
{
    char list[400];
    for (size_t i = 0; i < p->n; i++) {
        const struct query_metric *m = &p->metric[i];
        bool asked = entity != NULL ? strcmp(m->entity, entity) == 0 : strchr(m->entity, '[') == NULL;
        if (asked && wiring_is(m->entity, kind) && strcmp(m->name, metric) == 0)
            return m->entity;
    }
    list_kind(p, kind, list, sizeof(list));
    if (*list == 0)
        err_set(err, ERR_DATA, "%s has no %s", p->load.run[0].name, kind);
    else if (entity == NULL)
        err_set(err, ERR_DATA, "no %s of %s has the metric '%s' that this chart draws", kind, p->load.run[0].name, metric);
    else
        err_set(err, ERR_DATA, "%s has no %s '%s'; it has: %s", p->load.run[0].name, kind, entity, list);
    return NULL;
}

bool parts_of(const char *entity, const char *path, char *part, size_t size)
{
    size_t n = strlen(entity), m = strlen(path);
    if (strncmp(path, entity, n) != 0 || path[n] != '[' || path[m - 1] != ']')
        return false;
    snprintf(part, size, "%.*s", (int)(m - n - 2), path + n + 1);
    return true;
}

bool parts_series(struct parts *p, const struct chart_request *r, size_t run, const char *entity, const char *metric, struct query_series *out,
                  const struct query_series *like, const double **value, struct err *err)
{
    struct err why = {0};
    *value = NULL;
    if (!parts_has(p, entity, metric))
        return true;
    if (!query_series(r->query, r->run[run], 0, entity, metric, out, &why))
        return why.class == ERR_DATA || err_set(err, why.class, "%s", why.text);
    if (like->n != 0 && (out->n != like->n || out->n_replication != like->n_replication))
        return err_set(err, ERR_DATA, "the series of %s have different lengths", entity);
    *value = out->value;
    return true;
}

/* --- shards --- */

enum { RECORDS, BYTES, THROTTLED, OPEN, FIRST, LAST, N_SERIES };
static const char *const series_name[N_SERIES] = {"records", "bytes", "throttled", "open", "first_key", "last_key"};

struct shard {
    struct query_series series[N_SERIES];
    const double       *value[N_SERIES];
    char                name[24];
};
struct shards {
    struct parts  p;
    const char   *stream;
    struct shard *shard;
    size_t        n;
    double        unwatched; /* mean of the replications */
};

static void shards_close(struct shards *k)
{
    for (size_t i = 0; i < k->n; i++)
        for (size_t s = 0; s < N_SERIES; s++)
            query_series_free(&k->shard[i].series[s]);
    mem_release(k->shard);
    parts_close(&k->p);
}

static bool load_shard(struct shards *k, const struct chart_request *r, const char *path, struct err *err)
{
    struct shard *s = &k->shard[k->n++];
    for (size_t i = 0; i < N_SERIES; i++)
        if (!parts_series(&k->p, r, 0, path, series_name[i], &s->series[i], &k->shard[0].series[RECORDS], &s->value[i], err))
            return false;
    return s->value[RECORDS] != NULL || err_set(err, ERR_DATA, "%s counts no records over time", path);
}

static double sum_of(const struct chart_request *r, struct parts *p, const char *entity, const char *metric)
{
    struct err none = {0};
    double *x, sum = 0;
    size_t n;
    if (!parts_has(p, entity, metric))
        return 0;
    if (!query_values(r->query, r->run[0], 0, entity, metric, "sum", &x, &n, &none)) {
        p->failed |= none.class == ERR_OS;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        sum += x[i] > 0 ? x[i] / (double)n : 0;
    mem_release(x);
    return sum;
}

static bool shards_open(struct shards *k, const struct chart_request *r, struct err *err)
{
    *k = (struct shards){.n = 0};
    if (!parts_open(&k->p, r, err))
        return false;
    k->stream = parts_choose(&k->p, r->entity, "stream", "records", err);
    k->shard = k->stream != NULL ? mem_get_zero(SHARDS_MAX, sizeof(*k->shard)) : NULL;
    bool ok = k->stream != NULL && (k->shard != NULL || err_set(err, ERR_OS, "memory is short"));
    for (size_t i = 0; ok && i < k->p.n && k->n < SHARDS_MAX; i++) {
        const struct query_metric *m = &k->p.metric[i];
        char name[24];
        if (strcmp(m->name, "records") != 0 || !parts_of(k->stream, m->entity, name, sizeof(name)))
            continue;
        memcpy(k->shard[k->n].name, name, sizeof(name));
        ok = load_shard(k, r, m->entity, err);
    }
    if (ok && k->n == 0)
        ok = err_set(err, ERR_DATA, "the shards of %s have no metrics of their own; set watched_shards to how many there may be", k->stream);
    if (ok)
        k->unwatched = sum_of(r, &k->p, k->stream, "unwatched_shards");
    if (ok && k->p.failed)
        ok = err_set(err, ERR_OS, "memory is short");
    if (!ok)
        shards_close(k);
    return ok;
}

/* Numbers that were set aside for shards that never came to be. */
static bool ever_open(const struct shard *s)
{
    const struct query_series *open = &s->series[OPEN];
    bool ever = s->value[OPEN] == NULL;
    for (size_t i = 0; !ever && i < (size_t)open->n * open->n_replication; i++)
        ever = open->value[i] > 0;
    return ever;
}

bool load_shards(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct shards k;
    if (!shards_open(&k, r, err))
        return false;
    struct shards_row *row = mem_get_zero(k.n, sizeof(*row));
    bool ok = row != NULL || err_set(err, ERR_OS, "memory is short");
    size_t n = 0;
    for (size_t i = 0; ok && i < k.n; i++) {
        const struct shard *s = &k.shard[i];
        if (ever_open(s))
            row[n++] = (struct shards_row){s->name, s->value[RECORDS], s->value[BYTES], s->value[THROTTLED], s->value[OPEN]};
    }
    const struct query_series *first = &k.shard[0].series[RECORDS];
    const struct shards_data d = {.stream = k.stream, .run = k.p.load.run[0].told, .n_replication = first->n_replication, .n = first->n,
                                  .width_s = sim_seconds(first->width_ns), .end_s = k.p.load.end_s, .limit_records = LIMIT_RECORDS,
                                  .limit_bytes = LIMIT_BYTES, .row = row, .n_row = n, .unwatched = k.unwatched, .fault = k.p.load.fault, .n_fault = k.p.load.n_fault};
    ok = ok && shards_layout(&d, r->width, r->height, out, err);
    mem_release(row);
    shards_close(&k);
    return ok;
}

/* --- genealogy: of the first replication --- */

/* A level of 0 and 1 tells by its means when it rose and when it fell. */
static bool open_span(const struct query_series *open, double *from_s, double *to_s)
{
    double width = sim_seconds(open->width_ns);
    uint32_t first = 0, last = 0;
    bool any = false;
    for (uint32_t b = 0; b < open->n; b++) {
        if (!(open->value[b] > 0))
            continue;
        first = any ? first : b;
        last = b;
        any = true;
    }
    if (!any)
        return false;
    bool ends = last + 1 < open->n, brief = first == last && ends;
    *from_s = brief ? first * width : (first + 1 - fmin(open->value[first], 1)) * width;
    *to_s = ends ? (last + fmin(open->value[last], 1)) * width : INFINITY;
    return true;
}

static double max_of(const struct query_series *s)
{
    double most = 0;
    for (uint32_t b = 0; b < s->n; b++)
        most = s->max[b] > most ? s->max[b] : most;
    return most;
}

static double load_of(const struct shard *s, double open_s)
{
    double records = 0, bytes = 0;
    for (uint32_t b = 0; b < s->series[RECORDS].n; b++) {
        records += s->value[RECORDS][b] > 0 ? s->value[RECORDS][b] : 0;
        bytes += s->value[BYTES] != NULL && s->value[BYTES][b] > 0 ? s->value[BYTES][b] : 0;
    }
    return open_s > 0 ? fmax(records / LIMIT_RECORDS, bytes / LIMIT_BYTES) / open_s : NAN;
}

static size_t genealogy_of(const struct shards *k, struct genealogy_shard *out)
{
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++) {
        const struct shard *s = &k->shard[i];
        struct genealogy_shard g = {.name = s->name};
        if (s->value[OPEN] == NULL || s->value[FIRST] == NULL || s->value[LAST] == NULL || !open_span(&s->series[OPEN], &g.from_s, &g.to_s))
            continue;
        g.low = max_of(&s->series[FIRST]) / BILLION;
        g.high = max_of(&s->series[LAST]) / BILLION;
        g.load = load_of(s, fmin(g.to_s, k->p.load.end_s) - g.from_s);
        out[n++] = g;
    }
    return n;
}

bool load_genealogy(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct shards k;
    if (!shards_open(&k, r, err))
        return false;
    struct genealogy_shard *shard = mem_get_zero(k.n, sizeof(*shard));
    bool ok = shard != NULL || err_set(err, ERR_OS, "memory is short");
    const struct genealogy_data d = {.stream = k.stream, .run = k.p.load.run[0].told, .shard = shard, .n = ok ? genealogy_of(&k, shard) : 0,
                                     .n_replication = k.shard[0].series[RECORDS].n_replication, .end_s = k.p.load.end_s, .unwatched = k.unwatched,
                                     .fault = k.p.load.fault, .n_fault = k.p.load.n_fault};
    ok = ok && genealogy_layout(&d, r->width, r->height, out, err);
    mem_release(shard);
    shards_close(&k);
    return ok;
}
