/* chart_data.h - what every chart's layout is tried with: small and large pages, very long and odd names, kinds of series
 * (ordinary, none, one point, zeros, infinities), faults that nobody would schedule. */
#ifndef CHART_DATA_H
#define CHART_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "layouts.h"
#include "sheet_check.h"

#define LONG_NAME \
    "an-entity-with-a-name-that-nobody-would-choose-but-somebody-will-write-anyway-because-nothing-forbids-it-at-all"

#define PAGES 6
#define NAMES 6
extern const struct page_size pages[PAGES];
extern const char *const names[NAMES];

/* Fails the test unless the layout is there and obeys the rules of sheet_check; frees it. */
void judge(bool ok, struct sheet *, struct err *, const char *what);

#define ON_ALL_PAGES(what, layout, data)                                             \
    for (size_t page = 0; page < PAGES; page++) {                                    \
        struct err err = {0};                                                        \
        struct sheet *s = NULL;                                                      \
        bool ok = layout(data, pages[page].width, pages[page].height, &s, &err);     \
        judge(ok, s, &err, what);                                                    \
    }

enum kind { ORDINARY, ZERO, ONE, SAME, HUGE_NUMBERS, INFINITE, MISSING, TINY, N_KIND };
extern const char *const kind_name[N_KIND];
double value_of(enum kind, size_t replication, size_t bucket, size_t n, uint64_t *state);
/* One for each bucket of each replication; free() them. */
double *values(enum kind, size_t n_replication, size_t n);

#define FAULTS 6
extern const struct fault_span fault[FAULTS];

#endif
