/* Quantities: tables of accepted and refused spellings, and the way back from value to text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "quantity.h"
#include "testrand.h"

struct accepted {
    const char *text;
    int64_t value;
};

struct refused {
    const char *text;
    int column;
    const char *says; /* part of the message */
};

typedef bool (*parse)(const char *, int64_t *, struct quantity_error *);

static void check_accepted(parse fn, const struct accepted *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct quantity_error e = {.text = ""};
        int64_t value = -1;
        if (!fn(a[i].text, &value, &e))
            fail_msg("\"%s\" refused: %s", a[i].text, e.text);
        if (value != a[i].value)
            fail_msg("\"%s\" is %" PRId64 ", expected %" PRId64, a[i].text, value, a[i].value);
        assert_true(fn(a[i].text, &value, NULL));
    }
}

static void check_refused(parse fn, const struct refused *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct quantity_error e = {.column = -1, .text = ""};
        int64_t value = -77;
        if (fn(r[i].text, &value, &e))
            fail_msg("\"%s\" accepted as %" PRId64, r[i].text, value);
        if (strstr(e.text, r[i].says) == NULL)
            fail_msg("\"%s\" says \"%s\", expected \"%s\"", r[i].text, e.text, r[i].says);
        if (e.column != r[i].column)
            fail_msg("\"%s\": column %d, expected %d", r[i].text, e.column, r[i].column);
        assert_int_equal(value, -77);
        assert_false(fn(r[i].text, &value, NULL));
    }
}

static void durations_accepted(void **state)
{
    (void)state;
    static const struct accepted table[] = {
        {"0s", 0},
        {"0ns", 0},
        {"1ns", 1},
        {"1us", 1000},
        {"250ms", 250000000},
        {"30s", 30000000000},
        {"007s", 7000000000},
        {"1.5s", 1500000000},
        {"1.50s", 1500000000},
        {"0.1s", 100000000},
        {"0.000000001s", 1},
        {"1.000000000000000000000000000000s", 1000000000},
        {"0.3us", 300},
        {"1h30min", 5400000000000},
        {"1h1min1s1ms1us1ns", 3661001001001},
        {"1h1ns", 3600000000001},
        {"1min0.5s", 60500000000},
        {"4d", 345600000000000},
        {"14d", 1209600000000000},
        {"0.5d", 43200000000000},
        {"0.0000152587890625d", 1318359375}, /* 2^-16 of a day: sixteen decimals and still exact */
        {"106751d", INT64_C(106751) * 86400 * 1000000000},
        {"9223372036854775806ns", INT64_MAX - 1},
        {"9223372036.854775806s", INT64_MAX - 1},
        {"106751d23h47min16.854775806s", INT64_MAX - 1},
    };
    check_accepted(quantity_duration, table, ARRAY_LEN(table));
}

static void durations_refused(void **state)
{
    (void)state;
    static const struct refused table[] = {
        {"", 0, "missing"},
        {"30", 0, "30 needs a unit: \"30s\"?"},
        {"0", 0, "0 needs a unit: \"0s\"?"},
        {"1.5", 0, "1.5 needs a unit: \"1.5s\"?"},
        {"1h30", 2, "30 needs a unit: \"1h30min\"?"},
        {"1min30", 4, "\"1min30s\"?"},
        {"5m", 1, "min or ms?"},
        {"1h5m", 3, "min or ms?"},
        {"-5s", 0, "negative"},
        {"1h-5min", 2, "negative"},
        {"+5s", 0, "starts with a digit"},
        {".5s", 0, "starts with a digit"},
        {"5.s", 2, "digit must follow"},
        {"1.2.3s", 3, "does not belong"},
        {"1,5s", 1, "decimal sign is a point"},
        {"1,000s", 1, "decimal sign is a point"},
        {" 5s", 0, "starts with a digit"},
        {"5s ", 2, "starts with a digit"},
        {"5 s", 1, "blank"},
        {"s", 0, "starts with a digit"},
        {"nan", 0, "starts with a digit"},
        {"NaN", 0, "starts with a digit"},
        {"inf", 0, "starts with a digit"},
        {"infinity", 0, "starts with a digit"},
        {"0x10s", 1, "unknown unit \"x\""},
        {"1e3ms", 1, "exponent"},
        {"1e-3s", 1, "exponent"},
        {"1E3ms", 1, "exponent"},
        {"3S", 1, "did you mean \"s\"?"},
        {"3sec", 1, "did you mean \"s\"?"},
        {"3hours", 1, "did you mean \"h\"?"},
        {"3Min", 1, "did you mean \"min\"?"},
        {"3\xc2\xb5s", 1, "did you mean \"us\"?"},
        {"3w", 1, "unknown unit \"w\"; there are ns us ms s min h d"},
        {"3abcdefghijklmnopqrstuvwxyz", 1, "unknown unit"},
        {"1h2h", 2, "smaller from left to right"},
        {"30min1h", 5, "smaller from left to right"},
        {"1.5h30min", 0, "only the last part may have decimals"},
        {"0.1ns", 0, "not a whole number of nanoseconds"},
        {"0.0000000001s", 0, "not a whole number of nanoseconds"},
        {"1s0.5ns", 2, "not a whole number of nanoseconds"},
        {"0.0000000000000000001d", 0, "too fine"},
        {"109500d", 0, "292 years"},               /* 300 years */
        {"9223372036854775807ns", 0, "292 years"}, /* this is SIM_NEVER */
        {"1h9223372036854775806ns", 0, "292 years"},
        {"106751d23h47min16.854775807s", 0, "292 years"},
        {"18446744073709551616s", 0, "does not fit"},
        {"99999999999999999999999999d", 0, "does not fit"},
        {"80/s", 2, "'/' does not belong"},
        {"1%", 1, "'%' does not belong"},
    };
    check_refused(quantity_duration, table, ARRAY_LEN(table));
}

static void sizes(void **state)
{
    (void)state;
    static const struct accepted good[] = {
        {"0B", 0},
        {"1B", 1},
        {"64KB", 64000},
        {"64KiB", 65536},
        {"1.5KiB", 1536},
        {"0.5KB", 500},
        {"256KiB", 262144},
        {"1MiB", 1048576},
        {"1MB", 1000000},
        {"2GB", 2000000000},
        {"2GiB", INT64_C(2147483648)},
        {"0.0009765625MiB", 1024},
        {"9223372036854775807B", INT64_MAX},
    };
    static const struct refused bad[] = {
        {"", 0, "missing"},
        {"64", 0, "64 needs a unit: \"64B\"?"},
        {"-1B", 0, "negative"},
        {"64kb", 2, "did you mean \"KB\"?"},
        {"64kib", 2, "did you mean \"KiB\"?"},
        {"64k", 2, "did you mean \"KB\"?"},
        {"64 KiB", 2, "blank"},
        {"64TB", 2, "unknown unit \"TB\"; there are B KB MB GB KiB MiB GiB"},
        {"5s", 1, "unknown unit \"s\""},
        {"1MiB2KiB", 4, "nothing may follow"},
        {"0.5B", 0, "not a whole number of bytes"},
        {"0.1KiB", 0, "not a whole number of bytes"},
        {"9223372036854775808B", 0, "does not fit"},
        {"8589934592GiB", 0, "does not fit"},
        {"1e3B", 1, "exponent"},
    };
    check_accepted(quantity_size, good, ARRAY_LEN(good));
    check_refused(quantity_size, bad, ARRAY_LEN(bad));
}

static void shares(void **state)
{
    (void)state;
    static const struct accepted good[] = {
        {"0", 0},           {"1", 1000000000},        {"0.01", 10000000},   {"1%", 10000000},
        {"0.1%", 1000000},  {"99.99999%", 999999900}, {"100%", 1000000000}, {"0%", 0},
        {"0.000000001", 1}, {"0.0000001%", 1},        {"1.0", 1000000000},
    };
    static const struct refused bad[] = {
        {"", 0, "missing"},
        {"-1%", 0, "negative"},
        {"101%", 0, "at most 100%"},
        {"100.0000001%", 0, "at most 100%"},
        {"1.000000001", 0, "at most 1"},
        {"50", 0, "at most 1: \"50%\"?"},
        {"500", 0, "at most 1"},
        {"0.0000000001", 0, "too fine"},
        {"0.00000001%", 0, "too fine"},
        {"1%%", 2, "percentage"},
        {"1 %", 1, "percentage"},
        {"1e-3", 1, "percentage"},
        {"half", 0, "starts with a digit"},
        {"18446744073709551615", 0, "at most 1"},
        {"18446744073709551616", 0, "does not fit"},
    };
    check_accepted(quantity_share, good, ARRAY_LEN(good));
    check_refused(quantity_share, bad, ARRAY_LEN(bad));
}

static bool rate_events(const char *text, int64_t *events, struct quantity_error *e)
{
    struct rate r = {*events, 0};
    bool ok = quantity_rate(text, &r, e);
    *events = r.events;
    return ok;
}

static bool rate_ns(const char *text, int64_t *ns, struct quantity_error *e)
{
    struct rate r = {0, *ns};
    bool ok = quantity_rate(text, &r, e);
    *ns = r.ns;
    return ok;
}

static void rates(void **state)
{
    (void)state;
    static const struct accepted events[] = {
        {"80/s", 80}, {"6000/min", 6000}, {"3600/h", 3600}, {"0.5/s", 5},      {"0/s", 0},
        {"1/d", 1},   {"2.50/s", 25},     {"10/ms", 10},    {"1.25/min", 125},
    };
    static const struct accepted ns[] = {
        {"80/s", 1000000000},   {"6000/min", 60000000000},   {"3600/h", 3600000000000},
        {"0.5/s", 10000000000}, {"1/d", 86400000000000},     {"2.50/s", 10000000000},
        {"10/ms", 1000000},     {"1.25/min", 6000000000000},
    };
    static const struct refused bad[] = {
        {"", 0, "missing"},
        {"80", 0, "80 needs a unit: \"80/s\"?"},
        {"80/", 3, "\"80/s\"?"},
        {"80/m", 3, "min or ms?"},
        {"80/sec", 3, "did you mean \"s\"?"},
        {"80/10s", 3, "does not belong"},
        {"80/s/s", 4, "nothing may follow"},
        {"80 /s", 2, "a number per time"},
        {"80s", 2, "a number per time"},
        {"-80/s", 0, "negative"},
        {"1e3/s", 1, "a number per time"},
        {"inf/s", 0, "starts with a digit"},
        {"9223372036854775808/s", 0, "does not fit"},
        {"0.000001/d", 0, "does not fit"},
        {"0.0000000000000000001/s", 0, "too fine"},
    };
    check_accepted(rate_events, events, ARRAY_LEN(events));
    check_accepted(rate_ns, ns, ARRAY_LEN(ns));
    check_refused(rate_events, bad, ARRAY_LEN(bad));
    struct rate r;
    assert_true(quantity_rate("6000/min", &r, NULL));
    assert_true(rate_per_second(r) == 100.0);
}

static void texts_are_what_people_write(void **state)
{
    (void)state;
    static const struct {
        void (*write)(int64_t, char *, size_t);
        int64_t value;
        const char *text;
    } table[] = {
        {quantity_duration_text, 0, "0s"},
        {quantity_duration_text, 1, "1ns"},
        {quantity_duration_text, 1500, "1.5us"},
        {quantity_duration_text, 250000000, "250ms"},
        {quantity_duration_text, 1500000000, "1.5s"},
        {quantity_duration_text, 1000000001, "1s1ns"},
        {quantity_duration_text, 30000000000, "30s"},
        {quantity_duration_text, 90000000000, "1min30s"},
        {quantity_duration_text, 5400000000000, "1h30min"},
        {quantity_duration_text, 3600000000001, "1h1ns"},
        {quantity_duration_text, 345600000000000, "4d"},
        {quantity_duration_text, -1500000000, "-1.5s"},
        {quantity_duration_text, INT64_MAX, "never"},
        {quantity_duration_text, INT64_MAX - 1, "106751d23h47min16.854775806s"},
        {quantity_duration_text, INT64_MIN, "-106751d23h47min16.854775808s"},
        {quantity_size_text, 0, "0B"},
        {quantity_size_text, 1, "1B"},
        {quantity_size_text, 1000, "1KB"},
        {quantity_size_text, 65536, "64KiB"},
        {quantity_size_text, 64000, "64KB"},
        {quantity_size_text, 1048576, "1MiB"},
        {quantity_size_text, 1073741824, "1GiB"},
        {quantity_size_text, 1572864, "1.5MiB"},
        {quantity_size_text, 1234567, "1234567B"},
        {quantity_size_text, INT64_MAX, "9223372036854775807B"},
        {quantity_share_text, 0, "0%"},
        {quantity_share_text, 10000000, "1%"},
        {quantity_share_text, 1, "0.0000001%"},
        {quantity_share_text, 1000000000, "100%"},
        {quantity_share_text, 999999900, "99.99999%"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char out[32];
        table[i].write(table[i].value, out, sizeof(out));
        assert_string_equal(out, table[i].text);
    }
}

static void rate_texts(void **state)
{
    (void)state;
    static const struct {
        struct rate r;
        const char *text;
    } table[] = {
        {{80, 1000000000}, "80/s"},  {{6000, 60000000000}, "100/s"},
        {{7, 60000000000}, "7/min"}, {{5, 10000000000}, "0.5/s"},
        {{0, 1000000000}, "0/s"},    {{1, 86400000000000}, "1/d"},
        {{1, 3600000000000}, "1/h"}, {{10, 1000000}, "10/ms"},
        {{1, 7}, "1/7ns"},           {{INT64_MAX, 60000000000}, "9223372036854775807/min"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char out[32];
        quantity_rate_text(table[i].r, out, sizeof(out));
        assert_string_equal(out, table[i].text);
    }
}

/* Values of all magnitudes, round and not. */
static int64_t some_value(struct testrand *r, int64_t limit)
{
    static const int64_t steps[] = {1,       10,      1000,        1024,
                                    1000000, 1048576, 60000000000, 3600000000000};
    uint64_t v = testrand_u64(r) >> (1 + testrand_below(r, 62));
    v = v / (uint64_t)steps[testrand_below(r, ARRAY_LEN(steps))] *
        (uint64_t)steps[testrand_below(r, 4)];
    return (int64_t)(v % (uint64_t)limit);
}

static void texts_parse_back(void **state)
{
    (void)state;
    struct testrand r = testrand_open("quantity", 5);
    for (int i = 0; i < 100000; i++) {
        char out[32];
        int64_t value = some_value(&r, INT64_MAX), back = -1;
        quantity_duration_text(value, out, sizeof(out));
        assert_true(quantity_duration(out, &back, NULL) && back == value);
        quantity_size_text(value, out, sizeof(out));
        assert_true(quantity_size(out, &back, NULL) && back == value);
        value %= 1000000001;
        quantity_share_text(value, out, sizeof(out));
        assert_true(quantity_share(out, &back, NULL) && back == value);
    }
}

static void rate_texts_parse_back(void **state)
{
    (void)state;
    static const char *const units[] = {"s", "min", "h", "d", "ms", "us", "ns"};
    struct testrand r = testrand_open("rates", 6);
    for (int i = 0; i < 30000; i++) {
        char text[64], out[32];
        struct rate a, b;
        snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64 "/%s", testrand_below(&r, 100000),
                 testrand_below(&r, 10000), units[testrand_below(&r, ARRAY_LEN(units))]);
        if (!quantity_rate(text, &a, NULL))
            continue;
        quantity_rate_text(a, out, sizeof(out));
        assert_true(quantity_rate(out, &b, NULL));
        assert_true((__int128)a.events * b.ns == (__int128)b.events * a.ns);
    }
}

static void no_locale_enters(void **state)
{
    (void)state;
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL && setlocale(LC_ALL, "fr_FR.UTF-8") == NULL)
        skip();
    char out[32];
    int64_t ns;
    assert_true(quantity_duration("1.5s", &ns, NULL));
    assert_int_equal(ns, 1500000000);
    quantity_duration_text(ns, out, sizeof(out));
    setlocale(LC_ALL, "C");
    assert_string_equal(out, "1.5s");
}

static void short_buffers_are_terminated(void **state)
{
    (void)state;
    char out[4] = "???";
    quantity_duration_text(5400000000000, out, sizeof(out));
    assert_string_equal(out, "1h3");
    struct quantity_error e;
    char text[300];
    memset(text, '7', sizeof(text));
    text[299] = '\0';
    assert_false(quantity_duration(text, &(sim_time){0}, &e));
    memset(text, 'q', sizeof(text));
    text[0] = '1';
    text[299] = '\0';
    assert_false(quantity_duration(text, &(sim_time){0}, &e));
    assert_true(strlen(e.text) < sizeof(e.text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_accepted),
        cmocka_unit_test(durations_refused),
        cmocka_unit_test(sizes),
        cmocka_unit_test(shares),
        cmocka_unit_test(rates),
        cmocka_unit_test(texts_are_what_people_write),
        cmocka_unit_test(rate_texts),
        cmocka_unit_test(texts_parse_back),
        cmocka_unit_test(rate_texts_parse_back),
        cmocka_unit_test(no_locale_enters),
        cmocka_unit_test(short_buffers_are_terminated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
