/* eb_schedule_parse.c - schedule expressions read. A field is items joined by commas; an item is `*`, a number or name, a
 * range, each perhaps with a step, or one of the marks that only days have. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "eb_schedule.h"

struct reader {
    const char *text, *at;
    struct err *err;
};
struct field { /* what a field may hold */
    const char *name;
    unsigned low, high;
    const char *const *words; /* of low, low + 1 … */
    unsigned n_words;
    bool steps;
};

static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
static const char *const day_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

static const struct field minutes = {"minutes", 0, 59, NULL, 0, true}, hours = {"hours", 0, 23, NULL, 0, true},
                          month_days = {"day of month", 1, 31, NULL, 0, true},
                          months = {"month", 1, 12, month_names, ARRAY_LEN(month_names), true},
                          week_days = {"day of week", 1, 7, day_names, ARRAY_LEN(day_names), false},
                          years = {"year", EB_YEAR_FIRST, EB_YEAR_LAST, NULL, 0, true};

static __attribute__((format(printf, 2, 3))) bool wrong(const struct reader *r, const char *format, ...)
{
    char text[200];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    return err_set(r->err, ERR_DATA, "%s, at %d", text, (int)(r->at - r->text) + 1);
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool word_is(const char *at, const char *word)
{
    for (; *word != '\0'; word++, at++)
        if (upper(*at) != *word)
            return false;
    return true;
}

static bool take(struct reader *r, char c)
{
    if (upper(*r->at) != c)
        return false;
    r->at++;
    return true;
}

static bool read_digits(struct reader *r, unsigned *value)
{
    unsigned v = 0;
    const char *start = r->at;
    for (; *r->at >= '0' && *r->at <= '9' && r->at - start < 5; r->at++)
        v = v * 10 + (unsigned)(*r->at - '0');
    *value = v;
    return r->at > start && !(*r->at >= '0' && *r->at <= '9');
}

static bool read_value(struct reader *r, const struct field *f, unsigned *value)
{
    for (unsigned i = 0; i < f->n_words; i++)
        if (word_is(r->at, f->words[i])) {
            r->at += 3;
            *value = f->low + i;
            return true;
        }
    const char *start = r->at;
    if (!read_digits(r, value))
        return wrong(r, "%s: a number is expected", f->name);
    if (*value < f->low || *value > f->high) {
        r->at = start;
        return wrong(r, "%s: %u is not in %u-%u", f->name, *value, f->low, f->high);
    }
    return true;
}

typedef void (*put_function)(struct eb_cron *, unsigned value);

static bool read_step(struct reader *r, const struct field *f, unsigned *step)
{
    *step = 1;
    if (*r->at != '/')
        return true;
    if (!f->steps)
        return wrong(r, "%s: '/' is not possible here", f->name);
    r->at++;
    if (!read_digits(r, step) || *step == 0)
        return wrong(r, "%s: a step of 1 or more is expected", f->name);
    return true;
}

/* The rest of an item whose first value is read: -high, /step. */
static bool read_rest(struct reader *r, const struct field *f, unsigned low, bool all, struct eb_cron *c, put_function put)
{
    unsigned high = all ? f->high : low, step;
    if (!all && take(r, '-')) {
        if (!read_value(r, f, &high))
            return false;
        if (high < low)
            return wrong(r, "%s: a range goes from low to high", f->name);
    } else if (!all && *r->at == '/') {
        high = f->high;
    }
    if (!read_step(r, f, &step))
        return false;
    for (unsigned v = low; v <= high; v += step)
        put(c, v);
    return true;
}

static bool read_item(struct reader *r, const struct field *f, struct eb_cron *c, put_function put)
{
    unsigned low = f->low;
    bool all = take(r, '*');
    if (!all && !read_value(r, f, &low))
        return false;
    return read_rest(r, f, low, all, c, put);
}

static bool read_field(struct reader *r, const struct field *f, struct eb_cron *c, put_function put)
{
    do {
        if (!read_item(r, f, c, put))
            return false;
    } while (take(r, ','));
    return true;
}

static void put_minute(struct eb_cron *c, unsigned v)
{
    c->minutes |= UINT64_C(1) << v;
}
static void put_hour(struct eb_cron *c, unsigned v)
{
    c->hours |= 1u << v;
}
static void put_day(struct eb_cron *c, unsigned v)
{
    c->days |= 1u << v;
}
static void put_month(struct eb_cron *c, unsigned v)
{
    c->months |= (uint16_t)(1u << v);
}
static void put_weekday(struct eb_cron *c, unsigned v)
{
    c->weekdays |= (uint8_t)(1u << v);
}
static void put_year(struct eb_cron *c, unsigned v)
{
    unsigned i = v - EB_YEAR_FIRST;
    c->years[i / 64] |= UINT64_C(1) << (i % 64);
}

/* L, LW, 15W, and all that other fields have. */
static bool read_month_day(struct reader *r, struct eb_cron *c)
{
    do {
        unsigned day;
        if (take(r, 'L')) {
            if (take(r, 'W'))
                c->last_weekday = true;
            else
                c->last_day = true;
        } else if (*r->at == '*') {
            if (!read_item(r, &month_days, c, put_day))
                return false;
        } else if (!read_value(r, &month_days, &day)) {
            return false;
        } else if (take(r, 'W')) {
            c->weekdays_near |= 1u << day;
        } else if (!read_rest(r, &month_days, day, false, c, put_day)) {
            return false;
        }
    } while (take(r, ','));
    return true;
}

/* L, 6L, 6#3, and all that other fields have but steps. */
static bool read_week_day(struct reader *r, struct eb_cron *c)
{
    do {
        unsigned day, nth;
        if (take(r, 'L')) {
            put_weekday(c, 7);
        } else if (*r->at == '*') {
            if (!read_item(r, &week_days, c, put_weekday))
                return false;
        } else if (!read_value(r, &week_days, &day)) {
            return false;
        } else if (take(r, 'L')) {
            c->weekdays_last |= (uint8_t)(1u << day);
        } else if (take(r, '#')) {
            if (!read_digits(r, &nth) || nth < 1 || nth > 5)
                return wrong(r, "day of week: after '#' comes 1-5");
            c->nth[nth] |= (uint8_t)(1u << day);
        } else if (!read_rest(r, &week_days, day, false, c, put_weekday)) {
            return false;
        }
    } while (take(r, ','));
    return true;
}

static bool read_blank(struct reader *r)
{
    if (*r->at != ' ')
        return wrong(r, "cron has six fields: minutes hours day-of-month month day-of-week year");
    while (*r->at == ' ')
        r->at++;
    return true;
}

static bool read_days(struct reader *r, struct eb_cron *c)
{
    bool no_month_day = take(r, '?');
    if (!no_month_day && !read_month_day(r, c))
        return false;
    if (!read_blank(r) || !read_field(r, &months, c, put_month) || !read_blank(r))
        return false;
    bool no_week_day = take(r, '?');
    if (no_month_day == no_week_day)
        return wrong(r, "one of day of month and day of week is '?'");
    return no_week_day || read_week_day(r, c);
}

static bool read_cron(struct reader *r, struct eb_cron *c)
{
    return read_field(r, &minutes, c, put_minute) && read_blank(r) && read_field(r, &hours, c, put_hour) &&
           read_blank(r) && read_days(r, c) && read_blank(r) && read_field(r, &years, c, put_year);
}

/* 1 minute, 5 minutes: the unit has the number of the value. */
static bool read_rate(struct reader *r, int64_t *every)
{
    static const struct {
        const char *name;
        int64_t s;
    } unit[] = {{"minute", 60}, {"hour", 3600}, {"day", 86400}};
    int64_t n = 0;
    const char *start = r->at;
    for (; *r->at >= '0' && *r->at <= '9' && r->at - start < 8; r->at++)
        n = n * 10 + (*r->at - '0');
    if (n < 1)
        return wrong(r, "rate: a whole number above 0 is expected");
    if (!read_blank(r))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(unit); i++) {
        size_t length = strlen(unit[i].name);
        if (strncmp(r->at, unit[i].name, length) != 0)
            continue;
        r->at += length;
        if ((*r->at == 's') != (n > 1))
            return wrong(r, "rate: 1 %s, but 2 %ss", unit[i].name, unit[i].name);
        r->at += n > 1;
        *every = n * unit[i].s;
        return true;
    }
    return wrong(r, "rate: minute(s), hour(s) or day(s) are expected");
}

bool eb_schedule_parse(struct eb_schedule *s, const char *text, struct err *err)
{
    struct reader r = {text, text, err};
    bool rate = strncmp(text, "rate(", 5) == 0;
    *s = (struct eb_schedule){.every_s = 0};
    if (!rate && strncmp(text, "cron(", 5) != 0)
        return wrong(&r, "a schedule is rate(…) or cron(…)");
    r.at += 5;
    if (!(rate ? read_rate(&r, &s->every_s) : read_cron(&r, &s->cron)))
        return false;
    s->cron.any_day = !rate && s->cron.days == 0xfffffffe && s->cron.weekdays == 0;
    if (r.at[0] != ')' || r.at[1] != '\0')
        return wrong(&r, "%s: ')' and nothing more is expected", rate ? "rate" : "cron");
    return true;
}
