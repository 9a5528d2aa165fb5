/* consumer.h - an application that reads a stream: workers, shards, records.
 *
 * Which worker reads which shard is the lease table's matter (models/kcl); a plain application is
 * one worker with all shards, without leases. Each shard that somebody has is read by a machine of
 * its own (part_reader.c: iterators, reads, subscriptions; part_work.c: the records one by one), so
 * a worker is no more than a number that all its shards die with (crew.c). All chance in the work
 * is addressed by the record and by how often it was begun before, never by the worker. */
#ifndef CONSUMER_H
#define CONSUMER_H

#include "consumer_keys.h"
#include "crew.h"
#include "draws.h"
#include "kcl.h"
#include "known.h"
#include "log.h"
#include "poison.h"
#include "pools.h"
#include "steps.h"
#include "world.h"

struct consumer_part { /* a watched shard's observers */
    struct obs_level lag, age, owner;
    struct obs_counter processed;
};
struct crew_worker {
    struct consumer *app;
    uint32_t number;
    bool wanted;               /* it should be here */
    bool here, frozen, killed; /* killed: and does not come back by itself */
    bool leaving;              /* it is to go, and works until its leases are handed over */
    uint32_t threads_busy;
    struct sim_timer timer;    /* until it comes back */
};
struct crew_kill {
    struct consumer *app;
    uint32_t worker;
    sim_time at, restart; /* SIM_NEVER: it does not come back */
    struct sim_timer timer;
};
struct consumer_replay {
    bool given, begun;
    sim_time at, from, to;
    double speed; /* 0: as fast as it can be read */
    struct sim_timer timer;
};

struct consumer {
    struct entity e; /* first */
    struct log_reader reader;
    struct entity *source;
    const struct log_ops *log;
    struct kcl *kcl;
    struct sim_timer start_timer, lease_timer, look_timer;
    enum consumer_library library;
    enum consumer_transport transport;
    struct log_from start;
    uint32_t max_records, worker_threads; /* worker_threads 0: one for each shard */
    uint64_t n_ticket;
    sim_time interval, look_every;
    sim_time every, first; /* its turns (KIN-42) */
    const struct dist *reply, *batch_time, *time, *restart;
    int64_t time_constant; /* -1: sampled */
    uint64_t attempts;
    const struct backoff *pause;
    struct steps steps;
    struct pools pools;
    int64_t crash_ppb;
    struct poison poison;
    enum consumer_crash_at crash_at;
    bool idempotent;
    struct known known;
    struct rng_stream time_stream, batch_stream, reply_stream, crash_stream, fail_stream,
        pause_stream;
    struct draws times;
    struct consumer_replay replay;
    struct crew_kill *kill;
    uint32_t n_kill;
    struct slab workers; /* struct crew_worker, numbers 0 … made - 1 */
    enum consumer_shutdown shutdown;
    bool started;
    struct sim_timer retire_timer;
    struct slab parts;   /* struct part_reader, by shard */
    struct fault_state fault;
    bool settling;
    struct kcl_counts told; /* what has been counted of the lease table */

    bool *aside;    /* by source of requests: done_at does not lie behind this application */
    uint8_t served; /* this application's bit in request.served; 0: none is left */

    uint64_t n_taken, n_let_go; /* jobs */

    struct obs_level workers_level, leases, idle, ownerless, busy, lag, age;
    struct obs_counter count[CONSUMER_COUNTERS];
    struct obs_tally delay, behind, batch_size, hold;
    struct caller_metrics caller;
    struct consumer_part *part;
    uint32_t n_watched;
};

static inline void consumer_count(struct consumer *c, enum consumer_metric m, uint64_t by)
{
    obs_count(&c->count[m - AM_READS], world_now(c->e.world), by);
}

enum {
    CONSUMER_TRACE_DONE = 1,
    CONSUMER_TRACE_FAILED,
    CONSUMER_TRACE_SKIPPED,
    CONSUMER_TRACE_CRASHED,
    CONSUMER_TRACE_READ,
    CONSUMER_TRACE_TAKEN,
    CONSUMER_TRACE_LOST,
    CONSUMER_TRACE_FINISHED,
    CONSUMER_TRACE_FAULT,
    CONSUMER_TRACE_RECOGNISED
};

/* consumer_check.c */
void consumer_check(const struct spec *, const struct spec_entity *, struct problems *);
bool consumer_fans_out(const struct spec_entity *);

/* crew.c: workers and their leases; crew_group.c: workers on the instances of a group */
bool crew_resize(struct consumer *, uint32_t size);
void crew_start(struct consumer *);
void crew_join(struct consumer *); /* all that should be there and are not */
/* What the lease table has to say; after each operation on it. */
void crew_settle(struct consumer *);
void crew_count(struct consumer *); /* what it has counted */
/* It dies, with all its shards; restart SIM_NEVER: for good. */
void crew_crash(struct consumer *, uint32_t worker, sim_time restart);
void crew_fault(struct entity *, const struct fault_state *);
bool crew_conserve(struct entity *, sim_time now, struct err *);
struct crew_worker *crew_worker(const struct consumer *, uint32_t number);
bool crew_make(struct consumer *, uint32_t n); /* room for so many; false: memory is short */
void crew_stop(struct crew_worker *);          /* gone without a word to the table */
void crew_leave(struct crew_worker *);
extern const struct crew_ops consumer_crew;
void crew_group_init(struct consumer *);

/* consumer_look.c: how far behind it is, looked at every so often; and replays */
void look_start(struct consumer *);
void look_now(struct consumer *);
uint32_t consumer_parts(const struct spec_entity *);
const char *consumer_part_name(const struct spec_entity *, uint32_t part, struct arena *);
bool look_make(struct consumer *);
bool consumer_find_aside(struct consumer *);
/* When a record that arrived then may be delivered. */
sim_time replay_due(const struct consumer *, sim_time arrival);

#endif
