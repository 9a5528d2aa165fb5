/* Every law: samples against a distribution function written here from gsl's or by hand, moments
 * against closed forms worked out here, and dist's own cdf, quantile, mean and variance against the
 * same. Durations are in ms below. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "laws.h"
#include "stats.h"

#define SEED 11u
#define N    200000
#define MS   1e6 /* ns */

static double x[N], copy[N];

/* A law as this test knows it: parameters in ms. */
struct known {
    const char *text;
    double (*cdf)(const struct known *, double ms);
    double p[4];
    double mean, variance; /* ms, ms^2; INFINITY: does not exist */
    bool wild;             /* no fourth moment to judge the sample variance by, or even no second */
};

static double exponential_p(const struct known *k, double at)
{
    return gsl_cdf_exponential_P(at, k->p[0]);
}

static double gamma_p(const struct known *k, double at)
{
    return gsl_cdf_gamma_P(at, k->p[0], k->p[1] / k->p[0]);
}

static double weibull_p(const struct known *k, double at)
{
    return gsl_cdf_weibull_P(at, k->p[1], k->p[0]);
}

static double pareto_p(const struct known *k, double at)
{
    return gsl_cdf_pareto_P(at, k->p[0], k->p[1]);
}

/* Cut at p[2]. */
static double cut_pareto_p(const struct known *k, double at)
{
    return gsl_cdf_pareto_P(at, k->p[0], k->p[1]) / gsl_cdf_pareto_P(k->p[2], k->p[0], k->p[1]);
}

static double normal_p(const struct known *k, double at)
{
    double z0 = -k->p[0] / k->p[1], z = (at - k->p[0]) / k->p[1];
    return 1 - gsl_cdf_ugaussian_Q(z) / gsl_cdf_ugaussian_Q(z0);
}

static double lognormal_p(const struct known *k, double at)
{
    return gsl_cdf_lognormal_P(at, k->p[0], k->p[1]);
}

/* p[0]: share of the first. */
static double hyper_p(const struct known *k, double at)
{
    return k->p[0] * gsl_cdf_exponential_P(at, k->p[1]) +
           (1 - k->p[0]) * gsl_cdf_exponential_P(at, k->p[2]);
}

static double uniform_p(const struct known *k, double at)
{
    return gsl_cdf_flat_P(at, k->p[0], k->p[1]);
}

static double triangular_p(const struct known *k, double at)
{
    double a = k->p[0], c = k->p[1], b = k->p[2];
    if (at < c)
        return (at - a) * (at - a) / (b - a) / (c - a);
    return 1 - (b - at) * (b - at) / (b - a) / (b - c);
}

static double mixed_p(const struct known *k, double at)
{
    return k->p[0] * gsl_cdf_exponential_P(at, k->p[1]) +
           (1 - k->p[0]) * gsl_cdf_flat_P(at, k->p[2], k->p[3]);
}

/* Bins 0-10 of weight 1 and 10-40 of weight 3. */
static double bins_p(const struct known *k, double at)
{
    (void)k;
    return at < 10 ? at / 10 * 0.25 : 0.25 + (at - 10) / 30 * 0.75;
}

/* Moments worked out by hand; the gamma function of halves as printed in tables (Abramowitz,
 * Stegun 6.1). */
/* clang-format off */
static const struct known LAWS[] = {
    {"exponential(100ms)", exponential_p, {100}, 100, 10000, false},
    {"uniform(10ms, 30ms)", uniform_p, {10, 30}, 20, 400.0 / 12, false},
    {"erlang(k=3, mean=1s)", gamma_p, {3, 1000}, 1000, 1e6 / 3, false},
    {"gamma(shape=2.5, mean=1s)", gamma_p, {2.5, 1000}, 1000, 4e5, false},
    {"gamma(shape=0.3, mean=1s)", gamma_p, {0.3, 1000}, 1000, 1e6 / 0.3, false},
    /* gamma(1.5) = sqrt(pi)/2: scale 200/sqrt(pi), variance 100^2 (4/pi - 1) */
    {"weibull(shape=2, mean=100ms)", weibull_p, {2, 112.83791670955126},
     100, 2732.395447351628, false},
    /* gamma(3) = 2, gamma(5) = 24: scale 50, variance 24 * 50^2 - 100^2 */
    {"weibull(shape=0.5, mean=100ms)", weibull_p, {0.5, 50}, 100, 50000, true},
    /* min 60, variance 60^2 * 3 / (2^2 * 1) */
    {"pareto(alpha=3, mean=90ms)", pareto_p, {3, 60}, 90, 2700, true},
    {"pareto(alpha=1.5, mean=90ms)", pareto_p, {1.5, 30}, 90, INFINITY, true},
    {"pareto(alpha=0.5, min=10ms)", pareto_p, {0.5, 10}, INFINITY, INFINITY, true},
    /* kept 0.999; mean 27/kept, E[X^2] = 3 * 10^1.5 (sqrt(1000) - sqrt(10)) / kept = 2700/kept */
    {"pareto(1.5, min=10ms, max=1s)", cut_pareto_p, {1.5, 10, 1000},
     27.027027027027028, 1972.242512783053, false},
    /* kept 3/4; mean 2 * 100 (1/10 - 1/20) / kept, E[X^2] = 200 log 2 / kept */
    {"pareto(2, min=10ms, max=20ms)", cut_pareto_p, {2, 10, 20},
     40.0 / 3, 7.061470371540963, false},
    /* kept 1/2; mean 10 log 2 / kept, E[X^2] = 10 * 10 / kept */
    {"pareto(1, min=10ms, max=20ms)", cut_pareto_p, {1, 10, 20},
     13.862943611198906, 7.818794432719443, false},
    /* h = phi(5)/Phi(5); mean 10 + 2h, variance 4 (1 - 5h - h^2) */
    {"normal(mean=10ms, sd=2ms)", normal_p, {10, 2}, 10.000002973439882, 3.9999702655923404, false},
    /* h = phi(1)/Phi(1) = 0.287599970939; mean 10 + 10h, variance 100 (1 - h - h^2) */
    {"normal(10ms, 10ms)", normal_p, {10, 10}, 12.875999709391785, 62.968628577660546, false},
    /* sigma^2 = log(1 + 1e-10), mu = log 1e6 - sigma^2/2 */
    {"lognormal(mean=1000s, cv=1e-5)", lognormal_p, {13.815510557914274, 9.99999999975e-6},
     1e6, 100, false},
    /* sigma^2 = log 3.25, mu = log(80 / sqrt(3.25)) */
    {"lognormal(mean=80ms, cv=1.5)", lognormal_p, {3.792699136503059, 1.085658784490618},
     80, 14400, true},
    /* mu = log 200, sigma = log 4 / 2.3263478740408408 */
    {"lognormal(p50=200ms, p99=800ms)", lognormal_p, {5.298317366548036, 0.5959101717284923},
     238.85862099175043, 24323.93691888586, false},
    /* mu = log 200, sigma = log 2 / 1.2815515655446004 */
    {"lognormal(p10=100ms, p90=400ms)", lognormal_p, {5.298317366548036, 0.5408656188293053},
     231.5012273786469, 18211.935996165874, false},
    /* mean 300 + 6300, E[X^2] = 2 (0.3 * 1000^2 + 0.7 * 9000^2) = 114e6 */
    {"hyperexponential(p=0.3, mean1=1s, mean2=9s)", hyper_p, {0.3, 1000, 9000},
     6600, 70440000, false},
    {"hyperexponential(p1=30%, mean1=1s, p2=70%, mean2=9s)", hyper_p, {0.3, 1000, 9000},
     6600, 70440000, false},
    {"triangular(1s, 2s, 9s)", triangular_p, {1000, 2000, 9000}, 4000, 57e6 / 18, false},
    /* mean 9 + 100, E[X^2] = 0.9 * 200 + 0.1 (1000^2 + 1000^2/12) */
    {"mixture(90%: exponential(10ms), 10%: uniform(500ms, 1500ms))", mixed_p, {0.9, 10, 500, 1500},
     109, 96632.33333333333, false},
    /* E[X^2] = 0.25 * 100/3 + 0.75 (1600 + 400 + 100)/3 = 1600/3 */
    {"histogram(0ms: 1, 10ms: 3, 40ms: 0, interpolate=true)", bins_p, {0}, 20, 400.0 / 3, false},
};
/* clang-format on */

static void draw(const struct dist *d, double scale)
{
    law_draw(d, SEED, scale, N, x);
}

static bool near(double got, double want, double tolerance)
{
    return isinf(want) ? isinf(got) : fabs(got - want) <= tolerance * fabs(want);
}

static double known_p(const void *known, double at)
{
    const struct known *k = known;
    return k->cdf(k, at);
}

static double dist_p(const void *d, double at)
{
    return dist_cdf(d, at * MS);
}

static void samples_fit(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof LAWS / sizeof *LAWS; i++) {
        const struct known *k = &LAWS[i];
        const struct dist *d = law_of(k->text, DIST_DURATION);
        draw(d, MS);
        struct stats s = stats_of(x, N);
        memcpy(copy, x, sizeof x);
        double ks = stats_ks(x, N, known_p, k), own = stats_ks(copy, N, dist_p, d);
        print_message("%-52s seed %u: mean %.3f of %.3f, KS %.3f %.3f\n", k->text, SEED, s.mean,
                      k->mean, ks, own);
        assert_true(ks < STATS_KS_CRITICAL && own < STATS_KS_CRITICAL);
        assert_true(isinf(k->variance) || fabs(s.mean - k->mean) < STATS_Z * s.se_mean);
        assert_true(k->wild || fabs(s.variance - k->variance) < STATS_Z * s.se_variance);
    }
}

static void moments_and_functions_are_the_documented_ones(void **unused)
{
    (void)unused;
    const double shares[] = {1e-6, 0.01, 0.2, 0.5, 0.9, 0.99, 0.9999};
    for (size_t i = 0; i < sizeof LAWS / sizeof *LAWS; i++) {
        const struct known *k = &LAWS[i];
        const struct dist *d = law_of(k->text, DIST_DURATION);
        bool whole = strcmp(dist_name(d), "uniform") == 0; /* its steps of 1 ns show at 1e-7 */
        assert_true(near(dist_mean(d) / MS, k->mean, 1e-12));
        assert_true(near(dist_variance(d) / (MS * MS), k->variance, whole ? 1e-6 : 1e-9));
        for (size_t p = whole; p < 7; p++) {
            double at = dist_quantile(d, shares[p]) / MS;
            assert_true(near(k->cdf(k, at), shares[p], whole ? 1e-4 : 1e-9));
            assert_true(near(dist_cdf(d, at * MS), k->cdf(k, at), whole ? 1e-4 : 1e-9));
        }
        assert_true(dist_cdf(d, -1) == 0 && dist_cdf(d, 1e300) == 1);
    }
}

/* Any two percentiles come back as quantiles. */
static void lognormal_has_the_percentiles_given(void **unused)
{
    (void)unused;
    static const char *const names[] = {"p10", "p50", "p90", "p95", "p99", "p99.9"};
    const double shares[] = {0.1, 0.5, 0.9, 0.95, 0.99, 0.999};
    for (int i = 0; i < 6; i++) {
        for (int k = i + 1; k < 6; k++) {
            char text[80];
            snprintf(text, sizeof text, "lognormal(%s=3s, %s=200ms)", names[k], names[i]);
            const struct dist *d = law_of(text, DIST_DURATION);
            assert_true(near(dist_quantile(d, shares[i]), 2e8, 1e-12));
            assert_true(near(dist_quantile(d, shares[k]), 3e9, 1e-12));
        }
    }
}

static void constants_need_no_chance(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t value;
    } same[] = {{"30ms", 30000000},
                {"constant(1h30min)", 5400000000000},
                {"constant(value=0s)", 0},
                {"uniform(5ns, 5ns)", 5},
                {"9007199254740993ns", 9007199254740993}, /* 2^53 + 1 */
                {"4611686018427387904ns", INT64_C(1) << 62}};
    for (size_t i = 0; i < 6; i++) {
        int64_t value = -1;
        const struct dist *d = law_of(same[i].text, DIST_DURATION);
        assert_true(dist_is_constant(d, &value) && value == same[i].value);
        assert_true(dist_sample(d, NULL) == same[i].value);
        assert_true(dist_mean(d) == (double)value && dist_variance(d) == 0);
        assert_true(dist_quantile(d, 0.3) == (double)value && dist_cdf(d, (double)value) == 1);
        assert_true(value == 0 || dist_cdf(d, (double)value * 0.999) == 0);
    }
    int64_t value;
    assert_false(dist_is_constant(law_of("exponential(1s)", DIST_DURATION), &value));
}

/* A plain number may have decimals; the sample is the nearest whole number, a tie goes to the even
 * one. */
static void samples_are_rounded_once_ties_to_even(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {{"histogram(0.5: 1)", 0},
                 {"histogram(1.5: 1)", 2},
                 {"histogram(2.5: 1)", 2},
                 {"histogram(2.49999: 1)", 2},
                 {"histogram(2.50001: 1)", 3},
                 {"histogram(4503599627370495.5: 1)", 4503599627370496},
                 {"histogram(9007199254740992: 1)", 9007199254740992}};
    struct rng_stream s = rng_stream(SEED, "round", 0);
    struct rng r = rng_at(&s, 0, 0, 0);
    for (size_t i = 0; i < 7; i++)
        assert_true(dist_sample(law_of(cases[i].text, DIST_NUMBER), &r) == cases[i].value);
}

static void what_is_too_long_ends_at_2_to_the_62(void **unused)
{
    (void)unused;
    const struct dist *d = law_of("pareto(alpha=0.01, min=1h)", DIST_DURATION);
    draw(d, 1);
    int most = 0;
    for (size_t i = 0; i < N; i++) {
        assert_true(x[i] <= 0x1p62);
        most += x[i] == 0x1p62;
    }
    /* P(X > 2^62) = (3.6e12 / 2^62)^0.01 */
    double p = pow(3.6e12 / 0x1p62, 0.01);
    assert_true(fabs(most - N * p) < STATS_Z * sqrt(N * p));
}

static void every_law_has_its_name(void **unused)
{
    (void)unused;
    int n = 0;
    for (; dist_names[n] != NULL; n++)
        for (int i = 0; i < n; i++)
            assert_string_not_equal(dist_names[i], dist_names[n]);
    assert_int_equal(n, 18);
    assert_string_equal(dist_name(law_of("exponential(1s)", DIST_DURATION)), "exponential");
    assert_string_equal(dist_name(law_of("erlang(2, 1s)", DIST_DURATION)), "erlang");
    assert_string_equal(dist_name(law_of("1s", DIST_DURATION)), "constant");
    assert_string_equal(dist_text(law_of(" exponential( 1s ) ", DIST_DURATION)),
                        "exponential( 1s )");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_fit),
        cmocka_unit_test(moments_and_functions_are_the_documented_ones),
        cmocka_unit_test(lognormal_has_the_percentiles_given),
        cmocka_unit_test(constants_need_no_chance),
        cmocka_unit_test(samples_are_rounded_once_ties_to_even),
        cmocka_unit_test(what_is_too_long_ends_at_2_to_the_62),
        cmocka_unit_test(every_law_has_its_name),
    };
    return cmocka_run_group_tests(tests, laws_open, laws_close);
}
