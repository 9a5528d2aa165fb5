/* kinesis.h - one stream of Amazon Kinesis Data Streams as a pure state machine: time comes in,
 * results and effects go out. The rules are numbered KIN-1 … KIN-98 (docs/semantics/kinesis.md);
 * comments cite them. Names, quotas of an account and calls per second: kin_account.h.
 *
 * Use: at `now`, kin_advance while kin_deadline() <= now, and kin_push_next until it returns false;
 * then operations. Each operation asserts that the first was done. A record is stored in 24 bytes,
 * its shard and sequence number follow from where it stands; memory grows by chunks of records.
 * Nothing here rolls dice. A partition key comes in as its hash (MD5, outside) and as a number. */
#ifndef KINESIS_H
#define KINESIS_H

#include <stddef.h>

#include "call.h"
#include "err.h"
#include "kin_metric.h"
#include "kin_outcome.h"
#include "kin_text.h"
#include "simtime.h"

#define KIN_NONE          UINT32_MAX
#define KIN_MIB           1048576 /* MB of the shard limits (KIN-10) */
#define KIN_SHARD_RECORDS 1000    /* a second, written (KIN-10) */
#define KIN_READ_BYTES    2097152 /* a second, read (KIN-30) and pushed (KIN-67) */
#define KIN_READ_CALLS    5
#define KIN_BATCH_RECORDS 500
#define KIN_BATCH_BYTES   (10 * KIN_MIB)
#define KIN_READ_RECORDS  10000
#define KIN_ITERATOR_LIFE (300 * SIM_S)
#define KIN_RETENTION_MIN 24 /* hours */
#define KIN_RETENTION_MAX 8760
#define KIN_SHARDS_MAX    10000

enum kin_throttle { KIN_WINDOW, KIN_BUCKET }; /* KIN-21, KIN-22 */
enum kin_mode { KIN_MODE_PROVISIONED, KIN_MODE_ON_DEMAND };
enum kin_status { KIN_CREATING, KIN_ACTIVE, KIN_UPDATING, KIN_DELETING, KIN_GONE };
enum kin_shard_status { KIN_OPEN, KIN_CLOSED, KIN_EXPIRED };

struct kin_quota { /* of open shards, shared by the streams of an account (KIN-9) */
    uint64_t open, max;
};
struct kin_config {
    struct kin_quota *quota; /* NULL: none */
    uint32_t shards;         /* provisioned */
    enum kin_mode mode;
    enum kin_throttle throttle;
    uint32_t retention_h;
    uint32_t max_record;    /* bytes, data and key (KIN-11, KIN-26) */
    uint32_t peak_mb;       /* on-demand: assumed peak of the last 30 days, MB/s (KIN-61) */
    uint32_t on_demand_max; /* shards that an on-demand stream grows to (KIN-58) */
    uint32_t read_records;  /* records read a second and shard; 0: no such limit (KIN-34) */
    uint32_t consumers;     /* that may be registered (KIN-68) */
    bool ignore_keys;       /* records go round robin to the open shards (KIN-66) */
    bool tell_expired;      /* kin_expire.h: what has expired is kept until it is told of */
    sim_time create_time, step_time;      /* KIN-55 */
    sim_time grow_delay;                  /* KIN-61: 0 … 900 s */
    sim_time warm_time;                   /* KIN-64 */
    sim_time push_latency, register_time; /* KIN-70 */
    sim_time now;                         /* when it is created */
};
void kin_config_default(struct kin_config *);

enum kin_effect {                  /* told by kin_advance */
                  KIN_FX_STATUS,   /* a: the new one */
                  KIN_FX_OPENED,   /* a: shard, b and c: parents or KIN_NONE */
                  KIN_FX_CLOSED,   /* a: shard */
                  KIN_FX_CONSUMER, /* a: is active now */
                  KIN_FX_NO_MEMORY /* a step of resharding was put off by a second */
};

struct kinesis;
bool kin_open(struct kinesis **, const struct kin_config *, struct err *);
void kin_close(struct kinesis *);
/* Steps of resharding, growth, registrations. SIM_NEVER: nothing is pending. */
sim_time kin_deadline(const struct kinesis *);
void kin_advance(struct kinesis *, struct call *);

/* --- writing (section 2) --- */
struct kin_put {
    kin_hash hash; /* MD5 of the key, or the explicit one */
    uint64_t user;
    uint32_t size;      /* data and key */
    uint32_t key;       /* a number for it, stored */
    uint32_t key_chars; /* 1 … 256 */
};
struct kin_placed {
    enum kin_outcome outcome; /* of this entry: KIN_OK, KIN_THROTTLED or KIN_NO_MEMORY */
    uint32_t shard;
    uint64_t seq;
};
enum kin_outcome kin_put(struct kinesis *, struct call *, const struct kin_put *,
                         struct kin_placed *);
/* KIN_OK: each entry has its own outcome, *failed of them are none. Else nothing was stored. */
enum kin_outcome kin_put_many(struct kinesis *, struct call *, const struct kin_put *, uint32_t n,
                              struct kin_placed *, uint32_t *failed);

/* --- reading (section 3) --- */
struct kin_record {
    uint64_t user;
    sim_time arrival; /* of acceptance; ApproximateArrivalTimestamp is kin_arrival_ms (KIN-8) */
    uint32_t size, key;
};
static inline int64_t kin_arrival_ms(const struct kin_record *r)
{
    return r->arrival / SIM_MS;
}
enum kin_start {
    KIN_TRIM_HORIZON,
    KIN_LATEST,
    KIN_AT_SEQUENCE,
    KIN_AFTER_SEQUENCE,
    KIN_AT_TIMESTAMP
};
struct kin_from {
    enum kin_start type;
    uint64_t seq;
    sim_time at;
};
struct kin_iterator {
    uint32_t shard;
    uint64_t seq; /* the next one to read */
    sim_time issued;
};
enum kin_outcome kin_iterator(struct kinesis *, struct call *, uint32_t shard,
                              const struct kin_from *, struct kin_iterator *);
struct kin_records { /* of one shard, with numbers first … first + n - 1 */
    uint64_t first;
    uint32_t n;
    uint64_t bytes;
    int64_t behind_ms; /* MillisBehindLatest, and the iterator's age (KIN-36, KIN-95) */
    struct kin_iterator next;
    bool end; /* of a closed shard: there is no next, and here are its children */
    uint32_t child[2];
};
enum kin_outcome kin_read(struct kinesis *, struct call *, const struct kin_iterator *,
                          uint32_t limit, struct kin_records *);
/* A record that was read, until its chunk is trimmed. */
const struct kin_record *kin_record(const struct kinesis *, uint32_t shard, uint64_t seq);

/* --- enhanced fan-out (section 7) --- */
enum kin_outcome kin_register(struct kinesis *, struct call *, uint32_t *consumer);
enum kin_outcome kin_deregister(struct kinesis *, struct call *, uint32_t consumer);
/* A subscription of the same pair from before ends, without a word (KIN-69). */
enum kin_outcome kin_subscribe(struct kinesis *, struct call *, uint32_t consumer, uint32_t shard,
                               const struct kin_from *);
/* The client closes the connection. */
void kin_unsubscribe(struct kinesis *, uint32_t consumer, uint32_t shard);
enum kin_push_kind { KIN_PUSH_RECORDS, KIN_PUSH_SHARD_END, KIN_PUSH_EXPIRED };
struct kin_push {
    enum kin_push_kind kind;
    uint32_t consumer, shard, n;
    uint64_t first; /* of n records; else the number to go on with */
    int64_t behind_ms;
    uint32_t child[2]; /* KIN_PUSH_SHARD_END */
};
sim_time kin_push_deadline(const struct kinesis *);
/* One event that is due; false: none is. */
bool kin_push_next(struct kinesis *, struct call *, struct kin_push *);

/* --- shards, retention, capacity (sections 4 to 6) --- */
enum kin_outcome kin_split(struct kinesis *, struct call *, uint32_t shard, kin_hash at);
enum kin_outcome kin_merge(struct kinesis *, struct call *, uint32_t shard, uint32_t other);
enum kin_outcome kin_update_count(struct kinesis *, struct call *, uint32_t target);
enum kin_outcome kin_set_mode(struct kinesis *, struct call *, enum kin_mode);
enum kin_outcome kin_set_warm(struct kinesis *, struct call *, uint32_t mib);
enum kin_outcome kin_set_max_record(struct kinesis *, struct call *, uint32_t kib);
enum kin_outcome kin_set_retention(struct kinesis *, struct call *, uint32_t hours, bool longer);
/* It is KIN_GONE after create_time. */
enum kin_outcome kin_delete(struct kinesis *, struct call *);

/* --- queries --- */
struct kin_shard_view {
    kin_hash first, last;
    uint32_t parent[2], child[2];
    enum kin_shard_status status;
    uint64_t horizon, next; /* numbers: the oldest kept, the next to come */
};
const struct kin_config *kin_config(const struct kinesis *);
enum kin_status kin_status(const struct kinesis *);
uint32_t kin_shards(const struct kinesis *); /* ever made: their numbers are below */
uint32_t kin_open_shards(const struct kinesis *);
void kin_shard_view(struct kinesis *, sim_time now, uint32_t shard, struct kin_shard_view *);
uint32_t kin_route(const struct kinesis *, kin_hash);
const struct kin_counts *kin_counts(const struct kinesis *);
const struct kin_shard_counts *kin_shard_counts(const struct kinesis *, uint32_t shard);
uint64_t kin_bytes(const struct kinesis *); /* memory of records */
void kin_check(const struct kinesis *, sim_time now);

#endif
