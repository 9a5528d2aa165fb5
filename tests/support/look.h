/* look.h - a world that can be looked at on the way: run it to an instant with sim_run, look, and go on. What is not there, or breaks,
 * fails the cmocka test that asked. */
#ifndef LOOK_H
#define LOOK_H

#include <stdint.h>

#include "specbuild.h"
#include "world.h"

struct look {
    struct specbuild *build;
    struct world *w;
};

struct look look_open(const char *lines);
/* Runs it to its end, with all checks. */
void look_close(struct look *);
/* Of a level as it is, of a counter so far. */
int64_t look_value(const struct look *, const char *entity, const char *metric);

#endif
