/* replay_number.c - numbers and times of a trace, in integer arithmetic. */
#include <string.h>

#include "replay_int.h"

typedef unsigned __int128 uint128;

#define DIGITS_MAX 24 /* times a day in ns they stay below 2^127 */
#define POWER_MAX  38
#define LARGEST    (INT64_MAX / 2)

struct cursor {
    const char *at, *end;
};

static bool is_digit(const struct cursor *c)
{
    return c->at < c->end && *c->at >= '0' && *c->at <= '9';
}

static bool skip(struct cursor *c, const char *any)
{
    if (c->at == c->end || strchr(any, *c->at) == NULL || *c->at == '\0')
        return false;
    c->at++;
    return true;
}

/* Digits beyond the first DIGITS_MAX only move the exponent. */
struct decimal {
    uint128 digits;
    int     n, exponent;
    bool    any;
};

static void read_digits(struct cursor *c, struct decimal *d, bool fraction)
{
    for (; is_digit(c); c->at++) {
        d->any = true;
        if (d->n >= DIGITS_MAX) {
            d->exponent += !fraction;
            continue;
        }
        d->digits = d->digits * 10 + (uint128)(*c->at - '0');
        d->n += d->digits > 0;
        d->exponent -= fraction;
    }
}

static bool read_exponent(struct cursor *c, struct decimal *d)
{
    int exponent = 0;
    bool minus = c->at < c->end && *c->at == '-';
    skip(c, "+-");
    if (!is_digit(c))
        return false;
    for (; is_digit(c); c->at++)
        exponent = exponent < 10000 ? exponent * 10 + (*c->at - '0') : exponent;
    d->exponent += minus ? -exponent : exponent;
    return true;
}

static uint128 power(int n)
{
    uint128 p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

/* digits * 10^exponent * factor. */
static enum replay_number scale(const struct decimal *d, int64_t factor, bool whole, int64_t *value)
{
    uint128 x = d->digits * (uint64_t)factor;
    for (int i = 0; i < d->exponent && x > 0; i++) {
        if (x > LARGEST)
            return NUMBER_LARGE;
        x *= 10;
    }
    if (d->exponent < 0) {
        uint128 unit = power(-d->exponent <= POWER_MAX ? -d->exponent : POWER_MAX);
        if (whole && x % unit != 0)
            return NUMBER_NOT_WHOLE;
        x = -d->exponent > POWER_MAX ? 0 : (x + unit / 2) / unit;
    }
    if (x > LARGEST)
        return NUMBER_LARGE;
    *value = (int64_t)x;
    return NUMBER_GOOD;
}

enum replay_number replay_decimal(const char *text, size_t n, int64_t factor, bool whole, int64_t *value)
{
    struct cursor c = {text, text + n};
    struct decimal d = {0};
    bool minus = c.at < c.end && *c.at == '-';
    skip(&c, "+-");
    read_digits(&c, &d, false);
    if (skip(&c, "."))
        read_digits(&c, &d, true);
    if (!d.any || (skip(&c, "eE") && !read_exponent(&c, &d)) || c.at != c.end)
        return NUMBER_NONE;
    if (minus && d.digits > 0)
        return NUMBER_NEGATIVE;
    return scale(&d, factor, whole, value);
}

/* --- ISO 8601 --- */

static bool read_fixed(struct cursor *c, int digits, int low, int high, int *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++, c->at++) {
        if (!is_digit(c))
            return false;
        *value = *value * 10 + (*c->at - '0');
    }
    return *value >= low && *value <= high;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01. */
static int64_t day_number(int year, int month, int day)
{
    int64_t before = year - 1, days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;
    for (int m = 1; m < month; m++)
        days += days_of(year, m);
    return days + day - 1;
}

static bool read_date(struct cursor *c, int64_t *days)
{
    int year, month, day;
    if (!read_fixed(c, 4, 1970, 2200, &year) || !skip(c, "-") || !read_fixed(c, 2, 1, 12, &month) ||
        !skip(c, "-") || !read_fixed(c, 2, 1, 31, &day) || day > days_of(year, month))
        return false;
    *days = day_number(year, month, day);
    return true;
}

static bool read_clock(struct cursor *c, int64_t *ns)
{
    int hour, minute, second = 0;
    int64_t fraction = 0;
    if (!read_fixed(c, 2, 0, 23, &hour) || !skip(c, ":") || !read_fixed(c, 2, 0, 59, &minute))
        return false;
    if (skip(c, ":") && !read_fixed(c, 2, 0, 60, &second))
        return false;
    if (c->at < c->end && (*c->at == '.' || *c->at == ',')) {
        int64_t unit = SIM_S;
        c->at++;
        if (!is_digit(c))
            return false;
        for (; is_digit(c); c->at++)
            fraction += (*c->at - '0') * (unit /= 10);
    }
    *ns = ((int64_t)hour * 60 + minute) * SIM_MIN + second * SIM_S + fraction;
    return true;
}

/* Z or nothing is UTC; +09:00 is nine hours ahead of it. */
static bool read_zone(struct cursor *c, int64_t *ahead)
{
    int hour, minute = 0;
    *ahead = 0;
    if (skip(c, "Zz") || c->at == c->end)
        return c->at == c->end;
    bool minus = *c->at == '-';
    if (!skip(c, "+-") || !read_fixed(c, 2, 0, 23, &hour))
        return false;
    skip(c, ":");
    if (c->at < c->end && !read_fixed(c, 2, 0, 59, &minute))
        return false;
    *ahead = ((int64_t)hour * 60 + minute) * SIM_MIN * (minus ? -1 : 1);
    return c->at == c->end;
}

bool replay_iso(const char *text, size_t n, int64_t *at)
{
    struct cursor c = {text, text + n};
    int64_t days, clock = 0, ahead = 0;
    if (!read_date(&c, &days))
        return false;
    if (c.at < c.end && (!skip(&c, "Tt ") || !read_clock(&c, &clock) || !read_zone(&c, &ahead)))
        return false;
    *at = days * SIM_DAY + clock - ahead;
    return *at >= 0;
}
