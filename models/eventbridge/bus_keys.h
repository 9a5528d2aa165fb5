/* bus_keys.h - numbers of the settings and metrics of the kind `bus` (tables in bus_keys.c). */
#ifndef BUS_KEYS_H
#define BUS_KEYS_H

#include "room.h"

enum bus_key {
    BUS_NAME,
    BUS_RULES,
    BUS_REGION,
    BUS_PUT_RATE,
    BUS_INVOKE_RATE,
    BUS_MAX_REQUEST,
    BUS_API_LATENCY,
    BUS_LATENCY,
    BUS_DUPLICATES,
    BUS_RETRY_JITTER,
    BUS_ARCHIVE,
    BUS_REPLAY,
    BUS_CLOCK,
    BUS_DONE_AT,
    BUS_DEADLINE,
    BUS_GENERATION,
    BUS_TYPE,
    BUS_DEDUPLICATION,
    N_BUS_KEYS
};
enum bus_dedup { BUS_DEDUP_NONE, BUS_DEDUP_ID, BUS_DEDUP_CONTENT, BUS_DEDUP_KEY };
enum rule_key {
    RULE_NAME,
    RULE_PATTERN,
    RULE_PATTERN_FILE,
    RULE_SCHEDULE,
    RULE_ENABLED,
    RULE_TARGETS,
    N_RULE_KEYS
};
enum target_key {
    TARGET_TARGET,
    TARGET_ID,
    TARGET_ATTEMPTS,
    TARGET_AGE,
    TARGET_DEAD_LETTER,
    TARGET_INPUT_SIZE,
    TARGET_GROUP,
    TARGET_TIMEOUT,
    TARGET_LATENCY,
    N_TARGET_KEYS
};
enum archive_key { ARCHIVE_PATTERN, ARCHIVE_PATTERN_FILE, ARCHIVE_RETENTION, ARCHIVE_DELAY, N_ARCHIVE_KEYS };
enum replay_key { REPLAY_AT, REPLAY_FROM, REPLAY_TO, REPLAY_RULES, N_REPLAY_KEYS };

enum bus_metric {
    BM_WAITING,
    BM_UNDER_WAY,
    BM_ENTRIES,
    BM_FAILED_ENTRIES,
    BM_DEDUPLICATED,
    BM_THROTTLED,
    BM_CALLS,
    BM_BILLED,
    BM_MATCHED,
    BM_UNMATCHED,
    BM_TRIGGERED,
    BM_DELIVERIES,
    BM_INVOCATIONS,
    BM_DELIVERED,
    BM_FAILED,
    BM_DROPPED,
    BM_TO_DLQ,
    BM_NOT_TO_DLQ,
    BM_ATTEMPTS,
    BM_RETRIES,
    BM_TIMEOUTS,
    BM_THROTTLED_RULES,
    BM_TWICE,
    BM_FORWARDED,
    BM_ARCHIVED,
    BM_REPLAYED,
    BM_SIZE,
    BM_START,
    BM_COMPLETE,
    BM_SCHEDULED, /* from here on: of the requests that its schedules make */
    BM_DONE,
    BM_LATENCY,
    BM_ANSWER,
    N_BUS_METRICS
};
enum { BUS_COUNTERS = BM_REPLAYED - BM_ENTRIES + 1 };

enum bus_part_metric { /* of a target, named as those of a topic's subscriptions */
    BP_DELIVERED,
    BP_ATTEMPTS,
    BP_RETRIES,
    BP_FAILED,
    BP_DEAD,
    BP_DROPPED,
    BP_MATCHED,
    BP_DELAY,
    N_BUS_PART_METRICS
};

extern const struct key bus_keys[N_BUS_KEYS];
extern const struct metric_def bus_metrics[N_BUS_METRICS], bus_part_metrics[N_BUS_PART_METRICS];

#endif
