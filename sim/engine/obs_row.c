/* obs_row.c - see obs_row.h. A whole number below 2^52 turns into a double by setting the bits of
 * 2^52 and subtracting 2^52. Comparing needs no subtraction, and the top bits of the double -
 * exponent and ten digits - are the bucket. */
#include "obs_row.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Every value is the same: the sums are known, and the bucket is found when they are counted. */
static bool all_equal(struct row *r)
{
    r->sum2 = (unsigned __int128)OBS_ROW * (uint64_t)r->low * (uint64_t)r->low;
    return r->low == r->high;
}

static unsigned __int128 squares(const int64_t value[OBS_ROW])
{
    unsigned __int128 sum2 = 0;
    for (uint32_t i = 0; i < OBS_ROW; i++)
        sum2 += (unsigned __int128)(uint64_t)value[i] * (uint64_t)value[i];
    return sum2;
}

bool row_read_plain(struct row *r, const int64_t value[OBS_ROW])
{
    int64_t low = value[0], high = value[0];
    uint64_t sum = 0;
    for (uint32_t i = 0; i < OBS_ROW; i++) {
        low = value[i] < low ? value[i] : low;
        high = value[i] > high ? value[i] : high;
        sum += (uint64_t)value[i];
    }
    if (low < 0 || high >= ROW_LIMIT)
        return false;
    r->low = low;
    r->high = high;
    r->sum = sum;
    if (all_equal(r))
        return true;
    r->sum2 = squares(value);
    for (uint32_t i = 0; i < OBS_ROW; i++)
        r->index[i] = hist_index(value[i]);
    return true;
}

#ifdef __x86_64__
#define AVX2      __attribute__((target("avx2"))) static
#define TWO_TO_52 _mm256_set1_epi64x(INT64_C(0x4330000000000000)) /* as a double */

AVX2 inline __m256i four(const int64_t *value)
{
    return _mm256_loadu_si256((const __m256i *)value);
}

AVX2 inline uint64_t add_up(__m256i x)
{
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    return (uint64_t)_mm_cvtsi128_si64(two) + (uint64_t)_mm_extract_epi64(two, 1);
}

/* Of doubles from 2^52 on, whose last 52 bits are the values. */
AVX2 inline int64_t lowest(__m256d x)
{
    __m128d two = _mm_min_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
    two = _mm_min_pd(two, _mm_unpackhi_pd(two, two));
    return _mm_cvtsi128_si64(_mm_castpd_si128(two)) & (ROW_LIMIT - 1);
}

AVX2 inline int64_t highest(__m256d x)
{
    __m128d two = _mm_max_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
    two = _mm_max_pd(two, _mm_unpackhi_pd(two, two));
    return _mm_cvtsi128_si64(_mm_castpd_si128(two)) & (ROW_LIMIT - 1);
}

/* Values below 2^32: their squares have one word, of which the halves are added up apart. */
AVX2 inline unsigned __int128 small_squares(const int64_t *value)
{
    __m256i upper = _mm256_setzero_si256(), lower = upper, mask = _mm256_set1_epi64x(0xffffffff);
    for (uint32_t i = 0; i < OBS_ROW; i += 4) {
        __m256i x = four(value + i), square = _mm256_mul_epu32(x, x);
        upper = _mm256_add_epi64(upper, _mm256_srli_epi64(square, 32));
        lower = _mm256_add_epi64(lower, _mm256_and_si256(square, mask));
    }
    return ((unsigned __int128)add_up(upper) << 32) + add_up(lower);
}

/* From 1,024 on the eleven bits of the exponent and the ten behind them, counted from those of
 * 2^10, less 1,024. */
AVX2 inline __m256i buckets(__m256i x)
{
    __m256d as_double = _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(x, TWO_TO_52)),
                                      _mm256_castsi256_pd(TWO_TO_52));
    __m256i top = _mm256_srli_epi64(_mm256_castpd_si256(as_double), 52 - HIST_SUB_BITS);
    __m256i index =
        _mm256_sub_epi64(top, _mm256_set1_epi64x((1023 + HIST_SUB_BITS - 1) << HIST_SUB_BITS));
    return _mm256_blendv_epi8(index, x, _mm256_cmpgt_epi64(_mm256_set1_epi64x(HIST_BLOCK), x));
}

EVERY_WAY AVX2 bool row_read_avx2(struct row *r, const int64_t value[OBS_ROW])
{
    __m256i any = four(value), sum = any;
    __m256d low = _mm256_castsi256_pd(_mm256_or_si256(any, TWO_TO_52)), high = low;
    for (uint32_t i = 4; i < OBS_ROW; i += 4) {
        __m256i x = four(value + i);
        __m256d comparable = _mm256_castsi256_pd(_mm256_or_si256(x, TWO_TO_52));
        any = _mm256_or_si256(any, x);
        sum = _mm256_add_epi64(sum, x);
        low = _mm256_min_pd(low, comparable);
        high = _mm256_max_pd(high, comparable);
    }
    if (!_mm256_testz_si256(any, _mm256_set1_epi64x(-ROW_LIMIT)))
        return false;
    r->low = lowest(low);
    r->high = highest(high);
    r->sum = add_up(sum);
    if (all_equal(r))
        return true;
    r->sum2 = r->high <= UINT32_MAX ? small_squares(value) : squares(value);
    for (uint32_t i = 0; i < OBS_ROW; i += 8) {
        __m256i both = _mm256_blend_epi32(
            buckets(four(value + i)), _mm256_slli_epi64(buckets(four(value + i + 4)), 32), 0xaa);
        _mm256_storeu_si256((__m256i *)(r->index + i), both);
    }
    return true;
}
#endif

EVERY_WAY bool row_read(struct row *r, const int64_t value[OBS_ROW])
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return row_read_avx2(r, value);
#endif
    return row_read_plain(r, value);
}

void row_count(const struct row *r, struct hist *h)
{
    uint32_t n = OBS_ROW;
#pragma GCC unroll 8
    for (uint32_t i = 0; i < OBS_ROW; i++) {
        uint64_t **block = &h->block[r->index[i] / HIST_BLOCK];
        if (__builtin_expect(*block == NULL, 0) && !hist_open(h, r->index[i])) {
            n--;
            continue;
        }
        (*block)[r->index[i] % HIST_BLOCK]++;
    }
    h->n += n;
}

EVERY_WAY void row_count_in_tray(const struct row *r, struct tray *t)
{
    uint16_t *count = t->count;
#pragma GCC unroll 32
    for (uint32_t i = 0; i < OBS_ROW; i++)
        count[r->index[i]]++;
    t->rows++;
}
