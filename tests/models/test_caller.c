/* test_caller.c - a client's timeouts, retries and second thoughts, in schedules worked out by hand: one request, a
 * server whose work takes a constant time, and what each of them sees. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "run_support.h"

#define ONE_REQUEST                                                                                \
    "run.duration = 10s\nrun.drain = 60s\n"                                                        \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.limit = 1\n"                \
    "producer.p.target = database.d\ndatabase.d.connections = 10\n"

struct want {
    double tries, timeouts, told_ok, answer, in_time, latency, repeated, gave_up_done, cancelled, abandoned;
};

static void expect(const char *lines, const struct want *want)
{
    struct run r = run_lines(lines);
    const struct want got = {
        .tries = run_count(&r, "producer.p", "tries"),
        .timeouts = run_count(&r, "producer.p", "timeouts"),
        .told_ok = run_count(&r, "producer.p", "told_ok"),
        .answer = run_stat(&r, "producer.p", "answer", "max") / 1e9,
        .in_time = run_count(&r, "producer.p", "in_time"),
        .latency = want->in_time > 0 ? run_stat(&r, "producer.p", "latency", "max") / 1e9 : 0,
        .repeated = run_count(&r, "producer.p", "repeated"),
        .gave_up_done = run_count(&r, "producer.p", "gave_up_done"),
        .cancelled = run_count(&r, "database.d", "cancelled"),
        .abandoned = run_count(&r, "database.d", "abandoned"),
    };
    const double *g = &got.tries, *w = &want->tries;
    for (size_t i = 0; i < sizeof(got) / sizeof(double); i++) {
        if (fabs(g[i] - w[i]) > 1e-9)
            fail_msg("number %zu is %g, not %g, of\n%s", i, g[i], w[i], lines);
    }
    run_free(&r);
}

#define IMPATIENT                                                                                  \
    ONE_REQUEST "producer.p.call.timeout = 1s\nproducer.p.call.attempts = 3\n"                     \
                "producer.p.call.backoff = constant(1s)\n"

/* Tries at 0, 2 and 4 s; each gives up a second later. */
static void test_timeouts(void **state)
{
    (void)state;
    /* The work takes 5 s: it is done at 5, 7 and 9 s, and the client gave up at 5 s, just after the first. */
    expect(IMPATIENT "database.d.write_time = 5s\n",
           &(struct want){3, 3, 0, 5, 1, 5, 2, 1, 0, 3});
    /* 2.5 s: the first answer comes into the second attempt and is not wanted. */
    expect(IMPATIENT "database.d.write_time = 2500ms\n",
           &(struct want){3, 3, 0, 5, 1, 2.5, 2, 1, 0, 3});
    /* 0.5 s: in time. */
    expect(IMPATIENT "database.d.write_time = 500ms\n",
           &(struct want){1, 0, 1, 0.5, 1, 0.5, 0, 0, 0, 0});
    /* Exactly the timeout: who gives up at an instant does so after what is done at it. */
    expect(IMPATIENT "database.d.write_time = 1s\n", &(struct want){1, 0, 1, 1, 1, 1, 0, 0, 0, 0});
}

static void test_late_answer(void **state)
{
    (void)state;
    const char *late = IMPATIENT "producer.p.call.late_answer = accept\n";
    char lines[2000];
    /* The first attempt's answer comes at 5 s, in the third attempt; the others' work goes on unheard. */
    snprintf(lines, sizeof(lines), "%sdatabase.d.write_time = 5s\n", late);
    expect(lines, &(struct want){3, 2, 1, 5, 1, 5, 2, 0, 0, 2});
    /* It comes in the second attempt. */
    snprintf(lines, sizeof(lines), "%sdatabase.d.write_time = 2500ms\n", late);
    expect(lines, &(struct want){2, 1, 1, 2.5, 1, 2.5, 1, 0, 0, 1});
    /* It comes in the pause: there is no second attempt. */
    snprintf(lines, sizeof(lines), "%sdatabase.d.write_time = 1500ms\n", late);
    expect(lines, &(struct want){1, 1, 1, 1.5, 1, 1.5, 0, 0, 0, 0});
    /* The others are told to stop when the answer is there. */
    snprintf(lines, sizeof(lines), "%sdatabase.d.write_time = 5s\nproducer.p.call.cancel = true\n", late);
    expect(lines, &(struct want){3, 2, 1, 5, 1, 5, 0, 0, 2, 2});
}

static void test_cancel(void **state)
{
    (void)state;
    expect(IMPATIENT "database.d.write_time = 5s\nproducer.p.call.cancel = true\n",
           &(struct want){3, 3, 0, 5, 0, 0, 0, 0, 3, 3});
}

/* Down from 0 to 5 s, and refused at once: tries at 0, 1, 3 and 7 s. */
static void test_backoff(void **state)
{
    (void)state;
    const char *lines = ONE_REQUEST
        "producer.p.call.attempts = 5\nproducer.p.call.backoff = exponential(base=1s)\n"
        "database.d.write_time = 2s\n"
        "fault.f.target = database.d\nfault.f.effect = down\nfault.f.at = 0s\nfault.f.for = 5s\n";
    expect(lines, &(struct want){4, 0, 1, 9, 1, 9, 0, 0, 0, 0});
    struct run r = run_lines(lines);
    assert_true(run_count(&r, "database.d", "refused") == 3);
    assert_true(run_count(&r, "producer.p", "retries") == 3);
    run_free(&r);
}

/* Two requests at the same instant and one place: the other is refused, and comes back as the place gets free. */
static void test_refused(void **state)
{
    (void)state;
    struct run r = run_lines(ONE_REQUEST "database.d.connections = 1\ndatabase.d.waiting = 0\n"
                             "database.d.write_time = 5s\nproducer.q.arrivals = constant\nproducer.q.rate = 1/s\n"
                             "producer.q.limit = 1\nproducer.q.target = database.d\nproducer.q.call.attempts = 2\n"
                             "producer.q.call.backoff = constant(5s)\n");
    assert_true(run_count(&r, "database.d", "refused") == 1);
    assert_true(run_stat(&r, "producer.p", "answer", "max") == 5e9);
    assert_true(run_stat(&r, "producer.q", "answer", "max") == 10e9);
    assert_true(run_count(&r, "", "in_time") == 2);
    run_free(&r);
}

/* --- a target that takes PUSH, scripted --- */

static struct {
    sim_time latency, hint;
    int      throttle; /* so many offers are throttled */
    int      offers;
    sim_time last;
} push;

static sim_time push_latency(struct entity *e, const struct job *job)
{
    (void)e;
    (void)job;
    return push.latency;
}

static void push_offer(struct entity *e, const struct job *job, uint32_t n, struct push_answer *answer)
{
    assert_int_equal(n, 1);
    (void)job;
    push.last = world_now(e->world);
    push.offers++;
    answer->verdict = push.offers <= push.throttle ? PUSH_THROTTLED : PUSH_ACCEPTED;
    answer->retry_at = push.offers <= push.throttle ? push.last + push.hint : SIM_NEVER;
}

static struct entity *push_make(struct world *w, const struct spec_entity *spec)
{
    struct entity *e = arena_get(&w->arena, sizeof(*e));
    entity_init(e, w, spec);
    return e;
}

static const struct push_ops push_ops = {.latency = push_latency, .offer = push_offer};
static const struct room push_room = {.kind = "queue", .push = &push_ops, .make = push_make};

static void run_push(const char *more, double *tries, double *told_ok, double *answer)
{
    struct specbuild *b = specbuild_open(
        "run.duration = 10s\nrun.drain = 60s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n"
        "producer.p.limit = 1\nproducer.p.target = queue.q\nqueue.q.retention = 4d\n"
        "database.d.write_time = 1s\nproducer.p.done_at = database.d\n");
    specbuild_add(b, more);
    const struct spec *spec = specbuild_done(b);
    ((struct spec_entity *)spec_find(spec, "queue.q"))->room = &push_room;
    struct err err = {0};
    push.offers = 0;
    struct world *w = world_open(spec, 0, &err);
    assert_non_null(w);
    assert_true(sim_run(w->sim, w->end, NULL));
    const struct obs_counter *t = NULL, *ok = NULL;
    struct obs_tally *a = NULL;
    for (uint32_t i = 0; i < w->n_metric; i++) {
        const struct metric_slot *m = &w->metric[i];
        if (strcmp(m->entity->spec->path, "producer.p") != 0)
            continue;
        t = strcmp(m->def->name, "tries") == 0 ? m->observer : t;
        ok = strcmp(m->def->name, "told_ok") == 0 ? m->observer : ok;
        a = strcmp(m->def->name, "answer") == 0 ? m->observer : a;
    }
    *tries = (double)t->n;
    *told_ok = (double)ok->n;
    obs_tally_settle(a);
    *answer = (double)a->max / 1e9;
    result_free(world_finish(w, &err));
    world_close(w);
    specbuild_close(b);
}

static void test_push(void **state)
{
    (void)state;
    double tries, told_ok, answer;
    /* The hint of a throttled answer is the least pause; a longer law's pause stands. */
    push.latency = 0, push.throttle = 1, push.hint = 3 * SIM_S;
    run_push("producer.p.call.attempts = 2\n", &tries, &told_ok, &answer);
    assert_true(tries == 2 && told_ok == 1 && answer == 3);
    run_push("producer.p.call.attempts = 2\nproducer.p.call.backoff = constant(5s)\n", &tries, &told_ok, &answer);
    assert_true(tries == 2 && told_ok == 1 && answer == 5);
    run_push("", &tries, &told_ok, &answer);
    assert_true(tries == 1 && told_ok == 0 && answer == 0);
    /* A call of 2 s whose client waits 1 s arrives all the same, unless it is taken back. */
    push.latency = 2 * SIM_S, push.throttle = 0;
    run_push("producer.p.call.timeout = 1s\n", &tries, &told_ok, &answer);
    assert_true(told_ok == 0 && answer == 1 && push.offers == 1 && push.last == 2 * SIM_S);
    run_push("producer.p.call.timeout = 1s\nproducer.p.call.cancel = true\n", &tries, &told_ok, &answer);
    assert_true(told_ok == 0 && answer == 1 && push.offers == 0);
    run_push("producer.p.call.timeout = 3s\n", &tries, &told_ok, &answer);
    assert_true(told_ok == 1 && answer == 2 && push.offers == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timeouts), cmocka_unit_test(test_late_answer), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_backoff),  cmocka_unit_test(test_refused),     cmocka_unit_test(test_push),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
