/* reproduce.h - the command line that brings one replication back, printed when a run breaks an invariant or a CHECK
 * fails. Each thread notes which replication it is in. */
#ifndef REPRODUCE_H
#define REPRODUCE_H

#include "runner.h"

void reproduce_enter(const struct runner *, const struct runner_scenario *, uint32_t replication);
void reproduce_leave(void);
/* "reproduce: afterbay run …" on stderr, for the given replication. */
void reproduce_print(const struct runner *, const struct runner_scenario *, uint32_t replication);
/* Hangs the line of the current thread's replication on failing CHECKs. */
void reproduce_install(void);

#endif
