/* test_faults.c - what breaks, in small schedules worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "expect.h"
#include "run_support.h"

/* One request a second from 0 to 9 s, one server, a second of work each. */
#define TEN                                                                                        \
    "run.duration = 9500ms\nrun.drain = 60s\n"                                                     \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = database.d\n"

static void test_down(void **state)
{
    (void)state;
    /* Work of 1.5 s: 0-1.5, 1.5-3, 3-4.5 (broken at 3.2; the one of 3 s waits and breaks too); 4 and 5 are refused; from
     * 6 s on one after the other: 6-7.5, 7.5-9, 9-10.5, 10.5-12. */
    struct run r = run_lines(TEN "database.d.write_time = 1500ms\n"
                                 "fault.f.target = database.d\nfault.f.effect = down\n"
                                 "fault.f.at = 3200ms\nfault.f.for = 2300ms\n");
    expect(&r, "database.d", "completed", 6);
    expect(&r, "database.d", "broken", 2);
    expect(&r, "database.d", "refused", 2);
    expect(&r, "", "lost", 4);
    assert_true(run_stat(&r, "producer.p", "latency", "max") == 3e9);
    assert_true(run_stat(&r, "producer.p", "answer", "min") == 0);
    run_free(&r);
}

static void test_hang(void **state)
{
    (void)state;
    /* Work of 0.6 s. What comes at 2 s is under way at 2.5 s; 3 and 4 come while it hangs; at 4.5 s the three vanish.
     * Clients without a timeout never learn it and wait on. */
    const char *lines = TEN "database.d.write_time = 600ms\n"
                            "fault.f.target = database.d\nfault.f.effect = hang\n"
                            "fault.f.at = 2500ms\nfault.f.for = 2s\n";
    struct run r = run_lines(lines);
    expect(&r, "database.d", "completed", 7);
    expect(&r, "database.d", "broken", 3);
    expect(&r, "", "waiting", 3);
    expect(&r, "producer.p", "told_ok", 7);
    expect(&r, "producer.p", "told_no", 0);
    assert_true(run_stat(&r, "database.d", "busy", "max") == 1);
    run_free(&r);
    /* With a timeout they learn it from that, and the requests are lost. */
    char more[2000];
    snprintf(more, sizeof(more), "%sproducer.p.call.timeout = 10s\n", lines);
    r = run_lines(more);
    expect(&r, "", "lost", 3);
    expect(&r, "producer.p", "timeouts", 3);
    assert_true(run_stat(&r, "producer.p", "answer", "max") == 10e9);
    run_free(&r);
}

static void test_slow(void **state)
{
    (void)state;
    /* Work of 0.2 s; times 3 from 2 to 5 s, times 2 more from 4 to 7 s: 0.2 0.2 0.6 0.6 1.2 0.4 0.4 0.2 0.2 0.2, where the
     * request of 5 s waits 0.2 s for the one before. */
    struct run r = run_lines(TEN "database.d.write_time = 200ms\n"
                                 "fault.a.target = database.d\nfault.a.effect = slow\nfault.a.factor = 3\n"
                                 "fault.a.at = 2s\nfault.a.for = 3s\n"
                                 "fault.b.target = database.d\nfault.b.effect = slow\nfault.b.factor = 2\n"
                                 "fault.b.at = 4s\nfault.b.for = 3s\n");
    expect(&r, "", "in_time", 10);
    assert_true(run_metric(&r, "database.d", "sojourn")->sum == 4.4e9);
    assert_true(run_stat(&r, "database.d", "sojourn", "max") == 1.2e9);
    run_free(&r);
}

static void test_fail(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "database.d.write_time = 200ms\n"
                                 "fault.a.target = database.d\nfault.a.effect = fail\nfault.a.probability = 100%\n"
                                 "fault.a.at = 2s\nfault.a.for = 1s\nfault.a.every = 4s\n");
    expect(&r, "database.d", "failed", 2); /* at 2 and 6 s */
    expect(&r, "", "lost", 2);
    expect(&r, "producer.p", "told_no", 2);
    run_free(&r);
}

/* 1 - (1 - 0.3)(1 - 0.5) = 0.65, and with a third of 100 % none is left. */
static void test_joined(void **state)
{
    (void)state;
    const char *two = "run.duration = 20000s\nproducer.p.rate = 1/s\nproducer.p.target = database.d\n"
                      "database.d.connections = 1000\ndatabase.d.write_time = 1ms\n"
                      "fault.a.target = database.d\nfault.a.effect = fail\nfault.a.probability = 30%\nfault.a.at = 0s\n"
                      "fault.b.target = database.d\nfault.b.effect = fail\nfault.b.probability = 50%\nfault.b.at = 0s\n";
    struct run r = run_lines(two);
    double n = run_count(&r, "", "offered"), failed = run_count(&r, "database.d", "failed");
    assert_true(fabs(failed / n - 0.65) < 4.5 * sqrt(0.65 * 0.35 / n));
    run_free(&r);
}

/* A producer that is down makes none, and the others come when they would have come. */
static void test_producer_down(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "database.d.write_time = 200ms\n"
                                 "fault.a.target = producer.p\nfault.a.effect = down\nfault.a.at = 2s\nfault.a.for = 3s\n");
    expect(&r, "", "offered", 7);
    expect(&r, "", "in_time", 7);
    run_free(&r);
}

/* A service that goes down while it waits for its database: the client is told at once, the write goes on. */
static void test_service_down(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 5s\nrun.drain = 60s\n"
                             "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = 1\n"
                             "producer.p.target = service.s\nproducer.p.done_at = database.d\n"
                             "service.s.time = 1s\nservice.s.calls[0].target = database.d\n"
                             "database.d.write_time = 3s\n"
                             "fault.a.target = service.s\nfault.a.effect = down\nfault.a.at = 2s\nfault.a.for = 1s\n");
    assert_true(run_stat(&r, "producer.p", "answer", "max") == 2e9);
    assert_true(run_stat(&r, "producer.p", "latency", "max") == 4e9);
    expect(&r, "", "gave_up_done", 1);
    expect(&r, "database.d", "abandoned", 1);
    expect(&r, "service.s", "broken", 1);
    run_free(&r);
}

/* A hang that a breakdown cuts short: what hung is answered that the connection broke. */
static void test_hang_then_down(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "producer.p.limit = 1\ndatabase.d.write_time = 600ms\n"
                                 "fault.a.target = database.d\nfault.a.effect = hang\nfault.a.at = 500ms\nfault.a.for = 5s\n"
                                 "fault.b.target = database.d\nfault.b.effect = down\nfault.b.at = 3s\nfault.b.for = 5s\n");
    expect(&r, "producer.p", "told_no", 1);
    assert_true(run_stat(&r, "producer.p", "answer", "max") == 3e9);
    expect(&r, "", "lost", 1);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_down),          cmocka_unit_test(test_hang),
        cmocka_unit_test(test_slow),          cmocka_unit_test(test_fail),
        cmocka_unit_test(test_joined),        cmocka_unit_test(test_producer_down),
        cmocka_unit_test(test_service_down),  cmocka_unit_test(test_hang_then_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
