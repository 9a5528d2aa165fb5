/* trials.h - many trials on all cores. Trials are numbered; threads pull the next number; each fills its own slot;
 * slots go to the sink in order of number, one at a time. The outcome is the same for any number of threads; nothing
 * is shared but the index. At most `threads * 4` finished slots wait, so memory is bounded. */
#ifndef TRIALS_H
#define TRIALS_H

#include <stdbool.h>
#include <stddef.h>

struct trials {
    size_t n;          /* numbers 0 … n-1 */
    int    threads;    /* >= 1 */
    void  *context;
    /* Runs on any thread. Returns what the sink gets (may be NULL). */
    void *(*work)(void *context, size_t number);
    /* In order, never twice at once, on any thread: what it writes needs no lock. False ends the whole: no further
     * work is started. */
    bool (*sink)(void *context, size_t number, void *slot);
    /* Frees a slot that never reached the sink. */
    void (*drop)(void *context, void *slot);
    /* Called on the caller's thread about ten times a second (progress), never while the sink runs; may be NULL. */
    void (*tick)(void *context, size_t started, size_t finished);
    const volatile int *stop; /* non-zero: start nothing more; finished prefix still reaches the sink */
};

/* Number of slots that the sink took with true (a prefix); n when all went well. What the sink was given is the sink's,
 * also when it returned false. */
size_t trials_run(const struct trials *);
/* Processors that this process may use. */
int trials_processors(void);

#endif
