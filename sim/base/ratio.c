/* ratio.c - fractions in their lowest terms; products are made in 128 bits. */
#include "ratio.h"

#include <stddef.h>

#include "check.h"

#define LIMIT ((__int128)1 << 62)

static __int128 divisor(__int128 a, __int128 b)
{
    while (b != 0) {
        __int128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The numerator is too long: the value over the largest power of two that leaves room for it. A small denominator would lose
 * all that it says if it was halved along. What is too large altogether is as large as can be. */
static struct ratio shorten(__int128 num, __int128 den)
{
    __int128 whole = num / den, rest = num % den, by = 1;
    if (whole >= LIMIT || whole <= -LIMIT)
        return (struct ratio){(int64_t)(whole > 0 ? LIMIT - 1 : 1 - LIMIT), 1};
    while (2 * by < LIMIT && 2 * by * (whole + 1) < LIMIT && 2 * by * (whole - 1) > -LIMIT)
        by *= 2;
    num = whole * by + rest * by / den;
    while (num % 2 == 0 && by > 1) {
        num /= 2;
        by /= 2;
    }
    return (struct ratio){(int64_t)num, (int64_t)by};
}

struct ratio ratio_of(__int128 num, __int128 den)
{
    CHECK(den != 0);
    if (den < 0) {
        num = -num;
        den = -den;
    }
    __int128 d = divisor(num < 0 ? -num : num, den);
    num /= d;
    den /= d;
    while (den >= LIMIT) {
        num /= 2;
        den /= 2;
    }
    return num >= LIMIT || num <= -LIMIT ? shorten(num, den) : (struct ratio){(int64_t)num, (int64_t)den};
}

struct ratio ratio_add(struct ratio a, struct ratio b)
{
    if (a.den == b.den)
        return ratio_of((__int128)a.num + b.num, a.den);
    /* 62 bits each: a sum of two products has 125. */
    __int128 left = (__int128)a.num * b.den, right = (__int128)b.num * a.den;
    return ratio_of(left + right, (__int128)a.den * b.den);
}

struct ratio ratio_sub(struct ratio a, struct ratio b)
{
    return ratio_add(a, (struct ratio){-b.num, b.den});
}

struct ratio ratio_mul(struct ratio a, struct ratio b)
{
    return ratio_of((__int128)a.num * b.num, (__int128)a.den * b.den);
}

struct ratio ratio_div(struct ratio a, struct ratio b)
{
    return ratio_of((__int128)a.num * b.den, (__int128)a.den * b.num);
}

int ratio_cmp(struct ratio a, struct ratio b)
{
    __int128 left = (__int128)a.num * b.den, right = (__int128)b.num * a.den;
    return left < right ? -1 : left > right;
}

int64_t ratio_trunc(struct ratio r)
{
    return r.num / r.den;
}

int64_t ratio_floor(struct ratio r)
{
    return r.num / r.den - (r.num % r.den < 0);
}

int64_t ratio_ceil(struct ratio r)
{
    return r.num / r.den + (r.num % r.den > 0);
}

bool ratio_parse(const char *text, struct ratio *r)
{
    bool minus = *text == '-', point = false;
    int64_t num = 0, den = 1;
    int digits = 0;
    for (text += minus; *text != '\0'; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9' || ++digits > 18)
            return false;
        num = num * 10 + (*text - '0');
        den *= point ? 10 : 1;
    }
    *r = ratio_of(minus ? -num : num, den);
    return digits > 0;
}
