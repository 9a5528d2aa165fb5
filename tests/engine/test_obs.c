/* Observers and what becomes of them: schedules counted by hand, a level held against its value in
 * every nanosecond, and Little's identity, which holds exactly on any path that starts and ends
 * empty. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "mem.h"
#include "obs.h"
#include "result.h"
#include "testrand.h"

static double stat_of(const struct metric_value *m, enum obs_kind kind, const char *name,
                      sim_time observed)
{
    struct obs_stat stat;
    assert_true(obs_stat_parse(name, &stat));
    return metric_stat(m, kind, stat, observed);
}

static void metric_close(struct metric_value *m)
{
    if (m->hist != NULL)
        hist_free(m->hist);
    mem_release(m->hist);
    series_close(m->series);
}

/* 0 for 10 ns, 2 for 20 ns, 5 for 10 ns, 1 for 60 ns: area 0 + 40 + 50 + 60, squares 0 + 80 + 250
 * + 60. */
static void level_by_hand(void **state)
{
    (void)state;
    struct obs_level l;
    struct metric_value m;
    obs_level_init(&l, 0, 0);
    assert_true(obs_level_extend(&l, true, 4, 25));
    obs_level_set(&l, 10, 2);
    obs_level_roll(&l, 30);
    obs_level_add(&l, 30, 3);
    obs_level_add(&l, 40, -4);
    obs_level_roll(&l, 100);
    metric_take_level(&m, &l, 100);
    assert_null(l.hist);
    assert_null(l.series);
    assert_true(stat_of(&m, OBS_LEVEL, "mean", 100) == 1.5);
    assert_true(fabs(stat_of(&m, OBS_LEVEL, "sd", 100) - sqrt(3.9 - 2.25)) < 1e-15);
    assert_true(stat_of(&m, OBS_LEVEL, "min", 100) == 0);
    assert_true(stat_of(&m, OBS_LEVEL, "max", 100) == 5);
    assert_true(stat_of(&m, OBS_LEVEL, "last", 100) == 1);
    assert_true(stat_of(&m, OBS_LEVEL, "min_at", 100) == 0);
    assert_true(stat_of(&m, OBS_LEVEL, "max_at", 100) == 30);
    assert_true(stat_of(&m, OBS_LEVEL, "p10", 100) == 0);
    assert_true(stat_of(&m, OBS_LEVEL, "p11", 100) == 1);
    assert_true(stat_of(&m, OBS_LEVEL, "p70", 100) == 1);
    assert_true(stat_of(&m, OBS_LEVEL, "p71", 100) == 2);
    assert_true(stat_of(&m, OBS_LEVEL, "p90", 100) == 2);
    assert_true(stat_of(&m, OBS_LEVEL, "p90.1", 100) == 5);
    assert_true(isnan(stat_of(&m, OBS_LEVEL, "sum", 100)));
    assert_true(isnan(stat_of(&m, OBS_LEVEL, "rate", 100)));
    /* buckets of 25 ns: 15*2 | 5*2 + 10*5 + 10*1 | 25 | 25; the highest value held in each */
    static const int64_t sum[] = {30, 70, 25, 25}, max[] = {2, 5, 1, 1};
    for (int i = 0; i < 4; i++) {
        assert_true(m.series->sum[i] == sum[i]);
        assert_true(m.series->max[i] == max[i]);
    }
    assert_null(m.series->count);
    metric_close(&m);
}

/* The first time counts, also of a value that held for no time, and warm-up begins anew: 4 at 0, 1 at 10, 9 and 2 at 20, 9 at
 * 30, 1 at 40. From 40 on: 1 at once, 3 at 60, 0 at 70, 3 and 0 again later. */
static void level_tells_when(void **state)
{
    (void)state;
    static const struct {
        sim_time at;
        int64_t  value;
    } before[] = {{10, 1}, {20, 9}, {20, 2}, {30, 9}, {40, 1}}, after[] = {{60, 3}, {70, 0}, {80, 3}, {90, 0}};
    struct obs_level l;
    struct metric_value m;
    obs_level_init(&l, 0, 4);
    for (size_t i = 0; i < ARRAY_LEN(before); i++)
        obs_level_set(&l, before[i].at, before[i].value);
    assert_true(l.min_at == 10 && l.max_at == 20);
    obs_level_reset(&l, 40);
    assert_true(l.min_at == 40 && l.max_at == 40);
    for (size_t i = 0; i < ARRAY_LEN(after); i++)
        obs_level_set(&l, after[i].at, after[i].value);
    metric_take_level(&m, &l, 100);
    assert_true(stat_of(&m, OBS_LEVEL, "min_at", 60) == 70);
    assert_true(stat_of(&m, OBS_LEVEL, "max_at", 60) == 60);
    metric_close(&m);
}

static void level_against_every_nanosecond(void **state)
{
    (void)state;
    enum {
        T = 5000,
        N = 13,
        WIDTH = 300
    }; /* 13 * 300 = 3,900: what is later falls into the last bucket */
    struct testrand r = testrand_open("level", 31);
    static int64_t held[T];
    struct obs_level l;
    struct metric_value m;
    obs_level_init(&l, 0, 3);
    assert_true(obs_level_extend(&l, true, N, WIDTH));
    int64_t value = 3;
    for (sim_time t = 0; t < T; t++) {
        if (t % WIDTH == 0)
            obs_level_roll(&l, t);
        if (testrand_below(&r, 40) == 0) {
            value = (int64_t)testrand_below(&r, 30);
            obs_level_set(&l, t, value);
        }
        held[t] = value;
    }
    metric_take_level(&m, &l, T);
    int64_t area = 0, sum[N] = {0}, max[N] = {0};
    uint64_t at[30] = {0};
    for (int t = 0; t < T; t++) {
        int b = t / WIDTH < N ? t / WIDTH : N - 1;
        area += held[t];
        sum[b] += held[t];
        max[b] = held[t] > max[b] ? held[t] : max[b];
        at[held[t]]++;
    }
    assert_true(m.mean == (double)area / T);
    for (int b = 0; b < N; b++) {
        assert_true(m.series->sum[b] == sum[b]);
        assert_true(m.series->max[b] == max[b]);
    }
    uint32_t cursor = 0;
    int64_t low, high;
    uint64_t count;
    for (int v = 0; v < 30; v++) {
        if (at[v] == 0)
            continue;
        assert_true(hist_next(m.hist, &cursor, &low, &high, &count));
        assert_int_equal(low, v);
        assert_int_equal(count, at[v]);
    }
    metric_close(&m);
}

static void level_keeps_digits_when_high(void **state)
{
    (void)state;
    struct obs_level l;
    struct metric_value m;
    obs_level_init(&l, 0, INT64_C(100000000000));
    obs_level_set(&l, 50 * SIM_S, INT64_C(100000000002));
    metric_take_level(&m, &l, 100 * SIM_S);
    assert_true(m.mean == 100000000001.0);
    assert_true(m.sd == 1.0);
}

/* Customers 0 … n-1 come and go at random; at the end all are gone. The area under their number is
 * the sum of their stays. */
static void area_is_the_sum_of_stays(void **state)
{
    (void)state;
    enum { N = 2000, T = 100000 };
    struct testrand r = testrand_open("little", 32);
    static int come[T], go[T];
    struct obs_level l;
    struct obs_tally stays;
    obs_level_init(&l, 0, 0);
    obs_tally_init(&stays);
    for (int i = 0; i < N; i++) {
        sim_time from = (sim_time)testrand_below(&r, T / 2),
                 stay = (sim_time)testrand_below(&r, T / 2);
        come[from]++;
        go[from + stay]++;
        obs_tally_add(&stays, from + stay, stay);
    }
    int64_t most = 0, now_in = 0;
    for (sim_time t = 0; t < T; t++) {
        obs_level_add(&l, t, come[t]);
        now_in += come[t];
        most = now_in > most ? now_in : most;
        obs_level_add(&l, t, -go[t]);
        now_in -= go[t];
    }
    obs_level_settle(&l, T);
    obs_tally_settle(&stays);
    assert_int_equal(l.value, 0);
    assert_true(l.area == stays.sum);
    assert_int_equal(stays.n, N);
    assert_int_equal(l.max, most);
}

/* A count that is known otherwise, lower or higher, moves nothing in the series. */
static void a_count_is_set(void **state)
{
    (void)state;
    for (uint64_t known = 0; known < 9; known++) {
        struct obs_counter c;
        struct metric_value m;
        obs_counter_init(&c);
        assert_true(obs_counter_extend(&c, 2, 50));
        obs_count(&c, 10, 3);
        obs_counter_reset(&c);
        obs_counter_roll(&c, 60);
        obs_count(&c, 60, 4);
        obs_counter_set(&c, known);
        assert_int_equal(c.n, known);
        metric_take_counter(&m, &c);
        assert_true(m.n == known && m.sum == (double)known);
        assert_true(m.series->sum[0] == 3 && m.series->sum[1] == 4);
        metric_close(&m);
    }
}

static void warm_up_is_forgotten_except_in_series(void **state)
{
    (void)state;
    struct obs_level l;
    struct obs_tally t;
    struct obs_counter c;
    struct metric_value m;
    obs_level_init(&l, 0, 9);
    obs_tally_init(&t);
    obs_counter_init(&c);
    assert_true(obs_level_extend(&l, true, 2, 50));
    assert_true(obs_tally_extend(&t, true, 2, 50));
    assert_true(obs_counter_extend(&c, 2, 50));
    obs_level_set(&l, 10, 4);
    obs_tally_add(&t, 10, 1000);
    obs_count(&c, 10, 5);
    obs_level_reset(&l, 40);
    obs_tally_reset(&t);
    obs_counter_reset(&c);
    obs_level_roll(&l, 50);
    obs_tally_roll(&t, 50);
    obs_counter_roll(&c, 50);
    obs_level_set(&l, 60, 6);
    obs_tally_add(&t, 60, 2);
    obs_tally_add(&t, 70, 4);
    obs_count(&c, 60, 2);

    metric_take_level(&m, &l, 100);
    assert_true(m.mean == (20 * 4 + 40 * 6) / 60.0);
    assert_true(m.min == 4 && m.max == 6);
    assert_int_equal(m.hist->n, 60);
    assert_true(m.series->sum[0] == 9 * 10 + 4 * 40);
    assert_true(m.series->max[0] == 9);
    metric_close(&m);

    metric_take_tally(&m, &t);
    assert_true(m.n == 2 && m.mean == 3 && m.min == 2 && m.max == 4 && m.sum == 6);
    assert_true(fabs(m.sd - sqrt(2)) < 1e-15);
    assert_true(m.series->sum[0] == 1000 && m.series->count[0] == 1 && m.series->max[0] == 1000);
    assert_true(m.series->sum[1] == 6 && m.series->count[1] == 2 && m.series->max[1] == 4);
    metric_close(&m);

    metric_take_counter(&m, &c);
    assert_int_equal(m.n, 2);
    assert_true(m.series->sum[0] == 5 && m.series->sum[1] == 2);
    assert_null(m.series->max);
    metric_close(&m);
}

/* A level goes on when its histogram belongs to the result: neither the way nor the counts of before are open to it. */
static void what_was_taken_is_left_alone(void **state)
{
    (void)state;
    struct obs_level l;
    struct metric_value m;
    uint32_t at = 0;
    int64_t low, high;
    uint64_t count;
    obs_level_init(&l, 0, 3);
    assert_true(obs_level_extend(&l, true, 0, 1));
    obs_level_set(&l, 10, 3);
    obs_level_set(&l, 30, 3);
    metric_take_level(&m, &l, 40);
    obs_level_settle(&l, 40);
    obs_level_set(&l, 60, 3);
    obs_level_set(&l, 70, 3);
    assert_true(hist_next(m.hist, &at, &low, &high, &count) && low == 3);
    assert_int_equal(count, 40);
    assert_int_equal(m.hist->n, 40);
    assert_true(obs_level_integral(&l, 70) == 3 * 70);
    metric_close(&m);
}

static void tally_stats(void **state)
{
    (void)state;
    struct obs_tally t;
    struct metric_value m;
    obs_tally_init(&t);
    assert_true(obs_tally_extend(&t, true, 0, 0));
    static const int64_t x[] = {4, 8, 6, 2, 10};
    for (int i = 0; i < 5; i++)
        obs_tally_add(&t, i, x[i]);
    metric_take_tally(&m, &t);
    assert_true(stat_of(&m, OBS_TALLY, "mean", 1) == 6);
    assert_true(fabs(stat_of(&m, OBS_TALLY, "sd", 1) - sqrt(10)) < 1e-15); /* 40 / 4 */
    assert_true(stat_of(&m, OBS_TALLY, "sum", 1) == 30);
    assert_true(stat_of(&m, OBS_TALLY, "count", 1) == 5);
    assert_true(stat_of(&m, OBS_TALLY, "min", 1) == 2);
    assert_true(stat_of(&m, OBS_TALLY, "max", 1) == 10);
    assert_true(stat_of(&m, OBS_TALLY, "p50", 1) == 6);
    assert_true(stat_of(&m, OBS_TALLY, "p80", 1) == 8);
    assert_true(stat_of(&m, OBS_TALLY, "p80.1", 1) == 10);
    assert_true(stat_of(&m, OBS_TALLY, "rate", 10 * SIM_S) == 0.5);
    assert_true(isnan(stat_of(&m, OBS_TALLY, "rate", 0)));
    assert_true(isnan(stat_of(&m, OBS_TALLY, "last", 1)));
    metric_close(&m);
}

static void nothing_observed_is_nan(void **state)
{
    (void)state;
    struct obs_tally t;
    struct obs_level l;
    struct metric_value m;
    obs_tally_init(&t);
    metric_take_tally(&m, &t);
    static const char *const none[] = {"mean", "min", "max", "sd", "p50"};
    for (int i = 0; i < 5; i++)
        assert_true(isnan(stat_of(&m, OBS_TALLY, none[i], SIM_S)));
    assert_true(stat_of(&m, OBS_TALLY, "count", SIM_S) == 0);
    assert_true(stat_of(&m, OBS_TALLY, "sum", SIM_S) == 0);
    obs_tally_add(&t, 0, 7);
    metric_take_tally(&m, &t);
    assert_true(m.mean == 7 && isnan(m.sd));
    obs_level_init(&l, 5, 2);
    metric_take_level(&m, &l, 5);
    assert_true(isnan(m.mean) && isnan(m.sd) && m.last == 2);
}

static void counter_stats(void **state)
{
    (void)state;
    struct obs_counter c;
    struct metric_value m;
    obs_counter_init(&c);
    assert_true(obs_counter_extend(&c, 3, 10));
    obs_count(&c, 0, 1);
    obs_count(&c, 9, 2);
    obs_counter_roll(&c, 10);
    obs_count(&c, 10, 4);
    obs_counter_roll(&c, 30);
    obs_count(&c, 30, 8); /* after the end: the last bucket */
    obs_count(&c, 1000, 16);
    metric_take_counter(&m, &c);
    assert_true(stat_of(&m, OBS_COUNTER, "sum", SIM_S) == 31);
    assert_true(stat_of(&m, OBS_COUNTER, "rate", 2 * SIM_S) == 15.5);
    assert_true(isnan(stat_of(&m, OBS_COUNTER, "mean", SIM_S)));
    assert_true(m.series->sum[0] == 3 && m.series->sum[1] == 4 && m.series->sum[2] == 24);
    metric_close(&m);
}

/* Four days' waits in one bucket exceed 63 bits. */
/* An age of two weeks, in nanoseconds: its square over two weeks is beyond 128 bits. */
static void squares_that_do_not_fit(void **state)
{
    (void)state;
    struct obs_level l;
    struct metric_value v;
    sim_time fortnight = 14 * SIM_DAY;
    obs_level_init(&l, 0, fortnight);
    metric_take_level(&v, &l, fortnight);
    assert_true(v.mean == (double)fortnight && isnan(v.sd));
    /* What just fits keeps its digits: half the time at x, half at 3x. */
    sim_time hour = SIM_H;
    obs_level_init(&l, 0, hour / 4);
    obs_level_set(&l, hour / 2, 3 * hour / 4);
    metric_take_level(&v, &l, hour);
    assert_true(v.mean == (double)(hour / 2) && v.sd == (double)(hour / 4));
}

static void series_sums_do_not_overflow(void **state)
{
    (void)state;
    struct obs_tally t;
    obs_tally_init(&t);
    assert_true(obs_tally_extend(&t, false, 1, SIM_MIN));
    for (int i = 0; i < 100000; i++)
        obs_tally_add(&t, 0, 4 * SIM_DAY);
    obs_tally_settle(&t);
    assert_true(t.series->sum[0] == (int128)(4 * SIM_DAY) * 100000);
    obs_tally_close(&t);
}

static void stat_names(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum obs_stat_kind kind;
        double p;
        const char *fits; /* of counter, level, tally */
    } good[] = {
        {"mean", STAT_MEAN, 0, ".lt"},
        {"min", STAT_MIN, 0, ".lt"},
        {"max", STAT_MAX, 0, ".lt"},
        {"sd", STAT_SD, 0, ".lt"},
        {"sum", STAT_SUM, 0, "c.t"},
        {"count", STAT_COUNT, 0, "..t"},
        {"rate", STAT_RATE, 0, "c.t"},
        {"last", STAT_LAST, 0, ".l."},
        {"min_at", STAT_MIN_AT, 0, ".l."},
        {"max_at", STAT_MAX_AT, 0, ".l."},
        {"p50", STAT_QUANTILE, 0.5, ".lt"},
        {"p99", STAT_QUANTILE, 0.99, ".lt"},
        {"p99.9", STAT_QUANTILE, 0.999, ".lt"},
        {"p99.99", STAT_QUANTILE, 0.9999, ".lt"},
        {"p0.1", STAT_QUANTILE, 0.001, ".lt"},
        {"p5", STAT_QUANTILE, 0.05, ".lt"},
        {"p7", STAT_QUANTILE, 0.07, ".lt"},
    };
    static const char *const bad[] = {"",     "p",      "p0",    "p100", "p100.1", "p.5",
                                      "p5.",  "p05",    "p-1",   "p1e1", "p1.2.3", "mean ",
                                      "Mean", "median", "p99,9", "pp9",  "p0.0"};
    struct obs_stat s;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(obs_stat_parse(good[i].text, &s));
        assert_int_equal(s.kind, good[i].kind);
        assert_true(s.p == good[i].p);
        assert_int_equal(obs_stat_fits(OBS_COUNTER, s), good[i].fits[0] == 'c');
        assert_int_equal(obs_stat_fits(OBS_LEVEL, s), good[i].fits[1] == 'l');
        assert_int_equal(obs_stat_fits(OBS_TALLY, s), good[i].fits[2] == 't');
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (obs_stat_parse(bad[i], &s))
            fail_msg("\"%s\" accepted", bad[i]);
}

static void observing_allocates_nothing(void **state)
{
    (void)state;
    struct obs_level l;
    struct obs_tally t;
    obs_level_init(&l, 0, 0);
    obs_tally_init(&t);
    assert_true(obs_level_extend(&l, true, 10, 100));
    assert_true(obs_tally_extend(&t, true, 10, 100));
    mem_fail_at(0);
    for (sim_time now = 0; now < 2000; now++) {
        obs_level_roll(&l, now);
        obs_tally_roll(&t, now);
        obs_level_set(&l, now, now % 7);
        obs_tally_add(&t, now, now);
    }
    assert_int_equal(mem_count(), 2); /* each histogram's octave, once */
    obs_level_close(&l);
    obs_tally_close(&t);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    long at = 0, made;
    do {
        struct obs_level l;
        struct obs_tally t;
        struct obs_counter c;
        obs_level_init(&l, 0, 0);
        obs_tally_init(&t);
        obs_counter_init(&c);
        mem_fail_at(++at);
        bool ok = obs_level_extend(&l, true, 5, 10);
        ok &= obs_tally_extend(&t, true, 5, 10);
        ok &= obs_counter_extend(&c, 5, 10);
        struct result *r = result_new(3, 2);
        ok &= r != NULL;
        made = mem_count();
        mem_fail_at(0);
        assert_int_equal(ok, at > made);
        obs_level_close(&l);
        obs_tally_close(&t);
        obs_counter_close(&c);
        obs_counter_close(&c);
        result_free(r);
    } while (at <= made);
    assert_true(at > 14);
}

static void a_result_owns_its_metrics(void **state)
{
    (void)state;
    struct result *r = result_new(3, 2);
    struct obs_level l;
    struct obs_tally t;
    struct obs_counter c;
    obs_level_init(&l, 0, 0);
    obs_tally_init(&t);
    obs_counter_init(&c);
    assert_true(obs_level_extend(&l, true, 5, 10));
    assert_true(obs_tally_extend(&t, true, 5, 10));
    assert_true(obs_counter_extend(&c, 5, 10));
    metric_take_counter(&r->metric[0], &c);
    metric_take_level(&r->metric[1], &l, 10);
    metric_take_tally(&r->metric[2], &t);
    assert_true(c.series == NULL && l.series == NULL && t.series == NULL);
    assert_true(l.hist == NULL && t.hist == NULL);
    r->by_birth = mem_get_zero(4, sizeof(*r->by_birth));
    r->fingerprint[1] = 7;
    assert_int_equal(r->n_metric, 3);
    assert_int_equal(r->n_entity, 2);
    assert_int_equal(r->fingerprint[0], 0);
    result_free(r); /* the leak checker watches */
    result_free(NULL);
    result_free(result_new(0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_by_hand),
        cmocka_unit_test(level_tells_when),
        cmocka_unit_test(level_against_every_nanosecond),
        cmocka_unit_test(level_keeps_digits_when_high),
        cmocka_unit_test(area_is_the_sum_of_stays),
        cmocka_unit_test(warm_up_is_forgotten_except_in_series),
        cmocka_unit_test(a_count_is_set),
        cmocka_unit_test(what_was_taken_is_left_alone),
        cmocka_unit_test(tally_stats),
        cmocka_unit_test(nothing_observed_is_nan),
        cmocka_unit_test(counter_stats),
        cmocka_unit_test(squares_that_do_not_fit),
        cmocka_unit_test(series_sums_do_not_overflow),
        cmocka_unit_test(stat_names),
        cmocka_unit_test(observing_allocates_nothing),
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(a_result_owns_its_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
