/* load.c - what all charts need to know of their runs. */
#include "load.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

static const struct query_run *find_run(const struct load *l, int64_t id)
{
    for (size_t i = 0; i < l->n_all; i++)
        if (l->all[i].id == id)
            return &l->all[i];
    return NULL;
}

/* "scenarios/order-intake/coupled.cfg" is "coupled". */
static void short_name(const struct query_run *q, char *out, size_t size)
{
    const char *path = q->scenario != NULL ? q->scenario : "", *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t n = strlen(base);
    if (n > 4 && strcmp(base + n - 4, ".cfg") == 0)
        n -= 4;
    if (n == 0)
        snprintf(out, size, "run %lld", (long long)q->id);
    else
        snprintf(out, size, "%.*s", (int)(n < size - 24 ? n : size - 24), base);
}

/* Two runs of one scenario are told apart by their numbers. */
static void tell_apart(struct load *l)
{
    bool twice[LOAD_RUNS_MAX] = {false};
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < l->n; k++)
            twice[i] |= i != k && strcmp(l->run[i].name, l->run[k].name) == 0;
    for (size_t i = 0; i < l->n; i++) {
        size_t used = strlen(l->run[i].name);
        if (twice[i])
            snprintf(l->run[i].name + used, sizeof(l->run[i].name) - used, " (run %lld)", (long long)l->run[i].q->id);
    }
}

/* A title that would be cut in mid-letter or fill a page is left out. */
static void tell_title(struct load_run *r)
{
    const char *title = r->q->title != NULL ? r->q->title : "";
    size_t n = strlen(title);
    if (n == 0 || n > 200 || strcmp(title, r->name) == 0)
        snprintf(r->told, sizeof(r->told), "%s", r->name);
    else
        snprintf(r->told, sizeof(r->told), "%s, “%s”", r->name, title);
}

static bool find_queue(struct query *q, struct load_run *r, struct err *err)
{
    struct query_metric *m;
    size_t n;
    if (!query_metrics(q, r->q->id, &m, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        r->has_queue |= strncmp(m[i].entity, "queue.", 6) == 0;
    query_metrics_free(m, n);
    return true;
}

/* Colours by what a run is, where that tells the runs apart: with a queue it is decoupled; else by place. */
static void give_roles(struct load *l)
{
    bool by_queue = l->n == 1 || (l->n == 2 && l->run[0].has_queue != l->run[1].has_queue);
    for (size_t i = 0; i < l->n; i++)
        l->run[i].role = by_queue ? (l->run[i].has_queue ? ROLE_DECOUPLED : ROLE_COUPLED) : i;
}

static bool same_fault(const struct query_fault *a, const struct query_fault *b)
{
    return a->from_ns == b->from_ns && a->to_ns == b->to_ns && strcmp(a->target, b->target) == 0 &&
           strcmp(a->effect, b->effect) == 0;
}

/* Keeps those faults that run i has as well. */
static bool keep_shared(struct query *q, int64_t run, struct query_fault *fault, bool *shared, size_t n, struct err *err)
{
    struct query_fault *other;
    size_t n_other;
    if (!query_faults(q, run, &other, &n_other, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        for (size_t k = 0; k < n_other && !found; k++)
            found = same_fault(&fault[i], &other[k]);
        shared[i] &= found;
    }
    query_faults_free(other, n_other);
    return true;
}

static bool take_faults(struct load *l, const struct query_fault *fault, const bool *shared, size_t n, struct err *err)
{
    l->fault = mem_get_zero(n + 1, sizeof(*l->fault));
    l->label = mem_get_zero(n + 1, sizeof(*l->label));
    if (l->fault == NULL || l->label == NULL)
        return err_set(err, ERR_OS, "memory is short");
    for (size_t i = 0; i < n; i++) {
        if (!shared[i])
            continue;
        char *label = l->label[l->n_fault];
        snprintf(label, sizeof(*l->label), "%.60s %.16s", fault[i].target, fault[i].effect);
        double to_s = sim_seconds(fault[i].to_ns); /* cut where the run ends: how long it would have lasted is not known */
        l->fault[l->n_fault++] = (struct fault_span){label, sim_seconds(fault[i].from_ns), to_s < l->end_s ? to_s : INFINITY};
    }
    return true;
}

static bool load_faults(struct load *l, struct query *q, struct err *err)
{
    struct query_fault *fault;
    size_t n;
    if (!query_faults(q, l->run[0].q->id, &fault, &n, err))
        return false;
    bool *shared = mem_get(n + 1), ok = shared != NULL || err_set(err, ERR_OS, "memory is short");
    if (ok)
        memset(shared, true, n);
    for (size_t i = 1; ok && i < l->n; i++)
        ok = keep_shared(q, l->run[i].q->id, fault, shared, n, err);
    ok = ok && take_faults(l, fault, shared, n, err);
    mem_release(shared);
    query_faults_free(fault, n);
    return ok;
}

static void load_times(struct load *l)
{
    double deadline_s = l->run[0].deadline_s;
    for (size_t i = 0; i < l->n; i++) {
        const struct query_run *q = l->run[i].q;
        l->arrivals_s = fmax(l->arrivals_s, sim_seconds(q->duration_ns));
        l->end_s = fmax(l->end_s, sim_seconds(q->duration_ns + q->drain_ns));
        if (!(l->run[i].deadline_s == deadline_s))
            deadline_s = NAN;
        if (l->deadlines == NULL && l->run[i].deadlines[0] != 0)
            l->deadlines = l->run[i].deadlines;
    }
    l->deadline_s = deadline_s;
}

bool load_open(struct load *l, const struct chart_request *r, struct err *err)
{
    *l = (struct load){0};
    if (r->n_run == 0 || r->n_run > LOAD_RUNS_MAX)
        return err_set(err, ERR_USAGE, "a chart shows 1 to %d runs, not %zu", LOAD_RUNS_MAX, r->n_run);
    if (!query_runs(r->query, &l->all, &l->n_all, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < r->n_run; i++) {
        l->run[i].q = find_run(l, r->run[i]);
        ok = l->run[i].q != NULL || err_set(err, ERR_DATA, "there is no run %lld in this database", (long long)r->run[i]);
        ok = ok && find_queue(r->query, &l->run[i], err) && load_deadline(&l->run[i], r->query, NULL, NULL, err);
        if (ok)
            short_name(l->run[i].q, l->run[i].name, sizeof(l->run[i].name));
        l->n += ok;
    }
    if (ok) {
        tell_apart(l);
        for (size_t i = 0; i < l->n; i++)
            tell_title(&l->run[i]);
        give_roles(l);
        load_times(l);
        ok = load_faults(l, r->query, err);
    }
    if (!ok)
        load_close(l);
    return ok;
}

void load_close(struct load *l)
{
    query_runs_free(l->all, l->n_all);
    mem_release(l->fault);
    mem_release(l->label);
    *l = (struct load){0};
}
