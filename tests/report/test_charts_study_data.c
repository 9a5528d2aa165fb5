/* The charts of studies from a database: lines, sums, refusals, files. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check.h"
#include "fixture_store.h"
#include "layouts_study.h"
#include "load.h"
#include "mem.h"
#include "sheet_check.h"

static struct query *query;

/* Runs 1: a sweep of sizes and timeouts, 2: of words, 3: a tornado, 4: a plain run. */
static void write_run(struct store *s, const char *command, const struct store_setting *setting,
                      size_t points, size_t each)
{
    struct store_run run = fixture_run;
    struct err err = {0};
    int64_t id;
    run.command = command;
    run.replications = 12;
    bool ok = store_begin(s, &run, &id, &err);
    for (uint32_t p = 0; ok && p < points; p++) {
        bool base = each == 1 && strcmp(command, "sensitivity") == 0 && p == 0;
        ok = store_point(s, p, setting + p * each, base ? 0 : each, &err);
        for (uint32_t r = 0; ok && r < 12; r++) {
            struct result *result = fixture_result(3 * p + r);
            if (r % 2 == 1) { /* one in time instead of lost */
                result->by_birth[0].in_time++;
                result->by_birth[0].lost--;
            }
            ok = store_result(s, p, r, result, &err);
            result_free(result);
        }
    }
    if (!ok || !store_commit(s, &err))
        fail_msg("%s", err.text);
}

static int open_database(void **state)
{
    static const struct store_setting sizes[] = {
        {"fleet.w.size", "20"},      {"queue.q.timeout", "5s"},  {"fleet.w.size", "20"},
        {"queue.q.timeout", "1min"}, {"fleet.w.size", "10"},     {"queue.q.timeout", "5s"},
        {"fleet.w.size", "10"},      {"queue.q.timeout", "1min"}};
    static const struct store_setting words[] = {{"fleet.w.time", "uniform(1ms, 2ms)"},
                                                 {"fleet.w.time", "5ms"}};
    static const struct store_setting ends[] = {
        {"", ""}, {"a.b.c", "1"}, {"a.b.c", "3"}, {"a.b.d", "4s"}, {"a.b.d", "9s"}};
    struct err err = {0};
    struct store *s;
    (void)state;
    fixture_clean();
    if (!store_open(&s, fixture_path("study.db"), &err))
        return -1;
    write_run(s, "sweep", sizes, 4, 2);
    write_run(s, "sweep", words, 2, 1);
    write_run(s, "sensitivity", ends, 5, 1);
    write_run(s, "run", NULL, 1, 0);
    store_close(s);
    return query_open(&query, fixture_path("study.db"), &err) ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    query_close(query);
    fixture_clean();
    return 0;
}

static struct sheet *draw(const char *chart, int64_t run, const char *metric, const char *x,
                          const char *by)
{
    const struct chart_request r = {
        .query = query, .run = &run, .n_run = 1, .metric = metric, .x = x, .by = by};
    struct err err = {0};
    struct sheet *s;
    char why[500];
    if (!chart_find(chart)->layout(&r, &s, &err))
        fail_msg("%s", err.text);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s", why);
    return s;
}

static void refused(const char *chart, int64_t run, const char *metric, const char *x,
                    const char *by, const char *says)
{
    const struct chart_request r = {
        .query = query, .run = &run, .n_run = 1, .metric = metric, .x = x, .by = by};
    struct err err = {0};
    struct sheet *s = NULL;
    assert_false(chart_find(chart)->layout(&r, &s, &err));
    if (strstr(err.text, says) == NULL)
        fail_msg("says '%s', expected '%s'", err.text, says);
}

/* depth is a level, (60 + 10 + 5 r) / 30 in replication r; point p holds r = 3 p … 3 p + 11, in the
 * mean 3 p + 5.5. */
static void lines_are_combinations(void **state)
{
    (void)state;
    size_t rows, columns;
    struct sheet *s = draw("sweep", 1, "queue.orders.depth.mean", "fleet.w.size", NULL);
    const char *const *cell = sheet_table(s, &rows, &columns);
    assert_int_equal(rows, 4);
    assert_int_equal(columns, 5);
    assert_string_equal(cell[5], "timeout 5s");
    assert_string_equal(cell[6], "10");
    assert_string_equal(cell[7], "4.25"); /* p = 2: points come in any order, lines rise */
    assert_string_equal(cell[10], "timeout 5s");
    assert_string_equal(cell[11], "20");
    assert_string_equal(cell[12], "3.25"); /* p = 0 */
    assert_string_equal(cell[15], "timeout 1min");
    sheet_free(s);
    s = draw("sweep", 1, "queue.orders.depth.mean", "queue.q.timeout", "fleet.w.size");
    cell = sheet_table(s, &rows, &columns);
    assert_string_equal(cell[5], "size 20");
    assert_string_equal(cell[6], "5 s");
    sheet_free(s);
    const int64_t both[] = {1, 1}; /* twice the same run: four lines, each with its run's name */
    struct chart_request r = {
        .query = query, .run = both, .n_run = 2, .metric = "latency.p99", .x = "fleet.w.size"};
    struct err err = {0};
    assert_true(chart_find("sweep")->layout(&r, &s, &err));
    cell = sheet_table(s, &rows, &columns);
    assert_int_equal(rows, 8);
    assert_non_null(strstr(cell[5], "(run 1), timeout 5s"));
    assert_non_null(strstr(sheet_title(s), "latency.p99"));
    sheet_free(s);
    const int64_t unlike[] = {1, 2};
    r.run = unlike;
    r.x = NULL;
    assert_false(chart_find("sweep")->layout(&r, &s, &err));
    assert_non_null(strstr(err.text, "do not vary the same setting"));
    s = draw("sweep", 2, "latency.p99", NULL, NULL); /* words stand side by side */
    cell = sheet_table(s, &rows, &columns);
    assert_string_equal(cell[6], "uniform(1ms, 2ms)");
    assert_string_equal(cell[11], "5ms");
    sheet_free(s);
}

/* sent is 100 + r. */
static void sums_are_taken_by_replication(void **state)
{
    (void)state;
    struct load_metric m;
    struct err err = {0};
    double *x;
    size_t n;
    assert_true(load_term(query, 1, 2, "queue.orders.sent / queue.orders.sent", &m, &x, &n, &err));
    assert_true(n == 12 && x[0] == 1 && m.unit == UNIT_SHARE);
    mem_release(x);
    assert_true(load_term(query, 1, 2,
                          "queue.orders.sent + queue.orders.sent - queue.orders.depth.last", &m, &x,
                          &n, &err));
    assert_true(x[3] == 2 * (100 + 9) - (2 + 9));
    mem_release(x);
    assert_false(load_term(query, 1, 2, "queue.orders.sent /", &m, &x, &n, &err));
    err = (struct err){0};
    assert_false(load_term(query, 1, 2, "queue.orders.sent & queue.orders.sent", &m, &x, &n, &err));
    err = (struct err){0};
    assert_false(load_term(query, 1, 2, "queue.orders.sent / queue.orders.snt", &m, &x, &n, &err));
    assert_non_null(strstr(err.text, "did you mean"));
}

/* Six replications with 4 in the first span, six with 5: mean 4.5, variance 12 / 4 / 11. The second
 * span never varies. */
static void fates_scatter(void **state)
{
    struct query_fates f;
    struct err err = {0};
    (void)state;
    assert_true(query_fates(query, 4, 0, &f, &err));
    assert_true(f.in_time[0] == 4.5 && fabs(f.in_time_sd[0] - sqrt(3.0 / 11)) < 1e-12);
    assert_true(f.in_time[1] == 2 && f.in_time_sd[1] == 0);
    query_fates_free(&f);
}

static void settings_are_numbers(void **state)
{
    (void)state;
    double x;
    enum setting_kind kind;
    assert_true(load_setting("-1.25", &x, &kind) && x == -1.25 && kind == SETTING_NUMBER);
    assert_true(load_setting("1h30min", &x, &kind) && x == 5400 && kind == SETTING_DURATION);
    assert_true(load_setting("2KiB", &x, &kind) && x == 2048 && kind == SETTING_SIZE);
    assert_true(load_setting("6000/min", &x, &kind) && x == 100 && kind == SETTING_RATE);
    assert_true(load_setting("5%", &x, &kind) && x == 0.05 && kind == SETTING_SHARE);
    assert_true(load_setting("uniform_key(20)", &x, &kind) && x == 20 && kind == SETTING_NUMBER);
    assert_false(load_setting("uniform_key(20", &x, &kind));
    assert_false(load_setting("exponential(5ms)", &x, &kind));
    assert_false(load_setting("", &x, &kind));
}

/* The second setting's points lie further from the base: p = 3, 4 against p = 1, 2. */
static void the_widest_bar_comes_first(void **state)
{
    (void)state;
    size_t rows, columns;
    struct sheet *s = draw("tornado", 3, "queue.orders.depth.mean", NULL, NULL);
    const char *const *cell = sheet_table(s, &rows, &columns);
    assert_int_equal(rows, 2);
    assert_string_equal(cell[7], "a.b.d");
    assert_string_equal(cell[8], "4s");
    assert_string_equal(cell[9], "+1.50"); /* 3 points on: 9 replications' numbers, 9 * 5 / 30 */
    assert_string_equal(cell[11], "9s");
    assert_string_equal(cell[12], "+2");
    assert_string_equal(cell[14], "a.b.c");
    sheet_free(s);
}

static void slips_are_told(void **state)
{
    (void)state;
    refused("sweep", 4, "latency.p99", NULL, NULL, "is no sweep");
    refused("sweep", 1, "latncy.p99", NULL, NULL, "did you mean 'latency'");
    refused("sweep", 1, "latency.p99", "fleet.w.sise", NULL, "did you mean 'fleet.w.size'?");
    refused("sweep", 1, "latency.p99", "fleet.w.size", "fleet.w.size", "same setting");
    refused("sweep", 4, "latency.p99", NULL, NULL, "run 2 is: --run 2");
    refused("visibility", 4, NULL, NULL, NULL, "run 2 is: --run 2");
    refused("visibility", 1, NULL, NULL, NULL, "--vary queue.ID.visibility_timeout=");
    refused("fifo", 1, NULL, NULL, NULL, "--vary \"producer.ID.key=");
    refused("pareto", 1, NULL, NULL, NULL, "--x METRIC");
    refused("pareto", 4, NULL, NULL, NULL, "--run 2");
    refused("tornado", 1, "latency.p99", NULL, NULL, "is no tornado");
    refused("goodput", 4, NULL, NULL, NULL, "no metric 'offered'");
    refused("welch", 4, "queue.orders.dept", NULL, NULL, "did you mean");
}

static void each_goes_to_files(void **state)
{
    static const struct {
        const char *chart, *metric;
        int64_t run;
    } all[] = {{"sweep", "latency.p99", 1},
               {"sweep", "latency.mean", 2},
               {"tornado", "latency.mean", 3},
               {"welch", "latency", 4}};
    static const char *const ending[] = {"png", "svg", "pdf"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        struct sheet *s = draw(all[i].chart, all[i].run, all[i].metric, NULL, NULL);
        for (size_t e = 0; e < 3; e++) {
            char name[60];
            enum chart_format format;
            struct err err = {0};
            snprintf(name, sizeof(name), "%zu.%s", i, ending[e]);
            assert_true(chart_format_of(name, &format));
            if (!chart_write(s, fixture_path(name), format, &err))
                fail_msg("%s", err.text);
        }
        sheet_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_combinations),
        cmocka_unit_test(sums_are_taken_by_replication),
        cmocka_unit_test(fates_scatter),
        cmocka_unit_test(settings_are_numbers),
        cmocka_unit_test(the_widest_bar_comes_first),
        cmocka_unit_test(slips_are_told),
        cmocka_unit_test(each_goes_to_files),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
