#include "made_up_store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "check.h"
#include "made_up.h"
#include "mem.h"

#define WIDTH_S 60.0
#define BUCKETS ((uint32_t)(MADE_UP_END / WIDTH_S))

enum { OFFERED, DONE, IN_TIME, LATE, WAITING, LOST, LATENCY, N_SCENARIO, VISIBLE = N_SCENARIO, FLIGHT, DELAYED, AGE, DEAD, N_ALL };

static const struct metric_id metrics[N_ALL] = {
    [OFFERED] = {"", "offered", NULL, "Requests born.", OBS_COUNTER, UNIT_ONE},
    [DONE] = {"", "done", NULL, "Requests with an effect.", OBS_COUNTER, UNIT_ONE},
    [IN_TIME] = {"", "in_time", NULL, "First effect within the deadline.", OBS_COUNTER, UNIT_ONE},
    [LATE] = {"", "late", NULL, "First effect after the deadline.", OBS_COUNTER, UNIT_ONE},
    [WAITING] = {"", "waiting", NULL, "A copy is alive at the end.", OBS_COUNTER, UNIT_ONE},
    [LOST] = {"", "lost", NULL, "No effect, no copy.", OBS_COUNTER, UNIT_ONE},
    [LATENCY] = {"", "latency", NULL, "Birth to first effect.", OBS_TALLY, UNIT_NS},
    [VISIBLE] = {"queue.orders", "depth", "ApproximateNumberOfMessagesVisible", "Visible.", OBS_LEVEL, UNIT_ONE},
    [FLIGHT] = {"queue.orders", "in_flight", "ApproximateNumberOfMessagesNotVisible", "In flight.", OBS_LEVEL, UNIT_ONE},
    [DELAYED] = {"queue.orders", "delayed", "ApproximateNumberOfMessagesDelayed", "Delayed.", OBS_LEVEL, UNIT_ONE},
    [AGE] = {"queue.orders", "age", "ApproximateAgeOfOldestMessage", "Age of the oldest.", OBS_LEVEL, UNIT_NS},
    [DEAD] = {"queue.orders-dlq", "depth", "ApproximateNumberOfMessagesVisible", "Dead letters.", OBS_LEVEL, UNIT_ONE},
};
static const struct store_entity entities[] = {{"queue", "orders"}, {"queue", "orders-dlq"}};
static const struct store_fault faults[] = {{"database.orders", "down", 9000 * SIM_S, 9300 * SIM_S}};
static const struct store_text files[] = {{"common.cfg", "run = { duration = \"4h\"; };\n"},
                                          {"<order>.cfg", "extends = \"common.cfg\"; # a < b && c\n"}};
static const char *const overrides[] = {"queue.orders.name='a b'"};

static struct store_run run_of(bool decoupled, unsigned n)
{
    return (struct store_run){
        .command = "compare",
        .title = decoupled ? "주문 접수: 웹과 데이터베이스 사이의 큐" : "Order intake, web tier calls the database",
        .scenario = decoupled ? "scenarios/order-intake/decoupled.cfg" : "scenarios/order-intake/coupled.cfg",
        .canonical = decoupled ? "queue = {\n  orders = {\n    dead_letter = {\n      queue = \"queue.orders-dlq\";\n    };\n  };\n};\n" : "",
        .version = "0.1.0", .quotas = "aws-2026", .seed = 1,
        .duration_ns = 14400 * SIM_S, .drain_ns = 1800 * SIM_S, .deadline_ns = 10 * SIM_S, .replications = n,
        .file = files, .n_file = 2, .override = overrides, .n_override = 1,
        .entity = entities, .n_entity = decoupled ? 2 : 0,
        .metric = metrics, .n_metric = decoupled ? N_ALL : N_SCENARIO, .fault = faults, .n_fault = 1,
    };
}

static void open_metric(struct metric_value *m, enum obs_kind kind)
{
    *m = (struct metric_value){.mean = NAN, .sd = NAN, .min = NAN, .max = NAN, .last = NAN, .sum = NAN};
    assert_true(series_open(&m->series, kind, BUCKETS, (sim_time)(WIDTH_S * 1e9)));
}

static void add_count(struct metric_value *m, uint32_t b, double by)
{
    m->n += (uint64_t)by;
    m->sum = (double)m->n;
    m->series->sum[b] += (int64_t)by;
}

static void set_level(struct metric_value *m, uint32_t b, double value)
{
    m->series->sum[b] = (int128)value * (int64_t)(WIDTH_S * 1e9);
    m->series->max[b] = (int64_t)value;
    m->max = isnan(m->max) || value > m->max ? value : m->max;
    m->mean = (isnan(m->mean) ? 0 : m->mean) + value / BUCKETS;
    m->min = 0;
    m->sd = 1;
    m->last = value;
}

static void add_latency(struct metric_value *m, uint32_t b, double seconds, double by, uint64_t *state)
{
    for (int i = 0; i < 20; i++) {
        double v = seconds * exp(0.5 * made_up_normal(state));
        hist_add_weighted(m->hist, (int64_t)(v * 1e9), (uint64_t)(by / 20) + 1);
        m->series->sum[b] += (int64_t)(v * 1e9);
        m->series->count[b]++;
    }
    m->n += (uint64_t)by;
    m->mean = m->sum = seconds * 1e9;
}

/* One minute: what arrives, what the database takes, what waits or is lost. */
static void minute(struct result *r, bool decoupled, uint32_t b, double *depth, uint64_t *state)
{
    double t = b * WIDTH_S, offered = made_up_rate(t) * WIDTH_S, capacity = made_up_capacity(t) * WIDTH_S;
    offered = offered > 0 ? floor(offered + sqrt(offered) * made_up_normal(state)) : 0;
    double room = decoupled ? *depth + offered : offered, done = floor(fmin(room, capacity));
    double wait = 0.15 + (decoupled ? *depth / 150 : 0);
    *depth = decoupled ? room - done : 0;
    add_count(&r->metric[OFFERED], b, offered);
    add_count(&r->metric[DONE], b, done);
    struct fates *f = b < r->n_birth ? &r->by_birth[b] : NULL;
    if (f != NULL) {
        double kept = decoupled ? offered : done;
        *f = (struct fates){.offered = (uint64_t)offered, .lost = (uint64_t)(offered - kept)};
        *(wait > 10 ? &f->late : &f->in_time) = (uint64_t)kept;
    }
    if (done > 0)
        add_latency(&r->metric[LATENCY], b, wait, done, state);
    if (decoupled) {
        set_level(&r->metric[VISIBLE], b, *depth);
        set_level(&r->metric[FLIGHT], b, *depth > 0 ? 20 : 10);
        set_level(&r->metric[DELAYED], b, 0);
        set_level(&r->metric[DEAD], b, 0);
        set_level(&r->metric[AGE], b, *depth / 150 * 1e9);
    }
}

static void sum_fates(struct result *r)
{
    for (uint32_t b = 0; b < r->n_birth; b++) {
        r->fates.offered += r->by_birth[b].offered;
        r->fates.in_time += r->by_birth[b].in_time;
        r->fates.late += r->by_birth[b].late;
        r->fates.lost += r->by_birth[b].lost;
    }
    const uint64_t count[] = {r->fates.in_time, r->fates.late, r->fates.waiting, r->fates.lost};
    for (int i = 0; i < 4; i++)
        add_count(&r->metric[IN_TIME + i], 0, (double)count[i]);
}

static struct life_event *happens(struct result *r, sim_time at, uint64_t item, enum life_what what)
{
    struct life_event spare, *e = life_add(&r->life, &spare);
    e->at = at;
    e->item = item;
    e->what = (uint16_t)what;
    e->worker = 0;
    return e;
}

/* Three recorded messages: the first is received twice because its worker died, the second once, the third waits. */
static void record(struct result *r)
{
    for (uint64_t item = 0; item < 3; item++) {
        sim_time born = (sim_time)item * SIM_S;
        happens(r, born, item, LIFE_BORN);
        happens(r, born, item, LIFE_SENT);
        if (item == 2)
            continue;
        happens(r, born + SIM_S, item, LIFE_RECEIVED)->receives = 1;
        happens(r, born + SIM_S, item, LIFE_BEGUN);
        if (item == 0) {
            happens(r, 3 * SIM_S, item, LIFE_CRASHED);
            happens(r, 31 * SIM_S, item, LIFE_SHOWN);
            happens(r, 40 * SIM_S, item, LIFE_RECEIVED)->receives = 2;
            happens(r, 40 * SIM_S, item, LIFE_BEGUN);
        }
        happens(r, 45 * SIM_S, item, LIFE_DONE);
        happens(r, 45 * SIM_S, item, LIFE_EFFECT)->value = 1;
        happens(r, 45 * SIM_S, item, LIFE_DELETED);
    }
}

static struct result *result_of(bool decoupled, unsigned replication)
{
    uint32_t n = decoupled ? N_ALL : N_SCENARIO;
    struct result *r = result_new(n, decoupled ? 2 : 0);
    uint64_t state = 0x9E3779B97F4A7C15ull * (replication + 1);
    double depth = 0;
    assert_non_null(r);
    for (uint32_t i = 0; i < n; i++)
        open_metric(&r->metric[i], metrics[i].kind);
    r->metric[LATENCY].hist = mem_get(sizeof(struct hist));
    hist_init(r->metric[LATENCY].hist);
    r->observed = 14400 * SIM_S;
    r->n_birth = (uint32_t)(14400 / WIDTH_S);
    r->birth_width = (sim_time)(WIDTH_S * 1e9);
    r->by_birth = mem_get_zero(r->n_birth, sizeof(struct fates));
    for (uint32_t b = 0; b < BUCKETS; b++)
        minute(r, decoupled, b, &depth, &state);
    sum_fates(r);
    if (decoupled)
        record(r);
    return r;
}

static void add_run(struct store *s, bool decoupled, unsigned n)
{
    struct err err = {0};
    int64_t id;
    struct store_run run = run_of(decoupled, n);
    bool ok = store_begin(s, &run, &id, &err) && store_point(s, 0, NULL, 0, &err);
    for (unsigned i = 0; ok && i < n; i++) {
        struct result *r = result_of(decoupled, i);
        ok = store_result(s, 0, i, r, &err);
        result_free(r);
    }
    if (!ok || !store_commit(s, &err))
        fail_msg("%s", err.text);
}

void made_up_store(const char *path, unsigned n)
{
    struct store *s;
    struct err err = {0};
    unlink(path);
    if (!store_open(&s, path, &err))
        fail_msg("%s", err.text);
    add_run(s, false, n);
    add_run(s, true, n);
    store_close(s);
}
