/* goal.h - the search behind `afterbay goal`: bisection over a ladder of values, and the judgement of one value from
 * replications. The error probability is shared out among all values that may be tested, all comparisons and all looks
 * (Bonferroni), so the whole answer is wrong with at most that probability, unless the truth lies in the indifference zone
 * around a bound, where either answer is taken as right. */
#ifndef GOAL_H
#define GOAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "estimate.h"

enum goal_verdict {
    GOAL_MET,
    GOAL_MISSED,
    GOAL_MET_NEARLY,    /* inside the indifference zone, on the good side */
    GOAL_MISSED_NEARLY, /* … on the bad side */
    GOAL_OPEN           /* the interval reaches over the bound and out of the zone: more replications are needed */
};
extern const char *const goal_words[];
bool goal_is_met(enum goal_verdict);

/* One comparison at one value: left[i] and right[i] of each replication. good: -1 left is to be below right, 1 above, 0 exactly
 * as `held` says. zone: relative to the size of right's mean. */
struct goal_sides {
    const double *left, *right;
    size_t        n;
    int           good;
    size_t        held; /* replications in which the comparison holds */
};
enum goal_verdict goal_judge(const struct goal_sides *, double level, double zone, struct estimate *difference);

/* Numbers of replications at which a value is looked at: 20, 40, 80 …, at most `most`. Returns n when there is no further. */
uint32_t goal_round(uint32_t n, uint32_t most);
/* The level of each single interval. */
double goal_level(double error, size_t values, size_t comparisons, uint32_t most);

/* The first of the values 0 … n-1 that is feasible, when all after a feasible one are; starts at `start` and gallops away from
 * it. test returns false to give up. *answer = n: none is. False: given up. */
typedef bool goal_test(void *context, size_t value, bool *feasible);
bool goal_search(size_t n, size_t start, goal_test *, void *context, size_t *answer);
/* The most tests that a search may need. */
size_t goal_tests(size_t n);

#endif
