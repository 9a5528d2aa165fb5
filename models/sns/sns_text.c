/* sns_text.c - one small recogniser per rule. */
#include "sns_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"

struct sns_text sns_text_of(const char *s)
{
    return (struct sns_text){s, s == NULL ? 0 : strlen(s)};
}

bool sns_text_same(struct sns_text a, struct sns_text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

bool sns_text_is(struct sns_text t, const char *s)
{
    return sns_text_same(t, sns_text_of(s));
}

bool sns_text_ends(struct sns_text t, const char *end)
{
    size_t n = strlen(end);
    return t.n >= n && memcmp(t.at + t.n - n, end, n) == 0;
}

/* --- classes of characters, without locale --- */

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
}
static bool is_graph(char c)
{
    return c > ' ' && c < 127;
}
static bool is_name(char c)
{
    return is_word(c) || c == '.';
}
static bool is_line(char c)
{
    return c >= ' ' && c < 127;
}

static bool all(struct sns_text t, bool (*is)(char), size_t min, size_t max)
{
    if (t.n < min || t.n > max)
        return false;
    for (size_t i = 0; i < t.n; i++)
        if (!is(t.at[i]))
            return false;
    return true;
}

/* --- names and ids --- */

bool sns_text_topic(struct sns_text t, bool fifo)
{
    if (t.n < 1 || t.n > 256 || sns_text_ends(t, ".fifo") != fifo)
        return false;
    return all((struct sns_text){t.at, fifo ? t.n - 5 : t.n}, is_word, 1, 256);
}

bool sns_text_subject(struct sns_text t)
{
    return all(t, is_line, 1, 99);
}

bool sns_text_id(struct sns_text t)
{
    return all(t, is_graph, 1, 128);
}

bool sns_text_entry(struct sns_text t)
{
    return all(t, is_word, 1, 80);
}

/* --- message attributes --- */

static bool is_attribute_name(struct sns_text t)
{
    if (!all(t, is_name, 1, 255) || t.at[0] == '.' || t.at[t.n - 1] == '.')
        return false;
    for (size_t i = 0; i + 1 < t.n; i++)
        if (t.at[i] == '.' && t.at[i + 1] == '.')
            return false;
    return true;
}

static bool is_type(struct sns_text t, const char *name)
{
    size_t n = strlen(name);
    return t.n >= n && memcmp(t.at, name, n) == 0 && (t.n == n || (t.at[n] == '.' && t.n > n + 1));
}

static bool is_number(struct sns_text t)
{
    size_t i = t.n > 0 && (t.at[0] == '-' || t.at[0] == '+'), digits = 0;
    for (; i < t.n && ((t.at[i] >= '0' && t.at[i] <= '9') || t.at[i] == '.'); i++)
        digits += t.at[i] != '.';
    if (i < t.n && digits > 0 && (t.at[i] == 'e' || t.at[i] == 'E')) {
        i += i + 1 < t.n && (t.at[i + 1] == '-' || t.at[i + 1] == '+') ? 2 : 1;
        for (digits = 0; i < t.n && t.at[i] >= '0' && t.at[i] <= '9'; i++)
            digits++;
    }
    return digits > 0 && i == t.n;
}

bool sns_text_attribute(const struct sns_attribute *a)
{
    if (!is_attribute_name(a->name) || a->value.n == 0 || a->binary != is_type(a->type, "Binary"))
        return false;
    if (is_type(a->type, "Number"))
        return is_number(a->value);
    return a->binary || is_type(a->type, "String");
}

/* --- times and ids in print --- */

/* Days since 1970 to a date, after Howard Hinnant's days_from_civil. */
static void date_of(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

void sns_text_time(char out[32], sim_time t)
{
    int year, month, day;
    int64_t ms = t / SIM_MS, s = ms / 1000;
    date_of(s / 86400, &year, &month, &day);
    snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year % 10000, month % 100, day % 100,
             (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60), (int)(ms % 1000));
}

void sns_text_uuid(char out[40], uint64_t topic, uint64_t number)
{
    uint64_t a = hash_mix(number ^ topic << 40), b = hash_mix(a + number);
    snprintf(out, 40, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-8%03" PRIx64 "-%012" PRIx64,
             a >> 32, a >> 16 & 0xffff, a & 0xfff, b >> 52, b & UINT64_C(0xffffffffffff));
}
