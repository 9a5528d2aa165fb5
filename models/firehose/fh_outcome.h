/* fh_outcome.h - how a call to the service can end, and what it says then. Several outcomes share one of AWS's error codes:
 * they differ in what was wrong. */
#ifndef FH_OUTCOME_H
#define FH_OUTCOME_H

enum fh_outcome {
    FH_OK,
    FH_THROTTLED, /* over a quota (FH-4) */
    FH_RECORD_TOO_LARGE,
    FH_NO_RECORDS,
    FH_TOO_MANY_RECORDS,
    FH_REQUEST_TOO_LARGE,
    FH_NOT_DIRECT, /* it reads a stream (FH-7) */
    FH_NO_STREAM,
    FH_BAD_SIZE,
    FH_BAD_INTERVAL,
    FH_BAD_LAMBDA,
    FH_BAD_RETRY,
    FH_BAD_CONVERSION,
    FH_BAD_PARTITIONS,
    FH_STREAM_EXISTS,
    FH_STREAM_QUOTA,
    FH_INTERNAL,  /* InternalFailure of an entry: the service's own trouble */
    FH_NO_MEMORY, /* of this program, never of the service */
    FH_OUTCOMES
};

struct fh_outcome_row {
    const char *name; /* "BadSize": for scripts and tests */
    const char *code; /* "InvalidArgumentException"; NULL: no error */
    int http;
    const char *text;
};

const struct fh_outcome_row *fh_outcome_row(enum fh_outcome);

#endif
