/* expect.h - what tests of whole runs expect: of numbers, of what is wrong with a scenario, and of memory that is short. What is
 * not as expected fails the cmocka test that asked. */
#ifndef EXPECT_H
#define EXPECT_H

#include <stdbool.h>

#include "run_support.h"

/* Exactly so many, of a counter or tally. */
void expect(const struct run *, const char *entity, const char *metric, double want);
/* A statistic, within the tolerance. */
void expect_stat(const struct run *, const char *entity, const char *metric, const char *stat, double want, double tolerance);

/* The checks of a spec with these lines find a problem of that code (0: of any) whose text has that part. */
void expect_problem(const char *lines, int code, const char *part);

/* Each allocation of a run fails once: the run ends with a word about memory and leaks nothing, or goes on without it. There
 * must be more than at_least. same: who goes on without has the same events (a histogram says itself that it is incomplete). */
void expect_every_allocation(const char *lines, long at_least, bool same);

#endif
