/* worker_loop.h - the loop that takes up a worker's steps, inline: what is known to come first is called, and not looked up; and
 * whether it polls on. For worker.c and work.c. */
#ifndef FLEET_WORKER_LOOP_H
#define FLEET_WORKER_LOOP_H

#include "worker.h"

/* Whether the fleet has work for a worker of that number now. */
ALWAYS_INLINE bool fleet_wants(const struct fleet *f, uint32_t number)
{
    return number < f->size && (f->fault.active & (FAULT_DOWN | FAULT_HANG)) == 0 && (f->off == NULL || !f->off[number]) &&
           (f->ill == NULL || (worker_ill(fleet_worker(f, number)) & FAULT_HANG) == 0);
}

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
