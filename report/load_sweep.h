/* load_sweep.h - the points of a sweep read as lines, for every chart that shows them. */
#ifndef LOAD_SWEEP_H
#define LOAD_SWEEP_H

#include "layouts_study.h"

#define SWEEP_LINES_MAX 12

struct sweep_row { /* a design point */
    double x;
    const char *value; /* of the axis' setting, as written */
    char line[160];
    struct estimate y;
};

struct sweep_table {
    struct query_point *point;
    size_t n;
    const char *x_path;
    struct sweep_row *row;
    struct sweep_point *at;
    struct sweep_line line[SWEEP_LINES_MAX];
    size_t n_line;
    const char **category;
    size_t n_category;
    enum setting_kind kind;
    bool numeric;
    struct load_metric metric;
    size_t fewest, most; /* replications of any point */
};
/* The request's metric (default: latency.p99) at every point of its run. */
bool sweep_table_load(struct sweep_table *, const struct chart_request *, struct err *);
void sweep_table_free(struct sweep_table *);
struct sweep_data sweep_table_data(const struct sweep_table *,
                                   const char *run); /* borrows from the table */

/* Refuses a run that varies nothing, and says where a sweep is or how one is made. */
bool sweep_none(const struct chart_request *, struct err *);
/* A setting of a point as written (NULL: it has none), and whether it is not the same at all
 * points. */
const char *sweep_setting(const struct query_point *, const char *path);
bool sweep_varies(const struct sweep_table *, const char *path);

#endif
