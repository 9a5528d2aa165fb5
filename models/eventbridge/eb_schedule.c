/* eb_schedule.c - the next time of a schedule. A field is a set of bits; the next time is found by walking days, of which
 * whole years and months that do not fit are skipped. */
#include "eb_schedule.h"

#define NEVER INT64_MAX

static bool year_fits(const struct eb_cron *c, int64_t year)
{
    int64_t i = year - EB_YEAR_FIRST;
    return year >= EB_YEAR_FIRST && year <= EB_YEAR_LAST && (c->years[i / 64] >> (i % 64) & 1) != 0;
}

/* The weekday (Monday … Friday) of the same month that is nearest to the day. */
static unsigned nearest_weekday(int64_t year, unsigned month, unsigned day)
{
    unsigned length = eb_month_length(year, month), on = eb_weekday(eb_days(year, month, day));
    if (on == 7) /* Saturday: the Friday before, or in the same month the Monday after */
        return day > 1 ? day - 1 : day + 2;
    if (on == 1)
        return day < length ? day + 1 : day - 2;
    return day;
}

static bool month_day_fits(const struct eb_cron *c, int64_t year, unsigned month, unsigned day)
{
    unsigned length = eb_month_length(year, month);
    if ((c->days >> day & 1) != 0 || (c->last_day && day == length))
        return true;
    if (c->last_weekday && day == nearest_weekday(year, month, length))
        return true;
    for (unsigned d = 1; d <= length && c->weekdays_near >> d != 0; d++)
        if ((c->weekdays_near >> d & 1) != 0 && day == nearest_weekday(year, month, d))
            return true;
    return false;
}

static bool week_day_fits(const struct eb_cron *c, int64_t year, unsigned month, unsigned day)
{
    unsigned on = eb_weekday(eb_days(year, month, day));
    if ((c->weekdays >> on & 1) != 0 || (c->nth[(day - 1) / 7 + 1] >> on & 1) != 0)
        return true;
    return (c->weekdays_last >> on & 1) != 0 && day + 7 > eb_month_length(year, month);
}

static bool day_fits(const struct eb_cron *c, int64_t year, unsigned month, unsigned day)
{
    return c->any_day || month_day_fits(c, year, month, day) || week_day_fits(c, year, month, day);
}

/* The first minute of a day at or after `from` that fits; -1: none. */
static int minute_of_day(const struct eb_cron *c, int from)
{
    for (int m = from; m < 1440; m++) {
        if ((c->hours >> (m / 60) & 1) == 0)
            m += 59 - m % 60;
        else if ((c->minutes >> (m % 60) & 1) != 0)
            return m;
    }
    return -1;
}

static int64_t cron_next(const struct eb_cron *c, int64_t after)
{
    int64_t minute = after < 0 ? 0 : after / 60 + 1; /* times are full minutes */
    int64_t day_number = minute / 1440, year;
    int from = (int)(minute % 1440);
    for (;;) {
        unsigned month, day;
        eb_date(day_number, &year, &month, &day);
        if (year > EB_YEAR_LAST)
            return NEVER;
        if (!year_fits(c, year)) {
            day_number = eb_days(year + 1, 1, 1);
        } else if ((c->months >> month & 1) == 0) {
            day_number += eb_month_length(year, month) - day + 1;
        } else {
            int m = day_fits(c, year, month, day) ? minute_of_day(c, from) : -1;
            if (m >= 0)
                return (day_number * 1440 + m) * 60;
            day_number++;
        }
        from = 0;
    }
}

int64_t eb_schedule_next(const struct eb_schedule *s, int64_t since, int64_t after)
{
    if (s->every_s == 0)
        return cron_next(&s->cron, after);
    if (after < since)
        return since + s->every_s;
    return since + ((after - since) / s->every_s + 1) * s->every_s;
}
