/* The kinds `firehose` and `destination` in a world: delays by interval, outages with puts and with a stream as source, topics and buses in
 * front, transformation, backups, acknowledgements, partitions, quotas, faults.
 *
 * rules: KIN-94 FH-1 FH-5 FH-7 FH-9 FH-13 FH-16 FH-17 FH-20 FH-21 FH-22 FH-24 FH-27 FH-29 FH-30 FH-32 FH-34 FH-35 FH-36 FH-38 FH-39 FH-40 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "check_codes.h"
#include "expect.h"
#include "mem.h"
#include "run_support.h"

#define PUTS(rate)                                                                                  \
    "producer.p.arrivals = constant\nproducer.p.rate = " rate "\nproducer.p.size = 1KiB\nproducer.p.target = firehose.f\n" \
    "firehose.f.destination = destination.d\ndestination.d.type = s3\n"
#define HOUR  "run.duration = 1h\nrun.drain = 20min\n"
#define DONE  "producer.p.done_at = firehose.f\n"
#define QUICK "destination.d.time = 0s\ndestination.d.throughput = 1024GiB\n"
#define S     1e9

static double count(const struct run *r, const char *entity, const char *metric)
{
    return run_count(r, entity, metric);
}

static void near(double got, double wanted, double share)
{
    if (got < wanted * (1 - share) || got > wanted * (1 + share))
        fail_msg("%g is not %g within %g %%", got, wanted, share * 100);
}

/* 10 KiB/s never fill 5 MiB within 60 s: each object has the records of 60 s, the first of which is 60 s old; then 0.5 s and
 * 599 or 600 KiB at 50 MiB/s, 12 ms. Delay even over [0.5, 60.5]. */
static void test_delay_by_interval(void **state)
{
    struct run r = run_lines(HOUR PUTS("10/s") DONE "firehose.f.buffer_interval = 60s\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "delivered") == 36000);
    near(run_stat(&r, "firehose.f", "delay", "max") / S, 60.51, 0.001);
    near(run_stat(&r, "firehose.f", "delay", "mean") / S, 30.5, 0.01);
    near(run_stat(&r, "", "latency", "p50") / S, 30.5, 0.02);
    assert_true(run_stat(&r, "firehose.f", "object_records", "max") <= 601);
    run_free(&r);
    r = run_lines(HOUR PUTS("10/s") DONE "firehose.f.buffer_interval = 0s\n");
    near(run_stat(&r, "firehose.f", "delay", "max") / S, 5.501, 0.001);
    near(run_stat(&r, "", "latency", "mean") / S, 3.0, 0.02);
    run_free(&r);
}

/* 2,000 KiB/s make 5 MiB each 2.56 s, the interval of 300 s is not met. */
static void test_size_comes_first(void **state)
{
    struct run r = run_lines("run.duration = 1min\nrun.drain = 10min\n" PUTS("2000/s") DONE QUICK "producer.p.limit = 117760\n");
    (void)state;
    near(run_stat(&r, "firehose.f", "delay", "max") / S, 2.56, 0.001);
    assert_true(count(&r, "firehose.f", "objects") == 23);
    assert_true(run_stat(&r, "firehose.f", "object_records", "min") == 5120);
    run_free(&r);
}

/* FH-5: 6,000 records of 1 KiB a second, 5,120 of them fit into 5 MiB. Each call has one: 2,000 calls a second. */
static void test_quotas(void **state)
{
    struct run r = run_lines("run.duration = 1min\nrun.drain = 10min\n" PUTS("6000/s") DONE "producer.p.call.attempts = 1\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "records") == 60 * 2000);
    assert_true(count(&r, "firehose.f", "throttled") == 60 * 4000);
    run_free(&r);
    r = run_lines("run.duration = 1min\nrun.drain = 10min\n" PUTS("6000/s") DONE "firehose.f.requests_per_second = 100000\n");
    assert_true(count(&r, "firehose.f", "records") == 60 * 5120);
    run_free(&r);
}

/* FV-21 in a run: a million records of 1 KiB are 4.768 GB, 0.1383 dollars. Converted they cost 0.018 a GB more. */
static void test_cost(void **state)
{
#define MILLION "run.duration = 1000s\nrun.drain = 10min\n" PUTS("1000/s") DONE "producer.p.limit = 1000000\n"
    struct run r = run_lines(MILLION);
    (void)state;
    near(run_stat(&r, "firehose.f", "cost", "mean"), 0.138282775, 1e-6);
    run_free(&r);
    r = run_lines(MILLION "firehose.f.conversion.output = 0.5\n");
    near(run_stat(&r, "firehose.f", "cost", "mean"), 0.138282775 + 0.085830688, 1e-6);
    run_free(&r);
}

#define DAYS "run.duration = 1h\nrun.drain = 71h\n"
#define DOWN "fault.x.target = destination.d\nfault.x.effect = down\nfault.x.at = 0s\nfault.x.for = 48h\n"

/* Two days without the bucket: what was put is kept for one (FV-12). */
static void test_outage_loses_what_was_put(void **state)
{
    struct run r = run_lines(DAYS PUTS("1/s") DONE DOWN);
    (void)state;
    assert_true(count(&r, "firehose.f", "expired") == 3600);
    assert_true(count(&r, "firehose.f", "delivered") == 0);
    assert_true(count(&r, "", "lost") == 3600);
    run_free(&r);
}

#define FROM_STREAM                                                                                 \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.size = 1KiB\nproducer.p.target = stream.s\n" \
    "producer.p.done_at = firehose.f\nfirehose.f.source = stream.s\nfirehose.f.destination = destination.d\ndestination.d.type = s3\n"

/* The same with a stream that keeps records for a week: nothing is lost (FV-13). */
static void test_outage_with_a_stream_loses_nothing(void **state)
{
    struct run r = run_lines(DAYS FROM_STREAM DOWN "stream.s.retention = 7d\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "expired") == 0);
    assert_true(count(&r, "firehose.f", "delivered") == 3600);
    assert_true(count(&r, "", "lost") == 0);
    run_free(&r);
}

/* 200,000 bytes a second: what waits grows to 128 MiB beside the deliveries under way, then records stay in the stream. */
static void test_backlog_stays_in_the_stream(void **state)
{
    struct run r = run_lines("run.duration = 1h\nrun.drain = 2h\nproducer.p.arrivals = constant\nproducer.p.rate = 20/s\n"
                             "producer.p.size = 10000B\nproducer.p.target = stream.s\nproducer.p.done_at = firehose.f\n"
                             "stream.s.shards = 4\nfirehose.f.source = stream.s\nfirehose.f.destination = destination.d\ndestination.d.type = s3\n"
                             "fault.x.target = destination.d\nfault.x.effect = down\nfault.x.at = 10min\nfault.x.for = 30min\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "records") == 72000);
    assert_true(count(&r, "firehose.f", "delivered") == 72000);
    /* four deliveries of 5 MiB, 26 flushes of it that wait, in two lots, for one has at most 128 MiB: 15,750 records, 787 s after 10 min.
     * It does not read from then on, until 40 min and at most a minute's pause more; and then at most 10 MiB a shard and call. */
    assert_true(run_stat(&r, "firehose.f", "waiting", "max") == 2);
    assert_true(run_stat(&r, "firehose.f", "inside", "max") > 15600);
    assert_true(run_stat(&r, "firehose.f", "inside", "max") < 15750 + 4 * 1048);
    assert_true(run_stat(&r, "firehose.f", "behind", "max") > 1000 * S);
    assert_true(run_stat(&r, "firehose.f", "behind", "max") < 1080 * S);
    run_free(&r);
}

/* FV-23. Four shards, each once a second: reads after 0, 1 … 60 s by this one alone. */
static void test_reads_once_a_second(void **state)
{
    struct run r = run_lines("run.duration = 1min\nrun.drain = 1h\n" FROM_STREAM "stream.s.shards = 4\n");
    (void)state;
    near(count(&r, "firehose.f", "reads"), 4 * (61 * 60), 0.002);
    assert_true(count(&r, "firehose.f", "reads_throttled") == 0);
    assert_true(count(&r, "firehose.f", "delivered") == 60);
    /* read within a second, gathered for 300 s, delivered in half one */
    assert_true(run_stat(&r, "", "latency", "max") <= 301.6 * S);
    run_free(&r);
}

/* Shards split and merged on the way: parents before children, every record once. */
static void test_resharding(void **state)
{
    struct run r = run_lines("run.duration = 10min\nrun.drain = 1h\nproducer.p.rate = 50/s\nproducer.p.key = uniform_key(1000)\n"
                             "producer.p.target = stream.s\nproducer.p.done_at = firehose.f\nfirehose.f.source = stream.s\n"
                             "firehose.f.destination = destination.d\ndestination.d.type = s3\nstream.s.shards = 2\n"
                             "stream.s.actions[0].at = 121500ms\nstream.s.actions[0].update_shard_count = 4\n"
                             "stream.s.actions[1].at = 361500ms\nstream.s.actions[1].update_shard_count = 2\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "delivered") == count(&r, "producer.p", "offered"));
    assert_true(count(&r, "firehose.f", "delivered") > 20000);
    assert_true(count(&r, "stream.s", "splits") >= 2 && count(&r, "stream.s", "merges") >= 2);
    run_free(&r);
}

/* FH-24: a batch each second, 100 s at the function: five are out per shard, ten after the shard has become two. */
static void test_invocations_follow_shards(void **state)
{
#define OUT "run.duration = 10min\nrun.drain = 1h\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.size = 300000B\n" \
            "producer.p.target = stream.s\nproducer.p.done_at = firehose.f\nstream.s.shards = 1\nfirehose.f.source = stream.s\n" \
            "firehose.f.destination = destination.d\ndestination.d.type = s3\nfirehose.f.transform.target = service.fn\n" \
            "service.fn.time = 100s\nservice.fn.servers = 100\nfirehose.f.transform.size = 210KB\n"
    struct run r = run_lines(OUT);
    (void)state;
    assert_true(run_stat(&r, "firehose.f", "invoked", "max") == 5);
    run_free(&r);
    r = run_lines(OUT "stream.s.actions[0].at = 3min\nstream.s.actions[0].update_shard_count = 2\n");
    assert_true(run_stat(&r, "firehose.f", "invoked", "max") == 10);
    run_free(&r);
}

#define SEARCH                                                                                      \
    "run.duration = 10min\nrun.drain = 30min\n" PUTS("1/s") "destination.d.type = opensearch\nfirehose.f.buffer_interval = 10s\n" \
    "firehose.f.backup = destination.b\ndestination.b.type = s3\n"

/* Nobody searches: each batch is tried for 300 s, then lies in the backup (FV-17). The request is done where it is. */
static void test_backup(void **state)
{
    struct run r = run_lines(SEARCH DONE DOWN);
    (void)state;
    assert_true(count(&r, "firehose.f", "backed_up") == 600);
    assert_true(count(&r, "firehose.f", "delivery_failed") == 600);
    assert_true(count(&r, "", "lost") == 600);
    run_free(&r);
    r = run_lines(SEARCH DOWN "producer.p.done_at = destination.b\n");
    assert_true(count(&r, "", "in_time") == 600);
    /* the first at 10 s; four at a time are tried, what waits becomes larger batches, each tried for 300 s */
    assert_true(run_stat(&r, "", "latency", "min") >= 300.0 * S);
    run_free(&r);
}

static void test_copies_of_all(void **state)
{
    struct run r = run_lines(SEARCH DONE "firehose.f.backup_mode = all\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "delivered") == 600);
    assert_true(count(&r, "firehose.f", "copied") == 600);
    assert_true(count(&r, "", "in_time") == 600);
    assert_true(count(&r, "", "repeated") == 0);
    run_free(&r);
}

/* FV-15 by chance: 80, 15 and 5 per cent of 36,000. */
static void test_transformation(void **state)
{
    struct run r = run_lines(HOUR PUTS("10/s") DONE "firehose.f.backup = destination.b\ndestination.b.type = s3\nfirehose.f.transform.target = service.fn\nservice.fn.time = 0s\n"
                             "firehose.f.transform.dropped = 15%\nfirehose.f.transform.failed = 5%\nservice.fn.servers = 100\n"
                             "firehose.f.buffer_interval = 60s\nfirehose.f.transform.interval = 30s\nfirehose.f.transform.output = 0.5\n");
    (void)state;
    near(count(&r, "firehose.f", "dropped"), 5400, 0.05);
    near(count(&r, "firehose.f", "processing_failed"), 1800, 0.08);
    assert_true(count(&r, "firehose.f", "dropped") + count(&r, "firehose.f", "backed_up") + count(&r, "firehose.f", "delivered") == 36000);
    assert_true(count(&r, "", "lost") == 36000 - count(&r, "firehose.f", "delivered"));
    near(count(&r, "firehose.f", "delivered_bytes"), 512 * count(&r, "firehose.f", "delivered"), 0.0001);
    /* 30 s for the function, 60 s for the bucket, half a second */
    assert_true(run_stat(&r, "firehose.f", "delay", "max") <= 90.6 * S);
    run_free(&r);
}

/* FV-16: nobody answers; four invocations a batch, all of it fails. */
static void test_function_down(void **state)
{
    struct run r = run_lines(HOUR PUTS("1/s") DONE "firehose.f.backup = destination.b\ndestination.b.type = s3\nfirehose.f.transform.target = service.fn\nservice.fn.time = 0s\n"
                             "fault.x.target = service.fn\nfault.x.effect = down\nfault.x.at = 0s\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "processing_failed") == 3600);
    assert_true(count(&r, "firehose.f", "invocations") == 4 * 60);
    assert_true(count(&r, "firehose.f", "invocations_good") == 0);
    assert_true(count(&r, "firehose.f", "backed_up") == 3600);
    run_free(&r);
}

/* An endpoint that takes 20 s to store and acknowledge where 15 s are allowed, until it is quick again: what was stored without a word is
 * stored once more, and its requests know. */
static void test_stored_twice(void **state)
{
    struct run r = run_lines("run.duration = 1min\nrun.drain = 30min\n" PUTS("1/s") "producer.p.done_at = destination.d\n"
                             "destination.d.type = http\ndestination.d.time = 2s\nfirehose.f.backup = destination.b\ndestination.b.type = s3\n"
                             "firehose.f.buffer_interval = 120s\nfirehose.f.ack_timeout = 15s\nfirehose.f.jitter = false\n"
                             "fault.x.target = destination.d\nfault.x.effect = slow\nfault.x.factor = 8\nfault.x.at = 0s\nfault.x.for = 121s\n");
    (void)state;
    /* gathered at 120 s, 16 s at the endpoint; given up at 135 s, tried again at 136 s: stored at 136 s and at 138 s */
    assert_true(count(&r, "firehose.f", "not_acknowledged") == 1);
    assert_true(count(&r, "firehose.f", "duplicates") == 60);
    assert_true(count(&r, "", "repeated") == 60);
    assert_true(count(&r, "destination.d", "objects") == 2);
    near(run_stat(&r, "", "latency", "max") / S, 136, 0.001);
    run_free(&r);
}

/* An endpoint that takes 400 s where 180 s are allowed. Without acknowledgement of any, pauses of 1, 2, 4, 8, 16, 32 s and eight of 60
 * fit into ten minutes: fifteen attempts, of which each is stored, the first of them is no duplicate, and neither is the backup's.
 * rules: FH-30 FH-32 */
static void test_stored_by_each_attempt(void **state)
{
    struct run r = run_lines("run.duration = 10s\nrun.drain = 2h\n" PUTS("1/s") "producer.p.done_at = destination.d\n"
                             "destination.d.type = http\ndestination.d.time = 400s\nfirehose.f.backup = destination.b\n"
                             "destination.b.type = s3\nfirehose.f.buffer_interval = 60s\nfirehose.f.retry_duration = 600s\n"
                             "firehose.f.jitter = false\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "attempts") == 15);
    assert_true(count(&r, "firehose.f", "backed_up") == 10);
    assert_true(count(&r, "", "repeated") == 140);
    assert_true(count(&r, "firehose.f", "duplicates") == 140);
    run_free(&r);
}

/* A bucket that takes and never answers, for 20 minutes. What is flushed at 5, 10 and 15 min is given up 15 min later, and delivered within a
 * second or so: its first record is 20 min old then. */
static void test_hangs(void **state)
{
    struct run r = run_lines(HOUR PUTS("1/s") DONE "fault.x.target = destination.d\nfault.x.effect = hang\nfault.x.at = 0s\nfault.x.for = 20min\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "delivered") == 3600);
    assert_true(count(&r, "", "lost") == 0);
    assert_true(count(&r, "firehose.f", "not_acknowledged") == 3);
    near(run_stat(&r, "firehose.f", "delay", "max") / S, 1201, 0.002);
    run_free(&r);
}

/* What a producer library packs comes apart again: every user record is a record here. */
static void test_packed_records(void **state)
{
    struct run r = run_lines("run.duration = 1min\nrun.drain = 10min\nproducer.p.rate = 500/s\nproducer.p.size = 100B\n"
                             "producer.p.target = kpl.k\nproducer.p.done_at = firehose.f\nkpl.k.target = stream.s\nstream.s.shards = 1\n"
                             "firehose.f.source = stream.s\nfirehose.f.destination = destination.d\ndestination.d.type = s3\n");
    (void)state;
    assert_true(count(&r, "stream.s", "records") < count(&r, "producer.p", "offered") / 2);
    assert_true(count(&r, "firehose.f", "delivered") == count(&r, "producer.p", "offered"));
    assert_true(count(&r, "", "in_time") == count(&r, "producer.p", "offered"));
    run_free(&r);
}

/* The same, but the first attempt takes 200 s: it is stored after the second has been acknowledged. */
static void test_stored_twice_later(void **state)
{
    struct run r = run_lines("run.duration = 1min\nrun.drain = 30min\n" PUTS("1/s") "producer.p.done_at = destination.d\n"
                             "destination.d.type = http\ndestination.d.time = 2s\nfirehose.f.backup = destination.b\ndestination.b.type = s3\n"
                             "firehose.f.buffer_interval = 120s\nfirehose.f.ack_timeout = 15s\nfirehose.f.jitter = false\n"
                             "fault.x.target = destination.d\nfault.x.effect = slow\nfault.x.factor = 100\nfault.x.at = 0s\nfault.x.for = 121s\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "duplicates") == 60);
    assert_true(count(&r, "", "repeated") == 60);
    assert_true(count(&r, "destination.d", "objects") == 2);
    near(run_stat(&r, "", "latency", "max") / S, 138, 0.001);
    run_free(&r);
}

/* FH-16: 5 s for no buffering at all, half a second, 1,000 KiB at 50 MiB/s. */
static void test_one_delivery(void **state)
{
    struct run r = run_lines(HOUR PUTS("1/s") DONE "producer.p.size = 1000KiB\nproducer.p.limit = 1\nfirehose.f.buffer_interval = 0s\n");
    (void)state;
    assert_true(run_stat(&r, "", "latency", "max") == 5519531250.0);
    run_free(&r);
}

/* A function may take 15 minutes, but the delivery stream waits for five: from 10 s on four tries, the first retry at once, the others
 * after 1 and 2 s, and nobody knows that all of them succeed; then the record goes to the error location. With a minute to answer, the
 * same in a minute each. rules: FH-20 FH-22 FH-25 */
static void test_patience(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        char lines[1000];
        snprintf(lines, sizeof(lines),
                 HOUR PUTS("1/s") DONE "producer.p.limit = 1\nproducer.p.start = 0s\nfirehose.f.buffer_interval = 0s\n" QUICK
                 "firehose.f.transform.target = function.x\nfirehose.f.transform.interval = 10s\nfunction.x.timeout = 15min\n"
                 "function.x.duration = 400s\nfunction.x.cold_start = 0s\n%s", i == 0 ? "" : "firehose.f.transform.timeout = 1min\n");
        struct run r = run_lines(lines);
        assert_true(count(&r, "firehose.f", "invocations") == 4);
        assert_true(count(&r, "firehose.f", "invocations_good") == 0);
        assert_true(run_stat(&r, "firehose.f", "invocation_time", "max") == (i == 0 ? 300 : 60) * S);
        assert_true(count(&r, "firehose.f", "processing_failed") == 1);
        assert_true(count(&r, "firehose.f", "delivered") == 0);
        assert_true(count(&r, "function.x", "processed") == 4);
        assert_true(count(&r, "function.x", "errors") == 0);
        assert_true(run_stat(&r, "function.x", "concurrent", "max") == (i == 0 ? 2 : 4));
        run_free(&r);
        snprintf(lines + strlen(lines), 100, "run.duration = 350s\nrun.drain = 0s\n"); /* it ends while one works on for nobody */
        r = run_lines(lines);
        assert_true(run_stat(&r, "function.x", "concurrent", "last") == (i == 0 ? 2 : 4));
        run_free(&r);
    }
}

/* 50 customers, a partition each; with 40 allowed a fifth goes to the error location. An alarm finds how many are active by CloudWatch's
 * name. rules: FH-36 FH-39 */
static void test_partitions(void **state)
{
#define PARTED HOUR "producer.p.rate = 50/s\nproducer.p.key = round_robin(50)\nproducer.p.target = firehose.f\nfirehose.f.destination = destination.d\ndestination.d.type = s3\n" DONE
    struct run r = run_lines(PARTED QUICK "firehose.f.partitioning.partitions = 100\nfirehose.f.buffer_interval = 60s\n"
                                          "alarm.a.metric = firehose.f.PartitionCount\nalarm.a.when = >= 50\n");
    assert_true(count(&r, "alarm.a", "alarms") == 1);
    (void)state;
    assert_true(run_stat(&r, "firehose.f", "partitions", "max") == 50);
    assert_true(count(&r, "firehose.f", "partition_exceeded") == 0);
    /* half an interval until it is told apart, one in its partition */
    near(run_stat(&r, "firehose.f", "delay", "max") / S, 90, 0.002);
    run_free(&r);
    r = run_lines(HOUR PUTS("10/s") DONE "firehose.f.partitioning.partitions = 100\nfirehose.f.buffer_interval = 60s\n");
    assert_true(run_stat(&r, "firehose.f", "partitions", "max") == 1); /* without a key */
    assert_true(count(&r, "firehose.f", "delivered") == 36000);
    run_free(&r);
    r = run_lines(PARTED "firehose.f.partitioning.partitions = 40\nfirehose.f.buffer_interval = 60s\nfirehose.f.backup = destination.b\ndestination.b.type = s3\n");
    assert_true(run_stat(&r, "firehose.f", "partitions", "max") == 40);
    assert_true(count(&r, "firehose.f", "partition_exceeded") > 10000);
    assert_true(count(&r, "firehose.f", "backed_up") == count(&r, "firehose.f", "partition_exceeded"));
    run_free(&r);
}

static void test_conversion(void **state)
{
    struct run r = run_lines(HOUR PUTS("100/s") DONE "firehose.f.conversion.output = 0.25\nfirehose.f.backup = destination.b\ndestination.b.type = s3\n"
                             "firehose.f.conversion.failed = 1%\n");
    (void)state;
    near(count(&r, "firehose.f", "conversion_failed"), 3600, 0.06);
    near(count(&r, "destination.d", "bytes"), 356400.0 * 256, 0.002);
    assert_true(count(&r, "firehose.f", "billed_conversion") == 360000);
    run_free(&r);
}

/* A topic and a bus in front: a record each, done at the bucket. */
static void test_topic_and_bus(void **state)
{
    struct run r = run_lines(HOUR "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = topic.t\n"
                             "producer.p.done_at = destination.d\ntopic.t.subscriptions[0].target = firehose.f\n"
                             "firehose.f.destination = destination.d\ndestination.d.type = s3\nfirehose.f.buffer_interval = 60s\n");
    (void)state;
    assert_true(count(&r, "topic.t", "delivered") == 3600);
    run_free(&r);
    /* away for ten minutes: a topic has patience with a delivery stream (SNS-41), unlike with somebody's server */
    r = run_lines(HOUR "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = topic.t\n"
                  "producer.p.done_at = destination.d\ntopic.t.subscriptions[0].target = firehose.f\n"
                  "firehose.f.destination = destination.d\ndestination.d.type = s3\nfirehose.f.buffer_interval = 60s\n"
                  "fault.x.target = firehose.f\nfault.x.effect = down\nfault.x.at = 10min\nfault.x.for = 10min\n");
    assert_true(count(&r, "topic.t", "retries") > 600);
    assert_true(count(&r, "", "lost") == 0);
    assert_true(count(&r, "destination.d", "arrived") == count(&r, "firehose.f", "objects"));
    assert_true(count(&r, "", "in_time") == 3600);
    run_free(&r);
    r = run_lines(HOUR "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = bus.b\nproducer.p.events[0].event = event.e\n"
                  "event.e.preset = s3-object-created\nproducer.p.done_at = destination.d\nbus.b.rules[0].name = all\n"
                  "bus.b.rules[0].pattern = {'source':[{'prefix':''}]}\nbus.b.rules[0].targets[0].target = firehose.f\n"
                  "firehose.f.destination = destination.d\ndestination.d.type = s3\nfirehose.f.buffer_interval = 60s\n");
    assert_true(count(&r, "", "in_time") == 3600);
    run_free(&r);
}

/* Down: puts are refused; what was taken goes on afterwards. */
static void test_faults(void **state)
{
    struct run r = run_lines(HOUR PUTS("1/s") DONE "firehose.f.buffer_interval = 60s\nfault.x.target = firehose.f\nfault.x.effect = down\n"
                             "fault.x.at = 30.5s\nfault.x.for = 10min\n");
    (void)state;
    assert_true(count(&r, "firehose.f", "refused") == 600);
    assert_true(count(&r, "firehose.f", "delivered") == 3000);
    /* the first, of 1 s or 0 s, waits until 630.5 s */
    assert_true(run_stat(&r, "firehose.f", "delay", "max") >= 629.0 * S);
    run_free(&r);
    r = run_lines(HOUR PUTS("10/s") DONE "destination.d.errors = 50%\nfirehose.f.buffer_interval = 10s\n");
    assert_true(count(&r, "firehose.f", "delivered") == 36000);
    near(count(&r, "firehose.f", "attempts"), 720, 0.15);
    run_free(&r);
}

/* The same seed, the same run; another entity beside it changes nothing of it. */
static void test_deterministic(void **state)
{
#define BUSY SEARCH DONE "destination.d.errors = 40%\nfirehose.f.transform.target = service.fn\nservice.fn.time = 0s\nfirehose.f.transform.dropped = 10%\n"
    struct run a = run_lines(BUSY), b = run_lines(BUSY),
               c = run_lines(BUSY "producer.a.rate = 1/s\nproducer.a.target = firehose.a\nproducer.a.done_at = firehose.a\n"
                                  "firehose.a.destination = destination.a\ndestination.a.type = s3\n");
    (void)state;
    assert_true(run_print(&a, "firehose.f") == run_print(&b, "firehose.f"));
    assert_true(run_print(&a, "firehose.f") == run_print(&c, "firehose.f"));
    assert_true(run_print(&a, "destination.d") == run_print(&c, "destination.d"));
    run_free(&a);
    run_free(&b);
    run_free(&c);
}

/* The life of one request, event by event: seconds, what, where, other, value. */
static void check_life(const char *lines, const char *wanted)
{
    struct run r = run_lines(lines);
    const struct life *l = &r.result->life;
    char got[2000] = "";
    for (uint32_t i = 0; i < l->n; i++) {
        const struct life_event *e = &l->event[i];
        size_t n = strlen(got);
        snprintf(got + n, sizeof(got) - n, "%g %s %s %s %lld %s\n", (double)e->at / 1e9, life_word(e->what), r.spec->entity[e->entity].path,
                 e->other == LIFE_NONE ? "-" : r.spec->entity[e->other].path, (long long)e->value, e->why);
    }
    assert_string_equal(got, wanted);
    run_free(&r);
}

static void test_lives(void **state)
{
#define LIFE "run.record = producer.p: 2\nfirehose.f.buffer_interval = 60s\n"
    (void)state;
    check_life(HOUR PUTS("1/s") DONE QUICK LIFE,
               "1 born producer.p - 1024 \n1 gathered firehose.f - -1 \n1 told ok producer.p - -1 \n"
               "60 stored firehose.f destination.d 60 \n60 effect firehose.f - 1 \n");
    check_life(HOUR PUTS("1/s") DONE LIFE "destination.d.type = redshift\nfirehose.f.backup = destination.b\ndestination.b.time = 0s\n"
               "destination.b.throughput = 1024GiB\nfirehose.f.retry_duration = 0s\n"
               "fault.x.target = destination.d\nfault.x.effect = down\nfault.x.at = 0s\n",
               "1 born producer.p - 1024 \n1 gathered firehose.f - -1 \n1 told ok producer.p - -1 \n"
               "60 backed up firehose.f destination.b 60 delivery-failed\n60 lost producer.p - -1 \n");
    check_life("run.duration = 1h\nrun.drain = 25h\n" PUTS("1/s") DONE LIFE DOWN,
               "1 born producer.p - 1024 \n1 gathered firehose.f - -1 \n1 told ok producer.p - -1 \n"
               "86401 expired firehose.f - 86400000000000 \n86401 lost producer.p - -1 \n");
}

/* Each allocation of a trial fails once: it ends with a word, and nothing leaks. */
static void test_memory_short(void **state)
{
    struct specbuild *b = specbuild_open("run.duration = 2min\nrun.drain = 5min\nproducer.p.rate = 5/s\nproducer.p.key = round_robin(5)\n"
                                         "producer.p.target = stream.s\nproducer.p.done_at = firehose.f\nstream.s.shards = 2\n"
                                         "firehose.f.source = stream.s\nfirehose.f.destination = destination.d\ndestination.d.errors = 40%\n"
                                         "firehose.f.partitioning.partitions = 3\nfirehose.f.buffer_interval = 20s\n"
                                         "firehose.f.transform.target = service.fn\nfirehose.f.transform.interval = 5s\nservice.fn.time = 1ms\n");
    const struct spec *spec = specbuild_done(b);
    struct result *result = NULL;
    long n = 0;
    (void)state;
    while (result == NULL) {
        struct err err = {.class = ERR_NONE};
        mem_fail_at(++n);
        result = world_run(spec, 0, NULL, &err);
        assert_true(result != NULL || err.class != ERR_NONE);
    }
    mem_fail_at(0);
    assert_true(n > 50);
    result_free(result);
    specbuild_close(b);
}

static void expect_wrong(const char *lines, int code, const char *part)
{
    char text[1000];
    snprintf(text, sizeof(text), "run.duration = 1s\nfirehose.f.destination = destination.d\ndestination.d.type = s3\ndestination.b.type = s3\n%s", lines);
    expect_problem(text, code, part);
}

/* FV-18, and what else the service or the model would refuse. */
static void test_wrong(void **state)
{
    (void)state;
    expect_wrong("firehose.f.conversion.failed = 1%\nfirehose.f.buffer_size = 32MiB\n", CHECK_FIREHOSE, "FH-35");
    expect_wrong("destination.d.type = splunk\nfirehose.f.backup = destination.b\nfirehose.f.buffer_interval = 90s\n", CHECK_FIREHOSE, "FH-12");
    expect_wrong("destination.d.type = http\nfirehose.f.backup = destination.b\nfirehose.f.buffer_size = 65MiB\n", CHECK_FIREHOSE, "FH-12");
    expect_wrong("firehose.f.retry_duration = 60s\n", CHECK_FIREHOSE, "FH-27");
    expect_wrong("firehose.f.partitioning.partitions = 10\nfirehose.f.buffer_interval = 0s\n", CHECK_FIREHOSE, "FH-36");
    expect_wrong("destination.d.type = opensearch\n", CHECK_NEEDS, "'backup'");
    expect_wrong("destination.b.type = http\nfirehose.f.backup = destination.b\n", CHECK_FIREHOSE, "a bucket");
    expect_wrong("firehose.f.backup_mode = all\n", CHECK_NEEDS, "'backup'");
    expect_wrong("firehose.f.backup_interval = 60s\n", CHECK_USELESS, "backup_mode");
    expect_wrong("stream.s.shards = 1\nfirehose.f.source = stream.s\nfirehose.f.bytes_per_second = 1MiB\n", CHECK_USELESS, "about puts");
    expect_wrong("service.x.time = 1s\nfirehose.f.transform.target = service.x\nfirehose.f.transform.dropped = 60%\n"
                 "firehose.f.transform.failed = 60%\n", CHECK_CHANCES, "more than all");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delay_by_interval),
        cmocka_unit_test(test_size_comes_first),
        cmocka_unit_test(test_quotas),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_outage_loses_what_was_put),
        cmocka_unit_test(test_outage_with_a_stream_loses_nothing),
        cmocka_unit_test(test_backlog_stays_in_the_stream),
        cmocka_unit_test(test_reads_once_a_second),
        cmocka_unit_test(test_resharding),
        cmocka_unit_test(test_invocations_follow_shards),
        cmocka_unit_test(test_backup),
        cmocka_unit_test(test_copies_of_all),
        cmocka_unit_test(test_transformation),
        cmocka_unit_test(test_function_down),
        cmocka_unit_test(test_stored_twice),
        cmocka_unit_test(test_stored_by_each_attempt),
        cmocka_unit_test(test_hangs),
        cmocka_unit_test(test_packed_records),
        cmocka_unit_test(test_stored_twice_later),
        cmocka_unit_test(test_one_delivery),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_partitions),
        cmocka_unit_test(test_conversion),
        cmocka_unit_test(test_topic_and_bus),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_lives),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_memory_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
