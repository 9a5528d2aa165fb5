/* format.h - numbers as people read them on a chart or in a table: thousands apart, a true minus sign, units kept with
 * the value. No locale can reach it: the same bytes everywhere. Each writes at most FORMAT_SIZE bytes. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "result.h"

#define FORMAT_SIZE 48

/* "1,234.50"; what is no number is "none", infinities "∞" and "−∞". digits 0 … 9. */
void format_fixed(char *out, double x, int digits);
/* Three significant digits or the whole part, whichever is longer: "0.00123", "1.23", "1,234,567"; "1.23e18" when the
 * number is too long to be read. */
void format_number(char *out, double x);
/* For titles: as format_number, but rounded to three digits: "210,000". */
void format_round(char *out, double x);
/* A length of time in the unit that fits, three digits: "850 µs", "2.10 s", "35.2 min", "2.5 h". */
void format_duration(char *out, double seconds);
/* A moment of the run: "0", "45 s", "1 h 10 min", "1 d 4 h"; finer than a second only below ten seconds. */
void format_moment(char *out, double seconds);
/* A share: "13.9 %"; never rounded to 0 or 100 when it is not: "0.004 %", "99.998 %". */
void format_share(char *out, double share);
/* A value of a metric with its unit. */
void format_value(char *out, double x, enum metric_unit);
/* A difference: as format_value with a sign; shares in percentage points. */
void format_difference(char *out, double x, enum metric_unit);
/* Both ends of an interval, of values or (sign) of differences, in one unit and with the digits that tell them apart:
 * "+13.76 to +14.04 points", "194.92 to 195.08 ms".
 * Writes at most FORMAT_RANGE_SIZE bytes. */
#define FORMAT_RANGE_SIZE (2 * FORMAT_SIZE + 16)
void format_range(char *out, double low, double high, enum metric_unit, bool sign);
/* The unit that the database names so ("ns", "share", "1/s" …); anything unknown is a plain number. */
enum metric_unit format_unit_of(const char *stored);
/* The name of a unit for an axis: "s", "bytes", "per second" …; "" for plain numbers. */
const char *format_unit(enum metric_unit);

#endif
