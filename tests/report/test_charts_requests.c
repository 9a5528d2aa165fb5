/* The charts of requests (latency, fates, arrivals and departures) under every kind of data, and what their titles find. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "chart_data.h"

/* --- latency --- */

static struct estimate estimate_of(double mean, double half)
{
    return (struct estimate){.n = isnan(mean) ? 0 : 12, .mean = mean, .half = half, .low = mean - half, .high = mean + half,
                             .level = 0.95};
}

enum { BUCKETS = 2000 };
struct curve {
    double             low[BUCKETS], high[BUCKETS];
    uint64_t           count[BUCKETS];
    struct latency_run run;
};

static void fill_curve(struct curve *c, const char *name, size_t role, double start, double grow, size_t n, uint64_t each)
{
    for (size_t i = 0; i < n; i++) {
        c->low[i] = start * pow(grow, (double)i);
        c->high[i] = start * pow(grow, (double)i + 1);
        c->count[i] = each;
    }
    c->run = (struct latency_run){.name = name, .role = role, .low_s = c->low, .high_s = c->high, .count = c->count, .n = n,
                                  .lost = 0.14, .waiting = 0, .title = role % 2 == 0 ? LONG_NAME " " LONG_NAME : name};
    for (size_t k = 0; k < LATENCY_MARKS; k++)
        c->run.mark[k] = estimate_of(start * pow(grow, (double)n * latency_mark[k]), start / 2);
}

static void latency_with(const char *what, const struct latency_run *run, size_t n_run, double deadline_s)
{
    const struct latency_data d = {run, n_run, 12, deadline_s, isnan(deadline_s) ? "batch none, web 2 s" : NULL};
    ON_ALL_PAGES(what, latency_layout, &d);
}

static void latency_stays_on_its_page(void **state)
{
    struct curve *c = calloc(6, sizeof(*c));
    static const double deadline[] = {NAN, 0, 1e-9, 10, 1e12, INFINITY};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(deadline); i++) {
        fill_curve(&c[0], names[i], 0, 0.001, 1.005, BUCKETS, 100);
        fill_curve(&c[1], "decoupled", 1, 0.002, 1.006, BUCKETS, 100000);
        const struct latency_run two[] = {c[0].run, c[1].run};
        latency_with("two", two, 2, deadline[i]);
        latency_with("one", two, 1, deadline[i]);
        fill_curve(&c[0], "one request", 0, 1, 1.5, 1, 1);
        fill_curve(&c[1], "none", 1, 1, 1.5, 0, 0);
        fill_curve(&c[2], "zeros", 2, 0, 1, 3, 5);
        fill_curve(&c[3], "endless", 3, 1e300, 1e9, 3, 5);
        fill_curve(&c[4], "same place", 4, 1, 1.5, 1, 1);
        c[4].run.lost = NAN;
        c[3].run.mark[0] = estimate_of(NAN, NAN);
        c[3].run.mark[1] = estimate_of(INFINITY, 1);
        const struct latency_run odd[] = {c[0].run, c[1].run, c[2].run, c[3].run, c[4].run};
        latency_with("odd", odd, 5, deadline[i]);
        latency_with("nothing done", &odd[1], 1, deadline[i]);
        latency_with("zeros", &odd[2], 1, deadline[i]);
        latency_with("endless", &odd[3], 1, deadline[i]);
    }
    free(c);
}

/* 1,000 requests at 1 s … 1,000 s, one each: p99 is the 990th. */
static void latency_tells_p99_and_what_was_never_done(void **state)
{
    static struct curve a, b;
    struct err err = {0};
    struct sheet *s;
    size_t rows, columns;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        a.low[i] = b.low[i] = i + 1;
        a.high[i] = b.high[i] = i + 1;
        a.count[i] = b.count[i] = 1;
    }
    a.run = (struct latency_run){.name = "coupled", .low_s = a.low, .high_s = a.high, .count = a.count, .n = 1000, .lost = 0.14};
    b.run = (struct latency_run){.name = "decoupled", .role = 1, .low_s = b.low, .high_s = b.high, .count = b.count, .n = 100};
    const struct latency_run run[] = {a.run, b.run};
    const struct latency_data d = {run, 2, 12, 10, NULL}, differ = {run, 2, 12, NAN, "batch none, web 2 s"};
    assert_true(latency_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "coupled → decoupled: p99 16.5 min → 99 s; never done 14.0 % → 0 %");
    assert_non_null(sheet_find(s, "p99 16.5 min · 14.0 % never done"));
    assert_non_null(sheet_find(s, "p99 99 s · all done"));
    assert_non_null(sheet_find(s, "deadline 10 s"));
    assert_non_null(sheet_find(s, "pool 12 replications"));
    const char *const *cell = sheet_table(s, &rows, &columns);
    assert_int_equal(rows, 8);
    assert_string_equal(cell[columns * 3 + 1], "p99");
    assert_string_equal(cell[columns * 3 + 2], "16.5 min");
    sheet_free(s);
    assert_true(latency_layout(&differ, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "web 2 s"));
    assert_null(sheet_find(s, "deadline 2 s"));
    sheet_free(s);
}

/* --- fates --- */

static void fates_with(const char *what, enum kind kind, size_t n_run, size_t n)
{
    double *v = values(kind, 4, n);
    struct fates_run run[4];
    for (size_t i = 0; i < n_run; i++) {
        run[i] = (struct fates_run){names[i], i, 12, n, 100.0 / (double)n, {v, v + n, v + 2 * n, v + 3 * n}, {1, 0, 0, 1e9},
                                    i % 2 ? names[i] : NULL};
        for (size_t f = 0; i % 2 == 0 && f < 4; f++)
            run[i].total[f] = kind == ZERO ? 0 : 1e14 + (double)f;
        for (size_t b = 0; b < 4 * n; b++)
            v[b] = isfinite(v[b]) && v[b] >= 0 ? v[b] : 0;
    }
    const struct fates_data d = {run, n_run, 100, kind % 2 ? NAN : 10, fault, FAULTS, kind % 2 ? "batch none, web 2 s" : ""};
    ON_ALL_PAGES(what, fates_layout, &d);
    free(v);
}

static void fates_stay_on_their_page(void **state)
{
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        fates_with(kind_name[kind], (enum kind)kind, 2, 90);
        fates_with(kind_name[kind], (enum kind)kind, 1, 1);
        fates_with(kind_name[kind], (enum kind)kind, 4, 700);
    }
    fates_with("a million", ORDINARY, 1, 1000000);
}

/* Ten born in each of two minutes: all in time in the first; 2 late, 3 waiting, 5 lost in the second; nobody in the third. */
static void fates_are_bands_in_fixed_order(void **state)
{
    static const double in_time[] = {10, 0, 0}, late[] = {0, 2, 0}, waiting[] = {0, 3, 0}, lost[] = {0, 5, 0};
    const struct fates_run run = {"coupled", 0, 12, 3, 60, {in_time, late, waiting, lost}, {10, 2, 3, 5}, "Order intake"};
    const struct fates_data d = {&run, 1, 180, 10, NULL, 0, NULL};
    struct err err = {0};
    struct sheet *s;
    size_t area = 0;
    double height[4] = {0}, right = 0;
    (void)state;
    assert_true(fates_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "coupled: 50.0 % of the requests in time, 25.0 % lost");
    assert_non_null(sheet_find(s, "in time 50.0 % (10)"));
    assert_non_null(sheet_find(s, "Order intake"));
    assert_non_null(sheet_find(s, "lost 25.0 % (5)"));
    for (size_t i = 0; i < s->n; i++) {
        const struct mark *m = &s->mark[i];
        if (m->kind != MARK_AREA)
            continue;
        assert_true(area < 4);
        assert_int_equal(m->ink.rgb, fate_ink[area].fill);
        height[area++] = m->at[m->n - 3].y - m->at[3 - 1].y; /* of the second minute: lower edge less upper edge */
        right = fmax(right, m->at[3].x);
    }
    assert_int_equal(area, 4);
    double all = height[0] + height[1] + height[2] + height[3];
    assert_float_equal(height[1] / all, 0.2, 1e-9);
    assert_float_equal(height[2] / all, 0.3, 1e-9);
    assert_float_equal(height[3] / all, 0.5, 1e-9);
    assert_true(right < s->width - 100); /* the third minute stays paper */
    sheet_free(s);
}

static void ties_are_told_as_ties(void **state)
{
    static const double some[] = {5}, none[] = {0};
    const struct fates_run same[] = {{"a", 0, 12, 1, 60, {some, none, none, none}, {5, 0, 0, 0}, NULL},
                                     {"b", 1, 12, 1, 60, {some, none, none, none}, {5, 0, 0, 0}, NULL}};
    const struct fates_data d = {same, 2, 60, 10, NULL, 0, NULL};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(fates_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "a → b: none lost in either, in time 100 % → 100 %");
    sheet_free(s);
}

/* --- cumulative --- */

static void cumulative_with(const char *what, enum kind in, enum kind out, size_t n_run, size_t n_replication, size_t n)
{
    double *offered = values(in, n_replication, n), *done = values(out, n_replication, n);
    struct cumulative_run run[3];
    for (size_t i = 0; i < n_run; i++)
        run[i] = (struct cumulative_run){names[i], i, n_replication, n, 100.0 / (double)n, i == 2 ? done : offered, done,
                                         i == 0 ? LONG_NAME : NULL};
    const struct cumulative_data d = {run, n_run, 100, fault, FAULTS};
    ON_ALL_PAGES(what, cumulative_layout, &d);
    free(offered);
    free(done);
}

static void cumulative_stays_on_its_page(void **state)
{
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        cumulative_with(kind_name[kind], ORDINARY, (enum kind)kind, 2, 12, 60);
        cumulative_with(kind_name[kind], (enum kind)kind, SAME, 3, 1, 1);
        cumulative_with(kind_name[kind], (enum kind)kind, (enum kind)kind, 1, 2, 7);
    }
    cumulative_with("a million", ORDINARY, SAME, 1, 1, 1000000);
}

/* 20 a second arrive for 10 s, 10 a second are served for 20 s: at 10 s the backlog is 100, and the request that arrives then
 * waits 10 s. */
static void gaps_are_backlog_and_wait(void **state)
{
    double offered[30], done[30];
    struct err err = {0};
    struct sheet *s;
    size_t rows, columns;
    (void)state;
    for (int b = 0; b < 30; b++) {
        offered[b] = b < 10 ? 20 : 0;
        done[b] = b < 20 ? 10 : 0;
    }
    const struct cumulative_run run = {"decoupled", 1, 1, 30, 1, offered, done, "Order intake"};
    const struct cumulative_data d = {&run, 1, 30, NULL, 0};
    assert_true(cumulative_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "decoupled is 100 behind at 10 s and catches up");
    assert_non_null(sheet_find(s, "100 behind"));
    assert_non_null(sheet_find(s, "waits 10 s"));
    assert_non_null(sheet_find(s, "decoupled: “Order intake”"));
    const char *const *cell = sheet_table(s, &rows, &columns);
    assert_string_equal(cell[columns + 3], "100");
    assert_string_equal(cell[columns + 4], "10 s");
    assert_string_equal(cell[columns + 5], "10 s");
    sheet_free(s);
    done[19] = 0; /* ten are never done: then the horizontal gap is no waiting time */
    assert_true(cumulative_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "decoupled ends 10 requests short");
    assert_null(sheet_find(s, "waits"));
    sheet_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latency_stays_on_its_page),
        cmocka_unit_test(latency_tells_p99_and_what_was_never_done),
        cmocka_unit_test(fates_stay_on_their_page),
        cmocka_unit_test(fates_are_bands_in_fixed_order),
        cmocka_unit_test(ties_are_told_as_ties),
        cmocka_unit_test(cumulative_stays_on_its_page),
        cmocka_unit_test(gaps_are_backlog_and_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
