/* test_direct.c - the straight way of a plain queue (sqs_direct.h) comes to what the usual one comes to. Drawn scenarios run twice:
 * as they are, and with a request to be recorded that never comes, for whose sake a queue takes the usual way. All that is
 * measured, and the fingerprint of each entity, must be the same. And by hand: what the core declines. rules: SQS-43 SQS-60 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "run_same.h"
#include "sqs_direct.h"
#include "testrand.h"

/* --- trials --- */

#define TRIALS 400

static const char *const arrivals[] = {"poisson", "constant"};
static const char *const time_law[] = {"0s", "100ms", "exponential(300ms)", "lognormal(p50=200ms, p99=4s)", "exponential(2s)"};
static const char *const extra[] = {
    "",
    "",
    "fleet.f.crash.probability = 5%\n",
    "fleet.f.crash.probability = 5%\nfleet.f.crash.at = end\nfleet.f.crash.restart = 3s\n",
    "fleet.f.hang.probability = 3%\nfleet.f.hang.for = exponential(5s)\n",
    "fleet.f.heartbeat.extend = 2s, 4s\n",
    "fleet.f.visibility_timeout = 2s\n",
    "fleet.f.poll = long\nfleet.f.wait_time = 1s\n",
    "fleet.f.poll = short\nfleet.f.poll_interval = 300ms\n",
    "fleet.f.batch = 3\n",
    "fleet.f.pace = 130\n",
    "fleet.f.poison.share = 2%\nfleet.f.on_failure = return\n",
    "fleet.f.idempotent.capacity = 100\n",
    "fleet.f.sends[0].target = queue.r\nfleet.g.source = queue.r\nfleet.g.time = 50ms\nqueue.r.delay = 0s\n",
    "fleet.f.sends[0].target = queue.r\nfleet.g.source = queue.r\nfleet.g.time = 0s\nqueue.r.delay = 1s\n",
    "fleet.g.source = queue.q\nfleet.g.time = 400ms\n",
    "queue.q.in_flight_limit = 2\n",
    "queue.q.retention = 60s\n",
    "queue.q.delay = 2s\n",
    "queue.q.wake_gather = 200ms\n",
    "queue.q.wake_order = random\n",
    "queue.q.api_latency = 20ms\n",
    "queue.q.type = fifo\nqueue.x.type = fifo\nproducer.p.key = uniform_key(5)\n",
    "producer.p.key = uniform_key(5)\n",
    "producer.p.key = uniform_key(5)\nqueue.q.fair = false\n",
    "queue.q.duplicate_after_delete = 5%\n",
    "producer.p.batch_size = 3\n",
    "producer.p.size = 100KiB\n",
    "fault.a.target = queue.q\nfault.a.effect = down\nfault.a.at = 40s\nfault.a.for = 10s\n",
    "fault.a.target = queue.q\nfault.a.effect = fail\nfault.a.probability = 30%\nfault.a.at = 40s\nfault.a.for = 30s\n",
    "fault.a.target = queue.q\nfault.a.effect = slow\nfault.a.factor = 3\nfault.a.at = 40s\nfault.a.for = 30s\n",
    "fault.a.target = fleet.f\nfault.a.effect = down\nfault.a.at = 40s\nfault.a.for = 10s\n",
    "fault.a.target = fleet.f\nfault.a.effect = hang\nfault.a.at = 40s\nfault.a.for = 10s\n",
    "fault.a.target = fleet.f\nfault.a.effect = fail\nfault.a.probability = 30%\nfault.a.at = 40s\nfault.a.for = 30s\n",
    "fault.b.target = fleet.f\nfault.b.effect = down\nfault.b.at = 30s\nfault.b.for = 1s\nfault.b.every = 10s\n",
    "fault.b.target = fleet.f\nfault.b.effect = hang\nfault.b.at = 30s\nfault.b.for = 2s\nfault.b.every = 10s\n",
    "fault.b.target = fleet.f\nfault.b.effect = slow\nfault.b.factor = 3\nfault.b.at = 30s\nfault.b.for = 5s\nfault.b.every = 10s\n",
    "fault.c.target = queue.q\nfault.c.effect = down\nfault.c.at = 30s\nfault.c.for = 1s\nfault.c.every = 10s\n",
    "scaling.s.target = fleet.f\nscaling.s.policy = scheduled\nscaling.s.times[0].at = 30s\nscaling.s.times[0].desired = 1\nscaling.s.times[1].at = 60s\nscaling.s.times[1].desired = 8\n",
    "fleet.h.source = queue.q\nfleet.h.time = 300ms\ngroup.g.target = fleet.h\ngroup.g.max = 3\ngroup.g.launch_delay = 5s\ngroup.g.illness.after = exponential(30s)\ngroup.g.illness.mode = hang\ngroup.g.illness.lasts = 10s\n",
    "fleet.h.source = queue.q\nfleet.h.time = 300ms\ngroup.g.target = fleet.h\ngroup.g.max = 3\ngroup.g.launch_delay = 5s\ngroup.g.failure = exponential(30s)\n",
    "queue.q.purge = 45s\n",
    "queue.x.redrive[0].at = 60s\nqueue.x.redrive[0].rate = 10/s\n",
    "fleet.x.source = queue.x\nfleet.x.time = 10ms\n",
    "fleet.f.visibility_timeout = 0s\n",
    "fleet.f.delete_batch.size = 5\nfleet.f.delete_batch.wait = 1s\n",
    "fleet.f.calls[0].target = service.s\nfleet.f.calls[0].timeout = 200ms\nservice.s.time = exponential(100ms)\n",
    "fleet.f.calls[0].target = service.s\nservice.s.time = 0s\n",
    "fleet.f.calls[0].target = service.s\nservice.s.time = 500ms\nservice.s.servers = 2\nservice.s.waiting = 1\nfleet.f.pause = full_jitter(base=1s, cap=5s)\n",
    "fleet.g.source = queue.q\nfleet.g.time = 0s\nfleet.g.poll = short\nfleet.g.poll_interval = 100ms\n",
    "fleet.g.source = queue.q\nfleet.g.time = 0s\nfleet.g.batch = 10\nfleet.g.wait_time = 3s\n",
    "mapping.m.source = queue.q\nmapping.m.target = function.f\nfunction.f.duration = 100ms\nfunction.f.timeout = 1s\n",
    "pipe.x.source = queue.q\npipe.x.target = endpoint.e\nendpoint.e.time = 0s\npipe.x.batch = 2\n",
    "producer.k.arrivals = constant\nproducer.k.rate = 1/s\nproducer.k.start = 50s\nproducer.k.key = uniform_key(3)\nproducer.k.target = queue.q\nproducer.k.done_at = fleet.f\n",
    "producer.b.arrivals = constant\nproducer.b.rate = 3/s\nproducer.b.size = 70KiB\nproducer.b.target = queue.q\nproducer.b.done_at = fleet.f\n",
    "queue.q.calls_per_second = 5\n",
    "queue.q.shards = 3\nqueue.q.sampled = 1\n",
    "queue.q.reorder_window = 3\n",
    "queue.q.response_lost = 5%\n",
    "queue.q.duplicate_in_flight = 5%\n",
    "run.behaviour = realistic\n",
};
#define ANY(list) list[testrand_below(rng, sizeof(list) / sizeof(list[0]))]

/* Two faults, groups or fleets of one name, or two settings of one key. */
static bool is_of_one(const char *a, const char *b)
{
    bool setting = strncmp(a, "fleet.f", 7) == 0 || strncmp(a, "queue.q", 7) == 0 || strncmp(a, "producer.p", 10) == 0;
    return strncmp(a, b, setting ? strcspn(a, "=") : 7) == 0;
}

static void draw_scenario(struct testrand *rng, char *text, size_t size)
{
    static const char *const visibility[] = {"1s", "5s", "30s"};
    const char *some[3] = {ANY(extra), ANY(extra), ANY(extra)};
    for (int i = 1; i < 3; i++) {
        for (int k = 0; k < i; k++)
            some[i] = is_of_one(some[k], some[i]) ? "" : some[i];
    }
    snprintf(text, size,
             "run.duration = 120s\nrun.warmup = 20s\nrun.series = true\nproducer.p.arrivals = %s\nproducer.p.rate = %u/s\n"
             "producer.p.target = queue.q\nproducer.p.done_at = fleet.f\nqueue.q.wait_time = %us\n"
             "queue.q.visibility_timeout = %s\nqueue.q.dead_letter.queue = queue.x\nqueue.q.dead_letter.max_receive_count = 3\n"
             "queue.x.retention = 14d\nfleet.f.source = queue.q\nfleet.f.size = %u\nfleet.f.time = %s\n%s%s%s",
             ANY(arrivals), 1 + (unsigned)testrand_below(rng, 20), 1 + (unsigned)testrand_below(rng, 20), ANY(visibility), 1 + (unsigned)testrand_below(rng, 6),
             ANY(time_law), some[0], some[1], some[2]);
}

static void compare(const char *text)
{
    char usual[4000];
    snprintf(usual, sizeof usual, "%srun.record = producer.p: 999999999\n", text);
    struct run a = run_lines(text), b = run_lines(usual);
    run_same(&a, &b, text);
    run_free(&a);
    run_free(&b);
}

static void same_as_usual(void **state)
{
    (void)state;
    struct testrand r = testrand_open("same_as_usual", 20261122), *rng = &r;
    char text[3000];
    for (int i = 0; i < TRIALS; i++) {
        draw_scenario(rng, text, sizeof text);
        compare(text);
    }
}

/* --- by hand --- */

struct hand {
    struct sqs *core;
    struct sqs_got got;
    struct direct_gone gone;
    struct sqs_handle held;
    uint64_t tag;
    uint32_t number;
};
static const struct sqs_poll poll = {.max = 1, .wait = 20 * SIM_S, .visibility = SQS_DEFAULT, .tag = 77, .untimed = true};

static uint64_t roll(struct dice *d, uint64_t sides)
{
    (void)d;
    return sides - 1;
}
static struct dice dice[SQS_DICE_KINDS] = {{roll}, {roll}, {roll}, {roll}};

static enum direct send(struct hand *h, sim_time now, uint64_t user)
{
    struct sqs_send s = {.user = user, .size = 10, .group = SQS_NO_GROUP, .delay = SQS_DEFAULT};
    return direct_send(h->core, now, &s, &h->got, &h->tag);
}

static enum direct swap(struct hand *h, sim_time now, struct sqs_handle handle)
{
    struct sqs_poll p = poll;
    return direct_swap(h->core, now, handle, &h->gone, &p, &h->got, &h->number);
}

/* The first lease of a queue opens the list of its length: from then on there is one for the straight way. */
static struct hand open_hand(void)
{
    struct hand h = {0};
    struct sqs_config config;
    struct call call;
    struct sqs_batch batch;
    sqs_config_default(&config, false);
    assert_true(sqs_open(&h.core, &config, NULL));
    assert_int_equal(send(&h, 0, 1), DIRECT_STORED);
    call_begin(&call, 0, dice);
    assert_int_equal(sqs_receive(h.core, &call, &poll, &batch), SQS_OK);
    assert_int_equal(batch.got[0].user, 1);
    h.held = batch.got[0].handle;
    return h;
}

static void there_and_back(void **state)
{
    (void)state;
    struct hand h = open_hand();
    struct sqs_levels l;
    assert_int_equal(send(&h, 1, 2), DIRECT_STORED);
    assert_int_equal(swap(&h, 2, h.held), DIRECT_GOT); /* 1 is deleted, 2 received */
    assert_int_equal(h.gone.user, 1);
    assert_int_equal(h.gone.receives, 1);
    assert_int_equal(h.got.user, 2);
    assert_int_equal(h.got.receives, 1);
    assert_int_equal(swap(&h, 3, h.got.handle), DIRECT_WAITS); /* 2 is deleted, nothing is there */
    assert_int_equal(h.gone.user, 2);
    sqs_levels(h.core, &l);
    assert_int_equal(l.waiting_polls, 1);
    assert_int_equal(send(&h, 4, 3), DIRECT_GOT); /* to who waits */
    assert_int_equal(h.tag, 77);
    assert_int_equal(h.got.user, 3);
    sqs_levels(h.core, &l);
    assert_int_equal(l.visible, 0);
    assert_int_equal(l.in_flight, 1);
    assert_int_equal(l.waiting_polls, 0);
    assert_true(sqs_deadline(h.core) == 4 + 30 * SIM_S);
    assert_int_equal(sqs_counts(h.core)->sent, 3);
    assert_int_equal(sqs_counts(h.core)->removed, 2);
    assert_int_equal(sqs_counts(h.core)->received, 3);
    sqs_check(h.core, 4);
    sqs_close(h.core);
}

/* What is received in the place of what is deleted is in flight for as long as if it had come alone. */
static void as_long_as_alone(void **state)
{
    (void)state;
    struct hand h = open_hand();
    struct call call;
    struct sqs_batch batch;
    for (uint64_t user = 2; user <= 5; user++)
        assert_int_equal(send(&h, 1 * SIM_S, user), DIRECT_STORED);
    call_begin(&call, 2 * SIM_S, dice);
    assert_int_equal(sqs_receive(h.core, &call, &poll, &batch), SQS_OK);
    assert_int_equal(batch.got[0].user, 2);
    assert_true(sqs_deadline(h.core) == 30 * SIM_S);
    assert_int_equal(swap(&h, 3 * SIM_S, h.held), DIRECT_GOT); /* 1 goes, 3 comes: now 2 is the next that is due */
    assert_int_equal(h.got.user, 3);
    assert_true(direct_moved(h.core));
    assert_true(sqs_deadline(h.core) == 32 * SIM_S);
    sqs_check(h.core, 3 * SIM_S);
    struct sqs_handle third = h.got.handle;
    assert_int_equal(swap(&h, 4 * SIM_S, batch.got[0].handle), DIRECT_GOT); /* 2 goes, 4 comes */
    assert_true(sqs_deadline(h.core) == 33 * SIM_S);
    call_begin(&call, 5 * SIM_S, dice);
    assert_int_equal(sqs_change(h.core, &call, third, 100 * SIM_S), SQS_OK); /* another list of deadlines */
    assert_true(sqs_deadline(h.core) == 34 * SIM_S);
    assert_int_equal(swap(&h, 6 * SIM_S, third), DIRECT_GOT); /* 3 goes, 5 comes */
    assert_int_equal(h.got.user, 5);
    sqs_check(h.core, 6 * SIM_S);
    call_begin(&call, 34 * SIM_S, dice);
    sqs_advance(h.core, &call); /* 4 is back */
    assert_true(sqs_deadline(h.core) == 36 * SIM_S);
    sqs_check(h.core, 34 * SIM_S);
    sqs_close(h.core);
}

static void declined(struct hand *h, sim_time now, struct sqs_handle handle)
{
    struct sqs_counts before = *sqs_counts(h->core);
    assert_int_equal(swap(h, now, handle), DIRECT_DECLINED);
    assert_memory_equal(&before, sqs_counts(h->core), sizeof before);
    sqs_check(h->core, now);
}

static void what_is_declined(void **state)
{
    (void)state;
    struct hand h = open_hand();
    struct call call;
    struct sqs_handle other_queue = {h.held.a, h.held.b + (UINT64_C(1) << 40)}, earlier = {h.held.a - (UINT64_C(1) << 32), h.held.b},
                      nowhere = {h.held.a + 1, h.held.b};
    declined(&h, 1, other_queue);
    declined(&h, 1, earlier);
    declined(&h, 1, nowhere);
    call_begin(&call, 1, dice);
    sqs_set(h.core, &call, SQS_SET_DELAY, 5 * SIM_S);
    assert_int_equal(send(&h, 1, 2), DIRECT_DECLINED);
    declined(&h, 1, h.held);
    call_begin(&call, 1, dice);
    sqs_set(h.core, &call, SQS_SET_DELAY, 0);
    call_begin(&call, 2, dice);
    assert_int_equal(sqs_change(h.core, &call, h.held, 0), SQS_OK); /* back on the shelf: no longer in flight */
    declined(&h, 2, h.held);
    sqs_close(h.core);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_usual),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(as_long_as_alone),
        cmocka_unit_test(what_is_declined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
