/* firehose_actor.h - a delivery stream in the simulated world: the core, its timer, the invocations and deliveries under way,
 * what reads its source, and the requests that it holds, one hold a record. For firehose_*.c.
 *
 * Everything that goes on does so in one loop (firehose_pump): who answers at once finds it running and returns. */
#ifndef FIREHOSE_ACTOR_H
#define FIREHOSE_ACTOR_H

#include "firehose.h"
#include "firehose_keys.h"
#include "invoke.h"
#include "log.h"
#include "record.h"
#include "world.h"

struct firehose_actor;
struct firehose_call { /* a delivery under way */
    struct firehose_actor *hose;
    struct wire_call *call;
    struct firehose_call *next; /* among those that were not acknowledged in time */
    uint32_t *left, n_left;     /* of a lot that has ended meanwhile: requests, held; NULL: it has not */
    struct sim_timer timer;
    uint64_t serial; /* of the lot */
    uint32_t lot, number, request;
    enum fh_to to;
    bool late, again; /* again: of a lot that has ended, it has come to that place already */
};
struct firehose_invocation {
    struct invocation v;
    struct firehose_actor *hose;
    uint32_t lot, number;
    sim_time began;
};
struct firehose_jobs { /* room for a batch, by number of the invocation; kept for the next */
    struct job *job;
    uint32_t cap;
};
struct firehose_shard { /* of its source */
    struct firehose_actor *hose;
    struct log_cursor at;
    struct sim_timer timer;
    uint32_t part;
    bool known, reading, done; /* known: `at` is; else it is to be sought from */
    bool calls;                /* its call is under way */
    enum log_start from;
    sim_time next, behind;
};

struct firehose_actor {
    struct entity e;
    struct firehose *core;
    struct entity *destination, *backup; /* backup: where what failed goes */
    struct sim_timer timer, age_timer;
    bool pumping;
    struct slab calls, invocations;
    struct firehose_jobs *jobs;
    uint32_t n_jobs;
    struct firehose_call *late;
    struct dice dice;
    struct rng chance;
    struct rng_stream latency_stream, fail_stream, transform_stream, conversion_stream;
    const struct dist *latency;
    uint64_t n_calls;
    sim_time ack_timeout; /* of an attempt */
    struct fault_state fault;
    struct call call;

    /* transformation and conversion */
    struct entity *function;
    sim_time function_timeout;
    int64_t dropped, spoiled, mangled;    /* ppb */
    double function_output, format_output;
    bool converts, partitions;

    /* its source; NULL: it is put to */
    struct entity *source;
    struct log_reader reader;
    struct firehose_shard **shard; /* by number; NULL: not heard of */
    uint32_t n_shard;
    sim_time every;

    /* Since the start of the run, never reset: Little's law over records inside. */
    int128 entered, left, area;
    sim_time area_until;
    int64_t holds;

    struct fh_counts seen; /* the core's counts that the observers have */
    struct obs_level level[FIREHOSE_LEVELS], cost_part, cost_whole;
    struct obs_share cost;
    struct obs_counter count[FIREHOSE_COUNTERS];
    struct obs_tally delay, object_size, object_records, invocation_time;
};

static inline struct firehose_actor *hose_of(struct entity *e)
{
    return (struct firehose_actor *)e;
}
static inline void hose_count(struct firehose_actor *h, enum firehose_metric m, uint64_t by)
{
    if (by > 0)
        obs_count(&h->count[m - FM_RECORDS], world_now(h->e.world), by);
}
static inline struct call *hose_begin(struct firehose_actor *h)
{
    call_begin(&h->call, world_now(h->e.world), &h->dice);
    return &h->call;
}
/* What a record's user is: its request and its way here. */
static inline uint64_t hose_user(const struct job *j)
{
    return (uint64_t)j->request << 32 | (uint64_t)j->attempt << 16 | j->flags;
}
static inline struct job hose_job(const struct fh_record *r)
{
    return (struct job){.request = (uint32_t)(r->user >> 32),
                        .size = r->size,
                        .key = r->key,
                        .attempt = (uint16_t)(r->user >> 16),
                        .flags = (uint16_t)r->user};
}
static inline struct fh_put hose_put(const struct job *j)
{
    struct job kept = *j;
    kept.flags &= (uint16_t)~JOB_LETTER;
    return (struct fh_put){.user = hose_user(&kept), .size = j->size, .key = j->key};
}

enum {
    HOSE_TRACE_PUT = 1,
    HOSE_TRACE_REFUSED,
    HOSE_TRACE_INVOKED,
    HOSE_TRACE_DELIVERY,
    HOSE_TRACE_ENDED /* and the enum fh_end */
};

extern const struct push_ops firehose_push;

/* firehose_actor.c */
void firehose_pump(struct firehose_actor *);
void firehose_entered(struct firehose_actor *, const struct job *); /* the core has taken a record of it */
void firehose_left(struct firehose_actor *, uint32_t records);
void firehose_start(struct entity *);
void firehose_finish(struct entity *, sim_time now);
bool firehose_conserve(struct entity *, sim_time now, struct err *);
void firehose_fault(struct entity *, const struct fault_state *);
/* firehose_deliver.c */
void firehose_deliver(struct firehose_actor *, const struct fh_task *);
void firehose_ended(struct firehose_actor *, const struct fh_task *);
void firehose_deliver_close(struct firehose_actor *);
/* firehose_invoke.c */
void firehose_invoke(struct firehose_actor *, const struct fh_task *);
enum fh_result firehose_judge(void *hose, enum fh_stage, const struct fh_record *, uint32_t *size);
void firehose_invoke_close(struct firehose_actor *);
/* firehose_source.c */
bool firehose_source_wire(struct firehose_actor *);
void firehose_source_start(struct firehose_actor *);
void firehose_source_close(struct firehose_actor *);
/* firehose_check.c */
void firehose_config(const struct spec_entity *, struct fh_config *); /* what the settings say */
void firehose_check(const struct spec *, const struct spec_entity *, struct problems *);

#endif
