/* estimate_about.h - an estimate of twenty replications, as the tests of charts want it. */
#ifndef ESTIMATE_ABOUT_H
#define ESTIMATE_ABOUT_H

#include "estimate.h"

static inline struct estimate about(double mean, double half)
{
    return (struct estimate){.n = 20,
                             .mean = mean,
                             .half = half,
                             .low = mean - half,
                             .high = mean + half,
                             .level = 0.95};
}

#endif
