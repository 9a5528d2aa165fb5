/* The event set against a naive one: random starts, moves, cancels, steps, peeks and runs over heap
 * timers and lanes, also from inside firings. The naive side keeps (at, rank, seq) of each timer in
 * an array and looks through all of it. Delays are small, so that most events share their instant
 * with others; a few are longer than time. A bell must ring before whatever is due from its time on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "testrand.h"

#define LANES 6

struct world;

struct unit {
    struct sim_timer timer;
    struct world *world;
    /* the naive side */
    bool pending;
    sim_time at;
    enum sim_rank rank;
    uint64_t seq;
};

struct world {
    struct sim *sim;
    struct sim_lane lane[LANES];
    sim_time delay[LANES];
    struct unit *unit;
    size_t n;
    struct testrand r;
    sim_time now;
    uint64_t seq, events, ops;
    sim_time bell_at, end; /* end: of the run that is under way, SIM_NEVER: none */
};

static bool is_less(const struct unit *a, const struct unit *b)
{
    if (a->at != b->at)
        return a->at < b->at;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    return a->seq < b->seq;
}

static struct unit *least(struct world *w)
{
    struct unit *best = NULL;
    for (size_t i = 0; i < w->n; i++)
        if (w->unit[i].pending && (best == NULL || is_less(&w->unit[i], best)))
            best = &w->unit[i];
    return best;
}

static sim_time later(const struct world *w, sim_time delay)
{
    return delay < SIM_NEVER - w->now ? w->now + delay : SIM_NEVER;
}

static void started(struct world *w, struct unit *u, sim_time at)
{
    u->pending = at != SIM_NEVER;
    u->at = at;
    u->seq = w->seq++;
}

static sim_time some_delay(struct world *w)
{
    if (w->now > 0 && testrand_below(&w->r, 64) == 0)
        return SIM_NEVER - (sim_time)testrand_below(&w->r, 2);
    return (sim_time)testrand_below(&w->r, UINT64_C(1) << testrand_below(&w->r, 7));
}

static void change_rank(struct world *w, struct unit *u)
{
    void (*fire)(struct sim *, struct sim_timer *) = u->timer.fire;
    if (u->pending)
        return;
    u->rank = (enum sim_rank)testrand_below(&w->r, 6);
    sim_timer_init(&u->timer, u->rank, fire);
}

static void change_lane(struct world *w)
{
    size_t l = testrand_below(&w->r, LANES);
    w->delay[l] = some_delay(w);
    sim_lane_set(&w->lane[l], w->delay[l]);
}

/* A timer that never was one. */
static void begin(struct world *w, struct unit *u, size_t l, sim_time delay)
{
    void (*fire)(struct sim *, struct sim_timer *) = u->timer.fire;
    if (u->pending)
        return;
    memset(&u->timer, (int)testrand_below(&w->r, 256), sizeof(u->timer));
    u->rank = (enum sim_rank)testrand_below(&w->r, 6);
    if (testrand_below(&w->r, 2) == 0) {
        sim_begin_after(w->sim, &u->timer, u->rank, fire, delay);
        started(w, u, later(w, delay));
    } else {
        sim_begin_in_lane(w->sim, &w->lane[l], &u->timer, u->rank, fire);
        started(w, u, later(w, w->delay[l]));
    }
}

static void one_op(struct world *w)
{
    struct unit *u = &w->unit[testrand_below(&w->r, w->n)];
    size_t l = testrand_below(&w->r, LANES);
    sim_time delay = some_delay(w);
    w->ops++;
    switch (testrand_below(&w->r, 19)) {
    case 0 ... 1:
        sim_at(w->sim, &u->timer, later(w, delay));
        started(w, u, later(w, delay));
        break;
    case 2:
        sim_again(w->sim, &u->timer, later(w, delay));
        started(w, u, later(w, delay));
        break;
    case 3:
        sim_after(w->sim, &u->timer, delay);
        started(w, u, later(w, delay));
        break;
    case 4 ... 9:
        sim_lane_start(w->sim, &w->lane[l], &u->timer);
        started(w, u, later(w, w->delay[l]));
        break;
    case 10 ... 12:
        sim_cancel(w->sim, &u->timer);
        u->pending = false;
        break;
    case 13:
        sim_at(w->sim, &u->timer, SIM_NEVER);
        u->pending = false;
        break;
    case 14:
        change_rank(w, u);
        break;
    case 15:
        if (testrand_below(&w->r, 20) == 0)
            change_lane(w);
        break;
    default:
        begin(w, u, l, delay);
        break;
    }
    assert_int_equal(sim_pending(&u->timer), u->pending);
}

static void fired(struct sim *s, struct sim_timer *t)
{
    struct unit *u = CONTAINER_OF(t, struct unit, timer);
    struct world *w = u->world;
    assert_ptr_equal(u, least(w));
    assert_true(u->at >= w->now);
    assert_true(u->at < w->bell_at);
    w->now = u->at;
    w->events++;
    u->pending = false;
    assert_false(sim_pending(t));
    assert_true(sim_now(s) == w->now);
    assert_true(sim_events(s) == w->events);
    for (uint64_t k = testrand_below(&w->r, 4); k > 0; k--)
        one_op(w);
}

static sim_time ring(void *owner, sim_time at)
{
    struct world *w = owner;
    struct unit *next = least(w);
    sim_time due = next == NULL ? SIM_NEVER : next->at;
    assert_true(at >= w->bell_at && at == (due < w->end ? due : w->end));
    w->bell_at = at + 1 + (sim_time)testrand_below(&w->r, 40);
    return w->bell_at;
}

static void peek_agrees(struct world *w)
{
    struct unit *next = least(w);
    assert_true(sim_peek(w->sim) == (next == NULL ? SIM_NEVER : next->at));
}

static void step_agrees(struct world *w)
{
    bool any = least(w) != NULL;
    uint64_t before = w->events;
    assert_int_equal(sim_step(w->sim), any);
    assert_true(w->events == before + any);
}

static void run_agrees(struct world *w)
{
    sim_time end = w->now + (sim_time)testrand_below(&w->r, 8);
    w->end = end;
    assert_true(sim_run(w->sim, end, NULL));
    w->end = SIM_NEVER;
    w->now = end;
    assert_true(end < w->bell_at);
    struct unit *next = least(w);
    assert_true(next == NULL || next->at > end);
    assert_true(sim_now(w->sim) == end);
}

static void all_agree(struct world *w)
{
    for (size_t i = 0; i < w->n; i++)
        assert_int_equal(sim_pending(&w->unit[i].timer), w->unit[i].pending);
}

static void world_open(struct world *w, size_t n, uint64_t seed)
{
    *w = (struct world){.sim = sim_open(), .n = n, .r = testrand_open("sim order", seed), .bell_at = SIM_NEVER, .end = SIM_NEVER};
    w->unit = calloc(n, sizeof(*w->unit));
    for (size_t i = 0; i < n; i++) {
        w->unit[i].world = w;
        w->unit[i].rank = (enum sim_rank)testrand_below(&w->r, 6);
        sim_timer_init(&w->unit[i].timer, w->unit[i].rank, fired);
    }
    for (size_t l = 0; l < LANES; l++) {
        w->delay[l] = some_delay(w);
        sim_lane_init(&w->lane[l], w->delay[l]);
    }
    if (testrand_below(&w->r, 4) > 0)
        sim_ring(w->sim, w->bell_at = 1 + (sim_time)testrand_below(&w->r, 40), ring, w);
}

/* between: how many operations come, on average, before the world moves on; many fill the event
 * set. */
static void play(size_t n, uint64_t ops, unsigned between, uint64_t seed)
{
    struct world w;
    world_open(&w, n, seed);
    while (w.ops < ops) {
        for (uint64_t k = testrand_below(&w.r, 2 * between); k > 0; k--)
            one_op(&w);
        switch (testrand_below(&w.r, 8)) {
        case 0 ... 3:
            step_agrees(&w);
            break;
        case 4 ... 5:
            peek_agrees(&w);
            break;
        case 6:
            run_agrees(&w);
            break;
        case 7:
            all_agree(&w);
            break;
        }
    }
    while (least(&w) != NULL && w.ops < 2 * ops)
        step_agrees(&w);
    assert_true(w.events > ops / 100);
    sim_close(w.sim);
    free(w.unit);
}

static void few_timers(void **state)
{
    (void)state;
    play(5, 500000, 2, 11);
}

static void some_timers(void **state)
{
    (void)state;
    play(40, 1500000, 4, 12);
}

static void many_timers(void **state)
{
    (void)state;
    play(700, 300000, 40, 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_timers),
        cmocka_unit_test(some_timers),
        cmocka_unit_test(many_timers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
