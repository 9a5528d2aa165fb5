/* fleet.h - workers that pull jobs from a source, do them, and delete them.
 *
 * Each worker is a small machine (worker.c): poll, take a batch, work through it in order, delete each job after it is
 * done. All chance in its work is addressed by the job (item, attempts, times received) and not by the worker, so the
 * number of workers moves nobody's work. */
#ifndef FLEET_H
#define FLEET_H

#include "steps.h"
#include "world.h"

/* Digit of the times a job was received, in its attempt code. */
#define FLEET_RADIX 256

enum fleet_key {
    FLEET_SIZE,
    FLEET_SOURCE,
    FLEET_BATCH,
    FLEET_POLL,
    FLEET_WAIT_TIME,
    FLEET_POLL_INTERVAL,
    FLEET_VISIBILITY_TIMEOUT,
    FLEET_TIME,
    FLEET_CALLS,
    FLEET_SENDS,
    FLEET_CRASH,
    FLEET_HANG,
    FLEET_PAUSE,
    FLEET_ON_FAILURE,
    N_FLEET_KEYS
};
enum fleet_crash_key { CRASH_PROBABILITY, CRASH_AT, CRASH_RESTART, N_CRASH_KEYS };
enum fleet_hang_key { HANG_PROBABILITY, HANG_FOR, N_HANG_KEYS };
enum fleet_crash_at { CRASH_START, CRASH_MIDDLE, CRASH_END };
enum fleet_poll { POLL_LONG, POLL_SHORT };
enum fleet_on_failure { FAILURE_LEAVE, FAILURE_RETURN };

enum fleet_metric {
    FM_SIZE,
    FM_BUSY,
    FM_POLLING,
    FM_UTILISATION,
    FM_RECEIVES,
    FM_EMPTY_RECEIVES,
    FM_REFUSED_RECEIVES,
    FM_RECEIVED,
    FM_PROCESSED,
    FM_FAILED,
    FM_DUPLICATES,
    FM_CRASHED,
    FM_HUNG,
    FM_DELETED,
    FM_STALE_DELETES,
    FM_RETURNED,
    FM_TRIES,
    FM_RETRIES,
    FM_TIMEOUTS,
    FM_HOLD,
    N_FLEET_METRICS
};
enum { FLEET_COUNTERS = FM_TIMEOUTS - FM_RECEIVES + 1 };

struct fleet {
    struct entity         e; /* first */
    struct entity        *source;
    const struct pull_ops *pull;
    uint32_t              size, batch;
    enum fleet_poll       poll;
    sim_time              wait_time, poll_interval, visibility;
    const struct dist    *time, *restart, *hang_for;
    int64_t               time_constant; /* -1: sampled */
    int64_t               crash_ppb, hang_ppb;
    enum fleet_crash_at   crash_at;
    enum fleet_on_failure on_failure;
    const struct backoff *pause;
    struct steps          steps;
    struct rng_stream     time_stream, crash_stream, hang_stream, fail_stream, pause_stream;
    struct slab           workers; /* struct worker; numbers 0 … made-1, never given back */
    struct fault_state    fault;

    uint64_t n_taken, n_let_go; /* jobs, since the start of the run */

    struct obs_level   size_level, busy, polling;
    struct obs_share   utilisation;
    struct obs_counter count[FLEET_COUNTERS];
    struct obs_tally   hold;
};

static inline void fleet_count(struct fleet *f, enum fleet_metric m, uint64_t by)
{
    obs_count(&f->count[m - FM_RECEIVES], world_now(f->e.world), by);
}

enum worker_state {
    WORKER_AWAY,    /* not needed, or the fleet is down */
    WORKER_POLLING, /* its poll stands in the source */
    WORKER_IDLE,    /* between polls: an API call, a pause, a restart */
    WORKER_BUSY     /* has jobs in hand */
};

struct worker {
    struct fleet     *fleet;
    uint32_t          number;
    enum worker_state state;
    struct sim_timer  timer;
    void (*next)(struct worker *);  /* what it does as soon as the frame that runs it comes back */
    void (*after)(struct worker *); /* what it does when the timer fires */
    bool              running;
    struct pull_ask   ask;
    sim_time          asked;
    struct pulled    *got; /* the batch in hand */
    uint32_t          n, at;
    uint32_t          n_let_go; /* jobs of the batch whose hold is dropped */

    /* the job being done */
    struct job        job;
    sim_time          began;
    bool              had_effect; /* its request was done before it began */
    int64_t           crash_step; /* dies when this step is under way; -1: does not */
    bool              crash_at_end;
    sim_time          restart;
    struct steps_walk walk;
    struct steps      part; /* of the fleet's steps, when it dies in one */

    struct world_spin spin;
    uint32_t          failures; /* in a row */
    sim_time          pause;
};

static inline struct worker *fleet_worker(const struct fleet *f, uint32_t number)
{
    return slab_at(&f->workers, number);
}

/* worker.c */
void worker_init(struct worker *, struct fleet *, uint32_t number, struct pulled *got);
/* An idle or away worker polls when the fleet wants it to. */
void worker_wake(struct worker *);
/* Lets go of everything at once: polls, calls, jobs in hand. It is away then. */
void worker_halt(struct worker *);
/* Stands still with what it has; a poll goes on. */
void worker_freeze(struct worker *);
/* Whether the fleet has work for a worker of that number now. */
bool fleet_wants(const struct fleet *, uint32_t number);

/* plan.c - what chance decides about one job, before it begins. */
struct plan {
    sim_time time;         /* of its own time, slowness and hanging included */
    bool     crashes, hangs;
    sim_time crash_after;  /* in its own time; -1: not there */
    int64_t  crash_step;   /* when that step is under way; -1: not there */
    bool     crash_at_end;
    sim_time restart;
};
void plan_make(const struct fleet *, const struct job *, struct plan *);
bool plan_fails(const struct fleet *, const struct job *);

/* fleet.c */
bool fleet_resize(struct fleet *, uint32_t size); /* false: memory is short. New workers are away. */
void fleet_wake(struct fleet *);
void fleet_start(struct entity *);
void fleet_fault(struct entity *, const struct fault_state *);
bool fleet_conserve(struct entity *, sim_time now, struct err *);
void fleet_close(struct entity *);

#endif
