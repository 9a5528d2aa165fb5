/* dist_lines.c - the laws' straight ways, four lanes at a time. */
#include "dist_lines.h"

#include <math.h>

#include "dist_int.h"

#if defined(__x86_64__) && !defined(PLAIN)
#include "lanes.h"

#define FOUR 4 /* lanes */

LANES __m256i words(const uint64_t *word)
{
    return _mm256_loadu_si256((const __m256i *)word);
}

LANES unsigned missing(__m256d kept)
{
    return (unsigned)_mm256_movemask_pd(kept) ^ 15;
}

/* Rounds and stores; which are missing. */
LANES unsigned put(__m256d x, __m256d kept, union draw *out)
{
    __m256i whole = lanes_whole(x, &kept);
    _mm256_storeu_si256((__m256i *)out, whole);
    return missing(kept);
}

/* A line, four by four. */
#define LINE(name)                                                                                                     \
    __attribute__((target("avx2"))) static unsigned name##_make(const struct dist *d, const uint64_t word[DIST_LINE],  \
                                                                union draw out[DIST_LINE])                             \
    {                                                                                                                  \
        unsigned missing = 0;                                                                                          \
        for (unsigned i = 0; i < DIST_LINE; i += FOUR)                                                                 \
            missing |= name##_four(d, words(word + i), out + i) << i;                                                  \
        return missing;                                                                                                \
    }                                                                                                                  \
    static const struct dist_line name##_line = {name##_make}

LANES unsigned unit_four(const struct dist *d, __m256i word, union draw *out)
{
    (void)d;
    __m256d kept, x = lanes_exponential(word, &kept);
    _mm256_storeu_pd(&out->unit, x);
    return missing(kept);
}
LINE(unit);

LANES unsigned exponential_four(const struct dist *d, __m256i word, union draw *out)
{
    __m256d kept, x = lanes_exponential(word, &kept);
    return put(_mm256_mul_pd(lanes_of(d->u.exponential.mean), x), kept, out);
}
LINE(exponential);

LANES unsigned normal_four(const struct dist *d, __m256i word, union draw *out)
{
    __m256d kept, x = lanes_normal(word, &kept);
    return put(_mm256_add_pd(lanes_of(d->u.normal.mean), _mm256_mul_pd(lanes_of(d->u.normal.sd), x)), kept, out);
}
LINE(normal);

LANES unsigned lognormal_four(const struct dist *d, __m256i word, union draw *out)
{
    __m256d kept, x = lanes_normal(word, &kept);
    x = lanes_exp(_mm256_mul_pd(lanes_of(d->u.lognormal.sigma), x), &kept);
    return put(_mm256_mul_pd(lanes_of(d->u.lognormal.median), x), kept, out);
}
LINE(lognormal);

LANES unsigned pareto_four(const struct dist *d, __m256i word, union draw *out)
{
    __m256d kept, x = lanes_exponential(word, &kept);
    x = lanes_exp(_mm256_div_pd(x, lanes_of(d->u.pareto.alpha)), &kept);
    return put(_mm256_mul_pd(lanes_of(d->u.pareto.min), x), kept, out);
}
LINE(pareto);

/* rng_below for n below 2^32, on top of a base: the upper word of word * n. Where what is below it may be unfair, the middle
 * digits are 0. */
LANES unsigned below_four(uint64_t n, int64_t base, __m256i word, union draw *out)
{
    __m256i factor = _mm256_set1_epi64x((int64_t)n);
    __m256i low = _mm256_srli_epi64(_mm256_mul_epu32(word, factor), 32);
    __m256i sum = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(word, 32), factor), low);
    __m256i unfair = _mm256_cmpeq_epi64(_mm256_slli_epi64(sum, 32), _mm256_setzero_si256());
    _mm256_storeu_si256((__m256i *)out, _mm256_add_epi64(_mm256_srli_epi64(sum, 32), _mm256_set1_epi64x(base)));
    return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(unfair));
}

/* Few enough values for one product, and each of them exact as a double. */
static bool uniform_is_short(const struct dist *d)
{
    int64_t min = d->u.uniform.min, max = d->u.uniform.max;
    return min >= 0 && max < INT64_C(1) << 53 && max - min < UINT32_MAX;
}

LANES unsigned uniform_four(const struct dist *d, __m256i word, union draw *out)
{
    return below_four((uint64_t)(d->u.uniform.max - d->u.uniform.min) + 1, d->u.uniform.min, word, out);
}
LINE(uniform);

LANES unsigned key_four(const struct dist *d, __m256i word, union draw *out)
{
    return below_four(d->u.keys.n, 0, word, out);
}
LINE(key);

const struct dist_line *dist_line(const struct dist *d)
{
    if (!rng_line_fast())
        return NULL;
    if (d == NULL)
        return &unit_line;
    if (d->constant)
        return NULL;
    if (d->law == &law_exponential)
        return &exponential_line;
    if (d->law == &law_normal)
        return &normal_line;
    if (d->law == &law_lognormal)
        return &lognormal_line;
    if (d->law == &law_pareto && d->u.pareto.max == INFINITY)
        return &pareto_line;
    if (d->law == &law_uniform && uniform_is_short(d))
        return &uniform_line;
    if (d->law == &law_uniform_key && d->u.keys.n <= UINT32_MAX)
        return &key_line;
    return NULL;
}

#else

const struct dist_line *dist_line(const struct dist *d)
{
    (void)d;
    return NULL;
}
#endif
