/* Samples are the same bits everywhere. The table was computed on 64-bit x86 by gcc 12 -O3 and by
 * clang 14 -O0, which agreed (tests/engine/portable_bits.sh does it again with these and other
 * options, fused multiply-add among them). It may change only when a law is meant to draw other
 * numbers, which makes every stored result another one.
 *
 * first: samples of items 0, 1, 2 of the stream "golden" with seed 1. Those of uniform,
 * exponential, normal (sd 2ms), lognormal (p50, p99), hyperexponential (0.3) and uniform_key were
 * also computed by a separate Python program. print: hash of the samples of items 0 … 19,999, which
 * reach wedges, tails and rejections. Means of 1e16 show every bit of a double, which nanoseconds
 * would round away. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>

#include "dist.h"
#include "hash.h"

#define ITEMS 20000

static const struct golden {
    enum dist_unit unit;
    const char *text;
    int64_t first[3];
    uint64_t print;
} GOLDEN[] = {
#include "golden_samples.inc"
};

static struct golden draw(const struct golden *g, struct arena *arena)
{
    struct golden got = *g;
    const struct dist *d = dist_parse(arena, g->text, g->unit, NULL, NULL);
    struct rng_stream s = rng_stream(1, "golden", 0);
    assert_non_null(d);
    got.print = 0;
    for (uint64_t i = 0; i < ITEMS; i++) {
        struct rng r = rng_at(&s, 0, i, 0);
        int64_t x = dist_sample_item(d, &r, i);
        if (i < 3)
            got.first[i] = x;
        got.print = hash_mix(got.print ^ (uint64_t)x);
    }
    return got;
}

static void samples_are_the_same_bits_everywhere(void **unused)
{
    (void)unused;
    static const char *const units[] = {"DIST_DURATION", "DIST_SIZE", "DIST_COUNT", "DIST_NUMBER"};
    struct arena arena;
    int wrong = 0;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof GOLDEN / sizeof *GOLDEN; i++) {
        struct golden got = draw(&GOLDEN[i], &arena);
        int same = got.print == GOLDEN[i].print;
        for (int k = 0; k < 3; k++)
            same &= got.first[k] == GOLDEN[i].first[k];
        if (!same)
            print_error(
                "{%s, \"%s\", {%" PRId64 ", %" PRId64 ", %" PRId64 "}, 0x%016" PRIx64 "},\n",
                units[got.unit], got.text, got.first[0], got.first[1], got.first[2], got.print);
        wrong += !same;
    }
    arena_free(&arena);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples_are_the_same_bits_everywhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
