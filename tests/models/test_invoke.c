/* test_invoke.c - invocations of servers that take calls: at a service, by the clock, and at a server in the test's hands, answer
 * by answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "calls.h"
#include "invoke.h"
#include "run_support.h"

#define WORLD                                                                                       \
    "run.duration = 100s\nrun.drain = 100s\nproducer.p.arrivals = constant\nproducer.p.rate = 1/s\n" \
    "producer.p.limit = 1\nproducer.p.target = service.s\nservice.s.servers = 1\nservice.s.time = 1s\n"

#define JOBS 20000

struct fixture {
    struct specbuild *build;
    struct world *w;
    struct invocation v;
    struct job job[JOBS];
    bool failed[JOBS];
    uint32_t n_done;
    enum invoke_verdict verdict;
    sim_time at;
};

static void done(struct invocation *v, enum invoke_verdict verdict)
{
    struct fixture *f = CONTAINER_OF(v, struct fixture, v);
    f->n_done++;
    f->verdict = verdict;
    f->at = world_now(f->w);
}

/* A world in which the producer's one request is long done, and n more are held by the test. */
static void open_world(struct fixture *f, const char *more, uint32_t n)
{
    struct err err = {0};
    memset(f, 0, sizeof(*f));
    f->build = specbuild_open(WORLD);
    specbuild_add(f->build, more);
    assert_non_null(f->w = world_open(specbuild_done(f->build), 0, &err));
    sim_run(f->w->sim, 10 * SIM_S, NULL);
    for (uint32_t i = 0; i < n; i++)
        f->job[i] = (struct job){.request = run_request(f->w, 100 + i, 1000, i), .size = 1000, .key = i};
    f->v = (struct invocation){.job = f->job, .n = n, .timeout = SIM_NEVER, .done = done};
}

static void close_world(struct fixture *f)
{
    struct err err = {0};
    for (uint32_t i = 0; i < f->v.n; i++)
        request_drop(f->w, f->job[i].request);
    struct result *r = world_finish(f->w, &err);
    assert_non_null(r); /* nothing is held, nothing broke */
    result_free(r);
    world_close(f->w);
    specbuild_close(f->build);
}

static struct entity *entity_of(struct fixture *f, const char *path)
{
    for (uint32_t i = 0; i < f->w->spec->n_entity; i++)
        if (strcmp(f->w->entity[i]->spec->path, path) == 0)
            return f->w->entity[i];
    fail_msg("no %s", path);
    return NULL;
}

static void to(struct fixture *f, sim_time t)
{
    sim_run(f->w->sim, t, NULL);
}

/* --- at a service --- */

/* Three records of a second each, one after the other although the service could do them at once. */
static void one_after_the_other(void **state)
{
    (void)state;
    static struct fixture f;
    open_world(&f, "service.s.servers = 3\n", 3);
    invoke_init(&f.v, entity_of(&f, "service.s"));
    invoke_start(&f.v);
    to(&f, 12900 * SIM_MS);
    assert_int_equal(f.n_done, 0);
    to(&f, 20 * SIM_S);
    assert_int_equal(f.n_done, 1);
    assert_int_equal(f.verdict, INVOKE_OK);
    assert_true(f.at == 13 * SIM_S);
    invoke_stop(&f.v); /* idle: nothing */
    close_world(&f);
}

/* Given up after 2.5 s, in the third record; what comes back later is not heard. At exactly 3 s it is an answer. */
static void timeouts(void **state)
{
    (void)state;
    static struct fixture f;
    open_world(&f, "", 3);
    invoke_init(&f.v, entity_of(&f, "service.s"));
    f.v.timeout = 2500 * SIM_MS;
    invoke_start(&f.v);
    to(&f, 20 * SIM_S);
    assert_int_equal(f.n_done, 1);
    assert_int_equal(f.verdict, INVOKE_ERROR);
    assert_true(f.at == 12500 * SIM_MS);
    f.v.timeout = 3 * SIM_S;
    f.v.try = 1;
    invoke_start(&f.v);
    to(&f, 30 * SIM_S);
    assert_int_equal(f.n_done, 2);
    assert_int_equal(f.verdict, INVOKE_OK);
    close_world(&f);
}

/* The invoker is gone in the middle: nobody is told, not of its timeout either, and the call ends by itself. */
static void stopped(void **state)
{
    (void)state;
    static struct fixture f;
    open_world(&f, "", 3);
    invoke_init(&f.v, entity_of(&f, "service.s"));
    f.v.timeout = 5 * SIM_S;
    invoke_start(&f.v);
    to(&f, 11500 * SIM_MS);
    invoke_stop(&f.v);
    invoke_stop(&f.v);
    to(&f, 20 * SIM_S);
    assert_int_equal(f.n_done, 0);
    close_world(&f);
}

/* --- at a Lambda function --- */

/* The invoker is gone and its jobs with it: the invocation goes on with a copy of them, nobody is told, nothing stays held. */
static void orphans(void **state)
{
    (void)state;
    static struct fixture f;
    struct job kept[3];
    open_world(&f, "function.g.timeout = 60s\nfunction.g.record_time = 2s\nfunction.g.cold_start = 0s\n", 3);
    invoke_init(&f.v, entity_of(&f, "function.g"));
    invoke_start(&f.v);
    to(&f, 13 * SIM_S);
    memcpy(kept, f.job, sizeof(kept));
    invoke_stop(&f.v);
    memset(f.job, 0xff, sizeof(kept));
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(request_at(&f.w->requests, kept[i].request)->alive, 2);
    to(&f, 20 * SIM_S); /* 3 records of 2 s */
    assert_int_equal(f.n_done, 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(request_at(&f.w->requests, kept[i].request)->alive, 1);
    memcpy(f.job, kept, sizeof(kept));
    close_world(&f);
}

/* --- at a server in the test's hands --- */

struct server {
    struct entity e; /* first */
    const enum call_verdict *verdict; /* of the calls, in order; then OK */
    uint32_t n_verdict, n;
    bool waits; /* the test answers */
    struct wire_call *call;
    uint16_t attempt[8];
};

static void accept(struct entity *e, struct wire_call *c)
{
    struct server *s = (struct server *)e;
    if (s->n < 8)
        s->attempt[s->n] = c->job.attempt;
    enum call_verdict v = s->n < s->n_verdict ? s->verdict[s->n] : CALL_OK;
    s->n++;
    if (s->waits)
        s->call = c;
    else
        wire_reply(c, v);
}

static const struct call_ops server_call = {.accept = accept};
static const struct room server_room = {.kind = "server", .call = &server_call};

struct case_ {
    enum call_verdict answer[4];
    bool report, in_order;
    enum invoke_verdict want;
    uint32_t calls;      /* of four */
    const char *failed;  /* where it reports */
};

static void one_case(const struct case_ *c)
{
    static struct fixture f;
    open_world(&f, "", 4);
    struct server s = {.e = {.room = &server_room, .world = f.w}, .verdict = c->answer, .n_verdict = 4};
    memset(f.failed, 1, 4); /* cleared at the start */
    invoke_init(&f.v, &s.e);
    f.v.failed = c->report ? f.failed : NULL;
    f.v.in_order = c->in_order;
    invoke_start(&f.v);
    assert_int_equal(f.n_done, 1);
    assert_int_equal(f.verdict, c->want);
    assert_int_equal(s.n, c->calls);
    for (uint32_t i = 0; c->report && i < 4; i++)
        assert_int_equal(f.failed[i], c->failed[i] == 'x');
    close_world(&f);
}

static void verdicts(void **state)
{
    (void)state;
    static const struct case_ cases[] = {
        {{0, 0, 0, 0}, false, false, INVOKE_OK, 4, ""},
        {{0, 0, CALL_FAILED, 0}, false, false, INVOKE_ERROR, 3, ""},
        {{CALL_REJECTED}, false, false, INVOKE_ERROR, 1, ""},
        {{CALL_THROTTLED}, false, false, INVOKE_THROTTLED, 1, ""}, /* not begun */
        {{CALL_REFUSED}, false, false, INVOKE_THROTTLED, 1, ""},
        {{CALL_DOWN}, false, false, INVOKE_DOWN, 1, ""},
        {{0, CALL_THROTTLED}, false, false, INVOKE_ERROR, 2, ""}, /* begun */
        {{0, CALL_DOWN}, false, false, INVOKE_ERROR, 2, ""},
        {{0, CALL_FAILED, 0, CALL_FAILED}, true, false, INVOKE_OK, 4, ".x.x"},
        {{0, CALL_FAILED, 0, 0}, true, true, INVOKE_OK, 2, ".xxx"},
        {{0, 0, 0, CALL_CONFLICT}, true, true, INVOKE_OK, 4, "...x"},
        {{0, CALL_REFUSED, 0, 0}, true, false, INVOKE_OK, 4, ".x.."},
        {{CALL_THROTTLED}, true, false, INVOKE_THROTTLED, 1, "...."},
        {{CALL_FAILED, CALL_FAILED, CALL_FAILED, CALL_FAILED}, true, false, INVOKE_OK, 4, "xxxx"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        one_case(&cases[i]);
}

/* Each try is other work; the first is the same as everywhere. */
static void tries(void **state)
{
    (void)state;
    static struct fixture f;
    open_world(&f, "", 2);
    struct server s = {.e = {.room = &server_room, .world = f.w}};
    invoke_init(&f.v, &s.e);
    f.job[1].attempt = 3;
    for (f.v.try = 0; f.v.try < 3; f.v.try++)
        invoke_start(&f.v);
    static const uint16_t want[6] = {0, 768, 1, 769, 2, 770};
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(s.attempt[i], want[i]);
    assert_int_equal(f.n_done, 3);
    close_world(&f);
}

/* Answers inside the calls make no pile of frames: with AddressSanitizer 20,000 of them would not fit on the stack. */
static void no_pile(void **state)
{
    (void)state;
    static struct fixture f;
    open_world(&f, "", JOBS);
    struct server s = {.e = {.room = &server_room, .world = f.w}};
    invoke_init(&f.v, &s.e);
    invoke_start(&f.v);
    assert_int_equal(s.n, JOBS);
    assert_int_equal(f.n_done, 1);
    close_world(&f);
}

static void stop_in_the_middle(struct invocation *v, enum invoke_verdict verdict)
{
    struct fixture *f = CONTAINER_OF(v, struct fixture, v);
    f->n_done++;
    f->verdict = verdict;
    if (f->n_done == 1) {
        v->try++;
        invoke_start(v); /* from within */
    }
}

/* `done` may start the next one: the loop of the first must not go on with it. */
static void again_from_within(void **state)
{
    (void)state;
    static struct fixture f;
    static const enum call_verdict fails[] = {CALL_OK, CALL_FAILED};
    open_world(&f, "", 3);
    struct server s = {.e = {.room = &server_room, .world = f.w}, .verdict = fails, .n_verdict = 2};
    invoke_init(&f.v, &s.e);
    f.v.done = stop_in_the_middle;
    invoke_start(&f.v);
    assert_int_equal(f.n_done, 2);
    assert_int_equal(f.verdict, INVOKE_OK);
    assert_int_equal(s.n, 5); /* two of the first, three of the second */
    close_world(&f);
}

/* --- at a server of INVOKE --- */

struct function {
    struct entity e; /* first */
    struct invocation *v;
    uint32_t n_abandoned;
};

static void invoke(struct entity *e, struct invocation *v)
{
    ((struct function *)e)->v = v;
}

static void abandon(struct entity *e, struct invocation *v)
{
    struct function *x = (struct function *)e;
    assert_ptr_equal(x->v, v);
    x->n_abandoned++;
}

static const struct invoke_ops function_invoke = {invoke, abandon};
static const struct room function_room = {.kind = "function", .invoke = &function_invoke};
static const struct room store_room = {.kind = "store"};

static void functions(void **state)
{
    (void)state;
    static struct fixture f;
    open_world(&f, "", 3);
    struct function x = {.e = {.room = &function_room, .world = f.w}};
    assert_true(invoke_fits(&function_room));
    assert_true(invoke_fits(&server_room));
    assert_false(invoke_fits(&store_room));
    invoke_init(&f.v, &x.e);
    f.v.failed = f.failed;
    f.failed[1] = true;
    invoke_stop(&f.v);
    assert_int_equal(x.n_abandoned, 0);
    invoke_start(&f.v);
    assert_ptr_equal(x.v, &f.v);
    assert_false(f.failed[1]);
    assert_int_equal(f.n_done, 0);
    invoke_end(&f.v, INVOKE_THROTTLED);
    assert_int_equal(f.verdict, INVOKE_THROTTLED);
    invoke_stop(&f.v); /* over already */
    assert_int_equal(x.n_abandoned, 0);
    invoke_start(&f.v);
    invoke_stop(&f.v);
    assert_int_equal(x.n_abandoned, 1);
    assert_int_equal(f.n_done, 1);
    close_world(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_after_the_other),
        cmocka_unit_test(timeouts),
        cmocka_unit_test(stopped),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(tries),
        cmocka_unit_test(no_pile),
        cmocka_unit_test(again_from_within),
        cmocka_unit_test(functions), cmocka_unit_test(orphans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
