/* kin_outcome.h - how a call to the service can end. Several outcomes may share one of AWS's error
 * codes: they differ in what was wrong. One table (kin_outcome.c) gives each its code, HTTP status
 * and message. */
#ifndef KIN_OUTCOME_H
#define KIN_OUTCOME_H

#include <stdbool.h>

enum kin_outcome {
    KIN_OK,
    KIN_THROTTLED,      /* a shard's write limit (KIN-10) */
    KIN_READ_THROTTLED, /* a shard's read limit (KIN-30, KIN-32) */
    KIN_ITERATOR_THROTTLED,
    KIN_NO_RECORDS,
    KIN_TOO_MANY_RECORDS,
    KIN_BAD_KEY, /* 0 or more than 256 characters */
    KIN_BAD_HASH,
    KIN_RECORD_TOO_LARGE,
    KIN_REQUEST_TOO_LARGE,
    KIN_BAD_RECORD_LIMIT, /* MaxRecordSizeInKiB */
    KIN_BAD_LIMIT,        /* of GetRecords */
    KIN_BAD_SEQUENCE,
    KIN_EXPIRED_ITERATOR,
    KIN_BAD_RETENTION,
    KIN_NO_STREAM,
    KIN_NO_SHARD,
    KIN_NOT_ACTIVE, /* the stream is creating, deleting or updating */
    KIN_STREAM_EXISTS,
    KIN_SHARD_CLOSED,
    KIN_BAD_SPLIT,
    KIN_NOT_ADJACENT,
    KIN_BAD_TARGET, /* beyond double or half */
    KIN_TOO_MANY_UPDATES,
    KIN_TOO_MANY_SHARDS,
    KIN_SHARD_QUOTA,
    KIN_STREAM_QUOTA,
    KIN_CREATING_QUOTA,
    KIN_RATE, /* calls a second of the control plane */
    KIN_TOO_MANY_MODES,
    KIN_ON_DEMAND,   /* the operation is for provisioned streams */
    KIN_PROVISIONED, /* the operation is for on-demand streams */
    KIN_BAD_WARM,
    KIN_TOO_EARLY, /* On-demand Advantage holds for a day */
    KIN_NO_CONSUMER,
    KIN_CONSUMER_EXISTS,
    KIN_CONSUMER_LIMIT,
    KIN_CONSUMERS_CREATING,
    KIN_CONSUMER_CREATING, /* it is not active yet */
    KIN_SUBSCRIBED,        /* less than 5 s ago */
    KIN_SUBSCRIBE_RATE,
    KIN_BAD_NAME,
    KIN_BAD_COUNT,
    KIN_INTERNAL,  /* InternalFailure of an entry: the service's own trouble, never of this model */
    KIN_NO_MEMORY, /* of this program, never of the service */
    KIN_OUTCOMES
};

struct kin_outcome_row {
    const char *name; /* "BadSplit": for scripts and tests */
    const char *code; /* "InvalidArgumentException"; NULL: no error */
    int http;
    const char *text;
};

const struct kin_outcome_row *kin_outcome_row(enum kin_outcome);

#endif
