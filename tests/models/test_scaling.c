/* test_scaling.c - alarms, policies and groups in the simulated world, in schedules worked out by hand.
 *
 * rules: CW-3 CW-8 ASG-4 ASG-6 ASG-16 ASG-24 ASG-26 ASG-33 KEDA-1 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "expect.h"
#include "look.h"
#include "mem.h"
#include "run_support.h"
#include "sim.h"

/* It is `before` until just before that second, and `after` from then on. */
static void changes(struct look *l, const char *entity, const char *metric, double at, int64_t before, int64_t after)
{
    sim_time t = (sim_time)(at * 1e9);
    if (sim_now(l->w->sim) < t) /* else it is that second already */
        sim_run(l->w->sim, t - 1, NULL);
    if (sim_now(l->w->sim) < t && look_value(l, entity, metric) != before)
        fail_msg("%s.%s is %lld before %g s, not %lld", entity, metric, (long long)look_value(l, entity, metric), at, (long long)before);
    sim_run(l->w->sim, t, NULL);
    if (look_value(l, entity, metric) != after)
        fail_msg("%s.%s is %lld at %g s, not %lld", entity, metric, (long long)look_value(l, entity, metric), at, (long long)after);
}

/* Messages at 0, 1/rate, … up to a limit; workers on the instances of a group. */
#define WORLD(duration, rate, limit)                                                                    \
    "run.duration = " duration "\nrun.drain = 1h\n"                                                     \
    "producer.p.arrivals = constant\nproducer.p.rate = " rate "\nproducer.p.limit = " limit "\n"        \
    "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 100s\n"         \
    "fleet.f.source = queue.q\ngroup.g.target = fleet.f\ngroup.g.max = 100\n"

/* --- the notes' example: 1,000 or more for five minutes: two more; below 100: two fewer --- */

static void test_notes(void **state)
{
    (void)state;
    struct look l = look_open(WORLD("2h", "10/s", "6000") "fleet.f.time = 1s\ngroup.g.min = 2\ngroup.g.launch_delay = 60s\n"
                              "alarm.high.metric = queue.q.ApproximateNumberOfMessagesVisible\nalarm.high.when = >= 1000\n"
                              "alarm.high.datapoints = 5, 5\nalarm.high.actions = scaling.out\n"
                              "alarm.low.metric = queue.q.depth\nalarm.low.when = < 100\n"
                              "alarm.low.datapoints = 5, 5\nalarm.low.actions = scaling.in\n"
                              "scaling.out.target = group.g\nscaling.out.policy = simple\nscaling.out.by = 2\n"
                              "scaling.in.target = group.g\nscaling.in.policy = simple\nscaling.in.by = -2\n");
    /* 8 more a second: 960 at 120, 1,440 at 180. Minutes 2 to 6 are seen at 480. */
    changes(&l, "alarm.high", "state", 60, 1, 1);
    changes(&l, "alarm.high", "state", 120, 1, 0);
    changes(&l, "group.g", "desired", 480, 2, 4);
    assert_int_equal(look_value(&l, "alarm.high", "state"), 2);
    changes(&l, "group.g", "in_service", 540, 2, 4);
    assert_int_equal(look_value(&l, "fleet.f", "size"), 4);
    /* The cooldown ends at 840, and the alarm still invokes. */
    changes(&l, "group.g", "desired", 840, 4, 6);
    changes(&l, "group.g", "desired", 1200, 6, 8);
    /* At 1,260 there are 1,320 left, 8 a second: the sample at 1,320 is 840, seen at 1,380. */
    changes(&l, "alarm.high", "state", 1380, 2, 0);
    /* Empty at 1,425; the samples from 1,440 to 1,680 are low, the last is seen at 1,740. */
    changes(&l, "group.g", "desired", 1740, 8, 6);
    changes(&l, "group.g", "desired", 2040, 6, 4);
    changes(&l, "group.g", "desired", 2340, 4, 2);
    sim_run(l.w->sim, 2 * SIM_H, NULL);
    assert_int_equal(look_value(&l, "group.g", "desired"), 2);
    look_close(&l);
}

/* A counter's datapoints are whole minutes, whenever the warm-up of the measurement ends. */
static void test_warmup_moves_no_alarm(void **state)
{
    (void)state;
    struct look l = look_open("run.duration = 10min\nrun.warmup = 90s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                              "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\n"
                              "alarm.a.metric = queue.q.sent\nalarm.a.when = >= 60\n"
                              "alarm.b.metric = fleet.f.hold.max\nalarm.b.when = >= 1500ms\nfleet.f.time = 1500ms\nfleet.f.size = 3\n");
    changes(&l, "alarm.a", "state", 120, 1, 2);
    changes(&l, "alarm.b", "state", 120, 1, 2);
    for (int minute = 3; minute < 10; minute++) {
        changes(&l, "alarm.a", "state", minute * 60, 2, 2);
        changes(&l, "alarm.b", "state", minute * 60, 2, 2);
    }
    look_close(&l);
}

/* A queue's age is read at full minutes: an alarm sees that of its minute, not of the one before. */
static void test_age(void **state)
{
    (void)state;
    struct look l = look_open("run.duration = 2h\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = 2\n"
                              "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\nfleet.f.size = 0\n"
                              "alarm.a.metric = queue.q.age\nalarm.a.when = >= 5min\nalarm.a.delay = 0s\n");
    changes(&l, "alarm.a", "state", 300, 0, 2);
    look_close(&l);
}

/* --- scale-in --- */

#define SCALE_IN                                                                              \
    WORLD("5min", "10/s", "100")                                                              \
    "fleet.f.time = 30s\ngroup.g.min = 0\ngroup.g.desired = 10\n"                             \
    "scaling.s.target = group.g\nscaling.s.policy = scheduled\n"                              \
    "scaling.s.times[0].at = 100s\nscaling.s.times[0].desired = 2\n"

/* Ten workers take ten jobs each 30 s; at 100 s they are in the middle of the fourth. */
static void test_drain(void **state)
{
    (void)state;
    struct run r = run_lines(SCALE_IN "group.g.drain = 60s\n");
    expect(&r, "group.g", "killed", 0);
    expect(&r, "fleet.f", "crashed", 0);
    expect(&r, "fleet.f", "received", 100);
    expect(&r, "fleet.f", "processed", 100);
    expect(&r, "", "lost", 0);
    expect(&r, "", "repeated", 0);
    expect(&r, "group.g", "ended", 8);
    assert_true(run_stat(&r, "group.g", "terminating", "max") == 8);
    run_free(&r);
}

static void test_no_drain(void **state)
{
    (void)state;
    struct run r = run_lines(SCALE_IN);
    expect(&r, "group.g", "killed", 8);
    expect(&r, "fleet.f", "crashed", 8);
    expect(&r, "fleet.f", "received", 108); /* eight come back after their visibility timeout */
    expect(&r, "fleet.f", "processed", 100);
    expect(&r, "", "lost", 0);
    run_free(&r);
    r = run_lines(SCALE_IN "group.g.drain = 10s\n"); /* too short: they would need 20 */
    expect(&r, "group.g", "killed", 8);
    expect(&r, "fleet.f", "received", 108);
    run_free(&r);
}

/* What a job did before its worker was killed is done again. */
static void test_done_twice(void **state)
{
    (void)state;
    static const char lines[] = SCALE_IN "fleet.f.calls[0].target = service.s\nservice.s.time = 0s\nservice.s.servers = 100\n"
                                         "fleet.f.calls[1].target = service.t\nservice.t.time = 30s\nservice.t.servers = 100\n"
                                         "producer.p.done_at = service.s\n";
    struct run r = run_lines(lines);
    /* Each takes 60 s: at 100 s all ten are in the second half, after the effect. */
    expect(&r, "group.g", "killed", 8);
    expect(&r, "", "repeated", 8);
    expect(&r, "", "lost", 0);
    run_free(&r);
}

/* Ten jobs are done at 11 s; their deletes are held back for 30 s. Those who drain send them, and who stays does in time. */
static void test_drain_sends_deletes(void **state)
{
    (void)state;
    static const char lines[] = WORLD("5min", "1/s", "10") "fleet.f.time = 1s\ngroup.g.min = 0\ngroup.g.desired = 5\n"
                                "group.g.drain = 4min\nfleet.f.delete_batch.wait = 30s\nscaling.s.target = group.g\n"
                                "scaling.s.policy = scheduled\nscaling.s.times[0].at = 15s\nscaling.s.times[0].desired = 1\n";
    struct run r = run_lines(lines);
    expect(&r, "fleet.f", "received", 10);
    expect(&r, "fleet.f", "deleted", 10);
    expect(&r, "", "repeated", 0);
    run_free(&r);
}

static void test_busy_ones_stay(void **state)
{
    (void)state;
    struct look l = look_open(SCALE_IN "group.g.protection = busy\n");
    changes(&l, "group.g", "in_service", 100, 10, 10);
    /* At 120 s each takes its next job at once, so nobody is ever idle until there is nothing left: at 300 s. */
    changes(&l, "group.g", "in_service", 299, 10, 10);
    changes(&l, "group.g", "in_service", 302, 2, 2);
    look_close(&l);
    struct run r = run_lines(SCALE_IN "group.g.protection = busy\n");
    expect(&r, "group.g", "killed", 0);
    expect(&r, "fleet.f", "received", 100);
    run_free(&r);
}

/* --- who else comes and goes --- */

static void test_interruptions(void **state)
{
    (void)state;
    static const char lines[] = WORLD("30min", "1/s", "1") "group.g.min = 2\ngroup.g.launch_delay = 60s\ngroup.g.spot.after = 10min\n";
    struct look l = look_open(lines);
    changes(&l, "group.g", "in_service", 600, 2, 0);
    assert_int_equal(look_value(&l, "group.g", "pending"), 2);
    changes(&l, "group.g", "in_service", 660, 0, 2);
    changes(&l, "group.g", "in_service", 1260, 2, 0);
    look_close(&l);
    char more[2000];
    snprintf(more, sizeof(more), "%sgroup.g.spot.drain = false\n", lines);
    l = look_open(more);
    changes(&l, "group.g", "in_service", 600, 2, 2);
    changes(&l, "group.g", "in_service", 720, 2, 0);
    changes(&l, "group.g", "in_service", 780, 0, 2);
    look_close(&l);
}

static void test_failure_and_refresh(void **state)
{
    (void)state;
    struct look l = look_open(WORLD("30min", "1/s", "1") "group.g.min = 2\ngroup.g.failure = 15min\ngroup.g.grace = 0s\n"
                              "group.g.refresh.at = 2min\ngroup.g.refresh.healthy = 50%\ngroup.g.warmup = 10s\n");
    changes(&l, "group.g", "in_service", 120, 2, 1);
    changes(&l, "group.g", "in_service", 180, 1, 2);
    changes(&l, "group.g", "in_service", 190, 2, 1); /* the first is warm: the other goes */
    changes(&l, "group.g", "in_service", 250, 1, 2);
    changes(&l, "group.g", "in_service", 1080, 2, 1); /* 15 minutes after 180 */
    changes(&l, "group.g", "in_service", 1140, 1, 2);
    changes(&l, "group.g", "in_service", 1150, 2, 1);
    look_close(&l);
}

/* --- money --- */

static void test_cost(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 30min\nrun.drain = 30min\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                             "producer.p.limit = 1\nproducer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\ngroup.g.target = fleet.f\n"
                             "group.g.min = 2\ngroup.g.termination = newest\ngroup.g.price = 3.6\nscaling.s.target = group.g\nscaling.s.policy = scheduled\n"
                             "scaling.s.times[0].at = 20min\nscaling.s.times[0].desired = 4\n"
                             "scaling.s.times[1].at = 1210s\nscaling.s.times[1].desired = 2\n");
    /* Two for an hour, two more for ten seconds that cost a minute: 7,320 s. */
    assert_true(fabs(run_stat(&r, "group.g", "instance_hours", "mean") - 7320.0 / 3600) < 1e-12);
    assert_true(fabs(run_stat(&r, "group.g", "cost", "mean") - 7.32) < 1e-9);
    run_free(&r);
}

/* --- other policies --- */

static void test_keda(void **state)
{
    (void)state;
    struct look l = look_open(WORLD("20min", "1/s", "1") "fleet.f.time = 10s\ngroup.g.min = 0\ngroup.g.launch_delay = 5s\n"
                              "group.g.warmup = 0s\nscaling.k.target = group.g\nscaling.k.policy = keda\nscaling.k.queue = queue.q\n");
    changes(&l, "group.g", "desired", 30, 0, 1);
    changes(&l, "group.g", "in_service", 35, 0, 1);
    changes(&l, "group.g", "desired", 330, 1, 0);
    look_close(&l);
}

/* Limits that a schedule changes hold for the replicas too. */
static void test_keda_limits(void **state)
{
    (void)state;
    struct look l = look_open(WORLD("30min", "1000/s", "1000") "fleet.f.time = 1h\nqueue.q.visibility_timeout = 2h\ngroup.g.min = 0\ngroup.g.max = 4\n"
                              "group.g.launch_delay = 5s\ngroup.g.warmup = 0s\nscaling.k.target = group.g\nscaling.k.policy = keda\n"
                              "scaling.k.queue = queue.q\nscaling.t.target = group.g\nscaling.t.policy = scheduled\nrun.drain = 0s\n"
                              "scaling.t.times[0].at = 10min\nscaling.t.times[0].max = 7\nscaling.t.times[1].at = 20min\n"
                              "scaling.t.times[1].max = 2\n");
    sim_run(l.w->sim, 599 * SIM_S, NULL);
    assert_int_equal(look_value(&l, "group.g", "desired"), 4);
    changes(&l, "group.g", "desired", 600, 4, 7);
    changes(&l, "group.g", "desired", 1200, 7, 2);
    sim_run(l.w->sim, 1700 * SIM_S, NULL);
    assert_int_equal(look_value(&l, "group.g", "desired"), 2);
    look_close(&l);
}

static void test_expression(void **state)
{
    (void)state;
    struct look l = look_open(WORLD("20min", "10/s", "6000") "group.g.min = 0\ngroup.g.max = 7\n"
                              "scaling.k.target = group.g\nscaling.k.policy = expression\n"
                              "scaling.k.desired = min(ceil(queue.q.depth / 1000) + 1, 6)\nscaling.k.delay = 0s\nfleet.f.time = 1h\n");
    changes(&l, "group.g", "desired", 60, 0, 2);  /* 601 messages */
    changes(&l, "group.g", "desired", 120, 2, 3); /* 1,199: two are in hand at 120 */
    sim_run(l.w->sim, 900 * SIM_S, NULL);
    assert_int_equal(look_value(&l, "group.g", "desired"), 6);
    look_close(&l);
}

static void test_target(void **state)
{
    (void)state;
    /* 8 of 10 servers are busy: 80 % over 50 % is 16, seen after three datapoints at 240. */
    struct look l = look_open("run.duration = 20min\nproducer.p.arrivals = constant\nproducer.p.rate = 8/s\n"
                              "producer.p.target = service.s\nservice.s.time = 1s\ngroup.g.target = service.s\n"
                              "group.g.min = 1\ngroup.g.desired = 5\ngroup.g.threads = 2\ngroup.g.max = 50\ngroup.g.launch_delay = 90s\n"
                              "scaling.t.target = group.g\nscaling.t.policy = target_tracking\nscaling.t.metric = service.s.utilisation\n"
                              "scaling.t.value = 50\nscaling.t.share = 60%\n");
    changes(&l, "group.g", "desired", 240, 5, 8);
    changes(&l, "service.s", "servers", 330, 10, 16);
    sim_run(l.w->sim, 1100 * SIM_S, NULL);
    assert_int_equal(look_value(&l, "group.g", "desired"), 8);
    look_close(&l);
}

static void test_backlog_and_cooldowns(void **state)
{
    (void)state;
    /* 3,000 messages wait, workers do nothing: 10 s at 0.1 s each are 100 for each of 10. */
    static const char lines[] = WORLD("20min", "1000/s", "3010") "fleet.f.time = 2h\ngroup.g.min = 10\n"
                                "scaling.b.target = group.g\nscaling.b.policy = backlog\nscaling.b.queue = queue.q\n"
                                "scaling.b.latency = 10s\nscaling.b.time = 100ms\nqueue.q.visibility_timeout = 3h\nrun.drain = 0s\n";
    struct look l = look_open(lines);
    changes(&l, "group.g", "desired", 240, 10, 30);
    look_close(&l);
    char more[3000];
    snprintf(more, sizeof(more), "%sscaling.b.cooldowns.out = 1min\n", lines);
    l = look_open(more);
    changes(&l, "group.g", "desired", 240, 10, 30);
    look_close(&l);
}

/* 30 messages, a worker with each of 8, 22 wait. One policy looks every ten seconds, the other every minute; an operator sets three
 * in between: what the slower one said before that is not said again until it looks again (ASG-16, ASG-26). */
static void test_a_wish_is_heard_once(void **state)
{
    (void)state;
    static const char both[] = WORLD("20min", "1000/s", "30") "fleet.f.time = 2h\nqueue.q.visibility_timeout = 3h\nrun.drain = 0s\n"
                               "group.g.desired = 8\nscaling.a.target = group.g\nscaling.a.policy = target_tracking\n"
                               "scaling.a.metric = queue.q.depth\nscaling.a.value = 1000\nscaling.a.scale_in = false\nscaling.a.period = 10s\n"
                               "scaling.b.target = group.g\nscaling.b.policy = target_tracking\nscaling.b.metric = queue.q.depth\n"
                               "scaling.c.target = group.g\nscaling.c.policy = scheduled\nscaling.c.times[0].at = 245s\nscaling.c.times[0].desired = 3\n";
    char text[3000];
    snprintf(text, sizeof(text), "%sscaling.b.value = 23\n", both); /* it is content with 22 */
    struct look l = look_open(text);
    changes(&l, "group.g", "desired", 245, 8, 3);
    sim_run(l.w->sim, 1100 * SIM_S, NULL);
    assert_int_equal(look_value(&l, "group.g", "desired"), 3);
    assert_int_equal(look_value(&l, "group.g", "scale_outs"), 0);
    look_close(&l);
    snprintf(text, sizeof(text), "%sscaling.b.value = 11\n", both); /* twice as many, from 240 on, every minute */
    l = look_open(text);
    changes(&l, "group.g", "desired", 240, 8, 16);
    changes(&l, "group.g", "desired", 245, 16, 3);
    sim_run(l.w->sim, 300 * SIM_S - 1, NULL);
    assert_int_equal(look_value(&l, "group.g", "desired"), 3);
    look_close(&l);
}

static void test_forecast(void **state)
{
    (void)state;
    /* 60 a minute, 20 of which one instance carries: three from the second day on. */
    struct look l = look_open("run.duration = 27h\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = queue.q\n"
                              "queue.q.wait_time = 20s\nfleet.f.source = queue.q\ngroup.g.target = fleet.f\ngroup.g.max = 9\n"
                              "scaling.p.target = group.g\nscaling.p.policy = predictive\nscaling.p.metric = queue.q.sent\n"
                              "scaling.p.value = 20\nscaling.p.ahead = 10min\n");
    changes(&l, "group.g", "desired", 25 * 3600 - 600, 1, 3);
    look_close(&l);
}

/* --- without a group --- */

static void test_settings(void **state)
{
    (void)state;
    /* 8 of 10 servers are busy: 16 at 50 %, at once. What is seen in the next minutes is still of the ten. */
    struct look l = look_open("run.duration = 20min\nproducer.p.arrivals = constant\nproducer.p.rate = 8/s\n"
                              "producer.p.target = service.s\nservice.s.time = 1s\nservice.s.servers = 10\n"
                              "scaling.t.target = service.s\nscaling.t.max = 50\nscaling.t.policy = target_tracking\n"
                              "scaling.t.metric = service.s.utilisation\nscaling.t.value = 50\n");
    changes(&l, "service.s", "servers", 240, 10, 16);
    sim_run(l.w->sim, 1100 * SIM_S, NULL);
    assert_int_equal(look_value(&l, "service.s", "servers"), 16);
    look_close(&l);
    /* A fleet of 3 is brought to its max of 2; then its backlog of 100 for each is above 50 for each. */
    l = look_open("run.duration = 30min\nproducer.p.arrivals = constant\nproducer.p.rate = 1000/s\nproducer.p.limit = 204\n"
                  "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 2h\n"
                  "fleet.f.source = queue.q\nfleet.f.size = 3\nfleet.f.time = 1h\n"
                  "scaling.a.target = fleet.f\nscaling.a.min = 1\nscaling.a.max = 2\nscaling.a.policy = scheduled\n"
                  "scaling.a.times[0].at = 5min\nscaling.a.times[0].max = 7\nscaling.a.times[0].desired = 6\n");
    changes(&l, "fleet.f", "size", 300, 2, 6);
    look_close(&l);
}

/* The run begins on Friday, 2 January 2026, at six: at eight there are five, at six in the evening one, and again on Monday. */
static void test_calendar(void **state)
{
    (void)state;
    struct look l = look_open("run.duration = 75h\nproducer.p.arrivals = constant\nproducer.p.rate = 1/h\nproducer.p.target = queue.q\n"
                              "queue.q.wait_time = 20s\nfleet.f.source = queue.q\ngroup.g.target = fleet.f\n"
                              "scaling.s.target = group.g\nscaling.s.policy = scheduled\nscaling.s.clock = 2026-01-02T06:00:00Z\n"
                              "scaling.s.times[0].schedule = cron(0 8 ? * MON-FRI *)\nscaling.s.times[0].desired = 5\n"
                              "scaling.s.times[1].schedule = cron(0 18 ? * MON-FRI *)\nscaling.s.times[1].desired = 1\n"
                              "scaling.s.times[2].schedule = cron(0 6 2 1 ? 2026)\nscaling.s.times[2].desired = 2\n");
    sim_run(l.w->sim, 0, NULL);
    assert_int_equal(look_value(&l, "group.g", "desired"), 2);
    changes(&l, "group.g", "desired", 2 * 3600, 2, 5);
    changes(&l, "group.g", "desired", 12 * 3600, 5, 1);
    changes(&l, "group.g", "desired", 74 * 3600, 1, 5);
    look_close(&l);
}

/* Somebody doubles the shards five times, and each time the policy takes that back: ten updates. From 2 h on a second shard is
 * needed; the eleventh update of a day is refused each minute, and done when the first one is a day old (KIN-53). rules: ASG-50 */
static void test_refused(void **state)
{
    (void)state;
    struct look l = look_open("run.duration = 25h\nproducer.p.arrivals = constant\nproducer.p.rate = 1/min\nproducer.p.target = stream.s\n"
                              "producer.p.profile[0].at = 2h\nproducer.p.profile[0].rate = 1/s\nproducer.p.profile[0].for = 100h\n"
                              "stream.s.reshard_step = 1s\nscaling.n.target = stream.s\nscaling.n.max = 9\nscaling.n.policy = expression\n"
                              "scaling.n.desired = ceil(stream.s.IncomingRecords / 40)\n"
                              "stream.s.actions[0].at = 610s\nstream.s.actions[0].update_shard_count = 2\n"
                              "stream.s.actions[1].at = 1210s\nstream.s.actions[1].update_shard_count = 2\n"
                              "stream.s.actions[2].at = 1810s\nstream.s.actions[2].update_shard_count = 2\n"
                              "stream.s.actions[3].at = 2410s\nstream.s.actions[3].update_shard_count = 2\n"
                              "stream.s.actions[4].at = 3010s\nstream.s.actions[4].update_shard_count = 2\n");
    changes(&l, "stream.s", "open_shards", 660 + 1, 2, 1); /* seen at the next evaluation, merged in a second */
    changes(&l, "stream.s", "open_shards", 3060 + 1, 2, 1);
    sim_run(l.w->sim, 86400 * SIM_S, NULL);
    assert_int_equal(look_value(&l, "stream.s", "open_shards"), 1);
    /* The minute from 7,200 s is seen at 7,320 s; the first update is a day old at 87,010 s. */
    changes(&l, "stream.s", "open_shards", 87060 + 1, 1, 2);
    assert_int_equal(look_value(&l, "scaling.n", "refused"), (87000 - 7320) / 60 + 1);
    look_close(&l);
}

/* Out by two, at most once in five minutes; in by one. */
static void test_simple_setting(void **state)
{
    (void)state;
    struct look l = look_open("run.duration = 30min\nproducer.p.arrivals = constant\nproducer.p.rate = 1000/s\nproducer.p.limit = 5000\n"
                              "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 2h\n"
                              "fleet.f.source = queue.q\nfleet.f.size = 3\nfleet.f.time = 1h\n"
                              "alarm.a.metric = queue.q.depth\nalarm.a.when = > 100\nalarm.a.actions = scaling.a\n"
                              "scaling.a.target = fleet.f\nscaling.a.max = 6\nscaling.a.policy = simple\nscaling.a.by = 2\n");
    changes(&l, "fleet.f", "size", 120, 3, 5);
    changes(&l, "fleet.f", "size", 420, 5, 6);
    look_close(&l);
}

/* --- the same arrivals and the same work, whatever the policy --- */

static void test_paired(void **state)
{
    (void)state;
    static const char common[] = "run.duration = 30min\nrun.drain = 3h\nproducer.p.rate = 5/s\nproducer.p.target = queue.q\n"
                                 "queue.q.wait_time = 20s\nqueue.q.visibility_timeout = 10min\nfleet.f.source = queue.q\n"
                                 "fleet.f.time = exponential(1s)\ngroup.g.target = fleet.f\ngroup.g.max = 40\ngroup.g.drain = 5min\n"
                                 "group.g.launch_delay = exponential(1min)\nscaling.s.target = group.g\n";
    static const char *const policy[] = {
        "scaling.s.policy = backlog\nscaling.s.queue = queue.q\nscaling.s.latency = 20s\nscaling.s.time = 1s\n",
        "scaling.s.policy = target_tracking\nscaling.s.metric = fleet.f.utilisation\nscaling.s.value = 60\n",
        "scaling.s.policy = keda\nscaling.s.queue = queue.q\n",
        "scaling.s.policy = expression\nscaling.s.desired = ceil(queue.q.depth / 50)\n",
        "scaling.s.policy = step\nscaling.s.steps[0].from = 0\nscaling.s.steps[0].by = 2\n"
        "alarm.a.metric = queue.q.depth\nalarm.a.when = > 200\nalarm.a.actions = scaling.s\n",
    };
    uint64_t print = 0, groups[5];
    double work = 0;
    for (unsigned i = 0; i < 5; i++) {
        char lines[3000];
        snprintf(lines, sizeof(lines), "%s%s", common, policy[i]);
        struct run r = run_lines(lines);
        if (i == 0) {
            print = run_print(&r, "producer.p");
            work = run_stat(&r, "fleet.f", "hold", "sum");
        }
        groups[i] = run_print(&r, "group.g");
        assert_int_equal(run_print(&r, "producer.p"), print);
        assert_true(run_stat(&r, "fleet.f", "hold", "sum") == work); /* nothing was killed or done twice */
        expect(&r, "fleet.f", "duplicates", 0);
        assert_true(run_count(&r, "", "in_time") == run_count(&r, "", "offered"));
        for (unsigned k = 0; k < i; k++)
            assert_true(groups[k] != groups[i]);
        run_free(&r);
    }
}

/* --- every allocation of the building fails once: an error, and nothing is left over --- */

static void test_memory(void **state)
{
    (void)state;
    struct specbuild *build = specbuild_open(WORLD("10min", "10/s", "3000") "fleet.f.time = 1s\nfleet.f.size = 1\ngroup.g.min = 2\n"
                                             "group.g.launch_delay = 10s\nalarm.a.metric = queue.q.depth / group.g.in_service\n"
                                             "alarm.a.when = > 10\nalarm.a.actions = scaling.s\nscaling.s.target = group.g\n"
                                             "scaling.s.policy = step\nscaling.s.steps[0].from = 0\nscaling.s.steps[0].by = 20\n"
                                             "scaling.t.target = group.g\nscaling.t.policy = backlog\nscaling.t.queue = queue.q\n"
                                             "scaling.t.latency = 10s\nscaling.t.time = 1s\nrun.drain = 5min\n");
    struct problems problems = {0};
    const struct spec *spec = specbuild_check(build, &problems); /* the fleet's own size is told of */
    struct err err = {0};
    struct result *whole = world_run(spec, 0, NULL, &err);
    uint32_t failed = 0;
    assert_non_null(whole);
    for (long n = 1; n < 200; n++) {
        err = (struct err){0};
        mem_fail_at(n);
        struct world *w = world_open(spec, 0, &err);
        mem_fail_at(0);
        failed += w == NULL;
        assert_true((w == NULL) == err_is_set(&err));
        world_close(w);
    }
    assert_true(failed > 50);
    result_free(whole);
    problems_free(&problems);
    specbuild_close(build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_warmup_moves_no_alarm),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_no_drain),
        cmocka_unit_test(test_done_twice),
        cmocka_unit_test(test_drain_sends_deletes),
        cmocka_unit_test(test_busy_ones_stay),
        cmocka_unit_test(test_interruptions),
        cmocka_unit_test(test_failure_and_refresh),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_keda),
        cmocka_unit_test(test_keda_limits),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_expression),
        cmocka_unit_test(test_target),
        cmocka_unit_test(test_backlog_and_cooldowns),
        cmocka_unit_test(test_a_wish_is_heard_once),
        cmocka_unit_test(test_forecast),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_simple_setting),
        cmocka_unit_test(test_paired),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
