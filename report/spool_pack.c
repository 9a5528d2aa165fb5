/* spool_pack.c - a result as bytes and back. Numbers as they lie in memory; histograms as packed
 * buckets. */
#include <string.h>

#include "mem.h"
#include "pack.h"
#include "spool.h"

void spool_bytes_free(struct spool_bytes *b)
{
    mem_release(b->at);
    *b = (struct spool_bytes){0};
}

static void put(struct spool_bytes *b, const void *from, size_t n)
{
    if (b->cap - b->n < n) {
        size_t cap = b->cap * 2 > b->n + n ? b->cap * 2 : b->n + n + 4096;
        char *at = mem_resize(b->at, cap);
        b->failed |= at == NULL;
        if (at == NULL)
            return;
        b->at = at;
        b->cap = cap;
    }
    if (n > 0)
        memcpy(b->at + b->n, from, n);
    b->n += n;
}

static bool get(struct spool_bytes *b, void *to, size_t n)
{
    if (b->failed || b->n - b->read < n) {
        b->failed = true;
        return false;
    }
    if (n > 0)
        memcpy(to, b->at + b->read, n);
    b->read += n;
    return true;
}

#define PUT(b, x) put(b, &(x), sizeof(x))
#define GET(b, x) get(b, &(x), sizeof(x))

/* --- histograms --- */

static void put_hist(struct spool_bytes *b, const struct hist *h)
{
    struct buckets buckets = {0};
    struct pack pack = {0};
    uint64_t n = UINT64_MAX; /* none */
    if (h != NULL && !h->failed) {
        buckets_of(&buckets, h);
        pack_hist(&pack, &buckets);
        b->failed |= buckets.failed || pack.failed;
        n = pack.n;
    }
    PUT(b, n);
    if (n != UINT64_MAX)
        put(b, pack.at, pack.n);
    pack_free(&pack);
    buckets_free(&buckets);
}

static bool get_hist(struct spool_bytes *b, struct hist **out)
{
    uint64_t n;
    if (!GET(b, n))
        return false;
    if (n == UINT64_MAX)
        return true;
    if (n > b->n - b->read || (*out = mem_get(sizeof(**out))) == NULL)
        return false;
    hist_init(*out);
    b->read += n;
    return unpack_hist(b->at + b->read - n, n, *out) && !(*out)->failed;
}

/* --- series --- */

static enum obs_kind kind_of(const struct series *s)
{
    return s->count != NULL ? OBS_TALLY : s->max != NULL ? OBS_LEVEL : OBS_COUNTER;
}

static void put_series(struct spool_bytes *b, const struct series *s)
{
    uint32_t n = s == NULL ? 0 : s->n;
    PUT(b, n);
    if (s == NULL)
        return;
    enum obs_kind kind = kind_of(s);
    PUT(b, kind);
    PUT(b, s->width);
    put(b, s->sum, n * sizeof(*s->sum));
    if (s->max != NULL)
        put(b, s->max, n * sizeof(*s->max));
    if (s->count != NULL)
        put(b, s->count, n * sizeof(*s->count));
}

static bool get_series(struct spool_bytes *b, struct series **out)
{
    uint32_t n;
    enum obs_kind kind;
    sim_time width;
    if (!GET(b, n))
        return false;
    if (n == 0)
        return true;
    if (!GET(b, kind) || !GET(b, width) || width <= 0 || kind > OBS_TALLY || n > b->n - b->read)
        return false;
    if (!series_open(out, kind, n, width))
        return false;
    struct series *s = *out;
    return get(b, s->sum, n * sizeof(*s->sum)) &&
           (s->max == NULL || get(b, s->max, n * sizeof(*s->max))) &&
           (s->count == NULL || get(b, s->count, n * sizeof(*s->count)));
}

/* --- a result --- */

static void put_metric(struct spool_bytes *b, const struct metric_value *m)
{
    const double x[] = {m->mean, m->sd, m->min, m->max, m->last, m->sum, m->min_at, m->max_at};
    PUT(b, m->n);
    PUT(b, x);
    put_hist(b, m->hist);
    put_series(b, m->series);
}

static bool get_metric(struct spool_bytes *b, struct metric_value *m)
{
    double x[8];
    if (!GET(b, m->n) || !GET(b, x))
        return false;
    m->mean = x[0], m->sd = x[1], m->min = x[2], m->max = x[3], m->last = x[4], m->sum = x[5];
    m->min_at = x[6], m->max_at = x[7];
    return get_hist(b, &m->hist) && get_series(b, &m->series);
}

void spool_pack(struct spool_bytes *b, const struct result *r)
{
    b->n = b->read = 0;
    b->failed = false;
    PUT(b, r->n_metric);
    PUT(b, r->n_entity);
    PUT(b, r->n_birth);
    PUT(b, r->birth_width);
    PUT(b, r->run_fingerprint);
    PUT(b, r->events);
    PUT(b, r->observed);
    PUT(b, r->fates);
    put(b, r->fingerprint, r->n_entity * sizeof(*r->fingerprint));
    if (r->by_birth != NULL)
        put(b, r->by_birth, r->n_birth * sizeof(*r->by_birth));
    for (uint32_t i = 0; i < r->n_metric; i++)
        put_metric(b, &r->metric[i]);
    PUT(b, r->life.n);
    PUT(b, r->life.full);
    put(b, r->life.event, r->life.n * sizeof(*r->life.event));
}

static bool get_life(struct spool_bytes *b, struct life *l)
{
    uint32_t n;
    if (!GET(b, n) || !GET(b, l->full))
        return false;
    if (n == 0)
        return true;
    if (n > b->n - b->read || (l->event = mem_get_zero(n, sizeof(*l->event))) == NULL)
        return false;
    l->n = l->cap = n;
    return get(b, l->event, n * sizeof(*l->event));
}

static bool get_births(struct spool_bytes *b, struct result *r, uint32_t n)
{
    if (n == 0)
        return true;
    if (n > b->n - b->read || (r->by_birth = mem_get_zero(n, sizeof(*r->by_birth))) == NULL)
        return false;
    r->n_birth = n;
    return get(b, r->by_birth, n * sizeof(*r->by_birth));
}

static bool get_rest(struct spool_bytes *b, struct result *r, uint32_t n_birth)
{
    bool ok = GET(b, r->birth_width) && GET(b, r->run_fingerprint) && GET(b, r->events) &&
              GET(b, r->observed) && GET(b, r->fates) &&
              get(b, r->fingerprint, r->n_entity * sizeof(*r->fingerprint)) &&
              get_births(b, r, n_birth);
    for (uint32_t i = 0; ok && i < r->n_metric; i++)
        ok = get_metric(b, &r->metric[i]);
    ok = ok && get_life(b, &r->life);
    return ok && b->read == b->n;
}

struct result *spool_unpack(struct spool_bytes *b)
{
    uint32_t n_metric, n_entity, n_birth;
    b->read = 0;
    b->failed = false;
    if (!GET(b, n_metric) || !GET(b, n_entity) || !GET(b, n_birth) || n_metric > b->n ||
        n_entity > b->n)
        return NULL;
    struct result *r = result_new(n_metric, n_entity);
    if (r != NULL && get_rest(b, r, n_birth))
        return r;
    result_free(r);
    return NULL;
}
