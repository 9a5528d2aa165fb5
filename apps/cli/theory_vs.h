/* theory_vs.h - what a database holds beside what theory says. */
#ifndef THEORY_VS_H
#define THEORY_VS_H

#include <stdbool.h>

#include "estimate.h"
#include "findings.h"
#include "query.h"
#include "scenario.h"

struct theory_vs {
    struct query *query; /* NULL: nothing to compare with */
    int64_t run;
};

struct theory_sim {
    bool measured;
    struct estimate e;
    double z; /* (simulated - theory) / standard error; NAN without one */
};
/* Means over replications of the value's probe. Not measured: no probe, or the run has no such
 * metric. */
struct theory_sim theory_simulated(const struct theory_vs *, const struct finding_value *);

/* The run was made from the same files and overrides. */
bool theory_same_scenario(const struct theory_vs *, const struct scenario *, const char *const *set,
                          size_t n_set);

/* Little's law at a station or queue, from one run: the number inside, and what arrivals and times
 * make of it. False: not measured there. */
struct theory_little {
    struct estimate inside, product, difference;
    double z;
};
bool theory_little(const struct theory_vs *, const struct spec_entity *, struct theory_little *);

#endif
