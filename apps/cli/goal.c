/* goal.c - see goal.h. */
#include "goal.h"

#include <math.h>
#include <stdlib.h>

#define FIRST 20

const char *const goal_words[] = {
    [GOAL_MET] = "met",
    [GOAL_MISSED] = "missed",
    [GOAL_MET_NEARLY] = "met, near the bound",
    [GOAL_MISSED_NEARLY] = "missed, near the bound",
    [GOAL_OPEN] = "undecided",
};

bool goal_is_met(enum goal_verdict v)
{
    return v == GOAL_MET || v == GOAL_MET_NEARLY;
}

static double mean(const double *x, size_t n)
{
    return estimate_mean(x, n, 0.95).mean;
}

enum goal_verdict goal_judge(const struct goal_sides *s, double level, double zone, struct estimate *difference)
{
    double *d = calloc(s->n + 1, sizeof *d);
    *difference = (struct estimate){.mean = NAN, .half = NAN, .low = NAN, .high = NAN};
    for (size_t i = 0; d != NULL && i < s->n; i++)
        d[i] = s->left[i] - s->right[i];
    if (d != NULL)
        *difference = estimate_mean(d, s->n, level);
    free(d);
    if (s->good == 0)
        return s->held == s->n ? GOAL_MET : GOAL_MISSED;
    const struct estimate *e = difference;
    if (e->n < s->n)
        return s->held == 0 ? GOAL_MISSED : GOAL_OPEN; /* some replications have no value */
    if (e->low == 0 && e->high == 0)
        return s->held == s->n ? GOAL_MET : GOAL_MISSED;
    bool good = (e->mean < 0) == (s->good < 0);
    if (e->low > 0 || e->high < 0)
        return good ? GOAL_MET : GOAL_MISSED;
    double room = zone * fabs(mean(s->right, s->n));
    if (e->low >= -room && e->high <= room)
        return good ? GOAL_MET_NEARLY : GOAL_MISSED_NEARLY;
    return GOAL_OPEN;
}

uint32_t goal_round(uint32_t n, uint32_t most)
{
    uint32_t next = n < FIRST ? FIRST : 2 * n;
    return next < most ? next : most > n ? most : n;
}

double goal_level(double error, size_t values, size_t comparisons, uint32_t most)
{
    size_t looks = 0;
    for (uint32_t n = 0; goal_round(n, most) > n; n = goal_round(n, most))
        looks++;
    return 1 - error / (double)(values * comparisons * (looks > 0 ? looks : 1));
}

static size_t log2_up(size_t n)
{
    size_t k = 0;
    while (((size_t)1 << k) < n)
        k++;
    return k;
}

size_t goal_tests(size_t n)
{
    return 2 * log2_up(n) + 2;
}

bool goal_search(size_t n, size_t start, goal_test *test, void *context, size_t *answer)
{
    size_t low = 0, high = n, step = 1; /* the answer lies in low … high */
    bool   feasible;
    if (n == 0) {
        *answer = 0;
        return true;
    }
    size_t at = start < n ? start : n - 1;
    if (!test(context, at, &feasible))
        return false;
    bool up = !feasible;
    while (feasible != up) { /* until one on the other side is found, or the end */
        if (up)
            low = at + 1;
        else
            high = at;
        if (up ? low >= n : high == 0)
            break;
        at = up ? (at + step < n ? at + step : n - 1) : at > step ? at - step : 0;
        step *= 2;
        if (!test(context, at, &feasible))
            return false;
    }
    if (feasible == up) {
        if (up)
            high = at;
        else
            low = at + 1;
    }
    while (low < high && high - low > 0) {
        size_t middle = low + (high - low) / 2;
        if (middle == n)
            break;
        if (!test(context, middle, &feasible))
            return false;
        if (feasible)
            high = middle;
        else
            low = middle + 1;
    }
    *answer = low;
    return true;
}
