/* profile.h - a rate that is constant in pieces of time, and the instants at which arrivals of that rate come.
 *
 * Both laws walk the cumulative rate L(t): a Poisson stream's next arrival is where L has grown by a unit exponential
 * since the last one, a constant stream's where it has grown by one. What is left of the step at the end of a piece is
 * carried into the next, so a span neither adds an arrival nor takes one away. */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "quantity.h"
#include "simtime.h"

struct profile_piece {
    sim_time    from, to; /* [from, to); the last one's to is SIM_NEVER */
    struct rate rate;     /* 0 events: none */
};
struct profile {
    uint32_t              n;
    struct profile_piece *piece;
};
struct profile_span {
    sim_time    at, length;
    struct rate rate;
};

/* base outside the spans, which are in order of time and do not overlap. false: memory is short. */
bool profile_build(struct profile *, struct arena *, struct rate base, const struct profile_span *, uint32_t n);

/* Where an arrival stream stands. */
struct profile_walk {
    const struct profile *profile;
    uint32_t              piece;
    sim_time              at;       /* of the last arrival, or where the stream starts */
    uint64_t              k;        /* constant: arrivals in this piece so far */
    sim_time              origin;   /* constant: the piece's part of the stream starts here … */
    uint64_t              phase;    /* … this share of a step before its first arrival, in units of 2^-32 */
};
void profile_start(struct profile_walk *, const struct profile *, sim_time start);
/* The next arrival; SIM_NEVER when there is none. unit: exponential with mean 1. */
sim_time profile_next_poisson(struct profile_walk *, double unit);
/* The first is at the start; in a piece of one rate the k-th after it is at floor(k * ns / events). */
sim_time profile_next_constant(struct profile_walk *);

#endif
