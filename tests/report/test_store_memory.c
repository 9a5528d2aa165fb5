/* Every allocation fails once, ours and SQLite's: the answer is "memory is short" or a whole
 * result, never a crash, a leak or half a run. */
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

static struct result *result;

static bool write_run(const char *path, struct err *err)
{
    struct store *s;
    int64_t run;
    if (!store_open(&s, path, err))
        return false;
    bool ok = store_begin(s, &fixture_run, &run, err) && store_point(s, 0, NULL, 0, err) &&
              store_result(s, 0, 0, result, err) && store_commit(s, err);
    store_close(s);
    return ok;
}

static bool read_run(const char *path, struct err *err)
{
    struct query *q;
    struct query_run *run = NULL;
    struct query_metric *metric = NULL;
    struct query_fault *fault = NULL;
    struct query_series series = {0};
    struct query_hist hist = {0};
    struct query_fates fates = {0};
    size_t n_run = 0, n_metric = 0, n_fault = 0, n = 0;
    double *stored = NULL, *any = NULL;
    if (!query_open(&q, path, err))
        return false;
    bool ok = query_runs(q, &run, &n_run, err) && query_metrics(q, 1, &metric, &n_metric, err) &&
              query_faults(q, 1, &fault, &n_fault, err) &&
              query_values(q, 1, 0, "", "latency", "p99", &stored, &n, err) &&
              query_values(q, 1, 0, "", "latency", "p98", &any, &n, err) &&
              query_series(q, 1, 0, "", "latency", &series, err) &&
              query_hist(q, 1, 0, "", "latency", &hist, err) && query_fates(q, 1, 0, &fates, err);
    query_runs_free(run, n_run);
    query_metrics_free(metric, n_metric);
    query_faults_free(fault, n_fault);
    query_series_free(&series);
    query_hist_free(&hist);
    query_fates_free(&fates);
    mem_release(stored);
    mem_release(any);
    query_close(q);
    return ok;
}

static void told(bool ok, const struct err *err, long n)
{
    if (!ok && (err->class != ERR_OS || strstr(err->text, "memory is short") == NULL))
        fail_msg("allocation %ld: class %d '%s'", n, (int)err->class, err->text);
}

static void ours_while_writing(void **state)
{
    (void)state;
    const char *path = fixture_path("writing.db");
    long failed = 0;
    for (long n = 1;; n++) {
        struct err err = {0};
        mem_fail_at(n);
        bool ok = write_run(path, &err);
        long made = mem_count();
        mem_fail_at(0);
        told(ok, &err, n);
        assert_int_equal(access(path, F_OK), ok ? 0 : -1);
        unlink(path);
        failed += !ok;
        if (n > made)
            break;
    }
    assert_true(failed >= 6);
}

static void ours_while_reading(void **state)
{
    (void)state;
    const char *path = fixture_path("reading.db");
    struct err none = {0};
    long failed = 0;
    assert_true(write_run(path, &none));
    for (long n = 1;; n++) {
        struct err err = {0};
        mem_fail_at(n);
        bool ok = read_run(path, &err);
        long made = mem_count();
        mem_fail_at(0);
        told(ok, &err, n);
        failed += !ok;
        if (n > made)
            break;
    }
    assert_true(failed >= 30);
}

/* --- SQLite's own --- */

static sqlite3_mem_methods real;
static long fail_in;

static void *refusing_malloc(int n)
{
    return fail_in > 0 && --fail_in == 0 ? NULL : real.xMalloc(n);
}

static void *refusing_realloc(void *old, int n)
{
    return fail_in > 0 && --fail_in == 0 ? NULL : real.xRealloc(old, n);
}

/* Some it can do without; what it cannot, it must tell. There are thousands: each of the first,
 * then ever fewer. */
static void those_of_sqlite(void **state)
{
    (void)state;
    const char *path = fixture_path("sqlite.db");
    struct err none = {0};
    long failed = 0;
    assert_true(write_run(path, &none));
    char *one = fixture_dump(path);
    for (long n = 1;; n += 1 + n / 12) {
        struct err writing = {0}, reading = {0};
        unlink(path);
        fail_in = n;
        bool wrote = write_run(path, &writing);
        bool over = fail_in > 0;
        fail_in = 0;
        told(wrote, &writing, n);
        assert_int_equal(access(path, F_OK), wrote ? 0 : -1);
        if (!wrote)
            assert_true(write_run(path, &none));
        char *now = fixture_dump(path);
        assert_string_equal(now, one);
        free(now);
        fail_in = n;
        bool read = read_run(path, &reading);
        fail_in = 0;
        told(read, &reading, n);
        failed += !wrote + !read;
        if (over)
            break;
    }
    free(one);
    assert_true(failed >= 40);
}

static int setup(void **state)
{
    (void)state;
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
    sqlite3_mem_methods refusing = real;
    refusing.xMalloc = refusing_malloc;
    refusing.xRealloc = refusing_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &refusing), SQLITE_OK);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
    fixture_clean();
    result = fixture_result(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    result_free(result);
    fixture_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ours_while_writing),
        cmocka_unit_test(ours_while_reading),
        cmocka_unit_test(those_of_sqlite),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
