/* A thousand shards and a hundred million records that all stay: within 4 GB, which are printed. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "kinesis.h"

#ifdef NDEBUG
#define RECORDS UINT64_C(100000000)
#else
#define RECORDS UINT64_C(2000000)
#endif
#define SHARDS 1000

static void a_hundred_million(void **state)
{
    static struct kin_put p = {.size = 100, .key_chars = 8};
    struct kinesis *k;
    struct kin_config c;
    struct call call;
    struct kin_placed placed;
    uint64_t hash = 1, refused = 0;
    (void)state;
    kin_config_default(&c);
    c.shards = SHARDS;
    assert_true(kin_open(&k, &c, NULL));
    for (uint64_t i = 0; i < RECORDS; i++) { /* 500 a second and shard, on average */
        call_begin(&call, (sim_time)(i * 2000), NULL);
        hash = hash * UINT64_C(6364136223846793005) + 1442695040888963407;
        p.hash = (kin_hash)hash << 64 | hash;
        p.user = i;
        refused += kin_put(k, &call, &p, &placed) != KIN_OK;
    }
    uint64_t bytes = kin_bytes(k), stored = kin_counts(k)->shards.in_records;
    printf("%" PRIu64 " records in %d shards: %" PRIu64 " MiB, %" PRIu64 ".%02d bytes a record\n",
           stored, SHARDS, bytes >> 20, bytes / stored, (int)(bytes * 100 / stored % 100));
    assert_true(stored + refused == RECORDS && refused < RECORDS / 1000);
    assert_true(bytes < UINT64_C(4) << 30);
    assert_true(bytes / stored < 40);
    for (uint32_t s = 0; s < SHARDS; s += 37)
        for (uint64_t seq = 2; seq < 1000; seq++)
            assert_true(kin_record(k, s, seq)->user > kin_record(k, s, seq - 1)->user);
    kin_close(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_hundred_million)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
