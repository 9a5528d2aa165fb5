/* sheet_check.h - the rules that every laid out chart obeys, whatever its data: nothing leaves the page, no text overlaps
 * another, every text can be read against what lies behind it, title, alt text and table are there. */
#ifndef SHEET_CHECK_H
#define SHEET_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "charts.h"
#include "plot.h"

/* False: `why` says what is wrong. */
bool sheet_check(const struct sheet *, char *why, size_t size);
/* The text that contains `part`, or NULL. */
const struct mark *sheet_find(const struct sheet *, const char *part);
/* WCAG 2 contrast of two colours, 1 … 21. */
double contrast(uint32_t a, uint32_t b);

#endif
