/* sns_kinds.h - kinds of endpoints, of filters, of dead-letter queues. */
#ifndef SNS_KINDS_H
#define SNS_KINDS_H

#include <stdbool.h>

enum sns_endpoint {
    SNS_HTTP,
    SNS_HTTPS,
    SNS_EMAIL,
    SNS_EMAIL_JSON,
    SNS_SMS,
    SNS_SQS,
    SNS_SQS_FIFO, /* the protocol is sqs, the queue a FIFO queue */
    SNS_APPLICATION,
    SNS_LAMBDA,
    SNS_FIREHOSE,
    SNS_ENDPOINTS
};
static inline bool sns_is_queue(enum sns_endpoint e)
{
    return e == SNS_SQS || e == SNS_SQS_FIFO;
}
static inline bool sns_is_http(enum sns_endpoint e)
{
    return e == SNS_HTTP || e == SNS_HTTPS;
}
enum sns_scope { SNS_ATTRIBUTES, SNS_BODY };
enum sns_dead_letter { SNS_DLQ_NONE, SNS_DLQ_STANDARD, SNS_DLQ_FIFO };
/* Why a message was filtered out (SNS-76). */
enum sns_reason {
    SNS_BY_ATTRIBUTES,
    SNS_BY_BODY,
    SNS_BY_INVALID_ATTRIBUTES,
    SNS_BY_NO_ATTRIBUTES,
    SNS_BY_INVALID_BODY,
    SNS_REASONS,
    SNS_MATCHES = SNS_REASONS /* it was not */
};

#endif
