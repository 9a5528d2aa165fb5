/* test_world.c - what a trial promises: the same numbers again, nobody moved by a stranger, broken laws told, time that stands
 * still, and memory that runs short anywhere. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "expect.h"
#include "mem.h"
#include "run_support.h"

/* A bit of everything, for half an hour. */
#define SHOP                                                                                       \
    "run.duration = 30min\nrun.drain = 5min\n"                                                     \
    "producer.p.rate = 5/s\nproducer.p.target = service.web\nproducer.p.done_at = database.d\n"    \
    "producer.p.profile[0].at = 10min\nproducer.p.profile[0].for = 1min\nproducer.p.profile[0].rate = 40/s\n" \
    "producer.p.deadline = 10s\nproducer.p.size = lognormal(p50=1KiB, p99=9KiB)\n"                 \
    "producer.p.call.timeout = 3s\nproducer.p.call.attempts = 3\n"                                 \
    "producer.p.call.backoff = full_jitter(base=100ms, cap=2s)\n"                                  \
    "service.web.servers = 20\nservice.web.waiting = 20\nservice.web.time = lognormal(p50=40ms, p99=200ms)\n" \
    "service.web.sends[0].target = queue.q\n"                                                      \
    "queue.q.wait_time = 20s\nqueue.q.visibility_timeout = 10s\nqueue.q.api_latency = exponential(5ms)\n" \
    "queue.q.dead_letter.queue = queue.dead\nqueue.q.dead_letter.max_receive_count = 3\n"          \
    "queue.dead.retention = 14d\n"                                                                 \
    "fleet.f.source = queue.q\nfleet.f.size = 8\nfleet.f.batch = 2\nfleet.f.calls[0].target = database.d\n" \
    "fleet.f.calls[0].timeout = 5s\nfleet.f.calls[0].attempts = 2\nfleet.f.crash.probability = 1%\n" \
    "fleet.f.hang.probability = 1%\nfleet.f.hang.for = exponential(10s)\nfleet.f.pause = exponential(base=1s, cap=20s)\n" \
    "database.d.connections = 4\ndatabase.d.waiting = 10\ndatabase.d.write_time = exponential(400ms)\n" \
    "fault.a.target = database.d\nfault.a.effect = down\nfault.a.at = 15min\nfault.a.for = 1min\n" \
    "fault.b.target = database.d\nfault.b.effect = fail\nfault.b.probability = 10%\nfault.b.at = 5min\nfault.b.for = 1min\n" \
    "fault.b.every = 6min\n"                                                                       \
    "fault.c.target = service.web\nfault.c.effect = hang\nfault.c.at = 20min\nfault.c.for = 10s\n" \
    "fault.d.target = service.web\nfault.d.effect = slow\nfault.d.factor = 5\nfault.d.at = 25min\n"

/* Strangers: another shop in the same world, of every kind. Its ids sort before and after the others'. */
#define STRANGERS                                                                                  \
    "producer.a.rate = 7/s\nproducer.a.target = service.a\nproducer.a.done_at = fleet.z\n"         \
    "service.a.servers = 5\nservice.a.sends[0].target = queue.a\nqueue.a.wait_time = 20s\n"        \
    "fleet.z.source = queue.a\nfleet.z.calls[0].target = database.a\ndatabase.a.write_time = exponential(100ms)\n" \
    "fault.aa.target = database.a\nfault.aa.effect = down\nfault.aa.at = 1min\n"

static void expect_same_value(const struct metric_id *id, const struct metric_value *a, const struct metric_value *b)
{
    const double *x = &a->mean, *y = &b->mean;
    assert_int_equal(a->n, b->n);
    for (int i = 0; i < 6; i++) { /* mean … sum */
        if (x[i] != y[i] && !(isnan(x[i]) && isnan(y[i])))
            fail_msg("%s.%s: number %d is %.17g and %.17g", id->entity, id->name, i, x[i], y[i]);
    }
    if (a->hist != NULL)
        assert_int_equal(a->hist->n, b->hist->n);
}

/* Every metric and fingerprint of the entities of `few` is the same in `all`. */
static void expect_same(const struct run *few, const struct run *all, bool scenario)
{
    for (uint32_t i = 0; i < few->n; i++) {
        if (few->id[i].entity[0] == '\0' && !scenario)
            continue;
        expect_same_value(&few->id[i], &few->result->metric[i],
                          run_metric(all, few->id[i].entity, few->id[i].name));
    }
    for (uint32_t i = 0; i < few->spec->n_entity; i++) {
        const char *path = few->spec->entity[i].path;
        if (run_print(few, path) != run_print(all, path))
            fail_msg("the fingerprint of %s is another", path);
    }
}

static void test_deterministic(void **state)
{
    (void)state;
    struct run a = run_lines(SHOP), b = run_lines(SHOP), other = run_lines(SHOP "run.seed = 2\n"),
               next = run_replication(SHOP, 1);
    expect_same(&a, &b, true);
    assert_true(a.result->run_fingerprint == b.result->run_fingerprint);
    assert_true(a.result->run_fingerprint != other.result->run_fingerprint);
    assert_true(a.result->run_fingerprint != next.result->run_fingerprint);
    assert_true(run_count(&a, "", "offered") != run_count(&next, "", "offered"));
    /* The shop is a hard world: everything happens in it. */
    assert_true(run_count(&a, "", "lost") > 0 && run_count(&a, "", "late") > 0);
    assert_true(run_count(&a, "", "repeated") > 0 && run_count(&a, "fleet.f", "crashed") > 0);
    assert_true(run_count(&a, "service.web", "broken") > 0 && run_count(&a, "database.d", "refused") > 0);
    run_free(&a);
    run_free(&b);
    run_free(&other);
    run_free(&next);
}

static void test_strangers(void **state)
{
    (void)state;
    struct run alone = run_lines(SHOP), together = run_lines(SHOP STRANGERS);
    expect_same(&alone, &together, false);
    assert_true(together.result->events > alone.result->events);
    run_free(&alone);
    run_free(&together);
}

/* What is recorded changes nothing. */
static void test_unrecorded(void **state)
{
    (void)state;
    struct run a = run_lines(SHOP), b = run_lines(SHOP "run.series = false\nrun.histograms = false\n");
    assert_true(a.result->run_fingerprint == b.result->run_fingerprint);
    assert_non_null(run_metric(&a, "", "latency")->hist);
    assert_non_null(run_metric(&a, "", "latency")->series);
    assert_null(run_metric(&b, "", "latency")->hist);
    assert_null(run_metric(&b, "", "latency")->series);
    assert_null(b.result->by_birth);
    run_free(&a);
    run_free(&b);
}

static struct run run_asked(const char *lines, const char *entity, const char *metric)
{
    struct run r = run_lines(lines);
    struct spec spec = *r.spec;
    bool *asked = arena_get(&r.arena, r.n * sizeof(*asked));
    struct err err = {0};
    for (uint32_t i = 0; i < r.n; i++)
        asked[i] = strcmp(r.id[i].entity, entity) == 0 && strcmp(r.id[i].name, metric) == 0;
    spec.asked = asked;
    result_free(r.result);
    r.result = world_run(&spec, 0, NULL, &err);
    assert_non_null(r.result);
    return r;
}

/* Histograms only of what is asked for, and of what is the scenario's own: every other number stays what it is. */
static void test_asked(void **state)
{
    (void)state;
    struct run all = run_lines(SHOP), few = run_asked(SHOP, "database.d", "wait");
    expect_same(&few, &all, true);
    assert_true(few.result->run_fingerprint == all.result->run_fingerprint);
    for (uint32_t i = 0; i < few.n; i++) {
        const char *entity = few.id[i].entity, *name = few.id[i].name;
        bool kept = strcmp(entity, "") == 0 || (strcmp(entity, "database.d") == 0 && strcmp(name, "wait") == 0) ||
                    (strcmp(entity, "producer.p") == 0 && (strcmp(name, "latency") == 0 || strcmp(name, "answer") == 0));
        if (kept != (few.result->metric[i].hist != NULL) && all.result->metric[i].hist != NULL)
            fail_msg("the histogram of %s.%s", entity, name);
    }
    assert_true(run_stat(&few, "database.d", "wait", "p99") == run_stat(&all, "database.d", "wait", "p99"));
    assert_true(run_stat(&few, "", "latency", "p99") == run_stat(&all, "", "latency", "p99"));
    assert_true(isnan(run_stat(&few, "queue.q", "wait", "p99")) && !isnan(run_stat(&all, "queue.q", "wait", "p99")));
    run_free(&all);
    run_free(&few);
}

static void test_births(void **state)
{
    (void)state;
    struct run r = run_lines(SHOP STRANGERS);
    const struct result *x = r.result;
    struct fates sum = {0};
    int128 offered = 0, done = 0;
    assert_int_equal(x->birth_width, r.spec->interval);
    for (uint32_t i = 0; i < x->n_birth; i++) {
        const struct fates *f = &x->by_birth[i];
        assert_int_equal(f->offered, f->in_time + f->late + f->waiting + f->lost);
        sum.offered += f->offered;
        sum.lost += f->lost;
        sum.repeated += f->repeated;
    }
    assert_int_equal(sum.offered, x->fates.offered);
    assert_int_equal(sum.lost, x->fates.lost);
    assert_int_equal(sum.repeated, x->fates.repeated);
    const struct series *o = run_metric(&r, "", "offered")->series, *d = run_metric(&r, "", "done")->series;
    for (uint32_t i = 0; i < o->n; i++) {
        offered += o->sum[i];
        done += d->sum[i];
    }
    assert_true(offered == (int128)x->fates.offered);
    assert_true(done == (int128)(x->fates.in_time + x->fates.late));
    /* The scenario is the sum of its producers. */
    assert_true(run_count(&r, "", "lost") == run_count(&r, "producer.a", "lost") + run_count(&r, "producer.p", "lost"));
    double n = run_count(&r, "producer.a", "latency"), m = run_count(&r, "producer.p", "latency");
    double mean = (n * run_stat(&r, "producer.a", "latency", "mean") + m * run_stat(&r, "producer.p", "latency", "mean")) /
                  (n + m);
    assert_true(fabs(run_stat(&r, "", "latency", "mean") / mean - 1) < 1e-12);
    run_free(&r);
}

#define EACH_SECOND                                                                                \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = database.d\n"

/* --- trouble --- */

static bool never(struct entity *e, sim_time now, struct err *err)
{
    (void)e;
    return now < 2 * SIM_S || err_set(err, ERR_INTERNAL, "two and two are %d", 5);
}

static void test_broken_law(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open(EACH_SECOND "run.duration = 10s\nrun.seed = 77\ndatabase.d.write_time = 1s\n");
    const struct spec *spec = specbuild_done(b);
    struct spec_entity *e = (struct spec_entity *)spec_find(spec, "database.d");
    struct room room = *e->room;
    room.conserve = never;
    e->room = &room;
    struct err err = {0};
    assert_null(world_run(spec, 3, NULL, &err));
    assert_int_equal(err.class, ERR_INTERNAL);
    assert_non_null(strstr(err.text, "database.d: two and two are 5"));
    assert_non_null(strstr(err.text, "seed 77, replication 3"));
    specbuild_close(b);
}

/* Two uses of chance whose names have one key: here because the names are the same. */
static void test_one_stream(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open(EACH_SECOND "run.duration = 10s\ndatabase.d.write_time = 1s\nservice.s.time = 1s\n"
                                                     "service.t.time = 1s\n");
    const struct spec *spec = specbuild_done(b);
    ((struct spec_entity *)spec_find(spec, "service.t"))->path = "service.s";
    struct err err = {0};
    assert_null(world_run(spec, 0, NULL, &err));
    assert_int_equal(err.class, ERR_DATA);
    assert_non_null(strstr(err.text, "the random stream 'service.s/"));
    assert_non_null(strstr(err.text, "another id"));
    specbuild_close(b);
}

static void expect_spin(const char *lines, const char *who)
{
    struct specbuild *b = specbuild_open(lines);
    struct err err = {0};
    assert_null(world_run(specbuild_done(b), 0, NULL, &err));
    assert_int_equal(err.class, ERR_DATA);
    assert_non_null(strstr(err.text, who));
    assert_non_null(strstr(err.text, "without any time passing"));
    specbuild_close(b);
}

/* A world in which time stands still is an error and no endless run. */
static void test_spin(void **state)
{
    (void)state;
    expect_spin("run.duration = 10s\nproducer.p.arrivals = closed\nproducer.p.users = 2\nproducer.p.think = 0s\n"
                "producer.p.target = service.s\nservice.s.time = 0s\n", "producer.p");
    expect_spin("run.duration = 10s\nproducer.p.rate = 1/s\nproducer.p.target = queue.q\nqueue.q.visibility_timeout = 1h\n"
                "queue.q.wait_time = 20s\nfleet.f.source = queue.q\nfleet.f.sends[0].target = queue.q\n", "fleet.f");
    /* Each of a thousand users seldom, all together without end: the line is full, and a refusal takes no time. */
    expect_spin("run.duration = 10s\nproducer.p.arrivals = closed\nproducer.p.users = 1000\nproducer.p.think = 0s\n"
                "producer.p.target = service.s\nservice.s.time = 1s\nservice.s.waiting = 0\n", "producer.p");
    /* A job that is made visible as soon as it failed is not tried again without a pause. */
    struct run r = run_lines(EACH_SECOND "run.duration = 10s\nproducer.p.limit = 1\nproducer.p.target = queue.q\n"
                                         "producer.p.done_at = database.d\nqueue.q.wait_time = 20s\n"
                                         "fleet.f.source = queue.q\nfleet.f.on_failure = return\n"
                                         "fleet.f.calls[0].target = database.d\ndatabase.d.write_time = 1s\n"
                                         "fault.f.target = database.d\nfault.f.effect = down\nfault.f.at = 0s\n");
    assert_true(run_count(&r, "fleet.f", "failed") == 11); /* 0, 1, … 10 s */
    run_free(&r);
}

/* The same where one event would go on for ever: a stop could not be seen. As if many had come back already. */
static void expect_spin_inside(const char *lines, const char *who)
{
    char text[1000];
    snprintf(text, sizeof(text), "run.duration = 10s\nproducer.p.rate = 1/s\nproducer.p.arrivals = constant\n%s", lines);
    struct specbuild *b = specbuild_open(text);
    struct err err = {0};
    struct world *w = world_open(specbuild_done(b), 0, &err);
    assert_non_null(w);
    w->spin = (struct world_spin){0, 2990000};
    world_go(w, NULL);
    assert_null(world_finish(w, &err));
    assert_int_equal(err.class, ERR_DATA);
    if (strstr(err.text, who) == NULL || strstr(err.text, "at 0 ns without any time passing") == NULL)
        fail_msg("%s", err.text);
    world_close(w);
    specbuild_close(b);
}

static void test_spin_inside(void **state)
{
    (void)state;
    expect_spin_inside("producer.p.target = function.a\nproducer.p.done_at = function.a\nfunction.a.cold_start = 0s\nfunction.a.async.latency = 0s\n"
                      "function.a.sends[0].target = function.a\n", "function.a comes");
    expect_spin_inside("producer.p.target = queue.q\nproducer.p.done_at = service.s\nqueue.q.visibility_timeout = 0s\n"
                      "mapping.m.source = queue.q\nmapping.m.target = service.s\n"
                      "service.s.servers = 1\nfault.f.target = service.s\nfault.f.effect = down\nfault.f.at = 0s\n", "mapping.m comes");
    expect_spin_inside("producer.p.target = queue.q\nproducer.p.done_at = service.s\nqueue.q.visibility_timeout = 0s\n"
                      "pipe.m.source = queue.q\npipe.m.target = service.s\n"
                      "service.s.servers = 1\nfault.f.target = service.s\nfault.f.effect = down\nfault.f.at = 0s\n", "pipe.m comes");
}

/* Two of a world's entities keep each other going. */
struct ring {
    struct sim_timer timer;
    struct entity   *member[2];
    uint64_t         turns;
};

static void turn(struct sim *s, struct sim_timer *t)
{
    struct ring *r = CONTAINER_OF(t, struct ring, timer);
    entity_trace(r->member[r->turns % 2], 99, r->turns);
    r->turns++;
    sim_after(s, t, 0);
}

static void expect_ring(const char *lines, bool traced, const char *says)
{
    struct specbuild *b = specbuild_open(lines);
    struct err err = {0};
    struct world *w = world_open(specbuild_done(b), 0, &err);
    assert_non_null(w);
    struct ring r = {.member = {w->entity[1], w->entity[traced ? 2 : 1]}};
    sim_timer_init(&r.timer, SIM_MESSAGE, turn);
    sim_at(w->sim, &r.timer, 2500 * SIM_MS);
    sim_patience(w->sim, 100000);
    assert_false(world_go(w, NULL));
    assert_null(world_finish(w, &err));
    assert_int_equal(err.class, ERR_DATA);
    if (strncmp(err.text, says, strlen(says)) != 0)
        fail_msg("%s", err.text);
    world_close(w);
    specbuild_close(b);
}

/* Events at one instant without end, where nobody asks: told with those that make them, and no others. */
static void test_stuck(void **state)
{
    (void)state;
    expect_ring(SHOP, true, "no progress at 2500000000 ns: events without end and without any time passing, of fault.a, fault.b: ");
    expect_ring(SHOP, false, "no progress at 2500000000 ns: events without end and without any time passing, of fault.a: ");
}

#define COPIES "run.duration = 1s\nproducer.p.rate = 1/s\nproducer.p.target = database.d\ndatabase.d.write_time = 1ms\n"

/* Of the only request of a world, which says why it is void. */
static void expect_void(struct world *w, const char *says)
{
    struct err err = {0};
    assert_null(world_finish(w, &err));
    assert_int_equal(err.class, ERR_DATA);
    if (strstr(err.text, says) == NULL)
        fail_msg("'%s' is not in '%s'", says, err.text);
    world_close(w);
}

/* The counters of a request's copies end somewhere: a request that multiplies without end is no wrong number. */
static void test_copies(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open(COPIES);
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    struct world *w = world_open(spec, 0, &err);
    uint32_t slot = run_request(w, 41, 0, 0);
    for (uint32_t i = 1; i < (1 << 24) - 1; i++)
        request_hold(w, slot);
    assert_false(err_is_set(&w->broken));
    request_hold(w, slot);
    expect_void(w, "request 41 of producer.p has 16777215 copies at 0 ns");
    w = world_open(spec, 0, &err);
    slot = run_request(w, 42, 0, 0);
    for (uint32_t i = 0; i < 65535; i++) {
        request_hold(w, slot);
        request_park(w, slot);
    }
    assert_false(err_is_set(&w->broken));
    request_park(w, slot);
    expect_void(w, "request 42 of producer.p has 65535 dead letters at 0 ns");
    specbuild_close(b);
}

static void test_interrupted(void **state)
{
    (void)state;
    struct specbuild *b = specbuild_open(SHOP);
    const struct spec *spec = specbuild_done(b);
    volatile int stop = 1;
    struct err err = {0};
    struct result *r = world_run(spec, 0, &stop, &err);
    assert_non_null(r);
    assert_true(r->stopped);
    result_free(r);
    specbuild_close(b);
}

/* Each allocation of a trial fails once: the trial ends with a sentence, and nothing leaks. */
static void test_memory(void **state)
{
    (void)state;
    expect_every_allocation(SHOP "run.duration = 20s\nrun.drain = 10s\nfault.a.at = 5s\nfault.a.for = 3s\n"
                            "fault.b.at = 3s\nfault.c.at = 10s\nfault.c.for = 1s\nproducer.p.profile[0].at = 5s\n"
                            "producer.p.profile[0].for = 5s\nproducer.p.profile[0].rate = 500/s\n",
                            100, false);
}

/* --- what the checks refuse --- */

static void test_checks(void **state)
{
    (void)state;
    const char *db = "run.duration = 1min\ndatabase.d.write_time = 1s\nproducer.p.target = database.d\n";
    char s[1000];
#define CHECK_FINDS(more, code, says) (snprintf(s, sizeof(s), "%s%s", db, more), expect_problem(s, code, says))
    CHECK_FINDS("", 272, "needs 'rate'");
    CHECK_FINDS("producer.p.arrivals = closed\n", 272, "users");
    CHECK_FINDS("producer.p.arrivals = closed\nproducer.p.rate = 1/s\n", 273, "rate");
    CHECK_FINDS("producer.p.rate = 1/s\nproducer.p.users = 4\n", 273, "users");
    CHECK_FINDS("producer.p.rate = 1/s\nproducer.p.profile[0].at = 1s\nproducer.p.profile[0].for = 2s\n"
                "producer.p.profile[1].at = 2s\nproducer.p.profile[1].for = 2s\n", 274, "overlap");
    CHECK_FINDS("run.warmup = 1min\nproducer.p.rate = 1/s\n", 270, "warmup");
    CHECK_FINDS("run.interval = 1ms\nproducer.p.rate = 1/s\n", 271, "interval");
    CHECK_FINDS("producer.p.rate = 1/s\nqueue.q.retention = 4d\nproducer.p.target = queue.q\n", 275, "done");
    CHECK_FINDS("producer.p.rate = 1/s\nfault.f.target = database.d\nfault.f.effect = slow\nfault.f.at = 1s\n", 272, "factor");
    CHECK_FINDS("producer.p.rate = 1/s\nfault.f.target = producer.p\nfault.f.effect = hang\nfault.f.at = 1s\n", 276, "hang");
    CHECK_FINDS("producer.p.rate = 1/s\nfault.f.target = database.d\nfault.f.effect = down\nfault.f.at = 1s\n"
                "fault.f.for = 5s\nfault.f.every = 5s\n", 274, "before it has ended");
    CHECK_FINDS("producer.p.rate = 1/s\nfault.f.target = database.d\nfault.f.effect = down\nfault.f.at = 1s\n"
                "fault.f.every = 5s\n", 272, "for");
    CHECK_FINDS("producer.p.rate = 1/s\nservice.a.calls[0].target = service.b\n"
                "service.b.calls[0].target = database.d\nservice.b.calls[1].target = service.a\n", 277, "service.a come back");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deterministic), cmocka_unit_test(test_strangers),  cmocka_unit_test(test_unrecorded),
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_births), cmocka_unit_test(test_broken_law), cmocka_unit_test(test_one_stream), cmocka_unit_test(test_spin),
        cmocka_unit_test(test_spin_inside), cmocka_unit_test(test_stuck), cmocka_unit_test(test_copies),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_memory),        cmocka_unit_test(test_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
