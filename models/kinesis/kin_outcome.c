/* kin_outcome.c - the one place that knows AWS's error codes. */
#include "kin_outcome.h"

#include <stddef.h>

#include "check.h"

#define PTEE  "ProvisionedThroughputExceededException"
#define ARG   "InvalidArgumentException"
#define VALID "ValidationException"
#define LIMIT "LimitExceededException"
#define USE   "ResourceInUseException"
#define NONE  "ResourceNotFoundException"
#define ROW(name, code, text)                                                                      \
    {                                                                                              \
        name, code, 400, text                                                                      \
    }

static const struct kin_outcome_row table[KIN_OUTCOMES] = {
    [KIN_OK] = {"OK", NULL, 200, ""},
    [KIN_THROTTLED] = ROW("Throttled", PTEE, "Rate exceeded for shard."),
    [KIN_READ_THROTTLED] = ROW("ReadThrottled", PTEE, "Rate exceeded for shard."),
    [KIN_ITERATOR_THROTTLED] = ROW("IteratorThrottled", PTEE, "Rate exceeded for shard."),
    [KIN_NO_RECORDS] =
        ROW("NoRecords", VALID, "Member must have length greater than or equal to 1."),
    [KIN_TOO_MANY_RECORDS] =
        ROW("TooManyRecords", VALID, "Member must have length less than or equal to 500."),
    [KIN_BAD_KEY] = ROW("BadKey", VALID, "A partition key has 1 to 256 characters."),
    [KIN_BAD_HASH] = ROW("BadHash", ARG, "Invalid ExplicitHashKey."),
    [KIN_RECORD_TOO_LARGE] =
        ROW("RecordTooLarge", ARG, "Data and partition key are larger than the stream allows."),
    [KIN_REQUEST_TOO_LARGE] = ROW("RequestTooLarge", ARG, "Records size exceeds 10 MiB."),
    [KIN_BAD_RECORD_LIMIT] = ROW("BadRecordLimit", VALID, "MaxRecordSizeInKiB is 1024 to 10240."),
    [KIN_BAD_LIMIT] = ROW("BadLimit", ARG, "Limit is 1 to 10000."),
    [KIN_BAD_SEQUENCE] = ROW("BadSequence", ARG, "The sequence number is not of this shard."),
    [KIN_EXPIRED_ITERATOR] = ROW("ExpiredIterator", "ExpiredIteratorException",
                                 "Iterator expired. Iterators are good for 5 minutes."),
    [KIN_BAD_RETENTION] =
        ROW("BadRetention", ARG, "Retention is 24 to 8760 hours, and changes in the given sense."),
    [KIN_NO_STREAM] = ROW("NoStream", NONE, "Stream not found."),
    [KIN_NO_SHARD] = ROW("NoShard", NONE, "Shard does not exist in the stream."),
    [KIN_NOT_ACTIVE] = ROW("NotActive", USE, "The stream is not ACTIVE."),
    [KIN_STREAM_EXISTS] = ROW("StreamExists", USE, "The stream already exists."),
    [KIN_SHARD_CLOSED] = ROW("ShardClosed", ARG, "The shard is closed."),
    [KIN_BAD_SPLIT] = ROW("BadSplit", ARG, "NewStartingHashKey does not split the shard's range."),
    [KIN_NOT_ADJACENT] = ROW("NotAdjacent", ARG, "The shards' ranges are not adjacent."),
    [KIN_BAD_TARGET] =
        ROW("BadTarget", ARG, "The target is above double or below half of the open shards."),
    [KIN_TOO_MANY_UPDATES] =
        ROW("TooManyUpdates", LIMIT, "UpdateShardCount was called ten times within 24 hours."),
    [KIN_TOO_MANY_SHARDS] = ROW("TooManyShards", LIMIT, "More than 10,000 shards."),
    [KIN_SHARD_QUOTA] = ROW("ShardQuota", LIMIT, "The account's quota of shards is used up."),
    [KIN_STREAM_QUOTA] =
        ROW("StreamQuota", LIMIT, "The account's quota of on-demand streams is used up."),
    [KIN_CREATING_QUOTA] = ROW("CreatingQuota", LIMIT, "Five streams are being created."),
    [KIN_RATE] = ROW("Rate", LIMIT, "Rate exceeded."),
    [KIN_TOO_MANY_MODES] =
        ROW("TooManyModes", LIMIT, "The capacity mode was changed twice within 24 hours."),
    [KIN_ON_DEMAND] = ROW("OnDemand", VALID, "The stream is on-demand."),
    [KIN_PROVISIONED] = ROW("Provisioned", VALID, "The stream is provisioned."),
    [KIN_BAD_WARM] = ROW("BadWarm", VALID, "Warm throughput is at most 10 GiB/s."),
    [KIN_TOO_EARLY] =
        ROW("TooEarly", VALID, "On-demand Advantage is left after 24 hours at the earliest."),
    [KIN_NO_CONSUMER] = ROW("NoConsumer", NONE, "Consumer not found."),
    [KIN_CONSUMER_EXISTS] = ROW("ConsumerExists", USE, "The consumer already exists."),
    [KIN_CONSUMER_LIMIT] = ROW("ConsumerLimit", LIMIT, "Too many consumers are registered."),
    [KIN_CONSUMERS_CREATING] =
        ROW("ConsumersCreating", LIMIT, "Five consumers are being registered."),
    [KIN_CONSUMER_CREATING] = ROW("ConsumerCreating", USE, "The consumer is not ACTIVE."),
    [KIN_SUBSCRIBED] =
        ROW("Subscribed", USE, "The consumer has subscribed to this shard within 5 seconds."),
    [KIN_SUBSCRIBE_RATE] = ROW("SubscribeRate", LIMIT, "SubscribeToShard once a second."),
    [KIN_BAD_NAME] = ROW("BadName", VALID, "A stream's name has 1 to 128 of a-z, A-Z, 0-9, _.-"),
    [KIN_BAD_COUNT] = ROW("BadCount", VALID, "A stream has at least one shard."),
    [KIN_INTERNAL] = {"Internal", "InternalFailure", 500, "Internal service failure."},
    [KIN_NO_MEMORY] = {"NoMemory", "InternalFailure", 500, "Memory is short."},
};

const struct kin_outcome_row *kin_outcome_row(enum kin_outcome o)
{
    CHECK(o < KIN_OUTCOMES);
    return &table[o];
}
