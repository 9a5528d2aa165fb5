/* work.c - one job: what is known of it, the worker's own time, its steps, and then the delete, or
 * whatever a failure leads to; and on to the next job of the batch. */
#include "plan.h"
#include "requests.h"
#include "walk.h"
#include "worker_loop.h"

enum { TRACE_DONE = 1, TRACE_RECOGNISED = 6 };

ALWAYS_INLINE void next_job(struct worker *);

/* --- after the work --- */

static void delete_later(struct worker *);

/* As SDKs do, a call over the quota is made again. */
ALWAYS_INLINE void delete_now(struct worker *w)
{
    enum settle_verdict verdict = worker_settle(w, SETTLE_DONE, 0);
    bool done = verdict == SETTLED;
    if (job_recorded(&w->job))
        life_why(worker_note_settle(w, done ? LIFE_DELETED : LIFE_DELETED_LATE),
                 record_settled(verdict));
    worker_trace(w, WORKER_SETTLED + 10 * SETTLE_DONE);
    if (verdict == SETTLE_THROTTLED) {
        worker_wait(w, w->fleet->poll_interval, delete_later);
        return;
    }
    fleet_count(w->fleet, done ? FM_DELETED : FM_STALE_DELETES, 1);
    worker_then(w, 0, next_job);
}

static void delete_later(struct worker *w)
{
    worker_then(w, worker_api_latency(w), delete_now);
}

ALWAYS_INLINE void begin(struct worker *, bool in_loop);

/* A delete and a poll in one: what each would have done. */
ALWAYS_INLINE void swapped(struct worker *w, enum pull_swap verdict)
{
    struct fleet *f = w->fleet;
    worker_trace(w, WORKER_SETTLED + 10 * SETTLE_DONE);
    fleet_count(f, FM_DELETED, 1);
    fleet_count(f, FM_RECEIVES, 1);
    f->n_let_go++;
    requests_drop(worker_world(w), w->job.request, w->request);
    pulse_stop(w);
    w->asked = world_now(worker_world(w));
    if (verdict == SWAP_WAITS) {
        w->n = 0;
        worker_state(w, WORKER_POLLING);
        return;
    }
    obs_level_touch(&f->busy, w->asked, f->busy.value - 1);
    obs_level_touch(&f->polling, w->asked, f->polling.value + 1);
    worker_takes(w, 1);
    pulse_start(w);
    if (w->running)
        begin(w, false);
    else
        worker_run(w, worker_begin);
}

/* Where it has one job in hand, and nothing is to be told or waited for. */
ALWAYS_INLINE bool swap(struct worker *w)
{
    const struct fleet *f = w->fleet;
    if (!f->swaps || job_recorded(&w->job) || !fleet_wants(f, w->number))
        return false;
    enum pull_swap verdict = f->pull->swap(f->source, &w->one.ticket, &w->ask, &w->one);
    if (verdict == SWAP_NOT)
        return false;
    swapped(w, verdict);
    return true;
}

ALWAYS_INLINE void delete_job(struct worker *w)
{
    if (w->fleet->delete_size > 1) {
        if (job_recorded(&w->job))
            worker_note_settle(w, LIFE_COLLECTED);
        flush_add(w);
        worker_go(w, next_job);
    } else if (!swap(w)) {
        delete_later(w);
    }
}

APART static void delete_apart(struct worker *w)
{
    delete_job(w);
}

ALWAYS_INLINE void next_job(struct worker *w)
{
    worker_let_go(w);
    if (++w->at < w->n) {
        worker_go(w, worker_begin);
        return;
    }
    pulse_stop(w);
    w->n = w->at = w->n_let_go = 0;
    worker_then(w, 0, worker_poll);
}

void worker_next(struct worker *w)
{
    next_job(w);
}

/* --- the end of the work --- */

static void count_hold(struct worker *w)
{
    sim_time now = world_now(worker_world(w));
    obs_tally_add(&w->fleet->hold, now, now - w->began);
}

static void note_recognised(struct worker *w)
{
    fleet_count(w->fleet, FM_RECOGNISED, 1);
    fleet_count(w->fleet, FM_PROCESSED_AGAIN, 1);
    if (job_recorded(&w->job))
        worker_note(w, LIFE_RECOGNISED);
    worker_trace(w, TRACE_RECOGNISED);
    w->failures = 0;
    w->pause = 0;
}

/* Done before: deleted without being done again. */
APART static void recognised(struct worker *w)
{
    note_recognised(w);
    count_hold(w);
    delete_apart(w);
}

/* One of several subscribers, and not the one that counts as the request's effect: it remembers by a bit of its own. */
static bool is_aside(const struct fleet *f, const struct request *r)
{
    return f->aside != NULL && f->aside[r->source];
}

/* Whether this fleet, or what lies behind it, has done the request already. */
static bool is_done(const struct fleet *f, const struct request *r)
{
    return is_aside(f, r) ? (r->served & f->served) != 0 : (r->flags & REQUEST_EFFECT) != 0;
}

/* Where the fleet's own success is not what makes it so. */
static bool is_own(const struct worker *w, const struct request *r)
{
    const struct request_table *t = &worker_world(w)->requests;
    return is_aside(w->fleet, r) || t->source[r->source]->done_at == &w->fleet->e;
}

ALWAYS_INLINE void finished(struct worker *w)
{
    if (w->crash_at_end)
        worker_go(w, worker_die);
    else
        delete_job(w);
}

APART static void finish_apart(struct worker *w)
{
    finished(w);
}

static void store_then_finish(struct worker *w)
{
    worker_remember(w);
    finish_apart(w);
}

ALWAYS_INLINE void take_effect(struct worker *w)
{
    struct fleet *f = w->fleet;
    struct world *world = worker_world(w);
    struct request *r = w->request;
    fleet_count(f, FM_PROCESSED, 1);
    if (w->had_effect || (is_done(f, r) && is_own(w, r))) {
        fleet_count(f, FM_DUPLICATES, 1);
        fleet_count(f, FM_PROCESSED_AGAIN, 1);
    }
    worker_trace(w, TRACE_DONE);
    if (job_recorded(&w->job))
        worker_note(w, LIFE_DONE)->value = world_now(world) - w->began;
    if (is_aside(f, r))
        r->served |= f->served;
    requests_effect(world, world_now(world), w->job.request, r, &f->e);
    w->failures = 0;
    w->pause = 0;
}

/* Effect and id in one transaction: of two at work on the same, the second one's is turned down. */
APART static void commit(struct worker *w)
{
    if (worker_remembers(w)) {
        note_recognised(w);
    } else {
        worker_remember(w);
        take_effect(w);
    }
    finish_apart(w);
}

ALWAYS_INLINE void succeeded(struct worker *w)
{
    struct fleet *f = w->fleet;
    if (f->idempotent.on && f->idempotent.store == STORE_WITH) {
        worker_wait(w, worker_memory_latency(w, 1), commit);
        return;
    }
    take_effect(w);
    if (f->idempotent.on && f->idempotent.store == STORE_AFTER)
        worker_wait(w, worker_memory_latency(w, 1), store_then_finish);
    else
        finished(w);
}

ALWAYS_INLINE void ended(struct worker *w, enum call_verdict verdict)
{
    count_hold(w);
    if (verdict != CALL_OK)
        worker_failed(w, w->poisoned ? "poison" : record_verdict(verdict));
    else if (plan_fails(w, &w->job))
        worker_failed(w, "fault");
    else
        succeeded(w);
}

/* --- the work --- */

ALWAYS_INLINE void steps_done(struct steps_walk *walk, enum call_verdict verdict)
{
    ended(CONTAINER_OF(walk, struct worker, walk), verdict);
}

ALWAYS_INLINE void step_done(struct caller *caller, enum call_verdict verdict)
{
    walk_over(CONTAINER_OF(caller, struct steps_walk, caller), verdict, steps_done);
}

EVERY_WAY static void step_replied(struct wire_call *call, enum call_verdict verdict)
{
    caller_replied(call, verdict, step_done);
}

ALWAYS_INLINE void take_steps(struct worker *w)
{
    walk_begin(&w->walk, &w->fleet->steps, worker_world(w), world_now(worker_world(w)), &w->job, w->request, steps_done, step_done, step_replied);
}

static void last_step_done(struct steps_walk *walk, enum call_verdict verdict)
{
    (void)walk;
    (void)verdict; /* it dies anyway */
}

/* The step over which it dies has its turn. */
static void die_in_step(struct worker *w)
{
    w->part = (struct steps){.n = 1, .policy = w->fleet->steps.policy + w->crash_step};
    steps_start(&w->walk, &w->part, &w->job, last_step_done);
    worker_die(w);
}

static void before_last_done(struct steps_walk *walk, enum call_verdict verdict)
{
    struct worker *w = CONTAINER_OF(walk, struct worker, walk);
    if (verdict == CALL_OK)
        worker_go(w, die_in_step);
    else
        ended(w, verdict);
}

RARE static void poisoned(struct worker *w)
{
    ended(w, CALL_FAILED);
}

/* Poison is found out by the worker itself, so its calls are never made. */
RARE static bool found_poison(struct worker *w)
{
    w->poisoned = w->poisoned && world_now(worker_world(w)) < w->fleet->poison.until;
    if (!w->poisoned)
        return false;
    fleet_count(w->fleet, FM_POISONED, 1);
    poisoned(w);
    return true;
}

#define FEW_WORKERS 64 /* what so many have in hand lies in fast memory anyway */

/* The end of a job needs its request and its message, which nobody has touched since it began. */
static inline void fetch(const struct worker *w)
{
    const struct fleet *f = w->fleet;
    if (f->size <= FEW_WORKERS)
        return;
    __builtin_prefetch(w->request, 1);
    if (f->pull->soon != NULL)
        f->pull->soon(f->source, &w->got[w->at].ticket);
}

static void do_steps(struct worker *w)
{
    struct fleet *f = w->fleet;
    fetch(w);
    if (w->poisoned && found_poison(w))
        return;
    if (w->crash_step < 0 && f->steps.n == 0) {
        ended(w, CALL_OK);
        return;
    }
    if (w->crash_step < 0) {
        take_steps(w);
        return;
    }
    w->part = (struct steps){.n = (uint32_t)w->crash_step, .policy = f->steps.policy};
    steps_start(&w->walk, &w->part, &w->job, before_last_done);
}

/* Something may befall it. */
APART static void do_planned(struct worker *w)
{
    struct fleet *f = w->fleet;
    struct plan plan;
    plan_make(w, &w->job, &plan);
    w->crash_step = plan.crash_step;
    w->crash_at_end = plan.crash_at_end;
    w->restart = plan.restart;
    w->poisoned = plan.poisoned;
    if (plan.hangs)
        fleet_count(f, FM_HUNG, 1);
    if (plan.hangs && job_recorded(&w->job))
        worker_note(w, LIFE_HUNG)->until = world_now(f->e.world) + plan.time;
    if (plan.crash_after >= 0)
        worker_wait(w, plan.crash_after, worker_die);
    else
        worker_wait(w, plan.time, do_steps);
}

/* in_loop: it is the last thing that a step does which the worker's loop has taken up. Then a job that only calls others begins
 * with its call. */
ALWAYS_INLINE void do_job(struct worker *w, bool in_loop)
{
    if (!plan_is_smooth(w)) {
        do_planned(w);
        return;
    }
    w->crash_step = -1;
    w->crash_at_end = w->poisoned = false;
    sim_time time = plan_time(w);
    if (in_loop && time == 0 && w->fleet->steps.n > 0)
        take_steps(w);
    else
        worker_wait(w, time, do_steps);
}

APART static void look_up(struct worker *w)
{
    if (worker_remembers(w)) {
        recognised(w);
        return;
    }
    if (w->fleet->idempotent.store == STORE_BEFORE)
        worker_remember(w);
    do_job(w, false);
}

ALWAYS_INLINE void begin(struct worker *w, bool in_loop)
{
    struct fleet *f = w->fleet;
    struct world *world = worker_world(w);
    const struct pulled *got = &w->got[w->at];
    sim_time now = world_now(world);
    bool at_once = w->began == now; /* no time has passed since the job before began */
    job_write(&w->job, got->job.request, got->job.size, got->job.key,
              attempt_code(got->job.attempt, FLEET_RADIX, got->receive_count - 1), got->job.flags);
    w->request = request_at(&world->requests, got->job.request);
    w->began = now;
    if (at_once && world_spins(&f->e, &w->spin))
        return;
    w->had_effect = is_done(f, w->request);
    if (job_recorded(&w->job))
        worker_note(w, LIFE_BEGUN);
    if (f->idempotent.on)
        worker_wait(w, worker_memory_latency(w, 0), look_up);
    else
        do_job(w, in_loop);
}

EVERY_WAY void worker_begin(struct worker *w)
{
    begin(w, true);
}
