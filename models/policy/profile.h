/* profile.h - a rate that varies over time, and the instants at which arrivals of that rate come.
 *
 * A base rate, times a sine, times the factors of a week; spans of time with a rate, ramp or factor of their own, once or
 * again and again. The walk sees it as pieces (curve.h), made one after the other as time goes on.
 *
 * All laws walk the cumulative rate L(t): a Poisson stream's next arrival is where L has grown by a unit exponential
 * since the last one, a constant stream's where it has grown by one. What is left of the step at the end of a piece is
 * carried into the next, so a span neither adds an arrival nor takes one away. */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "check.h"
#include "curve.h"
#include "quantity.h"
#include "simtime.h"

enum span_kind { SPAN_IS_RATE, SPAN_IS_RAMP, SPAN_IS_FACTOR };

struct profile_span {
    sim_time       at, length;
    sim_time       every;   /* comes back so long after each beginning; 0: once */
    enum span_kind kind;
    struct rate    rate;    /* RATE; RAMP: at its beginning */
    struct rate    ramp_to; /* RAMP: at its end */
    double         factor;  /* FACTOR: of what would be there */
};

struct profile {
    struct rate          base;
    sim_time             period;        /* of the sine; 0: none */
    sim_time             peak;          /* by the clock */
    double               amplitude;     /* 0 … 1 */
    uint32_t             n_week;        /* 0, 7 (days) or 168 (hours) */
    const double        *week;
    sim_time             clock;         /* what the clock shows at time 0, from Monday 00:00 */
    uint32_t             n_once, n_every;
    struct profile_span *once, *every;  /* once: in order of time; none overlap */
};

/* Takes over base, sine, week and clock from *p; spans in any order, which do not overlap. false: memory is short. */
bool profile_build(struct profile *p, struct arena *, const struct profile_span *, uint32_t n);
/* Whether two spans hold at the same time, now or at a later turn. */
bool profile_overlap(const struct profile_span *, const struct profile_span *);

struct profile_piece {
    sim_time     from, to; /* [from, to) */
    struct curve curve;
    bool         exact;    /* flat, and this is its rate */
    struct rate  rate;
};

/* Where an arrival stream stands. */
struct profile_walk {
    const struct profile *profile;
    struct profile_piece  piece;
    struct curve_stretch  stretch; /* of the piece's curve */
    uint32_t              once;   /* the next span that happens once */
    sim_time              at;     /* of the last arrival, or where the stream starts */
    sim_time              end;    /* nothing is asked beyond */
    uint64_t              k;      /* constant: arrivals in this piece so far */
    sim_time              origin; /* constant: the piece's part of the stream starts here … */
    uint64_t              phase;  /* … this share of a step before its first arrival, in units of 2^-32 */
};
void profile_start(struct profile_walk *, const struct profile *, sim_time start, sim_time end);
/* The next arrival; SIM_NEVER when there is none before the end (it may also lie beyond). unit: exponential, mean 1. */
ALWAYS_INLINE sim_time profile_next_poisson(struct profile_walk *, double unit);
/* The first is at the start; in a flat piece the k-th after it is at floor(k * ns / events). */
sim_time profile_next_constant(struct profile_walk *);

/* --- private --- */

/* What does not lie in the same flat piece. */
sim_time profile_poisson_slow(struct profile_walk *, double unit);

ALWAYS_INLINE sim_time profile_next_poisson(struct profile_walk *w, double unit)
{
    const struct profile_piece *x = &w->piece;
    if (__builtin_expect(x->curve.shape == CURVE_FLAT, 1)) {
        double wait = unit / x->curve.level;
        if (__builtin_expect(wait < (double)(x->to - w->at), 1))
            return w->at += (sim_time)(wait + 0.5);
    }
    return profile_poisson_slow(w, unit);
}

#endif
