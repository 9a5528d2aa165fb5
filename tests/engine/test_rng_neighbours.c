/* Cells that lie side by side must know nothing of each other. A run reads the first draw of item
 * 0, 1, 2, …, not one long sequence, so that is what is tested: consecutive items, attempts,
 * origins, replications, seeds and names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rng.h"
#include "stats.h"

#define SEED  1u
#define ITEMS (1 << 19)

static struct rng_stream stream;

static uint64_t first_word(uint64_t item)
{
    struct rng r = rng_at(&stream, 0, item, 0);
    return rng_u64(&r);
}

static int setup(void **unused)
{
    (void)unused;
    stream = rng_stream(SEED, "producer.orders/arrival", 0);
    print_message("seed %u\n", SEED);
    return 0;
}

static void even(const double *counts, size_t cells)
{
    static double share[65536];
    for (size_t i = 0; i < cells; i++)
        share[i] = 1 / (double)cells;
    double chance = stats_chi2_chance(counts, share, cells, ITEMS);
    assert_true(chance > STATS_SIGNIFICANCE / 10 && chance < 1 - STATS_SIGNIFICANCE / 10);
}

static void every_byte_of_the_first_draw_is_even(void **unused)
{
    (void)unused;
    for (int byte = 0; byte < 8; byte++) {
        double counts[256] = {0};
        for (uint64_t i = 0; i < ITEMS; i++)
            counts[first_word(i) >> (8 * byte) & 255]++;
        even(counts, 256);
    }
}

/* Pairs of items i and i + lag, by their top and by their bottom six bits. */
static void neighbours_pair_evenly(void **unused)
{
    (void)unused;
    const uint64_t lags[] = {1, 2, 256, 65536};
    static double top[4096], bottom[4096];
    for (size_t k = 0; k < 4; k++) {
        memset(top, 0, sizeof top);
        memset(bottom, 0, sizeof bottom);
        for (uint64_t i = 0; i < ITEMS; i++) {
            uint64_t a = first_word(i), b = first_word(i + lags[k]);
            top[a >> 58 << 6 | b >> 58]++;
            bottom[(a & 63) << 6 | (b & 63)]++;
        }
        even(top, 4096);
        even(bottom, 4096);
    }
}

static void correlation_is_none(const char *what, struct rng_stream a, struct rng_stream b,
                                uint32_t origin, uint64_t apart, uint32_t attempt)
{
    double sum = 0;
    const int n = 100000;
    for (uint64_t i = 0; i < (uint64_t)n; i++) {
        struct rng ra = rng_at(&a, 0, i, 0), rb = rng_at(&b, origin, i + apart, attempt);
        sum += (rng_uniform(&ra) - 0.5) * (rng_uniform(&rb) - 0.5) * 12;
    }
    print_message("%s: correlation %.5f\n", what, sum / n);
    assert_true(fabs(sum / n) < STATS_Z / sqrt(n));
}

static void neighbours_do_not_correlate(void **unused)
{
    (void)unused;
    struct rng_stream s = stream;
    correlation_is_none("next item", s, s, 0, 1, 0);
    correlation_is_none("2^32 items on", s, s, 0, UINT64_C(1) << 32, 0);
    correlation_is_none("next attempt", s, s, 0, 0, 1);
    correlation_is_none("next origin", s, s, 1, 0, 0);
    correlation_is_none("next replication", s, rng_stream(SEED, "producer.orders/arrival", 1), 0, 0,
                        0);
    correlation_is_none("next seed", s, rng_stream(SEED + 1, "producer.orders/arrival", 0), 0, 0,
                        0);
    correlation_is_none("other use", s, rng_stream(SEED, "producer.orders/size", 0), 0, 0, 0);
    correlation_is_none("one letter", s, rng_stream(SEED, "producer.order1/arrival", 0), 0, 0, 0);
}

/* Neighbouring names, seeds and replications all give keys of their own. */
static void streams_are_different(void **unused)
{
    (void)unused;
    enum { NAMES = 500 };
    static struct rng_stream s[2 * NAMES];
    for (int i = 0; i < NAMES; i++) {
        char name[32];
        snprintf(name, sizeof name, "fleet.w%d/time", i);
        s[i] = rng_stream(SEED, name, 0);
        s[NAMES + i] = rng_stream((uint64_t)i + 2, "fleet.w0/time", 0);
    }
    for (int i = 0; i < 2 * NAMES; i++)
        for (int k = 0; k < i; k++)
            assert_true(s[i].key[0] != s[k].key[0] || s[i].key[1] != s[k].key[1]);
}

/* One bit of the address changes 64 of the 128 bits of its block: mean within 4.5 standard errors.
 */
static void an_address_bit_changes_half_the_block(void **unused)
{
    (void)unused;
    enum { TRIES = 64 };
    for (int bit = 0; bit < 192; bit++) {
        int changed = 0;
        for (uint32_t i = 0; i < TRIES; i++) {
            uint32_t address[6] = {i, i * 7, i * i, i << 8, stream.key[0] + i, stream.key[1]};
            uint32_t a[4], b[4];
            philox4x32_10(address, address + 4, a);
            address[bit / 32] ^= 1u << bit % 32;
            philox4x32_10(address, address + 4, b);
            for (int w = 0; w < 4; w++)
                changed += __builtin_popcount(a[w] ^ b[w]);
        }
        assert_true(fabs(changed - 64.0 * TRIES) < STATS_Z * sqrt(32.0 * TRIES));
    }
}

static void the_same_address_gives_the_same_numbers(void **unused)
{
    (void)unused;
    struct rng_stream again = rng_stream(SEED, "producer.orders/arrival", 0);
    struct rng a = rng_at(&stream, 2, 77, 3), other = rng_at(&stream, 2, 78, 3);
    rng_exponential(&other); /* what others draw moves nobody */
    struct rng b = rng_at(&again, 2, 77, 3);
    for (int i = 0; i < 20; i++)
        assert_true(rng_u64(&a) == rng_u64(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_of_the_first_draw_is_even),
        cmocka_unit_test(neighbours_pair_evenly),
        cmocka_unit_test(neighbours_do_not_correlate),
        cmocka_unit_test(streams_are_different),
        cmocka_unit_test(an_address_bit_changes_half_the_block),
        cmocka_unit_test(the_same_address_gives_the_same_numbers),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
