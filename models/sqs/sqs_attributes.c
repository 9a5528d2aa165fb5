/* sqs_attributes.c - the table. */
#include "sqs_attributes.h"

#include <inttypes.h>
#include <stdio.h>

#define READ_ONLY(text)                                                                            \
    {                                                                                              \
        .name = text, .kind = KIND_READ_ONLY                                                       \
    }

const struct attribute_row attribute_table[ATTRS] = {
    [ATTR_DELAY] = {"DelaySeconds", KIND_WHOLE, 0, 900, 0, {0}, false},
    [ATTR_MAX_MESSAGE] = {"MaximumMessageSize", KIND_WHOLE, 1024, 1048576, 1048576, {0}, false},
    [ATTR_RETENTION] = {"MessageRetentionPeriod", KIND_WHOLE, 60, 1209600, 345600, {0}, false},
    [ATTR_WAIT] = {"ReceiveMessageWaitTimeSeconds", KIND_WHOLE, 0, 20, 0, {0}, false},
    [ATTR_VISIBILITY] = {"VisibilityTimeout", KIND_WHOLE, 0, 43200, 30, {0}, false},
    [ATTR_KMS_REUSE] = {"KmsDataKeyReusePeriodSeconds", KIND_WHOLE, 60, 86400, 300, {0}, false},
    [ATTR_SSE] = {"SqsManagedSseEnabled", KIND_FLAG, 0, 1, 1, {0}, false},
    [ATTR_FIFO] = {"FifoQueue", KIND_FLAG, 0, 1, 0, {0}, true},
    [ATTR_CONTENT_DEDUP] = {"ContentBasedDeduplication", KIND_FLAG, 0, 1, 0, {0}, true},
    [ATTR_DEDUP_SCOPE] =
        {"DeduplicationScope", KIND_CHOICE, 0, 1, 0, {"queue", "messageGroup"}, true},
    [ATTR_THROUGHPUT] =
        {"FifoThroughputLimit", KIND_CHOICE, 0, 1, 0, {"perQueue", "perMessageGroupId"}, true},
    [ATTR_POLICY] = {.name = "Policy", .kind = KIND_TEXT},
    [ATTR_REDRIVE] = {.name = "RedrivePolicy", .kind = KIND_TEXT},
    [ATTR_REDRIVE_ALLOW] = {.name = "RedriveAllowPolicy", .kind = KIND_TEXT},
    [ATTR_KMS_KEY] = {.name = "KmsMasterKeyId", .kind = KIND_TEXT},
    [ATTR_VISIBLE] = READ_ONLY("ApproximateNumberOfMessages"),
    [ATTR_NOT_VISIBLE] = READ_ONLY("ApproximateNumberOfMessagesNotVisible"),
    [ATTR_DELAYED] = READ_ONLY("ApproximateNumberOfMessagesDelayed"),
    [ATTR_CREATED] = READ_ONLY("CreatedTimestamp"),
    [ATTR_MODIFIED] = READ_ONLY("LastModifiedTimestamp"),
    [ATTR_ARN] = READ_ONLY("QueueArn"),
};

enum attribute attribute_find(struct text name)
{
    for (enum attribute a = 0; a < ATTRS; a++)
        if (text_same(name, text_of(attribute_table[a].name)))
            return a;
    return ATTRS;
}

static bool same_in_any_case(struct text t, const char *lower)
{
    size_t i = 0;
    for (; i < t.n && lower[i] != '\0'; i++)
        if ((t.at[i] | 0x20) != lower[i])
            return false;
    return i == t.n && lower[i] == '\0';
}

static bool flag_value(struct text t, int64_t *number)
{
    *number = same_in_any_case(t, "true");
    return *number == 1 || same_in_any_case(t, "false");
}

static bool choice_value(const struct attribute_row *row, struct text t, int64_t *number)
{
    *number = text_same(t, text_of(row->choice[1]));
    return *number == 1 || text_same(t, text_of(row->choice[0]));
}

enum sqs_outcome attribute_number(enum attribute a, struct text value, int64_t *number)
{
    const struct attribute_row *row = &attribute_table[a];
    bool ok = row->kind == KIND_FLAG     ? flag_value(value, number)
              : row->kind == KIND_CHOICE ? choice_value(row, value, number)
                                         : text_integer(value, number);
    return ok && *number >= row->low && *number <= row->high ? SQS_OK : SQS_BAD_ATTRIBUTE_VALUE;
}

void attribute_print(enum attribute a, int64_t number, char out[32])
{
    const struct attribute_row *row = &attribute_table[a];
    if (row->kind == KIND_FLAG)
        snprintf(out, 32, "%s", number != 0 ? "true" : "false");
    else if (row->kind == KIND_CHOICE)
        snprintf(out, 32, "%s", row->choice[number]);
    else
        snprintf(out, 32, "%" PRId64, number);
}
