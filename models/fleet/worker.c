/* worker.c - one worker's life, written as steps that name the next one (`go`), now or after a time (`wait_for`). A step
 * that is named while another runs is taken up when that one returns, so a worker that finds work at once a million
 * times makes a loop and not a million frames. */
#include "fleet.h"

#include <string.h>

enum { TRACE_DONE = 1, TRACE_FAILED, TRACE_CRASHED, TRACE_DELETED, TRACE_EMPTY };

static void poll(struct worker *);
static void begin_job(struct worker *);
static void next_job(struct worker *);

static struct world *world_of(const struct worker *w)
{
    return w->fleet->e.world;
}

static void trace(struct worker *w, uint32_t what, const struct job *job)
{
    struct world *world = world_of(w);
    uint64_t item = request_item(request_at(&world->requests, job->request));
    entity_trace(&w->fleet->e, what, item << 16 ^ job->attempt);
}

/* --- the machine --- */

static void go(struct worker *w, void (*next)(struct worker *))
{
    w->next = next;
    if (w->running)
        return;
    w->running = true;
    while (w->next != NULL) {
        next = w->next;
        w->next = NULL;
        next(w);
    }
    w->running = false;
}

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct worker *w = CONTAINER_OF(t, struct worker, timer);
    go(w, w->after);
}

static void wait_for(struct worker *w, sim_time time, void (*after)(struct worker *))
{
    if (time == 0) {
        go(w, after);
        return;
    }
    w->after = after;
    sim_after(world_of(w)->sim, &w->timer, time);
}

static sim_time api_latency(struct worker *w)
{
    struct fleet *f = w->fleet;
    return f->pull->latency == NULL ? 0 : f->pull->latency(f->source, &w->ask);
}

static void set_state(struct worker *w, enum worker_state state)
{
    struct fleet *f = w->fleet;
    sim_time now = world_now(world_of(w));
    if (w->state == state)
        return;
    if (w->state == WORKER_POLLING)
        obs_level_add(&f->polling, now, -1);
    else if (w->state == WORKER_BUSY)
        obs_level_add(&f->busy, now, -1);
    if (state == WORKER_POLLING)
        obs_level_add(&f->polling, now, 1);
    else if (state == WORKER_BUSY)
        obs_level_add(&f->busy, now, 1);
    w->state = state;
}

/* --- polling --- */

static void ask_now(struct worker *w)
{
    struct fleet *f = w->fleet;
    fleet_count(f, FM_RECEIVES, 1);
    w->asked = world_now(world_of(w));
    w->ask.max = f->batch;
    w->ask.wait = f->poll == POLL_SHORT ? 0 : f->wait_time;
    w->ask.visibility = f->visibility;
    set_state(w, WORKER_POLLING);
    f->pull->ask(f->source, &w->ask);
}

static void poll(struct worker *w)
{
    if (!fleet_wants(w->fleet, w->number)) {
        set_state(w, WORKER_AWAY);
        return;
    }
    set_state(w, WORKER_IDLE);
    wait_for(w, api_latency(w), ask_now);
}

/* Nothing came. A poll that took no time is not repeated at once, whatever the settings. */
static void nothing(struct worker *w, enum pull_verdict verdict)
{
    struct fleet *f = w->fleet;
    fleet_count(f, verdict == PULL_OK ? FM_EMPTY_RECEIVES : FM_REFUSED_RECEIVES, 1);
    entity_trace(&f->e, TRACE_EMPTY, verdict);
    set_state(w, WORKER_IDLE);
    if (f->fault.active & FAULT_HANG)
        return;
    if (f->poll == POLL_SHORT || w->asked == world_now(world_of(w)))
        wait_for(w, f->poll_interval, poll);
    else
        go(w, poll);
}

static void on_answer(struct pull_ask *a, const struct pulled *got, uint32_t n, enum pull_verdict verdict)
{
    struct worker *w = CONTAINER_OF(a, struct worker, ask);
    struct fleet *f = w->fleet;
    if (n == 0) {
        nothing(w, verdict);
        return;
    }
    CHECK(n <= f->batch);
    memcpy(w->got, got, n * sizeof(*got));
    w->n = n;
    w->at = w->n_let_go = 0;
    f->n_taken += n;
    fleet_count(f, FM_RECEIVED, n);
    set_state(w, WORKER_BUSY);
    if ((f->fault.active & FAULT_HANG) == 0)
        go(w, begin_job);
}

/* --- letting go --- */

static void let_go(struct worker *w)
{
    w->fleet->n_let_go++;
    request_drop(world_of(w), w->got[w->n_let_go++].job.request);
}

static void drop_batch(struct worker *w)
{
    while (w->n_let_go < w->n)
        let_go(w);
    w->n = w->at = w->n_let_go = 0;
}

static void crash(struct worker *w)
{
    trace(w, TRACE_CRASHED, &w->job);
    fleet_count(w->fleet, FM_CRASHED, 1);
    steps_stop(&w->walk);
    drop_batch(w);
    set_state(w, WORKER_IDLE);
    wait_for(w, w->restart, poll);
}

/* --- after the work --- */

static void settle(struct worker *w, enum settle_kind kind)
{
    struct fleet *f = w->fleet;
    enum settle_verdict verdict = SETTLE_REFUSED;
    f->pull->settle(f->source, kind, &w->got[w->at].ticket, 1, 0, &verdict);
    if (kind == SETTLE_RETURN)
        fleet_count(f, FM_RETURNED, verdict == SETTLED);
    else
        fleet_count(f, verdict == SETTLED ? FM_DELETED : FM_STALE_DELETES, 1);
    trace(w, TRACE_DELETED + 10 * kind, &w->job);
}

static void delete_now(struct worker *w)
{
    settle(w, SETTLE_DONE);
    go(w, next_job);
}

static void pause_then_next(struct worker *w)
{
    struct fleet *f = w->fleet;
    sim_time pause = 0;
    if (f->pause != NULL) {
        struct rng cell = job_cell(world_of(w), &f->pause_stream, &w->job);
        pause = w->pause = backoff_pause(f->pause, w->failures, w->pause, &cell);
    }
    if (pause == 0 && f->on_failure == FAILURE_RETURN && w->began == world_now(world_of(w)))
        pause = f->poll_interval; /* it would fail again and again without time passing */
    w->failures++;
    wait_for(w, pause, next_job);
}

static void return_now(struct worker *w)
{
    settle(w, SETTLE_RETURN);
    pause_then_next(w);
}

/* Deletes of a whole batch in one call are to come here: now each job is deleted when it is done. */
static void next_job(struct worker *w)
{
    let_go(w);
    if (++w->at < w->n) {
        go(w, begin_job);
        return;
    }
    w->n = w->at = w->n_let_go = 0;
    go(w, poll);
}

static void failed(struct worker *w)
{
    struct fleet *f = w->fleet;
    fleet_count(f, FM_FAILED, 1);
    trace(w, TRACE_FAILED, &w->job);
    if (f->on_failure == FAILURE_RETURN)
        wait_for(w, api_latency(w), return_now);
    else
        pause_then_next(w);
}

/* Whether the request is done already, where the fleet's own success is not what makes it so. */
static bool is_duplicate(const struct worker *w, const struct request *r)
{
    const struct request_table *t = &world_of(w)->requests;
    bool done = (r->flags & REQUEST_EFFECT) != 0;
    return w->had_effect || (done && t->source[r->source]->done_at == &w->fleet->e);
}

static void succeeded(struct worker *w)
{
    struct fleet *f = w->fleet;
    struct world *world = world_of(w);
    fleet_count(f, FM_PROCESSED, 1);
    if (is_duplicate(w, request_at(&world->requests, w->job.request)))
        fleet_count(f, FM_DUPLICATES, 1);
    trace(w, TRACE_DONE, &w->job);
    request_effect(world, w->job.request, &f->e);
    w->failures = 0;
    w->pause = 0;
    if (w->crash_at_end)
        go(w, crash);
    else
        wait_for(w, api_latency(w), delete_now);
}

static void ended(struct worker *w, enum call_verdict verdict)
{
    sim_time now = world_now(world_of(w));
    obs_tally_add(&w->fleet->hold, now, now - w->began);
    if (verdict == CALL_OK && !plan_fails(w->fleet, &w->job))
        succeeded(w);
    else
        failed(w);
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
    crash(w);
}

static void before_last_done(struct steps_walk *walk, enum call_verdict verdict)
{
    struct worker *w = CONTAINER_OF(walk, struct worker, walk);
    if (verdict == CALL_OK)
        go(w, die_in_step);
    else
        ended(w, verdict);
}

static void do_steps(struct worker *w)
{
    struct fleet *f = w->fleet;
    if (w->crash_step < 0) {
        steps_start(&w->walk, &f->steps, &w->job, steps_done);
        return;
    }
    w->part = (struct steps){(uint32_t)w->crash_step, f->steps.policy};
    steps_start(&w->walk, &w->part, &w->job, before_last_done);
}

static void begin_job(struct worker *w)
{
    struct fleet *f = w->fleet;
    struct world *world = world_of(w);
    const struct pulled *got = &w->got[w->at];
    struct plan plan;
    if (world_spins(&f->e, &w->spin))
        return;
    w->job = got->job;
    w->job.attempt = attempt_code(got->job.attempt, FLEET_RADIX, got->receive_count - 1);
    w->began = world_now(world);
    w->had_effect = (request_at(&world->requests, w->job.request)->flags & REQUEST_EFFECT) != 0;
    plan_make(f, &w->job, &plan);
    w->crash_step = plan.crash_step;
    w->crash_at_end = plan.crash_at_end;
    w->restart = plan.restart;
    if (plan.hangs)
        fleet_count(f, FM_HUNG, 1);
    if (plan.crash_after >= 0)
        wait_for(w, plan.crash_after, crash);
    else
        wait_for(w, plan.time, do_steps);
}

/* --- from outside --- */

void worker_init(struct worker *w, struct fleet *f, uint32_t number, struct pulled *got)
{
    *w = (struct worker){.fleet = f, .number = number, .state = WORKER_AWAY, .got = got};
    w->ask.answer = on_answer;
    w->ask.asker = &f->e;
    w->ask.source = f->source;
    sim_timer_init(&w->timer, SIM_MESSAGE, on_timer);
}

void worker_wake(struct worker *w)
{
    if (w->state == WORKER_AWAY)
        go(w, poll);
}

static void stop_activity(struct worker *w)
{
    sim_cancel(world_of(w)->sim, &w->timer);
    w->next = NULL;
    steps_stop(&w->walk);
}

void worker_halt(struct worker *w)
{
    struct fleet *f = w->fleet;
    stop_activity(w);
    if (w->state == WORKER_POLLING)
        f->pull->withdraw(f->source, &w->ask);
    drop_batch(w);
    set_state(w, WORKER_AWAY);
}

void worker_freeze(struct worker *w)
{
    stop_activity(w);
}
