/* whole.c - many short runs on one thread and on two, and the program itself as a process, from its start to its end. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "parts.h"
#include "result.h"
#include "scenario.h"
#include "trials.h"
#include "world.h"

#define RUNS   200
#define STARTS 1

extern char **environ;

static const char pipeline[] =
    "run = { duration = \"%s\"; replications = 1; };\n"
    "producer = { clients = { arrivals = \"poisson\"; rate = \"80/s\"; target = \"queue.line\"; }; };\n"
    "queue = { line = { wait_time = \"20s\"; }; };\n"
    "fleet = { workers = { size = 10; source = \"queue.line\"; time = \"exponential(100ms)\"; }; };\n";

/* ---- runs ---- */
/* As sweeps do: what is asked of a result is taken from it where it was made. */
static void *run_one(void *scenario, size_t number)
{
    struct err     err = {0};
    struct result *r = world_run(scenario_spec(scenario), (uint32_t)number, NULL, &err);
    uint64_t      *print = r == NULL ? NULL : malloc(sizeof *print);
    if (print != NULL)
        *print = r->run_fingerprint;
    result_free(r);
    return print;
}

static bool take_one(void *scenario, size_t number, void *print)
{
    (void)scenario;
    (void)number;
    free(print);
    return print != NULL;
}

static void drop_one(void *scenario, void *print)
{
    take_one(scenario, 0, print);
}

static bool sweep(int threads, double scale, struct bench_sample *s, struct err *err)
{
    char             text[sizeof pipeline + 20];
    struct scenario *scenario;
    size_t           n = (size_t)(RUNS * scale) + (scale * RUNS < 1);
    snprintf(text, sizeof text, pipeline, "30s");
    if (!bench_load(text, &scenario, err))
        return false;
    const struct trials trials = {n, threads, scenario, run_one, take_one, drop_one, NULL, NULL};
    double              start = bench_clock();
    bool                good = trials_run(&trials) == n;
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    scenario_free(scenario);
    return good || err_set(err, ERR_OS, "out of memory");
}

bool sweep_1_thread(double scale, struct bench_sample *s, struct err *err)
{
    return sweep(1, scale, s, err);
}
bool sweep_2_threads(double scale, struct bench_sample *s, struct err *err)
{
    return sweep(2, scale, s, err);
}

/* ---- processes ---- */
static bool start_one(char *scenario, char *database, struct err *err)
{
    char                       name[] = "afterbay", run[] = "run", output[] = "-o";
    char                      *argv[] = {name, run, scenario, output, database, NULL};
    posix_spawn_file_actions_t quiet;
    pid_t                      child;
    int                        status = -1;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    bool good = posix_spawn(&child, "/proc/self/exe", &quiet, NULL, argv, environ) == 0 && waitpid(child, &status, 0) == child;
    posix_spawn_file_actions_destroy(&quiet);
    return (good && WIFEXITED(status) && WEXITSTATUS(status) == 0) || err_set(err, ERR_OS, "the program does not start itself");
}

bool startup(double scale, struct bench_sample *s, struct err *err)
{
    char   text[sizeof pipeline + 20], path[BENCH_PATH], database[BENCH_PATH + 4];
    size_t n = (size_t)(STARTS * scale) + (scale * STARTS < 1);
    bool   good = true;
    snprintf(text, sizeof text, pipeline, "10s");
    if (!bench_file(text, path, err))
        return false;
    snprintf(database, sizeof database, "%s.db", path);
    *s = (struct bench_sample){(double)n, 0};
    for (size_t i = 0; good && i < n; i++) {
        double start = bench_clock();
        good = start_one(path, database, err);
        s->ns += bench_clock() - start;
        unlink(database);
    }
    unlink(path);
    return good;
}
