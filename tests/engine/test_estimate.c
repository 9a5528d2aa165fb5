/* Intervals against textbook numbers, tables of Student's t, and hand computation. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "estimate.h"
#include "rng.h"

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        print_error("got %.12g, expected %.12g\n", got, want);
    assert_true(fabs(got - want) <= tolerance);
}

/* As printed in tables of the t distribution. */
static void t_is_as_in_tables(void **unused)
{
    (void)unused;
    near(estimate_t(0.95, 1), 12.7062, 5e-5);
    near(estimate_t(0.95, 9), 2.262157, 5e-7);
    near(estimate_t(0.90, 9), 1.833113, 5e-7);
    near(estimate_t(0.95, 29), 2.045230, 5e-7);
    near(estimate_t(0.99, 4), 4.604095, 5e-7);
    near(estimate_t(0.95, 100000), 1.95999, 5e-5);
    assert_true(isnan(estimate_t(0.95, 0)));
}

/* Law and Kelton, Simulation Modeling and Analysis, example 4.26: mean 1.34, variance 0.17,
 * and 1.34 +- 0.24 with confidence 90 %. */
static void a_mean_of_ten_is_the_textbooks(void **unused)
{
    (void)unused;
    const double x[] = {1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09};
    struct estimate e = estimate_mean(x, 10, 0.90);
    assert_int_equal(e.n, 10);
    near(e.mean, 1.343, 1e-12);
    near(e.sd * e.sd, 0.17, 0.005);
    near(e.half, 0.24, 0.005);
    near(e.se, e.sd / sqrt(10), 1e-15);
    near(e.low, e.mean - e.half, 1e-15);
    near(e.high, e.mean + e.half, 1e-15);
    near(e.level, 0.90, 0);
}

/* 1 … 10: mean 5.5, sum of squares about it 82.5; 2.262157 * sqrt(82.5 / 9 / 10). */
static void missing_values_are_left_out(void **unused)
{
    (void)unused;
    const double x[] = {1, 2, NAN, 3, 4, 5, 6, NAN, 7, 8, 9, 10, NAN};
    struct estimate e = estimate_mean(x, 13, 0.95);
    assert_int_equal(e.n, 10);
    near(e.mean, 5.5, 1e-15);
    near(e.sd, sqrt(82.5 / 9), 1e-14);
    near(e.half, 2.262157163 * sqrt(82.5 / 90), 1e-8);
}

static void few_values_have_no_interval(void **unused)
{
    (void)unused;
    const double x[] = {3, 5, 7, 1, 2, 3, 4, 5, 6, NAN};
    struct estimate e = estimate_mean(x, 10, 0.95); /* nine that count */
    assert_true(e.n == 9 && e.mean == 4 && !isnan(e.sd));
    assert_true(isnan(e.half) && isnan(e.low) && isnan(e.high));
    e = estimate_mean(x, 1, 0.95);
    assert_true(e.n == 1 && e.mean == 3 && isnan(e.sd) && isnan(e.half));
    e = estimate_mean(x + 9, 1, 0.95);
    assert_true(e.n == 0 && isnan(e.mean) && isnan(e.sd));
    e = estimate_mean(NULL, 0, 0.95);
    assert_true(e.n == 0 && isnan(e.mean));
}

/* A mean of 10^9 with a spread of 1: the squares of the values alone would lose it. */
static void a_large_mean_costs_no_digits(void **unused)
{
    (void)unused;
    double x[10];
    for (int i = 0; i < 10; i++)
        x[i] = 1e9 + i;
    near(estimate_mean(x, 10, 0.95).sd, sqrt(82.5 / 9), 1e-12);
    for (int i = 0; i < 10; i++)
        x[i] = 0.1;
    near(estimate_mean(x, 10, 0.95).half, 0, 1e-16);
}

/* a = 1 … 10 (squares 82.5), b = a + 1, a + 3, a + 1, … (mean 7.5, squares 102.5, products 87.5),
 * so b - a has mean 2 and variance 10/9. Independent: (82.5 + 102.5) / 9 = 20.5556 is 18.5 times
 * 10/9, so 185 replications. Welch: 17.792 degrees of freedom, t = 2.10269 between 2.100922 (18)
 * and 2.109816 (17), times sqrt(2.05556). */
static void pairs_give_the_difference(void **unused)
{
    (void)unused;
    const double a[] = {1, 2, 3, 4, NAN, 5, 6, 7, 8, 9, 10, 0};
    const double b[] = {2, 5, 4, 7, 9, 6, 9, 8, 11, 10, 13, NAN};
    struct paired p = estimate_paired(a, b, 12, 0.95);
    assert_true(p.difference.n == 10 && p.a.n == 10 && p.b.n == 10);
    near(p.difference.mean, 2, 1e-14);
    near(p.difference.sd, sqrt(10.0 / 9), 1e-14);
    near(p.difference.half, 2.262157163 / 3, 1e-8);
    near(p.a.mean, 5.5, 1e-14);
    near(p.b.mean, 7.5, 1e-14);
    near(p.b.sd, sqrt(102.5 / 9), 1e-14);
    near(p.correlation, 87.5 / sqrt(82.5 * 102.5), 1e-14);
    near(p.half_independent, 2.10269 * sqrt(185.0 / 90), 2e-4);
    near(p.replications_independent, 185, 1e-10);
}

static void pairs_may_be_few_or_equal(void **unused)
{
    (void)unused;
    const double a[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, c[] = {4, 4, 4, 4, 4, 4, 4, 4, 4, 4};
    struct paired p = estimate_paired(a, a, 10, 0.95);
    assert_true(p.difference.mean == 0 && p.difference.half == 0);
    assert_true(isinf(p.replications_independent)); /* no number of independent runs is as good */
    near(p.correlation, 1, 1e-15);
    p = estimate_paired(c, c, 10, 0.95);
    assert_true(p.difference.half == 0 && p.half_independent == 0 && isnan(p.correlation));
    assert_true(p.replications_independent == 10);
    p = estimate_paired(a, c, 9, 0.95);
    assert_true(p.difference.n == 9 && isnan(p.difference.half) && isnan(p.half_independent));
    p = estimate_paired(a, c, 0, 0.95);
    assert_true(p.difference.n == 0 && isnan(p.difference.mean) && isnan(p.correlation));
}

/* Newcombe, Statistics in Medicine 17 (1998), table I, method 3. */
static void shares_are_wilsons(void **unused)
{
    (void)unused;
    static const struct {
        size_t k, n;
        double low, high;
    } printed[] = {{81, 263, 0.2553, 0.3662},
                   {15, 148, 0.0624, 0.1605},
                   {0, 20, 0, 0.1611},
                   {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < 4; i++) {
        double low, high;
        estimate_share(printed[i].k, printed[i].n, 0.95, &low, &high);
        near(low, printed[i].low, 5e-5);
        near(high, printed[i].high, 5e-5);
        double low_of_rest, high_of_rest; /* the rest's interval is the mirror image */
        estimate_share(printed[i].n - printed[i].k, printed[i].n, 0.95, &low_of_rest,
                       &high_of_rest);
        near(low_of_rest, 1 - high, 1e-12);
        near(high_of_rest, 1 - low, 1e-12);
    }
    double low, high;
    estimate_share(0, 0, 0.95, &low, &high);
    assert_true(low == 0 && high == 1);
}

/* Of normal values the interval covers the mean with just the level's chance. */
static void intervals_cover_as_often_as_they_say(void **unused)
{
    (void)unused;
    enum { TRIES = 20000, N = 12 };
    struct rng_stream s = rng_stream(5, "coverage", 0);
    int covered = 0, paired = 0;
    for (uint64_t i = 0; i < TRIES; i++) {
        struct rng r = rng_at(&s, 0, i, 0);
        double x[N], y[N];
        for (int k = 0; k < N; k++) {
            x[k] = 3 + rng_normal(&r);
            y[k] = 2 + x[k] + 0.1 * rng_normal(&r);
        }
        struct estimate e = estimate_mean(x, N, 0.9);
        struct paired p = estimate_paired(x, y, N, 0.9);
        covered += e.low <= 3 && 3 <= e.high;
        paired += p.difference.low <= 2 && 2 <= p.difference.high;
    }
    print_message("seed 5: covered %d and %d of %d\n", covered, paired, TRIES);
    near(covered, 0.9 * TRIES, 4.5 * sqrt(0.09 * TRIES));
    near(paired, 0.9 * TRIES, 4.5 * sqrt(0.09 * TRIES));
}

/* 301 / 3 has no end in binary; a sum of ten of them is not ten times it. */
static void values_alike_have_no_interval_around_them(void **unused)
{
    (void)unused;
    double x[10];
    for (int i = 0; i < 10; i++)
        x[i] = 301.0 / 3;
    struct estimate e = estimate_mean(x, 10, 0.95);
    assert_true(e.mean == x[0] && e.sd == 0 && e.half == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_is_as_in_tables),
        cmocka_unit_test(a_mean_of_ten_is_the_textbooks),
        cmocka_unit_test(missing_values_are_left_out),
        cmocka_unit_test(few_values_have_no_interval),
        cmocka_unit_test(a_large_mean_costs_no_digits),
        cmocka_unit_test(values_alike_have_no_interval_around_them),
        cmocka_unit_test(pairs_give_the_difference),
        cmocka_unit_test(pairs_may_be_few_or_equal),
        cmocka_unit_test(shares_are_wilsons),
        cmocka_unit_test(intervals_cover_as_often_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
