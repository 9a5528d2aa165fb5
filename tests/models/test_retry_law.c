/* test_retry_law.c - delays of retries against the worked values of the rules, computed by hand or with pencil and paper's formulas
 * (SNS-41 … 51, EB-38), not by the code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "err.h"
#include "retry_law.h"

/* In hundredths of a second, rounded to the nearest. */
static int64_t hundredths(sim_time t)
{
    return (t + 5 * SIM_MS) / (10 * SIM_MS);
}

static void expect_curve(enum retry_curve curve, const int64_t want[10])
{
    struct retry_law law = {.backoff = 10, .min = 5 * SIM_S, .max = 260 * SIM_S, .curve = curve, .max_age = SIM_NEVER};
    for (uint32_t k = 1; k <= 10; k++)
        assert_int_equal(hundredths(retry_delay(&law, k)), want[k - 1]);
}

/* TV-SNS-77 … 80 */
static void test_curves(void **state)
{
    (void)state;
    expect_curve(RETRY_LINEAR, (int64_t[]){500, 3333, 6167, 9000, 11833, 14667, 17500, 20333, 23167, 26000});
    expect_curve(RETRY_GEOMETRIC, (int64_t[]){500, 776, 1203, 1866, 2895, 4491, 6966, 10805, 16761, 26000});
    expect_curve(RETRY_ARITHMETIC, (int64_t[]){500, 1067, 2200, 3900, 6167, 9000, 12400, 16367, 20900, 26000});
    expect_curve(RETRY_EXPONENTIAL, (int64_t[]){500, 550, 650, 849, 1249, 2047, 3644, 6838, 13225, 26000});
}

/* One retry, and equal bounds: the lower (SNS-49). */
static void test_degenerate_curves(void **state)
{
    (void)state;
    for (int curve = RETRY_LINEAR; curve <= RETRY_DOUBLING; curve++) {
        struct retry_law one = {.backoff = 1, .min = 7, .max = 9, .curve = (enum retry_curve)curve};
        struct retry_law flat = {.backoff = 3, .min = 7, .max = 7, .curve = (enum retry_curve)curve};
        assert_int_equal(retry_delay(&one, 1), 7);
        for (uint32_t k = 1; k <= 3; k++)
            assert_int_equal(retry_delay(&flat, k), 7);
    }
}

static sim_time after(const struct retry_law *law, uint32_t retries)
{
    sim_time t = 0;
    for (uint32_t k = 1; k <= retries; k++)
        t += retry_delay(law, k);
    return t;
}

/* SNS-51: when the attempts of a failing endpoint come. */
static void test_schedules_of_aws(void **state)
{
    static const int64_t managed[] = {0, 0, 0, 0, 100, 200, 300, 404, 515, 641, 797, 1012, 1346, 1918, 2967, 4967, 6967};
    static const int64_t customer[] = {0, 100, 200, 300, 412, 546, 727, 1000, 1458, 2286, 3852, 6896, 12896}; /* tenths */
    struct retry_law aws = retry_law_aws(), own = retry_law_customer();
    (void)state;
    for (uint32_t i = 0; i < sizeof(managed) / sizeof(*managed); i++)
        assert_int_equal(hundredths(after(&aws, i)), managed[i]);
    for (uint32_t i = 0; i < sizeof(customer) / sizeof(*customer); i++)
        assert_int_equal((after(&own, i) + 50 * SIM_MS) / (100 * SIM_MS), customer[i]);
    assert_int_equal(retry_count(&aws), 100015);
    assert_int_equal(after(&aws, 100015) / SIM_S, 2000049); /* 23.15 days */
    assert_int_equal(retry_total(&aws), after(&aws, 100015));
    assert_int_equal(retry_count(&own), 50);
    assert_in_range(after(&own, 50), 24085 * SIM_S, 24095 * SIM_S); /* 6.7 h */
}

/* EB-38, TV-EB-63 … 65 */
static void test_schedule_of_eventbridge(void **state)
{
    static const int64_t seconds[] = {0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 991};
    struct retry_law law = retry_law_eventbridge(185, 86400 * SIM_S);
    (void)state;
    for (uint32_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++)
        assert_int_equal(after(&law, i), seconds[i] * SIM_S);
    assert_int_equal(retry_count(&law), 185);
    assert_int_equal(after(&law, 185), 84991 * SIM_S);
}

static bool policy(struct retry_law *law, int64_t min, int64_t max, int64_t n, int64_t no, int64_t few, int64_t many)
{
    struct err err = {0};
    return retry_law_policy(law, min, max, n, no, few, many, RETRY_EXPONENTIAL, &err);
}

/* SNS-43, 44; TV-SNS-76 */
static void test_policies_of_http(void **state)
{
    struct retry_law law, http = retry_law_http();
    (void)state;
    for (uint32_t k = 1; k <= 3; k++)
        assert_int_equal(retry_delay(&http, k), 20 * SIM_S);
    assert_int_equal(retry_count(&http), 3);

    assert_true(policy(&law, 1, 60, 50, 3, 2, 35));
    assert_int_equal(law.backoff, 10);
    assert_int_equal(hundredths(retry_total(&law)), 222896);

    assert_false(policy(&law, 1, 3601, 3, 0, 0, 0));
    assert_false(policy(&law, 0, 20, 3, 0, 0, 0));
    assert_false(policy(&law, 21, 20, 3, 0, 0, 0));
    assert_false(policy(&law, 1, 20, 101, 0, 0, 0));
    assert_false(policy(&law, 1, 20, 3, -1, 0, 0));
    assert_false(policy(&law, 1, 20, 3, 2, 1, 1)); /* four of three */
    assert_true(policy(&law, 60, 60, 60, 0, 0, 0)); /* exactly 3,600 s */
    assert_false(policy(&law, 60, 60, 61, 0, 0, 0));
    assert_true(policy(&law, 1, 1, 0, 0, 0, 0)); /* never again */
    assert_int_equal(retry_total(&law), 0);
}

static uint64_t highest(struct dice *dice, uint64_t n)
{
    (void)dice;
    return n - 1;
}
static uint64_t lowest(struct dice *dice, uint64_t n)
{
    (void)dice;
    (void)n;
    return 0;
}

/* SNS-50: from nothing to the whole delay, in the backoff phase only. */
static void test_jitter(void **state)
{
    struct retry_law law = {1, 1, 2, 1, 10 * SIM_S, 20 * SIM_S, RETRY_LINEAR, true, SIM_NEVER};
    struct dice high = {highest}, low = {lowest};
    static const int64_t full[] = {0, 10, 10, 20, 20}, none[] = {0, 10, 0, 0, 20};
    (void)state;
    for (uint32_t k = 1; k <= 5; k++) {
        assert_int_equal(retry_delay_drawn(&law, k, &high), full[k - 1] * SIM_S);
        assert_int_equal(retry_delay_drawn(&law, k, &low), none[k - 1] * SIM_S);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curves),
        cmocka_unit_test(test_degenerate_curves),
        cmocka_unit_test(test_schedules_of_aws),
        cmocka_unit_test(test_schedule_of_eventbridge),
        cmocka_unit_test(test_policies_of_http),
        cmocka_unit_test(test_jitter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
