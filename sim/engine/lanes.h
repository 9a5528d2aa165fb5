/* lanes.h - four numbers in a register: the ziggurats' straight way, exp, and rounding, in AVX2.
 *
 * Each step is the step of rng.h, dmath.c and dist.c, in the same order, and IEEE arithmetic gives a lane the bits that it
 * gives a number alone. What is rare is left out: a lane of `kept` that is 0 has no answer, and is worked again by that code. */
#ifndef LANES_H
#define LANES_H

#include <immintrin.h>

#include "check.h"
#include "dmath_tables.h"
#include "ziggurat_tables.h"

#define LANES __attribute__((target("avx2"))) ALWAYS_INLINE

LANES __m256d lanes_of(double x)
{
    return _mm256_set1_pd(x);
}

/* left = table[at], right = table[at + 1]. Loads of pairs: gathering takes twice as many steps on most processors. */
LANES void lanes_pairs(const double *table, __m256i at, __m256d *left, __m256d *right)
{
    __m128d a = _mm_loadu_pd(table + _mm256_extract_epi64(at, 0)), b = _mm_loadu_pd(table + _mm256_extract_epi64(at, 1));
    __m128d c = _mm_loadu_pd(table + _mm256_extract_epi64(at, 2)), d = _mm_loadu_pd(table + _mm256_extract_epi64(at, 3));
    __m256d even = _mm256_set_m128d(c, a), odd = _mm256_set_m128d(d, b);
    *left = _mm256_unpacklo_pd(even, odd);
    *right = _mm256_unpackhi_pd(even, odd);
}

/* (double)(word >> 11): upper and lower half each become the digits of a large number. */
LANES __m256d lanes_place(__m256i word)
{
    __m256i high = _mm256_or_si256(_mm256_srli_epi64(word, 43), _mm256_castpd_si256(lanes_of(0x1p84)));
    __m256i low = _mm256_blend_epi32(_mm256_srli_epi64(word, 11), _mm256_castpd_si256(lanes_of(0x1p52)), 0xaa);
    return _mm256_add_pd(_mm256_sub_pd(_mm256_castsi256_pd(high), lanes_of(0x1p84 + 0x1p52)), _mm256_castsi256_pd(low));
}

/* A place under the density is kept when it lies clearly within the strip above; k[strip] is needed where that is not clear. */
LANES __m256d lanes_ziggurat(const double *w, __m256i word, __m256d *kept)
{
    const __m256i byte = _mm256_set1_epi64x(255);
    __m256d above, width;
    lanes_pairs(w, _mm256_and_si256(_mm256_add_epi64(word, byte), byte), &above, &width);
    __m256d x = _mm256_mul_pd(lanes_place(word), width);
    *kept = _mm256_cmp_pd(x, _mm256_mul_pd(above, lanes_of(0x1p53 - 0x1p13)), _CMP_LT_OQ);
    return x;
}

LANES __m256d lanes_exponential(__m256i word, __m256d *kept)
{
    return lanes_ziggurat(ziggurat_exponential_w, word, kept);
}

LANES __m256d lanes_normal(__m256i word, __m256d *kept)
{
    __m256i sign = _mm256_slli_epi64(_mm256_and_si256(word, _mm256_set1_epi64x(256)), 55);
    return _mm256_or_pd(lanes_ziggurat(ziggurat_normal_w, word, kept), _mm256_castsi256_pd(sign));
}

LANES __m256d lanes_within(__m256d x, double low, double high)
{
    return _mm256_and_pd(_mm256_cmp_pd(x, lanes_of(low), _CMP_GE_OQ), _mm256_cmp_pd(x, lanes_of(high), _CMP_LT_OQ));
}

/* d_exp where the result is neither large nor small. */
LANES __m256d lanes_exp(__m256d x, __m256d *kept)
{
    *kept = _mm256_and_pd(*kept, lanes_within(x, -650, 650));
    __m256d sum = _mm256_add_pd(_mm256_mul_pd(x, lanes_of(0x1.71547652b82fep+5)), lanes_of(0x1.8p52));
    __m256d k = _mm256_sub_pd(sum, lanes_of(0x1.8p52));
    __m256i n = _mm256_castpd_si256(sum); /* in its low digits */
    __m256d a = _mm256_sub_pd(x, _mm256_mul_pd(k, lanes_of(LN2_32_1)));
    __m256d b = _mm256_sub_pd(lanes_of(-0.0), _mm256_mul_pd(k, lanes_of(LN2_32_2)));
    __m256d hi = _mm256_add_pd(a, b);
    __m256d lo = _mm256_sub_pd(b, _mm256_sub_pd(hi, a));
    lo = _mm256_add_pd(lo, _mm256_sub_pd(lanes_of(0), _mm256_mul_pd(k, lanes_of(LN2_32_3))));
    __m256d p = lanes_of(1.0 / 720);
    p = _mm256_add_pd(lanes_of(1.0 / 120), _mm256_mul_pd(hi, p));
    p = _mm256_add_pd(lanes_of(1.0 / 24), _mm256_mul_pd(hi, p));
    p = _mm256_add_pd(lanes_of(1.0 / 6), _mm256_mul_pd(hi, p));
    p = _mm256_add_pd(lanes_of(0.5), _mm256_mul_pd(hi, p));
    p = _mm256_mul_pd(_mm256_mul_pd(hi, hi), p);
    p = _mm256_add_pd(hi, _mm256_add_pd(p, _mm256_add_pd(lo, _mm256_mul_pd(lo, hi))));
    __m256d big, rest;
    lanes_pairs(exp2_32[0], _mm256_slli_epi64(_mm256_and_si256(n, _mm256_set1_epi64x(31)), 1), &big, &rest);
    __m256d y = _mm256_add_pd(big, _mm256_add_pd(rest, _mm256_mul_pd(big, p)));
    __m256i e = _mm256_slli_epi64(_mm256_srli_epi64(n, 5), 52);
    return _mm256_mul_pd(y, _mm256_castsi256_pd(_mm256_add_epi64(e, _mm256_castpd_si256(lanes_of(1)))));
}

/* To the nearest integer. */
LANES __m256i lanes_whole(__m256d x, __m256d *kept)
{
    *kept = _mm256_and_pd(*kept, lanes_within(x, 0, 0x1p51));
    return _mm256_xor_si256(_mm256_castpd_si256(_mm256_add_pd(x, lanes_of(0x1p52))), _mm256_castpd_si256(lanes_of(0x1p52)));
}

#endif
