/* layouts_scaling.h - the pure half of the charts of scaling: does capacity follow the load, what do policies make of the same
 * load, what limits a function, when was an alarm on. As in layouts.h: numbers in, display list out. */
#ifndef LAYOUTS_SCALING_H
#define LAYOUTS_SCALING_H

#include "layouts.h"

/* --- capacity, policies: load against capacity, both in instances; rows on one time axis --- */
struct capacity_row {
    const char   *name;
    const double *load, *capacity; /* [r * n + b] */
    const double *desired;         /* NULL: not known */
    const double *backlog;         /* messages waiting; NULL: not known */
    size_t        n_replication;
    double        cost; /* instance-hours that are paid; NAN: not known */
    const double *useful; /* of the capacity, what can do something: workers with a shard, instances that are up and well; NULL: all */
};
struct capacity_data {
    const char                *what, *run; /* "group.workers"; run NULL: rows are runs */
    const char                *load_name;  /* what the load is: "arrivals × work" */
    const char                *unit;       /* "instance", "worker" */
    const char                *useless;    /* what the rest is: "not up or unhealthy"; NULL: without a shard */
    size_t                     n;
    double                     width_s, end_s;
    const struct capacity_row *row;
    size_t                     n_row;
    const struct fault_span   *fault;
    size_t                     n_fault;
};
bool capacity_layout(const struct capacity_data *, double width, double height, struct sheet **, struct err *);

/* --- concurrency: environments at work, and what was refused --- */
struct concurrency_limit {
    const char *name;
    double      value;
    bool        soft; /* more is possible */
};
struct concurrency_data {
    const char   *function, *run;
    size_t        n_replication, n;
    double        width_s, end_s;
    const double *concurrent;         /* [r * n + b] */
    const double *most;               /* the largest of each bucket; NULL: not known */
    const double *throttled, *cold;   /* counts; NULL: not counted */
    const double *invoked;            /* counts; NULL: not counted */
    const double *provisioned;        /* units in force, where that changed; NULL: it did not */
    const struct concurrency_limit *limit;
    size_t        n_limit;
    const struct fault_span *fault;
    size_t        n_fault;
};
bool concurrency_layout(const struct concurrency_data *, double width, double height, struct sheet **, struct err *);

/* --- alarms: the state of each over time, of one replication --- */
enum alarm_state { ALARM_OK, ALARM_UNKNOWN, ALARM_ON, N_ALARM_STATE };
struct alarm_span {
    double           from_s, to_s;
    enum alarm_state state;
};
struct alarm_row {
    const char              *name;
    const struct alarm_span *span; /* in order, without gaps */
    size_t                   n;
    double                   on_share, times; /* in ALARM: part of the time, how often; means of all replications; NAN: not known */
    double                   told, held; /* notifications; evaluations that kept the state for want of samples; the same */
    const char              *watches;    /* "service.api.sojourn p99 > 1s"; NULL: it is a policy's own */
};
struct alarms_data {
    const char              *run;
    size_t                   n_replication;
    double                   end_s;
    const struct alarm_row  *row;
    size_t                   n_row;
    const struct fault_span *fault;
    size_t                   n_fault;
};
bool alarms_layout(const struct alarms_data *, double width, double height, struct sheet **, struct err *);

#endif
