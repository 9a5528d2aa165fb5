/* result.h - what one replication leaves behind: plain data, owned by the caller, no pointer into the trial.
 * The store writes it, the summary prints it, compare and expect judge it. */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "hist.h"
#include "life.h"
#include "obs.h"
#include "simtime.h"

enum metric_unit { UNIT_ONE, UNIT_NS, UNIT_BYTES, UNIT_SHARE, UNIT_PER_SECOND, UNIT_USD };

/* Identity of a metric: the same order in every replication of one scenario. Text is borrowed from the scenario,
 * which outlives all results. */
struct metric_id {
    const char      *entity;     /* "queue.orders"; "" for the whole scenario */
    const char      *name;       /* "depth" */
    const char      *cloudwatch; /* CloudWatch's name, or NULL */
    const char      *doc;
    enum obs_kind    kind;
    enum metric_unit unit;
    bool             at_end; /* known when the run has ended, and not before */
};

#define METRIC_ABSENT UINT64_MAX
/* One metric of one replication. NAN where a value does not exist (a mean of nothing). */
struct metric_value {
    uint64_t       n;     /* counter: the count; tally: number of values; METRIC_ABSENT: the trial had no such metric */
    double         mean, sd, min, max, last, sum;
    double         min_at, max_at; /* level: ns since the run began */
    struct hist   *hist;   /* moved from the observer; NULL: none */
    struct series *series; /* moved from the observer; NULL: none */
};

struct fates { /* offered = in_time + late + waiting + lost, exactly */
    uint64_t offered, in_time, late, waiting, lost;
    uint64_t repeated, gave_up_done;
};

struct result {
    uint32_t             n_metric;
    struct metric_value *metric;       /* same order as the scenario's metric_id table */
    uint32_t             n_entity;
    uint64_t            *fingerprint;  /* per entity, in the order of (kind, id) */
    uint64_t             run_fingerprint;
    uint64_t             events;       /* executed */
    sim_time             observed;     /* length of observation (after warm-up), ns */
    struct fates         fates;
    /* Fates by time of birth, n_birth buckets of birth_width ns (NULL when series are off). */
    uint32_t             n_birth;
    sim_time             birth_width;
    struct fates        *by_birth;
    bool                 stopped;      /* interrupted: not to be stored */
    struct life          life;         /* of the requests that were recorded */
};

struct result *result_new(uint32_t n_metric, uint32_t n_entity); /* NULL: memory is short */
void           result_free(struct result *);
/* Its metrics in the order of another list of n: the i-th is what was the from[i]-th, each named once at most, or
 * RESULT_NOTHING: absent. Those that are not named are dropped. False: memory is short, and nothing has changed. */
#define RESULT_NOTHING UINT32_MAX
bool           result_renumber(struct result *, const uint32_t *from, uint32_t n);

/* The fingerprint of several replications, or of an entity in them, in their order: 0 of none, then one by one. */
uint64_t result_print(uint64_t of_those_before, uint64_t next);

/* Fill a metric from its observer, whose histogram and series move over. A level is accounted up to `now` first. */
void metric_take_counter(struct metric_value *, struct obs_counter *);
void metric_take_level(struct metric_value *, struct obs_level *, sim_time now);
void metric_take_tally(struct metric_value *, struct obs_tally *);

/* A stat of a metric; NAN when it does not exist. observed is for rates. */
double metric_stat(const struct metric_value *, enum obs_kind, struct obs_stat, sim_time observed);

#endif
