/* obs_series.h - a metric over time, in buckets of one width. */
#ifndef OBS_SERIES_H
#define OBS_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "simtime.h"

typedef __int128 int128;

enum obs_kind { OBS_COUNTER, OBS_LEVEL, OBS_TALLY };

/* Buckets of equal width over [0, width * n); what comes later counts in the last one. */
struct series {
    sim_time width, cur_end; /* cur_end: end of the bucket being filled; SIM_NEVER in the last one */
    int128  *sum_cur;        /* private: where that bucket is in the columns; NULL as they are */
    int64_t *max_cur, *count_cur;
    uint32_t n, cur;
    int128  *sum;   /* counter: count; level: integral value*ns; tally: sum of values */
    int64_t *max;   /* level and tally: largest value seen in the bucket (INT64_MIN: none); NULL for counters */
    int64_t *count; /* tally: number of values; else NULL */
};

/* Series memory: false when memory is short. n buckets of width ns for a metric of that kind. */
bool series_open(struct series **, enum obs_kind, uint32_t n, sim_time width);
void series_close(struct series *);
void series_roll(struct series *, sim_time now); /* private: moves cur forward so that now < cur_end; NULL: nothing */
void series_level(struct series *, sim_time from, sim_time to, int64_t value); /* private: spreads a span */

#endif
