/* plan.h - what chance decides about one job, before it begins. For the fleet's own files only. */
#ifndef FLEET_PLAN_H
#define FLEET_PLAN_H

#include "worker.h"

struct plan {
    sim_time time; /* of its own time, slowness and hanging included */
    bool crashes, hangs, poisoned;
    sim_time crash_after; /* in its own time; -1: not there */
    int64_t crash_step;   /* when that step is under way; -1: not there */
    bool crash_at_end;
    sim_time restart;
};
void plan_make(const struct worker *, const struct job *, struct plan *);
/* That much longer, for the worker's pace and while it is slowed down. */
APART sim_time plan_stretch(const struct worker *, sim_time);
/* A sample for the job in hand: job_sample, by its request. */
ALWAYS_INLINE int64_t plan_sample(const struct worker *w, struct draws *d)
{
    const struct world *world = worker_world(w);
    if (__builtin_expect(w->job.attempt != 0, 0))
        return job_sample(world, d, &w->job);
    return draws_sample(d, request_origin(&world->requests, w->request), request_item(w->request));
}
/* The job's own time. */
ALWAYS_INLINE sim_time plan_time(const struct worker *w)
{
    struct fleet *f = w->fleet;
    sim_time t = f->time_constant >= 0 ? f->time_constant : plan_sample(w, &f->times);
    bool stretched = w->pace != 100 || (f->fault.active & FAULT_SLOW) != 0 || f->ill != NULL;
    return __builtin_expect(stretched, 0) ? plan_stretch(w, t) : t;
}
/* Nothing but that time will pass: then no plan is needed. */
ALWAYS_INLINE bool plan_is_smooth(const struct worker *w)
{
    struct fleet *f = w->fleet;
    return (f->poison.share | f->hang_ppb) == 0 &&
           (f->crash_ppb == 0 || plan_sample(w, &f->crashes) >= f->crash_ppb);
}
/* A fault makes it fail. */
APART bool plan_failed(const struct worker *, const struct job *);
ALWAYS_INLINE bool plan_fails(const struct worker *w, const struct job *job)
{
    const struct fleet *f = w->fleet;
    return ((f->fault.active & FAULT_FAIL) != 0 || f->ill != NULL) && plan_failed(w, job);
}
/* A worker's percentage of the time that a job takes. */
int64_t plan_pace(const struct fleet *, uint32_t worker);

#endif
