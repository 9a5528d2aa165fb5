/* charts.h - the pictures, from the database to PNG, SVG or PDF.
 *
 * Each chart is two steps: a pure layout (data to a display list: plot.h) that tests can examine, and the drawing of
 * that list by Cairo and Pango (canvas.h). The registry of charts below is what `afterbay plot --list` prints. */
#ifndef CHARTS_H
#define CHARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "query.h"

struct sheet; /* a display list: plot.h */

struct chart_request {
    struct query  *query;
    const int64_t *run;    /* one or more runs: coupled first, decoupled second … */
    size_t         n_run;
    const char    *entity; /* e.g. "queue.orders"; NULL: the chart chooses */
    const char    *metric; /* e.g. "latency.p99", "lost / offered"; NULL: the chart's own */
    const char    *x, *by; /* of a sweep: the setting along the axis ("pareto": the metric that is
                              dear), the one that tells lines apart; NULL: it chooses */
    double         width, height; /* points; 0: the chart's own */
};

struct chart {
    const char *name; /* "depth", "sweep", … */
    const char *doc;  /* the question it answers */
    size_t      min_runs, max_runs;
    const char *takes;     /* names of the request's fields that it heeds: "entity metric x by" */
    bool        of_points; /* shows the design points of a sweep; the others show a run that has one */
    bool (*layout)(const struct chart_request *, struct sheet **, struct err *);
};
extern const struct chart charts[];
extern const size_t       n_charts;
const struct chart *chart_find(const char *name);

enum chart_format { CHART_PNG, CHART_SVG, CHART_PDF };
/* "x.png" -> CHART_PNG …; false: unknown ending. */
bool chart_format_of(const char *path, enum chart_format *);
/* Writes the file (temporary name, then rename). PNG at twice the size. */
bool chart_write(const struct sheet *, const char *path, enum chart_format, struct err *);
/* The sheet as SVG text in memory (for the self-contained report); *bytes without the final 0. */
bool chart_svg(const struct sheet *, char **svg, size_t *bytes, struct err *);
/* One-sentence description made from the numbers (alt text), and the title (the finding). Owned by the sheet. */
const char *sheet_alt(const struct sheet *);
const char *sheet_title(const struct sheet *);
/* The chart's numbers as a table: n_col headings, then n_row * n_col cells of text. Owned by the sheet. */
const char *const *sheet_table(const struct sheet *, size_t *n_row, size_t *n_col);
void sheet_free(struct sheet *);

#endif
