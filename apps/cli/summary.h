/* summary.h - the results of one scenario, for people and for machines. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <jansson.h>

#include "runner.h"

/* One screen on stdout; with verbose, every metric with every stat. */
void summary_print(const struct runner_scenario *);
/* The same as an object (docs/reference/json.md); NULL: memory is short. */
json_t *summary_json(const struct runner_scenario *);
json_t *summary_overrides_json(const struct runner_scenario *, size_t from);
/* "1.23 s  [1.20 s, 1.26 s]"; without interval below ESTIMATE_MIN replications. */
#define SUMMARY_TEXT 160
void summary_interval(char out[SUMMARY_TEXT], const struct estimate *, enum metric_unit);
/* It is for charts and programs (METRIC_QUIET). */
bool summary_passes_over(const struct metric_id *);
/* {"mean":…,"low":…,"high":…,"sd":…,"n":…}; what does not exist is null. */
json_t *summary_estimate_json(const struct estimate *);
/* Integers where it is one, null where it is no number. */
json_t *summary_number_json(double);
/* Prints the object and a line end on stdout; frees it. Returns the exit code. */
int summary_dump(json_t *);

#endif
