/* script_kinesis.h - the streams of a script: an account of Kinesis on the same clock, iterators
 * and consumers by name. */
#ifndef SCRIPT_KINESIS_H
#define SCRIPT_KINESIS_H

#include "kcl.h"
#include "kin_account.h"
#include "script.h"

#define ITERATORS_MAX 64
#define PIPES_MAX     64
#define KCL_APPS_MAX   8
#define KCL_SHARDS_MAX 1024

struct kin_place { /* an iterator by name */
    char name[48];
    struct kin_stream *stream;
    struct kin_iterator it;
    bool ended;
};
struct kin_pipe { /* a consumer's subscriptions: what came */
    char name[48];
    struct kin_stream *stream;
    uint32_t consumer;
    uint64_t n, last, next;
    uint32_t shard; /* of the last event */
    sim_time at;    /* of the last records */
    sim_time ended_at;
    int64_t behind_ms;
    char ended[96];
};
struct kcl_hold { /* of a lease, by its holder */
    sim_time since;
    uint64_t next; /* record */
    bool yields;
};
struct kcl_app {
    char name[48];
    struct kin_stream *stream;
    struct kcl *kcl;
    bool latest;
    struct kcl_hold *hold; /* by shard */
};
struct script_kin {
    struct kin_account *account;
    struct kin_account_config config;
    struct call call;
    struct kin_place place[ITERATORS_MAX];
    struct kin_pipe pipe[PIPES_MAX];
    struct kcl_app app[KCL_APPS_MAX];
    uint32_t n_place, n_pipe, n_app;
};

/* script_kinesis.c */
bool script_streams_open(struct script *); /* false: memory is short */
void script_streams_close(struct script *);
void script_streams_to(struct script *, sim_time);
void script_streams_check(struct script *);
/* Ready for an operation at the script's time. */
struct call *streams_call(struct script *);
/* The stream that the next word names; NULL: the result says that there is none, or (*used false) a
 * word is missing. */
struct kin_stream *stream_word(struct script *, const struct line *, uint32_t *i, struct result *,
                               bool *used);
bool number_word(const struct line *, uint32_t *i, uint32_t *); /* the next word */
void kin_result(struct result *, enum kin_outcome);
/* A key's value in seconds, up to nine decimals. */
sim_time seconds_key(const struct line *, const char *key, sim_time otherwise);
void streams_seconds(char out[32], sim_time);
/* TRIM_HORIZON …; false: no such type. */
bool from_words(const struct line *, uint32_t *i, struct kin_from *);

/* script_kcl.c */
sim_time script_kcl_deadline(const struct script_kin *);
void script_kcl_advance(struct script_kin *, sim_time);
void script_kcl_close(struct script_kin *);

#endif
