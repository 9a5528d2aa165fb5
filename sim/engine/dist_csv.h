/* dist_csv.h - private to dist*.c: the column of numbers that an empirical law resamples. */
#ifndef DIST_CSV_H
#define DIST_CSV_H

#include "dist_int.h"

/* Reads the arguments file, column and unit, and the values, sorted ascending, into the arena. NULL after refusing;
 * what is wrong in the file is reported as "times.csv:17: …" at the column of the argument `file`. */
const double *dist_csv_read(struct dist_args *, size_t *n);

#endif
