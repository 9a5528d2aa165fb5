/* The charts of studies under every kind of data, and what their titles find; from a database:
 * lines, refusals, sums. */
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
#include "mem.h"
#include "sheet_check.h"

static const struct page_size pages[] = {{0, 0}, {360, 260}, {1200, 900}, {1, 1}, {1e9, 300}};
#define LONG_NAME                                                                                  \
    "an-entity-with-a-name-that-nobody-would-choose-but-somebody-will-write-anyway-because-"       \
    "nothing-forbids-it"
static const char *const names[] = {"latency.p99",       LONG_NAME,     "주문 대기열 대한민국", "",
                                    "<b>&amp;\n\t\"x\"", "\xFF\xC0\x80"};

static void judge(bool ok, struct sheet *s, struct err *err, const char *what)
{
    char why[500];
    if (!ok)
        fail_msg("%s: %s", what, err->text);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s, %g x %g: %s", what, s->width, s->height, why);
    sheet_free(s);
}
#define ON_ALL_PAGES(what, layout, data)                                                           \
    for (size_t page = 0; page < ARRAY_LEN(pages); page++) {                                       \
        struct err err = {0};                                                                      \
        struct sheet *s = NULL;                                                                    \
        bool ok = layout(data, pages[page].width, pages[page].height, &s, &err);                   \
        judge(ok, s, &err, what);                                                                  \
    }

/* --- kinds of numbers --- */

enum kind { ORDINARY, ZERO, SAME, HUGE_NUMBERS, INFINITE, MISSING, TINY, DECADES, N_KIND };
static const char *const kind_name[N_KIND] = {"ordinary", "zero", "constant", "huge",
                                              "infinite", "NAN",  "tiny",     "decades"};

static double value_of(enum kind kind, size_t i)
{
    switch (kind) {
    case ORDINARY:
        return 1e9 * (2 + sin((double)i));
    case SAME:
        return 7e9;
    case HUGE_NUMBERS:
        return 1e300 * (double)(i + 1);
    case INFINITE:
        return i % 3 == 0 ? INFINITY : i % 3 == 1 ? -INFINITY : 5e9;
    case MISSING:
        return i % 2 == 0 ? NAN : 3e9;
    case TINY:
        return 1e-3 * (double)(i + 1);
    case DECADES:
        return pow(10, (double)(i % 12));
    default:
        return 0;
    }
}

static struct estimate estimate_of(enum kind kind, size_t i, bool interval)
{
    double x = value_of(kind, i), half = interval ? fabs(x) * 0.1 : NAN;
    return (struct estimate){.n = interval ? 20 : 3,
                             .mean = x,
                             .half = half,
                             .low = x - half,
                             .high = x + half,
                             .level = 0.95};
}

static void sweep_with(enum kind kind, size_t n_line, size_t n, const char *name, bool categories,
                       bool interval)
{
    struct sweep_point *point = calloc(n_line * n + 1, sizeof(*point));
    struct sweep_line *line = calloc(n_line + 1, sizeof(*line));
    const char **category = calloc(n + 1, sizeof(*category));
    for (size_t i = 0; i < n_line * n; i++)
        point[i] = (struct sweep_point){categories ? (double)(i % n) : 5.0 * (double)(i % n + 1),
                                        estimate_of(kind, i, interval)};
    for (size_t i = 0; i < n_line; i++)
        line[i] = (struct sweep_line){.name = name, .point = point + i * n, .n = n};
    for (size_t i = 0; i < n; i++)
        category[i] = name;
    struct sweep_data d = {.run = name,
                           .x_name = name,
                           .y_name = name,
                           .unit = UNIT_NS,
                           .line = line,
                           .n_line = n_line,
                           .n_replication = interval ? 20 : 3,
                           .n_most = 40,
                           .category = categories ? category : NULL,
                           .n_category = categories ? n : 0};
    static const enum metric_unit unit[] = {UNIT_NS, UNIT_SHARE, UNIT_ONE, UNIT_BYTES};
    for (size_t u = 0; u < 4; u++) {
        d.unit = unit[u];
        d.x_kind = (enum setting_kind)(u + 1);
        ON_ALL_PAGES(kind_name[kind], sweep_layout, &d);
    }
    free(point);
    free(line);
    free(category);
}

static void sweeps_stay_on_their_page(void **state)
{
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        sweep_with((enum kind)kind, 1, 6, "size", false, true);
        sweep_with((enum kind)kind, 4, 7, "size", false, true);
        sweep_with((enum kind)kind, 2, 5, "law", true, true);
        sweep_with((enum kind)kind, 1, 1, "size", false, false);
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        sweep_with(ORDINARY, 12, 4, names[i], false, true);
        sweep_with(ORDINARY, 2, 40, names[i], true, true);
    }
    sweep_with(ORDINARY, 0, 0, "none", false, true);
    sweep_with(ORDINARY, 1, 0, "none", false, true);
    sweep_with(ORDINARY, 1, 20000, "many", false, true);
}

static void tornado_with(enum kind kind, size_t n, const char *name, bool interval)
{
    struct tornado_bar *bar = calloc(n + 1, sizeof(*bar));
    for (size_t i = 0; i < n; i++)
        bar[i] = (struct tornado_bar){name, name, name, estimate_of(kind, 2 * i, interval),
                                      estimate_of(kind, 2 * i + 1, interval)};
    struct tornado_data d = {.run = name,
                             .metric = name,
                             .unit = UNIT_NS,
                             .base = estimate_of(ORDINARY, 3, interval),
                             .bar = bar,
                             .n = n};
    ON_ALL_PAGES(kind_name[kind], tornado_layout, &d);
    d.unit = UNIT_SHARE;
    d.base = estimate_of(kind, 1, interval);
    ON_ALL_PAGES(kind_name[kind], tornado_layout, &d);
    free(bar);
}

static void tornados_stay_on_their_page(void **state)
{
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        tornado_with((enum kind)kind, 5, "producer.orders.rate", true);
        tornado_with((enum kind)kind, 1, "size", false);
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        tornado_with(ORDINARY, 4, names[i], true);
    tornado_with(ORDINARY, 0, "none", true);
    tornado_with(ORDINARY, 100, "many", true);
}

static void paths_with(enum kind kind, size_t n, const char *name)
{
    double *a = calloc(n + 1, sizeof(*a)), *b = calloc(n + 1, sizeof(*b));
    for (size_t i = 0; i < n; i++) {
        a[i] = fmin((double)i, (double)(n - i));
        b[i] = value_of(kind, i) / 1e9;
    }
    const struct goodput_data d = {name, a, b, b, n, 12, 60, NULL},
                              strange = {name, b, a, NULL, n, 12, 60, a},
                              sure = {name, a, b, b, n, 12, 60, b};
    ON_ALL_PAGES(kind_name[kind], goodput_layout, &d);
    ON_ALL_PAGES(kind_name[kind], goodput_layout, &strange);
    ON_ALL_PAGES(kind_name[kind], goodput_layout, &sure);
    for (size_t i = 0; i < n; i++)
        b[i] *= 1e9;
    struct welch_data w = {.run = name,
                           .metric = name,
                           .unit = UNIT_NS,
                           .mean = b,
                           .n = n,
                           .n_replication = 50,
                           .width_s = 60,
                           .cut = n / 4,
                           .warmup_s = 90};
    if (n > 0)
        ON_ALL_PAGES(kind_name[kind], welch_layout, &w);
    free(a);
    free(b);
}

static void courses_stay_on_their_page(void **state)
{
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        paths_with((enum kind)kind, 80, "orders");
        paths_with((enum kind)kind, 1, "orders");
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        paths_with(ORDINARY, 30, names[i]);
    paths_with(ORDINARY, 0, "none");
    struct err err = {0};
    struct sheet *s;
    const struct welch_data none = {.run = "x", .metric = "latency"};
    assert_false(welch_layout(&none, 0, 0, &s, &err));
    assert_non_null(strstr(err.text, "nothing to draw"));
}

static struct estimate about(double mean, double half)
{
    return (struct estimate){.n = 20,
                             .mean = mean,
                             .half = half,
                             .low = mean - half,
                             .high = mean + half,
                             .level = 0.95};
}

static void visibility_with(enum kind kind, size_t n_line, size_t n, const char *name,
                            double mean_s)
{
    struct sweep_point *point = calloc(2 * n_line * n + 1, sizeof(*point));
    struct sweep_line *line = calloc(2 * n_line + 1, sizeof(*line));
    struct visibility_data d = {.name = {name, name}, .mean_s = mean_s, .p99_s = mean_s * 4.6};
    for (size_t i = 0; i < 2 * n_line * n; i++) {
        point[i] = (struct sweep_point){5.0 * (double)(i % n + 1), estimate_of(kind, i, true)};
        if (i < n_line * n && kind == ORDINARY)
            point[i].y = (struct estimate){.n = 20,
                                           .mean = 0.5 / (double)(i % n + 1),
                                           .half = 0.1,
                                           .low = 0.5 / (double)(i % n + 1) - 0.1,
                                           .high = 0.5 / (double)(i % n + 1) + 0.1};
    }
    for (size_t i = 0; i < 2 * n_line; i++)
        line[i] = (struct sweep_line){.name = name, .point = point + i * n, .n = n};
    for (size_t k = 0; k < 2; k++)
        d.panel[k] = (struct sweep_data){.run = name,
                                         .x_name = name,
                                         .y_name = name,
                                         .x_kind = SETTING_DURATION,
                                         .unit = k == 0 ? UNIT_SHARE : UNIT_NS,
                                         .line = line + k * n_line,
                                         .n_line = n_line,
                                         .n_replication = 20,
                                         .n_most = 20};
    ON_ALL_PAGES(kind_name[kind], visibility_layout, &d);
    free(point);
    free(line);
}

static void pareto_with(enum kind kind, size_t n, const char *name, bool interval)
{
    struct pareto_point *point = calloc(n + 1, sizeof(*point));
    for (size_t i = 0; i < n; i++)
        point[i] = (struct pareto_point){
            name, estimate_of(kind == ORDINARY ? ORDINARY : kind, i, interval),
            estimate_of(kind, n - i, interval)};
    struct pareto_data d = {.run = name,
                            .x_name = name,
                            .y_name = name,
                            .x_unit = UNIT_ONE,
                            .y_unit = UNIT_NS,
                            .point = point,
                            .n = n,
                            .n_replication = 20};
    ON_ALL_PAGES(kind_name[kind], pareto_layout, &d);
    d.x_unit = UNIT_NS;
    d.y_unit = UNIT_SHARE;
    ON_ALL_PAGES(kind_name[kind], pareto_layout, &d);
    free(point);
}

static void tradeoffs_stay_on_their_page(void **state)
{
    static const double mean[] = {10, 0, NAN, INFINITY, 1e-9, 1e9, 1};
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        visibility_with((enum kind)kind, 1, 6, "size", 10);
        visibility_with((enum kind)kind, 3, 7, "size", 20);
        visibility_with((enum kind)kind, 1, 1, "size", 5);
        pareto_with((enum kind)kind, 9, "size 10", true);
        pareto_with((enum kind)kind, 1, "size 10", false);
    }
    for (size_t i = 0; i < ARRAY_LEN(mean); i++)
        visibility_with(ORDINARY, 1, 6, "size", mean[i]);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        visibility_with(ORDINARY, 2, 5, names[i], 10);
        pareto_with(ORDINARY, 40, names[i], true);
    }
    visibility_with(ORDINARY, 0, 0, "none", 10);
    visibility_with(ORDINARY, 1, 0, "none", 10);
    pareto_with(ORDINARY, 0, "none", true);
    pareto_with(TINY, 3000, "many", true);
}

static void limits_stay_on_their_page(void **state)
{
    static const double limit[] = {300, 3000, 0, -1, NAN, INFINITY, 1e300};
    (void)state;
    struct sweep_point p[7];
    const struct sweep_line line = {.name = LONG_NAME, .point = p, .n = 7};
    struct sweep_ref ref[7];
    for (size_t i = 0; i < 7; i++) {
        p[i] = (struct sweep_point){(double)(1 << i), about(40.0 * (double)(1 << i), 3)};
        ref[i] = (struct sweep_ref){i % 2 == 0 ? "quota" : LONG_NAME, limit[i]};
    }
    struct sweep_data d = {.run = "r",
                           .x_name = "key",
                           .y_name = "rate",
                           .unit = UNIT_PER_SECOND,
                           .line = &line,
                           .n_line = 1,
                           .n_replication = 20,
                           .n_most = 20,
                           .ref = ref,
                           .n_ref = 7,
                           .log_log = true};
    ON_ALL_PAGES("limits", sweep_layout, &d);
    struct sheet *s = NULL;
    struct err err = {0};
    d.n_ref = 2;
    assert_true(sweep_layout(&d, 0, 0, &s, &err));
    assert_non_null(sheet_find(s, "quota")); /* 300 lies inside */
    sheet_free(s);
}

/* --- findings --- */

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

/* --- from a database --- */

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
        cmocka_unit_test(sweeps_stay_on_their_page),
        cmocka_unit_test(tornados_stay_on_their_page),
        cmocka_unit_test(courses_stay_on_their_page),
        cmocka_unit_test(tradeoffs_stay_on_their_page),
        cmocka_unit_test(limits_stay_on_their_page),
        cmocka_unit_test(titles_find),
        cmocka_unit_test(trade_offs_are_found),
        cmocka_unit_test(axes_know_their_kind),
        cmocka_unit_test(a_million_points),
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
