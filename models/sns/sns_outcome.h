/* sns_outcome.h - how a call to the service can end. Several outcomes may share one of AWS's error
 * codes: they differ in what was wrong. One table (sns_outcome.c) gives each its code, HTTP status
 * and message (SNS-86). */
#ifndef SNS_OUTCOME_H
#define SNS_OUTCOME_H

#include <stdbool.h>

enum sns_outcome {
    SNS_OK,
    SNS_PENDING,   /* subscribed, waits for its confirmation (SNS-6) */
    SNS_DUPLICATE, /* the publish succeeded and is not delivered (SNS-23) */
    SNS_NOTHING,   /* success without effect: there was nothing to delete */
    SNS_BAD_TOPIC_NAME,
    SNS_FIFO_IS_FIXED, /* FifoTopic of a topic that exists */
    SNS_TOPIC_DIFFERS, /* CreateTopic of one that exists, with other attributes */
    SNS_TAGS_DIFFER,
    SNS_TOPIC_LIMIT,
    SNS_SUBSCRIPTION_LIMIT,
    SNS_FILTER_LIMIT,
    SNS_REPLAY_LIMIT,
    SNS_NO_TOPIC,
    SNS_BAD_ARN,
    SNS_NO_SUBSCRIPTION,
    SNS_BAD_PROTOCOL,
    SNS_BAD_ENDPOINT,     /* it does not fit the protocol */
    SNS_FIFO_TO_STANDARD, /* a FIFO queue at a standard topic (SNS-5) */
    SNS_FIFO_ENDPOINT,    /* anything but a queue at a FIFO topic */
    SNS_SUBSCRIPTION_DIFFERS,
    SNS_BAD_TOKEN,
    SNS_BAD_ATTRIBUTE_NAME,
    SNS_BAD_ATTRIBUTE,
    SNS_BAD_RAW,
    SNS_BAD_SCOPE,
    SNS_BAD_FILTER,
    SNS_BAD_REDRIVE,
    SNS_DLQ_TYPE, /* a FIFO subscription's dead letters need a FIFO queue */
    SNS_BAD_DELIVERY_POLICY,
    SNS_BAD_ARCHIVE,
    SNS_ARCHIVE_IN_USE, /* DeleteTopic while the archive is on (SNS-77) */
    SNS_BAD_REPLAY,
    SNS_TOO_LONG,
    SNS_EMPTY,
    SNS_BAD_SUBJECT,
    SNS_BAD_JSON,
    SNS_NO_DEFAULT,
    SNS_BAD_STRUCTURE,
    SNS_BAD_MESSAGE_ATTRIBUTE,
    SNS_MISSING_GROUP,
    SNS_BAD_GROUP,
    SNS_MISSING_DEDUP,
    SNS_BAD_DEDUP,
    SNS_DEDUP_ON_STANDARD,
    SNS_EMPTY_BATCH,
    SNS_TOO_MANY_ENTRIES,
    SNS_SAME_ENTRY_ID,
    SNS_BAD_ENTRY_ID,
    SNS_BATCH_TOO_LONG,
    SNS_THROTTLED,
    /* what AWS has beside these; nothing here leads to them */
    SNS_NO_RESOURCE,
    SNS_NOT_AUTHORIZED,
    SNS_ENDPOINT_DISABLED,
    SNS_PLATFORM_DISABLED,
    SNS_OPTED_OUT,
    SNS_STALE_TAG,
    SNS_TAG_LIMIT,
    SNS_TAG_POLICY,
    SNS_CONCURRENT,
    SNS_USER_ERROR,
    SNS_INVALID_STATE,
    SNS_VALIDATION,
    SNS_INVALID_SECURITY,
    SNS_KMS_ACCESS_DENIED,
    SNS_KMS_DISABLED,
    SNS_KMS_INVALID_STATE,
    SNS_KMS_NOT_FOUND,
    SNS_KMS_THROTTLING,
    SNS_KMS_OPT_IN,
    SNS_INTERNAL,
    SNS_NO_MEMORY, /* of this program, never of the service */
    SNS_OUTCOMES
};

struct sns_outcome_row {
    const char *name; /* "TooLong": for scripts and tests */
    const char *code; /* "InvalidParameter"; NULL: no error */
    int http;
    const char *text;
};

const struct sns_outcome_row *sns_outcome_row(enum sns_outcome);
/* The first four are no refusals. */
static inline bool sns_refused(enum sns_outcome o)
{
    return o > SNS_NOTHING;
}

#endif
