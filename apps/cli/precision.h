/* precision.h - `-r auto --precision 'latency.p99=5%'`: how narrow intervals have to be, and how long to go on. */
#ifndef PRECISION_H
#define PRECISION_H

#include <jansson.h>

#include "columns.h"
#include "estimate.h"
#include "options.h"

#define PRECISION_MAX     8
#define PRECISION_DEFAULT "latency.mean=5%"

struct precision_target {
    char   metric[120];
    double relative;
    size_t column;
};
struct precision {
    bool                    on;
    uint32_t                most; /* replications */
    struct precision_target target[PRECISION_MAX];
    size_t                  n;
};

#define PRECISION_OPTIONS                                                                                            \
    {0, "precision", OPTION_MANY, "METRIC=WIDTH",                                                                    \
     "go on until the half-width of the 95 % interval is below this share of\nthe mean: latency.p99=5%; may be given " \
     "again (-r auto alone: " PRECISION_DEFAULT ")",                                                                 \
     NULL, 0, 0},                                                                                                    \
        {0, "max-replications", OPTION_COUNT, "N", "with -r auto or --precision: no more than this (default: 200)",  \
         NULL, 10, 1000000}

/* What the options say. 0 or the exit code. */
int precision_options(struct precision *, const struct args *);
/* The targets as columns. False: *err says which is no metric. */
bool precision_columns(struct precision *, struct columns *, struct err *);
/* What a target's values over replications have come to. */
struct precision_state {
    double width; /* relative half-width reached; NAN: none */
    bool   met;
};
struct precision_state precision_look(const struct precision_target *, const double *x, size_t n);
/* "precision latency.p99: 4.2 % after 60 replications (asked for 5 %)" */
void    precision_print(const struct precision_target *, struct precision_state, size_t n);
json_t *precision_json(const struct precision_target *, struct precision_state);

#endif
