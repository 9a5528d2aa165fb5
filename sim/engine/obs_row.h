/* obs_row.h - private to obs_tally.c: what a full row of a tally comes to.
 *
 * Four values at a time where the processor has AVX2, one by one elsewhere, and the same whole
 * numbers either way. Most rows are easy: times below fifty days, and often 32 times the same (no
 * wait at all, one attempt). */
#ifndef OBS_ROW_H
#define OBS_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "obs.h"

#define ROW_LIMIT                                                                                  \
    (INT64_C(1)                                                                                    \
     << 52) /* values below are whole as doubles; a row of them adds up to less than 2^57 */

struct row {
    int64_t low, high;
    uint64_t sum;
    unsigned __int128 sum2;
    uint32_t index[OBS_ROW]; /* buckets of a histogram, in any order; unset when low == high */
};

/* false: a value is negative, or not below the limit. */
bool row_read(struct row *, const int64_t value[OBS_ROW]);
bool row_read_plain(struct row *, const int64_t value[OBS_ROW]); /* for tests */
/* The values are not all the same. */
void row_count(const struct row *, struct hist *);
/* … and there is room. */
void row_count_in_tray(const struct row *, struct tray *);

#endif
