/* hints.h - what is allowed in a scenario and yet seldom meant: things that never happen in this run. */
#ifndef HINTS_H
#define HINTS_H

#include "scenario.h"

/* As notes: nobody makes requests, a rate is 0, a fault or a producer begins after the end. */
void hints_print(const struct scenario *);
/* Which pieces of advice `check` would give, in a line; nothing where there are none. */
void hints_advice(const struct scenario *, const char *path);

#endif
