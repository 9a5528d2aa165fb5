/* test_function_memory.c - every allocation of a world with functions, mappings on queues and events fails once: the run ends and
 * says so, and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"

static void events(void **state)
{
    (void)state;
    expect_every_allocation("run.duration = 10s\nrun.drain = 10min\nrun.series = false\nrun.histograms = false\nproducer.p.rate = 20/s\nproducer.p.limit = 20\nproducer.p.target = service.s\n"
                            "producer.p.done_at = function.f\nservice.s.sends[0].target = function.f\nfunction.f.duration = 1s\n"
                            "function.f.errors = 50%\nfunction.f.provisioned = 2\nfunction.f.async.on_failure = queue.d\nqueue.d.delay = 0s\n"
                            "function.g.duration = 0s\nfunction.f.async.on_success = function.g\nrun.record = producer.p: 1-20\n",
                            30, true);
}

static void from_a_topic(void **state)
{
    (void)state;
    expect_every_allocation("run.duration = 10s\nrun.drain = 10min\nproducer.p.rate = 20/s\nproducer.p.target = topic.t\n"
                            "producer.p.done_at = function.f\ntopic.t.subscriptions[0].target = function.f\n"
                            "topic.t.subscriptions[1].target = queue.q\nqueue.q.delay = 0s\nfunction.f.duration = 200ms\n"
                            "function.f.errors = 20%\nfunction.f.reserved = 3\nmapping.m.source = queue.q\nmapping.m.target = function.g\n"
                            "function.g.duration = 1s\n",
                            50, true);
}

static void batches(void **state)
{
    (void)state;
    expect_every_allocation("run.duration = 10s\nrun.drain = 5min\nrun.series = false\nrun.histograms = false\nproducer.p.rate = 50/s\nproducer.p.limit = 60\nproducer.p.target = queue.q\n"
                            "producer.p.done_at = function.f\nqueue.q.delay = 0s\nmapping.m.source = queue.q\nmapping.m.target = function.f\n"
                            "mapping.m.window = 1s\nmapping.m.batch = 50\nmapping.m.report_failures = true\nfunction.f.record_time = 10ms\n"
                            "function.f.reserved = 2\nfunction.f.poison.share = 5%\nmapping.m.filters[0] = {'body':['']}\n"
                            "function.f.calls[0].target = service.s\nservice.s.time = 1ms\n",
                            30, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),
        cmocka_unit_test(batches),
        cmocka_unit_test(from_a_topic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
