/* test_function_scaling.c - reserved and provisioned concurrency change while a run goes on: by hand, and by a policy that tracks
 * its utilisation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "expect.h"
#include "function_keys.h"
#include "run_support.h"
#include "world.h"

/* 40 calls a second of 200 ms are 8 at the same time. Of 10 units that is 80 %, above the target: after three minutes
 * 12 are wanted, 8 / 0.7 = 11.4. Of 20 it is 40 %, below 63 %: 12 again, at the same time, as three minutes are enough here.
 * 12 are 67 % at work: neither. rules: LAM-13 ASG-29 */
static void a_policy_tracks_the_utilisation(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 20min\nrun.lambda_concurrency = 1000\nproducer.p.arrivals = constant\nproducer.p.rate = 40/s\n"
                             "producer.p.target = function.f\nproducer.q.arrivals = constant\nproducer.q.rate = 40/s\n"
                             "producer.q.target = function.g\nfunction.f.duration = 200ms\nfunction.f.provisioned = 10\n"
                             "function.g.duration = 200ms\nfunction.g.provisioned = 20\n"
                             "scaling.f.target = function.f\nscaling.f.policy = target_tracking\nscaling.f.value = 70\n"
                             "scaling.f.metric = function.f.ProvisionedConcurrencyUtilization\nscaling.f.max = 50\nscaling.f.delay = 0s\n"
                             "scaling.g.target = function.g\nscaling.g.policy = target_tracking\nscaling.g.value = 70\n"
                             "scaling.g.metric = function.g.provisioned_utilisation\nscaling.g.max = 50\nscaling.g.delay = 0s\n");
    expect_stat(&r, "function.f", "provisioned", "max", 12, 0);
    expect_stat(&r, "function.f", "provisioned", "mean", (3 * 10 + 17 * 12) / 20.0, 1e-9);
    expect_stat(&r, "function.g", "provisioned", "min", 12, 0);
    expect_stat(&r, "function.g", "provisioned", "mean", (3 * 20 + 17 * 12) / 20.0, 1e-9);
    expect_stat(&r, "function.g", "provisioned_utilisation", "mean", 8 / ((3 * 20 + 17 * 12) / 20.0), 1e-3);
    assert_true(run_count(&r, "function.f", "spillover") == 0);
    run_free(&r);
}

/* The same with datapoints that are seen a minute late, as they are by default: three are there at 240. At 300 the newest is still of
 * the old units, and no reason for a second step: it stays at 12 from then on. rules: LAM-13 ASG-13 ASG-29 */
static void what_is_seen_late_is_not_added_twice(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 40min\nproducer.p.arrivals = constant\nproducer.p.rate = 40/s\n"
                             "producer.p.target = function.f\nproducer.q.arrivals = constant\nproducer.q.rate = 40/s\n"
                             "producer.q.target = function.g\nfunction.f.duration = 200ms\nfunction.f.provisioned = 10\n"
                             "function.g.duration = 200ms\nfunction.g.provisioned = 20\n"
                             "scaling.f.target = function.f\nscaling.f.policy = target_tracking\nscaling.f.value = 70\n"
                             "scaling.f.metric = function.f.ProvisionedConcurrencyUtilization\nscaling.f.max = 50\n"
                             "scaling.g.target = function.g\nscaling.g.policy = target_tracking\nscaling.g.value = 70\n"
                             "scaling.g.metric = function.g.provisioned_utilisation\nscaling.g.max = 50\n");
    expect_stat(&r, "function.f", "provisioned", "max", 12, 0);
    expect_stat(&r, "function.f", "provisioned", "mean", (4 * 10 + 36 * 12) / 40.0, 1e-9);
    expect_stat(&r, "function.g", "provisioned", "min", 12, 0);
    expect_stat(&r, "function.g", "provisioned", "mean", (4 * 20 + 36 * 12) / 40.0, 1e-9);
    run_free(&r);
}

static void set(struct world *w, const char *path, enum function_key key, int64_t n)
{
    struct value v = {.type = VALUE_COUNT, .i = n};
    assert_true(world_set(w, w->entity[spec_find(w->spec, path)->index], key, &v));
}

static double stat(const struct spec *spec, const struct result *r, const char *path, enum function_metric m)
{
    const struct metric_value *v = NULL;
    struct arena arena;
    uint32_t n;
    arena_init(&arena);
    const struct metric_id *id = world_metrics(spec, &arena, &n);
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(id[i].entity, path) == 0 && strcmp(id[i].name, function_metrics[m].name) == 0)
            v = &r->metric[i];
    arena_free(&arena);
    assert_non_null(v);
    return v->sum;
}

/* A call of ten seconds each second, from 0 to 9.
 * f: five are under way when only 3 are reserved: those at 5 and 6 are refused, though nothing is stopped; with 6 that at 7 is taken,
 * and no more.
 * g: two units take the first two calls; two more, those at 5 and 6; when one is left, what works on the others goes on, on demand.
 * rules: LAM-11 LAM-12 */
static void settings_change_in_a_run(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open("run.duration = 10s\nrun.drain = 60s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                                         "producer.p.target = function.f\nproducer.q.arrivals = constant\nproducer.q.rate = 1/s\n"
                                         "producer.q.target = function.g\nfunction.f.duration = 10s\nfunction.f.timeout = 60s\n"
                                         "function.f.reserved = 10\nfunction.g.duration = 10s\nfunction.g.timeout = 60s\n"
                                         "function.g.provisioned = 2\n");
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    struct world *w = world_open(spec, 0, &err);
    assert_non_null(w);
    sim_run(w->sim, 4500 * SIM_MS, NULL);
    set(w, "function.f", FUNCTION_RESERVED, 3);
    set(w, "function.g", FUNCTION_PROVISIONED, 4);
    sim_run(w->sim, 6500 * SIM_MS, NULL);
    set(w, "function.f", FUNCTION_RESERVED, 6);
    set(w, "function.g", FUNCTION_PROVISIONED, 1);
    sim_run(w->sim, w->end, NULL);
    struct result *r = world_finish(w, &err);
    assert_non_null(r);
    assert_true(stat(spec, r, "function.f", FX_INVOCATIONS) == 6);
    assert_true(stat(spec, r, "function.f", FX_THROTTLES) == 4);
    assert_true(stat(spec, r, "function.f", FX_PROCESSED) == 6);
    assert_true(stat(spec, r, "function.g", FX_PROVISIONED_INVOCATIONS) == 4);
    assert_true(stat(spec, r, "function.g", FX_COLD_STARTS) == 6);
    assert_true(stat(spec, r, "function.g", FX_PROCESSED) == 10);
    result_free(r);
    world_close(w);
    specbuild_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_tracks_the_utilisation),
        cmocka_unit_test(what_is_seen_late_is_not_added_twice),
        cmocka_unit_test(settings_change_in_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
