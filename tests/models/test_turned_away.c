/* test_turned_away.c - a call that is refused before it is opened (caller_knock, caller_turned_away) comes to what any other refused
 * call comes to. Drawn scenarios in which many calls are refused run twice: as they are, and with network times of 0 s, which take
 * no time but need more than a plain policy, and so take the usual way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "caller_more.h"
#include "run_same.h"
#include "testrand.h"

#define TRIALS 400
#define ANY(list) list[testrand_below(rng, sizeof(list) / sizeof(list[0]))]

static const char *const laws[] = {"0s", "100ms", "exponential(300ms)", "lognormal(p50=4ms, p99=20ms)", "exponential(2s)"};
static const char *const backoffs[] = {"none", "none", "none", "constant(200ms)", "exponential(base=50ms, cap=1s)", "full_jitter(base=100ms, cap=2s)",
                                       "decorrelated(base=50ms, cap=1s)", "random(exponential(100ms))", "constant(0s)"};
static const char *const timeouts[] = {"", "50ms", "500ms", "3s"};

/* {group} stands for the settings of each call in turn. */
static const char *const extra[] = {
    "",
    "",
    "",
    "service.w.calls[1].target = service.t\n",
    "service.w.calls[0].chance = 60%\n",
    "service.w.calls[0].parallel = 3\n",
    "service.w.calls[0].parallel = 3\nservice.w.calls[0].need = 1\n",
    "service.w.crash.probability = 20%\n",
    "service.w.forwards[0].target = service.t\nservice.w.forwards[0].attempts = 2\n",
    "service.w.sends[0].target = queue.q\nqueue.q.delay = 0s\n",
    "service.w.throttle.rate = 5/s\nservice.w.throttle.burst = 3\n",
    "database.d.max_connections = 5\n",
    "database.d.read_time = 30ms\nservice.w.calls[0].operation = read\n",
    "database.d.patience = 300ms\n",
    "database.d.order = random\n",
    "fleet.f.source = queue.q\nfleet.f.size = 3\nfleet.f.calls[0].target = database.d\nfleet.f.calls[0].attempts = 3\nservice.w.sends[0].target = queue.q\nqueue.q.delay = 0s\n",
    "producer.r.target = database.d\nproducer.r.rate = 5/s\nproducer.r.call.attempts = 4\nproducer.r.call.backoff = full_jitter(base=1s, cap=2s)\n",
    "producer.r.target = database.d\nproducer.r.rate = 5/s\nproducer.r.call.attempts = 3\nproducer.r.call.timeout = 300ms\nproducer.r.call.late_answer = accept\n",
    "producer.r.target = endpoint.e\nproducer.r.rate = 5/s\nproducer.r.call.attempts = 3\nendpoint.e.time = 400ms\nendpoint.e.servers = 1\nendpoint.e.waiting = 2\n",
    "fault.a.target = database.d\nfault.a.effect = down\nfault.a.at = 6s\nfault.a.for = 4s\n",
    "fault.a.target = database.d\nfault.a.effect = hang\nfault.a.at = 6s\nfault.a.for = 4s\n",
    "fault.a.target = database.d\nfault.a.effect = stop\nfault.a.at = 6s\nfault.a.for = 4s\n",
    "fault.b.target = service.w\nfault.b.effect = down\nfault.b.at = 8s\nfault.b.for = 3s\nfault.b.every = 5s\n",
    "fault.b.target = service.w\nfault.b.effect = fail\nfault.b.probability = 30%\nfault.b.at = 6s\nfault.b.for = 8s\n",
    "run.record = producer.p: every 50\n",
    "run.series = true\n",
};

static int64_t up_to(struct testrand *rng, unsigned n)
{
    return 1 + (int64_t)testrand_below(rng, n);
}

static size_t draw_call(struct testrand *rng, char *text, size_t size, const char *call)
{
    static const unsigned attempts[] = {1, 2, 2, 2, 3, 3, 10, 64, 65};
    const char *timeout = ANY(timeouts);
    int n = snprintf(text, size, "%s.attempts = %u\n%s.backoff = %s\n", call, ANY(attempts), call, ANY(backoffs));
    if (timeout[0] != '\0')
        n += snprintf(text + n, size - (size_t)n, "%s.timeout = %s\n%s.late_answer = %s\n%s.cancel = %s\n", call, timeout, call,
                      testrand_below(rng, 2) ? "accept" : "ignore", call, testrand_below(rng, 2) ? "true" : "false");
    return (size_t)n;
}

static bool is_of_one(const char *a, const char *b)
{
    return strncmp(a, b, 10) == 0 || (strstr(a, "sends[0]") != NULL && strstr(b, "sends[0]") != NULL);
}

static void draw_scenario(struct testrand *rng, char *text, size_t size)
{
    const char *some[3] = {ANY(extra), ANY(extra), ANY(extra)};
    for (int i = 1; i < 3; i++) {
        for (int k = 0; k < i; k++)
            some[i] = is_of_one(some[k], some[i]) ? "" : some[i];
    }
    int n = snprintf(text, size,
                     "run.duration = 20s\nrun.warmup = 3s\nproducer.p.rate = %d/s\nproducer.p.target = service.w\n"
                     "producer.p.done_at = database.d\nservice.w.servers = %d\nservice.w.waiting = %d\nservice.w.time = %s\n"
                     "service.w.calls[0].target = database.d\nservice.t.servers = 2\nservice.t.waiting = 1\nservice.t.time = %s\n"
                     "database.d.connections = %d\ndatabase.d.waiting = %d\ndatabase.d.write_time = %s\n%s%s%s",
                     (int)up_to(rng, 20), (int)up_to(rng, 20), (int)up_to(rng, 20), ANY(laws), ANY(laws), (int)up_to(rng, 3),
                     (int)up_to(rng, 5) - 1, ANY(laws), some[0], some[1], some[2]);
    size_t at = (size_t)n;
    at += draw_call(rng, text + at, size - at, "producer.p.call");
    draw_call(rng, text + at, size - at, "service.w.calls[0]");
}

/* The same, with a latency for each call that is made. */
static void the_usual_way(const char *text, char *usual, size_t size)
{
    static const char *const calls[][2] = {
        {"producer.p.", "producer.p.call"},     {"producer.r.", "producer.r.call"},       {"service.w.calls[0]", "service.w.calls[0]"},
        {"service.w.calls[1]", "service.w.calls[1]"}, {"service.w.forwards[0]", "service.w.forwards[0]"}, {"fleet.f.calls[0]", "fleet.f.calls[0]"},
    };
    size_t n = (size_t)snprintf(usual, size, "%s", text);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (strstr(text, calls[i][0]) != NULL)
            n += (size_t)snprintf(usual + n, size - n, "%s.latency = 0s\n", calls[i][1]);
    }
}

static void same_as_usual(void **state)
{
    (void)state;
    struct testrand r = testrand_open("same_as_usual", 20261122), *rng = &r;
    char text[4000], usual[5000];
    double refused = 0;
    for (int i = 0; i < TRIALS; i++) {
        draw_scenario(rng, text, sizeof text);
        the_usual_way(text, usual, sizeof usual);
        struct run a = run_lines(text), b = run_lines(usual);
        run_same(&a, &b, text);
        refused += run_count(&a, "database.d", "refused");
        run_free(&a);
        run_free(&b);
    }
    assert_true(refused > 500 * TRIALS);
}

/* --- the job of an attempt --- */

static struct job any_job(struct testrand *rng)
{
    uint64_t a = testrand_u64(rng), b = testrand_u64(rng);
    struct job j = {.request = (uint32_t)a, .size = (uint32_t)(a >> 32), .key = (uint32_t)b, .attempt = (uint16_t)(b >> 32), .flags = (uint16_t)(b >> 48)};
    if (testrand_below(rng, 2) == 0)
        j.attempt = 0;
    if (testrand_below(rng, 2) == 0)
        j.flags &= JOB_OPERATION;
    if (testrand_below(rng, 2) == 0)
        j.flags = 0;
    return j;
}

/* By words and by fields. */
static void same_job(void **state)
{
    (void)state;
    static const uint32_t radix[] = {1, 2, 3, 4096, 4097, 65535, 65536};
    struct testrand r = testrand_open("same_job", 20261124), *rng = &r;
    for (int i = 0; i < 100000; i++) {
        struct caller_policy p = {.radix = ANY(radix), .first = (uint32_t)testrand_below(rng, testrand_below(rng, 2) ? 3 : 200000)};
        uint32_t own = (uint32_t)testrand_below(rng, testrand_below(rng, 2) ? 3 : 200000);
        struct job j = any_job(rng), fields = caller_job_plain(&p, j, own), words;
        job_put(&words, caller_words_plain(&p, job_words_of(&j), own));
        assert_memory_equal(&words, &fields, sizeof words);
        job_copy(&words, &j);
        assert_memory_equal(&words, &j, sizeof words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_job), cmocka_unit_test(same_as_usual)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
