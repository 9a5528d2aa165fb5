/* test_profile.c - arrivals of a rate that changes: instants worked out by hand, the rate integrated by a sum over small
 * steps of a function written here, and counts of a Poisson stream. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "profile.h"
#include "rng.h"

#define LEN(a) (sizeof(a) / sizeof(*(a)))
#define FAR    (3650 * SIM_DAY)

static struct arena arena;

static struct profile build(int64_t base, const struct profile_span *span, uint32_t n)
{
    struct profile p = {.base = {base, SIM_S}};
    assert_true(profile_build(&p, &arena, span, n));
    return p;
}

static struct profile_span rate_span(sim_time at, sim_time length, int64_t rate)
{
    return (struct profile_span){.at = at, .length = length, .rate = {rate, SIM_S}};
}

static struct profile_walk begin(const struct profile *p, sim_time start)
{
    struct profile_walk w;
    profile_start(&w, p, start, FAR);
    return w;
}

static void expect(struct profile_walk *w, const double *seconds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sim_time at = profile_next_constant(w);
        sim_time want = (sim_time)llround(seconds[i] * 1e9);
        if (at < want - 1 || at > want + 1) /* what is carried over a border is rounded, by less than a nanosecond */
            fail_msg("arrival %zu at %.9f, not %.9f", i, (double)at / 1e9, seconds[i]);
    }
}

/* --- spans, by hand --- */

static void test_constant(void **state)
{
    (void)state;
    struct profile p = build(3, NULL, 0);
    struct profile_walk w = begin(&p, 5 * SIM_S);
    for (int64_t k = 0; k < 1000000; k++)
        assert_int_equal(profile_next_constant(&w), 5 * SIM_S + k * SIM_S / 3);
}

/* One a second; four a second from 2.5 s to 4 s: half a step is done at 2.5 s, so the next is half a short step away.
 * At 4 s again half a step is done. */
static void test_span(void **state)
{
    (void)state;
    struct profile_span span[] = {rate_span(2500 * SIM_MS, 1500 * SIM_MS, 4)};
    struct profile p = build(1, span, 1);
    struct profile_walk w = begin(&p, 0);
    static const double want[] = {0, 1, 2, 2.625, 2.875, 3.125, 3.375, 3.625, 3.875, 4.5, 5.5};
    expect(&w, want, LEN(want));
}

/* Nothing comes in a span of rate 0, and the step goes on after it. */
static void test_silence(void **state)
{
    (void)state;
    struct profile_span span[] = {rate_span(1500 * SIM_MS, 10 * SIM_S, 0)};
    struct profile p = build(1, span, 1);
    struct profile_walk w = begin(&p, 0);
    static const double want[] = {0, 1, 12, 13};
    expect(&w, want, 4);
    p = build(0, NULL, 0);
    w = begin(&p, 0);
    assert_int_equal(profile_next_constant(&w), SIM_NEVER);
    w = begin(&p, 0);
    assert_int_equal(profile_next_poisson(&w, 1.0), SIM_NEVER);
}

/* A span that comes back every 10 s, at first at 4 s, and one that happens once, given in another order. Two a second
 * in the first, none else: arrivals where half a step is done. From 24 s on three seconds at one a second. */
static void test_every(void **state)
{
    (void)state;
    struct profile_span span[] = {rate_span(26 * SIM_S, 3 * SIM_S, 1), rate_span(4 * SIM_S, SIM_S, 2)};
    span[1].every = 10 * SIM_S;
    struct profile p = build(0, span, 2);
    struct profile_walk w = begin(&p, 0);
    static const double want[] = {4, 4.5, 14, 14.5, 24, 24.5, 26, 27, 28, 34, 34.5, 44};
    expect(&w, want, LEN(want));
    w = begin(&p, 24250 * SIM_MS); /* in the middle of a turn */
    static const double later[] = {24.25, 24.75, 26.5, 27.5, 28.5};
    expect(&w, later, LEN(later));
}

/* From 0 to 2 a second within 4 s: t^2 / 4 arrivals until t, so arrival k at 2 sqrt(k). The 4 of them are used up at 4 s;
 * the fifth waits at the base rate. Down again: 2 - t/2 a second, k = 2t - t^2/4, t = 4 - 2 sqrt(4 - k). */
static void test_ramp(void **state)
{
    (void)state;
    struct profile_span up = {.at = 0, .length = 4 * SIM_S, .kind = SPAN_IS_RAMP, .ramp_to = {2, SIM_S}};
    up.rate = (struct rate){0, SIM_S};
    struct profile p = build(1, &up, 1);
    struct profile_walk w = begin(&p, 0);
    double want[] = {0, 2, 2 * sqrt(2), 2 * sqrt(3), 4, 5, 6};
    expect(&w, want, LEN(want));
    struct profile_span down = up;
    down.rate = up.ramp_to, down.ramp_to = up.rate;
    p = build(0, &down, 1);
    w = begin(&p, 0);
    double less[] = {0, 4 - 2 * sqrt(3), 4 - 2 * sqrt(2), 2};
    expect(&w, less, LEN(less));
    w = begin(&p, 2 * SIM_S); /* half way down one is left */
    assert_int_equal(profile_next_constant(&w), 2 * SIM_S);
    w = begin(&p, 2 * SIM_S);
    assert_int_equal(profile_next_poisson(&w, 0.75), 3 * SIM_S); /* 1 - (1 - s/2)^2 = 3/4 at s = 1 */
    assert_int_equal(profile_next_poisson(&w, 0.25 + 1e-9), SIM_NEVER);
}

/* Inversion by hand: a step of 2 from 0 takes 2 s at one a second; with two a second from 1 s on, 1 + 1/2 s. */
static void test_inversion(void **state)
{
    (void)state;
    struct profile_span span[] = {rate_span(SIM_S, SIM_S, 2), rate_span(2 * SIM_S, SIM_S, 0)};
    struct profile p = build(1, span, 2);
    struct profile_walk w = begin(&p, 0);
    assert_int_equal(profile_next_poisson(&w, 2.0), 1500 * SIM_MS);
    assert_int_equal(profile_next_poisson(&w, 0.5), 1750 * SIM_MS);
    assert_int_equal(profile_next_poisson(&w, 1.0), 3500 * SIM_MS);
}

/* Days of 24 arrivals, Tuesdays twice, Saturdays none; the run starts on Monday at noon. Hours: only the last of the
 * week, at 100 times. */
static void test_week(void **state)
{
    (void)state;
    static const double days[] = {1, 2, 1, 1, 1, 0, 1};
    struct profile p = build(0, NULL, 0);
    p.base = (struct rate){1, SIM_H};
    p.n_week = 7;
    p.week = days;
    p.clock = 12 * SIM_H;
    struct profile_walk w = begin(&p, 0);
    for (int k = 0; k < 12; k++)
        assert_int_equal(profile_next_constant(&w), k * SIM_H);
    for (int k = 0; k < 48; k++) { /* half hours of Tuesday */
        sim_time at = profile_next_constant(&w);
        assert_true(llabs(at - (12 * SIM_H + k * SIM_H / 2)) <= 1);
    }
    sim_time last = 0, before = 0;
    for (int k = 0; k < 72 + 1; k++) { /* Wednesday to Friday, then Sunday 0:00 */
        before = last;
        last = profile_next_constant(&w);
    }
    assert_true(llabs(before - (5 * SIM_DAY - SIM_H - 12 * SIM_H)) <= 2);
    assert_true(llabs(last - (6 * SIM_DAY - 12 * SIM_H)) <= 2);
    double hours[168] = {[167] = 100};
    p.n_week = 168;
    p.week = hours;
    w = begin(&p, 0);
    assert_int_equal(profile_next_constant(&w), 7 * SIM_DAY - SIM_H - 12 * SIM_H);
    for (int k = 1; k < 100; k++)
        profile_next_constant(&w);
    assert_int_equal(profile_next_constant(&w), 14 * SIM_DAY - SIM_H - 12 * SIM_H);
}

/* --- a rate known here as a function of time --- */

static struct profile wavy(double amplitude, sim_time period)
{
    static const double days[] = {1, 0.5, 2, 1, 1, 0.25, 3};
    static struct profile_span span[3];
    span[0] = (struct profile_span){.at = 30 * SIM_H, .length = 3 * SIM_H, .kind = SPAN_IS_FACTOR, .factor = 4};
    span[1] = rate_span(40 * SIM_H, 2 * SIM_H, 1);
    span[2] = (struct profile_span){.at = 3 * SIM_H, .length = SIM_H, .every = 25 * SIM_H, .kind = SPAN_IS_RAMP};
    span[2].rate = (struct rate){30, SIM_MIN};
    span[2].ramp_to = (struct rate){6, SIM_MIN};
    struct profile p = build(0, span, 3);
    p.base = (struct rate){10, SIM_MIN};
    p.n_week = 7;
    p.week = days;
    p.clock = 70 * SIM_H;
    p.period = period;
    p.peak = 14 * SIM_H;
    p.amplitude = amplitude;
    return p;
}

/* Per second. */
static double wavy_rate(const struct profile *p, double t)
{
    double turn = fmod(t - 3 * 3600, 25 * 3600), shows = t + 70 * 3600;
    if (t >= 40 * 3600 && t < 42 * 3600)
        return 1;
    if (t >= 3 * 3600 && turn < 3600)
        return (30 - 24 * turn / 3600) / 60;
    double rate = 10.0 / 60 * p->week[(int)floor(fmod(shows / 86400, 7))];
    if (t >= 30 * 3600 && t < 33 * 3600)
        rate *= 4;
    double period = (double)p->period / 1e9;
    return rate * (1 + p->amplitude * cos(2 * M_PI * (shows - 14 * 3600) / period));
}

/* The rate's integral by Simpson's rule, in steps that end at whole seconds, where the breaks are. */
static double integral(const struct profile *p, double from, double to)
{
    double sum = 0, step = fmin(1, (double)p->period / 1e9 / 500);
    while (from < to) {
        double end = fmin(fmin(to, floor(from + 1)), from + step), middle = (from + end) / 2, e = (end - from) * 1e-4; /* this side of a break */
        sum += (end - from) / 6 * (wavy_rate(p, from + e) + 4 * wavy_rate(p, middle) + wavy_rate(p, end - e));
        from = end;
    }
    return sum;
}

static void follow(double amplitude, sim_time period)
{
    struct profile p = wavy(amplitude, period);
    struct profile_walk w = begin(&p, 0), c = begin(&p, 0);
    struct rng_stream s = rng_stream(3, "test/wave", 0);
    double before = 0, all = 0;
    for (uint64_t k = 0; k < 60000; k++) {
        struct rng cell = rng_at(&s, 0, k, 0);
        double unit = rng_exponential(&cell) * 3;
        sim_time at = profile_next_poisson(&w, unit);
        if (at >= 200 * SIM_H)
            break;
        double now = (double)at / 1e9, grown = integral(&p, before, now);
        if (fabs(grown - unit) > 1e-6 * (1 + unit))
            fail_msg("step %llu to %.9f s: %.9f, not %.9f", (unsigned long long)k, now, grown, unit);
        before = now;
    }
    assert_true(before > 190 * 3600);
    before = 0;
    for (uint64_t k = 0;; k++) { /* evenly: the k-th where the integral is k */
        sim_time at = profile_next_constant(&c);
        if (at >= 100 * SIM_H)
            break;
        all += integral(&p, before, (double)at / 1e9);
        before = (double)at / 1e9;
        if (fabs(all - (double)k) > 1e-5)
            fail_msg("arrival %llu at %.9f s: the integral is %.9f", (unsigned long long)k, before, all);
    }
    assert_true(all > 10000);
}

static void test_wave(void **state)
{
    (void)state;
    follow(0.6, 24 * SIM_H);
    follow(1, 24 * SIM_H); /* silent for an instant each night */
    follow(0.9, 7 * SIM_S + 1); /* many turns between two arrivals */
    follow(0, SIM_H);
}

/* A wait of milliseconds in a period of ten years keeps its digits. */
static void test_small_step(void **state)
{
    (void)state;
    struct curve c = {.shape = CURVE_SINE, .level = 1e-3, .amplitude = 0.5, .period = 3650 * SIM_DAY};
    c.phase = c.period / 4; /* rising and falling at the mean */
    double wait = curve_wait(&c, 0, 1000);
    assert_true(fabs(wait - 1e6) < 0.1);
    assert_true(fabs(curve_area(&c, 0, 1000000) - 1000) < 1e-3);
}

/* --- overlap --- */

static void test_overlap(void **state)
{
    (void)state;
    static const struct {
        int a[3], b[3]; /* at, length, every, in seconds */
        bool overlap;
    } row[] = {
        {{0, 5, 0}, {5, 5, 0}, false},   {{0, 6, 0}, {5, 5, 0}, true},   {{9, 1, 0}, {5, 5, 0}, true},
        {{0, 1, 10}, {5, 1, 0}, false},  {{0, 1, 10}, {20, 1, 0}, true}, {{0, 1, 10}, {19, 1, 0}, false},
        {{0, 1, 10}, {19, 2, 0}, true},  {{30, 1, 10}, {10, 1, 0}, false}, {{30, 1, 10}, {10, 21, 0}, true},
        {{30, 1, 10}, {10, 20, 0}, false}, {{5, 3, 10}, {7, 1, 0}, true}, {{5, 3, 10}, {8, 7, 0}, false},
        {{0, 1, 10}, {5, 1, 10}, false}, {{0, 1, 10}, {5, 1, 15}, true}, {{0, 2, 10}, {3, 2, 15}, false},
        {{0, 2, 10}, {4, 2, 15}, true},  {{0, 1, 6}, {3, 1, 4}, false},  {{0, 1, 6}, {2, 1, 4}, true},
    };
    for (size_t i = 0; i < LEN(row); i++) {
        struct profile_span a = {.at = row[i].a[0], .length = row[i].a[1], .every = row[i].a[2]};
        struct profile_span b = {.at = row[i].b[0], .length = row[i].b[1], .every = row[i].b[2]};
        if (profile_overlap(&a, &b) != row[i].overlap || profile_overlap(&b, &a) != row[i].overlap)
            fail_msg("row %zu", i);
        /* By looking at each second. */
        bool seen = false;
        for (int t = 0; t < 1000; t++) {
            bool in_a = t >= a.at && (a.every > 0 ? (t - a.at) % a.every : t - a.at) < a.length;
            bool in_b = t >= b.at && (b.every > 0 ? (t - b.at) % b.every : t - b.at) < b.length;
            seen |= in_a && in_b;
        }
        assert_true(seen == row[i].overlap);
    }
}

/* --- chance --- */

/* Counts inside and outside a span, over 400 streams: mean and variance of a Poisson count are equal. */
static void test_poisson(void **state)
{
    (void)state;
    struct profile_span span[] = {rate_span(10 * SIM_S, 10 * SIM_S, 50)};
    struct profile p = build(10, span, 1);
    struct rng_stream s = rng_stream(7, "test/profile", 0);
    double in = 0, out = 0, in2 = 0;
    int n = 400;
    for (int i = 0; i < n; i++) {
        struct profile_walk w = begin(&p, 0);
        int inside = 0;
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
        cmocka_unit_test(test_constant), cmocka_unit_test(test_span),      cmocka_unit_test(test_silence),
        cmocka_unit_test(test_every),    cmocka_unit_test(test_ramp),      cmocka_unit_test(test_inversion),
        cmocka_unit_test(test_week),     cmocka_unit_test(test_wave),      cmocka_unit_test(test_small_step),
        cmocka_unit_test(test_overlap),  cmocka_unit_test(test_poisson),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
