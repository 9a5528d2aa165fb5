/* progress.c - the only clock of a run, and nothing but this line depends on it. */
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "format.h"

#define QUIET_S      1.0
#define TERMINAL_S   0.2
#define ELSEWHERE_S 30.0

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_begin(struct progress *p)
{
    *p = (struct progress){.start = now_seconds(), .terminal = isatty(STDERR_FILENO) != 0};
    p->shown = p->start;
}

void progress_show(struct progress *p, size_t finished, size_t n, uint64_t events)
{
    double now = now_seconds(), spent = now - p->start;
    double pause = p->terminal ? TERMINAL_S : ELSEWHERE_S;
    if (cli_quiet() || spent < QUIET_S || now - p->shown < pause)
        return;
    p->shown = now;
    char rate[FORMAT_SIZE], left[FORMAT_SIZE] = "?";
    format_round(rate, (double)events / spent);
    if (finished > 0)
        format_duration(left, spent / (double)finished * (double)(n - finished));
    fprintf(stderr, "%s%zu of %zu replications, %s events/s, about %s left%s", p->terminal ? "\r" : "", finished, n,
            events > 0 ? rate : "?", left, p->terminal ? "\x1b[K" : "\n");
    fflush(stderr);
    p->drawn = true;
}

void progress_end(struct progress *p)
{
    if (p->drawn && p->terminal)
        fputs("\r\x1b[K", stderr);
    p->drawn = false;
}
