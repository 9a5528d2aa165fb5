/* complain.h - what is wrong with a scenario, on stderr. */
#ifndef COMPLAIN_H
#define COMPLAIN_H

#include "problem.h"
#include "scenario.h"

/* Prints all problems (scenario may be NULL after a failed load). Returns the exit code that they ask for, 0 when there
 * are warnings only. */
int complain(const struct problems *, const struct scenario *);

#endif
