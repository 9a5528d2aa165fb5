/* work.c - one job: what is known of it, the worker's own time, its steps, and then the delete, or
 * whatever a failure leads to; and on to the next job of the batch. */
#include "worker.h"

#include "hash.h"

enum { TRACE_DONE = 1, TRACE_FAILED, TRACE_DELETED = 4, TRACE_RECOGNISED = 6 };

ALWAYS_INLINE void next_job(struct worker *);

/* --- after the work --- */

static enum settle_verdict settle(struct worker *w, enum settle_kind kind, sim_time extend)
{
    struct fleet *f = w->fleet;
    enum settle_verdict verdict = SETTLE_REFUSED;
    f->pull->settle(f->source, kind, &w->got[w->at].ticket, 1, extend, &verdict);
    return verdict;
}

RARE static struct life_event *note_at_source(const struct worker *w, enum life_what what)
{
    const struct pulled *got = &w->got[w->at];
    return worker_note_at_source(w->fleet, w->number, &got->job, got->receive_count, what);
}

static void delete_later(struct worker *);

/* As SDKs do, a call over the quota is made again. */
ALWAYS_INLINE void delete_now(struct worker *w)
{
    enum settle_verdict verdict = settle(w, SETTLE_DONE, 0);
    bool done = verdict == SETTLED;
    if (job_recorded(&w->job))
        life_why(note_at_source(w, done ? LIFE_DELETED : LIFE_DELETED_LATE),
                 worker_settled(verdict));
    worker_trace(w, TRACE_DELETED + 10 * SETTLE_DONE);
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

ALWAYS_INLINE void delete_job(struct worker *w)
{
    if (w->fleet->delete_size > 1) {
        if (job_recorded(&w->job))
            note_at_source(w, LIFE_COLLECTED);
        flush_add(w);
        worker_go(w, next_job);
    } else {
        delete_later(w);
    }
}

static void pause_then_next(struct worker *w)
{
    struct fleet *f = w->fleet;
    struct world *world = worker_world(w);
    sim_time pause = 0;
    if (f->pause != NULL) {
        struct rng cell = job_cell(world, &f->pause_stream, &w->job);
        pause = w->pause = backoff_pause(f->pause, w->failures, w->pause, &cell);
    }
    if (pause == 0 && f->on_failure == FAILURE_RETURN && w->began == world_now(world))
        pause = f->poll_interval; /* it would fail again and again without time passing */
    w->failures++;
    worker_wait(w, pause, next_job);
}

/* At once, or hidden for longer each time that it was received. */
static void return_now(struct worker *w)
{
    struct fleet *f = w->fleet;
    sim_time after =
        f->return_after.n == 0 ? 0 : spans_at(&f->return_after, w->got[w->at].receive_count - 1);
    enum settle_verdict verdict = settle(w, after == 0 ? SETTLE_RETURN : SETTLE_EXTEND, after);
    fleet_count(f, FM_RETURNED, verdict == SETTLED);
    if (job_recorded(&w->job)) {
        struct life_event *e =
            note_at_source(w, verdict == SETTLED ? LIFE_RETURNED : LIFE_EXTENDED_LATE);
        e->until = after > 0 ? e->at + after : SIM_NEVER;
        life_why(e, worker_settled(verdict));
    }
    worker_trace(w, TRACE_DELETED + 10 * SETTLE_RETURN);
    pause_then_next(w);
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

APART static void failed(struct worker *w, const char *why)
{
    struct fleet *f = w->fleet;
    fleet_count(f, FM_FAILED, 1);
    if (job_recorded(&w->job))
        life_why(worker_note(w, LIFE_FAILED), why);
    worker_trace(w, TRACE_FAILED);
    if (f->on_failure == FAILURE_RETURN)
        worker_wait(w, worker_api_latency(w), return_now);
    else
        pause_then_next(w);
}

/* --- what the consumer remembers --- */

static struct known *memory_of(struct worker *w)
{
    return w->fleet->idempotent.memory == MEMORY_OWN ? &w->known : &w->fleet->known;
}

/* Copies of one request have one id; or each message that was sent has its own. */
static uint64_t id_of(const struct worker *w)
{
    const struct request *r = request_at(&worker_world(w)->requests, w->job.request);
    uint64_t id = (uint64_t)r->source << 40 | request_item(r);
    if (w->fleet->idempotent.by == BY_MESSAGE)
        id = hash_mix(id << 8 ^ hash_mix(w->got[w->at].job.attempt));
    return id;
}

static void remember(struct worker *w)
{
    if (!known_add(memory_of(w), world_now(worker_world(w)), id_of(w)))
        worker_world(w)->failed = true;
}

static sim_time memory_latency(struct worker *w, uint32_t which)
{
    const struct idempotence *m = &w->fleet->idempotent;
    int64_t t;
    if (m->latency == NULL)
        return 0;
    if (dist_is_constant(m->latency, &t))
        return t;
    struct job job = w->job;
    job.attempt = attempt_code(job.attempt, 2, which);
    struct rng cell = job_cell(worker_world(w), &m->stream, &job);
    return dist_sample(m->latency, &cell);
}

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
    delete_job(w);
}

/* --- the end of the work --- */

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

/* The same, where the fleet's own success is not what makes it so. */
static bool is_duplicate(const struct worker *w, const struct request *r)
{
    const struct fleet *f = w->fleet;
    const struct request_table *t = &worker_world(w)->requests;
    bool own = is_aside(f, r) || t->source[r->source]->done_at == &f->e;
    return w->had_effect || (own && is_done(f, r));
}

ALWAYS_INLINE void finished(struct worker *w)
{
    if (w->crash_at_end)
        worker_go(w, worker_die);
    else
        delete_job(w);
}

APART static void store_then_finish(struct worker *w)
{
    remember(w);
    finished(w);
}

ALWAYS_INLINE void take_effect(struct worker *w)
{
    struct fleet *f = w->fleet;
    struct world *world = worker_world(w);
    fleet_count(f, FM_PROCESSED, 1);
    if (is_duplicate(w, request_at(&world->requests, w->job.request))) {
        fleet_count(f, FM_DUPLICATES, 1);
        fleet_count(f, FM_PROCESSED_AGAIN, 1);
    }
    worker_trace(w, TRACE_DONE);
    if (job_recorded(&w->job))
        worker_note(w, LIFE_DONE)->value = world_now(world) - w->began;
    if (f->aside != NULL && is_aside(f, request_at(&world->requests, w->job.request)))
        request_at(&world->requests, w->job.request)->served |= f->served;
    request_effect(world, w->job.request, &f->e);
    w->failures = 0;
    w->pause = 0;
}

/* Effect and id in one transaction: of two at work on the same, the second one's is turned down. */
APART static void commit(struct worker *w)
{
    if (known_has(memory_of(w), world_now(worker_world(w)), id_of(w))) {
        note_recognised(w);
    } else {
        remember(w);
        take_effect(w);
    }
    finished(w);
}

ALWAYS_INLINE void succeeded(struct worker *w)
{
    struct fleet *f = w->fleet;
    if (f->idempotent.on && f->idempotent.store == STORE_WITH) {
        worker_wait(w, memory_latency(w, 1), commit);
        return;
    }
    take_effect(w);
    if (f->idempotent.on && f->idempotent.store == STORE_AFTER)
        worker_wait(w, memory_latency(w, 1), store_then_finish);
    else
        finished(w);
}

ALWAYS_INLINE void ended(struct worker *w, enum call_verdict verdict)
{
    count_hold(w);
    if (verdict != CALL_OK)
        failed(w, w->poisoned ? "poison" : record_verdict(verdict));
    else if (plan_fails(w, &w->job))
        failed(w, "fault");
    else
        succeeded(w);
}

/* --- the work --- */

static void steps_done(struct steps_walk *walk, enum call_verdict verdict)
{
    ended(CONTAINER_OF(walk, struct worker, walk), verdict);
}

static void last_step_done(struct steps_walk *walk, enum call_verdict verdict)
{
    (void)walk;
    (void)verdict; /* it dies anyway */
}

/* The step over which it dies has its turn. */
static void die_in_step(struct worker *w)
{
    w->part = (struct steps){1, w->fleet->steps.policy + w->crash_step};
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

/* The end of a job needs its request and its message, which nobody has touched since it began. */
static inline void fetch(const struct worker *w)
{
    const struct fleet *f = w->fleet;
    __builtin_prefetch(request_at(&f->e.world->requests, w->job.request), 1);
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
        steps_start(&w->walk, &f->steps, &w->job, steps_done);
        return;
    }
    w->part = (struct steps){(uint32_t)w->crash_step, f->steps.policy};
    steps_start(&w->walk, &w->part, &w->job, before_last_done);
}

ALWAYS_INLINE void do_job(struct worker *w)
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

APART static void look_up(struct worker *w)
{
    bool known = known_has(memory_of(w), world_now(worker_world(w)), id_of(w));
    if (known) {
        recognised(w);
        return;
    }
    if (w->fleet->idempotent.store == STORE_BEFORE)
        remember(w);
    do_job(w);
}

void worker_begin(struct worker *w)
{
    struct fleet *f = w->fleet;
    struct world *world = worker_world(w);
    const struct pulled *got = &w->got[w->at];
    if (world_spins(&f->e, &w->spin))
        return;
    w->job = got->job;
    w->job.attempt = attempt_code(got->job.attempt, FLEET_RADIX, got->receive_count - 1);
    w->began = world_now(world);
    w->had_effect = is_done(f, request_at(&world->requests, w->job.request));
    if (job_recorded(&w->job))
        worker_note(w, LIFE_BEGUN);
    if (f->idempotent.on)
        worker_wait(w, memory_latency(w, 0), look_up);
    else
        do_job(w);
}
