/* test_store_many.c - rows that go in together are all there, however many there are: as many metrics as make no whole
 * statement, one, or one and a bit; and pooled histograms of more rows than a statement has. Each number is its own place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "mem.h"
#include "store.h"

#define METRICS_MAX 97
#define POINTS      3

static char path[64], name[METRICS_MAX][16];
static struct metric_id id[METRICS_MAX];

static void add(struct metric_value *m, int64_t value)
{
    if (m->hist == NULL) {
        m->hist = mem_get(sizeof(*m->hist));
        assert_non_null(m->hist);
        hist_init(m->hist);
    }
    hist_add(m->hist, value);
}

/* Metric m of point p: count 1000 p + m, one value p in its histogram; the first one has every second number to 2 (40 + p)
 * as well in the first replication, but not in the second. */
static struct result *result(uint32_t n, uint32_t point, uint32_t replication)
{
    struct result *r = result_new(n, 0);
    assert_non_null(r);
    for (uint32_t m = 0; m < n; m++) {
        r->metric[m].n = 1000 * point + m;
        r->metric[m].sum = m;
        add(&r->metric[m], point);
    }
    for (int64_t i = 0; replication == 0 && i < 40 + point; i++)
        add(&r->metric[0], 2 * i);
    return r;
}

static void store(uint32_t n)
{
    struct err err = {0};
    struct store *s;
    int64_t number;
    const struct store_run run = {"sweep", "", "", "", "", "", .replications = 2, .metric = id, .n_metric = n, .deadline_ns = -1};
    unlink(path);
    bool ok = store_open(&s, path, &err) && store_begin(s, &run, &number, &err);
    for (uint32_t p = 0; ok && p < POINTS; p++) {
        struct result *first = result(n, p, 0), *second = result(n, p, 1);
        ok = store_point(s, p, NULL, 0, &err) && store_result(s, p, 0, first, &err) && store_result(s, p, 1, second, &err);
        result_free(first);
        result_free(second);
    }
    if (!ok || !store_commit(s, &err))
        fail_msg("%u metrics: %s", n, err.text);
    store_close(s);
}

static void expect(sqlite3 *db, uint32_t n, const char *sql, int64_t right)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    if (sqlite3_column_int64(stmt, 0) != right)
        fail_msg("%u metrics: %s: %lld, not %lld", n, sql, sqlite3_column_int64(stmt, 0), (long long)right);
    sqlite3_finalize(stmt);
}

static void all_are_there(void **state)
{
    static const uint32_t metrics[] = {1, 2, 31, 32, 33, 63, 64, 65, METRICS_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++) {
        uint32_t n = metrics[i];
        sqlite3 *db;
        store(n);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        expect(db, n, "SELECT count(*) FROM metric_value", 2 * n * POINTS);
        expect(db, n, "SELECT count(*) FROM metric_value WHERE count = 1000 * ((replication - 1) / 2) + metric - 1 AND sum = metric - 1",
               2 * n * POINTS);
        expect(db, n, "SELECT count(*) FROM pooled WHERE metric > 1", (n - 1) * POINTS);
        expect(db, n, "SELECT count(*) FROM pooled WHERE metric > 1 AND low = point - 1 AND count = 2", (n - 1) * POINTS);
        expect(db, n, "SELECT sum(count) FROM pooled WHERE metric = 1", 6 + 40 + 41 + 42);
        expect(db, n, "SELECT count(*) FROM pooled WHERE metric = 1 AND point = 1", 40);
        expect(db, n, "SELECT count(*) FROM pooled WHERE metric = 1 AND point = 2", 42); /* and 1 */
        expect(db, n, "SELECT max(low) FROM pooled WHERE metric = 1 AND point = 3", 82);
        sqlite3_close(db);
    }
    unlink(path);
}

int main(void)
{
    snprintf(path, sizeof(path), "many-%d.db", (int)getpid());
    for (int i = 0; i < METRICS_MAX; i++) {
        snprintf(name[i], sizeof(name[i]), "m%d", i);
        id[i] = (struct metric_id){.entity = "", .name = name[i], .kind = OBS_TALLY};
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_are_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
