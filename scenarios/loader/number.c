/* number.c - strtod and printf ask the locale for the decimal sign; here it is always a point.
 * Reading goes through the C locale's own strtod_l, which rounds correctly; writing puts the point
 * back. */
#define _GNU_SOURCE /* strtod_l */
#include "number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digit_value(char c)
{
    if (is_digit(c))
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

bool number_int(const char *text, int64_t *value)
{
    bool minus = *text == '-';
    text += *text == '-' || *text == '+';
    int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
    text += base == 16 ? 2 : 0;
    if (digit_value(*text) >= base)
        return false;
    int64_t v = 0; /* negative all the way: INT64_MIN has no positive */
    for (; digit_value(*text) < base; text++)
        if (__builtin_mul_overflow(v, base, &v) ||
            __builtin_sub_overflow(v, digit_value(*text), &v))
            return false;
    text += *text == 'L' ? (text[1] == 'L' ? 2 : 1) : 0;
    if (*text != '\0' || (!minus && v == INT64_MIN))
        return false;
    *value = minus ? v : -v;
    return true;
}

/* Length of [+-] digits [. digits] [e [+-] digits], 0: none. No hex, no "inf", no "nan". */
static size_t decimal_length(const char *text)
{
    size_t n = *text == '-' || *text == '+', digits = 0;
    for (; is_digit(text[n]); n++)
        digits++;
    if (text[n] == '.' && (digits > 0 || is_digit(text[n + 1]))) {
        for (n++; is_digit(text[n]); n++)
            digits++;
    }
    if (digits == 0)
        return 0;
    if (text[n] == 'e' || text[n] == 'E') {
        size_t sign = text[n + 1] == '-' || text[n + 1] == '+';
        if (is_digit(text[n + 1 + sign]))
            for (n += 1 + sign; is_digit(text[n]);)
                n++;
    }
    return n;
}

static double read_c(const char *text)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double v = c == (locale_t)0 ? NAN : strtod_l(text, NULL, c);
    if (c != (locale_t)0)
        freelocale(c);
    return v;
}

double number_prefix(const char *text, const char **end)
{
    size_t n = decimal_length(text);
    *end = text + n;
    if (n == 0 || n > 1000)
        return NAN;
    char copy[1001]; /* strtod reads on where we stop: "1d" … "0x" */
    memcpy(copy, text, n);
    copy[n] = '\0';
    return read_c(copy);
}

double number_double(const char *text)
{
    const char *end;
    double v = number_prefix(text, &end);
    return *end == '\0' ? v : NAN;
}

bool number_is(const char *text)
{
    size_t n = decimal_length(text);
    if (n == 0)
        return false;
    n += text[n] == 'L' ? (text[n + 1] == 'L' ? 2 : 1) : 0;
    return text[n] == '\0';
}

static void point_for_comma(char *text)
{
    for (; *text != '\0'; text++)
        if (!is_digit(*text) && strchr("+-einfa", *text) == NULL)
            *text = '.';
}

void number_text(double v, char *out)
{
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(out, 32, "%.*g", precision, v);
        point_for_comma(out);
        if (number_double(out) == v)
            return;
    }
}
