/* What is a law and what is not: texts that mean the same, and refused texts with the column and
 * the sentence. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "laws.h"
#include "mem.h"

/* Mean and variance tell laws of one family apart. */
static const struct {
    enum dist_unit unit;
    const char *text, *same;
} EQUAL[] = {
    {DIST_DURATION, "30ms", "constant(value=30ms)"},
    {DIST_DURATION, "  exponential ( mean = 100ms ) ", "exponential(100ms)"},
    {DIST_DURATION, "exponential(\n\t100ms)", "exponential(0.1s)"},
    {DIST_DURATION, "uniform(max=30ms, min=10ms)", "uniform(10ms, 30ms)"},
    {DIST_DURATION, "uniform(10ms, max=30ms)", "uniform(10ms, 30ms)"},
    {DIST_DURATION, "erlang(k=3, mean=1s)", "gamma(shape=3, mean=1000ms)"},
    {DIST_DURATION, "erlang(1, 1s)", "exponential(1s)"},
    {DIST_DURATION, "gamma(2.50, 1s)", "gamma(25e-1, 1s)"},
    {DIST_DURATION, "pareto(2.5, mean=1s)", "pareto(alpha=2.5, min=600ms)"},
    {DIST_DURATION, "lognormal(80ms, 1.5)", "lognormal(cv=1.5, mean=80ms)"},
    {DIST_DURATION, "lognormal(p99=800ms, p50=200ms)", "lognormal(p50=200ms, p99=800ms)"},
    {DIST_DURATION, "hyperexponential(30%, 1s, 9s)", "hyperexponential(p=0.3, mean1=1s, mean2=9s)"},
    {DIST_DURATION, "hyperexponential(p1=0.3, p2=70%, mean2=9s, mean1=1s)",
     "hyperexponential(0.3, 1s, 9s)"},
    {DIST_DURATION, "hyperexponential(p1=20%, mean1=1s, p2=30%, mean2=2s, mean3=9s)",
     "mixture(20%: exponential(1s), 30%: exponential(2s), 50%: exponential(9s))"},
    {DIST_DURATION, "triangular(min=1s, mode=2s, max=9s)", "triangular(1s, 2s, 9s)"},
    {DIST_DURATION, "mixture(0.9:exponential(10ms),10%:1s)",
     "mixture(90%: exponential(10ms), 0.1: constant(1s))"},
    {DIST_DURATION, "mixture(100%: exponential(10ms))", "exponential(10ms)"},
    {DIST_DURATION, "histogram(0ms:1,10ms:1)", "mixture(50%: 0ms, 50%: 10ms)"},
    {DIST_DURATION, "histogram(0ms: 1, 10ms: 1, interpolate=false)",
     "histogram(0ms: 2.5, 10ms: 2.5)"},
    {DIST_SIZE, "2KiB", "constant(2048B)"},
    {DIST_SIZE, "uniform(1KB, 2KB)", "uniform(1000B, 2000B)"},
    {DIST_COUNT, "1000", "constant(1e3)"},
    {DIST_COUNT, "uniform_key(8)", "round_robin(n=8)"},
    {DIST_COUNT, "hot(n=2, share=50%)", "uniform_key(2)"},
    {DIST_COUNT, "zipf(s=0, n=8)", "uniform_key(8)"},
    {DIST_NUMBER, "exponential(0.5)", "erlang(1, 0.5)"},
};

static void the_same_law_in_other_words(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof EQUAL / sizeof *EQUAL; i++) {
        const struct dist *a = law_of(EQUAL[i].text, EQUAL[i].unit), *b = law_of(EQUAL[i].same, EQUAL[i].unit);
        assert_true(fabs(dist_mean(a) - dist_mean(b)) <= 1e-12 * dist_mean(b));
        assert_true(fabs(dist_variance(a) - dist_variance(b)) <= 1e-12 * dist_variance(b));
    }
}

/* The caret's column is counted here from 0. */
static const struct {
    enum dist_unit unit;
    const char *text;
    int column;
    const char *message;
} REFUSED[] = {
    /* values and units */
    {DIST_DURATION, "exponential(100)", 12, "exponential: 100 needs a unit: \"100s\"?"},
    {DIST_DURATION, "uniform(10ms, 30)", 14, "uniform: 30 needs a unit: \"30s\"?"},
    {DIST_DURATION, "30", 0, "constant: 30 needs a unit: \"30s\"?"},
    {DIST_DURATION, "exponential(5m)", 13, "exponential: unit \"m\": min or ms?"},
    {DIST_DURATION, "exponential(-5ms)", 12, "exponential: a duration may not be negative"},
    {DIST_DURATION, "exponential(mean=0.1ns)", 17,
     "exponential: not a whole number of nanoseconds"},
    {DIST_DURATION, "exponential(0s)", 12, "exponential: 'mean' must be above 0"},
    {DIST_DURATION, "exponential(200000d)", 12,
     "exponential: does not fit: the limit is 292 years"},
    {DIST_DURATION, "4611686018427387905ns", 0,
     "constant: 4611686018427387905ns does not fit: the limit is 2^62"},
    {DIST_SIZE, "exponential(2)", 12, "exponential: 2 needs a unit: \"2B\"?"},
    {DIST_SIZE, "exponential(2ms)", 13,
     "exponential: unknown unit \"ms\"; there are B KB MB GB KiB MiB GiB"},
    {DIST_COUNT, "exponential(2ms)", 13,
     "exponential: '2ms' is no plain number: what follows the digits is not known here"},
    {DIST_COUNT, "2.5", 0, "constant: 2.5 is no whole number"},
    {DIST_COUNT, "uniform(1, 1e400)", 11, "uniform: '1e400' is no number"},
    {DIST_COUNT, "constant(1e16)", 9, "constant: 1e16 does not fit: the limit is 2^53"},
    {DIST_COUNT, "exponential(0x10)", 13,
     "exponential: '0x10' is no plain number: what follows the digits is not known here"},
    {DIST_COUNT, "exponential(inf)", 12, "exponential: 'inf' is no number"},
    /* impossible parameters */
    {DIST_DURATION, "lognormal(p50=200ms, p99=100ms)", 25,
     "lognormal: p99 (100ms) is below p50 (200ms)"},
    {DIST_DURATION, "lognormal(p50=1s, p99=1s)", 22, "lognormal: p99 (1s) equals p50 (1s)"},
    {DIST_DURATION, "lognormal(p50=1s, p90=2s, p99=3s)", 30,
     "lognormal: two percentiles are enough"},
    {DIST_DURATION, "lognormal(mean=1s, p99=3s)", 23,
     "lognormal: give mean and cv or two percentiles"},
    {DIST_DURATION, "lognormal(p50=0s, p99=3s)", 14, "lognormal: 'p50' must be above 0"},
    {DIST_DURATION, "lognormal(1s, cv=0)", 17, "lognormal: 'cv' must be above 0"},
    {DIST_DURATION, "lognormal(1s, 1e-10)", 14, "lognormal: cv must be between 1e-9 and 1000"},
    {DIST_DURATION, "gamma(0, 1s)", 6, "gamma: 'shape' must be above 0"},
    {DIST_DURATION, "gamma(-2, 1s)", 6, "gamma: -2 is negative"},
    {DIST_DURATION, "weibull(shape=0, mean=1s)", 14, "weibull: 'shape' must be above 0"},
    {DIST_DURATION, "weibull(0.01, 1s)", 8, "weibull: shape must be between 0.1 and 1000"},
    {DIST_DURATION, "erlang(2.5, 1s)", 7, "erlang: 2.5 is no whole number"},
    {DIST_DURATION, "erlang(0, 1s)", 7, "erlang: 'k' must be between 1 and 1000000"},
    {DIST_DURATION, "pareto(alpha=1, mean=1s)", 13,
     "pareto: with alpha 1 the mean is infinite: alpha must be above 1"},
    {DIST_DURATION, "pareto(1.5, min=2s, max=1s)", 24, "pareto: max (1s) must be above min (2s)"},
    {DIST_DURATION, "pareto(1.5, min=2s, mean=3s)", 25,
     "pareto: 'mean' goes without 'min' and 'max': pareto(alpha, mean=…) or pareto(alpha, min=…, "
     "max=…)"},
    {DIST_DURATION, "uniform(30ms, 10ms)", 14, "uniform: max (10ms) is below min (30ms)"},
    {DIST_DURATION, "normal(10ms, 0ms)", 13, "normal: 'sd' must be above 0"},
    {DIST_DURATION, "triangular(1s, 10s, 9s)", 20, "triangular: max (9s) is below mode (10s)"},
    {DIST_DURATION, "triangular(3s, 2s, 9s)", 15, "triangular: mode (2s) is below min (3s)"},
    {DIST_DURATION, "triangular(3s, 3s, 3s)", 19, "triangular: max equals min: write constant(3s)"},
    {DIST_DURATION, "hyperexponential(p=120%, mean1=1s, mean2=2s)", 19,
     "hyperexponential: a share is at most 100%"},
    {DIST_DURATION, "hyperexponential(p1=60%, mean1=1s, p2=50%, mean2=2s)", 38,
     "hyperexponential: the shares add up to more than 100%"},
    {DIST_DURATION, "hyperexponential(p1=60%, mean1=1s, p2=30%, mean2=2s)", 38,
     "hyperexponential: the shares add up to less than 100%"},
    {DIST_DURATION, "hyperexponential(p=60%, p1=60%, mean1=1s, mean2=2s)", 27,
     "hyperexponential: 'p' and 'p1' are the same: give one"},
    {DIST_DURATION, "mixture(90%: 3ms)", 16, "mixture: the shares add up to 90%, not to 100%"},
    {DIST_DURATION, "mixture(90%: 3ms, 11%: 4ms)", 18,
     "mixture: the shares add up to more than 100%"},
    {DIST_DURATION, "histogram(1s: 0, 2s: 0)", 22, "histogram: all weights are 0"},
    {DIST_DURATION, "histogram(2s: 1, 1s: 1)", 17, "histogram: values must ascend"},
    {DIST_DURATION, "histogram(1s: -1)", 14, "histogram: -1 is negative"},
    {DIST_DURATION, "histogram(1s: 1, 2s: 1, interpolate=true)", 40,
     "histogram: with interpolate=true the last value only closes the last bin: its weight must be "
     "0"},
    {DIST_DURATION, "histogram(1s: 1, interpolate=yes)", 29,
     "histogram: 'interpolate' is true or false"},
    {DIST_COUNT, "zipf(0, 1)", 5, "zipf: 'n' must be between 1 and 1099511627776"},
    {DIST_COUNT, "zipf(10, 21)", 9, "zipf: s must be at most 20"},
    {DIST_COUNT, "hot(10, 101%)", 8, "hot: a share is at most 100%"},
    /* names */
    {DIST_DURATION, "exponental(3ms)", 0, "unknown law 'exponental': did you mean 'exponential'?"},
    {DIST_DURATION, "mixture(100%: unifrom(1s, 2s))", 14,
     "unknown law 'unifrom': did you mean 'uniform'?"},
    {DIST_DURATION, "cauchy(3ms)", 0, "unknown law 'cauchy'"},
    {DIST_DURATION, "exponential(men=3ms)", 12,
     "exponential: unknown argument 'men': did you mean 'mean'?"},
    {DIST_DURATION, "exponential(rate=3ms)", 12,
     "exponential: unknown argument 'rate': exponential(mean)"},
    {DIST_DURATION, "lognormal(p50=1s, p98=2s)", 18,
     "lognormal: unknown argument 'p98': did you mean 'p90'?"},
    {DIST_DURATION, "mixture(share=1)", 8,
     "mixture: unknown argument 'share': mixture(share: law, share: law, …)"},
    {DIST_DURATION, "zipf(10, 1)", 0, "zipf makes keys: it is no law for a duration or a size"},
    /* arguments */
    {DIST_DURATION, "exponential()", 12, "exponential: 'mean' is missing: exponential(mean)"},
    {DIST_DURATION, "erlang(3)", 8, "erlang: 'mean' is missing: erlang(k, mean)"},
    {DIST_DURATION, "lognormal(p99=2s)", 16,
     "lognormal: a second percentile is missing: lognormal(mean, cv) or lognormal(p50=…, p99=…) "
     "with two of "
     "p10 p50 p90 p95 p99 p99.9"},
    {DIST_DURATION, "pareto(2)", 8,
     "pareto: 'mean' or 'min' is missing: pareto(alpha, mean=…) or pareto(alpha, min=…, max=…)"},
    {DIST_DURATION, "pareto(2, 3s)", 10,
     "pareto: this argument needs a name: pareto(alpha, mean=…) or pareto(alpha, min=…, max=…)"},
    {DIST_DURATION, "exponential(1s, 2s)", 16,
     "exponential: too many arguments: exponential(mean)"},
    {DIST_DURATION, "exponential(1s, mean=2s)", 16, "exponential: 'mean' is given twice"},
    {DIST_DURATION, "uniform(min=1s, 2s)", 16,
     "uniform: an argument by position may not follow a named one"},
    {DIST_DURATION, "uniform(1s,, 2s)", 11, "uniform: a value is missing here"},
    {DIST_DURATION, "uniform(1s, 2s,)", 15, "uniform: a value is missing here"},
    {DIST_DURATION, "exponential(mean=)", 17, "exponential: a value is missing here"},
    {DIST_DURATION, "mixture()", 8,
     "mixture: pairs are missing: mixture(share: law, share: law, …)"},
    {DIST_DURATION, "mixture(exponential(1s))", 8,
     "mixture: a pair with a colon is expected: mixture(share: law, share: law, …)"},
    {DIST_DURATION, "mixture(100%:)", 12, "mixture: a value is missing beside the colon"},
    {DIST_DURATION, "mixture(100%: exponential(4))", 26, "exponential: 4 needs a unit: \"4s\"?"},
    /* shape of the text */
    {DIST_DURATION, "", 0, "a law or a plain value is missing"},
    {DIST_DURATION, "   ", 3, "a law or a plain value is missing"},
    {DIST_DURATION, "exponential", 11,
     "exponential: arguments in parentheses must follow: exponential(mean)"},
    {DIST_DURATION, "exponential 3ms", 12,
     "exponential: arguments in parentheses must follow: exponential(mean)"},
    {DIST_DURATION, "exponential(3ms", 11, "exponential: this parenthesis is not closed"},
    {DIST_DURATION, "mixture(100%: exponential(3ms)", 7, "mixture: this parenthesis is not closed"},
    {DIST_DURATION, "mixture(100%: exponential(3ms, 5s", 25,
     "mixture: this parenthesis is not closed"},
    {DIST_DURATION, "exponential(3ms))", 16,
     "exponential: nothing may follow the closing parenthesis"},
    {DIST_DURATION, "exponential(3ms) ms", 17,
     "exponential: nothing may follow the closing parenthesis"},
    {DIST_DURATION, "empirical(file='x.csv, unit=ms)", 15, "empirical: this quote is not closed"},
    {DIST_DURATION, "empirical(file=x.csv, unit=ms)", 15,
     "empirical: 'file' is a text: write file='…'"},
    {DIST_DURATION, "empirical(file='', unit=ms)", 15, "empirical: 'file' is empty"},
    {DIST_DURATION, "empirical(file='x'y, unit=ms)", 15,
     "empirical: nothing may follow the closing quote"},
    {DIST_DURATION, "empirical(file='x')", 18,
     "empirical: 'unit' is missing: empirical(file='…', column='…', unit=…)"},
    {DIST_COUNT, "empirical(file='x', unit=ms)", 25, "empirical: plain numbers have no unit"},
};

static void what_is_wrong_is_said_with_its_place(void **unused)
{
    (void)unused;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct dist_error e;
        const struct dist *d = law_or_error(REFUSED[i].text, REFUSED[i].unit, &e);
        if (d != NULL || e.column != REFUSED[i].column || strcmp(e.text, REFUSED[i].message) != 0) {
            print_error("%s\n  expected %d: %s\n  got      %d: %s\n", REFUSED[i].text,
                        REFUSED[i].column, REFUSED[i].message, d != NULL ? -1 : e.column,
                        d != NULL ? "a law" : e.text);
            wrong++;
        }
        assert_true((dist_parse(&laws, REFUSED[i].text, REFUSED[i].unit, NULL, NULL) == NULL) ==
                    (d == NULL));
    }
    assert_int_equal(wrong, 0);
}

/* depth laws inside each other. */
static void nest(char *text, int depth)
{
    text[0] = '\0';
    for (int i = 0; i < depth; i++)
        strcat(text, "mixture(100%:");
    strcat(text, "1s");
    for (int i = 0; i < depth; i++)
        strcat(text, ")");
}

static void mixtures_nest_to_a_limit(void **unused)
{
    (void)unused;
    char text[4096];
    struct dist_error e;
    nest(text, 16);
    const struct dist *d = law_or_error(text, DIST_DURATION, &e);
    assert_non_null(d);
    assert_true(dist_mean(d) == 1e9);
    nest(text, 17);
    assert_null(law_or_error(text, DIST_DURATION, &e));
    assert_string_equal(e.text, "mixture: mixtures are nested more than 16 deep");
    assert_int_equal(e.column, 17 * 13);
    nest(text, 200);
    assert_null(law_or_error(text, DIST_DURATION, &e));
}

/* Text of any kind is refused or accepted, never read past its end (the sanitizers watch). */
static void cut_and_changed_texts_do_no_harm(void **unused)
{
    (void)unused;
    const char *whole =
        "mixture(90%: lognormal(p50=200ms, p99=800ms), 10%: histogram(0ms: 10, 5ms: 4))";
    const char *strange = "(),:='%. a0\x80\xff";
    char text[128];
    struct dist_error e;
    size_t n = strlen(whole);
    for (size_t cut = 0; cut < n; cut++) {
        memcpy(text, whole, n + 1);
        text[cut] = '\0';
        assert_null(law_or_error(text, DIST_DURATION, &e));
        assert_true(e.column >= 0 && e.column <= (int)cut);
        for (const char *c = strange; *c != '\0'; c++) {
            memcpy(text, whole, n + 1);
            text[cut] = *c;
            if (law_or_error(text, DIST_DURATION, &e) == NULL)
                assert_true(e.column >= 0 && e.column <= (int)n);
        }
    }
}

static void every_allocation_may_fail(void **unused)
{
    (void)unused;
    const char *text =
        "mixture(50%: hyperexponential(0.5, 1s, 2s), 50%: histogram(0ms: 1, 5ms: 2))";
    for (long n = 1;; n++) {
        struct arena own;
        struct dist_error e = {0};
        arena_init(&own);
        mem_fail_at(n);
        const struct dist *d = dist_parse(&own, text, DIST_DURATION, NULL, &e);
        mem_fail_at(0);
        arena_free(&own);
        if (d != NULL) {
            assert_true(n > 1);
            break;
        }
        assert_non_null(strstr(e.text, "memory is short"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_law_in_other_words),
        cmocka_unit_test(what_is_wrong_is_said_with_its_place),
        cmocka_unit_test(mixtures_nest_to_a_limit),
        cmocka_unit_test(cut_and_changed_texts_do_no_harm),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, laws_open, laws_close);
}
