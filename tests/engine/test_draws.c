/* Samples made sixteen at a time are those that one gets one by one, in whatever order they are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arena.h"
#include "draws.h"

#define ASKED 20000

static const struct dist *law(struct arena *a, const char *text)
{
    struct dist_error e;
    const struct dist *d = dist_parse(a, text, DIST_DURATION, NULL, &e);
    assert_non_null(d);
    return d;
}

static void check(struct draws *d, const struct rng_stream *s, const struct dist *dist, uint32_t origin, uint64_t item)
{
    struct rng cell = rng_at(s, origin, item, 0);
    if (dist != NULL)
        assert_true(draws_sample(d, origin, item) == dist_sample(dist, &cell));
    else
        assert_true(draws_exponential(d, origin, item) == rng_exponential(&cell));
}

static void check_again(struct draws *d, const struct rng_stream *s, const struct dist *dist, uint64_t item, uint32_t attempt)
{
    struct rng cell = rng_at(s, 1, item, attempt);
    assert_true(draws_again(d, 1, item, attempt) == dist_sample(dist, &cell));
}

/* Later attempts beside the first: items come again a while later, and once more, out of order; then at random. */
static void ask_again(const struct rng_stream *s, const struct dist *dist)
{
    struct draws d;
    struct rng_stream order_stream = rng_stream(7, "attempts", 0);
    struct rng order = rng_at(&order_stream, 0, 0, 0);
    draws_init(&d, s, dist);
    for (uint64_t i = 0; i < ASKED; i++) {
        check(&d, s, dist, 1, i + 300);
        check_again(&d, s, dist, i + 200 + rng_below(&order, 50), 1);
        check_again(&d, s, dist, i + rng_below(&order, 150), 2);
    }
    for (uint64_t i = 0; i < ASKED; i++)
        check_again(&d, s, dist, rng_below(&order, 500), (uint32_t)(1 + rng_below(&order, 0xffff)));
}

/* In order, nearly in order, at random (when lines do not pay), in order again; two origins; large numbers. */
static void ask_all(const struct rng_stream *s, const struct dist *dist)
{
    struct draws d;
    struct rng_stream order_stream = rng_stream(7, "order", 0);
    struct rng order = rng_at(&order_stream, 0, 0, 0);
    draws_init(&d, s, dist);
    for (uint64_t i = 0; i < ASKED; i++)
        check(&d, s, dist, 1, i);
    for (uint64_t i = 0; i < ASKED; i++)
        check(&d, s, dist, 1, ASKED + i + rng_below(&order, 40));
    for (uint64_t i = 0; i < ASKED; i++)
        check(&d, s, dist, (uint32_t)rng_below(&order, 2), rng_below(&order, RNG_ITEM_MAX));
    for (uint64_t i = 0; i < ASKED; i++)
        check(&d, s, dist, 2, (UINT64_C(1) << 32) - ASKED / 2 + i);
    for (uint64_t i = 0; i < ASKED; i++)
        check(&d, s, dist, 1 + i % 2, RNG_ITEM_MAX - i / 2);
}

static void test_draws(void **state)
{
    (void)state;
    static const char *const texts[] = {"exponential(10ms)", "lognormal(p50=4ms, p99=20ms)", "normal(5ms, 4ms)",
                                        "gamma(0.5, 10ms)", "uniform(1ms, 2ms)"};
    struct arena a;
    arena_init(&a);
    struct rng_stream s = rng_stream(1, "service.web/time", 3);
    ask_all(&s, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ask_all(&s, law(&a, texts[i]));
        ask_again(&s, law(&a, texts[i]));
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_draws)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
