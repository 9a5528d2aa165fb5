/* load_runs.c - data of the charts of whole runs: latency, fates, cumulative counts. */
#include <math.h>

#include "load.h"
#include "mem.h"

/* --- latency --- */

struct latency_memory {
    struct query_hist hist[LOAD_RUNS_MAX];
    size_t            n;
};

static void latency_free(struct latency_memory *m)
{
    for (size_t i = 0; i < m->n; i++)
        query_hist_free(&m->hist[i]);
}

static bool load_marks(struct query *q, int64_t run, struct latency_run *r, struct err *err)
{
    static const char *const stat[LATENCY_MARKS] = {"p50", "p90", "p99", "p99.9"};
    for (size_t k = 0; k < LATENCY_MARKS; k++) {
        double *x;
        size_t n;
        if (!query_values(q, run, 0, "", "latency", stat[k], &x, &n, err))
            return false;
        for (size_t i = 0; i < n; i++)
            x[i] /= 1e9;
        r->mark[k] = estimate_mean(x, n, 0.95);
        mem_release(x);
    }
    return true;
}

static bool load_undone(struct query *q, int64_t run, struct latency_run *r, struct err *err)
{
    struct query_fates f;
    if (!query_fates(q, run, 0, &f, err))
        return false;
    r->lost = f.total_offered > 0 ? f.total_lost / f.total_offered : NAN;
    r->waiting = f.total_offered > 0 ? f.total_waiting / f.total_offered : NAN;
    query_fates_free(&f);
    return true;
}

static bool load_latency_run(struct query *q, const struct load_run *l, struct query_hist *h, struct latency_run *r,
                             struct err *err)
{
    if (!query_hist(q, l->q->id, 0, "", "latency", h, err))
        return false;
    for (size_t i = 0; i < h->n; i++) {
        h->low[i] /= 1e9;
        h->high[i] /= 1e9;
    }
    *r = (struct latency_run){.name = l->name, .title = l->q->title, .role = l->role, .low_s = h->low, .high_s = h->high, .count = h->count,
                              .n = h->n};
    return load_marks(q, l->q->id, r, err) && load_undone(q, l->q->id, r, err);
}

bool load_latency(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct latency_run run[LOAD_RUNS_MAX];
    struct latency_memory memory = {.n = 0};
    if (!load_open(&l, r, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < l.n; i++) {
        ok = load_latency_run(r->query, &l.run[i], &memory.hist[i], &run[i], err);
        memory.n = i + 1;
    }
    const struct latency_data d = {run, l.n, l.run[0].q->n_replication, l.deadline_s, l.deadlines};
    ok = ok && latency_layout(&d, r->width, r->height, out, err);
    latency_free(&memory);
    load_close(&l);
    return ok;
}

/* --- fates --- */

bool load_fates(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct query_fates fates[LOAD_RUNS_MAX];
    struct fates_run run[LOAD_RUNS_MAX];
    if (!load_open(&l, r, err))
        return false;
    size_t done = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < l.n; i++) {
        struct query_fates *f = &fates[i];
        ok = query_fates(r->query, r->run[i], 0, f, err);
        done += ok;
        if (ok && f->n == 0)
            ok = err_set(err, ERR_DATA, "%s has no fates over time: run it with run.series = true", l.run[i].name);
        if (ok)
            run[i] = (struct fates_run){l.run[i].name, l.run[i].role, l.run[i].q->n_replication, f->n,
                                        sim_seconds(f->width_ns), {f->in_time, f->late, f->waiting, f->lost},
                                        {f->total_in_time, f->total_late, f->total_waiting, f->total_lost},
                                        l.run[i].q->title};
    }
    const struct fates_data d = {run, l.n, l.arrivals_s, l.deadline_s, l.fault, l.n_fault, l.deadlines};
    ok = ok && fates_layout(&d, r->width, r->height, out, err);
    for (size_t i = 0; i < done; i++)
        query_fates_free(&fates[i]);
    load_close(&l);
    return ok;
}

/* --- cumulative --- */

struct counts {
    struct query_series offered, done;
};

static bool load_counts(struct query *q, const struct load_run *l, struct counts *c, struct cumulative_run *r, struct err *err)
{
    *c = (struct counts){0};
    if (!query_series(q, l->q->id, 0, "", "offered", &c->offered, err) ||
        !query_series(q, l->q->id, 0, "", "done", &c->done, err))
        return false;
    if (c->offered.n != c->done.n || c->offered.n_replication != c->done.n_replication)
        return err_set(err, ERR_DATA, "offered and done of %s have different lengths", l->name);
    *r = (struct cumulative_run){l->name, l->role, c->offered.n_replication, c->offered.n,
                                 sim_seconds(c->offered.width_ns), c->offered.value, c->done.value, l->q->title};
    return true;
}

bool load_cumulative(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct counts counts[LOAD_RUNS_MAX];
    struct cumulative_run run[LOAD_RUNS_MAX];
    size_t tried = 0;
    bool ok = true;
    if (!load_open(&l, r, err))
        return false;
    for (; ok && tried < l.n; tried++)
        ok = load_counts(r->query, &l.run[tried], &counts[tried], &run[tried], err);
    const struct cumulative_data d = {run, l.n, l.end_s, l.fault, l.n_fault};
    ok = ok && cumulative_layout(&d, r->width, r->height, out, err);
    for (size_t i = 0; i < tried; i++) {
        query_series_free(&counts[i].offered);
        query_series_free(&counts[i].done);
    }
    load_close(&l);
    return ok;
}
