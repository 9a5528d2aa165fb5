/* Every chart's layout under every kind of data: ordinary, none, one point, one replication, zeros, infinities, a million
 * points, very long and odd names, small and large pages. The rules of sheet_check hold in all of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check.h"
#include "bands.h"
#include "layouts.h"
#include "made_up.h"
#include "mem.h"
#include "sheet_check.h"

static const struct page_size pages[] = {{0, 0}, {360, 260}, {1200, 900}, {500, 0}, {1, 1}, {1e9, 300}};

#define LONG_NAME \
    "an-entity-with-a-name-that-nobody-would-choose-but-somebody-will-write-anyway-because-nothing-forbids-it-at-all"
static const char *const names[] = {"orders", LONG_NAME, "주문 대기열 대한민국 서울", "", "<b>&amp;\n\t\"x\"", "\xFF\xC0\x80"};

static void judge(bool ok, struct sheet *s, struct err *err, const char *what)
{
    char why[500];
    if (!ok)
        fail_msg("%s: %s", what, err->text);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s, %g x %g: %s", what, s->width, s->height, why);
    sheet_free(s);
}

#define ON_ALL_PAGES(what, layout, data)                                             \
    for (size_t page = 0; page < ARRAY_LEN(pages); page++) {                         \
        struct err err = {0};                                                        \
        struct sheet *s = NULL;                                                      \
        bool ok = layout(data, pages[page].width, pages[page].height, &s, &err);     \
        judge(ok, s, &err, what);                                                    \
    }

/* --- kinds of series --- */

enum kind { ORDINARY, ZERO, ONE, SAME, HUGE_NUMBERS, INFINITE, MISSING, TINY, N_KIND };
static const char *const kind_name[N_KIND] = {"ordinary", "zero", "one spike", "constant", "huge", "infinite", "NAN", "tiny"};

static double value_of(enum kind kind, size_t r, size_t b, size_t n, uint64_t *state)
{
    switch (kind) {
    case ORDINARY:
        return 1000 * fabs(sin((double)b / (double)n * 6)) + 30 * made_up_uniform(state) + (double)r;
    case ONE:
        return b == n / 2 ? 100 : 0;
    case SAME:
        return 7;
    case HUGE_NUMBERS:
        return 1e17 * made_up_uniform(state);
    case INFINITE:
        return b % 7 == 3 ? INFINITY : b % 5 == 1 ? -INFINITY : 5;
    case MISSING:
        return b % 3 == 0 ? NAN : b % 11 == 0 ? -4 : 12;
    case TINY:
        return 1e-12 * made_up_uniform(state);
    default:
        return 0;
    }
}

static double *values(enum kind kind, size_t n_replication, size_t n)
{
    double *v = malloc((n_replication * n + 1) * sizeof(*v));
    uint64_t state = 88172645463325252ull;
    for (size_t i = 0; i < n_replication * n; i++)
        v[i] = value_of(kind, i / n, i % n, n, &state);
    return v;
}

static const struct fault_span fault[] = {
    {"database.orders down", 20, 25},   {"a second fault that overlaps " LONG_NAME " slow", 22, 60},
    {"after the end", 5000, 6000},      {"no length", 70, 70},
    {"to the end", 90, INFINITY},       {"odd", NAN, NAN},
};

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
        depth_with(kind_name[kind], (enum kind)kind, 1, 1, "queue.orders", ARRAY_LEN(fault));
        depth_with(kind_name[kind], (enum kind)kind, 3, 5, LONG_NAME, 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        depth_with(names[i], ORDINARY, 10, 30, names[i], ARRAY_LEN(fault));
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
    const struct latency_data d = {run, n_run, 12, deadline_s};
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
    const struct latency_data d = {run, 2, 12, 10};
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
    const struct fates_data d = {run, n_run, 100, kind % 2 ? NAN : 10, fault, ARRAY_LEN(fault)};
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
    const struct fates_data d = {&run, 1, 180, 10, NULL, 0};
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
    const struct fates_data d = {same, 2, 60, 10, NULL, 0};
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
    const struct cumulative_data d = {run, n_run, 100, fault, ARRAY_LEN(fault)};
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

/* --- difference --- */

static void difference_with(const char *what, const double *x, const double *y, size_t n, enum metric_unit unit, const char *name)
{
    for (int better = -1; better <= 1; better++) {
        const struct difference_data d = {name, "decoupled", "latency.p99", unit, better, x, y, n, LONG_NAME, name};
        ON_ALL_PAGES(what, difference_layout, &d);
    }
}

/* Ten differences 0.1 apart on an axis from 0 to 10: every dot has an x of its own, and none covers another. */
static void difference_dots_stand_at_their_values(void **state)
{
    double x[10] = {0}, y[10];
    struct err err = {0};
    struct sheet *s;
    const struct mark *dot[10];
    size_t n = 0;
    (void)state;
    for (int i = 0; i < 10; i++)
        y[i] = 9 + 0.1 * i;
    const struct difference_data d = {"a", "b", "depth", UNIT_ONE, -1, x, y, 10, NULL, NULL};
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    for (size_t i = 0; i < s->n; i++)
        if (s->mark[i].kind == MARK_DOT && s->mark[i].shape == SHAPE_DISC) {
            assert_true(n < 10);
            dot[n++] = &s->mark[i];
        }
    assert_int_equal(n, 10);
    double step = dot[1]->at->x - dot[0]->at->x;
    assert_true(step > 1);
    for (size_t i = 1; i < n; i++) {
        assert_float_equal(dot[i]->at->x - dot[i - 1]->at->x, step, 1e-3);
        for (size_t k = 0; k < i; k++)
            assert_true(hypot(dot[i]->at->x - dot[k]->at->x, dot[i]->at->y - dot[k]->at->y) > 7);
    }
    sheet_free(s);
}

static void difference_stays_on_its_page(void **state)
{
    double x[300], y[300];
    uint64_t random = 7;
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        double *a = values((enum kind)kind, 1, 300);
        for (int i = 0; i < 300; i++) {
            x[i] = a[i];
            y[i] = a[i] + made_up_normal(&random);
        }
        difference_with(kind_name[kind], x, y, 300, UNIT_NS, "coupled");
        difference_with(kind_name[kind], a, y, 12, UNIT_SHARE, LONG_NAME);
        difference_with(kind_name[kind], a, a, 20, UNIT_ONE, names[kind % 6]);
        difference_with(kind_name[kind], a, x, 1, UNIT_PER_SECOND, "c");
        difference_with(kind_name[kind], x, y, 0, UNIT_BYTES, "none");
        free(a);
    }
}

static void titles_of_differences_are_true(void **state)
{
    static const double a[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    static const double up[10] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12};           /* always 2 more */
    static const double mixed[10] = {2, 1, 4, 3, 6, 5, 8, 7, 10, 9};          /* 1 more, 1 less */
    struct difference_data d = {"a", "b", "depth", UNIT_ONE, -1, a, up, 10, NULL, "Twice the workers"};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "b is worse: depth +2 against a");
    assert_non_null(sheet_find(s, "b: “Twice the workers”"));
    sheet_free(s);
    d.better = 1;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "b is better: depth +2 against a");
    sheet_free(s);
    d.y = mixed;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "depth: no difference shown between a and b");
    sheet_free(s);
    d.y = a;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "depth is the same in a and b, replication by replication");
    sheet_free(s);
    d.y = up;
    d.n = 5;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "depth: b +2 against a; too few replications for an interval");
    sheet_free(s);
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

/* --- swimlane --- */

static void lanes(struct lane *lane, size_t n, enum kind kind, struct lane_bar *bar, struct lane_work *work,
                  struct lane_mark *mark, size_t parts)
{
    uint64_t state = 88172645463325252ull;
    for (size_t i = 0; i < n; i++) {
        lane[i] = (struct lane){.name = names[i % ARRAY_LEN(names)], .bar = &bar[i * parts], .work = &work[i * parts],
                                .mark = &mark[i * parts], .n_bar = parts, .n_work = parts, .n_mark = parts,
                                .receives = i, .effects = i % 3};
        for (size_t k = 0; k < parts; k++) {
            double a = value_of(kind, i, k, parts, &state), b = value_of(kind, i, k + 1, parts + 1, &state);
            bar[i * parts + k] = (struct lane_bar){a, b, (enum lane_state)(k % 4), (unsigned)(k * 77)};
            work[i * parts + k] = (struct lane_work){a, b};
            mark[i * parts + k] = (struct lane_mark){b, (enum lane_event)(k % 5)};
        }
    }
}

static void swimlane_of_anything(void **state)
{
    static const size_t count[] = {1, 2, 30}, parts[] = {0, 1, 8, 60};
    (void)state;
    static struct lane lane[30];
    static struct lane_bar bar[30 * 60];
    static struct lane_work work[30 * 60];
    static struct lane_mark mark[30 * 60];
    for (enum kind k = 0; k < N_KIND; k++)
        for (size_t c = 0; c < ARRAY_LEN(count); c++)
            for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
                lanes(lane, count[c], k, bar, work, mark, parts[p]);
                struct swimlane_data d = {.lane = lane, .n = count[c], .n_recorded = count[c] * 3, .n_again = c,
                                          .n_effect_again = c, .n_dead = c, .run = names[p % ARRAY_LEN(names)]};
                ON_ALL_PAGES("swimlane", swimlane_layout, &d);
            }
    struct err err = {0};
    struct sheet *s = NULL;
    struct swimlane_data none = {.run = "x"};
    assert_false(swimlane_layout(&none, 0, 0, &s, &err));
}

/* What a reader is told, and where. */
static void swimlane_says_what_happened(void **state)
{
    (void)state;
    const struct lane_bar bar[] = {{0, 2, LANE_WAITING, 0}, {2, 5, LANE_FLIGHT, 1}, {5, 8, LANE_FLIGHT, 2}};
    const struct lane_work work[] = {{2, 7}, {5, 10}};
    const struct lane_mark mark[] = {{7, LANE_EFFECT}, {10, LANE_AGAIN}};
    const struct lane lane = {"orders#17", bar, work, mark, 3, 2, 2, 2, 2};
    const struct swimlane_data one = {.lane = &lane, .n = 1, .n_recorded = 1, .n_again = 1, .n_effect_again = 1, .run = "a"};
    struct err err = {0};
    struct sheet *s = NULL;
    assert_true(swimlane_layout(&one, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "orders#17 was received twice and took effect twice");
    assert_non_null(sheet_find(s, "took effect again"));
    assert_non_null(sheet_find(s, "orders#17"));
    assert_null(sheet_find(s, "worker died"));
    sheet_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swimlane_of_anything),
        cmocka_unit_test(swimlane_says_what_happened),
        cmocka_unit_test(depth_stays_on_its_page),
        cmocka_unit_test(depth_joins_a_million_points),
        cmocka_unit_test(bands_are_quantiles_of_the_replications),
        cmocka_unit_test(depth_tells_peak_and_drain),
        cmocka_unit_test(depth_counts_equal_peaks),
        cmocka_unit_test(every_fault_is_named_or_counted),
        cmocka_unit_test(an_empty_queue_says_so),
        cmocka_unit_test(latency_stays_on_its_page),
        cmocka_unit_test(latency_tells_p99_and_what_was_never_done),
        cmocka_unit_test(fates_stay_on_their_page),
        cmocka_unit_test(fates_are_bands_in_fixed_order),
        cmocka_unit_test(ties_are_told_as_ties),
        cmocka_unit_test(cumulative_stays_on_its_page),
        cmocka_unit_test(gaps_are_backlog_and_wait),
        cmocka_unit_test(difference_stays_on_its_page),
        cmocka_unit_test(difference_dots_stand_at_their_values),
        cmocka_unit_test(titles_of_differences_are_true),
        cmocka_unit_test(short_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
