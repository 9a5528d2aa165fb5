/* stream_keys.h - numbers of the settings and metrics of the kind `stream` (tables in stream_keys.c and stream_metrics.c). */
#ifndef STREAM_KEYS_H
#define STREAM_KEYS_H

#include "room.h"

enum stream_key {
    STREAM_SHARDS,
    STREAM_MODE,
    STREAM_PEAK,
    STREAM_SCALE_DELAY,
    STREAM_AUTOSCALE,
    STREAM_RETENTION,
    STREAM_MAX_RECORD_SIZE,
    STREAM_THROTTLE,
    STREAM_KEY_PREFIX,
    STREAM_IGNORE_KEYS,
    STREAM_PUT_LATENCY,
    STREAM_BATCH_LATENCY,
    STREAM_API_LATENCY,
    STREAM_PUSH_LATENCY,
    STREAM_FAIR_POLLING,
    STREAM_CONSUMERS,
    STREAM_REGISTER_TIME,
    STREAM_READ_RECORD_LIMIT,
    STREAM_RESHARD_STEP,
    STREAM_ACTIONS,
    STREAM_WATCHED_SHARDS,
    N_STREAM_KEYS
};
enum stream_autoscale_key {
    SCALE_TARGET,
    SCALE_DOWN_AT,
    SCALE_PERIOD,
    SCALE_COOLDOWN,
    SCALE_MIN,
    SCALE_MAX,
    N_SCALE_KEYS
};
enum stream_action_key {
    ACTION_AT,
    ACTION_SPLIT,
    ACTION_AT_KEY,
    ACTION_MERGE,
    ACTION_SHARD_COUNT,
    ACTION_MODE,
    ACTION_WARM,
    ACTION_RETENTION,
    ACTION_MAX_RECORD_SIZE,
    N_ACTION_KEYS
};

enum stream_metric {
    SM_OPEN,
    SM_UPDATING,
    SM_STORED,
    SM_RECORDS,
    SM_BYTES,
    SM_USER_RECORDS,
    SM_THROTTLED,
    SM_REFUSED,
    SM_PUT_OK,
    SM_BATCH_OK,
    SM_BATCH_RECORDS,
    SM_BATCH_GOOD,
    SM_BATCH_THROTTLED,
    SM_CALLS_PUT,
    SM_CALLS_GET,
    SM_GET_OK,
    SM_READ_RECORDS,
    SM_READ_BYTES,
    SM_READ_THROTTLED,
    SM_READ_REFUSED,
    SM_ITERATORS,
    SM_SUBSCRIBES,
    SM_SUBSCRIBE_EXCEEDED,
    SM_PUSH_EVENTS,
    SM_PUSH_RECORDS,
    SM_PUSH_BYTES,
    SM_EXPIRED,
    SM_SPLITS,
    SM_MERGES,
    SM_SCALE_UPS,
    SM_SCALE_DOWNS,
    SM_ADMIN_REFUSED,
    SM_UNWATCHED,
    SM_PUT_UNITS,
    SM_BILLED_KIB,
    SM_SHARD_SECONDS,
    SM_SIZE,
    SM_WAIT,
    SM_AGE,
    SM_BEHIND,
    N_STREAM_METRICS
};
enum { STREAM_COUNTERS = SM_SHARD_SECONDS - SM_RECORDS + 1 };
enum stream_shard_metric { /* of a part */
                           SP_RECORDS,
                           SP_BYTES,
                           SP_THROTTLED,
                           SP_READ_RECORDS,
                           SP_READ_BYTES,
                           SP_READ_THROTTLED,
                           SP_OPEN,
                           SP_FIRST_KEY,
                           SP_LAST_KEY,
                           SP_AGE,
                           N_SHARD_METRICS
};

extern const struct key stream_keys[N_STREAM_KEYS];
extern const struct metric_def stream_metrics[N_STREAM_METRICS], stream_shard_metrics[N_SHARD_METRICS];

#endif
