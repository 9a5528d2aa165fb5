/* test_consumer.c - applications that read a stream, in schedules worked out by hand.
 *
 * rules: KIN-37 KIN-41 KIN-42 KIN-52 KIN-67 KIN-71 KIN-72 KIN-73 KIN-74 KIN-75 KIN-76 KIN-98 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "consumer.h"
#include "expect.h"
#include "run_support.h"

/* Records reach the stream at 0.5 s, 1.5 s, 2.5 s … up to a limit. */
#define STREAM(limit)                                                                              \
    "run.duration = 60s\nrun.drain = 60s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n" \
    "producer.p.limit = " limit "\nproducer.p.target = stream.s\nproducer.p.size = 100B\n"         \
    "stream.s.put_latency = 500ms\nconsumer.c.source = stream.s\n"
#define PLAIN "consumer.c.library = none\n"

/* Times and counts that are exact but for the rounding of a mean. */
static void expect_exact(const struct run *r, const char *entity, const char *metric, const char *stat, double want)
{
    expect_stat(r, entity, metric, stat, want, 1e-9 * fabs(want));
}

/* The largest value, to a microsecond. */
static void expect_near(const struct run *r, const char *entity, const char *metric, double seconds)
{
    double got = run_stat(r, entity, metric, "max") / 1e9;
    if (fabs(got - seconds) > 1e-6)
        fail_msg("%s.%s is at most %.7f s, not %.7f s", entity, metric, got, seconds);
}

/* --- reading --- */

/* Reads at 1, 2, 3 s: each finds one record, half a second old. */
static void test_plain_poller(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("3") PLAIN "consumer.c.time = 250ms\n");
    expect(&r, "consumer.c", "processed", 3);
    expect(&r, "consumer.c", "records", 3);
    expect(&r, "consumer.c", "batches", 3);
    expect(&r, "consumer.c", "checkpoints", 3);
    expect_exact(&r, "consumer.c", "delay", "min", 0.5e9);
    expect_exact(&r, "consumer.c", "delay", "max", 0.5e9);
    expect_exact(&r, "consumer.c", "behind", "max", 0);
    expect_exact(&r, "", "latency", "max", 1.25e9); /* since birth: put 0.5, poll 0.5, work 0.25 */
    expect(&r, "consumer.c", "reads", 121);        /* at 0 … 120 s */
    expect(&r, "consumer.c", "empty_reads", 118);
    expect(&r, "consumer.c", "duplicates", 0);
    run_free(&r);
}

/* It works on the first from 1 s to 3 s, reads the other two at 3 s, and works on them until 7 s.
 */
static void test_work_delays_reads(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("3") PLAIN "consumer.c.time = 2s\n");
    expect(&r, "consumer.c", "batches", 2);
    expect_exact(&r, "consumer.c", "delay", "max", 1.5e9);
    expect_exact(&r, "consumer.c", "batch_size", "max", 2);
    expect_exact(&r, "", "latency", "max",
                5e9); /* the second: born at 1, done at 5; the third: 2 and 7 */
    run_free(&r);
}

static void test_batch_time_and_reply(void **state)
{
    (void)state;
    struct run r = run_lines(
        STREAM("1") PLAIN
        "consumer.c.batch_time = 3s\nconsumer.c.reply_latency = 100ms\nconsumer.c.time = 1s\n");
    expect_exact(&r, "consumer.c", "delay", "max", 0.6e9);
    expect_exact(&r, "", "latency", "max", 5.1e9); /* read at 1, there at 1.1, 3 s and 1 s */
    run_free(&r);
}

/* KIN-75: the library uses enhanced fan-out; each record comes 70 ms after it arrived (KIN-67). */
static void test_fan_out(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("20") "consumer.c.time = 10ms\n");
    expect(&r, "consumer.c", "pushes", 20);
    expect(&r, "consumer.c", "reads", 0);
    expect_exact(&r, "consumer.c", "delay", "min", 70e6);
    expect_exact(&r, "consumer.c", "delay", "max", 70e6);
    expect_exact(&r, "", "latency", "max", 580e6);
    run_free(&r);
}

/* A subscription lasts five minutes and is renewed: nothing is lost and nothing comes twice. */
static void test_resubscribes(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("1000") "run.duration = 1000s\nproducer.p.limit = 1000\n");
    expect(&r, "consumer.c", "subscriptions", 4); /* at 0, 300, 600, 900 s */
    expect(&r, "consumer.c", "processed", 1000);
    expect(&r, "consumer.c", "records", 1000);
    run_free(&r);
}

/* KIN-72: with the library a poller reads every 1.5 s. */
static void test_library_polls(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM("3") "consumer.c.transport = polling\nstream.s.put_latency = 600ms\n");
    expect(&r, "consumer.c", "reads", 81);
    expect_exact(&r, "consumer.c", "delay", "max", 1.4e9); /* 0.6 at 1.5 s, 1.6 and 2.6 at 3 s */
    expect_exact(&r, "consumer.c", "delay", "min", 0.4e9);
    run_free(&r);
}

/* KIN-38: an iterator lives for five minutes; who comes less often needs a new one each time, and then reads at once. */
static void test_seldom_polls(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("3") PLAIN "consumer.c.poll_interval = 310s\nrun.duration = 700s\n"
                                               "stream.s.api_latency = 1s\n");
    expect(&r, "consumer.c", "processed", 3);
    expect(&r, "consumer.c", "reads", 4); /* in vain at 311 s, at 313 s, in vain at 621 s, and at 623 s */
    expect_exact(&r, "consumer.c", "delay", "max", 312.5e9);
    run_free(&r);
}

static void test_starts(void **state)
{
    (void)state;
    struct run r = run_lines(
        STREAM("10") "consumer.c.kills[0].worker = 1\nconsumer.c.kills[0].at = 0s\n"
                     "consumer.c.kills[0].restart = 5s\nconsumer.c.start = latest\n" PLAIN);
    expect(&r, "consumer.c", "processed", 5); /* those of 5.5 s … */
    run_free(&r);
    r = run_lines(STREAM("10") PLAIN "consumer.c.start = at_timestamp\nconsumer.c.start_at = 7s\n");
    expect(&r, "consumer.c", "processed", 3);
    run_free(&r);
    static const char *const way[] = {"polling", "fan_out"};
    for (int i = 0; i < 2; i++) { /* it waits for that time when it hung before, too */
        char text[800];
        snprintf(text, sizeof(text),
                 STREAM("10") PLAIN "consumer.c.start = at_timestamp\nconsumer.c.start_at = 7s\n"
                                    "consumer.c.transport = %s\nfault.f.target = consumer.c\n"
                                    "fault.f.effect = hang\nfault.f.at = 1s\nfault.f.for = 2s\n", way[i]);
        r = run_lines(text);
        expect(&r, "consumer.c", "processed", 3);
        run_free(&r);
    }
}

/* --- leases --- */

/* KIN-71: three of five workers have one shard each. */
static void test_idle_workers(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("10") "stream.s.shards = 3\nconsumer.c.workers = 5\n");
    expect_exact(&r, "consumer.c", "workers", "mean", 5);
    expect_exact(&r, "consumer.c", "leases", "mean", 3);
    expect_exact(&r, "consumer.c", "idle_workers", "mean", 2);
    for (int i = 0; i < 3; i++) {
        char part[32];
        snprintf(part, sizeof(part), "consumer.c[%d]", i);
        expect_exact(&r, part, "owner", "mean", i + 1);
    }
    expect(&r, "consumer.c", "processed", 10);
    run_free(&r);
}

/* Worker 1 dies at 7.53 s with seven records done, of which five are checkpointed; it renewed last
 * at 2 * 10/3 s. Its lease runs out at 16.667 s, and worker 2 does the last two again. The oldest
 * that nobody had came at 7.5 s. */
static void test_take_over(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM("30") "consumer.c.workers = 2\nconsumer.c.checkpoint_every = 5\n"
                               "consumer.c.kills[0].worker = 1\nconsumer.c.kills[0].at = 7.53s\n");
    expect(&r, "consumer.c", "crashed", 1);
    expect(&r, "consumer.c", "take_overs", 1);
    expect(&r, "consumer.c", "processed", 32);
    expect(&r, "consumer.c", "reprocessed", 2);
    expect(&r, "consumer.c", "duplicates", 2);
    expect(&r, "", "repeated", 2);
    expect(&r, "", "in_time", 30);
    expect_exact(&r, "consumer.c[0]", "owner", "max", 2);
    /* Read from 5.5 s on, it is the third through the pipe of 2 MiB/s. */
    expect_near(&r, "consumer.c", "delay", 16.6666667 + 0.07 + 3 * 136 / 2097152.0 - 7.5);
    run_free(&r);
}

/* Without anybody else it is back 5 s later, as another one: its own lease has to run out first.
 * The record of 8.5 s waits for that. */
static void test_comes_back(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM("30") "consumer.c.kills[0].at = 7.8s\nconsumer.c.kills[0].restart = 5s\n");
    expect_near(&r, "consumer.c", "delay", 16.6666667 + 0.07 - 8.5);
    expect(&r, "consumer.c", "reprocessed", 0); /* a checkpoint after each batch */
    run_free(&r);
    /* A plain application has no leases: from 12.8 s on it reads. */
    r = run_lines(STREAM("30") PLAIN
                  "consumer.c.kills[0].at = 7.8s\nconsumer.c.kills[0].restart = 5s\n");
    expect_exact(&r, "consumer.c", "delay", "max", 5.5e9); /* 13 - 7.5 */
    expect(&r, "consumer.c", "processed", 30);
    run_free(&r);
}

/* A crash after the work, before the checkpoint: each record that kills is done twice. It dies over
 * the first, is back 5 s later, has a lease at 13.33 s (joined at 0, renewed at 3.33 ...) */
static void test_crash_at_end(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("40") PLAIN
                             "consumer.c.crash.probability = 20%\nconsumer.c.crash.at = end\n"
                             "consumer.c.crash.restart = 100ms\n");
    double crashed = run_count(&r, "consumer.c", "crashed");
    assert_true(crashed >= 1);
    assert_true(run_count(&r, "consumer.c", "reprocessed") >= crashed);
    expect(&r, "consumer.c", "duplicates", run_count(&r, "consumer.c", "reprocessed"));
    expect(&r, "", "repeated", run_count(&r, "consumer.c", "reprocessed"));
    expect(&r, "", "in_time", 40);
    run_free(&r);
}

/* The first worker has four shards; the second comes at 5 s. At 20 s and 40 s a lease moves. */
static void test_rebalances(void **state)
{
    (void)state;
    struct run r = run_lines(
        STREAM("60") "stream.s.shards = 4\nconsumer.c.workers = 2\nconsumer.c.kills[0].worker = 2\n"
                     "consumer.c.kills[0].at = 0s\nconsumer.c.kills[0].restart = 15s\n");
    expect(&r, "consumer.c", "moved", 2);
    expect(&r, "consumer.c", "duplicates", 0);
    expect(&r, "", "in_time", 60);
    run_free(&r);
}

/* Workers that are set while the run goes on. The second takes one of the two shards at 20 s, and
 * gives it back in good order when it leaves at 35 s: nothing is done twice, though there is no
 * checkpoint before 100 records. */
static void test_workers_come_and_go(void **state)
{
    struct err err = {0};
    struct value two = {.type = VALUE_COUNT, .given = true, .i = 2},
                 one = {.type = VALUE_COUNT, .given = true, .i = 1};
    (void)state;
    struct specbuild *b =
        specbuild_open(STREAM("60") "stream.s.shards = 2\nconsumer.c.checkpoint_every = 100\n");
    struct world *w = world_open(specbuild_done(b), 0, &err);
    assert_non_null(w);
    struct entity *c = world_entity(w, spec_find(w->spec, "consumer.c"));
    sim_run(w->sim, 10 * SIM_S, NULL);
    assert_true(world_set(w, c, CONSUMER_WORKERS, &two));
    sim_run(w->sim, 35 * SIM_S, NULL);
    assert_int_equal(((struct consumer *)c)->told.moved, 1);
    assert_true(world_set(w, c, CONSUMER_WORKERS, &one));
    sim_run(w->sim, w->end, NULL);
    const struct kcl_counts *k = kcl_counts(((struct consumer *)c)->kcl);
    assert_int_equal(k->processed, 60);
    assert_int_equal(k->again, 0);
    assert_int_equal(k->given, 4); /* two at the start, one that moved, and back */
    struct result *r = world_finish(w, &err);
    assert_non_null(r);
    result_free(r);
    world_close(w);
    specbuild_close(b);
}

/* --- shards split --- */

static void test_children_after_parents(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM("60") "stream.s.actions[0].at = 10s\nstream.s.actions[0].split = 0\n"
                               "consumer.c.transport = polling\n");
    expect(&r, "consumer.c", "finished_shards", 1);
    expect(&r, "consumer.c", "processed", 60);
    expect(&r, "consumer.c", "reprocessed", 0);
    /* Closed at 40 s: the records of 0.5 … 39.5 s lie in the parent. */
    expect(&r, "consumer.c[0]", "processed", 40);
    assert_true(run_count(&r, "consumer.c[1]", "processed") +
                    run_count(&r, "consumer.c[2]", "processed") ==
                20);
    run_free(&r);
}

/* --- faults --- */

/* Down from 10 s to 40 s. At 39.5 s the oldest record that nobody has processed came at 9.5 s. */
static void test_outage(void **state)
{
    (void)state;
    struct run r = run_lines(
        STREAM("60") PLAIN "fault.f.target = consumer.c\nfault.f.effect = down\nfault.f.at = 9.9s\n"
                           "fault.f.for = 30s\n");
    expect_exact(&r, "consumer.c", "iterator_age", "max",
                30e9); /* looked at 39.5 s, before the read of 40 s: 9.5 s */
    expect_exact(&r, "consumer.c", "lag", "max", 31); /* 9.5 … 39.5 s */
    expect_exact(&r, "consumer.c", "batch_size", "max", 31);
    expect(&r, "", "in_time", 60);
    expect(&r, "consumer.c", "duplicates", 0);
    expect_exact(&r, "consumer.c", "delay", "max", 30.5e9);
    run_free(&r);
}

/* Hung from 1 s to 6 s: what is pushed meanwhile, from 1.5 s and 2.5 s, reaches it then. */
static void test_hears_nothing_while_it_hangs(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("3") "fault.f.target = consumer.c\nfault.f.effect = hang\n"
                                         "fault.f.at = 1s\nfault.f.for = 5s\n");
    expect(&r, "consumer.c", "records", 3);
    expect_stat(&r, "consumer.c", "delay", "max", 4.5e9, 1);
    expect_stat(&r, "consumer.c", "delay", "min", 70e6, 1);
    expect(&r, "consumer.c", "duplicates", 0);
    run_free(&r);
}

/* Hung for 5 s over a record that takes 3 s, it begins it anew; hung for 20 s, it has lost the
 * shard to the other. */
static void test_hang(void **state)
{
    (void)state;
    struct run r = run_lines(
        STREAM("1") "consumer.c.time = 3s\nfault.f.target = consumer.c\nfault.f.effect = hang\n"
                    "fault.f.at = 1s\nfault.f.for = 5s\n");
    expect(&r, "consumer.c", "processed", 1);
    expect(&r, "consumer.c", "take_overs", 0);
    expect_exact(&r, "", "latency", "max", 9e9);
    run_free(&r);
    r = run_lines(
        STREAM("1") "consumer.c.time = 3s\nfault.f.target = consumer.c\nfault.f.effect = hang\n"
                    "fault.f.at = 1s\nfault.f.for = 20s\n");
    expect(&r, "consumer.c", "take_overs", 1); /* by itself, when it goes on */
    expect(&r, "consumer.c", "processed", 1);
    run_free(&r);
}

/* Hung from 1 s to 6 s, while it asks for its first iterator: it asks again, has it at 8 s, and
 * what it reads then at 10 s. */
static void test_hangs_before_it_reads(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM("3") PLAIN
                  "stream.s.api_latency = 2s\nfault.f.target = consumer.c\nfault.f.effect = hang\n"
                  "fault.f.at = 1s\nfault.f.for = 5s\n");
    expect_exact(&r, "consumer.c", "delay", "max", 9.5e9);
    expect(&r, "consumer.c", "processed", 3);
    run_free(&r);
}

/* A record that fails always is tried three times, 1 s and 2 s apart; those behind it wait. */
/* What the application at done_at gives up is lost, whoever else reads the stream; what another gives up is not. */
static void test_gives_up_beside_others(void **state)
{
    (void)state;
    struct run r = run_lines(STREAM("10") "producer.p.done_at = consumer.c\nconsumer.c.poison.share = 100%\n"
                                          "consumer.b.source = stream.s\nconsumer.b.library = none\n");
    expect(&r, "consumer.c", "skipped", 10);
    expect(&r, "consumer.b", "processed", 10);
    expect(&r, "producer.p", "lost", 10);
    expect(&r, "producer.p", "waiting", 0);
    run_free(&r);
    r = run_lines(STREAM("10") "producer.p.done_at = consumer.b\nconsumer.c.poison.share = 100%\n"
                               "consumer.b.source = stream.s\nconsumer.b.workers = 0\n");
    expect(&r, "consumer.c", "skipped", 10);
    expect(&r, "producer.p", "lost", 0);
    expect(&r, "producer.p", "waiting", 10);
    run_free(&r);
}

static void test_poison(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM("2") PLAIN
                  "consumer.c.poison.share = 100%\nconsumer.c.poison.until = 4.5s\n"
                  "consumer.c.attempts = 3\nconsumer.c.pause = exponential(base=1s, cap=10s)\n");
    expect(&r, "consumer.c", "poisoned",
           4); /* the first at 1, 2, 4 s; the second at 4 s, then at 5 s it succeeds */
    expect(&r, "consumer.c", "retried", 3);
    expect(&r, "consumer.c", "skipped", 1);
    expect(&r, "consumer.c", "processed", 1);
    expect(&r, "", "in_time", 1);
    expect_exact(&r, "", "latency", "max", 4e9);
    run_free(&r);
}

/* --- several applications --- */

/* Each gets all; only one is where requests are done. */
static void test_two_applications(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM("40") "producer.p.done_at = consumer.c\nconsumer.d.source = "
                               "stream.s\nconsumer.d.library = none\n"
                               "consumer.d.checkpoint_every = 100\nconsumer.d.kills[0].at = 10.2s\n"
                               "consumer.d.kills[0].restart = 1s\n");
    expect(&r, "consumer.c", "processed", 40);
    expect(&r, "consumer.c", "duplicates", 0);
    expect(&r, "", "in_time", 40);
    expect(&r, "", "repeated", 0);
    expect(&r, "consumer.d", "processed", 50); /* those of 0.5 … 9.5 s twice */
    expect(&r, "consumer.d", "reprocessed", 10);
    expect(&r, "consumer.d", "duplicates", 10);
    run_free(&r);
}

/* KIN-42: five fair pollers of a shard each have a turn a second; two that are not fair are
 * throttled. */
static void test_turns(void **state)
{
    char lines[4000] = STREAM("10") "producer.p.done_at = consumer.c\n";
    (void)state;
    for (const char *at = "cdefg"; *at != 0; at++)
        snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines),
                 "consumer.%c.source = stream.s\nconsumer.%c.library = "
                 "none\nconsumer.%c.poll_interval = 200ms\n",
                 *at, *at, *at);
    struct run r = run_lines(lines);
    for (const char *at = "cdefg"; *at != 0; at++) {
        char name[16];
        snprintf(name, sizeof(name), "consumer.%c", *at);
        expect(&r, name, "throttled_reads", 0);
        expect(&r, name, "processed", 10);
        expect(&r, name, "reads", *at == 'c' ? 121 : 120);
    }
    expect_exact(&r, "consumer.c", "delay", "max", 0.5e9);
    expect_exact(&r, "consumer.d", "delay", "max", 0.7e9);
    expect_exact(&r, "consumer.e", "delay", "max", 0.9e9);
    expect_exact(&r, "consumer.f", "delay", "max", 0.1e9); /* at 0.6 s of each second */
    run_free(&r);
}

/* --- again --- */

/* At 60 s it reads again what came since 30 s, four times as fast: the record of 30.5 + i s at 60 +
 * (0.5 + i) / 4 s. The run ends at 65 s: those up to i = 19. */
static void test_replay(void **state)
{
    (void)state;
    struct run r =
        run_lines(STREAM("60") PLAIN
                  "run.drain = 5s\nconsumer.c.replay.at = 60s\nconsumer.c.replay.from = 30s\n"
                  "consumer.c.replay.speed = 4\n");
    expect(&r, "consumer.c", "reprocessed", 20);
    expect(&r, "consumer.c", "duplicates", 20);
    run_free(&r);
    r = run_lines(STREAM("60") PLAIN
                  "run.drain = 5s\nconsumer.c.replay.at = 60s\nconsumer.c.replay.from = 30s\n");
    expect(&r, "consumer.c", "reprocessed", 29); /* that of 59.5 s had not been processed yet */
    expect_exact(&r, "consumer.c", "delay", "max", 0.5e9); /* only the first time counts */
    run_free(&r);
}

/* A memory that is too small for what comes again forgets each just before it comes. */
static void test_idempotent(void **state)
{
#define AGAIN                                                                                      \
    STREAM("60")                                                                                   \
    PLAIN "run.drain = 5s\nconsumer.c.replay.at = 60s\nconsumer.c.replay.from = "                  \
          "30s\n"
    (void)state;
    struct run r = run_lines(AGAIN "consumer.c.idempotent.capacity = 30\n");
    expect(&r, "consumer.c", "recognised", 29);
    expect(&r, "consumer.c", "duplicates", 0);
    expect(&r, "consumer.c", "processed", 60);
    run_free(&r);
    r = run_lines(AGAIN "consumer.c.idempotent.capacity = 20\n");
    expect(&r, "consumer.c", "recognised", 0);
    expect(&r, "consumer.c", "duplicates", 29);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_poller),
        cmocka_unit_test(test_work_delays_reads),
        cmocka_unit_test(test_batch_time_and_reply),
        cmocka_unit_test(test_fan_out),
        cmocka_unit_test(test_resubscribes),
        cmocka_unit_test(test_library_polls),
        cmocka_unit_test(test_seldom_polls),
        cmocka_unit_test(test_starts),
        cmocka_unit_test(test_idle_workers),
        cmocka_unit_test(test_take_over),
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_crash_at_end),
        cmocka_unit_test(test_rebalances),
        cmocka_unit_test(test_workers_come_and_go),
        cmocka_unit_test(test_children_after_parents),
        cmocka_unit_test(test_outage),
        cmocka_unit_test(test_hang),
        cmocka_unit_test(test_hears_nothing_while_it_hangs),
        cmocka_unit_test(test_hangs_before_it_reads),
        cmocka_unit_test(test_poison),
        cmocka_unit_test(test_gives_up_beside_others),
        cmocka_unit_test(test_two_applications),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_idempotent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
