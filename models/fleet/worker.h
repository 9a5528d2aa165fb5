/* worker.h - one worker: its state, and what the files that make up its life share. For the fleet's
 * own files only. */
#ifndef FLEET_WORKER_H
#define FLEET_WORKER_H

#include <assert.h>
#include <stddef.h>

#include "fleet.h"
#include "record.h"

/* Off every job's way: called, and RARE stands far away too. */
#define APART __attribute__((noinline))
#define RARE  __attribute__((noinline, cold))

enum worker_state {
    WORKER_AWAY,    /* not needed, or the fleet is down */
    WORKER_POLLING, /* its poll stands in the source */
    WORKER_IDLE,    /* between polls: an API call, a pause, a restart */
    WORKER_BUSY     /* has jobs in hand */
};

/* What every job needs comes first: a thousand workers do not fit into the nearest cache. The ask begins it, so that a
 * source can fetch all of it ahead (PULL_AHEAD). */
struct worker {
    struct pull_ask ask;
    struct fleet *fleet;
    uint32_t number;
    enum worker_state state;
    void (*next)(struct worker *);  /* what it does as soon as the frame that runs it comes back */
    void (*after)(struct worker *); /* what it does when the timer fires */
    bool running;
    bool had_effect; /* the request of the job being done was done before it began */
    bool crash_at_end, poisoned;
    uint32_t failures;  /* in a row */
    struct pulled *got; /* the batch in hand */
    uint32_t n, at;
    uint32_t n_let_go; /* jobs of the batch whose hold is dropped */
    uint32_t n_beat;
    struct pulled one;  /* the batch, where it is one job */
    struct job job; /* being done … */
    struct request *request; /* … and its request: it stays where it is as long as the job is in hand */
    sim_time began;
    sim_time asked, received;
    int64_t crash_step; /* dies when this step is under way; -1: does not */
    sim_time pause;
    int64_t pace; /* percent of the time that a job takes */
    struct sim_timer timer;
    sim_time restart;
    struct world_spin spin;

    uint32_t flush;     /* of handles that it collects; SLAB_NONE */
    struct sim_timer beat; /* of the heartbeat */
    struct steps part;     /* of the fleet's steps, when it dies in one */
    struct known known;    /* its own */
    bool announced;        /* to the fleet's connection pools */
    struct steps_walk walk;
};

static_assert(offsetof(struct worker, flush) <= PULL_AHEAD * 64, "what every job needs is fetched ahead");

static inline struct worker *fleet_worker(const struct fleet *f, uint32_t number)
{
    return slab_at(&f->workers, number);
}

/* What ails it alone. */
static inline unsigned worker_ill(const struct worker *w)
{
    const struct fleet *f = w->fleet;
    return f->ill == NULL || w->number >= f->n_ill ? 0 : f->ill[w->number].active;
}
/* It stands still, alone or with all others. */
static inline bool worker_hangs(const struct worker *w)
{
    return ((w->fleet->fault.active | worker_ill(w)) & FAULT_HANG) != 0;
}

/* What the rest of the fleet asks of a worker. */
void worker_init(struct worker *, struct fleet *, uint32_t number, struct pulled *got); /* got: NULL for a batch of one */
/* An idle or away worker polls when the fleet wants it to. */
void worker_wake(struct worker *);
/* Lets go of everything at once: polls, calls, jobs and handles in hand. It is away then. */
void worker_halt(struct worker *);
/* One that polls sends the deletes that it has collected and is away then; one at work stays until it has finished. */
void worker_leave(struct worker *);
/* Stands still with what it has; a poll goes on. */
void worker_freeze(struct worker *);
/* A poll that went on while the worker stood still. */
void worker_thaw(struct worker *);
/* One more, who is away. false: memory is short. */
bool fleet_add_worker(struct fleet *);

static inline struct world *worker_world(const struct worker *w)
{
    return w->fleet->e.world;
}

/* worker.c: names the next step, now or after a time; and the time that an API call takes. */
typedef void worker_step(struct worker *);
void worker_go(struct worker *, worker_step *);
void worker_wait(struct worker *, sim_time, worker_step *);
/* The last thing that a step does. When no time passes the next one begins within it: only for steps that cannot come
 * back to where they began without worker_go. */
ALWAYS_INLINE void worker_then(struct worker *w, sim_time time, worker_step *after)
{
    if (time == 0 && w->running)
        after(w);
    else
        worker_wait(w, time, after);
}
ALWAYS_INLINE sim_time worker_api_latency(struct worker *w)
{
    const struct fleet *f = w->fleet;
    return f->pull->latency == NULL ? 0 : f->pull->latency(f->source, &w->ask);
}
/* Folds something that happened to the job in hand into the fleet's fingerprint. */
ALWAYS_INLINE void worker_trace(struct worker *w, uint32_t what)
{
    entity_trace(&w->fleet->e, what, request_item(w->request) << 16 ^ w->job.attempt);
}
/* The number of workers that poll, or are busy, goes with their states. */
ALWAYS_INLINE void worker_state(struct worker *w, enum worker_state state)
{
    struct fleet *f = w->fleet;
    sim_time now = world_now(worker_world(w));
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
/* Drops the hold of the job that is done with. */
ALWAYS_INLINE void worker_let_go(struct worker *w)
{
    w->fleet->n_let_go++;
    request_drop(worker_world(w), w->got[w->n_let_go++].job.request);
}
/* So many are in its hands. */
ALWAYS_INLINE void worker_takes(struct worker *w, uint32_t n)
{
    w->n = n;
    w->at = w->n_let_go = 0;
    w->fleet->n_taken += n;
    fleet_count(w->fleet, FM_RECEIVED, n);
}
/* It dies: drops what it has in hand and comes back after `restart`. */
void worker_die(struct worker *);
worker_step worker_poll;

/* Written down of a recorded job: something that its worker did, and something that befell its
 * message in the source. */
struct life_event *worker_note(const struct worker *, enum life_what);
struct life_event *worker_note_at_source(const struct fleet *, uint32_t worker, const struct job *,
                                         uint32_t receives, enum life_what);
RARE struct life_event *worker_note_settle(const struct worker *, enum life_what); /* the same of the job in hand */

/* work.c: the job at hand, from its beginning to the next one. next: it is done with. */
worker_step worker_begin, worker_next;
/* fail.c: it failed, and why. */
APART void worker_failed(struct worker *, const char *why);

/* One call to the source for the job in hand. */
enum { WORKER_SETTLED = 4 }; /* in the fingerprint, plus ten times the kind */
static inline enum settle_verdict worker_settle(struct worker *w, enum settle_kind kind, sim_time extend)
{
    enum settle_verdict verdict = SETTLE_REFUSED;
    w->fleet->pull->settle(w->fleet->source, kind, &w->got[w->at].ticket, 1, extend, &verdict);
    return verdict;
}

/* remember.c: for idempotence. Whether the job's id is known; from now on it is; and the time that either takes. */
bool worker_remembers(struct worker *);
void worker_remember(struct worker *);
sim_time worker_memory_latency(struct worker *, uint32_t which);

/* pulse.c - a heartbeat over the jobs in hand. */
void pulse_start(struct worker *);
void pulse_stop(struct worker *);

/* flush.c - handles that wait for a delete together. */
void flush_slab_init(struct slab *);
void flush_add(struct worker *);
/* Deletes now what there is. */
void flush_now(struct worker *);
/* The handles are forgotten: their messages come back. */
void flush_drop(struct worker *);
void flush_freeze(struct worker *);

#endif
