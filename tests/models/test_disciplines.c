/* test_disciplines.c - what stations do beyond serving in order of arrival, in schedules worked out by hand. */
#include "by_hand.h"

#define WORK3 "service.s.time = 3s\n"
#define SIZES(a, b, c)                                                                             \
    "service.s.time_per_byte = 1ms\nproducer.a.size = " a "\nproducer.b.size = " b "\nproducer.c.size = " c "\n"

static void test_orders(void **state)
{
    (void)state;
    expect_answers("0s 1s 2s", WORK3, "3 5 7");
    /* c is served from 3 to 6 s, b from 6 to 9 s. */
    expect_answers("0s 1s 2s", WORK3 "service.s.order = lcfs\n", "3 8 4");
    /* Classes 2, 2 and 1: the same. */
    expect_answers("0s 1s 2s", WORK3 "service.s.order = priority\nproducer.a.priority = 2\nproducer.b.priority = 2\n"
                                     "producer.c.priority = 1\n", "3 8 4");
    /* Within a class in order of arrival. */
    expect_answers("0s 1s 2s", WORK3 "service.s.order = priority\n", "3 5 7");
}

static void test_preemption(void **state)
{
    (void)state;
    /* a 0-1, b 1-2, c 2-5, b 5-7, a 7-9. */
    const char *lcfs = WORK3 "service.s.order = lcfs\nservice.s.preemptive = true\n";
    expect_answers("0s 1s 2s", lcfs, "9 6 3");
    expect_metric("0s 1s 2s", lcfs, "service.s", "interrupted", "sum", 2);
    expect_metric("0s 1s 2s", lcfs, "service.s", "wait", "max", 0);
    expect_metric("0s 1s 2s", lcfs, "service.s", "sojourn", "max", 9e9);
    /* Who comes as the work ends does not interrupt it. */
    expect_metric("0s 3s", lcfs, "service.s", "interrupted", "sum", 0);
    /* a (2) 0-1, b (1) 1-4, a 4-6, c (2) 6-9. */
    expect_answers("0s 1s 2s", WORK3 "service.s.order = priority\nservice.s.preemptive = true\nproducer.a.priority = 2\n"
                                     "producer.b.priority = 1\nproducer.c.priority = 2\n", "6 3 7");
    /* Two servers: c (1) takes b's (3), not a's (2): a 0-3, b 1-2, c 2-5, b 3-5. */
    expect_answers("0s 1s 2s", WORK3 "service.s.servers = 2\nservice.s.order = priority\nservice.s.preemptive = true\n"
                                     "producer.a.priority = 2\nproducer.b.priority = 3\nproducer.c.priority = 1\n", "3 4 3");
    /* The room is full, whoever comes. */
    expect_answers("0s 1s 2s", WORK3 "service.s.order = lcfs\nservice.s.preemptive = true\nservice.s.waiting = 1\n",
                   "6 3 -1");
}

static void test_sharing(void **state)
{
    (void)state;
    /* a alone for 1 s, then both at half speed: a has 2 s left and ends at 5 s; b has done 2 s and ends at 6 s. */
    expect_answers("0s 1s", WORK3 "service.s.order = sharing\n", "5 5");
    /* Three calls of 2 s on two servers: each at 2/3. */
    expect_answers("0s 0s 0s", "service.s.time = 2s\nservice.s.servers = 2\nservice.s.order = sharing\n", "3 3 3");
    /* Sizes 1, 2 and 3 s together: a has done 1 at 3 s, b 2 at 5 s, c 3 at 6 s. */
    expect_answers("0s 0s 0s", "service.s.order = sharing\n" SIZES("1000B", "2000B", "3000B"), "3 5 6");
    /* One inside, one beside it, no third. */
    expect_answers("0s 1s 2s", WORK3 "service.s.order = sharing\nservice.s.waiting = 1\n", "5 5 -1");
    /* The client of b takes it back at 2 s: a has done 1.5 s and is alone again. */
    expect_answers("0s 1s", WORK3 "service.s.order = sharing\nproducer.b.call.timeout = 1s\nproducer.b.call.cancel = true\n",
                   "3.5 -1");
    expect_metric("0s 1s", WORK3 "service.s.order = sharing\n", "service.s", "busy", "max", 1);
}

static void test_sizes(void **state)
{
    (void)state;
    expect_answers("0s 0s 0s", "service.s.time = 1s\n" SIZES("1000B", "2000B", "3000B"), "2 5 9");
}

static void test_batches(void **state)
{
    (void)state;
    const char *three = "service.s.time = 2s\nservice.s.batch.max = 3\n";
    /* a alone from 0 to 2 s, then b, c and d together, then e. */
    expect_answers("0s 1s 1s 1s 1s", three, "2 3 3 3 5");
    expect_metric("0s 1s 1s 1s 1s", three, "service.s", "batches", "sum", 3);
    expect_metric("0s 1s 1s 1s 1s", three, "service.s", "batch_size", "max", 3);
    expect_metric("0s 1s 1s 1s 1s", three, "service.s", "busy", "max", 1);
    /* At least two: a waits for b. */
    expect_answers("0s 1s", "service.s.time = 2s\nservice.s.batch.max = 3\nservice.s.batch.min = 2\n", "3 2");
    /* A window of 2 s: a and b go at 2 s; c, d and e are three at 6.5 s. Servers enough. */
    expect_answers("0s 1s 5s 6s 6500ms", "service.s.time = 1s\nservice.s.batch.max = 3\nservice.s.batch.window = 2s\n"
                                         "service.s.servers = unlimited\n", "3 2 2.5 1.5 1");
    /* The window passes while the only server is busy: c is taken when it is free. */
    expect_answers("0s 0s 0s 1s", "service.s.time = 5s\nservice.s.batch.max = 3\nservice.s.batch.window = 2s\n", "5 5 5 9");
    /* All bytes of a batch count: 1 s and 6,000 bytes. */
    expect_answers("0s 0s 0s", "service.s.time = 1s\nservice.s.batch.max = 3\nservice.s.batch.min = 3\n"
                               SIZES("1000B", "2000B", "3000B"), "7 7 7");
    /* One that is taken back leaves the others in their batch. */
    expect_answers("0s 0s", "service.s.time = 5s\nservice.s.batch.max = 2\nservice.s.batch.min = 2\n"
                            "producer.a.call.timeout = 1s\nproducer.a.call.cancel = true\n", "-1 5");
}

static void test_setup(void **state)
{
    (void)state;
    const char *lines = "service.s.time = 1s\nservice.s.setup.time = 2s\nservice.s.setup.keep = 5s\n";
    /* Cold at 0 s, warm at 4 s (idle for 1 s), warm at 10 s (idle for 5 s), cold at 20 s. */
    expect_answers("0s 4s 10s 20s", lines, "3 1 1 3");
    expect_metric("0s 4s 10s 20s", lines, "service.s", "cold_starts", "sum", 2);
    expect_metric("0s 4s 10s 20s", lines, "service.s", "wait", "max", 2e9);
    /* Who goes on at once is warm, though nothing is kept. */
    expect_answers("0s 1s", "service.s.time = 1s\nservice.s.setup.time = 2s\n", "3 3");
    /* The server used last is used next: the other one goes cold. At 0 s two cold ones; at 4 s one warm; at 8 s one warm. */
    expect_answers("0s 0s 4s 8s", "service.s.time = 1s\nservice.s.servers = 2\nservice.s.setup.time = 2s\n"
                                  "service.s.setup.keep = 4s\n", "3 3 1 1");
    /* Unlimited servers are made as they are needed. */
    expect_answers("0s 1s 1s 4s", "service.s.time = 1s\nservice.s.servers = unlimited\nservice.s.setup.time = 2s\n"
                                  "service.s.setup.keep = 60s\n", "3 3 3 1");
}

static void test_breakdowns(void **state)
{
    (void)state;
    const char *always = WORK3 "service.s.breakdown.up = 4s\nservice.s.breakdown.down = 2s\n";
    /* Down from 4 to 6 and from 10 to 12 s: b 3-4 and 6-8, c 9-10 and 12-14. */
    expect_answers("0s 3s 9s", always, "3 5 5");
    expect_metric("0s 3s 9s", always, "service.s", "repairing", "max", 1);
    char lines[400];
    snprintf(lines, sizeof(lines), "%sservice.s.breakdown.then = repeat\n", always);
    expect_answers("0s 3s", lines, "3 6");
    snprintf(lines, sizeof(lines), "%sservice.s.breakdown.then = fail\n", always);
    expect_answers("0s 3s 5s", lines, "3 -1 4"); /* c waits for the repair */
    expect_metric("0s 3s 5s", lines, "service.s", "broken", "sum", 1);
    /* It wears out by serving: 3 s for a, 1 s of b, 2 s of repair, 2 s of b. */
    snprintf(lines, sizeof(lines), "%sservice.s.breakdown.when = serving\n", always);
    expect_answers("0s 10s", lines, "3 5");
    expect_metric("0s 10s", lines, "service.s", "repairing", "max", 1);
    /* Two servers, each with its own life, both down from 4 to 6 s. */
    snprintf(lines, sizeof(lines), "%sservice.s.servers = 2\n", always);
    expect_answers("2s 3s", lines, "5 5");
}

static void test_leaving(void **state)
{
    (void)state;
    const char *patient = "service.s.time = 5s\nservice.s.patience = 2s\n";
    /* b leaves at 3 s; c waits for exactly 2 s and is served. */
    expect_answers("0s 1s 3s", patient, "5 -1 7");
    expect_metric("0s 1s 3s", patient, "service.s", "expired", "sum", 1);
    expect_metric("0s 1s 3s", patient, "producer.b", "answer", "max", 2e9);
    /* b's client has given up when its turn comes. */
    const char *dead = "service.s.time = 5s\nproducer.b.call.timeout = 1s\nservice.s.drop_abandoned = true\n";
    expect_answers("0s 1s 2s", dead, "5 -1 8");
    expect_metric("0s 1s 2s", dead, "service.s", "expired", "sum", 1);
    expect_metric("0s 1s 2s", "service.s.time = 5s\nproducer.b.call.timeout = 1s\n", "producer.c", "answer", "max", 13e9);
    /* Taken back while it is served, and while it waits. */
    const char *back = "service.s.time = 5s\nproducer.a.call.timeout = 1s\nproducer.a.call.cancel = true\n"
                       "producer.b.call.timeout = 1s\nproducer.b.call.cancel = true\n";
    char lines[400];
    snprintf(lines, sizeof(lines), "%sservice.s.cancellable = waiting\n", back);
    expect_answers("0s 1s 2s", lines, "-1 -1 8");
    expect_metric("0s 1s 2s", lines, "service.s", "cancelled", "sum", 1);
    snprintf(lines, sizeof(lines), "%sservice.s.cancellable = never\n", back);
    expect_answers("0s 1s 2s", lines, "-1 -1 13");
    expect_answers("0s 2s 2s", back, "-1 -1 6"); /* a at 1 s, b at 3 s; c is served at 3 s … */
}

static void test_throttle(void **state)
{
    (void)state;
    const char *common = "run.duration = 3s\nproducer.p.arrivals = constant\nproducer.p.rate = 4/s\n"
                         "producer.p.target = service.s\n";
    char lines[600];
    /* Two at the start, then one a second: at 0, 0.25, 1 and 2 s. */
    snprintf(lines, sizeof(lines), "%sservice.s.throttle.rate = 1/s\nservice.s.throttle.burst = 2\n", common);
    struct run r = run_lines(lines);
    assert_true(run_count(&r, "service.s", "accepted") == 4 && run_count(&r, "service.s", "throttled") == 8);
    assert_true(run_stat(&r, "service.s", "throttled_at", "min") == 0.5e9);
    run_free(&r);
    /* Two in each second. */
    snprintf(lines, sizeof(lines), "%sservice.s.throttle.limit = 2\nservice.s.throttle.window = 1s\n", common);
    r = run_lines(lines);
    assert_true(run_count(&r, "service.s", "accepted") == 6);
    assert_true(run_stat(&r, "service.s", "throttled_at", "max") == 2.75e9);
    run_free(&r);
    /* Told when to come back: at 1 s and, since that token is gone then, at 2 s. */
    expect_answers("0s 500ms 500ms", "service.s.throttle.rate = 1/s\nservice.s.throttle.burst = 1\n"
                                     "service.s.throttle.hint = true\nproducer.b.call.attempts = 3\n"
                                     "producer.c.call.attempts = 3\n", "0 0.5 1.5");
}

static void test_slowdown(void **state)
{
    (void)state;
    /* n = 1, 2, 3 at the start: 1 + 0.5 (n - 1) + 0.1 n (n - 1) = 1, 1.7, 2.6. */
    expect_answers("0s 1s 1500ms", "service.s.time = 2s\nservice.s.servers = unlimited\nservice.s.slowdown.contention = 0.5\n"
                                   "service.s.slowdown.coherency = 0.1\n", "2 3.4 5.2");
    expect_metric("0s 0s 0s 0s 0s", WORK3 "service.s.servers = unlimited\n", "service.s", "busy", "max", 5);
}

#define STOP "fault.f.target = service.s\nfault.f.effect = stop\nfault.f.at = 1s\nfault.f.for = 5s\n"

/* Nothing moves from 1 to 6 s, and what stood goes on. */
static void test_stop(void **state)
{
    (void)state;
    expect_answers("0s 2s", STOP WORK3, "8 9");
    expect_answers("0s 2s", STOP WORK3 "service.s.order = lcfs\n", "8 9");
    expect_answers("0s 2s", STOP WORK3 "service.s.order = lcfs\nservice.s.preemptive = true\n", "8 9");
    expect_answers("0s 2s", STOP WORK3 "service.s.order = sharing\n", "10 9"); /* from 6 s on both, a with 2 s left */
    expect_answers("0s 2s", STOP WORK3 "service.s.batch.max = 2\n", "8 9");
    expect_answers("0s 2s", STOP WORK3 "service.s.servers = 2\n", "8 7");
    expect_answers("0s 2s", STOP WORK3 "service.s.servers = 2\nservice.s.setup.time = 0s\n", "8 7");
    expect_answers("0s 2s", STOP WORK3 "service.s.servers = 2\nservice.s.breakdown.up = 2s\nservice.s.breakdown.down = 1s\n"
                                       "service.s.breakdown.when = serving\n", "9 8");
    /* What it hangs over is never answered, what it stopped over before neither. */
    expect_answers("0s 2s 9s", STOP WORK3 "fault.g.target = service.s\nfault.g.effect = hang\nfault.g.at = 2s\nfault.g.for = 6s\n",
                   "-1 -1 3");
}

static void test_refused(void **state)
{
    (void)state;
    expect_refused("service.s.preemptive = true\n", "preemptive");
    expect_refused("service.s.order = lcfs\nservice.s.preemptive = true\nservice.s.batch.max = 2\n", "batch");
    expect_refused("service.s.order = lcfs\nservice.s.preemptive = true\nservice.s.calls[0].target = service.t\n"
                   "service.t.time = 1s\n", "steps");
    expect_refused("service.s.order = sharing\nservice.s.patience = 1s\n", "patience");
    expect_refused("service.s.order = sharing\nservice.s.setup.time = 1s\n", "setup");
    expect_refused("service.s.batch.max = 2\nservice.s.batch.min = 3\n", "batch");
    expect_refused("service.s.batch.max = 2\nservice.s.batch.min = 1\nservice.s.batch.window = 1s\n", "window");
    expect_refused("service.s.servers = unlimited\nservice.s.waiting = 3\n", "waiting");
    expect_refused("service.s.servers = unlimited\nservice.s.order = lcfs\n", "order");
    expect_refused("service.s.servers = unlimited\nservice.s.breakdown.up = 1s\nservice.s.breakdown.down = 1s\n", "serving");
    expect_refused("service.s.setup.time = 1s\nservice.s.breakdown.up = 1s\nservice.s.breakdown.down = 1s\n", "setup");
    expect_refused("service.s.throttle.rate = 1/s\n", "throttle");
    expect_refused("service.s.throttle.rate = 1/s\nservice.s.throttle.burst = 1\nservice.s.throttle.limit = 1\n", "throttle");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),     cmocka_unit_test(test_preemption), cmocka_unit_test(test_sharing),
        cmocka_unit_test(test_sizes),      cmocka_unit_test(test_batches),    cmocka_unit_test(test_setup),
        cmocka_unit_test(test_breakdowns), cmocka_unit_test(test_leaving),    cmocka_unit_test(test_throttle),
        cmocka_unit_test(test_slowdown),   cmocka_unit_test(test_stop),       cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
