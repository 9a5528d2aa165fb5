/* layouts_study.h - the pure half of the charts of studies: a metric over a setting, tornado,
 * goodput against load, Welch's picture of a warm-up. As in layouts.h: numbers in, display list
 * out; values in the metric's own unit. */
#ifndef LAYOUTS_STUDY_H
#define LAYOUTS_STUDY_H

#include "layouts.h"
#include "load.h"

/* --- sweep: a metric over a setting, a line for each combination of the others --- */
struct sweep_point {
    double x; /* in the setting's kind; of categories: their number */
    struct estimate y;
};
struct sweep_line {
    const char *name;
    const struct sweep_point *point; /* rising in x */
    size_t n;
    const struct role *role; /* NULL: by its number */
};
struct sweep_ref {
    const char *name;
    double y; /* in the metric's unit */
};
struct sweep_data {
    const char *run, *x_name, *y_name;
    enum setting_kind x_kind;
    const char *const *category; /* n_category texts; NULL: x is a number */
    size_t n_category;
    enum metric_unit unit;
    const struct sweep_line *line;
    size_t n_line, n_replication, n_most; /* the fewest and the most of any point */
    const char *title;                    /* NULL: its own finding */
    const struct sweep_ref *ref;          /* limits known beforehand */
    size_t n_ref;
    bool log_log; /* where the values allow it */
};
bool sweep_layout(const struct sweep_data *, double width, double height, struct sheet **,
                  struct err *);

/* --- tornado --- */
struct tornado_bar {
    const char *path, *low, *high;
    struct estimate at_low, at_high; /* paired differences from the base */
};
struct tornado_data {
    const char *run, *metric;
    enum metric_unit unit;
    struct estimate base;
    const struct tornado_bar *bar; /* what matters most first */
    size_t n;
};
bool tornado_layout(const struct tornado_data *, double width, double height, struct sheet **,
                    struct err *);

/* --- goodput: what is done, and done in time, against what is offered; rates per second in spans
 * of time --- */
struct goodput_data {
    const char *run;
    const double *offered, *done, *in_time; /* means over replications; in_time by time of birth */
    size_t n, n_replication;
    double width_s;
    const double
        *in_time_half; /* half-widths of the 95 % intervals of in_time; NULL: there are none */
};
bool goodput_layout(const struct goodput_data *, double width, double height, struct sheet **,
                    struct err *);

/* --- welch --- */
struct welch_data {
    const char *run, *metric;
    enum metric_unit unit;
    const double *mean; /* of the replications, in spans of time */
    size_t n, n_replication;
    double width_s, warmup_s; /* warmup_s: what the run left out */
    size_t cut;               /* MSER-5's, in spans */
    bool too_short;
};
bool welch_layout(const struct welch_data *, double width, double height, struct sheet **,
                  struct err *);

/* --- visibility: what is done twice, and how long a crash costs, over the visibility timeout ---
 */
struct visibility_data {
    struct sweep_data panel[2]; /* duplicates, recovery: the same points */
    const char *name[2];        /* what the panels show */
    double mean_s, p99_s;       /* of the service time; NAN: not known */
};
bool visibility_layout(const struct visibility_data *, double width, double height, struct sheet **,
                       struct err *);

/* --- pareto: cost against latency --- */
struct pareto_point {
    const char *name;
    struct estimate x, y; /* both are better when less */
};
struct pareto_data {
    const char *run, *x_name, *y_name;
    enum metric_unit x_unit, y_unit;
    const struct pareto_point *point;
    size_t n, n_replication;
    bool runs; /* the points are runs, and all of them are named */
};
bool pareto_layout(const struct pareto_data *, double width, double height, struct sheet **,
                   struct err *);

/* --- study.c: what charts of design points share --- */
/* A metric's values on an axis: in s for ns. */
double study_shown(enum metric_unit, double);
enum tick_style study_style(enum metric_unit);
/* Linear from 0, linear over the range, or log, whichever shows lo … hi best; page from, to. */
struct scale study_scale(double lo, double hi, enum tick_style, double from, double to);

struct study_extent {
    double x0, x1, y0, y1; /* y as shown */
    size_t points;
};
bool study_is_there(const struct sweep_point *);
struct study_extent study_extent(const struct sweep_data *);
struct scale study_x(const struct sweep_data *, const struct study_extent *, double from,
                     double to);
enum tick_style study_y_style(const struct sweep_data *);
void study_x_axis(struct sheet *, const struct sweep_data *, const struct scale *x, double y_top,
                  double y);
/* Draws the lines with their intervals; label: room for n_line; returns how many of them have a
 * name and an end. */
size_t study_lines(struct sheet *, const struct sweep_data *, const struct scale *x,
                   const struct scale *y, struct side_label *label);
const char *study_place(struct sheet *, const struct sweep_data *,
                        double x); /* the setting's value as text */

#endif
