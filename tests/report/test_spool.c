/* What goes into a spool comes out bit by bit; what was cut off, damaged or another's is noticed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture_store.h"
#include "spool.h"

#define EXPERIMENT 42

static struct spool *opened(const char *path, enum spool_mode mode)
{
    struct spool *s;
    struct err err = {0};
    if (!spool_open(&s, path, EXPERIMENT, mode, &err))
        fail_msg("%s", err.text);
    return s;
}

static void add(struct spool *s, uint32_t point, uint32_t replication)
{
    struct err err = {0};
    struct result *r = fixture_result(point * 10 + replication);
    if (!spool_add(s, point, replication, r, &err))
        fail_msg("%s", err.text);
    result_free(r);
}

static void same(const struct result *a, const struct result *b)
{
    struct spool_bytes x = {0}, y = {0};
    spool_pack(&x, a);
    spool_pack(&y, b);
    assert_false(x.failed || y.failed);
    assert_int_equal(x.n, y.n);
    assert_memory_equal(x.at, y.at, x.n);
    spool_bytes_free(&x);
    spool_bytes_free(&y);
}

static void holds(struct spool *s, uint32_t point, uint32_t replication)
{
    struct err err = {0};
    struct result *want = fixture_result(point * 10 + replication),
                  *got = spool_get(s, point, replication, &err);
    if (got == NULL)
        fail_msg("%s", err.text);
    same(got, want);
    result_free(got);
    result_free(want);
}

static int64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : -1;
}

/* The store sees no difference: bytes alone could both lack the same field. */
static void the_store_sees_no_difference(void **unused)
{
    (void)unused;
    fixture_clean();
    char *dump[2];
    const char *names[] = {"direct.db", "spooled.db"};
    struct spool *spool = opened(fixture_path("x.spool"), SPOOL_FRESH);
    for (uint32_t r = 0; r < 3; r++)
        add(spool, 0, r);
    for (int way = 0; way < 2; way++) {
        struct store *s;
        struct err err = {0};
        int64_t run;
        assert_true(store_open(&s, fixture_path(names[way]), &err));
        assert_true(store_begin(s, &fixture_run, &run, &err) && store_point(s, 0, NULL, 0, &err));
        for (uint32_t r = 0; r < 3; r++) {
            struct result *result = way == 0 ? fixture_result(r) : spool_get(spool, 0, r, &err);
            assert_non_null(result);
            assert_true(store_result(s, 0, r, result, &err));
            result_free(result);
        }
        assert_true(store_commit(s, &err));
        store_close(s);
        dump[way] = fixture_dump(fixture_path(names[way]));
    }
    assert_string_equal(dump[0], dump[1]);
    assert_non_null(strstr(dump[0], "["));
    free(dump[0]);
    free(dump[1]);
    spool_close(spool, false);
    assert_int_equal(size_of(fixture_path("x.spool")), -1);
    fixture_clean();
}

static void order_and_gaps_mean_nothing(void **unused)
{
    (void)unused;
    fixture_clean();
    struct spool *s = opened(fixture_path("x.spool"), SPOOL_FRESH);
    add(s, 3, 1);
    add(s, 0, 7);
    add(s, 3, 0);
    assert_true(spool_has(s, 0, 7) && spool_has(s, 3, 0) && !spool_has(s, 0, 0) &&
                !spool_has(s, 7, 0));
    assert_int_equal(spool_count(s), 3);
    holds(s, 0, 7);
    holds(s, 3, 1);
    holds(s, 3, 0);
    spool_close(s, true);
    s = opened(fixture_path("x.spool"), SPOOL_RESUME);
    assert_int_equal(spool_count(s), 3);
    holds(s, 3, 1);
    add(s, 9, 9);
    holds(s, 9, 9);
    spool_close(s, false);
    fixture_clean();
}

/* Cut at many places: the records before the cut are all there, and writing goes on. */
static void a_cut_leaves_what_is_whole(void **unused)
{
    (void)unused;
    fixture_clean();
    const char *path = fixture_path("x.spool");
    char name[4096];
    int64_t end[4];
    snprintf(name, sizeof(name), "%s", path);
    struct spool *s = opened(name, SPOOL_FRESH);
    for (uint32_t r = 0; r < 4; r++) {
        add(s, 1, r);
        end[r] = size_of(name);
    }
    spool_close(s, true);
    for (int64_t cut = end[3]; cut >= end[0]; cut -= 97) {
        assert_int_equal(truncate(name, cut), 0);
        s = opened(name, SPOOL_RESUME);
        size_t want = 0;
        while (want < 4 && end[want] <= cut)
            want++;
        assert_int_equal(spool_count(s), want);
        if (want < 4)
            add(s, 1, (uint32_t)want);
        for (uint32_t r = 0; r <= want && r < 4; r++)
            holds(s, 1, r);
        spool_close(s, true);
    }
    fixture_clean();
}

static void a_damaged_record_and_what_follows_is_done_again(void **unused)
{
    (void)unused;
    fixture_clean();
    char name[4096];
    snprintf(name, sizeof(name), "%s", fixture_path("x.spool"));
    struct spool *s = opened(name, SPOOL_FRESH);
    add(s, 0, 0);
    int64_t one = size_of(name);
    add(s, 0, 1);
    spool_close(s, true);
    FILE *f = fopen(name, "r+b");
    assert_non_null(f);
    fseek(f, (long)one + 100, SEEK_SET);
    int byte = fgetc(f);
    fseek(f, (long)one + 100, SEEK_SET);
    fputc(byte ^ 1, f);
    fclose(f);
    s = opened(name, SPOOL_RESUME);
    assert_true(spool_has(s, 0, 0) && !spool_has(s, 0, 1));
    assert_int_equal(size_of(name), one);
    spool_close(s, false);
    fixture_clean();
}

static void refuse(const char *path, uint64_t experiment, enum spool_mode mode,
                   enum err_class class, const char *says)
{
    struct spool *s;
    struct err err = {0};
    assert_false(spool_open(&s, path, experiment, mode, &err));
    assert_null(s);
    assert_int_equal(err.class, class);
    if (strstr(err.text, says) == NULL)
        fail_msg("says '%s', expected '%s'", err.text, says);
}

static void what_is_there_is_not_lost(void **unused)
{
    (void)unused;
    fixture_clean();
    char name[4096];
    snprintf(name, sizeof(name), "%s", fixture_path("x.spool"));
    struct spool *s = opened(name, SPOOL_RESUME); /* nothing to resume is a beginning */
    add(s, 0, 0);
    refuse(name, EXPERIMENT, SPOOL_RESUME, ERR_CANTCREAT, "in use");
    spool_close(s, true);
    refuse(name, EXPERIMENT, SPOOL_FRESH, ERR_STOPPED, "--resume");
    refuse(name, EXPERIMENT + 1, SPOOL_RESUME, ERR_DATA, "another experiment");
    s = opened(name, SPOOL_RESUME);
    assert_int_equal(spool_count(s), 1);
    spool_close(s, true);
    s = opened(name, SPOOL_DISCARD);
    assert_int_equal(spool_count(s), 0);
    spool_close(s, true);
    FILE *f = fopen(name, "wb");
    fputs("something else altogether, and long enough for a head", f);
    fclose(f);
    refuse(name, EXPERIMENT, SPOOL_RESUME, ERR_DATA, "nothing to resume");
    refuse(fixture_path("no/such/folder"), EXPERIMENT, SPOOL_FRESH, ERR_CANTCREAT, "cannot create");
    fixture_clean();
}

static void a_hidden_one_leaves_nothing(void **unused)
{
    (void)unused;
    fixture_clean();
    char name[4096];
    snprintf(name, sizeof(name), "%s", fixture_path("x.spool"));
    struct spool *s = opened(name, SPOOL_HIDDEN);
    add(s, 0, 0);
    holds(s, 0, 0);
    assert_int_equal(size_of(name), -1);
    spool_close(s, true);
    fixture_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_store_sees_no_difference),
        cmocka_unit_test(order_and_gaps_mean_nothing),
        cmocka_unit_test(a_cut_leaves_what_is_whole),
        cmocka_unit_test(a_damaged_record_and_what_follows_is_done_again),
        cmocka_unit_test(what_is_there_is_not_lost),
        cmocka_unit_test(a_hidden_one_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
