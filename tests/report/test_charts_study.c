/* The charts of studies stay on their page under every kind of data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check.h"
#include "estimate_about.h"
#include "layouts_study.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweeps_stay_on_their_page),
        cmocka_unit_test(tornados_stay_on_their_page),
        cmocka_unit_test(courses_stay_on_their_page),
        cmocka_unit_test(tradeoffs_stay_on_their_page),
        cmocka_unit_test(limits_stay_on_their_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
