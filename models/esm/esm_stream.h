/* esm_stream.h - one event source mapping on a stream: what is read from its shards goes in batches to a function, which is
 * invoked again until the batch succeeds or is given up (KIN-82 … KIN-93). A pure state machine: time comes in, effects go out.
 *
 * Each shard has `factor` lanes. A record belongs to the lane of its key, and a lane has one batch under way at a time: keys
 * stay in order, and a batch that fails blocks its own lane alone (KIN-85). A lane is a line of records; its batches are pieces
 * of the line from the front: the batch in hand, behind it what bisecting has split off, behind that what is gathered for the
 * next one.
 *
 * Use: esm_add what was read; at esm_deadline() esm_advance until it is later than now; carry out the effects; tell the end of
 * each invocation with esm_done. */
#ifndef ESM_STREAM_H
#define ESM_STREAM_H

#include "call.h"
#include "err.h"

#define ESM_FACTOR_MAX 10
#define ESM_PAYLOAD    UINT64_C(6291456) /* bytes of an invocation (KIN-84) */
#define ESM_NEVER_ENDS INT64_C(-1)       /* retries */

struct esm_config {
    uint32_t batch, factor;    /* 1 … 10,000; 1 … ESM_FACTOR_MAX */
    sim_time window, tumbling; /* 0: none */
    uint64_t payload;          /* bytes of a batch, as base64 */
    bool bisect, report;
    int64_t retries;           /* ESM_NEVER_ENDS: until the record expires */
    sim_time max_age, retention; /* SIM_NEVER: none */
};
/* Defaults of the service (KIN-82). */
void esm_config_init(struct esm_config *);
/* false: *err names the setting and its range. */
bool esm_config_check(const struct esm_config *, struct err *);

struct esm_record {
    uint64_t seq, hash; /* hash: the low 64 bits of the key's */
    sim_time arrival;
    uint32_t size;
};

/* Why records were given up. */
enum esm_condition { ESM_RETRIES_EXHAUSTED, ESM_AGE_EXCEEDED, ESM_TOO_LARGE, ESM_CONDITIONS };
/* As the message to the destination says it (KIN-89). */
const char *esm_condition_name(enum esm_condition);

/* a: lane (ESM_FX_FINISHED: shard); b: number of the first record; c: how many, and for DISCARD the condition << 32. */
enum esm_fx {
    ESM_FX_INVOKE,   /* esm_batch; its end is told with esm_done */
    ESM_FX_DONE,     /* they have been processed */
    ESM_FX_DISCARD,  /* they are given up */
    ESM_FX_EXPIRED,  /* the stream has them no more */
    ESM_FX_SPLIT,    /* a batch was bisected; c: records of the first part */
    ESM_FX_FINISHED, /* the shard has ended and all its records have gone */
    ESM_FX_KINDS
};

struct esm_batch {
    uint32_t shard, n;
    uint32_t tries;  /* invocations of its first record that went wrong */
    bool     window; /* it carries the state of a tumbling window */
    bool     final;  /* it is the window's last invocation; n may be 0 */
    sim_time from, to; /* the window */
};

enum esm_verdict { ESM_OK, ESM_FAILED, ESM_THROTTLED };

struct esm;
bool esm_open(struct esm **, const struct esm_config *, struct err *);
void esm_close(struct esm *); /* NULL: nothing */

/* Shards have small numbers of the caller's. The first look at one makes it. false: memory is short. */
bool esm_shard(struct esm *, uint32_t shard);
/* The next record of the shard; numbers rise. false: memory is short. */
bool esm_add(struct esm *, struct call *, uint32_t shard, const struct esm_record *);
/* All that arrived before that time has been added: tumbling windows that end until then may close. */
void esm_seen(struct esm *, struct call *, uint32_t shard, sim_time until);
/* Records below that number have expired. */
void esm_trim(struct esm *, struct call *, uint32_t shard, uint64_t horizon);
/* No record will be added to it any more. */
void esm_end(struct esm *, struct call *, uint32_t shard);
/* The lane's invocation is over. bad: the first record that failed, counted from 0; n or more: none (reporting functions). */
void esm_done(struct esm *, struct call *, uint32_t lane, enum esm_verdict, uint32_t bad);

/* Memory ran short in esm_advance or esm_done: the mapping stands still. */
bool     esm_failed(const struct esm *);
sim_time esm_deadline(const struct esm *);
/* The shard of the lane that is next; only while a deadline is pending. */
uint32_t esm_next(const struct esm *);
/* One step of one lane. Several may be due at the same time. */
void esm_advance(struct esm *, struct call *);

/* Of the lane's invocation under way, and the i-th record in it. */
void esm_batch(const struct esm *, uint32_t lane, struct esm_batch *);
const struct esm_record *esm_at(const struct esm *, uint32_t lane, uint32_t i);
/* The i-th of those that an effect DONE, DISCARD or EXPIRED of the latest call is about; until the next record is added. */
const struct esm_record *esm_gone(const struct esm *, const struct effect *, uint32_t i);

static inline uint32_t esm_lane_of(const struct esm_config *c, uint32_t shard, uint64_t hash)
{
    return shard * c->factor + (uint32_t)(hash % c->factor);
}
/* Whether a lane of the shard has less than a batch: there is room for more. */
bool     esm_wants(const struct esm *, uint32_t shard);
/* The lowest number that is not done with; it never goes back. */
uint64_t esm_checkpoint(const struct esm *, uint32_t shard);
/* Records that are waiting or under way. */
uint64_t esm_pending(const struct esm *, uint32_t shard);
/* Invocations under way; lanes whose batch in hand has failed or was throttled, of all shards and of one. */
uint32_t esm_flying(const struct esm *);
uint32_t esm_blocked(const struct esm *);
uint32_t esm_blocked_in(const struct esm *, uint32_t shard);
/* All invariants, for tests: walks everything. */
void esm_check(const struct esm *, sim_time now);

#endif
