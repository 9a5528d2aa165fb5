/* test_eventbridge_schedule.c - schedules: dates worked out by hand from a calendar, then random expressions against a walk over
 * every minute that keeps its own calendar (EB-48). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "eb_schedule.h"
#include "hash.h"

static int64_t at(const char *date)
{
    int64_t s;
    assert_true(eb_date_parse(date, &s));
    return s;
}

static void expect(const char *text, const char *from, const char *const *dates, size_t n)
{
    struct eb_schedule s;
    struct err err = {0};
    if (!eb_schedule_parse(&s, text, &err))
        fail_msg("%s: %s", text, err.text);
    int64_t since = at(from), t = since;
    for (size_t i = 0; i < n; i++) {
        char got[32] = "never";
        t = eb_schedule_next(&s, since, t);
        if (t != INT64_MAX)
            eb_date_text(t, got);
        if (strcmp(got, dates[i]) != 0)
            fail_msg("%s from %s: number %zu is %s, not %s", text, from, i, got, dates[i]);
    }
}
#define EXPECT(text, from, ...)                                                                                         \
    do {                                                                                                                \
        static const char *const dates_[] = {__VA_ARGS__};                                                              \
        expect(text, from, dates_, sizeof(dates_) / sizeof(dates_[0]));                                                 \
    } while (0)

/* 2026-11-01 is a Sunday. */
static void by_hand(void **state)
{
    (void)state;
    EXPECT("cron(0 12 * * ? *)", "2026-11-21T19:42:00Z", "2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z");
    EXPECT("cron(15 10 ? * MON-FRI *)", "2026-11-20T10:15:00Z", "2026-11-23T10:15:00Z", "2026-11-24T10:15:00Z");
    EXPECT("cron(0/15 * * * ? *)", "2026-12-31T23:44:59Z", "2026-12-31T23:45:00Z", "2027-01-01T00:00:00Z");
    EXPECT("cron(0/10 8-9 ? * 2-6 *)", "2026-11-20T09:40:00Z", "2026-11-20T09:50:00Z", "2026-11-23T08:00:00Z");
    EXPECT("cron(0 0 L * ? *)", "2028-01-31T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z", "2028-04-30T00:00:00Z");
    EXPECT("cron(0 0 LW * ? *)", "2026-01-01T00:00:00Z", "2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-31T00:00:00Z",
           "2026-04-30T00:00:00Z", "2026-05-29T00:00:00Z");
    /* the 1st: a Sunday in November, a Saturday in August: the weekday of the same month that is nearest */
    EXPECT("cron(0 9 1W * ? 2026)", "2026-07-15T00:00:00Z", "2026-08-03T09:00:00Z", "2026-09-01T09:00:00Z",
           "2026-10-01T09:00:00Z", "2026-11-02T09:00:00Z", "2026-12-01T09:00:00Z", "never");
    EXPECT("cron(0 9 15W * ? *)", "2026-08-01T00:00:00Z", "2026-08-14T09:00:00Z", "2026-09-15T09:00:00Z",
           "2026-10-15T09:00:00Z", "2026-11-16T09:00:00Z");
    EXPECT("cron(0 9 31W * ? *)", "2026-01-01T00:00:00Z", "2026-01-30T09:00:00Z", "2026-03-31T09:00:00Z", "2026-05-29T09:00:00Z");
    EXPECT("cron(15 10 ? * 6L 2026-2027)", "2026-11-21T00:00:00Z", "2026-11-27T10:15:00Z", "2026-12-25T10:15:00Z",
           "2027-01-29T10:15:00Z");
    EXPECT("cron(0 8 ? * 3#2 *)", "2026-11-21T00:00:00Z", "2026-12-08T08:00:00Z", "2027-01-12T08:00:00Z");
    EXPECT("cron(0 8 ? * 1#5 *)", "2026-11-01T00:00:00Z", "2026-11-29T08:00:00Z", "2027-01-31T08:00:00Z");
    EXPECT("cron(0 8 ? * L *)", "2026-11-01T00:00:00Z", "2026-11-07T08:00:00Z", "2026-11-14T08:00:00Z");
    EXPECT("cron(30 6 29 FEB ? *)", "2026-01-01T00:00:00Z", "2028-02-29T06:30:00Z", "2032-02-29T06:30:00Z");
    EXPECT("cron(0 0 1 1/3 ? 2030/50)", "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "2030-04-01T00:00:00Z",
           "2030-07-01T00:00:00Z", "2030-10-01T00:00:00Z", "2080-01-01T00:00:00Z");
    EXPECT("cron(0 0 31 2 ? *)", "2026-01-01T00:00:00Z", "never");
    EXPECT("cron(1,2,59 0 1 JAN ? 2199)", "2199-01-01T00:01:30Z", "2199-01-01T00:02:00Z", "2199-01-01T00:59:00Z", "never");
}

static void rates(void **state)
{
    (void)state;
    EXPECT("rate(5 minutes)", "2026-11-21T19:42:30Z", "2026-11-21T19:47:30Z", "2026-11-21T19:52:30Z");
    EXPECT("rate(1 minute)", "2026-12-31T23:59:00Z", "2027-01-01T00:00:00Z");
    EXPECT("rate(1 day)", "2028-02-28T12:00:00Z", "2028-02-29T12:00:00Z", "2028-03-01T12:00:00Z");
    EXPECT("rate(36 hours)", "2026-01-01T00:00:00Z", "2026-01-02T12:00:00Z");
}

static void refused(void **state)
{
    static const char *const bad[] = {
        "", "rate()", "rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "rate(5 seconds)", "rate(5minutes)",
        "rate(-5 minutes)", "rate(1.5 hours)", "rate(5 minutes", "rate(5 minutes) ", "every(5 minutes)", "cron()",
        "cron(0 12 * * ?)", "cron(0 12 * * ? * *)", "cron(0 12 * * * *)", "cron(0 12 ? * ? *)", "cron(60 12 * * ? *)",
        "cron(0 24 * * ? *)", "cron(0 0 0 * ? *)", "cron(0 0 32 * ? *)", "cron(0 0 * 13 ? *)", "cron(0 0 ? * 8 *)",
        "cron(0 0 ? * 0 *)", "cron(0 0 * * ? 1969)", "cron(0 0 * * ? 2200)", "cron(5-1 0 * * ? *)", "cron(0/0 0 * * ? *)",
        "cron(0 0 ? * 3#6 *)", "cron(0 0 ? * MON/2 *)", "cron(0 0 ? * 3W *)", "cron(L 0 * * ? *)", "cron(? 0 * * ? *)",
        "cron(0 0 1, * ? *)", "cron(0 0 * FOO ? *)", "cron(0 0 W * ? *)"};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct eb_schedule s;
        struct err err = {0};
        if (eb_schedule_parse(&s, bad[i], &err))
            fail_msg("accepted: %s", bad[i]);
        assert_true(err_is_set(&err));
    }
}

/* --- a calendar of its own: one minute after the other --- */

struct walker {
    unsigned year, month, day, hour, minute, weekday; /* weekday 1: Sunday */
};

static unsigned days_in(const struct walker *w)
{
    if (w->month == 2)
        return w->year % 4 == 0 && (w->year % 100 != 0 || w->year % 400 == 0) ? 29 : 28;
    return w->month == 4 || w->month == 6 || w->month == 9 || w->month == 11 ? 30 : 31;
}

static void step(struct walker *w)
{
    if (++w->minute < 60)
        return;
    w->minute = 0;
    if (++w->hour < 24)
        return;
    w->hour = 0;
    w->weekday = w->weekday % 7 + 1;
    if (++w->day <= days_in(w))
        return;
    w->day = 1;
    if (++w->month > 12) {
        w->month = 1;
        w->year++;
    }
}

struct wish { /* the expression as plain conditions */
    bool minute[60], hour[24], month[13];
    unsigned kind, a, b; /* of the day */
    char text[200];
};

static uint64_t seed;
static unsigned pick(unsigned n)
{
    return (unsigned)(hash_mix(seed += UINT64_C(0x9e3779b97f4a7c15)) % n);
}

/* One or two numbers, a range, a range with a step, all. */
static void make_field(char *out, size_t size, bool *on, unsigned low, unsigned high)
{
    unsigned a = low + pick(high - low + 1), b = low + pick(high - low + 1), s = 1 + pick(20);
    if (a > b) {
        unsigned c = a;
        a = b;
        b = c;
    }
    switch (pick(4)) {
    case 0:
        snprintf(out, size, "*");
        a = low, b = high, s = 1;
        break;
    case 1:
        snprintf(out, size, "%u,%u", b, a);
        on[a] = on[b] = true;
        return;
    case 2:
        snprintf(out, size, "%u-%u/%u", a, b, s);
        break;
    default:
        snprintf(out, size, "%u/%u", a, s);
        b = high;
        break;
    }
    for (unsigned v = a; v <= b; v += s)
        on[v] = true;
}

static void make_wish(struct wish *w)
{
    char minute[32], hour[32], month[32], day[32], week[32] = "?";
    memset(w, 0, sizeof(*w));
    make_field(minute, sizeof(minute), w->minute, 0, 59);
    make_field(hour, sizeof(hour), w->hour, 0, 23);
    make_field(month, sizeof(month), w->month, 1, 12);
    w->kind = pick(8);
    w->a = 1 + pick(31);
    w->b = 1 + pick(7);
    static const char *const day_form[] = {"*", "%u", "L", "LW", "%uW", "?", "?", "?"};
    snprintf(day, sizeof(day), "%s", day_form[w->kind]);
    if (w->kind == 1)
        snprintf(day, sizeof(day), "%u", w->a);
    else if (w->kind == 4)
        snprintf(day, sizeof(day), "%uW", w->a);
    else if (w->kind == 5)
        snprintf(week, sizeof(week), "%u", w->b);
    else if (w->kind == 6)
        snprintf(week, sizeof(week), "%uL", w->b);
    else if (w->kind == 7)
        snprintf(week, sizeof(week), "%u#%u", w->b, w->a = 1 + w->a % 5);
    snprintf(w->text, sizeof(w->text), "cron(%s %s %s %s %s *)", minute, hour, day, month, week);
}

/* The weekday of another day of the walker's month. */
static unsigned weekday_of(const struct walker *w, unsigned day)
{
    return (w->weekday - 1 + 35 + day - w->day) % 7 + 1;
}

/* The nearest day of the month that is Monday to Friday: looked for outwards, the earlier one first. */
static unsigned nearest(const struct walker *w, unsigned day)
{
    for (unsigned distance = 0; distance <= 2; distance++) {
        unsigned before = day - distance, after = day + distance;
        if (before >= 1 && before <= day && weekday_of(w, before) >= 2 && weekday_of(w, before) <= 6)
            return before;
        if (after <= days_in(w) && weekday_of(w, after) >= 2 && weekday_of(w, after) <= 6)
            return after;
    }
    return 0;
}

static bool wanted(const struct wish *x, const struct walker *w)
{
    if (!x->minute[w->minute] || !x->hour[w->hour] || !x->month[w->month])
        return false;
    switch (x->kind) {
    case 0:
        return true;
    case 1:
        return w->day == x->a;
    case 2:
        return w->day == days_in(w);
    case 3:
        return w->day == nearest(w, days_in(w));
    case 4:
        return x->a <= days_in(w) && w->day == nearest(w, x->a);
    case 5:
        return w->weekday == x->b;
    case 6:
        return w->weekday == x->b && w->day + 7 > days_in(w);
    default:
        return w->weekday == x->b && (w->day + 6) / 7 == x->a;
    }
}

/* Every minute from 2027-11-30 (a Tuesday) on, over the leap day of 2028. */
static void brute_force(void **state)
{
    (void)state;
    seed = 20261121;
    for (int i = 0; i < 120; i++) {
        struct wish x;
        struct eb_schedule s;
        struct err err = {0};
        struct walker w = {2027, 11, 30, 0, 0, 3};
        int64_t now = at("2027-11-30T00:00:00Z");
        make_wish(&x);
        if (!eb_schedule_parse(&s, x.text, &err))
            fail_msg("%s: %s", x.text, err.text);
        int64_t next = eb_schedule_next(&s, now, now - 1);
        for (int minute = 0; minute < 150 * 1440; minute++, now += 60, step(&w)) {
            bool fires = next == now;
            if (fires != wanted(&x, &w))
                fail_msg("seed 20261121: %s at %u-%u-%u %u:%u: %d", x.text, w.year, w.month, w.day, w.hour, w.minute, fires);
            if (fires)
                next = eb_schedule_next(&s, 0, now);
        }
    }
}

static void dates(void **state)
{
    (void)state;
    struct walker w = {1970, 1, 1, 0, 0, 5};
    for (int64_t day = 0; day < 84006; day++) { /* to 2199-12-31 */
        int64_t year;
        unsigned month, on;
        eb_date(day, &year, &month, &on);
        assert_true(year == w.year && month == w.month && on == w.day);
        assert_true(eb_days(year, month, on) == day && eb_weekday(day) == w.weekday);
        w.hour = 23;
        w.minute = 59;
        step(&w);
    }
    assert_int_equal(at("2000-01-01T00:00:00Z"), 946684800);
    assert_int_equal(at("2026-11-21T19:42Z"), 1795290120);
    int64_t s;
    assert_false(eb_date_parse("2026-02-29T00:00:00Z", &s));
    assert_false(eb_date_parse("2026-11-21", &s));
    assert_false(eb_date_parse("2026-11-21T24:00:00Z", &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),   cmocka_unit_test(by_hand),     cmocka_unit_test(rates),
        cmocka_unit_test(refused), cmocka_unit_test(brute_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
