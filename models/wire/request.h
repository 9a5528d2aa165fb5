/* request.h - the request table: what the run knows of each request that is still somewhere in the system, and the
 * place where its fate is settled.
 *
 * Each place that holds a live copy (the client that may try again, a call under way, a message in a queue, a worker's
 * hand) holds the request; when nobody does, the slot is free again, so the table is as large as the number of
 * requests in the system and not as the number of requests ever made. A message in a dead-letter queue parks it:
 * remembered, but no longer alive.
 *
 * Fates (docs/reference/metrics.md): in_time - first effect within the deadline; late - after it; waiting - none yet
 * and some copy alive; lost - none, and no copy alive. offered = in_time + late + waiting + lost, exactly. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "obs.h"
#include "result.h"
#include "slab.h"

struct entity;
struct world;

enum request_flag {
    REQUEST_EFFECT = 1,  /* its first effect has happened */
    REQUEST_COUNTED = 2, /* born after warm-up: enters the results */
    REQUEST_TOLD_OK = 4,
    REQUEST_TOLD_NO = 8, /* the client was told no, or gave up */
    REQUEST_RECORDED = 16, /* its life is written down (record.h) */
    REQUEST_LIVE = 128   /* the slot is taken (private) */
};

#define REQUEST_SERVED_MAX 8
#define REQUEST_ALIVE_MAX  ((1u << 24) - 1)
#define REQUEST_PARKED_MAX UINT16_MAX

struct request { /* 32 bytes */
    sim_time birth;
    uint32_t item_low;
    uint16_t source;    /* index into the table's sources (producers) */
    uint8_t  item_high;
    uint8_t  flags;
    uint32_t size, key;
    uint32_t served : 8; /* bits of those beside the way to done_at that have done it (fleet) */
    uint32_t alive : 24; /* live copies: the upper part of the word, which one addition counts */
    uint16_t bucket;    /* of birth, for fates over time */
    uint16_t parked;    /* copies in dead-letter queues */
};

/* What is common to all requests of one producer. */
struct request_source {
    uint32_t           origin;   /* hash of the producer's path: the second word of random cells */
    const struct entity *maker;  /* the producer */
    sim_time           deadline; /* SIM_NEVER: none */
    uint32_t           priority; /* stations that look at it serve the smallest first */
    struct entity     *done_at;  /* whose first success is the effect */
    struct fates       fates;     /* at the end of the run */
    struct fates      *by_birth;  /* by time of birth; without series all in one */
    struct obs_tally   latency, answer;
    struct obs_counter offered, done; /* with series: cumulative arrivals and departures */
    const struct record_rule *record; /* which of them are recorded: request_source_add fills it in */
    uint32_t           n_record;
};

struct request_table {
    struct slab             slab;
    struct request_source **source; /* embedded in their producers */
    uint32_t               *origin; /* theirs: what most samples ask of a source */
    uint32_t                n_source;
    uint32_t                n_birth;
    sim_time                birth_width, warmup;
    sim_time                birth_end; /* of the bucket in which requests are born now */
    uint16_t                birth;     /* that bucket */
    uint32_t                n_served; /* bits of request.served that are given out */
    bool                    failed; /* memory ran short */
};

ALWAYS_INLINE struct request *request_at(const struct request_table *t, uint32_t slot)
{
    return (struct request *)slab_at_of(&t->slab, slot, sizeof(struct request));
}
ALWAYS_INLINE uint64_t request_item(const struct request *r)
{
    return (uint64_t)r->item_high << 32 | r->item_low;
}

/* The second word of random cells, with its item as the third. */
ALWAYS_INLINE uint32_t request_origin(const struct request_table *t, const struct request *r)
{
    return t->origin[r->source];
}

/* The world makes room for as many sources as the scenario has entities. */
bool request_table_open(struct world *);
void request_table_close(struct world *);
/* A producer makes its requests known, in `make`: origin, maker, deadline; its observers are registered by the producer and
 * done_at is resolved in `wire`. Returns the source's number. */
uint32_t request_source_add(struct world *, struct request_source *);

/* A new request, alive once (its client's hold). SLAB_NONE: memory is short (the table is marked failed). */
uint32_t request_open(struct world *, uint32_t source, uint64_t item, uint32_t size, uint32_t key);
/* One more copy. Beyond REQUEST_ALIVE_MAX, or REQUEST_PARKED_MAX dead letters, the trial is void, and says so. */
void request_hold(struct world *, uint32_t slot);
/* Drops one hold; settles the fate and frees the slot with the last. */
void request_drop(struct world *, uint32_t slot);
/* A live copy became a dead letter, and back (redrive, or a consumer took it from there). */
void request_park(struct world *, uint32_t slot);
void request_unpark(struct world *, uint32_t slot);
void request_drop_parked(struct world *, uint32_t slot);
/* Work for the request succeeded at `where`; counts when that is the producer's done_at. */
void request_effect(struct world *, uint32_t slot, const struct entity *where);
/* The client got its final answer. */
void request_told(struct world *, uint32_t slot, bool ok);
/* End of the run: fates of all that is still there, and of all together. */
void request_finish(struct world *);
void fates_add(struct fates *into, const struct fates *);

#endif
