/* Problems as text: carets under the right column whatever the line is made of. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "codes.h"
#include "loading.h"

/* Everything behind the first "test.cfg:", and before it the folder, is cut: it differs from run to
 * run. */
static char *rendered(struct loaded *l, bool colour, size_t limit)
{
    static char text[9000];
    char *out = NULL, folder[400];
    size_t bytes = 0;
    FILE *f = open_memstream(&out, &bytes);
    assert_non_null(f);
    render_problems(f, &l->problems, l->scenario, colour, limit);
    fclose(f);
    snprintf(folder, sizeof(folder), "%s/", loading_folder());
    text[0] = '\0';
    for (char *at = out, *next; at != NULL; at = next) {
        next = strstr(at, folder);
        strncat(text, at, next == NULL ? strlen(at) : (size_t)(next - at));
        next = next == NULL ? NULL : next + strlen(folder);
    }
    free(out);
    return text;
}

static void check(const char *scenario, const char *expected)
{
    struct loaded l = loading_text(scenario, NULL);
    assert_string_equal(rendered(&l, false, 0), expected);
    loading_close(&l);
}

#define RUN "run = { duration = \"1h\"; };\n"

static void the_plain_shape(void **state)
{
    (void)state;
    check(RUN
          "\n\n\n\n\n\n\n\nqueue = {\n  orders = {\n    visibilty_timeout = \"30s\";\n  };\n};\n",
          "error[AB0203]: unknown setting 'visibilty_timeout' in queue 'orders'\n"
          "  --> test.cfg:12:5\n"
          "   |\n"
          "12 |     visibilty_timeout = \"30s\";\n"
          "   |     ^^^^^^^^^^^^^^^^^ did you mean 'visibility_timeout'?\n"
          "\n");
}

static void tabs_and_line_ends_of_dos(void **state)
{
    (void)state;
    check(RUN "queue = { o = {\r\n\tdelay =\t\"5x\";\r\n}; };\r\n",
          "error[AB0210]: queue.o.delay: unknown unit \"x\"; there are ns us ms s min h d\n"
          " --> test.cfg:3:12\n"
          "  |\n"
          "3 |     delay = \"5x\";\n"
          "  |               ^\n"
          "\n");
}

/* Hangul is two cells wide, and one column each. */
static void wide_letters(void **state)
{
    (void)state;
    check(RUN "queue = { o = { /* \xec\xa3\xbc\xeb\xac\xb8 */ delay = 5; }; };\n",
          "error[AB0211]: queue.o.delay needs a unit: 5 could be \"5s\"\n"
          " --> test.cfg:2:34\n"
          "  |\n"
          "2 | queue = { o = { /* \xec\xa3\xbc\xeb\xac\xb8 */ delay = 5; }; };\n"
          "  |                                    ^\n"
          "  = help: whole seconds (SQS-17)\n"
          "\n");
}

static void wide_letters_under_the_caret(void **state)
{
    (void)state;
    check(RUN "queue = { \xec\xa3\xbc\xeb\xac\xb8 = { }; };\n",
          "error[AB0200]: only text in quotes and comments may hold letters beyond ASCII\n"
          " --> test.cfg:2:11\n"
          "  |\n"
          "2 | queue = { \xec\xa3\xbc\xeb\xac\xb8 = { }; };\n"
          "  |           ^^\n"
          "\n");
}

static void long_lines_are_cut_around_the_caret(void **state)
{
    (void)state;
    char text[1000];
    snprintf(text, sizeof(text), RUN "queue = { o = { /* %0200d */ delay = 5; /* %0200d */ }; };\n",
             1, 2);
    check(text, "error[AB0211]: queue.o.delay needs a unit: 5 could be \"5s\"\n"
                " --> test.cfg:2:232\n"
                "  |\n"
                "2 | \xe2\x80\xa6"
                "0000000000000000000000000001 */ delay = 5; /* "
                "000000000000000000000000000000000000000000000000000000"
                "\xe2\x80\xa6\n"
                "  |                                          ^\n"
                "  = help: whole seconds (SQS-17)\n"
                "\n");
}

static void second_places(void **state)
{
    (void)state;
    check(RUN "queue = {\n  o = {\n    delay = \"5s\";\n    delay = \"6s\";\n  };\n};\n",
          "error[AB0230]: 'delay' is set at test.cfg:4 and again at line 5\n"
          " --> test.cfg:5:5\n"
          "  |\n"
          "5 |     delay = \"6s\";\n"
          "  |     ^^^^^\n"
          " ::: test.cfg:4:5\n"
          "  |\n"
          "4 |     delay = \"5s\";\n"
          "  |     -----\n"
          "\n");
}

static void overrides_have_no_line(void **state)
{
    (void)state;
    const char *set[] = {"run.seed=1", "run.duration=4", NULL};
    struct loaded l = loading_text(RUN, set);
    assert_string_equal(rendered(&l, false, 0),
                        "error[AB0211]: run.duration needs a unit: 4 could be \"4ms\"\n"
                        " --> --set 2\n"
                        "  |\n"
                        "  | run.duration=4\n"
                        "  |              ^\n"
                        "\n");
    loading_close(&l);
}

static void no_place_at_all(void **state)
{
    (void)state;
    struct loaded l = loading_file("nowhere.cfg", NULL);
    assert_string_equal(rendered(&l, false, 0), "error[AB0101]: no file 'nowhere.cfg'\n\n");
    assert_int_equal(render_class(&l.problems), ERR_NOINPUT);
    loading_close(&l);
}

static void only_so_many(void **state)
{
    (void)state;
    struct loaded l = loading_text(RUN "run1 = { };\nrun2 = { };\nrun3 = { };\n", NULL);
    const char *text = rendered(&l, false, 1);
    assert_non_null(strstr(text, "'run1'"));
    assert_null(strstr(text, "'run2'"));
    assert_non_null(strstr(text, "\n2 more are not shown\n"));
    loading_close(&l);
}

static void colours_surround_and_do_not_move(void **state)
{
    (void)state;
    struct loaded l = loading_text(RUN "queue = { o = { dely = \"5s\"; }; };\n", NULL);
    const char *text = rendered(&l, true, 0);
    assert_non_null(strstr(text, "\033[1;31merror[AB0203]\033[0m: \033[1munknown setting"));
    assert_non_null(strstr(
        text,
        "\033[1;34m  |\033[0m                 \033[1;31m^^^^ did you mean 'delay'?\033[0m\n"));
    loading_close(&l);
}

static void classes(void **state)
{
    (void)state;
    struct problems p;
    problems_init(&p);
    problem_add(&p, SEVERITY_WARNING, 1, NULL, "w");
    assert_int_equal(render_class(&p), ERR_NONE);
    problem_add(&p, SEVERITY_ERROR, 1, NULL, "d");
    assert_int_equal(render_class(&p), ERR_DATA);
    problem_add(&p, SEVERITY_ERROR, 1, NULL, "n")->class = ERR_NOINPUT;
    assert_int_equal(render_class(&p), ERR_NOINPUT);
    problem_add(&p, SEVERITY_ERROR, 1, NULL, "u")->class = ERR_USAGE;
    assert_int_equal(render_class(&p), ERR_USAGE);
    problems_free(&p);
}

static int remove_files(void **state)
{
    (void)state;
    loading_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_shape),
        cmocka_unit_test(tabs_and_line_ends_of_dos),
        cmocka_unit_test(wide_letters),
        cmocka_unit_test(wide_letters_under_the_caret),
        cmocka_unit_test(long_lines_are_cut_around_the_caret),
        cmocka_unit_test(second_places),
        cmocka_unit_test(overrides_have_no_line),
        cmocka_unit_test(no_place_at_all),
        cmocka_unit_test(only_so_many),
        cmocka_unit_test(colours_surround_and_do_not_move),
        cmocka_unit_test(classes),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
