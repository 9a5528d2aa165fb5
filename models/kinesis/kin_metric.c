/* kin_metric.c - counts by CloudWatch's names. */
#include "kin_metric.h"

#include <stddef.h>
#include <string.h>

struct row {
    const char *name;
    int64_t value;
};

static bool look_up(const struct row *row, size_t n, const char *name, int64_t *value)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(row[i].name, name) == 0) {
            *value = row[i].value;
            return true;
        }
    return false;
}

bool kin_metric(const struct kin_counts *c, const char *name, int64_t *value)
{
    const struct row row[] = {
        {"IncomingBytes", (int64_t)c->shards.in_bytes},
        {"IncomingRecords", (int64_t)c->shards.in_records},
        {"PutRecord.Success", (int64_t)c->put_ok},
        {"PutRecord.Calls", (int64_t)c->put},
        {"PutRecords.Success", (int64_t)c->batch_ok},
        {"PutRecords.TotalRecords", (int64_t)c->batch_records},
        {"PutRecords.SuccessfulRecords", (int64_t)c->batch_good},
        {"PutRecords.FailedRecords", (int64_t)c->batch_internal},
        {"PutRecords.ThrottledRecords", (int64_t)c->batch_throttled},
        {"WriteProvisionedThroughputExceeded", (int64_t)c->shards.write_throttled},
        {"ReadProvisionedThroughputExceeded", (int64_t)c->shards.read_throttled},
        {"GetRecords.Success", (int64_t)c->gets_ok},
        {"GetRecords.Calls", (int64_t)c->gets},
        {"GetRecords.Records", (int64_t)c->shards.out_records},
        {"GetRecords.Bytes", (int64_t)c->shards.out_bytes},
        {"GetRecords.IteratorAgeMilliseconds", c->shards.age_ms},
        {"SubscribeToShard.Success", (int64_t)c->subscribes_ok},
        {"SubscribeToShard.Calls", (int64_t)c->subscribes},
        {"SubscribeToShard.RateExceeded", (int64_t)c->subscribe_exceeded},
        {"SubscribeToShardEvent.Success", (int64_t)c->push_events},
        {"SubscribeToShardEvent.Records", (int64_t)c->push_records},
        {"SubscribeToShardEvent.Bytes", (int64_t)c->push_bytes},
        {"SubscribeToShardEvent.MillisBehindLatest", c->push_behind_ms},
        {"put_units", (int64_t)c->put_units},
        {"rounded_kib", (int64_t)c->kib},
        {"splits", (int64_t)c->splits},
        {"merges", (int64_t)c->merges},
    };
    return look_up(row, sizeof(row) / sizeof(row[0]), name, value);
}

bool kin_shard_metric(const struct kin_shard_counts *c, const char *name, int64_t *value)
{
    const struct row row[] = {
        {"IncomingBytes", (int64_t)c->in_bytes},
        {"IncomingRecords", (int64_t)c->in_records},
        {"OutgoingBytes", (int64_t)c->out_bytes},
        {"OutgoingRecords", (int64_t)c->out_records},
        {"WriteProvisionedThroughputExceeded", (int64_t)c->write_throttled},
        {"ReadProvisionedThroughputExceeded", (int64_t)c->read_throttled},
        {"IteratorAgeMilliseconds", c->age_ms},
    };
    return look_up(row, sizeof(row) / sizeof(row[0]), name, value);
}
