/* test_fan_out.c - one request, several places: a process that dies between its sends, subscribers that each do the work once, endpoints
 * and what their answers are worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "run_support.h"

#define PRODUCER                                                                                                       \
    "run.duration = 10min\nrun.drain = 5min\nproducer.p.arrivals = constant\nproducer.p.rate = 10/s\nproducer.p.limit = 5000\n"
#define SENDS                                                                                                          \
    PRODUCER "producer.p.target = service.web\nproducer.p.done_at = fleet.a\n"                                          \
             "service.web.sends[0].target = queue.a\nservice.web.sends[1].target = queue.b\nservice.web.sends[2].target = "  \
             "queue.c\nqueue.a.wait_time = 20s\nqueue.b.wait_time = 20s\nqueue.c.wait_time = 20s\nfleet.a.source = queue.a\nfleet.b.source = queue.b\nfleet.c.source = queue.c\n"

static double count(const char *lines, const char *entity, const char *metric)
{
    struct run r = run_lines(lines);
    double got = run_count(&r, entity, metric);
    run_free(&r);
    return got;
}

/* A known number of steps: those queues have all, the others nothing, and every client is told no. */
static void test_crash_after(void **state)
{
#define AFTER(n) SENDS "service.web.crash.probability = 100%\nservice.web.crash.after = " n "\n"
    (void)state;
    assert_true(count(AFTER("1"), "queue.a", "sent") == 5000);
    assert_true(count(AFTER("1"), "queue.b", "sent") == 0);
    assert_true(count(AFTER("1"), "service.web", "crashed") == 5000);
    assert_true(count(AFTER("1"), "producer.p", "told_no") == 5000);
    assert_true(count(AFTER("0"), "queue.a", "sent") == 0);
    assert_true(count(AFTER("3"), "queue.c", "sent") == 5000);
    assert_true(count(AFTER("3"), "producer.p", "told_no") == 5000);
}

/* Anywhere: before the k-th of three sends with 1/4 each, k = 1 … 3, or after the last. Of 5,000, all dying: the first queue lacks
 * 1/4, the second 2/4, the third 3/4; standard deviations 31, 35, 31. */
static void test_crash_anywhere(void **state)
{
    struct run r = run_lines(SENDS "service.web.crash.probability = 100%\n");
    (void)state;
    assert_in_range((uint64_t)run_count(&r, "queue.a", "sent"), 3750 - 130, 3750 + 130);
    assert_in_range((uint64_t)run_count(&r, "queue.b", "sent"), 2500 - 140, 2500 + 140);
    assert_in_range((uint64_t)run_count(&r, "queue.c", "sent"), 1250 - 130, 1250 + 130);
    run_free(&r);
    assert_in_range((uint64_t)count(SENDS "service.web.crash.probability = 10%\n", "service.web", "crashed"), 500 - 90, 500 + 90);
    assert_true(count(SENDS "service.web.crash.probability = 0%\n", "service.web", "crashed") == 0);
}

/* Each subscriber does each message once: that another did it before makes no duplicate. */
static void test_each_its_own(void **state)
{
    struct run r = run_lines(SENDS);
    static const char *const fleet[] = {"fleet.a", "fleet.b", "fleet.c"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(run_count(&r, fleet[i], "processed") == 5000);
        assert_true(run_count(&r, fleet[i], "duplicates") == 0);
    }
    run_free(&r);
    /* Work of 3 s at a visibility timeout of 2 s: both of b's workers get the message, and the second has it done again. */
#define SLOW SENDS "producer.p.limit = 1\nqueue.b.visibility_timeout = 2s\nfleet.b.time = 3s\nfleet.b.size = 2\n"
    assert_true(count(SLOW, "fleet.b", "duplicates") == 1);
    assert_true(count(SLOW, "fleet.c", "duplicates") == 0);
}

/* 5xx is tried again, 4xx is not. */
static void test_endpoint(void **state)
{
#define ENDPOINT(what) PRODUCER "producer.p.target = endpoint.web\nproducer.p.call.attempts = 3\nendpoint.web." what "\n"
    (void)state;
    assert_true(count(ENDPOINT("time = 10ms"), "producer.p", "told_ok") == 5000);
    assert_true(count(ENDPOINT("time = 10ms"), "", "in_time") == 5000);
    assert_true(count(ENDPOINT("errors = 100%"), "producer.p", "tries") == 15000);
    assert_true(count(ENDPOINT("errors = 100%"), "endpoint.web", "errors") == 15000);
    assert_true(count(ENDPOINT("errors = 100%"), "", "lost") == 5000);
    assert_true(count(ENDPOINT("rejections = 100%"), "producer.p", "tries") == 5000);
    assert_true(count(ENDPOINT("rejections = 100%"), "producer.p", "told_no") == 5000);
    assert_in_range((uint64_t)count(ENDPOINT("rejections = 20%"), "endpoint.web", "rejections"), 1000 - 120, 1000 + 120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crash_after),
        cmocka_unit_test(test_crash_anywhere),
        cmocka_unit_test(test_each_its_own),
        cmocka_unit_test(test_endpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
