/* walk.h - private to steps.c and to rooms whose requests all go through steps: the beginning and the end of a walk, inline. Most
 * walks have one step, which is made always and is one call. */
#ifndef WALK_H
#define WALK_H

#include "callers.h"
#include "steps.h"

#define WALK_ALWAYS INT64_C(1000000000) /* of a policy's chance */

/* --- steps.c --- */

void walk_first(struct steps_walk *, const struct job *); /* the first step, whatever it is; there may be none */
void walk_on(struct steps_walk *);                        /* the next one */

/* --- inline --- */

/* A step is over. */
ALWAYS_INLINE void walk_over(struct steps_walk *w, enum call_verdict verdict, void (*done)(struct steps_walk *, enum call_verdict))
{
    w->at++;
    if (verdict == CALL_OK && w->at < w->steps->n)
        walk_on(w);
    else
        done(w, verdict);
}

/* steps_start; r: the job's request. step_done ends in walk_over with `done`, and reply in caller_replied with step_done. */
ALWAYS_INLINE void walk_begin(struct steps_walk *w, const struct steps *steps, struct world *world, sim_time now,
                              const struct job *job, struct request *r, void (*done)(struct steps_walk *, enum call_verdict),
                              void (*step_done)(struct caller *, enum call_verdict),
                              void (*reply)(struct wire_call *, enum call_verdict))
{
    struct caller_policy *p = steps->policy;
    w->steps = steps;
    w->fan = NULL;
    w->at = 0;
    w->done = done;
    w->caller.token = 0;
    if (__builtin_expect(steps->straight, 1))
        caller_begin(&w->caller, p, world, now, job, r, 0, step_done, reply);
    else
        walk_first(w, job);
}

/* The walk ends where it would begin, with that verdict: there is no room where its first step goes, as there was none just now.
 * false: nothing has happened. */
ALWAYS_INLINE bool walk_turned_away(const struct steps *steps, const struct job *job, enum call_verdict *verdict)
{
    struct caller_policy *p = steps->policy;
    return __builtin_expect(p->wary > 0, 0) && p->chance == WALK_ALWAYS && caller_turned_away(p, job, verdict);
}

#endif
