/* layouts.h - the pure half of each chart: numbers in, display list out. No database, no drawing; tests feed these by
 * hand. Times in seconds of the run. Text and arrays are borrowed for the call. width, height 0: the chart's own. */
#ifndef LAYOUTS_H
#define LAYOUTS_H

#include <stdint.h>

#include "err.h"
#include "estimate.h"
#include "frame.h"
#include "palette.h"

struct page_size {
    double width, height;
};
/* The size to lay out for: what was asked, within bounds that leave room for a chart. */
struct page_size page_size(double width, double height, double own_height);

/* --- depth: one queue (and its dead-letter queues) over time --- */
struct depth_panel {
    const char   *name, *doc; /* "visible", "waiting for a consumer" */
    const double *value;      /* [r * n + b] */
};
struct depth_data {
    const char              *queue, *run; /* "orders", the run's short name */
    size_t                   n_replication, n;
    double                   width_s, end_s;
    const struct depth_panel *panel; /* the first is the queue's visible messages */
    size_t                   n_panel;
    const struct fault_span *fault;
    size_t                   n_fault;
};
bool depth_layout(const struct depth_data *, double width, double height, struct sheet **, struct err *);

#endif
