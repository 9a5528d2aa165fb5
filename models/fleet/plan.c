/* plan.c - the chances of one job: how long it takes, whether its worker hangs or dies over it, and where.
 *
 * "In the middle" means a uniform point of processing. The length of a step is not known in advance, so the own time and
 * each step count as one part each: a point in the own time is an instant of it, a point in a step is the moment at which
 * the step is under way (a call has been made and not been answered). */
#include "fleet.h"

#include "fault_state.h"

#define PPB 1000000000

static sim_time own_time(const struct fleet *f, const struct job *job)
{
    sim_time t = f->time_constant;
    if (t < 0) {
        struct rng cell = job_cell(f->e.world, &f->time_stream, job);
        t = dist_sample(f->time, &cell);
    }
    if (f->fault.active & FAULT_SLOW)
        t = fault_slowed(&f->fault, t);
    return t;
}

static void plan_hang(const struct fleet *f, const struct job *job, struct plan *p)
{
    struct rng cell = job_cell(f->e.world, &f->hang_stream, job);
    if ((int64_t)rng_below(&cell, PPB) >= f->hang_ppb)
        return;
    p->hangs = true;
    sim_time hang = dist_sample(f->hang_for, &cell);
    p->time = hang < FAULT_TIME_MAX - p->time ? p->time + hang : FAULT_TIME_MAX;
}

static void plan_middle(const struct fleet *f, struct plan *p, struct rng *cell)
{
    uint64_t parts = f->steps.n + (p->time > 0 ? 1 : 0);
    uint64_t part = rng_below(cell, parts > 0 ? parts : 1);
    if (p->time > 0 && part == 0)
        p->crash_after = (sim_time)rng_below(cell, (uint64_t)p->time);
    else if (parts > 0)
        p->crash_step = (int64_t)(part - (p->time > 0 ? 1 : 0));
    else
        p->crash_after = 0;
}

static void plan_crash(const struct fleet *f, const struct job *job, struct plan *p)
{
    struct rng cell = job_cell(f->e.world, &f->crash_stream, job);
    if ((int64_t)rng_below(&cell, PPB) >= f->crash_ppb)
        return;
    p->crashes = true;
    p->restart = dist_sample(f->restart, &cell);
    if (f->crash_at == CRASH_MIDDLE)
        plan_middle(f, p, &cell);
    else if (f->crash_at == CRASH_START)
        p->crash_after = 0;
    else
        p->crash_at_end = true;
}

void plan_make(const struct fleet *f, const struct job *job, struct plan *p)
{
    *p = (struct plan){.time = own_time(f, job), .crash_after = -1, .crash_step = -1};
    if (f->hang_ppb > 0)
        plan_hang(f, job, p);
    if (f->crash_ppb > 0)
        plan_crash(f, job, p);
}

bool plan_fails(const struct fleet *f, const struct job *job)
{
    if ((f->fault.active & FAULT_FAIL) == 0)
        return false;
    struct rng cell = job_cell(f->e.world, &f->fail_stream, job);
    return (int64_t)rng_below(&cell, PPB) < f->fault.probability;
}
