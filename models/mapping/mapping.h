/* mapping.h - Lambda's event source mapping in the simulated world: it reads a log through LOG, decides by its core
 * (esm_stream.h) what goes into an invocation and what becomes of it, and invokes through INVOKE. For mapping_*.c.
 *
 *   mapping_read.c  shards: parents first, polls and pushes          mapping_fly.c  an invocation from its start to its end
 *   mapping_end.c   what becomes of records; letters                 mapping_room.c settings, life
 *
 * Only mapping_pump lets the core go on, in its outermost frame: an invocation may end inside the call that began it. */
#ifndef MAPPING_H
#define MAPPING_H

#include "esm_stream.h"
#include "invoke.h"
#include "log.h"
#include "mapping_keys.h"
#include "poison.h"
#include "screen.h"
#include "world.h"

enum mapping_reading {
    SHARD_WAITS, /* for its parents */
    SHARD_RESTS, /* until its next poll, or the next try to subscribe */
    SHARD_SEEKS,
    SHARD_READS,
    SHARD_IS_PUSHED,
    SHARD_ENDED, /* read to its end */
    SHARD_FINISHED
};
struct mapping;
struct mapping_shard {
    struct mapping *mapping;
    uint32_t number;
    enum mapping_reading reading;
    bool sought;
    struct log_from from;
    struct log_cursor cursor;
    struct sim_timer timer;
    sim_time polled;
};
struct mapping_part { /* a watched shard's observers */
    struct obs_counter count[MP_DISCARDED + 1];
    struct obs_level blocked;
    struct obs_tally age;
};
struct flight { /* a lane's invocation */
    struct invocation inv;
    struct mapping *mapping;
    uint32_t lane, shard;
    struct job *job; /* users' records, of which each is held */
    uint32_t *record; /* of each job: which record of the batch */
    bool *failed;
    uint32_t n_job, cap, n_record;
    uint32_t gone;    /* records that the core has let go of */
    uint32_t poison;  /* the first such record; n_record: none */
    bool active, final;
    struct job last;  /* of a tumbling window: what its last invocation is about */
    bool has_last;
    sim_time began;
};

struct mapping {
    struct entity e; /* first */
    struct entity *source, *target, *letters; /* letters: NULL: none */
    const struct log_ops *log;
    struct log_reader reader;
    struct esm *core;
    struct esm_config config;
    struct sim_timer timer;
    bool fan_out, pumping, down, report;
    struct log_from start;
    struct screen screen;
    sim_time timeout, every, first;
    struct poison poison;
    struct slab shards;     /* struct mapping_shard, numbers of the log's parts */
    struct flight **flight; /* by lane */
    uint32_t n_flight;
    struct mapping_part *part;
    uint32_t n_part;

    uint64_t n_read, n_ended; /* records, since the start of the run */

    struct obs_level concurrent, blocked, buffered, slots;
    struct obs_counter count[MAPPING_COUNTERS];
    struct obs_tally age, batch, duration;
};

static inline struct mapping *mapping_of(struct entity *e)
{
    return (struct mapping *)e;
}
static inline sim_time mapping_now(const struct mapping *m)
{
    return world_now(m->e.world);
}
static inline void mapping_count(struct mapping *m, enum mapping_metric k, uint64_t by)
{
    obs_count(&m->count[k - MM_INVOCATIONS], mapping_now(m), by);
}
static inline void mapping_part_count(struct mapping *m, uint32_t shard, enum mapping_part_metric k, uint64_t by)
{
    if (shard < m->n_part)
        obs_count(&m->part[shard].count[k], mapping_now(m), by);
}
static inline struct mapping_shard *mapping_shard(const struct mapping *m, uint32_t number)
{
    return slab_at(&m->shards, number);
}

enum { MAPPING_TRACE_INVOKED = 1, MAPPING_TRACE_OVER, MAPPING_TRACE_DISCARDED, MAPPING_TRACE_EXPIRED };

/* mapping_read.c */
void mapping_changed(struct log_reader *);
void mapping_pushed(struct log_reader *, const struct log_push *);
void mapping_finished(struct mapping *, uint32_t shard); /* all its records have gone */
void mapping_read_start(struct mapping *);
/* mapping_fly.c */
void mapping_pump(struct mapping *);
void mapping_invoke(struct mapping *, uint32_t lane);
void mapping_flights_close(struct mapping *);
/* mapping_end.c. f: NULL when no invocation is about it */
void mapping_effects(struct mapping *, const struct call *, struct flight *);

#endif
