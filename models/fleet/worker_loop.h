/* worker_loop.h - the loop that takes up a worker's steps, inline: what is known to come first is called, and not looked up.
 * For worker.c and work.c. */
#ifndef FLEET_WORKER_LOOP_H
#define FLEET_WORKER_LOOP_H

#include "worker.h"

/* A step, and those that are named while one runs. It is not running. */
ALWAYS_INLINE void worker_run(struct worker *w, worker_step *step)
{
    w->running = true;
    w->next = NULL;
    step(w);
    while (w->next != NULL) {
        step = w->next;
        w->next = NULL;
        step(w);
    }
    w->running = false;
}

#endif
