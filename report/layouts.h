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
/* The size to lay out for: what was asked, within bounds that leave room for a chart. Charts of several panels grow
 * further when their rows need it: a page is never too small for what stands on it. */
struct page_size page_size(double width, double height, double own_height);

/* --- depth: one queue (and its dead-letter queues) over time --- */
struct depth_panel {
    const char   *name, *doc; /* "visible", "waiting for a consumer" */
    const double *value;      /* [r * n + b]: means of buckets */
    const double *max;        /* the largest in each bucket; NULL: not known */
};
struct depth_data {
    const char              *queue, *run; /* "orders", the run's short name */
    size_t                   n_replication, n;
    double                   width_s, end_s;
    const struct depth_panel *panel; /* the first is the queue's visible messages */
    size_t                   n_panel;
    const struct fault_span *fault;
    size_t                   n_fault;
    double                   deadline_s; /* of requests, for the age; NAN: none */
    const char              *deadlines;  /* where producers' differ, "web 2 s, batch none"; NULL or "": they do not */
};
bool depth_layout(const struct depth_data *, double width, double height, struct sheet **, struct err *);
/* --- age: of the oldest message of that queue; one panel, in seconds --- */
bool age_layout(const struct depth_data *, double width, double height, struct sheet **, struct err *);

/* --- latency: distribution of the time from birth to first effect --- */
#define LATENCY_MARKS 4
extern const double latency_mark[LATENCY_MARKS]; /* 0.5, 0.9, 0.99, 0.999 */
struct latency_run {
    const char     *name;
    size_t          role;
    const double   *low_s, *high_s; /* pooled histogram of what was done; rising */
    const uint64_t *count;
    size_t          n;
    double          lost, waiting;           /* shares of what was offered; NAN: not known */
    struct estimate mark[LATENCY_MARKS];     /* seconds; n = 0: not known */
    const char     *title;                   /* of the scenario; NULL: none */
};
struct latency_data {
    const struct latency_run *run;
    size_t                    n_run, n_replication;
    double                    deadline_s; /* NAN: none */
    const char               *deadlines;  /* as in depth_data */
};
bool latency_layout(const struct latency_data *, double width, double height, struct sheet **, struct err *);

/* --- fates: what became of the requests, by time of birth --- */
struct fates_run {
    const char   *name;
    size_t        role, n_replication, n;
    double        width_s;
    const double *fate[4]; /* counts per bucket: in time, late, waiting, lost */
    double        total[4];
    const char   *title; /* of the scenario, beside the name where there is room; NULL: none */
};
struct fates_data {
    const struct fates_run  *run;
    size_t                   n_run;
    double                   end_s, deadline_s; /* deadline NAN: none */
    const struct fault_span *fault;
    size_t                   n_fault;
    const char              *deadlines; /* as in depth_data */
};
bool fates_layout(const struct fates_data *, double width, double height, struct sheet **, struct err *);

/* --- cumulative: arrivals and departures counted from the start --- */
struct cumulative_run {
    const char   *name;
    size_t        role, n_replication, n;
    double        width_s;
    const double *offered, *done; /* counts, [r * n + b] */
    const char   *title; /* of the scenario; NULL: none */
};
struct cumulative_data {
    const struct cumulative_run *run;
    size_t                       n_run;
    double                       end_s;
    const struct fault_span     *fault;
    size_t                       n_fault;
};
bool cumulative_layout(const struct cumulative_data *, double width, double height, struct sheet **, struct err *);

/* --- swimlane: the lives of recorded messages, each from when it was made --- */
enum lane_state { LANE_DELAYED, LANE_WAITING, LANE_FLIGHT, LANE_DEAD };
struct lane_bar {
    double          from_s, to_s;
    enum lane_state state;
    unsigned        receive; /* of LANE_FLIGHT: which */
};
struct lane_work { /* somebody works on it */
    double from_s, to_s;
};
enum lane_event { LANE_EFFECT, LANE_AGAIN, LANE_DIED, LANE_FAILED, LANE_MOVED };
struct lane_mark {
    double          at_s;
    enum lane_event what;
};
struct lane {
    const char             *name;
    const struct lane_bar  *bar;
    const struct lane_work *work;
    const struct lane_mark *mark;
    size_t                  n_bar, n_work, n_mark, receives, effects;
};
struct swimlane_data {
    const struct lane *lane; /* those that are drawn */
    size_t             n, n_recorded, n_again, n_effect_again, n_dead; /* of all that were recorded */
    const char        *run;
    uint32_t           n_replication;
};
bool swimlane_layout(const struct swimlane_data *, double width, double height, struct sheet **, struct err *);

/* --- difference: a metric in two runs, replication by replication --- */
struct difference_data {
    const char      *a, *b;      /* the runs */
    const char      *metric;     /* "latency.p99" */
    enum metric_unit unit;
    int              better;     /* 1: more is better, -1: less is, 0: neither */
    const double    *x, *y;      /* a's and b's values in the same replications */
    size_t           n;
    const char      *title_a, *title_b; /* of the scenarios; NULL: none */
};
bool difference_layout(const struct difference_data *, double width, double height, struct sheet **, struct err *);

#endif
