/* The list of problems, and did-you-mean. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "mem.h"
#include "problem.h"

static void distances(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {{"", "", 0},
                {"", "abc", 3},
                {"abc", "", 3},
                {"abc", "abc", 0},
                {"abc", "abd", 1},
                {"abc", "acb", 1},
                {"abc", "ab", 1},
                {"abc", "xabc", 1},
                {"ca", "abc", 3},
                {"kitten", "sitting", 3},
                {"depht", "depth", 1},
                {"visibilty", "visibility", 1},
                {"ab", "ba", 1},
                {"abcd", "badc", 2},
                {"queue", "producer", 6}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(suggest_distance(rows[i].a, rows[i].b), rows[i].distance);
        assert_int_equal(suggest_distance(rows[i].b, rows[i].a), rows[i].distance);
    }
}

static void long_words_are_not_compared_letter_by_letter(void **state)
{
    (void)state;
    char a[200], b[200];
    memset(a, 'a', sizeof(a) - 1);
    memset(b, 'a', sizeof(b) - 1);
    a[199] = b[199] = '\0';
    assert_int_equal(suggest_distance(a, b), 0);
    b[100] = 'b';
    assert_int_equal(suggest_distance(a, b), 199);
}

static void suggestions(void **state)
{
    (void)state;
    static const char *const words[] = {"queue",  "fleet", "service", "delay",
                                        "delays", "p50",   "p90"};
    assert_string_equal(suggest("queues", words, 7), "queue");
    assert_string_equal(suggest("sevrice", words, 7), "service");
    assert_string_equal(suggest("delya", words, 7), "delay");
    assert_string_equal(suggest("delays", words, 7),
                        "delays"); /* an exact one wins over a near one before it */
    assert_string_equal(suggest("p70", words, 7), "p50"); /* ties go to the earlier */
    assert_null(suggest("xy", words, 7));
    assert_null(suggest("q", words, 7));      /* four letters are missing: no slip */
    assert_null(suggest("flight", words, 7)); /* three edits in six letters are too many */
    assert_null(suggest("", words, 7));
    assert_null(suggest("queue", words, 0));
}

static struct place place(const char *file, int line, int column)
{
    return (struct place){.file = file, .line = line, .column = column};
}

static void order_is_file_line_column_code(void **state)
{
    (void)state;
    struct problems p;
    struct place b2 = place("b.cfg", 2, 1), a9 = place("a.cfg", 9, 1), a3 = place("a.cfg", 3, 5),
                 a31 = place("a.cfg", 3, 1);
    problems_init(&p);
    problem_add(&p, SEVERITY_ERROR, 203, &b2, "one");
    problem_add(&p, SEVERITY_ERROR, 211, &a9, "two");
    problem_add(&p, SEVERITY_WARNING, 250, &a3, "three");
    problem_add(&p, SEVERITY_ERROR, 210, &a3, "four");
    problem_add(&p, SEVERITY_ERROR, 299, &a31, "five %d", 5);
    problem_add(&p, SEVERITY_ERROR, 100, NULL, "six");
    problem_add(&p, SEVERITY_ERROR, 210, &a3, "seven");
    problems_sort(&p);
    static const char *const order[] = {"one", "five 5", "four", "seven", "three", "two", "six"};
    assert_int_equal(p.n, 7);
    assert_int_equal(p.n_errors, 6);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(p.item[i].text, order[i]);
    problems_free(&p);
    assert_int_equal(p.n, 0);
}

static void labels_and_classes(void **state)
{
    (void)state;
    struct problems p;
    problems_init(&p);
    struct problem *q = problem_add(&p, SEVERITY_ERROR, 203, NULL, "x");
    assert_int_equal(q->class, ERR_DATA);
    problem_label(q, "a %s", "label");
    problem_label(q, "another");
    problem_note(q, "help");
    assert_string_equal(q->label, "another");
    assert_string_equal(q->note, "help");
    assert_int_equal(problem_add(&p, SEVERITY_WARNING, 1, NULL, "y")->class, ERR_NONE);
    problems_free(&p);
}

static void memory_that_runs_short_marks_the_list(void **state)
{
    (void)state;
    for (long at = 1; at <= 2; at++) {
        struct problems p;
        problems_init(&p);
        mem_fail_at(at);
        struct problem *q = problem_add(&p, SEVERITY_ERROR, 203, NULL, "lost");
        mem_fail_at(0);
        assert_non_null(q);
        problem_label(q, "nothing keeps this");
        assert_true(p.failed);
        assert_int_equal(p.n, 0);
        assert_int_equal(p.n_errors, 1); /* still an error: nothing may pass as good */
        problem_add(&p, SEVERITY_ERROR, 204, NULL, "kept");
        assert_int_equal(p.n, 1);
        problems_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances),
        cmocka_unit_test(long_words_are_not_compared_letter_by_letter),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(order_is_file_line_column_code),
        cmocka_unit_test(labels_and_classes),
        cmocka_unit_test(memory_that_runs_short_marks_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
