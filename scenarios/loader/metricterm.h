/* metricterm.h - a number made of metrics, without a comparison: "latency.p99", "lost / offered",
 * "queue.orders.depth.max - 100". The grammar of sums in metricexpr.h; what sweeps tabulate, goals
 * judge and charts draw. */
#ifndef METRICTERM_H
#define METRICTERM_H

#include "err.h"
#include "metricexpr.h"

struct metricterm; /* lies in the pool it was parsed into */

/* NULL: *e says why. */
const struct metricterm *metricterm_parse(struct pool *, const char *text,
                                          const struct metricnames *, struct metricexpr_error *e);
/* NAN where a value does not exist. */
double metricterm_value(const struct metricterm *, metricexpr_value *, void *ctx);
enum metric_unit metricterm_unit(const struct metricterm *);

/* The error as one sentence: "no metric 'latncy.p99' (did you mean 'latency.p99'?)". */
bool metricexpr_say(const struct metricexpr_error *, const char *text, struct err *);

/* A comparison seen as its sides, for those who need to know which side is good. op: "<", "<=" … */
struct metricside {
    const char *op;
    int good; /* -1: left should be below right, 1: above, 0: equal, or not equal */
};
struct metricside metricexpr_side(const struct metricexpr *, uint32_t number);

#endif
