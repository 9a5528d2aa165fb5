/* test_consumer_trials.c - applications whose workers crash, in drawn scenarios: streams that split
 * and merge, batches, checkpoints, polling and fan-out, faults. Every record is processed at least
 * once, and what was processed again is counted exactly: by the leases, by this application's own
 * memory of requests, and by the requests themselves. TEST_SEED and TEST_RUNS choose others.
 *
 * rules: KIN-52 KIN-73 KIN-98 */
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
        add(t, "consumer.%s.workers = %u\nconsumer.%s.failover = %us\n", id, upto(r, 4), id,
            upto(r, 6));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_least_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
