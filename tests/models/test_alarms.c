/* test_alarms.c - percentile alarms and what alarms tell, in the simulated world, in schedules worked out by hand.
 *
 * rules: CW-8 CW-14 CW-15 CW-16 CW-17 CW-18 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "expect.h"
#include "run_support.h"
#include "sim.h"

static double in_alarm(const struct run *r, const char *alarm)
{
    return run_stat(r, alarm, "state", "last");
}

/* --- percentiles --- */

/* A hundred requests at once, 0.1 s each and one after the other: they take 0.1, 0.2 … 10 s. Each of them has waited 0.1 s less. */
#define HUNDRED                                                                                                          \
    "run.duration = 3min\nproducer.p.arrivals = constant\nproducer.p.rate = 1/min\nproducer.p.batch_size = 100\nproducer.p.limit = 100\n" \
    "producer.p.target = service.s\nservice.s.servers = 1\nservice.s.time = 100ms\n"

/* An alarm that is in ALARM at the end when the statistic of the first minute is that value, to half a thousandth. */
#define BOTH(id, statistic, from, to)                                                                                    \
    "alarm." id "_from.metric = service.s.sojourn\nalarm." id "_from.statistic = " statistic "\nalarm." id "_from.when = >= " from "\n" \
    "alarm." id "_from.missing = ignore\nalarm." id "_to.metric = service.s.sojourn." statistic "\nalarm." id "_to.when = <= " to "\n"  \
    "alarm." id "_to.missing = ignore\n"

static void both(const struct run *r, const char *id)
{
    char name[40];
    snprintf(name, sizeof(name), "alarm.%s_from", id);
    if (in_alarm(r, name) != 2)
        fail_msg("%s is too low", id);
    snprintf(name, sizeof(name), "alarm.%s_to", id);
    if (in_alarm(r, name) != 2)
        fail_msg("%s is too high", id);
}

static void test_percentiles(void **state)
{
    (void)state;
    struct run r = run_lines(HUNDRED BOTH("p99", "p99", "9.895", "9.905") BOTH("p50", "p50", "4.9975", "5.0025")
                             BOTH("p0", "p0", "0.1", "0.1") BOTH("p100", "p100", "10", "10") BOTH("p99_1", "p99.1", "10", "10")
                             BOTH("min", "min", "0.1", "0.1") BOTH("max", "max", "10", "10")
                             BOTH("tm50", "tm50", "2.5487", "2.5513") BOTH("iqm", "IQM", "5.0475", "5.0525")
                             BOTH("count", "tc90", "90", "90") BOTH("wm90", "wm90", "4.9925", "4.9975"));
    static const char *const all[] = {"p99", "p50", "p0", "p100", "p99_1", "min", "max", "tm50", "iqm", "count", "wm90"};
    for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++)
        both(&r, all[i]);
    run_free(&r);
}

/* 101 in the first minute, up to 10.1 s, and one request of 0.1 s at 200 s: a period has its own values only, one of five minutes those of
 * both; a warm-up between them changes nothing. */
static void test_own_values(void **state)
{
    (void)state;
    static const char *const warmup[] = {"0s", "45s", "90s", "3min"};
    for (unsigned i = 0; i < 4; i++) {
        char lines[2000];
        snprintf(lines, sizeof(lines),
                 "run.duration = 6min\nrun.warmup = %s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/min\nproducer.p.batch_size = 100\n"
                 "producer.p.limit = 100\nproducer.p.target = service.s\nservice.s.servers = 1\nservice.s.time = 100ms\n"
                 "producer.q.arrivals = constant\nproducer.q.rate = 0.005/s\nproducer.q.limit = 2\nproducer.q.target = service.s\n"
                 "alarm.a.metric = service.s.sojourn.p50\nalarm.a.when = <= 0.1\nalarm.a.missing = ignore\n"
                 "alarm.b.metric = service.s.sojourn.p50\nalarm.b.when = >= 4.99\nalarm.b.missing = ignore\nalarm.b.period = 5min\n",
                 warmup[i]);
        struct run r = run_lines(lines);
        assert_true(in_alarm(&r, "alarm.a") == 2);
        assert_true(in_alarm(&r, "alarm.b") == 2);
        run_free(&r);
    }
}

/* A hundred are fewer than the thousand of p99, and enough for p90. */
static void test_few_values(void **state)
{
    (void)state;
    struct run r = run_lines(HUNDRED "alarm.a.metric = service.s.sojourn.p99\nalarm.a.when = > 1\n"
                             "alarm.a.evaluate_low_sample_count_percentile = ignore\n"
                             "alarm.b.metric = service.s.sojourn\nalarm.b.statistic = p90\nalarm.b.when = > 1\nalarm.b.missing = ignore\n"
                             "alarm.b.evaluate_low_sample_count_percentile = ignore\n"
                             "alarm.c.metric = service.s.sojourn.p99\nalarm.c.when = > 1\nalarm.c.missing = ignore\n");
    assert_true(in_alarm(&r, "alarm.a") == 1);
    expect(&r, "alarm.a", "held", 1);
    expect(&r, "alarm.c", "actions", 0); /* it has none, whatever its state */
    assert_true(in_alarm(&r, "alarm.b") == 2);
    expect(&r, "alarm.b", "held", 0);
    assert_true(in_alarm(&r, "alarm.c") == 2);
    run_free(&r);
}

/* A policy that tracks p90 of the time in a service: 9.0 s against 3 s asks for three times as many. */
static void test_tracking(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nproducer.p.arrivals = constant\nproducer.p.rate = 1/min\nproducer.p.batch_size = 100\n"
                             "producer.p.target = service.s\nservice.s.time = 100ms\nservice.s.servers = 1\n"
                             "scaling.t.target = service.s\nscaling.t.policy = target_tracking\nscaling.t.metric = service.s.sojourn.p90\n"
                             "scaling.t.value = 3.01\nscaling.t.delay = 0s\nscaling.t.max = 20\n"
                             "scaling.e.target = service.e\nscaling.e.policy = expression\nscaling.e.desired = service.s.sojourn.p100 / 2\n"
                             "service.e.time = 1s\nservice.e.servers = 1\n");
    assert_true(run_stat(&r, "service.s", "servers", "max") == 3);
    assert_true(run_stat(&r, "service.e", "servers", "max") == 5);
    run_free(&r);
}

/* An alarm sees a gauge as it is at the full minute, whatever the run's length: what came at 0 s is 60 s old at the first of them. Read
 * every 1000/60 s alone, it would be 50 s old. rules: CW-3 SQS-131 */
static void test_gauges_at_full_minutes(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 1000s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.start = 0s\nproducer.p.limit = 1\n"
                             "producer.p.target = queue.q\nproducer.p.done_at = fleet.f\nqueue.q.delay = 0s\nfleet.f.source = queue.q\nfleet.f.size = 0\n"
                             "producer.h.arrivals = constant\nproducer.h.rate = 1/s\nproducer.h.start = 0s\nproducer.h.limit = 1\n"
                             "producer.h.target = firehose.h\nproducer.h.done_at = firehose.h\nfirehose.h.destination = destination.d\n"
                             "firehose.h.buffer_interval = 900s\ndestination.d.time = 0s\n"
                             "alarm.q.metric = queue.q.ApproximateAgeOfOldestMessage\nalarm.q.when = >= 60\nalarm.q.delay = 0s\n"
                             "alarm.h.metric = firehose.h.age\nalarm.h.when = >= 60\nalarm.h.delay = 0s\n");
    expect(&r, "alarm.q", "transitions", 1); /* from INSUFFICIENT_DATA to ALARM, at once */
    expect(&r, "alarm.q", "alarms", 1);
    expect(&r, "alarm.h", "transitions", 2); /* … and OK at 960 s, when it is delivered */
    expect(&r, "alarm.h", "alarms", 1);
    run_free(&r);
}

/* --- who is told --- */

/* 100 messages wait; their number is seen a minute after the first minute: ALARM at 120 s. */
#define DEPTH                                                                                                            \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/min\nproducer.p.batch_size = 100\nproducer.p.limit = 100\n"          \
    "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\nfleet.f.size = 0\n"                      \
    "alarm.a.metric = queue.q.depth\nalarm.a.when = >= 100\n"
#define PAGER                                                                                                            \
    "topic.t.subscriptions[0].target = queue.pager\nqueue.pager.wait_time = 20s\nqueue.pager.visibility_timeout = 5min\n" \
    "fleet.person.source = queue.pager\nfleet.person.time = 10s\nalarm.a.done_at = fleet.person\n"

static void test_states_are_told(void **state)
{
    (void)state;
    /* INSUFFICIENT_DATA until the first evaluation, which finds no datapoint yet; at 120 s the first is there: ALARM. */
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\n" DEPTH PAGER "alarm.a.alarm_actions = topic.t\n"
                             "alarm.a.ok_actions = topic.t\nalarm.a.insufficient_data_actions = topic.t\n");
    expect(&r, "alarm.a", "transitions", 1);
    expect(&r, "alarm.a", "notifications", 1);
    expect(&r, "alarm.a", "actions", 1); /* the topic is told once */
    expect(&r, "topic.t", "published", 1);
    expect(&r, "fleet.person", "processed", 1);
    expect(&r, "alarm.a", "done", 1);
    assert_true(run_stat(&r, "alarm.a", "latency", "max") == 10e9);
    expect(&r, "", "offered", 101);
    expect(&r, "", "waiting", 100);
    run_free(&r);
}

/* The policy in ok_actions runs every minute, the topic beside it hears of the change only. */
static void test_ok_actions(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                             "producer.p.target = queue.q\nfleet.f.source = queue.q\nqueue.q.wait_time = 20s\nfleet.f.time = 1ms\n"
                             "group.g.target = fleet.f\ngroup.g.min = 1\ngroup.g.max = 20\ngroup.g.desired = 20\n"
                             "scaling.in.target = group.g\nscaling.in.policy = step\nscaling.in.steps[0].to = 0\nscaling.in.steps[0].by = -1\n"
                             "alarm.a.metric = queue.q.depth\nalarm.a.when = >= 100\nalarm.a.ok_actions = scaling.in, topic.t\n" PAGER);
    expect(&r, "alarm.a", "alarms", 0);
    expect(&r, "alarm.a", "transitions", 1);
    expect(&r, "alarm.a", "notifications", 1);
    expect(&r, "alarm.a", "actions", 14);
    assert_true(run_stat(&r, "group.g", "desired", "last") == 20 - 14);
    run_free(&r);
}

static void test_disabled(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\n" DEPTH PAGER "alarm.a.actions = topic.t\n"
                             "alarm.a.actions_enabled = false\n");
    expect(&r, "alarm.a", "alarms", 1);
    expect(&r, "alarm.a", "actions", 0);
    expect(&r, "alarm.a", "notifications", 0);
    run_free(&r);
}

/* One request, three copies: to two topics and a function. */
static void test_copies(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\n" DEPTH PAGER "alarm.a.alarm_actions = topic.t, function.f, topic.u\n"
                             "function.f.duration = 2s\ntopic.u.subscriptions[0].target = queue.other\nfleet.o.source = queue.other\n"
                             "queue.other.wait_time = 20s\nfleet.o.time = 1s\n");
    expect(&r, "alarm.a", "notifications", 1);
    expect(&r, "function.f", "invocations", 1);
    expect(&r, "fleet.o", "processed", 1);
    expect(&r, "fleet.person", "processed", 1);
    expect(&r, "alarm.a", "done", 1);
    run_free(&r);
}

/* A function alone is where the notification is done; it is invoked as for an event. */
static void test_function(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\n" DEPTH "alarm.a.actions = function.f\nfunction.f.duration = 2s\n"
                             "alarm.a.deadline = 1min\n");
    expect(&r, "alarm.a", "done", 1);
    expect(&r, "function.f", "invocations", 1);
    expect(&r, "", "in_time", 1);
    run_free(&r);
}

/* The topic is down from 100 s to 150 s. At 120, 121, 123, 127 and 135 s it refuses, at 151 s it takes what it is told. */
static void test_outage(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\n" DEPTH PAGER "alarm.a.actions = topic.t\n"
                             "fault.f.target = topic.t\nfault.f.effect = down\nfault.f.at = 100s\nfault.f.for = 50s\n");
    expect(&r, "alarm.a", "retries", 5);
    expect(&r, "alarm.a", "done", 1);
    assert_true(run_stat(&r, "alarm.a", "latency", "max") == 41e9);
    run_free(&r);
}

/* What changes while the run only drains is told to nobody: ALARM at 120 s, arrivals end at 110 s. */
static void test_drain(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 110s\nrun.drain = 10min\n" DEPTH PAGER "alarm.a.actions = topic.t\n");
    expect(&r, "alarm.a", "alarms", 1);
    expect(&r, "alarm.a", "actions", 1);
    expect(&r, "alarm.a", "notifications", 0);
    run_free(&r);
}

/* What is told has the template of its state: a filter lets ALARM through and not OK. */
static void test_templates(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\n" DEPTH PAGER "alarm.a.actions = topic.t\n"
                             "event.on.body = {'NewStateValue': 'ALARM'}\nevent.off.body = {'NewStateValue': 'OK'}\n"
                             "alarm.a.events.alarm = event.on\nalarm.a.events.ok = event.off\n"
                             "topic.t.subscriptions[0].filter = {'NewStateValue': ['ALARM']}\ntopic.t.subscriptions[0].filter_scope = body\n"
                             "topic.t.subscriptions[1].target = queue.fine\nqueue.fine.wait_time = 20s\n"
                             "topic.t.subscriptions[1].filter = {'NewStateValue': ['OK']}\ntopic.t.subscriptions[1].filter_scope = body\n");
    expect(&r, "topic.t[pager]", "delivered", 1);
    expect(&r, "topic.t[fine]", "filtered", 1);
    expect(&r, "alarm.a", "done", 1);
    run_free(&r);
}

/* The bus hears of it though actions are switched off; its rule knows ALARM by the event's detail. rules: CW-17 CW-19 */
static void test_bus(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10min\nrun.drain = 5min\n" DEPTH PAGER "alarm.a.actions = topic.t\nalarm.a.actions_enabled = false\n"
                             "alarm.a.bus = bus.b\nalarm.a.events.alarm = event.on\nevent.on.preset = cloudwatch-alarm\n"
                             "alarm.a.events.insufficient_data = event.off\nevent.off.preset = cloudwatch-ok\n"
                             "bus.b.rules[0].name = on\nbus.b.rules[0].pattern = {'detail': {'state': {'value': ['ALARM']}}}\n"
                             "bus.b.rules[0].targets[0].target = queue.pager\n");
    expect(&r, "alarm.a", "actions", 0);
    expect(&r, "topic.t", "published", 0);
    expect(&r, "alarm.a", "notifications", 1);
    expect(&r, "bus.b", "matched", 1);
    expect(&r, "alarm.a", "done", 1);
    run_free(&r);
}

/* Messages of 1,024 bytes are as large as 1 KiB, and not larger. */
static void test_sizes(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 6min\nproducer.p.rate = 1/s\nproducer.p.size = 1KiB\nproducer.p.target = queue.q\n"
                             "queue.q.wait_time = 20s\nfleet.f.source = queue.q\nfleet.f.time = 10ms\n"
                             "alarm.a.metric = queue.q.size.max\nalarm.a.when = >= 1KiB\n"
                             "alarm.b.metric = queue.q.size.max\nalarm.b.when = > 1KiB\n");
    assert_true(in_alarm(&r, "alarm.a") == 2);
    assert_true(in_alarm(&r, "alarm.b") == 0);
    run_free(&r);
}

/* --- what a scenario gets wrong --- */

#define WATCH "alarm.a.when = > 1\n" DEPTH "alarm.a.metric = queue.q.wait\nservice.s.time = 1s\nproducer.p.done_at = fleet.f\n"
static void test_checks(void **state)
{
    (void)state;
    expect_problem(WATCH "alarm.a.metric = queue.q.depth.p99\n", 350, "'queue.q.depth.p99': depth has one value a minute and no distribution");
    expect_problem(WATCH "alarm.a.metric = queue.q.sent\nalarm.a.statistic = p50\n", 350, "sent has one sum a minute");
    expect_problem(WATCH "alarm.a.metric = queue.q.size.max\nalarm.a.when = > 1min\n", 351, "'> 1min' is no threshold");
    expect_problem(WATCH "alarm.a.metric = queue.q.wait.max\nalarm.a.when = > 1KiB\n", 351, "'> 1KiB' is no threshold");
    expect_problem(WATCH "alarm.a.metric = queue.q.depth.p99 / 2\n", 350, "no distribution");
    expect_problem(WATCH "alarm.a.metric = producer.p.lost\n", 350, "'producer.p.lost' is known when the run has ended");
    expect_problem(WATCH "alarm.a.statistic = p101\n", 350, "no statistic 'p101'");
    expect_problem(WATCH "alarm.a.metric = queue.q.wait.median\n", 350, "no statistic at the end of");
    expect_problem(WATCH "alarm.a.metric = queue.q.wait.p50\nalarm.a.statistic = p99\n", 350, "no statistic at the end of 'queue.q.wait.p50.p99'");
    expect_problem(WATCH "alarm.a.metric = queue.q.wait / 2\nalarm.a.statistic = p99\n", 273, "is of one metric, not of metric math");
    expect_problem(WATCH "alarm.a.evaluate_low_sample_count_percentile = ignore\n", 273, "is for a percentile of one metric");
    expect_problem(WATCH "alarm.a.statistic = tm99\nalarm.a.evaluate_low_sample_count_percentile = ignore\n", 273, "for a percentile");
    expect_problem(WATCH PAGER "alarm.a.actions = topic.t\nalarm.a.alarm_actions = topic.t\n", 273, "'actions' is short for 'alarm_actions'");
    expect_problem(WATCH PAGER "alarm.a.actions = topic.t, topic.t\n", 273, "topic.t stands twice");
    expect_problem(WATCH PAGER, 273, "'done_at' is of notifications");
    expect_problem(WATCH "event.x.body = {}\nalarm.a.events.ok = event.x\n", 273, "'events' is of notifications");
    expect_problem(WATCH "bus.b.rules[0].name = on\nalarm.a.bus = bus.b\n", 275, "where are its notifications done?");
    expect_problem(WATCH "alarm.a.ok_actions = topic.t\ntopic.t.subscriptions[0].target = queue.q\n", 275, "where are its notifications done?");
    expect_problem(WATCH PAGER "alarm.a.ok_actions = topic.t\nalarm.a.done_at = service.s\n", 275, "no notification of alarm.a can come to service.s");
    expect_problem(WATCH PAGER "topic.t.type = fifo\nqueue.pager.type = fifo\nalarm.a.actions = topic.t\n", 351, "topic.t is a FIFO topic");
    expect_problem(WATCH "function.a.duration = 1s\nfunction.b.duration = 1s\nfunction.c.duration = 1s\nfunction.d.duration = 1s\n"
                         "function.e.duration = 1s\nfunction.f.duration = 1s\nalarm.a.done_at = function.a\n"
                         "alarm.a.actions = function.a, function.b, function.c, function.d, function.e, function.f\n",
                   351, "at most 5 actions");
    expect_problem(WATCH "group.g.target = service.s\nscaling.x.target = group.g\nscaling.x.policy = expression\nscaling.x.desired = 1\n"
                         "alarm.a.insufficient_data_actions = scaling.x\n",
                   273, "only step and simple policies are set off by alarms");
}

static void test_short_of_memory(void **state)
{
    (void)state;
    expect_every_allocation("run.duration = 8min\nrun.drain = 5min\n" DEPTH PAGER
                            "alarm.a.actions = topic.t, function.g\nfunction.g.duration = 2s\n"
                            "alarm.b.metric = service.s.sojourn.p99\nalarm.b.when = > 1\nalarm.b.period = 2min\n"
                            "alarm.c.metric = service.s.sojourn\nalarm.c.statistic = p50\nalarm.c.when = > 1\n"
                            "producer.s.rate = 5/s\nproducer.s.target = service.s\nservice.s.time = exponential(100ms)\n"
                            "service.s.servers = 3\n",
                            100, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percentiles),     cmocka_unit_test(test_own_values), cmocka_unit_test(test_few_values),
        cmocka_unit_test(test_tracking),        cmocka_unit_test(test_states_are_told), cmocka_unit_test(test_ok_actions),
        cmocka_unit_test(test_disabled),        cmocka_unit_test(test_copies),     cmocka_unit_test(test_function),
        cmocka_unit_test(test_gauges_at_full_minutes),
        cmocka_unit_test(test_outage),          cmocka_unit_test(test_drain),           cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_templates),       cmocka_unit_test(test_bus),        cmocka_unit_test(test_checks),          cmocka_unit_test(test_short_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
