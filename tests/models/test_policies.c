/* test_policies.c - what clients do to protect themselves and others, in schedules worked out by hand. */
#include "by_hand.h"

#define FRONT      "service.s.servers = unlimited\n"
#define TWO        FRONT "service.s.calls[0].targets[0] = service.t\nservice.s.calls[0].targets[1] = service.u\n"
#define CALL       "service.s.calls[0]."
#define DOWN(x)    "fault." #x ".target = service." #x "\nfault." #x ".effect = down\nfault." #x ".at = 0s\n"
#define STREAM     "service.s.servers = 1\nrun.duration = 20s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = service.s\n"
#define FAILING(t) "fault.f.target = service.s\nfault.f.effect = fail\nfault.f.probability = 100%\nfault.f.at = 0s\nfault.f.for = " t "\n"

static void expect_counts(const char *lines, const char *entity, const char *metric, double want)
{
    struct run r = run_lines(lines);
    double got = run_count(&r, entity, metric);
    if (got != want)
        fail_msg("%s.%s is %g, not %g, of\n%s", entity, metric, got, want, lines);
    run_free(&r);
}

static void test_latency(void **state)
{
    (void)state;
    expect_answers("0s", "service.s.time = 3s\nproducer.a.call.latency = 1s\n", "5");
    expect_answers("0s", "service.s.time = 3s\nproducer.a.call.latency = 1s\nproducer.a.call.reply_latency = 2s\n", "6");
    /* The answer is on its way when the client gives up. */
    expect_answers("0s", "service.s.time = 3s\nproducer.a.call.latency = 1s\nproducer.a.call.timeout = 4500ms\n", "-1");
    expect_metric("0s", "service.s.time = 3s\nproducer.a.call.latency = 1s\nproducer.a.call.timeout = 4500ms\n", "",
                  "gave_up_done", "sum", 1);
    /* The call is on its way when the client takes it back. */
    expect_metric("0s", "service.s.time = 3s\nproducer.a.call.latency = 2s\nproducer.a.call.timeout = 1s\n"
                        "producer.a.call.cancel = true\n", "service.s", "arrived", "sum", 0);
    /* Each way its own sample: the mean of a sum. */
    expect_answers("0s", FRONT "service.s.calls[0].target = service.t\n" CALL "latency = 250ms\nservice.t.time = 1s\n", "1.5");
}

#define HEDGED TWO CALL "balance = round_robin\n" CALL "hedge.after = 2s\n"

static void test_hedge(void **state)
{
    (void)state;
    /* t takes 5 s: at 2 s u is asked too, and answers at 3 s. */
    const char *slow = HEDGED "service.t.time = 5s\nservice.u.time = 1s\n";
    expect_answers("0s", slow, "3");
    expect_metric("0s", slow, "service.s", "hedges", "sum", 1);
    expect_metric("0s", slow, "service.s", "tries", "sum", 1);
    expect_metric("0s", slow, "service.t", "abandoned", "sum", 1);
    expect_metric("0s", HEDGED CALL "cancel = true\nservice.t.time = 5s\nservice.u.time = 1s\n", "service.t", "cancelled",
                  "sum", 1);
    expect_metric("0s", HEDGED "service.t.time = 1500ms\nservice.u.time = 1s\n", "service.s", "hedges", "sum", 0);
    /* The first is the faster one after all; the second goes wrong; the first goes wrong before. */
    expect_answers("0s", HEDGED "service.t.time = 5s\nservice.u.time = 9s\n", "5");
    expect_answers("0s", HEDGED DOWN(u) "service.t.time = 5s\nservice.u.time = 1s\n", "5");
    expect_answers("0s", HEDGED DOWN(t) "service.t.time = 5s\nservice.u.time = 1s\n", "-1");
    /* Two hedges: at 2 s u, at 4 s v, which answers first. */
    expect_answers("0s", HEDGED CALL "targets[2] = service.v\n" CALL "hedge.max = 2\nservice.t.time = 9s\nservice.u.time = 9s\n"
                                "service.v.time = 1s\n", "5");
    /* The attempt's time holds for its hedges too. */
    expect_answers("0s", HEDGED CALL "timeout = 3s\nservice.t.time = 9s\nservice.u.time = 9s\n", "-1");
}

/* One answer in twenty takes ten times as long: hedged by experience after the hundredth. */
static void test_hedge_by_quantile(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 2000s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                             "producer.p.target = service.s\nservice.s.servers = unlimited\n"
                             "service.s.time = mixture(95%: constant(1s), 5%: constant(10s))\n"
                             "producer.p.call.hedge.quantile = 90%\n");
    double hedges = run_count(&r, "producer.p", "hedges");
    assert_true(hedges > 95 - 4.5 * 9.8 && hedges < 95 + 4.5 * 9.8); /* 1,900 at 5 % */
    assert_true(run_stat(&r, "producer.p", "answer", "p99") < 2.1e9);
    run_free(&r);
}

#define BUDGET STREAM FAILING("1h") "producer.p.call.attempts = 4\nproducer.p.call.budget.capacity = 3\n"

static void test_budget(void **state)
{
    (void)state;
    /* Half a token a call: every second call may be tried again once. */
    const char *half = BUDGET "producer.p.call.budget.ratio = 50%\nproducer.p.call.budget.start = 0\n";
    expect_counts(half, "producer.p", "retries", 10);
    expect_counts(half, "producer.p", "denied_retries", 20);
    /* Full at the start: three for the first call, which may have no more, and none is denied to it. */
    expect_counts(BUDGET "producer.p.call.budget.ratio = 0%\n", "producer.p", "retries", 3);
    expect_counts(BUDGET "producer.p.call.budget.ratio = 0%\n", "producer.p", "denied_retries", 19);
    /* With success: none. By time: a token a second, the first at 1 s. */
    expect_counts(BUDGET "producer.p.call.budget.ratio = 50%\nproducer.p.call.budget.credit = success\n"
                         "producer.p.call.budget.start = 0\n", "producer.p", "retries", 0);
    expect_counts(BUDGET "producer.p.call.budget.rate = 1/s\nproducer.p.call.budget.start = 0\n", "producer.p", "retries", 19);
    /* Without limit of attempts, while there are tokens. */
    expect_counts(STREAM FAILING("1h") "producer.p.call.attempts = unlimited\nproducer.p.call.budget.capacity = 7\n"
                                       "producer.p.call.budget.ratio = 0%\n", "producer.p", "retries", 7);
}

#define BREAKER STREAM "producer.p.call.breaker.open = 5s\nproducer.p.call.breaker.min_calls = 3\n"

static void test_breaker(void **state)
{
    (void)state;
    /* Calls at 0, 1 and 2 s fail; open until 7 s; probes at 7, 12 and 17 s. */
    expect_counts(BREAKER FAILING("1h"), "producer.p", "tries", 6);
    expect_counts(BREAKER FAILING("1h"), "producer.p", "short_circuited", 14);
    /* It works again from 10 s on: the probe at 12 s closes it. */
    expect_counts(BREAKER FAILING("10s"), "producer.p", "tries", 12);
    expect_counts(BREAKER FAILING("10s"), "producer.p", "told_ok", 8);
    /* Two probes: at 12 s and 13 s; calls of 3 s: who comes while both are out is not let through. */
    expect_counts(BREAKER FAILING("10s") "producer.p.call.breaker.probes = 2\n", "producer.p", "told_ok", 8);
    /* Calls of 3 s, those of 0 to 4 s go wrong. That of 2 s ends at 5 s: open until 10 s. Those of 3, 4 and 5 s were made
     * before and do not count. Probes at 10 and 11 s, closed by the second's answer at 14 s, calls from 14 s on. */
    expect_counts(BREAKER FAILING("8s") "run.drain = 10s\nservice.s.servers = unlimited\nservice.s.time = 3s\n"
                                        "producer.p.call.breaker.probes = 2\n", "producer.p", "told_ok", 2 + 6);
    /* Of the last four, three failed. */
    expect_counts(BREAKER FAILING("3s") "producer.p.start = 0s\nproducer.p.call.breaker.last = 4\n"
                                        "producer.p.call.breaker.threshold = 75%\n", "producer.p", "short_circuited", 4);
}

static void test_breaker_windows(void **state)
{
    (void)state;
    /* Failures from 10 s on. Since the beginning, 10 good ones stand against them: never more than half. */
    const char *late = "fault.f.target = service.s\nfault.f.effect = fail\nfault.f.probability = 100%\nfault.f.at = 9500ms\n";
    char lines[1500];
    snprintf(lines, sizeof(lines), "%s%s%s", BREAKER, late, "producer.p.call.breaker.threshold = 51%\n");
    expect_counts(lines, "producer.p", "short_circuited", 0);
    /* Of the last four, from 12 s on; of the last 4 s (ten parts of 0.4 s): at 12 s three of 9 … 12 s. */
    snprintf(lines, sizeof(lines), "%s%s%s", BREAKER, late,
             "producer.p.call.breaker.threshold = 75%\nproducer.p.call.breaker.last = 4\n");
    expect_counts(lines, "producer.p", "tries", 13 + 1); /* 0 … 12 s and the probe of 17 s */
    snprintf(lines, sizeof(lines), "%s%s%s", BREAKER, late,
             "producer.p.call.breaker.threshold = 75%\nproducer.p.call.breaker.window = 4s\n");
    expect_counts(lines, "producer.p", "tries", 13 + 1);
    /* It stops retries only: failures may be a fifth of the calls. The first 10 calls are good; those of 10 and 11 s make
     * 1/11 and 2/11 (and the retries 3 of 12, too many). */
    snprintf(lines, sizeof(lines), "%s%s%s", STREAM, late,
             "producer.p.call.attempts = 2\nproducer.p.call.breaker.stops = retries\n"
             "producer.p.call.breaker.threshold = 20%\n");
    expect_counts(lines, "producer.p", "retries", 1);
    expect_counts(lines, "producer.p", "denied_retries", 9);
}

static void test_parallel(void **state)
{
    (void)state;
    expect_answers("0s", TWO "service.t.time = 1s\nservice.u.time = 3s\n", "3");
    expect_answers("0s", TWO CALL "need = 1\nservice.t.time = 1s\nservice.u.time = 3s\n", "1");
    expect_metric("0s", TWO CALL "need = 1\n" CALL "cancel = true\nservice.t.time = 1s\nservice.u.time = 3s\n", "service.u",
                  "cancelled", "sum", 1);
    expect_answers("0s", TWO DOWN(u) "service.t.time = 1s\nservice.u.time = 3s\n", "-1");
    expect_answers("0s", TWO DOWN(u) CALL "need = 1\nservice.t.time = 1s\nservice.u.time = 3s\n", "1");
    /* Two of three. */
    expect_answers("0s", TWO CALL "targets[2] = service.v\n" CALL "need = 2\nservice.t.time = 1s\nservice.u.time = 3s\n"
                             "service.v.time = 2s\n", "2");
    /* Five calls to two servers; each with its own timeout and second attempt. */
    expect_answers("0s", FRONT CALL "target = service.t\n" CALL "parallel = 5\nservice.t.servers = 2\nservice.t.time = 1s\n", "3");
    expect_metric("0s", FRONT CALL "target = service.t\n" CALL "parallel = 5\n" CALL "timeout = 2500ms\n" CALL "attempts = 2\n"
                        "service.t.servers = 2\nservice.t.time = 1s\n", "service.s", "retries", "sum", 1);
    /* One after the other: a step of two, then one of its own. */
    expect_answers("0s", TWO "service.s.calls[1].target = service.v\nservice.t.time = 1s\nservice.u.time = 3s\n"
                         "service.v.time = 4s\n", "7");
    /* The client takes it back: so do all of them. */
    expect_metric("0s", TWO CALL "cancel = true\nproducer.a.call.timeout = 500ms\nproducer.a.call.cancel = true\n"
                        "service.t.time = 1s\nservice.u.time = 3s\n", "service.u", "cancelled", "sum", 1);
}

static double completed(const struct run *r, const char *service)
{
    return run_count(r, service, "completed");
}

static void test_balance(void **state)
{
    (void)state;
    struct run r = run_requests("0s 1s 2s 3s", TWO CALL "balance = round_robin\nservice.t.time = 1ms\nservice.u.time = 1ms\n");
    assert_true(completed(&r, "service.t") == 2 && completed(&r, "service.u") == 2);
    run_free(&r);
    /* t holds one for 10 s, so the others go to u; two of a kind stand alike. */
    r = run_requests("0s 1s 2s 3s", TWO CALL "balance = least_outstanding\nservice.t.time = 10s\nservice.u.time = 500ms\n");
    assert_true(completed(&r, "service.t") <= 2 && completed(&r, "service.t") + completed(&r, "service.u") == 4);
    run_free(&r);
    /* Who looks into the queues sees also what others have brought: d goes to u. */
    r = run_requests("0s 0s 0s 1s", TWO CALL "balance = shortest\nproducer.a.target = service.t\nproducer.b.target = service.t\n"
                                        "producer.c.target = service.t\nservice.t.time = 10s\nservice.u.time = 1s\n");
    assert_true(completed(&r, "service.u") == 1);
    run_free(&r);
    /* A second attempt goes to the other one. */
    expect_answers("0s 0s 0s 0s", TWO DOWN(t) CALL "balance = random\n" CALL "attempts = 2\nservice.t.time = 1s\n"
                                      "service.u.time = 1s\n", "1 2 3 4");
}

#define EIGHT                                                                                      \
    FRONT "service.s.calls[0].targets[0] = service.t\nservice.s.calls[0].targets[1] = service.u\n" \
          "service.s.calls[0].targets[2] = service.c\nservice.s.calls[0].targets[3] = service.d\n" \
          "service.s.calls[0].targets[4] = service.e\nservice.s.calls[0].targets[5] = service.f\n" \
          "service.s.calls[0].targets[6] = service.g\nservice.s.calls[0].targets[7] = service.h\n" \
          "service.t.time = 1us\nservice.u.time = 1us\nservice.c.time = 1us\nservice.d.time = 1us\nservice.e.time = 1us\n" \
          "service.f.time = 1us\nservice.g.time = 1us\nservice.h.time = 1us\n"                     \
          "run.duration = 28s\nproducer.p.arrivals = constant\nproducer.p.rate = 100/s\nproducer.p.target = service.s\n" \
          CALL "balance = random\n" CALL "shard.size = 2\n" CALL "shard.assign = in_turn\n" CALL "attempts = 2\n"

/* Two of eight stopped: the customers who have just these two are lost, one in 28; in fixed pairs, one in four. */
static void test_shards(void **state)
{
    (void)state;
    expect_counts(EIGHT DOWN(t) DOWN(u) "producer.p.key = round_robin(28)\n", "producer.p", "told_no", 100);
    expect_counts(EIGHT DOWN(c) DOWN(h) "producer.p.key = round_robin(28)\n", "producer.p", "told_no", 100);
    expect_counts(EIGHT DOWN(t) DOWN(u) "producer.p.key = round_robin(28)\n" CALL "shard.kind = fixed\n", "producer.p", "told_no",
                  700);
    expect_counts(EIGHT DOWN(u) DOWN(c) "producer.p.key = round_robin(28)\n" CALL "shard.kind = fixed\n", "producer.p", "told_no",
                  0);
}

#define OPTIMIST                                                                                   \
    FRONT "database.d.write_time = 0s\ndatabase.d.connections = unlimited\n"                       \
          "service.s.calls[0].target = database.d\nservice.s.calls[0].operation = read\nservice.s.calls[0].latency = 1s\n" \
          "service.s.calls[1].target = database.d\nservice.s.calls[1].operation = conditional_write\n" \
          "service.s.calls[1].latency = 1s\n"

/* Both read at 1 s and write at 3 s; the second of them is told at 4 s, reads again at 5 s and writes at 7 s. */
static void test_conditional_write(void **state)
{
    (void)state;
    const char *two = OPTIMIST "producer.b.call.attempts = 2\n";
    expect_answers("0s 0s", two, "4 8");
    expect_metric("0s 0s", two, "database.d", "conflicts", "sum", 1);
    expect_metric("0s 0s", two, "database.d", "reads", "sum", 3);
    expect_metric("0s 0s", two, "database.d", "arrived", "sum", 6);
    /* Two records do not disturb each other. */
    expect_answers("0s 0s", OPTIMIST "producer.a.key = constant(1)\nproducer.b.key = constant(2)\n", "4 4");
    /* A plain write between the read and the write counts too. */
    expect_answers("0s 2s", OPTIMIST "producer.b.target = database.d\n", "-1 0");
    /* Reads take their own time, and are no effects. */
    expect_answers("0s", OPTIMIST "database.d.read_time = 500ms\n", "4.5");
    expect_metric("0s", OPTIMIST "producer.a.done_at = database.d\n", "", "repeated", "sum", 0);
}

static void test_forwards(void **state)
{
    (void)state;
    /* s is free after 1 s, t works for 3 s: a 1-4, b 4-7. */
    expect_answers("0s 0s", "service.s.time = 1s\nservice.s.forwards[0].target = service.t\nservice.t.time = 3s\n", "4 7");
    expect_metric("0s 0s", "service.s.time = 1s\nservice.s.forwards[0].target = service.t\nservice.t.time = 3s\n", "service.s",
                  "sojourn", "max", 2e9);
    /* What goes wrong there is what the client is told. */
    expect_answers("0s", "service.s.time = 1s\nservice.s.forwards[0].target = service.t\nservice.t.time = 3s\n" DOWN(t), "-1");
    /* Taken back while it is with the next. */
    expect_metric("0s", "service.s.time = 1s\nservice.s.forwards[0].target = service.t\nservice.s.forwards[0].cancel = true\n"
                        "service.t.time = 3s\nproducer.a.call.timeout = 2s\nproducer.a.call.cancel = true\n", "service.t",
                  "cancelled", "sum", 1);
}

/* Three ways out, and round again: 30 % to t, 50 % back to s, 20 % end. 10,000 requests make 20,000 passes of s. */
static void test_routes(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10000s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
                             "producer.p.target = service.s\nservice.s.servers = unlimited\nservice.s.time = exponential(1s)\n"
                             "run.drain = 100s\nservice.s.forwards[0].target = service.t\nservice.s.forwards[0].chance = 30%\n"
                             "service.s.forwards[1].target = service.s\nservice.s.forwards[1].chance = 50%\nservice.t.time = 1us\n");
    double passes = completed(&r, "service.s");
    assert_true(fabs(passes - 20000) < 4.5 * sqrt(2 * 10000.0));            /* geometric: variance 2 each */
    assert_true(fabs(completed(&r, "service.t") - 6000) < 4.5 * sqrt(2400.0)); /* 0.3 / 0.5 of the requests */
    assert_true(fabs(run_stat(&r, "producer.p", "answer", "mean") / 1e9 - 2) < 4.5 * 2 / 100);
    run_free(&r);
    r = run_lines("run.duration = 10000s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = service.s\n"
                  "service.s.calls[0].target = service.t\nservice.s.calls[0].chance = 30%\nservice.t.time = 1us\n");
    assert_true(fabs(completed(&r, "service.t") - 3000) < 4.5 * sqrt(2100.0));
    run_free(&r);
}

static void test_attempts(void **state)
{
    (void)state;
    /* Down for 5 s, tried again every 2 s: at 0, 2, 4 and 6 s. */
    const char *lines = "fault.f.target = service.s\nfault.f.effect = down\nfault.f.at = 0s\nfault.f.for = 5s\n"
                        "service.s.servers = 1\nproducer.a.call.attempts = unlimited\nproducer.a.call.backoff = random(constant(2s))\n";
    expect_answers("0s", lines, "6");
    expect_metric("0s", lines, "producer.a", "attempts", "max", 4);
    /* Two hundred at once, then it works. */
    lines = "fault.f.target = service.s\nfault.f.effect = fail\nfault.f.probability = 99%\nfault.f.at = 0s\n"
            "service.s.servers = 1\nproducer.a.call.attempts = unlimited\n";
    expect_answers("0s", lines, "0");
}

/* Again and again without any time passing: told, not run for ever. */
static void test_spinning(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open("run.duration = 1s\nproducer.p.rate = 1/s\nproducer.p.target = service.s\n"
                                         "producer.p.arrivals = constant\nproducer.p.call.attempts = unlimited\nservice.s.servers = 1\n"
                                         "fault.f.target = service.s\nfault.f.effect = down\nfault.f.at = 0s\n");
    struct err err = {0};
    struct result *r = world_run(specbuild_done(b), 0, NULL, &err);
    assert_null(r);
    assert_non_null(strstr(err.text, "without any time passing"));
    specbuild_close(b);
}

static void test_refused(void **state)
{
    (void)state;
    expect_refused("producer.p.call.budget.capacity = 3\nproducer.p.call.budget.ratio = 10%\n", "one attempt");
    expect_refused("producer.p.call.attempts = 2\nproducer.p.call.budget.capacity = 3\n", "ratio");
    expect_refused("producer.p.call.breaker.threshold = 10%\n", "open");
    expect_refused("producer.p.call.attempts = 2\nproducer.p.call.breaker.stops = retries\nproducer.p.call.breaker.open = 1s\n",
                   "never open");
    expect_refused("producer.p.call.hedge.max = 1\n", "hedge");
    expect_refused("producer.p.call.reply_latency = 1s\n", "latency");
    expect_refused("service.s.calls[0].timeout = 1s\n", "target");
    expect_refused(TWO "service.t.time = 1s\nservice.u.time = 1s\n" CALL "need = 3\n", "need");
    expect_refused(TWO "service.t.time = 1s\nservice.u.time = 1s\n" CALL "choices = 2\n", "choices");
    expect_refused(TWO "service.t.time = 1s\nservice.u.time = 1s\n" CALL "shard.size = 3\n", "shard");
    expect_refused(TWO "service.t.time = 1s\nservice.u.time = 1s\n" CALL "operation = read\n", "database");
    expect_refused("service.s.forwards[0].target = service.t\nservice.t.calls[0].target = service.s\n", "never end");
    expect_refused("service.s.forwards[0].target = service.s\nservice.s.forwards[1].target = service.s\n", "more than 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_latency),    cmocka_unit_test(test_hedge),
        cmocka_unit_test(test_hedge_by_quantile), cmocka_unit_test(test_budget),
        cmocka_unit_test(test_breaker),    cmocka_unit_test(test_breaker_windows),
        cmocka_unit_test(test_parallel),   cmocka_unit_test(test_balance),
        cmocka_unit_test(test_shards),     cmocka_unit_test(test_conditional_write),
        cmocka_unit_test(test_forwards),   cmocka_unit_test(test_routes),
        cmocka_unit_test(test_attempts),   cmocka_unit_test(test_spinning),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
