/* test_mapping.c - event source mappings in a world, in schedules worked out by hand. Records come at 0.5 s, and are read at 1 s.
 */
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
#include "mem.h"
#include "run_support.h"

#define BASE                                                                                                                   \
    "run.duration = 20s\nrun.drain = 100s\nstream.s.put_latency = 0s\nstream.s.put_batch_latency = 0s\n"                     \
    "stream.s.api_latency = 0s\nproducer.p.target = stream.s\nproducer.p.size = 100B\nproducer.p.start = 500ms\n"             \
    "producer.p.arrivals = constant\nmapping.m.source = stream.s\nmapping.m.target = service.f\nservice.f.servers = 1000\n"   \
    "service.f.time = 10ms\n"
#define BURST(n) "producer.p.rate = 1/s\nproducer.p.batch_size = " n "\nproducer.p.limit = " n "\nproducer.p.send_batch = true\n"
#define POISON   "mapping.m.poison.share = 100%\n"
#define LETTERS  "mapping.m.on_failure = queue.dead\nqueue.dead.delay = 0s\n"

/* KV-66: 100, 100 and 50 records of 10 ms, one batch after the other. rules: KIN-82 KIN-83 KIN-84 KIN-93 */
static void batches_in_order(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("250"));
    expect(&r, "mapping.m", "invocations", 3);
    expect(&r, "mapping.m", "processed", 250);
    expect(&r, "", "in_time", 250);
    expect_stat(&r, "mapping.m", "batch", "max", 100, 0);
    expect_stat(&r, "mapping.m", "concurrent", "max", 1, 0);
    expect_stat(&r, "mapping.m", "duration", "max", 1e9, 0);
    expect_stat(&r, "", "latency", "max", 3e9, 0);      /* 1 + 1 + 1 + 0.5 s, born at 0.5 */
    expect_stat(&r, "mapping.m", "iterator_age", "max", 2.5e9, 0); /* the last batch begins at 3 */
    expect_stat(&r, "mapping.m", "concurrent", "mean", 2.5 / 120, 1e-9);
    run_free(&r);
}

/* Once a second, whatever comes. rules: KIN-83 */
static void polls(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("1") "run.drain = 10500ms\nstream.s.shards = 3\n");
    expect(&r, "mapping.m", "polls", 3 * 31); /* at 0 … 30 */
    expect(&r, "mapping.m", "read", 1);
    expect(&r, "mapping.m", "empty_polls", 3 * 31 - 1);
    run_free(&r);
}

/* Five lanes of a shard at the same time: ten keys of ten records, each lane those of its keys. rules: KIN-85 */
static void lanes(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("100") "producer.p.key = round_robin(10)\nmapping.m.parallelization_factor = 5\n"
                                               "mapping.m.batch = 1\n");
    expect(&r, "mapping.m", "invocations", 100);
    expect(&r, "mapping.m", "processed", 100);
    assert_true(run_stat(&r, "mapping.m", "concurrent", "max") > 1);
    assert_true(run_stat(&r, "mapping.m", "concurrent", "max") <= 5);
    run_free(&r);
}

/* KV-68: three invocations at 1, 2 and 4 s, then it is given up, and one message tells of the four. rules: KIN-86 KIN-89 KIN-91 */
static void given_up(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("4") POISON LETTERS "mapping.m.retry_attempts = 2\n");
    expect(&r, "mapping.m", "invocations", 3);
    expect(&r, "mapping.m", "errors", 3);
    expect(&r, "mapping.m", "poisoned", 3);
    expect(&r, "mapping.m", "retried", 8);
    expect(&r, "mapping.m", "discarded_attempts", 4);
    expect(&r, "mapping.m", "letters", 1);
    expect(&r, "queue.dead", "sent", 1);
    expect(&r, "mapping.m", "processed", 0);
    expect(&r, "service.f", "arrived", 0);
    expect(&r, "", "lost", 4); /* the stream has them, but nobody comes back to them */
    expect_stat(&r, "mapping.m", "iterator_age", "max", 3.5e9, 0);
    expect_stat(&r, "mapping.m", "blocked", "mean", 3.0 / 120, 1e-9); /* from 1 to 4 */
    run_free(&r);
}

/* Bisected: [4] at 1, [2] at 2; [1] at 4; given up at once, as [1] behind it; then [2] at 4, [1] at 5 … rules: KIN-88 */
static void bisected(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("4") POISON LETTERS "mapping.m.retry_attempts = 0\nmapping.m.bisect = true\n");
    expect(&r, "mapping.m", "invocations", 7);
    expect(&r, "mapping.m", "bisections", 3);
    expect(&r, "mapping.m", "discarded_attempts", 4);
    expect(&r, "mapping.m", "letters", 4);
    run_free(&r);
}

/* Mended at 10 s: tries at 1, 2, 4, 8 and 16 s; then the four take 40 ms. rules: KIN-86 KIN-91 */
static void mended(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("4") POISON "mapping.m.poison.until = 10s\n");
    expect(&r, "mapping.m", "invocations", 5);
    expect(&r, "mapping.m", "errors", 4);
    expect(&r, "mapping.m", "processed", 4);
    expect(&r, "", "in_time", 4);
    expect(&r, "", "repeated", 0);
    expect_stat(&r, "", "latency", "max", 15.54e9, 0);
    run_free(&r);
}

/* A function that is down is no error of it: no attempt is used up, and nothing is given up. rules: KIN-87 */
static void throttled(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("4") LETTERS "mapping.m.retry_attempts = 0\nfault.x.target = service.f\nfault.x.effect = down\n"
                                                     "fault.x.at = 0s\nfault.x.for = 10s\n");
    expect(&r, "mapping.m", "throttles", 4); /* 1, 2, 4, 8 */
    expect(&r, "mapping.m", "invocations", 1);
    expect_stat(&r, "mapping.m", "batch", "mean", 4, 0);
    expect(&r, "mapping.m", "errors", 0);
    expect(&r, "mapping.m", "letters", 0);
    expect(&r, "mapping.m", "processed", 4);
    expect_stat(&r, "", "latency", "max", 15.54e9, 0);
    run_free(&r);
}

/* Half of the calls fail: what is before the first failure is done, and no record goes again once it is done. rules: KIN-90 */
static void reported(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("40") "mapping.m.target = endpoint.e\nendpoint.e.time = 0s\nendpoint.e.errors = 50%\n"
                                              "mapping.m.report_failures = true\nrun.drain = 1000s\n");
    double calls = run_count(&r, "endpoint.e", "arrived"), errors = run_count(&r, "endpoint.e", "errors");
    expect(&r, "mapping.m", "processed", 40);
    expect(&r, "mapping.m", "partial", errors);
    assert_true(errors > 10 && calls == 40 + errors);
    expect(&r, "mapping.m", "errors", 0);
    expect(&r, "", "repeated", 0);
    run_free(&r);
    r = run_lines(BASE BURST("6") "mapping.m.target = endpoint.e\nendpoint.e.time = 0s\nendpoint.e.errors = 30%\nrun.drain = 10000s\n"
                                  "producer.p.done_at = endpoint.e\n");
    expect(&r, "mapping.m", "processed", 6);
    assert_true(run_count(&r, "mapping.m", "errors") > 0);
    expect(&r, "mapping.m", "partial", 0);
    run_free(&r);
}

/* The only record of the shard that is split fails until 60 s; its children's wait until then, whatever comes to them.
 * rules: KIN-86 KIN-52 */
static void children_wait(void **state)
{
    (void)state;
    const char *lines = BASE "producer.p.rate = 1/s\nproducer.p.limit = 1\nmapping.m.poison.share = 100%\nmapping.m.poison.until = 60s\n"
                             "stream.s.actions[0].at = 2s\nstream.s.actions[0].split = 0\nstream.s.reshard_step = 1s\n"
                             "producer.q.target = stream.s\nproducer.q.size = 100B\nproducer.q.start = 5s\nproducer.q.rate = 10/s\n"
                             "producer.q.arrivals = constant\nproducer.q.limit = 100\n";
    char text[3000];
    struct run r = run_lines(lines);
    expect(&r, "mapping.m", "processed", 101);
    expect(&r, "mapping.m[0]", "processed", 1);
    assert_true(run_count(&r, "mapping.m[1]", "processed") > 0 && run_count(&r, "mapping.m[2]", "processed") > 0);
    assert_true(run_stat(&r, "", "latency", "min") >= 55e9 - 10e9 - 1); /* the youngest came at 14.9 s, and 61 s or later was its turn */
    run_free(&r);
    snprintf(text, sizeof(text), "%smapping.m.poison.until = 1000s\n", lines);
    r = run_lines(text);
    expect(&r, "mapping.m", "processed", 0);
    expect(&r, "mapping.m[1]", "invocations", 0);
    run_free(&r);
}

/* One shard's poison blocks that shard alone: the others' records are done soon after they came. rules: KIN-86 */
static void one_shard_is_blocked(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 100/s\nproducer.p.limit = 200\nstream.s.shards = 8\nmapping.m.poison.share = 1.5%\n");
    double blocked = 0, blocked_shards = 0, all = 0;
    for (unsigned i = 0; i < 8; i++) {
        char part[40];
        snprintf(part, sizeof(part), "mapping.m[%u]", i);
        double mean = run_stat(&r, part, "blocked", "mean");
        blocked += mean;
        blocked_shards += mean > 0;
        all += run_count(&r, part, "processed");
        if (mean == 0)
            assert_true(run_stat(&r, part, "iterator_age", "max") <= 1.5e9);
        else
            assert_true(run_stat(&r, part, "iterator_age", "max") > 30e9);
    }
    assert_true(blocked_shards >= 1 && blocked_shards <= 4);
    assert_true(fabs(blocked - run_stat(&r, "mapping.m", "blocked", "mean")) < 1e-9);
    expect(&r, "mapping.m", "processed", all);
    run_free(&r);
}

/* Pushed: registered at 10 s; the record of 15.5 s is there 70 ms later. rules: KIN-83 KIN-92 */
static void fan_out(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("3") "mapping.m.fan_out = true\nproducer.p.start = 15500ms\n");
    expect(&r, "mapping.m", "polls", 0);
    expect(&r, "mapping.m", "processed", 3);
    expect_stat(&r, "mapping.m", "iterator_age", "min", 0.07e9, 0);
    expect_stat(&r, "", "latency", "max", 0.1e9, 0);
    run_free(&r);
}

/* A subscription is over after five minutes; nothing is missed, and nothing comes twice. rules: KIN-83 */
static void subscribed_again(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "run.duration = 1000s\nproducer.p.rate = 10/s\nmapping.m.fan_out = true\nstream.s.actions[0].at = 200s\n"
                                  "stream.s.actions[0].split = 0\n");
    expect(&r, "mapping.m", "processed", run_count(&r, "producer.p", "offered"));
    expect(&r, "mapping.m", "duplicates", 0);
    expect(&r, "", "repeated", 0);
    run_free(&r);
}

/* Only what comes after the start; only what came from a time on. rules: KIN-82 */
static void starts(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 1/s\nproducer.p.limit = 10\nmapping.m.start = at_timestamp\nmapping.m.start_at = 4s\n");
    expect(&r, "mapping.m", "processed", 10); /* at 0 there is nothing older */
    run_free(&r);
    r = run_lines(BASE "producer.p.rate = 1/s\nproducer.p.limit = 10\nmapping.m.start = latest\n");
    expect(&r, "mapping.m", "processed", 10);
    run_free(&r);
}

/* Gathered for five seconds from the first read on: one at 0.5 … is read at 1 …: those of 1 … 6 s, then of 7 … 12. rules: KIN-84 */
static void windows(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 1/s\nproducer.p.limit = 12\nmapping.m.window = 5s\n");
    expect(&r, "mapping.m", "invocations", 2);
    expect_stat(&r, "mapping.m", "batch", "max", 6, 0);
    expect_stat(&r, "mapping.m", "batch", "min", 6, 0);
    run_free(&r);
}

/* Windows of ten seconds: [0, 10) and [10, 20), each with a last invocation when all of it has been read. rules: KIN-82 */
static void tumbling(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 1/s\nproducer.p.limit = 15\nmapping.m.tumbling_window = 10s\n");
    expect(&r, "mapping.m", "read", 15);
    expect(&r, "mapping.m", "processed", 15);
    expect(&r, "mapping.m", "invocations", 16); /* the tenth is the last of its window; that of the second comes at 20 s */
    expect_stat(&r, "mapping.m", "batch", "min", 0, 0);
    run_free(&r);
}

/* Ten of a, twenty of b: what is filtered is never waited for, in a batch or a window. rules: LAM-55 */
static void filtered(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 1/s\nproducer.p.limit = 10\nevent.a.body = {'kind':'a'}\nevent.b.body = {'kind':'b'}\n"
                                  "producer.p.events[0].event = event.a\nproducer.p.done_at = mapping.m\n"
                                  "producer.r.events[0].event = event.b\nproducer.r.rate = 2/s\nproducer.r.limit = 20\n"
                                  "producer.r.target = stream.s\nproducer.r.done_at = mapping.m\nproducer.r.arrivals = constant\n"
                                  "mapping.m.filters[0] = {'data':{'kind':['a']}}\n");
    expect(&r, "mapping.m", "read", 30);
    expect(&r, "mapping.m", "filtered", 20);
    expect(&r, "mapping.m", "processed", 10);
    expect_stat(&r, "mapping.m", "batch", "max", 1, 0);
    expect(&r, "producer.p", "done", 10);
    expect(&r, "", "waiting", 0);
    run_free(&r);
}

/* Data that is packed, or of no template, matches no pattern of data; what says nothing of it, matches. rules: LAM-55 KIN-81 */
static void packed_and_filtered(void **state)
{
    (void)state;
    static const char *const filter[] = {"mapping.m.filters[0] = {'data':{'kind':['a']}}\n",
                                         "mapping.m.filters[0] = {'eventSource':['aws:kinesis']}\n"};
    for (unsigned i = 0; i < 2; i++) {
        char lines[1200];
        snprintf(lines, sizeof(lines), "%s%s", BASE BURST("5") "kpl.k.target = stream.s\nproducer.p.target = kpl.k\n"
                 "event.a.body = {'kind':'a'}\nproducer.p.events[0].event = event.a\nproducer.p.done_at = mapping.m\n", filter[i]);
        struct run r = run_lines(lines);
        expect(&r, "mapping.m", "read", 1);
        expect(&r, "mapping.m", "filtered", i == 0);
        expect(&r, "", "done", i == 0 ? 0 : 5);
        run_free(&r);
    }
}

/* Pushed: the first record behind a window ends it, and so does its time when none comes: 10 + 1 and 5 + 1, the last at 40 s. The state
 * is worked on for 10 ms. rules: KIN-82 KIN-83 */
static void tumbling_and_pushed(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 1/s\nproducer.p.limit = 15\nproducer.p.start = 20500ms\nrun.duration = 40s\n"
                                  "mapping.m.tumbling_window = 10s\nmapping.m.fan_out = true\nrun.drain = 10ms\n");
    expect(&r, "mapping.m", "processed", 15);
    expect(&r, "mapping.m", "invocations", 17);
    expect_stat(&r, "mapping.m", "duration", "count", 17, 0);
    run_free(&r);
}

/* The last record of a window comes when that is over, 70 ms after it was put at 29.95 s: its invocation is the last. rules: KIN-82 */
static void tumbling_and_on_its_way(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 1/s\nproducer.p.limit = 10\nproducer.p.start = 20950ms\nrun.duration = 40s\n"
                                  "mapping.m.tumbling_window = 10s\nmapping.m.fan_out = true\n");
    expect(&r, "mapping.m", "processed", 10);
    expect(&r, "mapping.m", "invocations", 10);
    run_free(&r);
}

/* Records of 0.5 and 12.5 s, of which the second fails: the window of the first ends with work on its state, that of the second has none,
 * and nothing is done for it on behalf of the first. rules: KIN-82 */
static void tumbling_without_state(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 5/min\nproducer.p.limit = 2\nmapping.m.tumbling_window = 10s\n"
                                  "mapping.m.retry_attempts = 0\nfault.x.target = service.f\nfault.x.effect = fail\n"
                                  "fault.x.probability = 1.0\nfault.x.at = 12s\nfault.x.for = 5s\n");
    expect(&r, "mapping.m", "discarded_attempts", 1);
    expect(&r, "mapping.m", "invocations", 4);
    expect(&r, "service.f", "arrived", 3);
    run_free(&r);
}

/* All that a window's function ever got has failed, and is given up: nothing is kept for the last invocation. rules: KIN-82 KIN-86 */
static void tumbling_and_given_up(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("5") POISON "mapping.m.tumbling_window = 10s\nmapping.m.report_failures = true\n"
                                                    "mapping.m.retry_attempts = 0\nproducer.p.done_at = mapping.m\n");
    expect(&r, "mapping.m", "discarded_attempts", 5);
    expect(&r, "mapping.m", "invocations", 2);
    expect(&r, "", "lost", 5);
    expect(&r, "", "waiting", 0);
    run_free(&r);
}

/* Switched off from 2 to 12 s: what came is there at 12. rules: KIN-83 */
static void switched_off(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 1/s\nproducer.p.limit = 10\nfault.x.target = mapping.m\nfault.x.effect = down\n"
                                  "fault.x.at = 1500ms\nfault.x.for = 10s\n");
    expect(&r, "mapping.m", "processed", 10);
    expect(&r, "mapping.m", "invocations", 2); /* at 1 and at 12 */
    expect_stat(&r, "", "latency", "max", 12.01e9 - 1.5e9, 0.09e9);
    run_free(&r);
}

/* Records of 0.5, 4.5, 8.5 and 12.5 s, a batch at 13 s; tries at 13, 14, 16, 20, 28, 44 and 76 s: then three of them are older than
 * 66 s, and the last is mended. rules: KIN-91 KIN-89 */
static void too_old(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "producer.p.rate = 0.25/s\nproducer.p.limit = 4\nmapping.m.window = 12s\nmapping.m.max_record_age = 66s\n"
                                  "mapping.m.poison.share = 100%\nmapping.m.poison.until = 60s\n" LETTERS);
    expect(&r, "mapping.m", "discarded_age", 3);
    expect(&r, "mapping.m", "letters", 1);
    expect(&r, "mapping.m", "processed", 1);
    expect(&r, "", "lost", 3);
    expect(&r, "mapping.m", "errors", 6);
    run_free(&r);
}

/* KV-71: it blocks its shard until it has expired; then it is lost, and what came behind it is done. rules: KIN-86 */
static void expired(void **state)
{
    (void)state;
    struct run r = run_lines(BASE "run.duration = 25h\nrun.drain = 1h\nproducer.p.rate = 1/s\nproducer.p.limit = 1\nmapping.m.poison.share = 100%\n"
                                  "mapping.m.poison.until = 24h\nproducer.q.target = stream.s\nproducer.q.size = 100B\nproducer.q.start = 20h\n"
                                  "producer.q.rate = 1/s\nproducer.q.arrivals = constant\nproducer.q.limit = 5\n");
    expect(&r, "mapping.m", "expired", 1);
    expect(&r, "mapping.m", "processed", 5);
    expect(&r, "", "lost", 1);
    assert_true(run_stat(&r, "", "latency", "max") >= 4 * 3600e9);
    assert_true(run_stat(&r, "", "latency", "max") <= 4 * 3600e9 + 61e9);
    run_free(&r);
}

/* One batch of forty, no second try: what is before its first failure is done, the rest is given up, and lost. rules: KIN-90 */
static void reported_and_given_up(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("40") LETTERS "mapping.m.target = endpoint.e\nendpoint.e.time = 0s\nendpoint.e.errors = 5%\n"
                                              "mapping.m.report_failures = true\nmapping.m.retry_attempts = 0\nproducer.p.done_at = mapping.m\n");
    double done = run_count(&r, "endpoint.e", "arrived") - run_count(&r, "endpoint.e", "errors");
    assert_true(done > 0 && done < 40);
    expect(&r, "mapping.m", "invocations", 1);
    expect(&r, "mapping.m", "processed", done);
    expect(&r, "mapping.m", "discarded_attempts", 40 - done);
    expect(&r, "mapping.m", "letters", 1);
    expect(&r, "", "in_time", done);
    expect(&r, "", "lost", 40 - done);
    run_free(&r);
}

#define FUNCTION "mapping.m.target = function.f\nfunction.f.duration = 100ms\nfunction.f.record_time = 1ms\n"

/* A function gets the batch in one invocation: a cold start of 250 ms, then 100 ms and 1 ms a record. rules: KIN-84 */
static void function(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("250") FUNCTION);
    expect(&r, "mapping.m", "invocations", 3);
    expect(&r, "mapping.m", "processed", 250);
    expect(&r, "", "in_time", 250);
    expect_stat(&r, "mapping.m", "duration", "max", 0.45e9, 0);
    expect_stat(&r, "mapping.m", "duration", "min", 0.15e9, 0);
    expect_stat(&r, "", "latency", "max", 0.5e9 + 0.45e9 + 0.2e9 + 0.15e9, 0);
    run_free(&r);
    r = run_lines(BASE BURST("4") FUNCTION LETTERS "function.f.poison.share = 100%\nmapping.m.retry_attempts = 2\n");
    expect(&r, "mapping.m", "errors", 3);
    expect(&r, "mapping.m", "discarded_attempts", 4);
    expect(&r, "mapping.m", "letters", 1);
    run_free(&r);
}

/* Reserved concurrency 0: never begun, so never given up; a throttle is no invocation. rules: KIN-87 LAM-10 */
static void function_throttled(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("4") FUNCTION LETTERS "function.f.reserved = 0\nmapping.m.retry_attempts = 0\n");
    expect(&r, "mapping.m", "throttles", 7); /* at 1, 2, 4, 8, 16, 32 and 64 s */
    expect(&r, "mapping.m", "invocations", 0);
    expect(&r, "mapping.m[0]", "invocations", 0);
    expect(&r, "mapping.m", "errors", 0);
    expect(&r, "mapping.m", "letters", 0);
    expect(&r, "mapping.m", "processed", 0);
    run_free(&r);
}

/* It reports the first record that failed, which is the next batch's first. rules: KIN-90 */
static void function_reports(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("40") FUNCTION "function.f.errors = 20%\nmapping.m.report_failures = true\nrun.drain = 1000s\n");
    expect(&r, "mapping.m", "processed", 40);
    expect(&r, "mapping.m", "errors", 0);
    assert_true(run_count(&r, "mapping.m", "partial") > 3);
    expect(&r, "mapping.m", "invocations", run_count(&r, "mapping.m", "partial") + 1);
    expect(&r, "", "in_time", 40);
    run_free(&r);
}

/* The seed and the settings decide, and nothing else. */
static void same_again(void **state)
{
    (void)state;
    const char *lines = BASE "producer.p.rate = 100/s\nstream.s.shards = 4\nmapping.m.poison.share = 1%\nmapping.m.retry_attempts = 3\n"
                             "mapping.m.bisect = true\nmapping.m.parallelization_factor = 3\n" LETTERS "run.drain = 2h\n";
    struct run a = run_lines(lines), b = run_lines(lines);
    assert_true(run_print(&a, "mapping.m") == run_print(&b, "mapping.m"));
    expect(&a, "mapping.m", "letters", run_count(&a, "mapping.m", "discarded_attempts"));
    expect(&a, "", "lost", run_count(&a, "mapping.m", "letters"));
    expect(&a, "", "waiting", 0);
    expect(&a, "mapping.m", "processed", run_count(&a, "producer.p", "offered") - run_count(&a, "mapping.m", "letters"));
    assert_true(run_count(&a, "mapping.m", "letters") > 5);
    run_free(&a);
    run_free(&b);
}

/* Wherever memory runs short, the run ends with an error and nothing leaks: a library in front, a batch bisected, a shard split. */
static void short_of_memory(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open(BASE LETTERS "producer.p.rate = 100/s\nproducer.p.target = kpl.k\nkpl.k.target = stream.s\n"
                                         "mapping.m.bisect = true\nmapping.m.retry_attempts = 1\nmapping.m.poison.share = 2%\n"
                                         "mapping.m.parallelization_factor = 2\nkpl.k.aggregation_max_count = 3\n"
                                         "stream.s.actions[0].at = 2s\nstream.s.actions[0].split = 0\nstream.s.reshard_step = 1s\n"
                                         "producer.p.done_at = mapping.m\n");
    const struct spec *spec = specbuild_done(b);
    struct result *result = NULL;
    long n = 0;
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

static void mistakes(void **state)
{
    (void)state;
    expect_problem(BASE BURST("1") "mapping.m.start = at_timestamp\n", CHECK_NEEDS, "start_at");
    expect_problem(BASE BURST("1") "mapping.m.start_at = 1s\n", CHECK_USELESS, "start_at");
    expect_problem(BASE BURST("1") "mapping.m.fan_out = true\nmapping.m.poll_interval = 2s\n", CHECK_USELESS, "poll_interval");
    expect_problem(BASE BURST("1") FUNCTION "mapping.m.timeout = 1s\n", CHECK_USELESS, "timeout");
    expect_problem(BASE BURST("1") LETTERS, CHECK_USELESS, "hears nothing");
    expect_problem(BASE BURST("1") LETTERS "mapping.m.retry_attempts = 1\nqueue.dead.type = fifo\n", CHECK_DLQ_TYPE, "FIFO");
}

/* A poison record at the head of a batch: while its function is down or throttled nothing is begun, so no attempt is used up; then
 * there are four. rules: KIN-86 KIN-87 */
static void poison_waits_for_its_function(void **state)
{
    static const char *const target[] = {
        "mapping.m.target = function.f\nfunction.f.duration = 10ms\nfault.f.target = function.f\nfault.f.effect = down\n",
        "fault.f.target = service.f\nfault.f.effect = down\n"};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        char lines[2000];
        snprintf(lines, sizeof(lines), "%s%sfault.f.at = 0s\nfault.f.for = 40s\nrun.drain = 1000s\n", BASE BURST("1") POISON "mapping.m.retry_attempts = 3\n", target[i]);
        struct run r = run_lines(lines);
        /* Read at 1 s; tried again after 1, 2, 4, 8, 16 and 32 s: the first that begins is at 64 s. */
        expect(&r, "mapping.m", "throttles", 6);
        expect(&r, "mapping.m", "errors", 4);
        expect(&r, "mapping.m", "poisoned", 4);
        expect(&r, "mapping.m", "discarded_attempts", 1);
        run_free(&r);
    }
    struct run r = run_lines(BASE BURST("1") POISON "mapping.m.target = function.f\nfunction.f.duration = 10ms\nfunction.f.reserved = 0\n"
                                                    "mapping.m.retry_attempts = 0\n");
    expect(&r, "mapping.m", "errors", 0);
    expect(&r, "mapping.m", "discarded_attempts", 0);
    assert_true(run_count(&r, "mapping.m", "throttles") > 3);
    run_free(&r);
}

/* A batch that fails over its first record is one invocation like any other. rules: KIN-86 */
static void poison_is_invoked(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("4") POISON "mapping.m.target = function.f\nfunction.f.duration = 10ms\nmapping.m.retry_attempts = 1\n");
    expect(&r, "function.f", "invocations", 2);
    expect(&r, "function.f", "errors", 2);
    expect(&r, "function.f", "processed", 0);
    expect(&r, "mapping.m", "poisoned", 2);
    run_free(&r);
}

/* What a topic brings to a queue that nobody reads is a dead letter there as well: its request is lost, and waits for nothing.
 * rules: KIN-89 */
static void letters_by_a_topic(void **state)
{
    (void)state;
    struct run r = run_lines(BASE BURST("4") POISON "mapping.m.retry_attempts = 0\nmapping.m.on_failure = topic.dead\n"
                                                    "queue.q.delay = 0s\ntopic.dead.subscriptions[0].target = queue.q\nproducer.p.done_at = mapping.m\n");
    expect(&r, "mapping.m", "letters", 1);
    expect(&r, "queue.q", "sent", 1);
    expect(&r, "", "lost", 4);
    expect(&r, "", "waiting", 0);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_in_order),
        cmocka_unit_test(polls),
        cmocka_unit_test(lanes),
        cmocka_unit_test(given_up),
        cmocka_unit_test(bisected),
        cmocka_unit_test(mended),
        cmocka_unit_test(throttled),
        cmocka_unit_test(reported),
        cmocka_unit_test(children_wait),
        cmocka_unit_test(one_shard_is_blocked),
        cmocka_unit_test(fan_out),
        cmocka_unit_test(subscribed_again),
        cmocka_unit_test(starts),
        cmocka_unit_test(windows),
        cmocka_unit_test(tumbling),
        cmocka_unit_test(filtered),
        cmocka_unit_test(packed_and_filtered),
        cmocka_unit_test(tumbling_and_given_up),
        cmocka_unit_test(tumbling_and_on_its_way),
        cmocka_unit_test(tumbling_without_state),
        cmocka_unit_test(tumbling_and_pushed),
        cmocka_unit_test(switched_off),
        cmocka_unit_test(too_old),
        cmocka_unit_test(expired),
        cmocka_unit_test(reported_and_given_up),
        cmocka_unit_test(function),
        cmocka_unit_test(function_throttled),
        cmocka_unit_test(function_reports),
        cmocka_unit_test(same_again),
        cmocka_unit_test(short_of_memory),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(poison_waits_for_its_function),
        cmocka_unit_test(poison_is_invoked),
        cmocka_unit_test(letters_by_a_topic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
