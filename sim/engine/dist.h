/* dist.h - probability laws for durations (nanoseconds), sizes (bytes), counts and plain numbers, written as text:
 * "exponential(100ms)", "lognormal(p50=200ms, p99=800ms)", "mixture(90%: exponential(10ms), 10%: constant(1s))".
 * Grammar and every law's parameters, mean and variance: docs/reference/distributions.md.
 *
 * A compiled law is immutable and shared by all threads; a sample touches only the caller's rng cell and never
 * libm, so samples are the same bits everywhere. */
#ifndef DIST_H
#define DIST_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "rng.h"
#include "simtime.h"

enum dist_unit { DIST_DURATION, DIST_SIZE, DIST_COUNT, DIST_NUMBER };

struct dist; /* opaque; dist.c's private header dist_int.h has the union */

struct dist_error {
    int  column;     /* 0-based offset in the text */
    char text[200];  /* "lognormal: p99 (100ms) is below p50 (200ms)" */
};

/* folder: where files named in the text (empirical) are looked up; NULL: the working directory.
 * The law lives in the arena. NULL on error, *e filled. A plain value ("30ms") is a constant. */
const struct dist *dist_parse(struct arena *, const char *text, enum dist_unit, const char *folder,
                              struct dist_error *e);

/* A sample rounded once to the nearest integer of the unit, ties to even, never negative, at most 2^62. */
int64_t dist_sample(const struct dist *, struct rng *);
/* The same for the item of that number: round_robin answers item mod n (and dist_sample always 0). */
int64_t dist_sample_item(const struct dist *, struct rng *, uint64_t item);

/* Set when the law is a constant: *value, and no random number is needed. Callers on the hot path test this first. */
bool dist_is_constant(const struct dist *, int64_t *value);

/* In the unit (ns, bytes, …); infinity where the moment does not exist. Documented values of the law as sampled
 * (a cut is included), before rounding. */
double dist_mean(const struct dist *);
double dist_variance(const struct dist *);
/* P(X <= x). For tests, theory and checks. */
double dist_cdf(const struct dist *, double x);
/* Smallest x with P(X <= x) >= p, 0 < p < 1. */
double dist_quantile(const struct dist *, double p);

/* The text it was parsed from, and its law's name ("lognormal"). */
const char *dist_text(const struct dist *);
const char *dist_name(const struct dist *);

/* All law names, NULL-terminated, for did-you-mean and the reference page. */
extern const char *const dist_names[];

#endif
