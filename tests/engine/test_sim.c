/* The event set: its order, what may be done from inside a firing, lanes, and the two ways to drive
 * it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "sim.h"

/* A timer that writes its letter into a log, then does what its plan says. */
struct pen {
    struct sim_timer timer;
    char letter;
    void (*plan)(struct sim *, struct pen *);
    struct pen *other;
    struct sim_lane *lane;
    int left;
};

static char page[4096];
static size_t written;

static void note(struct sim *s, struct sim_timer *t)
{
    struct pen *p = CONTAINER_OF(t, struct pen, timer);
    assert_false(sim_pending(t));
    page[written++] = p->letter;
    page[written] = '\0';
    if (p->plan != NULL)
        p->plan(s, p);
}

static struct sim *blank_page(void)
{
    written = 0;
    page[0] = '\0';
    struct sim *s = sim_open();
    assert_non_null(s);
    return s;
}

static void pens_init(struct pen *p, size_t n, enum sim_rank rank)
{
    for (size_t i = 0; i < n; i++) {
        p[i] = (struct pen){.letter = (char)('a' + i)};
        sim_timer_init(&p[i].timer, rank, note);
    }
}

static void time_then_rank_then_start(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[8];
    pens_init(p, 8, SIM_MESSAGE);
    sim_timer_init(&p[0].timer, SIM_END, note);
    sim_timer_init(&p[1].timer, SIM_CONTROL, note);
    sim_timer_init(&p[2].timer, SIM_SAMPLE, note);
    sim_timer_init(&p[3].timer, SIM_LATE, note);
    sim_timer_init(&p[6].timer, SIM_STATE, note);
    for (int i = 0; i < 7; i++)
        sim_at(s, &p[i].timer, 10);
    sim_at(s, &p[7].timer, 9);
    assert_true(sim_run(s, 10, NULL));
    assert_string_equal(page, "hgefdcba");
    assert_int_equal(sim_events(s), 8);
    assert_int_equal(sim_now(s), 10);
    sim_close(s);
}

static void moving_counts_as_a_new_start(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[4];
    pens_init(p, 4, SIM_MESSAGE);
    for (int i = 0; i < 4; i++)
        sim_at(s, &p[i].timer, 5);
    sim_at(s, &p[0].timer, 5);
    sim_at(s, &p[1].timer, 4);
    sim_cancel(s, &p[2].timer);
    sim_cancel(s, &p[2].timer);
    assert_false(sim_pending(&p[2].timer));
    assert_true(sim_pending(&p[3].timer));
    sim_run(s, 100, NULL);
    assert_string_equal(page, "bda");
    sim_close(s);
}

static void run_includes_its_end(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[3];
    pens_init(p, 3, SIM_END);
    sim_at(s, &p[0].timer, 7);
    sim_at(s, &p[1].timer, 8);
    sim_at(s, &p[2].timer, 9);
    assert_true(sim_run(s, 8, NULL));
    assert_string_equal(page, "ab");
    assert_int_equal(sim_now(s), 8);
    assert_int_equal(sim_peek(s), 9);
    assert_true(sim_run(s, 8, NULL));
    assert_true(
        sim_run(s, SIM_NEVER, NULL)); /* until nothing is left: the clock stays at the last event */
    assert_string_equal(page, "abc");
    assert_int_equal(sim_now(s), 9);
    assert_true(sim_peek(s) == SIM_NEVER);
    assert_false(sim_step(s));
    sim_close(s);
}

static void peek_and_step(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[2];
    struct sim_lane lane;
    pens_init(p, 2, SIM_MESSAGE);
    sim_lane_init(&lane, 30);
    sim_at(s, &p[0].timer, 50);
    sim_lane_start(s, &lane, &p[1].timer);
    assert_int_equal(sim_peek(s), 30);
    assert_int_equal(sim_now(s), 0);
    assert_true(sim_step(s));
    assert_int_equal(sim_now(s), 30);
    assert_int_equal(sim_peek(s), 50);
    assert_true(sim_step(s));
    assert_string_equal(page, "ba");
    sim_close(s);
}

/* --- from inside a firing --- */

static void restart(struct sim *s, struct pen *p)
{
    if (--p->left > 0)
        sim_after(s, &p->timer, 3);
}

static void restart_in_lane(struct sim *s, struct pen *p)
{
    if (--p->left > 0)
        sim_lane_start(s, p->lane, &p->timer);
}

static void cancel_other(struct sim *s, struct pen *p)
{
    sim_cancel(s, &p->other->timer);
}

static void start_other_now(struct sim *s, struct pen *p)
{
    sim_at(s, &p->other->timer, sim_now(s));
}

static void cancel_self(struct sim *s, struct pen *p)
{
    sim_cancel(s, &p->timer);
}

static void a_timer_restarts_itself(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[2];
    struct sim_lane lane;
    pens_init(p, 2, SIM_MESSAGE);
    sim_lane_init(&lane, 4);
    p[0].plan = restart;
    p[0].left = 4;
    p[1].plan = restart_in_lane;
    p[1].left = 3;
    p[1].lane = &lane;
    sim_after(s, &p[0].timer, 3);          /* 3 6 9 12 */
    sim_lane_start(s, &lane, &p[1].timer); /* 4 8 12; at 12 it was started first (8 < 9) */
    sim_run(s, 100, NULL);
    assert_string_equal(page, "abab"
                              "aba");
    assert_int_equal(sim_events(s), 7);
    sim_close(s);
}

static void a_firing_cancels_and_starts_others(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[6];
    struct sim_lane lane;
    pens_init(p, 6, SIM_MESSAGE);
    sim_lane_init(&lane, 5);
    p[0].plan = cancel_other, p[0].other = &p[1];
    p[2].plan = cancel_other, p[2].other = &p[3];
    p[4].plan = start_other_now, p[4].other = &p[5];
    sim_at(s, &p[0].timer, 5);
    sim_at(s, &p[1].timer, 5);
    sim_lane_start(s, &lane, &p[2].timer);
    sim_lane_start(s, &lane, &p[3].timer);
    sim_at(s, &p[4].timer, 5);
    sim_run(s, 5, NULL);
    assert_string_equal(page, "acef");
    sim_close(s);
}

static void an_earlier_rank_started_now_comes_next(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[3];
    pens_init(p, 3, SIM_MESSAGE);
    sim_timer_init(&p[2].timer, SIM_STATE, note);
    p[0].plan = start_other_now, p[0].other = &p[2];
    sim_at(s, &p[0].timer, 5);
    sim_at(s, &p[1].timer, 5);
    sim_run(s, 5, NULL);
    assert_string_equal(page, "acb");
    sim_close(s);
}

static void cancelling_itself_does_nothing(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[2];
    pens_init(p, 2, SIM_MESSAGE);
    p[0].plan = cancel_self;
    sim_at(s, &p[0].timer, 1);
    sim_at(s, &p[1].timer, 2);
    sim_run(s, 5, NULL);
    assert_string_equal(page, "ab");
    sim_close(s);
}

/* --- never --- */

static void never_is_not_pending(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[4];
    struct sim_lane lane, endless;
    pens_init(p, 4, SIM_MESSAGE);
    sim_lane_init(&lane, 5);
    sim_lane_init(&endless, SIM_NEVER);
    sim_at(s, &p[0].timer, 5);
    sim_at(s, &p[0].timer, SIM_NEVER);
    sim_lane_start(s, &lane, &p[1].timer);
    sim_at(s, &p[1].timer, SIM_NEVER);
    sim_lane_start(s, &endless, &p[2].timer);
    sim_run(s, 10, NULL);
    sim_at(s, &p[3].timer, 20);
    sim_after(s, &p[3].timer, SIM_NEVER - 1); /* beyond the end of time */
    for (int i = 0; i < 4; i++)
        assert_false(sim_pending(&p[i].timer));
    assert_true(sim_peek(s) == SIM_NEVER);
    assert_int_equal(sim_events(s), 0);
    sim_close(s);
}

/* --- lanes --- */

static void empty_wakes_are_no_events(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[3];
    struct sim_lane lane;
    pens_init(p, 3, SIM_MESSAGE);
    sim_lane_init(&lane, 10);
    sim_lane_start(s, &lane, &p[0].timer);
    sim_run(s, 5, NULL);
    sim_lane_start(s, &lane, &p[1].timer);
    sim_cancel(s, &p[0].timer);
    assert_int_equal(sim_peek(s), 15); /* not 10, where the wake stands */
    sim_cancel(s, &p[1].timer);
    assert_true(sim_peek(s) == SIM_NEVER);
    sim_lane_start(s, &lane, &p[2].timer);
    sim_run(s, 100, NULL);
    assert_string_equal(page, "c");
    assert_int_equal(sim_events(s), 1);
    sim_close(s);
}

static void lane_and_heap_share_one_order(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[6];
    struct sim_lane lane;
    pens_init(p, 6, SIM_MESSAGE);
    sim_lane_init(&lane, 10);
    sim_at(s, &p[0].timer, 10);
    sim_lane_start(s, &lane, &p[1].timer);
    sim_at(s, &p[2].timer, 10);
    sim_lane_start(s, &lane, &p[3].timer);
    sim_at(s, &p[4].timer, 10);
    sim_at(s, &p[1].timer, 10); /* from the lane to the heap: now the last of all so far */
    sim_lane_start(s, &lane, &p[0].timer); /* and the other way round */
    sim_timer_init(&p[5].timer, SIM_STATE, note);
    sim_lane_start(s, &lane, &p[5].timer); /* an earlier rank in the same lane */
    sim_run(s, 10, NULL);
    assert_string_equal(page, "fcdeba");
    sim_close(s);
}

static void a_lane_may_change_its_length(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p[4];
    struct sim_lane lane;
    pens_init(p, 4, SIM_MESSAGE);
    sim_lane_init(&lane, 10);
    sim_lane_start(s, &lane, &p[0].timer);
    sim_lane_set(&lane, 3);
    sim_lane_start(s, &lane, &p[1].timer);
    sim_lane_set(&lane, 7);
    sim_lane_start(s, &lane, &p[2].timer);
    sim_lane_set(&lane, 12);
    sim_lane_start(s, &lane, &p[3].timer);
    assert_int_equal(sim_peek(s), 3);
    sim_run(s, 11, NULL);
    assert_string_equal(page, "bca");
    sim_run(s, 12, NULL);
    assert_string_equal(page, "bcad");
    sim_close(s);
}

static void count_only(struct sim *s, struct sim_timer *t)
{
    (void)s;
    (void)t;
}

/* A million waits of constant length take no memory: the heap never holds more than the wakes. */
static void a_million_in_lanes_do_not_meet_the_heap(void **state)
{
    (void)state;
    enum { N = 1000000 };
    struct sim *s = sim_open();
    struct sim_timer *t = malloc(N * sizeof(*t));
    struct sim_lane lane[3];
    assert_non_null(t);
    for (int i = 0; i < 3; i++)
        sim_lane_init(&lane[i], 1000 * (i + 1));
    mem_fail_at(0);
    for (size_t i = 0; i < N; i++) {
        sim_timer_init(&t[i], SIM_STATE, count_only);
        sim_lane_start(s, &lane[i % 3], &t[i]);
    }
    assert_int_equal(mem_count(), 0);
    for (size_t i = 0; i < N; i += 4)
        sim_cancel(s, &t[i]);
    assert_true(sim_run(s, 5000, NULL));
    assert_int_equal(mem_count(), 0);
    assert_int_equal(sim_events(s), N - N / 4);
    assert_false(sim_failed(s));
    free(t);
    sim_close(s);
}

/* --- stopping, failing, two worlds --- */

static int stop_flag;

static void stop_at_5000(struct sim *s, struct pen *p)
{
    written = 0; /* the page is too short for this one */
    if (sim_events(s) == 5000)
        __atomic_store_n(&stop_flag, 1, __ATOMIC_RELAXED);
    sim_after(s, &p->timer, 1);
}

static void a_stop_flag_ends_the_run_early(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct pen p;
    pens_init(&p, 1, SIM_MESSAGE);
    p.plan = stop_at_5000;
    stop_flag = 0;
    sim_at(s, &p.timer, 1);
    assert_false(sim_run(s, 1000000, &stop_flag));
    assert_int_equal(sim_events(s), 8192);
    assert_int_equal(sim_now(s), 8192);
    assert_false(sim_run(s, 1000000, &stop_flag));
    assert_int_equal(sim_events(s), 8192);
    sim_close(s);
}

struct ring { /* time stands still from 5 on */
    struct sim_timer timer;
    uint64_t         fired, stop_at;
    volatile int     stop;
};

static void ring_fire(struct sim *s, struct sim_timer *t)
{
    struct ring *r = CONTAINER_OF(t, struct ring, timer);
    r->stop = ++r->fired == r->stop_at;
    sim_after(s, t, 0);
}

static struct sim *ring_open(struct ring *r)
{
    struct sim *s = sim_open();
    assert_non_null(s);
    *r = (struct ring){0};
    sim_timer_init(&r->timer, SIM_MESSAGE, ring_fire);
    sim_at(s, &r->timer, 5);
    return s;
}

static void time_that_stands_still_ends_the_run(void **state)
{
    (void)state;
    struct ring r;
    struct sim *s = ring_open(&r);
    r.stop_at = 20 * 4096;
    assert_false(sim_run(s, 10, &r.stop)); /* a stop is seen there, too */
    assert_int_equal(r.fired, 20 * 4096);
    assert_false(sim_stuck(s));
    sim_patience(s, 50 * 4096);
    assert_false(sim_run(s, 10, NULL));
    assert_true(sim_stuck(s));
    /* the first 4,096 came to that instant; 50 times as many were at it */
    assert_int_equal(r.fired, 51 * 4096);
    assert_int_equal(sim_now(s), 5);
    assert_false(sim_run(s, 10, NULL));
    assert_int_equal(r.fired, 51 * 4096);
    sim_close(s);

    s = ring_open(&r);
    sim_halt(s);
    assert_false(sim_run(s, 10, NULL));
    assert_int_equal(r.fired, 0);
    sim_close(s);
}

static void memory_that_is_short_is_told(void **state)
{
    (void)state;
    for (long at = 1; at <= 2; at++) {
        mem_fail_at(at);
        assert_null(sim_open());
        mem_fail_at(0);
    }
    enum { N = 5000 };
    static struct sim_timer t[N];
    struct sim *s = sim_open();
    mem_fail_at(1);
    int refused = 0;
    for (int i = 0; i < N; i++) {
        sim_timer_init(&t[i], SIM_STATE, count_only);
        sim_at(s, &t[i], i);
        refused += !sim_pending(&t[i]);
    }
    mem_fail_at(0);
    assert_int_equal(refused, 1);
    assert_true(sim_failed(s));
    sim_run(s, N, NULL);
    assert_int_equal(sim_events(s), N - 1);
    sim_close(s);
    sim_close(NULL);
}

static void two_worlds_side_by_side(void **state)
{
    (void)state;
    struct sim *s = blank_page(), *u = sim_open();
    struct pen p[4];
    pens_init(p, 4, SIM_MESSAGE);
    sim_at(s, &p[0].timer, 1);
    sim_at(u, &p[1].timer, 5);
    sim_at(s, &p[2].timer, 9);
    sim_at(u, &p[3].timer, 7);
    sim_step(u);
    sim_step(s);
    sim_step(s);
    sim_step(u);
    assert_string_equal(page, "bacd");
    assert_int_equal(sim_now(s), 9);
    assert_int_equal(sim_now(u), 7);
    sim_close(s);
    sim_close(u);
}

struct tower {
    struct sim *sim;
    sim_time    rang[8];
    int         n;
};

/* Every ten. */
static sim_time ring(void *owner, sim_time at)
{
    struct tower *t = owner;
    assert_true(sim_now(t->sim) < at);
    t->rang[t->n++] = at;
    page[written++] = '!';
    page[written] = '\0';
    return at - at % 10 + 10;
}

/* Two are due when it rings, and nothing is between 20 and 30; a lane's wake that comes too early is nothing to ring for. */
static void a_bell_rings_before_what_is_due(void **state)
{
    (void)state;
    static const sim_time at[] = {3, 9, 10, 10, 35, 40};
    for (int stepwise = 0; stepwise < 2; stepwise++) {
        struct sim *s = blank_page();
        struct tower t = {.sim = s};
        struct sim_lane lane;
        struct pen p[7];
        pens_init(p, 7, SIM_STATE);
        sim_lane_init(&lane, 15);
        sim_lane_start(s, &lane, &p[6].timer);
        for (size_t i = 0; i < ARRAY_LEN(at); i++)
            sim_at(s, &p[i].timer, at[i]);
        sim_cancel(s, &p[6].timer);
        sim_ring(s, 10, ring, &t);
        for (int i = 0; stepwise && i < 6; i++)
            assert_true(sim_step(s));
        assert_true(sim_run(s, 49, NULL));
        assert_string_equal(page, "ab!cd!e!f");
        assert_true(sim_run(s, 50, NULL));
        assert_true(sim_run(s, 59, NULL));
        assert_true(sim_run(s, SIM_NEVER, NULL));
        assert_false(sim_step(s));
        assert_string_equal(page, "ab!cd!e!f!");
        static const sim_time rang[] = {10, 35, 40, 50};
        for (size_t i = 0; i < ARRAY_LEN(rang); i++)
            assert_int_equal(t.rang[i], rang[i]);
        assert_int_equal(sim_events(s), 6);
        assert_int_equal(sim_now(s), 59);
        sim_close(s);
    }
}

/* Memory from a pool holds what was there before. */
static void beginning_needs_no_initialised_timer(void **state)
{
    (void)state;
    struct sim *s = blank_page();
    struct sim_lane lane;
    struct pen p[6];
    pens_init(p, 6, SIM_MESSAGE);
    sim_lane_init(&lane, 20);
    for (int i = 0; i < 5; i++)
        memset(&p[i].timer, 0xa5, sizeof(p[i].timer));
    sim_begin_after(s, &p[0].timer, SIM_LATE, note, 20);
    sim_begin_in_lane(s, &lane, &p[1].timer, SIM_MESSAGE, note);
    sim_begin_after(s, &p[2].timer, SIM_MESSAGE, note, 10);
    sim_begin_in_lane(s, &lane, &p[3].timer, SIM_MESSAGE, note);
    sim_begin_after(s, &p[4].timer, SIM_MESSAGE, note, SIM_NEVER);
    sim_after(s, &p[5].timer, 20);
    assert_true(sim_pending(&p[0].timer) && sim_pending(&p[1].timer));
    assert_false(sim_pending(&p[4].timer));
    sim_cancel(s, &p[4].timer);
    assert_true(sim_run(s, 100, NULL));
    assert_string_equal(page, "cbdfa");
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_then_rank_then_start),
        cmocka_unit_test(moving_counts_as_a_new_start),
        cmocka_unit_test(run_includes_its_end),
        cmocka_unit_test(peek_and_step),
        cmocka_unit_test(a_timer_restarts_itself),
        cmocka_unit_test(a_firing_cancels_and_starts_others),
        cmocka_unit_test(an_earlier_rank_started_now_comes_next),
        cmocka_unit_test(cancelling_itself_does_nothing),
        cmocka_unit_test(never_is_not_pending),
        cmocka_unit_test(empty_wakes_are_no_events),
        cmocka_unit_test(lane_and_heap_share_one_order),
        cmocka_unit_test(a_lane_may_change_its_length),
        cmocka_unit_test(a_million_in_lanes_do_not_meet_the_heap),
        cmocka_unit_test(a_stop_flag_ends_the_run_early),
        cmocka_unit_test(time_that_stands_still_ends_the_run),
        cmocka_unit_test(memory_that_is_short_is_told),
        cmocka_unit_test(two_worlds_side_by_side),
        cmocka_unit_test(a_bell_rings_before_what_is_due),
        cmocka_unit_test(beginning_needs_no_initialised_timer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
