/* test_fates.c - what becomes of requests, in schedules worked out by hand: deadline, end of the run, warm-up, dead letters;
 * and closed groups of users. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "run_support.h"

#define EACH_SECOND                                                                                \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = database.d\n"

static void test_deadline(void **state)
{
    (void)state;
    /* One server of 2 s: requests 0, 1, 2 are done after 2, 3 and 4 s. A deadline that is just kept is kept. */
    struct run r = run_lines(EACH_SECOND "run.duration = 3s\nrun.drain = 1min\nproducer.p.deadline = 3s\n"
                                         "database.d.write_time = 2s\n");
    assert_true(run_count(&r, "", "in_time") == 2);
    assert_true(run_count(&r, "", "late") == 1);
    assert_true(run_stat(&r, "", "goodput", "mean") == 2.0 / 3);
    assert_true(run_stat(&r, "", "in_time", "rate") == 2.0 / 3);
    run_free(&r);
}

/* The end comes at 3 s: one is done, one is under way, one waits. Refused ones are lost. */
static void test_end(void **state)
{
    (void)state;
    struct run r = run_lines(EACH_SECOND "run.duration = 3s\ndatabase.d.write_time = 2s\n");
    assert_true(run_count(&r, "", "in_time") == 1);
    assert_true(run_count(&r, "", "waiting") == 2);
    assert_true(run_count(&r, "producer.p", "waiting") == 2);
    run_free(&r);
    r = run_lines(EACH_SECOND "run.duration = 3s\ndatabase.d.write_time = 2s\ndatabase.d.waiting = 0\n");
    assert_true(run_count(&r, "", "in_time") == 1 && run_count(&r, "", "lost") == 1);
    assert_true(run_count(&r, "", "waiting") == 1);
    run_free(&r);
}

/* Ten requests of half a second's work each; measured from 5 s on. The one of 4 s is no more counted, though it is
 * slow and ends after 5 s. */
static void test_warmup(void **state)
{
    (void)state;
    struct run r = run_lines(EACH_SECOND "run.duration = 10s\nrun.warmup = 5s\nrun.interval = 1s\n"
                                         "database.d.connections = 10\ndatabase.d.write_time = 500ms\n"
                                         "fault.f.target = database.d\nfault.f.effect = slow\nfault.f.factor = 4\n"
                                         "fault.f.at = 3500ms\nfault.f.for = 1s\n");
    assert_true(run_count(&r, "", "offered") == 5);
    assert_true(run_count(&r, "", "in_time") == 5);
    assert_true(run_count(&r, "", "done") == 5);
    assert_true(run_count(&r, "", "latency") == 5);
    assert_true(run_count(&r, "producer.p", "told_ok") == 6);  /* what happened after 5 s */
    assert_true(run_count(&r, "database.d", "completed") == 6);
    assert_true(run_stat(&r, "", "latency", "max") == 0.5e9);
    assert_true(fabs(run_stat(&r, "database.d", "busy", "mean") - (5 * 0.5 + 1) / 5) < 1e-12);
    assert_true(run_stat(&r, "", "goodput", "mean") == 1);
    assert_int_equal(r.result->observed, 5 * SIM_S);
    const struct series *s = run_metric(&r, "", "offered")->series;
    assert_int_equal(s->n, 10);
    for (uint32_t i = 0; i < 10; i++)
        assert_true(s->sum[i] == 1); /* series keep everything */
    static const int done[] = {1, 1, 1, 1, 0, 1, 2, 1, 1, 1}; /* that of 4 s at 6 s, though it is none of the five */
    const struct series *all = run_metric(&r, "", "done")->series, *own = run_metric(&r, "producer.p", "done")->series;
    for (uint32_t i = 0; i < 10; i++)
        assert_true(all->sum[i] == done[i] && own->sum[i] == done[i]);
    run_free(&r);
}

/* Dead letters are lost, and their requests are remembered until then. */
static void test_dead_letters(void **state)
{
    (void)state;
    struct run r = run_lines(EACH_SECOND "run.duration = 20s\nrun.drain = 1min\nproducer.p.limit = 4\n"
                                         "producer.p.target = queue.q\nproducer.p.done_at = database.d\n"
                                         "queue.q.wait_time = 20s\nqueue.q.visibility_timeout = 1s\n"
                                         "queue.q.dead_letter.queue = queue.dead\n"
                                         "queue.q.dead_letter.max_receive_count = 2\nqueue.dead.retention = 14d\n"
                                         "fleet.f.source = queue.q\nfleet.f.calls[0].target = database.d\n"
                                         "database.d.write_time = 10ms\n"
                                         "fault.f.target = database.d\nfault.f.effect = fail\nfault.f.probability = 100%\n"
                                         "fault.f.at = 0s\nfault.f.for = 2500ms\n");
    /* 0, 1 and 2 fail at their births; 0 and 1 again a second later; 2 is tried again at 3 s and done. */
    assert_true(run_count(&r, "queue.dead", "moved_in") == 2);
    assert_true(run_count(&r, "", "lost") == 2);
    assert_true(run_count(&r, "", "in_time") == 2);
    run_free(&r);
}

/* --- a closed group --- */

/* Five users who think 10 s, one server of 2 s, all exponential: the machine repair model by its chain. */
static void test_closed(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 400000s\nrun.warmup = 1000s\nproducer.p.arrivals = closed\n"
                             "producer.p.users = 5\nproducer.p.think = exponential(10s)\nproducer.p.target = service.s\n"
                             "service.s.time = exponential(2s)\n");
    double p = 1, sum = 0, inside = 0;
    for (int n = 0; n <= 5; n++) {
        sum += p;
        inside += n * p;
        p *= (5 - n) * 0.2;
    }
    double busy = 1 - 1 / sum;
    assert_true(fabs(run_stat(&r, "service.s", "utilisation", "mean") / busy - 1) < 0.01);
    assert_true(fabs(run_stat(&r, "service.s", "in_system", "mean") / (inside / sum) - 1) < 0.02);
    assert_true(fabs(run_stat(&r, "service.s", "completed", "rate") / (busy / 2) - 1) < 0.01);
    run_free(&r);
}

/* Constant times: two users, think 3 s, work 1 s, one server: births at 3, 3, 7, 8, 11, 12 … */
static void test_closed_constant(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 13s\nrun.drain = 1min\nproducer.p.arrivals = closed\nproducer.p.users = 2\n"
                             "producer.p.think = 3s\nproducer.p.target = service.s\nservice.s.time = 1s\n");
    assert_true(run_count(&r, "", "offered") == 6);
    assert_true(run_stat(&r, "", "latency", "max") == 2e9);
    assert_true(run_metric(&r, "", "latency")->sum == 7e9);
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_warmup),
        cmocka_unit_test(test_dead_letters),
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_closed_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
