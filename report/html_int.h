/* html_int.h - private to the report: the parts of its page. */
#ifndef HTML_INT_H
#define HTML_INT_H

#include "canvas.h"
#include "html.h"
#include "load.h"

struct page {
    struct bytes         out;
    struct query        *query;
    const struct load   *load;
    const int64_t       *run;
    size_t               n_run;
};

void html_put(struct page *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void html_escaped(struct page *, const char *text);
/* One row of cells in <th> or <td>. */
void html_row(struct page *, const char *tag, const char *const *cell, size_t n);

/* html_svg.c: the drawing with ids of its own (several drawings in one page must not share them). */
bool html_svg(struct page *, const struct sheet *, size_t number, struct err *);
/* html_points.c: the design points of runs that have several. */
bool html_points(struct page *, struct err *);
/* html_numbers.c: the headline metrics (of two runs: compared), and every metric of each run. */
bool html_headlines(struct page *, struct err *);
bool html_metrics(struct page *, size_t run, struct err *);
/* html_runs.c: what was run, its files, and the commands that run it again. */
bool html_runs(struct page *, struct err *);

#endif
