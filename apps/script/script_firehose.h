/* script_firehose.h - the delivery streams of a script, with a world around each: a destination, a backup and a function that
 * are up or down, and take so long. */
#ifndef SCRIPT_FIREHOSE_H
#define SCRIPT_FIREHOSE_H

#include "firehose.h"
#include "script.h"

#define FIREHOSES_MAX 8
#define FH_PENDING_MAX   128
#define FH_NOTES_MAX     4096

struct fh_pending { /* an invocation or attempt under way */
    uint32_t lot;
    sim_time at;
    bool invokes;
    enum fh_answer answer;
};
struct fh_note { /* an object or an invocation */
    sim_time at;
    uint64_t bytes;
    uint32_t n;
    enum fh_why why;
    bool invocation, backup, copy;
};
struct script_stream {
    char name[48];
    struct firehose *core;
    struct call call;
    struct fh_pending pending[FH_PENDING_MAX];
    uint32_t n_pending, n_note;
    struct fh_note note[FH_NOTES_MAX];
    sim_time takes, works; /* a delivery, an invocation */
    bool down, backup_down, fails, silent; /* fails: the function; silent: stored, but not acknowledged */
    uint32_t drops, spoils, mangles; /* of each hundred: dropped or failed by the function, not to be converted */
    uint32_t grows;                  /* per cent of its size that a record has after the function */
    uint64_t n_put;
    sim_time lost_at; /* of the last that expired */
};
struct script_fh {
    struct script_stream *stream;
    uint32_t n;
    struct fh_quota quota;
    struct dice dice;
    uint64_t chance;
};

/* script_firehose.c */
bool script_firehose_open(struct script *); /* false: memory is short */
void script_firehose_close(struct script *);
void script_firehose_to(struct script *, sim_time);
void script_firehose_check(struct script *);
/* Ready for an operation at the script's time; then settled. */
struct call *firehose_begin(struct script *, struct script_stream *);
void firehose_pump(struct script *, struct script_stream *, sim_time now);
/* The stream that the next word names; NULL: the result says that there is none. */
struct script_stream *firehose_word(struct script *, const struct line *, uint32_t *i, struct result *);
void firehose_result(struct result *, enum fh_outcome);

#endif
