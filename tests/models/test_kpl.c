/* test_kpl.c - the producer library in a world, in schedules worked out by hand: between producers and a stream, and what a mapping
 * behind it makes of aggregated records. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "check_codes.h"
#include "expect.h"
#include "run_support.h"

#define BASE                                                                                                                 \
    "run.duration = 20s\nrun.drain = 60s\nstream.s.put_latency = 0s\nstream.s.put_batch_latency = 0s\n"                     \
    "stream.s.api_latency = 0s\nproducer.p.target = kpl.k\nproducer.p.size = 1000B\nproducer.p.start = 550ms\n"             \
    "producer.p.arrivals = constant\nkpl.k.target = stream.s\n"
#define BURST(n) "producer.p.rate = 1/s\nproducer.p.batch_size = " n "\nproducer.p.limit = " n "\nproducer.p.send_batch = true\n"
#define READ     "mapping.m.source = stream.s\nmapping.m.target = endpoint.e\nendpoint.e.time = 0s\n"

/* KV-63: ten records at 0.55 s are one record of the stream at 0.65. The key's text is a UUID of 36 bytes.
 * rules: KIN-77 KIN-78 KIN-81 */
static void one_record(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("10"));
    expect(&r, "kpl.k", "user_records_received", 10);
    expect(&r, "kpl.k", "user_records_put", 10);
    expect(&r, "kpl.k", "kinesis_records_put", 1);
    expect(&r, "kpl.k", "calls", 1);
    expect(&r, "kpl.k", "kinesis_records_data_put", 10 * (1000 + 36) + 20 + 10 * 12);
    expect(&r, "stream.s", "records", 1);
    expect(&r, "stream.s", "user_records", 10);
    expect_stat(&r, "kpl.k", "buffering_time", "max", 0.1e9, 0);
    expect_stat(&r, "kpl.k", "user_records_per_kinesis_record", "max", 10, 0);
    expect_stat(&r, "kpl.k", "user_records_pending", "mean", 10 * 0.1 / 80, 1e-9);
    expect(&r, "producer.p", "told_ok", 10);
    expect_stat(&r, "producer.p", "answer", "max", 0, 0); /* at once */
    run_free(&r);
}

/* The stream is done with a request when it has it; nobody reads. rules: KIN-78 */
static void done_at_the_stream(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("10"));
    expect(&r, "", "in_time", 10);
    expect_stat(&r, "", "latency", "max", 0.1e9, 0);
    run_free(&r);
}

/* A stream that does not answer: tried each 50 ms, 31 s and nothing more; they are lost. rules: KIN-79 */
static void expired(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("10") "fault.x.target = stream.s\nfault.x.effect = down\nfault.x.at = 0s\n");
    expect(&r, "kpl.k", "user_records_expired", 10);
    expect(&r, "kpl.k", "user_records_put", 0);
    expect(&r, "", "lost", 10);
    expect(&r, "kpl.k", "calls", 598); /* at 0.1, 0.15 … 29.95 s after they came */
    expect(&r, "kpl.k", "all_errors", 598);
    expect_stat(&r, "kpl.k", "user_records_pending", "mean", 10 * 30.0 / 80, 1e-9);
    run_free(&r);
}

/* It comes back at 5 s: the records of 0.55 s are put at the next try, 0.65 + 87 · 0.05. rules: KIN-79 */
static void tried_again(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("10") "fault.x.target = stream.s\nfault.x.effect = down\nfault.x.at = 0s\nfault.x.for = 4980ms\n");
    expect(&r, "kpl.k", "user_records_put", 10);
    expect_stat(&r, "kpl.k", "retries_per_record", "max", 87, 0);
    expect_stat(&r, "", "latency", "max", 4.45e9, 0);
    run_free(&r);
}

/* 3,000 a second without aggregation: the library sends 1,500 a second, the shard takes 1,000, the rest goes again and again; after
 * 20 s nothing comes any more, and 30 s later nothing is left. rules: KIN-80 KIN-79 */
static void too_much(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 3000/s\nproducer.p.size = 10B\nkpl.k.aggregation = false\nrun.duration = 5s\n");
    double put = run_count(&r, "kpl.k", "user_records_put"), gone = run_count(&r, "kpl.k", "user_records_expired");
    assert_true(run_count(&r, "kpl.k", "throttled") > 1000);
    assert_true(put + gone == run_count(&r, "producer.p", "offered"));
    assert_true(put <= 1000 * 36);
    expect(&r, "stream.s", "records", put);
    expect(&r, "", "lost", gone);
    /* Of each second no more than it may send comes to the shard: 1,500, and the bucket's first. */
    assert_true(run_count(&r, "stream.s", "records") + run_count(&r, "stream.s", "throttled") <= 1500.0 * 36 + 1500);
    run_free(&r);
    r = run_lines(BASE "producer.p.rate = 3000/s\nproducer.p.size = 10B\nrun.duration = 5s\n"); /* packed it fits */
    expect(&r, "kpl.k", "throttled", 0);
    expect(&r, "kpl.k", "user_records_put", run_count(&r, "producer.p", "offered"));
    run_free(&r);
}

/* Keys go to the same shards with and without the library. rules: KIN-78 */
static void same_shards(void **state)
{
    (void)state;
    const char *lines = BASE "producer.p.rate = 100/s\nproducer.p.key = uniform_key(50)\nstream.s.shards = 4\nkpl.k.aggregation = false\n";
    char direct[2000];
    snprintf(direct, sizeof(direct), "%sproducer.p.target = stream.s\n", lines);
    struct run a = run_lines(lines), b = run_lines(direct);
    for (unsigned i = 0; i < 4; i++) {
        char shard[32];
        snprintf(shard, sizeof(shard), "stream.s[%u]", i);
        assert_true(run_count(&b, shard, "records") > 100);
        expect(&a, shard, "records", run_count(&b, shard, "records"));
        expect(&a, shard, "bytes", run_count(&b, shard, "bytes"));
    }
    run_free(&a);
    run_free(&b);
}

/* A mapping counts records of the stream; its function gets the users' records. */
static void read_by_a_mapping(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("120") READ);
    expect(&r, "mapping.m", "read", 3); /* 20 and 1,048 each: 48, 48, 24 */
    expect(&r, "mapping.m", "invocations", 1);
    expect(&r, "endpoint.e", "completed", 120);
    expect(&r, "", "in_time", 120);
    run_free(&r);
    r = run_lines(BASE BURST("120") READ "mapping.m.report_failures = true\nendpoint.e.errors = 2%\n");
    expect(&r, "mapping.m", "processed", 3);
    expect(&r, "", "in_time", 120);
    expect(&r, "mapping.m", "duplicates", 0);
    run_free(&r);
}

/* A worker may send to it as well. */
static void sent_by_a_service(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nrun.drain = 10s\nproducer.p.target = service.a\nproducer.p.rate = 10/s\nproducer.p.done_at = mapping.m\n"
                             "service.a.servers = 10\nservice.a.time = 1ms\nservice.a.sends[0].target = kpl.k\nstream.s.shards = 1\nkpl.k.target = stream.s\n" READ);
    assert_true(run_count(&r, "producer.p", "offered") > 50);
    expect(&r, "mapping.m", "read", run_count(&r, "kpl.k", "kinesis_records_put"));
    expect(&r, "", "in_time", run_count(&r, "producer.p", "offered"));
    run_free(&r);
}

static void mistakes(void **state)
{
    (void)state;
    expect_problem(BASE BURST("1") "kpl.k.max_buffered_time = 30s\n", CHECK_STREAM, "longer than they live");
    expect_problem(BASE BURST("1") "kpl.k.aggregation = false\nkpl.k.aggregation_max_size = 1KiB\n", CHECK_USELESS, "aggregation_max_size");
    expect_problem(BASE BURST("1") "kpl.k.aggregation = false\nkpl.k.aggregation_max_count = 5\n", CHECK_USELESS, "aggregation_max_count");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_record),
        cmocka_unit_test(done_at_the_stream),
        cmocka_unit_test(expired),
        cmocka_unit_test(tried_again),
        cmocka_unit_test(too_much),
        cmocka_unit_test(same_shards),
        cmocka_unit_test(read_by_a_mapping),
        cmocka_unit_test(sent_by_a_service),
        cmocka_unit_test(mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
