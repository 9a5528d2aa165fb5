/* Trials on one, two and eight threads: the same slots in the same order, a bounded window,
 * stopping, refusing, and no slot lost or freed twice. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "mem.h"
#include "testrand.h"
#include "trials.h"

#define TRIALS_MAX 2000

struct plan {
    size_t expected;                      /* the number that the sink must get next */
    size_t refuse_at, stop_at;            /* SIZE_MAX: never */
    atomic_size_t started, held, dropped; /* held: slots that exist */
    atomic_size_t ahead;                  /* how far work ever was before the sink */
    atomic_size_t taken;
    int stop;
    bool uneven;
    pthread_t caller;
    atomic_bool elsewhere; /* some work ran on another thread */
    atomic_int  outside;   /* sinks and ticks under way */
    atomic_bool crowded;   /* there were two at once */
    uint64_t print;
    size_t ticks, last_finished;
};

struct box {
    size_t number;
    uint64_t value;
};

static void nap(long ns)
{
    struct timespec t = {0, ns};
    nanosleep(&t, NULL);
}

static void *work(void *context, size_t number)
{
    struct plan *p = context;
    atomic_fetch_add(&p->started, 1);
    size_t ahead = number - atomic_load(&p->taken), seen = atomic_load(&p->ahead);
    while (ahead > seen && !atomic_compare_exchange_weak(&p->ahead, &seen, ahead)) {
    }
    if (!pthread_equal(pthread_self(), p->caller))
        atomic_store(&p->elsewhere, true);
    struct testrand r = {number};
    uint64_t value = testrand_u64(&r);
    if (p->uneven && number % 16 == 0)
        nap((long)(value % 300000));
    if (number % 7 == 3)
        return NULL; /* allowed */
    struct box *b = malloc(sizeof(*b));
    *b = (struct box){number, value};
    atomic_fetch_add(&p->held, 1);
    return b;
}

static void let_go(struct plan *p, struct box *b)
{
    free(b);
    atomic_fetch_sub(&p->held, 1);
}

static void go_out(struct plan *p)
{
    if (atomic_fetch_add(&p->outside, 1) > 0)
        atomic_store(&p->crowded, true);
}

static void come_in(struct plan *p)
{
    atomic_fetch_sub(&p->outside, 1);
}

static bool sink(void *context, size_t number, void *slot)
{
    struct plan *p = context;
    struct box *b = slot;
    go_out(p);
    assert_int_equal(number, p->expected);
    p->expected++;
    assert_int_equal(b == NULL, number % 7 == 3);
    if (b != NULL) {
        assert_int_equal(b->number, number);
        p->print = (p->print ^ b->value) * UINT64_C(0x9fb21c651e98df25);
        let_go(p, b);
    }
    if (number == p->stop_at)
        __atomic_store_n(&p->stop, 1, __ATOMIC_RELAXED);
    atomic_fetch_add(&p->taken, number != p->refuse_at);
    come_in(p);
    return number != p->refuse_at;
}

static void drop(void *context, void *slot)
{
    struct plan *p = context;
    assert_non_null(slot);
    atomic_fetch_add(&p->dropped, 1);
    let_go(p, slot);
}

static void tick(void *context, size_t started, size_t finished)
{
    struct plan *p = context;
    go_out(p);
    assert_true(pthread_equal(pthread_self(), p->caller));
    assert_true(started >= finished && finished >= p->last_finished);
    p->last_finished = finished;
    p->ticks++;
    nap(500000);
    come_in(p);
}

static struct plan plan_new(void)
{
    return (struct plan){.refuse_at = SIZE_MAX, .stop_at = SIZE_MAX, .caller = pthread_self()};
}

static size_t run(struct plan *p, size_t n, int threads)
{
    struct trials t = {.n = n,
                       .threads = threads,
                       .context = p,
                       .work = work,
                       .sink = sink,
                       .drop = drop,
                       .tick = tick,
                       .stop = &p->stop};
    size_t taken = trials_run(&t);
    assert_false(p->crowded);
    return taken;
}

static void any_number_of_threads_gives_the_same(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 8, 64};
    uint64_t print = 0;
    for (int i = 0; i < 4; i++) {
        struct plan p = plan_new();
        p.uneven = true;
        assert_int_equal(run(&p, TRIALS_MAX, threads[i]), TRIALS_MAX);
        assert_int_equal(p.expected, TRIALS_MAX);
        assert_int_equal(p.started, TRIALS_MAX);
        assert_int_equal(p.held, 0);
        assert_int_equal(p.dropped, 0);
        if (i > 0)
            assert_true(p.print == print);
        print = p.print;
    }
}

static void one_thread_is_the_callers(void **state)
{
    (void)state;
    struct plan p = plan_new();
    assert_int_equal(run(&p, 50, 1), 50);
    assert_false(p.elsewhere);
    p = plan_new();
    assert_int_equal(run(&p, 50, 2), 50);
    assert_true(p.elsewhere);
}

static void few_and_no_trials(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 8; threads *= 2) {
        for (size_t n = 0; n < 4; n++) {
            struct plan p = plan_new();
            assert_int_equal(run(&p, n, threads), n);
            assert_int_equal(p.started, n);
        }
    }
}

/* A sink that is slower than the work: the workers must wait, not pile up. */
static bool slow_sink(void *context, size_t number, void *slot)
{
    struct plan *p = context;
    go_out(p);
    nap(2000000);
    come_in(p);
    return sink(context, number, slot);
}

static void the_window_is_bounded(void **state)
{
    (void)state;
    struct plan p = plan_new();
    struct trials t = {
        .n = 200, .threads = 3, .context = &p, .work = work, .sink = slow_sink, .drop = drop, .tick = tick};
    assert_int_equal(trials_run(&t), 200);
    assert_true(p.ticks > 0);
    assert_false(p.crowded);
    assert_true(p.ahead < 3 * 4);
    assert_true(p.ahead > 3);
}

static void a_refusing_sink_ends_the_whole(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 8; threads *= 2) {
        struct plan p = plan_new();
        p.refuse_at = 100;
        assert_int_equal(run(&p, TRIALS_MAX, threads), 100);
        assert_int_equal(p.expected, 101);
        assert_int_equal(p.held, 0);
        assert_true(p.started <= 101 + (size_t)threads * 4);
        assert_true(p.dropped < (size_t)threads * 4);
    }
}

/* Everything that was started still reaches the sink. */
static void a_stop_hands_over_what_was_started(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 8; threads *= 2) {
        struct plan p = plan_new();
        p.uneven = true;
        p.stop_at = 50;
        size_t n = run(&p, TRIALS_MAX, threads);
        assert_true(n >= 51 && n <= 51 + (size_t)threads * 4);
        assert_int_equal(p.expected, n);
        assert_int_equal(p.started, n);
        assert_int_equal(p.held, 0);
        assert_int_equal(p.dropped, 0);
    }
}

static void stopped_before_the_start(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads *= 2) {
        struct plan p = plan_new();
        p.stop = 1;
        assert_int_equal(run(&p, 100, threads), 0);
        assert_int_equal(p.started, 0);
    }
}

static void *long_work(void *context, size_t number)
{
    nap(number == 0 ? 350000000 : 1000);
    return work(context, number);
}

static void ticks_come_while_waiting(void **state)
{
    (void)state;
    struct plan p = plan_new();
    struct trials t = {.n = 4,
                       .threads = 2,
                       .context = &p,
                       .work = long_work,
                       .sink = sink,
                       .drop = drop,
                       .tick = tick};
    assert_int_equal(trials_run(&t), 4);
    assert_true(p.ticks >= 1);
    p = plan_new();
    t.threads = 1;
    assert_int_equal(trials_run(&t), 4);
    assert_true(p.ticks >= 1);
}

static void short_memory_is_only_slower(void **state)
{
    (void)state;
    for (long at = 1; at <= 2; at++) {
        struct plan p = plan_new();
        mem_fail_at(at);
        assert_int_equal(run(&p, 100, 4), 100);
        mem_fail_at(0);
        assert_false(p.elsewhere);
        assert_int_equal(p.held, 0);
    }
}

static void there_is_a_processor(void **state)
{
    (void)state;
    assert_true(trials_processors() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same),
        cmocka_unit_test(one_thread_is_the_callers),
        cmocka_unit_test(few_and_no_trials),
        cmocka_unit_test(the_window_is_bounded),
        cmocka_unit_test(a_refusing_sink_ends_the_whole),
        cmocka_unit_test(a_stop_hands_over_what_was_started),
        cmocka_unit_test(stopped_before_the_start),
        cmocka_unit_test(ticks_come_while_waiting),
        cmocka_unit_test(short_memory_is_only_slower),
        cmocka_unit_test(there_is_a_processor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
