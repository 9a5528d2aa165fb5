/* setting.h - settings of a loaded scenario by their paths, for those who vary them: designs,
 * goals, sensitivity. */
#ifndef SETTING_H
#define SETTING_H

#include "err.h"
#include "pool.h"
#include "scenario.h"

struct setting {
    const struct key *key;     /* of the element, for an element of a list of plain values */
    const struct value *value; /* absent: the setting exists and is not set */
    bool numeric;
    enum metric_unit unit; /* of number; VALUE_RATE: per second */
    double number;         /* NAN: not numeric, or absent */
};

/* "fleet.writers.size", "run.duration", "producer.clients.profile[0].rate". False: *err says what
 * is wrong (ERR_DATA). */
bool setting_find(const struct scenario *, const char *path, struct setting *, struct err *);

/* Every setting that is written as an interval { low; mid; high }, sorted by path; texts as
 * written. Into the pool, whose `out` is set. */
struct setting_interval {
    const char *path, *low, *mid, *high;
};
struct setting_interval *setting_intervals(const struct scenario *, struct pool *, size_t *n);

/* The scenario's `sweep`, as written: texts as --set takes them. */
struct setting_axis {
    const char *const *set; /* paths that move together */
    size_t n_set;
    const char *const *value; /* [i * n_set + k]; NULL: a range */
    size_t n_value;
    const char *from, *to;
    int64_t steps;
    bool log;
};
struct setting_sweep {
    struct setting_axis *axis;
    size_t n_axis;
    bool lhs;
    int64_t runs; /* 0: not given */
    int64_t seed; /* -1: not given */
};
/* False: *err says what is wrong with it (ERR_DATA). n_axis 0: the scenario has no sweep. */
bool setting_sweep(const struct scenario *, struct pool *, struct setting_sweep *, struct err *);

#endif
