/* The chart of messages' lives under every kind of data, and what it says of one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "chart_data.h"

/* --- swimlane --- */

static void lanes(struct lane *lane, size_t n, enum kind kind, struct lane_bar *bar, struct lane_work *work,
                  struct lane_mark *mark, size_t parts)
{
    uint64_t state = 88172645463325252ull;
    for (size_t i = 0; i < n; i++) {
        lane[i] = (struct lane){.name = names[i % NAMES], .bar = &bar[i * parts], .work = &work[i * parts],
                                .mark = &mark[i * parts], .n_bar = parts, .n_work = parts, .n_mark = parts,
                                .receives = i, .effects = i % 3};
        for (size_t k = 0; k < parts; k++) {
            double a = value_of(kind, i, k, parts, &state), b = value_of(kind, i, k + 1, parts + 1, &state);
            bar[i * parts + k] = (struct lane_bar){a, b, (enum lane_state)(k % 4), (unsigned)(k * 77)};
            work[i * parts + k] = (struct lane_work){a, b};
            mark[i * parts + k] = (struct lane_mark){b, (enum lane_event)(k % 5)};
        }
    }
}

static void swimlane_of_anything(void **state)
{
    static const size_t count[] = {1, 2, 30}, parts[] = {0, 1, 8, 60};
    (void)state;
    static struct lane lane[30];
    static struct lane_bar bar[30 * 60];
    static struct lane_work work[30 * 60];
    static struct lane_mark mark[30 * 60];
    for (enum kind k = 0; k < N_KIND; k++)
        for (size_t c = 0; c < ARRAY_LEN(count); c++)
            for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
                lanes(lane, count[c], k, bar, work, mark, parts[p]);
                struct swimlane_data d = {.lane = lane, .n = count[c], .n_recorded = count[c] * 3, .n_again = c,
                                          .n_effect_again = c, .n_dead = c, .run = names[p % NAMES]};
                ON_ALL_PAGES("swimlane", swimlane_layout, &d);
            }
    struct err err = {0};
    struct sheet *s = NULL;
    struct swimlane_data none = {.run = "x"};
    assert_false(swimlane_layout(&none, 0, 0, &s, &err));
}

/* What a reader is told, and where. */
static void swimlane_says_what_happened(void **state)
{
    (void)state;
    const struct lane_bar bar[] = {{0, 2, LANE_WAITING, 0}, {2, 5, LANE_FLIGHT, 1}, {5, 8, LANE_FLIGHT, 2}};
    const struct lane_work work[] = {{2, 7}, {5, 10}};
    const struct lane_mark mark[] = {{7, LANE_EFFECT}, {10, LANE_AGAIN}};
    const struct lane lane = {"orders#17", bar, work, mark, 3, 2, 2, 2, 2};
    const struct swimlane_data one = {.lane = &lane, .n = 1, .n_recorded = 1, .n_again = 1, .n_effect_again = 1, .run = "a"};
    struct err err = {0};
    struct sheet *s = NULL;
    assert_true(swimlane_layout(&one, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "orders#17 was received twice and took effect twice");
    assert_non_null(sheet_find(s, "took effect again"));
    assert_non_null(sheet_find(s, "orders#17"));
    assert_null(sheet_find(s, "worker died"));
    sheet_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swimlane_of_anything),
        cmocka_unit_test(swimlane_says_what_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
