/* oracle.h - known values of queueing theory held against the simulator, through scenario files.
 *
 * A row (id, model, params, metric, value, unit, kind, source) says what a model's metric must be.
 * A mapping turns the row's model and parameters, whatever their values, into a scenario and says
 * how one replication's sample of the metric is read off its results. Rows that need the same
 * scenario share its runs. Verdict: the acceptance test of docs/statistics.md - within 4.5 standard
 * errors of the value, with a standard error small enough to mean it. */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"
#include "result.h"
#include "scenario.h"

struct row {
    char *id, *model, *params, *metric, *unit, *kind, *source;
    char *value_text;
    double value;
};
struct rows {
    struct row *item;
    size_t n, cap;
};
/* Adds the rows of one CSV file; false: *err with file and line. Files without the columns of a row
 * are refused. */
bool rows_read(struct rows *, const char *path, struct err *);
void rows_free(struct rows *);

bool starts_with(const char *text, const char *with);
/* Parameters: "lambda=0.8;service=det(1)". */
bool param_number(const struct row *, const char *name, double *x);
bool param_text(const struct row *, const char *name, char *out, size_t size);
/* A service law in this program's spelling, times in seconds ("h2(p=0.9,mean1=1,mean2=2)" ->
 * "hyperexponential(…)"); false: unknown law. */
bool param_law(const struct row *, const char *name, char *out, size_t size);
/* The same of a law's own text; and its mean in seconds, NAN when it is not known. */
bool law_text(const char *law, char *out, size_t size);
double param_law_mean(const char *law);
/* "1500000ns": seconds as a duration text. */
const char *seconds_text(double s, char out[32]);
/* "0.8/s": a rate. */
const char *rate_text(double per_second, char out[32]);

/* One replication's results by name. */
struct view {
    const struct result *result;
    const struct metric_id *id;
    size_t n;
};
/* NULL when there is no such metric (a mistake of a mapping: CHECKed by the callers). */
const struct metric_value *view_metric(const struct view *, const char *entity, const char *name);
double view_stat(const struct view *, const char *entity, const char *name, const char *stat);

struct mapping {
    const char *model; /* the row's model begins with this text */
    /* Steady state: one replication's length can grow, its warm-up is cut. Otherwise the study is
     * terminating and the number of replications grows instead. */
    bool steady;
    size_t runs; /* so many replications, whatever their standard errors; 0: as many as it takes. 2:
                    no chance is in it */
    /* NULL when the row can be expressed, else the reason why not. */
    const char *(*refuse)(const struct row *);
    /* Writes the scenario; `customers` is the number of arrivals that a steady replication is to
     * observe. */
    bool (*scenario)(const struct row *, double customers, FILE *);
    /* The metric's sample; NAN: this replication has none. */
    double (*sample)(const struct row *, const struct view *);
    /* Or instead of these three functions (table.h): */
    const char *text;
    const struct measure *measures;
    const char *when, *unless; /* formula that must not be 0 for the row to be said, and the reason if it is */
};
/* By whichever of the two it has. */
const char *mapping_refuse(const struct mapping *, const struct row *);
bool mapping_scenario(const struct mapping *, const struct row *, double customers, FILE *);
double mapping_sample(const struct mapping *, const struct row *, const struct view *);
/* What the ends of a run or the grain of messages may add to chance; 0: nothing. */
double mapping_tolerance(const struct mapping *, const struct row *);
/* One family a file, each ended by an entry without a model. The first match wins, so that longer
 * texts come before the shorter ones that they begin with. */
extern const struct mapping mappings_station[], mappings_function[], mappings_arrivals[], mappings_queue[], mappings_service[],
    mappings_calls[], mappings_network[], mappings_fluid[], mappings_published[],
    mappings_stream[];
/* NULL: no mapping for that model. */
const struct mapping *mapping_find(const struct row *);

struct verdict {
    double simulated, se, z;
    const char *text;   /* "pass", "fail", "not-expressible"; with dry also "not-run" */
    const char *reason; /* static text or NULL */
};
struct judge_options {
    int threads;
    double budget_s; /* of one core: bounds the customers of one scenario */
    bool verbose;
    bool dry; /* no runs: only what cannot be expressed */
};
/* Fills one verdict per row. false: a scenario could not be run at all (*err). */
bool judge_rows(const struct rows *, struct verdict *, const struct judge_options *, struct err *);
/* The largest relative standard error that still means something, for a row. */
double judge_cap(const struct row *);

#endif
