/* test_backoff.c - pauses: texts read and refused, and what each law may give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "backoff.h"
#include "world.h"

static struct arena arena;

static const struct backoff *law(const char *text)
{
    struct dist_error e;
    const struct backoff *b = backoff_parse(&arena, text, &e);
    if (b == NULL)
        fail_msg("'%s': %s", text, e.text);
    return b;
}

static struct rng cell(uint64_t item)
{
    struct rng_stream s = rng_stream(1, "test/backoff", 0);
    return rng_at(&s, 0, item, 0);
}

static void test_texts(void **state)
{
    (void)state;
    const struct backoff *b = law("full_jitter(base=100ms, cap=2s)");
    assert_int_equal(b->law, BACKOFF_FULL);
    assert_int_equal(b->base, 100 * SIM_MS);
    assert_int_equal(b->cap, 2 * SIM_S);
    b = law(" exponential( 1s , 8s ) ");
    assert_int_equal(b->law, BACKOFF_EXPONENTIAL);
    assert_int_equal(b->cap, 8 * SIM_S);
    b = law("decorrelated(cap=3s, base=1s)");
    assert_int_equal(b->base, SIM_S);
    assert_int_equal(law("none")->law, BACKOFF_NONE);
    assert_string_equal(law("constant(1s)")->text, "constant(1s)");
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        int         column;
    } bad[] = {
        {"", "a backoff is", 0},
        {"linear(1s)", "a backoff is", 0},
        {"constant", "needs its base", 8},
        {"constant()", "", 9},
        {"constant(1)", "unit", 10},
        {"constant(1s, 2s)", "too many", 13},
        {"full_jitter(cap=2s)", "base is missing", 0},
        {"full_jitter(base=2s, cap=1s)", "cap is below base", 0},
        {"full_jitter(base=2s, base=1s)", "given twice", 21},
        {"full_jitter(floor=2s)", "base and cap", 12},
        {"full_jitter(2s", "closing bracket", 14},
        {"full_jitter(2s) x", "nothing is expected", 16},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct dist_error e = {0};
        assert_null(backoff_parse(&arena, bad[i].text, &e));
        if (strstr(e.text, bad[i].says) == NULL)
            fail_msg("'%s' says '%s'", bad[i].text, e.text);
        if (bad[i].says[0] != '\0' && strcmp(bad[i].says, "unit") != 0)
            assert_int_equal(e.column, bad[i].column);
    }
}

static void test_ceiling(void **state)
{
    (void)state;
    static const int64_t want[] = {1, 2, 4, 8, 10, 10, 10};
    const struct backoff *b = law("exponential(base=1s, cap=10s)");
    struct rng r = cell(0);
    for (uint32_t n = 0; n < ARRAY_LEN(want); n++)
        assert_int_equal(backoff_pause(b, n, 0, &r), want[n] * SIM_S);
    assert_int_equal(backoff_pause(b, 4000000000u, 0, &r), 10 * SIM_S);
    assert_int_equal(backoff_pause(law("constant(3s)"), 7, 0, &r), 3 * SIM_S);
    assert_int_equal(backoff_pause(law("none"), 7, 0, &r), 0);
    assert_true(backoff_pause(law("exponential(1s)"), 1000, 0, &r) > 0);
}

/* Range and mean of 20,000 pauses after failure number 2 (ceiling 4 s). */
static void check_jitter(const char *text, sim_time low, sim_time high, double mean)
{
    const struct backoff *b = law(text);
    double sum = 0;
    int n = 20000;
    for (int i = 0; i < n; i++) {
        struct rng r = cell((uint64_t)i);
        sim_time p = backoff_pause(b, 2, SIM_S, &r);
        assert_in_range(p, low, high);
        sum += (double)p;
    }
    mean *= 1e9;
    if (sum / n < mean * 0.98 || sum / n > mean * 1.02)
        fail_msg("%s: mean %g, not %g", text, sum / n, mean);
}

static void test_jitter(void **state)
{
    (void)state;
    check_jitter("full_jitter(base=1s, cap=10s)", 0, 4 * SIM_S, 2);
    check_jitter("equal_jitter(base=1s, cap=10s)", 2 * SIM_S, 4 * SIM_S, 3);
    check_jitter("decorrelated(base=1s, cap=10s)", SIM_S, 3 * SIM_S, 2);
    check_jitter("decorrelated(base=1s, cap=2s)", SIM_S, 2 * SIM_S, 1.75); /* half of the draws are above the cap */
}

/* From a cell's first word, where it says enough: a word of 0 is refused by all ranges that do not divide 2^64. */
static void test_word(void **state)
{
    (void)state;
    static const char *const texts[] = {"full_jitter(base=100ms, cap=2s)", "equal_jitter(base=100ms, cap=2s)", "decorrelated(base=100ms, cap=2s)"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const struct backoff *b = law(texts[i]);
        assert_true(backoff_is_jittered(b));
        sim_time pause;
        for (uint64_t item = 0; item < 1000; item++) {
            struct rng whole = cell(item), first = cell(item);
            uint32_t n = (uint32_t)(item % 8);
            sim_time previous = (sim_time)item * 2 * SIM_MS;
            assert_true(backoff_pause_of(b, n, previous, rng_u64(&first), &pause));
            assert_true(pause == backoff_pause(b, n, previous, &whole));
        }
        assert_false(backoff_pause_of(b, 1, 0, 0, &pause));
    }
    assert_false(backoff_is_jittered(NULL));
    assert_false(backoff_is_jittered(law("random(gamma(0.5, 1s))")));
}

int main(void)
{
    arena_init(&arena);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_jitter),
        cmocka_unit_test(test_word),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
