/* dmath against long double libm: below 2 ulp everywhere, exact where the answer is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "dmath.h"
#include "hash.h"

#define SEED   20260111u
#define POINTS 60000

static uint64_t state;

/* Uniform in (low, high), from splitmix64. */
static double between(double low, double high)
{
    state += UINT64_C(0x9e3779b97f4a7c15);
    return low + (high - low) * ((double)(hash_mix(state) >> 11) * 0x1p-53);
}

static double ulps(double got, long double want)
{
    double w = fabs((double)want);
    long double off = fabsl((long double)got - want);
    return (double)(off / (nextafter(w, INFINITY) - w));
}

struct range {
    double low, high;
    int logarithmic; /* points e^low … e^high */
};

static double point(struct range r)
{
    double x = between(r.low, r.high);
    return r.logarithmic ? exp(x) : x;
}

static void check(const char *name, double (*f)(double), long double (*exact)(long double),
                  const struct range *ranges, size_t n)
{
    double worst = 0, at = 0;
    state = SEED;
    for (size_t i = 0; i < n * POINTS; i++) {
        double x = point(ranges[i % n]), off = ulps(f(x), exact(x));
        if (!(off <= worst)) {
            worst = off;
            at = x;
        }
    }
    print_message("%s: worst %.3f ulp at %a (seed %u)\n", name, worst, at, SEED);
    assert_true(worst < 2);
}

static void log_is_close(void **unused)
{
    (void)unused;
    const struct range r[] = {{0.4, 2.1, 0}, {0.99, 1.01, 0}, {-745, 709, 1}, {-1e-9, 1e-9, 1}};
    check("d_log", d_log, logl, r, 4);
    assert_true(d_log(1) == 0);
    assert_true(isinf(d_log(0)) && d_log(0) < 0);
    assert_true(isnan(d_log(-1)) && isnan(d_log(NAN)) && isinf(d_log(INFINITY)));
    assert_true(d_log(0x1p-1074) == -744.4400719213812); /* -1074 log 2 */
}

static void exp_is_close(void **unused)
{
    (void)unused;
    const struct range r[] = {{-1, 1, 0}, {-708, 709.7, 0}, {-1e-5, 1e-5, 0}, {-40, 40, 0}};
    check("d_exp", d_exp, expl, r, 4);
    assert_true(d_exp(0) == 1 && d_exp(-800) == 0 && isinf(d_exp(710)) && isnan(d_exp(NAN)));
    assert_true(d_exp(-INFINITY) == 0 && isinf(d_exp(INFINITY)));
    assert_true(d_exp(1) == 2.718281828459045);
    for (double x = -708.5; x > -745; x -= 0.37) /* subnormal: an ulp is 2^-1074 */
        assert_true(fabsl((long double)d_exp(x) - expl(x)) <= 1.5L * 0x1p-1074L);
}

static void sin_is_close(void **unused)
{
    (void)unused;
    const struct range r[] = {{-4, 4, 0}, {-1048576, 1048576, 0}, {-1e-3, 1e-3, 0}};
    check("d_sin", d_sin, sinl, r, 3);
    assert_true(d_sin(0) == 0);
}

/* Where sin is smallest: the doubles next to multiples of pi, which lose nearly all bits of x. */
static void sin_is_close_at_multiples_of_pi(void **unused)
{
    (void)unused;
    double worst = 0;
    for (int k = 1; k < 333000; k += 7) {
        double x = (double)(k * 3.14159265358979323846264338327950288L);
        worst = fmax(worst, ulps(d_sin(x), sinl(x)));
    }
    print_message("d_sin at multiples of pi: worst %.3f ulp\n", worst);
    assert_true(worst < 2);
}

static void lgamma_is_close(void **unused)
{
    (void)unused;
    const struct range r[] = {
        {0.01, 4, 0}, {0.99, 1.01, 0}, {1.99, 2.01, 0}, {2, 40, 0}, {-300, 300, 1}};
    check("d_lgamma", d_lgamma, lgammal, r, 5);
    assert_true(d_lgamma(1) == 0 && d_lgamma(2) == 0 && isinf(d_lgamma(0)));
    assert_true(ulps(d_lgamma(0.5), logl(3.14159265358979323846264338327950288L) / 2) < 2);
    assert_true(ulps(d_lgamma(11), logl(3628800)) < 2); /* 10! */
}

/* x over the whole range with y log x below 700, and x near 1 with large y. */
static void pow_is_close(void **unused)
{
    (void)unused;
    double worst = 0;
    state = SEED;
    for (int i = 0; i < 3 * POINTS; i++) {
        double l = between(-300, 300) * (i % 3 == 0 ? 1e-4 : i % 3 == 1 ? 0.01 : 1);
        double x = exp(l), y = between(-690, 690) / log(x);
        worst = fmax(worst, ulps(d_pow(x, y), powl(x, y)));
    }
    print_message("d_pow: worst %.3f ulp (seed %u)\n", worst, SEED);
    assert_true(worst < 2);
}

static void pow_has_edges(void **unused)
{
    (void)unused;
    assert_true(d_pow(3, 0) == 1 && d_pow(1, 1e300) == 1);
    assert_true(d_pow(2, 10) == 1024 && d_pow(2, -3) == 0.125 && d_pow(9, 0.5) == 3);
    assert_true(isinf(d_pow(10, 400)) && d_pow(10, -400) == 0);
    assert_true(isinf(d_pow(1e300, 1e300)) && d_pow(1e300, -1e300) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_is_close),    cmocka_unit_test(exp_is_close),
        cmocka_unit_test(sin_is_close),    cmocka_unit_test(sin_is_close_at_multiples_of_pi),
        cmocka_unit_test(lgamma_is_close), cmocka_unit_test(pow_is_close),
        cmocka_unit_test(pow_has_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
