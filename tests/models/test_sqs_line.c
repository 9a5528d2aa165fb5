/* Deadlines of a queue beside a list that is searched: whatever is put in, taken out and let run out, the earliest
 * is known, and what is due at one instant comes in the order of its numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "sqs_line.h"
#include "testrand.h"

#define ITEMS 5000

struct item {
    struct due due;
    uint64_t seq;
    sim_time at; /* as the test knows it */
    bool in;
};

struct world {
    struct slab slab;
    struct timeline line;
    sim_time now;
    uint64_t seq;
    uint32_t n;
    struct testrand rand;
};

static struct item *item_at(const struct world *w, uint32_t i)
{
    return slab_at(&w->slab, i);
}

static uint64_t seq_of(const struct timeline *t, uint32_t i)
{
    return ((const struct item *)slab_at(t->slab, i))->seq;
}

static void world_open(struct world *w, uint64_t seed)
{
    *w = (struct world){.now = 0};
    w->rand = testrand_open("sqs_line", seed);
    slab_init(&w->slab, sizeof(struct item));
    timeline_init(&w->line, &w->slab, offsetof(struct item, due), seq_of);
    for (uint32_t i = 0; i < ITEMS; i++) {
        assert_int_equal(slab_take(&w->slab), i);
        item_at(w, i)->in = false;
    }
}

static void world_close(struct world *w)
{
    timeline_free(&w->line);
    slab_free(&w->slab);
}

static void add(struct world *w, uint32_t i, sim_time length)
{
    struct item *x = item_at(w, i);
    x->seq = ++w->seq;
    x->at = w->now + length;
    x->in = true;
    assert_true(timeline_reserve(&w->line, length, 1));
    timeline_add(&w->line, i, w->now, length, x->seq);
    w->n++;
}

static void take_out(struct world *w, uint32_t i)
{
    item_at(w, i)->in = false;
    timeline_remove(&w->line, i);
    w->n--;
}

static sim_time earliest(const struct world *w)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < ITEMS; i++)
        if (item_at(w, i)->in && item_at(w, i)->at < at)
            at = item_at(w, i)->at;
    return at;
}

/* Of what is due at one instant the lowest number comes first, whatever lists it stands in. */
static void check_first(const struct world *w)
{
    uint32_t first = timeline_first(&w->line);
    const struct item *x = item_at(w, first);
    assert_true(x->in && x->at == w->line.next);
    for (uint32_t i = 0; i < ITEMS; i++) {
        const struct item *y = item_at(w, i);
        assert_false(y->in && y->at == x->at && y->seq < x->seq);
    }
}

static void check(const struct world *w)
{
    assert_int_equal(w->line.next, earliest(w));
    if (w->n > 0)
        check_first(w);
    else
        assert_int_equal(timeline_first(&w->line), SLAB_NONE);
}

/* Lengths of many kinds: from nothing to half a day, few different ones, many due at one instant. */
static sim_time length(struct world *w, unsigned kind)
{
    switch (kind) {
    case 0:
        return (sim_time)testrand_below(&w->rand, 43200 * (uint64_t)SIM_S);
    case 1:
        return (sim_time)(1 + testrand_below(&w->rand, 300)) * SIM_S;
    case 2:
        return (sim_time)testrand_below(&w->rand, 3);
    case 3:
        return 1000 * SIM_S - w->now % (1000 * SIM_S); /* the next round instant */
    default:
        return (sim_time)testrand_below(&w->rand, UINT64_C(1) << testrand_below(&w->rand, 45));
    }
}

static void pass(struct world *w)
{
    sim_time by = (sim_time)testrand_below(&w->rand, UINT64_C(1) << testrand_below(&w->rand, 40));
    w->now = w->line.next != SIM_NEVER && testrand_below(&w->rand, 2) == 0 ? w->line.next : w->now + by;
    while (w->line.next <= w->now)
        take_out(w, timeline_first(&w->line));
}

static void step(struct world *w, uint32_t crowd)
{
    uint32_t i = (uint32_t)testrand_below(&w->rand, crowd);
    if (item_at(w, i)->in)
        take_out(w, i);
    else
        add(w, i, length(w, (unsigned)testrand_below(&w->rand, 5)));
}

static void as_a_list_that_is_searched(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct world w;
        world_open(&w, seed);
        for (int i = 0; i < 20000; i++) {
            step(&w, seed % 2 == 0 ? ITEMS : 300);
            if (testrand_below(&w.rand, 200) == 0)
                pass(&w);
            if (i % 16 == 0 || seed == 1)
                check(&w);
        }
        while (w.line.next != SIM_NEVER) {
            check(&w);
            w.now = w.line.next;
            pass(&w);
        }
        assert_int_equal(w.n, 0);
        world_close(&w);
    }
}

/* The first is due in twelve hours, all that follow are nearer: the horizon recedes. */
static void the_far_one_first(void **state)
{
    struct world w;
    (void)state;
    world_open(&w, 7);
    for (uint32_t i = 0; i < ITEMS; i++) {
        add(&w, i, i == 0 ? 43200 * SIM_S : (sim_time)(1 + testrand_below(&w.rand, 40000)) * SIM_S);
        if (i % 16 == 0)
            check(&w);
    }
    assert_true(w.line.heap.n < ITEMS / 4);
    assert_true(w.line.heap.cap >= ITEMS - LINES_MAX && w.line.heap.cap <= ITEMS * 5 / 4); /* room for all, and little more */
    sim_time before = 0;
    for (; w.n > 0; before = w.line.next) {
        assert_true(w.line.next >= before);
        if (w.n % 64 == 0)
            check(&w);
        before = w.line.next;
        take_out(&w, timeline_first(&w.line));
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_a_list_that_is_searched),
        cmocka_unit_test(the_far_one_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
