/* scale.h - from values to places on the page, and the ticks a reader can count with. */
#ifndef SCALE_H
#define SCALE_H

#include <stdbool.h>
#include <stddef.h>

#include "format.h"

enum scale_kind {
    SCALE_LINEAR,
    SCALE_LOG,       /* lo > 0 */
    SCALE_PERCENTILE /* shares p below 1: the place is log10(1 / (1 - p)), so p90, p99, p99.9 are equally far apart */
};

struct scale {
    enum scale_kind kind;
    double lo, hi;   /* values, lo < hi */
    double from, to; /* points on the page; from > to for an axis that grows upwards */
};

struct tick {
    double value;
    char   label[FORMAT_SIZE]; /* "" : a tick without a label */
};
#define TICKS_MAX 40

enum tick_style { TICK_NUMBER, TICK_COUNT /* whole numbers only */, TICK_MOMENT, TICK_DURATION, TICK_SHARE };

/* A scale that covers lo … hi; degenerate, infinite or NAN ranges are mended (something is always drawn). Linear
 * scales for counts are widened to the next tick at the top, when `nice`. */
struct scale scale_linear(double lo, double hi, double from, double to);
struct scale scale_log(double lo, double hi, double from, double to);
struct scale scale_percentile(double p_max, double from, double to);
/* Widens a linear scale so that its top is a tick. */
void scale_nice(struct scale *, enum tick_style, size_t want);

/* The place of v, kept inside from … to (so nothing leaves the panel; NAN: at lo). */
double scale_at(const struct scale *, double v);

/* About `want` ticks, at most TICKS_MAX, in order. Returns their number. */
size_t scale_ticks(const struct scale *, enum tick_style, size_t want, struct tick *);

#endif
