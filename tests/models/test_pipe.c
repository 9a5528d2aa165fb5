/* test_pipe.c - pipes in a world, in schedules worked out by hand: filters, batches, enrichment, failures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "check_codes.h"
#include "expect.h"
#include "run_support.h"

#define TEN                                                                                                             \
    "run.duration = 10s\nrun.drain = 100s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"                     \
    "producer.p.target = queue.q\nproducer.p.size = 100B\nqueue.q.delay = 0s\npipe.x.source = queue.q\n"
#define BURST "producer.p.batch_size = 10\nproducer.p.limit = 10\nproducer.p.send_batch = true\n"
#define TO_ENDPOINT "pipe.x.target = endpoint.e\nproducer.p.done_at = endpoint.e\n"

/* Each item's first effect comes after that of the one before it in its group, of so many groups in turn. */
static void expect_order(const struct run *r, uint64_t groups)
{
    const struct life *l = &r->result->life;
    uint64_t next[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (uint32_t i = 0; i < l->n; i++)
        if (l->event[i].what == LIFE_EFFECT && l->event[i].value == 1) {
            assert_int_equal(l->event[i].item, next[l->event[i].item % groups]);
            next[l->event[i].item % groups] += groups;
        }
}

/* TV-EB-71: what no filter matches is deleted, and nobody is called. rules: EB-50 */
static void unmatched_messages_are_deleted(void **state)
{
    (void)state;
    struct run r = run_lines(TEN TO_ENDPOINT "endpoint.e.time = 0s\nevent.m.body = {'kind':'noise'}\nproducer.p.events[0].event = event.m\n"
                             "pipe.x.filters[0] = {'body':{'kind':['order']}}\n");
    expect(&r, "pipe.x", "received", 10);
    expect(&r, "pipe.x", "filtered", 10);
    expect(&r, "pipe.x", "invocations", 0);
    expect(&r, "endpoint.e", "arrived", 0);
    expect(&r, "queue.q", "removed", 10);
    expect(&r, "", "lost", 10);
    run_free(&r);
}

/* Any of the filters; a body that is no JSON is a string. rules: EB-50 */
static void filters_are_or(void **state)
{
    (void)state;
    struct run r = run_lines(
        TEN TO_ENDPOINT "endpoint.e.time = 0s\nevent.a.body = {'kind':'a'}\nevent.b.body = {'kind':'b'}\nevent.c.body = {'kind':'c'}\n"
                        "event.t.body = plain text\nproducer.p.events[0].event = event.a\n"
                        "producer.p2.arrivals = constant\nproducer.p2.rate = 1/s\nproducer.p2.limit = 3\nproducer.p2.target = queue.q\n"
                        "producer.p2.done_at = endpoint.e\nproducer.p2.events[0].event = event.b\n"
                        "producer.p3.arrivals = constant\nproducer.p3.rate = 1/s\nproducer.p3.limit = 4\nproducer.p3.target = queue.q\n"
                        "producer.p3.done_at = endpoint.e\nproducer.p3.events[0].event = event.c\n"
                        "producer.p4.arrivals = constant\nproducer.p4.rate = 1/s\nproducer.p4.limit = 5\nproducer.p4.target = queue.q\n"
                        "producer.p4.done_at = endpoint.e\nproducer.p4.events[0].event = event.t\n"
                        "pipe.x.filters[0] = {'body':{'kind':['a']}}\npipe.x.filters[1] = {'body':{'kind':['b']}}\n"
                        "pipe.x.filters[2] = {'body':['plain text']}\n");
    expect(&r, "pipe.x", "filtered", 4);
    expect(&r, "pipe.x", "delivered", 18);
    run_free(&r);
}

/* What a bus put into the queue is the whole event. rules: EB-50 */
static void events_of_a_bus(void **state)
{
    (void)state;
    const char *lines = "run.duration = 10s\nrun.drain = 100s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                        "producer.p.target = bus.b\nevent.m.source = shop\nevent.m.detail_type = created\nevent.m.detail = {'n':1}\n"
                        "producer.p.events[0].event = event.m\nbus.b.rules[0].name = r\nbus.b.rules[0].pattern = {'source':['shop']}\n"
                        "bus.b.rules[0].targets[0].target = queue.q\nqueue.q.delay = 0s\npipe.x.source = queue.q\nendpoint.e.time = 0s\n"
                        "pipe.x.filters[0] = {'body':{'detail-type':['created'],'detail':{'n':[1]}}}\n" TO_ENDPOINT;
    char text[2000];
    snprintf(text, sizeof(text), "%spipe.x.record = event\n", lines);
    struct run r = run_lines(text);
    expect(&r, "pipe.x", "delivered", 10);
    run_free(&r);
    r = run_lines(lines);
    expect(&r, "pipe.x", "filtered", 10);
    run_free(&r);
}

/* Ten at once and one execution at a time, three a batch: 4 executions of 1 s. rules: EB-49 EB-50 */
static void batches(void **state)
{
    (void)state;
    struct run r = run_lines(TEN BURST TO_ENDPOINT "endpoint.e.time = 1s\npipe.x.batch = 3\npipe.x.concurrency = 1\n");
    expect(&r, "pipe.x", "invocations", 4);
    expect(&r, "pipe.x", "events", 10);
    expect(&r, "pipe.x", "delivered", 10);
    expect_stat(&r, "", "latency", "max", 4e9, 0);
    expect_stat(&r, "pipe.x", "busy", "max", 1, 0);
    expect_stat(&r, "pipe.x", "busy", "mean", 4.0 / 110, 1e-9);
    run_free(&r);
}

/* One a second for ten seconds, gathered for five: the batches end at 5 and 11 (from 0 and 6 on). rules: EB-50 */
static void windows(void **state)
{
    (void)state;
    struct run r = run_lines(TEN TO_ENDPOINT "endpoint.e.time = 0s\npipe.x.batch = 100\npipe.x.window = 5s\npipe.x.concurrency = 1\n");
    expect(&r, "pipe.x", "invocations", 2);
    expect(&r, "pipe.x", "delivered", 10);
    expect_stat(&r, "", "latency", "max", 5e9, 0); /* the first of each */
    run_free(&r);
}

/* The enrichment takes 1 s, the target 2. rules: EB-49 */
static void enriched(void **state)
{
    (void)state;
    struct run r = run_lines(TEN BURST TO_ENDPOINT "endpoint.e.time = 2s\npipe.x.enrichment = service.s\nservice.s.servers = 10\nservice.s.time = 1s\n");
    expect(&r, "pipe.x", "invocations", 1);
    expect(&r, "service.s", "completed", 10);
    expect_stat(&r, "", "latency", "max", 3e9, 0);
    expect_stat(&r, "pipe.x", "enrichment_duration", "max", 1e9, 0);
    expect_stat(&r, "pipe.x", "target_duration", "max", 2e9, 0);
    expect_stat(&r, "pipe.x", "duration", "max", 3e9, 0);
    run_free(&r);
}

/* The target fails until 45 s; visibility timeout 30 s: tried at 0, 30 and 60. rules: EB-51 */
static void batches_come_back(void **state)
{
    (void)state;
    struct run r = run_lines(TEN BURST TO_ENDPOINT "endpoint.e.time = 0s\nfault.f.target = endpoint.e\nfault.f.effect = fail\n"
                             "fault.f.probability = 100%\nfault.f.at = 0s\nfault.f.for = 45s\n");
    expect(&r, "pipe.x", "invocations", 3);
    expect(&r, "pipe.x", "failed", 2);
    expect(&r, "pipe.x", "target_failed", 2);
    expect(&r, "pipe.x", "returned", 20);
    expect(&r, "pipe.x", "delivered", 10);
    expect_stat(&r, "", "latency", "max", 60e9, 0);
    run_free(&r);
}

/* Two groups of ten; a poll brings five of each, which are called one second each, one after the other in a group. The target is down from
 * 3.5 s to 20.5 s: each group's fourth breaks off then, the fifth is not tried, and both are first when they come back at 30 s: two and five
 * more, two and one; then the last four. rules: EB-51 SQS-85 */
static void groups_keep_their_order(void **state)
{
    (void)state;
    const char *lines = TEN TO_ENDPOINT "producer.p.batch_size = 20\nproducer.p.limit = 20\nproducer.p.send_batch = true\n"
                                        "producer.p.key = round_robin(2)\nqueue.q.type = fifo\nendpoint.e.time = 1s\npipe.x.partial_failures = true\n"
                                        "run.record = producer.p: 1-20\n";
    char down[2000];
    struct run r = run_lines(lines);
    expect(&r, "pipe.x", "delivered", 20);
    expect_stat(&r, "endpoint.e", "in_system", "max", 2, 0);
    expect_stat(&r, "", "latency", "max", 10e9, 0);
    run_free(&r);
    snprintf(down, sizeof(down), "%sfault.f.target = endpoint.e\nfault.f.effect = down\nfault.f.at = 3.5s\nfault.f.for = 17s\n", lines);
    r = run_lines(down);
    expect(&r, "endpoint.e", "completed", 20);
    expect(&r, "endpoint.e", "broken", 2);
    expect(&r, "endpoint.e", "refused", 0);
    expect(&r, "pipe.x", "returned", 4);
    expect(&r, "pipe.x", "partially_failed", 1);
    expect_stat(&r, "", "latency", "max", 41e9, 0);
    expect_order(&r, 2);
    run_free(&r);
}

/* The enrichment fails: the target is not called. rules: EB-51 */
static void failed_enrichment(void **state)
{
    (void)state;
    struct run r = run_lines(TEN BURST TO_ENDPOINT "endpoint.e.time = 0s\npipe.x.enrichment = endpoint.n\nendpoint.n.errors = 100%\n"
                             "queue.q.dead_letter.queue = queue.dead\nqueue.q.dead_letter.max_receive_count = 2\nqueue.dead.delay = 0s\n");
    expect(&r, "pipe.x", "enrichment_failed", 2);
    expect(&r, "endpoint.e", "arrived", 0);
    expect(&r, "queue.dead", "moved_in", 10);
    expect(&r, "", "lost", 10);
    run_free(&r);
}

/* A target with five places fails five of ten: all come back, or just those. rules: EB-51 */
static void partial_failures(void **state)
{
    (void)state;
    const char *lines = TEN BURST TO_ENDPOINT "endpoint.e.time = 1s\nendpoint.e.servers = 5\nendpoint.e.waiting = 0\n";
    char text[2000];
    struct run r = run_lines(lines);
    expect(&r, "pipe.x", "partially_failed", 0);
    expect(&r, "pipe.x", "delivered", 0); /* five always fail */
    expect(&r, "", "repeated", 15); /* at 0, 30, 60 and 90: five the first time, then over again */
    run_free(&r);
    snprintf(text, sizeof(text), "%spipe.x.partial_failures = true\n", lines);
    r = run_lines(text);
    expect(&r, "pipe.x", "partially_failed", 1);
    expect(&r, "pipe.x", "delivered", 10);
    expect(&r, "", "repeated", 0);
    expect_stat(&r, "", "latency", "max", 31e9, 0);
    run_free(&r);
}

static void timeouts(void **state)
{
    (void)state;
    struct run r = run_lines(TEN BURST TO_ENDPOINT "endpoint.e.time = 5s\npipe.x.timeout = 2s\nqueue.q.visibility_timeout = 1h\n");
    expect(&r, "pipe.x", "timeouts", 1); /* an execution, whatever it has called */
    expect(&r, "pipe.x", "returned", 10);
    run_free(&r);
}

/* A queue as target: one call for the batch of ten. rules: EB-49 EB-53 */
static void to_a_queue(void **state)
{
    (void)state;
    struct run r = run_lines(TEN BURST "producer.p.size = 100KiB\npipe.x.target = queue.next\npipe.x.input_size = 10B\nfleet.f.source = queue.next\nfleet.f.time = 0s\n"
                             "fleet.f.size = 10\nqueue.next.wait_time = 20s\nproducer.p.done_at = fleet.f\n");
    expect(&r, "queue.next", "sent", 10);
    expect(&r, "queue.next", "calls_send", 1);
    expect(&r, "pipe.x", "billed", 16); /* 1,024,000 bytes in 64 KiB */
    expect(&r, "", "in_time", 10);
    run_free(&r);
}

static void expect_wrong(const char *lines, int code, const char *part)
{
    char text[3000];
    snprintf(text, sizeof(text), "run.duration = 1s\nqueue.q.delay = 0s\nqueue.t.delay = 0s\npipe.x.source = queue.q\npipe.x.target = queue.t\n%s", lines);
    expect_problem(text, code, part);
}

static void wrong(void **state)
{
    (void)state;
    expect_wrong("pipe.x.target = queue.q\n", CHECK_TARGET, "gives messages back");
    expect_wrong("queue.t.type = fifo\n", CHECK_NEEDS, "'message_group'");
    expect_wrong("pipe.x.message_group = key\n", CHECK_USELESS, "(EB-7)");
    expect_wrong("pipe.x.batch = 11\n", CHECK_NEEDS, "'window'");
    expect_wrong("pipe.x.filters[0] = {'body':1}\n", CHECK_PATTERN, "must be an object or an array");
    expect_wrong("pipe.x.filters[0] = {'a':[1]}\npipe.x.filters[1] = {'a':[1]}\npipe.x.filters[2] = {'a':[1]}\npipe.x.filters[3] = {'a':[1]}\n"
                 "pipe.x.filters[4] = {'a':[1]}\npipe.x.filters[5] = {'a':[1]}\n",
                 CHECK_BUS_LIMIT, "five are possible");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unmatched_messages_are_deleted),
        cmocka_unit_test(filters_are_or),
        cmocka_unit_test(events_of_a_bus),
        cmocka_unit_test(batches),
        cmocka_unit_test(windows),
        cmocka_unit_test(enriched),
        cmocka_unit_test(batches_come_back),
        cmocka_unit_test(groups_keep_their_order),
        cmocka_unit_test(failed_enrichment),
        cmocka_unit_test(partial_failures),
        cmocka_unit_test(timeouts),
        cmocka_unit_test(to_a_queue),
        cmocka_unit_test(wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
