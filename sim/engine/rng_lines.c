/* rng_lines.c - Philox for eight cells at once: two registers of four 64-bit lanes, so that one works while the other waits. */
#include "rng_lines.h"

#if defined(__x86_64__) && !defined(PLAIN)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Four blocks, a word in the low half of each lane; what is in the high halves does not matter. */
struct lanes {
    __m256i x0, x1, x2, x3;
};

AVX2 ALWAYS_INLINE void one_round(struct lanes *l, __m256i k0, __m256i k1)
{
    __m256i a = _mm256_mul_epu32(l->x0, _mm256_set1_epi64x(0xd2511f53));
    __m256i b = _mm256_mul_epu32(l->x2, _mm256_set1_epi64x(0xcd9e8d57));
    l->x0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), l->x1), k0);
    l->x2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), l->x3), k1);
    l->x1 = b;
    l->x3 = a;
}

/* Ten rounds of cells i … i + 7; what the caller does not look at is not computed. */
AVX2 ALWAYS_INLINE void ten_rounds(const struct rng *first, unsigned i, struct lanes *p, struct lanes *q)
{
    const uint32_t *c = first->counter;
    __m256i item = _mm256_add_epi64(_mm256_set1_epi64x(c[2] + i), _mm256_set_epi64x(3, 2, 1, 0));
    __m256i k0 = _mm256_set1_epi64x(first->key[0]), k1 = _mm256_set1_epi64x(first->key[1]);
    *p = (struct lanes){_mm256_set1_epi64x(c[0]), _mm256_set1_epi64x(c[1]), item, _mm256_set1_epi64x(c[3])};
    *q = *p;
    q->x2 = _mm256_add_epi64(item, _mm256_set1_epi64x(4));
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        one_round(p, k0, k1);
        one_round(q, k0, k1);
        k0 = _mm256_add_epi32(k0, _mm256_set1_epi64x(0x9e3779b9));
        k1 = _mm256_add_epi32(k1, _mm256_set1_epi64x(0xbb67ae85));
    }
}

/* Low halves side by side, 64 bits a lane. */
AVX2 ALWAYS_INLINE __m256i joined(__m256i low, __m256i high)
{
    return _mm256_blend_epi32(low, _mm256_slli_epi64(high, 32), 0xaa);
}

AVX2 ALWAYS_INLINE void put(const struct lanes *l, uint32_t out[4][4])
{
    __m256i front = joined(l->x0, l->x1), back = joined(l->x2, l->x3);
    __m256i even = _mm256_unpacklo_epi64(front, back), odd = _mm256_unpackhi_epi64(front, back);
    _mm_storeu_si128((__m128i *)out[0], _mm256_castsi256_si128(even));
    _mm_storeu_si128((__m128i *)out[1], _mm256_castsi256_si128(odd));
    _mm_storeu_si128((__m128i *)out[2], _mm256_extracti128_si256(even, 1));
    _mm_storeu_si128((__m128i *)out[3], _mm256_extracti128_si256(odd, 1));
}

AVX2 static void blocks_avx2(const struct rng *first, uint32_t out[RNG_LINE][4])
{
    for (unsigned i = 0; i < RNG_LINE; i += 8) {
        struct lanes p, q;
        ten_rounds(first, i, &p, &q);
        put(&p, out + i);
        put(&q, out + i + 4);
    }
}

EVERY_WAY AVX2 void rng_line_words(const struct rng *first, uint64_t word[RNG_LINE])
{
    for (unsigned i = 0; i < RNG_LINE; i += 8) {
        struct lanes p, q;
        ten_rounds(first, i, &p, &q);
        _mm256_storeu_si256((__m256i *)(word + i), joined(p.x0, p.x1));
        _mm256_storeu_si256((__m256i *)(word + i + 4), joined(q.x0, q.x1));
    }
}

bool rng_line_fast(void)
{
    return __builtin_cpu_supports("avx2");
}

#else

bool rng_line_fast(void)
{
    return false;
}

void rng_line_words(const struct rng *first, uint64_t word[RNG_LINE])
{
    (void)first, (void)word;
    CHECK(!"no vectors");
}

static void blocks_avx2(const struct rng *first, uint32_t out[RNG_LINE][4])
{
    (void)first, (void)out;
}
#endif

void rng_line_blocks(const struct rng *first, uint32_t block[RNG_LINE][4])
{
    if (rng_line_fast()) {
        blocks_avx2(first, block);
        return;
    }
    for (uint32_t i = 0; i < RNG_LINE; i++) {
        uint32_t counter[4] = {first->counter[0], first->counter[1], first->counter[2] + i, first->counter[3]};
        rng_block(counter, first->key, block[i]);
    }
}
