/* Each allocation of a run with queues fails once: the trial ends with a sentence, and nothing
 * leaks. All that a queue or a fleet can have takes part: groups, deduplication, dead letters,
 * redrives, tenants, ghosts, ids that are remembered, batches of deletes, lives that are written
 * down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"

static void fifo(void **state)
{
    (void)state;
    expect_every_allocation(
        "run.duration = 30s\nrun.drain = 30s\nproducer.p.rate = 5/s\nproducer.p.target = queue.q\n"
        "producer.p.key = uniform_key(20)\nqueue.q.wait_time = 20s\nqueue.q.type = fifo\n"
        "queue.q.visibility_timeout = 2s\nqueue.q.deduplication = id\nqueue.q.throughput = high\n"
        "queue.q.dead_letter.queue = queue.x\nqueue.q.dead_letter.max_receive_count = 2\n"
        "queue.x.type = fifo\nqueue.x.redrive[0].at = 25s\nfleet.f.source = queue.q\nfleet.f.size "
        "= 10\n"
        "fleet.f.time = exponential(1s)\nfleet.f.batch = 3\nfleet.f.crash.probability = 5%\n"
        "fleet.f.idempotent.store = with\nfleet.f.delete_batch.size = 5\nfleet.f.delete_batch.wait "
        "= 500ms\n"
        "run.record = producer.p: 1-50\n",
        100, true);
}

static void standard(void **state)
{
    (void)state;
    expect_every_allocation(
        "run.duration = 30s\nrun.drain = 10s\nproducer.p.rate = 20/s\nproducer.p.target = queue.q\n"
        "producer.p.key = uniform_key(20)\nqueue.q.wait_time = 20s\nqueue.q.visibility_timeout = "
        "3s\n"
        "queue.q.delay = 1s\nqueue.q.shards = 4\nqueue.q.sampled = 2\nqueue.q.duplicate_in_flight "
        "= 5%\n"
        "queue.q.duplicate_after_delete = 5%\nqueue.q.ghost_delay = 1s\nqueue.q.reorder_window = "
        "3\n"
        "queue.q.wake_order = random\nqueue.q.wake_gather = 10ms\nqueue.q.calls_per_second = 1000\n"
        "fleet.f.source = queue.q\nfleet.f.size = 30\nfleet.f.time = exponential(1s)\n"
        "fleet.f.heartbeat.extend = 2s\nfleet.f.idempotent.capacity = 40\nrun.record = producer.p: "
        "every 5\n",
        100, true);
}

/* The heap of those in flight grows while messages are received. */
static void plain(void **state)
{
    (void)state;
    expect_every_allocation("run.duration = 20s\nrun.drain = 1min\nproducer.p.rate = 20/s\nproducer.p.target = queue.q\n"
                            "queue.q.visibility_timeout = 4s\nfleet.f.source = queue.q\nfleet.f.size = 8\nfleet.f.batch = 10\n"
                            "fleet.f.time = exponential(1s)\nfleet.f.heartbeat.extend = 3s\n",
                            30, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fifo),
        cmocka_unit_test(standard),
        cmocka_unit_test(plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
