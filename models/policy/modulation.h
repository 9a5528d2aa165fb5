/* modulation.h - a Poisson stream whose rate is set by a chain of states (Markov-modulated Poisson process; on/off bursts
 * are two states, one of them silent).
 *
 * The chain's n-th visit has its own random cell (how long it stays, where it goes), and the k-th arrival its own unit
 * exponential: arrivals lie where the cumulative rate has grown by it, so neither shifts the other. */
#ifndef MODULATION_H
#define MODULATION_H

#include <stdint.h>

#include "dist.h"
#include "quantity.h"
#include "rng.h"
#include "simtime.h"

struct modulation_state {
    double             slope; /* events per ns */
    const struct dist *stay;
    const int64_t     *next;  /* chances of each state in 10^-9; NULL: the next in the list, the first after the last */
};

struct modulation {
    uint32_t                       n;
    const struct modulation_state *state;
};

struct modulation_walk {
    const struct modulation *modulation;
    struct rng_stream        stream;
    uint64_t                 visit; /* that is under way */
    uint32_t                 state;
    sim_time                 at;    /* of the last arrival, or where it was last looked at */
    sim_time                 until; /* the visit ends */
    sim_time                 end;   /* nothing is asked beyond */
};

struct modulation_state modulation_state_of(struct rate, const struct dist *stay, const int64_t *next);
/* Begins in the first state. */
void modulation_start(struct modulation_walk *, const struct modulation *, const struct rng_stream *, sim_time start,
                      sim_time end);
/* The next arrival; SIM_NEVER when there is none before the end. unit: exponential, mean 1. */
sim_time modulation_next(struct modulation_walk *, double unit);

#endif
