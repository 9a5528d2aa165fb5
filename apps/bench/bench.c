/* bench.c - timing, and running a scenario given as text. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "scenario.h"
#include "world.h"

double bench_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

const struct bench_case *bench_find(const char *name)
{
    for (size_t i = 0; i < n_bench_cases; i++) {
        if (strcmp(bench_cases[i].name, name) == 0)
            return &bench_cases[i];
    }
    return NULL;
}

static bool sample(bool (*run)(double, struct bench_sample *, struct err *), double scale, double *best, struct err *err)
{
    struct bench_sample s = {0, 0};
    if (!run(scale, &s, err))
        return false;
    *best = fmin(*best, s.ns / s.items);
    return true;
}

static double rss_mib(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

bool bench_run(const struct bench_case *c, unsigned pairs, double scale, struct bench_result *r, struct err *err)
{
    double full = INFINITY, bare = INFINITY;
    for (unsigned i = 0; i < pairs; i++) {
        if (!sample(c->full, scale, &full, err))
            return false;
        if (c->bare != NULL && !sample(c->bare, scale, &bare, err))
            return false;
    }
    double ratio = (c->flags & BENCH_SPEED_UP) != 0 ? bare / full : full / bare;
    *r = (struct bench_result){full, 1e9 / full, rss_mib(), c->bare != NULL ? bare : NAN, c->bare != NULL ? ratio : NAN};
    return true;
}

bool bench_file(const char *text, char *path, struct err *err)
{
    snprintf(path, BENCH_PATH, "/tmp/afterbay-bench-XXXXXX");
    int   fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out == NULL)
        return err_set(err, ERR_CANTCREAT, "%s: cannot be written", path);
    bool good = fputs(text, out) >= 0;
    return (fclose(out) == 0 && good) || err_set(err, ERR_IO, "%s: cannot be written", path);
}

bool bench_load(const char *text, struct scenario **scenario, struct err *err)
{
    char                    path[BENCH_PATH];
    struct problems         problems;
    struct scenario_options none = {NULL, 0};
    if (!bench_file(text, path, err))
        return false;
    problems_init(&problems);
    bool good = scenario_load(scenario, path, &none, &problems);
    if (!good)
        err_set(err, ERR_INTERNAL, "the bench's scenario: %s", problems.n > 0 ? problems.item[0].text : path);
    problems_free(&problems);
    unlink(path);
    return good;
}

bool bench_scenario(const char *text, double *ns, struct err *err)
{
    struct scenario *scenario;
    if (!bench_load(text, &scenario, err))
        return false;
    double         start = bench_clock();
    struct result *r = world_run(scenario_spec(scenario), 0, NULL, err);
    *ns = bench_clock() - start;
    bool good = r != NULL;
    result_free(r);
    scenario_free(scenario);
    return good;
}
