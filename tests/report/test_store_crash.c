/* Writers that are killed, crowded out or run out of room leave whole runs and nothing else. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "fixture_store.h"
#include "mem.h"
#include "query.h"
#include "store_int.h"

#define REPLICATIONS 20
#define KILLS        100

static struct store *opened(const char *path)
{
    struct err err = {0};
    struct store *s;
    if (!store_open(&s, path, &err))
        fail_msg("%s", err.text);
    return s;
}

/* --- killed --- */

static void write_for_ever(const char *path, int ready)
{
    struct err err = {0};
    struct store *s;
    int64_t run;
    if (!store_open(&s, path, &err) || write(ready, "!", 1) != 1)
        _exit(1);
    while (fixture_try(s, REPLICATIONS, &run, &err))
        ;
    fprintf(stderr, "%s\n", err.text);
    _exit(2);
}

static pid_t start_writer(const char *path)
{
    int pipe_end[2];
    char byte;
    assert_int_equal(pipe(pipe_end), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        write_for_ever(path, pipe_end[1]);
    close(pipe_end[1]);
    assert_int_equal(read(pipe_end[0], &byte, 1), 1);
    close(pipe_end[0]);
    return child;
}

static int64_t count(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return n;
}

/* Number of runs, each of which must be whole. */
static int64_t whole_runs(const char *path, unsigned seed)
{
    struct err err = {0};
    struct query *q;
    struct query_run *run;
    struct stat st;
    size_t n;
    if (stat(path, &st) == 0 && st.st_size == 0)
        return 0;
    if (!query_open(&q, path, &err) && strstr(err.text, "is empty") == NULL)
        fail_msg("seed %u: %s", seed, err.text);
    if (q == NULL)
        return 0;
    if (!query_runs(q, &run, &n, &err))
        fail_msg("seed %u: %s", seed, err.text);
    query_runs_free(run, n);
    query_close(q);
    assert_int_equal(count(path, "SELECT count(*) FROM run WHERE fingerprint IS NOT NULL"), n);
    assert_int_equal(count(path, "SELECT count(*) FROM replication"), n * REPLICATIONS);
    assert_int_equal(count(path, "SELECT count(*) FROM metric_value"), n * REPLICATIONS * 3);
    assert_int_equal(count(path, "SELECT count(*) FROM fate_by_birth"), n * REPLICATIONS * 2);
    assert_int_equal(count(path, "SELECT count(DISTINCT point || '.' || metric) FROM pooled"),
                     n * 2);
    return (int64_t)n;
}

/* Microseconds that a run takes here and now, so that kills fall into all of its moments. */
static long one_run(const char *path)
{
    struct timespec from, to;
    struct store *s = opened(path);
    clock_gettime(CLOCK_MONOTONIC, &from);
    fixture_store(s, REPLICATIONS);
    clock_gettime(CLOCK_MONOTONIC, &to);
    store_close(s);
    long us = (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
    return us < 1000 ? 1000 : us > 30000 ? 30000 : us;
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    const char *path = fixture_path("killed.db");
    char journal[900];
    unsigned seed = (unsigned)getpid(), halves = 0;
    long us = one_run(path);
    int64_t before = 1;
    srand(seed);
    snprintf(journal, sizeof(journal), "%s-journal", path);
    for (int i = 0; i < KILLS; i++) {
        pid_t child = start_writer(path);
        int status;
        usleep((useconds_t)(rand() % (2 * us)));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        halves += access(journal, F_OK) == 0;
        int64_t now = whole_runs(path, seed);
        if (now < before)
            fail_msg("seed %u, kill %d: %lld runs after %lld", seed, i, (long long)now,
                     (long long)before);
        before = now;
    }
    assert_int_equal(
        count(path, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
        0);
    assert_int_equal(count(path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    print_message("seed %u: %ld us a run, %lld runs, %u of %d kills with a journal\n", seed, us,
                  (long long)before, halves, KILLS);
    assert_true(before > 1 && halves > 0); /* or the test would prove nothing */
}

/* --- crowded --- */

static void second_writer_waits_then_is_told(void **state)
{
    (void)state;
    const char *path = fixture_path("second.db");
    struct err err = {0}, late = {0};
    struct store *a = opened(path), *b = opened(path);
    struct query *q;
    int64_t run;
    fixture_store(a, 1);
    assert_true(store_begin(a, &fixture_run, &run, &err));
    assert_int_equal(run, 2);
    store_wait(b, 20);
    assert_false(store_begin(b, &fixture_run, &run, &late));
    assert_int_equal(late.class, ERR_IO);
    assert_non_null(strstr(late.text, "another program is writing to it"));
    assert_true(query_open(&q, path, &err)); /* readers are not disturbed and see whole runs only */
    struct query_run *runs;
    size_t n;
    assert_true(query_runs(q, &runs, &n, &err));
    assert_int_equal(n, 1);
    query_runs_free(runs, n);
    assert_true(store_point(a, 0, NULL, 0, &err) && store_commit(a, &err));
    assert_int_equal(fixture_store(b, 2), 3);
    assert_true(query_runs(q, &runs, &n, &err));
    assert_int_equal(n, 3);
    query_runs_free(runs, n);
    query_close(q);
    store_close(a);
    store_close(b);
}

static void many_writers_at_once(void **state)
{
    (void)state;
    const char *path = fixture_path("many.db"); /* not there yet: they also race to make it */
    pid_t child[4];
    fflush(NULL);
    for (int c = 0; c < 4; c++) {
        child[c] = fork();
        if (child[c] == 0) {
            struct err err = {0};
            struct store *s = NULL;
            int64_t run;
            bool ok = store_open(&s, path, &err);
            for (int i = 0; ok && i < 5; i++)
                ok = fixture_try(s, REPLICATIONS, &run, &err);
            store_close(s);
            if (!ok)
                fprintf(stderr, "%s\n", err.text);
            _exit(ok ? 0 : 1);
        }
    }
    for (int c = 0; c < 4; c++) {
        int status;
        assert_int_equal(waitpid(child[c], &status, 0), child[c]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(whole_runs(path, 0), 20);
}

/* --- no room --- */

static void full_disk(void **state)
{
    (void)state;
    const char *path = fixture_path("full.db");
    struct err err = {0};
    struct store *s = opened(path);
    int64_t run;
    fixture_store(s, 1);
    char *before = fixture_dump(path);
    assert_int_equal(sqlite3_exec(s->db.sql, "PRAGMA max_page_count = 1", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_false(fixture_try(s, 200, &run, &err)); /* the limit is now the file's size */
    assert_int_equal(err.class, ERR_IO);
    assert_non_null(strstr(err.text, "the disk is full"));
    char *after = fixture_dump(path);
    assert_string_equal(after, before);
    assert_int_equal(sqlite3_exec(s->db.sql, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(fixture_store(s, 200), 2); /* the same store goes on when there is room */
    store_close(s);
    free(before);
    free(after);
}

static int write_with_limit(const char *path, rlim_t bytes)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct err err = {0};
        struct store *s = NULL;
        int64_t run;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){bytes, bytes});
        bool ok = store_open(&s, path, &err) && fixture_try(s, REPLICATIONS, &run, &err);
        store_close(s);
        _exit(ok ? 0 : (int)err.class);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Here the writing itself fails, at every place where it can: what was there stays, and nothing
 * appears. */
static void no_room_at_any_byte(void **state)
{
    (void)state;
    const char *fresh = fixture_path("fresh.db"), *old = fixture_path("old.db");
    struct store *s = opened(old);
    fixture_store(s, 1);
    store_close(s);
    char *before = fixture_dump(old);
    int failed = 0, code = ERR_IO;
    for (rlim_t bytes = 0; code != 0; bytes += 20000) {
        code = write_with_limit(fresh, bytes);
        assert_true(code == 0 || code == ERR_IO);
        if (code == 0)
            break;
        failed++;
        assert_int_equal(access(fresh, F_OK), -1);
        assert_int_equal(write_with_limit(old, bytes), ERR_IO);
        char *after = fixture_dump(old);
        assert_string_equal(after, before);
        free(after);
    }
    assert_true(failed >= 3);
    assert_int_equal(count(fresh, "SELECT count(*) FROM run"), 1);
    free(before);
}

/* --- given up, taken away --- */

static void given_up(void **state)
{
    (void)state;
    const char *path = fixture_path("given-up.db");
    struct err err = {0};
    struct store *s = opened(path);
    int64_t run;
    assert_int_equal(access(path, F_OK), 0);
    assert_true(store_begin(s, &fixture_run, &run, &err) && store_point(s, 0, NULL, 0, &err));
    store_abort(s);
    store_abort(s);
    store_close(s);
    assert_int_equal(access(path, F_OK), -1); /* it held nothing */
    s = opened(path);
    assert_true(store_begin(s, &fixture_run, &run, &err));
    store_abort(s);
    assert_int_equal(fixture_store(s, 1), 1);
    store_close(s);
    assert_int_equal(count(path, "SELECT count(*) FROM run"), 1);
}

static void an_empty_file_of_yours_stays(void **state)
{
    (void)state;
    const char *path = fixture_path("yours.db");
    fclose(fopen(path, "w"));
    store_close(opened(path));
    assert_int_equal(access(path, F_OK), 0);
    struct store *s = opened(path);
    assert_int_equal(fixture_store(s, 1), 1);
    store_close(s);
}

/* While a run is written it is too late; before, the results find a new file. */
static void deleted_meanwhile(void **state)
{
    (void)state;
    const char *path = fixture_path("deleted.db");
    struct err err = {0};
    struct store *s = opened(path);
    int64_t run;
    assert_int_equal(fixture_store(s, 1), 1);
    assert_true(store_begin(s, &fixture_run, &run, &err) && store_point(s, 0, NULL, 0, &err));
    unlink(path);
    assert_false(store_commit(s, &err));
    assert_int_equal(err.class, ERR_IO);
    assert_non_null(strstr(err.text, "was moved or deleted meanwhile"));
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(fixture_store(s, 1), 1);
    assert_int_equal(fixture_store(s, 1), 2);
    store_close(s);
    assert_int_equal(count(path, "SELECT count(*) FROM run"), 2);
}

/* The one who made the file gives up and takes it away; the other has results to store. */
static void taken_away_by_its_maker(void **state)
{
    (void)state;
    const char *path = fixture_path("taken.db");
    struct store *maker = opened(path), *other = opened(path);
    store_close(maker);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(fixture_store(other, 1), 1);
    store_close(other);
    assert_int_equal(count(path, "SELECT count(*) FROM run"), 1);
}

/* Another program's file in the place of ours is not written to. */
static void replaced_meanwhile(void **state)
{
    (void)state;
    const char *path = fixture_path("replaced.db");
    struct err err = {0}, again = {0};
    struct store *s = opened(path);
    int64_t run;
    fixture_store(s, 1);
    unlink(path);
    FILE *f = fopen(path, "w");
    fputs("my notes\n", f);
    fclose(f);
    assert_false(store_begin(s, &fixture_run, &run, &err));
    assert_int_equal(err.class, ERR_DATA);
    assert_false(store_begin(s, &fixture_run, &run, &again));
    store_close(s);
    char text[20] = "";
    f = fopen(path, "r");
    assert_non_null(fgets(text, sizeof(text), f));
    fclose(f);
    assert_string_equal(text, "my notes\n");
}

static int clean(void **state)
{
    (void)state;
    fixture_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(second_writer_waits_then_is_told),
        cmocka_unit_test(many_writers_at_once),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(no_room_at_any_byte),
        cmocka_unit_test(given_up),
        cmocka_unit_test(an_empty_file_of_yours_stays),
        cmocka_unit_test(deleted_meanwhile),
        cmocka_unit_test(taken_away_by_its_maker),
        cmocka_unit_test(replaced_meanwhile),
    };
    return cmocka_run_group_tests(tests, clean, clean);
}
