/* grid.h - which points a sweep visits: axes (lists and ranges of values) crossed with each other,
 * a Latin hypercube over them, or the rows of a table; less those that a constraint rules out. A
 * point is one value per path, as text that
 * --set takes: "fleet.writers.size" = "20".
 *
 * An axis on the command line, PATH=SPEC:
 *   5s,10s,30s          these values (commas inside brackets belong to a value)
 *   10..50:10           from 10 in steps of 10, as far as 50
 *   5s..120s:x2         each twice the one before
 *   5s..120s/5          five values at equal distances; 5log: at equal ratios
 * Values in between are rounded: counts to whole numbers, settings kept in whole seconds to those,
 * anything else to three digits; the ends stay as written, and what rounding makes equal counts
 * once. */
#ifndef GRID_H
#define GRID_H

#include "pool.h"
#include "scenario.h"
#include "setting.h"

#define GRID_POINTS_MAX 1000000

struct grid_axis {
    const char *const *path; /* settings that move together */
    size_t n_path;
    const char *const *value; /* [i * n_path + k] */
    size_t n_value;
    /* A range, for hypercubes, which take any value in it; from NULL: none. */
    const char *from, *to;
    bool log, whole_seconds;
};

struct grid {
    struct pool pool;
    struct grid_axis *axis;
    size_t n_axis, cap_axis;
    const char *const *path; /* of all axes, one after the other */
    size_t n_path;
    const char **value;       /* [point * n_path + k] */
    size_t n_point, left_out; /* left_out: ruled out by the constraint */
};

void grid_init(struct grid *);
void grid_free(struct grid *);

/* All return false with *err set (ERR_USAGE for what was written on the command line, ERR_DATA for
 * files). */

/* "PATH=SPEC". The scenario tells what the setting is. */
bool grid_axis_text(struct grid *, const struct scenario *, const char *text, struct err *);
/* The axes of the scenario's own `sweep`; *sweep tells its design. */
bool grid_axis_scenario(struct grid *, const struct scenario *, struct setting_sweep *sweep,
                        struct err *);

/* Then one of these makes the points. */
bool grid_cross(struct grid *, struct err *);
bool grid_hypercube(struct grid *, size_t runs, uint64_t seed, struct err *);
/* A table: the first row names paths, each further row is a point. Comma, RFC 4180 quoting. */
bool grid_table(struct grid *, const struct scenario *, const char *file, struct err *);

/* Keeps the points for which the expression holds: comparisons of settings, varied or not, in the
 * grammar of expectations: "fleet.writers.size <= database.orders.connections". */
bool grid_constrain(struct grid *, const struct scenario *, const char *expression, struct err *);

/* The settings of a point as overrides "path=value", n_path of them, into out; they lie in the pool
 * of the grid. */
bool grid_overrides(struct grid *, size_t point, const char **out, struct err *);

/* --- grid_range.c --- */
/* Values of a range: exactly one of step (as ":10" or ":x2" without the colon) and steps is used;
 * into the pool. NULL: *err says why. */
const char **grid_range(struct pool *, const struct grid_axis *, const char *step, int64_t steps,
                        size_t *n, struct err *);
/* The value a share u (0 … 1) of the way through the range. NULL: *err says why. */
const char *grid_between(struct pool *, const struct grid_axis *, double u, struct err *);

/* --- grid_csv.c --- */
/* Cells of a CSV text, row by row; every row has *n_column. NULL: *err says which line is wrong. */
const char **grid_csv(struct pool *, const char *text, size_t *n_row, size_t *n_column,
                      struct err *);

#endif
