/* test_eventbridge_trials.c - random worlds of buses, queues, endpoints, pipes and faults: every one keeps its books (the world checks
 * each entity while it runs), and what began has ended, or waits; and a world in which each allocation fails once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "mem.h"
#include "run_support.h"
#include "testrand.h"

struct text {
    char at[12000];
    size_t n;
};

static __attribute__((format(printf, 2, 3))) void say(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    t->n += (size_t)vsnprintf(t->at + t->n, sizeof(t->at) - t->n, format, args);
    va_end(args);
    assert_true(t->n < sizeof(t->at));
}

static const char *const patterns[] = {"{'source':[{'prefix':''}]}", "{'source':['shop']}", "{'detail':{'n':[{'numeric':['>',1]}]}}",
                                       "{'detail-type':['b']}", "{'source':['nobody']}"};

#define PICK(x, n) ((unsigned)testrand_below(x, n))
#define COIN(x)    (testrand_below(x, 2) == 0)

static void say_rule(struct text *t, struct testrand *x, unsigned bus, unsigned i, bool v2, bool fifo)
{
    unsigned n = v2 ? 1 : 1 + PICK(x, 3);
    say(t, "bus.b%u.rules[%u].name = r%u\nbus.b%u.rules[%u].pattern = %s\n", bus, i, i, bus, i, patterns[PICK(x, v2 ? 4 : 5)]);
    for (unsigned k = 0; k < n; k++) {
        char at[60];
        snprintf(at, sizeof(at), "bus.b%u.rules[%u].targets[%u]", bus, i, k);
        unsigned kind = PICK(x, 5);
        if (kind == 0 && bus > 0)
            say(t, "%s.target = bus.b%u\n", at, bus - 1);
        else if (kind <= 2)
            say(t, "%s.target = queue.q%u\n", at, PICK(x, 2));
        else
            say(t, "%s.target = endpoint.e%u\n%s.timeout = 2s\n", at, PICK(x, 2), at);
        say(t, "%s.id = t%u\n", at, k);
        if (COIN(x))
            say(t, "%s.maximum_retry_attempts = %u\n", at, PICK(x, 6));
        if (COIN(x))
            say(t, "%s.maximum_event_age = %us\n", at, 60 + PICK(x, 60));
        if (COIN(x) && !fifo)
            say(t, "%s.dead_letter = queue.dead\n", at);
        if (PICK(x, 3) == 0)
            say(t, "%s.latency = exponential(100ms)\n", at);
    }
}

static void say_bus(struct text *t, struct testrand *x, unsigned bus)
{
    bool v2 = PICK(x, 4) == 0, fifo = v2 && COIN(x);
    if (v2)
        say(t, "bus.b%u.generation = v2\nbus.b%u.type = %s\nbus.b%u.deduplication = %s\n", bus, bus, fifo ? "fifo" : "unordered", bus,
            COIN(x) ? "id" : "none");
    if (COIN(x))
        say(t, "bus.b%u.latency = exponential(50ms)\n", bus);
    if (PICK(x, 3) == 0)
        say(t, "bus.b%u.invocations_per_second = %u\n", bus, 5 + PICK(x, 50));
    if (PICK(x, 3) == 0)
        say(t, "bus.b%u.puts_per_second = %u\n", bus, 5 + PICK(x, 20));
    if (PICK(x, 3) == 0)
        say(t, "bus.b%u.duplicates = 10%%\n", bus);
    if (PICK(x, 3) == 0)
        say(t, "bus.b%u.archive.delay = 0s\nbus.b%u.replay[0].at = 40s\nbus.b%u.replay[0].from = 5s\nbus.b%u.replay[0].to = 30s\n", bus, bus, bus, bus);
    for (unsigned i = 0; i < 1 + PICK(x, 3); i++)
        say_rule(t, x, bus, i, v2, fifo);
}

static void say_world(struct text *t, struct testrand *x)
{
    t->n = 0;
    say(t, "run.duration = 60s\nrun.drain = %us\nrun.behaviour = %s\nrun.seed = %u\n", PICK(x, 300), COIN(x) ? "ideal" : "realistic", 1 + PICK(x, 1000));
    say(t, "event.a.source = shop\nevent.a.detail_type = a\nevent.a.detail = {'n':1}\n"
           "event.b.source = shop\nevent.b.detail_type = b\nevent.b.detail = {'n':2}\n"
           "producer.p.rate = %u/s\nproducer.p.target = bus.b2\nproducer.p.key = uniform_key(5)\nproducer.p.done_at = fleet.f\n"
           "producer.p.events[0].event = event.a\nproducer.p.events[1].event = event.b\n",
        1 + PICK(x, 20));
    if (COIN(x))
        say(t, "producer.p.call.attempts = 3\nproducer.p.call.timeout = 1s\n");
    if (COIN(x))
        say(t, "producer.p.batch_size = 12\nproducer.p.send_batch = true\n");
    for (unsigned i = 0; i < 3; i++)
        say_bus(t, x, i);
    say(t, "queue.q0.wait_time = 20s\nqueue.q1.visibility_timeout = 5s\nqueue.dead.delay = 0s\n"
           "endpoint.e0.time = exponential(200ms)\nendpoint.e0.errors = 20%%\nendpoint.e0.rejections = 10%%\n"
           "endpoint.e1.time = exponential(2s)\nendpoint.e1.servers = 3\nendpoint.e1.waiting = 5\n"
           "fleet.f.source = queue.q0\nfleet.f.size = 3\nfleet.f.time = exponential(100ms)\n"
           "pipe.p.source = queue.q1\npipe.p.target = endpoint.e0\npipe.p.record = event\npipe.p.partial_failures = %s\n"
           "pipe.p.filters[0] = {'body':{'detail-type':['b']}}\npipe.p.timeout = 1s\npipe.p.concurrency = 2\n",
        COIN(x) ? "true" : "false");
    static const char *const victims[] = {"bus.b0", "bus.b2", "queue.q0", "queue.q1", "endpoint.e0", "endpoint.e1"};
    static const char *const effects[] = {"down", "slow\nfault.F.factor = 5", "fail\nfault.F.probability = 50%"};
    for (unsigned i = 0; i < PICK(x, 3); i++) {
        char effect[80];
        snprintf(effect, sizeof(effect), "%s", effects[PICK(x, 3)]);
        for (char *c = effect; *c != '\0'; c++)
            if (*c == 'F')
                *c = (char)('f' + i);
        say(t, "fault.%c.target = %s\nfault.%c.effect = %s\nfault.%c.at = %us\nfault.%c.for = %us\n", 'f' + i, victims[PICK(x, 6)], 'f' + i,
            effect, 'f' + i, PICK(x, 50), 'f' + i, 1 + PICK(x, 40));
    }
}

/* Begun deliveries have ended or wait; scenario-wide fates add up (the world has checked it). rules: EB-5 EB-43 */
static void balance(const struct run *r, const char *bus, uint64_t seed)
{
    double begun = run_count(r, bus, "deliveries"), ended = run_count(r, bus, "invocations");
    double open = run_stat(r, bus, "waiting", "last") + run_stat(r, bus, "under_way", "last");
    if (begun != ended + open || ended != run_count(r, bus, "delivered") + run_count(r, bus, "failed") ||
        run_count(r, bus, "failed") != run_count(r, bus, "dropped") + run_count(r, bus, "to_dlq") + run_count(r, bus, "not_to_dlq"))
        fail_msg("seed %llu: %s: %g deliveries, %g ended, %g open", (unsigned long long)seed, bus, begun, ended, open);
}

static void random_worlds(void **state)
{
    static struct text t;
    (void)state;
    double deliveries = 0, failed = 0, replayed = 0;
    struct testrand first = testrand_open("random_worlds", 1);
    for (uint64_t seed = first.state; seed < first.state + 40; seed++) {
        struct testrand x = {seed * 7919};
        say_world(&t, &x);
        struct run r = run_lines(t.at);
        for (unsigned i = 0; i < 3; i++) {
            char bus[8];
            snprintf(bus, sizeof(bus), "bus.b%u", i);
            balance(&r, bus, seed);
            deliveries += run_count(&r, bus, "deliveries");
            failed += run_count(&r, bus, "failed");
            replayed += run_count(&r, bus, "replayed");
        }
        uint64_t print = run_print(&r, "bus.b2");
        run_free(&r);
        r = run_lines(t.at); /* the same again */
        assert_true(run_print(&r, "bus.b2") == print);
        run_free(&r);
    }
    assert_true(deliveries > 10000 && failed > 100 && replayed > 100);
}

/* Every allocation of a trial fails once: it ends with an error, or is as it was. */
static void short_of_memory(void **state)
{
    static struct text t;
    struct testrand x = {4711};
    struct err err = {0};
    (void)state;
    say_world(&t, &x);
    struct specbuild *build = specbuild_open(t.at);
    const struct spec *spec = specbuild_done(build);
    struct result *whole = world_run(spec, 0, NULL, &err);
    assert_non_null(whole);
    uint32_t failed = 0;
    for (long n = 1; n < 200; n++) {
        err = (struct err){0};
        mem_fail_at(n);
        struct result *r = world_run(spec, 0, NULL, &err);
        mem_fail_at(0);
        failed += r == NULL;
        if (r != NULL)
            assert_true(r->run_fingerprint == whole->run_fingerprint);
        else
            assert_true(err_is_set(&err));
        result_free(r);
    }
    assert_true(failed > 50);
    result_free(whole);
    specbuild_close(build);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_worlds), cmocka_unit_test(short_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
