/* load_scaling.c - data of the charts of scaling: capacity against load, of one run or of several policies.
 *
 * The load is what comes, in instances' worth of work: arrivals in a bucket times the work that one of them takes, which is the
 * time that workers were busy over what they did. So it is the same for every policy that gets the same arrivals, and what
 * waits does not count twice. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "layouts_scaling.h"
#include "load_stream.h"
#include "mem.h"
#include "wiring.h"

#define ROWS_MAX LOAD_RUNS_MAX
#define FLOWS    4

/* Who does the work, and what tells of it. */
struct crew {
    struct parts        p;
    struct query_series capacity, desired, busy, backlog, done, idle, ill, starting, came[FLOWS];
    double             *load, *useful; /* useful NULL: all of the capacity */
    const char         *entity;      /* "group.workers", "fleet.f" */
    char                target[200]; /* "fleet.f" */
    double              threads; /* workers of an instance */
    double              at_once; /* things that an instance works on at a time */
    bool                by_work; /* the load is arrivals times work; else the work in hand */
};

static void crew_close(struct crew *c)
{
    struct query_series *all[] = {&c->capacity, &c->desired, &c->busy, &c->backlog, &c->done, &c->idle, &c->ill, &c->starting};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        query_series_free(all[i]);
    for (size_t i = 0; i < FLOWS; i++)
        query_series_free(&c->came[i]);
    mem_release(c->load);
    mem_release(c->useful);
    parts_close(&c->p);
}

/* What tells how many there are of those that need no group. */
static const char *own_size(const char *entity)
{
    return wiring_is(entity, "fleet") ? "size" : wiring_is(entity, "consumer") ? "workers" : NULL;
}

/* The first fleet or consumer whose size a policy changes itself, as Application Auto Scaling does; "": there is none. */
static void find_scaled(struct crew *c, char *target, size_t size)
{
    target[0] = 0;
    for (size_t i = 0; i < c->p.n && target[0] == 0; i++) {
        char path[240];
        const struct query_metric *m = &c->p.metric[i];
        snprintf(path, sizeof(path), "%.200s.target", m->entity);
        if (wiring_is(m->entity, "scaling") && strcmp(m->name, "wants") == 0 &&
            (!written_find(&c->p.setting, path, target, size) || own_size(target) == NULL))
            target[0] = 0;
    }
}

/* What was asked for; else the first group, or fleet that is scaled; else, beside other runs, the first fleet. */
static bool choose(struct crew *c, const struct chart_request *r, bool beside, struct err *err)
{
    struct err why = {0}, no_group = {0};
    char scaled[200];
    find_scaled(c, scaled, sizeof(scaled));
    bool alone = r->entity == NULL && scaled[0] != 0 && parts_choose(&c->p, NULL, "group", "in_service", &no_group) == NULL;
    const char *wanted = alone ? scaled : r->entity;
    const char *own = wanted == NULL ? NULL : own_size(wanted);
    const char *kind = own == NULL ? "group" : wiring_is(wanted, "fleet") ? "fleet" : "consumer";
    c->entity = parts_choose(&c->p, wanted, kind, own == NULL ? "in_service" : own, &why);
    if (c->entity == NULL && r->entity == NULL && beside)
        c->entity = parts_choose(&c->p, NULL, "fleet", "size", err);
    else if (c->entity == NULL)
        err_set(err, why.class, "%s%s", why.text, r->entity == NULL ? "; a fleet of fixed size is drawn with --entity fleet.ID" : "");
    return c->entity != NULL;
}

static void find_target(struct crew *c)
{
    char path[240];
    c->threads = c->at_once = 1;
    snprintf(c->target, sizeof(c->target), "%s", c->entity);
    if (wiring_is(c->entity, "group")) {
        snprintf(path, sizeof(path), "%s.threads", c->entity);
        c->threads = c->at_once = fmax(written_number(&c->p.setting, path, 1), 1);
        snprintf(path, sizeof(path), "%s.target", c->entity);
        if (!written_find(&c->p.setting, path, c->target, sizeof(c->target)))
            c->target[0] = 0;
    }
    snprintf(path, sizeof(path), "%s.worker_threads", c->target);
    c->at_once *= fmax(written_number(&c->p.setting, path, 1), 1);
}

static bool get(struct crew *c, const struct chart_request *r, const char *entity, const char *metric, struct query_series *out, struct err *err)
{
    const double *value;
    return parts_series(&c->p, r, 0, entity, metric, out, &c->capacity, &value, err);
}

/* What comes to a fleet is what its queue was sent; to a service what it did, refused or lost. */
static bool get_flows(struct crew *c, const struct chart_request *r, struct err *err)
{
    static const char *const flow[FLOWS] = {"completed", "refused", "throttled", "expired"};
    char path[240], source[200];
    if (!get(c, r, c->target, "busy", &c->busy, err))
        return false;
    if (wiring_is(c->target, "service")) {
        bool ok = get(c, r, c->target, "completed", &c->done, err) && get(c, r, c->target, "waiting", &c->backlog, err);
        for (size_t i = 0; ok && i < FLOWS; i++)
            ok = get(c, r, c->target, flow[i], &c->came[i], err);
        return ok;
    }
    if (wiring_is(c->target, "consumer") &&
        (!get(c, r, c->target, "lag", &c->backlog, err) || !get(c, r, c->target, "idle_workers", &c->idle, err)))
        return false;
    snprintf(path, sizeof(path), "%s.source", c->target);
    if (!written_find(&c->p.setting, path, source, sizeof(source)))
        return true;
    if (!get(c, r, c->target, "processed", &c->done, err))
        return false;
    if (wiring_is(source, "stream"))
        return get(c, r, source, "user_records", &c->came[0], err);
    return get(c, r, source, "sent", &c->came[0], err) && get(c, r, source, "depth", &c->backlog, err);
}

/* Busy seconds for each thing done in a replication; NAN: nothing was. */
static double work_of(const struct crew *c, size_t replication)
{
    size_t n = c->capacity.n;
    double busy = 0, done = 0;
    for (size_t b = 0; c->done.n > 0 && b < n; b++) {
        busy += c->busy.value[replication * n + b] * sim_seconds(c->busy.width_ns);
        done += c->done.value[replication * n + b];
    }
    return done > 0 ? busy / done : NAN;
}

/* What came in a bucket. Of a service it is what left and by how much those that wait have become more. */
static double came_in(const struct crew *c, size_t i)
{
    size_t n = c->capacity.n, b = i % n;
    double came = 0;
    for (size_t k = 0; k < FLOWS; k++)
        came += c->came[k].n > 0 ? c->came[k].value[i] : 0;
    if (wiring_is(c->target, "service") && c->backlog.n > 0)
        came += (c->backlog.value[b + 1 < n ? i + 1 : i] - c->backlog.value[b > 0 ? i - 1 : i]) / 2;
    return came > 0 ? came : 0;
}

static void fill_load(struct crew *c)
{
    size_t n = c->capacity.n;
    double width = sim_seconds(c->capacity.width_ns);
    c->by_work = c->done.n > 0 && c->came[0].n > 0;
    for (size_t i = 0; i < n * c->capacity.n_replication; i++) {
        double came = came_in(c, i), work = c->by_work ? work_of(c, i / n) : NAN;
        c->load[i] = c->by_work ? (isnan(work) ? 0 : came * work / width / c->at_once) : c->busy.value[i] / c->at_once;
    }
}

/* Instances that are in service, but found unhealthy or not up yet. One may be both, so the larger number counts. */
static double useless(const struct crew *c, size_t i)
{
    if (c->idle.n == c->capacity.n)
        return c->idle.value[i] / c->threads;
    return fmax(c->ill.n == c->capacity.n ? c->ill.value[i] : 0, c->starting.n == c->capacity.n ? c->starting.value[i] : 0);
}

/* Of the capacity, what has a shard, or is up and well; NULL where all is. */
static bool fill_useful(struct crew *c)
{
    size_t n = c->capacity.n * c->capacity.n_replication, i = 0;
    while (i < n && !(useless(c, i) > 0))
        i++;
    if (i == n && c->idle.n != c->capacity.n)
        return true;
    c->useful = mem_get_zero(n, sizeof(*c->useful));
    for (i = 0; c->useful != NULL && i < n; i++)
        c->useful[i] = fmax(c->capacity.value[i] - useless(c, i), 0);
    return c->useful != NULL;
}

/* Stores of earlier versions do not tell. */
static bool get_health(struct crew *c, const struct chart_request *r, struct err *err)
{
    return !parts_has(&c->p, c->entity, "unhealthy") ||
           (get(c, r, c->entity, "unhealthy", &c->ill, err) && get(c, r, c->entity, "starting", &c->starting, err));
}

static bool crew_open(struct crew *c, const struct chart_request *r, bool beside, struct err *err)
{
    if (!parts_open(&c->p, r, err))
        return false;
    if (!choose(c, r, beside, err))
        return false;
    find_target(c);
    bool group = wiring_is(c->entity, "group");
    if (!get(c, r, c->entity, group ? "in_service" : own_size(c->entity), &c->capacity, err) || (group && !get(c, r, c->entity, "desired", &c->desired, err)) ||
        !get_flows(c, r, err) || (group && !get_health(c, r, err)))
        return false;
    if (c->capacity.n == 0)
        return err_set(err, ERR_DATA, "%s has no course over time", c->entity);
    if (c->busy.n == 0)
        return err_set(err, ERR_DATA, "what %s serves is not known: '%s' has no busy workers over time", c->entity, c->target);
    c->load = mem_get_zero((size_t)c->capacity.n * c->capacity.n_replication, sizeof(*c->load));
    if (c->load == NULL || !fill_useful(c))
        return err_set(err, ERR_OS, "memory is short");
    fill_load(c);
    return true;
}

/* Hours that are billed, where a group tells. */
static double paid(struct crew *c, const struct chart_request *r)
{
    struct err none = {0};
    double *x, sum = 0;
    size_t n;
    if (!parts_has(&c->p, c->entity, "instance_hours"))
        return NAN;
    if (!query_values(r->query, r->run[0], 0, c->entity, "instance_hours", "mean", &x, &n, &none)) {
        c->p.failed |= none.class == ERR_OS;
        return NAN;
    }
    for (size_t i = 0; i < n; i++)
        sum += x[i] / (double)n;
    mem_release(x);
    return sum;
}

static struct capacity_row row_of(struct crew *c, const struct chart_request *r, const char *name)
{
    return (struct capacity_row){.name = name, .load = c->load, .capacity = c->capacity.value, .desired = c->desired.n > 0 ? c->desired.value : NULL,
                                 .backlog = c->backlog.n > 0 ? c->backlog.value : NULL, .useful = c->useful, .n_replication = c->capacity.n_replication, .cost = paid(c, r)};
}

/* Each run's crew; all of one length. */
static bool add_rows(struct crew *crew, struct capacity_row *row, const struct chart_request *r, const struct load *l, struct err *err)
{
    for (size_t i = 0; i < r->n_run; i++) {
        struct chart_request one = *r;
        one.run = r->run + i;
        one.n_run = 1;
        if (!crew_open(&crew[i], &one, r->n_run > 1, err))
            return false;
        if (crew[i].capacity.n != crew[0].capacity.n || crew[i].capacity.width_ns != crew[0].capacity.width_ns)
            return err_set(err, ERR_DATA, "%s and %s are of different lengths: their rows have no common time", l->run[0].name, l->run[i].name);
        row[i] = row_of(&crew[i], &one, r->n_run > 1 ? l->run[i].name : crew[i].target);
        if (crew[i].p.failed)
            return err_set(err, ERR_OS, "memory is short");
    }
    return true;
}

bool load_capacity(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct capacity_row row[ROWS_MAX];
    if (!load_open(&l, r, err))
        return false;
    struct crew *crew = mem_get_zero(l.n, sizeof(*crew));
    bool ok = (crew != NULL || err_set(err, ERR_OS, "memory is short")) && add_rows(crew, row, r, &l, err);
    if (ok) {
        const struct capacity_data d = {.what = crew[0].entity, .run = l.n == 1 ? l.run[0].told : NULL,
                                        .load_name = crew[0].by_work ? "arrivals × work" : "work in hand",
                                        .useless = wiring_is(crew[0].target, "consumer") ? NULL : "not up or unhealthy",
                                        .unit = l.n == 1 && own_size(crew[0].entity) != NULL ? "worker" : "instance", .n = crew[0].capacity.n,
                                        .width_s = sim_seconds(crew[0].capacity.width_ns), .end_s = l.end_s, .row = row, .n_row = l.n,
                                        .fault = l.fault, .n_fault = l.n_fault};
        ok = capacity_layout(&d, r->width, r->height, out, err);
    }
    for (size_t i = 0; crew != NULL && i < l.n; i++)
        crew_close(&crew[i]);
    mem_release(crew);
    load_close(&l);
    return ok;
}
