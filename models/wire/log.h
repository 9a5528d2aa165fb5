/* log.h - the fourth protocol, beside the three of wire.h: LOG, a store of records in partitions
 * (shards) that is read by position. Nothing is taken away by reading; a record goes when its
 * retention ends. A Kinesis data stream serves it; applications, Lambda's mappings and Firehose read.
 *
 * A call's time (`latency`) is waited by the reader with its own timer, as everywhere; then the
 * operation is performed and answered at once. */
#ifndef LOG_H
#define LOG_H

#include "wire.h"

#define LOG_NONE UINT32_MAX

enum log_start { LOG_TRIM_HORIZON, LOG_LATEST, LOG_AT_SEQUENCE, LOG_AFTER_SEQUENCE, LOG_AT_TIMESTAMP };
struct log_from {
    enum log_start type;
    uint64_t       seq;
    sim_time       at;
};
struct log_cursor { /* an iterator: opaque, but that seq is the number of the next record */
    uint32_t part;
    uint64_t seq;
    sim_time issued;
};
struct log_part {
    bool     open;
    uint32_t parent[2], child[2]; /* LOG_NONE: there is none */
    uint64_t horizon, next;       /* numbers: of the oldest that can be read, and of the next to come */
};
enum log_verdict { LOG_OK, LOG_THROTTLED, LOG_EXPIRED, LOG_REFUSED, LOG_DOWN };

struct log_read { /* records first … first + n - 1 */
    uint64_t          first, bytes;
    uint32_t          n;
    int64_t           behind_ms; /* behind the newest: 0 when it has been reached */
    struct log_cursor next;
    bool              end;       /* a closed partition was read to its end: go on with its children */
    uint32_t          child[2];
};
struct log_record {
    const struct job *job; /* valid until the next operation; a reader that keeps one holds its request */
    uint32_t          n;   /* user records: several in an aggregated one */
    uint64_t          seq;
    sim_time          arrival;
    uint32_t          size; /* data and key, bytes */
    uint32_t          key;  /* number of the partition key; JOB_NO_KEY: each record has its own */
    uint64_t          hash; /* low 64 bits of the key's hash */
};
enum log_push_kind { LOG_PUSHED, LOG_PUSHED_END, LOG_PUSHED_EXPIRED /* subscribe again */ };
struct log_push {
    enum log_push_kind kind;
    uint32_t           part, n;
    uint64_t           first; /* of n records; otherwise the number to go on with */
    int64_t            behind_ms;
    uint32_t           child[2];
};

/* An application that reads: embedded in it, attached once. */
struct log_reader {
    struct entity *owner;
    /* Records came by enhanced fan-out, or the subscription ended. NULL: it polls. */
    void (*pushed)(struct log_reader *, const struct log_push *);
    /* Partitions were opened or closed. May be NULL. */
    void (*changed)(struct log_reader *);
    /* the log's */
    struct log_reader *next;
    uint32_t           number; /* among its readers of the same way, in the order of (kind, id) */
    uint32_t           consumer;
};

enum log_call { LOG_CALL_READ, LOG_CALL_SEEK, LOG_CALL_LIST, LOG_CALL_SUBSCRIBE };
struct log_ops {
    /* In `wire`, before anything is read. fan_out: registers a consumer. false: it cannot be (world_break was called). */
    bool (*attach)(struct entity *, struct log_reader *, bool fan_out);
    sim_time (*latency)(struct entity *, const struct log_reader *, enum log_call);
    uint32_t (*parts)(const struct entity *); /* ever made: their numbers are below */
    void (*part)(struct entity *, uint32_t part, struct log_part *);
    /* Fair polling: between two reads of one reader, and its first one (KIN-42). */
    void (*turn)(const struct entity *, const struct log_reader *, sim_time interval, sim_time *every, sim_time *first);
    enum log_verdict (*seek)(struct entity *, struct log_reader *, uint32_t part, const struct log_from *,
                             struct log_cursor *);
    enum log_verdict (*read)(struct entity *, struct log_reader *, const struct log_cursor *, uint32_t limit,
                             struct log_read *);
    /* A record that was read or pushed. false: it is gone meanwhile (its retention has ended). */
    bool (*record)(struct entity *, uint32_t part, uint64_t seq, struct log_record *);
    /* The reader will not process that record: given up, or dropped on purpose. Requests to whose done_at this reader was the only
     * way are not waiting any more: what is stored can be read again (a replay), but nobody is going to. */
    void (*give_up)(struct entity *, struct log_reader *, uint32_t part, uint64_t seq);
    enum log_verdict (*subscribe)(struct entity *, struct log_reader *, uint32_t part, const struct log_from *);
    void (*unsubscribe)(struct entity *, struct log_reader *, uint32_t part);
};

#endif
