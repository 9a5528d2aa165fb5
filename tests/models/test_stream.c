/* test_stream.c - streams in a world, in schedules worked out by hand: limits of writing, batches, keys, retention, changes of
 * the shards while records come, faults. */
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

/* Requests at 0, 1/rate, 2/rate … */
#define CLIENTS(rate) \
    "producer.p.arrivals = constant\nproducer.p.rate = " rate "\nproducer.p.target = stream.s\nproducer.p.size = 100B\nstream.s.throttle = window\n"
#define AT_ONCE "stream.s.put_latency = 0s\nstream.s.put_batch_latency = 0s\n"

/* --- limits of writing --- */

/* 1,200 a second at a shard that takes 1,000: one sixth is throttled. rules: KIN-10 KIN-15 KIN-21 KIN-24 */
static void one_sixth_is_throttled(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nstream.s.shards = 1\n" CLIENTS("1200/s") AT_ONCE);
    expect(&r, "stream.s", "records", 10000);
    expect(&r, "stream.s", "throttled", 2000);
    expect(&r, "stream.s[0]", "throttled", 2000);
    expect(&r, "stream.s", "calls_put", 12000);
    expect(&r, "stream.s", "put_record_ok", 10000);
    expect(&r, "producer.p", "in_time", 10000); /* nobody reads: to be stored is the effect */
    expect(&r, "producer.p", "told_no", 2000);
    run_free(&r);
}

/* Buckets start full: 1,000 more in ten seconds, and nothing is throttled for about five. rules: KIN-22 */
static void buckets_have_no_edges(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nstream.s.shards = 1\n" CLIENTS("1200/s") AT_ONCE "stream.s.throttle = bucket\n");
    double records = run_count(&r, "stream.s", "records");
    assert_true(records >= 10998 && records <= 11000); /* 1,000 + 1,000 times the last instant */
    run_free(&r);
    r = run_lines("run.duration = 4900ms\nstream.s.shards = 1\n" CLIENTS("1200/s") AT_ONCE "stream.s.throttle = bucket\n");
    expect(&r, "stream.s", "throttled", 0);
    run_free(&r);
}

/* Bytes count with the key: 5 of 200,000 B fit into 1,048,576 B. rules: KIN-10 KIN-11 */
static void bytes_are_limited_too(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 2s\nstream.s.shards = 1\n" CLIENTS("10/s")
                             "producer.p.size = 199995B\nproducer.p.key = constant(7)\n" AT_ONCE);
    expect(&r, "stream.s", "records", 10);
    expect(&r, "stream.s", "bytes", 2000000); /* "key-7" are 5 bytes */
    expect(&r, "stream.s", "throttled", 10);
    run_free(&r);
}

/* rules: KIN-17 KIN-26 */
static void large_records(void **state)
{
    (void)state;
    static const char lines[] = "run.duration = 1s\nproducer.p.limit = 1\n" CLIENTS("1/s") "producer.p.key = constant(1)\n" AT_ONCE;
    char text[1000];
    snprintf(text, sizeof(text), "%sproducer.p.size = 1048571B\n", lines);
    struct run r = run_lines(text); /* and 5 bytes of the key: 1 MiB */
    expect(&r, "stream.s", "records", 1);
    expect(&r, "stream.s", "put_units", 41); /* KV-76: 1,024 KB in chunks of 25 */
    expect(&r, "stream.s", "billed_kib", 1024);
    run_free(&r);
    snprintf(text, sizeof(text), "%sproducer.p.size = 1048572B\n", lines);
    r = run_lines(text);
    expect(&r, "stream.s", "refused", 1);
    expect(&r, "stream.s", "records", 0);
    run_free(&r);
    snprintf(text, sizeof(text), "%sproducer.p.size = 10485755B\nstream.s.max_record_size = 10MiB\n", lines);
    r = run_lines(text);
    expect(&r, "stream.s", "records", 1);
    run_free(&r);
}

/* --- batches --- */

/* 1,200 at once: three calls of 500, 500 and 200; 200 entries are throttled, and they alone are sent again, a second later.
 * rules: KIN-12 KIN-13 KIN-14 KIN-19 KIN-24 */
static void what_failed_of_a_batch_is_sent_again(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 5s\nstream.s.shards = 1\n" CLIENTS("1/s")
                             "producer.p.limit = 1200\nproducer.p.batch_size = 1200\nproducer.p.send_batch = true\n"
                             "producer.p.call.attempts = 2\nproducer.p.call.backoff = constant(1s)\n");
    expect(&r, "stream.s", "records", 1200);
    expect(&r, "stream.s", "throttled", 200);
    expect(&r, "stream.s", "calls_put", 4);
    expect(&r, "stream.s", "put_records_ok", 4);
    expect(&r, "stream.s", "put_records_total", 1400);
    expect(&r, "stream.s", "put_records_accepted", 1200);
    expect(&r, "stream.s", "put_records_throttled", 200);
    expect(&r, "producer.p", "tries", 1400);
    expect(&r, "producer.p", "retries", 200);
    expect_stat(&r, "producer.p", "answer", "min", 15e6, 0); /* a PutRecords takes 15 ms */
    expect_stat(&r, "producer.p", "answer", "max", 1030e6, 0);
    run_free(&r);
}

/* 25 records of 1,000,000 B: ten fit into a call of 10 MiB. rules: KIN-12 */
static void calls_are_split_by_bytes(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 1s\nstream.s.shards = 1000\n" CLIENTS("1/s") "producer.p.size = 1000000B\n"
                             "producer.p.limit = 25\nproducer.p.batch_size = 25\nproducer.p.send_batch = true\n" AT_ONCE);
    expect(&r, "stream.s", "calls_put", 3);
    assert_true(run_count(&r, "stream.s", "records") + run_count(&r, "stream.s", "throttled") == 25);
    run_free(&r);
}

/* --- keys --- */

/* KV-3, KV-4: "user-1" goes to shard 4 of 5, "user-2" to shard 1. rules: KIN-2 KIN-4 */
static void keys_have_texts(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nstream.s.shards = 5\nstream.s.key_prefix = user-\n" CLIENTS("10/s")
                             "producer.p.key = constant(1)\n"
                             "producer.q.arrivals = constant\nproducer.q.rate = 1/s\nproducer.q.target = stream.s\n"
                             "producer.q.key = constant(2)\n" AT_ONCE);
    expect(&r, "stream.s[4]", "records", 100);
    expect(&r, "stream.s[1]", "records", 10);
    expect(&r, "stream.s[0]", "records", 0);
    expect_stat(&r, "stream.s[1]", "first_key", "mean", 2e8, 1);
    expect_stat(&r, "stream.s[1]", "last_key", "mean", 4e8, 1);
    run_free(&r);
}

/* Requests without key have keys of their own, spread evenly; ten thousand to ten shards are 1,000 each, give or take 30.
 * rules: KIN-2 */
static void requests_without_key_are_spread(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 20s\nstream.s.shards = 10\n" CLIENTS("500/s") AT_ONCE);
    expect(&r, "stream.s", "records", 10000);
    for (int i = 0; i < 10; i++) {
        char part[32];
        snprintf(part, sizeof(part), "stream.s[%d]", i);
        assert_true(fabs(run_count(&r, part, "records") - 1000) < 150); /* five deviations */
    }
    run_free(&r);
}

/* One key never gets more than a shard, whatever the mode; keys that are ignored do. rules: KIN-25 KIN-66 */
static void a_hot_key_has_one_shard(void **state)
{
    (void)state;
    static const char lines[] = "run.duration = 10s\nstream.s.mode = on_demand\n" CLIENTS("1500/s") "producer.p.key = constant(1)\n" AT_ONCE;
    char text[1000];
    struct run r = run_lines(lines);
    expect(&r, "stream.s", "throttled", 5000); /* KV-53: 500 a second */
    run_free(&r);
    snprintf(text, sizeof(text), "%sstream.s.ignore_keys = true\n", lines);
    r = run_lines(text);
    expect(&r, "stream.s", "throttled", 0);
    run_free(&r);
}

/* --- retention --- */

#define KEPT "producer.p.limit = 10\n" CLIENTS("1/s") "producer.p.done_at = endpoint.e\nendpoint.e.time = 0s\nrun.series = false\n"

/* Records hold their requests until they expire. rules: KIN-44 KIN-45 KIN-47 */
static void requests_are_held_until_records_expire(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 23h\n" KEPT);
    expect(&r, "", "waiting", 10);
    expect_stat(&r, "stream.s", "stored", "last", 10, 0);
    run_free(&r);
    r = run_lines("run.duration = 86405s\n" KEPT AT_ONCE); /* at 86,400: those of the seconds 0 to 4, and 5 */
    expect(&r, "stream.s", "expired", 6);
    expect(&r, "", "lost", 6);
    expect(&r, "", "waiting", 4);
    run_free(&r);
    r = run_lines("run.duration = 24h10min\n" KEPT);
    expect(&r, "stream.s", "expired", 10);
    expect(&r, "", "lost", 10);
    expect_stat(&r, "stream.s", "stored", "last", 0, 0);
    run_free(&r);
}

/* KV-42, KV-43: a longer retention keeps what is there, and brings nothing back. rules: KIN-46 */
static void retention_can_be_changed(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 26h\nstream.s.actions[0].at = 23h55min\nstream.s.actions[0].retention = 48h\n" KEPT);
    expect(&r, "stream.s", "expired", 0);
    run_free(&r);
    r = run_lines("run.duration = 26h\nstream.s.actions[0].at = 24h10min\nstream.s.actions[0].retention = 48h\n" KEPT);
    expect(&r, "stream.s", "expired", 10);
    run_free(&r);
    r = run_lines("run.duration = 26h\nstream.s.retention = 48h\nstream.s.actions[0].at = 25h\nstream.s.actions[0].retention = 24h\n" KEPT);
    expect(&r, "stream.s", "expired", 10);
    run_free(&r);
}

/* --- shards come and go --- */

/* KV-44, KV-45: a split takes 30 s, in which the parent takes records. rules: KIN-48 KIN-50 KIN-51 KIN-55 */
static void a_split_under_load(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 100s\nstream.s.shards = 1\n" CLIENTS("10/s") AT_ONCE
                             "stream.s.actions[0].at = 10s\nstream.s.actions[0].split = 0\n"
                             "stream.s.actions[1].at = 20s\nstream.s.actions[1].split = 0\n"
                             "stream.s.actions[2].at = 50s\nstream.s.actions[2].split = 0\n");
    expect(&r, "stream.s", "splits", 1);
    expect(&r, "stream.s", "admin_refused", 2); /* while it is UPDATING; a shard that is closed */
    expect(&r, "stream.s[0]", "records", 400);
    expect(&r, "stream.s", "records", 1000);
    expect_stat(&r, "stream.s[0]", "open", "mean", 0.4, 1e-9);
    expect_stat(&r, "stream.s[1]", "open", "mean", 0.6, 1e-9);
    expect_stat(&r, "stream.s[1]", "last_key", "mean", 0.6 * 5e8, 1);
    expect_stat(&r, "stream.s[2]", "first_key", "mean", 0.6 * 5e8, 1);
    expect_stat(&r, "stream.s", "updating", "mean", 0.3, 1e-9);
    expect_stat(&r, "stream.s", "open_shards", "mean", 1.6, 1e-9);
    expect(&r, "stream.s", "shard_seconds", 160);
    run_free(&r);
}

/* KV-48, KV-49, KV-51: neighbours merge; counts go from half to double. rules: KIN-49 KIN-53 KIN-54 */
static void counts_and_merges(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nstream.s.shards = 4\n" CLIENTS("1/s")
                             "stream.s.actions[0].at = 1s\nstream.s.actions[0].merge[0] = 0\nstream.s.actions[0].merge[1] = 2\n"
                             "stream.s.actions[1].at = 2s\nstream.s.actions[1].update_shard_count = 9\n"
                             "stream.s.actions[2].at = 3s\nstream.s.actions[2].update_shard_count = 1\n"
                             "stream.s.actions[3].at = 4s\nstream.s.actions[3].update_shard_count = 8\n"
                             "stream.s.actions[4].at = 5min\nstream.s.actions[4].merge[0] = 4\nstream.s.actions[4].merge[1] = 5\n"
                             "stream.s.watched_shards = 13\n");
    expect(&r, "stream.s", "admin_refused", 3);
    expect(&r, "stream.s", "splits", 4);
    expect(&r, "stream.s", "merges", 1);
    expect_stat(&r, "stream.s", "open_shards", "last", 7, 0);
    /* 4 until 34 s, one more each 30 s until 124 s, 7 from 330 s */
    expect(&r, "stream.s", "shard_seconds", 4 * 34 + 30 * (5 + 6 + 7) + 8 * (330 - 124) + 7 * 270);
    expect(&r, "stream.s", "unwatched_shards", 0);
    run_free(&r);
}

/* Those beyond the watched ones count in the stream alone. */
static void shards_that_are_not_watched(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nstream.s.shards = 2\nstream.s.watched_shards = 3\n" CLIENTS("1/s")
                             "stream.s.actions[0].at = 1s\nstream.s.actions[0].update_shard_count = 4\n");
    expect(&r, "stream.s", "unwatched_shards", 3);
    expect(&r, "stream.s", "records", 600);
    run_free(&r);
}

/* KV-55: 600,000 B/s at one shard, constantly: split after the minute that is measured and 600 s. rules: KIN-60 KIN-61 */
static void on_demand_grows(void **state)
{
    (void)state;
    static const char lines[] = CLIENTS("600/s") "producer.p.size = 995B\nproducer.p.key = constant(1)\nstream.s.mode = on_demand\n"
                                                 "run.series = false\n" AT_ONCE;
    char text[1000];
    snprintf(text, sizeof(text), "run.duration = 659s\n%s", lines);
    struct run r = run_lines(text);
    expect(&r, "stream.s", "splits", 0);
    run_free(&r);
    snprintf(text, sizeof(text), "run.duration = 661s\n%s", lines);
    r = run_lines(text);
    expect(&r, "stream.s", "splits", 1);
    expect_stat(&r, "stream.s", "open_shards", "last", 5, 0);
    run_free(&r);
}

/* Two changes of mode a day; the shards stay as they are. rules: KIN-57 KIN-58 KIN-62 KIN-64 */
static void modes_change(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 1h\nstream.s.mode = on_demand\nstream.s.peak = 10\n" CLIENTS("1/s")
                             "stream.s.actions[0].at = 1min\nstream.s.actions[0].mode = provisioned\n"
                             "stream.s.actions[1].at = 2min\nstream.s.actions[1].update_shard_count = 15\n"
                             "stream.s.actions[2].at = 20min\nstream.s.actions[2].mode = on_demand\n"
                             "stream.s.actions[3].at = 30min\nstream.s.actions[3].mode = provisioned\n"
                             "stream.s.actions[4].at = 40min\nstream.s.actions[4].warm_throughput = 40\n");
    expect(&r, "stream.s", "admin_refused", 1);
    expect_stat(&r, "stream.s", "open_shards", "max", 40, 0);
    expect_stat(&r, "stream.s", "open_shards", "min", 15, 0);
    run_free(&r);
}

/* --- faults --- */

static void faults(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\n" CLIENTS("10/s") AT_ONCE
                             "fault.f.target = stream.s\nfault.f.effect = down\nfault.f.at = 2s\nfault.f.for = 3s\n");
    expect(&r, "stream.s", "records", 70);
    expect(&r, "stream.s", "refused", 30);
    run_free(&r);
    r = run_lines("run.duration = 10s\n" CLIENTS("10/s")
                  "fault.f.target = stream.s\nfault.f.effect = slow\nfault.f.factor = 4\nfault.f.at = 0s\nfault.f.for = 1h\n");
    expect_stat(&r, "producer.p", "answer", "p50", 40e6, 1e6);
    run_free(&r);
    r = run_lines("run.duration = 10s\n" CLIENTS("900/s")
                  "fault.f.target = stream.s\nfault.f.effect = fail\nfault.f.probability = 0.25\nfault.f.at = 0s\nfault.f.for = 1h\n");
    assert_true(fabs(run_count(&r, "stream.s", "refused") - 2250) < 5 * sqrt(9000 * 0.25 * 0.75));
    run_free(&r);
}

/* --- what is wrong --- */

static void wrong_settings(void **state)
{
    (void)state;
    static const char base[] = "run.duration = 1s\n" CLIENTS("1/s");
    static const struct {
        const char *line;
        int code;
        const char *text;
    } cases[] = {
        {"stream.s.retention = 24h30min\n", CHECK_STREAM, "whole hours"},
        {"stream.s.mode = on_demand\nstream.s.shards = 3\n", CHECK_USELESS, "'shards' has no meaning"},
        {"stream.s.peak = 3\n", CHECK_USELESS, "'peak' has no meaning"},
        {"stream.s.scale_delay = 3s\n", CHECK_USELESS, "'scale_delay' has no meaning"},
        {"stream.s.consumers = 1\nconsumer.a.source = stream.s\nconsumer.b.source = stream.s\n", CHECK_STREAM,
         "consumer.b is one reader with enhanced fan-out too many for stream.s, which takes 1"},
        {"stream.s.consumers = 1\nconsumer.a.source = stream.s\nmapping.b.source = stream.s\nmapping.b.target = service.f\n"
         "mapping.b.fan_out = true\nservice.f.servers = 1\nconsumer.c.source = stream.s\nconsumer.c.library = none\n", CHECK_STREAM,
         "mapping.b is one reader"},
        {"stream.s.autoscale.max = 3\nstream.s.autoscale.min = 4\n", CHECK_STREAM, "autoscale.min"},
        {"stream.s.autoscale.max = 3\nstream.s.autoscale.down_at = 0.8\n", CHECK_STREAM, "down_at"},
        {"stream.s.actions[0].at = 1s\n", CHECK_NEEDS, "does one thing"},
        {"stream.s.actions[0].at = 1s\nstream.s.actions[0].split = 0\nstream.s.actions[0].mode = on_demand\n", CHECK_USELESS,
         "does one thing"},
        {"stream.s.actions[0].at = 1s\nstream.s.actions[0].merge[0] = 0\n", CHECK_STREAM, "two shards are merged, not 1"},
        {"stream.s.actions[0].at = 1s\nstream.s.actions[0].split = 0\nstream.s.actions[0].at_key = 1x\n", CHECK_STREAM,
         "no hash key"},
        {"stream.s.actions[0].at = 1s\nstream.s.actions[0].mode = on_demand\nstream.s.actions[0].at_key = 1\n", CHECK_USELESS,
         "without 'split'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[1000];
        snprintf(text, sizeof(text), "%s%s", base, cases[i].line);
        expect_problem(text, cases[i].code, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_sixth_is_throttled),
        cmocka_unit_test(buckets_have_no_edges),
        cmocka_unit_test(bytes_are_limited_too),
        cmocka_unit_test(large_records),
        cmocka_unit_test(what_failed_of_a_batch_is_sent_again),
        cmocka_unit_test(calls_are_split_by_bytes),
        cmocka_unit_test(keys_have_texts),
        cmocka_unit_test(requests_without_key_are_spread),
        cmocka_unit_test(a_hot_key_has_one_shard),
        cmocka_unit_test(requests_are_held_until_records_expire),
        cmocka_unit_test(retention_can_be_changed),
        cmocka_unit_test(a_split_under_load),
        cmocka_unit_test(counts_and_merges),
        cmocka_unit_test(shards_that_are_not_watched),
        cmocka_unit_test(on_demand_grows),
        cmocka_unit_test(modes_change),
        cmocka_unit_test(faults),
        cmocka_unit_test(wrong_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
