/* room.h - a kind of entity, described: keys, metrics, protocols, life. The registry (rooms.c) is an array of these;
 * parsing with line numbers, refusal of unknown keys, `afterbay describe KIND`, the reference pages, the wiring
 * check and the results' metric table all come from here. A new service is one folder and one line in rooms.c. */
#ifndef ROOM_H
#define ROOM_H

#include "result.h"
#include "spec.h"
#include "wire.h"

struct crew_ops;
struct entity;
struct invoke_ops;
struct link_ops;
struct log_ops;
struct pool_ops;
struct scale_ops;
struct trigger_ops;
struct world;

enum metric_flag {
    METRIC_SERIES = 1, /* recorded over time by default */
    METRIC_HIST = 2,   /* tally or level with a histogram */
    METRIC_SHARE = 4,  /* a quotient of two levels, of kind OBS_LEVEL with a mean only (entity_share) */
    METRIC_QUIET = 8,  /* for charts and programs: no number that a reader of the short summary wants */
    METRIC_AT_END = 16, /* known when the run has ended: nobody can watch it */
    METRIC_SUMMED = 32  /* a tally of a source of requests: goes into the scenario's own */
};

struct metric_def {
    const char      *name;       /* "depth" */
    const char      *cloudwatch; /* "ApproximateNumberOfMessagesVisible", or NULL */
    enum obs_kind    kind;
    enum metric_unit unit;
    unsigned         flags;
    const char      *doc;
};

enum fault_effect { FAULT_DOWN = 1, FAULT_HANG = 2, FAULT_SLOW = 4, FAULT_FAIL = 8, FAULT_STOP = 16 };
struct fault_state {
    unsigned active;      /* effects in force (bits) */
    double   factor;      /* FAULT_SLOW: service times are multiplied by it */
    int64_t  probability; /* FAULT_FAIL: ppb */
};

struct room {
    const char              *kind;  /* "queue" */
    const char              *title; /* "Amazon SQS queue" */
    const char              *doc;   /* a paragraph for describe */
    const struct key        *key;
    uint32_t                 n_key;
    const struct metric_def *metric;
    uint32_t                 n_metric;
    /* Parts that have metrics of their own (a topic's subscriptions, a bus's targets), after the entity's, as "topic.orders[seoul]":
     * how many there are, and what stands in the brackets (no two alike, none with a bracket or dot), perhaps made in the
     * arena; NULL there: memory is short. parts NULL: there are none. */
    uint32_t (*parts)(const struct spec_entity *);
    const char *(*part_name)(const struct spec_entity *, uint32_t part, struct arena *);
    const struct metric_def *part_metric;
    uint32_t                 n_part_metric;
    const char              *quotas;  /* how the names of its service's limits begin (quota.h): "sqs."; NULL: none */
    unsigned                 effects; /* fault effects that make sense here */
    bool                     internal; /* not an entity that users reference (fault) */

    /* Protocols it serves; NULL: it does not. A reference to it is checked against these. */
    const struct push_ops *push;
    const struct pull_ops *pull;
    const struct call_ops *call;
    const struct log_ops    *log;    /* log.h */
    const struct invoke_ops *invoke; /* invoke.h */
    const struct crew_ops    *crew;    /* crew.h: instances of a group work in it */
    const struct link_ops    *link;    /* link.h: takes connections that stay open */
    const struct pool_ops    *pool;    /* link.h: holds connections for those who call through it */
    const struct scale_ops   *scale;   /* control.h: policies change its size */
    const struct trigger_ops *trigger; /* control.h: alarms set it off */

    /* Checks across keys and entities, when all values are typed and references resolved. May be NULL. */
    void (*check)(const struct spec *, const struct spec_entity *, struct problems *);

    /* The entity of one trial: allocated in the trial's arena; embeds struct entity first.
     * NULL: memory is short. Registers its observers with entity_metric. */
    struct entity *(*make)(struct world *, const struct spec_entity *);
    /* All entities are made: resolve references (world_entity). May be NULL. */
    bool (*wire)(struct entity *);
    /* Start timers, in the order of (kind, id). May be NULL. */
    void (*start)(struct entity *);
    /* The run is over: settle what observers do not see. May be NULL. */
    void (*finish)(struct entity *, sim_time now);
    /* Invariants that must hold at any instant: conservation, Little's law. false: *err says which and how.
     * May be NULL. Cheap: called at sampled instants of every run. */
    bool (*conserve)(struct entity *, sim_time now, struct err *);
    /* The fault state changed. NULL: cannot be faulted. */
    void (*fault)(struct entity *, const struct fault_state *);
    /* A key with KEY_RUNTIME gets a new value (already checked). */
    void (*set)(struct entity *, unsigned key, const struct value *);
    /* What a key with KEY_RUNTIME, a number, stands at: other than was set where that was refused, or has changed since. NULL: it
     * is always as it was set. */
    int64_t (*setting)(const struct entity *, unsigned key);
    /* Frees what does not lie in the arena. May be NULL. */
    void (*close)(struct entity *);
};

/* The registry, ended by NULL; sorted by kind. */
extern const struct room *const rooms[];
const struct room *room_find(const char *kind);

/* Keys of the reserved groups: `run`. (fault is a room of its own.) */
extern const struct key run_keys[];
extern const uint32_t   n_run_keys;

#endif
