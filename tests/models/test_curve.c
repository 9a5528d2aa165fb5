/* test_curve.c - waits of a rate that changes, against bisection over an integral that knows no antiderivative: Gauss's
 * rule of ten points in long double over pieces of a tenth of a radian, the rate written as a sum of two parts that are
 * never negative, so that it has all its digits at the bottom of a sine as well. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "curve.h"
#include "profile.h"
#include "rng.h"

#define SEED  11
#define PI    3.14159265358979323846264338327950288L
#define YEAR  (365 * SIM_DAY)

/* Weights and places of Gauss's rule of ten points on [-1, 1]: the positive half. */
static const long double gauss[5][2] = {
    {0.2955242247147528701738930L, 0.1488743389816312108848260L},
    {0.2692667193099963550912269L, 0.4333953941292471907992659L},
    {0.2190863625159820439955349L, 0.6794095682990244062343274L},
    {0.1494513491505805931457763L, 0.8650633666889845107320967L},
    {0.0666713443086881375935688L, 0.9739065285171717200779640L},
};

/* Events a ns, `after` ns after `from`. */
static long double rate(const struct curve *c, sim_time from, long double after)
{
    if (c->shape == CURVE_FLAT)
        return c->level;
    if (c->shape == CURVE_LINE) {
        long double level = (long double)c->level + (long double)c->growth * ((long double)from + after);
        return level > 0 ? level : 0;
    }
    /* 1 + a cos p = (1 - a) + 2 a sin^2 (p - pi)/2; the distance from the bottom by whole numbers first */
    sim_time since = (from % c->period + c->phase) % c->period;
    long double turns = ((long double)since - (long double)c->period / 2 + after) / (long double)c->period;
    long double sine = sinl(PI * (turns - roundl(turns)));
    return c->level * ((1 - (long double)c->amplitude) + 2 * (long double)c->amplitude * sine * sine);
}

static long double piece_area(const struct curve *c, sim_time from, long double begin, long double end)
{
    long double half = (end - begin) / 2, middle = begin + half, sum = 0;
    for (int i = 0; i < 5; i++)
        sum += gauss[i][0] * (rate(c, from, middle - half * gauss[i][1]) + rate(c, from, middle + half * gauss[i][1]));
    return sum * half;
}

/* Where it is cut off, or far away. */
static long double line_end(const struct curve *c)
{
    return c->growth < 0 ? -(long double)c->level / (long double)c->growth : 1e17L;
}

/* Piece by piece until too much, then halves of the last one. */
static long double right_wait(const struct curve *c, sim_time from, long double area)
{
    long double turn = c->shape == CURVE_SINE ? (long double)c->period * c->level : 0, begun = 0;
    if (turn > 0) {
        long double turns = floorl(area / turn);
        area -= turns * turn, begun = turns * (long double)c->period;
    }
    long double step = c->shape == CURVE_SINE ? (long double)c->period / 63 : line_end(c) - (long double)from;
    long double low = 0, high = step, got = 0;
    for (;; low = high, high += step) {
        long double more = piece_area(c, from, low, high);
        if (got + more >= area)
            break;
        got += more;
    }
    for (long double start = low; high - low > 1e-6L + 1e-18L * high;) {
        long double middle = low + (high - low) / 2;
        if (got + piece_area(c, from, start, middle) < area)
            low = middle;
        else
            high = middle;
    }
    return begun + low;
}

static void expect_wait(const struct curve *c, sim_time from, double area, double wait, long double right)
{
    if (!(fabsl((long double)wait - right) < 0.01L + 1e-13L * right))
        fail_msg("seed %d: shape %d, amplitude %.17g, period %lld, phase %lld, from %lld, level %g, area %.17g: "
                 "%.9f ns, not %.9Lf",
                 SEED, c->shape, c->amplitude, (long long)c->period, (long long)c->phase, (long long)from, c->level,
                 area, wait, right);
}

/* Both ways; the one that is kept in a stretch is returned. */
static double expect_waits(const struct curve *c, struct curve_stretch *t, sim_time from, double area)
{
    long double right = right_wait(c, from, area);
    double wait = curve_wait_near(c, t, from, area);
    expect_wait(c, from, area, wait, right);
    expect_wait(c, from, area, curve_wait(c, from, area), right);
    return wait;
}

static double chance(struct rng *r)
{
    return rng_uniform(r);
}

static double between(struct rng *r, double low, double high) /* evenly by magnitude */
{
    return low * exp(chance(r) * log(high / low));
}

static struct curve some_sine(struct rng *r, double amplitude)
{
    struct curve c = {.shape = CURVE_SINE, .amplitude = amplitude};
    c.period = (sim_time)between(r, 1e9, 10.0 * YEAR);
    c.phase = (sim_time)(chance(r) * (double)(c.period - 1));
    return c;
}

/* Waits of 10^-10 to 3 turns at the mean, walked along; the stretch is kept from one to the next. */
static void walk(struct rng *r, double amplitude)
{
    struct curve c = some_sine(r, amplitude);
    struct curve_stretch t = {0};
    double turns = between(r, 1e-10, 1);
    sim_time at = (sim_time)(chance(r) * 3 * (double)c.period);
    c.level = 1 / (turns * (double)c.period);
    for (int i = 0; i < 20; i++) {
        at += (sim_time)(expect_waits(&c, &t, at, between(r, 0.01, 3)) + 0.5);
    }
}

static void test_sine(void **state)
{
    (void)state;
    static const double amplitude[] = {0, 1e-9, 0.4, 0.9, 0.999, 1 - 1e-9, 1};
    struct rng_stream s = rng_stream(SEED, "test/curve", 0);
    for (uint64_t i = 0; i < 280; i++) {
        struct rng r = rng_at(&s, 0, i, 0);
        walk(&r, amplitude[i % 7]);
    }
}

/* From just before the bottom to just behind it, where the rate is nothing for an instant or next to nothing. */
static void test_bottom(void **state)
{
    (void)state;
    struct rng_stream s = rng_stream(SEED, "test/bottom", 0);
    for (uint64_t i = 0; i < 1000; i++) {
        struct rng r = rng_at(&s, 0, i, 0);
        struct curve c = some_sine(&r, i % 2 ? 1 : 1 - between(&r, 1e-12, 1e-2));
        struct curve_stretch t = {0};
        double before = between(&r, 1e-7, 0.2) * (double)c.period, turns = between(&r, 1e-7, 0.2);
        c.level = 1 / (turns * turns * turns * (double)c.period);
        sim_time bottom = c.period + c.period / 2 - c.phase, at = bottom + (sim_time)(i % 3 ? -before : before);
        expect_waits(&c, &t, at, between(&r, 0.01, 10));
    }
}

static void test_line(void **state)
{
    (void)state;
    struct rng_stream s = rng_stream(SEED, "test/line", 0);
    for (uint64_t i = 0; i < 1000; i++) {
        struct rng r = rng_at(&s, 0, i, 0);
        double length = between(&r, 1e9, 1e15), high = between(&r, 1e-12, 1e-3), low = i % 3 ? chance(&r) * high : 0;
        struct curve c = {.shape = CURVE_LINE, .level = i % 2 ? low : high};
        c.growth = (high + low - 2 * c.level) / length;
        sim_time from = (sim_time)(chance(&r) * length * 0.9);
        double all = curve_area(&c, from, (sim_time)length), area = all * between(&r, 1e-9, 0.9);
        struct curve_stretch t = {0};
        expect_waits(&c, &t, from, area);
    }
}

static void test_flat(void **state)
{
    (void)state;
    struct curve c = {.shape = CURVE_FLAT, .level = 0x1p-20};
    struct curve_stretch t = {0};
    assert_true(curve_wait_near(&c, &t, 5, 3) == 3 * 0x1p20);
    assert_true(curve_wait_near(&(struct curve){.shape = CURVE_SINE, .period = SIM_H}, &t, 5, 3) == INFINITY);
}

/* What a short wait brings, by the rule of ten points: the same digits where next to nothing is left of x. */
static void test_area(void **state)
{
    (void)state;
    struct rng_stream s = rng_stream(SEED, "test/area", 0);
    for (uint64_t i = 0; i < 1000; i++) {
        struct rng r = rng_at(&s, 0, i, 0);
        struct curve c = some_sine(&r, i % 2 ? 1 : chance(&r));
        c.level = 1e-6;
        sim_time from = (sim_time)(chance(&r) * (double)c.period);
        sim_time length = (sim_time)(between(&r, 1e-6, 1) * (double)c.period / 63);
        long double right = piece_area(&c, from, 0, (long double)length);
        double got = curve_area(&c, from, from + length);
        if (!(fabsl(got - right) < 1e-13L * right))
            fail_msg("seed %d: amplitude %g, period %lld, from %lld to %lld: %.17g, not %.17Lg", SEED, c.amplitude,
                     (long long)c.period, (long long)from, (long long)(from + length), got, right);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sine), cmocka_unit_test(test_bottom), cmocka_unit_test(test_line),
        cmocka_unit_test(test_flat), cmocka_unit_test(test_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
