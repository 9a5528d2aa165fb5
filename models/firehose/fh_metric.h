/* fh_metric.h - what is counted, by CloudWatch's names (FH-39). */
#ifndef FH_METRIC_H
#define FH_METRIC_H

#include <stdbool.h>
#include <stdint.h>

/* How a record's stay ends. A copy is what `backup all` makes of each record. */
enum fh_end {
    FH_END_DELIVERED,
    FH_END_DROPPED,   /* by the function, on purpose (FH-21) */
    FH_END_BACKED_UP, /* it failed, and lies in the error location */
    FH_END_EXPIRED,   /* lost (FH-9) */
    FH_END_COPIED,
    FH_END_COPY_EXPIRED,
    FH_ENDS
};
/* What a record failed at: where it lies in the error location. */
enum fh_why {
    FH_WHY_NONE,
    FH_WHY_PROCESSING, /* processing-failed/ (FH-22) */
    FH_WHY_CONVERSION, /* format-conversion-failed/ (FH-35) */
    FH_WHY_PARTITIONS, /* activePartitionExceeded (FH-36) */
    FH_WHY_DELIVERY,   /* its destination did not take it in time (FH-28 … 30) */
    FH_WHYS
};
const char *fh_why_name(enum fh_why);

struct fh_side { /* deliveries to the destination, and to the backup */
    uint64_t attempts, good, failed, no_ack, records, bytes;
};
struct fh_counts {
    uint64_t put, put_ok, batch, batch_ok, batch_records, batch_failed;
    uint64_t in_records, in_bytes, copies; /* accepted, and copied for `backup all` */
    uint64_t throttled_records, throttled_calls;
    uint64_t ended[FH_ENDS], ended_bytes[FH_ENDS]; /* records */
    uint64_t failed[FH_WHYS];                      /* records, when they fail */
    uint64_t invocations, invocations_good, invoked_records, skipped; /* skipped: batches */
    uint64_t objects, merged, duplicates; /* duplicates: records delivered again */
    uint64_t billed; /* steps of 5 KB (FH-40) */
    struct fh_side side[2];
};

/* A metric by its name; false: there is none of this name. */
bool fh_metric(const struct fh_counts *, const char *name, int64_t *value);

#endif
