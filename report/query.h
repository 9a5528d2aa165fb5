/* query.h - reading results back: everything that charts, tables, comparisons and reports need comes from the database
 * alone, so that they redraw without a simulator. Arrays belong to the query object's caller: free with the matching
 * _free. Read-only: opening changes nothing. */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "estimate.h"
#include "result.h"

struct query;
bool query_open(struct query **, const char *path, struct err *);
void query_close(struct query *);

struct query_run {
    int64_t  id;
    char    *title, *scenario, *command, *version;
    uint64_t seed;
    int64_t  duration_ns, drain_ns, warmup_ns, deadline_ns;
    uint32_t n_replication;
};
/* Runs in order of id. */
bool query_runs(struct query *, struct query_run **, size_t *n, struct err *);
void query_runs_free(struct query_run *, size_t n);

/* Values of a metric's stat, one per replication in order (NAN where there is none). entity "" = the scenario.
 * false with ERR_DATA when the run has no such metric or stat (did-you-mean in the text). */
bool query_values(struct query *, int64_t run, uint32_t point, const char *entity, const char *metric, const char *stat,
                  double **x, size_t *n, struct err *);

/* A metric over time: value[r * n + b] of replication r and bucket b. level: mean of the bucket; counter: count;
 * tally: mean (NAN when empty). */
struct query_series {
    uint32_t n_replication, n;
    int64_t  width_ns;
    double  *value, *max;
};
bool query_series(struct query *, int64_t run, uint32_t point, const char *entity, const char *metric, struct query_series *,
                  struct err *);
void query_series_free(struct query_series *);

/* Pooled histogram of a metric over all replications. */
struct query_hist {
    size_t    n;
    double   *low, *high;
    uint64_t *count;
    uint64_t  total;
};
bool query_hist(struct query *, int64_t run, uint32_t point, const char *entity, const char *metric, struct query_hist *,
                struct err *);
void query_hist_free(struct query_hist *);

/* Fates by time of birth, mean over replications (doubles), and per-replication totals. */
struct query_fates {
    uint32_t n;
    int64_t  width_ns;
    double  *in_time, *late, *waiting, *lost; /* per bucket, mean count */
    double  *in_time_sd;                      /* its standard deviation over the replications; NAN: one alone */
    double   total_offered, total_in_time, total_late, total_waiting, total_lost; /* means */
};
bool query_fates(struct query *, int64_t run, uint32_t point, struct query_fates *, struct err *);
void query_fates_free(struct query_fates *);

struct query_fault {
    char   *target, *effect;
    int64_t from_ns, to_ns;
};
bool query_faults(struct query *, int64_t run, struct query_fault **, size_t *n, struct err *);
void query_faults_free(struct query_fault *, size_t n);

/* The scenario files of a run as they were read, and its overrides (name ""), each in its order. */
struct query_text {
    char *name, *text;
};
bool query_files(struct query *, int64_t run, struct query_text **, size_t *n, struct err *);
bool query_overrides(struct query *, int64_t run, struct query_text **, size_t *n, struct err *);
/* The scenario as it was understood, whole: one text. */
bool query_canonical(struct query *, int64_t run, struct query_text **, size_t *n, struct err *);
void query_texts_free(struct query_text *, size_t n);

/* What happened to the requests that were recorded (run.record), in its order; entities by their number among the run's
 * (query_entities: "queue.orders" …). Empty when nothing was recorded. Free with life_free. */
bool query_life(struct query *, int64_t run, uint32_t point, uint32_t replication, struct life *, struct err *);
/* The fingerprint of a replication. */
bool query_print(struct query *, int64_t run, uint32_t point, uint32_t replication, uint64_t *print, struct err *);
bool query_entities(struct query *, int64_t run, char ***path, size_t *n, struct err *);
void query_entities_free(char **path, size_t n);

/* The design points of a run in order, with their settings sorted by path (name) and as written (text). */
struct query_point {
    uint32_t           number;
    size_t             n;
    struct query_text *setting;
};
bool query_points(struct query *, int64_t run, struct query_point **, size_t *n, struct err *);
void query_points_free(struct query_point *, size_t n);

/* All metrics of a run, in stored order. */
struct query_metric {
    char *entity, *name, *cloudwatch, *unit, *doc;
    int   kind; /* enum obs_kind */
};
bool query_metrics(struct query *, int64_t run, struct query_metric **, size_t *n, struct err *);
void query_metrics_free(struct query_metric *, size_t n);

#endif
