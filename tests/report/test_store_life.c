/* test_store_life.c - the lives of recorded requests on their way into the file and back: rows as a
 * reader of the file sees them, and the same events again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "fixture_store.h"
#include "mem.h"
#include "query.h"
#include "spool.h"

/* Entities of the fixture: 0 database.orders (here also the producer), 1 queue.orders. */
static void add_events(struct life *l)
{
    struct life_event spare, *e = life_add(l, &spare);
    e->at = 1500 * SIM_MS;
    e->item = 4710;
    e->entity = 1;
    e->what = LIFE_SENT;
    e->message = 9;
    e->group = 7;
    e = life_add(l, &spare);
    e->at = 2 * SIM_S;
    e->item = 4710;
    e->entity = 1;
    e->what = LIFE_RECEIVED;
    e->receives = 1;
    e->other = 0;
    e->worker = 0;
    e->until = 32 * SIM_S;
    e->attempt = 3;
    e = life_add(l, &spare);
    e->at = 2 * SIM_S;
    e->item = 0;
    e->what = LIFE_FAILED;
    e->value = 0;
    e->cause = 0;
    e->cause_producer = 1;
    life_why(e, "poison");
}

static const char *stored(void)
{
    struct err err = {0};
    struct store *s;
    int64_t run;
    const char *path = fixture_path("life.db");
    assert_true(store_open(&s, path, &err));
    assert_true(store_begin(s, &fixture_run, &run, &err) && store_point(s, 0, NULL, 0, &err));
    for (unsigned r = 0; r < 3; r++) {
        struct result *result = fixture_result(r);
        if (r == 1)
            add_events(&result->life);
        if (!store_result(s, 0, r, result, &err))
            fail_msg("%s", err.text);
        result_free(result);
    }
    assert_true(store_commit(s, &err));
    store_close(s);
    return path;
}

static void rows(void **state)
{
    (void)state;
    sqlite3 *db;
    sqlite3_stmt *stmt;
    char text[2000] = "";
    size_t at = 0;
    assert_int_equal(sqlite3_open_v2(stored(), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT * FROM v_life", -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        for (int c = 0; c < sqlite3_column_count(stmt); c++) {
            const char *cell = (const char *)sqlite3_column_text(stmt, c);
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", cell == NULL ? "" : cell,
                                   c + 1 < sqlite3_column_count(stmt) ? "|" : "\n");
        }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    assert_string_equal(
        text,
        "1|0|1|0|1.5|database.orders|4711|0|queue.orders|sent|9|||||" /* … value */ "|7|||\n"
        "1|0|1|1|2.0|database.orders|4711|3|queue.orders|received||1|database.orders|0|32.0|||||\n"
        "1|0|1|2|2.0|database.orders|1|0|database.orders|failed||||||0||queue.orders|1|poison\n");
}

static void same(const struct life *a, const struct life *b)
{
    assert_int_equal(a->n, b->n);
    for (uint32_t i = 0; i < a->n; i++) {
        const struct life_event *x = &a->event[i], *y = &b->event[i];
        assert_true(x->at == y->at && x->until == y->until && x->item == y->item &&
                    x->value == y->value && x->producer == y->producer && x->entity == y->entity &&
                    x->other == y->other && x->worker == y->worker && x->message == y->message &&
                    x->receives == y->receives && x->group == y->group &&
                    x->attempt == y->attempt && x->what == y->what &&
                    x->cause_producer == y->cause_producer && strcmp(x->why, y->why) == 0);
        if (x->cause_producer != LIFE_NONE)
            assert_true(x->cause == y->cause);
    }
}

static void back_again(void **state)
{
    (void)state;
    struct err err = {0};
    struct query *q;
    struct life want = {0}, got;
    char **path;
    size_t n;
    add_events(&want);
    assert_true(query_open(&q, stored(), &err));
    assert_true(query_life(q, 1, 0, 1, &got, &err));
    same(&got, &want);
    life_free(&got);
    assert_true(query_life(q, 1, 0, 0, &got, &err)); /* nothing was recorded */
    assert_int_equal(got.n, 0);
    assert_false(query_life(q, 2, 0, 0, &got, &err)); /* no such run */
    memset(&err, 0, sizeof err);
    assert_true(query_entities(q, 1, &path, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(path[1], "queue.orders");
    query_entities_free(path, n);
    query_close(q);
    life_free(&want);
}

static void through_the_spool(void **state)
{
    (void)state;
    struct spool_bytes b = {0};
    struct result *r = fixture_result(2);
    add_events(&r->life);
    spool_pack(&b, r);
    struct result *copy = spool_unpack(&b);
    assert_non_null(copy);
    same(&copy->life, &r->life);
    result_free(copy);
    b.n -= 10; /* cut off */
    assert_null(spool_unpack(&b));
    result_free(r);
    spool_bytes_free(&b);
}

static void words(void **state)
{
    (void)state;
    for (int i = 0; i < LIFE_KINDS; i++)
        assert_int_equal(life_what(life_word((enum life_what)i)), i);
    assert_int_equal(life_what("abducted"), LIFE_KINDS);
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
        cmocka_unit_test_setup_teardown(rows, clean, clean),
        cmocka_unit_test_setup_teardown(back_again, clean, clean),
        cmocka_unit_test(through_the_spool),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
