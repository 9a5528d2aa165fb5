/* dmath.c - elementary functions in double-double where it counts. A number is kept as hi + lo with
 * |lo| <= ulp(hi)/2; products are split after Dekker (1971), since a fused multiply-add is not
 * everywhere. Series are Taylor's, so that their coefficients need no table to be trusted. */
#include "dmath.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dmath_tables.h"

struct dd {
    double hi, lo;
};

static uint64_t bits_of(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static double from_bits(uint64_t b)
{
    double x;
    memcpy(&x, &b, sizeof x);
    return x;
}

static double power_of_2(int64_t e) /* -1022 … 1023 */
{
    return from_bits((uint64_t)(e + 1023) << 52);
}

/* Exact when |a| >= |b| or a = 0. */
static struct dd fast_sum(double a, double b)
{
    double s = a + b;
    return (struct dd){s, b - (s - a)};
}

static struct dd sum(double a, double b)
{
    double s = a + b, t = s - a;
    return (struct dd){s, (a - (s - t)) + (b - t)};
}

static struct dd product(double a, double b)
{
    double ca = 0x1.000002p+27 * a, cb = 0x1.000002p+27 * b;
    double ah = ca - (ca - a), al = a - ah;
    double bh = cb - (cb - b), bl = b - bh;
    double p = a * b;
    return (struct dd){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static struct dd dd_add(struct dd a, struct dd b)
{
    struct dd s = sum(a.hi, b.hi);
    return fast_sum(s.hi, s.lo + (a.lo + b.lo));
}

static struct dd dd_mul(struct dd a, struct dd b)
{
    struct dd p = product(a.hi, b.hi);
    return fast_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

/* A finite x > 0 as 2^k m with m in [sqrt(1/2), sqrt(2)]. */
static double split_exponent(double x, int64_t *k)
{
    *k = -1023;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        *k -= 54;
    }
    uint64_t b = bits_of(x);
    uint64_t carry = (b & 0xfffffffffffff) > 0x6a09e667f3bcc; /* above sqrt(2): halve it */
    *k += (int64_t)((b >> 52) + carry);
    return from_bits((b & 0xfffffffffffff) | (1023 - carry) << 52);
}

/* log to about 2^-64 of its value. With s = (m-1)/(m+1) and z = s^2, log m = 2s (1 + z/3 + z^2/5 +
 * …), the first two terms in double-double. */
static struct dd log_dd(double x)
{
    int64_t k;
    double m = split_exponent(x, &k);
    double f = m - 1;
    struct dd t = sum(2, f), s, q;
    s.hi = f / t.hi;
    q = product(s.hi, t.hi);
    s.lo = ((f - q.hi - q.lo) - s.hi * t.lo) / t.hi;
    struct dd z = dd_mul(s, s);
    double w = z.hi;
    double tail = 1.0 / 21 + w * (1.0 / 23);
    tail = 1.0 / 17 + w * (1.0 / 19 + w * tail);
    tail = 1.0 / 11 + w * (1.0 / 13 + w * (1.0 / 15 + w * tail));
    tail = 1.0 / 5 + w * (1.0 / 7 + w * (1.0 / 9 + w * tail));
    struct dd r = dd_mul(z, (struct dd){THIRD_1, THIRD_2});
    r = fast_sum(r.hi, r.lo + w * w * tail);
    r = dd_mul(s, r);
    r = dd_add(s, r);
    struct dd log_m = {2 * r.hi, 2 * r.lo};
    if (k == 0)
        return log_m;
    struct dd whole = fast_sum((double)k * LN2_1, (double)k * LN2_2);
    whole.lo += (double)k * LN2_3;
    return dd_add(whole, log_m);
}

/* The same series in doubles. 2s = f - s f = f - (f^2/2 - s f^2/2) with f = m - 1 exact, so that
 * only what is small is rounded; odd and even terms are summed apart, because they need not wait
 * for each other. */
double d_log(double x)
{
    if (!(x > 0))
        return x == 0 ? -INFINITY : NAN;
    if (x == INFINITY)
        return x;
    int64_t k;
    double f = split_exponent(x, &k) - 1;
    double s = f / (2 + f), z = s * s, w = z * z, half = 0.5 * f * f;
    double odd = z * (2.0 / 3 + w * (2.0 / 7 + w * (2.0 / 11 + w * (2.0 / 15 + w * (2.0 / 19)))));
    double even = w * (2.0 / 5 + w * (2.0 / 9 + w * (2.0 / 13 + w * (2.0 / 17 + w * (2.0 / 21)))));
    double small = s * (half + (odd + even)) + (double)k * (LN2_2 + LN2_3);
    return (double)k * LN2_1 - ((half - small) - f);
}

/* exp(hi + lo) = 2^(k/32) (1 + p): the table's entry in two parts, p by Taylor with |hi| <=
 * log(2)/64. */
static double exp_dd(double hi, double lo)
{
    if (hi > 709.79)
        return INFINITY;
    if (hi < -745.2)
        return 0;
    double k =
        (hi * 0x1.71547652b82fep+5 + 0x1.8p52) - 0x1.8p52; /* 32 / log(2), to the nearest integer */
    int64_t n = (int64_t)k;
    struct dd r = fast_sum(hi - k * LN2_32_1, -(k * LN2_32_2));
    r.lo += lo - k * LN2_32_3;
    double x = r.hi;
    double p = x * x * (0.5 + x * (1.0 / 6 + x * (1.0 / 24 + x * (1.0 / 120 + x * (1.0 / 720)))));
    double big = exp2_32[n & 31][0], rest = exp2_32[n & 31][1];
    p = x + (p + (r.lo + r.lo * x));
    double y = big + (rest + big * p);
    int64_t e = n >> 5;
    if (e > 1000)
        return y * 0x1p1000 * power_of_2(e - 1000);
    if (e < -1000)
        return y * power_of_2(e + 1000) * 0x1p-1000;
    return y * power_of_2(e);
}

double d_exp(double x)
{
    return x == x ? exp_dd(x, 0) : x;
}

double d_pow(double x, double y)
{
    if (y == 0 || x == 1)
        return 1;
    if (!(x > 0) || x == INFINITY || y != y || y == INFINITY || y == -INFINITY)
        return d_exp(y * d_log(x));
    struct dd l = log_dd(x);
    if (!(y * l.hi < 800 && y * l.hi > -800)) /* and keep product's splitting from overflow */
        return y * l.hi > 0 ? INFINITY : 0;
    struct dd p = product(y, l.hi);
    return exp_dd(p.hi, p.lo + y * l.lo);
}

/* Both for |x.hi| <= pi/4. */
static double sin_dd(struct dd x)
{
    double z = x.hi * x.hi;
    double p = 1.0 / 6227020800 - z * (1.0 / 1307674368000 - z * (1.0 / 355687428096000));
    p = 1.0 / 120 - z * (1.0 / 5040 - z * (1.0 / 362880 - z * (1.0 / 39916800 - z * p)));
    p = x.hi * z * (-1.0 / 6 + z * p);
    return x.hi + (p + x.lo * (1 - 0.5 * z));
}

static double cos_dd(struct dd x)
{
    double z = x.hi * x.hi;
    double p = 1.0 / 479001600 - z * (1.0 / 87178291200 - z * (1.0 / 20922789888000));
    struct dd head = fast_sum(1, -0.5 * z);
    p = 1.0 / 24 - z * (1.0 / 720 - z * (1.0 / 40320 - z * (1.0 / 3628800 - z * p)));
    return head.hi + (head.lo + (z * z * p - x.hi * x.lo));
}

/* Takes off the nearest multiple of pi/2, known to 150 bits: the first three products are exact. */
double d_sin(double x)
{
    double n = (x * 0x1.45f306dc9c883p-1 + 0x1.8p52) - 0x1.8p52; /* 2 / pi */
    struct dd r = sum(x - n * HALF_PI_1, -n * HALF_PI_2);
    r = dd_add(r, (struct dd){-n * HALF_PI_3, -n * HALF_PI_4});
    if (n == 0)
        r = (struct dd){x, 0};
    int64_t quarter = (int64_t)n & 3;
    double y = quarter & 1 ? cos_dd(r) : sin_dd(r);
    return quarter & 2 ? -y : y;
}

/* lgamma(2 + z), |z| <= 1/2 */
static struct dd lgamma_at_2(double z)
{
    double p = 0;
    for (int k = 29; k >= 0; k--)
        p = p * z + lgamma_2[k];
    struct dd r = dd_add((struct dd){LGAMMA_SQUARE_1, LGAMMA_SQUARE_2}, (struct dd){z * p, 0});
    r = dd_mul((struct dd){z, 0}, r);
    r = dd_add((struct dd){ONE_MINUS_GAMMA_1, ONE_MINUS_GAMMA_2}, r);
    return dd_mul((struct dd){z, 0}, r);
}

static struct dd negative(struct dd x)
{
    return (struct dd){-x.hi, -x.lo};
}

static double stirling(double x)
{
    double y = 1 / x, z = y * y;
    double p = 1.0 / 1680 - z * (1.0 / 1188 - z * (691.0 / 360360 - z * (1.0 / 156)));
    struct dd l = dd_add(log_dd(x), (struct dd){-1, 0});
    struct dd r = dd_mul(sum(x, -0.5), l);
    r = dd_add(r, sum(STIRLING_1, -0.5));
    p = y * (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * p)));
    return r.hi + (r.lo + STIRLING_2 + p);
}

/* From the series about 2 by lgamma(x + 1) = lgamma(x) + log(x); Stirling's from 13 on. */
double d_lgamma(double x)
{
    if (!(x > 0))
        return x == 0 ? INFINITY : NAN;
    if (x > 2.55e305)
        return INFINITY;
    if (x >= 13)
        return stirling(x);
    if (x < 0.5) {
        struct dd next = fast_sum(1, x), l = log_dd(next.hi);
        l = dd_add(l, (struct dd){next.lo / next.hi, 0});
        return dd_add(lgamma_at_2(x), negative(dd_add(l, log_dd(x)))).hi;
    }
    if (x < 1.5)
        return dd_add(lgamma_at_2(x - 1), negative(log_dd(x))).hi;
    double steps = 1;
    int n = (int)(x - 1.5);
    for (int i = 1; i <= n; i++)
        steps *= x - i;
    return dd_add(lgamma_at_2(x - n - 2), log_dd(steps)).hi;
}
