/* kcl_int.h - private to models/kcl: the lease table and the workers. */
#ifndef KCL_INT_H
#define KCL_INT_H

#include "check.h"
#include "kcl.h"

struct kcl_lease {
    enum kcl_state state;
    enum kcl_from from;
    bool rewound;
    bool in_list; /* the shards have been listed since it was found */
    bool has_checkpoint, has_processed, has_high;
    bool listed; /* has news to tell */
    bool tell_yield;
    uint32_t parent[2];
    uint32_t owner; /* KCL_HELD */
    uint32_t told;  /* worker that knows that it has it */
    uint32_t next;  /* in the list of those with news */
    uint64_t token; /* how often it was given */
    uint64_t told_token;
    uint64_t checkpoint, processed, high;
    uint64_t since; /* records since the checkpoint */
    sim_time taken, expires;
    sim_time found; /* KCL_WAITS: since when it looks after its parents */
    sim_time look;  /* SIM_NEVER: a parent is not finished */
};
enum kcl_worker_state { WORKER_GONE, WORKER_LIVE, WORKER_FROZEN };
struct kcl_worker {
    enum kcl_worker_state state;
    bool leaving, gives_back; /* it is to go; what becomes of its leases then */
    sim_time joined;          /* it renews in thirds of the failover time from then on */
    uint32_t leases;
};
struct kcl {
    struct kcl_config config;
    struct kcl_counts counts;
    struct kcl_lease *lease;
    struct kcl_worker *worker;
    uint32_t n_lease, cap_lease, n_worker, cap_worker;
    uint32_t n_free, n_running_out, n_waiting;
    uint32_t n_live; /* workers that take leases */
    uint32_t n_orphan;
    uint32_t news_first, news_last;
    bool sync_asked, synced, uneven;
    sim_time sync_at, balance_at, due;
    uint32_t yielding, yield_to; /* the lease that moves, and where to */
    sim_time yield_by;
};

/* kcl_lease.c */
bool kcl_lease_known(const struct kcl *, uint32_t shard);
void kcl_tell(struct kcl *, uint32_t shard);
void kcl_give(struct kcl *, sim_time now, uint32_t shard, uint32_t worker, bool over);
/* It is held, or runs out; now it is free. */
void kcl_free_lease(struct kcl *, uint32_t shard);
void kcl_save(struct kcl *, struct kcl_lease *);
/* Its time runs from the last renewal. */
void kcl_run_out(struct kcl *, sim_time now, uint32_t shard);
void kcl_renew(struct kcl *, sim_time now, uint32_t shard);
bool kcl_may_begin(const struct kcl *, const struct kcl_lease *);
void kcl_parents(struct kcl *, sim_time now);
/* A lease that waits, once its parents are finished and it has looked. */
void kcl_ripen(struct kcl *, sim_time now);
struct kcl_lease *kcl_held(struct kcl *, uint32_t worker, uint32_t shard);

/* kcl_balance.c */
void kcl_assign(struct kcl *, sim_time now);
void kcl_balance(struct kcl *, sim_time now);
void kcl_yield_late(struct kcl *, sim_time now);
void kcl_yield_forget(struct kcl *);

/* kcl.c */
void kcl_due(struct kcl *);
/* The worker goes without it. */
void kcl_orphan(struct kcl *, sim_time now, uint32_t shard);
static inline bool kcl_takes(const struct kcl_worker *w)
{
    return w->state == WORKER_LIVE && !w->leaving;
}

#endif
