/* sqs_text.c - one small recogniser per rule. */
#include "sqs_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"

struct text text_of(const char *s)
{
    return (struct text){s, s == NULL ? 0 : strlen(s)};
}

bool text_same(struct text a, struct text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

/* --- classes of characters, without locale --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

static bool is_graph(char c)
{
    return c > ' ' && c < 127;
}

static bool is_name(char c)
{
    return is_word(c) || c == '.';
}

static bool all(struct text t, bool (*is)(char), size_t min, size_t max)
{
    if (t.n < min || t.n > max)
        return false;
    for (size_t i = 0; i < t.n; i++)
        if (!is(t.at[i]))
            return false;
    return true;
}

static bool ends_with(struct text t, const char *end)
{
    size_t n = strlen(end);
    return t.n >= n && memcmp(t.at + t.n - n, end, n) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins_lower(struct text t, const char *begin)
{
    size_t n = strlen(begin);
    for (size_t i = 0; i < n; i++)
        if (i >= t.n || lower(t.at[i]) != begin[i])
            return false;
    return true;
}

/* --- ids and names --- */

bool text_queue_name(struct text t, bool fifo)
{
    if (t.n < 1 || t.n > 80 || ends_with(t, ".fifo") != fifo)
        return false;
    struct text stem = {t.at, fifo ? t.n - 5 : t.n};
    return all(stem, is_word, 1, 80);
}

bool text_group_id(struct text t)
{
    return all(t, is_graph, 1, 128);
}

bool text_entry_id(struct text t)
{
    return all(t, is_word, 1, 80);
}

bool text_tag_key(struct text t)
{
    return t.n >= 1 && t.n <= 128 && !begins_lower(t, "aws:");
}

bool text_attribute_name(struct text t)
{
    if (!all(t, is_name, 1, 256) || t.at[0] == '.' || t.at[t.n - 1] == '.')
        return false;
    for (size_t i = 0; i + 1 < t.n; i++)
        if (t.at[i] == '.' && t.at[i + 1] == '.')
            return false;
    return !begins_lower(t, "aws.") && !begins_lower(t, "amazon.");
}

static bool is_type(struct text t, const char *name)
{
    size_t n = strlen(name);
    return t.n >= n && t.n <= 256 && memcmp(t.at, name, n) == 0 &&
           (t.n == n || (t.at[n] == '.' && t.n > n + 1));
}

bool text_attribute_type(struct text t)
{
    return is_type(t, "String") || is_type(t, "Number") || is_type(t, "Binary");
}

bool text_attribute_value(struct text type, struct text value)
{
    if (value.n == 0)
        return false;
    if (is_type(type, "Number"))
        return text_number(value);
    return is_type(type, "Binary") || text_body(value);
}

/* --- bodies --- */

/* One character of well-formed UTF-8; returns its length, 0 when it is malformed. */
static size_t decode(const unsigned char *s, size_t n, uint32_t *c)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = s[0] < 0x80       ? 1
                    : s[0] >> 5 == 6  ? 2
                    : s[0] >> 4 == 14 ? 3
                    : s[0] >> 3 == 30 ? 4
                                      : 0;
    if (length == 0 || length > n)
        return 0;
    *c = length == 1 ? s[0] : s[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (s[i] >> 6 != 2)
            return 0;
        *c = *c << 6 | (s[i] & 0x3f);
    }
    return *c < least[length] ? 0 : length;
}

static bool is_xml(uint32_t c)
{
    return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

bool text_body(struct text t)
{
    const unsigned char *s = (const unsigned char *)t.at;
    for (size_t i = 0; i < t.n;) {
        uint32_t c = 0;
        size_t length = decode(s + i, t.n - i, &c);
        if (length == 0 || !is_xml(c))
            return false;
        i += length;
    }
    return true;
}

/* --- numbers --- */

bool text_integer(struct text t, int64_t *value)
{
    size_t i = t.n > 0 && t.at[0] == '-' ? 1 : 0;
    if (t.n == i || t.n > 19)
        return false;
    int64_t v = 0;
    for (size_t k = i; k < t.n; k++) {
        if (!is_digit(t.at[k]) || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, t.at[k] - '0', &v))
            return false;
    }
    *value = i == 1 ? -v : v;
    return true;
}

/* Significant digits, and the decimal exponent of the first of them, of
 * [+-]digits[.digits][e[+-]digits]. */
struct decimal {
    int64_t digits, exponent;
    bool zero;
};

static size_t mantissa(struct text t, size_t i, struct decimal *d)
{
    int64_t whole = 0, zeros = 0;
    bool point = false, any = false;
    *d = (struct decimal){0, 0, true};
    for (; i < t.n && (is_digit(t.at[i]) || (t.at[i] == '.' && !point)); i++) {
        if (t.at[i] == '.') {
            point = true;
            continue;
        }
        any = true;
        if (t.at[i] != '0') {
            if (d->zero)
                d->exponent = point ? -whole - 1 : 0;
            d->digits += zeros + 1;
            zeros = 0;
            d->zero = false;
        } else if (!d->zero) {
            zeros++; /* they count only when another digit follows */
        }
        if (!point && !d->zero)
            d->exponent++;
        if (point && d->zero)
            whole++;
    }
    if (!d->zero && d->exponent > 0)
        d->exponent--;
    return any ? i : 0;
}

bool text_number(struct text t)
{
    struct decimal d;
    size_t i = t.n > 0 && (t.at[0] == '-' || t.at[0] == '+') ? 1 : 0;
    i = mantissa(t, i, &d);
    if (i == 0)
        return false;
    int64_t e = 0;
    if (i < t.n && (t.at[i] == 'e' || t.at[i] == 'E')) {
        size_t sign = i + 1 < t.n && t.at[i + 1] == '+' ? 1 : 0;
        struct text exponent = {t.at + i + 1 + sign, t.n - i - 1 - sign};
        if (exponent.n > 6 || !text_integer(exponent, &e))
            return false;
        i = t.n;
    }
    return i == t.n && d.digits <= 38 &&
           (d.zero || (d.exponent + e >= -128 && d.exponent + e <= 126));
}

/* --- what the service makes up --- */

static uint64_t seal(uint64_t a, uint64_t b)
{
    return hash_mix(a ^ hash_mix(b + UINT64_C(0x9e3779b97f4a7c15))) >> 32;
}

void text_receipt(char out[64], uint64_t a, uint64_t b)
{
    snprintf(out, 64, "AQEB%016" PRIx64 "%016" PRIx64 "%08" PRIx64, a, b, seal(a, b));
}

static bool hex(const char *s, size_t n, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < n; i++) {
        bool digit = is_digit(s[i]);
        if (!digit && (s[i] < 'a' || s[i] > 'f'))
            return false;
        *value = *value << 4 | (uint64_t)(digit ? s[i] - '0' : s[i] - 'a' + 10);
    }
    return true;
}

bool text_receipt_parse(const char *s, uint64_t *a, uint64_t *b)
{
    uint64_t mark;
    return strlen(s) == 44 && memcmp(s, "AQEB", 4) == 0 && hex(s + 4, 16, a) &&
           hex(s + 20, 16, b) && hex(s + 36, 8, &mark) && mark == seal(*a, *b);
}

void text_message_id(char out[40], uint64_t number)
{
    uint64_t x = hash_mix(number), y = hash_mix(x ^ number);
    snprintf(out, 40, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
             x >> 32, x >> 16 & 0xffff, x & 0xfff, (y >> 48 & 0x3fff) | 0x8000,
             y & UINT64_C(0xffffffffffff));
}
