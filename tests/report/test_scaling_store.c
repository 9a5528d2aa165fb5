/* The charts of scaling from a database: series as a run stores them, small enough to be worked out on paper. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "charts.h"
#include "check.h"
#include "fixture_store.h"
#include "html.h"
#include "mem.h"
#include "sheet_check.h"
#include "store.h"

#define N_REPLICATION 2
#define BUCKETS       4 /* of 900 s */
#define WIDTH         (900 * SIM_S)

struct given {
    const char   *entity, *name;
    enum obs_kind kind;
    double        value[BUCKETS]; /* of both replications; of a level: its mean in each bucket; of a tally: its median in s */
    int64_t       most;           /* of a level: the largest where it is not 0 */
};

/* Workers are busy 3,600 x (2 + 4 + 4 + 2) / 4 s for 5,400 messages: 2 s each, two workers an instance. So 900, 3,600, 900
 * and 0 messages in 900 s are 1, 4, 1 and 0 instances; 1, 2, 3 and 1 are there: 2 short for 15 min, idle 2 and 1. */
static const char text[] = "alarm = {\n  deep = {\n    metric = \"queue.q.depth\";\n  };\n};\n"
                           "fleet = {\n  f = {\n    source = \"queue.q\";\n  };\n};\n"
                           "function = {\n  resize = {\n    provisioned = 2;\n    reserved = 5;\n  };\n  steps = {\n    provisioned = 1;\n  };\n  free = {\n  };\n};\n"
                           "group = {\n  g = {\n    target = \"fleet.f\";\n    threads = 2;\n  };\n};\nqueue = {\n  q = {\n  };\n};\n";
static const struct given policy[] = {
    {"", "latency", OBS_TALLY, {4, 0, 0, 0}, 0},
    {"alarm.deep", "alarms", OBS_COUNTER, {0, 1, 0, 0}, 0},
    {"alarm.deep", "state", OBS_LEVEL, {0.5, 1.5, 2, 0.5}, 2}, /* unknown for 450 s, on from 1,125 s to 2,925 s */
    {"fleet.f", "busy", OBS_LEVEL, {2, 4, 4, 2}, 4},
    {"fleet.f", "processed", OBS_COUNTER, {900, 1800, 1800, 900}, 0},
    {"fleet.f", "size", OBS_LEVEL, {2, 4, 6, 2}, 6},
    {"function.free", "concurrent", OBS_LEVEL, {1, 1, 1, 1}, 1},
    {"function.resize", "concurrent", OBS_LEVEL, {1, 4, 1, 0}, 5},
    {"function.resize", "throttles", OBS_COUNTER, {0, 20, 0, 0}, 0},
    {"function.resize", "cold_starts", OBS_COUNTER, {1, 4, 0, 0}, 0},
    {"function.resize", "invocations", OBS_COUNTER, {100, 180, 100, 0}, 0},
    {"function.resize", "provisioned", OBS_LEVEL, {3, 3, 3, 3}, 3}, /* not the 2 that are written: set in the run */
    {"function.steps", "concurrent", OBS_LEVEL, {1, 4, 1, 0}, 5},
    {"function.steps", "provisioned", OBS_LEVEL, {0, 4, 2, 2}, 4},
    {"group.g", "cost", OBS_LEVEL, {0, 0, 0, 0.7}, 1},
    {"group.g", "desired", OBS_LEVEL, {1, 3, 3, 1}, 3},
    {"group.g", "in_service", OBS_LEVEL, {1, 2, 3, 1}, 3},
    {"group.g", "instance_hours", OBS_LEVEL, {0, 0, 0, 1.75}, 2},
    {"queue.q", "depth", OBS_LEVEL, {0, 600, 300, 0}, 900},
    {"queue.q", "sent", OBS_COUNTER, {900, 3600, 900, 0}, 0},
    {"scaling.s", "low", OBS_LEVEL, {1, 1, 1, 1}, 1}, /* it has none */
    {"scaling.t", "high", OBS_LEVEL, {0, 0, 0, 0}, 0},
};
/* The same arrivals, and eight workers all the time: 5 and 7 and 8 more than needed, of instances of one. */
static const char plain_text[] = "fleet = {\n  f = {\n    source = \"queue.q\";\n  };\n};\nqueue = {\n  q = {\n  };\n};\n";
static const struct given fixed[] = {
    {"", "latency", OBS_TALLY, {1, 0, 0, 0}, 0},
    {"fleet.f", "busy", OBS_LEVEL, {2, 4, 4, 2}, 8},
    {"fleet.f", "processed", OBS_COUNTER, {900, 1800, 1800, 900}, 0},
    {"fleet.f", "size", OBS_LEVEL, {8, 8, 8, 8}, 8},
    {"queue.q", "sent", OBS_COUNTER, {900, 3600, 900, 0}, 0},
};
/* The fixed fleet, beside a queue that comes first: this one is scaled. */
static const char tasks_text[] = "fleet = {\n  a = {\n    source = \"queue.q\";\n  };\n  f = {\n    source = \"queue.q\";\n  };\n};\nqueue = {\n  q = {\n  };\n};\n"
                                 "scaling = {\n  r = {\n    target = \"stream.x\";\n  };\n  t = {\n    target = \"fleet.f\";\n  };\n};\n";
static const struct given tasks[] = {
    {"", "latency", OBS_TALLY, {1, 0, 0, 0}, 0},
    {"fleet.a", "size", OBS_LEVEL, {1, 1, 1, 1}, 1},
    {"fleet.f", "busy", OBS_LEVEL, {2, 4, 4, 2}, 8},
    {"fleet.f", "processed", OBS_COUNTER, {900, 1800, 1800, 900}, 0},
    {"fleet.f", "size", OBS_LEVEL, {8, 8, 8, 8}, 8},
    {"queue.q", "sent", OBS_COUNTER, {900, 3600, 900, 0}, 0},
    {"scaling.r", "wants", OBS_LEVEL, {8, 8, 8, 8}, 8},
    {"scaling.t", "wants", OBS_LEVEL, {8, 8, 8, 8}, 8},
};
/* A service whose four servers are busy with 1,800 calls of 2 s in each bucket. By the means of those that wait, half of the
 * difference of the neighbours, 450 more came than left in the first, 900 in the second, none in the third; 450 fewer in the last. */
static const char service_text[] = "group = {\n  g = {\n    target = \"service.s\";\n  };\n};\n";
static const struct given service[] = {
    {"", "latency", OBS_TALLY, {1, 0, 0, 0}, 0},
    {"group.g", "in_service", OBS_LEVEL, {4, 4, 4, 4}, 4},
    {"service.s", "busy", OBS_LEVEL, {4, 4, 4, 4}, 4},
    {"service.s", "completed", OBS_COUNTER, {1800, 1800, 1800, 1800}, 0},
    {"service.s", "waiting", OBS_LEVEL, {0, 900, 1800, 900}, 1800},
};
/* Two workers of three threads on an instance are busy 16,200 s over 5,400 records: 3 s each, so 1,800 records in 900 s are an
 * instance. Four shards: of eight workers four have none. */
static const char reader_text[] = "consumer = {\n  c = {\n    source = \"stream.s\";\n    worker_threads = 3;\n  };\n};\n"
                                  "group = {\n  g = {\n    target = \"consumer.c\";\n    threads = 2;\n  };\n};\nstream = {\n  s = {\n  };\n};\n";
static const struct given reader[] = {
    {"", "latency", OBS_TALLY, {1, 0, 0, 0}, 0},
    {"consumer.c", "busy", OBS_LEVEL, {3, 6, 6, 3}, 6},
    {"consumer.c", "idle_workers", OBS_LEVEL, {0, 0, 4, 4}, 4},
    {"consumer.c", "lag", OBS_LEVEL, {0, 100, 400, 0}, 500},
    {"consumer.c", "processed", OBS_COUNTER, {900, 1800, 1800, 900}, 0},
    {"consumer.c", "workers", OBS_LEVEL, {2, 4, 8, 8}, 8},
    {"group.g", "in_service", OBS_LEVEL, {1, 2, 4, 4}, 4},
    {"stream.s", "user_records", OBS_COUNTER, {1800, 3600, 5400, 0}, 0},
};
/* Two seconds each: four instances' work; of six that are in service two are starting, one of them found unhealthy, then one. */
static const struct given unwell[] = {
    {"", "latency", OBS_TALLY, {1, 0, 0, 0}, 0},
    {"group.g", "in_service", OBS_LEVEL, {4, 6, 6, 4}, 6},
    {"group.g", "starting", OBS_LEVEL, {0, 2, 1, 0}, 2},
    {"group.g", "unhealthy", OBS_LEVEL, {0, 1, 0, 0}, 1},
    {"service.s", "busy", OBS_LEVEL, {4, 4, 4, 4}, 4},
    {"service.s", "completed", OBS_COUNTER, {1800, 1800, 1800, 1800}, 0},
    {"service.s", "waiting", OBS_LEVEL, {0, 0, 0, 0}, 0},
};
static const struct given none[] = {{"", "latency", OBS_TALLY, {1, 0, 0, 0}, 0}, {"queue.q", "depth", OBS_LEVEL, {0, 0, 0, 0}, 0}};

static void fill(struct metric_value *m, const struct given *g)
{
    double sum = 0;
    *m = (struct metric_value){.mean = NAN, .sd = NAN, .min = NAN, .max = NAN, .last = NAN, .sum = NAN};
    assert_true(series_open(&m->series, g->kind, BUCKETS, WIDTH));
    for (int b = 0; b < BUCKETS; b++) {
        bool level = g->kind == OBS_LEVEL;
        m->series->sum[b] = (int128)(g->value[b] * (level ? (double)WIDTH : 1));
        if (level)
            m->series->max[b] = g->value[b] > 0 ? (g->value[b] < 1 && strcmp(g->name, "state") == 0 ? (b == 0 ? 1 : 2) : g->most) : 0;
        sum += g->value[b];
    }
    if (g->kind == OBS_TALLY) {
        m->hist = mem_get(sizeof(*m->hist));
        assert_non_null(m->hist);
        hist_init(m->hist);
        hist_add(m->hist, (int64_t)(g->value[0] * 1e9));
    }
    m->sum = sum;
    m->n = (uint64_t)sum;
    m->last = g->value[BUCKETS - 1];
    m->mean = strcmp(g->name, "size") == 0 ? sum / BUCKETS : m->last;
}

static void add_run(struct store *s, const char *name, const char *canonical, const struct given *given, size_t n, int64_t seconds)
{
    struct metric_id id[40];
    struct err err = {0};
    int64_t run;
    for (size_t i = 0; i < n; i++)
        id[i] = (struct metric_id){given[i].entity, given[i].name, NULL, "", given[i].kind,
                                   given[i].kind == OBS_TALLY ? UNIT_NS : strcmp(given[i].name, "cost") == 0 ? UNIT_USD : UNIT_ONE, false};
    const struct store_run r = {.command = "run", .title = "", .scenario = name, .canonical = canonical, .version = "1", .quotas = "aws-2026",
                                .seed = 1, .duration_ns = seconds * SIM_S, .deadline_ns = -1, .replications = N_REPLICATION, .metric = id, .n_metric = n};
    bool ok = store_begin(s, &r, &run, &err) && store_point(s, 0, NULL, 0, &err);
    for (size_t k = 0; ok && k < N_REPLICATION; k++) {
        struct result *result = result_new((uint32_t)n, 0);
        assert_non_null(result);
        result->observed = 4 * WIDTH;
        for (size_t i = 0; i < n; i++)
            fill(&result->metric[i], &given[i]);
        ok = store_result(s, 0, (uint32_t)k, result, &err);
        result_free(result);
    }
    if (!ok || !store_commit(s, &err))
        fail_msg("%s", err.text);
}

static struct query *query;
static const int64_t policy_run[] = {1}, none_run[] = {3}, both[] = {1, 2}, same[] = {2, 2}, tasks_run[] = {4}, service_run[] = {5}, reader_run[] = {6}, unwell_run[] = {7};

static int open_database(void **state)
{
    struct err err = {0};
    struct store *s;
    (void)state;
    fixture_clean();
    const char *path = fixture_path("scaling.db");
    if (!store_open(&s, path, &err))
        return -1;
    add_run(s, "tracking.cfg", text, policy, ARRAY_LEN(policy), 3600);
    add_run(s, "fixed.cfg", plain_text, fixed, ARRAY_LEN(fixed), 3600);
    add_run(s, "none.cfg", "", none, ARRAY_LEN(none), 3600);
    add_run(s, "tasks.cfg", tasks_text, tasks, ARRAY_LEN(tasks), 3600);
    add_run(s, "service.cfg", service_text, service, ARRAY_LEN(service), 3600);
    add_run(s, "reader.cfg", reader_text, reader, ARRAY_LEN(reader), 3600);
    add_run(s, "unwell.cfg", service_text, unwell, ARRAY_LEN(unwell), 3600);
    store_close(s);
    return query_open(&query, path, &err) ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    query_close(query);
    fixture_clean();
    return 0;
}

static struct sheet *drawn(const char *name, const int64_t *run, size_t n_run, const char *entity)
{
    const struct chart_request r = {.query = query, .run = run, .n_run = n_run, .entity = entity};
    struct err err = {0};
    struct sheet *s;
    char why[500];
    if (!chart_find(name)->layout(&r, &s, &err))
        fail_msg("%s: %s", name, err.text);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s: %s", name, why);
    return s;
}

static void capacity_is_measured_against_what_comes(void **state)
{
    (void)state;
    struct sheet *s = drawn("capacity", policy_run, 1, NULL);
    assert_string_equal(sheet_title(s), "group.g: 0.500 instance-hours short (25.0 % of the time), 0.750 idle of 1.75 in service");
    assert_non_null(sheet_find(s, "fleet.f"));
    assert_non_null(sheet_find(s, "at most 300 waiting")); /* 600 for 2 */
    assert_non_null(sheet_find(s, "arrivals × work"));
    sheet_free(s);
    s = drawn("capacity", policy_run, 1, "fleet.f"); /* 2, 8, 2, 0 workers needed of 2, 4, 6, 2 */
    assert_string_equal(sheet_title(s), "fleet.f: 1 worker-hours short (25.0 % of the time), 1.50 idle of 3.50 in service");
    sheet_free(s);
    s = drawn("capacity", tasks_run, 1, NULL); /* without instances: the fleet that a policy scales */
    assert_string_equal(sheet_title(s), "fleet.f: 0 worker-hours short (0 % of the time), 5 idle of 8 in service");
    sheet_free(s);
}

/* 2,250, 2,700, 1,800 and 1,350 come, of 2 s each: 5, 6, 4 and 3 instances where 4 are. */
static void what_waits_at_a_service_has_come(void **state)
{
    (void)state;
    struct sheet *s = drawn("capacity", service_run, 1, NULL);
    assert_string_equal(sheet_title(s), "group.g: 0.750 instance-hours short (50.0 % of the time), 0.250 idle of 4 in service");
    sheet_free(s);
}

/* What has no shard does nothing for the load: 1, 2, 3 and 0 come where 1, 2, 2 and 2 of 1, 2, 4 and 4 have one. */
static void readers_without_a_shard_do_not_count(void **state)
{
    (void)state;
    struct sheet *s = drawn("capacity", reader_run, 1, NULL);
    assert_string_equal(sheet_title(s), "group.g: 0.250 instance-hours short (25.0 % of the time), 1 of 2.75 have no shard");
    assert_non_null(sheet_find(s, "short 0.250 instance-hours, idle 0.500, in service 2.75"));
    assert_non_null(sheet_find(s, "without a shard"));
    assert_non_null(sheet_find(s, "at most 100 waiting"));
    sheet_free(s);
    s = drawn("capacity", reader_run, 1, "consumer.c");
    assert_string_equal(sheet_title(s), "consumer.c: 0.500 worker-hours short (25.0 % of the time), 2 of 5.50 have no shard");
    sheet_free(s);
}

static void instances_that_are_not_up_do_not_count(void **state)
{
    (void)state;
    struct sheet *s = drawn("capacity", unwell_run, 1, NULL);
    assert_string_equal(sheet_title(s), "group.g: 0 instance-hours short (0 % of the time), 0.750 of 5 are not up or unhealthy");
    assert_non_null(sheet_find(s, "short 0 instance-hours, idle 0.250, in service 5"));
    assert_non_null(sheet_find(s, "not up or unhealthy"));
    sheet_free(s);
}

/* A run without a group stands beside one with its fleet. */
static void policies_stand_below_each_other(void **state)
{
    size_t n_row, n_col;
    (void)state;
    struct sheet *s = drawn("policies", both, 2, NULL);
    assert_string_equal(sheet_title(s), "fixed is short least, 0 instance-hours, with 5 idle; tracking idles least, 0.750, and is 0.500 short");
    const char *const *cell = sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, 2);
    assert_string_equal(cell[n_col + 5], "1.75"); /* paid */
    assert_string_equal(cell[2 * n_col + 5], "none");
    sheet_free(s);
}

static void functions_have_their_limits(void **state)
{
    (void)state;
    struct sheet *s = drawn("concurrency", policy_run, 1, "function.resize");
    assert_string_equal(sheet_title(s), "function.resize: 5 executions at once, 1.50 on average, of 5 allowed; 20 throttled (5.0 % of attempts)");
    assert_non_null(sheet_find(s, "reserved 5"));
    assert_non_null(sheet_find(s, "provisioned 3"));
    sheet_free(s);
    s = drawn("concurrency", policy_run, 1, "function.steps");
    assert_non_null(sheet_find(s, "provisioned, at most 4"));
    assert_null(sheet_find(s, "provisioned 1"));
    sheet_free(s);
    s = drawn("concurrency", policy_run, 1, NULL); /* the first: without limits, nothing else counted */
    assert_string_equal(sheet_title(s), "function.free: 1 executions at once, 1 on average, of 1,000 allowed; nothing throttled");
    sheet_free(s);
}

/* States are timed by the means of the buckets in which they change. */
static void alarms_are_timed_within_buckets(void **state)
{
    size_t n_row, n_col;
    double on = 0, unknown = 0;
    (void)state;
    struct sheet *s = drawn("alarms", policy_run, 1, NULL);
    assert_string_equal(sheet_title(s), "alarm.deep is in ALARM 50.0 % of the time, first at 18 min 45 s; scaling.t high never goes to ALARM");
    const char *const *cell = sheet_table(s, &n_row, &n_col);
    assert_int_equal(n_row, 2);
    assert_string_equal(cell[n_col + 3], "1");
    assert_string_equal(cell[2 * n_col], "scaling.t high");
    for (size_t i = 0; i < s->n; i++)
        if (s->mark[i].kind == MARK_AREA) {
            double width = (s->mark[i].at[1].x - s->mark[i].at[0].x) / (720 - 46) * 3600;
            on += s->mark[i].ink.rgb == 0xD55E00 ? width : 0;
            unknown += s->mark[i].ink.rgb == 0xBFBFBF ? width : 0;
        }
    assert_true(fabs(on - 1800) < 0.01 * 3600);
    assert_true(unknown > 400);
    sheet_free(s);
}

/* Only one run is priced, so both are told in hours: 1.75 of instances, 8 of workers; the dear one is the quick one. */
static void costs_are_set_against_latency(void **state)
{
    (void)state;
    struct sheet *s = drawn("cost", both, 2, NULL);
    assert_non_null(strstr(sheet_title(s), "as instance-hours grow from 1.75 to 8"));
    assert_non_null(sheet_find(s, "tracking"));
    assert_non_null(sheet_find(s, "fixed"));
    sheet_free(s);
    static const int64_t priced[] = {1, 1};
    s = drawn("cost", priced, 2, NULL);
    assert_non_null(sheet_find(s, "cost, USD"));
    sheet_free(s);
}

static void expect_refusal(const char *chart, const int64_t *run, size_t n_run, const char *entity, const char *part)
{
    const struct chart_request r = {.query = query, .run = run, .n_run = n_run, .entity = entity};
    struct err err = {0};
    struct sheet *s = NULL;
    assert_false(chart_find(chart)->layout(&r, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
    if (strstr(err.text, part) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, part);
}

static void refusals_name_what_there_is(void **state)
{
    static const int64_t with_none[] = {1, 3};
    (void)state;
    expect_refusal("capacity", none_run, 1, NULL, "none has no group; a fleet of fixed size is drawn with --entity fleet.ID");
    expect_refusal("capacity", policy_run, 1, "group.x", "has no group 'group.x'; it has: group.g");
    expect_refusal("capacity", policy_run, 1, "fleet.x", "has no fleet 'fleet.x'; it has: fleet.f");
    expect_refusal("policies", with_none, 2, NULL, "none has no fleet");
    expect_refusal("concurrency", none_run, 1, NULL, "none has no function");
    expect_refusal("alarms", none_run, 1, NULL, "none has no alarm");
    expect_refusal("alarms", policy_run, 1, "alarm.x", "has no alarm 'alarm.x'");
    expect_refusal("cost", with_none, 2, NULL, "none has no fleet and no group to count the hours of");
}

static void formats_are_written(void **state)
{
    static const char *const name[] = {"capacity", "policies", "concurrency", "alarms", "cost"}, *const ending[] = {"png", "svg", "pdf"};
    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(name); c++)
        for (size_t f = 0; f < ARRAY_LEN(ending); f++) {
            char file[40];
            struct err err = {0};
            struct stat st;
            enum chart_format format;
            struct sheet *s = drawn(name[c], both, chart_find(name[c])->min_runs, NULL);
            snprintf(file, sizeof(file), "%s.%s", name[c], ending[f]);
            assert_true(chart_format_of(file, &format));
            const char *path = fixture_path(file);
            assert_true(chart_write(s, path, format, &err));
            assert_true(stat(path, &st) == 0 && st.st_size > 1000);
            sheet_free(s);
        }
}

static bool page_says(const char *path, const char *what)
{
    static char page[1 << 22];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    page[fread(page, 1, sizeof(page) - 1, f)] = 0;
    fclose(f);
    return strstr(page, what) != NULL;
}

/* Groups, functions and alarms of a run; policies where all runs have groups. */
static void reports_show_what_fits(void **state)
{
    static const struct {
        int64_t run[2];
        size_t  n;
        bool    fits, policies;
    } expected[] = {{{1}, 1, true, false}, {{3}, 1, false, false}, {{1, 1}, 2, true, true}, {{1, 2}, 2, true, false}, {{4}, 1, false, false}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        struct err err = {0};
        const char *path = fixture_path("report.html");
        if (!report_html(query, expected[i].run, expected[i].n, path, &err))
            fail_msg("%s", err.text);
        assert_int_equal(page_says(path, "group.g: 0.500 instance-hours short"), expected[i].fits);
        assert_int_equal(page_says(path, "alarm.deep is in ALARM"), expected[i].fits);
        assert_int_equal(page_says(path, "executions at once"), expected[i].fits);
        assert_int_equal(page_says(path, "fleet.f: 0 worker-hours short"), expected[i].run[0] == 4);
        assert_int_equal(page_says(path, "is short least"), expected[i].policies);
        assert_int_equal(page_says(path, "each a run"), expected[i].policies);
    }
}

/* Each allocation on the way from the database to the sheet fails once. */
static void short_memory_is_survived(void **state)
{
    static const char *const name[] = {"capacity", "policies", "concurrency", "alarms", "cost"};
    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(name); c++)
        for (long n = 1; n < 400; n += n < 60 ? 1 : 7) {
            const struct chart_request r = {.query = query, .run = c == 4 ? same : both, .n_run = chart_find(name[c])->min_runs};
            struct err err = {0};
            struct sheet *s = NULL;
            mem_fail_at(n);
            bool ok = chart_find(name[c])->layout(&r, &s, &err);
            bool fired = mem_count() >= n;
            mem_fail_at(0);
            assert_true(ok == !fired);
            if (ok)
                sheet_free(s);
            else
                assert_int_equal(err.class, ERR_OS);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capacity_is_measured_against_what_comes),
        cmocka_unit_test(what_waits_at_a_service_has_come),
        cmocka_unit_test(readers_without_a_shard_do_not_count),
        cmocka_unit_test(instances_that_are_not_up_do_not_count),
        cmocka_unit_test(policies_stand_below_each_other),
        cmocka_unit_test(functions_have_their_limits),
        cmocka_unit_test(alarms_are_timed_within_buckets),
        cmocka_unit_test(costs_are_set_against_latency),
        cmocka_unit_test(refusals_name_what_there_is),
        cmocka_unit_test(formats_are_written),
        cmocka_unit_test(reports_show_what_fits),
        cmocka_unit_test(short_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
