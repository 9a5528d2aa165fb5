/* test_locale.c - no locale reaches a result. The program itself never calls setlocale, so the command line is called here
 * inside a process that did: German writes decimals with a comma, Korean has other names for everything. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "captured.h"

static const char *const locales[] = {"de_DE.UTF-8", "ko_KR.UTF-8"};

static const char *const commands[][9] = {
    {"afterbay", "run", "small.cfg", "-q", "--json", "-o", "RESULTS"},
    {"afterbay", "run", "small.cfg", "-q", "-v"},
    {"afterbay", "compare", "small.cfg", "small.cfg", "-q", "--json"},
    {"afterbay", "show", "small.cfg", "--defaults"},
    {"afterbay", "check", "small.cfg", "wrong.cfg"},
    {"afterbay", "describe", "--markdown"},
    {"afterbay", "plot", "RESULTS", "depth", "-o", "depth.svg"},
    {"afterbay", "report", "RESULTS", "-o", "page.html"},
};
#define N_COMMANDS (sizeof commands / sizeof *commands)

static void same_file(const char *a, const char *b)
{
    size_t na, nb;
    char  *ta = captured_text(a, &na), *tb = captured_text(b, &nb);
    if (na != nb || memcmp(ta, tb, na) != 0)
        fail_msg("%s and %s differ", a, b);
    free(ta);
    free(tb);
}

/* Runs every command; its files get the ending. */
static void run_all(const char *ending)
{
    char database[40], out[40], err[40];
    snprintf(database, sizeof database, "results.%s", ending);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const char *argv[10] = {0};
        for (size_t k = 0; k < 9 && commands[i][k] != NULL; k++)
            argv[k] = strcmp(commands[i][k], "RESULTS") == 0 ? database : commands[i][k];
        snprintf(out, sizeof out, "out%zu.%s", i, ending);
        snprintf(err, sizeof err, "err%zu.%s", i, ending);
        int code = captured_main(out, err, argv);
        assert_int_equal(code, i == 4 ? 65 : 0);
    }
    char name[2][40];
    snprintf(name[0], sizeof name[0], "depth.svg.%s", ending);
    snprintf(name[1], sizeof name[1], "page.html.%s", ending);
    assert_int_equal(rename("depth.svg", name[0]), 0);
    assert_int_equal(rename("page.html", name[1]), 0);
}

static void compare_all(const char *ending)
{
    char a[40], b[40];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        for (int e = 0; e < 2; e++) {
            snprintf(a, sizeof a, "%s%zu.C", e ? "err" : "out", i);
            snprintf(b, sizeof b, "%s%zu.%s", e ? "err" : "out", i, ending);
            same_file(a, b);
        }
    }
    snprintf(b, sizeof b, "depth.svg.%s", ending);
    same_file("depth.svg.C", b);
    snprintf(b, sizeof b, "results.%s", ending);
    same_file("results.C", b);
}

static void test_locales(void **state)
{
    (void)state;
    captured_enter();
    captured_write("small.cfg", captured_scenario);
    captured_write("wrong.cfg", "queue = { jobs = { visibility_timeout = 1.5; wait_time = \"1.5s\"; }; };\n");
    run_all("C");
    for (size_t i = 0; i < 2; i++) {
        if (setlocale(LC_ALL, locales[i]) == NULL)
            fail_msg("the locale %s is not there: tests/cli/make_locales.sh builds it", locales[i]);
        assert_string_equal(localeconv()->decimal_point, i == 0 ? "," : ".");
        run_all(locales[i]);
        compare_all(locales[i]);
    }
    captured_leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_locales)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
