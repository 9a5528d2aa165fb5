/* script_mapping.h - event source mappings of a script, each with a function that takes its time and fails over the records it
 * is told to. */
#ifndef SCRIPT_MAPPING_H
#define SCRIPT_MAPPING_H

#include "esm_stream.h"
#include "script.h"

#define MAPPINGS_MAX 16
#define POISON_MAX   16

struct flight { /* an invocation under way */
    uint32_t lane;
    sim_time end;
};
struct script_mapping {
    char name[48];
    struct esm *core;
    struct esm_config config;
    uint64_t next[1024]; /* numbers, by shard */
    struct flight *flight;
    uint32_t n_flight, cap_flight, peak;
    /* the function */
    sim_time time, throttled; /* until then */
    uint64_t poison[POISON_MAX];
    uint32_t n_poison;
    /* what came */
    uint64_t n_invoked, n_errors, n_throttled, n_done, n_discarded, n_expired, n_split, n_finished;
    sim_time invoked_at, expired_at;
    int64_t age_ms; /* IteratorAge (KIN-92) */
    char invoked[4096], discarded[1024];
};
struct script_mappings {
    struct script_mapping *mapping[MAPPINGS_MAX];
    uint32_t n;
};

/* script_mapping.c */
void script_mappings_close(struct script *);
void script_mappings_to(struct script *, sim_time);
void script_mappings_check(struct script *);
struct script_mapping *mapping_word(struct script *, const struct line *, uint32_t *i);
void mapping_settle(struct script_mapping *, sim_time now);

#endif
