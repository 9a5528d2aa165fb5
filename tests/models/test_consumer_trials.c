/* test_consumer_trials.c - applications whose workers crash, in drawn scenarios: streams that split
 * and merge, batches, checkpoints, polling and fan-out, faults. Every record is processed at least
 * once, and what was processed again is counted exactly: by the leases, by this application's own
 * memory of requests, and by the requests themselves. Some run on the instances of a group, which come
 * and go; when all that go are told and have the time, nothing is done twice. TEST_SEED and TEST_RUNS
 * choose others.
 *
 * rules: KIN-52 KIN-73 KIN-98 KIN-99 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "run_support.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS 1500
#else
#define RUNS 150
#endif

struct text {
    char at[4000];
    size_t n;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    t->n += (size_t)vsnprintf(t->at + t->n, sizeof(t->at) - t->n, format, list);
    va_end(list);
    assert_true(t->n < sizeof(t->at));
}

static uint32_t upto(struct testrand *r, uint32_t n)
{
    return 1 + (uint32_t)testrand_below(r, n);
}

static void add_sizes(struct text *t, struct testrand *r, const char *id)
{
    add(t, "scaling.%s.target = group.%s\nscaling.%s.policy = scheduled\n", id, id, id);
    for (uint32_t i = 0; i < 3; i++)
        add(t, "scaling.%s.times[%u].at = %u.%us\nscaling.%s.times[%u].desired = %u\n", id, i,
            20 * i + upto(r, 19), (uint32_t)testrand_below(r, 10), id, i, upto(r, 4));
}

/* Instances that come and go; in good order: all are told, and have the time to finish. */
static void add_group(struct text *t, struct testrand *r, const char *id, bool good_order)
{
    static const char *const way[] = {"release", "expire", "none"}, *const who[] = {"oldest", "newest"};
    add(t, "group.%s.target = consumer.%s\ngroup.%s.max = 4\ngroup.%s.desired = %u\n", id, id, id, id, upto(r, 4));
    add(t, "group.%s.threads = %u\ngroup.%s.launch_delay = exponential(%us)\n", id, upto(r, 3), id, upto(r, 20));
    add(t, "group.%s.termination = %s\nconsumer.%s.shutdown = %s\n", id, who[testrand_below(r, 2)], id,
        way[testrand_below(r, good_order ? 2 : 3)]);
    add(t, "group.%s.drain = %us\n", id, good_order ? 600 : (uint32_t)testrand_below(r, 20));
    add_sizes(t, r, id);
    if (testrand_below(r, 3) == 0)
        add(t, "group.%s.refresh.at = %us\ngroup.%s.warmup = %us\n", id, upto(r, 60), id, upto(r, 10));
    if (testrand_below(r, 3) == 0)
        add(t, "group.%s.spot.after = exponential(%us)\ngroup.%s.spot.notice = %us\ngroup.%s.spot.drain = %s\n", id,
            200 + upto(r, 300), id, good_order ? 600 : upto(r, 60), id,
            good_order || testrand_below(r, 2) == 0 ? "true" : "false");
    if (!good_order && testrand_below(r, 3) == 0)
        add(t, "group.%s.failure = exponential(%us)\n", id, 100 + upto(r, 100));
}

static void add_consumer(struct text *t, struct testrand *r, const char *id)
{
    static const char *const at[] = {"start", "middle", "end"}, *const way[] = {"polling",
                                                                                "fan_out"};
    bool kcl = testrand_below(r, 4) > 0;
    add(t, "consumer.%s.source = stream.s\nconsumer.%s.library = %s\n", id, id,
        kcl ? "kcl" : "none");
    add(t, "consumer.%s.transport = %s\n", id, way[testrand_below(r, 2)]);
    add(t, "consumer.%s.max_records = %u\n", id, upto(r, 60));
    add(t, "consumer.%s.time = exponential(%ums)\n", id, upto(r, 40));
    if (testrand_below(r, 2) == 0)
        add(t, "consumer.%s.checkpoint_every = %u\n", id, upto(r, 20));
    add(t,
        "consumer.%s.crash.probability = %u.%u%%\nconsumer.%s.crash.at = "
        "%s\nconsumer.%s.crash.restart = exponential(%us)\n",
        id, (uint32_t)testrand_below(r, 2), upto(r, 9), id, at[testrand_below(r, 3)], id,
        upto(r, 8));
    if (testrand_below(r, 3) == 0)
        add(t, "consumer.%s.batch_time = %ums\n", id, upto(r, 2000));
    if (kcl)
        add(t, "consumer.%s.failover = %us\n", id, upto(r, 6));
    if (testrand_below(r, 3) == 0)
        add(t, "consumer.%s.worker_threads = %u\n", id, upto(r, 3));
    if (kcl && testrand_below(r, 2) == 0)
        add(t, "consumer.%s.workers = %u\n", id, upto(r, 4));
    else if (kcl)
        add_group(t, r, id, false);
    if (testrand_below(r, 3) == 0)
        add(t,
            "fault.%s.target = consumer.%s\nfault.%s.effect = %s\nfault.%s.at = %us\nfault.%s.for "
            "= %us\n",
            id, id, id, testrand_below(r, 2) == 0 ? "down" : "hang", id, upto(r, 50), id,
            upto(r, 15));
}

/* Long enough after the last arrival for all to be processed: workers crash over one record in
 * fifty at most. */
static void scenario(struct text *t, struct testrand *r)
{
    *t = (struct text){.n = 0};
    add(t, "run.duration = 60s\nrun.drain = 3000s\nrun.seed = %u\n", upto(r, 1000000000));
    add(t,
        "producer.p.rate = %u/s\nproducer.p.target = stream.s\nproducer.p.key = uniform_key(20)\n",
        upto(r, 8));
    add(t, "producer.p.done_at = consumer.a\nstream.s.shards = %u\nstream.s.reshard_step = %us\n",
        upto(r, 3), upto(r, 10));
    add(t, "stream.s.watched_shards = 0\nstream.s.api_latency = %ums\n",
        testrand_below(r, 2) == 0 ? 0 : upto(r, 3000));
    for (uint32_t i = 0, n = (uint32_t)testrand_below(r, 3); i < n; i++)
        add(t, "stream.s.actions[%u].at = %us\nstream.s.actions[%u].update_shard_count = %u\n", i,
            10 + 25 * i + upto(r, 10), i, 2 + (uint32_t)testrand_below(r, 2));
    add_consumer(t, r, "a");
    add_consumer(t, r, "b");
}

static void equal(const struct text *t, const char *what, double is, double should)
{
    if (is != should)
        fail_msg("%s: %g, not %g, in\n%s", what, is, should, t->at);
}

static double count(const struct run *r, const char *entity, const char *metric)
{
    return run_count(r, entity, metric);
}

static void test_at_least_once(void **state)
{
    static struct text t;
    struct testrand rand = testrand_open("consumer trials", 20261123);
    const char *given = getenv("TEST_RUNS");
    uint32_t runs = given == NULL ? RUNS : (uint32_t)strtoul(given, NULL, 10);
    double crashed = 0, again = 0, took = 0, finished = 0;
    (void)state;
    for (uint32_t i = 0; i < runs; i++) {
        scenario(&t, &rand);
        struct run r = run_lines(t.at);
        double offered = count(&r, "", "offered");
        equal(&t, "done", count(&r, "", "in_time"), offered);
        /* Three ways to count the same. */
        equal(&t, "again by requests", count(&r, "", "repeated"),
              count(&r, "consumer.a", "processed") - offered);
        equal(&t, "again by leases", count(&r, "consumer.a", "reprocessed"),
              count(&r, "", "repeated"));
        equal(&t, "duplicates", count(&r, "consumer.a", "duplicates"), count(&r, "", "repeated"));
        equal(&t, "b: again by leases", count(&r, "consumer.b", "reprocessed"),
              count(&r, "consumer.b", "processed") - offered);
        equal(&t, "b: duplicates", count(&r, "consumer.b", "duplicates"),
              count(&r, "consumer.b", "reprocessed"));
        equal(&t, "missed", count(&r, "consumer.a", "missed") + count(&r, "consumer.b", "missed"),
              0);
        crashed += count(&r, "consumer.a", "crashed") + count(&r, "consumer.b", "crashed");
        took += count(&r, "consumer.a", "take_overs") + count(&r, "consumer.b", "take_overs");
        finished += count(&r, "consumer.a", "finished_shards");
        again += count(&r, "", "repeated");
        run_free(&r);
    }
    print_message(
        "%u runs: %g crashes, %g leases taken over, %g shards finished, %g records again\n", runs,
        crashed, took, finished, again);
    assert_true(crashed > 2 * runs && again > runs && finished > runs / 2.0);
}

/* --- in good order --- */

static void orderly(struct text *t, struct testrand *r)
{
    *t = (struct text){.n = 0};
    add(t, "run.duration = 60s\nrun.drain = 1000s\nrun.seed = %u\n", upto(r, 1000000000));
    add(t, "producer.p.rate = %u/s\nproducer.p.target = stream.s\nproducer.p.key = uniform_key(20)\n", upto(r, 30));
    add(t, "producer.p.done_at = consumer.a\nstream.s.shards = %u\nstream.s.reshard_step = %us\n", upto(r, 5),
        upto(r, 10));
    add(t, "stream.s.watched_shards = 0\nconsumer.a.source = stream.s\nconsumer.a.transport = %s\n",
        testrand_below(r, 2) == 0 ? "polling" : "fan_out");
    if (testrand_below(r, 2) == 0)
        add(t, "stream.s.actions[0].at = %us\nstream.s.actions[0].update_shard_count = %u\n", upto(r, 40), upto(r, 6));
    add(t, "consumer.a.time = exponential(%ums)\nconsumer.a.max_records = %u\nconsumer.a.failover = %us\n", upto(r, 40),
        9 + upto(r, 50), upto(r, 20));
    if (testrand_below(r, 2) == 0)
        add(t, "consumer.a.checkpoint_every = %u\n", upto(r, 50));
    if (testrand_below(r, 2) == 0)
        add(t, "consumer.a.worker_threads = %u\n", upto(r, 3));
    add_group(t, r, "a", true);
}

static void test_in_good_order(void **state)
{
    static struct text t;
    struct testrand rand = testrand_open("consumer groups in good order", 20261124);
    double handed_over = 0, ended = 0;
    (void)state;
    for (uint32_t i = 0; i < RUNS; i++) {
        orderly(&t, &rand);
        struct run r = run_lines(t.at);
        equal(&t, "done", count(&r, "", "in_time"), count(&r, "", "offered"));
        equal(&t, "again", count(&r, "", "repeated"), 0);
        equal(&t, "reprocessed", count(&r, "consumer.a", "reprocessed"), 0);
        equal(&t, "crashed", count(&r, "consumer.a", "crashed"), 0);
        equal(&t, "killed", count(&r, "group.a", "killed"), 0);
        handed_over += count(&r, "consumer.a", "handed_over");
        ended += count(&r, "group.a", "ended");
        run_free(&r);
    }
    print_message("%u runs: %g instances gone, %g leases handed over\n", RUNS, ended, handed_over);
    assert_true(ended > 2 * RUNS && handed_over > 2 * RUNS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_least_once),
        cmocka_unit_test(test_in_good_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
