/* kpl_keys.h - settings and metrics of the kind `kpl`. */
#ifndef KPL_KEYS_H
#define KPL_KEYS_H

#include "room.h"

enum kpl_key {
    KPL_TARGET,
    KPL_MAX_BUFFERED,
    KPL_AGGREGATION,
    KPL_AGGREGATION_SIZE,
    KPL_AGGREGATION_COUNT,
    KPL_COLLECTION_COUNT,
    KPL_COLLECTION_SIZE,
    KPL_TTL,
    KPL_RATE_LIMIT,
    KPL_FAIL_IF_THROTTLED,
    KPL_CONNECTIONS,
    KPL_OVERHEAD,
    KPL_PER_RECORD,
    N_KPL_KEYS
};
enum kpl_metric {
    KM_PENDING,
    KM_RECEIVED,
    KM_REFUSED,
    KM_USER_PUT,
    KM_USER_BYTES,
    KM_EXPIRED,
    KM_FAILED,
    KM_RECORDS_PUT,
    KM_RECORD_BYTES,
    KM_CALLS,
    KM_THROTTLED,
    KM_ERRORS,
    KM_BUFFERING,
    KM_REQUEST_TIME,
    KM_RETRIES,
    KM_PER_RECORD,
    KM_PER_CALL,
    N_KPL_METRICS
};
enum { KPL_COUNTERS = KM_ERRORS - KM_RECEIVED + 1 };

extern const struct key kpl_keys[N_KPL_KEYS];
extern const struct metric_def kpl_metrics[N_KPL_METRICS];

#endif
