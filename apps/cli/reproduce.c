/* reproduce.c - what stands in a bug report. */
#include "reproduce.h"

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "cli.h"

static _Thread_local struct {
    const struct runner          *runner;
    const struct runner_scenario *scenario;
    uint32_t                      replication;
} here;

void reproduce_enter(const struct runner *r, const struct runner_scenario *s, uint32_t replication)
{
    here.runner = r;
    here.scenario = s;
    here.replication = replication;
}

void reproduce_leave(void)
{
    here.runner = NULL;
}

/* As a shell would need it. */
static void quoted(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:,@%+-";
    if (*word != 0 && word[strspn(word, plain)] == 0) {
        fputs(word, stderr);
        return;
    }
    fputc('\'', stderr);
    for (; *word != 0; word++) {
        if (*word == '\'')
            fputs("'\\''", stderr);
        else
            fputc(*word, stderr);
    }
    fputc('\'', stderr);
}

void reproduce_print(const struct runner *r, const struct runner_scenario *s, uint32_t replication)
{
    fputs("reproduce: afterbay run ", stderr);
    quoted(s->path);
    for (size_t i = 0; i < s->n_given; i++) {
        fputs(" --set ", stderr);
        quoted(s->set[i]);
    }
    const struct spec *spec = scenario_spec(s->scenario);
    fprintf(stderr, " --seed %llu --replication %lu", (unsigned long long)spec->seed, (unsigned long)replication);
    if (r->until != NULL) {
        fputs(" --until ", stderr);
        quoted(r->until);
    }
    fprintf(stderr, "   (afterbay %s)\n", AFTERBAY_VERSION);
}

static void print_here(void)
{
    if (here.runner != NULL)
        reproduce_print(here.runner, here.scenario, here.replication);
}

void reproduce_install(void)
{
    check_reproduce = print_here;
}
