/* test_trace.c - a fingerprint tells sequences apart: whatever is changed in one event, or the order of two, shows at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hash.h"
#include "trace.h"

#define EVENTS 12
#define TIMES  20000

struct happening {
    sim_time at;
    uint32_t what;
    uint64_t item;
};

static uint64_t state = 0x74726163; /* fixed: the same sequences in every run */

static uint64_t drawn(uint64_t below)
{
    return hash_mix(state += UINT64_C(0x9e3779b97f4a7c15)) % below;
}

/* As they come: times in whole milliseconds, few kinds, small items; some of them alike. */
static void draw(struct happening h[EVENTS])
{
    sim_time at = 0;
    for (int i = 0; i < EVENTS; i++) {
        at += (sim_time)drawn(3) * SIM_MS;
        h[i] = (struct happening){at, 1 + (uint32_t)drawn(5), drawn(4) << 16 | drawn(2)};
    }
}

static uint64_t print_of(const struct happening h[EVENTS])
{
    uint64_t print = TRACE_START;
    for (int i = 0; i < EVENTS; i++)
        trace_fold(&print, h[i].at, h[i].what, h[i].item);
    return print;
}

static void test_one_bit(void **unused)
{
    (void)unused;
    struct happening h[EVENTS];
    for (int n = 0; n < TIMES; n++) {
        draw(h);
        uint64_t print = print_of(h);
        struct happening *one = &h[drawn(EVENTS)], was = *one;
        one->at ^= (sim_time)(UINT64_C(1) << drawn(62));
        assert_true(print_of(h) != print);
        *one = was;
        one->what ^= 1u << drawn(4);
        assert_true(print_of(h) != print);
        *one = was;
        one->item ^= UINT64_C(1) << drawn(64);
        assert_true(print_of(h) != print);
    }
}

/* What happens at one instant, the other way round; and an event more. */
static void test_order(void **unused)
{
    (void)unused;
    struct happening h[EVENTS];
    for (int n = 0; n < TIMES; n++) {
        draw(h);
        uint64_t print = print_of(h), more = print;
        struct happening *a = &h[drawn(EVENTS - 1)], *b = a + 1, was = *a;
        bool alike = a->at == b->at && a->what == b->what && a->item == b->item;
        *a = *b;
        *b = was;
        assert_true(alike || print_of(h) != print);
        trace_fold(&more, b->at, 0, 0);
        assert_true(more != print);
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* All short stories of a small world have prints of their own: 2 times, 3 kinds, 4 items, three events. */
static void test_all_short(void **unused)
{
    (void)unused;
    enum { KINDS = 2 * 3 * 4, STORIES = KINDS * KINDS * KINDS };
    static uint64_t print[STORIES];
    for (int n = 0; n < STORIES; n++) {
        print[n] = TRACE_START;
        for (int i = 0, rest = n; i < 3; i++, rest /= KINDS)
            trace_fold(&print[n], rest % 2, (uint32_t)(rest / 2 % 3), (uint64_t)(rest / 6 % 4));
    }
    qsort(print, STORIES, sizeof(*print), by_value);
    for (int n = 1; n < STORIES; n++)
        assert_true(print[n] != print[n - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_bit),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_all_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
