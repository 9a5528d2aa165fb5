/* Words made by the line, attempt by attempt, are those that one gets one by one, in whatever order they are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "redraws.h"

#define ASKED 20000

static void check(struct redraws *d, const struct rng_stream *s, uint32_t origin, uint64_t item, uint32_t attempt)
{
    struct rng cell = rng_at(s, origin, item, attempt);
    assert_true(redraws_word(d, origin, item, attempt) == rng_u64(&cell));
}

/* In order, three attempts in turn; out of order, as pauses make them; at random, when lines do not pay; and at the ends. */
static void ask_all(struct redraws *d, const struct rng_stream *s)
{
    struct rng_stream order_stream = rng_stream(7, "order", 0);
    struct rng order = rng_at(&order_stream, 0, 0, 0);
    for (uint64_t i = 0; i < ASKED; i++)
        check(d, s, 1, i / 3, (uint32_t)(i % 3));
    for (uint64_t i = 0; i < ASKED; i++) /* whose lines share a place */
        check(d, s, 1, i, (uint32_t)(i / 4 % 2) * REDRAWS_LINES);
    for (uint64_t i = 0; i < ASKED; i++) {
        uint32_t attempt = 1 + (uint32_t)rng_below(&order, 3);
        check(d, s, 1, ASKED + i + rng_below(&order, 100 * attempt), attempt);
    }
    for (uint64_t i = 0; i < ASKED; i++)
        check(d, s, (uint32_t)rng_below(&order, 2), rng_below(&order, RNG_ITEM_MAX), (uint32_t)rng_below(&order, UINT16_MAX));
    for (uint64_t i = 0; i < ASKED; i++)
        check(d, s, 2, (UINT64_C(1) << 32) - ASKED / 2 + i, UINT16_MAX);
    for (uint64_t i = 0; i < ASKED; i++)
        check(d, s, 1 + i % 2, RNG_ITEM_MAX - i / 2, 7);
}

static void test_redraws(void **state)
{
    (void)state;
    struct arena a;
    struct redraws *d;
    arena_init(&a);
    struct rng_stream s = rng_stream(1, "producer.p/call", 3);
    assert_true(redraws_open(&d, &a, &s));
    if (d != NULL)
        ask_all(d, &s);
    arena_free(&a);
}

/* Where there are vectors, there are lines, and they are used. */
static void test_lines_are_used(void **state)
{
    (void)state;
    struct arena a;
    struct redraws *d;
    struct rng_stream s = rng_stream(1, "producer.p/call", 0);
    arena_init(&a);
    assert_true(redraws_open(&d, &a, &s));
    if (rng_line_fast()) {
        assert_non_null(d);
        redraws_word(d, 1, 100, 2);
        uint32_t before = d->hits;
        for (uint64_t i = 100 - 100 % RNG_LINE; i < 100; i++)
            redraws_word(d, 1, i, 2);
        assert_int_equal(d->hits - before, 100 % RNG_LINE);
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_redraws), cmocka_unit_test(test_lines_are_used)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
