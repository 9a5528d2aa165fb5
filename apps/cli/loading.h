/* loading.h - a scenario for commands that look at it without running it. */
#ifndef LOADING_H
#define LOADING_H

#include "options.h"
#include "problem.h"
#include "scenario.h"

struct loading {
    struct scenario *scenario;
    struct problems  problems;
    const char     **set;
};

/* With the command's --set options; prints problems. 0 or the exit code; close in any case. */
int  loading_open(struct loading *, const char *path, const struct args *);
void loading_close(struct loading *);

#endif
