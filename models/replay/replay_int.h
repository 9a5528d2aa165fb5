/* replay_int.h - private to replay*.c: a line cut into the fields that are wanted. */
#ifndef REPLAY_INT_H
#define REPLAY_INT_H

#include <stddef.h>

#include "replay.h"

enum replay_column { COLUMN_TIME, COLUMN_COUNT, COLUMN_SIZE, COLUMN_KEY, COLUMN_TYPE, N_COLUMNS };

struct replay_field {
    const char *text; /* unquoted and unescaped, n bytes; NULL: not there */
    size_t      n;
    int         column; /* where it began */
};

struct replay_line {
    char               *text; /* n bytes and a NUL; may be written to */
    size_t              n;
    struct replay_field field[N_COLUMNS];
    struct replay_error *error;
};

/* Sets the error's text and column (from 1) and returns false. */
bool replay_refuse(struct replay_line *, int column, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- replay_csv.c --- */
struct replay_csv {
    char   separator;
    size_t width;            /* number of columns */
    size_t index[N_COLUMNS]; /* SIZE_MAX: not wanted */
};
/* From the first line: separator, columns. *heading: it names one of them. All of these take quotes out of the line. */
bool replay_csv_open(struct replay_csv *, const struct replay_config *, struct replay_line *, bool *heading);
/* Whether a first line that names no column is a row, and not headings that nobody asks for. */
bool replay_csv_is_row(const struct replay_csv *, const struct replay_config *, struct replay_line *);
bool replay_csv_split(const struct replay_csv *, struct replay_line *);

/* --- replay_json.c --- */
bool replay_json_split(const char *const name[N_COLUMNS], struct replay_line *);

/* --- replay_number.c --- */
enum replay_number { NUMBER_GOOD, NUMBER_NONE, NUMBER_NEGATIVE, NUMBER_LARGE, NUMBER_NOT_WHOLE };
/* A decimal number times factor, rounded to the nearest whole; whole: it must be one as it is. */
enum replay_number replay_decimal(const char *text, size_t n, int64_t factor, bool whole, int64_t *value);
/* 2024-11-29T12:34:56.789Z: ns since 1970 in UTC. */
bool replay_iso(const char *text, size_t n, int64_t *at);

#endif
