/* quota.c - limits of AWS services as they stood at a time, or as study notes tell them. A profile
 * is a complete list: what it does not have is not bounded there. */
#include "quota.h"

#include <string.h>

#define S  INT64_C(1000000000)
#define KB INT64_C(1024)

#define Q_MSG  "SQS developer guide, quotas-messages"
#define Q_FIFO "SQS developer guide, quotas-fifo"
#define API    "SQS API reference, SetQueueAttributes"
#define NOTES  "certification study notes, 2020-2024"

/* What has not changed since FIFO queues came. */
#define SQS_CONSTANT                                                                               \
    {"sqs.visibility_timeout", QUOTA_NS, 43200 * S, "SQS-17", API},                                \
        {"sqs.delay", QUOTA_NS, 900 * S, "SQS-17", API},                                           \
        {"sqs.wait_time", QUOTA_NS, 20 * S, "SQS-17", API},                                        \
        {"sqs.retention", QUOTA_NS, 1209600 * S, "SQS-17", API},                                   \
        {"sqs.retention_min", QUOTA_NS, 60 * S, "SQS-17", API},                                    \
        {"sqs.max_receive_count", QUOTA_COUNT, 1000, "SQS-17", API},                               \
        {"sqs.batch_entries", QUOTA_COUNT, 10, "SQS-122", "SQS API reference, SendMessageBatch"},  \
        {"sqs.in_flight_standard", QUOTA_COUNT, 120000, "SQS-69", Q_MSG},                          \
        {"sqs.fifo_calls", QUOTA_PER_SECOND, 300, "SQS-101", Q_FIFO},                              \
    {                                                                                              \
        "sqs.fifo_group_calls", QUOTA_PER_SECOND, 300, "SQS-103",                                  \
            "SQS developer guide, high-throughput-fifo"                                            \
    }

#define LAMBDA_CONSTANT                                                                            \
    {                                                                                              \
        "lambda.concurrency", QUOTA_COUNT, 1000, "LAM-6",                                          \
            "Lambda developer guide, gettingstarted-limits"                                        \
    }

#define Q_SNS "General reference, sns"
#define SNS_CONSTANT                                                                               \
    {"sns.message_size", QUOTA_BYTES, 256 * KB, "SNS-12", Q_SNS},                                  \
        {"sns.subscriptions", QUOTA_COUNT, 12500000, "SNS-3", Q_SNS},                              \
        {"sns.fifo_subscriptions", QUOTA_COUNT, 100, "SNS-3", Q_SNS},                              \
        {"sns.filters", QUOTA_COUNT, 200, "SNS-3",                                                 \
         "SNS developer guide, subscription-filter-policy-constraints"},                           \
    {                                                                                              \
        "sns.fifo_group_messages", QUOTA_PER_SECOND, 300, "SNS-19", Q_SNS                          \
    }

static const struct quota aws_2026[] = {
    LAMBDA_CONSTANT,
    SNS_CONSTANT,
    {"sns.fifo_messages", QUOTA_PER_SECOND, 3000, "SNS-19", Q_SNS},
    {"sns.fifo_bytes", QUOTA_BYTES, 20000000, "SNS-19", Q_SNS ", a second"},
    SQS_CONSTANT,
    {"sqs.message_size", QUOTA_BYTES, 1024 * KB, "SQS-25", Q_MSG "; AWS what's new, 4 Aug 2025"},
    {"sqs.batch_size", QUOTA_BYTES, 1024 * KB, "SQS-124", Q_MSG "; AWS what's new, 4 Aug 2025"},
    {"sqs.in_flight_fifo", QUOTA_COUNT, 120000, "SQS-70", Q_FIFO "; AWS what's new, Nov 2024"},
    {"sqs.fifo_scan", QUOTA_COUNT, 120000, "SQS-72",
     "SQS developer guide, avoid-backlog-with-the-same-message-group-id"},
    {"sqs.fifo_calls_high", QUOTA_PER_SECOND, 70000, "SQS-102", Q_FIFO ", us-east-1"},
    {"sqs.fair_queues", QUOTA_COUNT, 1, "SQS-73", "AWS what's new, Jul 2025"},
    {"events.put_events", QUOTA_PER_SECOND, 10000, "EB-16", "EventBridge user guide, eb-quota"},
    {"events.invocations", QUOTA_PER_SECOND, 18750, "EB-16", "EventBridge user guide, eb-quota"},
    {"events.request_size", QUOTA_BYTES, 1024 * KB, "EB-10", "EventBridge user guide, eb-quota; AWS what's new, 29 Jan 2026"},
};

static const struct quota aws_2023[] = {
    LAMBDA_CONSTANT,
    SNS_CONSTANT,
    {"sns.fifo_messages", QUOTA_PER_SECOND, 3000, "SNS-19", Q_SNS ", end of 2023"},
    {"sns.fifo_bytes", QUOTA_BYTES, 20000000, "SNS-19", Q_SNS ", a second, end of 2023"},
    SQS_CONSTANT,
    {"sqs.message_size", QUOTA_BYTES, 256 * KB, "SQS-25", Q_MSG ", before 4 Aug 2025"},
    {"sqs.batch_size", QUOTA_BYTES, 256 * KB, "SQS-124", Q_MSG ", before 4 Aug 2025"},
    {"sqs.in_flight_fifo", QUOTA_COUNT, 20000, "SQS-70", Q_FIFO ", before Nov 2024"},
    {"sqs.fifo_scan", QUOTA_COUNT, 20000, "SQS-72", Q_FIFO ", before Nov 2024"},
    {"sqs.fifo_calls_high", QUOTA_PER_SECOND, 70000, "SQS-102", Q_FIFO ", us-east-1, Nov 2023"},
    {"sqs.fair_queues", QUOTA_COUNT, 0, "SQS-73", "before AWS what's new, Jul 2025"},
    {"events.put_events", QUOTA_PER_SECOND, 10000, "EB-16", "EventBridge user guide, eb-quota"},
    {"events.invocations", QUOTA_PER_SECOND, 18750, "EB-16", "EventBridge user guide, eb-quota"},
    {"events.request_size", QUOTA_BYTES, 256 * KB, "EB-10", "EventBridge user guide, eb-putevents, before 29 Jan 2026"},
};

static const struct quota study_notes[] = {
    LAMBDA_CONSTANT,
    SNS_CONSTANT,
    {"sns.fifo_messages", QUOTA_PER_SECOND, 300, "SNS-19", NOTES},
    {"sns.fifo_bytes", QUOTA_BYTES, 10000000, "SNS-19", NOTES ", a second"},
    SQS_CONSTANT,
    {"sqs.message_size", QUOTA_BYTES, 256 * KB, "SQS-25", NOTES},
    {"sqs.batch_size", QUOTA_BYTES, 256 * KB, "SQS-124", NOTES},
    {"sqs.in_flight_fifo", QUOTA_COUNT, 20000, "SQS-70", NOTES},
    {"sqs.fifo_scan", QUOTA_COUNT, 20000, "SQS-72", NOTES},
    {"sqs.fifo_calls_high", QUOTA_PER_SECOND, 3000, "SQS-102", NOTES},
    {"sqs.fair_queues", QUOTA_COUNT, 0, "SQS-73", NOTES},
    {"events.put_events", QUOTA_PER_SECOND, 10000, "EB-16", NOTES},
    {"events.invocations", QUOTA_PER_SECOND, 18750, "EB-16", NOTES},
    {"events.request_size", QUOTA_BYTES, 256 * KB, "EB-10", NOTES},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct quota_profile profile_2026 = {
    "aws-2026", "The limits that AWS documents in 2026.", aws_2026, COUNT(aws_2026)};
static const struct quota_profile profile_2023 = {"aws-2023", "The limits at the end of 2023.",
                                                  aws_2023, COUNT(aws_2023)};
static const struct quota_profile profile_notes = {
    "study-notes", "What courses and study notes still teach.", study_notes, COUNT(study_notes)};

const struct quota_profile *const quota_profiles[] = {&profile_2026, &profile_2023, &profile_notes,
                                                      NULL};

const struct quota_profile *quota_profile_find(const char *name)
{
    for (const struct quota_profile *const *p = quota_profiles; *p != NULL; p++)
        if (strcmp((*p)->name, name) == 0)
            return *p;
    return NULL;
}

const struct quota *quota_find(const struct quota_profile *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->quota[i].name, name) == 0)
            return &p->quota[i];
    return NULL;
}
