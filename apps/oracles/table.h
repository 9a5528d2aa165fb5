/* table.h - mappings that are data: a scenario's text with gaps, and for each metric of a row a
 * formula over the results.
 *
 * Gaps: <dur 1 / mu> a duration, <rate lambda>, <num p> a number, <int c>, <pct p> a percentage,
 * <law service> or <law service#2> a law, <size service> the same with a byte for each microsecond,
 * <word mode> a parameter as it is. A line that begins with "?name " is there only for rows with
 * that parameter (or that item of its list), "!name " only for rows without it. */
#ifndef TABLE_H
#define TABLE_H

#include "oracle.h"

struct measure {
    const char *metric;  /* "Wq_quantile_*": `*` stands for the rest, or what is between */
    const char *formula; /* NULL: cannot be said, `reason` tells why */
    const char *reason;
    const char *tolerance; /* formula: what the ends of a run or the grain of messages may add;
                              NULL: nothing */
};

bool table_write(const struct mapping *, const struct row *, double customers, FILE *);
double table_sample(const struct mapping *, const struct row *, const struct view *);
const char *table_refuse(const struct mapping *, const struct row *);
double table_tolerance(const struct mapping *, const struct row *);

#endif
