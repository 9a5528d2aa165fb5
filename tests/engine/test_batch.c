/* Batch means by hand, order statistics and Holm's procedure against tables, rounds of stopping. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "batch.h"
#include "estimate.h"
#include "quantile.h"
#include "stopping.h"

#define T29 2.045229642 /* Student's t, 97.5 %, 29 degrees of freedom */
#define T9  2.262157163

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        print_error("got %.12g, expected %.12g\n", got, want);
    assert_true(fabs(got - want) <= tolerance);
}

/* Means 1, -1, 1, -1 …: squares 30, products -29. */
static void batches_that_alternate(void **unused)
{
    (void)unused;
    double x[62];
    x[0] = x[1] = 1000; /* what does not fill a batch is left out, at the start */
    for (int i = 0; i < 60; i++)
        x[2 + i] = (i / 2 % 2 == 0 ? 1 : -1) + (i % 2 == 0 ? 0.5 : -0.5);
    struct batched b = batch_mean(x, 62, 0.95);
    assert_true(b.size == 2 && b.mean.n == 30 && !b.too_short);
    near(b.mean.mean, 0, 1e-15);
    near(b.lag1, -29.0 / 30, 1e-15);
    near(b.mean.half, T29 * sqrt(1.0 / 29), 1e-8);
}

/* a = -14.5 … 14.5: squares 2247.5, products of neighbours 2022.75. */
static void a_trend_gives_no_interval(void **unused)
{
    (void)unused;
    double x[30];
    for (int i = 0; i < 30; i++)
        x[i] = i;
    struct batched b = batch_mean(x, 30, 0.95);
    near(b.lag1, 0.9, 1e-14);
    assert_true(b.too_short && isnan(b.mean.half) && isnan(b.mean.low) && isnan(b.mean.high));
    near(b.mean.mean, 14.5, 1e-14);
    b = batch_mean(x, 29, 0.95);
    assert_true(b.mean.n == 0 && b.size == 0 && isnan(b.mean.mean) && isnan(b.mean.half));
}

/* Pairs 1, 1, -1, -1, …: squares 30, products of neighbours 15 - 14 = 1, correlation 1 / 30. Without the bias of
 * (1 + 3 / 30) / 30 that is 0.07, and the interval is sqrt(1.07 / 0.93) times as wide. */
static void correlation_that_is_left_widens(void **unused)
{
    (void)unused;
    double x[30];
    for (int i = 0; i < 30; i++)
        x[i] = i / 2 % 2 == 0 ? 1 : -1;
    struct batched b = batch_mean(x, 30, 0.95);
    double mean = 2.0 / 30, squares = 30 - 4.0 / 30; /* 16 of 1, 14 of -1 */
    double products = 1 - 2 * mean + 29 * mean * mean; /* both ends are 1 */
    double r = products / squares, phi = r + (1 + 3 * r) / 30;
    near(b.lag1, r, 1e-14);
    assert_true(phi > 0.05 && !b.too_short);
    near(b.mean.half, T29 * sqrt(squares / 29 / 30) * sqrt((1 + phi) / (1 - phi)), 1e-8);
    near(b.mean.high - b.mean.mean, b.mean.half, 1e-14);
}

static void what_does_not_vary_is_known(void **unused)
{
    (void)unused;
    double x[30];
    for (int i = 0; i < 30; i++)
        x[i] = 0.25;
    struct batched b = batch_mean(x, 30, 0.95);
    assert_true(!b.too_short && b.lag1 == 0 && b.mean.half == 0 && b.mean.low == 0.25);
}

/* Weights 1 and 3 in turn with quotients 5 and 1: totals 120 over 60 is 2; the batches stand at 2 +
 * (5 - 2) / 2 and 2 + (3 - 6) / 2. */
static void quotients_count_by_weight(void **unused)
{
    (void)unused;
    double sum[30], weight[30];
    for (int i = 0; i < 30; i++) {
        sum[i] = i % 2 == 0 ? 5 : 3;
        weight[i] = i % 2 == 0 ? 1 : 3;
    }
    struct batched b = batch_ratio(sum, weight, 30, 0.95);
    near(b.mean.mean, 2, 1e-14);
    near(b.mean.half, T29 * 1.5 * sqrt(1.0 / 29), 1e-8);
    weight[7] = 0;
    b = batch_ratio(sum, weight, 30, 0.95);
    assert_true(isnan(b.mean.mean) && isnan(b.mean.half));
}

/* se of the mean 2, of n = 100 values with sd 5: variance 4 where independent ones have 0.25. */
static void inflation_is_a_quotient_of_variances(void **unused)
{
    (void)unused;
    struct batched b = {.mean = {.se = 2}};
    near(batch_inflation(&b, 5, 100), 16, 1e-12);
    b.mean.se = 0.1;
    near(batch_inflation(&b, 5, 100), 1, 0);
}

/* Tables of intervals for the median (Conover, table A3): 10 values: 2nd and 9th; 20: 6th and 15th.
 * The 99th percentile needs 0.99^n <= 0.025: n >= 368. */
static void ranks_are_those_of_tables(void **unused)
{
    (void)unused;
    size_t low, high;
    assert_true(quantile_ranks(10, 0.5, 0.95, &low, &high) && low == 2 && high == 9);
    assert_true(quantile_ranks(20, 0.5, 0.95, &low, &high) && low == 6 && high == 15);
    assert_true(quantile_ranks(368, 0.99, 0.95, &low, &high) && high == 368);
    assert_false(quantile_ranks(367, 0.99, 0.95, &low, &high));
    assert_false(quantile_ranks(0, 0.5, 0.95, &low, &high));
    /* Normal limit: 10^6 values, 990,000 +- 1.96 * sqrt(9900) = 195. */
    assert_true(quantile_ranks(1000000, 0.99, 0.95, &low, &high));
    near((double)low, 990000 - 195, 2);
    near((double)high, 990000 + 195, 2);
}

/* 1 … 10 around 5: squares 82.5 + 10 / 4. */
static void sections_stand_around_the_whole(void **unused)
{
    (void)unused;
    const double x[] = {1, 2, 3, NAN, 4, 5, 6, 7, 8, 9, 10};
    struct estimate e = quantile_sections(x, 11, 5, 0.95);
    assert_true(e.n == 10 && e.mean == 5);
    near(e.half, T9 * sqrt(85.0 / 90), 1e-8);
    near(e.low + e.high, 10, 1e-14);
    e = quantile_sections(x, 10, 5, 0.95);
    assert_true(e.n == 9 && isnan(e.half));
}

/* Four chances of a textbook example: 0.005 <= 0.05/4, 0.01 <= 0.05/3, 0.03 > 0.05/2; 0.04 comes
 * after the one that failed. */
static void holm_steps_down(void **unused)
{
    (void)unused;
    const double chance[] = {0.01, 0.04, 0.03, 0.005};
    const double level[] = {1 - 0.05 / 3, 0.975, 0.975, 1 - 0.05 / 4};
    bool significant[4];
    double level_of[4];
    estimate_holm(chance, 4, 0.95, significant, level_of);
    assert_true(significant[0] && !significant[1] && !significant[2] && significant[3]);
    for (int i = 0; i < 4; i++)
        near(level_of[i], level[i], 1e-15);
    const double equal[] = {0.02, 0.02};
    estimate_holm(equal, 2, 0.95, significant, level_of);
    assert_true(significant[0] && significant[1]);
    estimate_holm(chance + 1, 1, 0.95, significant, level_of);
    assert_true(significant[0]);
    near(level_of[0], 0.95, 1e-15);
}

static void chances_are_those_of_the_t_test(void **unused)
{
    (void)unused;
    const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, same[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    struct estimate e = estimate_mean(x, 10, 0.95);
    double shift = e.mean - e.half; /* then 0 lies on the end of the interval */
    e.mean -= shift;
    near(estimate_chance(&e), 0.05, 1e-12);
    e = estimate_mean(same, 10, 0.95);
    assert_true(estimate_chance(&e) == 0);
    e.mean = 0;
    assert_true(estimate_chance(&e) == 1);
    e = estimate_mean(x, 9, 0.95);
    assert_true(estimate_chance(&e) == 1);
    e = estimate_mean(x, 10, 0.95);
    e = estimate_at(&e, 0.90);
    near(e.half, 1.833112933 * e.se, 1e-8);
    near(e.high, e.mean + e.half, 1e-14);
}

static void rounds_have_fixed_sizes(void **unused)
{
    (void)unused;
    assert_int_equal(stopping_next(0, 200), 20);
    assert_int_equal(stopping_next(19, 200), 20);
    assert_int_equal(stopping_next(20, 200), 30);
    assert_int_equal(stopping_next(25, 200), 30);
    assert_int_equal(stopping_next(190, 195), 195);
    assert_int_equal(stopping_next(195, 195), 195);
    assert_int_equal(stopping_next(0, 12), 12);
    struct estimate e = {.n = 20, .mean = -50, .half = 5};
    near(stopping_width(&e), 0.1, 1e-15);
    assert_true(stopping_met(&e, 0.1) && !stopping_met(&e, 0.05));
    near(stopping_guess(&e, 0.05), 80, 1e-12);
    e = (struct estimate){.n = 20};
    assert_true(stopping_met(&e, 0.01) && stopping_width(&e) == 0);
    e.half = NAN;
    assert_false(stopping_met(&e, 0.5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_that_alternate), cmocka_unit_test(correlation_that_is_left_widens),
        cmocka_unit_test(a_trend_gives_no_interval),
        cmocka_unit_test(what_does_not_vary_is_known),
        cmocka_unit_test(quotients_count_by_weight),
        cmocka_unit_test(inflation_is_a_quotient_of_variances),
        cmocka_unit_test(ranks_are_those_of_tables),
        cmocka_unit_test(sections_stand_around_the_whole),
        cmocka_unit_test(holm_steps_down),
        cmocka_unit_test(chances_are_those_of_the_t_test),
        cmocka_unit_test(rounds_have_fixed_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
