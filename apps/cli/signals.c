/* signals.c - the first signal asks for a clean end, the second does not ask. */
#include "cli.h"

#include <signal.h>
#include <unistd.h>

static volatile int stop; /* the signal's number; other threads look at it, so only whole loads and stores */

static void caught(int number)
{
    if (__atomic_load_n(&stop, __ATOMIC_RELAXED) != 0)
        _exit(EXIT_SIGNAL + number);
    __atomic_store_n(&stop, number, __ATOMIC_RELAXED);
}

void signals_catch(void)
{
    struct sigaction action = {.sa_handler = caught};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void signals_ignore(void)
{
    signal(SIGXFSZ, SIG_IGN);
}

const volatile int *signals_flag(void)
{
    return &stop;
}

int signals_exit_code(void)
{
    int number = __atomic_load_n(&stop, __ATOMIC_RELAXED);
    return number == 0 ? 0 : EXIT_SIGNAL + number;
}
