/* study.h - the simulations that one group of rows shares: one scenario, replications of it as they
 * are asked for, and of each replication one number per row. */
#ifndef STUDY_H
#define STUDY_H

#include "oracle.h"

struct group { /* rows that share a scenario */
    const struct rows *rows;
    const struct mapping *map;
    size_t *member, n;
};

struct study {
    const struct group *group;
    struct scenario *scenario;
    const struct metric_id *id;
    size_t n_id, n; /* n: replications so far */
    size_t base;    /* number of the first one under way */
    double *sample; /* sample[replication * members + member] */
    double *column; /* one member's, for the estimates */
    struct err err;
};

/* Loads the scenario that observes so many customers (steady studies). */
bool study_open(struct study *, const struct group *, double customers, unsigned seed, struct err *);
/* Runs replications until there are n. */
bool study_grow(struct study *, size_t n, int threads, struct err *);
/* The estimate of a member's row, from all replications so far. */
struct estimate study_estimate(const struct study *, size_t member);
void study_close(struct study *);

#endif
