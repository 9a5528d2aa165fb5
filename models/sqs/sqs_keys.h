/* sqs_keys.h - numbers of the settings and metrics of the kind `queue` (tables in sqs_keys.c). */
#ifndef SQS_KEYS_H
#define SQS_KEYS_H

#include "room.h"

enum queue_key {
    QUEUE_TYPE,
    QUEUE_NAME,
    QUEUE_VISIBILITY_TIMEOUT,
    QUEUE_WAIT_TIME,
    QUEUE_DELAY,
    QUEUE_RETENTION,
    QUEUE_MAX_MESSAGE_SIZE,
    QUEUE_DEAD_LETTER,
    QUEUE_DEDUPLICATION,
    QUEUE_DEDUPLICATION_SCOPE,
    QUEUE_THROUGHPUT,
    QUEUE_API_LATENCY,
    QUEUE_IN_FLIGHT_LIMIT,
    QUEUE_WAKE_ORDER,
    QUEUE_STALE_DELETE,
    QUEUE_LATE_CHANGE,
    QUEUE_SHARDS,
    QUEUE_SAMPLED,
    QUEUE_REORDER_WINDOW,
    QUEUE_DUPLICATE_IN_FLIGHT,
    QUEUE_DUPLICATE_AFTER_DELETE,
    QUEUE_GHOST_DELAY,
    QUEUE_RESPONSE_LOST,
    QUEUE_FAIR,
    QUEUE_FAIR_WINDOW,
    QUEUE_REDRIVE,
    QUEUE_PURGE,
    N_QUEUE_KEYS
};
enum redrive_key { REDRIVE_AT, REDRIVE_RATE, REDRIVE_TO, N_REDRIVE_KEYS };
enum dead_letter_key { DEAD_LETTER_QUEUE, DEAD_LETTER_COUNT, N_DEAD_LETTER_KEYS };

extern const struct key queue_keys[N_QUEUE_KEYS];
extern const struct metric_def queue_metrics[];

#endif
