/* advice.h - what a colleague would say about a scenario that is free of errors: settings that are
 * each right, and together do harm. Each piece is a row of a table: its number, what `afterbay
 * explain` tells, and a function that looks at the whole spec. Advice is a warning: nothing in a
 * run depends on it. */
#ifndef ADVICE_H
#define ADVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "problem.h"
#include "spec.h"

struct adviser;

struct advice {
    int code;          /* AB0501 is 501 */
    const char *name;  /* "short-visibility": also of its scenario,
                          scenarios/advice/AB0501-short-visibility.cfg */
    const char *title; /* what it says, without names */
    const char *why;   /* what goes wrong, and how much of it */
    const char *rule;  /* what it stands on: "SQS-50", or a page */
    const char *see;   /* how a run shows it */
    const char *mend;
    void (*look)(struct adviser *);
};

/* All pieces, by their numbers. NULL beyond the last. */
const struct advice *advice_at(size_t i);
const struct advice *advice_find(int code);

/* Adds a warning for everything that it finds and that run.quiet does not silence. A scenario of
 * more than 5,000 entities gets none. False: memory is short. */
bool advise(const struct spec *, struct problems *);

#endif
