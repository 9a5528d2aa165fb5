/* A tally that sees so much that it counts in a tray, against a histogram to which the same values are added one by one: values far
 * apart and in one bucket, settled seldom and often, with a warm-up, and where memory is short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"
#include "mem.h"
#include "obs.h"
#include "testrand.h"

enum { N = 150000 };

static void same(const struct hist *a, const struct hist *b)
{
    uint32_t at[2] = {0, 0};
    int64_t low[2], high[2];
    uint64_t count[2];
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->failed, b->failed);
    while (hist_next(a, &at[0], &low[0], &high[0], &count[0])) {
        assert_true(hist_next(b, &at[1], &low[1], &high[1], &count[1]));
        assert_int_equal(low[0], low[1]);
        assert_int_equal(count[0], count[1]);
    }
    assert_false(hist_next(b, &at[1], &low[1], &high[1], &count[1]));
}

/* 0 - two values of one bucket, which it can just hold; 1 - times of all sizes; 2 - zeros, and times up to a second; 3 - higher and
 * higher; 4 - those that no row takes, too. */
static int64_t draw(struct testrand *r, unsigned taste, uint32_t i)
{
    switch (taste) {
    case 0:
        return (1 << 20) + i % 2;
    case 1:
        return (int64_t)(testrand_u64(r) >> (12 + testrand_below(r, 50)));
    case 2:
        return testrand_below(r, 3) == 0 ? 0 : (int64_t)testrand_below(r, 1000000000);
    case 3:
        return (int64_t)testrand_below(r, 1 + ((uint64_t)i << i / 5000));
    default:
        return testrand_below(r, 500) == 0 ? -(int64_t)testrand_below(r, 9) : (int64_t)testrand_below(r, 5000);
    }
}

static void open_tally(struct obs_tally *t)
{
    obs_tally_init(t);
    assert_true(obs_tally_extend(t, true, 0, 1));
}

/* settles: one in so many values; 0: never before the end. */
static void play(unsigned taste, uint64_t settles, bool warm)
{
    struct testrand r = testrand_open("tray", 90 + taste);
    struct obs_tally t;
    struct hist one_by_one;
    open_tally(&t);
    hist_init(&one_by_one);
    for (uint32_t i = 0; i < N; i++) {
        int64_t value = draw(&r, taste, i);
        obs_tally_add(&t, i, value);
        hist_add(&one_by_one, value);
        if (settles > 0 && testrand_below(&r, settles) == 0) {
            obs_tally_settle(&t);
            same(t.hist, &one_by_one);
        }
        if (warm && i == N / 3) {
            obs_tally_reset(&t);
            hist_reset(&one_by_one);
        }
    }
    obs_tally_settle(&t);
    assert_int_equal(t.n, warm ? N - N / 3 - 1 : N);
    assert_true(t.tray.n > 0);
    same(t.hist, &one_by_one);
    obs_tally_close(&t);
    hist_free(&one_by_one);
}

static void counted_in_a_tray_or_one_by_one(void **state)
{
    (void)state;
    for (unsigned taste = 0; taste < 5; taste++) {
        play(taste, 0, taste % 2 == 0);
        play(taste, 40000, taste % 2 != 0);
        play(taste, 3000, false);
    }
}

/* Who sees little takes no memory for it. */
static void few_values_need_no_tray(void **state)
{
    (void)state;
    struct obs_tally t;
    open_tally(&t);
    for (int i = 0; i < 16000; i++)
        obs_tally_add(&t, i, i);
    obs_tally_settle(&t);
    assert_int_equal(t.tray.n, 0);
    assert_int_equal(t.hist->n, 16000);
    obs_tally_close(&t);
}

/* The tray cannot be had or widened for a while, and nothing is lost. */
static void memory_short_of_a_tray(void **state)
{
    (void)state;
    struct obs_tally t;
    struct hist one_by_one;
    open_tally(&t);
    hist_init(&one_by_one);
    int refused = 0;
    for (int i = 0; i < 60000; i++) {
        if (i == 16384 || i == 30000)
            mem_fail_at(1);
        obs_tally_add(&t, i, i % 7 == 0 ? i : 5);
        if (mem_count() > 0) {
            refused++;
            mem_fail_at(0);
        }
    }
    mem_fail_at(0);
    for (int i = 0; i < 60000; i++)
        hist_add(&one_by_one, i % 7 == 0 ? i : 5);
    assert_true(refused >= 2);
    obs_tally_settle(&t);
    same(t.hist, &one_by_one);
    obs_tally_close(&t);
    hist_free(&one_by_one);
}

/* A block of the histogram cannot be had when the tray is poured: what is missing is not counted, and it is known. */
static void memory_short_when_poured(void **state)
{
    (void)state;
    struct obs_tally t;
    open_tally(&t);
    for (int i = 0; i < 16384; i++)
        obs_tally_add(&t, i, i % 2);
    for (int i = 0; i < OBS_ROW * 10; i++)
        obs_tally_add(&t, i, i % 2 == 0 ? 5000 : 1);
    mem_fail_at(1);
    obs_tally_settle(&t);
    mem_fail_at(0);
    assert_true(t.hist->failed);
    assert_int_equal(t.n, 16384 + OBS_ROW * 10);
    assert_int_equal(t.hist->n, 16384 + OBS_ROW * 5);
    obs_tally_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counted_in_a_tray_or_one_by_one),
        cmocka_unit_test(few_values_need_no_tray),
        cmocka_unit_test(memory_short_of_a_tray),
        cmocka_unit_test(memory_short_when_poured),
    };
    return cmocka_run_group_tests_name("obs_tray", tests, NULL, NULL);
}
