/* advisor_time.c - bounds from what is written: of work, of planned outages, of rates. Work is
 * bounded from below, for whoever is told that a timeout is too short should find it so: the
 * quantile of a sum is at least that of one part, with the least of all others. */
#include "advisor.h"

#include <math.h>
#include <string.h>

#define DEPTH 12
#define LEAST 1e-9

/* Ways through a dense scenario are more than can be walked. */
bool may_go_on(const struct adviser *a, int depth)
{
    if (*a->steps == 0 || depth > DEPTH)
        return false;
    --*a->steps;
    return true;
}

static struct work law_work(const struct value *v, double quantile)
{
    int64_t constant;
    if (v == NULL || v->type != VALUE_DIST || v->dist == NULL)
        return (struct work){0, 0, 0};
    if (dist_is_constant(v->dist, &constant))
        return (struct work){sim_seconds(constant), sim_seconds(constant), sim_seconds(constant)};
    return (struct work){dist_quantile(v->dist, LEAST) / 1e9, dist_mean(v->dist) / 1e9,
                         dist_quantile(v->dist, quantile) / 1e9};
}

static struct work work_sum(struct work a, struct work b)
{
    return (struct work){a.least + b.least, a.mean + b.mean,
                         fmax(a.high + b.least, a.least + b.high)};
}

/* Of a call that is given up after a time: of the mean only what surely remains of it. */
static struct work work_cut(struct work w, double timeout)
{
    if (timeout >= w.high)
        return w;
    return (struct work){fmin(w.least, timeout), fmin(w.least, timeout), timeout};
}

static struct work work_in(struct adviser *a, const struct spec_entity *e, double quantile,
                           int depth);

static struct work step_work(struct adviser *a, const struct spec_entity *e,
                             const struct value *item, double quantile, int depth)
{
    const struct spec_entity *to = store_behind(ref_at(e, item, "calls.target"));
    if (to == NULL || int_at(e, item, "calls.chance", 1000000000) < 1000000000 ||
        value_at(e, item, "calls.parallel") != NULL)
        return (struct work){0, 0, 0};
    struct work there = law_work(value_at(e, item, "calls.latency"), quantile);
    const struct value *reply = value_at(e, item, "calls.reply_latency");
    struct work back = reply == NULL ? there : law_work(reply, quantile);
    struct work all = work_sum(work_sum(there, back), work_in(a, to, quantile, depth + 1));
    return work_cut(all, seconds_at(e, item, "calls.timeout", INFINITY));
}

struct work own_work(const struct spec_entity *e, double quantile)
{
    if (kind_is(e, "database") && value_at(e, NULL, "read_time") != NULL)
        return (struct work){0, 0, 0}; /* which of the two is asked for is not looked at */
    if (kind_is(e, "function"))
        return work_sum(law_work(value_at(e, NULL, "duration"), quantile),
                        law_work(value_at(e, NULL, "record_time"), quantile));
    return law_work(value_at(e, NULL, kind_is(e, "database") ? "write_time" : "time"), quantile);
}

static struct work work_in(struct adviser *a, const struct spec_entity *e, double quantile,
                           int depth)
{
    struct work w = own_work(e, quantile);
    uint32_t n;
    if (!may_go_on(a, depth) || given_at(e, NULL, "pace"))
        return w;
    const struct value *step = list_at(e, "calls", &n);
    for (uint32_t i = 0; i < n; i++)
        w = work_sum(w, step_work(a, e, &step[i], quantile, depth));
    return w;
}

struct work work_of(struct adviser *a, const struct spec_entity *e, double quantile)
{
    *a->steps = STEPS;
    return work_in(a, e, quantile, 0);
}

double hidden_for(const struct spec_entity *reader, const struct spec_entity *queue)
{
    return seconds_at(reader, NULL, "visibility_timeout",
                      seconds_at(queue, NULL, "visibility_timeout", 30));
}

double run_seconds(const struct adviser *a)
{
    return sim_seconds(a->spec->duration + a->spec->drain);
}

double outage_of(const struct adviser *a, const struct spec_entity *e, const struct value **where)
{
    double longest = 0;
    *where = NULL;
    for (const struct spec_entity *f = next_of(a, "fault", NULL); f != NULL;
         f = next_of(a, "fault", f)) {
        double at = seconds_at(f, NULL, "at", 0),
               lasts = seconds_at(f, NULL, "for", run_seconds(a) - at);
        if (ref_at(f, NULL, "target") != e || is_at(f, NULL, "effect", "slow") ||
            is_at(f, NULL, "effect", "fail"))
            continue;
        if (lasts > longest && at < sim_seconds(a->spec->duration)) {
            longest = lasts;
            *where = value_at(f, NULL, "at");
        }
    }
    return longest;
}

bool hangs(const struct adviser *a, const struct spec_entity *e)
{
    for (const struct spec_entity *f = next_of(a, "fault", NULL); f != NULL;
         f = next_of(a, "fault", f)) {
        if (ref_at(f, NULL, "target") == e && is_at(f, NULL, "effect", "hang"))
            return true;
    }
    return false;
}

static bool has_fault(const struct adviser *a, const struct spec_entity *e)
{
    for (const struct spec_entity *f = next_of(a, "fault", NULL); f != NULL;
         f = next_of(a, "fault", f)) {
        if (ref_at(f, NULL, "target") == e && !is_at(f, NULL, "effect", "slow"))
            return true;
    }
    return false;
}

static bool fails_in(const struct adviser *a, const struct spec_entity *e, int depth)
{
    if (!may_go_on(a, depth))
        return false;
    if (has_fault(a, e) || int_at(e, NULL, "errors", 0) > 0 ||
        is_at(e, NULL, "breakdown.then", "fail") || int_at(e, NULL, "crash.probability", 0) > 0)
        return true;
    for (uint32_t i = 0; i < a->n_edge; i++) {
        if (a->edge[i].from == e && a->edge[i].waits && fails_in(a, a->edge[i].to, depth + 1))
            return true;
    }
    return false;
}

bool may_fail(const struct adviser *a, const struct spec_entity *e)
{
    *a->steps = STEPS;
    return fails_in(a, e, 0);
}

static void look_at(struct adviser *a, const struct spec_entity *e, double t, double *most)
{
    double rate = flow_rate_at(&a->flows, e, t);
    if (isfinite(rate) && rate > *most)
        *most = rate;
}

/* Rates change where a span of a profile begins, or a producer. */
double peak_rate(struct adviser *a, const struct spec_entity *e)
{
    double most = 0;
    look_at(a, e, 0, &most);
    for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
         p = next_of(a, "producer", p)) {
        uint32_t n;
        const struct value *span = list_at(p, "profile", &n);
        if (a->flows.visits[p->index * a->spec->n_entity + e->index] == 0)
            continue;
        if (given_at(p, NULL, "start"))
            look_at(a, e, seconds_at(p, NULL, "start", 0), &most);
        for (uint32_t i = 0; i < n && i < 100; i++)
            look_at(a, e, seconds_at(p, &span[i], "profile.at", 0), &most);
    }
    return most;
}

double steady_rate(const struct adviser *a, const struct spec_entity *to)
{
    double sum = 0;
    for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
         p = next_of(a, "producer", p)) {
        double visits = a->flows.visits[p->index * a->spec->n_entity + to->index];
        const struct value *rate = value_at(p, NULL, "rate");
        bool steady = value_at(p, NULL, "limit") == NULL && !is_at(p, NULL, "arrivals", "closed") &&
                      rate != NULL;
        if (steady && isfinite(visits))
            sum += visits * rate_per_second(rate->rate);
    }
    return sum;
}

/* Where a group of instances runs it, as many as it may grow to. */
static const struct spec_entity *group_of(const struct adviser *a, const struct spec_entity *e)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        if (ref_at(g, NULL, "target") == e)
            return g;
    }
    return NULL;
}

#define FUNCTION_MAX 1000.0 /* concurrency of an account (LAM-6) */

double servers_of(const struct adviser *a, const struct spec_entity *e)
{
    const struct spec_entity *group = group_of(a, e);
    if (group != NULL)
        return (double)int_at(group, NULL, "max", 10) * (double)int_at(group, NULL, "threads", 1);
    if (kind_is(e, "function"))
        return (double)int_at(e, NULL, "reserved", FUNCTION_MAX);
    static const char *const keys[] = {"servers", "connections", "size"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct value *v = value_at(e, NULL, keys[i]);
        if (v != NULL)
            return v->i > 1000000000 ? INFINITY : (double)v->i;
    }
    return INFINITY;
}

double places_of(const struct spec_entity *e)
{
    const struct value *v = value_at(e, NULL, "waiting");
    return v == NULL ? INFINITY : (double)v->i;
}

double shards_of(const struct spec_entity *stream)
{
    if (is_at(stream, NULL, "mode", "on_demand") || given_at(stream, NULL, "autoscale") ||
        given_at(stream, NULL, "actions"))
        return 0;
    return (double)int_at(stream, NULL, "shards", 1);
}
