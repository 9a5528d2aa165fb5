/* test_eventbridge_bus.c - buses in a world, in schedules worked out by hand: who gets which event when, how retries end, what
 * waits, what is lost. */
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

/* One event a second from 0 on, ten of them. */
#define TEN                                                                                                             \
    "run.duration = 10s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = bus.b\n"            \
    "producer.p.size = 100B\n"
#define ONE TEN "producer.p.limit = 1\n"
#define ALL "{'source':[{'prefix':''}]}"
#define RULE(i) "bus.b.rules[" #i "].name = r" #i "\nbus.b.rules[" #i "].pattern = " ALL "\n"
#define TO(i, k, what) "bus.b.rules[" #i "].targets[" #k "].target = " what "\n"
#define SET(i, k, what) "bus.b.rules[" #i "].targets[" #k "]." what "\n"
#define WORKERS "fleet.f.source = queue.q\nfleet.f.time = 100ms\nfleet.f.size = 5\nproducer.p.done_at = fleet.f\nqueue.q.wait_time = 20s\n"

/* --- routing --- */

/* 6 of 10 are paid, 4 are not; rules: EB-5 */
static void templates_are_routed(void **state)
{
    (void)state;
    struct run r = run_lines(
        TEN "event.a.source = shop\nevent.a.detail_type = created\nevent.a.detail = {'total': 10}\n"
            "event.b.source = shop\nevent.b.detail_type = created\nevent.b.detail = {'total': 500}\n"
            "producer.big.arrivals = constant\nproducer.big.rate = 1/s\nproducer.big.limit = 4\nproducer.big.target = bus.b\n"
            "producer.big.done_at = fleet.f\nproducer.big.events[0].event = event.b\n"
            "producer.p.limit = 6\nproducer.p.events[0].event = event.a\n"
            "bus.b.rules[0].name = all\nbus.b.rules[0].pattern = {'source':['shop']}\n"
            "bus.b.rules[1].name = big\nbus.b.rules[1].pattern = {'detail':{'total':[{'numeric':['>',100]}]}}\n"
            "bus.b.rules[2].name = off\nbus.b.rules[2].pattern = {'source':['shop']}\nbus.b.rules[2].enabled = false\n"
            "bus.b.rules[3].name = none\nbus.b.rules[3].pattern = {'source':['other']}\n" TO(0, 0, "queue.q") TO(0, 1, "queue.all")
                TO(1, 0, "queue.big") TO(2, 0, "queue.off") TO(3, 0, "queue.off") WORKERS
            "queue.all.delay = 0s\nqueue.big.delay = 0s\nqueue.off.delay = 0s\n");
    expect(&r, "queue.all", "sent", 10);
    expect(&r, "queue.big", "sent", 4);
    expect(&r, "queue.off", "sent", 0);
    expect(&r, "bus.b", "entries", 10);
    expect(&r, "bus.b", "matched", 10);
    expect(&r, "bus.b", "triggered", 14);
    expect(&r, "bus.b", "deliveries", 24);
    expect(&r, "bus.b", "delivered", 24);
    expect(&r, "bus.b[all-q]", "delivered", 10);
    expect(&r, "bus.b[big-big]", "matched", 4);
    expect(&r, "bus.b[big-big]", "attempts", 4);
    expect(&r, "bus.b[off-off]", "matched", 0);
    expect(&r, "", "in_time", 10);
    run_free(&r);
}

/* rules: EB-5 */
static void unmatched_events_are_lost(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "bus.b.rules[0].name = r\nbus.b.rules[0].pattern = {'source':['nobody']}\n" TO(0, 0, "queue.q") WORKERS);
    expect(&r, "bus.b", "unmatched", 10);
    expect(&r, "bus.b", "deliveries", 0);
    expect(&r, "", "lost", 10);
    expect(&r, "producer.p", "told_ok", 10); /* PutEvents has taken them */
    run_free(&r);
}

/* A template without source is no entry. rules: EB-12 */
static void templates_without_source_are_refused(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "event.e.body = {'a':1}\nproducer.p.events[0].event = event.e\n" RULE(0) TO(0, 0, "queue.q") WORKERS);
    expect(&r, "bus.b", "failed_entries", 10);
    expect(&r, "producer.p", "told_no", 10);
    run_free(&r);
}

/* rules: EB-8 EB-52 */
static void forwarded_once(void **state)
{
    (void)state;
    struct run r = run_lines(TEN RULE(0) TO(0, 0, "bus.c") TO(0, 1, "queue.q")
                             "bus.c.rules[0].name = r\nbus.c.rules[0].pattern = " ALL "\nbus.c.rules[0].targets[0].target = bus.d\n"
                             "bus.c.rules[0].targets[1].target = queue.second\nbus.d.rules[0].name = r\nbus.d.rules[0].pattern = " ALL
                             "\nbus.d.rules[0].targets[0].target = queue.third\nqueue.second.delay = 0s\nqueue.third.delay = 0s\n" WORKERS);
    expect(&r, "bus.c", "forwarded", 10);
    expect(&r, "bus.c", "deliveries", 10);
    expect(&r, "bus.b", "billed", 20); /* put, and forwarded: the sender pays. EB-52 */
    expect(&r, "bus.c", "billed", 0);
    expect(&r, "queue.second", "sent", 10);
    expect(&r, "bus.d", "forwarded", 0);
    expect(&r, "queue.third", "sent", 0);
    expect(&r, "", "repeated", 0);
    run_free(&r);
}

/* --- retries --- */

#define FAILING "endpoint.e.errors = 100%\nproducer.p.done_at = endpoint.e\nqueue.dead.delay = 0s\n"

/* Attempts at 0, 1, 3, 7; the letter waits from 7 to the end. rules: EB-37 EB-38 EB-40 */
static void three_retries(void **state)
{
    (void)state;
    struct run r = run_lines(ONE "run.drain = 50s\n" RULE(0) TO(0, 0, "endpoint.e") SET(0, 0, "maximum_retry_attempts = 3")
                                 SET(0, 0, "dead_letter = queue.dead") FAILING);
    expect(&r, "bus.b", "attempts", 4);
    expect(&r, "bus.b", "retries", 3);
    expect(&r, "bus.b", "to_dlq", 1);
    expect(&r, "bus.b", "failed", 1);
    expect(&r, "bus.b[r0-e]", "failed", 4);
    expect(&r, "bus.b[r0-e]", "retries", 3);
    expect(&r, "bus.b[r0-e]", "dead", 1);
    expect(&r, "queue.dead", "sent", 1);
    expect_stat(&r, "queue.dead", "depth", "mean", 53.0 / 60, 1e-9);
    expect(&r, "", "lost", 1); /* remembered, not alive */
    run_free(&r);
}

/* 186 attempts, the last after 84,991 s. rules: EB-37 EB-38 */
static void a_day_of_retries(void **state)
{
    (void)state;
    struct run r = run_lines(ONE "run.drain = 99990s\n" RULE(0) TO(0, 0, "endpoint.e") SET(0, 0, "dead_letter = queue.dead") FAILING);
    expect(&r, "bus.b", "attempts", 186);
    expect(&r, "bus.b", "to_dlq", 1);
    expect_stat(&r, "queue.dead", "depth", "mean", (100000 - 84991) / 100000.0, 1e-9);
    expect_stat(&r, "bus.b", "waiting", "mean", 84991 / 100000.0, 1e-9);
    run_free(&r);
}

/* Attempts at 0, 1, 3, 7, 15, 31, and the end at 60. rules: EB-37 */
static void the_age_ends_it(void **state)
{
    (void)state;
    struct run r = run_lines(ONE "run.drain = 90s\n" RULE(0) TO(0, 0, "endpoint.e") SET(0, 0, "maximum_event_age = 60s")
                                 SET(0, 0, "dead_letter = queue.dead") FAILING);
    expect(&r, "bus.b", "attempts", 6);
    expect_stat(&r, "queue.dead", "depth", "mean", 0.4, 1e-9);
    run_free(&r);
}

/* A client's error is not tried again. rules: EB-39 EB-41 */
static void rejections_are_final(void **state)
{
    (void)state;
    struct run r = run_lines(TEN RULE(0) TO(0, 0, "endpoint.e") "endpoint.e.rejections = 100%\nproducer.p.done_at = endpoint.e\n");
    expect(&r, "bus.b", "attempts", 10);
    expect(&r, "bus.b", "dropped", 10);
    expect(&r, "", "lost", 10);
    run_free(&r);
}

/* Too large for the queue: refused, and not tried again. rules: EB-39 */
static void what_a_queue_refuses_is_final(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "producer.p.size = 2KiB\nqueue.small.max_message_size = 1KiB\n" RULE(0) TO(0, 0, "queue.small")
                                 TO(0, 1, "queue.q") SET(0, 0, "dead_letter = queue.dead") "queue.dead.delay = 0s\n" WORKERS);
    expect(&r, "bus.b", "attempts", 20);
    expect(&r, "bus.b", "to_dlq", 10);
    expect(&r, "", "in_time", 10);
    run_free(&r);
}

/* The letter's queue does not take it. rules: EB-41 */
static void letters_can_be_lost(void **state)
{
    (void)state;
    struct run r = run_lines(TEN RULE(0) TO(0, 0, "endpoint.e") SET(0, 0, "maximum_retry_attempts = 0") SET(0, 0, "dead_letter = queue.dead")
                                 FAILING "fault.x.target = queue.dead\nfault.x.effect = down\nfault.x.at = 4500ms\nfault.x.for = 1h\n");
    expect(&r, "bus.b", "to_dlq", 5);
    expect(&r, "bus.b", "not_to_dlq", 5);
    expect(&r, "", "lost", 10);
    run_free(&r);
}

/* An endpoint that answers after 8 s, and 5 s to wait: the attempts at 0, 6 and 13 time out at 5, 11 and 18. rules: EB-39 */
static void timeouts(void **state)
{
    (void)state;
    struct run r = run_lines(ONE "run.drain = 90s\n" RULE(0) TO(0, 0, "endpoint.e") SET(0, 0, "maximum_retry_attempts = 2")
                                 SET(0, 0, "dead_letter = queue.dead") "endpoint.e.time = 8s\nproducer.p.done_at = endpoint.e\n"
                                 "queue.dead.delay = 0s\n");
    expect(&r, "bus.b", "timeouts", 3);
    expect_stat(&r, "queue.dead", "depth", "mean", 0.82, 1e-9);
    expect(&r, "", "repeated", 2); /* the work was done all the same */
    run_free(&r);
}

/* rules: EB-6 */
static void everything_twice(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "run.drain = 10s\nbus.b.duplicates = 100%\n" RULE(0) TO(0, 0, "queue.q") WORKERS);
    expect(&r, "bus.b", "deliveries", 10);
    expect(&r, "bus.b", "twice", 10);
    expect(&r, "queue.q", "sent", 20);
    expect(&r, "", "repeated", 10);
    run_free(&r);
}

/* --- quotas --- */

/* Twenty at once, in two calls: the second is over the quota of one. rules: EB-16 EB-17 */
static void puts_are_throttled(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = 20\n"
                             "producer.p.batch_size = 20\nproducer.p.send_batch = true\nproducer.p.target = bus.b\n"
                             "bus.b.puts_per_second = 1\n" RULE(0) TO(0, 0, "queue.q") WORKERS);
    expect(&r, "bus.b", "entries", 10);
    expect(&r, "bus.b", "throttled", 10);
    expect(&r, "bus.b", "calls", 2);
    run_free(&r);
}

/* Ten at once, two a second: two at 0, then one each half second: the last at 4. rules: EB-18 EB-43 */
static void invocations_wait(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 20s\nproducer.p.arrivals = constant\nproducer.p.rate = 0.01/s\nproducer.p.batch_size = 10\n"
                             "producer.p.limit = 10\nproducer.p.target = bus.b\nbus.b.invocations_per_second = 2\n" RULE(0)
                                 TO(0, 0, "queue.q") WORKERS);
    expect(&r, "bus.b", "throttled_rules", 8);
    expect(&r, "bus.b", "attempts", 10);
    expect_stat(&r, "bus.b", "start_latency", "max", 4e9, 0);
    expect_stat(&r, "bus.b", "start_latency", "mean", 1.8e9, 1); /* (0.5 + … + 4) / 10 */
    expect_stat(&r, "bus.b", "waiting", "mean", 18.0 / 20, 1e-9);
    run_free(&r);
}

/* rules: EB-10 */
static void requests_have_a_size(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = 10\n"
                             "producer.p.batch_size = 10\nproducer.p.send_batch = true\nproducer.p.size = 104858B\n"
                             "producer.p.target = bus.b\n" RULE(0) TO(0, 0, "queue.q") WORKERS);
    expect(&r, "bus.b", "failed_entries", 10); /* 1,048,580 bytes */
    expect(&r, "bus.b", "entries", 0);
    run_free(&r);
    r = run_lines("run.duration = 10s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = 10\n"
                  "producer.p.batch_size = 10\nproducer.p.send_batch = true\nproducer.p.size = 104857B\n"
                  "producer.p.target = bus.b\n" RULE(0) TO(0, 0, "queue.q") WORKERS);
    expect(&r, "bus.b", "entries", 10);
    expect(&r, "bus.b", "billed", 20); /* each 102.4 KiB: two chunks. EB-52 */
    run_free(&r);
}

/* --- targets --- */

/* rules: EB-7 */
static void fifo_targets(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "producer.p.key = round_robin(2)\nqueue.q.type = fifo\nqueue.q.deduplication = content\n" RULE(0)
                                 TO(0, 0, "queue.q") SET(0, 0, "message_group = key") TO(0, 1, "queue.one")
                                     SET(0, 1, "message_group = one") "queue.one.type = fifo\nqueue.one.deduplication = content\n"
                                 "fleet.g.source = queue.one\nfleet.g.time = 20s\nfleet.g.size = 4\nrun.drain = 1s\n"
                                 "queue.one.visibility_timeout = 1h\n" WORKERS);
    expect(&r, "queue.q", "sent", 10);
    expect(&r, "queue.one", "sent", 10);
    expect_stat(&r, "queue.one", "groups_in_flight", "max", 1, 0); /* one group: one worker */
    expect_stat(&r, "fleet.g", "busy", "max", 1, 0);
    run_free(&r);
}

/* rules: EB-7 */
static void inputs_have_a_size(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "producer.p.size = 2KiB\n" RULE(0) TO(0, 0, "queue.q") SET(0, 0, "input_size = 10B") WORKERS);
    expect_stat(&r, "queue.q", "size", "max", 10, 0);
    expect_stat(&r, "bus.b", "size", "max", 2048, 0);
    run_free(&r);
}

/* --- latency, faults --- */

/* 100 ms at the API, 200 in the bus, 300 on the way: the worker has it after 0.6 and is done after 0.7. */
static void latencies_add_up(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "run.drain = 10s\nbus.b.api_latency = 100ms\nbus.b.latency = 200ms\n" RULE(0) TO(0, 0, "queue.q")
                                 SET(0, 0, "latency = 300ms") WORKERS);
    expect_stat(&r, "bus.b", "start_latency", "max", 0.2e9, 0);
    expect_stat(&r, "bus.b", "complete_latency", "max", 0.5e9, 0);
    expect_stat(&r, "", "latency", "max", 0.7e9, 0);
    expect_stat(&r, "producer.p", "answer", "max", 0.1e9, 0);
    run_free(&r);
}

/* Log-normal, p50 40 ms, p99 130 ms: mean 40 exp(s^2/2), s = ln(3.25)/2.3263. rules: EB-45 */
static void realistic_latency(void **state)
{
    (void)state;
    double s = log(130.0 / 40) / 2.326347874;
    struct run r = run_lines("run.duration = 1000s\nrun.drain = 60s\nrun.behaviour = realistic\nproducer.p.rate = 50/s\n"
                             "producer.p.target = bus.b\n" RULE(0) TO(0, 0, "queue.q") WORKERS);
    expect_stat(&r, "bus.b", "start_latency", "mean", 40e6 * exp(s * s / 2), 0.5e6); /* 5 sd of the mean of 50,000 */
    expect_stat(&r, "bus.b", "start_latency", "p50", 40e6, 1e6);
    expect_stat(&r, "bus.b", "start_latency", "p99", 130e6, 6e6);
    expect_stat(&r, "producer.p", "answer", "p50", 15e6, 0.6e6);
    run_free(&r);
}

/* Down from 4.5 to 7.5: the events of 5, 6, 7 are refused. */
static void down(void **state)
{
    (void)state;
    struct run r = run_lines(TEN RULE(0) TO(0, 0, "queue.q") WORKERS
                             "fault.x.target = bus.b\nfault.x.effect = down\nfault.x.at = 4500ms\nfault.x.for = 3s\n");
    expect(&r, "bus.b", "entries", 7);
    expect(&r, "bus.b", "failed_entries", 3);
    expect(&r, "producer.p", "told_no", 3);
    run_free(&r);
}

static void failing(void **state)
{
    (void)state;
    struct run r = run_lines(TEN RULE(0) TO(0, 0, "queue.q") WORKERS
                             "fault.x.target = bus.b\nfault.x.effect = fail\nfault.x.probability = 100%\nfault.x.at = 4500ms\nfault.x.for = 3s\n");
    expect(&r, "bus.b", "failed_entries", 3);
    expect(&r, "producer.p", "told_no", 3);
    run_free(&r);
}

static void slow(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "bus.b.latency = 100ms\n" RULE(0) TO(0, 0, "queue.q") WORKERS
                             "fault.x.target = bus.b\nfault.x.effect = slow\nfault.x.factor = 3\nfault.x.at = 4500ms\nfault.x.for = 3s\n");
    expect_stat(&r, "bus.b", "start_latency", "max", 0.3e9, 0);
    expect_stat(&r, "bus.b", "start_latency", "mean", 0.16e9, 1);
    run_free(&r);
}

/* --- time --- */

/* Every 5 minutes of an hour, from the first on: 11. Quarters: 0, 15, 30, 45. rules: EB-48 */
static void schedules(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 1h\nrun.drain = 1min\nbus.b.name = default\nbus.b.done_at = fleet.f\nbus.b.deadline = 1s\n"
                             "bus.b.rules[0].name = five\nbus.b.rules[0].schedule = rate(5 minutes)\n" TO(0, 0, "queue.q")
                             "bus.b.rules[1].name = quarter\nbus.b.rules[1].schedule = cron(0/15 * * * ? *)\n" TO(1, 0, "queue.q")
                             "bus.b.rules[2].name = never\nbus.b.rules[2].schedule = cron(0 12 * * ? *)\n" TO(2, 0, "queue.q")
                             "fleet.f.source = queue.q\nfleet.f.time = 100ms\nqueue.q.wait_time = 20s\n");
    expect(&r, "bus.b", "scheduled", 15);
    expect(&r, "bus.b", "triggered", 15);
    expect(&r, "queue.q", "sent", 15);
    expect(&r, "", "offered", 15);
    expect(&r, "", "in_time", 15);
    expect_stat(&r, "", "latency", "max", 0.2e9, 0); /* both at 15, 30, 45: one worker */
    run_free(&r);
}

/* cron is UTC and knows the date: 2026-11-20 is a Friday. rules: EB-48 */
static void calendar(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 3d\nbus.b.name = default\nbus.b.done_at = fleet.f\nbus.b.clock = 2026-11-20T09:00:00Z\n"
                             "bus.b.rules[0].name = weekdays\nbus.b.rules[0].schedule = cron(0 10 ? * MON-FRI *)\n" TO(0, 0, "queue.q")
                             "fleet.f.source = queue.q\nfleet.f.time = 100ms\nqueue.q.wait_time = 20s\n");
    expect(&r, "bus.b", "scheduled", 1); /* an hour after the start; Monday's would be the fourth day */
    run_free(&r);
}

/* Somewhere in the minute. rules: EB-48 */
static void realistic_schedules(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\nrun.behaviour = realistic\nbus.b.name = default\nbus.b.done_at = fleet.f\n"
                             "bus.b.latency = 0s\nbus.b.rules[0].name = r\nbus.b.rules[0].schedule = cron(* * * * ? *)\n" TO(0, 0, "queue.q")
                             "fleet.f.source = queue.q\nfleet.f.time = 100ms\nqueue.q.wait_time = 20s\nqueue.q.api_latency = 0s\n");
    expect(&r, "bus.b", "scheduled", 10);
    run_free(&r);
}

/* Ten events go to workers that fail until 15 s; dropped by the queue after its one receive. What was archived is sent again at
 * 20 s, two a second. rules: EB-46 EB-47 */
static void replayed(void **state)
{
    (void)state;
    const char *lines = TEN "run.drain = 50s\nbus.b.archive.retention = 1d\nbus.b.puts_per_second = 2\n"
                            "bus.b.replay[0].at = 20s\nbus.b.replay[0].from = 2s\nbus.b.replay[0].to = 8s\n"
                            "bus.b.replay[0].rules[0] = r0\n" RULE(0) RULE(1) TO(0, 0, "endpoint.e") SET(0, 0, "maximum_retry_attempts = 0")
                                TO(1, 0, "queue.other") "queue.other.delay = 0s\n"
                            "endpoint.e.time = 0s\nproducer.p.done_at = endpoint.e\nfault.x.target = endpoint.e\nfault.x.effect = fail\n"
                            "fault.x.probability = 100%\nfault.x.at = 0s\nfault.x.for = 15s\n";
    struct run r = run_lines(lines);
    expect(&r, "bus.b", "archived", 10);
    expect(&r, "bus.b", "replayed", 6); /* of 2, 3, 4, 5, 6, 7 */
    expect(&r, "bus.b", "dropped", 10);
    expect(&r, "queue.other", "sent", 10);
    expect(&r, "bus.b", "entries", 10);
    expect(&r, "", "in_time", 6);
    expect_stat(&r, "", "latency", "max", 18e9, 0); /* of 2, at 20; that of 7 at 22.5 */
    expect_stat(&r, "", "latency", "min", 15.5e9, 0);
    expect(&r, "", "waiting", 4); /* their copies in the other queue */
    run_free(&r);
}

/* --- the custom event bus of 2026 --- */

#define V2 "bus.b.generation = v2\n"

/* The endpoint fails until 2.5 s. In order: the event of 0 is tried at 0, 1 and 3, and those of 1, 2 and 3 come after it. Without
 * order each is tried on its own: 0, 1, 3; 1, 2, 4; 2, 3. rules: EB-56 EB-60 */
static void groups_are_in_order(void **state)
{
    (void)state;
    const char *lines = TEN "run.drain = 10s\nproducer.p.key = round_robin(1)\n" RULE(0) TO(0, 0, "endpoint.e") V2
                            "endpoint.e.time = 0s\nproducer.p.done_at = endpoint.e\nfault.x.target = endpoint.e\nfault.x.effect = down\n"
                            "fault.x.at = 0s\nfault.x.for = 2500ms\n";
    char text[3000];
    snprintf(text, sizeof(text), "%sbus.b.type = fifo\n", lines);
    struct run r = run_lines(text);
    expect(&r, "bus.b", "attempts", 12);
    expect_stat(&r, "", "latency", "max", 3e9, 0);
    expect_stat(&r, "", "latency", "mean", 0.6e9, 1); /* (3 + 2 + 1) / 10 */
    run_free(&r);
    r = run_lines(lines);
    expect(&r, "bus.b", "attempts", 15);
    expect_stat(&r, "", "latency", "mean", 0.7e9, 1); /* (3 + 3 + 1) / 10 */
    run_free(&r);
}

/* An event without key is of no group. rules: EB-56 */
static void events_need_a_group(void **state)
{
    (void)state;
    struct run r = run_lines(TEN RULE(0) TO(0, 0, "queue.q") V2 "bus.b.type = fifo\n" WORKERS);
    expect(&r, "bus.b", "failed_entries", 10);
    expect(&r, "producer.p", "told_no", 10);
    run_free(&r);
}

/* Two keys, ten events within the window: two are published. After 300 s they are new: one every 100 s of one key at 0, 300, 600 and
 * 900. rules: EB-55 */
static void known_events(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "producer.p.key = round_robin(2)\nbus.b.deduplication = key\n" RULE(0) TO(0, 0, "queue.q") V2 WORKERS);
    expect(&r, "bus.b", "deduplicated", 8);
    expect(&r, "queue.q", "sent", 2);
    expect(&r, "producer.p", "told_ok", 10);
    run_free(&r);
    r = run_lines("run.duration = 1000s\nproducer.p.arrivals = constant\nproducer.p.rate = 0.01/s\nproducer.p.target = bus.b\n"
                  "producer.p.key = round_robin(1)\nbus.b.deduplication = key\n" RULE(0) TO(0, 0, "queue.q") V2 WORKERS);
    expect(&r, "queue.q", "sent", 4);
    expect(&r, "bus.b", "deduplicated", 6);
    run_free(&r);
}

/* A hundred entries in a call are one call. rules: EB-55 */
static void a_hundred_entries(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = 10\n"
                             "producer.p.batch_size = 10\nproducer.p.send_batch = true\nproducer.p.target = bus.b\n" RULE(0)
                                 TO(0, 0, "queue.q") V2 WORKERS);
    expect(&r, "bus.b", "calls", 1);
    expect(&r, "bus.b", "delivered", 10);
    run_free(&r);
}

/* Five retries, of rejections as well: 0, 1, 3, 7, 15, 31. rules: EB-57 */
static void five_retries(void **state)
{
    (void)state;
    struct run r = run_lines(ONE "run.drain = 90s\n" RULE(0) TO(0, 0, "endpoint.e") SET(0, 0, "dead_letter = queue.dead") V2
                             "endpoint.e.rejections = 100%\nproducer.p.done_at = endpoint.e\nqueue.dead.delay = 0s\n");
    expect(&r, "bus.b", "attempts", 6);
    expect(&r, "bus.b", "to_dlq", 1);
    expect_stat(&r, "queue.dead", "depth", "mean", 0.69, 1e-9);
    run_free(&r);
}

/* 1,500 KB a second for a group: of 20 events of 100 KiB at once 15 are taken. rules: EB-59 */
static void a_group_has_a_quota(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nproducer.p.arrivals = constant\nproducer.p.rate = 0.1/s\nproducer.p.limit = 20\n"
                             "producer.p.batch_size = 20\nproducer.p.key = round_robin(1)\nproducer.p.size = 100KiB\nproducer.p.target = bus.b\n"
                             "bus.b.type = fifo\n" RULE(0) TO(0, 0, "queue.q") V2 WORKERS);
    expect(&r, "bus.b", "throttled", 5);
    expect(&r, "bus.b", "delivered", 15);
    run_free(&r);
}

/* The bus is a log: what was published can be read from a point in time on. rules: EB-54 EB-58 */
static void from_a_point_in_time(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "run.drain = 30s\n" V2 RULE(0) TO(0, 0, "queue.q")
                             "bus.b.rules[1].name = late\nbus.b.rules[1].pattern = {'source':['nobody']}\n" TO(1, 0, "queue.other")
                             "bus.b.replay[0].at = 20s\nbus.b.replay[0].from = 5s\nbus.b.replay[0].to = 20s\nbus.b.replay[0].rules[0] = r0\n"
                             "queue.other.delay = 0s\n" WORKERS);
    expect(&r, "bus.b", "replayed", 5);
    expect(&r, "queue.q", "sent", 15);
    run_free(&r);
}

/* --- what a scenario gets wrong --- */

static void expect_wrong(const char *lines, int code, const char *part)
{
    char text[3000];
    snprintf(text, sizeof(text), "run.duration = 1s\nqueue.q.delay = 0s\n%s", lines);
    expect_problem(text, code, part);
}

/* rules: EB-2 EB-3 EB-7 EB-24 EB-34 EB-40 EB-46 EB-47 EB-48 EB-54 EB-57 EB-59 EB-60 */
static void wrong(void **state)
{
    (void)state;
    expect_wrong("bus.b.name = a b\n", CHECK_BUS_NAME, "(EB-1)");
    expect_wrong("bus.b.region = Frankfurt\n", CHECK_BUS_NAME, "no region");
    expect_wrong("bus.b.generation = v2\nbus.b.region = ap-northeast-2\n", CHECK_NOT_YET, "not offered in ap-northeast-2 (EB-54)");
    expect_wrong("bus.b.type = fifo\n", CHECK_USELESS, "needs generation = \"v2\"");
    expect_wrong("bus.b.generation = v2\n" RULE(0) TO(0, 0, "queue.q") TO(0, 1, "queue.r") "queue.r.delay = 0s\n", CHECK_BUS_LIMIT, "one target (EB-54)");
    expect_wrong("bus.b.generation = v2\nbus.b.rules[0].name = r\nbus.b.rules[0].pattern = {'a':[{'wildcard':'x*'}]}\n", CHECK_PATTERN, "(EB-59)");
    expect_wrong("bus.b.generation = v2\nbus.b.type = fifo\n" RULE(0) TO(0, 0, "queue.q") SET(0, 0, "dead_letter = queue.d") "queue.d.delay = 0s\n", CHECK_DLQ_TYPE, "(EB-57)");
    expect_wrong("bus.b.rules[0].name = r r\nbus.b.rules[0].pattern = " ALL "\n", CHECK_BUS_NAME, "(EB-2)");
    expect_wrong("bus.b.rules[0].name = r\n", CHECK_NEEDS, "neither pattern nor schedule");
    expect_wrong(RULE(0) "bus.b.rules[1].name = r0\nbus.b.rules[1].pattern = " ALL "\n", CHECK_BUS_NAME, "two rules 'r0'");
    expect_wrong("bus.b.rules[0].name = r\nbus.b.rules[0].pattern = {'a':'b'}\n", CHECK_PATTERN, "must be an object or an array, line 1, column 6");
    expect_wrong("bus.b.rules[0].name = r\nbus.b.rules[0].schedule = rate(1 minute)\n", CHECK_SCHEDULE, "only the default bus");
    expect_wrong("bus.default.rules[0].name = r\nbus.default.rules[0].schedule = rate(1 minutes)\n", CHECK_SCHEDULE, "1 minute, but 2 minutes");
    expect_wrong("bus.default.rules[0].name = r\nbus.default.rules[0].schedule = rate(1 minute)\n", CHECK_DONE_AT, "requests of a schedule");
    expect_wrong("bus.b.clock = yesterday\n", CHECK_SCHEDULE, "no date");
    expect_wrong("bus.b.clock = 2026-11-21T00:00:00Z\n", CHECK_USELESS, "without a schedule");
    expect_wrong(RULE(0) TO(0, 0, "queue.q") TO(0, 1, "queue.q"), CHECK_BUS_NAME, "twice");
    expect_wrong(RULE(0) TO(0, 0, "queue.q") SET(0, 0, "id = a/b"), CHECK_BUS_NAME, "(EB-3)");
    expect_wrong(RULE(0) TO(0, 0, "queue.q") TO(0, 1, "queue.q") SET(0, 1, "id = b") TO(0, 2, "queue.q") SET(0, 2, "id = c")
                     TO(0, 3, "queue.q") SET(0, 3, "id = d") TO(0, 4, "queue.q") SET(0, 4, "id = e") TO(0, 5, "queue.q")
                         SET(0, 5, "id = f"),
                 CHECK_BUS_LIMIT, "five are possible");
    expect_wrong(RULE(0) TO(0, 0, "bus.b"), CHECK_TARGET, "itself");
    expect_wrong(RULE(0) TO(0, 0, "queue.q") SET(0, 0, "timeout = 1s"), CHECK_USELESS, "'timeout'");
    expect_wrong(RULE(0) TO(0, 0, "queue.q") SET(0, 0, "message_group = one"), CHECK_USELESS, "(EB-7)");
    expect_wrong(RULE(0) TO(0, 0, "queue.f") "queue.f.type = fifo\n", CHECK_NEEDS, "'message_group'");
    expect_wrong(RULE(0) TO(0, 0, "queue.f") "queue.f.type = fifo\n", CHECK_NEEDS, "deduplication id");
    expect_wrong(RULE(0) TO(0, 0, "queue.q") SET(0, 0, "dead_letter = queue.f") "queue.f.type = fifo\n", CHECK_DLQ_TYPE, "(EB-40)");
    expect_wrong("bus.b.replay[0].at = 1s\nbus.b.replay[0].to = 1s\n", CHECK_NEEDS, "needs an archive");
    expect_wrong("bus.b.archive.delay = 0s\nbus.b.replay[0].at = 1s\nbus.b.replay[0].from = 1s\nbus.b.replay[0].to = 1s\n", CHECK_USELESS, "(EB-47)");
    expect_wrong("bus.b.archive.delay = 0s\nbus.b.replay[0].at = 1s\nbus.b.replay[0].to = 1s\nbus.b.replay[0].rules[0] = x\n", CHECK_BUS_NAME, "no rule 'x'");
    expect_wrong("bus.b.archive.retention = 36h\n", CHECK_BUS_LIMIT, "whole days");
    expect_wrong("bus.b.archive.pattern = {}}\n", CHECK_PATTERN, "the archive");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_are_routed),
        cmocka_unit_test(unmatched_events_are_lost),
        cmocka_unit_test(templates_without_source_are_refused),
        cmocka_unit_test(forwarded_once),
        cmocka_unit_test(three_retries),
        cmocka_unit_test(a_day_of_retries),
        cmocka_unit_test(the_age_ends_it),
        cmocka_unit_test(rejections_are_final),
        cmocka_unit_test(what_a_queue_refuses_is_final),
        cmocka_unit_test(letters_can_be_lost),
        cmocka_unit_test(timeouts),
        cmocka_unit_test(everything_twice),
        cmocka_unit_test(puts_are_throttled),
        cmocka_unit_test(invocations_wait),
        cmocka_unit_test(requests_have_a_size),
        cmocka_unit_test(fifo_targets),
        cmocka_unit_test(inputs_have_a_size),
        cmocka_unit_test(latencies_add_up),
        cmocka_unit_test(realistic_latency),
        cmocka_unit_test(down),
        cmocka_unit_test(failing),
        cmocka_unit_test(slow),
        cmocka_unit_test(schedules),
        cmocka_unit_test(calendar),
        cmocka_unit_test(realistic_schedules),
        cmocka_unit_test(replayed),
        cmocka_unit_test(groups_are_in_order),
        cmocka_unit_test(events_need_a_group),
        cmocka_unit_test(known_events),
        cmocka_unit_test(a_hundred_entries),
        cmocka_unit_test(five_retries),
        cmocka_unit_test(a_group_has_a_quota),
        cmocka_unit_test(from_a_point_in_time),
        cmocka_unit_test(wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
