/* The ready-made views, asked in plain SQL as a reader of the file would. Expected rows are worked
 * out from the head of fixture_store.h. Also: the same results make the same rows, runs add up, and
 * a run can be deleted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "fixture_store.h"
#include "mem.h"
#include "query.h"
#include "store.h"

static const char *stored(const char *name, unsigned runs)
{
    struct err err = {0};
    struct store *s;
    const char *path = fixture_path(name);
    if (!store_open(&s, path, &err))
        fail_msg("%s", err.text);
    for (unsigned i = 0; i < runs; i++)
        fixture_store(s, 3);
    store_close(s);
    return path;
}

/* Rows as "a|b|c" lines; NULL as nothing, reals with six digits. */
static void expect_rows(const char *path, const char *sql, const char *expected)
{
    sqlite3 *db;
    sqlite3_stmt *stmt = NULL;
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    while (sqlite3_step(stmt) == SQLITE_ROW)
        for (int c = 0; c < sqlite3_column_count(stmt); c++) {
            if (sqlite3_column_type(stmt, c) == SQLITE_FLOAT)
                fprintf(out, "%.6g", sqlite3_column_double(stmt, c));
            else if (sqlite3_column_type(stmt, c) != SQLITE_NULL)
                fputs((const char *)sqlite3_column_text(stmt, c), out);
            fputs(c + 1 < sqlite3_column_count(stmt) ? "|" : "\n", out);
        }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    fclose(out);
    if (strcmp(text, expected) != 0)
        fail_msg("%s\n%sinstead of\n%s", sql, text, expected);
    free(text);
}

static void metric_view(void **state)
{
    (void)state;
    const char *path = fixture_path("views.db");
    expect_rows(path,
                "SELECT point, replication, stat, value, unit FROM v_metric WHERE metric = 'sent'",
                "0|0|sum|100|1\n0|0|rate|3.33333|1/s\n0|1|sum|101|1\n0|1|rate|3.36667|1/s\n"
                "0|2|sum|102|1\n0|2|rate|3.4|1/s\n");
    expect_rows(path,
                "SELECT stat, value, unit FROM v_metric WHERE metric = 'depth' AND replication = 1",
                "mean|2.5|1\nsd|1.5|1\nmin|0|1\nmax|4|1\nlast|3|1\nmin_at|0|ns\nmax_at|1e+10|ns\np50|3|1\np90|4|1\np95|4|1\np99|"
                "4|1\np99.9|4|1\n");
    /* 1 s lies in [999,817,216; 1,000,341,504): steps of 2^19, middle 1,000,079,359.5 */
    expect_rows(
        path,
        "SELECT stat, value, unit FROM v_metric WHERE metric = 'latency' AND replication = 0"
        " AND stat NOT IN ('p50', 'p90', 'p95', 'p99')",
        "count|2|1\nsum|1.01e+09|ns\nrate|0.0666667|1/"
        "s\nmean|5.05e+08|ns\nsd|0.25|ns\nmin|1e+07|ns\n"
        "max|1e+09|ns\np99.9|1.00008e+09|ns\n");
}

static void summary_view(void **state)
{
    (void)state;
    expect_rows(fixture_path("views.db"),
                "SELECT entity, metric, stat, mean, min, max, replications, unit FROM v_summary"
                " WHERE stat = 'mean' OR metric = 'sent'",
                "|latency|mean|3.71111e+08|2.65e+08|5.05e+08|3|ns\n"
                "queue.orders|depth|mean|2.5|2.33333|2.66667|3|1\n"
                "queue.orders|sent|rate|3.36667|3.33333|3.4|3|1/s\n"
                "queue.orders|sent|sum|101|100|102|3|1\n");
}

static void series_view(void **state)
{
    (void)state;
    const char *path = fixture_path("views.db");
    expect_rows(
        path,
        "SELECT metric, bucket, from_s, to_s, value, max, unit FROM v_series WHERE replication = 1"
        " ORDER BY metric, bucket",
        "depth|0|0|10|0|0|1\ndepth|1|10|20|4|4|1\ndepth|2|20|30|3.5|4|1\n"
        "latency|0|0|10|1.5e+07|2e+07|ns\nlatency|1|10|20|||ns\nlatency|2|20|30|1e+09|1e+09|ns\n"
        "sent|0|0|10|50||1\nsent|1|10|20|50||1\nsent|2|20|30|1||1\n");
}

/* 10 ms three times, 20 ms twice, 30 ms once, 1 s three times; buckets of 2^18 and 2^24 ns. */
static void histogram_view(void **state)
{
    (void)state;
    const char *path = fixture_path("views.db");
    expect_rows(
        path, "SELECT low, high, count, unit, count_unit FROM v_histogram WHERE metric = 'depth'",
        "0|1|30000000000|1|ns\n2|3|5000000000|1|ns\n3|4|5000000000|1|ns\n4|5|50000000000|1|ns\n");
    expect_rows(
        path, "SELECT low, high, count, unit, count_unit FROM v_histogram WHERE metric = 'latency'",
        "9961472|10223616|3|ns|1\n19922944|20447232|2|ns|1\n29884416|30408704|1|ns|1\n"
        "989855744|1006632960|3|ns|1\n");
}

static void fate_views(void **state)
{
    (void)state;
    const char *path = fixture_path("views.db");
    expect_rows(path, "SELECT * FROM v_fates WHERE replication < 2",
                "1|0|0|10|6|2|1|1|3|1|0.6\n1|0|1|10|6|2|1|1|3|1|0.6\n");
    expect_rows(path, "SELECT * FROM v_fates_by_birth WHERE replication = 2",
                "1|0|2|0|0|15|6|4|1|0|1|3|1\n1|0|2|1|15|30|4|2|1|1|0|0|0\n");
}

static void run_and_its_texts(void **state)
{
    (void)state;
    const char *path = fixture_path("views.db");
    expect_rows(path,
                "SELECT run, title, seed, replications, duration_s, drain_s, deadline_s FROM v_run",
                "1|" FIXTURE_TITLE "|18446744073709551615|3|30|0|10\n");
    expect_rows(path, "SELECT number, name, length(text) FROM file",
                "0|common.cfg|11\n1|decoupled.cfg|13\n");
    expect_rows(path, "SELECT text FROM override", "queue.orders.visibility_timeout=45s\n");
    expect_rows(path, "SELECT kind, name FROM entity", "database|orders\nqueue|orders\n");
    expect_rows(path,
                "SELECT e.kind, p.fingerprint, r.fingerprint, r.events FROM entity_fingerprint p"
                " JOIN entity e ON e.id = p.entity JOIN replication r ON r.id = p.replication "
                "WHERE r.number = 1",
                "database|fedcba9876543210|0000000000000abd|1001\nqueue|0000000000000001|"
                "0000000000000abd|1001\n");
}

/* The last bucket takes all that comes later, and may end early: a level's mean is over what it
 * covers. */
static void series_of_an_odd_end(void **state)
{
    (void)state;
    struct err err = {0};
    const char *path = fixture_path("odd.db");
    struct store_run run = fixture_run;
    struct store *s;
    struct query *q;
    struct query_series series;
    int64_t id;
    run.duration_ns = 20 * SIM_S;
    run.drain_ns = 5 * SIM_S; /* the last bucket covers 5 s of its 10 */
    struct result *r = fixture_result(0);
    r->metric[1].series->sum[2] = 3 * 5 * SIM_S; /* 3 all the time */
    assert_true(store_open(&s, path, &err) && store_begin(s, &run, &id, &err) &&
                store_point(s, 0, NULL, 0, &err) && store_result(s, 0, 0, r, &err) &&
                store_commit(s, &err));
    store_close(s);
    result_free(r);
    assert_true(query_open(&q, path, &err) &&
                query_series(q, 1, 0, "queue.orders", "depth", &series, &err));
    assert_true(series.value[2] == 3);
    query_series_free(&series);
    query_close(q);
    expect_rows(path,
                "SELECT from_s, to_s, value FROM v_series WHERE metric = 'depth' AND bucket = 2",
                "20|25|3\n");
}

static void design_points(void **state)
{
    (void)state;
    struct err err = {0};
    const char *path = fixture_path("points.db");
    const struct store_setting settings[2][2] = {
        {{"fleet.w.size", "10"}, {"queue.q.visibility_timeout", "30s"}},
        {{"fleet.w.size", "20"}, {"queue.q.visibility_timeout", "30s"}}};
    struct store *s;
    struct query *q;
    int64_t id;
    struct result *r = fixture_result(0), *r1 = fixture_result(1);
    assert_true(store_open(&s, path, &err) && store_begin(s, &fixture_run, &id, &err));
    assert_true(store_point(s, 0, settings[0], 2, &err) && store_result(s, 0, 0, r, &err));
    assert_true(store_point(s, 1, settings[1], 2, &err) && store_result(s, 1, 0, r, &err) &&
                store_result(s, 1, 1, r1, &err));
    assert_true(store_commit(s, &err));
    store_close(s);
    result_free(r);
    result_free(r1);
    expect_rows(path, "SELECT point, path, value FROM v_setting",
                "0|fleet.w.size|10\n0|queue.q.visibility_timeout|30s\n"
                "1|fleet.w.size|20\n1|queue.q.visibility_timeout|30s\n");
    expect_rows(path,
                "SELECT point, sum(count) FROM v_histogram WHERE metric = 'latency' GROUP BY point",
                "0|2\n1|5\n");
    double *x;
    size_t n;
    assert_true(query_open(&q, path, &err) &&
                query_values(q, 1, 1, "queue.orders", "sent", "sum", &x, &n, &err));
    assert_true(n == 2 && x[0] == 100 && x[1] == 101);
    mem_release(x);
    query_close(q);
}

static void runs_add_up(void **state)
{
    (void)state;
    const char *path = stored("two.db", 1);
    stored("two.db", 1);
    expect_rows(path, "SELECT id FROM run", "1\n2\n");
    expect_rows(path, "SELECT run, count(*) FROM v_fates GROUP BY run", "1|3\n2|3\n");
    expect_rows(
        path,
        "SELECT run, sum(value) FROM v_metric WHERE metric = 'sent' AND stat = 'sum' GROUP BY run",
        "1|303\n2|303\n");
}

static void same_results_same_rows(void **state)
{
    (void)state;
    char *a = fixture_dump(stored("same-a.db", 2)), *b = fixture_dump(stored("same-b.db", 2));
    assert_true(strlen(a) > 5000);
    assert_string_equal(a, b);
    free(a);
    free(b);
}

static void a_run_can_be_deleted(void **state)
{
    (void)state;
    const char *path = stored("delete.db", 2);
    char *one = fixture_dump(stored("delete-one.db", 1));
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA foreign_keys = ON; DELETE FROM run WHERE id = 2",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    expect_rows(path, "SELECT count(*) FROM pragma_foreign_key_check", "0\n");
    char *left = fixture_dump(path);
    assert_string_equal(left, one);
    free(one);
    free(left);
}

/* What no run may say is refused by the file itself. */
static void broken_conservation_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    const char *path = fixture_path("broken.db");
    struct store *s;
    int64_t id;
    struct result *r = fixture_result(0);
    r->fates.lost++;
    assert_true(store_open(&s, path, &err) && store_begin(s, &fixture_run, &id, &err) &&
                store_point(s, 0, NULL, 0, &err));
    assert_false(store_result(s, 0, 0, r, &err));
    assert_int_equal(err.class, ERR_INTERNAL);
    store_close(s);
    result_free(r);
    assert_int_equal(access(path, F_OK), -1);
}

/* The reference page has a heading for each table and view, and names each of its columns below it.
 */
static void described(const char *page, const char *table, const char *column)
{
    char heading[100], name[100];
    snprintf(heading, sizeof(heading), "\n### %s\n", table);
    snprintf(name, sizeof(name), "`%s`", column);
    const char *from = strstr(page, heading);
    if (from == NULL)
        fail_msg("the reference page has no '%s'", table);
    const char *to = strstr(from + strlen(heading), "\n#"), *at = strstr(from, name);
    if (at == NULL || (to != NULL && at > to))
        fail_msg("the reference page does not describe '%s' of '%s'", column, table);
}

static void reference_page(void **state)
{
    (void)state;
    static char page[20000];
    FILE *f = fopen(SOURCE_DIR "/docs/reference/schema.md", "r");
    assert_non_null(f);
    assert_true(fread(page, 1, sizeof(page) - 1, f) > 1000);
    fclose(f);
    sqlite3 *db;
    sqlite3_stmt *stmt = NULL;
    int n = 0;
    assert_int_equal(sqlite3_open_v2(fixture_path("views.db"), &db, SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT s.name, c.name FROM sqlite_schema s, pragma_table_info(s.name) c"
                           " WHERE s.type IN ('table', 'view')",
                           -1, &stmt, NULL),
        SQLITE_OK);
    for (; sqlite3_step(stmt) == SQLITE_ROW; n++)
        described(page, (const char *)sqlite3_column_text(stmt, 0),
                  (const char *)sqlite3_column_text(stmt, 1));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    assert_true(n > 150);
}

static int setup(void **state)
{
    (void)state;
    fixture_clean();
    stored("views.db", 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metric_view),          cmocka_unit_test(summary_view),
        cmocka_unit_test(series_view),          cmocka_unit_test(histogram_view),
        cmocka_unit_test(fate_views),           cmocka_unit_test(run_and_its_texts),
        cmocka_unit_test(series_of_an_odd_end), cmocka_unit_test(design_points),
        cmocka_unit_test(runs_add_up),          cmocka_unit_test(same_results_same_rows),
        cmocka_unit_test(a_run_can_be_deleted), cmocka_unit_test(broken_conservation_is_refused),
        cmocka_unit_test(reference_page),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
