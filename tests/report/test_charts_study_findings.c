/* What the titles of the charts of studies find, what their axes say, and that a million points stay few marks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check.h"
#include "chart_data.h"
#include "estimate_about.h"
#include "layouts_study.h"
#include "sheet_check.h"

static void title_is(bool ok, struct sheet *s, const struct err *err, const char *want)
{
    if (!ok)
        fail_msg("%s", err->text);
    assert_string_equal(sheet_title(s), want);
    sheet_free(s);
}

static void titles_find(void **state)
{
    (void)state;
    struct err err = {0};
    struct sheet *s = NULL;
    struct sweep_point p[] = {{10, about(2e9, 1e8)}, {20, about(1e9, 1e8)}, {30, about(5e8, 1e8)}};
    const struct sweep_line line = {.name = "", .point = p, .n = 3};
    struct sweep_data d = {.run = "r",
                           .x_name = "size",
                           .y_name = "latency.p99",
                           .unit = UNIT_NS,
                           .line = &line,
                           .n_line = 1,
                           .n_replication = 20,
                           .n_most = 20};
    bool ok = sweep_layout(&d, 0, 0, &s, &err);
    title_is(ok, s, &err, "latency.p99: from 500 ms (at 30) to 2 s (at 10)");
    p[0].y = about(6e8, 1e8);
    p[1].y = about(5.5e8, 1e8);
    ok = sweep_layout(&d, 0, 0, &s, &err);
    title_is(ok, s, &err, "latency.p99: no difference shown between the points, 500 ms to 600 ms");
    const struct tornado_bar bar = {"producer.a.rate", "1/s", "9/s", about(-1e8, 1e7),
                                    about(9e8, 1e7)};
    const struct tornado_data t = {.run = "r",
                                   .metric = "latency.mean",
                                   .unit = UNIT_NS,
                                   .base = about(1e9, 1e7),
                                   .bar = &bar,
                                   .n = 1};
    ok = tornado_layout(&t, 0, 0, &s, &err);
    title_is(ok, s, &err,
             "latency.mean depends most on producer.a.rate: 900 ms at 1/s, 1.90 s at 9/s");
    /* An interval that holds 0 shows nothing, however wide the bar. */
    const struct tornado_bar noisy[] = {
        {"producer.b.rate", "1/s", "9/s", about(-5e8, 6e8), about(8e8, 9e8)},
        {"fleet.c.size", "2", "4", about(1e8, 2e7), about(-1e7, 2e7)}};
    struct tornado_data u = t;
    u.bar = noisy;
    ok = tornado_layout(&u, 0, 0, &s, &err);
    title_is(ok, s, &err, "latency.mean: no change shown at the ends of any interval");
    u.n = 2;
    ok = tornado_layout(&u, 0, 0, &s, &err);
    title_is(ok, s, &err,
             "latency.mean depends on fleet.c.size: 1.10 s at 2, 990 ms at 4; producer.b.rate is undecided");
    /* Up: 10 and 30 offered, all in time; at the top half; down: a tenth. */
    const double offered[] = {10, 30, 100, 30, 10}, good[] = {10, 30, 50, 3, 1};
    const struct goodput_data g = {"r", offered, offered, good, 5, 12, 60, NULL};
    ok = goodput_layout(&g, 0, 0, &s, &err);
    title_is(
        ok, s, &err,
        "In time at the same loads below the peak: 100 % on the way up, 10.0 % on the way down");
    /* Down in other steps: 50 has no partner there and does not count; 10 and 10.5 are the same. */
    const double odd[] = {10, 50, 100, 10.5, 2}, some[] = {10, 20, 50, 10.5, 0};
    const struct goodput_data back = {"r", odd, odd, some, 5, 12, 60, NULL};
    ok = goodput_layout(&back, 0, 0, &s, &err);
    title_is(
        ok, s, &err,
        "In time at the same loads below the peak: 100 % on the way up, 100 % on the way down");
    const double apart[] = {10, 50, 100, 20, 2};
    const struct goodput_data never = {"r", apart, apart, some, 5, 12, 60, NULL};
    ok = goodput_layout(&never, 0, 0, &s, &err);
    title_is(ok, s, &err,
             "The load does not both rise and fall: there is nothing to come back from");
}

static void trade_offs_are_found(void **state)
{
    (void)state;
    struct err err = {0};
    struct sheet *s = NULL;
    /* 30 s is the first from which on all stay under 1 % with their whole interval; 20 s is under
     * it by luck. */
    struct sweep_point twice[] = {{10, about(0.2, 0.01)},
                                  {20, about(0.005, 0.001)},
                                  {25, about(0.009, 0.002)},
                                  {30, about(0.004, 0.001)},
                                  {60, about(0, 0)}};
    struct sweep_point back[] = {{10, about(1e9, 1e7)},
                                 {20, about(21e9, 1e9)},
                                 {25, about(26e9, 1e9)},
                                 {30, about(33e9, 1e9)},
                                 {60, about(63e9, 1e9)}};
    const struct sweep_line line[] = {{.name = "", .point = twice, .n = 5},
                                      {.name = "", .point = back, .n = 5}};
    struct visibility_data v = {.name = {"done twice", "recovery"}, .mean_s = 10, .p99_s = 46};
    for (size_t k = 0; k < 2; k++)
        v.panel[k] = (struct sweep_data){.run = "r",
                                         .x_name = "visibility_timeout",
                                         .y_name = "y",
                                         .x_kind = SETTING_DURATION,
                                         .unit = k == 0 ? UNIT_SHARE : UNIT_NS,
                                         .line = &line[k],
                                         .n_line = 1,
                                         .n_replication = 20,
                                         .n_most = 20};
    bool ok = visibility_layout(&v, 0, 0, &s, &err);
    if (ok) { /* the rules stand at their places: 2 to 3, 6 times the mean, p99 */
        const struct mark *mean = sheet_find(s, "mean service 10 s"),
                          *six = sheet_find(s, "6 × mean"),
                          *p99 = sheet_find(s, "p99 of service 46 s");
        assert_non_null(sheet_find(s, "2–3 × mean"));
        assert_true(mean != NULL && six != NULL && p99 != NULL);
        assert_true(mean->at[0].x < p99->at[0].x && p99->at[0].x < six->at[0].x);
    }
    title_is(ok, s, &err, "From 30 s on fewer than 1 % are done twice; a crash then costs 33 s");
    twice[4].y = about(0.02, 0.001);
    ok = visibility_layout(&v, 0, 0, &s, &err);
    title_is(ok, s, &err, "No timeout tried keeps what is done twice below 1 %");
    /* b costs as much as a and is slower, d is dearer than c and slower, e dearer and as slow:
     * beaten. */
    const struct pareto_point p[] = {{"d", about(30, 1), about(2e9, 1e7)},
                                     {"b", about(10, 1), about(5e9, 1e7)},
                                     {"a", about(10, 1), about(4e9, 1e7)},
                                     {"c", about(20, 1), about(1e9, 1e7)},
                                     {"e", about(25, 1), about(1e9, 1e7)}};
    const struct pareto_data d = {.run = "r",
                                  .x_name = "worker-hours",
                                  .y_name = "latency.p99",
                                  .x_unit = UNIT_ONE,
                                  .y_unit = UNIT_NS,
                                  .point = p,
                                  .n = 5,
                                  .n_replication = 20};
    ok = pareto_layout(&d, 0, 0, &s, &err);
    if (ok) {
        size_t rows, columns;
        const char *const *cell = sheet_table(s, &rows, &columns);
        assert_int_equal(rows, 5);
        static const char *const on[] = {"no", "no", "yes", "yes", "no"};
        for (size_t i = 0; i < 5; i++)
            assert_string_equal(cell[5 + 5 * i + 4], on[i]);
        assert_true(sheet_find(s, "a") != NULL && sheet_find(s, "c") != NULL);
    }
    title_is(ok, s, &err,
             "latency.p99 falls from 4 s to 1 s as worker-hours grow from 10 to 20; 3 of 5 "
             "settings beaten");
    const struct pareto_data front = {.run = "r", .x_name = "lost", .y_name = "latency.p99", .x_unit = UNIT_ONE,
                                      .y_unit = UNIT_NS, .point = p + 2, .n = 2, .n_replication = 20};
    ok = pareto_layout(&front, 0, 0, &s, &err);
    title_is(ok, s, &err, "latency.p99 falls from 4 s to 1 s as lost grows from 10 to 20");
    const double level[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const struct welch_data few = {.run = "r", .metric = "depth", .unit = UNIT_ONE, .mean = level, .n = 10,
                                   .n_replication = 29, .width_s = 1};
    ok = welch_layout(&few, 0, 0, &s, &err);
    title_is(ok, s, &err, "depth: too few replications (29 of 30) to say what to leave out");
}

/* No label of an axis names what cannot be: shares above all or below nothing, parts of a count. */
static void no_text_has(struct sheet *s, const char *const *never, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sheet_find(s, never[i]) != NULL)
            fail_msg("'%s' is on the axis", sheet_find(s, never[i])->text);
    sheet_free(s);
}

static void axes_know_their_kind(void **state)
{
    (void)state;
    struct err err = {0};
    struct sheet *s = NULL;
    struct sweep_point p[] = {{1, about(0.01, 0.03)}, {2, about(0.6, 0.1)}, {3, about(0.99, 0.05)}};
    const struct sweep_line line = {.name = "", .point = p, .n = 3};
    struct sweep_data d = {.run = "r",
                           .x_name = "size",
                           .y_name = "in_time",
                           .unit = UNIT_SHARE,
                           .line = &line,
                           .n_line = 1,
                           .n_replication = 20,
                           .n_most = 20};
    assert_true(sweep_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "100 %"));
    static const char *const beyond[] = {"120 %", "110 %", "105 %", "\u2212"};
    no_text_has(s, beyond, ARRAY_LEN(beyond));
    p[0].y = about(0.4, 0.03); /* on a linear axis too */
    assert_true(sweep_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "100 %"));
    no_text_has(s, beyond, ARRAY_LEN(beyond));
    p[0].y = about(1, 0.1);
    p[1].y = about(2, 0.1);
    p[2].y = about(3, 0.1);
    d.unit = UNIT_ONE;
    d.y_name = "depth.max";
    assert_true(sweep_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "3"));
    static const char *const parts[] = {"0.5", "1.5", "2.5"};
    no_text_has(s, parts, ARRAY_LEN(parts));
    p[2].y = about(2.5, 0.1); /* a mean need not be whole */
    assert_true(sweep_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "1.5"));
    sheet_free(s);
}

/* A page cannot show more than some thousands of points, and a file should not carry them. */
static void judge_many(bool ok, struct sheet *s, struct err *err, const char *what)
{
    size_t points = 0;
    for (size_t i = 0; ok && i < s->n; i++)
        points += s->mark[i].n;
    if (points > 40000)
        fail_msg("%s draws %zu points", what, points);
    judge(ok, s, err, what);
}

/* As many points as anybody will ever have: the page holds them, in one band and one line. */
static void a_million_points(void **state)
{
    enum { MANY = 1000000 };
    struct sweep_point *p = calloc(MANY, sizeof(*p));
    double *x = calloc(MANY, sizeof(*x)), *y = calloc(MANY, sizeof(*y));
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        p[i] = (struct sweep_point){(double)(i + 1), about(1e9 + 1e6 * (double)(i % 977), 1e7)};
        x[i] = (double)(i < MANY / 2 ? i : MANY - i);
        y[i] = x[i] * 0.9;
    }
    const struct sweep_line line = {.name = "", .point = p, .n = MANY};
    const struct sweep_data d = {.run = "r",
                                 .x_name = "size",
                                 .y_name = "latency.p99",
                                 .unit = UNIT_NS,
                                 .line = &line,
                                 .n_line = 1,
                                 .n_replication = 20,
                                 .n_most = 20};
    const struct goodput_data g = {"r", x, x, y, MANY, 12, 60, y};
    const struct welch_data w = {.run = "r",
                                 .metric = "latency",
                                 .unit = UNIT_NS,
                                 .mean = y,
                                 .n = MANY,
                                 .n_replication = 50,
                                 .width_s = 1};
    struct err err = {0};
    struct sheet *s = NULL;
    bool ok = sweep_layout(&d, 0, 0, &s, &err);
    judge_many(ok, s, &err, "sweep");
    ok = goodput_layout(&g, 0, 0, &s, &err);
    judge_many(ok, s, &err, "goodput");
    ok = welch_layout(&w, 0, 0, &s, &err);
    judge_many(ok, s, &err, "welch");
    const struct visibility_data v = {
        .panel = {d, d}, .name = {"done twice", "recovery"}, .mean_s = 10, .p99_s = 46};
    ok = visibility_layout(&v, 0, 0, &s, &err);
    judge_many(ok, s, &err, "visibility");
    struct pareto_point *dot = calloc(MANY, sizeof(*dot));
    for (size_t i = 0; i < MANY; i++) /* half of them are the front */
        dot[i] = (struct pareto_point){
            "", about((double)(i / 2 + 1), 1),
            about(1e15 - 1e9 * (double)(i - i % 2) + 5e8 * (double)(i % 2), 1)};
    const struct pareto_data f = {.run = "r",
                                  .x_name = "worker-hours",
                                  .y_name = "latency.p99",
                                  .x_unit = UNIT_ONE,
                                  .y_unit = UNIT_NS,
                                  .point = dot,
                                  .n = MANY,
                                  .n_replication = 20};
    ok = pareto_layout(&f, 0, 0, &s, &err);
    judge_many(ok, s, &err, "pareto");
    free(dot);
    free(p);
    free(x);
    free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_find),
        cmocka_unit_test(trade_offs_are_found),
        cmocka_unit_test(axes_know_their_kind),
        cmocka_unit_test(a_million_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
