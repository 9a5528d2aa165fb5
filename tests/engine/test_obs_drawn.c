/* Observers against plain computation: drawn sequences of what is observed when, written down as
 * they come and worked out value by value at the end, with the edges of histograms, rows and
 * buckets among them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "check.h"
#include "mem.h"
#include "obs.h"
#include "obs_row.h"
#include "testrand.h"

enum { N = 700, BUCKETS = 6, WIDTH = 1000, RUNS = 400 };

struct seen {
    sim_time at, until; /* a level's value holds until then */
    int64_t value;
};

/* What stands on both sides of a border, and far out. */
static const int64_t edge[] = {0,
                               1,
                               1023,
                               1024,
                               2047,
                               2048,
                               4095,
                               4096,
                               (INT64_C(1) << 23) - 1,
                               INT64_C(1) << 23,
                               INT64_C(0xffffffff),
                               INT64_C(0x100000000),
                               (INT64_C(1) << 52) - 1,
                               INT64_C(1) << 52,
                               (INT64_C(1) << 53) + 1,
                               INT64_C(1) << 61,
                               -1,
                               -3000};

/* One sequence keeps to its taste: 0 - one value again and again; 1 - small; 2 - times; 3 - edges
 * that a row takes; 4 - all. */
static int64_t draw(struct testrand *r, unsigned taste)
{
    switch (taste) {
    case 0:
        return testrand_below(r, 50) == 0 ? 7 : 0;
    case 1:
        return (int64_t)testrand_below(r, 3000);
    case 2:
        return (int64_t)(testrand_u64(r) >> (12 + testrand_below(r, 50)));
    case 3:
        return edge[testrand_below(r, 13)];
    default:
        return edge[testrand_below(r, ARRAY_LEN(edge))];
    }
}

/* Often no time at all, often just up to the end of a bucket. */
static sim_time later(struct testrand *r, sim_time now, uint64_t pace)
{
    uint64_t what = testrand_below(r, 40);
    if (what < 10)
        return now;
    return what == 10 ? now + WIDTH - now % WIDTH : now + (sim_time)testrand_below(r, pace);
}

/* Observers are rolled when a bucket has ended: at its end, or when something is seen again. */
static sim_time roll_at(struct testrand *r, sim_time before, sim_time now)
{
    bool at_end = now - before < WIDTH && testrand_below(r, 2) == 0;
    return at_end ? now - now % WIDTH : now;
}

static uint32_t bucket_of(sim_time at)
{
    return at / WIDTH < BUCKETS ? (uint32_t)(at / WIDTH) : BUCKETS - 1;
}

/* Where the histogram's bucket of that value begins. */
static int64_t begin_of(int64_t value)
{
    unsigned k = 0;
    if (value < 0)
        return 0;
    while (value >> k >= 2048)
        k++;
    return value >> k << k;
}

static int by_begin(const void *a, const void *b)
{
    int64_t x = begin_of(((const struct seen *)a)->value),
            y = begin_of(((const struct seen *)b)->value);
    return (x > y) - (x < y);
}

/* Sorts what was seen, of which each counts for the time between at and until. */
static void same_histogram(const struct hist *h, struct seen *s, size_t n)
{
    uint32_t cursor = 0;
    int64_t low, high;
    uint64_t count, all = 0;
    qsort(s, n, sizeof(*s), by_begin);
    for (size_t i = 0, next; i < n; i = next) {
        uint64_t weight = 0;
        for (next = i; next < n && by_begin(&s[i], &s[next]) == 0; next++)
            weight += (uint64_t)(s[next].until - s[next].at);
        all += weight;
        if (weight == 0)
            continue;
        assert_true(hist_next(h, &cursor, &low, &high, &count));
        assert_int_equal(low, begin_of(s[i].value));
        assert_int_equal(count, weight);
    }
    assert_false(hist_next(h, &cursor, &low, &high, &count));
    assert_int_equal(h->n, all);
}

static void same_series(const struct series *s, const int128 *sum, const int64_t *max,
                        const int64_t *count)
{
    for (uint32_t b = 0; b < BUCKETS; b++) {
        assert_true(s->sum[b] == sum[b]);
        assert_true(max == NULL || s->max[b] == max[b]);
        assert_true(count == NULL || s->count[b] == count[b]);
    }
}

struct expected {
    int128 sum, sum2, series_sum[BUCKETS];
    int64_t min, max, series_max[BUCKETS], series_count[BUCKETS];
    bool overflowed;
};

static void expect_nothing(struct expected *x)
{
    *x = (struct expected){.min = INT64_MAX, .max = INT64_MIN};
    for (uint32_t b = 0; b < BUCKETS; b++)
        x->series_max[b] = INT64_MIN;
}

static void tally_once(struct testrand *r, unsigned taste, bool with_window)
{
    struct obs_tally t;
    struct obs_window w;
    struct expected x;
    struct seen s[N];
    size_t n = 200 + testrand_below(r, N - 200), warm = testrand_below(r, 2) * testrand_below(r, n);
    uint64_t pace = 1 + testrand_below(r, 60);
    sim_time now = 0;
    obs_tally_init(&t);
    assert_true(obs_tally_extend(&t, true, BUCKETS, WIDTH));
    if (with_window)
        obs_tally_watch(&t, &w);
    expect_nothing(&x);
    for (size_t i = 0; i < n; i++) {
        if (i == warm)
            obs_tally_reset(&t);
        if (testrand_below(r, 100) == 0)
            obs_tally_settle(&t);
        sim_time before = now;
        now = later(r, now, pace);
        if (bucket_of(now) != bucket_of(before))
            obs_tally_roll(&t, roll_at(r, before, now));
        s[i] = (struct seen){0, 1, draw(r, taste)};
        obs_tally_add(&t, now, s[i].value);
        uint32_t b = bucket_of(now);
        x.series_sum[b] += s[i].value;
        x.series_max[b] = s[i].value > x.series_max[b] ? s[i].value : x.series_max[b];
        x.series_count[b]++;
    }
    obs_tally_settle(&t);
    for (size_t i = warm; i < n; i++) {
        x.sum += s[i].value;
        x.overflowed |= __builtin_add_overflow(x.sum2, (int128)s[i].value * s[i].value, &x.sum2);
        x.min = s[i].value < x.min ? s[i].value : x.min;
        x.max = s[i].value > x.max ? s[i].value : x.max;
    }
    assert_int_equal(t.n, n - warm);
    assert_int_equal(t.forgotten, warm);
    assert_true(t.sum == x.sum && t.min == x.min && t.max == x.max);
    assert_int_equal(t.overflowed, x.overflowed);
    assert_true(t.overflowed || t.sum2 == x.sum2);
    same_series(t.series, x.series_sum, x.series_max, x.series_count);
    same_histogram(t.hist, s + warm, n - warm);
    if (with_window) {
        same_histogram(&w.hist, s, n);
        obs_window_close(&w);
    }
    obs_tally_close(&t);
}

static void tallies(void **state)
{
    (void)state;
    struct testrand r = testrand_open("tallies", 71);
    for (unsigned i = 0; i < RUNS; i++)
        tally_once(&r, i % 5, i % 7 == 0);
}

static int by_index(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The row read four by four and one by one. */
static void rows(void **state)
{
    (void)state;
    struct testrand r = testrand_open("rows", 72);
    uint32_t taken = 0;
    for (unsigned i = 0; i < 20000; i++) {
        int64_t value[OBS_ROW];
        struct row a, b;
        unsigned taste = i % 5;
        for (uint32_t k = 0; k < OBS_ROW; k++)
            value[k] = draw(&r, taste == 4 && k != i % OBS_ROW ? 3 : taste);
        bool easy = row_read(&a, value);
        assert_int_equal(easy, row_read_plain(&b, value));
        if (!easy)
            continue;
        taken++;
        assert_true(a.low == b.low && a.high == b.high && a.sum == b.sum && a.sum2 == b.sum2);
        if (a.low == a.high)
            continue;
        qsort(a.index, OBS_ROW, sizeof(a.index[0]), by_index);
        qsort(b.index, OBS_ROW, sizeof(b.index[0]), by_index);
        assert_memory_equal(a.index, b.index, sizeof(a.index));
    }
    assert_in_range(taken, 10000, 19990);
}

/* The first of two blocks cannot be had at first, so one value in a row is missing, and it is
 * known. */
static void memory_short_in_a_row(void **state)
{
    (void)state;
    struct obs_tally t;
    obs_tally_init(&t);
    assert_true(obs_tally_extend(&t, true, 0, 1));
    mem_fail_at(1);
    for (int i = 0; i < OBS_ROW; i++)
        obs_tally_add(&t, i, i % 2 == 0 ? 5 : 5000);
    mem_fail_at(0);
    assert_true(t.hist->failed);
    assert_int_equal(t.n, OBS_ROW);
    assert_int_equal(t.hist->n, OBS_ROW - 1);
    obs_tally_close(&t);
}

/* Without a series it is rolled when the time of OBS_ROLL is over; one that was never extended is not rolled at all. */
static bool is_rolled(const struct obs_level *l, sim_time from, sim_time now, sim_time rolled)
{
    if (l->series != NULL && bucket_of(now) != bucket_of(from))
        return true;
    return l->rolled && now - rolled >= OBS_ROLL;
}

static void level_once(struct testrand *r, unsigned taste, bool series, bool hist)
{
    struct obs_level l;
    struct expected x;
    struct seen s[N];
    size_t n = 200 + testrand_below(r, N - 200), warm = testrand_below(r, 2) * testrand_below(r, n);
    uint64_t pace = testrand_below(r, 4) == 0 ? UINT64_C(1) << (38 + testrand_below(r, 9)) : 1 + testrand_below(r, 60);
    uint64_t settles = testrand_below(r, 2) == 0 ? 100 : 10 * N;
    sim_time now = 0, rolled = 0, min_at = 0, max_at = 0;
    int64_t value = draw(r, taste);
    int128 integral = 0;
    obs_level_init(&l, 0, value);
    if (series || hist || testrand_below(r, 2) == 0)
        assert_true(obs_level_extend(&l, hist, series ? BUCKETS : 0, WIDTH));
    expect_nothing(&x);
    x.min = x.max = value;
    for (size_t i = 0; i < n; i++) {
        sim_time from = now;
        now = later(r, now, pace);
        if (is_rolled(&l, from, now, rolled))
            obs_level_roll(&l, rolled = roll_at(r, from, now));
        s[i] = (struct seen){from, now, value};
        integral += (int128)value * (now - from);
        for (sim_time at = from; at < now;) { /* bucket by bucket */
            uint32_t b = bucket_of(at);
            sim_time end = b == BUCKETS - 1 || (b + 1) * WIDTH > now ? now : (b + 1) * WIDTH;
            x.series_sum[b] += (int128)value * (end - at);
            x.series_max[b] = value > x.series_max[b] ? value : x.series_max[b];
            at = end;
        }
        if (i == warm) {
            obs_level_reset(&l, now);
            x.min = x.max = value;
            min_at = max_at = now;
        }
        bool touch = testrand_below(r, 10) == 0;
        int64_t next = draw(r, taste);
        if (touch)
            obs_level_touch(&l, now, next);
        else if (testrand_below(r, 2) == 0)
            obs_level_set(&l, now, next);
        else
            obs_level_add(&l, now, next - value);
        min_at = next < x.min ? now : min_at;
        max_at = next > x.max ? now : max_at;
        x.min = next < x.min ? next : x.min;
        x.max = next > x.max ? next : x.max;
        value = touch ? value : next;
        assert_true(l.value == value);
        assert_true(obs_level_integral(&l, now + 5) == integral + 5 * (int128)value);
        if (testrand_below(r, settles) == 0)
            obs_level_settle(&l, now);
    }
    obs_level_settle(&l, now);
    for (size_t i = warm + 1; i < n; i++) {
        int128 area = (int128)s[i].value * (s[i].until - s[i].at), square;
        x.sum += area;
        x.overflowed |= __builtin_mul_overflow(area, s[i].value, &square) ||
                        __builtin_add_overflow(x.sum2, square, &x.sum2);
    }
    assert_true(l.area == x.sum && l.min == x.min && l.max == x.max);
    assert_true(l.min_at == min_at && l.max_at == max_at);
    assert_int_equal(l.overflowed, x.overflowed);
    assert_true(l.overflowed || l.area2 == x.sum2);
    if (series)
        same_series(l.series, x.series_sum, x.series_max, NULL);
    if (hist)
        same_histogram(l.hist, s + warm + 1, n - warm - 1);
    obs_level_close(&l);
}

static void levels(void **state)
{
    (void)state;
    struct testrand r = testrand_open("levels", 73);
    for (unsigned i = 0; i < 3 * RUNS; i++)
        level_once(&r, i % 5, i % 4 != 0, i % 3 != 0);
}

static void counters(void **state)
{
    (void)state;
    struct testrand r = testrand_open("counters", 74);
    for (unsigned i = 0; i < RUNS; i++) {
        struct obs_counter c;
        int128 sum[BUCKETS] = {0};
        uint64_t all = 0, before = 0;
        sim_time now = 0;
        obs_counter_init(&c);
        assert_true(obs_counter_extend(&c, BUCKETS, WIDTH));
        for (unsigned k = 0; k < N; k++) {
            uint64_t by = testrand_below(&r, 3);
            sim_time last = now;
            now = later(&r, now, 1 + i % 60);
            if (bucket_of(now) != bucket_of(last))
                obs_counter_roll(&c, roll_at(&r, last, now));
            if (testrand_below(&r, N) == 0) {
                obs_counter_reset(&c);
                before = all;
            }
            if (testrand_below(&r, 100) == 0)
                obs_counter_settle(&c);
            obs_count(&c, now, by);
            all += by;
            sum[bucket_of(now)] += by;
            assert_true(c.n == all - before && c.forgotten == before);
        }
        obs_counter_settle(&c);
        same_series(c.series, sum, NULL, NULL);
        obs_counter_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tallies),
        cmocka_unit_test(rows),
        cmocka_unit_test(memory_short_in_a_row),
        cmocka_unit_test(levels),
        cmocka_unit_test(counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
