/* test_station.c - servers and waiting rooms: small schedules worked out by hand, and queueing theory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "run_support.h"

/* Erlang: M/M/c/K with offered load a, by its birth-death chain. */
struct mmck {
    double blocked, inside, wait; /* share refused, mean number inside, mean wait of the accepted (in service times) */
};

static struct mmck mmck(double a, int c, int k)
{
    double p[200], sum = 0, inside = 0, queue = 0;
    for (int n = 0; n <= k; n++) {
        p[n] = n == 0 ? 1 : p[n - 1] * a / (n <= c ? n : c);
        sum += p[n];
    }
    for (int n = 0; n <= k; n++) {
        inside += n * p[n] / sum;
        queue += n > c ? (n - c) * p[n] / sum : 0;
    }
    double blocked = p[k] / sum;
    return (struct mmck){blocked, inside, queue / (a * (1 - blocked))};
}

/* One long run against its value; the tolerances are several standard errors of that run length. */
static void near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("%.6g is not within %.3g of %.6g", got, relative, want);
}

static void test_mm1(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 400000s\nrun.drain = 1h\n"
                             "producer.p.rate = 0.5/s\nproducer.p.target = service.s\n"
                             "service.s.time = exponential(1s)\n");
    near(run_stat(&r, "service.s", "wait", "mean") / 1e9, 1.0, 0.05);
    near(run_stat(&r, "service.s", "sojourn", "mean") / 1e9, 2.0, 0.03);
    near(run_stat(&r, "", "latency", "p90") / 1e9, 2 * log(10), 0.04);
    near(run_stat(&r, "service.s", "utilisation", "mean") * (400000.0 + 3600) / 400000, 0.5, 0.02);
    assert_true(run_count(&r, "", "lost") == 0);
    run_free(&r);
}

/* One server that always has work: as it goes from one call to the next it is free for no time at all. The k-th departure is at
 * 3k s; from 10 s on the first is at 12 s, and the last at 99 s. */
static void test_hands_over(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 100s\nrun.warmup = 10s\nrun.drain = 0s\n"
                             "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = service.s\n"
                             "service.s.time = 3s\n");
    assert_true(run_stat(&r, "service.s", "busy", "mean") == 1.0);
    assert_true(run_stat(&r, "service.s", "busy", "max") == 1.0);
    assert_true(run_stat(&r, "service.s", "busy", "min") == 0.0);
    assert_true(run_count(&r, "service.s", "completed") == 30);
    assert_true(run_stat(&r, "service.s", "wait", "max") == 2e9 * 33);
    run_free(&r);
}

static void test_mmck(void **state)
{
    (void)state;
    struct mmck want = mmck(4.0, 3, 8);
    struct run r = run_lines("run.duration = 100000s\n"
                             "producer.p.rate = 4/s\nproducer.p.target = service.s\n"
                             "service.s.time = exponential(1s)\nservice.s.servers = 3\nservice.s.waiting = 5\n");
    double offered = run_count(&r, "", "offered");
    near(run_count(&r, "service.s", "refused") / offered, want.blocked, 0.03);
    near(run_stat(&r, "service.s", "in_system", "mean"), want.inside, 0.02);
    near(run_stat(&r, "service.s", "wait", "mean") / 1e9, want.wait, 0.03);
    assert_true(run_count(&r, "", "lost") == run_count(&r, "service.s", "refused"));
    run_free(&r);
}

/* A hundred thousand calls that end at one instant, each the next one's beginning: a loop and not as many frames. */
static void test_avalanche(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 1s\nrun.drain = 9s\nproducer.p.arrivals = constant\n"
                             "producer.p.rate = 100000/s\nproducer.p.target = service.s\n"
                             "service.s.calls[0].target = database.d\ndatabase.d.write_time = 10s\n"
                             "fault.f.target = database.d\nfault.f.effect = down\nfault.f.at = 5s\n");
    assert_true(run_count(&r, "service.s", "failed") == 100000);
    assert_true(run_stat(&r, "producer.p", "answer", "max") == 5e9);
    run_free(&r);
}

/* Two servers from 4 s on, none from 8 s on: work of 3 s that came at 0, 1, … 5 s ends at 3, 6, 7, 9, 10 s; the sixth waits. */
static void test_servers(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open("run.duration = 6s\nrun.drain = 14s\nproducer.p.arrivals = constant\n"
                                         "producer.p.rate = 1/s\nproducer.p.target = service.s\nservice.s.time = 3s\n");
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    struct world *w = world_open(spec, 0, &err);
    struct entity *e = w->entity[spec_find(spec, "service.s")->index];
    struct value v = {.type = VALUE_COUNT, .i = 2}, bad = {.type = VALUE_DURATION, .i = 2};
    sim_run(w->sim, 4 * SIM_S, NULL);
    assert_true(world_set(w, e, 0, &v));
    assert_false(world_set(w, e, 0, &bad));
    sim_run(w->sim, 8 * SIM_S, NULL);
    v.i = 0;
    assert_true(world_set(w, e, 0, &v));
    sim_run(w->sim, w->end, NULL);
    struct result *r = world_finish(w, &err);
    assert_int_equal(r->fates.in_time, 5);
    assert_int_equal(r->fates.waiting, 1);
    assert_true(r->metric[8].max == 6e9); /* latency: the fifth came at 4 and is done at 10 s */
    result_free(r);
    world_close(w);
    specbuild_close(b);
}

/* A million requests, and no more memory than for those inside at once. */
static void test_bounded(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open("run.duration = 10000s\nrun.interval = 1000s\nproducer.p.rate = 100/s\n"
                                         "producer.p.target = service.s\nservice.s.time = 5ms\n");
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    struct world *w = world_open(spec, 0, &err);
    sim_run(w->sim, w->end, NULL);
    assert_true(w->requests.source[0]->offered.n > 900000);
    assert_true(w->requests.slab.n_touched < 100 && w->calls.n_touched < 100);
    result_free(world_finish(w, &err));
    world_close(w);
    specbuild_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mm1),
        cmocka_unit_test(test_hands_over),
        cmocka_unit_test(test_mmck),
        cmocka_unit_test(test_avalanche),
        cmocka_unit_test(test_servers),
        cmocka_unit_test(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
