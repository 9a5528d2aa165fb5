/* kin_metric.h - what is counted, by CloudWatch's names (KIN-24, KIN-43, KIN-95). */
#ifndef KIN_METRIC_H
#define KIN_METRIC_H

#include <stdbool.h>
#include <stdint.h>

struct kin_shard_counts {
    uint64_t in_bytes, in_records, out_bytes, out_records, write_throttled, read_throttled;
    int64_t age_ms; /* of the last GetRecords */
};
struct kin_counts {
    struct kin_shard_counts shards; /* all of them */
    uint64_t put, put_ok, batch, batch_ok, batch_records, batch_good, batch_throttled,
        batch_internal;
    uint64_t gets, gets_ok, iterators;
    uint64_t subscribes, subscribes_ok, subscribe_exceeded, push_records, push_bytes, push_events;
    int64_t push_behind_ms;  /* of the last event */
    uint64_t put_units, kib; /* billed: 25 KB chunks (KIN-97), and records rounded up to 1 KB */
    uint64_t splits, merges;
};

/* A stream's metric; false: there is none of this name. */
bool kin_metric(const struct kin_counts *, const char *name, int64_t *value);
/* A shard's (enhanced monitoring). */
bool kin_shard_metric(const struct kin_shard_counts *, const char *name, int64_t *value);

#endif
