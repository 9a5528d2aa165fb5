/* spec.h - a scenario as typed values: what the loader makes of the files, what rooms read. Immutable once loaded
 * and shared by all trials and threads. One struct value per key of the room's table, in the table's order, with
 * defaults filled in; `given` tells whether a file or an override set it, `place` where. */
#ifndef SPEC_H
#define SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "dist.h"
#include "problem.h"
#include "quantity.h"
#include "simtime.h"

enum value_type {
    VALUE_DURATION, /* i: ns */
    VALUE_SIZE,     /* i: bytes */
    VALUE_COUNT,    /* i */
    VALUE_SHARE,    /* i: parts per 10^9 */
    VALUE_FLAG,     /* i: 0, 1 */
    VALUE_CHOICE,   /* i: index into the key's choices */
    VALUE_RATE,     /* rate */
    VALUE_NUMBER,   /* number: a plain factor */
    VALUE_TEXT,     /* text */
    VALUE_REF,      /* ref: entity; NULL when not given */
    VALUE_DIST,     /* dist, in the key's unit; NULL when not given */
    VALUE_BACKOFF,  /* backoff; NULL when not given */
    VALUE_GROUP,    /* field[n]: one per sub-key; not `given` and n == 0 when absent */
    VALUE_LIST      /* item[n]: each a VALUE_GROUP (sub-keys), or, for key.element != VALUE_GROUP, scalars */
};

struct spec_entity;
struct backoff;

struct value {
    enum value_type type;
    bool            given;  /* written by the user; else default */
    bool            absent; /* no default and not written: the other fields mean nothing */
    struct place    place;
    const struct value *span; /* low and high of an interval { low; mid; high }, whose mid this is; NULL: none */
    union {
        int64_t                    i;
        struct rate                rate;
        double                     number;
        struct {
            const char *text, *path; /* path: of a KEY_FILE, where the file is from here */
        };
        const struct spec_entity  *ref;
        const struct dist         *dist;
        const struct backoff      *backoff;
        struct {
            struct value *item;
            uint32_t      n;
        } list; /* also the fields of a VALUE_GROUP */
    };
};

enum key_flag {
    KEY_REQUIRED = 1,
    KEY_RUNTIME = 2,       /* may be set while a run goes on (faults, scaling, goals) */
    KEY_WHOLE_SECONDS = 4, /* AWS keeps it in whole seconds (SQS-1) */
    KEY_ADVANCED = 8,      /* describe lists it last */
    KEY_FILE = 16,         /* VALUE_TEXT: a file, relative to the file that names it */
    KEY_UNLIMITED = 32     /* VALUE_COUNT: "unlimited" may stand there: INT64_MAX, beyond all limits */
};

struct key {
    const char       *name;
    enum value_type   type;
    unsigned          flags;
    const char       *fallback; /* default, as written in a file without quotes; NULL: none */
    const char       *low, *high; /* inclusive limits, as written; NULL: none */
    const char       *quota;    /* name of the quota-profile value that is the upper limit; NULL: none */
    const char       *choices;  /* VALUE_CHOICE: "standard|fifo" */
    const char       *refs;     /* VALUE_REF: kinds that fit: "queue|stream" */
    enum dist_unit    unit;     /* VALUE_DIST */
    enum value_type   element;  /* VALUE_LIST: VALUE_GROUP (with sub) or a scalar type */
    const struct key *sub;      /* VALUE_GROUP, VALUE_LIST of groups */
    uint32_t          n_sub;
    const char       *rule;     /* "SQS-17", or NULL */
    const char       *doc;      /* one line */
};

struct room;
struct spec_entity {
    const char        *kind, *id;
    const char        *path;     /* "queue.orders" */
    const struct room *room;
    uint32_t           index;    /* in the spec's order: by kind, then id (strcmp) */
    struct value      *value;    /* room->n_key of them */
    struct place       place;
};

struct quota_profile;
struct record_rule;
struct spec {
    struct arena         arena;
    const char          *title;
    uint64_t             seed;
    uint32_t             replications;
    sim_time             duration, drain, warmup;
    sim_time             interval;    /* width of a series bucket */
    bool                 series, hist; /* record them (default true) */
    const bool          *asked;       /* by number of the metric: a quantile is wanted of it; NULL: of all (scenario_ask) */
    bool                 realistic;   /* run.behaviour */
    const struct quota_profile *quotas;
    const struct record_rule *record; /* run.record (record.h) */
    uint32_t             n_record;
    struct spec_entity  *entity;      /* sorted by (kind, id); faults are entities of kind "fault" */
    uint32_t             n_entity;
    struct value        *run;         /* the `run` group's values, keys of run_keys */
};

/* By number of the key in the room's table (each room has an enum for it). */
static inline const struct value *spec_value(const struct spec_entity *e, unsigned key)
{
    return &e->value[key];
}
static inline int64_t spec_int(const struct spec_entity *e, unsigned key)
{
    return e->value[key].i;
}
static inline const struct value *value_field(const struct value *group, unsigned key)
{
    return &group->list.item[key];
}
/* NULL when there is none. path: "queue.orders". */
const struct spec_entity *spec_find(const struct spec *, const char *path);
/* The value of a key by its name, for checks across rooms that must not know each other; NULL: the kind has no such key. */
const struct value *spec_named(const struct spec_entity *, const char *key);

#endif
