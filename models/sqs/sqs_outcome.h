/* sqs_outcome.h - how a call to the service can end. Several outcomes may share one of AWS's error
 * codes: they differ in what was wrong. One table (sqs_outcome.c) gives each its code, HTTP status
 * and message. */
#ifndef SQS_OUTCOME_H
#define SQS_OUTCOME_H

#include <stdbool.h>

enum sqs_outcome {
    SQS_OK,
    SQS_WAITING,   /* a long poll without an answer yet */
    SQS_DUPLICATE, /* the send succeeded and added nothing (SQS-92) */
    SQS_NOTHING,   /* success without effect: the message is gone, or the handle too old */
    SQS_NO_QUEUE,
    SQS_DELETED_RECENTLY,
    SQS_EXISTS,
    SQS_PURGE_IN_PROGRESS,
    SQS_EMPTY_BATCH,
    SQS_TOO_MANY_ENTRIES,
    SQS_BAD_ENTRY_ID,
    SQS_SAME_ENTRY_ID,
    SQS_BATCH_TOO_LONG,
    SQS_NOT_IN_FLIGHT,
    SQS_UNSUPPORTED,
    SQS_INVALID_RECEIPT, /* not one of this queue's handles */
    SQS_RECEIPT_EXPIRED, /* FIFO: the visibility window is over (SQS-63) */
    SQS_MESSAGE_GONE,    /* visibility change of a message that is deleted (SQS-55) */
    SQS_TWELVE_HOURS,    /* SQS-53 */
    SQS_OVER_LIMIT,
    SQS_THROTTLED,
    SQS_BAD_CONTENTS,
    SQS_BAD_ATTRIBUTE_NAME,
    SQS_BAD_ATTRIBUTE_VALUE,
    SQS_BAD_NAME, /* of a queue */
    SQS_BAD_DELAY,
    SQS_DELAY_ON_FIFO, /* SQS-33 */
    SQS_TOO_LONG,      /* message above the queue's maximum */
    SQS_BAD_MAX,       /* MaxNumberOfMessages */
    SQS_BAD_WAIT,
    SQS_BAD_VISIBILITY,
    SQS_BAD_GROUP,
    SQS_BAD_DEDUP,
    SQS_BAD_ATTEMPT,
    SQS_BAD_MESSAGE_ATTRIBUTE,
    SQS_BAD_REDRIVE,
    SQS_BAD_PARAMETER,
    SQS_MISSING_DEDUP, /* FIFO send without id, content-based deduplication off (SQS-95) */
    SQS_DEDUP_ON_STANDARD,
    SQS_MISSING_BODY,
    SQS_MISSING_GROUP, /* SQS-81 */
    SQS_MISSING_GROUP_IN_BATCH,
    SQS_NOT_A_DLQ,
    SQS_TASK_RUNNING,
    SQS_BAD_TASK, /* malformed handle */
    SQS_NO_TASK,
    SQS_NO_RESOURCE,
    SQS_LABEL_EXISTS,
    SQS_NO_LABEL,
    SQS_TOO_MANY_ACTIONS,
    SQS_INVALID_ADDRESS,
    SQS_INVALID_SECURITY,
    SQS_ACCESS_DENIED,
    SQS_KMS_ACCESS_DENIED,
    SQS_KMS_DISABLED,
    SQS_KMS_INVALID_KEY_USAGE,
    SQS_KMS_INVALID_STATE,
    SQS_KMS_NOT_FOUND,
    SQS_KMS_OPT_IN,
    SQS_KMS_THROTTLED,
    SQS_RESPONSE_LOST, /* SQS-39: the receive counted, its answer never came */
    SQS_NO_MEMORY,     /* of this program, never of the service */
    SQS_OUTCOMES
};

struct sqs_outcome_row {
    const char *name;  /* "TooLong": for scripts and tests */
    const char *code;  /* "InvalidParameterValue"; NULL: no error */
    const char *query; /* the query protocol's alias where it differs, else NULL */
    int http;
    const char *text;
};

const struct sqs_outcome_row *sqs_outcome_row(enum sqs_outcome);
/* OK, WAITING, DUPLICATE and NOTHING are no refusals. */
static inline bool sqs_refused(enum sqs_outcome o)
{
    return o > SQS_NOTHING;
}

#endif
