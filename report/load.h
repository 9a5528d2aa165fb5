/* load.h - from the database to the data of a layout. Each chart's loader is a thin step: it asks queries, fills the plain
 * struct of layouts.h and frees what it asked for. */
#ifndef LOAD_H
#define LOAD_H

#include "charts.h"
#include "layouts.h"
#include "wiring.h"

/* The runs of a request, with names that tell them apart and the colours of their roles. */
struct load_run {
    const struct query_run *q;
    char                    name[80];
    char                    told[320]; /* name and title, where there is room: decoupled, “Order intake” */
    size_t                  role;
    bool                    has_queue;
    double                  deadline_s;     /* NAN: none, or not the same for all its producers */
    char                    deadlines[200]; /* then: "web 2 s, batch none"; else "" */
};
#define LOAD_RUNS_MAX 8
struct load {
    struct query_run  *all;
    size_t             n_all, n;
    struct load_run    run[LOAD_RUNS_MAX];
    struct fault_span *fault; /* windows that all runs share */
    char             (*label)[80];
    size_t             n_fault;
    double             arrivals_s, end_s; /* end of arrivals, end of the run */
    double             deadline_s;        /* NAN: none, or not the same in all */
    const char        *deadlines;         /* of a run whose producers' differ; NULL: none */
};
bool load_open(struct load *, const struct chart_request *, struct err *);
void load_close(struct load *);
/* The deadline of the run's requests; with wiring, of those only that can come to the queue. */
bool load_deadline(struct load_run *, struct query *, const struct wiring *, const char *queue, struct err *);

/* A metric as a person writes it: "latency.p99", "queue.orders.depth.max", "in_time" (a share of what was offered).
 * Values per replication; NAN where there is none. */
struct load_metric {
    char             label[120];
    enum metric_unit unit;
    int              better; /* 1: more is better, -1: less is, 0: neither */
};
bool load_values(struct query *, int64_t run, const char *metric, struct load_metric *, double **x, size_t *n, struct err *);

/* The same at a design point, and also sums: "lost / offered", parts between blanks, from left to right. */
bool load_term(struct query *, int64_t run, uint32_t point, const char *metric, struct load_metric *, double **x, size_t *n,
               struct err *);
bool load_values_at(struct query *, int64_t run, uint32_t point, const char *metric, bool counts, struct load_metric *,
                    double **x, size_t *n, struct err *);
/* A setting as a number: durations in s, sizes in bytes, rates per s; false: it is no number. */
enum setting_kind { SETTING_NUMBER, SETTING_DURATION, SETTING_SIZE, SETTING_RATE, SETTING_SHARE };
bool load_setting(const char *text, double *x, enum setting_kind *);

bool load_sweep(const struct chart_request *, struct sheet **, struct err *);
bool load_visibility(const struct chart_request *, struct sheet **, struct err *);
bool load_fifo(const struct chart_request *, struct sheet **, struct err *);
bool load_pareto(const struct chart_request *, struct sheet **, struct err *);
bool load_tornado(const struct chart_request *, struct sheet **, struct err *);
bool load_welch(const struct chart_request *, struct sheet **, struct err *);
bool load_goodput(const struct chart_request *, struct sheet **, struct err *);
bool load_swimlane(const struct chart_request *, struct sheet **, struct err *);
bool load_depth(const struct chart_request *, struct sheet **, struct err *);
bool load_age(const struct chart_request *, struct sheet **, struct err *);
bool load_cumulative(const struct chart_request *, struct sheet **, struct err *);
bool load_latency(const struct chart_request *, struct sheet **, struct err *);
bool load_fates(const struct chart_request *, struct sheet **, struct err *);
/* Whether a run has a topic or bus, and whether anybody in it feeds several queues that are to hold the same. */
bool load_fans_out(struct query *, int64_t run, bool *fan, bool *fed, struct err *);
bool load_flow(const struct chart_request *, struct sheet **, struct err *);
bool load_deliveries(const struct chart_request *, struct sheet **, struct err *);
bool load_gap(const struct chart_request *, struct sheet **, struct err *);
/* Which charts of streams and of scaling fit a run. */
struct load_fits {
    bool shards, genealogy, lag, delay, capacity, concurrency, alarms;
};
bool load_fits(struct query *, int64_t run, struct load_fits *, struct err *);
bool load_shards(const struct chart_request *, struct sheet **, struct err *);
bool load_genealogy(const struct chart_request *, struct sheet **, struct err *);
bool load_lag(const struct chart_request *, struct sheet **, struct err *);
bool load_delay(const struct chart_request *, struct sheet **, struct err *);
bool load_capacity(const struct chart_request *, struct sheet **, struct err *);
bool load_concurrency(const struct chart_request *, struct sheet **, struct err *);
bool load_cost(const struct chart_request *, struct sheet **, struct err *);
bool load_alarms(const struct chart_request *, struct sheet **, struct err *);
bool load_difference(const struct chart_request *, struct sheet **, struct err *);

#endif
