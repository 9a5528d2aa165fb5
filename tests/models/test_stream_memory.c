/* Each allocation of a run with streams fails once: the trial ends with a sentence, and nothing leaks. Shards are split, merged and
 * counted, grow on demand, records come in batches and expire, lives are written down. Where the run goes on, a step of resharding was put off, or a key is hashed
 * anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"

static void provisioned(void **state)
{
    (void)state;
    expect_every_allocation("run.duration = 25h\nrun.interval = 1h\nproducer.p.arrivals = constant\nproducer.p.rate = 10/h\nproducer.p.target = stream.s\n"
                            "producer.p.key = uniform_key(200)\nproducer.p.batch_size = 3\nproducer.p.send_batch = true\n"
                            "run.record = producer.p: 1-20\nstream.s.shards = 2\nstream.s.autoscale.max = 4\n"
                            "stream.s.actions[0].at = 1min\nstream.s.actions[0].split = 0\n"
                            "stream.s.actions[1].at = 2min\nstream.s.actions[1].merge[0] = 2\nstream.s.actions[1].merge[1] = 3\n"
                            "stream.s.actions[2].at = 4min\nstream.s.actions[2].update_shard_count = 4\n",
                            50, false);
}

static void on_demand(void **state)
{
    (void)state;
    expect_every_allocation("run.duration = 3min\nrun.interval = 1min\nproducer.p.arrivals = constant\nproducer.p.rate = 2/s\n"
                            "producer.p.target = stream.s\nproducer.p.size = 600KiB\nproducer.p.key = constant(1)\n"
                            "stream.s.mode = on_demand\nstream.s.scale_delay = 0s\n",
                            50, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(provisioned), cmocka_unit_test(on_demand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
