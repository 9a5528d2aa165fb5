/* Truncation by hand and against a transient that is known: waiting times of M/M/1 that starts
 * empty. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "rng.h"
#include "warmup.h"

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        print_error("got %.12g, expected %.12g\n", got, want);
    assert_true(fabs(got - want) <= tolerance);
}

/* Batches 100, 0, 2, 0, 2, 0, 2, 0, 2, 0: without the first nine are left, 16 - 64/9 over 81;
 * without two eight, 8 over 64; without three 12 - 36/7 over 49. */
static void a_first_batch_that_stands_out_is_cut(void **unused)
{
    (void)unused;
    double x[50];
    for (int i = 0; i < 50; i++)
        x[i] = (i < 5 ? 100 : i / 5 % 2 == 0 ? 2 : 0) + (i % 5 - 2) * 0.1;
    struct warmup w = warmup_mser5(x, 50);
    assert_int_equal(w.cut, 5);
    assert_false(w.too_short);
    near(w.statistic, (16 - 64.0 / 9) / 81, 1e-12);
}

static void a_run_that_never_settles_is_told(void **unused)
{
    (void)unused;
    double x[100];
    for (int i = 0; i < 100; i++)
        x[i] = i;
    struct warmup w = warmup_mser5(x, 100);
    assert_true(w.too_short && w.cut == 50);
}

static void what_is_steady_keeps_everything(void **unused)
{
    (void)unused;
    double x[60];
    for (int i = 0; i < 60; i++)
        x[i] = 7;
    assert_true(warmup_mser5(x, 60).cut == 0 && !warmup_mser5(x, 60).too_short);
    assert_true(warmup_mser5(x, 9).cut == 0 && isnan(warmup_mser5(x, 9).statistic));
    x[30] = NAN; /* six batches before it */
    x[0] = 1000;
    assert_int_equal(warmup_mser5(x, 60).cut, 5);
}

static void ensembles_leave_out_what_is_missing(void **unused)
{
    (void)unused;
    const double value[] = {1, 2, NAN, 3, NAN, NAN};
    double x[3];
    warmup_ensemble(value, 2, 3, x);
    assert_true(x[0] == 2 && x[1] == 2 && isnan(x[2]));
}

/* 1 4 9 16 25 with one on either side. */
static void welch_averages_grow_from_the_start(void **unused)
{
    (void)unused;
    const double x[] = {1, 4, 9, 16, 25};
    double out[4];
    assert_int_equal(warmup_welch(x, 5, 1, out), 4);
    near(out[0], 1, 0);
    near(out[1], 14.0 / 3, 1e-15);
    near(out[2], 29.0 / 3, 1e-14);
    near(out[3], 50.0 / 3, 1e-14);
    assert_int_equal(warmup_welch(x, 5, 2, out), 3);
    near(out[1], 14.0 / 3, 1e-15);
    near(out[2], 11, 1e-14);
    assert_int_equal(warmup_welch(x, 5, 5, out), 0);
}

/* Lindley's recursion, interarrival times of mean 1. */
static void waits(double *x, size_t n, double rho, uint32_t replication)
{
    struct rng_stream stream = rng_stream(7, "test/waits", replication);
    struct rng r = rng_at(&stream, 0, 0, 0);
    double wait = 0;
    for (size_t i = 0; i < n; i++) {
        x[i] = wait;
        wait = fmax(0, wait + rho * rng_exponential(&r) - rng_exponential(&r));
    }
}

static double mean_from(const double *x, size_t n, size_t from)
{
    double sum = 0;
    for (size_t i = from; i < n; i++)
        sum += x[i];
    return sum / (double)(n - from);
}

/* The mean wait at 90 % is 8.1. Twenty times, the mean of 50 replications of 2,000 waits, with and
 * without its cut. */
static void the_cut_takes_most_of_the_bias_away(void **unused)
{
    (void)unused;
    enum { R = 50, N = 2000, TIMES = 20 };
    double *value = malloc(sizeof(double) * R * N), *x = malloc(sizeof(double) * N);
    double whole = 0, cut = 0, left_out = 0;
    assert_true(value != NULL && x != NULL);
    for (uint32_t t = 0; t < TIMES; t++) {
        for (uint32_t r = 0; r < R; r++)
            waits(value + (size_t)r * N, N, 0.9, t * R + r);
        warmup_ensemble(value, R, N, x);
        size_t from = warmup_mser5(x, N).cut;
        whole += mean_from(x, N, 0) / TIMES;
        cut += mean_from(x, N, from) / TIMES;
        left_out += (double)from / TIMES;
    }
    printf("mean wait 8.1: %.3f whole, %.3f after a cut of %.0f on average\n", whole, cut,
           left_out);
    assert_true(whole < 8.1 - 0.25); /* starting empty costs about 0.4 */
    assert_true(fabs(cut - 8.1) < 0.5 * (8.1 - whole));
    assert_true(left_out > 20 && left_out < 1000);
    free(value);
    free(x);
}

/* x' = 0.9 x + noise: correlations 0.9^k, summed while they are at least 0.05, which is up to k
 * = 28. */
static void memory_is_the_sum_of_correlations(void **unused)
{
    (void)unused;
    enum { R = 64, N = 2000 };
    double *value = malloc(sizeof(double) * R * N), want = 1 + 2 * 0.9 * (1 - pow(0.9, 28)) / 0.1;
    assert_true(value != NULL);
    for (uint32_t r = 0; r < R; r++) {
        struct rng_stream stream = rng_stream(3, "test/memory", r);
        struct rng g = rng_at(&stream, 0, 0, 0);
        double x = rng_normal(&g) / sqrt(1 - 0.81);
        for (uint32_t i = 0; i < N; i++) {
            value[r * N + i] = x;
            x = 0.9 * x + rng_normal(&g);
        }
    }
    near(warmup_memory(value, R, N, 0), want, 0.1 * want);
    double before = warmup_memory(value, R, N, 500);
    for (uint32_t r = 0; r < R; r++)
        for (uint32_t i = 0; i < N; i++)
            value[r * N + i] += 50 * sin(i / 100.0); /* a course that all share is no memory */
    near(warmup_memory(value, R, N, 500), before, 1e-6 * before);
    assert_true(isnan(warmup_memory(value, 1, N, 0)));
    free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_batch_that_stands_out_is_cut),
        cmocka_unit_test(a_run_that_never_settles_is_told),
        cmocka_unit_test(what_is_steady_keeps_everything),
        cmocka_unit_test(ensembles_leave_out_what_is_missing),
        cmocka_unit_test(welch_averages_grow_from_the_start),
        cmocka_unit_test(the_cut_takes_most_of_the_bias_away),
        cmocka_unit_test(memory_is_the_sum_of_correlations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
