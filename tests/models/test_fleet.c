/* test_fleet.c - workers at a queue, in schedules worked out by hand. */
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

/* Messages at 0, 1, … up to a limit; a long poll always stands ready. */
#define QUEUE(limit)                                                                               \
    "run.duration = 30s\nrun.drain = 30s\n"                                                        \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = " limit "\n"        \
    "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\n"

static void expect_max(const struct run *r, const char *entity, const char *metric, double seconds)
{
    double got = run_stat(r, entity, metric, "max");
    if (got != seconds * 1e9)
        fail_msg("%s.%s is at most %g ns, not %g s", entity, metric, got, seconds);
}

static void test_one_by_one(void **state)
{
    (void)state;
    struct run r = run_lines(QUEUE("3") "fleet.f.time = 2s\n");
    expect(&r, "fleet.f", "processed", 3);
    expect(&r, "fleet.f", "deleted", 3);
    expect(&r, "", "in_time", 3);
    expect_max(&r, "", "latency", 4); /* 0-2, 2-4, 4-6 */
    expect_max(&r, "producer.p", "answer", 0);
    expect(&r, "fleet.f", "receives", 6); /* three jobs; empty at 26 s and 46 s; one waits at the end */
    expect(&r, "fleet.f", "empty_receives", 2);
    assert_true(run_stat(&r, "fleet.f", "busy", "mean") == 0.1);
    assert_true(run_stat(&r, "fleet.f", "utilisation", "mean") == 0.1);
    run_free(&r);
}

static void test_batch(void **state)
{
    (void)state;
    /* The worker is away with the first until 4 s; then it takes the other two at once. */
    struct run r = run_lines(QUEUE("3") "fleet.f.time = 4s\nfleet.f.batch = 10\n");
    expect(&r, "fleet.f", "processed", 3);
    expect(&r, "fleet.f", "receives", 5);
    expect(&r, "fleet.f", "received", 3);
    expect_max(&r, "", "latency", 10);
    run_free(&r);
}

/* Calls of 100 ms: a receive, a delete; the send of a message does too. */
static void test_latency(void **state)
{
    (void)state;
    struct run r = run_lines(QUEUE("2") "fleet.f.time = 2s\nqueue.q.api_latency = 100ms\n");
    expect(&r, "", "in_time", 2);
    /* Arrives at 0.1, done at 2.1, deleted at 2.2, received at 2.3, done at 4.3: born at 1. */
    expect_max(&r, "", "latency", 3.3);
    expect_max(&r, "producer.p", "answer", 0.1);
    expect_max(&r, "fleet.f", "hold", 2);
    run_free(&r);
}

/* Work of 5 s, visible again after 3: at 3 s the second worker gets it too, and its effect is a repeated one. */
static void test_visibility(void **state)
{
    (void)state;
    struct run r = run_lines(QUEUE("1") "fleet.f.time = 5s\nfleet.f.size = 2\nqueue.q.visibility_timeout = 3s\n");
    expect(&r, "fleet.f", "received", 2);
    expect(&r, "fleet.f", "processed", 2);
    expect(&r, "fleet.f", "duplicates", 1);
    expect(&r, "", "repeated", 1);
    expect_max(&r, "", "latency", 5);
    run_free(&r);
    r = run_lines(QUEUE("1") "fleet.f.time = 5s\nfleet.f.size = 2\nfleet.f.visibility_timeout = 6s\n"
                             "queue.q.visibility_timeout = 3s\n");
    expect(&r, "fleet.f", "received", 1);
    run_free(&r);
}

/* A worker that dies over each job: it is back after a second, the message after 7. */
static void test_crash(void **state)
{
    (void)state;
    const char *always = QUEUE("1") "fleet.f.time = 1s\nqueue.q.visibility_timeout = 7s\n"
                                    "fleet.f.crash.probability = 100%\nfleet.f.crash.restart = 1s\n";
    char lines[2000];
    /* Received at 0, 7, … 56 s. */
    snprintf(lines, sizeof(lines), "%sfleet.f.crash.at = end\n", always);
    struct run r = run_lines(lines);
    expect(&r, "fleet.f", "crashed", 9);
    expect(&r, "fleet.f", "processed", 9);
    expect(&r, "fleet.f", "duplicates", 8);
    expect(&r, "", "repeated", 8);
    expect(&r, "fleet.f", "deleted", 0);
    run_free(&r);
    snprintf(lines, sizeof(lines), "%sfleet.f.crash.at = start\n", always);
    r = run_lines(lines);
    expect(&r, "fleet.f", "crashed", 9);
    expect(&r, "fleet.f", "processed", 0);
    expect(&r, "", "waiting", 1);
    run_free(&r);
    r = run_lines(always); /* somewhere in the middle */
    expect(&r, "fleet.f", "crashed", 9);
    expect(&r, "fleet.f", "processed", 0);
    double busy = run_stat(&r, "fleet.f", "busy", "mean") * 60;
    assert_true(busy > 0.5 && busy < 8.5);
    run_free(&r);
}

/* A worker that dies while its call is under way: the work is done all the same, and done again. */
static void test_crash_in_call(void **state)
{
    (void)state;
    struct run r = run_lines(QUEUE("1") "queue.q.visibility_timeout = 40s\nfleet.f.calls[0].target = database.d\n"
                                        "database.d.write_time = 2s\nproducer.p.done_at = database.d\n"
                                        "fleet.f.crash.probability = 100%\n");
    expect(&r, "fleet.f", "crashed", 2); /* at 0 and 40 s */
    expect(&r, "database.d", "completed", 2);
    expect(&r, "database.d", "abandoned", 2);
    expect(&r, "", "repeated", 1);
    expect_max(&r, "", "latency", 2);
    run_free(&r);
}

static void test_failure(void **state)
{
    (void)state;
    const char *lines = QUEUE("1") "queue.q.visibility_timeout = 3s\nfleet.f.calls[0].target = database.d\n"
                                   "database.d.write_time = 1s\nproducer.p.done_at = database.d\n"
                                   "fault.x.target = database.d\nfault.x.effect = down\nfault.x.at = 0s\nfault.x.for = 5s\n";
    char more[2000];
    struct run r = run_lines(lines); /* received at 0, 3 and 6 s */
    expect(&r, "fleet.f", "failed", 2);
    expect(&r, "fleet.f", "returned", 0);
    expect_max(&r, "", "latency", 7);
    run_free(&r);
    /* Made visible again at once; the worker pauses 1, 2 and 4 s: received at 0, 1, 3 and 7 s. */
    snprintf(more, sizeof(more), "%sfleet.f.on_failure = return\nfleet.f.pause = exponential(base=1s)\n", lines);
    r = run_lines(more);
    expect(&r, "fleet.f", "failed", 3);
    expect(&r, "fleet.f", "returned", 3);
    expect(&r, "fleet.f", "received", 4);
    expect_max(&r, "", "latency", 8);
    run_free(&r);
}

static void test_hang(void **state)
{
    (void)state;
    struct run r = run_lines(QUEUE("1") "fleet.f.time = 1s\nfleet.f.hang.probability = 100%\nfleet.f.hang.for = 10s\n"
                                        "queue.q.visibility_timeout = 30s\n");
    expect(&r, "fleet.f", "hung", 1);
    expect_max(&r, "fleet.f", "hold", 11);
    expect_max(&r, "", "latency", 11);
    run_free(&r);
}

static void test_fleet_faults(void **state)
{
    (void)state;
    const char *lines = QUEUE("1") "fleet.f.time = 4s\nqueue.q.visibility_timeout = 10s\n"
                                   "fault.x.target = fleet.f\nfault.x.at = 2s\nfault.x.for = 3s\n";
    char more[2000];
    /* Down from 2 to 5 s: the job comes back at 10 s. */
    snprintf(more, sizeof(more), "%sfault.x.effect = down\n", lines);
    struct run r = run_lines(more);
    expect(&r, "fleet.f", "crashed", 1);
    expect_max(&r, "", "latency", 14);
    expect(&r, "fleet.f", "receives", 5); /* 0, 5, 14, 34, 54 s; the poll of 5 s brings it at 10 s */
    run_free(&r);
    /* Hanging: it stands still, and is started anew at 5 s. */
    snprintf(more, sizeof(more), "%sfault.x.effect = hang\n", lines);
    r = run_lines(more);
    expect(&r, "fleet.f", "crashed", 0);
    expect_max(&r, "", "latency", 14);
    assert_true(run_stat(&r, "fleet.f", "busy", "mean") * 60 == 9);
    run_free(&r);
    /* Slow at the start of the job only counts when it is in force then. */
    snprintf(more, sizeof(more), "%sfault.x.effect = slow\nfault.x.factor = 2\nproducer.p.start = 3s\n", lines);
    r = run_lines(more);
    expect_max(&r, "", "latency", 8);
    run_free(&r);
    snprintf(more, sizeof(more), "%sfault.x.effect = fail\nfault.x.probability = 100%%\nproducer.p.start = 1s\n", lines);
    r = run_lines(more); /* done at 5 s: just not any more */
    expect(&r, "fleet.f", "failed", 0);
    expect_max(&r, "", "latency", 4);
    run_free(&r);
    snprintf(more, sizeof(more), "%sfault.x.effect = fail\nfault.x.probability = 100%%\n", lines);
    r = run_lines(more);
    expect(&r, "fleet.f", "failed", 1);
    expect_max(&r, "", "latency", 14);
    run_free(&r);
}

static void test_short_poll(void **state)
{
    (void)state;
    struct run r = run_lines(QUEUE("1") "producer.p.start = 2500ms\nfleet.f.poll = short\nfleet.f.poll_interval = 1s\n");
    expect_max(&r, "", "latency", 0.5);
    /* 0, 1, 2 empty; 3 a job, and again at once; then each second up to 60. */
    expect(&r, "fleet.f", "empty_receives", 3 + 58);
    run_free(&r);
    /* A long poll of no length, as SQS has it by default, is not repeated at once either. */
    r = run_lines(QUEUE("1") "queue.q.wait_time = 0s\nproducer.p.start = 2500ms\n");
    expect_max(&r, "", "latency", 0.5);
    run_free(&r);
}

/* What a job takes is the job's, not the worker's: fifty workers do the same work as ten. */
static void test_worker_count(void **state)
{
    (void)state;
    const char *lines = "run.duration = 1000s\nrun.drain = 1h\nproducer.p.rate = 5/s\nproducer.p.target = queue.q\n"
                        "queue.q.wait_time = 20s\nqueue.q.visibility_timeout = 300s\nfleet.f.source = queue.q\n"
                        "fleet.f.time = exponential(1s)\n";
    char more[2000];
    snprintf(more, sizeof(more), "%sfleet.f.size = 10\n", lines);
    struct run few = run_lines(more);
    snprintf(more, sizeof(more), "%sfleet.f.size = 50\n", lines);
    struct run many = run_lines(more);
    assert_true(run_print(&few, "producer.p") == run_print(&many, "producer.p"));
    assert_true(run_metric(&few, "fleet.f", "hold")->sum == run_metric(&many, "fleet.f", "hold")->sum);
    assert_true(run_metric(&few, "fleet.f", "hold")->n == run_metric(&few, "", "offered")->n);
    assert_true(run_stat(&few, "", "latency", "mean") > run_stat(&many, "", "latency", "mean"));
    run_free(&few);
    run_free(&many);
}

/* With workers to spare and any receipt good for a delete, P(received twice) = P(service > visibility timeout). */
static void test_duplicates(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 40000s\nrun.drain = 1h\nproducer.p.rate = 1/s\nproducer.p.target = queue.q\n"
                             "queue.q.wait_time = 20s\nqueue.q.visibility_timeout = 20s\nfleet.f.source = queue.q\n"
                             "fleet.f.time = exponential(10s)\nfleet.f.size = 100\n");
    double n = run_count(&r, "", "offered"), p = 0, product = 1;
    for (int k = 1; k < 10; k++) { /* mean number of receives beyond the first */
        product *= exp(-2.0 * k);
        p += product;
    }
    double got = (run_count(&r, "fleet.f", "received") - n) / n;
    assert_true(fabs(got - p) < 4.5 * sqrt(p / n));
    assert_true(run_count(&r, "", "lost") == 0);
    run_free(&r);
}

/* M/M/c through a queue: Erlang C for 3 servers and load 2 waits 4/9 of a service time. */
static void test_mmc(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 100000s\nrun.drain = 1h\nproducer.p.rate = 2/s\nproducer.p.target = queue.q\n"
                             "queue.q.wait_time = 20s\nqueue.q.visibility_timeout = 12h\nfleet.f.source = queue.q\n"
                             "fleet.f.time = exponential(1s)\nfleet.f.size = 3\n");
    double want = 1 + 4.0 / 9, got = run_stat(&r, "", "latency", "mean") / 1e9;
    if (fabs(got - want) > 0.03 * want)
        fail_msg("mean sojourn %g, not %g", got, want);
    run_free(&r);
}

/* --- the size changes while it runs --- */

static void set_size(struct world *w, struct entity *e, int64_t size)
{
    struct value v = {.type = VALUE_COUNT, .i = size};
    assert_true(world_set(w, e, 0, &v));
}

static void test_resize(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open("run.duration = 60s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                                         "producer.p.target = queue.q\nqueue.q.wait_time = 20s\n"
                                         "queue.q.visibility_timeout = 1h\nfleet.f.source = queue.q\nfleet.f.time = 4s\n"
                                         "fleet.f.size = 4\n");
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    struct world *w = world_open(spec, 0, &err);
    struct entity *e = w->entity[spec_find(spec, "fleet.f")->index];
    sim_run(w->sim, 20 * SIM_S + SIM_MS, NULL);
    set_size(w, e, 1); /* the other three finish at 21, 22, 23 s */
    sim_run(w->sim, 30 * SIM_S, NULL);
    assert_true(e->room->conserve(e, sim_now(w->sim), &err));
    set_size(w, e, 8);
    struct value v = {.type = VALUE_COUNT, .i = 5};
    assert_false(world_set(w, e, 2, &v)); /* batch: not while it runs */
    sim_run(w->sim, w->end, NULL);
    struct result *r = world_finish(w, &err);
    assert_non_null(r);
    uint32_t n;
    struct arena a;
    arena_init(&a);
    const struct metric_id *id = world_metrics(spec, &a, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(id[i].entity, "fleet.f") == 0 && strcmp(id[i].name, "size") == 0) {
            assert_true(r->metric[i].min == 1 && r->metric[i].max == 8 && r->metric[i].last == 8);
            assert_true(fabs(r->metric[i].mean - (4 * 20.001 + 1 * 9.999 + 8 * 30) / 60) < 1e-9);
        }
        if (strcmp(id[i].entity, "fleet.f") == 0 && strcmp(id[i].name, "busy") == 0)
            assert_true(r->metric[i].max == 8);
    }
    arena_free(&a);
    result_free(r);
    world_close(w);
    specbuild_close(b);
}

/* Workers that only wait for work are let go at once, and come back when they are wanted. */
static void test_idle_resize(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open("run.duration = 60s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                                         "producer.p.start = 30s\nproducer.p.target = queue.q\nqueue.q.wait_time = 20s\n"
                                         "queue.q.visibility_timeout = 1h\nfleet.f.source = queue.q\nfleet.f.time = 4s\n"
                                         "fleet.f.size = 6\n");
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    struct world *w = world_open(spec, 0, &err);
    struct entity *e = w->entity[spec_find(spec, "fleet.f")->index];
    const struct obs_level *polling = NULL, *polls = NULL;
    for (uint32_t i = 0; i < w->n_metric; i++) {
        if (strcmp(w->metric[i].def->name, "polling") == 0)
            polling = w->metric[i].observer;
        if (strcmp(w->metric[i].def->name, "polls_waiting") == 0)
            polls = w->metric[i].observer;
    }
    sim_run(w->sim, 5 * SIM_S, NULL);
    assert_true(polling->value == 6 && polls->value == 6);
    set_size(w, e, 1);
    assert_true(polling->value == 1 && polls->value == 1);
    set_size(w, e, 3);
    assert_true(polling->value == 3 && polls->value == 3);
    sim_run(w->sim, w->end, NULL);
    assert_true(e->room->conserve(e, sim_now(w->sim), &err));
    result_free(world_finish(w, &err));
    world_close(w);
    specbuild_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_by_one),   cmocka_unit_test(test_batch),        cmocka_unit_test(test_latency),
        cmocka_unit_test(test_visibility),   cmocka_unit_test(test_crash),        cmocka_unit_test(test_crash_in_call),
        cmocka_unit_test(test_failure),      cmocka_unit_test(test_hang),         cmocka_unit_test(test_fleet_faults),
        cmocka_unit_test(test_short_poll),   cmocka_unit_test(test_worker_count), cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_mmc),          cmocka_unit_test(test_resize),
        cmocka_unit_test(test_idle_resize),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
