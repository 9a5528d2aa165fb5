/* fh_text.c - dates without a library: days since 1970 become year, month and day by the proleptic Gregorian calendar, counted
 * from the first of March of the year 0, so that leap days come last. */
#include "fh_text.h"

#include <inttypes.h>
#include <stdio.h>

struct date {
    int64_t year;
    int month, day, hour, minute, second;
};

static struct date date_of(int64_t second)
{
    int64_t day = second / 86400 - (second % 86400 < 0), rest = second - day * 86400;
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), m = (5 * of_year + 2) / 153;
    struct date d = {.year = year + era * 400 + (m >= 10),
                     .month = (int)(m < 10 ? m + 3 : m - 9),
                     .day = (int)(of_year - (153 * m + 2) / 5 + 1),
                     .hour = (int)(rest / 3600),
                     .minute = (int)(rest / 60 % 60),
                     .second = (int)(rest % 60)};
    return d;
}

void fh_prefix(char *out, size_t size, int64_t second)
{
    struct date d = date_of(second);
    snprintf(out, size, "%04" PRId64 "/%02d/%02d/%02d/", d.year, d.month, d.day, d.hour);
}

void fh_object(char *out, size_t size, const char *stream, int version, int64_t second, const char *unique)
{
    struct date d = date_of(second);
    snprintf(out, size, "%s-%d-%04" PRId64 "-%02d-%02d-%02d-%02d-%02d-%s", stream, version, d.year, d.month, d.day, d.hour, d.minute,
             d.second, unique);
}
