/* fh_metric.c - counts by CloudWatch's names. */
#include "fh_metric.h"

#include <stddef.h>
#include <string.h>

#include "check.h"

const char *fh_why_name(enum fh_why why)
{
    static const char *const name[FH_WHYS] = {"none", "processing-failed", "format-conversion-failed",
                                              "activePartitionExceeded", "delivery-failed"};
    CHECK(why < FH_WHYS);
    return name[why];
}

bool fh_metric(const struct fh_counts *c, const char *name, int64_t *value)
{
    const struct {
        const char *name;
        uint64_t value;
    } row[] = {
        {"IncomingBytes", c->in_bytes},
        {"IncomingRecords", c->in_records},
        {"IncomingPutRequests", c->put_ok + c->batch_ok},
        {"ThrottledRecords", c->throttled_records},
        {"PutRecord.Requests", c->put},
        {"PutRecordBatch.Requests", c->batch},
        {"PutRecordBatch.Records", c->batch_records},
        {"PutRecordBatch.FailedRecords", c->batch_failed},
        {"Delivery.Success", c->side[0].good},
        {"Delivery.Records", c->side[0].records},
        {"Delivery.Bytes", c->side[0].bytes},
        {"BackupToS3.Success", c->side[1].good},
        {"BackupToS3.Records", c->side[1].records},
        {"BackupToS3.Bytes", c->side[1].bytes},
        {"ExecuteProcessing.Invocations", c->invocations},
        {"ExecuteProcessing.Success", c->invocations_good},
        {"SucceedProcessing.Records", c->invoked_records - c->failed[FH_WHY_PROCESSING]},
        {"PartitionCountExceeded", c->failed[FH_WHY_PARTITIONS]},
        {"FailedConversion.Records", c->failed[FH_WHY_CONVERSION]},
        {"attempts", c->side[0].attempts},
        {"backup_attempts", c->side[1].attempts},
        {"delivered", c->ended[FH_END_DELIVERED]},
        {"dropped", c->ended[FH_END_DROPPED]},
        {"backed_up", c->ended[FH_END_BACKED_UP]},
        {"expired", c->ended[FH_END_EXPIRED]},
        {"copied", c->ended[FH_END_COPIED]},
        {"processing_failed", c->failed[FH_WHY_PROCESSING]},
        {"delivery_failed", c->failed[FH_WHY_DELIVERY]},
        {"merged", c->merged},
        {"duplicates", c->duplicates},
        {"billed", c->billed},
    };
    for (size_t i = 0; i < ARRAY_LEN(row); i++)
        if (strcmp(row[i].name, name) == 0) {
            *value = (int64_t)row[i].value;
            return true;
        }
    return false;
}
