/* stopping.h - run until the intervals are narrow enough (Law and Kelton, ch. 9; Law and Carson
 * 1979). The number of replications is judged only at fixed sizes, 20, 30, 40 …: a rule that looked
 * after every replication would stop where chance made the spread look small. Coverage:
 * docs/statistics.md. */
#ifndef STOPPING_H
#define STOPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "estimate.h"

#define STOPPING_FIRST 20
#define STOPPING_STEP  10
#define STOPPING_MOST  200 /* unless said otherwise */

/* The size of the round after n replications; at most `most`. n == most: there is no further round,
 * and n is returned. */
uint32_t stopping_next(uint32_t n, uint32_t most);
/* Half-width over the mean's size; 0 for a mean of 0 known exactly, NAN without interval. */
double stopping_width(const struct estimate *);
/* Whether the interval is as narrow as asked: half <= relative * |mean|. */
bool stopping_met(const struct estimate *, double relative);
/* Replications that the width would need if it went on shrinking with the root of their number, for
 * progress. */
double stopping_guess(const struct estimate *, double relative);

#endif
