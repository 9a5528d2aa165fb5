/* values.h - chosen metrics of a run as one wide table: a row a replication of a design point, its
 * settings first. Settings that are numbers and all metrics stand in base units, which the names of
 * the columns tell: "latency.p99 [s]". */
#ifndef VALUES_H
#define VALUES_H

#include "export.h"

/* Metrics as a person writes them, also sums: "lost / offered". */
bool values_export(struct query *, int64_t run, const char *const *metric, size_t n,
                   enum export_format, bool head, FILE *, struct err *);

#endif
