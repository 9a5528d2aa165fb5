/* The charts of fan-out from a database: counters as a run stores them, small enough to be added up on paper. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "charts.h"
#include "check.h"
#include "fanout.h"
#include "fixture_store.h"
#include "html.h"
#include "mem.h"
#include "sheet_check.h"
#include "store.h"

#define N_REPLICATION 2
#define BUCKETS       4

/* What a metric holds: its total (or last level) in each replication, and how it lies in time. */
struct given {
    const char   *entity, *name;
    enum obs_kind kind;
    int64_t       value[N_REPLICATION];
    int           bucket; /* all in this one; -1: even */
};

/* Run 1. A service writes to three queues and sometimes dies in between: 10 of 1,000 miss b, 20 miss c. */
static const char direct_text[] =
    "producer = {\n  shop = {\n    target = \"service.web\";\n    done_at = \"fleet.f\";\n  };\n};\n"
    "queue = {\n  a = {\n    dead_letter = {\n      max_receive_count = 3;\n      queue = \"queue.a-dlq\";\n    };\n  };\n  a-dlq = {\n  };\n  b = {\n  };\n  c = {\n  };\n};\n"
    "service = {\n  web = {\n    sends = ( {\n      target = \"queue.a\";\n    }, {\n      target = \"queue.b\";\n    }, {\n      target = \"queue.c\";\n    } );\n  };\n};\n";
static const struct given direct[] = {
    {"", "in_time", OBS_COUNTER, {480, 490}, 0},           {"", "late", OBS_COUNTER, {5, 5}, 0},
    {"", "waiting", OBS_COUNTER, {0, 0}, 0},               {"", "lost", OBS_COUNTER, {15, 5}, 0},
    {"producer.shop", "offered", OBS_COUNTER, {500, 500}, 0}, {"producer.shop", "in_time", OBS_COUNTER, {480, 490}, 0},
    {"producer.shop", "late", OBS_COUNTER, {5, 5}, 0},     {"producer.shop", "waiting", OBS_COUNTER, {0, 0}, 0},
    {"producer.shop", "lost", OBS_COUNTER, {15, 5}, 0},
    {"queue.a", "depth", OBS_LEVEL, {2, 1}, 0},            {"queue.a", "in_flight", OBS_LEVEL, {1, 0}, 0},
    {"queue.a", "sent", OBS_COUNTER, {500, 500}, -1},      {"queue.a", "removed", OBS_COUNTER, {490, 496}, 0},
    {"queue.a", "expired", OBS_COUNTER, {3, 0}, 0},        {"queue.a", "moved_out", OBS_COUNTER, {4, 3}, 0},
    {"queue.a-dlq", "depth", OBS_LEVEL, {4, 3}, 0},        {"queue.a-dlq", "sent", OBS_COUNTER, {0, 0}, 0},
    {"queue.a-dlq", "moved_in", OBS_COUNTER, {4, 3}, 0},
    {"queue.b", "sent", OBS_COUNTER, {496, 488}, -1},      {"queue.b", "removed", OBS_COUNTER, {496, 488}, 0},
    {"queue.c", "sent", OBS_COUNTER, {480, 480}, -1},      {"queue.c", "removed", OBS_COUNTER, {480, 480}, 0},
};

/* Run 2. A topic: all to a; b filters 100 of 1,000; crm is answered 960 times at once, needs 40 retries, 30 of them in vain. Counting
 * began when a held five already; producers' fates are not all of producers: ten requests came from schedules. */
static const char topic_text[] =
    "producer = {\n  shop = {\n    target = \"topic.orders\";\n  };\n  web = {\n    target = \"queue.a\";\n  };\n};\n"
    "topic = {\n  orders = {\n    subscriptions = ( {\n      target = \"queue.a\";\n    }, {\n      name = \"busan\";\n      target = \"queue.b\";\n    }, {\n"
    "      dead_letter = \"queue.letters\";\n      target = \"endpoint.crm\";\n    } );\n  };\n};\n";
static const struct given topic[] = {
    {"", "in_time", OBS_COUNTER, {510, 500}, 0},               {"", "lost", OBS_COUNTER, {0, 0}, 0},
    {"producer.shop", "offered", OBS_COUNTER, {500, 500}, 0},  {"producer.shop", "in_time", OBS_COUNTER, {500, 500}, 0},
    {"queue.a", "sent", OBS_COUNTER, {520, 500}, -1},          {"queue.a", "removed", OBS_COUNTER, {525, 500}, 0},
    {"queue.b", "sent", OBS_COUNTER, {440, 448}, -1},          {"queue.b", "removed", OBS_COUNTER, {440, 448}, 0},
    {"queue.letters", "depth", OBS_LEVEL, {20, 10}, 0},        {"queue.letters", "sent", OBS_COUNTER, {20, 10}, 2},
    {"topic.orders", "waiting", OBS_LEVEL, {2, 4}, 0},         {"topic.orders", "under_way", OBS_LEVEL, {1, 0}, 0},
    {"topic.orders", "delivered", OBS_COUNTER, {1417, 1433}, -1},
    {"topic.orders[a]", "delivered", OBS_COUNTER, {500, 500}, -1},  {"topic.orders[a]", "retries", OBS_COUNTER, {0, 0}, -1},
    {"topic.orders[a]", "dead", OBS_COUNTER, {0, 0}, -1},           {"topic.orders[a]", "filtered", OBS_COUNTER, {0, 0}, -1},
    {"topic.orders[busan]", "delivered", OBS_COUNTER, {440, 448}, -1}, {"topic.orders[busan]", "retries", OBS_COUNTER, {0, 0}, -1},
    {"topic.orders[busan]", "dropped", OBS_COUNTER, {7, 5}, 3},     {"topic.orders[busan]", "filtered", OBS_COUNTER, {50, 50}, -1},
    {"topic.orders[crm]", "delivered", OBS_COUNTER, {477, 485}, -1}, {"topic.orders[crm]", "retries", OBS_COUNTER, {24, 16}, 2},
    {"topic.orders[crm]", "dead", OBS_COUNTER, {20, 10}, 2},
};

/* Run 3: as run 2, whose queue b has no filter; both queues hold the same in the end. */
static struct given whole[ARRAY_LEN(topic)];

static struct result *result_of(const struct given *given, size_t n, size_t replication)
{
    struct result *r = result_new((uint32_t)n, 0);
    assert_non_null(r);
    r->observed = 40 * SIM_S;
    for (size_t i = 0; i < n; i++) {
        struct metric_value *m = &r->metric[i];
        int64_t v = given[i].value[replication];
        *m = (struct metric_value){.mean = NAN, .sd = NAN, .min = NAN, .max = NAN, .last = NAN, .sum = NAN};
        assert_true(series_open(&m->series, given[i].kind, BUCKETS, 10 * SIM_S));
        if (given[i].kind == OBS_LEVEL) {
            m->last = m->mean = (double)v;
            continue;
        }
        m->sum = (double)v;
        m->n = (uint64_t)v;
        for (int b = 0; b < BUCKETS; b++)
            m->series->sum[b] = given[i].bucket == b ? v : given[i].bucket < 0 ? v / BUCKETS + (b == 0 ? v % BUCKETS : 0) : 0;
    }
    return r;
}

static void add_run(struct store *s, const char *name, const char *text, const struct given *given, size_t n, int64_t warmup)
{
    static const struct store_fault fault = {"endpoint.crm", "down", 20 * SIM_S, 30 * SIM_S};
    struct metric_id id[40];
    struct err err = {0};
    int64_t run;
    for (size_t i = 0; i < n; i++)
        id[i] = (struct metric_id){given[i].entity, given[i].name, NULL, "", given[i].kind, UNIT_ONE, false};
    const struct store_run r = {.command = "run", .title = "", .scenario = name, .canonical = text, .version = "1", .quotas = "aws-2026",
                                .seed = 1, .duration_ns = 40 * SIM_S, .warmup_ns = warmup, .deadline_ns = -1, .replications = N_REPLICATION,
                                .metric = id, .n_metric = n, .fault = &fault, .n_fault = 1};
    bool ok = store_begin(s, &r, &run, &err) && store_point(s, 0, NULL, 0, &err);
    for (size_t k = 0; ok && k < N_REPLICATION; k++) {
        struct result *result = result_of(given, n, k);
        ok = store_result(s, 0, (uint32_t)k, result, &err);
        result_free(result);
    }
    if (!ok || !store_commit(s, &err))
        fail_msg("%s", err.text);
}

static struct query *query;
static const int64_t direct_run[] = {1}, topic_run[] = {2}, both[] = {1, 3};

static int open_database(void **state)
{
    struct err err = {0};
    struct store *s;
    (void)state;
    fixture_clean();
    const char *path = fixture_path("fan-out.db");
    memcpy(whole, topic, sizeof(topic));
    for (size_t i = 0; i < ARRAY_LEN(whole); i++)
        if (strcmp(whole[i].entity, "topic.orders[busan]") == 0)
            for (size_t k = 0; k < N_REPLICATION; k++)
                whole[i].value[k] = strcmp(whole[i].name, "delivered") == 0 ? 500 : 0;
    if (!store_open(&s, path, &err))
        return -1;
    add_run(s, "direct.cfg", direct_text, direct, ARRAY_LEN(direct), 0);
    add_run(s, "topic.cfg", topic_text, topic, ARRAY_LEN(topic), 5 * SIM_S);
    add_run(s, "whole.cfg", topic_text, whole, ARRAY_LEN(whole), 0);
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

static struct sheet *drawn(const char *name, const int64_t *run, size_t n_run)
{
    const struct chart_request r = {.query = query, .run = run, .n_run = n_run};
    struct err err = {0};
    struct sheet *s;
    char why[500];
    if (!chart_find(name)->layout(&r, &s, &err))
        fail_msg("%s: %s", name, err.text);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s: %s", name, why);
    return s;
}

/* The number of the way from one bar to another, as the table has it; "" : there is none. */
static const char *way(const struct sheet *s, const char *from, const char *to)
{
    size_t n_row, n_col;
    const char *const *cell = sheet_table(s, &n_row, &n_col);
    for (size_t i = 1; i <= n_row; i++)
        if (strcmp(cell[i * n_col], from) == 0 && strcmp(cell[i * n_col + 1], to) == 0)
            return cell[i * n_col + 2];
    return "";
}

static void flow_of_queues_adds_up(void **state)
{
    (void)state;
    struct sheet *s = drawn("flow", direct_run, 1);
    assert_string_equal(sheet_title(s), "Of 1,000 requests: 97.0 % in time, 2.0 % lost, 1.0 % late");
    assert_string_equal(way(s, "producer.shop", "lost"), "20");
    assert_string_equal(way(s, "sent", "queue.a"), "1,000");
    assert_string_equal(way(s, "sent", "queue.b"), "984");
    assert_string_equal(way(s, "queue.a", "deleted by consumers"), "986");
    assert_string_equal(way(s, "queue.a", "expired"), "3");
    assert_string_equal(way(s, "queue.a", "still there"), "4");
    assert_string_equal(way(s, "queue.a", "queue.a-dlq"), "7");
    assert_string_equal(way(s, "queue.a-dlq", "dead letters"), "7");
    assert_string_equal(way(s, "there before", "queue.a"), "");
    sheet_free(s);
}

static void flow_of_a_topic_adds_up(void **state)
{
    (void)state;
    struct sheet *s = drawn("flow", topic_run, 1);
    assert_string_equal(way(s, "producer.shop", "in time"), "1,000");
    assert_string_equal(way(s, "schedules", "in time"), "10");
    assert_string_equal(way(s, "topic.orders", "a"), "1,000");
    assert_string_equal(way(s, "topic.orders", "busan"), "1,000"); /* 888 + 12 + 100 */
    assert_string_equal(way(s, "topic.orders", "crm"), "992");     /* 962 + 30 */
    assert_string_equal(way(s, "topic.orders", "on their way"), "7");
    assert_string_equal(way(s, "a", "queue.a"), "1,000");
    assert_string_equal(way(s, "busan", "filtered out"), "100");
    assert_string_equal(way(s, "busan", "dropped"), "12");
    assert_string_equal(way(s, "crm", "taken by subscribers"), "962");
    assert_string_equal(way(s, "crm", "queue.letters"), "30");
    assert_string_equal(way(s, "queue.letters", "dead letters"), "30");
    assert_string_equal(way(s, "sent otherwise", "queue.a"), "20");
    assert_string_equal(way(s, "there before", "queue.a"), "5"); /* 1,020 sent, 1,025 deleted */
    assert_non_null(sheet_find(s, "warm-up"));
    sheet_free(s);
}

static void deliveries_are_told_subscriber_by_subscriber(void **state)
{
    (void)state;
    struct sheet *s = drawn("deliveries", topic_run, 1);
    assert_string_equal(sheet_title(s), "topic.orders: only crm needs retries, 20 for 481 deliveries; 21 given up");
    assert_non_null(sheet_find(s, "481 delivered, 20 retries, 15 dead letters"));
    assert_non_null(sheet_find(s, "444 delivered, 0 retries, 6 dropped"));
    assert_non_null(sheet_find(s, "endpoint.crm down"));
    assert_non_null(sheet_find(s, "warm-up included"));
    sheet_free(s);
}

/* 500 against 496 and 488 (mean 492), and 480. */
static void gaps_of_direct_and_topic_stand_side_by_side(void **state)
{
    (void)state;
    struct sheet *s = drawn("gap", both, 2);
    assert_string_equal(sheet_title(s), "direct: queue.c ends 20 messages short; whole: no queue ever lacks a message");
    assert_non_null(sheet_find(s, "8 short"));
    assert_non_null(sheet_find(s, "fed by service.web"));
    assert_non_null(sheet_find(s, "fed by topic.orders"));
    sheet_free(s);
}

static void expect_refusal(const char *chart, const int64_t *run, const char *entity, const char *part)
{
    const struct chart_request r = {.query = query, .run = run, .n_run = 1, .entity = entity};
    struct err err = {0};
    struct sheet *s = NULL;
    assert_false(chart_find(chart)->layout(&r, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
    if (strstr(err.text, part) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, part);
}

static void refusals_name_what_there_is(void **state)
{
    (void)state;
    expect_refusal("deliveries", direct_run, NULL, "has no topic and no bus");
    expect_refusal("deliveries", topic_run, "topic.x", "it has: topic.orders");
    expect_refusal("gap", direct_run, "queue.a", "does not feed several queues");
    expect_refusal("gap", topic_run, NULL, "get different messages"); /* b is not to hold what a holds */
}

static void formats_are_written(void **state)
{
    static const char *const name[] = {"flow", "deliveries", "gap"}, *const ending[] = {"png", "svg", "pdf"};
    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(name); c++)
        for (size_t f = 0; f < ARRAY_LEN(ending); f++) {
            char file[40];
            struct err err = {0};
            struct stat st;
            enum chart_format format;
            struct sheet *s = drawn(name[c], c == 2 ? both : topic_run, c == 2 ? 2 : 1);
            snprintf(file, sizeof(file), "%s.%s", name[c], ending[f]);
            assert_true(chart_format_of(file, &format));
            const char *path = fixture_path(file);
            assert_true(chart_write(s, path, format, &err));
            assert_true(stat(path, &st) == 0 && st.st_size > 1000);
            sheet_free(s);
        }
}

static bool page_says(const char *path, const char *text)
{
    static char page[1 << 22];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    page[fread(page, 1, sizeof(page) - 1, f)] = 0;
    fclose(f);
    return strstr(page, text) != NULL;
}

/* Flow and deliveries where there is a topic, gaps where queues are to hold the same. */
static void reports_show_what_fits(void **state)
{
    static const struct {
        int64_t     run[2];
        size_t      n;
        bool        flow, gap;
    } expected[] = {{{1}, 1, false, true}, {{2}, 1, true, false}, {{1, 3}, 2, true, true}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        struct err err = {0};
        const char *path = fixture_path("report.html");
        if (!report_html(query, expected[i].run, expected[i].n, path, &err))
            fail_msg("%s", err.text);
        assert_int_equal(page_says(path, "topic.orders: "), expected[i].flow);
        assert_int_equal(page_says(path, "what enters a bar is what leaves it") || page_says(path, "all into"), expected[i].flow);
        assert_int_equal(page_says(path, "against the fullest"), expected[i].gap);
    }
}

/* Targets are found in the order of the scenario, or by name where not all are counted. */
static void parts_know_their_targets(void **state)
{
    struct fanout f;
    struct err err = {0};
    (void)state;
    assert_true(fanout_open(&f, query, 2, &err));
    assert_int_equal(f.n, 1);
    assert_int_equal(f.fan[0].n, 3);
    assert_string_equal(f.fan[0].part[1].name, "busan");
    assert_string_equal(f.fan[0].part[1].target, "queue.b");
    assert_null(f.fan[0].part[1].dead);
    assert_string_equal(f.fan[0].part[2].target, "endpoint.crm");
    assert_string_equal(f.fan[0].part[2].dead, "queue.letters");
    fanout_close(&f);
}

/* Each allocation on the way from the database to the sheet fails once. */
static void short_memory_is_survived(void **state)
{
    static const char *const name[] = {"flow", "deliveries", "gap"};
    (void)state;
    for (size_t c = 0; c < ARRAY_LEN(name); c++)
        for (long n = 1; n < 260; n++) {
            const struct chart_request r = {.query = query, .run = c == 2 ? both : topic_run, .n_run = c == 2 ? 2 : 1};
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
        cmocka_unit_test(flow_of_queues_adds_up),
        cmocka_unit_test(flow_of_a_topic_adds_up),
        cmocka_unit_test(deliveries_are_told_subscriber_by_subscriber),
        cmocka_unit_test(gaps_of_direct_and_topic_stand_side_by_side),
        cmocka_unit_test(refusals_name_what_there_is),
        cmocka_unit_test(formats_are_written),
        cmocka_unit_test(reports_show_what_fits),
        cmocka_unit_test(parts_know_their_targets),
        cmocka_unit_test(short_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
