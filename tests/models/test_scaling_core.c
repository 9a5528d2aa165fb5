/* test_scaling_core.c - alarms in every small window against a naive reading, fractions, forecasts.
 *
 * rules: CW-9 CW-10 CW-11 ASG-27 ASG-28 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cw_alarm.h"
#include "cw_metric.h"
#include "ratio.h"
#include "scale_predict.h"

/* --- CW-11, read as it stands: take the real ones, fill up, count --- */

static enum cw_state filled(const enum cw_data *list, uint32_t n, uint32_t m)
{
    uint32_t breaching = 0;
    for (uint32_t i = 0; i < n; i++)
        breaching += list[i] == CW_BREACH;
    return breaching >= m ? CW_ALARM : CW_OK;
}

static enum cw_state naive(const enum cw_data *data, uint32_t range, uint32_t n, uint32_t m, enum cw_missing missing, enum cw_state before)
{
    enum cw_data list[8];
    uint32_t have = 0, oldest = 0;
    bool any_fine = false;
    for (uint32_t i = 0; i < range; i++) {
        if (data[i] == CW_BREACH)
            oldest = i + 1;
        any_fine |= data[i] == CW_FINE;
        if (data[i] != CW_NONE && have < n)
            list[have++] = data[i];
    }
    if (have == n)
        return filled(list, n, m);
    if (missing == CW_BREACHING || missing == CW_NOT_BREACHING) {
        while (have < n)
            list[have++] = missing == CW_BREACHING ? CW_BREACH : CW_FINE;
        return filled(list, n, m);
    }
    if (have == 0)
        return missing == CW_IGNORE ? before : CW_INSUFFICIENT;
    if (filled(list, have, m) == CW_ALARM)
        return CW_ALARM;
    if (any_fine)
        return CW_OK;
    return missing == CW_MISSING && oldest >= m ? CW_ALARM : before;
}

static void one_window(const enum cw_data *data, uint32_t n, uint64_t *judged)
{
    for (uint32_t m = 1; m <= n; m++)
        for (unsigned missing = 0; missing < 4; missing++)
            for (unsigned before = 0; before < 3; before++, ++*judged) {
                enum cw_state is = cw_alarm_judge(data, n, m, (enum cw_missing)missing, (enum cw_state)before);
                assert_int_equal(is, naive(data, n + 2, n, m, (enum cw_missing)missing, (enum cw_state)before));
            }
}

static void test_every_window(void **state)
{
    (void)state;
    uint64_t judged = 0;
    for (uint32_t n = 1; n <= 4; n++) {
        uint32_t worlds = 1;
        for (uint32_t i = 0; i < n + 2; i++)
            worlds *= 3;
        for (uint32_t w = 0; w < worlds; w++) {
            enum cw_data data[6];
            uint32_t rest = w;
            for (uint32_t i = 0; i < n + 2; i++, rest /= 3)
                data[i] = (enum cw_data)(rest % 3);
            one_window(data, n, &judged);
        }
    }
    /* 27 * 1 + 81 * 2 + 243 * 3 + 729 * 4 windows and M, each with 4 treatments and 3 states */
    assert_int_equal(judged, (27 + 162 + 729 + 2916) * 12);
}

/* --- metrics --- */

static void test_ring(void **state)
{
    (void)state;
    struct cw_metric m;
    struct ratio r;
    assert_true(cw_metric_open(&m, SIM_MIN, SIM_MIN, 3 * SIM_MIN)); /* seven spans are kept */
    for (int64_t k = -3; k < 20; k++)
        if (k != 17)
            cw_metric_put(&m, k, cw_point_of(ratio_int(k)));
    assert_false(cw_metric_read(&m, 0, SIM_MIN, CW_SUM, &r)); /* forgotten, and not another's value */
    assert_false(cw_metric_read(&m, 17 * SIM_MIN, 18 * SIM_MIN, CW_SUM, &r));
    assert_false(cw_metric_read(&m, 20 * SIM_MIN, 30 * SIM_MIN, CW_SUM, &r));
    assert_true(cw_metric_read(&m, 16 * SIM_MIN, 20 * SIM_MIN, CW_SUM, &r));
    assert_int_equal(r.num, 16 + 18 + 19);
    assert_true(cw_metric_read(&m, 16 * SIM_MIN, 20 * SIM_MIN, CW_SAMPLES, &r));
    assert_int_equal(r.num, 3);
    cw_metric_put(&m, 40, cw_point_of(ratio_int(7)));
    assert_false(cw_metric_read(&m, 18 * SIM_MIN, 40 * SIM_MIN, CW_SUM, &r));
    assert_int_equal(cw_metric_horizon(&m, 100 * SIM_S), 0);
    assert_int_equal(cw_metric_horizon(&m, 59 * SIM_S), -SIM_MIN);
    assert_int_equal(cw_metric_horizon(&m, 120 * SIM_S), SIM_MIN);
    cw_metric_close(&m);
}

/* A tally's datapoint holds many samples: averages weigh them. */
static void test_samples(void **state)
{
    (void)state;
    struct cw_metric m;
    struct ratio r;
    assert_true(cw_metric_open(&m, SIM_MIN, 0, SIM_H));
    cw_metric_put(&m, 0, (struct cw_point){.n = 3, .sum = ratio_int(30), .low = ratio_int(5), .high = ratio_int(15)});
    cw_metric_put(&m, 1, cw_point_of(ratio_int(2)));
    assert_true(cw_metric_read(&m, 0, 2 * SIM_MIN, CW_AVERAGE, &r));
    assert_true(r.num == 8 && r.den == 1);
    assert_true(cw_metric_read(&m, 0, 2 * SIM_MIN, CW_MINIMUM, &r) && r.num == 2);
    assert_true(cw_metric_read(&m, 0, 2 * SIM_MIN, CW_MAXIMUM, &r) && r.num == 15);
    cw_metric_close(&m);
}

/* --- fractions --- */

static void test_ratio(void **state)
{
    (void)state;
    struct ratio a, b;
    assert_true(ratio_parse("-0.580", &a) && a.num == -29 && a.den == 50);
    assert_true(ratio_parse("150.1", &b) && b.num == 1501 && b.den == 10);
    assert_false(ratio_parse("", &a) || ratio_parse("-", &a) || ratio_parse("1.2.3", &a) || ratio_parse("1e3", &a) ||
                 ratio_parse("1234567890123456789", &a));
    assert_int_equal(ratio_ceil(b), 151);
    assert_int_equal(ratio_floor((struct ratio){-3, 2}), -2);
    assert_int_equal(ratio_ceil((struct ratio){-3, 2}), -1);
    assert_int_equal(ratio_trunc((struct ratio){-3, 2}), -1);
    assert_int_equal(ratio_ceil(ratio_int(-4)), -4);
    assert_int_equal(ratio_floor(ratio_int(-4)), -4);
    a = ratio_div(ratio_int(6), ratio_int(-4));
    assert_true(a.num == -3 && a.den == 2);
    a = ratio_add(ratio_of(1, 3), ratio_of(1, 6));
    assert_true(a.num == 1 && a.den == 2);
    /* What does not fit keeps its size. */
    a = ratio_of((__int128)INT64_MAX * 1000003, (__int128)INT64_MAX - 1);
    assert_int_equal(ratio_floor(ratio_add(a, (struct ratio){1, 2})), 1000003);
    a = ratio_of(((__int128)1 << 67) + 1, 100); /* nor does what is a small part of much */
    assert_int_equal(ratio_floor(a), 1475739525896764129);
    a = ratio_of(-((__int128)1 << 67) - 1, 300);
    assert_int_equal(ratio_trunc(a), -491913175298921376);
    a = ratio_of((__int128)1 << 70, 1); /* too large: never less than something smaller */
    assert_true(ratio_cmp(a, ratio_int(((int64_t)1 << 62) - 2)) > 0);
    assert_int_equal(ratio_cmp(ratio_of(1, 3), ratio_of(333333333333333333, 1000000000000000000)), 1);
}

/* --- forecasts: hour h of day d is h + 10 d for d = 0, 1, 2 --- */

static void see_hours(struct scale_predict *p, int64_t from, int64_t to)
{
    for (int64_t m = from * 60; m < to * 60; m++)
        scale_predict_see(p, (m + 1) * SIM_MIN, ratio_int((m / 60) % 24 + 10 * (m / 1440) + (m % 2 == 0 ? 1 : -1)));
}

static void test_forecast(void **state)
{
    (void)state;
    struct scale_predict p;
    scale_predict_init(&p, ratio_int(2), 0);
    see_hours(&p, 0, 23);
    assert_int_equal(scale_predict_wants(&p, 23 * SIM_H), -1); /* not a day yet */
    see_hours(&p, 23, 24);
    assert_int_equal(scale_predict_wants(&p, 24 * SIM_H), 0);      /* hour 0: load 0 */
    assert_int_equal(scale_predict_wants(&p, 29 * SIM_H), 3);      /* hour 5: 5 / 2 */
    assert_int_equal(scale_predict_wants(&p, 31 * SIM_H), 4);      /* hour 7 */
    see_hours(&p, 24, 48);
    assert_int_equal(scale_predict_wants(&p, 53 * SIM_H), 5);      /* hour 5: (5 + 15) / 2 / 2 */
    scale_predict_init(&p, ratio_int(2), 10 * SIM_MIN);
    see_hours(&p, 0, 24);
    assert_int_equal(scale_predict_next(&p, 24 * SIM_H), 25 * SIM_H - 10 * SIM_MIN);
    assert_int_equal(scale_predict_next(&p, 25 * SIM_H - 10 * SIM_MIN), 26 * SIM_H - 10 * SIM_MIN);
    assert_int_equal(scale_predict_wants(&p, 29 * SIM_H - 10 * SIM_MIN), 3);
}

/* A forecast holds for six hours, and looks back 14 days. */
static void test_forecast_age(void **state)
{
    (void)state;
    struct scale_predict p;
    scale_predict_init(&p, ratio_int(1), 0);
    see_hours(&p, 0, 29);
    assert_int_equal(scale_predict_wants(&p, 29 * SIM_H), 5);
    see_hours(&p, 29, 53);
    assert_int_equal(scale_predict_wants(&p, 34 * SIM_H), 10); /* of the forecast made at 29 */
    scale_predict_init(&p, ratio_int(1), 0);
    see_hours(&p, 0, 24 * 16);
    /* Days 2 to 15 for hour 3: 3 + 10 * (2 + … + 15) / 14 = 88 */
    assert_int_equal(scale_predict_wants(&p, (24 * 16) * SIM_H), 85);
    assert_int_equal(scale_predict_wants(&p, (24 * 16 + 3) * SIM_H), 88);
}

/* Beside other policies a forecast is a floor, by itself it never scales in. */
static void test_floor(void **state)
{
    (void)state;
    struct scale_view v = {.desired = 8, .min = 1, .max = 20};
    struct scale_wish wish[2] = {{.has = true, .out_only = true, .desired = 8, .floor = 5}, {.has = true, .desired = 3}};
    assert_int_equal(scale_choose(&v, wish, 2), 5);
    assert_int_equal(scale_choose(&v, wish, 1), 8);
    wish[0].floor = 12; /* of an hour that has not come up yet: no scale-in, no scale-out */
    assert_int_equal(scale_choose(&v, wish, 2), 8);
    wish[1].desired = 10;
    assert_int_equal(scale_choose(&v, wish, 2), 10);
    wish[0].desired = 12;
    assert_int_equal(scale_choose(&v, wish, 2), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_window), cmocka_unit_test(test_ring),     cmocka_unit_test(test_samples),
        cmocka_unit_test(test_ratio),        cmocka_unit_test(test_forecast), cmocka_unit_test(test_forecast_age),
        cmocka_unit_test(test_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
