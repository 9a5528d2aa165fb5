/* Dice: what is certain rolls nothing; the exhaustive dice visit each world once; the listed dice
 * answer as written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dice.h"
#include "exhaust.h"
#include "listdice.h"

static void certain_answers_roll_nothing(void **state)
{
    (void)state;
    struct listdice list;
    listdice_init(&list, NULL, 0);
    assert_int_equal(dice_roll(&list.dice, 1), 0);
    assert_false(dice_chance(&list.dice, 0, 10));
    assert_true(dice_chance(&list.dice, 10, 10));
    assert_true(dice_chance(&list.dice, 11, 10));
}

static void listed_answers_come_in_order(void **state)
{
    (void)state;
    const uint64_t answers[] = {4, 2, 3, 0};
    struct listdice list;
    listdice_init(&list, answers, 4);
    assert_int_equal(dice_roll(&list.dice, 6), 4);
    assert_true(dice_chance(&list.dice, 3, 10));
    assert_false(dice_chance(&list.dice, 3, 10));
    assert_false(listdice_used_up(&list));
    assert_int_equal(dice_roll(&list.dice, 2), 0);
    assert_true(listdice_used_up(&list));
}

/* 3 x 2 x 4 worlds, in counting order. */
static void product_is_counted_out(void **state)
{
    (void)state;
    struct exhaust e;
    uint64_t expected = 0;
    exhaust_init(&e);
    while (!exhaust_done(&e)) {
        uint64_t a = dice_roll(&e.dice, 3), b = dice_roll(&e.dice, 2), c = dice_roll(&e.dice, 4);
        assert_int_equal(a * 8 + b * 4 + c, expected++);
    }
    assert_int_equal(expected, 24);
    assert_int_equal(e.worlds, 24);
}

/* Questions that depend on answers: a list of 0 to 3 elements out of 4 has 1 + 4 + 16 + 64 worlds.
 */
static void dependent_questions_are_all_visited(void **state)
{
    (void)state;
    static bool seen[4][64];
    memset(seen, 0, sizeof(seen));
    size_t worlds = 0;
    struct exhaust e;
    exhaust_init(&e);
    while (!exhaust_done(&e)) {
        uint64_t length = exhaust_range(&e, 0, 3), code = 0;
        for (uint64_t i = 0; i < length; i++)
            code = code * 4 + dice_roll(&e.dice, 4);
        assert_false(seen[length][code]);
        seen[length][code] = true;
        worlds++;
    }
    assert_int_equal(worlds, 85);
}

static void no_question_is_one_world(void **state)
{
    (void)state;
    struct exhaust e;
    exhaust_init(&e);
    assert_false(exhaust_done(&e));
    assert_int_equal(dice_roll(&e.dice, 1), 0);
    assert_true(exhaust_done(&e));
}

/* A chance of 2 in 5 is true in two of five worlds. */
static void chance_has_its_share_of_worlds(void **state)
{
    (void)state;
    struct exhaust e;
    int yes = 0, all = 0;
    exhaust_init(&e);
    while (!exhaust_done(&e)) {
        yes += dice_chance(&e.dice, 2, 5);
        all++;
    }
    assert_int_equal(yes, 2);
    assert_int_equal(all, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certain_answers_roll_nothing),
        cmocka_unit_test(listed_answers_come_in_order),
        cmocka_unit_test(product_is_counted_out),
        cmocka_unit_test(dependent_questions_are_all_visited),
        cmocka_unit_test(no_question_is_one_world),
        cmocka_unit_test(chance_has_its_share_of_worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
