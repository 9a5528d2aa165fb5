/* worker.c - one worker's life, written as steps that name the next one (`worker_go`), now or after
 * a time (`worker_wait`). A step that is named while another runs is taken up when that one
 * returns, so a worker that finds work at once a million times makes a loop and not a million
 * frames. */
#include "plan.h"
#include "worker_loop.h"

#include <string.h>

enum { TRACE_CRASHED = 3, TRACE_EMPTY = 5 };

/* --- the lives of recorded requests --- */

struct life_event *worker_note(const struct worker *w, enum life_what what)
{
    struct life_event *e = record_job(worker_world(w), &w->got[w->at].job, what, &w->fleet->e);
    e->worker = w->number;
    e->receives = w->got[w->at].receive_count;
    return e;
}

struct life_event *worker_note_at_source(const struct fleet *f, uint32_t worker,
                                         const struct job *job, uint32_t receives,
                                         enum life_what what)
{
    struct life_event *e = record_job(f->e.world, job, what, f->source);
    e->other = f->e.index;
    e->worker = worker;
    e->receives = receives;
    return e;
}

struct life_event *worker_note_settle(const struct worker *w, enum life_what what)
{
    const struct pulled *got = &w->got[w->at];
    return worker_note_at_source(w->fleet, w->number, &got->job, got->receive_count, what);
}

/* --- the machine --- */

void worker_go(struct worker *w, worker_step *next)
{
    if (w->running)
        w->next = next;
    else
        worker_run(w, next);
}

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct worker *w = CONTAINER_OF(t, struct worker, timer);
    worker_run(w, w->after);
}

void worker_wait(struct worker *w, sim_time time, worker_step *after)
{
    if (time == 0) {
        worker_go(w, after);
        return;
    }
    w->after = after;
    sim_after(worker_world(w)->sim, &w->timer, time);
}

/* --- polling --- */

ALWAYS_INLINE void ask_now(struct worker *w)
{
    struct fleet *f = w->fleet;
    fleet_count(f, FM_RECEIVES, 1);
    w->asked = world_now(worker_world(w));
    worker_state(w, WORKER_POLLING);
    f->pull->ask(f->source, &w->ask);
}

void worker_poll(struct worker *w)
{
    if (!fleet_wants(w->fleet, w->number)) {
        worker_state(w, WORKER_AWAY);
        crowd_leave(w->fleet, w->number);
        return;
    }
    worker_state(w, WORKER_IDLE);
    worker_then(w, worker_api_latency(w), ask_now);
}

/* Nothing came. A poll that took no time is not repeated at once, whatever the settings. */
APART static void nothing(struct worker *w, enum pull_verdict verdict)
{
    struct fleet *f = w->fleet;
    fleet_count(f, verdict == PULL_OK ? FM_EMPTY_RECEIVES : FM_REFUSED_RECEIVES, 1);
    entity_trace(&f->e, TRACE_EMPTY, verdict);
    worker_state(w, WORKER_IDLE);
    if (worker_hangs(w))
        return;
    if (f->poll == POLL_SHORT || w->asked == world_now(worker_world(w)))
        worker_wait(w, f->poll_interval, worker_poll);
    else
        worker_go(w, worker_poll);
}

EVERY_WAY static void on_answer(struct pull_ask *a, const struct pulled *got, uint32_t n,
                          enum pull_verdict verdict)
{
    struct worker *w = CONTAINER_OF(a, struct worker, ask);
    struct fleet *f = w->fleet;
    if (n == 0) {
        nothing(w, verdict);
        return;
    }
    CHECK(n <= f->batch);
    if (n == 1)
        pulled_copy(w->got, got);
    else
        memcpy(w->got, got, n * sizeof(*got));
    worker_state(w, WORKER_BUSY);
    worker_takes(w, n);
    if (worker_hangs(w))
        return;
    pulse_start(w);
    if (w->running)
        w->next = worker_begin;
    else
        worker_run(w, worker_begin);
}

/* --- letting go --- */

static void note_loss(const struct worker *w)
{
    for (uint32_t i = w->n_let_go; i < w->n; i++) {
        const struct pulled *got = &w->got[i];
        if (!job_recorded(&got->job))
            continue;
        struct life_event *e = record_job(worker_world(w), &got->job, LIFE_CRASHED, &w->fleet->e);
        e->worker = w->number;
        e->receives = got->receive_count;
    }
}

/* Everything it had in mind is gone with it. */
static void drop_all(struct worker *w)
{
    pulse_stop(w);
    note_loss(w);
    while (w->n_let_go < w->n)
        worker_let_go(w);
    w->n = w->at = w->n_let_go = 0;
    flush_drop(w);
    known_forget(&w->known);
}

void worker_die(struct worker *w)
{
    worker_trace(w, TRACE_CRASHED);
    fleet_count(w->fleet, FM_CRASHED, 1);
    steps_stop(&w->walk);
    drop_all(w);
    if (w->announced)
        pools_crash(&w->fleet->pools, w->number);
    worker_state(w, WORKER_IDLE);
    worker_wait(w, w->restart, worker_poll);
}

/* --- from outside --- */

void worker_init(struct worker *w, struct fleet *f, uint32_t number, struct pulled *got)
{
    *w = (struct worker){
        .fleet = f, .number = number, .state = WORKER_AWAY, .flush = SLAB_NONE};
    w->got = f->batch == 1 ? &w->one : got;
    w->ask.max = f->batch;
    w->ask.wait = f->poll == POLL_SHORT ? 0 : f->wait_time;
    w->ask.visibility = f->visibility;
    w->ask.answer = on_answer;
    w->ask.asker = &f->e;
    w->ask.who = number;
    w->ask.source = f->source;
    w->walk.caller.who = number;
    w->pace = plan_pace(f, number);
    known_init(&w->known, f->idempotent.capacity, f->idempotent.ttl);
    sim_timer_init(&w->timer, SIM_MESSAGE, on_timer);
    sim_timer_init(&w->beat, SIM_MESSAGE, on_timer);
}

void worker_wake(struct worker *w)
{
    if (w->state == WORKER_AWAY)
        worker_go(w, worker_poll);
}

static void stop_activity(struct worker *w)
{
    sim_cancel(worker_world(w)->sim, &w->timer);
    w->next = NULL;
    steps_stop(&w->walk);
}

void worker_halt(struct worker *w)
{
    struct fleet *f = w->fleet;
    stop_activity(w);
    if (w->state == WORKER_POLLING)
        f->pull->withdraw(f->source, &w->ask);
    drop_all(w);
    worker_state(w, WORKER_AWAY);
}

void worker_leave(struct worker *w)
{
    if (w->state != WORKER_POLLING)
        return;
    if (!worker_hangs(w))
        flush_now(w);
    worker_halt(w);
    crowd_leave(w->fleet, w->number);
}

void worker_freeze(struct worker *w)
{
    stop_activity(w);
    pulse_stop(w);
    flush_freeze(w);
}

void worker_thaw(struct worker *w)
{
    flush_now(w);
}
