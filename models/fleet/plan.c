/* plan.c - the chances of one job: how long it takes, whether its worker hangs or dies over it, and
 * where.
 *
 * "In the middle" means a uniform point of processing. The length of a step is not known in
 * advance, so the own time and each step count as one part each: a point in the own time is an
 * instant of it, a point in a step is the moment at which the step is under way (a call has been
 * made and not been answered). */
#include "plan.h"

#include "fault_state.h"

#define PPB 1000000000

int64_t plan_pace(const struct fleet *f, uint32_t worker)
{
    if (f->pace == NULL)
        return 100;
    struct rng cell = rng_at(&f->pace_stream, 0, worker, 0);
    return dist_sample(f->pace, &cell);
}

/* A time and a half of it, and so on; it never overflows. */
static sim_time at_pace(sim_time t, int64_t percent)
{
    int128 long_time = (int128)t * percent / 100;
    return long_time < FAULT_TIME_MAX ? (sim_time)long_time : FAULT_TIME_MAX;
}

sim_time plan_stretch(const struct worker *w, sim_time t)
{
    const struct fleet *f = w->fleet;
    if (w->pace != 100)
        t = at_pace(t, w->pace);
    if (f->fault.active & FAULT_SLOW)
        t = fault_slowed(&f->fault, t);
    if (worker_ill(w) & FAULT_SLOW)
        t = fault_slowed(&f->ill[w->number], t);
    return t;
}

/* The job's cell behind the draw that decided on it. */
static struct rng behind_chance(const struct fleet *f, const struct rng_stream *s, const struct job *job)
{
    struct rng cell = job_cell(f->e.world, s, job);
    rng_below(&cell, PPB);
    return cell;
}

RARE static void plan_hang(const struct fleet *f, const struct job *job, struct plan *p)
{
    struct rng cell = behind_chance(f, &f->hang_stream, job);
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

RARE static void plan_crash(const struct fleet *f, const struct job *job, struct plan *p)
{
    struct rng cell = behind_chance(f, &f->crash_stream, job);
    p->crashes = true;
    p->restart = dist_sample(f->restart, &cell);
    if (f->crash_at == CRASH_MIDDLE)
        plan_middle(f, p, &cell);
    else if (f->crash_at == CRASH_START)
        p->crash_after = 0;
    else
        p->crash_at_end = true;
}

void plan_make(const struct worker *w, const struct job *job, struct plan *p)
{
    struct fleet *f = w->fleet;
    p->time = plan_time(w);
    p->crashes = p->hangs = p->poisoned = p->crash_at_end = false;
    p->crash_after = p->crash_step = -1;
    p->restart = 0;
    if (f->poison.share > 0)
        p->poisoned = poison_is(&f->poison, f->e.world, job);
    if (f->hang_ppb > 0 && job_sample(f->e.world, &f->hangs, job) < f->hang_ppb)
        plan_hang(f, job, p);
    if (f->crash_ppb > 0 && job_sample(f->e.world, &f->crashes, job) < f->crash_ppb)
        plan_crash(f, job, p);
}

/* One chance decides about the fleet's fault and the worker's own, which are independent. */
bool plan_failed(const struct worker *w, const struct job *job)
{
    const struct fleet *f = w->fleet;
    int64_t own = worker_ill(w) & FAULT_FAIL ? f->ill[w->number].probability : 0;
    int64_t all = f->fault.active & FAULT_FAIL ? f->fault.probability : 0;
    if (own == 0 && all == 0)
        return false;
    struct rng cell = job_cell(f->e.world, &f->fail_stream, job);
    return (int64_t)rng_below(&cell, PPB) < all + own - own * all / PPB;
}
