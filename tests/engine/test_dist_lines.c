/* Lines of samples against samples one by one: the same bits wherever a line has an answer, and it nearly always has. The
 * words are drawn, and chosen: borders of all strips, the ends of the range, extreme parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dist_lines.h"
#include "laws.h"

#define SEED  5u
#define LINES 20000

static const struct dist *law(const char *text)
{
    struct dist_error e;
    const struct dist *d = NULL;
    static const enum dist_unit units[] = {DIST_DURATION, DIST_COUNT, DIST_NUMBER};
    for (size_t i = 0; i < sizeof units / sizeof units[0] && d == NULL; i++)
        d = law_or_error(text, units[i], &e);
    return d != NULL ? d : law_of(text, DIST_NUMBER);
}

/* What the law makes of a cell whose first word is this one, and whose second block comes from somewhere. */
static union draw alone(const struct dist *d, uint64_t word)
{
    struct rng cell = {.counter = {1}, .block = {(uint32_t)word, (uint32_t)(word >> 32), 7, 9}, .left = 4};
    union draw v;
    if (d == NULL)
        v.unit = rng_exponential(&cell);
    else
        v.whole = dist_sample(d, &cell);
    return v;
}

/* Number of answers that are missing. */
static unsigned check(const struct dist *d, const uint64_t word[DIST_LINE])
{
    union draw out[DIST_LINE];
    unsigned missing = dist_line(d)->make(d, word, out), n = 0;
    assert_true(missing < 1u << DIST_LINE);
    for (unsigned i = 0; i < DIST_LINE; i++) {
        if (missing >> i & 1) {
            n++;
        } else if (out[i].whole != alone(d, word[i]).whole) {
            print_message("%s: word %llx\n", d != NULL ? dist_text(d) : "unit", (unsigned long long)word[i]);
            fail();
        }
    }
    return n;
}

/* A word among others that are drawn. */
static void check_word(const struct dist *d, uint64_t word, struct rng *r)
{
    uint64_t line[DIST_LINE];
    for (unsigned i = 0; i < DIST_LINE; i++)
        line[i] = rng_u64(r);
    line[word % 251 % DIST_LINE] = word;
    check(d, line);
}

static void check_borders(const struct dist *d, const uint64_t k[256], struct rng *r)
{
    static const int64_t steps[] = {0, 1, 2, 1 << 10, 1 << 12, 1 << 13, 1 << 14, 1 << 16};
    for (unsigned low = 0; low < 512; low++) {
        for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            uint64_t border = k[low & 255], whole = UINT64_C(1) << 53;
            check_word(d, ((border + (uint64_t)steps[i]) % whole) << 11 | low, r);
            check_word(d, ((border - (uint64_t)steps[i]) % whole) << 11 | low, r);
        }
        check_word(d, low, r);
        check_word(d, UINT64_MAX << 9 | low, r);
    }
}

static void check_ends(const struct dist *d, struct rng *r)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        check_word(d, UINT64_C(1) << bit, r);
        check_word(d, (UINT64_C(1) << bit) - 1, r);
        check_word(d, UINT64_MAX << bit, r);
        check_word(d, ~(UINT64_C(1) << bit), r);
    }
}

/* The share of answers that are missing. */
static double check_law(const char *text)
{
    const struct dist *d = text != NULL ? law(text) : NULL;
    struct rng_stream s = rng_stream(SEED, text != NULL ? text : "unit", 0);
    struct rng r = rng_at(&s, 0, 0, 0);
    if (dist_line(d) == NULL) {
        assert_false(rng_line_fast());
        skip();
    }
    check_borders(d, ziggurat_exponential_k, &r);
    check_borders(d, ziggurat_normal_k, &r);
    check_ends(d, &r);
    unsigned missing = 0;
    for (unsigned i = 0; i < LINES; i++) {
        uint64_t word[DIST_LINE];
        for (unsigned k = 0; k < DIST_LINE; k++)
            word[k] = rng_u64(&r);
        missing += check(d, word);
    }
    return missing / (double)(LINES * DIST_LINE);
}

static void assert_share(const char *text, double missing)
{
    if (missing >= 0.025)
        print_message("%s: %g are missing\n", text != NULL ? text : "unit", missing);
    assert_true(missing < 0.025);
}

/* Of usual laws the lines miss what the ziggurats' strips do not take at once: 2.2 % and 1.5 %. */
static void usual_laws(void **unused)
{
    (void)unused;
    static const char *const texts[] = {NULL,
                                        "exponential(10ms)",
                                        "exponential(1ns)",
                                        "normal(50ms, 4ms)",
                                        "lognormal(p50=4ms, p99=20ms)",
                                        "lognormal(mean=1h, cv=3)",
                                        "lognormal(mean=100ns, cv=0.001)",
                                        "pareto(2.5, mean=1s)",
                                        "uniform(1ms, 3s)",
                                        "uniform(0ns, 1ns)",
                                        "uniform_key(1)",
                                        "uniform_key(1000000000)",
                                        "uniform_key(4294967295)"};
    print_message("seed %u\n", SEED);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_share(texts[i], check_law(texts[i]));
}

/* Results near and beyond what a line holds: they are missing, or they are right. */
static void extreme_laws(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "exponential(20d)",       "exponential(40d)",         "exponential(36500d)",        "normal(0ns, 1ms)",
        "normal(26d, 1h)",        "lognormal(mean=1s, cv=1000)", "lognormal(p50=1ns, p90=36500d)",
        "lognormal(mean=1ns, cv=1e-9)", "pareto(0.01, min=1ns)", "pareto(1000, min=1ns)",   "pareto(0.2, min=10d)",
        "lognormal(p99=1e-300, p99.9=1e18)", "lognormal(p99=1e-300, p99.9=1)", "uniform(104d, 104d1ns)"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_law(texts[i]);
}

/* Laws whose samples a line would not hold, or that need more than a word, have none. */
static void other_laws(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"uniform(0s, 4294967296ns)", "uniform(105d, 105d1ns)", "uniform_key(4294967296)",
                                        "pareto(2, min=1s, max=2s)", "gamma(2, 1s)", "zipf(10, 1)", "5ms"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_null(dist_line(law(texts[i])));
}

/* A line's words are the first words of its cells, in all corners of an address. */
static void words_are_the_cells(void **unused)
{
    (void)unused;
    struct rng_stream chance = rng_stream(SEED, "addresses", 0);
    struct rng r = rng_at(&chance, 0, 0, 0);
    for (unsigned n = 0; n < LINES; n++) {
        struct rng_stream s = {{rng_u32(&r), rng_u32(&r)}, rng_u32(&r) & RNG_REPLICATION_MAX};
        uint32_t origin = rng_u32(&r), attempt = rng_u32(&r) >> (n % 2 ? 31 : 16);
        uint64_t item = rng_u64(&r) & RNG_ITEM_MAX & ~(uint64_t)(RNG_LINE - 1), word[RNG_LINE];
        uint32_t block[RNG_LINE][4];
        struct rng first = rng_at(&s, origin, item, attempt);
        rng_line_blocks(&first, block);
        if (rng_line_fast())
            rng_line_words(&first, word);
        for (unsigned i = 0; i < RNG_LINE; i++) {
            struct rng cell = rng_at(&s, origin, item + i, attempt);
            uint64_t expected = rng_u64(&cell);
            assert_memory_equal(block[i], cell.block, sizeof cell.block);
            assert_true(!rng_line_fast() || word[i] == expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(usual_laws), cmocka_unit_test(extreme_laws),
                                       cmocka_unit_test(other_laws), cmocka_unit_test(words_are_the_cells)};
    return cmocka_run_group_tests(tests, laws_open, laws_close);
}
