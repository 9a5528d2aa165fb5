/* signals.c - the first signal asks for a clean end, the second does not ask. */
#include "cli.h"

#include <signal.h>
#include <unistd.h>

static volatile int stop; /* the signal's number */

static void caught(int number)
{
    if (stop != 0)
        _exit(EXIT_SIGNAL + number);
    stop = number;
}

void signals_catch(void)
{
    struct sigaction action = {.sa_handler = caught};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A file that reaches its allowed size is a write that fails, told like any other. */
    signal(SIGXFSZ, SIG_IGN);
}

const volatile int *signals_flag(void)
{
    return &stop;
}

int signals_exit_code(void)
{
    return stop == 0 ? 0 : EXIT_SIGNAL + stop;
}
