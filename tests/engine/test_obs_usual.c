/* A tally's usual value that is only counted against the same values put down one by one: moments, histogram, series, windows, before
 * and after a warm-up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mem.h"
#include "obs_usual.h"
#include "testrand.h"

/* A value is known to be the usual one, or it is found out which that is. */
enum who { KNOWS, FINDS_OUT };

struct pair {
    struct obs_tally  plain, quick;
    struct obs_window plain_window, quick_window;
};

static void same_hist(const struct hist *a, const struct hist *b)
{
    assert_int_equal(a->n, b->n);
    for (double p = 0.001; a->n > 0 && p < 1; p += 0.001)
        assert_true(hist_quantile(a, p) == hist_quantile(b, p));
}

static void same(struct pair *p)
{
    struct obs_tally *a = &p->plain, *b = &p->quick;
    obs_tally_settle(a);
    obs_tally_settle(b);
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->min, b->min);
    assert_int_equal(a->max, b->max);
    assert_true(a->sum == b->sum && a->overflowed == b->overflowed);
    assert_true(a->sum2 == b->sum2 || a->overflowed);
    assert_int_equal(a->forgotten, b->forgotten);
    assert_true(a->forgotten_sum == b->forgotten_sum);
    same_hist(a->hist, b->hist);
    same_hist(&p->plain_window.hist, &p->quick_window.hist);
    assert_int_equal(p->plain_window.min, p->quick_window.min);
    assert_int_equal(p->plain_window.max, p->quick_window.max);
    for (uint32_t i = 0; i < a->series->n; i++) {
        assert_true(a->series->sum[i] == b->series->sum[i]);
        assert_int_equal(a->series->max[i], b->series->max[i]);
        assert_int_equal(a->series->count[i], b->series->count[i]);
    }
}

static void open_pair(struct pair *p, enum who who, int64_t usual)
{
    obs_tally_init(&p->plain);
    obs_tally_init(&p->quick);
    assert_true(obs_tally_extend(&p->plain, true, 10, 100) && obs_tally_extend(&p->quick, true, 10, 100));
    if (who == KNOWS)
        obs_tally_expect(&p->quick, usual);
    obs_tally_watch(&p->plain, &p->plain_window);
    obs_tally_watch(&p->quick, &p->quick_window);
}

static void close_pair(struct pair *p)
{
    obs_window_close(&p->plain_window);
    obs_window_close(&p->quick_window);
    obs_tally_close(&p->plain);
    obs_tally_close(&p->quick);
}

static void tell(struct obs_tally *t, enum who who, sim_time now, int64_t value, int64_t usual)
{
    if (who == FINDS_OUT)
        obs_tally_same(t, now, value);
    else if (value == usual)
        obs_tally_usual(t, now);
    else
        obs_tally_add(t, now, value);
}

/* often: of 16 values, so many are the usual one. */
static void play(enum who who, int64_t usual, uint64_t often, uint64_t seed)
{
    struct testrand r = testrand_open("usual", seed);
    struct pair p;
    sim_time now = 0;
    open_pair(&p, who, usual);
    for (unsigned i = 0; i < 3000; i++) {
        now += (sim_time)testrand_below(&r, 2);
        int64_t value = (int64_t)testrand_below(&r, 5);
        obs_tally_roll(&p.plain, now);
        obs_tally_roll(&p.quick, now);
        if (testrand_below(&r, 16) < often)
            value = usual;
        obs_tally_add(&p.plain, now, value);
        tell(&p.quick, who, now, value, usual);
        if (testrand_below(&r, 400) == 0)
            same(&p);
        if (i == 1000) {
            obs_tally_reset(&p.plain);
            obs_tally_reset(&p.quick);
            obs_window_empty(&p.plain_window);
            obs_window_empty(&p.quick_window);
        }
    }
    same(&p);
    close_pair(&p);
}

static void counted_or_put_down(void **state)
{
    (void)state;
    static const int64_t usual[] = {0, 1, 2047, 2048, INT64_C(1) << 40, INT64_MAX / 4};
    for (unsigned u = 0; u < sizeof(usual) / sizeof(usual[0]); u++) {
        for (uint64_t often = 0; often <= 16; often += 4) {
            play(KNOWS, usual[u], often, u * 100 + often);
            play(FINDS_OUT, usual[u], often, u * 100 + often);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counted_or_put_down)};
    return cmocka_run_group_tests_name("obs_usual", tests, NULL, NULL);
}
