/* layouts_fanout.h - the pure half of the charts of fan-out: where messages end, what each subscriber got and when, and how
 * far queues that should hold the same fall apart. As in layouts.h: numbers in, display list out. */
#ifndef LAYOUTS_FANOUT_H
#define LAYOUTS_FANOUT_H

#include "layouts.h"

/* --- flow: where requests and messages end, counted exactly --- */
enum flow_kind { FLOW_STEP, FLOW_GOOD, FLOW_LATE, FLOW_WAITING, FLOW_ASIDE, FLOW_BAD };
struct flow_node {
    const char    *name;
    enum flow_kind kind;  /* of an end; all others are steps */
    size_t         stage; /* from left to right */
    size_t         part;  /* number of its unit: nothing flows from one to another */
};
struct flow_link {
    size_t   from, to; /* nodes, the second in a later stage */
    uint64_t count;
};
struct flow_data {
    const char             *run;
    size_t                  n_replication; /* counts are sums over them */
    const struct flow_node *node;
    size_t                  n_node;
    const struct flow_link *link;
    size_t                  n_link;
    const char *const      *unit; /* "requests", "copies of topic.orders": by part */
    size_t                  n_unit, subject; /* subject: the part that the title tells of */
    const char             *note; /* under the chart; NULL: none */
};
/* ERR_INTERNAL when what enters a step is not what leaves it: nothing may get lost in a picture. */
bool flow_layout(const struct flow_data *, double width, double height, struct sheet **, struct err *);

/* --- deliveries: of each subscriber over time, retries marked --- */
struct deliveries_row {
    const char   *name;
    const double *delivered, *retries;  /* counts, [r * n + b]; retries NULL: not counted */
    const double *dead, *dropped;       /* the same; NULL: not counted */
};
struct deliveries_data {
    const char                  *entity, *run; /* "topic.orders" */
    size_t                       n_replication, n;
    double                       width_s, end_s;
    const struct deliveries_row *row;
    size_t                       n_row, n_more; /* n_more: further ones that are not drawn */
    bool                         warmed;        /* the run leaves out a warm-up, this chart does not */
    const struct fault_span     *fault;
    size_t                       n_fault;
};
bool deliveries_layout(const struct deliveries_data *, double width, double height, struct sheet **, struct err *);

/* --- gap: how many messages each queue lacks against the fullest --- */
struct gap_line {
    const char   *name;
    const double *sent; /* counts, [r * n + b] */
};
struct gap_run {
    const char            *name, *feeder; /* "coupled", "service.web" */
    size_t                 n_replication, n;
    double                 width_s;
    const struct gap_line *line;
    size_t                 n_line;
};
struct gap_data {
    const struct gap_run    *run;
    size_t                   n_run;
    double                   end_s;
    const struct fault_span *fault;
    size_t                   n_fault;
};
bool gap_layout(const struct gap_data *, double width, double height, struct sheet **, struct err *);

#endif
