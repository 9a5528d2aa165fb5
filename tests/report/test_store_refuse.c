/* Files that are not ours, not whole or not writable: each refused with its class and a clear
 * sentence, none touched. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "fixture_store.h"
#include "mem.h"
#include "query.h"
#include "store.h"

struct bytes {
    char *at;
    size_t n;
};

static struct bytes slurp(const char *path)
{
    struct bytes b = {0};
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    b.n = (size_t)ftell(f);
    rewind(f);
    b.at = malloc(b.n + 1);
    assert_int_equal(fread(b.at, 1, b.n, f), b.n);
    fclose(f);
    return b;
}

static void spill(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static const char *stored(const char *name, unsigned replications)
{
    struct err err = {0};
    struct store *s;
    const char *path = fixture_path(name);
    unlink(path);
    if (!store_open(&s, path, &err))
        fail_msg("%s", err.text);
    fixture_store(s, replications);
    store_close(s);
    return path;
}

static void change(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void expect(const struct err *err, enum err_class class, const char *text)
{
    if (err->class != class || strstr(err->text, text) == NULL)
        fail_msg("class %d '%s', expected %d '%s'", (int)err->class, err->text, (int)class, text);
}

static void expect_no_store(const char *path, enum err_class class, const char *text)
{
    struct err err = {0};
    struct store *s;
    assert_false(store_open(&s, path, &err));
    assert_null(s);
    expect(&err, class, text);
}

static void expect_no_query(const char *path, enum err_class class, const char *text)
{
    struct err err = {0};
    struct query *q;
    assert_false(query_open(&q, path, &err));
    assert_null(q);
    expect(&err, class, text);
}

/* Both refuse, and not a byte changes, nor does a journal appear. */
static void expect_refused(const char *path, const char *text)
{
    struct bytes before = slurp(path);
    char journal[900];
    snprintf(journal, sizeof(journal), "%s-journal", path);
    expect_no_store(path, ERR_DATA, text);
    expect_no_query(path, ERR_DATA, text);
    struct bytes after = slurp(path);
    assert_int_equal(after.n, before.n);
    assert_memory_equal(after.at, before.at, before.n);
    assert_int_equal(access(journal, F_OK), -1);
    free(before.at);
    free(after.at);
}

static void foreign_files(void **state)
{
    (void)state;
    const char *path = fixture_path("foreign");
    char page[5000];
    memset(page, 0, sizeof(page));
    spill(path, "a few words\n", 12);
    expect_refused(path, "it is no SQLite database");
    spill(path, "\x89PNG\r\n\x1a\n0123456789", 18);
    expect_refused(path, "it is no SQLite database");
    spill(path, page, sizeof(page));
    expect_refused(path, "it is no SQLite database");
    spill(path, "S", 1);
    expect_refused(path, "it is no SQLite database");
    unlink(path);
    change(path, "CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')");
    expect_refused(path, "is a database of another program");
    change(path, "PRAGMA application_id = 252006673");
    expect_refused(path, "is a database of another program");
    change(path, "PRAGMA application_id = 1095123545"); /* ours, "AFBY", but nothing else */
    expect_refused(path, "is damaged: no afterbay ever made a schema 0");
    change(path, "PRAGMA user_version = 2");
    expect_refused(path, "is damaged: its tables are not those of schema 2");
}

static void newer_schema(void **state)
{
    (void)state;
    const char *path = stored("newer.db", 2);
    change(path, "PRAGMA user_version = 3");
    expect_refused(path, "was made by a newer afterbay (schema 3; this one knows 2)");
}

static void older_schema(void **state)
{
    (void)state;
    const char *path = stored("older.db", 2);
    change(path, "PRAGMA user_version = 1");
    expect_refused(path, "was made by an older afterbay (schema 1; this one writes 2)");
}

static void missing_table(void **state)
{
    (void)state;
    const char *path = stored("missing.db", 2);
    change(path, "DROP TABLE series");
    expect_refused(path, "is damaged: its tables are not those of schema 2");
}

static void truncated(void **state)
{
    (void)state;
    const char *path = stored("truncated.db", 3);
    struct bytes whole = slurp(path);
    assert_true(whole.n > 20 * 4096);
    const size_t kept[] = {whole.n - 1, whole.n - 4096, whole.n / 2, 4096, 600, 90};
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        spill(path, whole.at, kept[i]);
        expect_refused(path, " damaged");
    }
    spill(path, whole.at, 10);
    expect_refused(path, "it is no SQLite database");
    free(whole.at);
}

/* Reads everything; true when nothing was wrong. */
static bool read_all(const char *path, struct err *err)
{
    struct query *q;
    if (!query_open(&q, path, err))
        return false;
    struct query_run *run = NULL;
    struct query_series series = {0};
    struct query_hist hist = {0};
    struct query_fates fates = {0};
    size_t n = 0, n_x = 0;
    double *x = NULL;
    bool ok = query_runs(q, &run, &n, err) &&
              query_values(q, 1, 0, "", "latency", "p70", &x, &n_x, err) &&
              query_series(q, 1, 0, "queue.orders", "depth", &series, err) &&
              query_hist(q, 1, 0, "queue.orders", "depth", &hist, err) &&
              query_fates(q, 1, 0, &fates, err);
    query_runs_free(run, n);
    query_series_free(&series);
    query_hist_free(&hist);
    query_fates_free(&fates);
    mem_release(x);
    query_close(q);
    return ok;
}

static bool write_more(const char *path, struct err *err)
{
    struct store *s;
    int64_t run;
    if (!store_open(&s, path, err))
        return false;
    bool ok = fixture_try(s, 1, &run, err);
    store_close(s);
    return ok;
}

/* Whatever byte is wrong, there is an answer or a refusal, and no crash. (Most bytes of a page are
 * free space or text, of which nobody can tell that they changed.) */
static void flipped_bytes(void **state)
{
    (void)state;
    const char *path = stored("flipped.db", 3);
    struct bytes whole = slurp(path);
    unsigned seed = (unsigned)getpid(), refused = 0;
    srand(seed);
    for (int i = 0; i < 300; i++) {
        size_t at = (size_t)rand() % (i < 100 ? 4096 : whole.n);
        char old = whole.at[at];
        struct err reading = {0}, writing = {0};
        whole.at[at] = (char)(old ^ (1 + rand() % 255));
        spill(path, whole.at, whole.n);
        whole.at[at] = old;
        bool read = read_all(path, &reading), wrote = write_more(path, &writing);
        refused += !read || !wrote;
        if ((!read && reading.class != ERR_DATA) || (!wrote && writing.class != ERR_DATA))
            if (writing.class != ERR_INTERNAL) /* an id that is there twice, say */
                fail_msg("seed %u, byte %zu: %d '%s', %d '%s'", seed, at, (int)reading.class,
                         reading.text, (int)writing.class, writing.text);
    }
    if (refused < 5)
        fail_msg("seed %u: only %u of 300 wrong bytes were noticed", seed, refused);
    free(whole.at);
}

static void places_that_hold_no_file(void **state)
{
    (void)state;
    char path[900];
    spill(fixture_path("plain"), "x", 1);
    snprintf(path, sizeof(path), "%s/results.db", fixture_path("plain"));
    expect_no_store(path, ERR_CANTCREAT, "Not a directory");
    expect_no_query(path, ERR_NOINPUT, "Not a directory");
    snprintf(path, sizeof(path), "%s/results.db", fixture_path("no-such-folder"));
    expect_no_store(path, ERR_CANTCREAT, "No such file or directory");
    expect_no_query(path, ERR_NOINPUT, "No such file or directory");
    expect_no_store(BUILD_DIR, ERR_CANTCREAT, "it is a folder");
    expect_no_query(BUILD_DIR, ERR_NOINPUT, "it is a folder");
    expect_no_store("/dev/full", ERR_CANTCREAT, "it is no ordinary file");
    expect_no_query("/dev/null", ERR_NOINPUT, "it is no ordinary file");
    expect_no_store("/proc/results.db", ERR_CANTCREAT, "/proc/results.db");
    expect_no_store("", ERR_CANTCREAT, "No such file or directory");
    spill(fixture_path("empty.db"), "", 0);
    expect_no_query(fixture_path("empty.db"), ERR_DATA, "is empty");
}

/* A name is a path, whatever SQLite would make of it. */
static void names_with_a_meaning(void **state)
{
    (void)state;
    static const char *const names[] = {":memory:", "file:x?mode=memory", "-"};
    char old[4096];
    assert_non_null(getcwd(old, sizeof(old)));
    const char *folder = fixture_path("");
    for (size_t i = 0; i < 3; i++) {
        struct err err = {0};
        struct store *s;
        struct stat st;
        assert_int_equal(chdir(folder), 0);
        bool ok = store_open(&s, names[i], &err) && fixture_store(s, 1) == 1;
        store_close(s);
        bool there = stat(names[i], &st) == 0 && st.st_size > 0;
        assert_int_equal(chdir(old), 0);
        if (!ok || !there)
            fail_msg("'%s': %s", names[i], err.text);
    }
}

/* As a user without rights: root may write everywhere, so a child gives its rights up. */
static void in_child_without_rights(void (*look)(const char *), const char *path)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(9);
        look(path);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void refuse_or_exit(const char *path, enum err_class class, const char *text)
{
    struct err err = {0};
    struct store *s;
    if (store_open(&s, path, &err) || err.class != class || strstr(err.text, text) == NULL) {
        fprintf(stderr, "class %d '%s', expected %d '%s'\n", (int)err.class, err.text, (int)class,
                text);
        _exit(1);
    }
}

static void refuse_read_only(const char *path)
{
    refuse_or_exit(path, ERR_CANTCREAT, "the file is read-only");
    struct err err = {0};
    if (!read_all(path, &err)) {
        fprintf(stderr, "%s\n", err.text);
        _exit(2);
    }
}

static void refuse_folder(const char *path)
{
    refuse_or_exit(path, ERR_CANTCREAT, "Permission denied");
}

/* Under /tmp, because the build folder may lie where a user without rights cannot look. */
static void without_rights(void **state)
{
    (void)state;
    char folder[] = "/tmp/afterbay-store-XXXXXX", path[100];
    assert_non_null(mkdtemp(folder));
    struct bytes whole = slurp(stored("rights.db", 1));
    snprintf(path, sizeof(path), "%s/results.db", folder);
    spill(path, whole.at, whole.n);
    free(whole.at);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(folder, 0777), 0);
    in_child_without_rights(refuse_read_only, path);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    in_child_without_rights(refuse_folder, path);
    assert_int_equal(chmod(folder, 0777), 0);
    unlink(path);
    assert_int_equal(chmod(folder, 0555), 0);
    in_child_without_rights(refuse_folder, path);
    rmdir(folder);
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
        cmocka_unit_test(foreign_files),        cmocka_unit_test(newer_schema), cmocka_unit_test(older_schema),
        cmocka_unit_test(missing_table),        cmocka_unit_test(truncated),
        cmocka_unit_test(flipped_bytes),        cmocka_unit_test(places_that_hold_no_file),
        cmocka_unit_test(names_with_a_meaning), cmocka_unit_test(without_rights),
    };
    return cmocka_run_group_tests(tests, clean, clean);
}
