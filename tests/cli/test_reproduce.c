/* test_reproduce.c - an invariant that breaks ends with 70 and the command that brings it back. The linker puts the
 * function below in the place of world_run (--wrap). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "captured.h"
#include "check.h"
#include "world.h"

static int  break_at = -1; /* this replication breaks an invariant */
static bool check_fails;   /* … or a CHECK */

struct result *__real_world_run(const struct spec *, uint32_t, const volatile int *, struct err *);
struct result *__wrap_world_run(const struct spec *, uint32_t, const volatile int *, struct err *);

struct result *__wrap_world_run(const struct spec *spec, uint32_t replication, const volatile int *stop, struct err *err)
{
    if ((int)replication != break_at)
        return __real_world_run(spec, replication, stop, err);
    CHECK(!check_fails);
    err_set(err, ERR_INTERNAL, "an invariant does not hold: made up");
    return NULL;
}

static const char *const command[] = {"afterbay",  "run",     "small.cfg", "-q", "-r", "5", "--set", "fleet.workers.size=3",
                                      "--set",     "database.main.write_time=exponential(90ms)", "--until", "50s",
                                      "-o",        "out.db",  NULL};
static const char line[] = "reproduce: afterbay run small.cfg --set fleet.workers.size=3 --set "
                           "'database.main.write_time=exponential(90ms)' --seed 7 --replication 3 --until 50s";

static void expect_line(void)
{
    char *text = captured_text("err.txt", NULL);
    if (strstr(text, line) == NULL)
        fail_msg("no reproduction line in: %s", text);
    free(text);
}

static void test_invariant(void **state)
{
    (void)state;
    check_fails = false;
    break_at = 3;
    assert_int_equal(captured_main("out.txt", "err.txt", command), 70);
    expect_line();
    char *out = captured_text("out.txt", NULL);
    assert_string_equal(out, "");
    free(out);
    break_at = -1;
    assert_int_equal(captured_main("out.txt", "err.txt", command), 0);
    /* The run that broke left nothing: this one is the first. */
    out = captured_text("out.txt", NULL);
    assert_non_null(strstr(out, "stored as run 1"));
    free(out);
}

static void test_check(void **state)
{
    (void)state;
    check_fails = true;
    break_at = 3;
    pid_t pid = fork();
    if (pid == 0)
        _exit(captured_main("out.txt", "err.txt", command));
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
    expect_line();
}

/* The line itself runs: what it names is that replication. */
static void test_line_runs(void **state)
{
    (void)state;
    static const char *const again[] = {"afterbay", "run", "small.cfg", "-q", "--set", "fleet.workers.size=3", "--set",
                                        "database.main.write_time=exponential(90ms)", "--seed", "7", "--replication", "3",
                                        "--until", "50s", NULL};
    check_fails = false;
    break_at = 3;
    assert_int_equal(captured_main("out.txt", "err.txt", again), 70);
    break_at = 4;
    assert_int_equal(captured_main("out.txt", "err.txt", again), 0);
    break_at = -1;
}

static int enter(void **state)
{
    (void)state;
    captured_enter();
    captured_write("small.cfg", captured_scenario);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    captured_leave();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_invariant), cmocka_unit_test(test_check),
                                       cmocka_unit_test(test_line_runs)};
    return cmocka_run_group_tests(tests, enter, leave);
}
