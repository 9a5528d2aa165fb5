/* test_consumer_memory.c - each allocation of a run with applications that read a stream fails
 * once: the run says that memory is short, and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mem.h"
#include "run_support.h"

static void each_fails_once(void **state)
{
    (void)state;
    struct specbuild *b =
        specbuild_open("run.duration = 60s\nrun.drain = 30s\nproducer.p.rate = "
                       "3/s\nproducer.p.target = stream.s\nproducer.p.done_at = consumer.c\n"
                       "stream.s.actions[0].at = 5s\nstream.s.actions[0].split = "
                       "0\nconsumer.c.source = stream.s\nconsumer.c.workers = 3\n"
                       "consumer.c.crash.probability = 2%\nconsumer.c.time = "
                       "50ms\nconsumer.c.idempotent.capacity = 100\nconsumer.d.source = stream.s\n"
                       "consumer.d.library = none\nconsumer.d.replay.at = "
                       "40s\nconsumer.d.replay.from = 20s\nconsumer.d.kills[0].at = 30s\n"
                       "run.record = producer.p: 1-20\n");
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    mem_fail_at(0);
    result_free(world_run(spec, 0, NULL, &err));
    long n = mem_count();
    assert_true(n > 100);
    for (long i = 1; i <= n; i++) {
        err = (struct err){0};
        mem_fail_at(i);
        struct result *r = world_run(spec, 0, NULL, &err);
        if (r != NULL) /* a histogram, or lives, that say themselves that they are incomplete */
            result_free(r);
        else if (err.class != ERR_OS)
            fail_msg("allocation %ld of %ld: %s", i, n, err.text);
    }
    mem_fail_at(0);
    specbuild_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
