/* The charts of a queue (messages over time, age of the oldest, faults beside them) under every kind of data, and what
 * their titles find; a layout whose memory is short. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bands.h"
#include "chart_data.h"
#include "mem.h"

/* --- depth and age --- */

static void depth_with(const char *what, enum kind kind, size_t n_replication, size_t n, const char *name, size_t n_fault)
{
    double *v = values(kind, n_replication, n), *zero = values(ZERO, n_replication, n);
    const struct depth_panel panel[] = {
        {"visible", "waiting for a consumer", v, NULL}, {"in flight", "received, not yet deleted", v, v},
        {"delayed", "not yet visible", zero, NULL},     {name, "dead letters", v, v},
        {name, "dead letters", zero, zero},
    };
    struct depth_data d = {.queue = name, .run = name, .n_replication = n_replication, .n = n, .width_s = 100.0 / (double)n,
                           .end_s = 100, .panel = panel, .n_panel = 5, .fault = fault, .n_fault = n_fault, .deadline_s = 10};
    ON_ALL_PAGES(what, depth_layout, &d);
    ON_ALL_PAGES(what, age_layout, &d);
    d.deadline_s = NAN;
    d.n_panel = 1;
    ON_ALL_PAGES(what, depth_layout, &d);
    ON_ALL_PAGES(what, age_layout, &d);
    free(v);
    free(zero);
}

static void depth_stays_on_its_page(void **state)
{
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        depth_with(kind_name[kind], (enum kind)kind, 12, 80, "queue.orders", 1);
        depth_with(kind_name[kind], (enum kind)kind, 1, 1, "queue.orders", FAULTS);
        depth_with(kind_name[kind], (enum kind)kind, 3, 5, LONG_NAME, 0);
    }
    for (size_t i = 0; i < NAMES; i++)
        depth_with(names[i], ORDINARY, 10, 30, names[i], FAULTS);
}

static void depth_joins_a_million_points(void **state)
{
    size_t n = 1000000;
    double *v = values(ORDINARY, 1, n);
    const struct depth_panel panel = {"visible", "waiting", v, NULL};
    const struct depth_data d = {.queue = "q", .run = "r", .n_replication = 1, .n = n, .width_s = 1, .end_s = 1e6,
                                 .panel = &panel, .n_panel = 1, .deadline_s = NAN};
    struct err err = {0};
    struct sheet *s = NULL;
    size_t points = 0;
    (void)state;
    bool ok = depth_layout(&d, 0, 0, &s, &err);
    for (size_t i = 0; ok && i < s->n; i++)
        points += s->mark[i].n;
    assert_true(points < 5000);
    judge(ok, s, &err, "a million points");
    free(v);
}

/* Twenty replications whose bucket holds 1 … 20: the mean is 10.5, the middle half 5.75 … 15.25, the middle 90 % 1.95 … 19.05
 * (order statistics, linear between them: 1 + p (n - 1)). */
static void bands_are_quantiles_of_the_replications(void **state)
{
    double v[20];
    struct sheet *s = sheet_open(100, 100);
    struct bands k;
    (void)state;
    for (int r = 0; r < 20; r++)
        v[r] = (r * 7) % 20 + 1; /* each of 1 … 20, in no order */
    assert_true(bands_make(s, &k, v, 20, 1, 1));
    assert_float_equal(k.mean[0], 10.5, 1e-12);
    assert_float_equal(k.q05[0], 1.95, 1e-12);
    assert_float_equal(k.q25[0], 5.75, 1e-12);
    assert_float_equal(k.q75[0], 15.25, 1e-12);
    assert_float_equal(k.q95[0], 19.05, 1e-12);
    sheet_free(s);
}

/* The one dot of a depth chart stands where its thick line does. */
static void dot_is_on_the_line(const struct sheet *s)
{
    const struct mark *dot = NULL, *line = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct mark *m = &s->mark[i];
        dot = m->kind == MARK_DOT ? m : dot;
        line = m->kind == MARK_LINE && m->n == 120 ? m : line; /* 60 steps */
    }
    assert_true(dot != NULL && line != NULL);
    for (size_t i = 0; i + 1 < line->n; i += 2)
        if (line->at[i].x < dot->at->x && dot->at->x < line->at[i + 1].x)
            assert_float_equal(dot->at->y, line->at[i].y, 1e-9);
}

/* A triangle: up by 10 a minute for 10 min, then down by 5. The mean of a bucket is highest, 100, in the minute from 9 min on;
 * below 1 it is first in the one from 29 min on. The largest within that minute is 102. */
static void depth_tells_peak_and_drain(void **state)
{
    double v[60], most[60];
    struct err err = {0};
    struct sheet *s;
    (void)state;
    for (int b = 0; b < 60; b++)
        v[b] = b < 10 ? 10 * (b + 1) : fmax(0, 100 - 5 * (b - 9));
    const struct depth_panel panel = {"visible", "waiting", v, NULL};
    struct depth_data d = {.queue = "queue.orders", .run = "r", .n_replication = 1, .n = 60, .width_s = 60,
                                 .end_s = 3600, .panel = &panel, .n_panel = 1, .deadline_s = NAN};
    assert_true(depth_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "queue.orders: backlog peaks at 100 messages at 9 min, drained by 29 min");
    assert_non_null(sheet_find(s, "100 at 9 min"));
    assert_non_null(sheet_find(s, "one replication"));
    sheet_free(s);
    for (int b = 0; b < 60; b++)
        most[b] = v[b] + 2;
    const struct depth_panel with_most = {"visible", "waiting", v, most};
    d.panel = &with_most;
    assert_true(depth_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "queue.orders: backlog peaks at 102 messages at 9 min, drained by 29 min");
    const struct mark *note = sheet_find(s, "mean 100 at 9 min, most 102");
    assert_non_null(note);
    dot_is_on_the_line(s);
    sheet_free(s);
}

/* Four needles of 100 a minute long, ten minutes apart; at 46 min the queue is empty for good. */
static void depth_counts_equal_peaks(void **state)
{
    double v[60] = {0};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    for (int b = 15; b < 60; b += 10)
        v[b] = b < 50 ? 100 : 0;
    const struct depth_panel panel = {"visible", "waiting", v, NULL};
    const struct depth_data d = {.queue = "queue.orders", .run = "r", .n_replication = 1, .n = 60, .width_s = 60,
                                 .end_s = 3600, .panel = &panel, .n_panel = 1, .deadline_s = NAN};
    assert_true(depth_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "queue.orders: backlog peaks 4 times, the highest 100 messages at 15 min; "
                                        "the last is drained by 46 min");
    dot_is_on_the_line(s);
    sheet_free(s);
}

static size_t seams(const struct sheet *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->mark[i].kind == MARK_LINE && s->mark[i].ink.rgb == RGB_SEAM;
    return n;
}

/* Names of faults that follow one another; one that the end of the run cuts; more than there is room for. */
static void every_fault_is_named_or_counted(void **state)
{
    static const struct fault_span near[] = {
        {"fleet.f down", 720, 780}, {"queue.q fail", 780, 840}, {"fleet.f slow", 3540, INFINITY}};
    struct fault_span many[40];
    struct scale x = scale_linear(0, 3600, 60, 700);
    struct sheet *s = sheet_open(720, 300);
    (void)state;
    faults_draw(s, near, 3, &x, 100, 250, true);
    const struct mark *first = sheet_find(s, "fleet.f down, 1 min"), *second = sheet_find(s, "queue.q fail, 1 min");
    assert_true(first != NULL && second != NULL);
    assert_false(box_meets(mark_text_box(first), mark_text_box(second)));
    assert_non_null(sheet_find(s, "fleet.f slow, until the end"));
    assert_null(sheet_find(s, "more"));
    assert_int_equal(seams(s), 4); /* both edges of the two that touch */
    sheet_free(s);
    s = sheet_open(720, 300);
    for (size_t i = 0; i < 40; i++)
        many[i] = (struct fault_span){"a fault with a long name, and then some more of it", 60.0 * (double)i, 60.0 * (double)i + 30};
    faults_draw(s, many, 40, &x, 100, 250, true);
    size_t named = 0, counted = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->mark[i].kind == MARK_TEXT && s->mark[i].text[0] == '+')
            counted = (size_t)strtol(s->mark[i].text, NULL, 10);
        else
            named += s->mark[i].kind == MARK_TEXT;
    assert_true(named > 0);
    assert_int_equal(named + counted, 40);
    assert_int_equal(seams(s), 0);
    sheet_free(s);
}

static void an_empty_queue_says_so(void **state)
{
    double v[4] = {0};
    struct err err = {0};
    struct sheet *s;
    const struct depth_panel panel[] = {{"visible", "waiting", v, NULL}, {"delayed", "later", v, NULL}};
    struct depth_data d = {.queue = "queue.orders", .run = "r", .n_replication = 2, .n = 2, .width_s = 1, .end_s = 2,
                           .panel = panel, .n_panel = 2, .deadline_s = NAN};
    (void)state;
    assert_true(depth_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "No message ever waits in queue.orders");
    assert_non_null(sheet_find(s, "Always zero: delayed"));
    sheet_free(s);
    d.n = 0;
    assert_false(depth_layout(&d, 0, 0, &s, &err));
    assert_int_equal(err.class, ERR_DATA);
}

/* Each allocation of a layout fails once: it says so and leaks nothing. */
static void short_memory_is_survived(void **state)
{
    double *v = values(ORDINARY, 12, 40);
    const struct depth_panel panel[] = {{"visible", "waiting", v, NULL}, {"in flight", "received", v, NULL}};
    const struct depth_data d = {.queue = "q", .run = "r", .n_replication = 12, .n = 40, .width_s = 1, .end_s = 40,
                                 .panel = panel, .n_panel = 2, .fault = fault, .n_fault = 2, .deadline_s = 3};
    const struct cumulative_run run = {"decoupled", 1, 12, 40, 1, v, v, "Order intake"};
    const struct cumulative_data c = {&run, 1, 40, fault, 1};
    (void)state;
    for (long n = 1; n < 60; n++) {
        for (int which = 0; which < 3; which++) {
            struct err err = {0};
            struct sheet *s = NULL;
            mem_fail_at(n);
            bool ok = which == 0   ? depth_layout(&d, 0, 0, &s, &err)
                      : which == 1 ? age_layout(&d, 0, 0, &s, &err)
                                   : cumulative_layout(&c, 0, 0, &s, &err);
            bool fired = mem_count() >= n;
            mem_fail_at(0);
            assert_true(ok == !fired);
            if (ok)
                sheet_free(s);
            else
                assert_int_equal(err.class, ERR_OS);
        }
    }
    free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_stays_on_its_page),
        cmocka_unit_test(depth_joins_a_million_points),
        cmocka_unit_test(bands_are_quantiles_of_the_replications),
        cmocka_unit_test(depth_tells_peak_and_drain),
        cmocka_unit_test(depth_counts_equal_peaks),
        cmocka_unit_test(every_fault_is_named_or_counted),
        cmocka_unit_test(an_empty_queue_says_so),
        cmocka_unit_test(short_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
