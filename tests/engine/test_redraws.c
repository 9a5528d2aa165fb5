/* Samples of later attempts, made by the line, are those that one gets one by one, in whatever order they are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "redraws.h"

#define ASKED 20000

static const struct dist *law(struct arena *a, const char *text)
{
    struct dist_error e;
    const struct dist *d = dist_parse(a, text, DIST_DURATION, NULL, &e);
    assert_non_null(d);
    return d;
}

static void check(struct redraws *d, const struct rng_stream *s, const struct dist *dist, uint32_t origin, uint64_t item, uint32_t attempt)
{
    struct rng cell = rng_at(s, origin, item, attempt);
    int64_t alone = dist != NULL ? dist_sample(dist, &cell) : (int64_t)rng_u64(&cell);
    assert_true(redraws_value(d, origin, item, attempt).whole == alone);
}

/* In order, three attempts in turn; out of order, as pauses make them; at random, when lines do not pay; and at the ends. */
static void ask_all(struct arena *a, const struct rng_stream *s, const struct dist *dist)
{
    struct redraws *d;
    struct rng_stream order_stream = rng_stream(7, "order", 0);
    struct rng order = rng_at(&order_stream, 0, 0, 0);
    assert_true(redraws_open(&d, a, s, dist));
    if (d == NULL)
        return;
    for (uint64_t i = 0; i < ASKED; i++)
        check(d, s, dist, 1, i / 3, (uint32_t)(i % 3));
    for (uint64_t i = 0; i < ASKED; i++) /* whose lines share a place */
        check(d, s, dist, 1, i, (uint32_t)(i / 4 % 2) * REDRAWS_LINES);
    for (uint64_t i = 0; i < ASKED; i++) {
        uint32_t attempt = 1 + (uint32_t)rng_below(&order, 3);
        check(d, s, dist, 1, ASKED + i + rng_below(&order, 100 * attempt), attempt);
    }
    for (uint64_t i = 0; i < ASKED; i++)
        check(d, s, dist, (uint32_t)rng_below(&order, 2), rng_below(&order, RNG_ITEM_MAX), (uint32_t)rng_below(&order, UINT16_MAX));
    for (uint64_t i = 0; i < ASKED; i++)
        check(d, s, dist, 2, (UINT64_C(1) << 32) - ASKED / 2 + i, UINT16_MAX);
    for (uint64_t i = 0; i < ASKED; i++)
        check(d, s, dist, 1 + i % 2, RNG_ITEM_MAX - i / 2, 7);
}

static void test_redraws(void **state)
{
    (void)state;
    static const char *const texts[] = {"exponential(10ms)", "lognormal(p50=4ms, p99=20ms)", "uniform(1ms, 2ms)", "gamma(0.5, 10ms)"};
    struct arena a;
    arena_init(&a);
    struct rng_stream s = rng_stream(1, "service.web/time", 3);
    ask_all(&a, &s, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ask_all(&a, &s, law(&a, texts[i]));
    arena_free(&a);
}

/* Where there are vectors, there are lines of words and of the usual laws; and they are used. */
static void test_lines_are_used(void **state)
{
    (void)state;
    struct arena a;
    struct redraws *d;
    struct rng_stream s = rng_stream(1, "producer.p/call", 0);
    arena_init(&a);
    assert_true(redraws_open(&d, &a, &s, NULL));
    if (rng_line_fast()) {
        assert_non_null(d);
        redraws_value(d, 1, 100, 2);
        uint32_t before = d->hits;
        for (uint64_t i = 100 - 100 % DIST_LINE; i < 100; i++)
            redraws_value(d, 1, i, 2);
        assert_int_equal(d->hits - before, 100 % DIST_LINE);
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_redraws), cmocka_unit_test(test_lines_are_used)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
