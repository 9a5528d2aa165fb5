/* kcl.h - the leases of a Kinesis Client Library application as a pure state machine: workers come
 * and go, shards are found, leased, checkpointed and finished. Time comes in, news come out. Rules:
 * KIN-52, KIN-71 to KIN-76 (docs/semantics/kinesis.md); comments cite them.
 *
 * Use: at `now`, kcl_advance while kcl_deadline() <= now; then operations; and after either,
 * kcl_news until it returns false, for leases are given only there: workers that join at one
 * instant share. The application reads and works through records elsewhere and tells how far it
 * came: processed is what the worker has in mind, the checkpoint is what survives it. */
#ifndef KCL_H
#define KCL_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "simtime.h"

#define KCL_NONE UINT32_MAX

enum kcl_start { KCL_TRIM_HORIZON, KCL_LATEST, KCL_AT_TIMESTAMP };
struct kcl_config {
    enum kcl_start start;
    sim_time failover;    /* a lease not renewed for so long is free (KIN-73) */
    sim_time shard_sync;  /* SIM_NEVER: shards are listed once */
    sim_time parent_poll; /* a child looks whether its parents are finished (KIN-72) */
    sim_time
        balance; /* a lease moves from the fullest worker to the emptiest; SIM_NEVER: none does */
    sim_time handoff; /* so long has a worker to finish its batch then; 0: it loses it at once */
    uint32_t checkpoint_every; /* records; 0: after each batch (KIN-76) */
    sim_time now;
};
void kcl_config_default(struct kcl_config *);

struct kcl;
bool kcl_open(struct kcl **, const struct kcl_config *, struct err *);
void kcl_close(struct kcl *);
sim_time kcl_deadline(const struct kcl *);
void kcl_advance(struct kcl *, sim_time now);

/* --- what the application has to do --- */
enum kcl_news_kind {
    KCL_NEWS_SYNC,  /* list the shards: kcl_sync */
    KCL_NEWS_LOST,  /* the worker has the lease no more: what it has in hand is not its own */
    KCL_NEWS_TAKEN, /* it has it now, and begins at `from` */
    KCL_NEWS_YIELD  /* it is to finish its batch: kcl_release */
};
enum kcl_from {
    KCL_FROM_START,   /* the application's starting position */
    KCL_FROM_HORIZON, /* the oldest record */
    KCL_FROM_SEQUENCE /* the record with number `seq` */
};
struct kcl_news {
    enum kcl_news_kind kind;
    uint32_t worker, shard;
    enum kcl_from from;
    uint64_t seq;
    bool rewound; /* from the time that kcl_rewind was asked for, not the application's start */
};
bool kcl_news(struct kcl *, sim_time now, struct kcl_news *);

/* --- shards --- */
struct kcl_shard {
    uint32_t shard;
    bool open;
    uint32_t parent[2]; /* KCL_NONE: there is none */
};
/* The list of shards; those that are known already are passed over. false: memory is short. */
bool kcl_sync(struct kcl *, sim_time now, const struct kcl_shard *, uint32_t n);
/* All leases begin anew at another time, finished ones as well: a replay. */
void kcl_rewind(struct kcl *, sim_time now);

/* --- workers, by number from 0 --- */
bool kcl_join(struct kcl *, sim_time now, uint32_t worker); /* false: memory is short */
/* It is to go: it gets no more leases, and is told to finish the batches of those it has; each of
 * them it lets go of with kcl_release. Given back, they are free at once; else they run out, as the
 * library leaves them (KIN-99). */
void kcl_retire(struct kcl *, sim_time now, uint32_t worker, bool give_back);
/* In good order: what was processed is checkpointed, its leases are free at once. */
void kcl_leave(struct kcl *, sim_time now, uint32_t worker);
/* It crashed: its leases run out. One that joins again under its number is another worker. */
void kcl_stop(struct kcl *, sim_time now, uint32_t worker);
/* It stands still and renews nothing; thawed, it goes on with what it has not lost. */
void kcl_freeze(struct kcl *, sim_time now, uint32_t worker);
void kcl_thaw(struct kcl *, sim_time now, uint32_t worker);

/* --- progress; each is of the worker that holds the lease now --- */
/* Records first … first + n - 1 are processed. *again: how many of them had been before. */
void kcl_processed(struct kcl *, uint32_t worker, uint32_t shard, uint64_t first, uint32_t n,
                   uint32_t *again);
/* After that: a checkpoint, when they come every so many records. */
void kcl_record_done(struct kcl *, uint32_t worker, uint32_t shard);
/* The batch is over: a checkpoint, when they do not. */
void kcl_batch_done(struct kcl *, uint32_t worker, uint32_t shard);
void kcl_checkpoint(struct kcl *, uint32_t worker, uint32_t shard);
/* All of a closed shard is processed: the checkpoint SHARD_END, and leases for its children
 * (KIN-74). */
bool kcl_shard_end(struct kcl *, sim_time now, uint32_t worker, uint32_t shard,
                   const struct kcl_shard *child, uint32_t n);
/* After KCL_NEWS_YIELD, between batches. */
void kcl_release(struct kcl *, sim_time now, uint32_t worker, uint32_t shard);

/* --- queries --- */
enum kcl_state {
    KCL_UNKNOWN,
    KCL_SKIPPED, /* closed before an application began that reads only what is new */
    KCL_WAITS,   /* for its parents */
    KCL_FREE,
    KCL_HELD,
    KCL_ORPHAN, /* its holder is gone, its time is not over */
    KCL_DONE
};
struct kcl_view {
    enum kcl_state state;
    uint32_t owner;                 /* of KCL_HELD */
    uint64_t checkpoint, processed; /* the next one */
    bool has_checkpoint, has_processed;
    sim_time expires; /* SIM_NEVER: it is being renewed */
};
struct kcl_counts {
    uint64_t created, given, taken_over, moved, moved_late, checkpoints, ended, syncs;
    uint64_t retired;          /* leases that workers which were to go have let go of */
    uint64_t processed, again; /* records, and those that had been processed before */
};
uint32_t kcl_shards(const struct kcl *);  /* numbers known are below */
uint32_t kcl_workers(const struct kcl *); /* the same */
uint32_t kcl_leases(const struct kcl *, uint32_t worker);
bool kcl_is_live(const struct kcl *, uint32_t worker);
/* Leases that no worker has, though their shards could be read. */
uint32_t kcl_ownerless(const struct kcl *);
void kcl_view(const struct kcl *, uint32_t shard, struct kcl_view *);
const struct kcl_counts *kcl_counts(const struct kcl *);
/* All invariants, when the news have been taken. */
void kcl_check(const struct kcl *, sim_time now);

#endif
