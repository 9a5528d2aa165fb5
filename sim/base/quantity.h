/* quantity.h - quantities as people write them ("1h30min", "64KiB", "80/s", "1%"), by exact decimal arithmetic:
 * no double is involved, and a value that is no whole number of nanoseconds or bytes is an error.
 * Grammar: docs/reference/scenario-format.md, section "Values". Locale-independent. */
#ifndef QUANTITY_H
#define QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "simtime.h"

struct quantity_error {
    int  column;       /* 0-based offset in the text */
    char text[160];    /* what is wrong and how to mend it */
};

/* A rate as events over nanoseconds, kept exact: "6000/min" is 6000 per 6e10 ns, "0.5/s" is 5 per 1e10 ns. */
struct rate {
    int64_t events, ns;
};

/* All return false and fill *e (may be NULL). Durations and sizes may not be negative. "m" is refused with the
 * question "min or ms?"; a bare number says that a unit is needed and shows the likely spelling. */
bool quantity_duration(const char *text, sim_time *ns, struct quantity_error *e);
bool quantity_size(const char *text, int64_t *bytes, struct quantity_error *e);
bool quantity_rate(const char *text, struct rate *r, struct quantity_error *e);
/* "1%", "0.01": parts per 10^9 (exact decimal; finer is an error), 0 … 10^9. */
bool quantity_share(const char *text, int64_t *ppb, struct quantity_error *e);

static inline double rate_per_second(struct rate r)
{
    return (double)r.events * 1e9 / (double)r.ns;
}

/* The shortest spelling that parses back to the same value ("1h30min", "64KiB", "80/s", "1%"). out is always
 * terminated; 32 bytes are enough. */
void quantity_duration_text(sim_time ns, char *out, size_t size);
void quantity_size_text(int64_t bytes, char *out, size_t size);
void quantity_rate_text(struct rate r, char *out, size_t size);
void quantity_share_text(int64_t ppb, char *out, size_t size);

#endif
