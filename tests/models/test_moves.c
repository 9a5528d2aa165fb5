/* test_moves.c - redrives and purges at given times, in schedules worked out by hand (SQS-12, 117
 * to 121). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "expect.h"
#include "run_support.h"

/* Ten messages in the first second, all poison until 60 s: each fails twice, at once and 3 s later,
 * and is moved by the third receive. */
#define DEAD                                                                                       \
    "run.duration = 100s\nrun.drain = 100s\nproducer.p.arrivals = constant\n"                      \
    "producer.p.rate = 10/s\nproducer.p.limit = 10\nproducer.p.target = queue.q\n"                 \
    "queue.q.wait_time = 20s\nqueue.q.visibility_timeout = 3s\nfleet.f.source = queue.q\n"         \
    "fleet.f.poison.share = 100%\nfleet.f.poison.until = 60s\nfleet.f.size = 4\n"                  \
    "queue.q.dead_letter.queue = queue.x\nqueue.q.dead_letter.max_receive_count = 2\n"            \
    "queue.x.wait_time = 0s\n"

/* Two a second from 70 s on: the last leaves at 74.5 s, 4.5 s after the first. Born at 0 … 0.9 s,
 * done at 70 … 74.5 s. */
static void test_redrive(void **state)
{
    (void)state;
    struct run r = run_lines(DEAD "queue.x.redrive[0].at = 70s\nqueue.x.redrive[0].rate = 2/s\n");
    expect(&r, "queue.x", "moved_in", 10);
    expect(&r, "queue.x", "redriven", 10);
    expect(&r, "queue.q", "sent", 20);
    expect(&r, "fleet.f", "processed", 10);
    expect(&r, "fleet.f", "failed", 20);
    expect(&r, "", "lost", 0);
    assert_true(run_stat(&r, "", "latency", "max") == 73.6e9);
    assert_true(run_stat(&r, "", "latency", "min") == 70e9);
    assert_true(run_stat(&r, "queue.x", "depth", "last") == 0);
    run_free(&r);
    r = run_lines(DEAD); /* without: all lost */
    expect(&r, "", "lost", 10);
    run_free(&r);
}

/* Before the fault is mended they die again, with a receive count that began anew (SQS-121). */
static void test_too_early(void **state)
{
    (void)state;
    struct run r = run_lines(DEAD "queue.x.redrive[0].at = 30s\n");
    expect(&r, "queue.x", "moved_in", 20);
    expect(&r, "fleet.f", "failed", 40);
    expect(&r, "", "lost", 10);
    run_free(&r);
}

/* To another queue, with a consumer of its own. */
static void test_elsewhere(void **state)
{
    (void)state;
    struct run r = run_lines(
        DEAD "queue.x.redrive[0].at = 70s\nqueue.x.redrive[0].to = queue.y\n"
             "queue.y.wait_time = 20s\nfleet.g.source = queue.y\nproducer.p.done_at = fleet.g\n");
    expect(&r, "queue.y", "sent", 10);
    expect(&r, "fleet.g", "processed", 10);
    expect(&r, "", "lost", 0);
    assert_true(run_stat(&r, "", "latency", "max") <= 70.018e9); /* 500 a second (SQS-118) */
    run_free(&r);
}

/* A task takes what was there when it started; a second one beside it is refused (SQS-119). */
static void test_one_at_a_time(void **state)
{
    (void)state;
    struct run r = run_lines(DEAD "queue.x.redrive[0].at = 70s\nqueue.x.redrive[0].rate = 1/s\n"
                                  "queue.x.redrive[1].at = 75s\nqueue.x.redrive[1].rate = 1/s\n");
    expect(&r, "queue.x", "refused", 1);
    expect(&r, "queue.x", "redriven", 10);
    run_free(&r);
    r = run_lines(
        DEAD
        "fleet.f.poison.until = 1h\nqueue.x.redrive[0].at = 70s\nqueue.x.redrive[0].rate = 1/s\n");
    expect(&r, "queue.x", "redriven", 10); /* what comes back meanwhile stays */
    expect(&r, "queue.x", "moved_in", 20);
    run_free(&r);
}

static void test_fifo(void **state)
{
    (void)state;
    struct run r =
        run_lines(DEAD "queue.x.redrive[0].at = 70s\nqueue.q.type = fifo\nqueue.x.type = fifo\n"
                       "producer.p.key = uniform_key(3)\n");
    expect(&r, "queue.x", "redriven", 10);
    expect(&r, "fleet.f", "processed", 10);
    run_free(&r);
}

/* Visible, delayed, in flight: all go. The worker's delete at 12 s finds nothing. */
static void test_purge(void **state)
{
    (void)state;
    const char *lines = "run.duration = 100s\nproducer.p.arrivals = constant\nproducer.p.rate = "
                        "1/s\nproducer.p.limit = 5\n"
                        "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = "
                        "queue.q\nfleet.f.time = 4s\n"
                        "queue.q.purge = 10s\n";
    struct run r = run_lines(lines); /* 0-4, 4-8, 8-12 */
    expect(&r, "fleet.f", "processed", 3);
    expect(&r, "fleet.f", "stale_deletes", 1);
    expect(&r, "", "lost", 2);
    expect(&r, "queue.q", "removed", 2);
    assert_true(run_stat(&r, "queue.q", "depth", "last") == 0 &&
                run_stat(&r, "queue.q", "in_flight", "last") == 0);
    run_free(&r);
}

static void refused(const char *more)
{
    char lines[3000];
    struct problems p;
    snprintf(lines, sizeof lines, "%s%s", DEAD, more);
    struct specbuild *b = specbuild_open(lines);
    problems_init(&p);
    specbuild_check(b, &p);
    if (p.n_errors != 1 || p.item[0].code != 285)
        fail_msg("taken: %s", more);
    problems_free(&p);
    specbuild_close(b);
}

static void test_refused(void **state)
{
    (void)state;
    refused("queue.q.redrive[0].at = 1s\n"); /* no dead-letter queue */
    refused("queue.x.redrive[0].at = 1s\nqueue.x.redrive[0].to = queue.x\n");
    refused("queue.x.redrive[0].at = 1s\nqueue.x.redrive[0].to = queue.y\nqueue.y.type = fifo\n");
    refused("queue.x.purge = 10s, 69s\n");
    struct run r = run_lines(DEAD "queue.x.purge = 10s, 70s\n");
    expect(&r, "", "lost", 10);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redrive),   cmocka_unit_test(test_too_early),
        cmocka_unit_test(test_elsewhere), cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_fifo),      cmocka_unit_test(test_purge),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
