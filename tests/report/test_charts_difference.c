/* The chart of differences between two runs under every kind of data, and what its title finds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "chart_data.h"
#include "made_up.h"

/* --- difference --- */

static void difference_with(const char *what, const double *x, const double *y, size_t n, enum metric_unit unit, const char *name)
{
    for (int better = -1; better <= 1; better++) {
        const struct difference_data d = {name, "decoupled", "latency.p99", unit, better, x, y, n, LONG_NAME, name};
        ON_ALL_PAGES(what, difference_layout, &d);
    }
}

/* Ten differences 0.1 apart on an axis from 0 to 10: every dot has an x of its own, and none covers another. */
static void difference_dots_stand_at_their_values(void **state)
{
    double x[10] = {0}, y[10];
    struct err err = {0};
    struct sheet *s;
    const struct mark *dot[10] = {NULL};
    size_t n = 0;
    (void)state;
    for (int i = 0; i < 10; i++)
        y[i] = 9 + 0.1 * i;
    const struct difference_data d = {"a", "b", "depth", UNIT_ONE, -1, x, y, 10, NULL, NULL};
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    for (size_t i = 0; i < s->n; i++)
        if (s->mark[i].kind == MARK_DOT && s->mark[i].shape == SHAPE_DISC) {
            assert_true(n < 10);
            dot[n++] = &s->mark[i];
        }
    assert_int_equal(n, 10);
    double step = dot[1]->at->x - dot[0]->at->x;
    assert_true(step > 1);
    for (size_t i = 1; i < n; i++) {
        assert_float_equal(dot[i]->at->x - dot[i - 1]->at->x, step, 1e-3);
        for (size_t k = 0; k < i; k++)
            assert_true(hypot(dot[i]->at->x - dot[k]->at->x, dot[i]->at->y - dot[k]->at->y) > 7);
    }
    sheet_free(s);
}

static void difference_stays_on_its_page(void **state)
{
    double x[300], y[300];
    uint64_t random = 7;
    (void)state;
    for (int kind = 0; kind < N_KIND; kind++) {
        double *a = values((enum kind)kind, 1, 300);
        for (int i = 0; i < 300; i++) {
            x[i] = a[i];
            y[i] = a[i] + made_up_normal(&random);
        }
        difference_with(kind_name[kind], x, y, 300, UNIT_NS, "coupled");
        difference_with(kind_name[kind], a, y, 12, UNIT_SHARE, LONG_NAME);
        difference_with(kind_name[kind], a, a, 20, UNIT_ONE, names[kind % 6]);
        difference_with(kind_name[kind], a, x, 1, UNIT_PER_SECOND, "c");
        difference_with(kind_name[kind], x, y, 0, UNIT_BYTES, "none");
        free(a);
    }
}

static void titles_of_differences_are_true(void **state)
{
    static const double a[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    static const double up[10] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12};           /* always 2 more */
    static const double mixed[10] = {2, 1, 4, 3, 6, 5, 8, 7, 10, 9};          /* 1 more, 1 less */
    struct difference_data d = {"a", "b", "depth", UNIT_ONE, -1, a, up, 10, NULL, "Twice the workers"};
    struct err err = {0};
    struct sheet *s;
    (void)state;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "b is worse: depth +2 against a");
    assert_non_null(sheet_find(s, "b: “Twice the workers”"));
    sheet_free(s);
    d.better = 1;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "b is better: depth +2 against a");
    sheet_free(s);
    d.y = mixed;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "depth: no difference shown between a and b");
    sheet_free(s);
    d.y = a;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "depth is the same in a and b, replication by replication");
    sheet_free(s);
    d.y = up;
    d.n = 5;
    assert_true(difference_layout(&d, 0, 0, &s, &err));
    assert_string_equal(sheet_title(s), "depth: b +2 against a; too few replications for an interval");
    sheet_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(difference_dots_stand_at_their_values),
        cmocka_unit_test(difference_stays_on_its_page),
        cmocka_unit_test(titles_of_differences_are_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
