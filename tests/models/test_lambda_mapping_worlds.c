/* A mapping on a queue in every small world, and in many long ones that are drawn: polls that bring
 * what they like, invocations that end as they like, time. No message is told twice or forgotten;
 * what succeeded is deleted, what did not is kept; batches, windows and sizes are as AWS has them; no
 * more is invoked than there are slots; of what a poll of a FIFO queue brought, nothing is invoked before or beside what came
 * before it, nor after that failed. Events of a function in every small world, beside their rules.
 *
 * rules: LAM-24 LAM-25 LAM-26 LAM-27 LAM-30 LAM-32 LAM-33 LAM-37 LAM-39 LAM-41 LAM-42 LAM-43 LAM-45 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "esmq.h"
#include "exhaust.h"
#include "lam_async.h"
#include "testrand.h"

#ifdef NDEBUG
#define RUNS  3000
#define DEPTH 5
#else
#define RUNS  100
#define DEPTH 4
#endif
#define STEPS    120
#define MESSAGES 4000
#define BATCHES  64

enum fate { NOT_YET, HELD, DELETED, KEPT };
struct world {
    struct esmq *e;
    struct esmq_config config;
    struct call call;
    sim_time now;
    enum fate fate[MESSAGES];
    sim_time came[MESSAGES];
    uint32_t size[MESSAGES], of_poll[MESSAGES], n_message, n_answer;
    uint32_t poll_max[2048], n_poll;
    uint32_t running[BATCHES], n_running;
    bool     pauses, paused; /* pauses: it may be switched off and on again */
    uint64_t (*choose)(void *, uint64_t n);
    void *from;
};

static struct call *begin(struct world *w)
{
    call_begin(&w->call, w->now, NULL);
    return &w->call;
}

/* Of a FIFO queue's poll nothing else is under way, and all that came before has been deleted. */
static void expect_order(const struct world *w, uint32_t first)
{
    for (uint32_t i = 0; i < w->n_running; i++) {
        uint32_t n;
        assert_int_not_equal(w->of_poll[esmq_batch(w->e, w->running[i], &n)[0].user], w->of_poll[first]);
    }
    for (uint32_t i = first; i > 0 && w->of_poll[i - 1] == w->of_poll[first]; i--)
        assert_int_equal(w->fate[i - 1], DELETED);
}

static void invoked(struct world *w, const struct esmq_do *todo)
{
    uint32_t n;
    uint64_t bytes = 0;
    const struct esmq_message *m = esmq_batch(w->e, todo->batch, &n);
    assert_in_range(n, 1, w->config.batch);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(w->fate[m[i].user], HELD);
        bytes += m[i].size;
        assert_true(i == 0 || m[i].user > m[i - 1].user);
    }
    assert_true(n == 1 || bytes <= ESMQ_BYTES);
    if (w->config.fifo)
        expect_order(w, m[0].user);
    if (todo->try == 0 && w->n_running + 1 < 5 && n < w->config.batch)
        assert_true(w->now >= w->came[m[0].user] + w->config.window || bytes + (1 << 20) > ESMQ_BYTES);
    assert_true(w->now < w->came[m[0].user] + w->config.visibility || todo->try == 0);
    assert_true(w->n_running < BATCHES);
    w->running[w->n_running++] = todo->batch;
}

/* Switched off, it begins nothing. */
static void left(struct world *w, uint32_t batch)
{
    uint32_t n;
    const struct esmq_message *m = esmq_batch(w->e, batch, &n);
    assert_true(w->paused);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(w->fate[m[i].user], HELD);
        assert_true(m[i].keep);
        w->fate[m[i].user] = KEPT;
    }
    esmq_release(w->e, begin(w), batch);
}

static void turn(struct world *w)
{
    struct esmq_do todo;
    for (;;) {
        while (esmq_deadline(w->e) <= w->now)
            esmq_advance(w->e, begin(w));
        enum esmq_what what = esmq_next(w->e, begin(w), &todo);
        if (what == ESMQ_NOTHING)
            break;
        assert_true(!w->paused || what == ESMQ_LEAVE || (what == ESMQ_INVOKE && todo.try > 0));
        if (what == ESMQ_INVOKE) {
            invoked(w, &todo);
            continue;
        }
        if (what == ESMQ_LEAVE) {
            left(w, todo.batch);
            continue;
        }
        assert_in_range(todo.max, 1, 10);
        assert_int_equal(todo.wait, 20 * SIM_S);
        w->poll_max[w->n_poll++] = todo.max;
    }
    struct esmq_gauges g;
    esmq_gauges(w->e, &g);
    assert_int_equal(g.polling, w->n_poll);
    assert_true(!w->paused || g.held == 0 || g.invoking > 0);
    if (w->config.max_concurrency > 0)
        assert_true(g.invoking <= w->config.max_concurrency);
    esmq_check(w->e, w->now);
}

static void answer(struct world *w)
{
    static const uint32_t sizes[] = {100, 1048576};
    struct esmq_message m[10];
    if (w->n_poll == 0)
        return;
    uint32_t k = (uint32_t)w->choose(w->from, w->n_poll > 2 ? 2 : w->n_poll);
    uint32_t most = w->poll_max[k], n = (uint32_t)w->choose(w->from, 3);
    n = n == 2 ? most : n; /* 0, 1, all */
    if (w->n_message + n > MESSAGES)
        return;
    w->poll_max[k] = w->poll_max[--w->n_poll];
    uint32_t size = n == 0 ? 0 : sizes[w->choose(w->from, 2)];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t user = w->n_message++;
        w->fate[user] = HELD;
        w->came[user] = w->now;
        w->of_poll[user] = w->n_answer;
        m[i] = (struct esmq_message){.user = user, .size = size};
    }
    w->n_answer++;
    assert_true(esmq_answer(w->e, begin(w), m, n, 0, true));
}

/* false: the batch goes on. */
static bool expect_end(struct world *w, uint32_t batch, enum esmq_result result, const bool *failed)
{
    uint32_t n, all;
    const struct esmq_message *m = esmq_batch(w->e, batch, &n);
    sim_time gone = w->came[m[0].user] + w->config.visibility;
    if (!esmq_settle(w->e, begin(w), batch, result, failed)) {
        assert_int_equal(result, ESMQ_THROTTLED);
        assert_true(w->now + SIM_S < gone);
        return false;
    }
    assert_true(result != ESMQ_THROTTLED || w->now + 10 * SIM_S >= gone);
    esmq_batch(w->e, batch, &all);
    for (uint32_t i = 0; i < all; i++) { /* from n on: what was behind it */
        bool stays = i >= n || result != ESMQ_DONE || (failed != NULL && failed[i]);
        assert_int_equal(m[i].keep, stays);
        w->fate[m[i].user] = stays ? KEPT : DELETED;
    }
    esmq_release(w->e, begin(w), batch);
    return true;
}

static void finish(struct world *w)
{
    bool failed[64] = {false};
    if (w->n_running == 0)
        return;
    uint32_t k = (uint32_t)w->choose(w->from, w->n_running > 2 ? 2 : w->n_running);
    uint32_t batch = w->running[k];
    memmove(&w->running[k], &w->running[k + 1], (w->n_running - k - 1) * sizeof(batch));
    w->n_running--;
    uint64_t how = w->choose(w->from, 4);
    failed[0] = how == 1;
    expect_end(w, batch, how < 2 ? ESMQ_DONE : how == 2 ? ESMQ_ERROR : ESMQ_THROTTLED, failed);
}

static void step(struct world *w)
{
    static const sim_time gap[] = {SIM_S, 7 * SIM_S, 61 * SIM_S};
    uint64_t what = w->choose(w->from, w->pauses ? 4 : 3);
    if (what == 0)
        answer(w);
    else if (what == 1)
        finish(w);
    else if (what == 3)
        esmq_pause(w->e, w->paused = !w->paused);
    else { /* every deadline on the way */
        sim_time to = w->now + gap[w->choose(w->from, ARRAY_LEN(gap))];
        for (; esmq_deadline(w->e) <= to; turn(w))
            w->now = esmq_deadline(w->e);
        w->now = to;
    }
    turn(w);
}

static void play(struct world *w, unsigned steps)
{
    static const struct {
        uint32_t batch, max_concurrency;
        sim_time window;
        bool fifo;
    } forms[] = {{10, 2, 0, false}, {3, 0, 5 * SIM_S, false}, {25, 3, 2 * SIM_S, false}, {10, 3, 0, true}};
    uint64_t form = w->choose(w->from, ARRAY_LEN(forms));
    esmq_config_default(&w->config);
    w->config.batch = forms[form].batch;
    w->config.window = forms[form].window;
    w->config.fifo = forms[form].fifo;
    w->config.max_concurrency = forms[form].max_concurrency;
    w->now = 0;
    w->n_message = w->n_poll = w->n_running = w->n_answer = 0;
    w->paused = false;
    assert_true(esmq_open(&w->e, &w->config, NULL));
    turn(w);
    for (unsigned i = 0; i < steps; i++)
        step(w);
    const struct esmq_counts *n = esmq_counts(w->e);
    uint64_t fates[KEPT + 1] = {0};
    for (uint32_t i = 0; i < w->n_message; i++)
        fates[w->fate[i]]++;
    assert_int_equal(n->messages, w->n_message);
    assert_int_equal(n->deleted, fates[DELETED]);
    assert_int_equal(n->kept, fates[KEPT]);
    esmq_close(w->e);
}

static uint64_t by_world(void *from, uint64_t n)
{
    return dice_roll(&((struct exhaust *)from)->dice, n);
}

static uint64_t by_seed(void *from, uint64_t n)
{
    return testrand_below(from, n);
}

static struct world world;

static void every_small_world(void **state)
{
    struct exhaust worlds;
    exhaust_init(&worlds);
    world.choose = by_world;
    world.from = &worlds;
    while (!exhaust_done(&worlds))
        play(&world, DEPTH);
    (void)state;
}

static void long_worlds(void **state)
{
    struct testrand r = testrand_open("lambda_mapping_worlds", 4242);
    world.choose = by_seed;
    world.from = &r;
    world.pauses = true;
    for (unsigned i = 0; i < RUNS; i++)
        play(&world, STEPS);
    (void)state;
}

/* --- one event, in every world of eleven attempts --- */

struct event_world {
    struct lam_async *a;
    struct call call;
    struct exhaust *worlds;
    sim_time due;
    uint32_t errors, throttles; /* throttles in a row */
};

static void expect_over(struct event_world *x, const struct lam_event *e, enum lam_discard why)
{
    assert_int_equal(e->why, why);
    assert_int_equal(e->invokes, x->errors);
    assert_int_equal(lam_async_deadline(x->a), SIM_NEVER);
}

/* false: the event has ended. */
static bool one_attempt(struct event_world *x, uint32_t retries, sim_time age)
{
    struct lam_event e;
    assert_int_equal(lam_async_deadline(x->a), x->due);
    call_begin(&x->call, x->due, NULL);
    enum lam_do todo = lam_async_next(x->a, &x->call, &e);
    if (x->due > age) {
        assert_int_equal(todo, LAM_DO_DISCARD);
        expect_over(x, &e, LAM_AGE_EXCEEDED);
        return false;
    }
    assert_int_equal(todo, LAM_DO_ATTEMPT);
    sim_time now = x->due + 2 * SIM_S;
    call_begin(&x->call, now, NULL);
    enum lam_answer answer = (enum lam_answer)dice_roll(&x->worlds->dice, 3);
    bool over = lam_async_settle(x->a, &x->call, e.id, answer, &e);
    lam_async_check(x->a, now);
    if (answer == LAM_ANSWER_OK) {
        assert_true(over && e.invokes == x->errors + 1);
        return false;
    }
    if (answer == LAM_ANSWER_ERROR) {
        x->throttles = 0;
        x->due = now + ++x->errors * SIM_MIN;
        if (x->errors <= retries) {
            assert_false(over);
            return true;
        }
        assert_true(over);
        expect_over(x, &e, LAM_RETRIES_EXHAUSTED);
        return false;
    }
    static const int pause[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300};
    x->due = now + pause[x->throttles++] * SIM_S;
    assert_false(over);
    return true;
}

static void every_life_of_an_event(void **state)
{
    struct exhaust worlds;
    exhaust_init(&worlds);
    while (!exhaust_done(&worlds)) {
        struct event_world x = {.worlds = &worlds, .due = 20 * SIM_MS};
        struct lam_async_config c;
        lam_async_config_default(&c);
        c.retries = (uint32_t)dice_roll(&worlds.dice, 3);
        c.max_age = dice_roll(&worlds.dice, 2) != 0 ? 90 * SIM_S : 21600 * SIM_S;
        assert_true(lam_async_open(&x.a, &c, NULL));
        call_begin(&x.call, 0, NULL);
        assert_int_equal(lam_async_accept(x.a, &x.call, 7, 1), LAM_OK);
        for (unsigned i = 0; i < 11 && one_attempt(&x, c.retries, c.max_age);)
            i++;
        lam_async_close(x.a);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_world),
        cmocka_unit_test(long_worlds),
        cmocka_unit_test(every_life_of_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
