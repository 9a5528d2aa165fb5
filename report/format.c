/* format.c - decimal text by integer arithmetic: a double is scaled and rounded once, then only digits are moved. */
#include "format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

#define MINUS "\xE2\x88\x92"

static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

static void put_text(char *out, const char *sign, const char *text)
{
    snprintf(out, FORMAT_SIZE, "%.8s%.36s", sign, text);
}

static void add_text(char *out, const char *text)
{
    size_t n = strlen(out);
    snprintf(out + n, FORMAT_SIZE - n, "%s", text);
}

static void put_grouped(char *out, uint64_t whole)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)whole);
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = 0;
}

static int exponent_of(double x)
{
    int e = x > 0 ? (int)floor(log10(x)) : 0;
    double m = x / pow(10, e);
    return m >= 10 ? e + 1 : m < 1 ? e - 1 : e;
}

/* "1.23e18": for what is too long to be read as digits. */
static void put_scientific(char *out, double x)
{
    if (isinf(x)) {
        put_text(out, "", "∞");
        return;
    }
    int e = exponent_of(x);
    uint64_t m = (uint64_t)llround(x / pow(10, e) * 100);
    if (m >= 1000) {
        m /= 10;
        e++;
    }
    snprintf(out, FORMAT_SIZE, "%u.%02ue%d", (unsigned)(m / 100), (unsigned)(m % 100), e);
}

static void put_decimal(char *out, double x, int digits)
{
    uint64_t scaled = (uint64_t)llround(x * power[digits]);
    uint64_t unit = (uint64_t)power[digits];
    put_grouped(out, scaled / unit);
    if (digits == 0)
        return;
    out += strlen(out);
    out[0] = '.';
    out[digits + 1] = 0;
    for (uint64_t rest = scaled % unit; digits > 0; digits--, rest /= 10)
        out[digits] = (char)('0' + rest % 10);
}

void format_fixed(char *out, double x, int digits)
{
    char text[FORMAT_SIZE];
    double a = fabs(x);
    CHECK(digits >= 0 && digits <= 9);
    if (isnan(x)) {
        put_text(out, "", "none");
        return;
    }
    if (a >= 1e9 * 1e6 || a * power[digits] >= 9e17)
        put_scientific(text, a);
    else
        put_decimal(text, a, digits);
    put_text(out, x < 0 && a * power[digits] >= 0.5 ? MINUS : "", text);
}

static int digits_for(double x, int significant)
{
    double a = fabs(x);
    if (!(a > 0) || isinf(a))
        return 0;
    int d = significant - 1 - exponent_of(a);
    return d < 0 ? 0 : d > 9 ? 9 : d;
}

/* Trailing zeros after the point say nothing when the value is whole: "5" rather than "5.00". */
static void drop_zeros(char *out)
{
    char *dot = strchr(out, '.');
    if (dot == NULL || strchr(out, 'e') != NULL)
        return;
    if (strspn(dot + 1, "0") == strlen(dot + 1))
        *dot = 0;
}

void format_number(char *out, double x)
{
    if (fabs(x) > 0 && fabs(x) < 1e-8) {
        char text[FORMAT_SIZE];
        put_scientific(text, fabs(x));
        put_text(out, x < 0 ? MINUS : "", text);
        return;
    }
    format_fixed(out, x, digits_for(x, 3));
    drop_zeros(out);
}

void format_round(char *out, double x)
{
    if (isfinite(x) && fabs(x) >= 1000) {
        double step = pow(10, exponent_of(fabs(x)) - 2);
        x = round(x / step) * step;
    }
    format_number(out, x);
}

struct time_unit {
    double seconds, below; /* used for lengths below that many seconds */
    const char *name;
};
static const struct time_unit time_units[] = {
    {1e-9, 1e-6, "ns"}, {1e-6, 1e-3, "µs"},   {1e-3, 1, "ms"},
    {1, 120, "s"},      {60, 7200, "min"},    {3600, 2 * 86400.0, "h"},
    {86400, INFINITY, "d"},
};

void format_duration(char *out, double seconds)
{
    double a = fabs(seconds);
    if (!isfinite(seconds) || a == 0) {
        format_fixed(out, seconds, 0);
        if (a == 0)
            put_text(out, "", "0 s");
        return;
    }
    const struct time_unit *u = time_units;
    while (a * 1.0005 >= u->below) /* 0.9996 s is 1 s, not 1,000 ms */
        u++;
    format_number(out, seconds / u->seconds);
    add_text(out, " ");
    add_text(out, u->name);
}

static void put_two(char *out, int64_t big, const char *big_name, int64_t small, const char *small_name)
{
    char digits[FORMAT_SIZE];
    put_grouped(out, (uint64_t)big);
    add_text(out, " ");
    add_text(out, big_name);
    if (small <= 0)
        return;
    put_grouped(digits, (uint64_t)small);
    add_text(out, " ");
    add_text(out, digits);
    add_text(out, " ");
    add_text(out, small_name);
}

void format_moment(char *out, double seconds)
{
    bool fine = seconds < 10 && seconds != round(seconds);
    if (!isfinite(seconds) || fine || seconds < 0 || seconds > 1e15) {
        format_duration(out, seconds);
        return;
    }
    int64_t s = llround(seconds), min = llround(seconds / 60);
    if (s == 0)
        put_text(out, "", "0");
    else if (s < 3600)
        s < 60 ? put_two(out, s, "s", 0, "") : put_two(out, s / 60, "min", s % 60, "s");
    else if (min < 1440)
        put_two(out, min / 60, "h", min % 60, "min");
    else
        put_two(out, min / 1440, "d", min % 1440 / 60, "h");
}

void format_share(char *out, double share)
{
    double percent = share * 100, far = fabs(percent) < 50 ? fabs(percent) : fabs(100 - fabs(percent));
    int digits = 1;
    if (!isfinite(percent)) {
        format_fixed(out, percent, 0);
        return;
    }
    while (far > 0 && digits < 5 && far * power[digits] < 0.95)
        digits++;
    if (far == 0)
        digits = 0;
    if (far > 0 && far * power[digits] < 0.5) { /* nearer to 0 or 100 than can be written */
        put_text(out, "", fabs(percent) < 50 ? "< 0.0001 %" : fabs(percent) < 100 ? "> 99.9999 %" : "> 100 %");
        return;
    }
    format_fixed(out, percent, digits);
    add_text(out, " %");
}

void format_value(char *out, double x, enum metric_unit unit)
{
    switch (unit) {
    case UNIT_NS:
        format_duration(out, x / 1e9);
        return;
    case UNIT_SHARE:
        format_share(out, x);
        return;
    case UNIT_ONE:
        format_number(out, x);
        return;
    default:
        format_number(out, x);
        if (isfinite(x)) {
            add_text(out, " ");
            add_text(out, format_unit(unit));
        }
    }
}

void format_difference(char *out, double x, enum metric_unit unit)
{
    char text[FORMAT_SIZE];
    if (unit == UNIT_SHARE)
        format_number(text, x * 100);
    else
        format_value(text, x, unit);
    put_text(out, x > 0 ? "+" : "", text);
    if (unit == UNIT_SHARE && isfinite(x))
        add_text(out, fabs(x) == 0.01 ? " point" : " points");
}

/* The factor and unit in which values up to `most` are read. */
static double unit_for(double most, enum metric_unit unit, bool sign, const char **name)
{
    if (unit == UNIT_SHARE) {
        *name = sign ? " points" : " %";
        return 100;
    }
    *name = unit == UNIT_ONE ? "" : format_unit(unit);
    if (unit != UNIT_NS)
        return 1;
    const struct time_unit *u = time_units;
    while (most / 1e9 * 1.0005 >= u->below)
        u++;
    *name = u->name;
    return 1e-9 / u->seconds;
}

void format_range(char *out, double low, double high, enum metric_unit unit, bool sign)
{
    char a[FORMAT_SIZE], b[FORMAT_SIZE];
    const char *name;
    if (!(low < high) || !isfinite(low) || !isfinite(high)) {
        void (*format)(char *, double, enum metric_unit) = sign ? format_difference : format_value;
        format(a, low, unit);
        format(b, high, unit);
        snprintf(out, FORMAT_RANGE_SIZE, low < high ? "%s to %s" : "%s", a, b);
        return;
    }
    double factor = unit_for(fmax(fabs(low), fabs(high)), unit, sign, &name);
    int digits = digits_for((high - low) * factor, 2); /* what tells the ends apart */
    digits = digits > 6 ? 6 : digits == 0 && unit == UNIT_SHARE ? 1 : digits;
    format_fixed(a, low * factor, digits);
    format_fixed(b, high * factor, digits);
    snprintf(out, FORMAT_RANGE_SIZE, "%s%s to %s%s%s%s", sign && low > 0 ? "+" : "", a, sign && high > 0 ? "+" : "", b,
             *name != 0 && *name != ' ' ? " " : "", name);
}

enum metric_unit format_unit_of(const char *stored)
{
    static const struct {
        const char      *text;
        enum metric_unit unit;
    } known[] = {{"ns", UNIT_NS}, {"B", UNIT_BYTES}, {"share", UNIT_SHARE}, {"1/s", UNIT_PER_SECOND}, {"USD", UNIT_USD}};
    for (size_t i = 0; stored != NULL && i < ARRAY_LEN(known); i++)
        if (strcmp(known[i].text, stored) == 0)
            return known[i].unit;
    return UNIT_ONE;
}

const char *format_unit(enum metric_unit unit)
{
    static const char *const name[] = {
        [UNIT_ONE] = "", [UNIT_NS] = "s", [UNIT_BYTES] = "bytes", [UNIT_SHARE] = "%",
        [UNIT_PER_SECOND] = "/s", [UNIT_USD] = "USD",
    };
    return name[unit];
}
