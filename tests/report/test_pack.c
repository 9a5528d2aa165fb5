/* Histograms and series as bytes: known bytes, there and back, and bytes that nobody packed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "mem.h"
#include "pack.h"

static void packed(struct pack *p, struct hist *h)
{
    struct buckets b = {0};
    buckets_of(&b, h);
    assert_false(b.failed);
    pack_hist(p, &b);
    assert_false(p->failed);
    buckets_free(&b);
}

static void expect_bytes(struct hist *h, const char *bytes, size_t n)
{
    struct pack p = {0};
    packed(&p, h);
    assert_int_equal(p.n, n);
    assert_memory_equal(p.at, bytes, n);
    pack_free(&p);
}

/* By the rule in pack.h: 0 skips, LEB128 has 7 bits a byte, low first. Index of 4,096 is 3,072 (k =
 * 2: 2,048 + 1,024). */
static void bytes_of_a_histogram(void **state)
{
    (void)state;
    struct hist h;
    hist_init(&h);
    hist_add(&h, 0);
    expect_bytes(&h, "\x01", 1);
    hist_add_weighted(&h, 1, 300);
    expect_bytes(&h, "\x01\xac\x02", 3);
    hist_add_weighted(&h, 5, 2);
    expect_bytes(&h, "\x01\xac\x02\x00\x03\x02", 6);
    hist_add(&h, 4096);
    expect_bytes(&h, "\x01\xac\x02\x00\x03\x02\x00\xfa\x17\x01",
                 10); /* 3,066 empty ones after index 5 */
    hist_reset(&h);
    hist_add_weighted(&h, 0, UINT64_MAX);
    expect_bytes(&h, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
    hist_free(&h);
}

static uint64_t next_random(uint64_t *x)
{
    *x = *x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *x >> 20;
}

static void same(const struct hist *a, const struct hist *b)
{
    uint32_t ca = 0, cb = 0;
    int64_t low_a, low_b, high_a, high_b;
    uint64_t n_a, n_b;
    bool more;
    do {
        more = hist_next(a, &ca, &low_a, &high_a, &n_a);
        assert_int_equal(more, hist_next(b, &cb, &low_b, &high_b, &n_b));
        if (more)
            assert_true(low_a == low_b && high_a == high_b && n_a == n_b);
    } while (more);
    assert_true(a->n == b->n);
}

static void there_and_back(void **state)
{
    (void)state;
    uint64_t seed = (uint64_t)getpid(), x = seed;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 60; round++) {
        struct hist a, b;
        struct pack p = {0};
        hist_init(&a);
        hist_init(&b);
        for (int i = 0; i < 500; i++)
            hist_add_weighted(&a, (int64_t)(next_random(&x) << 19 >> (next_random(&x) % 63)),
                              1 + (next_random(&x) >> (next_random(&x) % 40)));
        hist_add(&a, 0);
        hist_add(&a, INT64_MAX);
        packed(&p, &a);
        assert_true(unpack_hist(p.at, p.n, &b));
        same(&a, &b);
        pack_free(&p);
        hist_free(&a);
        hist_free(&b);
    }
}

/* The values of 1 … 100 once each: p50 is 50, p99 99, p99.9 100. */
static void quantiles(void **state)
{
    (void)state;
    struct hist h;
    struct buckets b = {0};
    hist_init(&h);
    buckets_of(&b, &h);
    assert_true(isnan(buckets_quantile(&b, 0.5)));
    for (int i = 1; i <= 100; i++)
        hist_add(&h, i);
    buckets_of(&b, &h);
    assert_true(buckets_quantile(&b, 0.5) == 50);
    assert_true(buckets_quantile(&b, 0.99) == 99);
    assert_true(buckets_quantile(&b, 0.999) == 100);
    hist_add_weighted(&h, 3000, 1000); /* [3000; 3002): middle of its whole numbers 3000.5 */
    buckets_of(&b, &h);
    assert_true(buckets_quantile(&b, 0.5) == 3000.5);
    buckets_free(&b);
    hist_free(&h);
}

static void bytes_that_nobody_packed(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
        {"\x80", 1},                                      /* a number without end */
        {"\x00", 1},                                      /* skips, but how many? */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10}, /* above 64 bits */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},
        {"\x00\xff\xff\x7f\x01", 5},                          /* beyond the last bucket */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01", 11}, /* counts that overflow together */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hist h;
        hist_init(&h);
        assert_false(unpack_hist(bad[i].bytes, bad[i].n, &h));
        hist_free(&h);
    }
    uint64_t x = (uint64_t)getpid();
    for (int round = 0; round < 20000; round++) { /* whatever they say, no crash */
        char noise[12];
        struct hist h;
        for (size_t i = 0; i < sizeof(noise); i++)
            noise[i] = (char)(next_random(&x) & (round % 2 ? 0x83 : 0xff));
        hist_init(&h);
        unpack_hist(noise, sizeof(noise), &h);
        hist_free(&h);
    }
}

static void text_of_a_series(void **state)
{
    (void)state;
    struct pack p = {0};
    struct series *s;
    assert_true(series_open(&s, OBS_TALLY, 2, 1000));
    s->sum[0] = (int128)INT64_MAX * 100;
    s->max[0] = -7;
    s->count[0] = 3;
    pack_series(&p, OBS_TALLY, s);
    const char *tally = "[[922337203685477580700,-7,3],[0,null,0]]";
    assert_int_equal(p.n, strlen(tally));
    assert_memory_equal(p.at, tally, p.n);
    s->sum[0] = -20;
    pack_series(&p, OBS_LEVEL, s);
    const char *level = "[[-20,-7],[0,null]]";
    assert_int_equal(p.n, strlen(level));
    assert_memory_equal(p.at, level, p.n);
    pack_series(&p, OBS_COUNTER, s);
    assert_int_equal(p.n, 7);
    assert_memory_equal(p.at, "[-20,0]", 7);
    pack_free(&p);
    series_close(s);
}

static bool unpacks(const char *text, enum obs_kind kind, uint32_t n, double *value, double *max)
{
    return unpack_series(text, strlen(text), kind, n, 10, 25, value, max);
}

static void series_there_and_bad(void **state)
{
    (void)state;
    double value[3], max[3];
    assert_true(unpacks("[[40,4],[60,9],[15,3]]", OBS_LEVEL, 3, value, max));
    assert_true(value[0] == 4 && value[1] == 6 && value[2] == 3 &&
                max[1] == 9); /* the last covers 5 of 10 */
    assert_true(unpacks("[[922337203685477580700,-7,100],[0,null,0]]", OBS_TALLY, 2, value, max));
    assert_true(value[0] == 9223372036854775807.0 && max[0] == -7 && isnan(value[1]) &&
                isnan(max[1]));
    static const struct {
        const char *text;
        enum obs_kind kind;
    } bad[] = {
        {"", OBS_COUNTER},
        {"[1,2]", OBS_COUNTER},
        {"[1,2,3,4]", OBS_COUNTER},
        {"[1,2,x]", OBS_COUNTER},
        {"[1,2,3", OBS_COUNTER},
        {"[1,2,3]]", OBS_COUNTER},
        {"[,,]", OBS_COUNTER},
        {"[1,2,3]", OBS_LEVEL},
        {"[[1,2],[1,2],[1,nul]]", OBS_LEVEL},
        {"[[1,2],[1,2],[1]]", OBS_LEVEL},
        {"[[1,2],[1,2],[1,2]]", OBS_TALLY},
        {"[1,2,999999999999999999999999999999999999999999]", OBS_COUNTER},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (unpacks(bad[i].text, bad[i].kind, 3, value, max))
            fail_msg("'%s' was taken", bad[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_a_histogram),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(quantiles),
        cmocka_unit_test(bytes_that_nobody_packed),
        cmocka_unit_test(text_of_a_series),
        cmocka_unit_test(series_there_and_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
