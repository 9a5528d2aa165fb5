/* html_int.h - private to the report: the parts of its page. */
#ifndef HTML_INT_H
#define HTML_INT_H

#include "canvas.h"
#include "html.h"
#include "load.h"

struct page_points {
    struct query_point *item;
    size_t              n;
};
struct page {
    struct bytes         out;
    struct query        *query;
    const struct load   *load;
    const int64_t       *run;
    size_t               n_run;
    struct page_points points[HTML_RUNS_MAX]; /* of each run */
};

/* The metrics that every scenario has, as they are told. */
struct html_headline {
    const char *metric, *name;
};
#define HTML_HEADLINES 12
extern const struct html_headline html_headline[HTML_HEADLINES];

void html_put(struct page *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void html_escaped(struct page *, const char *text);
/* One row of cells in <th> or <td>. */
void html_row(struct page *, const char *tag, const char *const *cell, size_t n);

/* html_svg.c: the drawing with ids of its own (several drawings in one page must not share them). */
bool html_svg(struct page *, const struct sheet *, size_t number, struct err *);
void html_cell(struct page *, const char *text);
/* html_points.c: the headline metrics at each design point of the runs that have several. */
bool html_points(struct page *, struct err *);
/* How many settings a point has when all points set the same few; 0: they differ. */
size_t html_axes(const struct page_points *);
/* A cell with the settings of a point; with their names, or the values alone. */
void html_settings(struct page *, const struct query_point *, bool named);
/* html_numbers.c: the headline metrics of runs that have one point (of two: compared). */
bool html_headlines(struct page *, struct err *);
/* html_metrics.c: every metric of a run, at each of its points. */
bool html_metrics(struct page *, size_t run, struct err *);
/* html_runs.c: what was run, its files, and the commands that run it again. */
bool html_runs(struct page *, struct err *);

#endif
