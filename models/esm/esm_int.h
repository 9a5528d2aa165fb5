/* esm_int.h - lanes, for the files of the mapping's core. */
#ifndef ESM_INT_H
#define ESM_INT_H

#include "esm_stream.h"

#define PAUSE_MAX   (60 * SIM_S)
#define NOT_DUE     UINT32_MAX

enum lane_state { LANE_FREE, LANE_FLYING, LANE_PAUSED };

struct item { /* a record in its line */
    struct esm_record r;
    sim_time added;
};
/* A batch: so many records. */
struct piece {
    uint32_t n;
    uint32_t failed; /* invocations that count as attempts */
    uint32_t tries;
};
struct lane {
    uint32_t shard;
    uint32_t at; /* place among those that are due; NOT_DUE */
    enum lane_state state;
    sim_time due, again; /* again: when a pause ends */
    struct item *ring;
    uint32_t cap, head, n;
    uint32_t gone; /* records before the head that left in the latest call */
    struct piece *piece; /* a stack: the last is in hand */
    uint32_t n_piece, cap_piece;
    uint32_t errors; /* in a row: how long the next pause is */
    uint32_t open;   /* gathered for the next batch */
    uint64_t open_bytes;
    bool     cut; /* no more will go into it */
    int64_t  window; /* number of the tumbling window whose state is carried; -1: none */
    bool     final;  /* of the invocation under way */
};
struct shard {
    uint64_t next; /* number behind the last that was added */
    uint64_t horizon;
    sim_time seen;
    bool     ended, finished;
};
struct esm {
    struct esm_config config;
    struct shard *shard;
    struct lane *lane; /* shard by shard */
    uint32_t *heap;    /* lanes that are due some time */
    uint32_t n_shard, n_due, n_flying, n_blocked;
    sim_time now;
    bool failed; /* memory ran short */
};

static inline struct item *lane_item(const struct lane *l, uint32_t i)
{
    return &l->ring[(l->head + i) & (l->cap - 1)];
}
static inline struct piece *lane_piece(const struct lane *l)
{
    return &l->piece[l->n_piece - 1];
}

/* esm_lane.c: the line and its pieces */
bool     lane_add(const struct esm *, struct lane *, const struct esm_record *, sim_time now);
/* Counts on what is gathered. */
void     lane_gather(const struct esm *, struct lane *);
/* The first k leave. */
void     lane_leave(struct esm *, struct lane *, uint32_t k);
/* Errors in a row. */
void     lane_errors(struct esm *, struct lane *, uint32_t n);
/* What is gathered becomes the batch in hand. */
void     lane_take(struct lane *);
bool     lane_split(struct lane *); /* false: memory is short */
bool     lane_reserve(struct lane *);
/* How many at the front have expired. */
uint32_t lane_expired(const struct esm *, const struct lane *);
uint64_t lane_bytes(const struct esm_record *);
/* Tumbling windows: whether the lane's is over but for its last invocation; whether nothing comes to it any more. */
bool     lane_wants_final(const struct esm *, const struct lane *);
bool     lane_window_over(const struct esm *, const struct lane *, int64_t window);

/* esm_due.c */
void due_set(struct esm *, uint32_t lane, sim_time);
sim_time lane_due(const struct esm *, const struct lane *);

#endif
