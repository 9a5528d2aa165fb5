/* draws.c - lines of eight samples. */
#include "draws.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define COST       3u /* answers that a line must bring to be worth its making */
#define CREDIT_MAX (8 * COST)

void draws_init(struct draws *d, const struct rng_stream *stream, const struct dist *dist)
{
    *d = (struct draws){.stream = *stream, .dist = dist, .credit = CREDIT_MAX};
    for (unsigned i = 0; i < DRAWS_LINES; i++)
        d->line[i].first = d->line[i].wanted = DRAWS_NONE;
}

/* The first blocks of eight items' cells: counters that differ in the low word of the item. */
static void blocks(const struct rng *first, uint32_t out[DRAWS_AT_ONCE][4])
{
    for (uint32_t i = 0; i < DRAWS_AT_ONCE; i++) {
        uint32_t counter[4] = {first->counter[0], first->counter[1], first->counter[2] + i, first->counter[3]};
        rng_block(counter, first->key, out[i]);
    }
}

#ifdef __x86_64__
/* Four blocks in a register, a word in the low half of each lane; what is in the high halves does not matter. */
struct lanes {
    __m256i x0, x1, x2, x3;
};

__attribute__((target("avx2"))) static inline void one_round(struct lanes *l, __m256i k0, __m256i k1)
{
    __m256i a = _mm256_mul_epu32(l->x0, _mm256_set1_epi64x(0xd2511f53));
    __m256i b = _mm256_mul_epu32(l->x2, _mm256_set1_epi64x(0xcd9e8d57));
    l->x0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), l->x1), k0);
    l->x2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), l->x3), k1);
    l->x1 = b;
    l->x3 = a;
}

__attribute__((target("avx2"))) static inline void put(const struct lanes *l, uint32_t out[4][4])
{
    const __m256i low = _mm256_set1_epi64x(0xffffffff);
    __m256i front = _mm256_or_si256(_mm256_and_si256(l->x0, low), _mm256_slli_epi64(l->x1, 32));
    __m256i back = _mm256_or_si256(_mm256_and_si256(l->x2, low), _mm256_slli_epi64(l->x3, 32));
    __m256i even = _mm256_unpacklo_epi64(front, back), odd = _mm256_unpackhi_epi64(front, back);
    _mm_storeu_si128((__m128i *)out[0], _mm256_castsi256_si128(even));
    _mm_storeu_si128((__m128i *)out[1], _mm256_castsi256_si128(odd));
    _mm_storeu_si128((__m128i *)out[2], _mm256_extracti128_si256(even, 1));
    _mm_storeu_si128((__m128i *)out[3], _mm256_extracti128_si256(odd, 1));
}

__attribute__((target("avx2"))) static void blocks_avx2(const struct rng *first, uint32_t out[DRAWS_AT_ONCE][4])
{
    const uint32_t *c = first->counter;
    __m256i item = _mm256_add_epi64(_mm256_set1_epi64x(c[2]), _mm256_set_epi64x(3, 2, 1, 0));
    struct lanes p = {_mm256_set1_epi64x(c[0]), _mm256_set1_epi64x(c[1]), item, _mm256_set1_epi64x(c[3])}, q = p;
    q.x2 = _mm256_add_epi64(item, _mm256_set1_epi64x(4));
    uint32_t k0 = first->key[0], k1 = first->key[1];
    for (int round = 0; round < 10; round++) {
        __m256i v0 = _mm256_set1_epi32((int)k0), v1 = _mm256_set1_epi32((int)k1);
        one_round(&p, v0, v1);
        one_round(&q, v0, v1);
        k0 += 0x9e3779b9;
        k1 += 0xbb67ae85;
    }
    put(&p, out);
    put(&q, out + 4);
}
#endif

static union draw draw(const struct draws *d, struct rng *cell)
{
    union draw v;
    if (d->dist == NULL)
        v.unit = rng_exponential(cell);
    else
        v.whole = dist_sample(d->dist, cell);
    return v;
}

static __attribute__((noinline)) void fill(struct draws *d, struct draws_line *l)
{
    const struct rng first = rng_at(&d->stream, l->origin, l->first, 0);
    struct rng cell = first;
    uint32_t block[DRAWS_AT_ONCE][4];
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        blocks_avx2(&first, block);
    else
#endif
        blocks(&first, block);
    for (uint32_t i = 0; i < DRAWS_AT_ONCE; i++) {
        cell.counter[0] = first.counter[0] + 1;
        cell.counter[1] = first.counter[1];
        cell.counter[2] = first.counter[2] + i;
        memcpy(cell.block, block[i], sizeof(cell.block));
        cell.left = 4;
        l->value[i] = draw(d, &cell);
    }
}

static union draw draw_one(const struct draws *d, uint32_t origin, uint64_t item)
{
    struct rng cell = rng_at(&d->stream, origin, item, 0);
    return draw(d, &cell);
}

union draw draws_slow(struct draws *d, uint32_t origin, uint64_t item)
{
    struct draws_line *l = &d->line[item / DRAWS_AT_ONCE % DRAWS_LINES];
    uint64_t first = item - item % DRAWS_AT_ONCE;
    if (l->origin == origin && first < l->first && l->first != DRAWS_NONE) /* late and alone: the others go on */
        return draw_one(d, origin, item);
    d->hits += l->wanted == first && l->wanted_origin == origin;
    d->credit = d->credit + d->hits < CREDIT_MAX ? d->credit + d->hits : CREDIT_MAX;
    d->hits = 0;
    l->wanted = first;
    l->wanted_origin = origin;
    if (d->credit < COST)
        return draw_one(d, origin, item);
    d->credit -= COST;
    l->first = first;
    l->origin = origin;
    fill(d, l);
    return l->value[item % DRAWS_AT_ONCE];
}
