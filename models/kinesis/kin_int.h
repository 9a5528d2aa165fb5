/* kin_int.h - what the files of a stream share. */
#ifndef KIN_INT_H
#define KIN_INT_H

#include "kin_ring.h"
#include "kinesis.h"
#include "slab.h"

#define KIN_CONSUMERS_MAX 50
#define KIN_UPDATES       10 /* UpdateShardCount a day (KIN-53) */
#define KIN_MODES         2  /* changes of mode a day (KIN-57) */

struct kin_sub;
struct kin_shard {
    /* writing */
    struct kin_ring ring;
    sim_time window_end;    /* of the second that is counted */
    int64_t tank, tank_cap; /* billionths of a byte, for records above 1 MiB (KIN-28) */
    uint32_t window_records, window_bytes;
    int64_t level_records, level_bytes; /* KIN_BUCKET: tokens in billionths */
    sim_time level_at;
    uint32_t minute_records; /* on-demand: of this minute (KIN-61) */
    bool splitting;
    bool closed;
    uint64_t minute_bytes;
    sim_time last_arrival;
    /* reading */
    sim_time read_end, iterator_end, blocked_until, empty_at;
    uint32_t read_calls, read_records, iterator_calls;
    struct kin_sub *subs; /* subscriptions */
    sim_time closed_at;
    kin_hash first, last;
    uint32_t parent[2], child[2];
    struct kin_shard_counts counts;
};

enum kin_step {
    KIN_STEP_NONE,
    KIN_STEP_CREATE,
    KIN_STEP_DELETE,
    KIN_STEP_SPLIT,
    KIN_STEP_MERGE,
    KIN_STEP_COUNT,
    KIN_STEP_MODE,
    KIN_STEP_WARM
};
struct kin_op { /* what keeps the stream UPDATING */
    enum kin_step step;
    sim_time due;
    uint32_t shard, other, target;
    kin_hash at;
};
struct kin_growth { /* a split that an on-demand stream has decided on */
    sim_time due;
    uint32_t shard;
};
struct kin_consumer {
    bool used, active;
    sim_time due;         /* when it becomes active */
    struct kin_sub **sub; /* by shard */
    uint32_t n_sub;
};
struct kin_sub {
    struct kin_sub *next;            /* of this shard */
    uint32_t consumer, shard, place; /* in the heap; KIN_NONE: it is not there */
    bool on;
    uint64_t seq;  /* to be delivered next */
    uint64_t made; /* the order of subscriptions, for ties */
    sim_time at, ends, called, succeeded;
    sim_time busy_from; /* the pipe (KIN-70): busy from then, with so many bytes */
    uint64_t busy_bytes;
    sim_time due; /* of its next event */
};

struct kinesis {
    struct kin_config config;
    enum kin_status status;
    sim_time due; /* of kin_advance */
    struct slab shards;
    kin_hash *start; /* of the open shards, ascending, and their numbers */
    uint32_t *open;
    uint32_t n_open, cap_open, round;
    struct kin_op op;
    struct kin_growth *growth; /* a queue: due in the order of decision */
    uint32_t growth_head, n_growth, cap_growth;
    sim_time minute;                                 /* on-demand: when shards are looked at */
    sim_time updates[KIN_UPDATES], modes[KIN_MODES]; /* the latest, oldest first */
    uint32_t n_updates, n_modes;
    uint32_t sweep; /* the shard whose old records are looked for next */
    uint32_t telling; /* the shard whose expired records are told of next */
    uint32_t warm;
    struct kin_consumer consumer[KIN_CONSUMERS_MAX];
    struct kin_sub **heap;
    uint32_t n_heap, cap_heap;
    uint64_t n_subscribed;
    struct kin_counts counts;
};

ALWAYS_INLINE struct kin_shard *kin_shard(const struct kinesis *k, uint32_t shard)
{
    return slab_at(&k->shards, shard);
}

static inline sim_time kin_retention(const struct kinesis *k)
{
    return (sim_time)k->config.retention_h * SIM_H;
}

/* Bytes through a pipe of 2 MiB/s: ns, rounded up. */
ALWAYS_INLINE sim_time kin_pipe_ns(uint64_t bytes)
{
    return (sim_time)((bytes * 1953125 + 4095) >> 12);
}

/* kinesis.c */
void kin_due(struct kinesis *); /* after a change of what is pending */
void kin_set_status(struct kinesis *, struct call *, enum kin_status);
enum kin_outcome kin_changeable(const struct kinesis *, const struct call *);
void kin_begin_op(struct kinesis *, struct call *, struct kin_op);

/* kin_limit.c: one record against the shard's limits */
bool kin_admit(struct kinesis *, struct kin_shard *, sim_time now, uint32_t size);
void kin_limits_open(struct kinesis *, struct kin_shard *, sim_time now);
void kin_limits_resize(struct kinesis *, struct kin_shard *, sim_time now, uint32_t max_record);
/* A window of one second; false: n are used up. */
bool kin_window(sim_time *end, uint32_t *used, uint32_t n, sim_time now);

/* kin_shard.c */
uint32_t kin_shard_new(struct kinesis *, sim_time now, kin_hash first,
                       kin_hash last); /* not yet open */
bool kin_room(struct kinesis *,
              uint32_t more); /* for so many more open shards and all their parts */
uint32_t kin_place(const struct kinesis *, kin_hash); /* in open[] */
bool kin_do_split(struct kinesis *, struct call *, uint32_t shard, kin_hash at);
bool kin_do_merge(struct kinesis *, struct call *, uint32_t low, uint32_t high);
void kin_trim(struct kinesis *, struct kin_shard *, sim_time now);
void kin_sweep(struct kinesis *, sim_time now);

/* kin_read.c */
uint64_t kin_find(struct kinesis *, struct kin_shard *, sim_time now, const struct kin_from *);
bool kin_known(const struct kin_shard *, const struct kin_from *);
/* How far a reader is behind that comes next to seq. */
int64_t kin_behind(const struct kin_shard *, uint64_t seq, sim_time now);

/* kin_reshard.c, kin_demand.c */
bool kin_step_count(struct kinesis *, struct call *); /* one step; false: memory is short */
bool kin_count_done(const struct kinesis *);
void kin_minute(struct kinesis *, struct call *);
void kin_grow(struct kinesis *, struct call *);
bool kin_warm_up(struct kinesis *, struct call *);

/* kin_push.c */
void kin_wake(struct kinesis *, struct kin_shard *, sim_time now); /* a record came, or the end */
void kin_push_close(struct kinesis *);
void kin_push_check(const struct kinesis *);

#endif
