/* Laws of whole numbers and keys: chi-square against shares worked out here, and what is certain.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "laws.h"
#include "stats.h"

#define SEED 11u
#define N    200000

static double x[N];

static void draw(const struct dist *d, double scale)
{
    law_draw(d, SEED, scale, N, x);
}

static bool near(double got, double want, double tolerance)
{
    return isinf(want) ? isinf(got) : fabs(got - want) <= tolerance * fabs(want);
}

static double share[2000], counts[2000];

static void discrete(const char *text, enum dist_unit unit, size_t n)
{
    const struct dist *d = law_of(text, unit);
    double mean = 0, variance = 0, sum = 0;
    draw(d, 1);
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < N; i++) {
        assert_true(x[i] >= 0 && x[i] < (double)n);
        counts[(size_t)x[i]]++;
    }
    for (size_t i = 0; i < n; i++)
        mean += share[i] * (double)i;
    for (size_t i = 0; i < n; i++) {
        variance += share[i] * ((double)i - mean) * ((double)i - mean);
        sum += share[i];
        assert_true(fabs(dist_cdf(d, (double)i) - sum) < 1e-9);
        assert_true(fabs(dist_cdf(d, (double)i + 0.5) - sum) < 1e-9);
        if (share[i] > 1e-6)
            assert_true(dist_quantile(d, sum - share[i] / 2) == (double)i);
    }
    assert_true(fabs(sum - 1) < 1e-9);
    assert_true(near(dist_mean(d), mean, 1e-9) && near(dist_variance(d), variance, 1e-9));
    double chance = stats_chi2_chance(counts, share, n, N);
    print_message("%s: seed %u, chi-square chance %.4f\n", text, SEED, chance);
    assert_true(chance > STATS_SIGNIFICANCE);
}

static void alike(size_t from, size_t to)
{
    memset(share, 0, sizeof share);
    for (size_t i = from; i <= to; i++)
        share[i] = 1 / (double)(to - from + 1);
}

static void zipf_shares(size_t n, double s)
{
    double sum = 0;
    for (size_t k = n; k >= 1; k--)
        sum += pow((double)k, -s);
    for (size_t k = 1; k <= n; k++)
        share[k - 1] = pow((double)k, -s) / sum;
}

static void keys_fit(void **unused)
{
    (void)unused;
    alike(0, 99);
    discrete("uniform_key(100)", DIST_COUNT, 100);
    for (size_t i = 0; i < 100; i++)
        share[i] = i == 0 ? 0.5 : 0.5 / 99;
    discrete("hot(n=100, share=50%)", DIST_COUNT, 100);
    share[0] = 0.2, share[1] = share[2] = 0.4;
    discrete("hot(3, 20%)", DIST_COUNT, 3);
    zipf_shares(1000, 1.1);
    discrete("zipf(n=1000, s=1.1)", DIST_COUNT, 1000);
    zipf_shares(50, 1);
    discrete("zipf(50, 1)", DIST_COUNT, 50);
    zipf_shares(7, 0);
    discrete("zipf(7, 0)", DIST_COUNT, 7);
    zipf_shares(2, 3);
    discrete("zipf(2, 3)", DIST_COUNT, 2);
    zipf_shares(1500, 0.5);
    discrete("zipf(1500, 0.5)", DIST_COUNT, 1500);
}

static void whole_numbers_fit(void **unused)
{
    (void)unused;
    alike(0, 9);
    discrete("uniform(0, 9)", DIST_COUNT, 10);
    alike(0, 2);
    discrete("uniform(0B, 2B)", DIST_SIZE, 3);
    static const double weights[] = {0.125, 0.5, 0.25, 0.125};
    memcpy(share, weights, sizeof weights);
    discrete("histogram(0: 1, 1: 4, 2: 2, 3: 1)", DIST_NUMBER, 4);
    discrete("mixture(12.5%: 0, 50%: constant(1), 25%: 2, 12.5%: 3)", DIST_COUNT, 4);
    static const double nested[] = {0.25, 0.375, 0.375};
    memcpy(share, nested, sizeof nested);
    discrete("mixture(0.25: 0, 0.75: mixture(50%: 1, 50%: 2))", DIST_COUNT, 3);
}

/* Bins with a share of nothing. */
static void certain_shares_are_certain(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        double low, high;
    } cases[] = {{"mixture(0%: 1s, 100%: 2s)", 2e9, 2e9},
                 {"histogram(1s: 0, 2s: 5, 3s: 0)", 2e9, 2e9},
                 {"histogram(1s: 0, 2s: 5, 3s: 0, interpolate=true)", 2e9, 3e9},
                 {"mixture(0%: pareto(0.5, min=1s), 100%: 2s)", 2e9, 2e9}};
    for (size_t i = 0; i < 4; i++) {
        const struct dist *d = law_of(cases[i].text, DIST_DURATION);
        draw(d, 1);
        for (size_t k = 0; k < N; k += 100)
            assert_true(x[k] >= cases[i].low && x[k] <= cases[i].high);
        assert_true(near(dist_mean(d), (cases[i].low + cases[i].high) / 2, 1e-12));
    }
    struct rng_stream s = rng_stream(SEED, "hot", 0);
    struct rng r = rng_at(&s, 0, 0, 0);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(dist_sample(law_of("hot(1, 0%)", DIST_COUNT), &r), 0);
        assert_int_equal(dist_sample(law_of("hot(5, 100%)", DIST_COUNT), &r), 0);
        assert_int_equal(dist_sample(law_of("zipf(1, 2)", DIST_COUNT), &r), 0);
        assert_int_equal(dist_sample(law_of("uniform_key(1)", DIST_COUNT), &r), 0);
    }
}

static void round_robin_takes_turns(void **unused)
{
    (void)unused;
    const struct dist *d = law_of("round_robin(3)", DIST_COUNT);
    const struct dist *inner = law_of("mixture(100%: round_robin(3))", DIST_COUNT);
    struct rng_stream s = rng_stream(SEED, "turns", 0);
    struct rng r = rng_at(&s, 0, 0, 0);
    for (uint64_t i = 0; i < 9; i++) {
        assert_int_equal(dist_sample_item(d, &r, i), i % 3);
        assert_int_equal(dist_sample_item(inner, &r, i), i % 3);
    }
    assert_true(dist_mean(d) == 1 && near(dist_variance(d), 2.0 / 3, 1e-12));
    assert_true(dist_cdf(d, 1) == 2.0 / 3 && dist_quantile(d, 0.5) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_fit),
        cmocka_unit_test(whole_numbers_fit),
        cmocka_unit_test(certain_shares_are_certain),
        cmocka_unit_test(round_robin_takes_turns),
    };
    return cmocka_run_group_tests(tests, laws_open, laws_close);
}
