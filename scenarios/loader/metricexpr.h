/* metricexpr.h - what `expect`, `goal` and `plot` say about results: "latency.p99 < 2s and lost ==
 * 0".
 *
 *   expression  comparison { and comparison }
 *   comparison  sum OP sum                       OP: < <= > >= == !=
 *   sum         product { (+ | -) product }      + - * / stand between blanks, because ids may hold
 * '-' product     atom { (* | /) atom } atom        value with unit | metric | ( sum ) metric
 * [kind.id.]name[.stat]            default stat: mean for levels and tallies, sum for counters
 *
 * Metric names are checked against the scenario's metric table when the text is parsed, so an
 * evaluation cannot fail; it answers NAN where a value does not exist. A percent beside a count
 * means percent of `offered`. */
#ifndef METRICEXPR_H
#define METRICEXPR_H

#include "obs.h"
#include "pool.h"
#include "result.h"

struct metricexpr; /* lies in the pool it was parsed into */

struct metricref {
    uint32_t metric; /* index into the metric table */
    struct obs_stat stat;
};

struct metricexpr_error {
    int code;          /* codes.h */
    int column, width; /* 0-based bytes in the text */
    char text[200], label[120];
};

/* The names to check against. */
struct metricnames {
    const struct metric_id *id;
    uint32_t n;
};

/* NULL: *e says why. */
const struct metricexpr *metricexpr_parse(struct pool *, const char *text,
                                          const struct metricnames *, struct metricexpr_error *e);
/* One metric with its stat, for charts ("queue.orders.depth.max"). */
bool metricref_parse(struct pool *, const char *text, const struct metricnames *,
                     struct metricref *, struct metricexpr_error *e);

/* The value of a metric: seconds are not used, durations are ns (UNIT_NS), shares 0 … 1. NAN: it
 * does not exist. */
typedef double metricexpr_value(void *ctx, struct metricref);

enum verdict { VERDICT_HOLDS, VERDICT_FAILS, VERDICT_NO_VALUE };
/* All comparisons joined. */
enum verdict metricexpr_eval(const struct metricexpr *, metricexpr_value *, void *ctx);

/* The comparisons one by one, for reports. */
struct comparison {
    const char *text;   /* as written */
    double left, right; /* in the unit */
    enum metric_unit unit;
    enum verdict verdict;
};
uint32_t metricexpr_count(const struct metricexpr *);
struct comparison metricexpr_compare(const struct metricexpr *, uint32_t number, metricexpr_value *,
                                     void *ctx);

#endif
