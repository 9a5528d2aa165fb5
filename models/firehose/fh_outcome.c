/* fh_outcome.c - the one place that knows AWS's error codes (FH-3, FH-4). */
#include "fh_outcome.h"

#include <stddef.h>

#include "check.h"

#define ARG "InvalidArgumentException"
#define ROW(name, code, text)                                                                      \
    {                                                                                              \
        name, code, 400, text                                                                      \
    }

static const struct fh_outcome_row table[FH_OUTCOMES] = {
    [FH_OK] = {"OK", NULL, 200, ""},
    [FH_THROTTLED] = {"Throttled", "ServiceUnavailableException", 503, "Slow down."},
    [FH_RECORD_TOO_LARGE] = ROW("RecordTooLarge", ARG, "A record has at most 1,000 KiB."),
    [FH_NO_RECORDS] = ROW("NoRecords", ARG, "A batch has at least one record."),
    [FH_TOO_MANY_RECORDS] = ROW("TooManyRecords", ARG, "A batch has at most 500 records."),
    [FH_REQUEST_TOO_LARGE] = ROW("RequestTooLarge", ARG, "A batch has at most 4 MiB."),
    [FH_NOT_DIRECT] = ROW("NotDirect", ARG, "The source of this delivery stream is a stream: nothing can be put."),
    [FH_NO_STREAM] = ROW("NoStream", "ResourceNotFoundException", "Firehose stream not found."),
    [FH_BAD_SIZE] = ROW("BadSize", ARG, "The buffer's size is out of the destination's range."),
    [FH_BAD_INTERVAL] = ROW("BadInterval", ARG, "The buffer's interval is out of the destination's range."),
    [FH_BAD_LAMBDA] = ROW("BadLambda", ARG, "A transformation gathers 0.2 to 3 MiB for 0 to 900 s."),
    [FH_BAD_RETRY] = ROW("BadRetry", ARG, "A delivery is tried again for 0 to 7,200 s."),
    [FH_BAD_CONVERSION] =
        ROW("BadConversion", ARG, "Only S3 gets converted records, in buffers of 64 MiB at least."),
    [FH_BAD_PARTITIONS] =
        ROW("BadPartitions", ARG, "Only S3 is partitioned: 1 to 2,500 partitions, 64 MiB at least, an interval above 0."),
    [FH_STREAM_EXISTS] = ROW("StreamExists", "ResourceInUseException", "The Firehose stream already exists."),
    [FH_STREAM_QUOTA] = ROW("StreamQuota", "LimitExceededException", "The account's quota of Firehose streams is used up."),
    [FH_INTERNAL] = {"Internal", "InternalFailure", 500, "Internal service failure."},
    [FH_NO_MEMORY] = {"NoMemory", "InternalFailure", 500, "Memory is short."},
};

const struct fh_outcome_row *fh_outcome_row(enum fh_outcome o)
{
    CHECK(o < FH_OUTCOMES);
    return &table[o];
}
