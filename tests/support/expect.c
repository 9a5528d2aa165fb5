/* expect.c - see expect.h. */
#include "expect.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"

void expect(const struct run *r, const char *entity, const char *metric, double want)
{
    double got = run_count(r, entity, metric);
    if (got != want)
        fail_msg("%s.%s is %g, not %g", entity, metric, got, want);
}

void expect_stat(const struct run *r, const char *entity, const char *metric, const char *stat, double want, double tolerance)
{
    double got = run_stat(r, entity, metric, stat);
    if (!(fabs(got - want) <= tolerance))
        fail_msg("%s.%s.%s is %.12g, not %.12g", entity, metric, stat, got, want);
}

void expect_problem(const char *lines, int code, const char *part)
{
    struct problems p;
    problems_init(&p);
    struct specbuild *b = specbuild_open(lines);
    specbuild_check(b, &p);
    bool found = false;
    for (size_t i = 0; i < p.n; i++)
        found |= (code == 0 || p.item[i].code == code) && strstr(p.item[i].text, part) != NULL;
    if (!found)
        fail_msg("no AB%04d '%s' among %zu problems, the first: %s\nof: %s", code, part, (size_t)p.n,
                 p.n > 0 ? p.item[0].text : "-", lines);
    problems_free(&p);
    specbuild_close(b);
}

void expect_every_allocation(const char *lines, long at_least, bool same)
{
    struct specbuild *b = specbuild_open(lines);
    const struct spec *spec = specbuild_done(b);
    struct err err = {0};
    mem_fail_at(0);
    struct result *whole = world_run(spec, 0, NULL, &err);
    assert_non_null(whole);
    uint64_t print = whole->run_fingerprint;
    result_free(whole);
    long n = mem_count();
    if (n <= at_least)
        fail_msg("%ld allocations, not more than %ld", n, at_least);
    for (long i = 1; i <= n; i++) {
        err = (struct err){0};
        mem_fail_at(i);
        struct result *r = world_run(spec, 0, NULL, &err);
        if (r == NULL && err.class != ERR_OS)
            fail_msg("allocation %ld of %ld: %s", i, n, err.text);
        if (same && r != NULL && r->run_fingerprint != print)
            fail_msg("allocation %ld of %ld: another run, and nobody says so", i, n);
        result_free(r);
    }
    mem_fail_at(0);
    specbuild_close(b);
}
