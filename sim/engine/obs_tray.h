/* obs_tray.h - where a tally that sees much counts its latest values, before they go into its histogram: the same buckets, of two
 * bytes instead of eight and side by side. So they take a quarter of the cache, and a value finds its bucket in one step. */
#ifndef OBS_TRAY_H
#define OBS_TRAY_H

#include <stdbool.h>
#include <stdint.h>

#include "hist.h"

#define TRAY_ROWS 2047 /* no more, and no count passes 65,535 */
struct row;
struct tray {
    uint16_t *count; /* of the first n buckets */
    uint32_t  n, rows;
};

/* Room for a row of which this is the highest value. false: memory is short. */
bool tray_widen(struct tray *, int64_t high);
void tray_pour(struct tray *, struct hist *);
void tray_free(struct tray *);

#endif
