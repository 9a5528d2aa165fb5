/* page.h - the report: one HTML file that needs nothing beside it, with every chart that fits the runs, the numbers in
 * each chart as a table, and the runs' own numbers. */
#ifndef PAGE_H
#define PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "query.h"

/* 0, or the exit code after saying why no page can be written (no charts in this build). */
int page_possible(const char *path);
/* Writes the page of these runs of a database. Returns 0 or the exit code after saying why. */
int page_write(const char *database, const int64_t *run, size_t n, const char *path);

/* --- runs.c --- */
#define RUNS_MAX 8
struct args;
/* Which runs: those of --run, else the last comparison's two where a chart can show two, else the last.
 * False: *err says why. */
bool runs_choose(struct query *, const struct args *, size_t max, int64_t run[RUNS_MAX], size_t *n, struct err *);

#endif
