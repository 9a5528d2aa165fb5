/* steady.h - was the run long enough? Intervals of one long run by batches, and a warning when a run is short beside the
 * time that the system remembers. */
#ifndef STEADY_H
#define STEADY_H

#include <jansson.h>

#include "runner.h"

/* A run shorter than this many relaxation times is told so: its start still shows in its means. */
#define STEADY_LENGTHS 20
/* The interval of p99 is as wide as it should be from about this many on (docs/statistics.md). */
#define STEADY_TAILS 400

/* Whether it is meant to end: a fault, a profile of arrivals, or a time to drain make a course of events, of which
 * nothing is to be left out. */
bool steady_terminates(const struct spec *);

/* For one replication: means by batches, percentiles by order statistics. For more: the warning, if it is due. */
void steady_print(const struct runner_scenario *);
/* Adds "terminating", and "batches" or "relaxation" where there are such. */
void steady_json(json_t *, const struct runner_scenario *);

#endif
