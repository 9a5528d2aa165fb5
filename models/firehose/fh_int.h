/* fh_int.h - what the files of a delivery stream share. */
#ifndef FH_INT_H
#define FH_INT_H

#include "firehose.h"
#include "map64.h"
#include "slab.h"

#define CHUNK_RECORDS 31

struct fh_chunk { /* 752 bytes */
    uint32_t next;
    uint16_t first, end; /* records of it that are there */
    struct fh_record record[CHUNK_RECORDS];
};
struct fh_list { /* in the order of arrival */
    uint32_t head, tail, n;
    uint64_t bytes;
};

enum fh_role { ROLE_TRANSFORM, ROLE_INTAKE, ROLE_DATA, ROLE_ERROR, ROLE_COPY };
enum fh_lot_state {
    LOT_FREE,
    LOT_GATHERS,   /* a buffer; in the heap */
    LOT_TO_INVOKE, /* in `invoke` */
    LOT_INVOKED,
    LOT_PAUSES,    /* before an invocation is repeated; in the heap */
    LOT_READY,     /* its pause is over: in `ready` */
    LOT_PROCESSED, /* waits for those before it in `line` */
    LOT_WAITS,     /* for a delivery: in `wait`, and in the heap for its expiry */
    LOT_UNDER_WAY,
    LOT_BACKS_OFF, /* in the heap */
    LOT_ENDED      /* in `ended`, or told */
};
struct fh_lot {
    struct fh_list list;
    uint64_t serial, seq; /* seq: ties in the heap */
    sim_time due, retry_at, window_end, began;
    uint32_t place;      /* in the heap; FH_NONE */
    uint32_t next, prev; /* in a queue */
    uint32_t line;       /* the next to be transformed */
    uint32_t attempt, key;
    uint8_t state, role, why, to, end;
    bool good;    /* LOT_PROCESSED */
    bool stored[2]; /* it is there already: an attempt without acknowledgement stored it; by enum fh_to */
    bool failed;  /* the destination has failed for good, so that the backup's failure halts all (FH-31) */
    bool halts;
};

struct fh_queue {
    uint32_t head, tail, n;
};

struct firehose {
    struct fh_config config;
    struct fh_counts counts;
    struct slab chunks, lots;
    uint32_t *heap;
    uint32_t n_heap, cap_heap;
    uint64_t seq, serial;
    struct map64 partition; /* key -> lot */
    uint32_t n_partition;
    uint32_t transform, intake, data, copy, error[FH_WHYS]; /* the buffers; FH_NONE */
    struct fh_queue invoke, ready, ended, wait[2];
    uint32_t line_head, line_tail; /* what is being transformed, in order of input (FH-26) */
    uint32_t invoked, invoked_max, invoked_most; /* most: of all maxima so far */
    uint32_t under[2];
    uint32_t halting;
    uint64_t waiting_bytes; /* of wait[FH_TO_DESTINATION] */
    uint64_t inside;
    sim_time second; /* of ingest: the end of the window */
    uint64_t second_records, second_requests, second_bytes;
    bool failed;
};

static inline struct fh_lot *lot_at(const struct firehose *f, uint32_t lot)
{
    return slab_at(&f->lots, lot);
}
static inline struct fh_chunk *chunk_at(const struct firehose *f, uint32_t chunk)
{
    return slab_at(&f->chunks, chunk);
}

/* fh_list.c */
void fh_list_init(struct fh_list *);
bool fh_list_add(struct firehose *, struct fh_list *, const struct fh_record *); /* false: memory is short */
bool fh_list_pop(struct firehose *, struct fh_list *, struct fh_record *);
const struct fh_record *fh_list_first(const struct firehose *, const struct fh_list *);
void fh_list_join(struct firehose *, struct fh_list *, struct fh_list *more); /* which is empty then */
void fh_list_free(struct firehose *, struct fh_list *);

/* fh_lot.c */
uint32_t fh_lot_new(struct firehose *, enum fh_role, sim_time now); /* FH_NONE: memory is short, and it is marked failed */
void fh_lot_free(struct firehose *, uint32_t lot);
void fh_lot_due(struct firehose *, uint32_t lot, sim_time due); /* into the heap, or moved there; SIM_NEVER: out of it */
void fh_lot_end(struct firehose *, uint32_t lot, enum fh_end);
void fh_queue_init(struct fh_queue *);
void fh_queue_add(struct firehose *, struct fh_queue *, uint32_t lot);
void fh_queue_remove(struct firehose *, struct fh_queue *, uint32_t lot);

/* fh_buffer.c */
void fh_buffer_in(struct firehose *, const struct fh_record *);       /* from outside */
void fh_buffer_data(struct firehose *, sim_time now, const struct fh_record *); /* after transformation */
void fh_buffer_error(struct firehose *, sim_time now, const struct fh_record *, enum fh_why);
void fh_buffer_flush(struct firehose *, sim_time now, uint32_t lot);

/* fh_transform.c */
void fh_transform_begin(struct firehose *, uint32_t lot);
void fh_transform_due(struct firehose *, uint32_t lot);
bool fh_transform_next(struct firehose *, struct fh_task *);

/* fh_deliver.c */
void fh_deliver_wait(struct firehose *, sim_time now, uint32_t lot, enum fh_to);
void fh_deliver_due(struct firehose *, sim_time now, uint32_t lot);
bool fh_deliver_next(struct firehose *, sim_time now, struct fh_task *);
void fh_deliver_again(struct firehose *, sim_time now, uint32_t lot, struct fh_task *);

/* firehose.c */
void fh_advance(struct firehose *, sim_time now); /* what is due */

#endif
