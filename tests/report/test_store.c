/* What goes into a result file comes out again. Expected numbers are worked out from the head of
 * fixture_store.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "fixture_store.h"
#include "mem.h"
#include "query.h"
#include "store.h"

static const char *path;

static int setup(void **state)
{
    (void)state;
    struct err err = {0};
    struct store *s;
    fixture_clean();
    path = fixture_path("round.db");
    if (!store_open(&s, path, &err))
        fail_msg("%s", err.text);
    assert_int_equal(fixture_store(s, 3), 1);
    store_close(s);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_clean();
    return 0;
}

static struct query *opened(void)
{
    struct err err = {0};
    struct query *q;
    if (!query_open(&q, path, &err))
        fail_msg("%s", err.text);
    return q;
}

static void expect_values(const char *entity, const char *metric, const char *stat,
                          const double *expected)
{
    struct err err = {0};
    struct query *q = opened();
    double *x;
    size_t n;
    if (!query_values(q, 1, 0, entity, metric, stat, &x, &n, &err))
        fail_msg("%s", err.text);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i] - expected[i]) > 1e-12 * fabs(expected[i]) ||
            isnan(x[i]) != isnan(expected[i]))
            fail_msg("%s.%s of replication %zu: %.17g, not %.17g", metric, stat, i, x[i],
                     expected[i]);
    mem_release(x);
    query_close(q);
}
#define EXPECT(entity, metric, stat, a, b, c)                                                      \
    expect_values(entity, metric, stat, (const double[]){a, b, c})

static void stats_of_each_kind(void **state)
{
    (void)state;
    EXPECT("queue.orders", "sent", "sum", 100, 101, 102);
    EXPECT("queue.orders", "NumberOfMessagesSent", "sum", 100, 101, 102);
    EXPECT("queue.orders", "sent", "rate", 100 / 30.0, 101 / 30.0, 102 / 30.0);
    EXPECT("queue.orders", "depth", "mean", 70 / 30.0, 75 / 30.0, 80 / 30.0);
    EXPECT("queue.orders", "depth", "sd", 1.5, 1.5, 1.5);
    EXPECT("queue.orders", "depth", "min", 0, 0, 0);
    EXPECT("queue.orders", "depth", "max", 4, 4, 4);
    EXPECT("queue.orders", "depth", "last", 2, 3, 4);
    EXPECT("", "latency", "count", 2, 3, 4);
    EXPECT("", "latency", "sum", 1.01e9, 1.03e9, 1.06e9);
    EXPECT("", "latency", "mean", 1.01e9 / 2, 1.03e9 / 3, 1.06e9 / 4);
    EXPECT("", "latency", "rate", 2 / 30.0, 3 / 30.0, 4 / 30.0);
}

/* The depth is 0 for 10 s, 2 + r for 5 s and 4 for 15 s of 30 s; a share of 0.4 falls between the
 * first two. */
static void quantiles_stored_and_any(void **state)
{
    (void)state;
    EXPECT("queue.orders", "depth", "p50", 2, 3, 4);
    EXPECT("queue.orders", "depth", "p99", 4, 4, 4);
    EXPECT("queue.orders", "depth", "p40", 2, 3, 4);
    EXPECT("queue.orders", "depth", "p33", 0, 0, 0);
    EXPECT("queue.orders", "depth", "p33.4", 2, 3, 4);
    EXPECT("queue.orders", "depth", "p50.1", 4, 4, 4);
    /* 10 ms lies in [9,994,240; 10,002,432): octave 13, steps of 8,192 */
    EXPECT("", "latency", "p20", 9998335.5, 9998335.5, 9998335.5);
}

static void refused_names(void **state)
{
    (void)state;
    static const struct {
        const char *entity, *metric, *stat, *text;
    } cases[] = {
        {"queue.orders", "dept", "mean",
         "no metric 'queue.orders.dept' (did you mean 'queue.orders.depth'?)"},
        {"queue.order", "depth", "mean",
         "no metric 'queue.order.depth' (did you mean 'queue.orders.depth'?)"},
        {"", "xyz", "mean", "no metric 'xyz' in run 1 of"},
        {"", "latency", "p100", "'p100' is no statistic"},
        {"", "latency", "last", "'latency' has no 'last': it is a tally"},
        {"queue.orders", "sent", "mean",
         "'sent' has no 'mean': it is a counter, which has sum and rate"},
    };
    struct query *q = opened();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = {0};
        double *x;
        size_t n;
        assert_false(
            query_values(q, 1, 0, cases[i].entity, cases[i].metric, cases[i].stat, &x, &n, &err));
        assert_int_equal(err.class, ERR_DATA);
        if (strncmp(err.text, cases[i].text, strlen(cases[i].text)) != 0)
            fail_msg("'%s' instead of '%s'", err.text, cases[i].text);
    }
    struct err none = {0}, point = {0};
    struct query_series s;
    assert_false(query_series(q, 7, 0, "", "latency", &s, &none));
    assert_non_null(strstr(none.text, "holds no run 7"));
    assert_false(query_series(q, 1, 3, "", "latency", &s, &point));
    assert_non_null(strstr(point.text, "no design point 3"));
    query_close(q);
}

static void runs_metrics_faults(void **state)
{
    (void)state;
    struct err err = {0};
    struct query *q = opened();
    struct query_run *run;
    struct query_metric *metric;
    struct query_fault *fault;
    size_t n;
    assert_true(query_runs(q, &run, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(run->id, 1);
    assert_string_equal(run->title, FIXTURE_TITLE);
    assert_string_equal(run->scenario, "scenarios/order-intake/decoupled.cfg");
    assert_string_equal(run->command, "run");
    assert_string_equal(run->version, "0.1.0");
    assert_true(run->seed == UINT64_MAX);
    assert_int_equal(run->duration_ns, 30000000000);
    assert_int_equal(run->deadline_ns, 10000000000);
    assert_int_equal(run->n_replication, 3);
    query_runs_free(run, n);
    assert_true(query_metrics(q, 1, &metric, &n, &err));
    assert_int_equal(n, 3);
    assert_string_equal(metric[0].cloudwatch, "NumberOfMessagesSent");
    assert_null(metric[1].cloudwatch);
    assert_int_equal(metric[1].kind, OBS_LEVEL);
    assert_string_equal(metric[2].entity, "");
    assert_string_equal(metric[2].unit, "ns");
    query_metrics_free(metric, n);
    assert_true(query_faults(q, 1, &fault, &n, &err));
    assert_int_equal(n, 1);
    assert_string_equal(fault->target, "database.orders");
    assert_string_equal(fault->effect, "down");
    assert_int_equal(fault->from_ns, 5000000000);
    assert_int_equal(fault->to_ns, 12000000000);
    query_faults_free(fault, n);
    query_close(q);
}

static void expect_series(const char *entity, const char *metric, const double *value,
                          const double *max)
{
    struct err err = {0};
    struct query *q = opened();
    struct query_series s;
    if (!query_series(q, 1, 0, entity, metric, &s, &err))
        fail_msg("%s", err.text);
    assert_int_equal(s.n_replication, 3);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.width_ns, 10000000000);
    for (size_t i = 0; i < 9; i++) {
        assert_true(isnan(value[i]) ? isnan(s.value[i]) : s.value[i] == value[i]);
        assert_true(isnan(max[i]) ? isnan(s.max[i]) : s.max[i] == max[i]);
    }
    query_series_free(&s);
    query_close(q);
}

static void series_of_each_kind(void **state)
{
    (void)state;
    const double none = NAN;
    expect_series("queue.orders", "sent", (const double[]){50, 50, 0, 50, 50, 1, 50, 50, 2},
                  (const double[]){none, none, none, none, none, none, none, none, none});
    expect_series("queue.orders", "depth", (const double[]){0, 4, 3, 0, 4, 3.5, 0, 4, 4},
                  (const double[]){0, 4, 4, 0, 4, 4, 0, 4, 4});
    expect_series("", "latency", (const double[]){1e7, none, 1e9, 1.5e7, none, 1e9, 2e7, none, 1e9},
                  (const double[]){1e7, none, 1e9, 2e7, none, 1e9, 3e7, none, 1e9});
}

static void pooled_histogram(void **state)
{
    (void)state;
    struct err err = {0};
    struct query *q = opened();
    struct query_hist h;
    if (!query_hist(q, 1, 0, "queue.orders", "depth", &h, &err))
        fail_msg("%s", err.text);
    assert_int_equal(h.n, 4); /* 0, 2, 3, 4 */
    const double low[] = {0, 2, 3, 4};
    const uint64_t seconds[] = {30, 5, 5, 50};
    for (size_t i = 0; i < 4; i++) {
        assert_true(h.low[i] == low[i] && h.high[i] == low[i] + 1);
        assert_true(h.count[i] == seconds[i] * 1000000000);
    }
    assert_true(h.total == UINT64_C(90000000000));
    query_hist_free(&h);
    query_close(q);
}

static void fates(void **state)
{
    (void)state;
    struct err err = {0};
    struct query *q = opened();
    struct query_fates f;
    if (!query_fates(q, 1, 0, &f, &err))
        fail_msg("%s", err.text);
    assert_int_equal(f.n, 2);
    assert_int_equal(f.width_ns, 15000000000);
    assert_true(f.in_time[0] == 4 && f.late[0] == 1 && f.waiting[0] == 0 && f.lost[0] == 1);
    assert_true(f.in_time[1] == 2 && f.late[1] == 1 && f.waiting[1] == 1 && f.lost[1] == 0);
    assert_true(f.total_offered == 10 && f.total_in_time == 6 && f.total_late == 2);
    assert_true(f.total_waiting == 1 && f.total_lost == 1);
    query_fates_free(&f);
    query_close(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stats_of_each_kind),
        cmocka_unit_test(quantiles_stored_and_any),
        cmocka_unit_test(refused_names),
        cmocka_unit_test(runs_metrics_faults),
        cmocka_unit_test(series_of_each_kind),
        cmocka_unit_test(pooled_histogram),
        cmocka_unit_test(fates),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
