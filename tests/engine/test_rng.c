/* Philox against its known answers, the address layout against a second implementation, and each
 * variate against its law. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "rng.h"
#include "stats.h"

#define SEED 7u
#define N    200000

static double x[N];

static struct rng place(const char *name)
{
    struct rng_stream s = rng_stream(SEED, name, 0);
    return rng_at(&s, 0, 0, 0);
}

/* "ctr=a b c d key=e f" and "a b c d", hexadecimal. */
static bool known_answer(const char *line, uint32_t counter[4], uint32_t key[2], uint32_t out[4])
{
    char id[32];
    return sscanf(line, "%31[^,],philox4x32-10,ctr=%x %x %x %x key=%x %x,%x %x %x %x,", id,
                  &counter[0], &counter[1], &counter[2], &counter[3], &key[0], &key[1], &out[0],
                  &out[1], &out[2], &out[3]) == 11;
}

static void philox_gives_the_known_answers(void **unused)
{
    (void)unused;
    FILE *f = fopen(TESTS_DIR "/oracles/rng_kat.csv", "r");
    assert_non_null(f);
    char line[512];
    int found = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        uint32_t counter[4], key[2], want[4], got[4];
        if (!known_answer(line, counter, key, want))
            continue;
        philox4x32_10(counter, key, got);
        assert_memory_equal(got, want, sizeof got);
        found++;
    }
    fclose(f);
    assert_int_equal(found, 3);
}

/* Words computed by an independent program (Python integers) from the documented layout. */
static void addresses_mean_what_is_written(void **unused)
{
    (void)unused;
    static const uint32_t one[8] = {0x44f57367, 0x48a7e1a7, 0xceb50b20, 0x51d47af1,
                                    0xc060118b, 0x4ebf95a3, 0x366a12f3, 0x14a18083};
    static const uint32_t far[4] = {0x1f4df108, 0x51ec7d7d, 0xfbbf74fc, 0xb1c69e69};
    struct rng_stream s = rng_stream(42, "producer.orders/arrival", 7);
    struct rng r = rng_at(&s, 3, (UINT64_C(1) << 33) + 5, 2), again = r;
    for (int i = 0; i < 8; i++)
        assert_int_equal(rng_u32(&r), one[i]);
    for (int i = 0; i < 4; i++)
        assert_true(rng_u64(&again) == (one[2 * i] | (uint64_t)one[2 * i + 1] << 32));
    s = rng_stream(UINT64_MAX, "", RNG_REPLICATION_MAX);
    r = rng_at(&s, UINT32_MAX, RNG_ITEM_MAX, 0xffff);
    for (int i = 0; i < 4; i++)
        assert_int_equal(rng_u32(&r), far[i]);
}

static void a_64_bit_word_drops_an_odd_word(void **unused)
{
    (void)unused;
    for (int before = 0; before < 8; before++) {
        struct rng a = place("odd"), b = a;
        uint32_t word[16];
        for (int i = 0; i < 16; i++)
            word[i] = rng_u32(&a);
        for (int i = 0; i < before; i++)
            rng_u32(&b);
        int at = (before + 1) / 2 * 2;
        assert_true(rng_u64(&b) == (word[at] | (uint64_t)word[at + 1] << 32));
        assert_int_equal(rng_u32(&b), word[at + 2]);
    }
}

/* 2^16 blocks of four words each; then comes the cell of attempt 1. */
static void a_cell_that_is_used_up_runs_into_the_next_attempt(void **unused)
{
    (void)unused;
    struct rng_stream s = rng_stream(SEED, "long", 0);
    struct rng r = rng_at(&s, 0, 9, 0), next = rng_at(&s, 0, 9, 1);
    for (int i = 0; i < 4 * 65536; i++)
        rng_u32(&r);
    assert_int_equal(rng_u32(&r), rng_u32(&next));
    /* At the end of all attempts the origin counts on, so that no cell repeats itself. */
    struct rng last = rng_at(&s, 4, 9, 0xffff), carried = rng_at(&s, 5, 9, 0);
    last.counter[0] = UINT32_MAX;
    for (int i = 0; i < 4; i++)
        rng_u32(&last);
    assert_int_equal(rng_u32(&last), rng_u32(&carried));
}

static double uniform_cdf(const void *unused, double at)
{
    (void)unused;
    return at;
}

static double exponential_cdf(const void *from, double at)
{
    return gsl_cdf_exponential_P(at - *(const double *)from, 1);
}

static double normal_cdf(const void *unused, double at)
{
    (void)unused;
    return gsl_cdf_ugaussian_P(at);
}

static double normal_tail_cdf(const void *from, double at)
{
    return 1 - gsl_cdf_ugaussian_Q(at) / gsl_cdf_ugaussian_Q(*(const double *)from);
}

static double gamma_cdf(const void *shape, double at)
{
    return gsl_cdf_gamma_P(at, *(const double *)shape, 1);
}

static void check(const char *what, double mean, double variance,
                  double (*cdf)(const void *, double), const void *law)
{
    struct stats s = stats_of(x, N);
    double ks = stats_ks(x, N, cdf, law);
    print_message("%s: seed %u, mean %.5f, variance %.5f, KS %.3f\n", what, SEED, s.mean,
                  s.variance, ks);
    assert_true(fabs(s.mean - mean) < STATS_Z * s.se_mean);
    assert_true(fabs(s.variance - variance) < STATS_Z * s.se_variance);
    assert_true(ks < STATS_KS_CRITICAL);
}

static void uniform_is_uniform_and_open(void **unused)
{
    (void)unused;
    struct rng r = place("uniform");
    for (int i = 0; i < N; i++) {
        x[i] = rng_uniform(&r);
        assert_true(x[i] > 0 && x[i] < 1);
    }
    check("uniform", 0.5, 1.0 / 12, uniform_cdf, NULL);
    /* The smallest and the largest: words of zeros and of ones. */
    r.left = 4;
    memset(r.block, 0, sizeof r.block);
    assert_true(rng_uniform(&r) == 0x1p-53);
    memset(r.block, 0xff, sizeof r.block);
    assert_true(rng_uniform(&r) == 1 - 0x1p-53);
}

static void exponential_fits(void **unused)
{
    (void)unused;
    struct rng r = place("exponential");
    for (int i = 0; i < N; i++)
        x[i] = rng_exponential(&r);
    check("exponential", 1, 1, exponential_cdf, &(double){0});
}

static void normal_fits(void **unused)
{
    (void)unused;
    struct rng r = place("normal");
    for (int i = 0; i < N; i++)
        x[i] = rng_normal(&r);
    check("normal", 0, 1, normal_cdf, NULL);
}

/* Only a few draws in ten thousand reach the tails: enough of them on both sides. */
static void tails_are_reached(void **unused)
{
    (void)unused;
    const int draws = 4000000;
    double p = exp(-ziggurat_exponential_tail), z, count = 0, high = 0, low = 0;
    struct rng r = place("tail");
    for (int i = 0; i < draws; i++)
        count += rng_exponential(&r) > ziggurat_exponential_tail;
    assert_true(fabs(count - draws * p) < STATS_Z * sqrt(draws * p));
    for (int i = 0; i < draws; i++) {
        z = rng_normal(&r);
        high += z > ziggurat_normal_tail;
        low += z < -ziggurat_normal_tail;
    }
    p = gsl_cdf_ugaussian_Q(ziggurat_normal_tail);
    assert_true(fabs(high - draws * p) < STATS_Z * sqrt(draws * p));
    assert_true(fabs(low - draws * p) < STATS_Z * sqrt(draws * p));
}

/* A word of strip 0 beyond its rectangle is always in the tail. */
static void tails_fit(void **unused)
{
    (void)unused;
    const uint64_t beyond = UINT64_MAX << 11;
    double from = ziggurat_exponential_tail;
    struct rng r = place("tail");
    for (int i = 0; i < N; i++)
        x[i] = rng_exponential_slow(&r, beyond);
    assert_true(stats_ks(x, N, exponential_cdf, &from) < STATS_KS_CRITICAL);
    from = ziggurat_normal_tail;
    for (int i = 0; i < N; i++)
        x[i] = i % 2 ? rng_normal_slow(&r, beyond) : -rng_normal_slow(&r, beyond | 256);
    assert_true(stats_ks(x, N, normal_tail_cdf, &from) < STATS_KS_CRITICAL);
}

static double exponential_density(double at)
{
    return exp(-at);
}

static double normal_density(double at)
{
    return exp(-at * at / 2);
}

/* A place in a strip's wedge is kept with the chance (density - outer edge) / (inner - outer edge).
 */
static void wedge(double (*slow)(struct rng *, uint64_t), double (*density)(double),
                  const uint64_t *k, const double *w)
{
    const int tries = 2000;
    struct rng r = place("wedge");
    for (unsigned strip = 1; strip < 256; strip++) {
        uint64_t at = k[strip] + ((UINT64_C(1) << 53) - k[strip]) / 3;
        double point = (double)at * w[strip], outer = density(w[strip] * 0x1p53);
        double inner = strip > 1 ? density(w[strip - 1] * 0x1p53) : 1;
        double p = (density(point) - outer) / (inner - outer), kept = 0;
        for (int i = 0; i < tries; i++)
            kept += slow(&r, at << 11 | strip) == point;
        assert_true(fabs(kept - tries * p) < STATS_Z * sqrt(tries * p * (1 - p)));
    }
}

static void wedges_fit(void **unused)
{
    (void)unused;
    wedge(rng_exponential_slow, exponential_density, ziggurat_exponential_k,
          ziggurat_exponential_w);
    wedge(rng_normal_slow, normal_density, ziggurat_normal_k, ziggurat_normal_w);
}

static void gamma_fits(void **unused)
{
    (void)unused;
    const double shapes[] = {0.05, 0.5, 0.999, 1, 1.5, 7, 1000};
    struct rng r = place("gamma");
    for (size_t k = 0; k < 7; k++) {
        for (int i = 0; i < N; i++)
            x[i] = rng_gamma(&r, shapes[k]);
        check("gamma", shapes[k], shapes[k], gamma_cdf, &shapes[k]);
    }
}

/* All strips have one area; the base strip's is its rectangle and the tail. Densities by libm. */
static void strips(const uint64_t *k, const double *w, const double *f, double tail, double beyond,
                   double (*density)(double))
{
    double area = tail * density(tail) + beyond;
    assert_true(fabs(w[255] * 0x1p53 - tail) < 1e-14 && f[0] == 1);
    assert_true(fabs(w[256] * 0x1p53 * density(tail) - area) < 1e-15);
    assert_true(w[0] == 0);
    for (int i = 1; i < 256; i++) {
        double outer = w[i] * 0x1p53, inner = i > 1 ? w[i - 1] * 0x1p53 : 0;
        assert_true(fabs(f[i] - density(outer)) < 1e-15);
        assert_true(fabs(outer * (f[i - 1] - f[i]) - area) < 1e-14);
        assert_true(fabs((double)k[i] * 0x1p-53 - inner / outer) < 1e-15);
    }
    assert_true(fabs((double)k[0] * 0x1p-53 - tail / (w[256] * 0x1p53)) < 1e-15);
}

static void strips_have_equal_areas(void **unused)
{
    (void)unused;
    strips(ziggurat_exponential_k, ziggurat_exponential_w, ziggurat_exponential_f,
           ziggurat_exponential_tail, exp(-ziggurat_exponential_tail), exponential_density);
    strips(ziggurat_normal_k, ziggurat_normal_w, ziggurat_normal_f, ziggurat_normal_tail,
           sqrt(2 * M_PI) * gsl_cdf_ugaussian_Q(ziggurat_normal_tail), normal_density);
}

static void below_is_fair(void **unused)
{
    (void)unused;
    const uint64_t sizes[] = {1, 2, 3, 10, 100, 1000};
    struct rng r = place("below");
    for (size_t k = 0; k < 6; k++) {
        double counts[1000] = {0}, share[1000];
        for (int i = 0; i < N; i++) {
            uint64_t at = rng_below(&r, sizes[k]);
            assert_true(at < sizes[k]);
            counts[at]++;
        }
        for (uint64_t i = 0; i < sizes[k]; i++)
            share[i] = 1 / (double)sizes[k];
        if (sizes[k] > 1)
            assert_true(stats_chi2_chance(counts, share, sizes[k], N) > STATS_SIGNIFICANCE);
    }
}

/* With n = 3 * 2^62, plain multiplication would give one third of the values twice the chance: 0
 * mod 3. */
static void below_is_fair_where_multiplying_alone_is_not(void **unused)
{
    (void)unused;
    struct rng r = place("large");
    double counts[3] = {0}, share[3] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    for (int i = 0; i < N; i++)
        counts[rng_below(&r, UINT64_C(3) << 62) % 3]++;
    assert_true(stats_chi2_chance(counts, share, 3, N) > STATS_SIGNIFICANCE);
}

static void gsl_sees_the_same_numbers(void **unused)
{
    (void)unused;
    gsl_rng *g = gsl_rng_alloc(rng_gsl_type);
    struct rng r = place("gsl"), copy = r;
    rng_gsl_place(g, &r);
    assert_true(gsl_rng_min(g) == 0 && gsl_rng_max(g) == UINT32_MAX);
    for (int i = 0; i < 6; i++)
        assert_true(gsl_rng_get(g) == rng_u32(&r));
    assert_true(gsl_rng_uniform(g) == rng_uniform(&r));
    rng_gsl_place(g, &copy);
    for (int i = 0; i < N; i++)
        x[i] = gsl_ran_gamma(g, 2.5, 1);
    check("gsl's gamma", 2.5, 2.5, gamma_cdf, &(double){2.5});
    gsl_rng_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_known_answers),
        cmocka_unit_test(addresses_mean_what_is_written),
        cmocka_unit_test(a_64_bit_word_drops_an_odd_word),
        cmocka_unit_test(a_cell_that_is_used_up_runs_into_the_next_attempt),
        cmocka_unit_test(uniform_is_uniform_and_open),
        cmocka_unit_test(exponential_fits),
        cmocka_unit_test(normal_fits),
        cmocka_unit_test(tails_are_reached),
        cmocka_unit_test(tails_fit),
        cmocka_unit_test(wedges_fit),
        cmocka_unit_test(gamma_fits),
        cmocka_unit_test(strips_have_equal_areas),
        cmocka_unit_test(below_is_fair),
        cmocka_unit_test(below_is_fair_where_multiplying_alone_is_not),
        cmocka_unit_test(gsl_sees_the_same_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
