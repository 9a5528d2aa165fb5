/* firehose.h - one stream of Amazon Data Firehose as a pure state machine: records come in, deliveries go out. The rules are
 * numbered FH-1 … FH-41 (docs/semantics/firehose.md); comments cite them.
 *
 * Records that travel together are a *lot*: first a buffer, then a batch for a function, or an object for a destination. A lot
 * is a list of chunks, so that joining two costs nothing, and memory grows with what is buffered only.
 *
 * Use: at `now`, fh_next until it returns false, and carry out each task: invoke the function, deliver to the destination or
 * the backup, tell whose records have ended. The world answers with fh_invoked and fh_settle, at once or later; again at
 * fh_deadline(). Puts settle what is due before them by themselves.
 *
 * Conservation, at every instant (fh_check): records accepted and copied = inside + ended. */
#ifndef FIREHOSE_H
#define FIREHOSE_H

#include "call.h"
#include "err.h"
#include "fh_metric.h"
#include "fh_outcome.h"
#include "simtime.h"

#define FH_NONE          UINT32_MAX
#define FH_MIB           1048576
#define FH_RECORD_BYTES  1024000 /* 1,000 KiB (FH-2) */
#define FH_BATCH_RECORDS 500
#define FH_BATCH_BYTES   (4 * FH_MIB)
#define FH_INVOKE_BYTES  (6 * FH_MIB) /* of a request and of an answer (FH-20) */
#define FH_PARTITIONS    500
#define FH_PARTITIONS_MAX 2500

enum fh_destination { FH_S3, FH_REDSHIFT, FH_OPENSEARCH, FH_HTTP, FH_SPLUNK, FH_SNOWFLAKE, FH_ICEBERG, FH_DESTINATIONS };
enum fh_source { FH_DIRECT_PUT, FH_STREAM, FH_KAFKA };

/* What FH-12 and FH-28 … 30 say of a destination. */
struct fh_limits {
    uint32_t size_min, size_max, size; /* MiB */
    uint32_t interval_max, interval;   /* s; the least is 0 */
    uint32_t lambda_kib, lambda_interval; /* defaults (FH-19) */
    int32_t  retry;                    /* s; -1: as long as data is kept */
    uint32_t ack;                      /* s; 0: its answer is the acknowledgement, however long it takes */
    uint32_t invocations;              /* outstanding, per shard (FH-24) */
};
const struct fh_limits *fh_limits(enum fh_destination, bool convert);

struct fh_record {
    uint64_t user;
    sim_time arrival; /* here */
    uint32_t size, key;
};
enum fh_stage { FH_AT_TRANSFORM, FH_AT_CONVERSION };
enum fh_result { FH_RESULT_OK, FH_RESULT_DROPPED, FH_RESULT_FAILED };

struct fh_quota { /* streams of an account (FH-10) */
    uint32_t open, max;
};
struct fh_config {
    struct fh_quota *quota; /* NULL: none */
    enum fh_source source;
    enum fh_destination destination;
    uint64_t records_per_s, requests_per_s, bytes_per_s; /* FH-5; 0: no limit */
    uint32_t shards; /* of the source; 0: one for each MiB/s of the quota (FH-24) */
    uint64_t size;   /* bytes */
    sim_time interval, zero_latency; /* FH-15 */
    bool backup_all; /* every record goes to the backup, too (FH-34) */
    uint64_t backup_size;
    sim_time backup_interval;
    bool convert;        /* FH-35 */
    uint32_t partitions; /* 0: no dynamic partitioning (FH-36) */
    sim_time parse_time; /* records are gathered before they are told apart (FH-38) */
    bool transform;
    uint64_t lambda_size;
    sim_time lambda_interval;
    uint32_t lambda_retries;
    uint32_t parallel; /* deliveries at a time (FH-16) */
    uint64_t merge;    /* waiting lots become one up to this size (FH-17) */
    sim_time retry;    /* after the first failed attempt; SIM_NEVER: no bound */
    sim_time keep;     /* FH-9 */
    bool jitter;       /* FH-33 */
    /* What a function or a conversion makes of a record; *size may be changed. NULL: all are well. Asked twice. */
    enum fh_result (*judge)(void *from, enum fh_stage, const struct fh_record *, uint32_t *size);
    void *from;
};
/* As the service sets up a stream to this destination when nothing else is asked for. */
void fh_config_default(struct fh_config *, enum fh_destination, bool convert);
/* The largest record that a source may hand out (FH-2, FH-8). */
uint32_t fh_record_max(enum fh_source, bool transform);
/* FH_OK, or what CreateDeliveryStream would say. */
enum fh_outcome fh_config_judge(const struct fh_config *);

struct firehose;
enum fh_outcome fh_open(struct firehose **, const struct fh_config *);
void fh_close(struct firehose *); /* NULL: nothing */
const struct fh_config *fh_config(const struct firehose *);

/* --- ingest --- */
struct fh_put {
    uint64_t user;
    uint32_t size, key; /* key: of dynamic partitioning */
};
enum fh_outcome fh_put(struct firehose *, struct call *, const struct fh_put *);
/* FH_OK: each entry has its own outcome, *failed of them are none. Else nothing was stored. */
enum fh_outcome fh_put_batch(struct firehose *, struct call *, const struct fh_put *, uint32_t n, enum fh_outcome *each,
                             uint32_t *failed);
/* What was read from its source: no quota (FH-7). */
enum fh_outcome fh_take(struct firehose *, struct call *, const struct fh_put *, uint32_t n);
/* Its source has so many shards now (FH-24). */
void fh_set_shards(struct firehose *, uint32_t);
/* Whether the source is to be read on: it is not while what was read has nowhere to go. */
bool fh_wants(const struct firehose *);

/* --- what is to be done --- */
enum fh_to { FH_TO_DESTINATION, FH_TO_BACKUP };
enum fh_task_kind { FH_TASK_INVOKE, FH_TASK_DELIVER, FH_TASK_END };
struct fh_task {
    enum fh_task_kind kind;
    uint32_t lot;
    enum fh_to to;    /* FH_TASK_DELIVER */
    uint32_t attempt; /* from 0 */
    enum fh_end end;  /* FH_TASK_END: look at the records, then fh_release */
};
bool fh_next(struct firehose *, struct call *, struct fh_task *);
/* An invocation has ended; call->now: when. */
void fh_invoked(struct firehose *, struct call *, uint32_t lot, bool good);
/* So has an attempt to deliver. */
enum fh_answer { FH_DONE, FH_FAILED, FH_NO_ACK };
void fh_settle(struct firehose *, struct call *, uint32_t lot, enum fh_answer);
/* An attempt that was not acknowledged in time has stored the lot after all (FH-32). */
void fh_stored(struct firehose *, uint32_t lot, enum fh_to);
void fh_release(struct firehose *, uint32_t lot);
/* When fh_next has something to do; SIM_NEVER: nothing is pending. */
sim_time fh_deadline(const struct firehose *);

/* --- queries --- */
struct fh_lot_view {
    uint64_t bytes, serial; /* serial: no two lots of a stream have the same */
    uint32_t n, key;        /* key: of its partition; FH_NONE */
    sim_time oldest;
    enum fh_why why;
    bool copy; /* of `backup all` */
    bool stored[2]; /* at the destination, in the backup: at least once */
};
void fh_lot(const struct firehose *, uint32_t lot, struct fh_lot_view *);
struct fh_cursor { /* over a lot's records, zero at first */
    uint32_t chunk, at;
    bool begun;
};
bool fh_record_next(const struct firehose *, uint32_t lot, struct fh_cursor *, struct fh_record *);
const struct fh_counts *fh_counts(const struct firehose *);
uint64_t fh_inside(const struct firehose *);           /* records, copies too */
sim_time fh_freshness(const struct firehose *, sim_time now); /* age of the oldest record inside; 0: none (FH-39) */
uint32_t fh_active_partitions(const struct firehose *);
uint32_t fh_waiting(const struct firehose *, enum fh_to);   /* lots that wait for a delivery */
uint32_t fh_under_way(const struct firehose *, enum fh_to); /* deliveries, between attempts too */
bool fh_paused(const struct firehose *);                    /* FH-31 */
bool fh_failed(const struct firehose *); /* memory ran short: it stands still */
uint64_t fh_bytes(const struct firehose *); /* memory */
void fh_check(const struct firehose *, sim_time now);

#endif
