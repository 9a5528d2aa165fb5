/* test_consumer_group.c - an application's workers on the instances of a group, in schedules worked out by hand: told to go, killed,
 * interrupted; who has which shard then, what is done twice, and how long nobody reads.
 *
 * rules: ASG-2 ASG-4 ASG-6 KIN-71 KIN-73 KIN-76 KIN-99 KIN-100 */
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

/* Records reach the stream at 0.5 s, 1.5 s … and the application 70 ms later; each takes 200 ms. Two instances serve from the
 * start: the first has the only shard, and renews its lease at 0, 3.33, 6.67 … 20, 23.3, 26.7 s. At 22.6 s, over the 23rd record, the
 * first is to go. */
#define STREAM                                                                                                       \
    "run.duration = 60s\nrun.drain = 60s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"                   \
    "producer.p.limit = 40\nproducer.p.target = stream.s\nproducer.p.size = 100B\nstream.s.put_latency = 500ms\n"    \
    "consumer.c.source = stream.s\nconsumer.c.time = 200ms\ngroup.g.target = consumer.c\ngroup.g.max = 10\n"
#define GOES(at)                                                                                                     \
    "group.g.desired = 2\nscaling.s.target = group.g\nscaling.s.policy = scheduled\nscaling.s.times[0].at = " at     \
    "\nscaling.s.times[0].desired = 1\n"
#define EVERY_FIVE "consumer.c.checkpoint_every = 5\n"

static void expect_delay(const struct run *r, double seconds)
{
    double got = run_stat(r, "consumer.c", "delay", "max") / 1e9;
    if (fabs(got - seconds) > 1e-6)
        fail_msg("the delay is at most %.7f s, not %.7f s", got, seconds);
}

static int64_t level(const struct world *w, const char *entity, const char *metric)
{
    for (uint32_t i = 0; i < w->n_metric; i++) {
        const struct metric_slot *m = &w->metric[i];
        if (strcmp(m->entity->spec->path, entity) == 0 && strcmp(m->def->name, metric) == 0)
            return ((const struct obs_level *)m->observer)->value;
    }
    fail_msg("no %s.%s", entity, metric);
    return 0;
}

/* It is `before` until just before that second, and `after` from then on. */
static void changes(const char *lines, const char *entity, const char *metric, double at, int64_t before, int64_t after)
{
    struct err err = {0};
    struct specbuild *build = specbuild_open(lines);
    struct world *w = world_open(specbuild_done(build), 0, &err);
    assert_non_null(w);
    sim_run(w->sim, (sim_time)(at * 1e9) - 1, NULL);
    if (level(w, entity, metric) != before)
        fail_msg("%s.%s is %lld before %g s, not %lld", entity, metric, (long long)level(w, entity, metric), at, (long long)before);
    sim_run(w->sim, (sim_time)(at * 1e9), NULL);
    if (level(w, entity, metric) != after)
        fail_msg("%s.%s is %lld at %g s, not %lld", entity, metric, (long long)level(w, entity, metric), at, (long long)after);
    world_close(w);
    specbuild_close(build);
}

/* --- killed: the lease runs out ten seconds after 20 s, and what was done since the checkpoint is done again --- */

static void test_killed(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM GOES("22.6s") EVERY_FIVE);
    expect(&r, "group.g", "killed", 1);
    expect(&r, "consumer.c", "crashed", 1);
    expect(&r, "consumer.c", "handed_over", 0);
    expect(&r, "consumer.c", "take_overs", 1);
    expect(&r, "consumer.c", "reprocessed", 2); /* 22 were done, 20 of them checkpointed */
    expect(&r, "consumer.c", "duplicates", 2);
    expect(&r, "", "repeated", 2);
    expect(&r, "", "in_time", 40);
    expect(&r, "", "lost", 0);
    expect_delay(&r, 30.07 + 4 * 136 / 2097152.0 - 23.5); /* behind the two, and the one that was in hand */
    run_free(&r);
    changes(STREAM GOES("22.6s"), "consumer.c", "ownerless", 22.6, 0, 1);
    changes(STREAM GOES("22.6s"), "consumer.c", "ownerless", 30, 1, 0);
}

/* Drained for nothing: nobody told the application. It worked on until 27.6 s, renewed at 26.7 s. */
static void test_told_nothing(void **state)
{
    (void)state;
    static const char lines[] = STREAM GOES("22.6s") EVERY_FIVE "group.g.drain = 5s\nconsumer.c.shutdown = none\n";
    struct run r = run_lines(lines);
    expect(&r, "group.g", "killed", 1);
    expect(&r, "consumer.c", "crashed", 1);
    expect(&r, "consumer.c", "handed_over", 0);
    expect(&r, "consumer.c", "reprocessed", 2); /* 27 were done, 25 of them checkpointed */
    expect(&r, "", "repeated", 2);
    expect_delay(&r, 36.6666667 + 0.07 + 4 * 136 / 2097152.0 - 28.5);
    run_free(&r);
    changes(lines, "consumer.c", "workers", 27.6, 2, 1);
}

/* --- in good order: nothing twice --- */

/* The record in hand is done at 22.77 s; the other worker has the shard from then on. The group looks once a second. */
static void test_released(void **state)
{
    (void)state;
    static const char lines[] = STREAM GOES("22.6s") EVERY_FIVE "group.g.drain = 60s\nconsumer.c.shutdown = release\n";
    struct run r = run_lines(lines);
    expect(&r, "group.g", "killed", 0);
    expect(&r, "consumer.c", "crashed", 0);
    expect(&r, "consumer.c", "handed_over", 1);
    expect(&r, "consumer.c", "processed", 40);
    expect(&r, "consumer.c", "reprocessed", 0);
    expect(&r, "", "repeated", 0);
    expect_delay(&r, 0.07);
    run_free(&r);
    changes(lines, "group.g", "terminating", 22.6, 0, 1);
    changes(lines, "group.g", "terminating", 23.6, 1, 0);
    changes(lines, "consumer.c", "workers", 23.6, 2, 1);
    /* Between two batches it goes at once. */
    changes(STREAM GOES("22s") "group.g.drain = 60s\nconsumer.c.shutdown = release\n", "consumer.c", "idle_workers", 22, 1, 0);
}

/* As the library does it: nothing twice, but nobody reads until the lease has run out at 30 s. */
static void test_left_to_expire(void **state)
{
    (void)state;
    static const char lines[] = STREAM GOES("22.6s") EVERY_FIVE "group.g.drain = 60s\n";
    struct run r = run_lines(lines);
    expect(&r, "group.g", "killed", 0);
    expect(&r, "consumer.c", "crashed", 0);
    expect(&r, "consumer.c", "handed_over", 1);
    expect(&r, "consumer.c", "take_overs", 1);
    expect(&r, "consumer.c", "reprocessed", 0);
    expect(&r, "", "repeated", 0);
    expect_delay(&r, 30.07 - 23.5);
    run_free(&r);
    changes(lines, "group.g", "terminating", 23.6, 1, 0);
    changes(lines, "consumer.c", "ownerless", 30, 1, 0);
}

/* The record in hand would be done at 23.47 s: killed over it, and it is begun again at 30 s. */
static void test_drain_too_short(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM GOES("22.6s") "group.g.drain = 500ms\nconsumer.c.shutdown = release\nconsumer.c.time = 900ms\n");
    expect(&r, "group.g", "killed", 1);
    expect(&r, "consumer.c", "crashed", 1);
    expect(&r, "consumer.c", "handed_over", 0);
    expect(&r, "consumer.c", "processed", 40);
    expect(&r, "consumer.c", "records", 41); /* one came again */
    expect(&r, "", "repeated", 0);
    expect_delay(&r, 30.07 + 2 * 136 / 2097152.0 - 23.5);
    run_free(&r);
}

/* One that hangs hands nothing over; one that goes on in time does. */
static void test_hangs(void **state)
{
    (void)state;
#define HANGS(time)                                                                                                         \
    STREAM GOES("22.6s") "group.g.drain = 60s\nconsumer.c.shutdown = release\nfault.f.target = consumer.c\n"                \
                         "fault.f.effect = hang\nfault.f.at = 21s\nfault.f.for = " time "\n"
    struct run r = run_lines(HANGS("5s"));
    expect(&r, "group.g", "killed", 0);
    expect(&r, "consumer.c", "handed_over", 1);
    expect(&r, "", "in_time", 40);
    expect(&r, "", "repeated", 0);
    run_free(&r);
    r = run_lines(HANGS("70s")); /* its lease ran out at 30 s, and nobody was well enough to take it */
    expect(&r, "consumer.c", "handed_over", 0);
    expect(&r, "", "in_time", 40);
    run_free(&r);
}

/* --- sudden ends: nobody is told --- */

static void test_fails(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM EVERY_FIVE "group.g.drain = 60s\nconsumer.c.shutdown = release\ngroup.g.failure = 22.6s\n"
                                               "group.g.launch_delay = 1min\nrun.duration = 50s\nrun.drain = 0s\n");
    expect(&r, "group.g", "replaced", 1);
    expect(&r, "consumer.c", "crashed", 1);
    expect(&r, "consumer.c", "handed_over", 0);
    expect(&r, "consumer.c", "processed", 22);
    run_free(&r);
}

#define SPOT STREAM EVERY_FIVE "group.g.min = 2\ngroup.g.spot.notice = 10s\ngroup.g.spot.after = 22.6s\nconsumer.c.shutdown = release\n"

static void test_interrupted(void **state)
{
    (void)state;
    struct run r = run_lines(SPOT "group.g.spot.drain = false\nrun.duration = 50s\nrun.drain = 0s\n");
    expect(&r, "consumer.c", "handed_over", 0);
    expect(&r, "consumer.c", "crashed", 1); /* the one with the shard; the other had nothing */
    expect(&r, "consumer.c", "processed", 32);
    run_free(&r);
    r = run_lines(SPOT "group.g.drain = 60s\nrun.duration = 50s\nrun.drain = 0s\n");
    expect(&r, "consumer.c", "handed_over", 1);
    expect(&r, "consumer.c", "crashed", 0);
    expect(&r, "consumer.c", "processed", 23);
    run_free(&r);
}

/* --- who has what --- */

/* An instance that is launched at 20 s serves 30 s later; at the next turn, at 60 s, a lease moves to it. */
static void test_comes(void **state)
{
    (void)state;
    static const char lines[] = STREAM "stream.s.shards = 2\ngroup.g.launch_delay = 30s\nscaling.s.target = group.g\n"
                                       "scaling.s.policy = scheduled\nscaling.s.times[0].at = 20s\nscaling.s.times[0].desired = 2\n";
    changes(lines, "consumer.c", "workers", 50, 1, 2);
    changes(lines, "consumer.c", "idle_workers", 50, 0, 1);
    changes(lines, "consumer.c", "idle_workers", 60, 1, 0);
    struct run r = run_lines(lines);
    expect(&r, "consumer.c", "moved", 1);
    expect(&r, "", "repeated", 0);
    run_free(&r);
}

/* Six workers share two shards: four have nothing, and are no loss when they go. */
static void test_ceiling(void **state)
{
    (void)state;
#define SIX STREAM "stream.s.shards = 2\ngroup.g.threads = 3\ngroup.g.termination = newest\n" GOES("22.6s")
    changes(SIX, "consumer.c", "idle_workers", 22.6, 4, 1);
    struct run r = run_lines(SIX); /* the first two have the shards, and are on the first instance */
    expect(&r, "group.g", "killed", 0);
    expect(&r, "consumer.c", "crashed", 0);
    expect(&r, "consumer.c", "take_overs", 0);
    expect_delay(&r, 0.07);
    run_free(&r);
}

/* With a batch in hand the first instance is protected at 22.6 s, so the other goes. */
static void test_protection(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM GOES("22.6s") "group.g.protection = busy\n");
    expect(&r, "consumer.c", "crashed", 0);
    expect(&r, "consumer.c", "take_overs", 0);
    run_free(&r);
    r = run_lines(STREAM GOES("22.3s") "group.g.protection = busy\n"); /* between two: the oldest */
    expect(&r, "consumer.c", "crashed", 1);
    run_free(&r);
}

/* The numbers of one that is gone are used again, by a worker that is another one to the table. */
static void test_numbers_again(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM "group.g.launch_delay = 1s\nscaling.s.target = group.g\nscaling.s.policy = scheduled\n"
                                    "scaling.s.times[0].at = 22.6s\nscaling.s.times[0].desired = 0\nscaling.s.times[0].min = 0\n"
                                    "scaling.s.times[1].at = 24s\nscaling.s.times[1].desired = 1\n");
    expect(&r, "consumer.c", "crashed", 1);
    expect(&r, "consumer.c", "processed", 40);
    expect_delay(&r, 30.07 + 2 * 136 / 2097152.0 - 23.5);
    run_free(&r);
}

/* --- threads --- */

/* Thirty records are there when the three shards are read, at 1.5 s; each takes 200 ms. */
#define THIRTY                                                                                                      \
    STREAM "stream.s.shards = 3\nproducer.p.key = uniform_key(1000)\nproducer.p.limit = 30\nproducer.p.rate = 100/s\n" \
           "consumer.c.transport = polling\ngroup.g.min = 1\n"

static double most_of_a_shard(const struct run *r)
{
    double most = 0;
    for (unsigned i = 0; i < 3; i++) {
        char shard[20];
        snprintf(shard, sizeof(shard), "consumer.c[%u]", i);
        most = fmax(most, run_count(r, shard, "processed"));
    }
    return most;
}

static void test_threads(void **state)
{
    (void)state;
    struct run r = run_lines(THIRTY);
    double most = most_of_a_shard(&r);
    assert_true(most > 10 && most < 29);
    run_free(&r);
    changes(THIRTY, "consumer.c", "busy", 1.5 + most * 0.2, 1, 0);                                   /* each has its own */
    changes(THIRTY "consumer.c.worker_threads = 1\n", "consumer.c", "busy", 1.5 + 30 * 0.2, 1, 0); /* one after the other */
    changes(THIRTY "consumer.c.worker_threads = 1\ngroup.g.desired = 3\n", "consumer.c", "busy", 1.5 + most * 0.2, 1, 0);
    changes(THIRTY "consumer.c.worker_threads = 2\n", "consumer.c", "busy", 1.5, 0, 2);
}

/* There is always more to do in each shard: they take turns, in batches of ten. */
static void test_threads_in_turn(void **state)
{
    (void)state;
    struct run r = run_lines(THIRTY "producer.p.rate = 1000/s\nproducer.p.limit = 20000\nconsumer.c.worker_threads = 1\n"
                                    "consumer.c.max_records = 10\nrun.drain = 0s\n");
    expect(&r, "consumer.c[0]", "processed", 100); /* 58.5 s of work: batches 1, 4 … 28 */
    expect(&r, "consumer.c[1]", "processed", 100);
    expect(&r, "consumer.c[2]", "processed", 92); /* the last is in hand */
    run_free(&r);
}

/* --- what a scenario can get wrong --- */

static void test_checks(void **state)
{
    (void)state;
    expect_problem(STREAM "consumer.c.library = none\n", 0, "max times threads is above 1");
    expect_problem(STREAM "consumer.c.workers = 3\n", 0, "has a size of its own");
    expect_problem(STREAM "scaling.s.target = consumer.c\nscaling.s.policy = scheduled\nscaling.s.times[0].at = 1s\n"
                          "scaling.s.times[0].desired = 2\n",
                   0, "changes the size of consumer.c already");
    expect_problem(STREAM "consumer.d.source = stream.s\nconsumer.d.shutdown = release\n", 0, "on the instances of a group");
    expect_problem(STREAM "consumer.c.library = none\ngroup.g.max = 1\nconsumer.c.shutdown = release\n", 0, "is a setting of library");
    expect_problem(STREAM "group.g.threads = 10000\n", 0, "has at most 10000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_told_nothing),
        cmocka_unit_test(test_released),
        cmocka_unit_test(test_left_to_expire),
        cmocka_unit_test(test_drain_too_short),
        cmocka_unit_test(test_hangs),
        cmocka_unit_test(test_fails),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_comes),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_protection),
        cmocka_unit_test(test_numbers_again),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_threads_in_turn),
        cmocka_unit_test(test_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
