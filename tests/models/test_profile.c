/* test_profile.c - arrivals of a rate that changes: instants worked out by hand, and counts of a Poisson stream. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "profile.h"
#include "rng.h"

static struct arena arena;

static struct profile build(int64_t base, const struct profile_span *span, uint32_t n)
{
    struct profile p;
    assert_true(profile_build(&p, &arena, (struct rate){base, SIM_S}, span, n));
    return p;
}

static void expect(struct profile_walk *w, const double *seconds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sim_time at = profile_next_constant(w);
        sim_time want = (sim_time)llround(seconds[i] * 1e9);
        if (at < want || at > want + 1) /* what is carried over a border is rounded up, by less than a nanosecond */
            fail_msg("arrival %zu at %.9f, not %.9f", i, (double)at / 1e9, seconds[i]);
    }
}

static void test_constant(void **state)
{
    (void)state;
    struct profile p = build(3, NULL, 0);
    struct profile_walk w;
    profile_start(&w, &p, 5 * SIM_S);
    for (int64_t k = 0; k < 1000000; k++)
        assert_int_equal(profile_next_constant(&w), 5 * SIM_S + k * SIM_S / 3);
}

/* One a second; four a second from 2.5 s to 4 s: half a step is done at 2.5 s, so the next is half a short step away.
 * At 4 s again half a step is done. */
static void test_span(void **state)
{
    (void)state;
    struct profile_span span[] = {{2500 * SIM_MS, 1500 * SIM_MS, {4, SIM_S}}};
    struct profile p = build(1, span, 1);
    struct profile_walk w;
    profile_start(&w, &p, 0);
    static const double want[] = {0, 1, 2, 2.625, 2.875, 3.125, 3.375, 3.625, 3.875, 4.5, 5.5};
    expect(&w, want, sizeof(want) / sizeof(*want));
}

/* Nothing comes in a span of rate 0, and the step goes on after it. */
static void test_silence(void **state)
{
    (void)state;
    struct profile_span span[] = {{1500 * SIM_MS, 10 * SIM_S, {0, SIM_S}}};
    struct profile p = build(1, span, 1);
    struct profile_walk w;
    profile_start(&w, &p, 0);
    static const double want[] = {0, 1, 12, 13};
    expect(&w, want, 4);
    p = build(0, NULL, 0);
    profile_start(&w, &p, 0);
    assert_int_equal(profile_next_constant(&w), SIM_NEVER);
    profile_start(&w, &p, 0);
    assert_int_equal(profile_next_poisson(&w, 1.0), SIM_NEVER);
}

/* Inversion by hand: a step of 2 from 0 takes 2 s at one a second; with two a second from 1 s on, 1 + 1/2 s. */
static void test_inversion(void **state)
{
    (void)state;
    struct profile_span span[] = {{SIM_S, SIM_S, {2, SIM_S}}, {2 * SIM_S, SIM_S, {0, SIM_S}}};
    struct profile p = build(1, span, 2);
    struct profile_walk w;
    profile_start(&w, &p, 0);
    assert_int_equal(profile_next_poisson(&w, 2.0), 1500 * SIM_MS);
    assert_int_equal(profile_next_poisson(&w, 0.5), 1750 * SIM_MS);
    assert_int_equal(profile_next_poisson(&w, 1.0), 3500 * SIM_MS);
}

/* Counts inside and outside a span, over 400 streams: mean and variance of a Poisson count are equal. */
static void test_poisson(void **state)
{
    (void)state;
    struct profile_span span[] = {{10 * SIM_S, 10 * SIM_S, {50, SIM_S}}};
    struct profile p = build(10, span, 1);
    struct rng_stream s = rng_stream(7, "test/profile", 0);
    double in = 0, out = 0, in2 = 0;
    int n = 400;
    for (int i = 0; i < n; i++) {
        struct profile_walk w;
        int inside = 0;
        profile_start(&w, &p, 0);
        for (uint64_t k = 0;; k++) {
            struct rng cell = rng_at(&s, (uint32_t)i, k, 0);
            sim_time at = profile_next_poisson(&w, rng_exponential(&cell));
            if (at >= 30 * SIM_S)
                break;
            if (at >= 10 * SIM_S && at < 20 * SIM_S)
                inside++;
            else
                out++;
        }
        in += inside;
        in2 += (double)inside * inside;
    }
    double mean = in / n, variance = in2 / n - mean * mean;
    assert_true(fabs(mean - 500) < 4.5 * sqrt(500.0 / n));
    assert_true(fabs(out / n - 200) < 4.5 * sqrt(200.0 / n));
    assert_true(fabs(variance - 500) < 4.5 * 500 * sqrt(2.0 / n));
}

int main(void)
{
    arena_init(&arena);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant), cmocka_unit_test(test_span),    cmocka_unit_test(test_silence),
        cmocka_unit_test(test_inversion), cmocka_unit_test(test_poisson),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
