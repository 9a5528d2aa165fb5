/* rng.h - random numbers by address, not by sequence.
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC'11): key = mix(seed, stream name), counter = {draw, attempt; origin;
 * item; replication}. `rng_at(stream, origin, item, attempt)` stands at that item's own cell: the k-th message of
 * a producer has the same size, arrival and difficulty in every configuration, a rejection sampler never shifts a
 * neighbour, and an added entity moves nobody. Two scenarios that share seed and replication share random numbers.
 *
 * Counter words, low first: [draw block:16 | attempt:16] [origin:32] [item low:32] [item high:8 | replication:24].
 * A cell holds 262,144 words of 32 bits; who reads on enters the cell of the next attempt. Attempts wrap at 65,536.
 *
 * The whole path of a draw is inline: a call a block costs as much as three of its rounds. */
#ifndef RNG_H
#define RNG_H

#include <stdint.h>
#include <string.h>

#include <gsl/gsl_rng.h>
#if defined(__SSE2__) && !defined(PLAIN)
#define RNG_SSE2
#include <emmintrin.h>
#endif

#include "check.h"
#include "ziggurat_tables.h"

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
    uint32_t counter[4]; /* of the block to be made next */
    uint32_t block[4];   /* the block made last */
    uint32_t left;       /* unused 32-bit words of it */
};

/* The block function, for known-answer tests. */
void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* key = hash_mix(hash_mix(seed + golden ratio) ^ hash_text(name)), see docs/reference/random-streams.md. */
struct rng_stream rng_stream(uint64_t seed, const char *name, uint32_t replication);
/* origin: number that tells items of different producers apart (0 where there is only one kind of item). */
ALWAYS_INLINE struct rng rng_at(const struct rng_stream *, uint32_t origin, uint64_t item, uint32_t attempt);

ALWAYS_INLINE uint32_t rng_u32(struct rng *);
ALWAYS_INLINE uint64_t rng_u64(struct rng *);         /* two words, low first; an odd word left over is dropped */
ALWAYS_INLINE double   rng_uniform(struct rng *);     /* in (0, 1): odd multiples of 2^-53, never 0 or 1 */
ALWAYS_INLINE uint64_t rng_below(struct rng *, uint64_t n); /* 0 … n-1 without bias (Lemire 2019); n >= 1 */
ALWAYS_INLINE double   rng_exponential(struct rng *); /* mean 1; ziggurat, no libm (Marsaglia, Tsang 2000) */
ALWAYS_INLINE double   rng_normal(struct rng *);      /* mean 0, variance 1; ziggurat, no libm */
double                 rng_gamma(struct rng *, double shape); /* mean = shape > 0 (Marsaglia, Tsang 2000) */

/* The same generator behind gsl's interface, for tests and rare laws: gsl_rng_alloc(rng_gsl_type), then
 * rng_gsl_place(r, &place). */
extern const gsl_rng_type *rng_gsl_type;
void rng_gsl_place(gsl_rng *, const struct rng *);

/* --- private --- */

/* A word that no strip accepts at once: wedges, tails. */
double rng_exponential_slow(struct rng *, uint64_t word);
double rng_normal_slow(struct rng *, uint64_t word);

#ifdef RNG_SSE2
/* Both products of a round at once: words 0 and 2 stand in the low halves of two lanes, 1 and 3 in those of two others; what
 * is in the high halves does not matter. (The counter is read word by word: that is how it has just been written.) */
ALWAYS_INLINE void rng_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    const __m128i factors = _mm_set_epi64x(0xcd9e8d57, 0xd2511f53), steps = _mm_set_epi64x(0xbb67ae85, 0x9e3779b9);
    __m128i even = _mm_set_epi64x(counter[2], counter[0]), odd = _mm_set_epi64x(counter[3], counter[1]);
    __m128i k = _mm_unpacklo_epi32(_mm_loadl_epi64((const __m128i *)key), _mm_setzero_si128());
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        __m128i product = _mm_mul_epu32(even, factors);
        even = _mm_xor_si128(_mm_shuffle_epi32(product, _MM_SHUFFLE(1, 1, 3, 3)), _mm_xor_si128(odd, k));
        odd = _mm_shuffle_epi32(product, _MM_SHUFFLE(1, 0, 3, 2));
        k = _mm_add_epi32(k, steps);
    }
    even = _mm_and_si128(even, _mm_set1_epi64x(0xffffffff));
    _mm_storeu_si128((__m128i *)out, _mm_or_si128(even, _mm_slli_epi64(odd, 32)));
}
#else
ALWAYS_INLINE void rng_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xd2511f53 * x0, b = (uint64_t)0xcd9e8d57 * x2;
        x0 = (uint32_t)(b >> 32) ^ x1 ^ k0;
        x2 = (uint32_t)(a >> 32) ^ x3 ^ k1;
        x1 = (uint32_t)b;
        x3 = (uint32_t)a;
        k0 += 0x9e3779b9;
        k1 += 0xbb67ae85;
    }
    out[0] = x0, out[1] = x1, out[2] = x2, out[3] = x3;
}
#endif

ALWAYS_INLINE void rng_refill(struct rng *r)
{
    rng_block(r->counter, r->key, r->block);
    if (++r->counter[0] == 0)
        r->counter[1]++;
    r->left = 4;
}

ALWAYS_INLINE struct rng rng_at(const struct rng_stream *s, uint32_t origin, uint64_t item, uint32_t attempt)
{
    CHECK(item <= RNG_ITEM_MAX);
    return (struct rng){
        .key = {s->key[0], s->key[1]},
        .counter = {attempt << 16, origin, (uint32_t)item,
                    (uint32_t)(item >> 32) | s->replication << 8},
    };
}

ALWAYS_INLINE uint32_t rng_u32(struct rng *r)
{
    if (r->left == 0)
        rng_refill(r);
    return r->block[4 - r->left--];
}

ALWAYS_INLINE uint64_t rng_u64(struct rng *r)
{
    if (r->left < 2)
        rng_refill(r);
    uint32_t at = r->left < 4 ? 2 : 0;
    r->left = 2 - at;
    return r->block[at] | (uint64_t)r->block[at + 1] << 32;
}

ALWAYS_INLINE double rng_uniform(struct rng *r)
{
    return (double)(int64_t)(rng_u64(r) >> 11 | 1) * 0x1p-53;
}

ALWAYS_INLINE uint64_t rng_below(struct rng *r, uint64_t n)
{
    CHECK(n > 0);
    unsigned __int128 product = (unsigned __int128)rng_u64(r) * n;
    if (__builtin_expect((uint64_t)product < n, 0)) {
        uint64_t unfair = -n % n;
        while ((uint64_t)product < unfair)
            product = (unsigned __int128)rng_u64(r) * n;
    }
    return (uint64_t)(product >> 64);
}

/* Bits of a ziggurat's word: 0-7 the strip, 8 the sign, 11-63 the place in the strip. */
ALWAYS_INLINE double rng_exponential(struct rng *r)
{
    uint64_t word = rng_u64(r), place = word >> 11;
    if (__builtin_expect(place < ziggurat_exponential_k[word & 255], 1))
        return (double)(int64_t)place * ziggurat_exponential_w[ZIGGURAT_WIDTH(word)];
    return rng_exponential_slow(r, word);
}

ALWAYS_INLINE double rng_signed(double x, uint64_t word) /* no branch: nobody can predict it */
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits |= (word & 256) << 55;
    memcpy(&x, &bits, sizeof x);
    return x;
}

ALWAYS_INLINE double rng_normal(struct rng *r)
{
    uint64_t word = rng_u64(r), place = word >> 11;
    if (__builtin_expect(place < ziggurat_normal_k[word & 255], 1))
        return rng_signed((double)(int64_t)place * ziggurat_normal_w[ZIGGURAT_WIDTH(word)], word);
    return rng_normal_slow(r, word);
}

#endif
