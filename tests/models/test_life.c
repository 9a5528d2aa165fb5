/* test_life.c - the lives of recorded requests, told line by line and worked out by hand. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "run_support.h"

/* Messages at 0, 1, … up to a limit; a long poll always stands ready. */
#define QUEUE(limit)                                                                               \
    "run.duration = 30s\nrun.drain = 30s\n"                                                        \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = " limit "\n"        \
    "producer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\n"
#define FIRST "run.record = producer.p: 1\n"

/* "#1 2.5 s received queue.q #1 fleet.f[0] until 5 s", all that is there. */
static char *tell(const struct run *r)
{
    static char text[20000];
    size_t at = 0;
    const struct life *l = &r->result->life;
    text[0] = '\0';
    for (uint32_t i = 0; i < l->n; i++) {
        const struct life_event *e = &l->event[i];
        const struct spec_entity *entity = r->spec->entity;
#define SAY(...) at += (size_t)snprintf(text + at, sizeof text - at, __VA_ARGS__)
        SAY("#%" PRIu64 " %gs %s %s", e->item + 1, (double)e->at / 1e9, life_word(e->what),
            entity[e->entity].path);
        if (e->message > 0)
            SAY(" message %" PRIu32, e->message);
        if (e->receives > 0)
            SAY(" receive %" PRIu32, e->receives);
        if (e->other != LIFE_NONE)
            SAY(" %s", entity[e->other].path);
        if (e->worker != LIFE_NONE)
            SAY("[%" PRIu32 "]", e->worker);
        if (e->until != SIM_NEVER)
            SAY(" until %gs", (double)e->until / 1e9);
        if (e->value >= 0)
            SAY(" value %" PRId64, e->value);
        if (e->cause_producer != LIFE_NONE)
            SAY(" by #%" PRIu64, e->cause + 1);
        if (e->why[0] != '\0')
            SAY(" (%s)", e->why);
        SAY("\n");
    }
    return text;
}

static void check_life(const char *lines, const char *want)
{
    struct run r = run_lines(lines);
    const char *got = tell(&r);
    if (strcmp(got, want) != 0) {
        printf("in\n%swanted:\n%sgot:\n%s", lines, want, got);
        fail();
    }
    run_free(&r);
}

static void test_plain(void **state)
{
    (void)state;
    check_life(QUEUE("3") "fleet.f.time = 2s\nproducer.p.size = 2KiB\nrun.record = producer.p: 2\n",
               "#2 1s born producer.p value 2048\n"
               "#2 1s sent queue.q message 2\n"
               "#2 1s told ok producer.p\n"
               "#2 2s received queue.q receive 1 fleet.f[0] until 32s\n"
               "#2 2s begun fleet.f receive 1[0]\n"
               "#2 4s done fleet.f receive 1[0] value 2000000000\n"
               "#2 4s effect fleet.f value 1\n"
               "#2 4s deleted queue.q receive 1 fleet.f[0]\n");
}

/* Work of 5 s at a visibility timeout of 3 s: received twice, done twice. The delete at 5 s is
 * honoured (SQS-59), so the second one finds nothing. */
static void test_twice(void **state)
{
    (void)state;
    check_life(QUEUE("1") FIRST
               "fleet.f.time = 5s\nfleet.f.size = 2\nqueue.q.visibility_timeout = 3s\n",
               "#1 0s born producer.p value 1024\n"
               "#1 0s sent queue.q message 1\n"
               "#1 0s received queue.q receive 1 fleet.f[0] until 3s\n"
               "#1 0s begun fleet.f receive 1[0]\n"
               "#1 0s told ok producer.p\n"
               "#1 3s shown queue.q receive 1\n"
               "#1 3s received queue.q receive 2 fleet.f[1] until 6s\n"
               "#1 3s begun fleet.f receive 2[1]\n"
               "#1 5s done fleet.f receive 1[0] value 5000000000\n"
               "#1 5s effect fleet.f value 1\n"
               "#1 5s deleted queue.q receive 1 fleet.f[0]\n"
               "#1 8s done fleet.f receive 2[1] value 5000000000\n"
               "#1 8s effect fleet.f value 2\n"
               "#1 8s deleted late queue.q receive 2 fleet.f[1] (stale)\n");
}

/* Poison: failed at 1 and 4 s, moved by the receive of 6 s. */
static void test_dead(void **state)
{
    (void)state;
    check_life(QUEUE("1") FIRST
               "fleet.f.time = 1s\nqueue.q.visibility_timeout = 3s\nfleet.f.poison.share = 100%\n"
               "queue.q.dead_letter.queue = queue.x\nqueue.q.dead_letter.max_receive_count = 2\n"
               "queue.x.wait_time = 0s\n",
               "#1 0s born producer.p value 1024\n"
               "#1 0s sent queue.q message 1\n"
               "#1 0s received queue.q receive 1 fleet.f[0] until 3s\n"
               "#1 0s begun fleet.f receive 1[0]\n"
               "#1 0s told ok producer.p\n"
               "#1 1s failed fleet.f receive 1[0] (poison)\n"
               "#1 3s shown queue.q receive 1\n"
               "#1 3s received queue.q receive 2 fleet.f[0] until 6s\n"
               "#1 3s begun fleet.f receive 2[0]\n"
               "#1 4s failed fleet.f receive 2[0] (poison)\n"
               "#1 6s shown queue.q receive 2\n"
               "#1 6s dead-lettered queue.q receive 2 queue.x\n"
               "#1 6s moved in queue.x message 1 queue.q\n");
}

/* A crash, a delay, a heartbeat, a client that waits too little and sends again. */
static void test_more(void **state)
{
    (void)state;
    check_life(QUEUE("1") FIRST
               "queue.q.delay = 2s\nqueue.q.visibility_timeout = 4s\nfleet.f.time = 5s\n"
               "fleet.f.heartbeat.extend = 4s\nfault.x.target = fleet.f\nfault.x.effect = down\n"
               "fault.x.at = 5s\nfault.x.for = 1s\n",
               "#1 0s born producer.p value 1024\n"
               "#1 0s sent queue.q message 1 until 2s\n"
               "#1 0s told ok producer.p\n"
               "#1 2s shown queue.q\n"
               "#1 2s received queue.q receive 1 fleet.f[0] until 6s\n"
               "#1 2s begun fleet.f receive 1[0]\n"
               "#1 4s extended queue.q receive 1 fleet.f[0] until 8s\n"
               "#1 5s crashed fleet.f receive 1[0]\n"
               "#1 8s shown queue.q receive 1\n"
               "#1 8s received queue.q receive 2 fleet.f[0] until 12s\n"
               "#1 8s begun fleet.f receive 2[0]\n"
               "#1 10s extended queue.q receive 2 fleet.f[0] until 14s\n"
               "#1 12s extended queue.q receive 2 fleet.f[0] until 16s\n"
               "#1 13s done fleet.f receive 2[0] value 5000000000\n"
               "#1 13s effect fleet.f value 1\n"
               "#1 13s deleted queue.q receive 2 fleet.f[0]\n");
    check_life(
        QUEUE("1") FIRST
        "queue.q.api_latency = 2s\nproducer.p.call.timeout = 1s\nproducer.p.call.attempts = 2\n"
        "fleet.f.size = 2\nfleet.f.idempotent.by = request\n",
        "#1 0s born producer.p value 1024\n"
        "#1 1s timeout producer.p queue.q value 1\n"
        "#1 1s retry producer.p queue.q value 2\n"
        "#1 2s sent queue.q message 1\n"
        "#1 2s received queue.q receive 1 fleet.f[0] until 32s\n"
        "#1 2s begun fleet.f receive 1[0]\n"
        "#1 2s done fleet.f receive 1[0] value 0\n"
        "#1 2s effect fleet.f value 1\n"
        "#1 2s timeout producer.p queue.q value 2\n"
        "#1 2s told no producer.p\n"
        "#1 3s sent queue.q message 2\n"
        "#1 3s received queue.q receive 1 fleet.f[1] until 33s\n"
        "#1 3s begun fleet.f receive 1[1]\n"
        "#1 3s recognised fleet.f receive 1[1]\n"
        "#1 4s deleted queue.q receive 1 fleet.f[0]\n"
        "#1 5s deleted queue.q receive 1 fleet.f[1]\n");
}

/* FIFO, one group, each message worked on for 5 s by one of two workers: the third waits for both
 * before it, the group stands still from 0 to 5 s for the first and from 5 to 10 s for the second.
 */
static void test_behind(void **state)
{
    (void)state;
    check_life(QUEUE("3") "run.record = producer.p: 3\nqueue.q.type = fifo\nproducer.p.key = "
                          "uniform_key(1)\n"
                          "fleet.f.time = 5s\nfleet.f.size = 2\n",
               "#3 2s born producer.p value 1024\n"
               "#3 2s sent queue.q message 3\n"
               "#3 2s told ok producer.p\n"
               "#3 10s behind queue.q until 5s value 1 by #2\n"
               "#3 10s received queue.q receive 1 fleet.f[0] until 40s\n"
               "#3 10s begun fleet.f receive 1[0]\n"
               "#3 15s done fleet.f receive 1[0] value 5000000000\n"
               "#3 15s effect fleet.f value 1\n"
               "#3 15s deleted queue.q receive 1 fleet.f[0]\n");
    /* The first one's worker dies over it: nothing moves until 20 s. */
    check_life(QUEUE("2") "run.record = producer.p: 2\nqueue.q.type = fifo\nproducer.p.key = "
                          "uniform_key(1)\n"
                          "fleet.f.time = 5s\nfleet.f.size = 2\nqueue.q.visibility_timeout = "
                          "20s\nfault.x.target = fleet.f\n"
                          "fault.x.effect = down\nfault.x.at = 3s\nfault.x.for = 1s\n",
               "#2 1s born producer.p value 1024\n"
               "#2 1s sent queue.q message 2\n"
               "#2 1s told ok producer.p\n"
               "#2 25s behind queue.q until 19s value 1 by #1\n"
               "#2 25s received queue.q receive 1 fleet.f[1] until 45s\n"
               "#2 25s begun fleet.f receive 1[1]\n"
               "#2 30s done fleet.f receive 1[1] value 5000000000\n"
               "#2 30s effect fleet.f value 1\n"
               "#2 30s deleted queue.q receive 1 fleet.f[1]\n");
}

/* Nobody comes: retention ends it. */
static void test_retired(void **state)
{
    (void)state;
    check_life("run.duration = 2min\nproducer.p.arrivals = constant\nproducer.p.rate = "
               "1/s\nproducer.p.limit = 1\n"
               "producer.p.target = queue.q\nqueue.q.retention = 60s\nproducer.p.done_at = "
               "queue.q\n" FIRST,
               "#1 0s born producer.p value 1024\n"
               "#1 0s sent queue.q message 1\n"
               "#1 0s told ok producer.p\n"
               "#1 60s retired queue.q value 60000000000\n"
               "#1 60s lost producer.p\n");
}

/* --- which, and at what price --- */

static uint32_t recorded(const struct run *r, uint64_t *sum)
{
    uint32_t n = 0;
    *sum = 0;
    for (uint32_t i = 0; i < r->result->life.n; i++)
        if (r->result->life.event[i].what == LIFE_BORN) {
            n++;
            *sum += r->result->life.event[i].item + 1;
        }
    return n;
}

static void test_rules(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        uint32_t n;
        uint64_t sum;
    } row[] = {
        {"producer.p: 5", 1, 5},
        {"producer.p: 1-4, 9", 5, 19},
        {" producer.p :2 , 4-5 ", 3, 11},
        {"producer.p: every 10", 3, 60},
        {"producer.p: every 10, 10-11", 4, 71},
        {"producer.p: 1-1000", 30, 465},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char lines[1000];
        uint64_t sum;
        snprintf(lines, sizeof lines, QUEUE("30") "run.record = %s\n", row[i].rule);
        struct run r = run_lines(lines);
        assert_int_equal(recorded(&r, &sum), row[i].n);
        assert_int_equal(sum, row[i].sum);
        run_free(&r);
    }
}

static void test_bad_rules(void **state)
{
    (void)state;
    static const char *const rule[] = {"",
                                       "producer.p",
                                       "producer.p:",
                                       "producer.q: 1",
                                       "queue.q: 1",
                                       "producer.p: 0",
                                       "producer.p: 5-4",
                                       "producer.p: 1,",
                                       "producer.p: 1 2",
                                       "producer.p: 1; producer.p: 2",
                                       "producer.p: every",
                                       "producer.p: every 0",
                                       "producer.p: 99999999999999",
                                       "5"};
    for (size_t i = 0; i < sizeof rule / sizeof rule[0]; i++) {
        char lines[1000];
        struct problems p;
        snprintf(lines, sizeof lines, QUEUE("30") "run.record = %s\n", rule[i]);
        struct specbuild *b = specbuild_open(lines);
        problems_init(&p);
        const struct spec *s = specbuild_check(b, &p);
        if (p.n_errors != 1 || p.item[0].code != 286 || s->n_record != 0)
            fail_msg("run.record = \"%s\" is taken", rule[i]);
        problems_free(&p);
        specbuild_close(b);
    }
}

/* Recording changes nothing; and what is recorded is the same whatever the configuration. */
static void test_no_influence(void **state)
{
    (void)state;
    const char *lines =
        "run.duration = 500s\nproducer.p.rate = 5/s\nproducer.p.target = queue.q\nproducer.p.key = "
        "uniform_key(20)\n"
        "queue.q.wait_time = 20s\nqueue.q.type = fifo\nqueue.q.visibility_timeout = "
        "5s\nfleet.f.source = queue.q\n"
        "queue.q.dead_letter.queue = queue.x\nqueue.q.dead_letter.max_receive_count = "
        "2\nqueue.x.type = fifo\n"
        "fleet.f.time = exponential(1s)\nfleet.f.batch = 3\nfleet.f.crash.probability = 2%\n";
    char more[2000];
    uint64_t sum[2];
    snprintf(more, sizeof more, "%sfleet.f.size = 10\nrun.record = producer.p: 1-50, every 7\n",
             lines);
    struct run with = run_lines(more);
    snprintf(more, sizeof more, "%sfleet.f.size = 10\n", lines);
    struct run without = run_lines(more);
    assert_true(with.result->run_fingerprint == without.result->run_fingerprint);
    assert_true(with.result->life.n > 1000 && without.result->life.n == 0);
    uint32_t n = recorded(&with, &sum[0]);
    run_free(&with);
    run_free(&without);
    snprintf(more, sizeof more,
             "%sfleet.f.size = 3\nfleet.f.crash.probability = 0\nrun.record = producer.p: 1-50, "
             "every 7\n",
             lines);
    struct run other = run_lines(more);
    assert_int_equal(recorded(&other, &sum[1]), n);
    assert_true(sum[0] == sum[1]);
    run_free(&other);
}

/* Every story hangs together: in order of time; each message received, then deleted, expired or
 * moved at most once by count; no receive while hidden. */
static void test_stories(void **state)
{
    (void)state;
    struct run r = run_lines(
        "run.duration = 300s\nrun.drain = 1h\nproducer.p.rate = 5/s\nproducer.p.target = queue.q\n"
        "queue.q.wait_time = 20s\nqueue.q.visibility_timeout = 5s\nfleet.f.source = queue.q\n"
        "fleet.f.time = exponential(2s)\nfleet.f.size = 30\nfleet.f.crash.probability = 2%\n"
        "fleet.f.heartbeat.extend = 4s, 6s\nrun.record = producer.p: 1-1000\n");
    const struct life *l = &r.result->life;
    static sim_time hidden[1000];
    static uint32_t receives[1000];
    memset(hidden, 0, sizeof hidden);
    memset(receives, 0, sizeof receives);
    for (uint32_t i = 0; i < l->n; i++) {
        const struct life_event *e = &l->event[i];
        if (i > 0)
            assert_true(e->at >= l->event[i - 1].at);
        if (e->what == LIFE_RECEIVED) {
            assert_true(e->at >= hidden[e->item]);
            assert_int_equal(e->receives, ++receives[e->item]);
        }
        if (e->what == LIFE_RECEIVED || e->what == LIFE_EXTENDED)
            hidden[e->item] = e->until;
        if (e->what == LIFE_SHOWN)
            assert_true(e->at == hidden[e->item]);
    }
    uint32_t again = 0;
    for (int i = 0; i < 1000; i++)
        again += receives[i] > 1;
    assert_true(again > 5);
    run_free(&r);
}

/* The n-th message of a queue, found while it runs. */
static void test_quest(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open(
        QUEUE("30") "producer.second.arrivals = constant\nproducer.second.rate = 1/s\n"
                    "producer.second.start = 500ms\nproducer.second.target = queue.q\n");
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    struct world *w = world_open(spec, 0, &err);
    w->quest.where = w->entity[spec_find(spec, "queue.q")->index];
    w->quest.number = 6;
    assert_false(sim_run(w->sim, w->end, &w->quest.found) && w->quest.found == 0);
    assert_int_equal(w->quest.found, 1);
    assert_int_equal(w->quest.item, 2); /* 0, 0.5, 1, 1.5, 2, 2.5 s */
    assert_string_equal(spec->entity[w->quest.producer].path, "producer.second");
    world_close(w);
    specbuild_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_dead),         cmocka_unit_test(test_more),
        cmocka_unit_test(test_behind),       cmocka_unit_test(test_retired),
        cmocka_unit_test(test_rules),        cmocka_unit_test(test_bad_rules),
        cmocka_unit_test(test_no_influence), cmocka_unit_test(test_stories),
        cmocka_unit_test(test_quest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
