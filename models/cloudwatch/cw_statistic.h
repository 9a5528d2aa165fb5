/* cw_statistic.h - what is made of the samples of a period, by CloudWatch's names: Average and the like, and those that need
 * the samples themselves (CW-14, CW-15). */
#ifndef CW_STATISTIC_H
#define CW_STATISTIC_H

#include <stdbool.h>
#include <stdint.h>

#include "ratio.h"

enum cw_statistic {
    CW_AVERAGE,
    CW_SUM,
    CW_MINIMUM,
    CW_MAXIMUM,
    CW_SAMPLES,
    CW_PERCENTILE,     /* from here on: of a distribution */
    CW_TRIMMED_MEAN,   /* of the samples between two percentiles */
    CW_TRIMMED_SUM,
    CW_TRIMMED_COUNT,
    CW_WINSORIZED_MEAN /* the samples outside count as if they stood at the percentiles */
};

struct cw_stat {
    enum cw_statistic kind;
    struct ratio low, high; /* shares of the samples: between them; of a percentile, high is it */
};

/* "average" (or "mean"), "sum", "min", "max", "count", or CloudWatch's words for them (Average, SampleCount …); "p99", "p99.9" and
 * so on from p0 to p100, with up to ten decimals; "tm90" and the like, which leave out the highest 10 %, "ts", "tc" and "wm"; "IQM".
 * false: it is none of them. */
bool cw_stat_parse(const char *word, struct cw_stat *);
static inline bool cw_stat_spreads(const struct cw_stat *s)
{
    return s->kind >= CW_PERCENTILE;
}
/* The fewest samples that a percentile's period must have to say much: 10 / (1 - p), or 10 / p below the median (CW-16); 0: it is
 * no percentile, or p0 or p100. */
uint64_t cw_stat_samples(const struct cw_stat *);

#endif
