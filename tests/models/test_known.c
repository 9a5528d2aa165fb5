/* test_known.c - a memory of ids against a list that is searched from one end to the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "known.h"
#include "mem.h"
#include "testrand.h"

struct list {
    uint64_t id[20000];
    sim_time at[20000];
    size_t first, n;
};

static bool list_has(struct list *l, sim_time now, sim_time ttl, uint64_t id)
{
    while (l->first < l->n && now - l->at[l->first] >= ttl)
        l->first++;
    for (size_t i = l->first; i < l->n; i++)
        if (l->id[i] == id)
            return true;
    return false;
}

static void test_against_list(void **state)
{
    (void)state;
    static struct list l;
    struct testrand r = testrand_open("known", 1);
    for (int world = 0; world < 20; world++) {
        uint64_t capacity = testrand_below(&r, 3) == 0 ? 0 : 1 + testrand_below(&r, 50);
        sim_time ttl = 1 + (sim_time)testrand_below(&r, 200), now = 0;
        struct known k;
        l = (struct list){.first = 0};
        known_init(&k, capacity, ttl);
        for (int i = 0; i < 3000; i++) {
            uint64_t id = testrand_below(&r, 80);
            now += (sim_time)testrand_below(&r, 4);
            bool has = list_has(&l, now, ttl, id);
            assert_true(known_has(&k, now, id) == has);
            if (testrand_below(&r, 2) == 0 || has)
                continue;
            assert_true(known_add(&k, now, id));
            if (capacity > 0 && l.n - l.first == capacity)
                l.first++;
            l.id[l.n] = id;
            l.at[l.n++] = now;
        }
        known_forget(&k);
        assert_false(known_has(&k, now, l.id[l.n - 1]));
        known_free(&k);
    }
}

static void test_edges(void **state)
{
    (void)state;
    struct known k;
    known_init(&k, 0, SIM_NEVER);
    assert_true(known_add(&k, 5, 0)); /* id 0 is an id */
    assert_true(known_has(&k, SIM_NEVER - 1, 0));
    known_free(&k);
    known_init(&k, 0, 10);
    assert_true(known_add(&k, 5, 1));
    assert_true(known_add(&k, 9, 1)); /* keeps its time */
    assert_true(known_has(&k, 14, 1));
    assert_false(known_has(&k, 15, 1));
    known_free(&k);
}

static void test_memory_short(void **state)
{
    (void)state;
    for (long n = 1; n < 20; n++) {
        struct known k;
        known_init(&k, 0, SIM_NEVER);
        mem_fail_at(n);
        bool good = true;
        for (uint64_t id = 0; id < 100 && good; id++)
            good = known_add(&k, 0, id);
        mem_fail_at(0);
        if (good)
            assert_true(known_has(&k, 0, 99));
        known_free(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_list),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_memory_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
