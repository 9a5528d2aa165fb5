/* sns_outcome.c - the one place that knows AWS's error codes (SNS-86). */
#include "sns_outcome.h"

#include <stddef.h>

#include "check.h"

#define IP   "InvalidParameter"
#define BAD  "Invalid parameter: "
#define ATTR "Invalid parameter: Attributes Reason: "
#define ROW(name, code, http, text)                                                                \
    {                                                                                              \
        name, code, http, text                                                                     \
    }

static const struct sns_outcome_row table[SNS_OUTCOMES] = {
    [SNS_OK] = ROW("OK", NULL, 200, ""),
    [SNS_PENDING] = ROW("Pending", NULL, 200, ""),
    [SNS_DUPLICATE] = ROW("Duplicate", NULL, 200, ""),
    [SNS_NOTHING] = ROW("Nothing", NULL, 200, ""),
    [SNS_BAD_TOPIC_NAME] = ROW("BadTopicName", IP, 400, BAD "Topic Name"),
    [SNS_FIFO_IS_FIXED] = ROW("FifoIsFixed", IP, 400, BAD "AttributeName"),
    [SNS_TOPIC_DIFFERS] =
        ROW("TopicDiffers", IP, 400,
            BAD "Attributes Reason: Topic already exists with different attributes"),
    [SNS_TAGS_DIFFER] =
        ROW("TagsDiffer", IP, 400, BAD "Tags Reason: Topic already exists with different tags"),
    [SNS_TOPIC_LIMIT] = ROW("TopicLimit", "TopicLimitExceeded", 403, "Too many topics."),
    [SNS_SUBSCRIPTION_LIMIT] =
        ROW("SubscriptionLimit", "SubscriptionLimitExceeded", 403, "Too many subscriptions."),
    [SNS_FILTER_LIMIT] =
        ROW("FilterLimit", "FilterPolicyLimitExceeded", 403, "Too many filter policies."),
    [SNS_REPLAY_LIMIT] = ROW("ReplayLimit", "ReplayLimitExceeded", 403, "Too many replays."),
    [SNS_NO_TOPIC] = ROW("NoTopic", "NotFound", 404, "Topic does not exist"),
    [SNS_BAD_ARN] = ROW("BadArn", IP, 400, BAD "TopicArn"),
    [SNS_NO_SUBSCRIPTION] = ROW("NoSubscription", "NotFound", 404, "Subscription does not exist"),
    [SNS_BAD_PROTOCOL] =
        ROW("BadProtocol", IP, 400, BAD "Amazon SNS does not support this protocol string"),
    [SNS_BAD_ENDPOINT] = ROW("BadEndpoint", IP, 400, BAD "Endpoint"),
    [SNS_FIFO_TO_STANDARD] =
        ROW("FifoToStandard", IP, 400,
            BAD "FIFO SQS Queues can not be subscribed to standard SNS topics"),
    [SNS_FIFO_ENDPOINT] =
        ROW("FifoEndpoint", IP, 400, BAD "Only SQS queues can be subscribed to FIFO SNS topics"),
    [SNS_SUBSCRIPTION_DIFFERS] = ROW("SubscriptionDiffers", IP, 400,
                                     ATTR "Subscription already exists with different attributes"),
    [SNS_BAD_TOKEN] = ROW("BadToken", IP, 400, BAD "Token"),
    [SNS_BAD_ATTRIBUTE_NAME] = ROW("BadAttributeName", IP, 400, BAD "AttributeName"),
    [SNS_BAD_ATTRIBUTE] = ROW("BadAttribute", IP, 400, BAD "AttributeValue"),
    [SNS_BAD_RAW] =
        ROW("BadRaw", IP, 400, ATTR "RawMessageDelivery: Invalid value. Must be true or false."),
    [SNS_BAD_SCOPE] = ROW("BadScope", IP, 400, ATTR "FilterPolicyScope: Invalid value"),
    [SNS_BAD_FILTER] = ROW("BadFilter", IP, 400, ATTR "FilterPolicy"),
    [SNS_BAD_REDRIVE] = ROW("BadRedrive", IP, 400, ATTR "RedrivePolicy"),
    [SNS_DLQ_TYPE] =
        ROW("DlqType", IP, 400,
            ATTR "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO "
                 "Topic."),
    [SNS_BAD_DELIVERY_POLICY] = ROW("BadDeliveryPolicy", IP, 400, ATTR "DeliveryPolicy"),
    [SNS_BAD_ARCHIVE] = ROW("BadArchive", IP, 400, ATTR "ArchivePolicy"),
    [SNS_ARCHIVE_IN_USE] = ROW("ArchiveInUse", "InvalidState", 400,
                               "Cannot delete a topic with an ArchivePolicy: deactivate it first."),
    [SNS_BAD_REPLAY] = ROW("BadReplay", IP, 400, ATTR "ReplayPolicy"),
    [SNS_TOO_LONG] = ROW("TooLong", IP, 400, BAD "Message too long"),
    [SNS_EMPTY] = ROW("Empty", IP, 400, BAD "Empty message"),
    [SNS_BAD_SUBJECT] = ROW("BadSubject", IP, 400, BAD "Subject"),
    [SNS_BAD_JSON] =
        ROW("BadJson", IP, 400, BAD "Message Structure - JSON message body failed to parse"),
    [SNS_NO_DEFAULT] =
        ROW("NoDefault", IP, 400, BAD "Message Structure - No default entry in JSON message body"),
    [SNS_BAD_STRUCTURE] = ROW("BadStructure", IP, 400, BAD "MessageStructure"),
    [SNS_BAD_MESSAGE_ATTRIBUTE] = ROW("BadMessageAttribute", "ParameterValueInvalid", 400,
                                      "The message attribute is invalid."),
    [SNS_MISSING_GROUP] = ROW("MissingGroup", IP, 400,
                              BAD "The MessageGroupId parameter is required for FIFO topics"),
    [SNS_BAD_GROUP] = ROW("BadGroup", IP, 400, BAD "MessageGroupId"),
    [SNS_MISSING_DEDUP] =
        ROW("MissingDedup", IP, 400,
            BAD "The topic should either have ContentBasedDeduplication enabled or "
                "MessageDeduplicationId provided explicitly"),
    [SNS_BAD_DEDUP] = ROW("BadDedup", IP, 400, BAD "MessageDeduplicationId"),
    [SNS_DEDUP_ON_STANDARD] =
        ROW("DedupOnStandard", IP, 400,
            BAD "MessageDeduplicationId Reason: The request includes MessageDeduplicationId "
                "parameter that is not valid for this topic type"),
    [SNS_EMPTY_BATCH] = ROW("EmptyBatch", "EmptyBatchRequest", 400,
                            "The batch request doesn't contain any entries."),
    [SNS_TOO_MANY_ENTRIES] =
        ROW("TooManyEntries", "TooManyEntriesInBatchRequest", 400,
            "The batch request contains more entries than permissible (more than 10)."),
    [SNS_SAME_ENTRY_ID] = ROW("SameEntryId", "BatchEntryIdsNotDistinct", 400,
                              "Two or more batch entries in the request have the same Id."),
    [SNS_BAD_ENTRY_ID] = ROW("BadEntryId", "InvalidBatchEntryId", 400,
                             "The Id of a batch entry in a batch request doesn't abide by the "
                             "specification."),
    [SNS_BATCH_TOO_LONG] =
        ROW("BatchTooLong", "BatchRequestTooLong", 400,
            "The length of all the batch messages put together is more than the limit."),
    [SNS_THROTTLED] = ROW("Throttled", "Throttled", 429, "Rate exceeded."),
    [SNS_NO_RESOURCE] = ROW("NoResource", "ResourceNotFound", 404, "Resource does not exist."),
    [SNS_NOT_AUTHORIZED] = ROW("NotAuthorized", "AuthorizationError", 403,
                               "The caller is not authorized to perform this action."),
    [SNS_ENDPOINT_DISABLED] =
        ROW("EndpointDisabled", "EndpointDisabled", 400, "The endpoint is disabled."),
    [SNS_PLATFORM_DISABLED] = ROW("PlatformDisabled", "PlatformApplicationDisabled", 400,
                                  "The platform application is disabled."),
    [SNS_OPTED_OUT] =
        ROW("OptedOut", "OptedOut", 400, "The number has opted out of receiving messages."),
    [SNS_STALE_TAG] = ROW("StaleTag", "StaleTag", 400, "A tag has been added lately."),
    [SNS_TAG_LIMIT] = ROW("TagLimit", "TagLimitExceeded", 400, "More than 50 tags."),
    [SNS_TAG_POLICY] = ROW("TagPolicy", "TagPolicy", 400, "The request breaks a tag policy."),
    [SNS_CONCURRENT] =
        ROW("Concurrent", "ConcurrentAccess", 400, "Several requests change a resource at once."),
    [SNS_USER_ERROR] = ROW("UserError", "UserError", 400, "The request has a wrong parameter."),
    [SNS_INVALID_STATE] =
        ROW("InvalidState", "InvalidState", 400, "The resource is in the wrong state."),
    [SNS_VALIDATION] = ROW("Validation", "ValidationException", 400, "A parameter is malformed."),
    [SNS_INVALID_SECURITY] =
        ROW("InvalidSecurity", "InvalidSecurity", 403, "The credential signature isn't valid."),
    [SNS_KMS_ACCESS_DENIED] =
        ROW("KmsAccessDenied", "KMSAccessDenied", 400, "The key may not be used by the caller."),
    [SNS_KMS_DISABLED] = ROW("KmsDisabled", "KMSDisabled", 400, "The key is disabled."),
    [SNS_KMS_INVALID_STATE] = ROW("KmsInvalidState", "KMSInvalidState", 400,
                                  "The key's state does not allow the request."),
    [SNS_KMS_NOT_FOUND] = ROW("KmsNotFound", "KMSNotFound", 400, "The key was not found."),
    [SNS_KMS_THROTTLING] = ROW("KmsThrottling", "KMSThrottling", 400, "KMS throttles requests."),
    [SNS_KMS_OPT_IN] = ROW("KmsOptIn", "KMSOptInRequired", 403, "The key id needs a subscription."),
    [SNS_INTERNAL] = ROW("Internal", "InternalError", 500, "Something is wrong with the service."),
    [SNS_NO_MEMORY] = ROW("NoMemory", "InternalError", 500, "Memory is short."),
};

const struct sns_outcome_row *sns_outcome_row(enum sns_outcome o)
{
    CHECK(o < SNS_OUTCOMES);
    return &table[o];
}
