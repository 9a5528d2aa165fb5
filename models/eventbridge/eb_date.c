/* eb_date.c - the calendar. Days are counted in eras of 400 years that begin in March, so that a leap day is the last of its
 * year and every rule is a division. */
#include <stdio.h>

#include "eb_schedule.h"

int64_t eb_days(int64_t year, unsigned month, unsigned day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (int64_t)((month + 9) % 12) + 2) / 5 + (int64_t)day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void eb_date(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *day = (unsigned)(of_year - (153 * m + 2) / 5 + 1);
    *month = (unsigned)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

unsigned eb_weekday(int64_t days)
{
    return (unsigned)(((days + 4) % 7 + 7) % 7) + 1; /* 1970-01-01 was a Thursday */
}

unsigned eb_month_length(int64_t year, unsigned month)
{
    static const uint8_t length[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return length[month] + (month == 2 && leap);
}

void eb_date_text(int64_t seconds, char out[32])
{
    int64_t year, days = seconds / 86400, rest = seconds % 86400;
    unsigned month, day;
    if (rest < 0) {
        days--;
        rest += 86400;
    }
    eb_date(days, &year, &month, &day);
    snprintf(out, 32, "%04d-%02u-%02uT%02d:%02d:%02dZ", (int)(year % 10000), month % 100, day % 100, (int)(rest / 3600),
             (int)(rest / 60 % 60), (int)(rest % 60));
}

static bool two_digits(const char *s, unsigned *value)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return false;
    *value = (unsigned)(s[0] - '0') * 10 + (unsigned)(s[1] - '0');
    return true;
}

bool eb_date_parse(const char *s, int64_t *seconds)
{
    unsigned century, year, month, day, hour, minute, second = 0;
    if (!two_digits(s, &century) || !two_digits(s + 2, &year) || s[4] != '-' || !two_digits(s + 5, &month) ||
        s[7] != '-' || !two_digits(s + 8, &day) || s[10] != 'T' || !two_digits(s + 11, &hour) || s[13] != ':' ||
        !two_digits(s + 14, &minute))
        return false;
    s += 16;
    if (s[0] == ':') {
        if (!two_digits(s + 1, &second))
            return false;
        s += 3;
    }
    year += century * 100;
    if (s[0] != 'Z' || s[1] != '\0' || year < EB_YEAR_FIRST || month < 1 || month > 12 || day < 1 ||
        day > eb_month_length(year, month) || hour > 23 || minute > 59 || second > 59)
        return false;
    *seconds = eb_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}
