/* test_function.c - functions in a world, in schedules worked out by hand: environments, limits, batches of one, events and where
 * they go, faults, what is billed. */
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
#define CALLS                                                                                                                   \
    "run.duration = 10s\nrun.drain = 1000s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = "        \
    "function.f\nfunction.f.cold_start = 1s\n"

/* Ten calls, one a second, of half a second: one environment, cold once. The handler's clock runs without the cold start; of
 * that 80 % is billed. rules: LAM-4 LAM-20 LAM-57 LAM-60 */
static void one_environment_is_reused(void **state)
{
    (void)state;
    struct run r = run_lines(CALLS "function.f.duration = 400ms\nfunction.f.cold_start = 500ms\n");
    expect(&r, "function.f", "invocations", 10);
    expect(&r, "function.f", "cold_starts", 1);
    expect(&r, "function.f", "processed", 10);
    expect(&r, "producer.p", "in_time", 10);
    expect(&r, "function.f", "billed_requests", 10);
    expect_stat(&r, "function.f", "duration", "max", 0.4 * SECOND, 0);
    expect(&r, "function.f", "billed_time", 4.4 * SECOND);
    expect(&r, "function.f", "billed_init", 0.4 * SECOND);
    /* 4,400 ms at 128 MB are 0.55 GB-s: 9,166 nano-dollars, and 2,000 for the requests */
    expect_stat(&r, "function.f", "cost", "mean", 11166e-9, 1e-15);
    expect_stat(&r, "producer.p", "latency", "max", 0.9 * SECOND, 0);
    run_free(&r);
}

/* Slower than the arrivals: calls overlap, environments are added. rules: LAM-4 LAM-5 */
static void calls_that_overlap_need_environments(void **state)
{
    (void)state;
    struct run r = run_lines(CALLS "function.f.duration = 1500ms\nfunction.f.cold_start = 0s\n");
    expect(&r, "function.f", "cold_starts", 2);
    expect_stat(&r, "function.f", "concurrent", "max", 2, 0);
    run_free(&r);
}

/* rules: LAM-3 */
static void memory_makes_it_faster(void **state)
{
    (void)state;
    struct run r = run_lines(CALLS "function.f.duration = 100ms\nfunction.f.cpu_fraction = 50%\nfunction.f.memory = 128MiB\n"
                                   "function.f.cold_start = 0s\n");
    /* 50 ms wait and 50 ms compute, which take 1769 / 128 times as long */
    expect_stat(&r, "function.f", "duration", "max", 0.741015625 * SECOND, 1);
    run_free(&r);
}

/* The timeout ends the call at 3 s; the environment is initialised again. rules: LAM-14 LAM-22 */
static void a_timeout(void **state)
{
    (void)state;
    struct run r = run_lines(CALLS "producer.p.limit = 1\nfunction.f.duration = 10s\n");
    expect(&r, "function.f", "timeouts", 1);
    expect(&r, "function.f", "errors", 1);
    expect(&r, "function.f", "processed", 0);
    expect_stat(&r, "producer.p", "answer", "max", 4 * SECOND, 0);
    expect(&r, "producer.p", "lost", 1);
    run_free(&r);
    r = run_lines(CALLS "producer.p.limit = 2\nproducer.p.rate = 0.1/s\nrun.duration = 100s\nfunction.f.duration = 10s\n");
    expect(&r, "function.f", "reinits", 1);
    expect(&r, "function.f", "cold_starts", 1);
    run_free(&r);
}

/* A step that does not answer is cut off by the timeout, too. rules: LAM-22 */
static void a_timeout_among_steps(void **state)
{
    (void)state;
    struct run r = run_lines(CALLS "producer.p.limit = 1\nfunction.f.calls[0].target = service.s\nservice.s.time = 1h\n"
                                   "function.f.timeout = 5s\n");
    expect(&r, "function.f", "timeouts", 1);
    expect_stat(&r, "producer.p", "answer", "max", 6 * SECOND, 0);
    run_free(&r);
}

/* rules: LAM-10 LAM-11 LAM-21 */
static void reserved_concurrency_throttles(void **state)
{
    (void)state;
    struct run r = run_lines(CALLS "producer.p.batch_size = 10\nproducer.p.limit = 10\nfunction.f.duration = 1s\n"
                                   "function.f.reserved = 4\n");
    expect(&r, "function.f", "invocations", 4);
    expect(&r, "function.f", "throttles", 6);
    expect(&r, "function.f", "errors", 0);
    expect(&r, "producer.p", "told_no", 6);
    run_free(&r);
}

/* Two functions share what the account has. rules: LAM-6 */
static void the_account_is_shared(void **state)
{
    (void)state;
    struct run r = run_lines("run.lambda_concurrency = 15\n" CALLS
                             "producer.p.batch_size = 10\nproducer.p.limit = 10\nfunction.f.duration = 1s\n"
                             "producer.q.arrivals = constant\nproducer.q.rate = 1/s\nproducer.q.target = function.g\n"
                             "producer.q.batch_size = 10\nproducer.q.limit = 10\nfunction.g.duration = 1s\n");
    assert_true(run_count(&r, "function.f", "invocations") + run_count(&r, "function.g", "invocations") == 15);
    assert_true(run_count(&r, "function.f", "throttles") + run_count(&r, "function.g", "throttles") == 5);
    run_free(&r);
}

/* rules: LAM-12 */
static void provisioned_concurrency_is_warm(void **state)
{
    (void)state;
    struct run r = run_lines(CALLS "producer.p.batch_size = 3\nproducer.p.limit = 3\nfunction.f.duration = 1s\n"
                                   "function.f.provisioned = 2\nfunction.f.memory = 1GiB\n");
    expect(&r, "function.f", "provisioned_invocations", 2);
    expect(&r, "function.f", "spillover", 1);
    expect(&r, "function.f", "cold_starts", 1);
    expect_stat(&r, "producer.p", "latency", "max", 2 * SECOND, 0);
    /* 2 GB for 1,010 s at 0.0000041667, 2 GB-s at 0.0000097222, 1.8 GB-s at 0.0000166667, three requests */
    expect_stat(&r, "function.f", "cost", "mean", 8466778e-9, 1e-15);
    run_free(&r);
}

#define EVENTS                                                                                                                  \
    "run.duration = 10s\nrun.drain = 30000s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = 1\n"      \
    "producer.p.target = topic.t\nproducer.p.done_at = function.f\ntopic.t.subscriptions[0].target = function.f\n"              \
    "function.f.cold_start = 0s\nfunction.f.duration = 1s\nfunction.f.async.latency = 0s\n"

/* An event by a topic: three attempts, then the destination and the dead-letter queue have it. rules: LAM-24 LAM-25 LAM-27 */
static void an_event_that_fails_goes_to_its_destination(void **state)
{
    (void)state;
    struct run r = run_lines(EVENTS "function.f.errors = 100%\nfunction.f.async.on_failure = queue.d\n"
                                    "function.f.async.dead_letter = queue.e\nqueue.d.delay = 0s\nqueue.e.delay = 0s\n");
    expect(&r, "function.f", "events", 1);
    expect(&r, "function.f", "invocations", 3);
    expect(&r, "function.f", "event_retries", 2);
    expect(&r, "function.f", "events_dropped", 1);
    expect(&r, "function.f", "to_destination", 1);
    expect(&r, "function.f", "to_dead_letter", 1);
    expect(&r, "queue.d", "sent", 1);
    expect(&r, "queue.e", "sent", 1);
    /* attempts of the age 0, 61 and 182 s */
    expect_stat(&r, "function.f", "event_age", "max", 182 * SECOND, 0);
    expect(&r, "", "lost", 1);
    run_free(&r);
}

/* A way that takes time is an event's way all the same. rules: LAM-24 */
static void an_event_that_comes_later(void **state)
{
    (void)state;
    struct run r = run_lines(EVENTS "topic.t.subscriptions[0].delivery_latency = 50ms\n");
    expect(&r, "function.f", "events", 1);
    expect_stat(&r, "producer.p", "latency", "max", 1.05 * SECOND, 0);
    run_free(&r);
    r = run_lines(EVENTS "topic.t.subscriptions[0].delivery_latency = 50ms\nfunction.f.reserved = 0\n");
    expect(&r, "function.f", "events_dropped", 1); /* a call would have been tried again by the topic */
    expect(&r, "topic.t", "retries", 0);
    run_free(&r);
}

/* rules: LAM-27 */
static void an_event_that_succeeds_goes_on(void **state)
{
    (void)state;
    struct run r = run_lines(EVENTS "function.f.async.on_success = queue.d\nqueue.d.delay = 0s\n");
    expect(&r, "function.f", "events_dropped", 0);
    expect(&r, "function.f", "to_destination", 1);
    expect(&r, "queue.d", "sent", 1);
    expect(&r, "", "in_time", 1);
    run_free(&r);
}

/* rules: LAM-28 LAM-29 */
static void a_destination_that_takes_nothing(void **state)
{
    (void)state;
    struct run r = run_lines(EVENTS "function.f.reserved = 0\nfunction.f.async.on_failure = queue.d\nqueue.d.delay = 0s\n"
                                    "function.f.async.dead_letter = queue.d\nfault.x.target = queue.d\nfault.x.effect = down\n"
                                    "fault.x.at = 0s\nfault.x.for = 1h\n");
    expect(&r, "function.f", "invocations", 0);
    expect(&r, "function.f", "events_dropped", 1);
    expect(&r, "function.f", "destination_failures", 1);
    expect(&r, "function.f", "dead_letter_errors", 1);
    run_free(&r);
}

/* While the service is down events wait as after a throttle: 1, 2, 4 … s. rules: LAM-26 */
static void events_outlast_an_outage(void **state)
{
    (void)state;
    struct run r = run_lines(EVENTS "function.f.async.latency = 1ms\nfault.x.target = function.f\nfault.x.effect = down\n"
                                    "fault.x.at = 0s\nfault.x.for = 20s\nproducer.p.start = 0s\n");
    expect(&r, "", "in_time", 1);
    run_free(&r);
}

/* sends hand over events, calls wait. rules: LAM-21 LAM-24 */
static void sends_are_asynchronous(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nrun.drain = 100s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                             "producer.p.target = service.s\nproducer.p.limit = 1\nservice.s.sends[0].target = function.f\n"
                             "producer.p.done_at = function.f\nfunction.f.duration = 2s\nfunction.f.cold_start = 0s\n"
                             "function.f.async.latency = 20ms\n");
    expect(&r, "function.f", "events", 1);
    expect_stat(&r, "producer.p", "answer", "max", 0, 0);
    expect_stat(&r, "producer.p", "latency", "max", 2.02 * SECOND, 0);
    run_free(&r);
}

/* It dies after its work was done: an error, and done again by who tries again. */
static void a_crash_after_the_work(void **state)
{
    (void)state;
    struct run r = run_lines(EVENTS "function.f.crash = 100%\n");
    expect(&r, "function.f", "processed", 3);
    expect(&r, "function.f", "duplicates", 2);
    expect(&r, "function.f", "crashed", 3);
    expect(&r, "", "in_time", 1);
    run_free(&r);
}

/* rules: LAM-1 LAM-11 LAM-12 LAM-27 */
#define POLICY                                                                                                                  \
    "scaling.s.target = function.f\nscaling.s.policy = target_tracking\nscaling.s.value = 70\nscaling.s.metric = "               \
    "function.f.concurrent\n"

static void what_lambda_refuses(void **state)
{
    (void)state;
    expect_problem(CALLS "function.f.reserved = 901\n", CHECK_FUNCTION, "LAM-11");
    expect_problem(CALLS "function.f.reserved = 800\nfunction.g.reserved = 101\n", CHECK_FUNCTION, "LAM-11");
    expect_problem(CALLS "function.f.provisioned = 901\n", CHECK_FUNCTION, "LAM-11");
    expect_problem(CALLS "function.f.provisioned = 5\nfunction.f.reserved = 4\n", CHECK_FUNCTION, "LAM-12");
    expect_problem(CALLS "function.f.memory = 200000000B\n", CHECK_FUNCTION, "LAM-1");
    expect_problem(CALLS "function.f.async.on_failure = queue.q\nqueue.q.type = fifo\n", CHECK_FUNCTION, "LAM-27");
    expect_problem(CALLS "function.f.async.on_failure = function.f\n", CHECK_FUNCTION, "itself");
    expect_problem(CALLS "function.f.async.on_success = function.g\nfunction.g.async.on_success = function.f\n", CHECK_FUNCTION, "go round for ever");
    /* by way of others, where a filter may end it: a warning */
    expect_problem(CALLS "function.f.async.on_success = topic.t\ntopic.t.subscriptions[0].target = function.f\n", CHECK_FUNCTION,
                   "that succeed come back to it by way of topic.t");
    expect_problem(CALLS "function.f.async.on_failure = bus.b\nbus.b.rules[0].name = r\nbus.b.rules[0].pattern = {\"source\":[\"x\"]}\n"
                         "bus.b.rules[0].targets[0].target = topic.t\ntopic.t.subscriptions[0].target = function.f\n", CHECK_FUNCTION,
                   "that fail come back to it by way of bus.b");
    /* a policy that could never do what it is there for */
    expect_problem(CALLS "function.f.reserved = 4\n" POLICY, CHECK_FUNCTION, "LAM-12");
    expect_problem(CALLS "run.lambda_concurrency = 109\n" POLICY, CHECK_FUNCTION, "LAM-11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_environment_is_reused),
        cmocka_unit_test(calls_that_overlap_need_environments),
        cmocka_unit_test(memory_makes_it_faster),
        cmocka_unit_test(a_timeout),
        cmocka_unit_test(a_timeout_among_steps),
        cmocka_unit_test(reserved_concurrency_throttles),
        cmocka_unit_test(the_account_is_shared),
        cmocka_unit_test(provisioned_concurrency_is_warm),
        cmocka_unit_test(an_event_that_fails_goes_to_its_destination),
        cmocka_unit_test(an_event_that_comes_later),
        cmocka_unit_test(an_event_that_succeeds_goes_on),
        cmocka_unit_test(a_destination_that_takes_nothing),
        cmocka_unit_test(events_outlast_an_outage),
        cmocka_unit_test(sends_are_asynchronous),
        cmocka_unit_test(a_crash_after_the_work),
        cmocka_unit_test(what_lambda_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
