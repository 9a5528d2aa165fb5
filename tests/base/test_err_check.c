/* Errors of the outside world, and checks that end the process. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"
#include "check.h"
#include "err.h"

static void first_error_wins(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(err_is_set(&err));
    assert_false(err_set(&err, ERR_CONFIG, "line %d", 7));
    assert_false(err_set(&err, ERR_IO, "later"));
    assert_true(err_is_set(&err));
    assert_int_equal(err.class, 78);
    assert_string_equal(err.text, "line 7");
    assert_false(err_set(NULL, ERR_IO, "nobody listens"));
}

static void long_text_is_cut(void **state)
{
    (void)state;
    struct err err = {0};
    char text[2000];
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    err_set(&err, ERR_DATA, "%s", text);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

/* Runs fn in a child, collects its stderr, gives its exit status. */
static int run_child(void (*fn)(void), char *out, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        fn();
        _exit(0);
    }
    close(ends[1]);
    size_t used = 0;
    ssize_t n;
    while (used + 1 < size && (n = read(ends[0], out + used, size - 1 - used)) > 0)
        used += (size_t)n;
    out[used] = '\0';
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void reproduce(void)
{
    fprintf(stderr, "reproduce with: --seed 5\n");
    CHECK(0 && "inside");
}

static void fail_with_line(void)
{
    check_reproduce = reproduce;
    CHECK(1 + 1 == 3);
}

static void fail_alone(void)
{
    CHECK(1 + 1 == 3);
}

static void hold(void)
{
    CHECK(1 + 1 == 2);
}

static void overflow_effects(void)
{
    struct call c;
    call_begin(&c, 0, NULL);
    for (int i = 0; i <= CALL_FX_MAX; i++)
        call_effect(&c, 1, 2, 3, 4);
}

static void failed_check_ends_with_70(void **state)
{
    (void)state;
    char out[2000];
    assert_int_equal(run_child(fail_alone, out, sizeof(out)), 70);
    assert_non_null(strstr(out, "test_err_check.c:"));
    assert_non_null(strstr(out, "check failed: 1 + 1 == 3"));
}

static void reproduction_line_is_printed_once(void **state)
{
    (void)state;
    char out[2000];
    assert_int_equal(run_child(fail_with_line, out, sizeof(out)), 70);
    char *line = strstr(out, "reproduce with: --seed 5");
    assert_non_null(line);
    assert_null(strstr(line + 1, "reproduce with"));
    assert_non_null(strstr(line, "inside")); /* its own failure is told and does not loop */
}

static void true_check_does_nothing(void **state)
{
    (void)state;
    char out[2000];
    assert_int_equal(run_child(hold, out, sizeof(out)), 0);
    assert_string_equal(out, "");
}

static void effects_are_bounded(void **state)
{
    (void)state;
    char out[2000];
    assert_int_equal(run_child(overflow_effects, out, sizeof(out)), 70);
    struct call c;
    call_begin(&c, 12, NULL);
    call_effect(&c, 3, 4, 5, 6);
    assert_int_equal(c.now, 12);
    assert_int_equal(c.n_fx, 1);
    assert_int_equal(c.fx[0].kind, 3);
    assert_int_equal(c.fx[0].a, 4);
    assert_int_equal(c.fx[0].b, 5);
    assert_int_equal(c.fx[0].c, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(long_text_is_cut),
        cmocka_unit_test(failed_check_ends_with_70),
        cmocka_unit_test(reproduction_line_is_printed_once),
        cmocka_unit_test(true_check_does_nothing),
        cmocka_unit_test(effects_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
