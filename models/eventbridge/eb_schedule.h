/* eb_schedule.h - when a scheduled rule fires: rate(5 minutes), cron(0 12 * * ? *) (EB-48). All in UTC, computed exactly on
 * the calendar; times are seconds since 1970-01-01T00:00:00Z.
 *
 * cron has six fields: minutes, hours, day of month, month, day of week, year. One of the two days is `?`.
 *   minutes 0-59, hours 0-23, month 1-12 or JAN-DEC, year 1970-2199: , - * /
 *   day of month 1-31: , - * / ? L (the last) 15W (the weekday nearest to the 15th) LW (the last weekday)
 *   day of week 1-7 or SUN-SAT: , - * ? L (Saturday) 6L (the last Friday) 6#3 (the third Friday) */
#ifndef EB_SCHEDULE_H
#define EB_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

#define EB_YEAR_FIRST 1970
#define EB_YEAR_LAST  2199

struct eb_cron {
    uint64_t minutes;
    uint32_t hours, days, weekdays_near; /* bits; days: of the month; weekdays_near: 15W */
    uint16_t months;
    uint8_t weekdays, weekdays_last; /* bit 1 … 7: Sunday … Saturday; weekdays_last: 6L */
    uint8_t nth[6];                  /* [1 … 5]: 6#3 */
    bool last_day, last_weekday;     /* L, LW */
    bool any_day;                    /* neither day limits it */
    uint64_t years[4];               /* bit 0: 1970 */
};
struct eb_schedule {
    int64_t every_s; /* rate; 0: cron */
    struct eb_cron cron;
};

/* false: *err says what is wrong, ending in "at N" (position in the text, from 1) where that is known. */
bool eb_schedule_parse(struct eb_schedule *, const char *text, struct err *);
/* The first time after `after`; since: when the rule was made, from which a rate is counted. INT64_MAX: never. */
int64_t eb_schedule_next(const struct eb_schedule *, int64_t since, int64_t after);

/* "2026-11-21T19:42:00Z", with or without the seconds; false: it is no such date. */
bool eb_date_parse(const char *, int64_t *seconds);
/* Days since 1970-01-01 and back, in the Gregorian calendar. */
int64_t eb_days(int64_t year, unsigned month, unsigned day);
void eb_date(int64_t days, int64_t *year, unsigned *month, unsigned *day);
/* 1 … 7: Sunday … Saturday. */
unsigned eb_weekday(int64_t days);
unsigned eb_month_length(int64_t year, unsigned month);
/* "2026-11-21T19:42:00Z" of a time (EB-14: whole seconds). */
void eb_date_text(int64_t seconds, char out[32]);

#endif
