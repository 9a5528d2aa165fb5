/* The kind `topic` in a world: latencies, quotas that topics share, faults, dead letters as fates, filters on event templates,
 * metrics of single subscriptions.
 *
 * rules: SNS-9 SNS-18 SNS-23 SNS-54 SNS-76 SNS-82 SNS-83 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "run_support.h"

#define PRODUCER                                                                                    \
    "run.duration = 10min\nrun.drain = 10min\nproducer.p.arrivals = constant\nproducer.p.rate = 10/s\n" \
    "producer.p.target = topic.t\n"
#define TWO_QUEUES                                                                                  \
    PRODUCER "producer.p.done_at = fleet.a\ntopic.t.subscriptions[0].target = queue.a\n"             \
             "topic.t.subscriptions[1].target = queue.b\nqueue.a.wait_time = 20s\nqueue.b.wait_time = 20s\n" \
             "fleet.a.source = queue.a\nfleet.b.source = queue.b\n"

static double count(const struct run *r, const char *entity, const char *metric)
{
    return run_count(r, entity, metric);
}

static void assert_near(double got, double wanted, double share)
{
    if (got < wanted * (1 - share) || got > wanted * (1 + share))
        fail_msg("%g is not %g within %g %%", got, wanted, share * 100);
}

static void test_everybody_gets_everything(void **state)
{
    struct run r = run_lines(TWO_QUEUES);
    (void)state;
    assert_true(count(&r, "topic.t", "published") == 6000);
    assert_true(count(&r, "topic.t", "delivered") == 12000);
    assert_true(count(&r, "topic.t[a]", "delivered") == 6000);
    assert_true(count(&r, "topic.t[b]", "delivered") == 6000);
    assert_true(count(&r, "fleet.b", "processed") == 6000);
    assert_true(run_stat(&r, "topic.t", "delay", "max") == 0);
    assert_true(run_stat(&r, "", "latency", "max") == 0);
    run_free(&r);
}

/* It gets what is published before it unsubscribes, and what waits for another attempt is dropped, no dead letter (SNS-9). A topic
 * that is down hears of it afterwards: it gets what was published before the outage. */
static void test_unsubscribes(void **state)
{
#define SERVICE                                                                                                                  \
    "topic.t.subscriptions[2].target = service.s\ntopic.t.subscriptions[2].until = 15s\ntopic.t.subscriptions[2].dead_letter = queue.c\n" \
    "service.s.servers = 1\nqueue.c.retention = 4d\n"
    struct run r = run_lines(TWO_QUEUES "topic.t.subscriptions[1].until = 100s\n");
    (void)state;
    assert_true(count(&r, "topic.t[a]", "delivered") == 6000);
    assert_true(count(&r, "topic.t[b]", "delivered") == 1000);
    assert_true(count(&r, "fleet.b", "processed") == 1000);
    run_free(&r);

    r = run_lines(TWO_QUEUES SERVICE "fault.f.target = service.s\nfault.f.effect = down\nfault.f.at = 0s\n");
    assert_true(count(&r, "topic.t[s]", "attempts") == 150); /* again after 20 s: it has left */
    assert_true(count(&r, "topic.t[s]", "dropped") == 150);
    assert_true(count(&r, "topic.t[s]", "dead") == 0);
    assert_true(count(&r, "queue.c", "sent") == 0);
    assert_true(count(&r, "", "done") == 6000);
    run_free(&r);

    r = run_lines(TWO_QUEUES SERVICE "fault.f.target = topic.t\nfault.f.effect = down\nfault.f.at = 10s\nfault.f.for = 10s\n"
                                     "topic.t.subscriptions[1].filter = {\"a\":[\"b\"]}\n"
                                     "topic.t.subscriptions[2].filter = {\"a\":[\"b\"]}\ntopic.t.subscriptions[2].count = 3\n");
    assert_true(count(&r, "topic.t[a]", "delivered") == 5900);
    assert_true(count(&r, "topic.t[b]", "filtered") == 5900);
    assert_true(count(&r, "topic.t[s]", "filtered") == 300);
    run_free(&r);
}

/* 100 KB are two requests of 64 KiB (SNS-83); 300 KB are refused (SNS-12) and cost nothing. */
static void test_bill(void **state)
{
    struct run r = run_lines(TWO_QUEUES "producer.p.size = 100KB\n");
    (void)state;
    assert_true(count(&r, "topic.t", "billed") == 12000);
    run_free(&r);
    r = run_lines(TWO_QUEUES "producer.p.size = 300KB\n");
    assert_true(count(&r, "topic.t", "refused") == 6000);
    assert_true(count(&r, "topic.t", "billed") == 0);
    run_free(&r);
}

/* Log-normal: publish p50 12 ms; to a queue 25 ms, p99 150 ms; to a function 50 ms, p99 200 ms. 60,000 draws: percentiles within a few
 * percent. */
static void test_realistic_latencies(void **state)
{
    struct run r = run_lines("run.duration = 100min\nrun.drain = 1min\nrun.behaviour = realistic\nproducer.p.rate = 10/s\n"
                             "producer.p.target = topic.t\nproducer.p.done_at = endpoint.f\ntopic.t.subscriptions[0].target = queue.a\n"
                             "topic.t.subscriptions[1].target = endpoint.f\nendpoint.f.protocol = lambda\n"
                             "queue.a.api_latency = 0s\nqueue.a.retention = 4d\n");
    (void)state;
    assert_near(run_stat(&r, "", "answer", "p50") / 1e6, 12, 0.03);
    assert_near(run_stat(&r, "", "answer", "p99") / 1e6, 80, 0.08);
    assert_near(run_stat(&r, "topic.t[a]", "delay", "p50") / 1e6, 25, 0.03);
    assert_near(run_stat(&r, "topic.t[a]", "delay", "p99") / 1e6, 150, 0.08);
    assert_near(run_stat(&r, "topic.t[f]", "delay", "p50") / 1e6, 50, 0.03);
    assert_near(run_stat(&r, "topic.t[f]", "delay", "p99") / 1e6, 200, 0.08);
    run_free(&r);
}

/* Two topics of a region with 300 messages a second: 400 a second come, for a minute: 60 * 300, and the bucket's one second more. */
static void test_topics_share_the_region_s_quota(void **state)
{
#define SHARE                                                                                       \
    "run.duration = 1min\nproducer.p.arrivals = constant\nproducer.p.rate = 200/s\nproducer.p.target = topic.t\n" \
    "producer.p.done_at = endpoint.e\nproducer.q.arrivals = constant\nproducer.q.rate = 200/s\nproducer.q.target = topic.u\n" \
    "producer.q.done_at = endpoint.e\ntopic.t.subscriptions[0].target = endpoint.e\ntopic.u.subscriptions[0].target = endpoint.e\n" \
    "endpoint.e.time = 0s\ntopic.t.region = sa-east-1\n"
    struct run r = run_lines(SHARE "topic.u.region = sa-east-1\n");
    (void)state;
    assert_near(count(&r, "topic.t", "published") + count(&r, "topic.u", "published"), 18300, 0.001);
    run_free(&r);
    r = run_lines(SHARE "topic.u.region = eu-north-1\n");
    assert_true(count(&r, "topic.t", "published") + count(&r, "topic.u", "published") == 24000);
    run_free(&r);
    r = run_lines(SHARE "topic.u.region = sa-east-1\ntopic.u.messages_per_second = 100\n");
    assert_near(count(&r, "topic.u", "published"), 6100, 0.001);
    assert_true(count(&r, "topic.t", "published") == 12000);
    run_free(&r);
}

/* A queue refuses what is too large for it, for good: the letter is dead, and nobody reads it, so the request is lost. */
static void test_dead_letters(void **state)
{
#define DEAD                                                                                        \
    PRODUCER "producer.p.done_at = fleet.a\nproducer.p.size = 2KiB\ntopic.t.subscriptions[0].target = queue.a\n" \
             "queue.d.delay = 0s\ntopic.t.subscriptions[0].dead_letter = queue.d\nqueue.a.max_message_size = 1KiB\nqueue.a.wait_time = 20s\n" \
             "fleet.a.source = queue.a\n"
    struct run r = run_lines(DEAD);
    (void)state;
    assert_true(count(&r, "topic.t", "redriven") == 6000);
    assert_true(count(&r, "topic.t", "failed") == 6000);
    assert_true(count(&r, "topic.t", "retries") == 0);
    assert_true(count(&r, "topic.t[a]", "dead") == 6000);
    assert_true(count(&r, "queue.d", "sent") == 6000);
    assert_true(run_stat(&r, "", "lost", "sum") == 6000);
    run_free(&r);
    r = run_lines(DEAD "queue.d.max_message_size = 1KiB\n"); /* nor does that queue take it */
    assert_true(count(&r, "topic.t", "not_redriven") == 6000);
    assert_true(count(&r, "topic.t", "redriven") == 0);
    assert_true(run_stat(&r, "", "lost", "sum") == 6000);
    run_free(&r);
    /* The envelope of about 1,000 bytes makes the difference. */
    r = run_lines(DEAD "queue.a.max_message_size = 2500B\n");
    assert_true(count(&r, "topic.t", "redriven") == 6000);
    run_free(&r);
    r = run_lines(DEAD "queue.a.max_message_size = 2500B\ntopic.t.subscriptions[0].raw = true\n");
    assert_true(count(&r, "topic.t", "delivered") == 6000);
    run_free(&r);
}

/* Down for a minute: 600 publishes are refused. What had to be tried again then is tried afterwards. */
static void test_topic_down(void **state)
{
    struct run r = run_lines(TWO_QUEUES "fault.f.target = topic.t\nfault.f.effect = down\nfault.f.at = 5min\nfault.f.for = 1min\n"
                                        "fault.g.target = queue.a\nfault.g.effect = down\nfault.g.at = 4min\nfault.g.for = 70s\n");
    (void)state;
    assert_true(count(&r, "topic.t", "refused") == 600);
    assert_true(count(&r, "topic.t", "published") == 5400);
    assert_true(count(&r, "topic.t", "delivered") == 10800);
    assert_true(run_stat(&r, "topic.t[a]", "delay", "max") <= 120e9);
    assert_true(run_stat(&r, "", "lost", "sum") == 600);
    run_free(&r);
}

/* A share of the publishes goes wrong, and nothing happens; slow: only the way. */
static void test_topic_fails_and_is_slow(void **state)
{
    struct run r = run_lines(TWO_QUEUES "fault.f.target = topic.t\nfault.f.effect = fail\nfault.f.probability = 50%\nfault.f.at = 0s\n");
    (void)state;
    assert_near(count(&r, "topic.t", "published"), 3000, 0.06);
    assert_true(count(&r, "topic.t", "published") + count(&r, "topic.t", "refused") == 6000);
    assert_true(count(&r, "topic.t", "delivered") == 2 * count(&r, "topic.t", "published"));
    run_free(&r);
    r = run_lines(TWO_QUEUES "topic.t.api_latency = 10ms\ntopic.t.subscriptions[0].delivery_latency = 5ms\n"
                             "fault.f.target = topic.t\nfault.f.effect = slow\nfault.f.factor = 3\nfault.f.at = 0s\n");
    assert_near(run_stat(&r, "", "latency", "max") / 1e9, 0.045, 1e-9);
    assert_near(run_stat(&r, "", "answer", "max") / 1e9, 0.030, 1e-9);
    run_free(&r);
}

static void test_filters_see_templates(void **state)
{
    struct run r = run_lines(TWO_QUEUES "event.x.attributes = {'k': 'x', 'n': 5}\nevent.y.body = {'k': 'y'}\n"
                                        "producer.p.events[0].event = event.x\nproducer.p.events[1].event = event.y\n"
                                        "topic.t.subscriptions[0].filter = {'k': ['x'], 'n': [{'numeric': ['>', 4]}]}\n"
                                        "topic.t.subscriptions[1].filter = {'k': ['y']}\ntopic.t.subscriptions[1].filter_scope = body\n");
    (void)state;
    double a = count(&r, "topic.t[a]", "delivered"), b = count(&r, "topic.t[b]", "delivered");
    assert_true(a + b == 6000);
    assert_near(a, 3000, 0.08);
    assert_true(count(&r, "topic.t", "filtered") == 6000);
    assert_true(count(&r, "topic.t[a]", "filtered") == b);
    assert_true(count(&r, "topic.t[b]", "filtered") == a);
    assert_true(count(&r, "topic.t", "filtered_no_attributes") == b);
    assert_true(count(&r, "topic.t", "filtered_invalid_body") + count(&r, "topic.t", "filtered_body") == a);
    assert_true(count(&r, "queue.a", "sent") == a);
    run_free(&r);
}

static void test_many_subscriptions(void **state)
{
    struct run r = run_lines("run.duration = 10s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = topic.t\n"
                             "producer.p.done_at = endpoint.e\ntopic.t.subscriptions[0].target = endpoint.e\n"
                             "topic.t.subscriptions[0].count = 10000\nendpoint.e.time = 0s\n");
    (void)state;
    assert_true(count(&r, "topic.t", "delivered") == 100000);
    assert_true(count(&r, "endpoint.e", "completed") == 100000);
    run_free(&r);
}

/* Ten keys as ids: each is taken once in five minutes, in the ten minutes twice. */
static void test_ids(void **state)
{
    struct run r = run_lines(PRODUCER "producer.p.done_at = fleet.a\nproducer.p.key = round_robin(10)\ntopic.t.type = fifo\n"
                                      "topic.t.deduplication = key\ntopic.t.subscriptions[0].target = queue.a\nqueue.a.type = fifo\n"
                                      "queue.a.deduplication = id\nqueue.a.wait_time = 20s\nfleet.a.source = queue.a\n");
    (void)state;
    assert_true(count(&r, "topic.t", "published") == 6000);
    assert_true(count(&r, "topic.t", "deduplicated") == 5980);
    assert_true(count(&r, "queue.a", "sent") == 20);
    run_free(&r);
}

/* The same work in the same order, whoever else stands beside it. */
static void test_fingerprints(void **state)
{
    struct run a = run_lines(TWO_QUEUES), b = run_lines(TWO_QUEUES "queue.zzz.delay = 0s\n");
    (void)state;
    assert_true(run_print(&a, "topic.t") == run_print(&b, "topic.t"));
    run_free(&a);
    run_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everybody_gets_everything), cmocka_unit_test(test_unsubscribes),
        cmocka_unit_test(test_bill),
        cmocka_unit_test(test_realistic_latencies),
        cmocka_unit_test(test_topics_share_the_region_s_quota), cmocka_unit_test(test_dead_letters),
        cmocka_unit_test(test_topic_down), cmocka_unit_test(test_topic_fails_and_is_slow),
        cmocka_unit_test(test_filters_see_templates), cmocka_unit_test(test_many_subscriptions),
        cmocka_unit_test(test_ids), cmocka_unit_test(test_fingerprints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
