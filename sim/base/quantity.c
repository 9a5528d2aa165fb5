/* quantity.c - reading quantities. A number is kept as whole part, fraction and the number of its
 * decimals; multiplying by the unit in 128 bits is exact, and what does not divide is refused
 * rather than rounded. A fraction of more than 18 decimals can never be whole in any unit here (a
 * day is 2^16 * 27 * 5^11 ns), so 64 bits hold all that matter. */
#include "quantity.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

typedef unsigned __int128 uint128;

#define DECIMALS_MAX 18

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit times[] = {
    {"d", SIM_DAY}, {"h", SIM_H},   {"min", SIM_MIN}, {"s", SIM_S},
    {"ms", SIM_MS}, {"us", SIM_US}, {"ns", SIM_NS},   {NULL, 0},
};
static const struct unit sizes[] = {
    {"B", 1},
    {"KB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
    {"KiB", INT64_C(1) << 10},
    {"MiB", INT64_C(1) << 20},
    {"GiB", INT64_C(1) << 30},
    {NULL, 0},
};
/* Spellings of other languages and habits, for the message only. */
static const struct {
    const char *wrong, *right;
} habits[] = {
    {"sec", "s"},    {"secs", "s"},     {"second", "s"},     {"seconds", "s"},
    {"msec", "ms"},  {"usec", "us"},    {"\xc2\xb5s", "us"}, {"\xce\xbcs", "us"},
    {"mins", "min"}, {"minute", "min"}, {"minutes", "min"},  {"hr", "h"},
    {"hrs", "h"},    {"hour", "h"},     {"hours", "h"},      {"day", "d"},
    {"days", "d"},   {"byte", "B"},     {"bytes", "B"},      {"k", "KB"},
    {"m", "MB"},     {"g", "GB"},       {"ki", "KiB"},       {"mi", "MiB"},
    {"gi", "GiB"},
};

struct decimal {
    uint64_t whole, fraction;
    int decimals; /* digits of the fraction, trailing zeros cut */
};

struct reader {
    const char *text;
    const char *at;
    struct quantity_error *e;
};

__attribute__((format(printf, 3, 4))) static bool refuse(const struct reader *r, const char *at,
                                                         const char *format, ...)
{
    if (r->e == NULL)
        return false;
    va_list args;
    va_start(args, format);
    r->e->column = (int)(at - r->text);
    vsnprintf(r->e->text, sizeof(r->e->text), format, args);
    va_end(args);
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static bool read_fraction(struct reader *r, struct decimal *d, const char *start)
{
    if (!is_digit(*++r->at))
        return refuse(r, r->at, "a digit must follow the decimal point");
    int zeros = 0;
    for (; is_digit(*r->at); r->at++) {
        if (*r->at == '0') {
            zeros++;
            continue;
        }
        if (d->decimals + zeros + 1 > DECIMALS_MAX)
            return refuse(r, start, "too fine: more than %d decimals", DECIMALS_MAX);
        for (; zeros > 0; zeros--, d->decimals++)
            d->fraction *= 10;
        d->fraction = d->fraction * 10 + (uint64_t)(*r->at - '0');
        d->decimals++;
    }
    return true;
}

/* what: "a duration", "as in" example. */
static bool read_number(struct reader *r, struct decimal *d, const char *what)
{
    const char *start = r->at;
    *d = (struct decimal){0};
    if (*start == '-')
        return refuse(r, start, "%s may not be negative", what);
    if (!is_digit(*start))
        return refuse(r, start, "%s starts with a digit", what);
    for (; is_digit(*r->at); r->at++) {
        if (__builtin_mul_overflow(d->whole, 10, &d->whole) ||
            __builtin_add_overflow(d->whole, (uint64_t)(*r->at - '0'), &d->whole))
            return refuse(r, start, "the number does not fit in 64 bits");
    }
    if (*r->at == ',')
        return refuse(r, r->at, "the decimal sign is a point, and digits are not grouped");
    return *r->at != '.' || read_fraction(r, d, start);
}

static uint64_t power_of_ten(int n)
{
    uint64_t p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

/* d * factor as a whole number: false when it is none. */
static bool scale(const struct decimal *d, int64_t factor, uint128 *out)
{
    uint128 part = (uint128)d->fraction * (uint64_t)factor;
    uint64_t ten = power_of_ten(d->decimals);
    *out = (uint128)d->whole * (uint64_t)factor + part / ten;
    return part % ten == 0;
}

/* ASCII only: tolower would ask the locale. */
static bool same_but_case(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
        char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
        if (x != y)
            return false;
    }
    return *a == *b;
}

static const struct unit *unit_named(const struct unit *units, const char *name)
{
    for (; units->name != NULL; units++)
        if (strcmp(units->name, name) == 0)
            return units;
    return NULL;
}

static const char *likely(const struct unit *units, const char *name)
{
    for (const struct unit *u = units; u->name != NULL; u++)
        if (same_but_case(u->name, name))
            return u->name;
    for (size_t i = 0; i < ARRAY_LEN(habits); i++)
        if (same_but_case(habits[i].wrong, name) && unit_named(units, habits[i].right) != NULL)
            return habits[i].right;
    return NULL;
}

static bool refuse_unit(const struct reader *r, const char *at, const struct unit *units,
                        const char *name)
{
    if (*name == '\0' && (*r->at == ' ' || *r->at == '\t'))
        return refuse(r, r->at, "no blank may stand inside");
    if (*name == '\0')
        return refuse(r, r->at, "'%c' does not belong here", *r->at);
    if (units == times && strcmp(name, "m") == 0)
        return refuse(r, at, "unit \"m\": min or ms?");
    if ((name[0] == 'e' || name[0] == 'E') && (is_digit(*r->at) || *r->at == '-' || *r->at == '+'))
        return refuse(r, at, "write the number out, without an exponent");
    const char *right = likely(units, name);
    if (right != NULL)
        return refuse(r, at, "unknown unit \"%s\": did you mean \"%s\"?", name, right);
    const char *all = units == times ? "ns us ms s min h d" : "B KB MB GB KiB MiB GiB";
    return refuse(r, at, "unknown unit \"%s\"; there are %s", name, all);
}

/* NULL after refusing. The text does not end here. */
static const struct unit *read_unit(struct reader *r, const struct unit *units)
{
    char name[16];
    size_t n = 0;
    const char *start = r->at;
    while (is_letter(*r->at)) {
        if (n + 1 < sizeof(name))
            name[n++] = *r->at;
        r->at++;
    }
    name[n] = '\0';
    const struct unit *u = unit_named(units, name);
    if (u == NULL)
        refuse_unit(r, start, units, name);
    return u;
}

/* "30" in "1h30": after hours come minutes; alone, seconds are likely. */
static const char *next_time(const struct unit *last)
{
    if (last == NULL)
        return "s";
    return last[1].name != NULL ? last[1].name : "s";
}

static bool read_part(struct reader *r, const struct unit **last, uint128 *sum)
{
    struct decimal d;
    const char *start = r->at;
    if (!read_number(r, &d, "a duration"))
        return false;
    if (*r->at == '\0')
        return refuse(r, start, "%.40s needs a unit: \"%.40s%s\"?", start, r->text,
                      next_time(*last));
    const struct unit *u = read_unit(r, times);
    if (u == NULL)
        return false;
    if (*last != NULL && u <= *last)
        return refuse(r, start, "units must become smaller from left to right");
    if (d.decimals > 0 && *r->at != '\0')
        return refuse(r, start, "only the last part may have decimals");
    uint128 ns;
    if (!scale(&d, u->factor, &ns))
        return refuse(r, start, "not a whole number of nanoseconds");
    *last = u;
    *sum += ns;
    if (*sum >= SIM_NEVER)
        return refuse(r, r->text, "does not fit: the limit is 292 years");
    return true;
}

bool quantity_duration(const char *text, sim_time *ns, struct quantity_error *e)
{
    struct reader r = {text, text, e};
    const struct unit *last = NULL;
    uint128 sum = 0;
    if (*text == '\0')
        return refuse(&r, text, "a duration is missing, such as \"30s\"");
    while (*r.at != '\0')
        if (!read_part(&r, &last, &sum))
            return false;
    *ns = (sim_time)sum;
    return true;
}

bool quantity_size(const char *text, int64_t *bytes, struct quantity_error *e)
{
    struct reader r = {text, text, e};
    struct decimal d;
    if (*text == '\0')
        return refuse(&r, text, "a size is missing, such as \"64KiB\"");
    if (!read_number(&r, &d, "a size"))
        return false;
    if (*r.at == '\0')
        return refuse(&r, text, "%.40s needs a unit: \"%.40s%s\"?", text, text,
                      d.decimals > 0 ? "KiB" : "B");
    const struct unit *u = read_unit(&r, sizes);
    if (u == NULL)
        return false;
    if (*r.at != '\0')
        return refuse(&r, r.at, "nothing may follow the unit of a size");
    uint128 value;
    if (!scale(&d, u->factor, &value))
        return refuse(&r, text, "not a whole number of bytes");
    if (value > INT64_MAX)
        return refuse(&r, text, "does not fit: the limit is 2^63 - 1 bytes");
    *bytes = (int64_t)value;
    return true;
}

static bool set_rate(const struct reader *r, const struct decimal *d, const struct unit *u,
                     struct rate *rate)
{
    uint64_t ten = power_of_ten(d->decimals);
    uint128 events = (uint128)d->whole * ten + d->fraction, ns = (uint128)ten * (uint64_t)u->factor;
    if (events > INT64_MAX || ns > INT64_MAX)
        return refuse(r, r->text, "does not fit: too many digits for a rate");
    *rate = (struct rate){(int64_t)events, (int64_t)ns};
    return true;
}

bool quantity_rate(const char *text, struct rate *rate, struct quantity_error *e)
{
    struct reader r = {text, text, e};
    struct decimal d;
    if (*text == '\0')
        return refuse(&r, text, "a rate is missing, such as \"80/s\"");
    if (!read_number(&r, &d, "a rate"))
        return false;
    if (*r.at == '\0')
        return refuse(&r, text, "%.40s needs a unit: \"%.40s/s\"?", text, text);
    const char *slash = r.at;
    if (*slash != '/')
        return refuse(&r, slash, "a rate is a number per time, such as \"80/s\"");
    if (*++r.at == '\0')
        return refuse(&r, r.at, "a unit of time must follow the slash: \"%.40ss\"?", text);
    const struct unit *u = read_unit(&r, times);
    if (u == NULL)
        return false;
    if (*r.at != '\0')
        return refuse(&r, r.at, "nothing may follow the unit of a rate");
    return set_rate(&r, &d, u, rate);
}

bool quantity_share(const char *text, int64_t *ppb, struct quantity_error *e)
{
    struct reader r = {text, text, e};
    struct decimal d;
    if (*text == '\0')
        return refuse(&r, text, "a share is missing, such as \"1%%\" or 0.01");
    if (!read_number(&r, &d, "a share"))
        return false;
    bool percent = *r.at == '%';
    r.at += percent;
    if (*r.at != '\0')
        return refuse(&r, r.at, "a share is a number from 0 to 1 or a percentage, such as \"1%%\"");
    uint128 value;
    if (!scale(&d, percent ? 10000000 : 1000000000, &value))
        return refuse(&r, text, "too fine: a share has steps of one in 10^9");
    if (value > 1000000000 && percent)
        return refuse(&r, text, "a share is at most 100%%");
    if (value > 1000000000 && d.whole > 100)
        return refuse(&r, text, "a share is at most 1");
    if (value > 1000000000)
        return refuse(&r, text, "a share is at most 1: \"%.40s%%\"?", text);
    *ppb = (int64_t)value;
    return true;
}
