/* cw_metric.h - one CloudWatch metric: a datapoint for each span of its granularity, visible some time after the end of
 * the span (CW-3), and statistics over any number of spans. */
#ifndef CW_METRIC_H
#define CW_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "cw_statistic.h"
#include "simtime.h"

/* A datapoint is a set of samples; a gauge or a counter puts one sample, a tally one for each value. */
struct cw_point {
    uint64_t n; /* samples; 0: there is no datapoint */
    struct ratio sum, low, high;
    struct ratio spread; /* a percentile and the like: of the whole period that ends with this span (cw_spread) */
};
static inline struct cw_point cw_point_of(struct ratio value)
{
    return (struct cw_point){1, value, value, value, value};
}

struct cw_metric {
    sim_time granularity, delay;
    struct cw_point *point; /* a ring */
    uint32_t cap;
    int64_t last; /* the latest span put down; spans before `first` are forgotten or were never there */
    int64_t first;
};

/* keep: how far back a reading may reach. Granularity 60 s, or less for metrics of high resolution (CW-4).
 * false: memory is short. */
bool cw_metric_open(struct cw_metric *, sim_time granularity, sim_time delay, sim_time keep);
void cw_metric_close(struct cw_metric *);

/* The datapoint of span k, [k, k + 1) times the granularity; k may be negative, and never goes back. */
void cw_metric_put(struct cw_metric *, int64_t span, struct cw_point);

/* End of the newest span whose datapoint is visible at `now`, if it is there: windows are anchored at it. */
sim_time cw_metric_horizon(const struct cw_metric *, sim_time now);

/* The statistic of all datapoints in [from, to); both on span boundaries. Those of a distribution are known of the period that was
 * put down with the datapoints. false: there is no datapoint. */
bool cw_metric_read(const struct cw_metric *, sim_time from, sim_time to, enum cw_statistic, struct ratio *);
/* How many samples they have. */
uint64_t cw_metric_samples(const struct cw_metric *, sim_time from, sim_time to);

#endif
