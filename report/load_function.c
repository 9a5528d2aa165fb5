/* load_function.c - data of two charts: the concurrency of a function with its limits, and the states of alarms. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "layouts_scaling.h"
#include "load_stream.h"
#include "mem.h"
#include "wiring.h"

#define ALARMS_MAX 64
#define ACCOUNT    1000 /* executions of all functions at once, unless it is set (LAM-6) */

/* --- concurrency --- */

enum { CONCURRENT, THROTTLED, COLD, INVOKED, PROVISIONED, N_SERIES };
static const char *const series_name[N_SERIES] = {"concurrent", "throttles", "cold_starts", "invocations", "provisioned"};

struct function {
    struct parts             p;
    const char              *entity;
    struct query_series      series[N_SERIES];
    const double            *value[N_SERIES];
    const double            *units; /* of provisioned concurrency, where they change */
    struct concurrency_limit limit[4];
    size_t                   n_limit;
};

static void add_value(struct function *f, const char *name, double value, bool soft)
{
    if (value > 0 || (value == 0 && !soft))
        f->limit[f->n_limit++] = (struct concurrency_limit){name, value, soft};
}

static void add_limit(struct function *f, const char *path, const char *name, double otherwise, bool soft)
{
    add_value(f, name, written_number(&f->p.setting, path, otherwise), soft);
}

/* What was in force counts: a schedule, a policy or a fault may have set it in the run. */
static void find_provisioned(struct function *f, const char *path)
{
    const double *value = f->value[PROVISIONED];
    size_t n = value == NULL ? 0 : f->series[PROVISIONED].n * f->series[PROVISIONED].n_replication, i = 0;
    while (i < n && value[i] == value[0])
        i++;
    if (i < n)
        f->units = value;
    else if (n > 0)
        add_value(f, "provisioned", value[0], true);
    else
        add_limit(f, path, "provisioned", NAN, true);
}

static void find_limits(struct function *f)
{
    char path[240];
    add_limit(f, "run.lambda_concurrency", "account", ACCOUNT, false);
    snprintf(path, sizeof(path), "%s.reserved", f->entity);
    add_limit(f, path, "reserved", NAN, false);
    snprintf(path, sizeof(path), "%s.provisioned", f->entity);
    find_provisioned(f, path);
}

bool load_concurrency(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct function f = {.n_limit = 0};
    if (!parts_open(&f.p, r, err))
        return false;
    f.entity = parts_choose(&f.p, r->entity, "function", series_name[CONCURRENT], err);
    bool ok = f.entity != NULL;
    for (size_t i = 0; ok && i < N_SERIES; i++)
        ok = parts_series(&f.p, r, 0, f.entity, series_name[i], &f.series[i], &f.series[CONCURRENT], &f.value[i], err);
    if (ok)
        find_limits(&f);
    const struct query_series *s = &f.series[CONCURRENT];
    const struct concurrency_data d = {.function = f.entity, .run = f.p.load.run[0].told, .n_replication = s->n_replication, .n = s->n,
                                       .width_s = sim_seconds(s->width_ns), .end_s = f.p.load.end_s, .concurrent = s->value, .most = s->max,
                                       .throttled = f.value[THROTTLED], .cold = f.value[COLD], .invoked = f.value[INVOKED], .provisioned = f.units, .limit = f.limit,
                                       .n_limit = f.n_limit, .fault = f.p.load.fault, .n_fault = f.p.load.n_fault};
    ok = ok && concurrency_layout(&d, r->width, r->height, out, err);
    for (size_t i = 0; i < N_SERIES; i++)
        query_series_free(&f.series[i]);
    parts_close(&f.p);
    return ok;
}

/* --- alarms --- */

struct alarms {
    struct parts      p;
    struct alarm_span *span[ALARMS_MAX];
    struct alarm_row  row[ALARMS_MAX];
    char              name[ALARMS_MAX][120], watches[ALARMS_MAX][200];
    size_t            n;
};

static void alarms_close(struct alarms *a)
{
    for (size_t i = 0; i < a->n; i++)
        mem_release(a->span[i]);
    parts_close(&a->p);
}

static enum alarm_state state_of(double level)
{
    return level >= 1.5 ? ALARM_ON : level >= 0.5 ? ALARM_UNKNOWN : ALARM_OK;
}

static void add_span(struct alarm_row *row, struct alarm_span *span, double from_s, double to_s, enum alarm_state state)
{
    if (!(to_s > from_s))
        return;
    if (row->n > 0 && span[row->n - 1].state == state) {
        span[row->n - 1].to_s = to_s;
        return;
    }
    span[row->n++] = (struct alarm_span){from_s, to_s, state};
}

/* A bucket in which the state changed: its mean tells how much of it was in the higher state, and its neighbours in which
 * order. */
static void add_mixed(struct alarm_row *row, struct alarm_span *span, const struct query_series *s, uint32_t b)
{
    double width = sim_seconds(s->width_ns), from = b * width;
    enum alarm_state high = state_of(s->max[b]), before = row->n > 0 ? span[row->n - 1].state : high; /* an alarm begins without data */
    enum alarm_state next = b + 1 < s->n ? state_of(s->value[b + 1]) : ALARM_OK, other = before < high ? before : next < high ? next : ALARM_OK;
    double share = fmin(fmax((s->value[b] - (double)other) / ((double)high - (double)other), 0), 1);
    if (before == high) {
        add_span(row, span, from, from + share * width, high);
        add_span(row, span, from + share * width, from + width, other);
    } else {
        add_span(row, span, from, from + (1 - share) * width, other);
        add_span(row, span, from + (1 - share) * width, from + width, high);
    }
}

/* Policies of other kinds than target tracking have no alarms of their own: theirs are without data all the time. */
static bool without_data(const struct query_series *s)
{
    bool none = true;
    for (size_t i = 0; i < (size_t)s->n * s->n_replication; i++)
        none &= s->value[i] == 1;
    return none;
}

/* Of the first replication. */
static void make_spans(struct alarm_row *row, struct alarm_span *span, const struct query_series *s)
{
    double width = sim_seconds(s->width_ns);
    row->span = span;
    for (uint32_t b = 0; b < s->n; b++) {
        enum alarm_state pure = state_of(s->value[b]);
        if (fabs(s->value[b] - (double)pure) < 1e-9 && s->max[b] <= (double)pure)
            add_span(row, span, b * width, (b + 1) * width, pure);
        else if (state_of(s->max[b]) > ALARM_OK)
            add_mixed(row, span, s, b);
        else
            add_span(row, span, b * width, (b + 1) * width, ALARM_OK);
    }
}

/* Part of the time, mean of the replications. */
static double on_share(const struct query_series *s)
{
    double sum = 0;
    size_t n = (size_t)s->n * s->n_replication;
    for (size_t i = 0; i < n; i++)
        sum += state_of(s->max[i]) == ALARM_ON ? fmin(s->value[i] / 2, 1) : 0;
    return n > 0 ? sum / (double)n : NAN;
}

/* A count of the alarm's, mean of the replications; NAN: there is none. */
static double mean_of(struct alarms *a, const struct chart_request *r, const char *entity, const char *metric)
{
    struct err none = {0};
    double *x, sum = 0;
    size_t n;
    if (!parts_has(&a->p, entity, metric))
        return NAN;
    if (!query_values(r->query, r->run[0], 0, entity, metric, "sum", &x, &n, &none)) {
        a->p.failed |= none.class == ERR_OS;
        return NAN;
    }
    for (size_t i = 0; i < n; i++)
        sum += x[i] / (double)n;
    mem_release(x);
    return sum;
}

/* "service.api.sojourn p99 > 1s", by its settings. */
static const char *watched(struct alarms *a, const char *entity, char out[200])
{
    char path[160], metric[90], statistic[24] = "", when[48];
    snprintf(path, sizeof(path), "%.120s.metric", entity);
    bool known = written_find(&a->p.setting, path, metric, sizeof(metric));
    snprintf(path, sizeof(path), "%.120s.when", entity);
    known = known && written_find(&a->p.setting, path, when, sizeof(when));
    snprintf(path, sizeof(path), "%.120s.statistic", entity);
    bool named = known && written_find(&a->p.setting, path, statistic, sizeof(statistic));
    snprintf(out, 200, "%s%s%s %s", metric, named ? " " : "", named ? statistic : "", when);
    return known ? out : NULL;
}

static void tell_more(struct alarms *a, const struct chart_request *r, const char *entity)
{
    struct alarm_row *row = &a->row[a->n];
    row->times = mean_of(a, r, entity, "alarms");
    row->told = mean_of(a, r, entity, "notifications");
    row->held = mean_of(a, r, entity, "held");
    row->watches = watched(a, entity, a->watches[a->n]);
}

static bool add_alarm(struct alarms *a, const struct chart_request *r, const char *entity, const char *metric, struct err *err)
{
    struct query_series s = {0}, any = {0};
    const double *value;
    bool ok = parts_series(&a->p, r, 0, entity, metric, &s, &any, &value, err);
    bool own = strcmp(metric, "state") == 0; /* else it is an alarm of a policy */
    if (ok && value != NULL && (own || !without_data(&s))) {
        a->span[a->n] = mem_get_zero(2 * (size_t)s.n + 1, sizeof(**a->span));
        ok = a->span[a->n] != NULL || err_set(err, ERR_OS, "memory is short");
        snprintf(a->name[a->n], sizeof(a->name[0]), "%.90s%s%s", entity, own ? "" : " ", own ? "" : metric);
        a->row[a->n] = (struct alarm_row){.name = a->name[a->n], .on_share = on_share(&s), .times = NAN, .told = NAN, .held = NAN};
        if (own)
            tell_more(a, r, entity);
        if (ok)
            make_spans(&a->row[a->n], a->span[a->n], &s);
        a->n += ok;
    }
    query_series_free(&s);
    return ok;
}

/* Alarms, and those that a target-tracking policy has made for itself. */
static bool is_alarm(const struct query_metric *m)
{
    if (wiring_is(m->entity, "alarm"))
        return strcmp(m->name, "state") == 0;
    return wiring_is(m->entity, "scaling") && (strcmp(m->name, "high") == 0 || strcmp(m->name, "low") == 0);
}

bool load_alarms(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct alarms *a = mem_get_zero(1, sizeof(*a));
    if (a == NULL)
        return err_set(err, ERR_OS, "memory is short");
    if (!parts_open(&a->p, r, err)) {
        mem_release(a);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; ok && i < a->p.n && a->n < ALARMS_MAX; i++) {
        const struct query_metric *m = &a->p.metric[i];
        if (is_alarm(m) && (r->entity == NULL || strcmp(r->entity, m->entity) == 0))
            ok = add_alarm(a, r, m->entity, m->name, err);
    }
    if (ok && a->n == 0)
        ok = err_set(err, ERR_DATA, r->entity == NULL ? "%s has no alarm" : "%s has no alarm '%s'", a->p.load.run[0].name, r->entity);
    if (ok && a->p.failed)
        ok = err_set(err, ERR_OS, "memory is short");
    const struct alarms_data d = {.run = a->p.load.run[0].told, .n_replication = a->p.load.run[0].q->n_replication, .end_s = a->p.load.end_s,
                                  .row = a->row, .n_row = a->n, .fault = a->p.load.fault, .n_fault = a->p.load.n_fault};
    ok = ok && alarms_layout(&d, r->width, r->height, out, err);
    alarms_close(a);
    mem_release(a);
    return ok;
}
