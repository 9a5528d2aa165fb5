/* test_health.c - instances that fall ill, and health checks that find it out, in schedules worked out by hand.
 *
 * Where a check comes at a random part of its interval, what is asserted holds for every part.
 *
 * rules: ASG-3 ASG-40 ASG-41 ASG-42 ASG-43 ASG-44 ASG-46 ASG-47 ASG-48 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "expect.h"
#include "look.h"
#include "run_support.h"
#include "sim.h"
#include "testrand.h"

static void at(struct look *l, double second, const char *entity, const char *metric, int64_t want)
{
    sim_run(l->w->sim, (sim_time)(second * 1e9), NULL);
    if (look_value(l, entity, metric) != want)
        fail_msg("%s.%s is %lld at %g s, not %lld", entity, metric, (long long)look_value(l, entity, metric), second, (long long)want);
}

/* Calls at 0, 1/rate, … that take a second each, on two instances of ten servers. */
#define WEB(rate)                                                                                                        \
    "run.duration = 1h\nproducer.p.arrivals = constant\nproducer.p.rate = " rate "\nproducer.p.target = service.s\n"      \
    "producer.p.call.timeout = 30s\nservice.s.time = 1s\ngroup.g.target = service.s\ngroup.g.threads = 10\n"              \
    "group.g.min = 2\ngroup.g.max = 2\ngroup.g.launch_delay = 60s\ngroup.g.warmup = 0s\n"

/* --- each servers' own lot --- */

/* At 100.5 s one call each is under way on ten of twenty servers, five on each instance. Those of the one that goes break; the
 * other one's end as they would. */
static void test_calls_are_on_an_instance(void **state)
{
    (void)state;
    static const char goes[] = WEB("10/s") "group.g.min = 1\nscaling.s.target = group.g\nscaling.s.policy = scheduled\n"
                               "group.g.desired = 2\nscaling.s.times[0].at = 100500ms\nscaling.s.times[0].desired = 1\n"
                               "producer.p.limit = 1006\n"; /* the last at 100.5 s */
    struct run r = run_lines(goes);
    double broken = run_count(&r, "service.s", "broken");
    expect(&r, "group.g", "killed", broken);
    assert_true(broken >= 4 && broken <= 6);
    expect(&r, "service.s", "completed", 1006 - broken);
    run_free(&r);
    char more[2000];
    snprintf(more, sizeof(more), "%sgroup.g.drain = 10s\n", goes);
    r = run_lines(more);
    expect(&r, "service.s", "broken", 0);
    expect(&r, "group.g", "killed", 0);
    expect(&r, "service.s", "completed", 1006);
    run_free(&r);
}

/* Both instances hang from 100 s on: ten calls begun in the second before never end, and ten more begin and never end. */
static void test_hang(void **state)
{
    (void)state;
    struct look l = look_open(WEB("10/s") "group.g.illness.after = 100s\ngroup.g.illness.mode = hang\n");
    at(&l, 99, "service.s", "busy", 10);
    at(&l, 200, "service.s", "busy", 20);
    assert_int_equal(look_value(&l, "group.g", "ill"), 2);
    at(&l, 3000, "service.s", "busy", 20);
    assert_int_equal(look_value(&l, "group.g", "replaced"), 0); /* nobody looks */
    /* Those that came at 0 … 98.9 s have ended; that of 99 s would, just when its server stands still. */
    assert_int_equal(look_value(&l, "service.s", "completed"), 990);
    look_close(&l);
}

static void test_well_again(void **state)
{
    (void)state;
    struct look l = look_open(WEB("10/s") "group.g.illness.after = 100s\ngroup.g.illness.mode = hang\ngroup.g.illness.lasts = 50s\n"
                                          "producer.p.limit = 2000\nproducer.p.call.timeout = 5s\n");
    at(&l, 149, "service.s", "busy", 20);
    at(&l, 220, "service.s", "busy", 0);
    assert_int_equal(look_value(&l, "service.s", "broken"), 20); /* those that were with them are forgotten */
    look_close(&l);
}

static void test_slow(void **state)
{
    (void)state;
    struct run r = run_lines(WEB("2/s") "group.g.illness.after = 100s\ngroup.g.illness.mode = slow\ngroup.g.illness.factor = 3\n");
    assert_true(run_stat(&r, "service.s", "sojourn", "min") == 1e9);
    assert_true(run_stat(&r, "service.s", "sojourn", "max") == 3e9);
    run_free(&r);
}

static void test_fail(void **state)
{
    (void)state;
    struct run r = run_lines(WEB("2/s") "group.g.illness.after = 100s\ngroup.g.illness.mode = fail\ngroup.g.illness.probability = 100%\n");
    /* What ends before 100 s, at 0.5 s steps: begun at 0 … 98.5 s; one at 99 s ends at 100 s, when it is so far. */
    expect(&r, "service.s", "completed", 198);
    run_free(&r);
}

/* --- what checks find --- */

#define HANG  "group.g.illness.after = 600s\ngroup.g.illness.mode = hang\n"
#define EVERY10 "group.g.health.check = elb\ngroup.g.health.interval = 10s\n"

/* Both hang at 600 s. A check is sent within ten seconds, another ten later; five more, and it is known: between 615 and 625. One at
 * a time: the second goes when the first one's replacement, 60 s later, has passed its first check. */
static void test_found(void **state)
{
    (void)state;
    struct look l = look_open(WEB("2/s") HANG EVERY10);
    at(&l, 614, "group.g", "unhealthy", 0);
    assert_int_equal(look_value(&l, "group.g", "failed_checks") <= 2, 1);
    at(&l, 626, "group.g", "pending", 1);
    assert_int_equal(look_value(&l, "group.g", "unhealthy"), 1);
    at(&l, 670, "group.g", "replaced", 1);
    at(&l, 696, "group.g", "replaced", 2);
    at(&l, 770, "group.g", "in_service", 2);
    assert_int_equal(look_value(&l, "group.g", "stillborn"), 0);
    look_close(&l);
    struct run r = run_lines(WEB("2/s") HANG EVERY10);
    assert_true(run_stat(&r, "group.g", "found", "min") >= 15e9 && run_stat(&r, "group.g", "found", "min") <= 25e9);
    run_free(&r);
}

static void test_who_sees_what(void **state)
{
    (void)state;
    static const char *const mode[] = {"hang\n", "impaired\n", "slow\ngroup.g.illness.factor = 4\n", "fail\ngroup.g.illness.probability = 100%\n"};
    static const struct {
        const char *check;
        bool sees[4];
    } of[] = {
        {"ec2\n", {false, true, false, false}},
        {"elb\n", {true, true, false, true}},
        {"elb\ngroup.g.health.time = 2s\n", {true, true, true, true}}, /* 8 s are more than five */
        {"elb\ngroup.g.health.time = 1s\n", {true, true, false, true}},
        {"container\ngroup.g.health.time = 2s\n", {true, true, true, true}},
    };
    for (unsigned c = 0; c < sizeof(of) / sizeof(of[0]); c++)
        for (unsigned m = 0; m < 4; m++) {
            char lines[3000];
            snprintf(lines, sizeof(lines), WEB("2/s") "group.g.illness.after = 600s\ngroup.g.illness.mode = %sgroup.g.health.check = %s", mode[m],
                     of[c].check);
            struct run r = run_lines(lines);
            if ((run_count(&r, "group.g", "replaced") > 0) != of[c].sees[m])
                fail_msg("check %ssees %s%s", of[c].check, mode[m], of[c].sees[m] ? "not" : "");
            run_free(&r);
        }
}

/* A balancer gives what it finds unhealthy no calls. (Nobody is replaced within the grace period.) */
static void test_routing(void **state)
{
    (void)state;
    struct look l = look_open(WEB("2/s") EVERY10 "group.g.min = 10\ngroup.g.max = 10\ngroup.g.grace = 2h\n"
                                                 "group.g.illness.after = exponential(1h)\ngroup.g.illness.mode = hang\n");
    sim_run(l.w->sim, 1700 * SIM_S, NULL);
    int64_t ill = look_value(&l, "group.g", "unhealthy");
    assert_true(ill > 0 && ill < 10);
    assert_int_equal(look_value(&l, "service.s", "servers"), 100 - 10 * ill);
    look_close(&l);
}

/* All hang: everybody gets calls again, and all twenty servers are taken. */
static void test_fails_open(void **state)
{
    (void)state;
    struct look l = look_open(WEB("2/s") HANG EVERY10 "group.g.grace = 2h\n");
    at(&l, 700, "group.g", "unhealthy", 2);
    assert_int_equal(look_value(&l, "service.s", "servers"), 20);
    assert_int_equal(look_value(&l, "service.s", "busy"), 20);
    look_close(&l);
}

/* --- an application that needs time --- */

#define NEW WEB("2/s") "group.g.min = 1\ngroup.g.desired = 1\nscaling.s.target = group.g\nscaling.s.policy = scheduled\n" \
            "scaling.s.times[0].at = 100s\nscaling.s.times[0].desired = 2\n"

static void test_startup(void **state)
{
    (void)state;
    struct look l = look_open(NEW "group.g.startup = 90s\n");
    at(&l, 161, "group.g", "in_service", 2);
    at(&l, 249, "service.s", "servers", 10);
    assert_int_equal(look_value(&l, "group.g", "starting"), 1);
    at(&l, 251, "service.s", "servers", 20);
    assert_int_equal(look_value(&l, "group.g", "starting"), 0);
    look_close(&l);
}

/* In service at 160 s, up at 250: at 10 s and two failures it is found unhealthy by 180, and replaced; and the next one, and the
 * next. With a grace period beyond the start and the five checks that it takes then, it stays: no one is replaced. */
static void test_a_short_grace_period(void **state)
{
    (void)state;
    struct look l = look_open(NEW EVERY10 "group.g.startup = 90s\n");
    at(&l, 181, "group.g", "stillborn", 1);
    at(&l, 241, "group.g", "in_service", 2); /* the next came 60 s after that */
    at(&l, 262, "group.g", "stillborn", 2);
    at(&l, 3500, "service.s", "servers", 10); /* never more than the first one */
    /* Each lives 60 s and then between 10 and 20. */
    assert_true(look_value(&l, "group.g", "stillborn") >= (3500 - 180) / 80 && look_value(&l, "group.g", "stillborn") <= (3500 - 160) / 70);
    look_close(&l);
    struct run r = run_lines(NEW EVERY10 "group.g.startup = 90s\ngroup.g.grace = 155s\n");
    expect(&r, "group.g", "replaced", 0);
    run_free(&r);
    r = run_lines(NEW EVERY10 "group.g.startup = 90s\ngroup.g.grace = 100s\n"); /* up, but not healthy yet: five in a row are needed */
    assert_true(run_count(&r, "group.g", "stillborn") > 10);
    run_free(&r);
    r = run_lines(NEW "group.g.health.check = container\ngroup.g.health.interval = 10s\ngroup.g.health.start = 100s\ngroup.g.startup = 90s\n");
    expect(&r, "group.g", "replaced", 0); /* a start period forgives, and one success is enough */
    run_free(&r);
}

/* --- a check that asks those who work --- */

/* 25 calls a second for twenty servers of a second each: the line grows by five a second, and the wait by a quarter of a second each
 * second. From 20 s on it is longer than the five seconds that a check waits. */
static void test_overload(void **state)
{
    (void)state;
    struct run r = run_lines(WEB("25/s") EVERY10 "run.duration = 5min\nrun.drain = 0s\n");
    expect(&r, "group.g", "failed_checks", 0);
    run_free(&r);
    struct look l = look_open(WEB("25/s") EVERY10 "group.g.health.asks = workers\nrun.duration = 5min\nrun.drain = 0s\n");
    at(&l, 19, "group.g", "failed_checks", 0);
    at(&l, 60, "group.g", "replaced", 1);
    look_close(&l);
}

/* Workers with jobs of two minutes: asked beside their work they are well, asked themselves they seem dead. */
static void test_busy_workers(void **state)
{
    (void)state;
    static const char lines[] = "run.duration = 1h\nrun.drain = 0s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                                "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 5min\n"
                                "fleet.f.source = queue.q\nfleet.f.time = 2min\ngroup.g.target = fleet.f\ngroup.g.min = 4\ngroup.g.max = 4\n"
                                "group.g.warmup = 0s\ngroup.g.health.check = container\n";
    char more[2000];
    struct run r = run_lines(lines);
    expect(&r, "group.g", "failed_checks", 0);
    run_free(&r);
    snprintf(more, sizeof(more), "%sgroup.g.health.asks = workers\ngroup.g.health.max_percent = 100\ngroup.g.health.at_a_time = 100%%\n", lines);
    r = run_lines(more);
    assert_true(run_count(&r, "group.g", "replaced") > 50);
    expect(&r, "fleet.f", "processed", 0); /* 30 s and three checks of 35 s, less one interval: 105 s, and no job lives that long */
    run_free(&r);
    snprintf(more, sizeof(more), "%sgroup.g.health.asks = workers\nfleet.f.time = 20s\n", lines);
    r = run_lines(more);
    expect(&r, "group.g", "replaced", 0); /* between two jobs it answers, within the thirty seconds of an interval or the next */
    run_free(&r);
}

/* A worker that hangs over a job for an hour is found by one that asks workers, and by nobody else. */
static void test_hung_jobs(void **state)
{
    (void)state;
    static const char lines[] = "run.duration = 2h\nrun.drain = 0s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                                "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 1min\n"
                                "fleet.f.source = queue.q\nfleet.f.time = 1s\nfleet.f.hang.probability = 0.1%\nfleet.f.hang.for = 1h\n"
                                "group.g.target = fleet.f\ngroup.g.min = 3\ngroup.g.max = 3\ngroup.g.warmup = 0s\n"
                                "group.g.health.check = container\n";
    char more[2000];
    struct run r = run_lines(lines);
    assert_true(run_count(&r, "fleet.f", "hung") > 0);
    expect(&r, "group.g", "replaced", 0);
    run_free(&r);
    snprintf(more, sizeof(more), "%sgroup.g.health.asks = workers\n", lines);
    r = run_lines(more);
    assert_true(run_count(&r, "group.g", "replaced") > 0);
    assert_true(run_count(&r, "group.g", "replaced") <= run_count(&r, "fleet.f", "hung"));
    run_free(&r);
}

/* A fault befalls the whole service: all its instances look ill, and are replaced though nothing is wrong with them. */
static void test_faults(void **state)
{
    (void)state;
    static const char *const effect[] = {"hang", "stop", "down", "fail\nfault.x.probability = 100%"};
    for (unsigned i = 0; i < 4; i++) {
        char lines[3000];
        snprintf(lines, sizeof(lines), WEB("2/s") EVERY10 "fault.x.target = service.s\nfault.x.at = 10min\nfault.x.for = 5min\nfault.x.effect = %s\n",
                 effect[i]);
        struct run r = run_lines(lines);
        if (run_count(&r, "group.g", "replaced") < 2)
            fail_msg("%s: %g replaced", effect[i], run_count(&r, "group.g", "replaced"));
        run_free(&r);
    }
}

/* --- workers that hang alone --- */

/* Ten workers on two instances; one hangs with the five jobs in hand, which come back, and the other does all the rest. */
static void test_fleet(void **state)
{
    (void)state;
    static const char lines[] = "run.duration = 20min\nrun.drain = 20min\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                                "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 30s\n"
                                "fleet.f.source = queue.q\nfleet.f.time = 2s\ngroup.g.target = fleet.f\ngroup.g.threads = 5\ngroup.g.min = 2\n"
                                "group.g.max = 2\ngroup.g.illness.after = 300s\ngroup.g.illness.mode = hang\ngroup.g.warmup = 0s\n";
    struct run r = run_lines(lines);
    expect(&r, "fleet.f", "processed", 298); /* both hang: what came at 298 s would end when its worker stands still */
    run_free(&r);
    char more[2000];
    snprintf(more, sizeof(more), "%sgroup.g.health.check = container\n", lines);
    r = run_lines(more);
    expect(&r, "", "lost", 0);
    expect(&r, "fleet.f", "processed", 1200);
    run_free(&r);
    snprintf(more, sizeof(more), "%sgroup.g.illness.lasts = 1min\n", lines);
    r = run_lines(more);
    expect(&r, "", "lost", 0);
    run_free(&r);
}

/* --- everything together --- */

static const char *pick(struct testrand *r, const char *const *of, unsigned n)
{
    return of[testrand_below(r, n)];
}

/* Books are checked on the way: every call is with a server, every instance in service is up or starting. */
static void draw(struct testrand *r)
{
    static const char *const target[] = {
        "producer.p.target = service.s\nproducer.p.call.timeout = 5s\nservice.s.time = exponential(1s)\nservice.s.waiting = 50\ngroup.g.target = service.s\n",
        "producer.p.target = service.s\nproducer.p.call.timeout = 5s\nservice.s.time = 1s\nservice.s.order = lcfs\nservice.s.patience = 20s\n"
        "service.s.calls[0].target = service.t\nservice.s.calls[0].timeout = 2s\nservice.t.servers = 9\nservice.t.time = exponential(300ms)\n"
        "group.g.target = service.s\n",
        "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = 1min\nfleet.f.source = queue.q\n"
        "fleet.f.time = exponential(1s)\nfleet.f.batch = 3\nfleet.f.delete_batch.wait = 1s\nfleet.f.heartbeat.extend[0] = 1min\ngroup.g.target = fleet.f\n"};
    static const char *const ill[] = {"", "mode = hang\n", "mode = impaired\n", "mode = slow\ngroup.g.illness.factor = 30\n",
                                      "mode = fail\ngroup.g.illness.probability = 60%\n", "mode = hang\ngroup.g.illness.lasts = exponential(2min)\n"};
    static const char *const check[] = {"", "group.g.health.check = ec2\n", "group.g.health.check = elb\ngroup.g.health.interval = 10s\n",
                                        "group.g.health.check = elb\ngroup.g.health.asks = workers\ngroup.g.health.time = 200ms\n",
                                        "group.g.health.check = container\ngroup.g.health.asks = workers\n",
                                        "group.g.health.check = container\ngroup.g.health.max_percent = 100\ngroup.g.health.at_a_time = 50%\n"};
    static const char *const more[] = {"", "group.g.startup = exponential(40s)\n", "group.g.grace = 2min\ngroup.g.drain = 20s\n",
                                       "group.g.failure = exponential(10min)\n", "group.g.spot.after = exponential(10min)\ngroup.g.drain = 3s\n",
                                       "group.g.refresh.at = 5min\ngroup.g.protection = busy\n", "group.g.end_hook.time = 30s\n"};
    static const char *const fault[] = {"", "effect = hang\n", "effect = down\n", "effect = slow\nfault.x.factor = 20\n", "effect = fail\nfault.x.probability = 50%\n"};
    unsigned which = (unsigned)testrand_below(r, 3);
    const char *mode = pick(r, ill, 6), *effect = pick(r, fault, 5);
    char lines[4000];
    int n = snprintf(lines, sizeof(lines),
                     "run.duration = 30min\nproducer.p.rate = 6/s\n%sgroup.g.min = 1\ngroup.g.desired = 4\ngroup.g.max = 6\ngroup.g.threads = 2\n"
                     "group.g.launch_delay = exponential(30s)\ngroup.g.warmup = 20s\nscaling.s.target = group.g\nscaling.s.policy = scheduled\n"
                     "scaling.s.times[0].at = 6min\nscaling.s.times[0].desired = 6\nscaling.s.times[1].at = 17min\nscaling.s.times[1].desired = 2\n%s%s",
                     target[which], pick(r, check, 6), pick(r, more, 7));
    if (*mode != '\0')
        n += snprintf(lines + n, sizeof(lines) - (size_t)n, "group.g.illness.after = exponential(4min)\ngroup.g.illness.%s", mode);
    if (*effect != '\0')
        n += snprintf(lines + n, sizeof(lines) - (size_t)n, "fault.x.target = %s\nfault.x.at = 8min\nfault.x.for = 2min\nfault.x.%s",
                      which < 2 ? "service.s" : "fleet.f", effect);
    struct run run = run_lines(lines);
    double open = run_count(&run, "group.g", "launches") + 4 - run_count(&run, "group.g", "ended");
    if (open < 0 || run_count(&run, "group.g", "stillborn") > run_count(&run, "group.g", "replaced"))
        fail_msg("books of a group: %s", lines);
    run_free(&run);
}

static void test_drawn(void **state)
{
    (void)state;
    struct testrand r = testrand_open("health", 20261122);
    for (int i = 0; i < 100; i++)
        draw(&r);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        WEB("2/s") "group.g.illness.after = 1h\ngroup.g.illness.mode = slow\n",
        WEB("2/s") "group.g.illness.after = 1h\ngroup.g.illness.mode = hang\ngroup.g.illness.factor = 3\n",
        WEB("2/s") "group.g.health.check = elb\ngroup.g.health.start = 1min\n",
        WEB("2/s") "group.g.health.check = elb\ngroup.g.health.max_percent = 150\n",
        WEB("2/s") "group.g.health.check = ec2\ngroup.g.health.asks = workers\n",
        WEB("2/s") "group.g.health.check = elb\ngroup.g.health.interval = 5s\ngroup.g.health.timeout = 6s\n",
        WEB("2/s") "group.g.health.check = elb\nservice.s.order = sharing\n",
        WEB("2/s") "group.g.health.check = elb\nservice.s.batch.max = 4\n",
    };
    for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct specbuild *b = specbuild_open(lines[i]);
        struct problems p;
        problems_init(&p);
        specbuild_check(b, &p);
        if (p.n == 0)
            fail_msg("accepted: %s", lines[i]);
        problems_free(&p);
        specbuild_close(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_are_on_an_instance), cmocka_unit_test(test_hang), cmocka_unit_test(test_well_again),
        cmocka_unit_test(test_slow), cmocka_unit_test(test_fail), cmocka_unit_test(test_found), cmocka_unit_test(test_who_sees_what),
        cmocka_unit_test(test_routing), cmocka_unit_test(test_fails_open), cmocka_unit_test(test_startup),
        cmocka_unit_test(test_a_short_grace_period), cmocka_unit_test(test_overload), cmocka_unit_test(test_busy_workers),
        cmocka_unit_test(test_hung_jobs), cmocka_unit_test(test_faults), cmocka_unit_test(test_fleet), cmocka_unit_test(test_drawn), cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
