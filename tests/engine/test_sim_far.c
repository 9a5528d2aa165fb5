/* The event set with many timers and with delays of every magnitude, so that the buckets of far
 * timers fill, split and empty. Held to a knock-out tournament over (at, rank, seq) of all timers:
 * its winner is the one that must fire. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "mem.h"
#include "sim.h"
#include "testrand.h"

struct world;

struct unit {
    struct sim_timer timer;
    struct world *world;
    bool pending;
    sim_time at;
    enum sim_rank rank;
    uint64_t seq;
};

/* How a world is stirred. */
struct recipe {
    const char *name;
    size_t n; /* timers, a power of two */
    uint64_t events, seed;
    unsigned bits;  /* delays are below 2^bits, of every magnitude */
    unsigned grain; /* and multiples of 2^grain */
    unsigned lanes; /* of eight starts, so many use the lane */
    unsigned again; /* of eight firings, so many start their timer again */
};

struct world {
    const struct recipe *recipe;
    struct sim *sim;
    struct sim_lane lane;
    struct unit *unit;
    uint32_t *winner; /* [1] of all; [n + i] is unit i */
    struct testrand r;
    sim_time now;
    uint64_t seq, events;
};

static bool is_before(const struct unit *a, const struct unit *b)
{
    if (!a->pending || !b->pending)
        return a->pending;
    if (a->at != b->at)
        return a->at < b->at;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    return a->seq < b->seq;
}

static void play_off(struct world *w, struct unit *u)
{
    for (size_t i = (w->recipe->n + (size_t)(u - w->unit)) / 2; i > 0; i /= 2) {
        uint32_t a = w->winner[2 * i], b = w->winner[2 * i + 1];
        w->winner[i] = is_before(&w->unit[a], &w->unit[b]) ? a : b;
    }
}

static struct unit *least(struct world *w)
{
    struct unit *u = &w->unit[w->winner[1]];
    return u->pending ? u : NULL;
}

static void started(struct world *w, struct unit *u, sim_time at)
{
    u->pending = true;
    u->at = at;
    u->seq = w->seq++;
    play_off(w, u);
}

static void stopped(struct world *w, struct unit *u)
{
    u->pending = false;
    play_off(w, u);
}

static sim_time some_delay(struct world *w)
{
    uint64_t below = UINT64_C(1) << testrand_below(&w->r, w->recipe->bits + 1);
    return (sim_time)(testrand_below(&w->r, below) >> w->recipe->grain << w->recipe->grain);
}

static struct unit *any(struct world *w)
{
    return &w->unit[testrand_below(&w->r, w->recipe->n)];
}

static void cancel(struct world *w, struct unit *u)
{
    sim_cancel(w->sim, &u->timer);
    stopped(w, u);
}

static void start(struct world *w, struct unit *u)
{
    sim_time delay = some_delay(w);
    if (delay >= SIM_NEVER - w->now) {
        cancel(w, u);
    } else if (testrand_below(&w->r, 8) < w->recipe->lanes) {
        sim_lane_start(w->sim, &w->lane, &u->timer);
        started(w, u, w->now + w->lane.delay);
    } else {
        (testrand_below(&w->r, 4) == 0 ? sim_again : sim_at)(w->sim, &u->timer, w->now + delay);
        started(w, u, w->now + delay);
    }
}

static void fired(struct sim *s, struct sim_timer *t)
{
    struct unit *u = CONTAINER_OF(t, struct unit, timer);
    struct world *w = u->world;
    assert_ptr_equal(u, least(w));
    assert_true(u->at >= w->now);
    assert_true(sim_now(s) == u->at);
    w->now = u->at;
    w->events++;
    stopped(w, u);
    if (testrand_below(&w->r, 8) < w->recipe->again)
        start(w, u);
    if (testrand_below(&w->r, 4) == 0)
        start(w, any(w));
    if (testrand_below(&w->r, 4) == 0)
        cancel(w, any(w));
}

static void world_open(struct world *w, const struct recipe *recipe)
{
    *w = (struct world){.recipe = recipe, .sim = sim_open()};
    w->r = testrand_open(recipe->name, recipe->seed);
    w->unit = calloc(recipe->n, sizeof(*w->unit));
    w->winner = calloc(2 * recipe->n, sizeof(*w->winner));
    for (uint32_t i = 0; i < recipe->n; i++) {
        w->unit[i].rank = (enum sim_rank)testrand_below(&w->r, 6);
        sim_timer_init(&w->unit[i].timer, w->unit[i].rank, fired);
        w->winner[recipe->n + i] = i;
    }
    for (size_t i = 0; i < recipe->n; i++)
        play_off(w, &w->unit[i]);
    sim_lane_init(&w->lane, INT64_C(1) << recipe->bits / 2);
}

static void world_close(struct world *w)
{
    assert_false(sim_failed(w->sim));
    sim_close(w->sim);
    free(w->unit);
    free(w->winner);
}

static void fill(struct world *w, size_t starts)
{
    for (size_t i = 0; i < w->recipe->n; i++)
        w->unit[i].world = w;
    for (size_t i = 0; i < starts; i++)
        start(w, any(w));
}

static void run_a_while(struct world *w)
{
    sim_time end = w->now + some_delay(w);
    assert_true(sim_run(w->sim, end, NULL));
    w->now = end;
    assert_true(least(w) == NULL || least(w)->at > end);
}

static void peek(struct world *w)
{
    assert_true(sim_peek(w->sim) == (least(w) == NULL ? SIM_NEVER : least(w)->at));
}

static void drain(struct world *w)
{
    while (least(w) != NULL && w->events < 4 * w->recipe->events)
        assert_true(sim_step(w->sim));
    if (least(w) == NULL)
        assert_false(sim_step(w->sim));
}

static void play(const struct recipe *recipe)
{
    struct world w;
    world_open(&w, recipe);
    fill(&w, 2 * recipe->n);
    while (w.events < recipe->events) {
        uint64_t what = testrand_below(&w.r, 64);
        if (what == 0)
            run_a_while(&w);
        else if (what < 4)
            peek(&w);
        else if (what == 4)
            fill(&w, testrand_below(&w.r, recipe->n / 8));
        else if (least(&w) != NULL)
            assert_true(sim_step(w.sim));
    }
    drain(&w);
    assert_true(w.events == sim_events(w.sim));
    world_close(&w);
}

static void every_order_is_kept(void **state)
{
    (void)state;
    static const struct recipe recipes[] = {
        {"wide", 1 << 14, 50000, 21, 40, 0, 0, 8},
        {"narrow", 1 << 14, 50000, 22, 12, 0, 0, 8},
        {"lanes", 1 << 12, 50000, 23, 30, 0, 4, 8},
        {"ties", 1 << 13, 50000, 24, 30, 24, 0, 5},
        {"one instant", 1 << 12, 30000, 25, 30, 29, 1, 4},
        {"few are left", 1 << 12, 30000, 26, 34, 0, 1, 5},
        {"around the heap's limit", 1 << 9, 50000, 27, 34, 0, 0, 8},
        {"all of time", 1 << 12, 30000, 28, 57, 0, 0, 7},
        {"a row and a pool", 1 << 6, 50000, 29, 30, 0, 0, 8},
        {"a pool", 1 << 7, 50000, 34, 34, 0, 1, 8},
        {"a pool with ties", 1 << 7, 50000, 35, 30, 25, 1, 7},
        {"a pool of crowds", 1 << 8, 50000, 36, 30, 27, 0, 4},
        {"a full pool and a row again", 1 << 9, 50000, 37, 34, 0, 1, 4},
    };
    for (size_t i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++)
        play(&recipes[i]);
}

static void start_at(struct world *w, size_t i, sim_time at)
{
    sim_at(w->sim, &w->unit[i].timer, at);
    started(w, &w->unit[i], at);
}

/* A look at the next event opens its bucket; what is started then may be due before all of it. */
static void many_start_before_what_was_seen(void **state)
{
    (void)state;
    static const struct recipe recipe = {"peek", 1 << 13, 20000, 31, 44, 0, 0, 0};
    struct world w;
    world_open(&w, &recipe);
    fill(&w, 0);
    for (size_t i = 0; i < recipe.n / 2; i++) {
        start_at(&w, i, SIM_H + (sim_time)testrand_below(&w.r, SIM_H));
    }
    peek(&w);
    for (size_t i = recipe.n / 2; i < recipe.n; i++) {
        start_at(&w, i, (sim_time)testrand_below(&w.r, SIM_H));
        peek(&w);
    }
    drain(&w);
    world_close(&w);
}

/* A run ends shortly before a crowd of one instant; what is started then comes before it. */
static void many_start_before_a_crowd(void **state)
{
    (void)state;
    static const struct recipe recipe = {"crowd", 1 << 11, 20000, 33, 30, 0, 0, 0};
    struct world w;
    world_open(&w, &recipe);
    fill(&w, 0);
    for (int round = 0; round < 40; round++) {
        sim_time crowd = w.now + SIM_H + (sim_time)testrand_below(&w.r, SIM_H);
        for (size_t i = 0; i < recipe.n; i++)
            start_at(&w, i, i % 4 == 0 ? w.now + (sim_time)testrand_below(&w.r, SIM_MIN) : crowd);
        sim_time end = crowd - 1 - (sim_time)testrand_below(&w.r, round % 2 == 0 ? SIM_S : SIM_MS);
        assert_true(sim_run(w.sim, end, NULL));
        w.now = end;
        for (size_t i = 0; i < recipe.n; i += 4)
            start_at(&w, i, end + (sim_time)testrand_below(&w.r, (uint64_t)(crowd - end) + 2));
        while (least(&w) != NULL)
            assert_true(sim_step(w.sim));
    }
    world_close(&w);
}

/* Before a crowd only one is pending, beside the set, and a run ends between the two: what that one starts comes first. */
static void the_pace_is_set_before_a_crowd(void **state)
{
    (void)state;
    static const struct recipe recipe = {"pace", 1 << 10, 20000, 39, 36, 0, 0, 4};
    struct world w;
    world_open(&w, &recipe);
    fill(&w, 0);
    for (int round = 0; round < 20; round++) {
        sim_time crowd = w.now + SIM_H + (sim_time)testrand_below(&w.r, SIM_H);
        for (size_t i = 1; i < 100; i++)
            start_at(&w, i, w.now + (sim_time)testrand_below(&w.r, SIM_MIN));
        for (size_t i = 100; i < recipe.n; i++)
            start_at(&w, i, crowd + (sim_time)testrand_below(&w.r, SIM_MS));
        while (least(&w)->at < crowd)
            assert_true(sim_step(w.sim));
        sim_time at = w.now + SIM_MIN + (sim_time)testrand_below(&w.r, SIM_H / 2);
        sim_time end = crowd - 1 - (sim_time)testrand_below(&w.r, SIM_MS);
        sim_again(w.sim, &w.unit[0].timer, at);
        started(&w, &w.unit[0], at);
        assert_true(sim_run(w.sim, end, NULL));
        w.now = end;
        while (least(&w) != NULL)
            assert_true(sim_step(w.sim));
    }
    world_close(&w);
}

/* The pool's horizon moves by what came last time; here that is worth nothing: each round has its own scale of time, somebody waits
 * for a day, and every other round some of them are due at one instant. */
static void the_scale_of_time_changes(void **state)
{
    (void)state;
    static const struct recipe recipe = {"scale", 1 << 8, 40000, 38, 30, 0, 0, 0};
    struct world w;
    world_open(&w, &recipe);
    fill(&w, 0);
    for (int round = 0; round < 60; round++) {
        sim_time scale = INT64_C(1) << testrand_below(&w.r, 44), crowd = w.now + 1 + (sim_time)testrand_below(&w.r, (uint64_t)scale);
        uint64_t many = testrand_below(&w.r, recipe.n);
        for (size_t i = 1; i < recipe.n; i++)
            start_at(&w, i, round % 2 == 0 && i < many ? crowd : w.now + 1 + (sim_time)testrand_below(&w.r, (uint64_t)scale));
        start_at(&w, 0, w.now + SIM_DAY);
        while (least(&w) != NULL && least(&w) != &w.unit[0])
            assert_true(sim_step(w.sim));
    }
    drain(&w);
    world_close(&w);
}

/* The last nanosecond before SIM_NEVER has buckets that end beyond it. */
static void the_end_of_time(void **state)
{
    (void)state;
    static const struct recipe recipe = {"end of time", 1 << 12, 20000, 32, 10, 0, 0, 0};
    struct world w;
    world_open(&w, &recipe);
    fill(&w, 0);
    for (size_t i = 0; i < recipe.n; i++) {
        uint64_t before = testrand_below(&w.r, i % 2 == 0 ? 100 : SIM_NEVER);
        start_at(&w, i, SIM_NEVER - 1 - (sim_time)before);
    }
    drain(&w);
    world_close(&w);
}

/* --- memory --- */

struct bag {
    struct sim_timer *timer;
    size_t n;
    struct testrand r;
    uint64_t fired;
};

static struct bag bag;

static void back_in(struct sim *s, struct sim_timer *t)
{
    bag.fired++;
    sim_after(s, t, (sim_time)testrand_below(&bag.r, SIM_S));
}

static void bag_open(size_t n, uint64_t seed)
{
    bag = (struct bag){calloc(n, sizeof(*bag.timer)), n, testrand_open("bag", seed), 0};
    for (size_t i = 0; i < n; i++)
        sim_timer_init(&bag.timer[i], SIM_MESSAGE, back_in);
}

static void start_all(struct sim *s)
{
    for (size_t i = 0; i < bag.n; i++)
        sim_after(s, &bag.timer[i], (sim_time)testrand_below(&bag.r, SIM_S));
}

/* Events, moves and cancels of 20,000 timers: all memory is there after the first sixth. */
static void memory_follows_the_number_pending(void **state)
{
    (void)state;
    bag_open(20000, 41);
    mem_fail_at(0);
    struct sim *s = sim_open();
    start_all(s);
    long after_start = mem_count();
    for (int i = 0; i < 600000; i++) {
        struct sim_timer *t = &bag.timer[testrand_below(&bag.r, bag.n)];
        if (i == 100000)
            after_start = mem_count();
        if (i % 4 == 0)
            sim_after(s, t, (sim_time)testrand_below(&bag.r, SIM_S));
        if (i % 16 == 0) {
            sim_cancel(s, t);
            sim_after(s, t, (sim_time)testrand_below(&bag.r, SIM_MS));
        }
        assert_true(sim_step(s));
    }
    assert_true(mem_count() - after_start <= 2);
    assert_true(mem_count() < 300);
    sim_close(s);
    free(bag.timer);
}

/* Whichever allocation fails: it is told, no timer is lost without that, and all can be cancelled.
 */
static void memory_that_is_short_is_told(void **state)
{
    (void)state;
    bag_open(5000, 42);
    for (long at = 1;; at++) {
        mem_fail_at(at);
        struct sim *s = sim_open();
        if (s == NULL)
            continue;
        start_all(s);
        for (int i = 0; i < 30000 && sim_step(s); i++) {
        }
        bool all_made = mem_count() < at;
        mem_fail_at(0);
        size_t pending = 0;
        for (size_t i = 0; i < bag.n; i++)
            pending += sim_pending(&bag.timer[i]);
        assert_int_equal(sim_failed(s), !all_made);
        assert_true(pending == bag.n || sim_failed(s));
        for (size_t i = 0; i < bag.n; i++)
            sim_cancel(s, &bag.timer[i]);
        assert_false(sim_step(s));
        sim_close(s);
        if (all_made)
            break;
    }
    free(bag.timer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_is_kept),
        cmocka_unit_test(many_start_before_what_was_seen),
        cmocka_unit_test(many_start_before_a_crowd),
        cmocka_unit_test(the_pace_is_set_before_a_crowd),
        cmocka_unit_test(the_scale_of_time_changes),
        cmocka_unit_test(the_end_of_time),
        cmocka_unit_test(memory_follows_the_number_pending),
        cmocka_unit_test(memory_that_is_short_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
