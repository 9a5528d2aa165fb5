/* run_keys.h - the numbers of the keys of the `run` group, and how they become the fields of a spec. */
#ifndef RUN_KEYS_H
#define RUN_KEYS_H

#include "problem.h"
#include "spec.h"

enum run_key {
    RUN_DURATION,
    RUN_DRAIN,
    RUN_WARMUP,
    RUN_REPLICATIONS,
    RUN_SEED,
    RUN_QUOTAS,
    RUN_BEHAVIOUR,
    RUN_INTERVAL,
    RUN_SERIES,
    RUN_HISTOGRAMS,
    RUN_RECORD,
    RUN_QUIET,
    RUN_LAMBDA_CONCURRENCY,
    N_RUN_KEYS
};

/* Fills seed, replications, duration, drain, warmup, interval, series, hist and realistic from spec->run (quotas are the
 * loader's: it needs them before values are checked). Reports what does not fit together. */
void run_apply(struct spec *, struct problems *);

/* The width of a series bucket for a run of that length when none is asked for: a round time, at most 300 buckets. */
sim_time run_interval(sim_time length);

#endif
