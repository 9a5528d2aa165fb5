/* test_mapping_queue.c - mappings on queues in a world, through the real queue: how slots grow, what errors and throttles do to
 * receive counts, groups, partial responses, filters; and what Lambda refuses. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "check_codes.h"
#include "expect.h"
#include "run_support.h"

#define SECOND 1e9
#define WAY                                                                                                                     \
    "producer.p.arrivals = constant\nproducer.p.target = queue.q\nproducer.p.done_at = function.f\nproducer.p.size = 100B\n"     \
    "queue.q.delay = 0s\nmapping.m.source = queue.q\nmapping.m.target = function.f\nfunction.f.cold_start = 0s\n"
#define ONE "run.duration = 1s\nrun.drain = 1000s\nproducer.p.rate = 1/s\nproducer.p.limit = 1\n" WAY

/* A hundred thousand messages within a second, invocations of 30 s. */
#define BACKLOG                                                                                                                 \
    "run.lambda_concurrency = 10000\nrun.duration = 1s\nrun.series = false\nproducer.p.rate = 100000/s\nqueue.q.visibility_timeout = 3min\n" \
    "function.f.duration = 30s\nfunction.f.timeout = 60s\n" WAY

static void expect_slots(const char *more, double slots, double concurrent)
{
    char lines[2000];
    snprintf(lines, sizeof(lines), "%s%s", BACKLOG, more);
    struct run r = run_lines(lines);
    expect_stat(&r, "mapping.m", "slots", "max", slots, 0);
    expect_stat(&r, "mapping.m", "concurrent", "max", concurrent, 0);
    expect_stat(&r, "function.f", "concurrent", "max", concurrent, 0);
    expect(&r, "function.f", "throttles", 0);
    run_free(&r);
}

/* LV-21, LV-22. rules: LAM-34 LAM-36 LAM-37 */
static void five_then_300_a_minute(void **state)
{
    (void)state;
    expect_slots("run.drain = 58s\n", 5, 5);
    expect_slots("run.drain = 60s\n", 305, 305);
    expect_slots("run.drain = 120s\n", 605, 605);
    expect_slots("run.drain = 300s\n", 1250, 1250);
    expect_slots("run.drain = 60s\nmapping.m.max_concurrency = 50\n", 50, 50);
}

/* LV-33. rules: LAM-47 LAM-50 */
static void provisioned_pollers(void **state)
{
    (void)state;
    expect_slots("run.drain = 58s\nmapping.m.min_pollers = 2\n", 20, 20);
    expect_slots("run.drain = 60s\nmapping.m.min_pollers = 2\nmapping.m.max_pollers = 200\n", 1020, 1020);
}

#define LETTERS                                                                                                                 \
    "queue.q.visibility_timeout = 30s\nqueue.q.dead_letter.queue = queue.d\nqueue.q.dead_letter.max_receive_count = 3\nqueue.d.delay = 0s\n"

/* LV-27: three receives that fail, then the dead-letter queue. rules: LAM-41 */
static void errors_fill_the_dead_letter_queue(void **state)
{
    (void)state;
    struct run r = run_lines(ONE LETTERS "function.f.poison.share = 100%\n");
    expect(&r, "function.f", "invocations", 3);
    expect(&r, "function.f", "errors", 3);
    expect(&r, "mapping.m", "errors", 3);
    expect(&r, "mapping.m", "returned", 3);
    expect(&r, "queue.d", "moved_in", 1);
    expect(&r, "", "lost", 1);
    run_free(&r);
}

/* LV-28: the function is never invoked, and yet the message is a dead letter after three receives. rules: LAM-38 LAM-42 LAM-45 */
static void throttles_burn_the_receive_count(void **state)
{
    (void)state;
    struct run r = run_lines(ONE LETTERS "function.f.reserved = 0\n");
    expect(&r, "function.f", "invocations", 0);
    expect(&r, "mapping.m", "invocations", 0);
    /* each receive: attempts after 0, 1, 3, 7, 15, 25 s */
    expect(&r, "function.f", "throttles", 18);
    expect(&r, "mapping.m", "dropped", 3);
    expect(&r, "mapping.m", "read", 3);
    expect(&r, "queue.d", "moved_in", 1);
    run_free(&r);
}

/* LV-32: what was throttled for twelve seconds succeeds at the fifth attempt, at its first receive. rules: LAM-42 LAM-45 */
static void throttled_for_a_while(void **state)
{
    (void)state;
    struct run r = run_lines(ONE "queue.q.visibility_timeout = 30s\nfault.x.target = function.f\nfault.x.effect = down\n"
                                 "fault.x.at = 0s\nfault.x.for = 12s\n");
    expect(&r, "mapping.m", "throttles", 4);
    expect(&r, "mapping.m", "invocations", 1);
    expect(&r, "mapping.m", "read", 1);
    expect(&r, "mapping.m", "deleted", 1);
    expect_stat(&r, "producer.p", "latency", "max", 15 * SECOND, 0);
    run_free(&r);
}

/* LV-31. rules: LAM-39 */
static void groups_bound_concurrency(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 1s\nrun.drain = 1000s\nproducer.p.rate = 300/s\nproducer.p.key = round_robin(3)\n"
                             "queue.q.type = fifo\nfunction.f.duration = 1s\n" WAY);
    expect_stat(&r, "mapping.m", "concurrent", "max", 3, 0);
    expect(&r, "function.f", "processed", 300);
    expect(&r, "mapping.m", "deleted", 300);
    expect(&r, "", "lost", 0);
    run_free(&r);
}

/* A poll brings more of a group than fits into an invocation: one part after the other, and none while the one before may come back.
 * rules: LAM-33 LAM-39 */
static void large_messages_of_a_group(void **state)
{
    (void)state;
    const char *lines = "run.duration = 2s\nrun.drain = 200s\nproducer.p.rate = 10/s\nproducer.p.limit = 10\n"
                        "producer.p.key = round_robin(1)\nqueue.q.type = fifo\nfunction.f.duration = 5s\nfunction.f.timeout = 20s\n" WAY
                        "producer.p.size = 700KB\n";
    char again[1000];
    struct run r = run_lines(lines); /* the first alone, then eight, then one */
    expect(&r, "mapping.m", "invocations", 3);
    expect_stat(&r, "mapping.m", "concurrent", "max", 1, 0);
    expect(&r, "mapping.m", "deleted", 10);
    expect_stat(&r, "producer.p", "latency", "max", 14.1 * SECOND, 1);
    run_free(&r);
    snprintf(again, sizeof(again), "%sfunction.f.poison.share = 100%%\nfunction.f.poison.until = 7s\n", lines);
    r = run_lines(again); /* the first fails at 5.1 s, and is back at 30.1 s with all others: eight, then two */
    expect(&r, "mapping.m", "errors", 1);
    expect(&r, "mapping.m", "invocations", 3);
    expect(&r, "function.f", "processed", 10);
    expect(&r, "mapping.m", "deleted", 10);
    expect_stat(&r, "mapping.m", "concurrent", "max", 1, 0);
    expect_stat(&r, "producer.p", "latency", "max", 39.2 * SECOND, 1);
    run_free(&r);
}

/* Switched off from 5 to 60 s, with polls that wait: a message of 6 s is received at 60 s for the first time, and done once. One of 4 s that
 * was gathered for a batch is left until 34 s; it was received, and is received once more. rules: LAM-33 LAM-41 SQS-38 */
static void switched_off(void **state)
{
    (void)state;
    const char *off = "fault.x.target = mapping.m\nfault.x.effect = down\nfault.x.at = 5s\nfault.x.for = 55s\nfunction.f.duration = 1s\n"
                      "queue.q.visibility_timeout = 30s\n";
    char lines[1000];
    snprintf(lines, sizeof(lines), "%s%sproducer.p.start = 6s\nrun.duration = 20s\n", ONE, off);
    struct run r = run_lines(lines);
    expect(&r, "queue.q", "received", 1);
    expect(&r, "function.f", "processed", 1);
    expect(&r, "mapping.m", "deleted", 1);
    expect_stat(&r, "producer.p", "latency", "max", 55 * SECOND, 0);
    run_free(&r);
    snprintf(lines, sizeof(lines), "%s%sproducer.p.start = 4s\nrun.duration = 20s\nmapping.m.window = 10s\n", ONE, off);
    r = run_lines(lines);
    expect(&r, "queue.q", "received", 2);
    expect(&r, "mapping.m", "returned", 1);
    expect(&r, "function.f", "processed", 1);
    expect_stat(&r, "producer.p", "latency", "max", 67 * SECOND, 0); /* received at 60 s, gathered for 10 s, done at 71 s */
    run_free(&r);
}

/* LV-23: the window begins with its first message. rules: LAM-33 */
static void a_batching_window(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 5s\nrun.drain = 100s\nproducer.p.rate = 0.5/s\nproducer.p.start = 0s\nmapping.m.window = 5s\n" WAY);
    expect(&r, "mapping.m", "invocations", 1);
    expect_stat(&r, "mapping.m", "batch", "mean", run_count(&r, "producer.p", "offered"), 0);
    expect_stat(&r, "producer.p", "latency", "max", 5 * SECOND, 0);
    run_free(&r);
}

/* LV-29: what failed comes back alone. rules: LAM-43 */
static void partial_responses(void **state)
{
    (void)state;
    const char *lines = "run.duration = 1s\nrun.drain = 1000s\nproducer.p.rate = 10/s\nproducer.p.batch_size = 10\nproducer.p.limit = 10\n"
                        "producer.p.send_batch = true\nfunction.f.errors = 60%\nqueue.q.visibility_timeout = 30s\n"
                        "mapping.m.report_failures = true\n" WAY;
    struct run r = run_lines(lines);
    expect(&r, "function.f", "errors", 0);
    expect(&r, "function.f", "processed", 10);
    expect(&r, "function.f", "duplicates", 0);
    expect(&r, "mapping.m", "deleted", 10);
    assert_true(run_count(&r, "mapping.m", "partial") >= 1);
    assert_true(run_count(&r, "mapping.m", "returned") == run_count(&r, "function.f", "failed"));
    run_free(&r);
}

/* Without them a failure is the whole batch's: what was done before it is done again. rules: LAM-41 LAM-46 */
static void whole_batches_come_back(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 1s\nrun.drain = 20000s\nproducer.p.rate = 10/s\nproducer.p.batch_size = 10\n"
                             "producer.p.limit = 10\nproducer.p.send_batch = true\nfunction.f.errors = 30%\nrun.seed = 2\n"
                             "queue.q.visibility_timeout = 30s\n" WAY);
    expect(&r, "mapping.m", "deleted", 10);
    assert_true(run_count(&r, "mapping.m", "errors") >= 1);
    assert_true(run_count(&r, "function.f", "duplicates") >= 1);
    assert_true(run_count(&r, "mapping.m", "returned") == 10 * run_count(&r, "mapping.m", "errors"));
    run_free(&r);
}

/* rules: LAM-55 */
static void filters_delete_without_an_invocation(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nrun.drain = 100s\nproducer.p.rate = 1/s\nevent.a.body = {'kind':'a'}\n"
                             "event.b.body = {'kind':'b'}\nproducer.p.events[0].event = event.a\nproducer.r.arrivals = constant\n"
                             "producer.r.rate = 2/s\nproducer.r.target = queue.q\nproducer.r.done_at = function.f\n"
                             "producer.r.events[0].event = event.b\nmapping.m.filters[0] = {'body':{'kind':['a']}}\n" WAY);
    expect(&r, "mapping.m", "filtered", 20);
    expect(&r, "mapping.m", "deleted", 10);
    expect(&r, "function.f", "items", 10);
    expect(&r, "queue.q", "removed", 30);
    expect(&r, "", "lost", 20);
    run_free(&r);
}

/* A service stands for a function. */
static void a_service_for_a_function(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nrun.drain = 100s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                             "producer.p.target = queue.q\nqueue.q.delay = 0s\nmapping.m.source = queue.q\nmapping.m.target = service.s\n"
                             "service.s.time = 100ms\n");
    expect(&r, "mapping.m", "processed", 10);
    expect(&r, "mapping.m", "deleted", 10);
    expect(&r, "", "in_time", 10);
    run_free(&r);
}

/* LV-25, LV-26. rules: LAM-32 LAM-37 LAM-40 LAM-47 */
static void what_lambda_refuses(void **state)
{
    (void)state;
    expect_problem(ONE "mapping.m.batch = 100\n", CHECK_FUNCTION, "(LAM-32)");
    expect_problem(ONE "queue.q.type = fifo\nmapping.m.batch = 11\n", CHECK_FUNCTION, "(LAM-32)");
    expect_problem(ONE "queue.q.type = fifo\nmapping.m.window = 1s\n", CHECK_FUNCTION, "(LAM-32)");
    expect_problem(ONE "queue.q.visibility_timeout = 20s\nfunction.f.timeout = 30s\n", CHECK_FUNCTION, "(LAM-40)");
    expect_problem(ONE "mapping.m.min_pollers = 2\nmapping.m.max_concurrency = 5\n", CHECK_FUNCTION, "(LAM-47)");
    expect_problem(ONE "mapping.m.fan_out = true\n", CHECK_USELESS, "where a queue is read");
    expect_problem(ONE "mapping.m.filters[0] = {'body':1}\n", CHECK_PATTERN, "must be an object");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_then_300_a_minute),
        cmocka_unit_test(provisioned_pollers),
        cmocka_unit_test(errors_fill_the_dead_letter_queue),
        cmocka_unit_test(throttles_burn_the_receive_count),
        cmocka_unit_test(throttled_for_a_while),
        cmocka_unit_test(groups_bound_concurrency),
        cmocka_unit_test(large_messages_of_a_group),
        cmocka_unit_test(switched_off),
        cmocka_unit_test(a_batching_window),
        cmocka_unit_test(partial_responses),
        cmocka_unit_test(whole_batches_come_back),
        cmocka_unit_test(filters_delete_without_an_invocation),
        cmocka_unit_test(a_service_for_a_function),
        cmocka_unit_test(what_lambda_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
