/* replay.h - a trace: rows of a CSV file or of JSON lines, in order of time, read one after the other. Memory is one
 * buffer whatever the file's size. Times are exact decimal numbers, never doubles.
 *
 * A row is one arrival, or, with a count column, the number of arrivals in an interval of time. What is wrong is said
 * with line and column; reading stops there. docs/reference/arrivals.md describes the formats. */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "simtime.h"

#define REPLAY_LINE_MAX 65536
#define REPLAY_NO_KEY   UINT32_MAX

enum replay_format { REPLAY_CSV, REPLAY_JSONL };

struct replay_config {
    const char        *path;
    enum replay_format format;
    int64_t            unit_ns;  /* of a plain number; 0: ISO 8601 */
    const char        *time, *count, *size, *key, *type; /* columns by heading or number from 1, keys; NULL: none */
    const char        *only;     /* value of `type` that is wanted; NULL: all */
    sim_time           interval; /* of a count */
};

struct replay_row {
    int64_t  at;     /* ns by the file's clock; without a time column: number of the wanted row times interval */
    uint64_t count;  /* 1 without a count column */
    int64_t  size;   /* bytes; -1: not said */
    uint32_t key;    /* a number below 2^32 - 1 as it is, else a hash of the text; REPLAY_NO_KEY: not said */
    uint64_t line;
};

struct replay_error {
    enum err_class class; /* ERR_DATA, ERR_NOINPUT, ERR_IO or ERR_OS */
    uint64_t line;        /* 0: the file as a whole */
    int      column;      /* bytes from 1; 0: unknown */
    char     text[300];
};

struct replay;
enum replay_got { REPLAY_ROW, REPLAY_END, REPLAY_WRONG };

/* NULL: *error says why. The config's texts are borrowed. */
struct replay  *replay_open(const struct replay_config *, struct replay_error *error);
void            replay_close(struct replay *);
enum replay_got replay_next(struct replay *, struct replay_row *, struct replay_error *);
/* From the first row again. */
bool replay_rewind(struct replay *, struct replay_error *);
/* Bytes of the file read since the beginning. */
uint64_t replay_position(const struct replay *);

/* A time as it would stand in a row. */
bool replay_time(const struct replay_config *, const char *text, int64_t *at);
/* Size and SHA-256 of a file. */
bool replay_digest(const char *path, uint64_t *bytes, char hex[65]);

#endif
