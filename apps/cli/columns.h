/* columns.h - numbers that a command asks of every replication: metrics and sums of metrics in the grammar of
 * expectations. The definitions are shared by all design points of a scenario, since all have the same metrics. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "err.h"
#include "metricterm.h"
#include "scenario.h"

struct column {
    const char              *text;
    const struct metricterm *term; /* NULL: a side of a comparison */
    const struct metricexpr *expr;
    uint32_t                 number;
    bool                     right;
    enum metric_unit         unit;
};

struct columns {
    struct pool             pool;
    struct column          *item;
    size_t                  n, cap;
    const struct metric_id *metric; /* of the scenario, which outlives the columns */
    size_t                  n_metric;
};

void columns_open(struct columns *, const struct scenario *);
void columns_close(struct columns *);
/* "latency.p99", "lost / offered"; the same text twice is one column. False: *err says what is wrong (class given). */
bool columns_term(struct columns *, const char *text, enum err_class, size_t *number, struct err *);
/* "latency.p99 < 2s and lost == 0": two columns a comparison, left then right, from number *first on. */
bool columns_expression(struct columns *, const char *text, enum err_class, const struct metricexpr **, size_t *first,
                        struct err *);
/* Whether a quantile is asked of each metric, into asked[n_metric]. */
void columns_asked(const struct columns *, bool *asked);
/* One number a column into out[n]; NAN where there is none. Any thread. */
void columns_values(const struct columns *, const struct result *, double *out);
/* A variant may have more metrics or fewer than its base, whose columns these are: a stream's shards are parts of it. Whether it
 * has the same. */
bool columns_fit(const struct columns *, const struct scenario *variant);
/* Its result with the metrics of the columns, in their order: what the variant lacks has no value, what it has beyond them is
 * dropped. False: memory is short. Any thread. */
bool columns_align(const struct columns *, const struct scenario *variant, struct result *);

#endif
