/* consumer_metrics.c - what a consumer counts and measures. */
#include "consumer.h"

#define COUNTER(name, doc)                                                                         \
    {                                                                                              \
        name, NULL, OBS_COUNTER, UNIT_ONE, 0, doc                                                  \
    }
#define COUNTED(name, doc)                                                                         \
    {                                                                                              \
        name, NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, doc                                      \
    }

const struct metric_def consumer_metrics[N_CONSUMER_METRICS] = {
    [AM_WORKERS] = {"workers", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Workers that are there."},
    [AM_LEASES] = {"leases", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Shards that a worker has."},
    [AM_IDLE] = {"idle_workers", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES,
                 "Workers without a shard."},
    [AM_OWNERLESS] = {"ownerless", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES,
                      "Shards that nobody reads: their worker is gone, and its leases have not run out, or nobody is there."},
    [AM_BUSY] = {"busy", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Shards with a batch in hand."},
    [AM_LAG] = {"lag", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES,
                "Records of the stream that are not processed yet, of all shards; looked at every "
                "`look_every`."},
    [AM_AGE] =
        {"iterator_age", NULL, OBS_LEVEL, UNIT_NS, METRIC_SERIES,
         "Age of the oldest record that is not processed yet; looked at every `look_every`."},
    [AM_READS] = COUNTER("reads", "GetRecords calls."),
    [AM_EMPTY_READS] = COUNTER("empty_reads", "GetRecords calls that brought nothing."),
    [AM_THROTTLED_READS] =
        COUNTED("throttled_reads", "Calls that got a ProvisionedThroughputExceededException."),
    [AM_FAILED_READS] =
        COUNTER("failed_reads", "Calls that failed otherwise: the stream was down."),
    [AM_PUSHES] = COUNTER("pushes", "Events of SubscribeToShard with records."),
    [AM_SUBSCRIPTIONS] = COUNTER("subscriptions", "SubscribeToShard calls that succeeded."),
    [AM_RECORDS] = COUNTED("records", "Records that reached it, each time counted."),
    [AM_BATCHES] = COUNTER("batches", "Batches begun."),
    [AM_PROCESSED] =
        COUNTED("processed", "Records done with success; of aggregated ones, each user record."),
    [AM_FAILED] = COUNTER("failed", "Failures over a record."),
    [AM_RETRIED] = COUNTER("retried", "Records tried again after a failure."),
    [AM_SKIPPED] = COUNTED("skipped", "Records given up after `attempts` failures."),
    [AM_POISONED] = COUNTER("poisoned", "Failures over a poison record."),
    [AM_DUPLICATES] = COUNTED("duplicates", "Records done whose request was done already."),
    [AM_REPROCESSED] = COUNTED(
        "reprocessed", "Records of the stream that had been processed since their last checkpoint, "
                       "or before a replay, and were processed again."),
    [AM_RECOGNISED] = COUNTER("recognised", "Records that the memory of ids knew: passed over."),
    [AM_MISSED] = COUNTED(
        "missed",
        "Records whose retention ended before they were processed: lost to this application."),
    [AM_CRASHED] = COUNTED("crashed", "Workers that died."),
    [AM_TAKE_OVERS] = COUNTED("take_overs", "Leases given anew that a worker had had before."),
    [AM_MOVED] = COUNTER("moved", "Leases moved from a worker with many to one with few."),
    [AM_HANDED_OVER] = COUNTER("handed_over", "Leases let go of in good order by workers whose instance was to go."),
    [AM_CHECKPOINTS] = COUNTER("checkpoints", "Checkpoints written."),
    [AM_FINISHED] = COUNTER("finished_shards", "Closed shards processed to their end."),
    [AM_TRIES] = COUNTER("tries", "Attempts of its calls and sends."),
    [AM_RETRIES] = COUNTER("retries", "Attempts after the first."),
    [AM_TIMEOUTS] = COUNTER("timeouts", "Attempts whose answer did not come in time."),
    [AM_DELAY] = {"delay", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES,
                  "Propagation delay: from a record's arrival in the stream until it first reached "
                  "the application."},
    [AM_BEHIND] = {"behind", "MillisBehindLatest", OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES,
                   "How far behind the newest record a read or a push was."},
    [AM_BATCH_SIZE] = {"batch_size", NULL, OBS_TALLY, UNIT_ONE, METRIC_HIST, "Records of a batch."},
    [AM_HOLD] = {"hold", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST, "Time that it works on a record."},
    [AM_CALLER] = CALLER_METRICS,
};

const struct metric_def consumer_part_metrics[N_CONSUMER_PART_METRICS] = {
    [CP_LAG] = {"lag", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES,
                "Records of the shard that are not processed yet."},
    [CP_AGE] = {"iterator_age", NULL, OBS_LEVEL, UNIT_NS, METRIC_SERIES,
                "Age of the oldest of them."},
    [CP_OWNER] = {"owner", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES | METRIC_QUIET,
                  "Worker that has the shard, from 1; 0: nobody."},
    [CP_PROCESSED] =
        COUNTED("processed", "Records of the shard that were dealt with, each time counted."),
};
