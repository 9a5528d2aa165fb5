/* fail.c - a job that went wrong: its message is left to its visibility timeout, or given back; then a pause. */
#include "worker.h"

enum { TRACE_FAILED = 2 };

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
    worker_wait(w, pause, worker_next);
}

/* At once, or hidden for longer each time that it was received. */
static void return_now(struct worker *w)
{
    struct fleet *f = w->fleet;
    sim_time after =
        f->return_after.n == 0 ? 0 : spans_at(&f->return_after, w->got[w->at].receive_count - 1);
    enum settle_verdict verdict = worker_settle(w, after == 0 ? SETTLE_RETURN : SETTLE_EXTEND, after);
    fleet_count(f, FM_RETURNED, verdict == SETTLED);
    if (job_recorded(&w->job)) {
        struct life_event *e =
            worker_note_settle(w, verdict == SETTLED ? LIFE_RETURNED : LIFE_EXTENDED_LATE);
        e->until = after > 0 ? e->at + after : SIM_NEVER;
        life_why(e, record_settled(verdict));
    }
    worker_trace(w, WORKER_SETTLED + 10 * SETTLE_RETURN);
    pause_then_next(w);
}

void worker_failed(struct worker *w, const char *why)
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
