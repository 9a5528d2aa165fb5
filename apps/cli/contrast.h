/* contrast.h - two scenarios side by side: the same seed and replication give both the same traffic, so differences are
 * paired, replication by replication (common random numbers), and intervals are those of the difference. */
#ifndef CONTRAST_H
#define CONTRAST_H

#include "estimate.h"
#include "samples.h"

enum contrast_verdict {
    CONTRAST_SAME,
    CONTRAST_BETTER,
    CONTRAST_WORSE,
    CONTRAST_HIGHER,
    CONTRAST_LOWER,
    CONTRAST_UNDECIDED
};

struct contrast {
    char                  name[160];
    enum metric_unit      unit;
    int                   better; /* +1 more is better, -1 less is, 0 nobody says */
    struct paired         paired; /* of b - a */
    enum contrast_verdict verdict;
};

extern const char *const contrast_words[];

/* The headline metrics that both have, into list (room for CONTRAST_HEADLINES); returns their number. */
#define CONTRAST_HEADLINES 16
size_t contrast_headlines(struct contrast *list, const struct samples *a, const struct samples *b);
/* Any other number of both, one value a replication. False: one of them has none (ERR_DATA). */
bool contrast_values(struct contrast *, const char *name, enum metric_unit, const double *a, const double *b, size_t n,
                     struct err *);
/* The same difference judged at another level. */
void contrast_at(struct contrast *, double level);
/* How many times wider the interval of independent runs would be; NAN or infinite without an interval or a spread. */
double contrast_gain(const struct contrast *);
/* (b - a) / |a|: the relative effect; NAN or infinite when a's mean is 0. */
double contrast_relative(const struct contrast *);

#endif
