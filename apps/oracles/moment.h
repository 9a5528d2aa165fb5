/* moment.h - when something was so, and how it was at a moment, read off the recorded series. Exact where what is asked
 * changes at the edges of the series' buckets only, else to the width of one bucket. */
#ifndef MOMENT_H
#define MOMENT_H

#include "oracle.h"

/* Metric m of the view at t seconds: mean over the bucket in which that lies; of a counter its count. */
double moment_at(const struct view *, size_t m, double t);
/* Seconds: the beginning of the first bucket, the end of the last one, in which a level or tally was above x. NAN: none. */
double moment_first(const struct view *, size_t m, double x);
double moment_last(const struct view *, size_t m, double x);

#endif
