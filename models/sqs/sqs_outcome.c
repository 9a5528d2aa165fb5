/* sqs_outcome.c - the one place that knows AWS's error codes (SQS-129). */
#include "sqs_outcome.h"

#include <stddef.h>

#include "check.h"

#define ASQS "AWS.SimpleQueueService."
#define IPV  "InvalidParameterValue"
#define MISS "MissingParameter"

static const struct sqs_outcome_row table[SQS_OUTCOMES] = {
    [SQS_OK] = {"OK", NULL, NULL, 200, ""},
    [SQS_WAITING] = {"Waiting", NULL, NULL, 200, ""},
    [SQS_DUPLICATE] = {"Duplicate", NULL, NULL, 200, ""},
    [SQS_NOTHING] = {"Nothing", NULL, NULL, 200, ""},
    [SQS_NO_QUEUE] = {"NoQueue", ASQS "NonExistentQueue", "QueueDoesNotExist", 400,
                      "The specified queue does not exist."},
    [SQS_DELETED_RECENTLY] =
        {"DeletedRecently", ASQS "QueueDeletedRecently", NULL, 400,
         "You must wait 60 seconds after deleting a queue before you can create another with "
         "the same name."},
    [SQS_EXISTS] =
        {"Exists", "QueueAlreadyExists", "QueueNameExists", 400,
         "A queue already exists with the same name and a different value for an attribute."},
    [SQS_PURGE_IN_PROGRESS] = {"PurgeInProgress", ASQS "PurgeQueueInProgress", NULL, 403,
                               "Only one PurgeQueue operation is allowed every 60 seconds."},
    [SQS_EMPTY_BATCH] = {"EmptyBatch", ASQS "EmptyBatchRequest", NULL, 400,
                         "There should be at least one entry in the request."},
    [SQS_TOO_MANY_ENTRIES] = {"TooManyEntries", ASQS "TooManyEntriesInBatchRequest", NULL, 400,
                              "Maximum number of entries per request are 10."},
    [SQS_BAD_ENTRY_ID] = {"BadEntryId", ASQS "InvalidBatchEntryId", NULL, 400,
                          "A batch entry id can only contain alphanumeric characters, hyphens and "
                          "underscores. It can "
                          "be at most 80 letters long."},
    [SQS_SAME_ENTRY_ID] = {"SameEntryId", ASQS "BatchEntryIdsNotDistinct", NULL, 400,
                           "Id repeated."},
    [SQS_BATCH_TOO_LONG] = {"BatchTooLong", ASQS "BatchRequestTooLong", NULL, 400,
                            "Batch requests cannot be longer than 1048576 bytes."},
    [SQS_NOT_IN_FLIGHT] = {"NotInFlight", ASQS "MessageNotInflight", NULL, 400,
                           "The message is not in flight."},
    [SQS_UNSUPPORTED] = {"Unsupported", ASQS "UnsupportedOperation", NULL, 400,
                         "Unsupported operation."},
    [SQS_INVALID_RECEIPT] = {"InvalidReceipt", "ReceiptHandleIsInvalid", NULL, 404,
                             "The input receipt handle is invalid."},
    [SQS_RECEIPT_EXPIRED] =
        {"ReceiptExpired", IPV, NULL, 400,
         "Value for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."},
    [SQS_MESSAGE_GONE] =
        {"MessageGone", IPV, NULL, 400,
         "Value for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not "
         "available for visibility timeout change."},
    [SQS_TWELVE_HOURS] = {"TwelveHours", IPV, NULL, 400,
                          "Value for parameter VisibilityTimeout is invalid. Reason: Total "
                          "VisibilityTimeout for the "
                          "message is beyond the limit [43200 seconds]."},
    [SQS_OVER_LIMIT] = {"OverLimit", "OverLimit", NULL, 403, "Too many messages in flight."},
    [SQS_THROTTLED] = {"Throttled", "RequestThrottled", NULL, 403, "Rate exceeded."},
    [SQS_BAD_CONTENTS] = {"BadContents", "InvalidMessageContents", NULL, 400,
                          "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD "
                          "| #x20 to #xD7FF | "
                          "#xE000 to #xFFFD | #x10000 to #x10FFFF."},
    [SQS_BAD_ATTRIBUTE_NAME] = {"BadAttributeName", "InvalidAttributeName", NULL, 400,
                                "Unknown Attribute."},
    [SQS_BAD_ATTRIBUTE_VALUE] = {"BadAttributeValue", "InvalidAttributeValue", NULL, 400,
                                 "Invalid value for the parameter."},
    [SQS_BAD_NAME] =
        {"BadName", IPV, NULL, 400,
         "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length."},
    [SQS_BAD_DELAY] = {"BadDelay", IPV, NULL, 400,
                       "Value for parameter DelaySeconds is invalid. Reason: DelaySeconds must be "
                       ">= 0 and <= 900."},
    [SQS_DELAY_ON_FIFO] = {"DelayOnFifo", IPV, NULL, 400,
                           "Value for parameter DelaySeconds is invalid. Reason: The request "
                           "include parameter that is "
                           "not valid for this queue type."},
    [SQS_TOO_LONG] = {"TooLong", IPV, NULL, 400,
                      "One or more parameters are invalid. Reason: Message must be shorter "
                      "than the queue's MaximumMessageSize."},
    [SQS_BAD_MAX] =
        {"BadMax", IPV, NULL, 400,
         "Value for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if "
         "provided."},
    [SQS_BAD_WAIT] = {"BadWait", IPV, NULL, 400,
                      "Value for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= "
                      "20, if provided."},
    [SQS_BAD_VISIBILITY] =
        {"BadVisibility", IPV, NULL, 400,
         "Value for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200."},
    [SQS_BAD_GROUP] =
        {"BadGroup", IPV, NULL, 400,
         "Value for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include "
         "alphanumeric and punctuation characters. 1 to 128 in length."},
    [SQS_BAD_DEDUP] = {"BadDedup", IPV, NULL, 400,
                       "Value for parameter MessageDeduplicationId is invalid. Reason: "
                       "MessageDeduplicationId can only "
                       "include alphanumeric and punctuation characters. 1 to 128 in length."},
    [SQS_BAD_ATTEMPT] = {"BadAttempt", IPV, NULL, 400,
                         "Value for parameter ReceiveRequestAttemptId is invalid."},
    [SQS_BAD_MESSAGE_ATTRIBUTE] = {"BadMessageAttribute", IPV, NULL, 400,
                                   "The message attribute is invalid."},
    [SQS_BAD_REDRIVE] = {"BadRedrive", IPV, NULL, 400,
                         "Value for parameter RedrivePolicy is invalid."},
    [SQS_BAD_PARAMETER] = {"BadParameter", IPV, NULL, 400, "Value for a parameter is invalid."},
    [SQS_MISSING_DEDUP] =
        {"MissingDedup", IPV, NULL, 400,
         "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId "
         "provided explicitly"},
    [SQS_DEDUP_ON_STANDARD] =
        {"DedupOnStandard", IPV, NULL, 400,
         "Value for parameter MessageDeduplicationId is invalid. Reason: The request includes a "
         "parameter that is not valid for this queue type."},
    [SQS_MISSING_BODY] = {"MissingBody", MISS, NULL, 400,
                          "The request must contain the parameter MessageBody."},
    [SQS_MISSING_GROUP] = {"MissingGroup", MISS, NULL, 400,
                           "The request must contain the parameter MessageGroupId."},
    [SQS_MISSING_GROUP_IN_BATCH] = {"MissingGroupInBatch", IPV, NULL, 400,
                                    "The request must contain the parameter MessageGroupId."},
    [SQS_NOT_A_DLQ] = {"NotADlq", IPV, NULL, 400,
                       "Source queue must be configured as a Dead Letter Queue."},
    [SQS_TASK_RUNNING] = {"TaskRunning", IPV, NULL, 400,
                          "There is already a task running. Only one active task is allowed for a "
                          "source queue arn at "
                          "a given time."},
    [SQS_BAD_TASK] = {"BadTask", IPV, NULL, 400, "Value for parameter TaskHandle is invalid."},
    [SQS_NO_TASK] = {"NoTask", "ResourceNotFoundException", NULL, 404, "Task does not exist."},
    [SQS_NO_RESOURCE] =
        {"NoResource", "ResourceNotFoundException", NULL, 404,
         "The resource that you specified for the DestinationArn parameter doesn't exist."},
    [SQS_LABEL_EXISTS] = {"LabelExists", IPV, NULL, 400,
                          "Value for parameter Label is invalid. Reason: Already "
                          "exists."},
    [SQS_NO_LABEL] = {"NoLabel", IPV, NULL, 400,
                      "Value for parameter Label is invalid. Reason: can't find label."},
    [SQS_TOO_MANY_ACTIONS] = {"TooManyActions", "OverLimit", NULL, 403,
                              "Too many actions: at most 7 are allowed."},
    [SQS_INVALID_ADDRESS] = {"InvalidAddress", "InvalidAddress", NULL, 404,
                             "The address is not valid for this endpoint."},
    [SQS_INVALID_SECURITY] =
        {"InvalidSecurity", "InvalidSecurity", NULL, 403,
         "The request was not made over HTTPS or did not use SigV4 for signing."},
    [SQS_ACCESS_DENIED] = {"AccessDenied", "AccessDenied", NULL, 403,
                           "Access to the resource is denied."},
    [SQS_KMS_ACCESS_DENIED] = {"KmsAccessDenied", "KmsAccessDenied", "KMS.AccessDeniedException",
                               400, "The caller doesn't have the required KMS access."},
    [SQS_KMS_DISABLED] = {"KmsDisabled", "KmsDisabled", "KMS.DisabledException", 400,
                          "The KMS key is disabled."},
    [SQS_KMS_INVALID_KEY_USAGE] = {"KmsInvalidKeyUsage", "KmsInvalidKeyUsage",
                                   "KMS.InvalidKeyUsageException", 400,
                                   "The KMS key's usage does not fit."},
    [SQS_KMS_INVALID_STATE] = {"KmsInvalidState", "KmsInvalidState", "KMS.InvalidStateException",
                               400, "The KMS key's state does not allow the request."},
    [SQS_KMS_NOT_FOUND] = {"KmsNotFound", "KmsNotFound", "KMS.NotFoundException", 400,
                           "The KMS key was not found."},
    [SQS_KMS_OPT_IN] = {"KmsOptInRequired", "KmsOptInRequired", "KMS.OptInRequired", 403,
                        "The key id needs a subscription."},
    [SQS_KMS_THROTTLED] = {"KmsThrottled", "KmsThrottled", "KMS.ThrottlingException", 400,
                           "KMS throttles requests."},
    [SQS_RESPONSE_LOST] = {"ResponseLost", "ResponseLost", NULL, 0,
                           "The answer never reached the caller."},
    [SQS_NO_MEMORY] = {"NoMemory", "InternalError", NULL, 500, "Memory is short."},
};

const struct sqs_outcome_row *sqs_outcome_row(enum sqs_outcome o)
{
    CHECK(o < SQS_OUTCOMES);
    return &table[o];
}
