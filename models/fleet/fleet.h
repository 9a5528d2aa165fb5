/* fleet.h - workers that pull jobs from a source, do them, and delete them.
 *
 * Each worker is a small machine (worker.c: polling; work.c: one job): poll, take a batch, work
 * through it in order, delete each job after it is done. All chance in its work is addressed by the
 * job (item, attempts, times received) and not by the worker, so the number of workers moves
 * nobody's work. (The one exception is asked for: `pace`.) Around that stand what people build
 * around it: a heartbeat (pulse.c), deletes in batches (flush.c), a memory of ids (known.c). */
#ifndef FLEET_H
#define FLEET_H

#include "crew.h"
#include "draws.h"
#include "known.h"
#include "poison.h"
#include "pools.h"
#include "steps.h"
#include "world.h"

/* Digit of the times a job was received, in its attempt code. */
#define FLEET_RADIX     256
#define FLEET_BATCH_MAX 10 /* jobs or handles in one call */

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
    FLEET_RETURN_AFTER,
    FLEET_HEARTBEAT,
    FLEET_DELETE_BATCH,
    FLEET_IDEMPOTENT,
    FLEET_POISON,
    FLEET_PACE,
    N_FLEET_KEYS
};
enum fleet_crash_key { CRASH_PROBABILITY, CRASH_AT, CRASH_RESTART, N_CRASH_KEYS };
enum fleet_hang_key { HANG_PROBABILITY, HANG_FOR, N_HANG_KEYS };
enum fleet_heartbeat_key { HEARTBEAT_EXTEND, HEARTBEAT_EVERY, HEARTBEAT_LIMIT, N_HEARTBEAT_KEYS };
enum fleet_delete_key { DELETE_SIZE, DELETE_WAIT, N_DELETE_KEYS };
enum fleet_idempotent_key {
    IDEMPOTENT_CAPACITY,
    IDEMPOTENT_TTL,
    IDEMPOTENT_LATENCY,
    IDEMPOTENT_STORE,
    IDEMPOTENT_BY,
    IDEMPOTENT_MEMORY,
    N_IDEMPOTENT_KEYS
};
enum fleet_crash_at { CRASH_START, CRASH_MIDDLE, CRASH_END };
enum fleet_poll { POLL_LONG, POLL_SHORT };
enum fleet_on_failure { FAILURE_LEAVE, FAILURE_RETURN };
enum fleet_store { STORE_AFTER, STORE_BEFORE, STORE_WITH };
enum fleet_by { BY_REQUEST, BY_MESSAGE };
enum fleet_memory { MEMORY_SHARED, MEMORY_OWN };

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
    FM_RECOGNISED,
    FM_PROCESSED_AGAIN,
    FM_POISONED,
    FM_CRASHED,
    FM_HUNG,
    FM_DELETED,
    FM_STALE_DELETES,
    FM_RETURNED,
    FM_EXTENDED,
    FM_LATE_EXTENSIONS,
    FM_TRIES,
    FM_RETRIES,
    FM_TIMEOUTS,
    FM_HOLD,
    FM_CALLER, /* CALLER_METRICS */
    N_FLEET_METRICS = FM_CALLER + N_CALLER_METRICS
};
enum { FLEET_COUNTERS = FM_TIMEOUTS - FM_RECEIVES + 1 };

/* The k-th extension, or the last one when there are fewer. */
struct spans {
    const struct value *item;
    uint32_t n;
};
static inline sim_time spans_at(const struct spans *s, uint32_t k)
{
    return s->item[k < s->n ? k : s->n - 1].i;
}

struct heartbeat {
    struct spans extend; /* n 0: none */
    sim_time every;      /* 0: half of what was granted last */
    sim_time limit;      /* since the receive */
    sim_time first;      /* until the first beat */
};
struct idempotence {
    bool on;
    enum fleet_store store;
    enum fleet_by by;
    enum fleet_memory memory;
    const struct dist *latency; /* NULL: none */
    uint64_t capacity;
    sim_time ttl;
    struct rng_stream stream;
};

struct fleet {
    struct entity e; /* first */
    /* asked for over every job, so that it stands in few lines of memory */
    struct entity *source;
    const struct pull_ops *pull;
    struct steps steps;
    uint32_t size, batch;
    uint32_t delete_size; /* 1: each by itself */
    bool swaps;           /* a job at a time, deleted by itself: the next poll may be one operation with the delete */
    uint8_t served;       /* this fleet's bit in request.served, for `aside`; 0: there are too many such fleets to tell */
    bool *aside;          /* by source of requests: its done_at does not lie behind this fleet; NULL: none is so */
    bool *off;            /* by worker: a group has not opened it; NULL: no group has taken over */
    struct fault_state *ill; /* by worker, n_ill of them: what ails it alone; NULL: nobody has been ill */
    struct fault_state fault;
    int64_t time_constant; /* -1: sampled */
    int64_t crash_ppb, hang_ppb;
    struct poison poison;
    struct heartbeat heartbeat;
    struct idempotence idempotent;
    uint64_t n_taken, n_let_go; /* jobs, since the start of the run */
    struct obs_level busy, polling, size_level;
    struct obs_counter count[FLEET_COUNTERS];
    struct obs_tally hold;

    enum fleet_poll poll;
    sim_time wait_time, poll_interval, visibility;
    const struct dist *time, *restart, *hang_for;
    enum fleet_crash_at crash_at;
    enum fleet_on_failure on_failure;
    struct spans return_after; /* by receive count; n 0: at once */
    const struct backoff *pause;
    struct pools pools; /* told who is there once the run has begun */
    struct rng_stream time_stream, crash_stream, hang_stream, fail_stream, pause_stream,
        pace_stream;
    struct draws times, crashes, hangs; /* of jobs that come for the first time; the chances: the stream's first, in ppb */
    sim_time delete_wait;
    struct known known; /* shared */
    const struct dist *pace; /* percent; NULL: all alike */
    struct slab workers;     /* struct worker; numbers 0 … made-1, never given back */
    struct slab flushes;     /* struct flush */
    uint32_t n_off, n_open;  /* workers that the group has not opened, and has */
    uint32_t n_ill;
    struct obs_share utilisation;
    struct caller_metrics caller;
};

ALWAYS_INLINE void fleet_count(struct fleet *f, enum fleet_metric m, uint64_t by)
{
    obs_count(&f->count[m - FM_RECEIVES], world_now(f->e.world), by);
}

/* fleet_keys.c */
extern const struct key fleet_keys[N_FLEET_KEYS];
extern const struct metric_def fleet_metrics[N_FLEET_METRICS];

/* fleet.c */
bool fleet_resize(struct fleet *,
                  uint32_t size); /* false: memory is short. New workers are away. */
void fleet_wake(struct fleet *);
void fleet_start(struct entity *);
void fleet_fault(struct entity *, const struct fault_state *);
bool fleet_conserve(struct entity *, sim_time now, struct err *);
void fleet_close(struct entity *);

/* crowd.c - what the fleet's connection pools are told; nothing, where it has none. */
void crowd_come(struct fleet *, uint32_t first, uint32_t n, enum pool_how);
void crowd_leave(struct fleet *, uint32_t number); /* one that is away, and not to come back */
void crowd_lose(struct fleet *, uint32_t first, uint32_t n);
void crowd_return(struct fleet *); /* all that should be there, after crowd_lose */

/* crew.c */
extern const struct crew_ops fleet_crew;

#endif
