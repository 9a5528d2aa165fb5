/* html.h - the report: one HTML page that needs nothing beside it, neither network nor script. Charts stand in it as SVG,
 * each with its numbers as a table; it says what was run, from which seed, and how to run it again. */
#ifndef HTML_H
#define HTML_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "query.h"

#define HTML_RUNS_MAX 8

/* The page of these runs (the coupled one first). A chart that the runs have no data for is named with the reason. */
bool report_html(struct query *, const int64_t *run, size_t n_run, const char *path, struct err *);

#endif
