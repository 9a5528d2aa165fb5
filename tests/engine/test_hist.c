/* The histogram against sorted arrays of the same values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "hist.h"
#include "mem.h"
#include "testrand.h"

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Of all magnitudes up to 2^bits. */
static int64_t some_value(struct testrand *r, unsigned bits)
{
    return (int64_t)(testrand_u64(r) >> (64 - bits + testrand_below(r, bits)));
}

/* Bucket error: half a bucket, and a bucket is at most 1/1,024 of its value wide. */
static bool is_near(double got, int64_t exact)
{
    return exact < 2048 ? got == (double)exact : fabs(got - (double)exact) <= (double)exact / 2048;
}

static void quantiles_against_sorted(unsigned bits, size_t n, uint64_t seed)
{
    struct testrand r = testrand_open("hist", seed);
    int64_t *x = malloc(n * sizeof(*x));
    struct hist h;
    hist_init(&h);
    for (size_t i = 0; i < n; i++)
        hist_add(&h, x[i] = some_value(&r, bits));
    qsort(x, n, sizeof(*x), by_value);
    assert_int_equal(h.n, n);
    for (size_t rank = 1; rank <= n; rank++) {
        double q = hist_quantile(&h, ((double)rank - 0.5) / (double)n);
        if (!is_near(q, x[rank - 1]))
            fail_msg("rank %zu of %zu: %.17g for %lld", rank, n, q, (long long)x[rank - 1]);
    }
    assert_true(is_near(hist_quantile(&h, 0), x[0]));
    assert_true(is_near(hist_quantile(&h, 1), x[n - 1]));
    hist_free(&h);
    free(x);
}

static void quantiles_of_small_values(void **state)
{
    (void)state;
    quantiles_against_sorted(10, 2000, 21);
}

static void quantiles_of_all_magnitudes(void **state)
{
    (void)state;
    quantiles_against_sorted(63, 2000, 22);
    quantiles_against_sorted(14, 500, 23);
}

/* Rank ceil(p n): of 1 … 100, p50 is 50, p99 is 99, p7 is 7 although 0.07 * 100 is a little
 * above 7. */
static void ranks_are_exact(void **state)
{
    (void)state;
    struct hist h;
    hist_init(&h);
    for (int64_t v = 1; v <= 100; v++)
        hist_add(&h, v);
    for (int p = 1; p <= 100; p++)
        assert_true(hist_quantile(&h, p / 100.0) == p);
    assert_true(hist_quantile(&h, 0.991) == 100);
    assert_true(hist_quantile(&h, 0.0001) == 1);
    hist_reset(&h);
    hist_add_weighted(&h, 5, (UINT64_C(1) << 60) + 255); /* as a double it is one more */
    assert_true(hist_quantile(&h, 1) == 5);
    hist_free(&h);
}

static void edges_of_buckets(void **state)
{
    (void)state;
    static const struct {
        int64_t value, low, high;
    } table[] = {
        {0, 0, 1},
        {-5, 0, 1},
        {INT64_MIN, 0, 1},
        {2047, 2047, 2048},
        {2048, 2048, 2050},
        {2049, 2048, 2050},
        {4095, 4094, 4096},
        {4096, 4096, 4100},
        {1000000, 999936, 1000448},
        {INT64_C(1) << 62, INT64_C(1) << 62, (INT64_C(1) << 62) + (INT64_C(1) << 52)},
        {INT64_MAX, INT64_MAX - (INT64_C(1) << 52) + 1, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct hist h;
        uint32_t cursor = 0;
        int64_t low, high;
        uint64_t count;
        hist_init(&h);
        hist_add_weighted(&h, table[i].value, 3);
        assert_true(hist_next(&h, &cursor, &low, &high, &count));
        assert_true(low == table[i].low);
        assert_true(high == table[i].high);
        assert_int_equal(count, 3);
        assert_false(hist_next(&h, &cursor, &low, &high, &count));
        hist_free(&h);
    }
}

static void weights_count_as_repeats(void **state)
{
    (void)state;
    struct testrand r = testrand_open("hist weights", 24);
    struct hist a, b;
    hist_init(&a);
    hist_init(&b);
    for (int i = 0; i < 300; i++) {
        int64_t v = some_value(&r, 40);
        uint64_t weight = testrand_below(&r, 20);
        hist_add_weighted(&a, v, weight);
        for (uint64_t k = 0; k < weight; k++)
            hist_add(&b, v);
    }
    assert_int_equal(a.n, b.n);
    for (int p = 0; p <= 1000; p++)
        assert_true(hist_quantile(&a, p / 1000.0) == hist_quantile(&b, p / 1000.0));
    hist_free(&a);
    hist_free(&b);
}

/* Every bucket that the walk shows, as one number, and the total. */
static uint64_t walk(const struct hist *h, uint64_t *total)
{
    uint32_t cursor = 0;
    int64_t low, high, before = -1;
    uint64_t count, print = 0;
    *total = 0;
    while (hist_next(h, &cursor, &low, &high, &count)) {
        assert_true(low > before && high > low && count > 0);
        before = low;
        *total += count;
        print = (print ^ (uint64_t)low ^ count << 40) * UINT64_C(0x9fb21c651e98df25);
    }
    return print;
}

static void merging_is_adding(void **state)
{
    (void)state;
    struct testrand r = testrand_open("hist merge", 25);
    struct hist all, part[3];
    hist_init(&all);
    for (int k = 0; k < 3; k++)
        hist_init(&part[k]);
    for (int i = 0; i < 5000; i++) {
        int64_t v = some_value(&r, 50);
        hist_add(&all, v);
        hist_add(&part[testrand_below(&r, 3)], v);
    }
    hist_merge(&part[2], &part[0]);
    hist_merge(&part[2], &part[1]);
    uint64_t total_all, total;
    uint64_t print = walk(&all, &total_all);
    assert_true(walk(&part[2], &total) == print);
    assert_int_equal(total, 5000);
    assert_int_equal(total_all, 5000);
    assert_int_equal(part[2].n, 5000);
    for (int k = 0; k < 3; k++)
        hist_free(&part[k]);
    hist_free(&all);
}

static void shares_above(void **state)
{
    (void)state;
    struct hist h;
    hist_init(&h);
    assert_true(isnan(hist_share_above(&h, 1)));
    for (int64_t v = 1; v <= 10; v++)
        hist_add(&h, v);
    assert_true(hist_share_above(&h, 10) == 0);
    assert_true(hist_share_above(&h, 9.99) == 0.1);
    assert_true(hist_share_above(&h, 7) == 0.3);
    assert_true(hist_share_above(&h, 6.5) == 0.4);
    assert_true(hist_share_above(&h, -3) == 1);
    hist_reset(&h);
    for (int64_t v = 1 << 20; v < (1 << 20) + 1024; v++) /* one bucket, evenly filled */
        hist_add(&h, v);
    assert_true(hist_share_above(&h, (1 << 20) + 255) == 0.75);
    assert_true(hist_share_above(&h, (1 << 20) + 1023) == 0);
    assert_true(hist_share_above(&h, (1 << 20) - 1) == 1);
    hist_free(&h);
}

static void reset_keeps_memory(void **state)
{
    (void)state;
    struct hist h;
    hist_init(&h);
    assert_true(isnan(hist_quantile(&h, 0.5)));
    hist_add(&h, 5);
    hist_add(&h, 5000000);
    hist_reset(&h);
    assert_int_equal(h.n, 0);
    assert_true(isnan(hist_quantile(&h, 0.5)));
    mem_fail_at(0);
    hist_add(&h, 6);
    hist_add(&h, 5000001);
    assert_int_equal(mem_count(), 0);
    assert_true(hist_quantile(&h, 0.5) == 6);
    hist_free(&h);
}

static void missing_memory_is_told(void **state)
{
    (void)state;
    struct hist h, other;
    hist_init(&h);
    hist_init(&other);
    mem_fail_at(1);
    hist_add(&h, 100);
    mem_fail_at(0);
    assert_true(h.failed);
    assert_int_equal(h.n, 0);
    hist_add(&h, 7);
    assert_int_equal(h.n, 1);
    hist_merge(&other, &h);
    assert_true(other.failed); /* incomplete stays incomplete */
    hist_reset(&h);
    assert_false(h.failed);
    hist_free(&h);
    hist_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_small_values),
        cmocka_unit_test(quantiles_of_all_magnitudes),
        cmocka_unit_test(ranks_are_exact),
        cmocka_unit_test(edges_of_buckets),
        cmocka_unit_test(weights_count_as_repeats),
        cmocka_unit_test(merging_is_adding),
        cmocka_unit_test(shares_above),
        cmocka_unit_test(reset_keeps_memory),
        cmocka_unit_test(missing_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
