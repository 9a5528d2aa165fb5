/* test_consumers.c - consumers as people write them, in schedules worked out by hand: heartbeats,
 * deletes in batches, memories of ids, poison, backoff by visibility, slow workers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "run_support.h"

/* Messages at 0, 1, … up to a limit; a long poll always stands ready. */
#define QUEUE(limit)                                                                               \
    "run.duration = 30s\nrun.drain = 30s\n"                                                        \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = " limit "\n"        \
    "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\n"

struct want {
    const char *entity, *metric;
    double count;
};

static void check_all(const char *lines, const struct want *want)
{
    struct run r = run_lines(lines);
    for (; want->metric != NULL; want++) {
        double got = run_count(&r, want->entity, want->metric);
        if (got != want->count)
            fail_msg("%s.%s is %g, not %g, in\n%s", want->entity, want->metric, got, want->count,
                     lines);
    }
    run_free(&r);
}
#define CHECK_ALL(lines, ...) check_all(lines, (const struct want[]){__VA_ARGS__, {NULL, NULL, 0}})

static void expect_max(const char *lines, const char *entity, const char *metric, double seconds)
{
    struct run r = run_lines(lines);
    double got = run_stat(&r, entity, metric, "max");
    if (got != seconds * 1e9)
        fail_msg("%s.%s is at most %g ns, not %g s", entity, metric, got, seconds);
    run_free(&r);
}

/* --- heartbeats --- */

/* Work of 50 s at a visibility timeout of 10 s, and a second worker that would take the message. */
#define LONG_WORK                                                                                  \
    QUEUE("1") "fleet.f.time = 50s\nfleet.f.size = 2\nqueue.q.visibility_timeout = 10s\n"

static void test_heartbeat(void **state)
{
    (void)state;
    CHECK_ALL(LONG_WORK, {"fleet.f", "received", 2}, {"fleet.f", "extended", 0});
    /* 5, 10, … 45 s; at 50 s the work ends first. */
    CHECK_ALL(LONG_WORK "fleet.f.heartbeat.extend = 10s\nfleet.f.heartbeat.every = 5s\n",
              {"fleet.f", "received", 1}, {"fleet.f", "extended", 9}, {"fleet.f", "processed", 1},
              {"fleet.f", "deleted", 1}, {"queue.q", "calls_change", 9});
    /* The default: every half of what was granted last. */
    CHECK_ALL(LONG_WORK "fleet.f.heartbeat.extend = 10s\n", {"fleet.f", "received", 1},
              {"fleet.f", "extended", 9});
    /* Each beat is late: at 10 s the message is visible again, and the other worker has it. */
    CHECK_ALL(LONG_WORK "fleet.f.heartbeat.extend = 60s\nfleet.f.heartbeat.every = 11s\n",
              {"fleet.f", "received", 2});
}

/* Granted: 4 s by the receive, then 4, 8, 16, 16 …; beats at 2, 4, 8, 16, 24, 32, 40, 48 s. */
static void test_growing(void **state)
{
    (void)state;
    CHECK_ALL(LONG_WORK "fleet.f.visibility_timeout = 4s\nfleet.f.heartbeat.extend = 4s, 8s, 16s\n",
              {"fleet.f", "received", 1}, {"fleet.f", "extended", 8},
              {"fleet.f", "late_extensions", 0});
}

/* Beats at 5 and, the last one, 10 s: at 20 s the second worker gets it. The first one's delete at
 * 50 s takes it away from the second, whose own beats came at 25 and 30 s. */
static void test_limit(void **state)
{
    (void)state;
    CHECK_ALL(LONG_WORK "fleet.f.heartbeat.extend = 10s\nfleet.f.heartbeat.every = "
                        "5s\nfleet.f.heartbeat.limit = 20s\n",
              {"fleet.f", "received", 2}, {"fleet.f", "extended", 4}, {"fleet.f", "processed", 1},
              {"fleet.f", "deleted", 1});
}

/* SQS-53: twelve hours after the receive it is over, whatever the heartbeat. Beats at 0:30 … 11:00;
 * nothing is refused, for the last one asks for what is left. */
static void test_SQS_53(void **state)
{
    (void)state;
    CHECK_ALL(
        "run.duration = 12h20min\nproducer.p.arrivals = constant\nproducer.p.rate = "
        "1/s\nproducer.p.limit = 1\n"
        "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 1h\n"
        "fleet.f.source = queue.q\nfleet.f.size = 2\nfleet.f.time = 13h\nfleet.f.heartbeat.extend "
        "= 1h\n",
        {"fleet.f", "extended", 22}, {"fleet.f", "late_extensions", 0}, {"fleet.f", "received", 2});
}

/* Two jobs received at 2 s: the second begins at 10 s and ends at 18 s, but is visible again at 12
 * s. Beats at 7 s for both, at 12 and 17 s for the one that is left. */
static void test_heartbeat_of_batch(void **state)
{
    (void)state;
#define TWO_IN_HAND                                                                                \
    QUEUE("2")                                                                                     \
    "fleet.f.time = 8s\nfleet.f.size = 2\nfleet.f.batch = 10\nqueue.q.visibility_timeout = 10s\n"  \
    "fault.x.target = fleet.f\nfault.x.effect = down\nfault.x.at = 0s\nfault.x.for = 2s\n"
    CHECK_ALL(TWO_IN_HAND, {"fleet.f", "received", 3});
    CHECK_ALL(TWO_IN_HAND "fleet.f.heartbeat.extend = 10s\n", {"fleet.f", "received", 2},
              {"fleet.f", "extended", 4}, {"queue.q", "calls_change", 3});
}

/* It goes on while a job hangs, and ends with the worker: dead at 12 s, the message is back at 20
 * s. */
static void test_heartbeat_ends(void **state)
{
    (void)state;
    CHECK_ALL(QUEUE("1") "fleet.f.time = 1s\nfleet.f.hang.probability = 100%\nfleet.f.hang.for = "
                         "29s\nfleet.f.size = 2\n"
                         "queue.q.visibility_timeout = 10s\nfleet.f.heartbeat.extend = 10s\n",
              {"fleet.f", "received", 1}, {"fleet.f", "extended", 5});
    CHECK_ALL(LONG_WORK
              "fleet.f.heartbeat.extend = 10s\nfault.x.target = fleet.f\nfault.x.effect = down\n"
              "fault.x.at = 12s\nfault.x.for = 1s\n",
              {"fleet.f", "received", 2}, {"fleet.f", "extended", 2 + 8}); /* 5, 10; 25 … 60 */
    CHECK_ALL(LONG_WORK
              "fleet.f.heartbeat.extend = 10s\nfault.x.target = fleet.f\nfault.x.effect = hang\n"
              "fault.x.at = 12s\nfault.x.for = 49s\n",
              {"fleet.f", "received", 2}, {"fleet.f", "extended", 2});
}

/* --- deletes in batches --- */

#define THREE_JOBS QUEUE("3") "fleet.f.time = 500ms\nfleet.f.delete_batch.wait = 5s\n"

static void test_delete_batch(void **state)
{
    (void)state;
    /* The third handle, at 2.5 s, makes it full. */
    CHECK_ALL(THREE_JOBS "fleet.f.delete_batch.size = 3\n", {"queue.q", "calls_delete", 1},
              {"fleet.f", "deleted", 3}, {"queue.q", "removed", 3});
    /* The first has waited from 0.5 s to 5.5 s: messages are in flight for 5.5, 4.5 and 3.5 s. */
    CHECK_ALL(THREE_JOBS, {"queue.q", "calls_delete", 1}, {"fleet.f", "deleted", 3});
    struct run r = run_lines(THREE_JOBS);
    assert_true(fabs(run_stat(&r, "queue.q", "in_flight", "mean") * 60 - 13.5) < 1e-9);
    run_free(&r);
    /* Two and one; the last waits from 2.5 to 7.5 s. */
    CHECK_ALL(THREE_JOBS "fleet.f.delete_batch.size = 2\n", {"queue.q", "calls_delete", 2},
              {"fleet.f", "deleted", 3});
}

/* The worker goes on at once: 0.3 s for each call, but none for the delete. Messages arrive at
 * 0.3, 1.3, 2.3 s; the receive of the second began at 0.8 s. */
static void test_delete_latency(void **state)
{
    (void)state;
    struct run r =
        run_lines(THREE_JOBS "queue.q.api_latency = 300ms\nfleet.f.delete_batch.size = 3\n");
    assert_true(run_stat(&r, "", "latency", "max") == 0.8e9);
    /* In flight from 0.3, 1.3, 2.3 s to 2.8 + 0.3 s. */
    assert_true(fabs(run_stat(&r, "queue.q", "in_flight", "mean") * 60 - (2.8 + 1.8 + 0.8)) < 1e-9);
    run_free(&r);
}

/* Handles that a dead worker held are lost: all three come again, at 30, 31 and 32 s. */
static void test_delete_lost(void **state)
{
    (void)state;
    CHECK_ALL(
        THREE_JOBS
        "fault.x.target = fleet.f\nfault.x.effect = down\nfault.x.at = 4s\nfault.x.for = 1s\n",
        {"fleet.f", "received", 6}, {"fleet.f", "duplicates", 3}, {"", "repeated", 3},
        {"fleet.f", "deleted", 3});
    /* A call that is under way is not lost: sent at 2.5 s, it arrives at 4.5 s (receives take 2 s
     * as well). */
    CHECK_ALL(QUEUE("1") "fleet.f.time = 500ms\nfleet.f.delete_batch.size = "
                         "1\nfleet.f.delete_batch.wait = 1s\n",
              {"fleet.f", "deleted", 1});
    CHECK_ALL(QUEUE("1") "fleet.f.delete_batch.wait = 500ms\nqueue.q.api_latency = "
                         "2s\nfault.x.target = fleet.f\n"
                         "fault.x.effect = down\nfault.x.at = 3s\nfault.x.for = 1s\n",
              {"fleet.f", "deleted", 1}, {"fleet.f", "received", 1});
    CHECK_ALL(QUEUE("1") "fleet.f.delete_batch.wait = 1500ms\nqueue.q.api_latency = "
                         "2s\nfault.x.target = fleet.f\n"
                         "fault.x.effect = down\nfault.x.at = 3s\nfault.x.for = 1s\n",
              {"fleet.f", "deleted", 1}, {"fleet.f", "received", 2});
    /* Standing still from 4 to 6 s: what was collected is let go of when it starts anew. */
    CHECK_ALL(
        THREE_JOBS
        "fault.x.target = fleet.f\nfault.x.effect = hang\nfault.x.at = 4s\nfault.x.for = 2s\n",
        {"fleet.f", "received", 3}, {"fleet.f", "deleted", 3});
}

/* 400 messages in one group, all received at once at 10 s in 40 batches: 300 deletes have a token,
 * the other 100 are made again after a second, when there are tokens again. One by one, or ten at a
 * time. */
static void test_throttled(void **state)
{
    (void)state;
#define QUOTA                                                                                      \
    "run.duration = 20s\nproducer.p.arrivals = constant\nproducer.p.rate = 100/s\n"                \
    "producer.p.limit = 400\nproducer.p.target = queue.q\nproducer.p.key = round_robin(400)\n"     \
    "queue.q.type = fifo\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 1h\n"              \
    "fleet.f.source = queue.q\nfleet.f.size = 40\nfleet.f.batch = 10\nfault.x.target = fleet.f\n"  \
    "fault.x.effect = down\nfault.x.at = 0s\nfault.x.for = 10s\n"
    CHECK_ALL(QUOTA, {"fleet.f", "received", 400}, {"fleet.f", "processed", 400},
              {"fleet.f", "deleted", 400}, {"fleet.f", "stale_deletes", 0});
    struct run r = run_lines(QUOTA);
    assert_true(run_count(&r, "queue.q", "throttled") >= 1);
    assert_true(run_stat(&r, "queue.q", "in_flight", "last") == 0);
    run_free(&r);
    CHECK_ALL(QUOTA "fleet.f.delete_batch.size = 10\n", {"fleet.f", "deleted", 400},
              {"queue.q", "calls_delete", 40}, {"queue.q", "throttled", 0});
}

/* Twenty calls of a kind a second: of 40 receives at 10 s, 20 are made again a second later. They
 * come with two deletes of five each, of which 20 a second go through, to 13 s. */
static void test_throttled_batches(void **state)
{
    (void)state;
    CHECK_ALL("run.duration = 20s\nproducer.p.arrivals = constant\nproducer.p.rate = 10/s\n"
              "producer.p.limit = 400\nproducer.p.batch_size = 10\nproducer.p.send_batch = true\n"
              "producer.p.target = queue.q\nqueue.q.wait_time = 20s\n"
              "queue.q.visibility_timeout = 1h\nqueue.q.calls_per_second = 20\n"
              "fleet.f.source = queue.q\nfleet.f.size = 40\nfleet.f.batch = 10\n"
              "fleet.f.delete_batch.size = 5\nfault.x.target = fleet.f\nfault.x.effect = down\n"
              "fault.x.at = 0s\nfault.x.for = 10s\n",
              {"fleet.f", "received", 400}, {"fleet.f", "deleted", 400},
              {"fleet.f", "stale_deletes", 0}, {"queue.q", "calls_delete", 80},
              {"queue.q", "removed", 400});
}

/* --- a memory of ids --- */

/* Dies after the work, before the delete, each time; the message is back after 7 s. */
#define DIES_AT_END                                                                                \
    "fleet.f.time = 1s\nqueue.q.visibility_timeout = 7s\nfleet.f.crash.probability = 100%\n"       \
    "fleet.f.crash.restart = 1s\nfleet.f.crash.at = end\n"

static void test_idempotent(void **state)
{
    (void)state;
    CHECK_ALL(QUEUE("1") DIES_AT_END, {"fleet.f", "processed", 9},
              {"fleet.f", "processed_again", 8}, {"fleet.f", "duplicates", 8}, {"", "repeated", 8},
              {"fleet.f", "recognised", 0});
    /* Delivered twice, done once. */
    CHECK_ALL(QUEUE("1") DIES_AT_END "fleet.f.idempotent.by = request\n",
              {"fleet.f", "received", 2}, {"fleet.f", "processed", 1}, {"fleet.f", "crashed", 1},
              {"fleet.f", "recognised", 1}, {"fleet.f", "processed_again", 1},
              {"fleet.f", "duplicates", 0}, {"", "repeated", 0}, {"fleet.f", "deleted", 1});
    /* A worker's own memory dies with it. */
    CHECK_ALL(QUEUE("1") DIES_AT_END "fleet.f.idempotent.memory = own\n",
              {"fleet.f", "processed", 9}, {"", "repeated", 8}, {"fleet.f", "recognised", 0});
}

/* Stored at 1 s, looked up at 7 s; a span is half-open. */
static void test_ttl(void **state)
{
    (void)state;
    CHECK_ALL(QUEUE("1") DIES_AT_END "fleet.f.idempotent.ttl = 6s\n", {"fleet.f", "processed", 9},
              {"fleet.f", "recognised", 0});
    CHECK_ALL(QUEUE("1") DIES_AT_END "fleet.f.idempotent.ttl = 6001ms\n",
              {"fleet.f", "processed", 1}, {"fleet.f", "recognised", 1});
}

/* Two messages by turns: with room for one id each pushes the other out. */
static void test_capacity(void **state)
{
    (void)state;
#define BY_TURNS QUEUE("2") DIES_AT_END "fleet.f.time = 500ms\nfleet.f.crash.restart = 100ms\n"
    CHECK_ALL(BY_TURNS "fleet.f.idempotent.capacity = 1\n", {"fleet.f", "recognised", 0},
              {"fleet.f", "processed", 18});
    CHECK_ALL(BY_TURNS "fleet.f.idempotent.capacity = 2\n", {"fleet.f", "recognised", 2},
              {"fleet.f", "processed", 2});
}

/* Claimed before the work, and died in it: at most once. Stored after it, and died in the call: at
 * least once. */
static void test_store(void **state)
{
    (void)state;
    CHECK_ALL(QUEUE("1") DIES_AT_END
              "fleet.f.crash.at = middle\nfleet.f.idempotent.store = before\n",
              {"fleet.f", "processed", 0}, {"fleet.f", "recognised", 1}, {"", "lost", 1},
              {"", "in_time", 0});
    CHECK_ALL(QUEUE("1") "queue.q.visibility_timeout = 40s\nfleet.f.calls[0].target = database.d\n"
                         "database.d.write_time = 2s\nproducer.p.done_at = database.d\n"
                         "fleet.f.crash.probability = 100%\nfleet.f.idempotent.store = after\n",
              {"fleet.f", "crashed", 2}, {"", "repeated", 1}, {"fleet.f", "recognised", 0});
}

/* Two at work on the same order: each has looked it up before the other was done. Only a claim, or
 * the same transaction, tells them apart. */
static void test_at_once(void **state)
{
    (void)state;
#define AT_ONCE                                                                                    \
    QUEUE("1")                                                                                     \
    "fleet.f.time = 5s\nfleet.f.size = 2\nqueue.q.visibility_timeout = 3s\n"
    CHECK_ALL(AT_ONCE "fleet.f.idempotent.store = after\n", {"fleet.f", "processed", 2},
              {"fleet.f", "recognised", 0}, {"", "repeated", 1});
    CHECK_ALL(AT_ONCE "fleet.f.idempotent.store = before\n", {"fleet.f", "processed", 1},
              {"fleet.f", "recognised", 1}, {"", "repeated", 0}, {"fleet.f", "processed_again", 1});
    CHECK_ALL(AT_ONCE "fleet.f.idempotent.store = with\n", {"fleet.f", "processed", 1},
              {"fleet.f", "recognised", 1}, {"", "repeated", 0}, {"fleet.f", "processed_again", 1});
    CHECK_ALL(QUEUE("1") DIES_AT_END "fleet.f.idempotent.store = with\n",
              {"fleet.f", "processed", 1}, {"fleet.f", "recognised", 1}, {"", "repeated", 0});
}

/* Two seconds to look up, two to store: done at 3 s, deleted at 5 s. */
static void test_memory_latency(void **state)
{
    (void)state;
    const char *lines = QUEUE("1") "fleet.f.time = 1s\nfleet.f.idempotent.latency = 2s\n";
    struct run r = run_lines(lines);
    assert_true(run_stat(&r, "", "latency", "max") == 3e9);
    assert_true(fabs(run_stat(&r, "fleet.f", "busy", "mean") * 60 - 5) < 1e-9);
    run_free(&r);
}

/* The sender gives up after a second and sends again; SQS takes both. Two messages, one order. */
static void test_by(void **state)
{
    (void)state;
#define SENT_TWICE                                                                                 \
    QUEUE("1")                                                                                     \
    "queue.q.api_latency = 2s\nproducer.p.call.timeout = 1s\nproducer.p.call.attempts = 2\n"
    CHECK_ALL(SENT_TWICE "fleet.f.idempotent.by = request\n", {"queue.q", "sent", 2},
              {"fleet.f", "recognised", 1}, {"", "repeated", 0});
    CHECK_ALL(SENT_TWICE "fleet.f.idempotent.by = message\n", {"queue.q", "sent", 2},
              {"fleet.f", "recognised", 0}, {"", "repeated", 1});
    CHECK_ALL(QUEUE("1") DIES_AT_END "fleet.f.idempotent.by = message\n",
              {"fleet.f", "recognised", 1});
}

/* --- poison --- */

/* Received at 0 and 3 s; the receive at 6 s moves it. */
static void test_poison(void **state)
{
    (void)state;
#define POISON                                                                                     \
    QUEUE("1") "fleet.f.time = 1s\nqueue.q.visibility_timeout = 3s\nfleet.f.poison.share = 100%\n"
    CHECK_ALL(POISON
              "queue.q.dead_letter.queue = queue.dead\nqueue.q.dead_letter.max_receive_count = "
              "2\nqueue.dead.wait_time = 0s\n",
              {"fleet.f", "received", 2}, {"fleet.f", "poisoned", 2}, {"fleet.f", "failed", 2},
              {"fleet.f", "processed", 0}, {"queue.dead", "moved_in", 1}, {"", "lost", 1});
    /* Mended at 4 s, when the second try ends: just in time. */
    expect_max(POISON "fleet.f.poison.until = 4s\n", "", "latency", 4);
    expect_max(POISON "fleet.f.poison.until = 4001ms\n", "", "latency", 7);
}

/* Its calls are never made. */
static void test_poison_calls(void **state)
{
    (void)state;
    CHECK_ALL(POISON "fleet.f.calls[0].target = database.d\nproducer.p.done_at = "
                     "database.d\ndatabase.d.write_time = 1s\n",
              {"database.d", "completed", 0}, {"fleet.f", "tries", 0});
}

/* Which messages are poison is the messages' business: not that of the workers, nor of how often
 * they come. */
static void test_poison_same(void **state)
{
    (void)state;
    static const char *const fleet[] = {"fleet.f.size = 1\n",
                                        "fleet.f.size = 50\nfleet.f.batch = 10\n"};
    double lost[2];
    for (int i = 0; i < 2; i++) {
        char lines[2000];
        snprintf(lines, sizeof lines,
                 "run.duration = 2000s\nrun.drain = 1h\nproducer.p.rate = 1/s\nproducer.p.target = "
                 "queue.q\n"
                 "queue.q.wait_time = 20s\nqueue.q.dead_letter.queue = queue.dead\n"
                 "queue.q.dead_letter.max_receive_count = %d\nqueue.dead.wait_time = "
                 "0s\nfleet.f.source = queue.q\n"
                 "fleet.f.time = 10ms\nfleet.f.poison.share = 20%%\n%s",
                 i == 0 ? 1 : 4, fleet[i]);
        struct run r = run_lines(lines);
        double n = run_count(&r, "", "offered");
        lost[i] = run_count(&r, "", "lost");
        assert_true(fabs(lost[i] - 0.2 * n) < 4.5 * sqrt(0.16 * n));
        assert_true(run_count(&r, "fleet.f", "poisoned") == lost[i] * (i == 0 ? 1 : 4));
        run_free(&r);
    }
    assert_true(lost[0] == lost[1]);
}

/* --- backoff by visibility, slow workers --- */

/* The database is down until 8 s. Tried at 0, 2, 6 and 10 s. */
static void test_return_after(void **state)
{
    (void)state;
    const char *lines = QUEUE(
        "1") "fleet.f.calls[0].target = database.d\ndatabase.d.write_time = 1s\n"
             "producer.p.done_at = database.d\nfault.x.target = database.d\nfault.x.effect = down\n"
             "fault.x.at = 0s\nfault.x.for = 8s\nfleet.f.on_failure = return\n"
             "fleet.f.return_after = 2s, 4s\n";
    CHECK_ALL(lines, {"fleet.f", "received", 4}, {"fleet.f", "returned", 3},
              {"fleet.f", "processed", 1});
    expect_max(lines, "", "latency", 11);
}

static void test_pace(void **state)
{
    (void)state;
    expect_max(QUEUE("1") "fleet.f.time = 4s\nfleet.f.pace = 250\n", "", "latency", 10);
    expect_max(QUEUE("1") "fleet.f.time = 4s\nfleet.f.pace = 50\n", "", "latency", 2);
    /* Each worker keeps its own: with two kinds of workers only two times are seen. */
    struct run r = run_lines(
        "run.duration = 1000s\nrun.drain = 1h\nproducer.p.rate = 1/s\nproducer.p.target = queue.q\n"
        "queue.q.wait_time = 20s\nfleet.f.source = queue.q\nfleet.f.size = 40\nfleet.f.time = 10s\n"
        "fleet.f.pace = histogram(100: 1, 200: 1)\n");
    const struct metric_value *hold = run_metric(&r, "fleet.f", "hold");
    assert_true(hold->min == 10e9 && hold->max == 20e9);
    double slow = (hold->mean - 10e9) / 10e9; /* share of jobs */
    assert_true(slow > 0.1 && slow < 0.9);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heartbeat),
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_SQS_53),
        cmocka_unit_test(test_heartbeat_of_batch),
        cmocka_unit_test(test_heartbeat_ends),
        cmocka_unit_test(test_delete_batch),
        cmocka_unit_test(test_delete_latency),
        cmocka_unit_test(test_delete_lost),
        cmocka_unit_test(test_throttled),
        cmocka_unit_test(test_throttled_batches),
        cmocka_unit_test(test_idempotent),
        cmocka_unit_test(test_ttl),
        cmocka_unit_test(test_capacity),
        cmocka_unit_test(test_store),
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_memory_latency),
        cmocka_unit_test(test_by),
        cmocka_unit_test(test_poison),
        cmocka_unit_test(test_poison_calls),
        cmocka_unit_test(test_poison_same),
        cmocka_unit_test(test_return_after),
        cmocka_unit_test(test_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
