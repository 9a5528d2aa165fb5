/* Where keys go, against sixteen bytes compared one by one and boundaries found by long division in
 * base 256.
 *
 * rules: KIN-1 KIN-2 KIN-3 KIN-4 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "digest.h"
#include "kinesis.h"
#include "testrand.h"

#ifdef NDEBUG
#define KEYS 1000000
#else
#define KEYS 20000
#endif
#define SHARDS_MAX 64

struct number { /* big-endian */
    uint8_t byte[16];
};

/* floor(2^128 / n): the digits of 1 0 0 … 0 with sixteen zeros, divided from the left. */
static struct number width(uint32_t n)
{
    struct number w;
    uint32_t rest = 1;
    for (int i = 0; i < 16; i++) {
        rest *= 256;
        w.byte[i] = (uint8_t)(rest / n);
        rest %= n;
    }
    return w;
}

static struct number sum(struct number a, struct number b)
{
    unsigned carry = 0;
    for (int i = 15; i >= 0; i--) {
        carry += (unsigned)a.byte[i] + b.byte[i];
        a.byte[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return a;
}

struct naive {
    uint32_t n;
    struct number start[SHARDS_MAX];
};

static void naive_open(struct naive *x, uint32_t n)
{
    struct number w = width(n);
    x->n = n;
    memset(&x->start[0], 0, sizeof(x->start[0]));
    for (uint32_t i = 1; i < n; i++)
        x->start[i] = sum(x->start[i - 1], w);
}

static uint32_t naive_route(const struct naive *x, const uint8_t md5[16])
{
    uint32_t shard = 0;
    while (shard + 1 < x->n && memcmp(x->start[shard + 1].byte, md5, 16) <= 0)
        shard++;
    return shard;
}

static void a_million_keys(void **state)
{
    static const uint32_t counts[] = {1, 2, 3, 5, 7, 10, 33, 64};
    static struct naive naive[ARRAY_LEN(counts)];
    struct kinesis *k[ARRAY_LEN(counts)];
    struct kin_config c;
    (void)state;
    kin_config_default(&c);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        c.shards = counts[i];
        naive_open(&naive[i], counts[i]);
        assert_true(kin_open(&k[i], &c, NULL));
    }
    for (uint32_t key = 0; key < KEYS; key++) {
        char text[32];
        uint8_t md5[16];
        size_t i = key % ARRAY_LEN(counts);
        int n = snprintf(text, sizeof(text), "key-%u", key);
        digest_md5_raw(text, (size_t)n, md5);
        assert_int_equal(kin_route(k[i], kin_hash_of(md5)), naive_route(&naive[i], md5));
    }
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        kin_close(k[i]);
}

/* On each boundary and beside it. */
static void boundaries(void **state)
{
    struct kinesis *k;
    struct kin_config c;
    static struct naive naive;
    (void)state;
    kin_config_default(&c);
    for (uint32_t n = 1; n <= SHARDS_MAX; n++) {
        c.shards = n;
        naive_open(&naive, n);
        assert_true(kin_open(&k, &c, NULL));
        for (uint32_t i = 0; i < n; i++) {
            kin_hash at = kin_hash_of(naive.start[i].byte);
            assert_int_equal(kin_route(k, at), i);
            assert_int_equal(kin_route(k, at - 1), i == 0 ? n - 1 : i - 1);
        }
        kin_close(k);
    }
}

/* After uneven splits the first guess is wrong: every range is still found. */
static void uneven(void **state)
{
    struct testrand r = testrand_open("kinesis routing", 7);
    struct kinesis *k;
    struct kin_config c;
    struct call call;
    sim_time now = 0;
    (void)state;
    kin_config_default(&c);
    assert_true(kin_open(&k, &c, NULL));
    for (int i = 0; i < 100; i++) {
        kin_hash at =
            kin_hash_of((const uint8_t *)&(uint64_t[2]){testrand_u64(&r), testrand_u64(&r)}) >>
            (i % 40);
        call_begin(&call, now, NULL);
        kin_split(k, &call, kin_route(k, at), at);
        now += 30 * SIM_S;
        call_begin(&call, now, NULL);
        while (kin_deadline(k) <= now)
            kin_advance(k, &call);
    }
    assert_true(kin_open_shards(k) > 90);
    for (uint32_t s = 0; s < kin_shards(k); s++) {
        struct kin_shard_view v;
        kin_shard_view(k, now, s, &v);
        if (v.status != KIN_OPEN)
            continue;
        assert_int_equal(kin_route(k, v.first), s);
        assert_int_equal(kin_route(k, v.last), s);
        assert_int_equal(kin_route(k, v.first + (v.last - v.first) / 2), s);
    }
    kin_check(k, now);
    kin_close(k);
}

static void decimal(void **state)
{
    char text[40];
    kin_hash h;
    (void)state;
    kin_hash_print(KIN_HASH_MAX, text);
    assert_string_equal(text, "340282366920938463463374607431768211455");
    kin_hash_print(0, text);
    assert_string_equal(text, "0");
    assert_true(kin_hash_parse("340282366920938463463374607431768211455", 39, &h) &&
                h == KIN_HASH_MAX);
    assert_false(kin_hash_parse("340282366920938463463374607431768211456", 39, &h));
    assert_false(kin_hash_parse("999999999999999999999999999999999999999", 39, &h));
    assert_false(kin_hash_parse("", 0, &h));
    assert_false(kin_hash_parse("1a", 2, &h));
    assert_true(kin_hash_parse("170141183460469231731687303715884105728", 39, &h) &&
                h == (kin_hash)1 << 127);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_keys),
        cmocka_unit_test(boundaries),
        cmocka_unit_test(uneven),
        cmocka_unit_test(decimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
