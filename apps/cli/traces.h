/* traces.h - how metrics went over time, of the first replications: enough to see whether a run was long enough, where its
 * warm-up ended, and to make batches of a single run. */
#ifndef TRACES_H
#define TRACES_H

#include "batch.h"
#include "scenario.h"

#define TRACES_REPLICATIONS 50

struct trace_metric {
    uint32_t metric;       /* number in the scenario's table */
    double  *sum, *weight; /* [replication * n + bucket]; value = sum / weight */
};
struct traces {
    const struct metric_id *id;
    struct trace_metric    *item; /* levels and tallies with a series */
    size_t                  n_item, n; /* n: buckets */
    uint32_t                replications, cap;
    sim_time                width, end; /* of a bucket, of the run */
    size_t                  from;       /* first bucket that is measured throughout: those before are warm-up */
    size_t                  to;         /* first bucket behind the last arrivals: those from it on drain */
    bool                    ready;
};

/* replications: how many will come at most. False: memory is short. */
bool traces_open(struct traces *, const struct scenario *, uint32_t replications);
void traces_close(struct traces *);
/* Call before the result gives its series away. False: memory is short. */
bool traces_add(struct traces *, const struct result *);

/* value[replication * n + bucket] of a metric, NAN where nothing happened; free() it. NULL: memory is short. */
double *traces_values(const struct traces *, size_t item);
/* Batch means of the only replication, over the measured buckets. */
struct batched traces_batches(const struct traces *, size_t item, double level);

/* The longest memory of any of them: which metric, and its relaxation time in ns (half the integrated autocorrelation
 * time); 0: below what the series can show, or fewer than five replications. */
double traces_memory(const struct traces *, size_t *item);

#endif
