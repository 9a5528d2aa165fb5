/* versus.h - several scenarios against the first: every headline and every metric asked for, as paired differences. With more
 * than one opponent, the verdicts on a metric are Holm's, so that all of them together are wrong with probability 5 % at
 * most; each interval then has the level that its verdict was taken at. */
#ifndef VERSUS_H
#define VERSUS_H

#include "contrast.h"
#include "runner.h"

#define VERSUS_SCENARIOS 8
#define VERSUS_METRICS   32

struct versus_other { /* a scenario against the first */
    struct contrast list[CONTRAST_HEADLINES + VERSUS_METRICS];
    size_t          n;
};
struct versus {
    struct runner       runner;
    size_t              column[VERSUS_METRICS]; /* metrics asked for */
    size_t              n_column;
    struct versus_other other[VERSUS_SCENARIOS - 1];
};

/* After the run. False: *err says why there is nothing to compare. */
bool versus_judge(struct versus *, struct err *);
/* The contrast of that metric with another opponent; NULL: they share it not. */
const struct contrast *versus_find(const struct versus_other *, const char *name);
/* Any difference that is significant. */
bool versus_differs(const struct versus *);

/* --- versus_print.c --- */
void versus_print(const struct versus *);
/* The whole object. NULL: memory is short. */
json_t *versus_json(const struct versus *);

#endif
