/* stream_actor.h - a stream in the simulated world: the core, its timer, its readers, its observers, and the requests whose
 * records it keeps. For stream_*.c.
 *
 * A turn is: settle (what is due in the core, then what is pushed), operate, settle, arm the timer. Pushing runs readers, who
 * may come back with the next call; the core is between two operations then, so that is allowed, but only the outermost frame
 * pushes (`pumping`), so that a thousand pushes are a loop. */
#ifndef STREAM_ACTOR_H
#define STREAM_ACTOR_H

#include "kin_expire.h"
#include "kinesis.h"
#include "log.h"
#include "record.h"
#include "stream_keys.h"
#include "stream_port.h"
#include "world.h"

#define STREAM_PREFIX_MAX 64

struct stream;
struct stream_shard { /* a watched shard's observers */
    struct obs_counter count[SP_READ_THROTTLED + 1];
    struct obs_level open, first_key, last_key;
    struct obs_tally age;
};
struct stream_reader { /* one attached */
    struct log_reader *reader;
    uint32_t origin; /* of its random cells */
    uint8_t *way;    /* by source of requests: 1 it is not the only way to their done_at, 2 it is; 0 not known yet; NULL at first */
    uint64_t n_calls;
};
struct stream_readers { /* in the order of (kind, id) */
    struct stream_reader *at;
    uint32_t n, cap;
};
struct stream_bundle { /* user records of an aggregated one */
    uint32_t free; /* the slab's */
    uint32_t n;
    struct job *job;   /* NULL: it is free */
    uint8_t *given_up; /* of each, behind the jobs */
};
struct stream_action {
    struct stream *stream;
    const struct value *value;
    struct sim_timer timer;
};
struct stream_scale { /* the policy, as set */
    int64_t target, down_at; /* ppb */
    sim_time period, cooldown, since; /* since: the last change */
    uint32_t min, max;
    uint64_t records, bytes; /* offered, when it was looked at last */
    struct sim_timer timer;
};

struct stream {
    struct entity e;
    struct kinesis *core;
    struct sim_timer timer, expiry;
    bool started, pumping, changed;
    struct stream_readers polling, pushed;
    struct log_reader *consumer[64]; /* by the core's number */
    bool fair;

    kin_hash *hash; /* by number of the key; 0: not known yet */
    uint32_t n_hash;
    char prefix[STREAM_PREFIX_MAX + 1];
    uint32_t prefix_n;
    struct slab bundles;
    struct job read_job; /* what record() gives */
    struct kin_put put[KIN_BATCH_RECORDS];
    struct kin_placed placed[KIN_BATCH_RECORDS];

    const struct dist *put_latency, *batch_latency, *api_latency;
    struct rng_stream put_stream, batch_stream, api_stream, key_stream, phase_stream, fail_stream;
    uint64_t n_fail;
    struct fault_state fault;
    bool is_done_at; /* storing a record is the effect of somebody's requests */
    uint64_t n_message;
    struct stream_action *action;
    uint32_t n_action;
    struct stream_scale scale;
    uint32_t wish; /* shards that somebody set; 0: as it is */
    uint64_t offered_records, offered_bytes; /* accepted and throttled */

    uint64_t *read_to; /* by shard: records below were read by somebody */
    uint32_t n_read_to;
    struct stream_shard *shard;
    uint32_t n_watched;

    /* Since the start of the run, never reset: Little's law over records, modulo 2^64. */
    uint64_t n_in, n_out, entered, left, area;
    sim_time area_until;

    struct obs_level open, updating, stored;
    struct obs_counter count[STREAM_COUNTERS];
    struct obs_tally size, wait, age, behind;
    struct call call;
};

static inline struct stream *stream_of(struct entity *e)
{
    return (struct stream *)e;
}
static inline void stream_count(struct stream *s, enum stream_metric m, uint64_t by)
{
    obs_count(&s->count[m - SM_RECORDS], world_now(s->e.world), by);
}
static inline void stream_shard_count(struct stream *s, uint32_t shard, enum stream_shard_metric m, uint64_t by)
{
    if (shard < s->n_watched)
        obs_count(&s->shard[shard].count[m], world_now(s->e.world), by);
}

/* What a record's tag holds: whether it was given up 1, request 31, attempt 16, flags 16; of an aggregated one the number of its
 * bundle. */
#define STREAM_BUNDLE   UINT64_C(0x8000)
#define STREAM_GIVEN_UP (UINT64_C(1) << 63)
/* A record whose request has had its effect by being stored, where nobody reads: it is not held. */
#define STREAM_FORGOTTEN ((uint64_t)INT32_MAX << 32)
static inline uint32_t stream_request(uint64_t user)
{
    return (uint32_t)(user >> 32) & INT32_MAX;
}
static inline uint64_t stream_user(const struct job *j)
{
    return (uint64_t)j->request << 32 | (uint64_t)j->attempt << 16 | (j->flags & 0x7fff);
}
static inline struct stream_bundle *stream_bundle_at(const struct stream *s, uint64_t user)
{
    return slab_at(&s->bundles, (uint32_t)(user >> 32));
}

enum {
    STREAM_TRACE_PUT = 1,
    STREAM_TRACE_REFUSED,
    STREAM_TRACE_READ,
    STREAM_TRACE_PUSHED,
    STREAM_TRACE_EXPIRED,
    STREAM_TRACE_OPENED,
    STREAM_TRACE_CLOSED,
    STREAM_TRACE_STORED
};

extern const struct room room_stream;
extern const struct push_ops stream_push_ops;
extern const struct log_ops stream_log_ops;

/* stream_actor.c */
struct call *stream_begin(struct stream *); /* settles; then an operation may be begun */
void stream_end(struct stream *);           /* after it */
bool stream_fails(struct stream *);         /* this call, by a fault */
void stream_expire(struct stream *);        /* lets go of what has expired */
void stream_start(struct entity *);
void stream_fault(struct entity *, const struct fault_state *);
bool stream_conserve(struct entity *, sim_time now, struct err *);
void stream_finish(struct entity *, sim_time now);
/* stream_put.c */
void stream_enters(struct stream *);
void stream_leaves(struct stream *, uint64_t n);
void stream_unbundle(struct stream *, uint64_t user);
struct stream_reader *stream_reader_of(struct stream *, const struct log_reader *);
void stream_give_up(struct entity *, struct log_reader *, uint32_t part, uint64_t seq);
void stream_bundles_close(struct stream *);
/* stream_keyhash.c */
void stream_keys_close(struct stream *);
/* stream_log.c */
void stream_pushed(struct stream *, const struct kin_push *, uint64_t bytes);
void stream_changed(struct stream *);
void stream_readers_close(struct stream *);
/* stream_parts.c */
uint32_t stream_parts(const struct spec_entity *);
const char *stream_part_name(const struct spec_entity *, uint32_t part, struct arena *);
bool stream_parts_make(struct stream *);
void stream_opened(struct stream *, uint32_t shard);
void stream_closed(struct stream *, uint32_t shard);
void stream_aged(struct stream *, uint32_t shard, int64_t age_ms);
/* stream_admin.c */
bool stream_admin_make(struct stream *);
void stream_admin_start(struct stream *);
void stream_pursue(struct stream *);
void stream_set(struct entity *, unsigned key, const struct value *);
int64_t stream_setting(const struct entity *, unsigned key);
/* stream_check.c */
void stream_check(const struct spec *, const struct spec_entity *, struct problems *);

#endif
