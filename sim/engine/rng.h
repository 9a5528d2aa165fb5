/* rng.h - random numbers by address, not by sequence.
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC'11): key = mix(seed, stream name), counter = {draw, attempt; origin;
 * item; replication}. `rng_at(stream, origin, item, attempt)` stands at that item's own cell: the k-th message of
 * a producer has the same size, arrival and difficulty in every configuration, a rejection sampler never shifts a
 * neighbour, and an added entity moves nobody. Two scenarios that share seed and replication share random numbers.
 *
 * Counter words, low first: [draw block:16 | attempt:16] [origin:32] [item low:32] [item high:8 | replication:24]. */
#ifndef RNG_H
#define RNG_H

#include <stdint.h>

#define RNG_REPLICATION_MAX ((1u << 24) - 1)
#define RNG_ITEM_MAX        ((UINT64_C(1) << 40) - 1)

/* One named use of chance, e.g. "producer.orders/arrival", in one replication. */
struct rng_stream {
    uint32_t key[2];
    uint32_t replication;
};

/* A place in a stream. Copyable; nothing to free. */
struct rng {
    uint32_t key[2];
    uint32_t counter[4];
    uint32_t block[4]; /* the block made last */
    uint32_t left;     /* unused 32-bit words of it */
};

/* The block function, for known-answer tests. */
void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* key = hash_mix(seed-dependent) ^ hash_text(name), see docs/reference/random-streams.md. */
struct rng_stream rng_stream(uint64_t seed, const char *name, uint32_t replication);
/* origin: number that tells items of different producers apart (0 where there is only one kind of item). */
struct rng rng_at(const struct rng_stream *, uint32_t origin, uint64_t item, uint32_t attempt);

uint32_t rng_u32(struct rng *);
uint64_t rng_u64(struct rng *);
double   rng_uniform(struct rng *);                 /* in (0, 1), 53 bits, never 0 or 1 */
uint64_t rng_below(struct rng *, uint64_t n);       /* 0 … n-1 without bias (Lemire) */
double   rng_exponential(struct rng *);             /* mean 1; ziggurat, no libm (Marsaglia, Tsang 2000) */
double   rng_normal(struct rng *);                  /* mean 0, variance 1; ziggurat, no libm */
double   rng_gamma(struct rng *, double shape);     /* mean = shape (Marsaglia, Tsang 2000) */

/* The same generator behind gsl's interface, for tests and rare laws: gsl_rng_alloc(rng_gsl_type), then
 * rng_gsl_place(r, &place). */
#include <gsl/gsl_rng.h>
extern const gsl_rng_type *rng_gsl_type;
void rng_gsl_place(gsl_rng *, const struct rng *);

#endif
