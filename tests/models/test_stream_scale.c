/* test_stream_scale.c - the policy that scales a stream, worked out by hand; and that streams are the same whatever is beside
 * them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "run_support.h"
#include "stream_actor.h"

static void expect(const struct run *r, const char *entity, const char *metric, double want)
{
    double got = run_count(r, entity, metric);
    if (got != want)
        fail_msg("%s.%s is %.12g, not %.12g", entity, metric, got, want);
}

#define CLIENTS(rate)                                                                                             \
    "producer.p.arrivals = constant\nproducer.p.rate = " rate "\nproducer.p.target = stream.s\n"                  \
    "producer.p.size = 100B\nstream.s.put_latency = 0s\n"
#define POLICY "stream.s.autoscale.max = 20\n"

#define LARGE "producer.p.size = 524252B\n" /* and a key of 36 bytes: half a MiB */

/* 2,500 a second at 700 a shard ask for 4 shards. From one: 2 at 1 min (30 s), after the cooldown 4 at 6 min (2 splits, a
 * minute); then it stays. rules: KIN-53 */
static void grows_to_what_is_needed(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 8min\nrun.series = false\n" CLIENTS("2500/s") POLICY);
    expect(&r, "stream.s", "scale_ups", 2);
    expect(&r, "stream.s", "scale_downs", 0);
    expect(&r, "stream.s", "splits", 3);
    expect(&r, "stream.s", "admin_refused", 0);
    /* open: 1 for 90 s, 2 until 6 min 30 s, 3 until 7 min, then 4 */
    expect(&r, "stream.s", "shard_seconds", 90 + 2 * 300 + 3 * 30 + 4 * 60);
    run_free(&r);
}

/* By bytes: 4 records of half a MiB a second ask for 3 shards at 70 %, throttled or not. */
static void bytes_count_too(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 20min\nrun.series = false\n" CLIENTS("4/s") LARGE POLICY "stream.s.shards = 2\n");
    expect(&r, "stream.s", "scale_ups", 1);
    assert_true(run_stat(&r, "stream.s", "open_shards", "last") == 3);
    run_free(&r);
}

/* 1 MiB a second on 8 shards is 12.5 %: below 35 %. It halves, 8, 4, 2, and stops there: 1 MiB needs 2. A load between the marks
 * moves nothing. */
static void shrinks_by_halves(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 30min\nrun.series = false\n" CLIENTS("2/s") LARGE POLICY "stream.s.shards = 8\n");
    expect(&r, "stream.s", "scale_downs", 2);
    assert_true(run_stat(&r, "stream.s", "open_shards", "last") == 2);
    run_free(&r);
    r = run_lines("run.duration = 10min\nrun.series = false\n" CLIENTS("2/s") LARGE POLICY "stream.s.shards = 2\n");
    expect(&r, "stream.s", "scale_ups", 0);
    expect(&r, "stream.s", "scale_downs", 0);
    run_free(&r);
}

static void keeps_between_min_and_max(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 30min\nrun.series = false\n" CLIENTS("5/s") LARGE "stream.s.autoscale.max = 3\n");
    assert_true(run_stat(&r, "stream.s", "open_shards", "last") == 3);
    run_free(&r);
    r = run_lines("run.duration = 30min\nrun.series = false\n" CLIENTS("1/s") LARGE POLICY
                  "stream.s.autoscale.min = 6\nstream.s.shards = 8\n");
    assert_true(run_stat(&r, "stream.s", "open_shards", "last") == 6);
    run_free(&r);
}

/* A load that goes up and down every ten minutes, 2 shards and 1: ten updates are made, the eleventh of the day is refused.
 * rules: KIN-53 */
static void ten_updates_a_day(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 3h\nrun.series = false\nproducer.p.profile[0].at = 0s\nproducer.p.profile[0].for = 10min\n"
                             "producer.p.profile[0].factor = 13\nproducer.p.profile[0].every = 20min\n"
                             "stream.s.autoscale.cooldown = 1min\n" CLIENTS("12/min") LARGE POLICY);
    expect(&r, "stream.s", "scale_ups", 5);
    expect(&r, "stream.s", "scale_downs", 5);
    assert_true(run_count(&r, "stream.s", "admin_refused") > 0);
    run_free(&r);
}

/* Who sets the shards says how many there shall be: 1, 2, 4 and 6 are three calls (30 s, 60 s, and from 4 to 6 four splits and two
 * merges, or what else it takes); 2 shards instead are asked for while that is going on. rules: KIN-50 KIN-53 */
static void shards_are_set(void **state)
{
    (void)state;
    struct err err = {0};
    struct specbuild *b = specbuild_open("run.duration = 1h\n" CLIENTS("1/s"));
    const struct spec *spec = specbuild_done(b);
    struct world *w = world_open(spec, 0, &err);
    assert_non_null(w);
    struct entity *e = world_entity(w, spec_find(spec, "stream.s"));
    struct value v = {.type = VALUE_COUNT, .i = 6};
    assert_true(sim_run(w->sim, 10 * SIM_S, NULL));
    assert_true(world_set(w, e, STREAM_SHARDS, &v));
    assert_true(sim_run(w->sim, 10 * SIM_MIN, NULL));
    assert_int_equal(kin_open_shards(stream_of(e)->core), 6);
    assert_int_equal(kin_counts(stream_of(e)->core)->splits - kin_counts(stream_of(e)->core)->merges, 5);
    v.i = 12;
    assert_true(world_set(w, e, STREAM_SHARDS, &v));
    assert_true(sim_run(w->sim, 11 * SIM_MIN, NULL));
    v.i = 2;
    assert_true(world_set(w, e, STREAM_SHARDS, &v));
    assert_true(sim_run(w->sim, w->end, NULL));
    assert_int_equal(kin_open_shards(stream_of(e)->core), 2);
    assert_int_equal(stream_of(e)->count[SM_ADMIN_REFUSED - SM_RECORDS].n, 0);
    result_free(world_finish(w, &err));
    world_close(w);
    specbuild_close(b);
}

static double throttled_share(const char *shards, const char *key)
{
    char text[600];
    snprintf(text, sizeof(text), "run.duration = 20s\nrun.series = false\n" CLIENTS("10000/s") "producer.p.arrivals = poisson\n%s"
             "stream.s.shards = %s\n", key, shards);
    struct run r = run_lines(text);
    double share = run_count(&r, "stream.s", "throttled") / run_count(&r, "", "offered");
    run_free(&r);
    return share;
}

/* Ten thousand a second on ten shards: full, so that 1.26 % are throttled (Poisson's partial expectation above 1,000); with 11,
 * 0.0014 %. With Zipf keys the shares of the shards follow from the MD5s of "key-0" … "key-9999" and the weights 1/1 … 1/10000, worked
 * out elsewhere. rules: KIN-2 KIN-10 KIN-65 */
static void ten_shards_are_not_enough(void **state)
{
    (void)state;
    static const char zipf[] = "producer.p.key = zipf(10000, 1)\n";
    assert_true(fabs(throttled_share("10", "") - 0.0126) < 0.003);
    assert_true(throttled_share("11", "") < 0.0005);
    assert_true(fabs(throttled_share("10", zipf) - 0.1223) < 0.004);
    assert_true(fabs(throttled_share("12", zipf) - 0.0890) < 0.004);
}

/* The same seed is the same run; a stream beside it moves nothing. */
static void nothing_beside_it_matters(void **state)
{
    (void)state;
    static const char lines[] =
        "run.duration = 5min\nproducer.p.arrivals = poisson\nproducer.p.rate = 300/s\nproducer.p.target = stream.s\n"
        "producer.p.key = zipf(1000, 1)\nproducer.p.size = uniform(100B, 10KiB)\nstream.s.shards = 2\n"
        "stream.s.put_latency = lognormal(p50=10ms, p99=50ms)\nstream.s.actions[0].at = 30s\nstream.s.actions[0].split = 1\n"
        "stream.s.actions[1].at = 2min\nstream.s.actions[1].update_shard_count = 2\n";
    char text[2000];
    struct run a = run_lines(lines), b = run_lines(lines);
    assert_true(run_print(&a, "stream.s") == run_print(&b, "stream.s"));
    run_free(&b);
    snprintf(text, sizeof(text), "%sproducer.o.arrivals = poisson\nproducer.o.rate = 300/s\nproducer.o.target = stream.other\n"
             "stream.other.mode = on_demand\n", lines);
    b = run_lines(text);
    assert_true(run_print(&a, "stream.s") == run_print(&b, "stream.s"));
    run_free(&b);
    b = run_replication(lines, 1);
    assert_true(run_print(&a, "stream.s") != run_print(&b, "stream.s"));
    run_free(&b);
    run_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_to_what_is_needed), cmocka_unit_test(bytes_count_too),
        cmocka_unit_test(shrinks_by_halves),       cmocka_unit_test(keeps_between_min_and_max),
        cmocka_unit_test(ten_updates_a_day),       cmocka_unit_test(ten_shards_are_not_enough),
        cmocka_unit_test(shards_are_set),          cmocka_unit_test(nothing_beside_it_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
