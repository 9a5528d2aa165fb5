/* ratio.h - exact fractions, for what compares measurements with thresholds and rounds to whole machines: 0.1 + 0.2 is 0.3
 * here, and 1,501 messages over 10 machines are 150.1 on every computer.
 *
 * Numerator and denominator have 62 bits and no common factor. What does not fit loses its lowest bits; sums and
 * products of sensible measurements fit. */
#ifndef RATIO_H
#define RATIO_H

#include <stdbool.h>
#include <stdint.h>

struct ratio {
    int64_t num, den; /* den > 0 */
};

struct ratio ratio_of(__int128 num, __int128 den); /* den != 0 */
static inline struct ratio ratio_int(int64_t n)
{
    return (struct ratio){n, 1};
}
struct ratio ratio_add(struct ratio, struct ratio);
struct ratio ratio_sub(struct ratio, struct ratio);
struct ratio ratio_mul(struct ratio, struct ratio);
struct ratio ratio_div(struct ratio, struct ratio); /* by something that is not 0 */
int ratio_cmp(struct ratio, struct ratio);          /* -1, 0, 1 */
int64_t ratio_floor(struct ratio);
int64_t ratio_ceil(struct ratio);
int64_t ratio_trunc(struct ratio); /* toward zero */
/* "150.1", "-3": an exact decimal of up to 18 digits. false: it is none. */
bool ratio_parse(const char *text, struct ratio *);
/* For people and charts only. */
static inline double ratio_double(struct ratio r)
{
    return (double)r.num / (double)r.den;
}

#endif
