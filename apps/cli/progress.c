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

bool progress_due(struct progress *p)
{
    double now = now_seconds();
    double pause = p->terminal ? TERMINAL_S : ELSEWHERE_S;
    if (cli_quiet() || now - p->start < QUIET_S || now - p->shown < pause)
        return false;
    p->shown = now;
    return true;
}

static double spent(const struct progress *p)
{
    return p->shown - p->start;
}

static void left_text(const struct progress *p, char *out, size_t finished, size_t n)
{
    snprintf(out, FORMAT_SIZE, "?");
    if (finished > 0)
        format_duration(out, spent(p) / (double)finished * (double)(n - finished));
}

static void end_line(struct progress *p)
{
    fputs(p->terminal ? "\x1b[K" : "\n", stderr);
    fflush(stderr);
    p->drawn = true;
}

void progress_show(struct progress *p, size_t finished, size_t n, uint64_t events)
{
    char rate[FORMAT_SIZE], left[FORMAT_SIZE];
    if (!progress_due(p))
        return;
    format_round(rate, (double)events / spent(p));
    left_text(p, left, finished, n);
    fprintf(stderr, "%s%zu of %zu replications, %s events/s, about %s left", p->terminal ? "\r" : "", finished, n,
            events > 0 ? rate : "?", left);
    end_line(p);
}

void progress_study(struct progress *p, size_t finished, size_t n, size_t points, double width)
{
    char rate[FORMAT_SIZE], left[FORMAT_SIZE], wide[FORMAT_SIZE] = "?";
    format_round(rate, (double)finished / spent(p));
    left_text(p, left, finished, n);
    if (width == width)
        format_share(wide, width);
    fprintf(stderr, "%s%zu of %zu runs of %zu points, %s runs/s, widest interval \xC2\xB1%s, about %s left",
            p->terminal ? "\r" : "", finished, n, points, rate, wide, left);
    end_line(p);
}

void progress_end(struct progress *p)
{
    if (p->drawn && p->terminal)
        fputs("\r\x1b[K", stderr);
    p->drawn = false;
}
