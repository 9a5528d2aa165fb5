/* check.c - how a failed CHECK ends the process: message, reproduction line, exit code 70. It
 * leaves by _Exit, since other threads still run and handlers at exit would work on state that is
 * known to be broken. */
#include "check.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

void (*check_reproduce)(void);

_Noreturn void check_fail(const char *file, int line, const char *what)
{
    static atomic_flag failing = ATOMIC_FLAG_INIT;
    fprintf(stderr, "%s:%d: check failed: %s\n", file, line, what);
    /* A check that fails inside the reproduction line must not come back here for ever. */
    if (!atomic_flag_test_and_set(&failing) && check_reproduce != NULL)
        check_reproduce();
    fflush(stderr);
    _Exit(70);
}
