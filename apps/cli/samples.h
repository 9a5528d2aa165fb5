/* samples.h - what the command line keeps of each replication: one number per metric and stat, the fates, the
 * fingerprints. Results themselves are freed as they come, so memory does not grow with their histograms. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "estimate.h"
#include "map64.h"
#include "result.h"
#include "scenario.h"

#define SAMPLES_LEVEL 0.95

struct samples {
    const struct metric_id *metric;
    size_t                  n_metric;
    struct map64            number_of;       /* hash of entity and name to the metric's number */
    uint32_t                replications, n; /* expected; arrived */
    double                **value;           /* [metric * SAMPLES_STATS + stat][replication] */
    struct fates           *fates;           /* [replication] */
    uint64_t               *entity_print;    /* [entity], folded over replications */
    uint32_t                n_entity;
    uint64_t                print, events;
    struct hist            *pooled; /* [metric]: of the scenario's own tallies, over all replications */
};

/* The stats that are kept, where a metric has them: "mean", "p99" … */
extern const char *const sample_stats[];
extern const size_t      n_sample_stats;

/* False: memory is short. */
bool samples_open(struct samples *, const struct scenario *, uint32_t replications);
void samples_close(struct samples *);
void samples_add(struct samples *, const struct result *);

/* One value per replication; NULL when the metric or its stat does not exist. */
const double *samples_find(const struct samples *, const char *entity, const char *metric, const char *stat);
const double *samples_at(const struct samples *, size_t metric, size_t stat);
/* A rate is per second and a count a number, whatever the metric's unit. */
enum metric_unit sample_unit(const struct metric_id *, const char *stat);
struct estimate samples_estimate(const struct samples *, const double *x);
/* A quantile ("p99") of a tally of the scenario, of all replications' values together, with its interval by sections
 * (quantile.h). n = 0: the metric has no values or no histogram. */
struct estimate samples_quantile(const struct samples *, const char *metric, const char *stat);

/* Values made of fates, one per replication, into x[n]: shares of offered, or counts. NAN without requests. */
enum fate { FATE_OFFERED, FATE_IN_TIME, FATE_LATE, FATE_WAITING, FATE_LOST, FATE_REPEATED, FATE_GAVE_UP_DONE, N_FATE };
extern const char *const fate_names[N_FATE];
uint64_t fate_count(const struct fates *, enum fate);
void     samples_fates(const struct samples *, enum fate, bool share, double *x);

#endif
