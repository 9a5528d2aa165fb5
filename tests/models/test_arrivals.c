/* test_arrivals.c - laws of arrivals in a world: schedules worked out by hand, moments against theory, and the promise
 * that a random number has an address. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "modulation.h"
#include "run_same.h"
#include "testrand.h"

#define SERVED "producer.p.target = service.s\nservice.s.servers = 1000000\n"

static void expect_births(const char *lines, const int *per_second, uint32_t n)
{
    struct run r = run_lines(lines);
    const struct series *s = run_metric(&r, "producer.p", "offered")->series;
    assert_true(s->n >= n);
    for (uint32_t i = 0; i < s->n; i++) {
        int want = i < n ? per_second[i] : 0;
        if (s->sum[i] != want)
            fail_msg("%d births in second %u, not %d", (int)s->sum[i], i, want);
    }
    run_free(&r);
}

#define TEN "run.duration = 10s\nrun.interval = 1s\n" SERVED

/* --- by hand --- */

static void test_renewal(void **state)
{
    (void)state;
    /* Every 1.5 s, the first after one interval: 1.5 3 4.5 6 7.5 9. */
    static const int want[] = {0, 1, 0, 1, 1, 0, 1, 1, 0, 1};
    expect_births(TEN "producer.p.arrivals = renewal\nproducer.p.interval = 1500ms\n", want, 10);
    static const int from[] = {0, 0, 0, 0, 0, 1, 0, 1, 1, 0}; /* 4 + 1.5 k */
    expect_births(TEN "producer.p.arrivals = renewal\nproducer.p.interval = 1500ms\nproducer.p.start = 4s\n", from, 10);
}

static void test_batches(void **state)
{
    (void)state;
    static const int want[] = {3, 0, 0, 3, 0, 0, 3, 0, 0, 3};
    static const int cut[] = {3, 0, 0, 3, 0, 0, 1};
    const char *lines = TEN "producer.p.arrivals = constant\nproducer.p.rate = 20/min\nproducer.p.batch_size = 3\n";
    char limited[1000];
    expect_births(lines, want, 10);
    snprintf(limited, sizeof limited, "%sproducer.p.limit = 7\n", lines);
    expect_births(limited, cut, 7);
}

/* Two states of constant length with chances of their own: on for 2 s, then off for 3 s; nothing comes while off. */
static void test_bursts(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 100s\nrun.interval = 1s\n" SERVED "producer.p.arrivals = mmpp\n"
                             "producer.p.states[0].rate = 200/s\nproducer.p.states[0].duration = 2s\n"
                             "producer.p.states[1].rate = 0/s\nproducer.p.states[1].duration = 3s\n");
    const struct series *s = run_metric(&r, "producer.p", "offered")->series;
    double on = 0;
    for (uint32_t i = 0; i < 100; i++) {
        if (i % 5 >= 2)
            assert_true(s->sum[i] == 0);
        else
            on += (double)s->sum[i];
    }
    assert_true(fabs(on - 40 * 200) < 4.5 * sqrt(40 * 200));
    run_free(&r);
}

/* Users come one after the other: at 0, 2.5, 5 and 7.5 s, and then think for a second before each request. */
static void test_ramp_up(void **state)
{
    (void)state;
    static const int want[] = {0, 1, 1, 2, 2, 2, 3, 3, 4, 4}; /* at 1 2 …; 3.5 4.5 …; 6 7 …; 8.5 9.5 */
    expect_births(TEN "producer.p.arrivals = closed\nproducer.p.users = 4\nproducer.p.think = 1s\n"
                      "producer.p.ramp_up = 10s\n", want, 10);
}

/* Several sources feed one target. */
static void test_several_sources(void **state)
{
    (void)state;
    struct run r = run_lines(TEN "producer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                                 "producer.q.arrivals = renewal\nproducer.q.interval = 2s\nproducer.q.target = service.s\n"
                                 "producer.r.arrivals = constant\nproducer.r.rate = 1/s\nproducer.r.batch_size = 5\n"
                                 "producer.r.limit = 20\nproducer.r.target = service.s\n");
    assert_true(run_count(&r, "producer.p", "offered") == 10);
    assert_true(run_count(&r, "producer.q", "offered") == 4);
    assert_true(run_count(&r, "producer.r", "offered") == 20);
    assert_true(run_count(&r, "service.s", "completed") == 34);
    assert_true(run_count(&r, "", "offered") == 34);
    run_free(&r);
}

/* --- sending in batches --- */

#define TO_QUEUE                                                                                   \
    "run.duration = 10s\nrun.drain = 1min\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n" \
    "producer.p.target = queue.q\nproducer.p.limit = 50\nproducer.p.batch_size = 25\n"             \
    "queue.q.wait_time = 20s\nfleet.f.source = queue.q\nfleet.f.size = 100\n"

/* Two batches of 25: calls of 10, 10 and 5, or one each. */
static void test_send_batch(void **state)
{
    (void)state;
    struct run one = run_lines(TO_QUEUE), ten = run_lines(TO_QUEUE "producer.p.send_batch = true\n");
    assert_true(run_count(&one, "queue.q", "calls_send") == 50);
    assert_true(run_count(&ten, "queue.q", "calls_send") == 6);
    assert_true(run_count(&one, "queue.q", "sent") == 50 && run_count(&ten, "queue.q", "sent") == 50);
    assert_true(run_count(&ten, "producer.p", "told_ok") == 50 && run_count(&ten, "producer.p", "tries") == 50);
    assert_true(run_count(&ten, "", "in_time") == 50 && run_count(&ten, "", "lost") == 0);
    run_free(&one);
    run_free(&ten);
}

/* The queue is down from 0.5 to 3.5 s. The batch of 1 s is refused at once, and again at 2 and 3 s; the fourth attempt,
 * at 4 s, is taken. With two attempts it is lost. */
static void test_send_batch_again(void **state)
{
    (void)state;
#define DOWN                                                                                       \
    TO_QUEUE "producer.p.send_batch = true\nproducer.p.start = 1s\nproducer.p.limit = 25\n"        \
             "fault.d.target = queue.q\nfault.d.effect = down\nfault.d.at = 500ms\nfault.d.for = 3s\n" \
             "producer.p.call.backoff = constant(1s)\n"
    struct run four = run_lines(DOWN "producer.p.call.attempts = 4\n"), two = run_lines(DOWN "producer.p.call.attempts = 2\n");
    assert_true(run_count(&four, "producer.p", "told_ok") == 25 && run_count(&four, "producer.p", "tries") == 100);
    assert_true(run_count(&four, "producer.p", "retries") == 75);
    assert_true(run_stat(&four, "producer.p", "answer", "max") == 3e9);
    assert_true(run_count(&two, "producer.p", "told_no") == 25 && run_count(&two, "", "lost") == 25);
    run_free(&four);
    run_free(&two);
}

/* The API takes 2 s, the client waits 1 s, twice: both attempts are accepted later, so everything is sent twice. */
static void test_send_batch_late(void **state)
{
    (void)state;
    struct run r = run_lines(TO_QUEUE "producer.p.send_batch = true\nproducer.p.limit = 10\nproducer.p.batch_size = 10\n"
                                      "queue.q.api_latency = 2s\nproducer.p.call.timeout = 1s\n"
                                      "producer.p.call.attempts = 2\n");
    assert_true(run_count(&r, "queue.q", "sent") == 20 && run_count(&r, "queue.q", "calls_send") == 2);
    assert_true(run_count(&r, "producer.p", "timeouts") == 20 && run_count(&r, "producer.p", "told_no") == 10);
    assert_true(run_count(&r, "", "in_time") == 10 && run_count(&r, "", "repeated") == 10);
    assert_true(run_count(&r, "", "gave_up_done") == 10);
    run_free(&r);
}

/* Half of the messages are too large. Both kinds leave the call: nobody sends a message again that is refused as it is. */
static void test_send_batch_parts(void **state)
{
    (void)state;
    struct run r = run_lines(TO_QUEUE "producer.p.send_batch = true\nproducer.p.limit = 2000\nrun.duration = 100s\n"
                                      "producer.p.size = mixture(50%: 1KiB, 50%: 2KiB)\nproducer.p.call.attempts = 2\n"
                                      "queue.q.max_message_size = 1KiB\n");
    double ok = run_count(&r, "producer.p", "told_ok"), no = run_count(&r, "producer.p", "told_no");
    assert_true(ok + no == 2000 && fabs(ok - 1000) < 4.5 * sqrt(500));
    assert_true(run_count(&r, "queue.q", "sent") == ok && run_count(&r, "queue.q", "refused") == no);
    assert_true(run_count(&r, "producer.p", "tries") == 2000 && run_count(&r, "producer.p", "retries") == 0);
    assert_true(run_count(&r, "", "in_time") == ok && run_count(&r, "", "lost") == no);
    run_free(&r);
}

/* --- against theory --- */

/* Index of dispersion of counts, over windows of a second. */
static void counts_of(const char *lines, double *mean, double *dispersion, double *next)
{
    struct run r = run_lines(lines);
    const struct series *s = run_metric(&r, "producer.p", "offered")->series;
    double sum = 0, square = 0, pair = 0;
    for (uint32_t i = 0; i < s->n; i++)
        sum += (double)s->sum[i] / s->n;
    for (uint32_t i = 0; i < s->n; i++)
        square += ((double)s->sum[i] - sum) * ((double)s->sum[i] - sum) / s->n;
    for (uint32_t i = 0; i + 1 < s->n; i++)
        pair += ((double)s->sum[i] - sum) * ((double)s->sum[i + 1] - sum) / (s->n - 1);
    *mean = sum;
    *dispersion = square / sum;
    *next = pair / sum;
    run_free(&r);
}

#define LONG "run.duration = 9000s\nrun.interval = 1s\nrun.histograms = false\n" SERVED

/* Batches of a Poisson stream: variance over mean of the counts is E[X^2]/E[X]; uniform(1, 3): 14/3 over 2. */
static void test_batch_dispersion(void **state)
{
    (void)state;
    double mean, dispersion, next;
    counts_of(LONG "producer.p.rate = 50/s\nproducer.p.batch_size = uniform(1, 3)\n", &mean, &dispersion, &next);
    assert_true(fabs(mean - 100) < 4.5 * sqrt(100 * 7 / 3.0 / 9000));
    assert_true(fabs(dispersion - 7 / 3.0) < 4.5 * 7 / 3.0 * sqrt(2.0 / 9000));
    assert_true(fabs(next) < 4.5 * 7 / 3.0 / sqrt(9000));
}

/* A renewal stream's dispersion over long windows is the squared variation of its intervals: 1/4 for erlang(4). */
static void test_renewal_dispersion(void **state)
{
    (void)state;
    double mean, dispersion, next;
    counts_of(LONG "producer.p.arrivals = renewal\nproducer.p.interval = erlang(k=4, mean=2ms)\n", &mean, &dispersion, &next);
    assert_true(fabs(mean - 500) < 4.5 * sqrt(500 / 4.0 / 9000));
    assert_true(fabs(dispersion - 0.25) < 4.5 * 0.25 * sqrt(2.0 / 9000) + 0.001); /* + (1 - c^4)/6 over the mean, about */
}

/* Three states that follow by lot. Visits by the chain: v = v P with P = (0 .7 .3; 1 0 0; .5 .5 0); v ~ (1, .85, .3).
 * Time spent ~ (1, .85 * 2, .3 * 4) = (1, 1.7, 1.2). Mean rate (20 + 1.7 * 5 + 1.2 * 100) / 3.9. */
static void test_states(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 60000s\nrun.series = false\n" SERVED "producer.p.arrivals = mmpp\n"
                             "producer.p.states[0].rate = 20/s\nproducer.p.states[0].duration = exponential(1s)\n"
                             "producer.p.states[0].next = 0%, 70%, 30%\n"
                             "producer.p.states[1].rate = 5/s\nproducer.p.states[1].duration = erlang(k=2, mean=2s)\n"
                             "producer.p.states[1].next = 100%, 0%, 0%\n"
                             "producer.p.states[2].rate = 100/s\nproducer.p.states[2].duration = exponential(4s)\n"
                             "producer.p.states[2].next = 50%, 50%, 0%\n");
    double want = (20 + 1.7 * 5 + 1.2 * 100) / 3.9;
    assert_true(fabs(run_count(&r, "producer.p", "offered") / 60000 / want - 1) < 0.03);
    run_free(&r);
}

/* An M/M/1 fed by batches (Gross and Harris, ch. 3): with batches of 2, rate 0.35, mu 1: L = 3.5, W = 5. */
static void test_batch_station(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 600000s\nrun.warmup = 1000s\nrun.series = false\nproducer.p.rate = 0.35/s\n"
                             "producer.p.batch_size = 2\nproducer.p.target = service.s\nservice.s.time = exponential(1s)\n");
    assert_true(fabs(run_stat(&r, "service.s", "in_system", "mean") / 3.5 - 1) < 0.03);
    assert_true(fabs(run_stat(&r, "producer.p", "latency", "mean") / 5e9 - 1) < 0.03);
    run_free(&r);
}

/* --- addresses --- */

/* One a second for 2 s, two a second for 3 s, and so on. A step of 1.5 ends at 1.5 s; the next has half a unit left at
 * 2 s, and one more takes half a second; 5.5 are the 5 until 5 s and half a second of the first state again. */
static void test_steps_by_hand(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    struct rng_stream s = rng_stream(1, "test/state", 0);
    struct modulation_state two[] = {
        modulation_state_of((struct rate){1, SIM_S}, dist_parse(&arena, "2s", DIST_DURATION, NULL, NULL), NULL),
        modulation_state_of((struct rate){2, SIM_S}, dist_parse(&arena, "3s", DIST_DURATION, NULL, NULL), NULL),
    };
    struct modulation m = {2, two};
    struct modulation_walk w;
    modulation_start(&w, &m, &s, 0, 100 * SIM_S);
    assert_int_equal(modulation_next(&w, 1.5), 1500 * SIM_MS);
    assert_int_equal(modulation_next(&w, 1.5), 2500 * SIM_MS);
    assert_int_equal(modulation_next(&w, 5.5), 5500 * SIM_MS);
    arena_free(&arena);
}

/* While it is down a producer uses up the numbers of its requests: of ten, those of 3, 4 and 5 s are gone. */
static void test_down_numbers(void **state)
{
    (void)state;
    static const int want[] = {1, 1, 1, 0, 0, 0, 1, 1, 1, 1};
    expect_births("run.duration = 20s\nrun.interval = 1s\n" SERVED "producer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                  "producer.p.limit = 10\nfault.f.target = producer.p\nfault.f.effect = down\nfault.f.at = 2500ms\n"
                  "fault.f.for = 3s\n", want, 10);
}

/* Another batch law, another size or a fault moves no arrival: the births of the first requests of the batches stay. */
static void test_addresses(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    struct rng_stream s = rng_stream(1, "test/state", 0), same = s;
    struct modulation_state slow[2], fast[2];
    const struct dist *stay = dist_parse(&arena, "exponential(3s)", DIST_DURATION, NULL, NULL);
    slow[0] = modulation_state_of((struct rate){1, SIM_S}, stay, NULL);
    slow[1] = modulation_state_of((struct rate){0, SIM_S}, stay, NULL);
    fast[0] = modulation_state_of((struct rate){50, SIM_S}, stay, NULL);
    fast[1] = slow[1];
    struct modulation a = {2, slow}, b = {2, fast};
    struct modulation_walk x, y;
    modulation_start(&x, &a, &s, 0, 1000 * SIM_S);
    modulation_start(&y, &b, &same, 0, 1000 * SIM_S);
    /* The chain turns at the same instants whatever the rates. */
    for (int i = 0; i < 200; i++)
        modulation_next(&x, 1);
    while (y.until < x.until)
        assert_true(modulation_next(&y, 1) < SIM_NEVER);
    assert_true(y.until == x.until && y.state == x.state && y.visit == x.visit);
    arena_free(&arena);
}

static void test_down(void **state)
{
    (void)state;
    const char *lines = "run.duration = 100s\nrun.interval = 1s\n" SERVED "producer.p.arrivals = mmpp\n"
                        "producer.p.states[0].rate = 20/s\nproducer.p.states[0].duration = exponential(2s)\n"
                        "producer.p.states[1].rate = 1/s\nproducer.p.states[1].duration = exponential(2s)\n"
                        "producer.p.batch_size = uniform(1, 4)\n";
    char broken[1500];
    snprintf(broken, sizeof broken, "%sfault.f.target = producer.p\nfault.f.effect = down\nfault.f.at = 20s\nfault.f.for = 30s\n",
             lines);
    struct run a = run_lines(lines), b = run_lines(broken);
    const struct series *x = run_metric(&a, "producer.p", "offered")->series, *y = run_metric(&b, "producer.p", "offered")->series;
    for (uint32_t i = 0; i < 100; i++)
        assert_true(y->sum[i] == (i >= 20 && i < 50 ? 0 : x->sum[i]));
    run_free(&a);
    run_free(&b);
}

/* Users who send batches: after 1 s of thought 25 messages in three calls of 20 ms each, one after the other. So a batch takes 1.06 s:
 * in 106 s a user makes 100 of them, 2,500 messages in 300 calls; two users twice that. */
static void test_users_send_batches(void **state)
{
#define BATCHES(users, more)                                                                                            \
    "run.duration = 106s\nrun.drain = 10s\nproducer.p.arrivals = closed\nproducer.p.users = " users "\n"                \
    "producer.p.think = 1s\nproducer.p.batch_size = 25\nproducer.p.send_batch = true\nproducer.p.target = queue.q\n"     \
    "queue.q.api_latency = 20ms\nfleet.f.source = queue.q\nfleet.f.size = 50\nfleet.f.batch = 10\n" more
    struct run r = run_lines(BATCHES("1", ""));
    (void)state;
    assert_true(run_count(&r, "queue.q", "sent") == 2500);
    assert_true(run_count(&r, "queue.q", "calls_send") == 300);
    assert_true(run_count(&r, "producer.p", "told_ok") == 2500);
    assert_true(run_stat(&r, "", "answer", "max") == 20e6);
    run_free(&r);
    r = run_lines(BATCHES("2", ""));
    assert_true(run_count(&r, "queue.q", "sent") == 5000);
    run_free(&r);
    r = run_lines(BATCHES("1", "producer.p.limit = 30\n")); /* a batch of 25, and 5 of the next */
    assert_true(run_count(&r, "queue.q", "sent") == 30);
    assert_true(run_count(&r, "queue.q", "calls_send") == 4);
    run_free(&r);
    /* The run ends in the first batch: calls at 1 s and 1.02 s, and no birth after the last arrivals. */
    r = run_lines(BATCHES("1", "run.duration = 1030ms\nrun.interval = 10ms\n"));
    assert_true(run_count(&r, "", "offered") == 20 && run_count(&r, "queue.q", "sent") == 20);
    run_free(&r);
    /* Too long for the queue: every call is refused, and the users go on. */
    r = run_lines(BATCHES("1", "queue.q.max_message_size = 1KiB\nproducer.p.size = 2KiB\nproducer.p.call.attempts = 3\n"));
    assert_true(run_count(&r, "producer.p", "told_no") == run_count(&r, "producer.p", "offered"));
    assert_true(run_count(&r, "producer.p", "retries") == 0);
    run_free(&r);
}

/* --- the plain producer's way, and any other's --- */

/* Drawn producers run twice: as they are, and with a request to be recorded that never comes, which makes them anything but plain. */
static void test_plain(void **state)
{
    (void)state;
    static const char *const more[] = {
        "",
        "producer.p.limit = 37\n",
        "producer.p.limit = 1\n",
        "producer.p.start = 3500ms\n",
        "producer.p.size = 100KiB\n",
        "producer.p.profile[0].at = 2s\nproducer.p.profile[0].for = 3s\nproducer.p.profile[0].rate = 0/s\n",
        "producer.p.profile[0].at = 2s\nproducer.p.profile[0].for = 3s\nproducer.p.profile[0].rate = 5/s\nproducer.p.profile[0].ramp_to = 50/s\n",
        "producer.p.sine.period = 8s\nproducer.p.sine.amplitude = 90%\nproducer.p.sine.peak = 1s\n",
        "fault.a.target = producer.p\nfault.a.effect = down\nfault.a.at = 1s\nfault.a.for = 500ms\nfault.a.every = 2s\n",
        "producer.q.rate = 20/s\nproducer.q.target = service.s\n",
        "run.series = false\n",
    };
    struct testrand r = testrand_open("plain", 20261123), *rng = &r;
    double offered = 0;
    for (int i = 0; i < 200; i++) {
        const size_t n = sizeof more / sizeof more[0];
        size_t a = testrand_below(rng, n), b = a < 5 ? 5 + testrand_below(rng, n - 5) : testrand_below(rng, 5);
        char text[2000], other[2100];
        snprintf(text, sizeof text,
                 "run.duration = 10s\nrun.warmup = %ds\nproducer.p.rate = %d/s\nproducer.p.target = service.s\n"
                 "producer.p.deadline = 500ms\nproducer.p.call.attempts = 2\nproducer.p.call.timeout = 1s\n"
                 "service.s.servers = %d\nservice.s.waiting = 3\nservice.s.time = exponential(100ms)\n%s%s",
                 (int)testrand_below(rng, 3), 1 + (int)testrand_below(rng, 40), 1 + (int)testrand_below(rng, 3), more[a], more[b]);
        snprintf(other, sizeof other, "%srun.record = producer.p: 4000000000\n", text);
        struct run plain = run_lines(text), any = run_lines(other);
        run_same(&plain, &any, text);
        offered += run_count(&plain, "producer.p", "offered");
        run_free(&plain);
        run_free(&any);
    }
    assert_true(offered > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users_send_batches),
        cmocka_unit_test(test_renewal),         cmocka_unit_test(test_batches),
        cmocka_unit_test(test_bursts),          cmocka_unit_test(test_ramp_up),
        cmocka_unit_test(test_several_sources), cmocka_unit_test(test_send_batch),
        cmocka_unit_test(test_send_batch_again), cmocka_unit_test(test_send_batch_late),
        cmocka_unit_test(test_batch_dispersion), cmocka_unit_test(test_renewal_dispersion),
        cmocka_unit_test(test_states),          cmocka_unit_test(test_batch_station),
        cmocka_unit_test(test_addresses),       cmocka_unit_test(test_down),
        cmocka_unit_test(test_steps_by_hand),   cmocka_unit_test(test_down_numbers),
        cmocka_unit_test(test_send_batch_parts), cmocka_unit_test(test_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
