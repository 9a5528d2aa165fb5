/* dist_lines.h - samples of sixteen neighbours in one go: laws that need no more than a cell's first word, nearly always. */
#ifndef DIST_LINES_H
#define DIST_LINES_H

#include "dist.h"
#include "rng_lines.h"

#define DIST_LINE RNG_LINE

union draw {
    int64_t whole;
    double  unit;
};

/* out[i] is what dist_sample answers (with no law: rng_exponential) in a cell whose first word is word[i]. The answer tells
 * which are missing, bit i for out[i]: about one in a hundred needs more than a word, or is out of the ordinary. */
struct dist_line {
    unsigned (*make)(const struct dist *, const uint64_t word[DIST_LINE], union draw out[DIST_LINE]);
};

/* NULL: samples of this law, or on this processor, are made one by one. dist = NULL: the unit exponential. */
const struct dist_line *dist_line(const struct dist *);

#endif
