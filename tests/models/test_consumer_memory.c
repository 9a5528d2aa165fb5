/* test_consumer_memory.c - each allocation of a run with applications that read a stream fails
 * once: the run says that memory is short, and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"

static void each_fails_once(void **state)
{
    (void)state;
    /* who goes on has no histogram, or not all lives, and says so */
    expect_every_allocation("run.duration = 60s\nrun.drain = 30s\nproducer.p.rate = "
                            "3/s\nproducer.p.target = stream.s\nproducer.p.done_at = consumer.c\n"
                            "stream.s.actions[0].at = 5s\nstream.s.actions[0].split = "
                            "0\nconsumer.c.source = stream.s\nconsumer.c.workers = 3\n"
                            "consumer.c.crash.probability = 2%\nconsumer.c.time = "
                            "50ms\nconsumer.c.idempotent.capacity = 100\nconsumer.d.source = stream.s\n"
                            "consumer.d.library = none\nconsumer.d.replay.at = "
                            "40s\nconsumer.d.replay.from = 20s\nconsumer.d.kills[0].at = 30s\n"
                            "run.record = producer.p: 1-20\n",
                            100, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
