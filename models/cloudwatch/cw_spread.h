/* cw_spread.h - the samples of a period that slides: how often each value came in the last so many spans (CW-14).
 *
 * A span's samples come as values in ascending order, each with its number. The sum over the period is kept in order, what leaves
 * it is taken off again: memory is bounded by the different values of a period, whatever the number of samples. */
#ifndef CW_SPREAD_H
#define CW_SPREAD_H

#include "cw_statistic.h"

struct cw_bin {
    int64_t value;
    uint64_t n;
};
struct cw_bins { /* ascending, no two alike, none empty */
    struct cw_bin *bin;
    uint32_t n, cap;
};
struct cw_spread {
    struct cw_bins all, next; /* the period; where its successor is made */
    struct cw_bins *part;     /* the spans of the period, a ring; none where it is one span */
    uint32_t spans, at;
    uint64_t samples;
};

/* spans: of a period. false: memory is short; close in any case. */
bool cw_spread_open(struct cw_spread *, uint32_t spans);
void cw_spread_close(struct cw_spread *);
/* A span has passed. bin: its samples, ascending; n 0: there are none. */
bool cw_spread_put(struct cw_spread *, const struct cw_bin *, uint32_t n);

/* The sample of rank ceil(p n), 1 at least; there is one. */
int64_t cw_spread_at(const struct cw_spread *, struct ratio p);
/* The statistic (CW_PERCENTILE or one behind it) of the period's samples; false: there are none. */
bool cw_spread_read(const struct cw_spread *, const struct cw_stat *, struct ratio *);

#endif
