/* consumer_keys.c - settings of a consumer, as the user sees them. */
#include "consumer.h"

static const struct key crash_keys[N_CRASH_KEYS] = {
    [CRASH_PROBABILITY] =
        {.name = "probability",
         .type = VALUE_SHARE,
         .flags = KEY_REQUIRED,
         .doc = "Chance that a worker dies over a record, each time that one is begun."},
    [CRASH_AT] = {.name = "at",
                  .type = VALUE_CHOICE,
                  .choices = "start|middle|end",
                  .fallback = "middle",
                  .doc = "start: before the record's time; middle: at a uniform point of it; end: "
                         "after the work, before "
                         "any checkpoint."},
    [CRASH_RESTART] = {.name = "restart",
                       .type = VALUE_DIST,
                       .unit = DIST_DURATION,
                       .fallback = "5s",
                       .doc =
                           "Time until a worker that died is back; its leases run out meanwhile."},
};

static const struct key kill_keys[N_KILL_KEYS] = {
    [KILL_WORKER] = {.name = "worker",
                     .type = VALUE_COUNT,
                     .fallback = "1",
                     .low = "1",
                     .high = "10000",
                     .doc = "Its number, from 1."},
    [KILL_AT] = {.name = "at",
                 .type = VALUE_DURATION,
                 .flags = KEY_REQUIRED,
                 .doc = "When it crashes."},
    [KILL_RESTART] = {.name = "restart",
                      .type = VALUE_DURATION,
                      .doc = "Time until it is back. Default: it does not come back."},
};

static const struct key idempotent_keys[N_IDEMPOTENT_KEYS] = {
    [IDEMPOTENT_CAPACITY] =
        {.name = "capacity",
         .type = VALUE_COUNT,
         .low = "1",
         .doc = "Ids remembered; the oldest is forgotten for a new one. Default: no bound."},
    [IDEMPOTENT_TTL] = {.name = "ttl",
                        .type = VALUE_DURATION,
                        .low = "1ms",
                        .doc = "How long an id is remembered. Default: for ever."},
};

static const struct key replay_keys[N_REPLAY_KEYS] = {
    [REPLAY_AT] = {.name = "at",
                   .type = VALUE_DURATION,
                   .flags = KEY_REQUIRED,
                   .doc = "When the replay begins."},
    [REPLAY_FROM] = {.name = "from",
                     .type = VALUE_DURATION,
                     .flags = KEY_REQUIRED,
                     .rule = "KIN-37",
                     .doc = "The time from which on records are read again, from every shard."},
    [REPLAY_TO] = {.name = "to",
                   .type = VALUE_DURATION,
                   .doc = "Up to records of this time the speed holds; later ones come as fast as "
                          "they can be read. Default: "
                          "`at`."},
    [REPLAY_SPEED] = {.name = "speed",
                      .type = VALUE_NUMBER,
                      .doc = "Records come at the distances at which they arrived, divided by "
                             "this. Default: as fast as they "
                             "can be read."},
};

const struct key consumer_keys[N_CONSUMER_KEYS] = {
    [CONSUMER_SOURCE] = {.name = "source",
                         .type = VALUE_REF,
                         .flags = KEY_REQUIRED,
                         .refs = "stream",
                         .doc = "The stream that it reads."},
    [CONSUMER_LIBRARY] = {.name = "library",
                          .type = VALUE_CHOICE,
                          .choices = "kcl|none",
                          .fallback = "kcl",
                          .rule = "KIN-71",
                          .doc = "kcl: workers share the shards by leases, as with the Kinesis "
                                 "Client Library; none: one "
                                 "process reads all shards, and keeps its checkpoints somewhere."},
    [CONSUMER_TRANSPORT] =
        {.name = "transport",
         .type = VALUE_CHOICE,
         .choices = "polling|fan_out",
         .rule = "KIN-75",
         .doc =
             "polling: GetRecords, whose limits all pollers of a shard share; fan_out: records are "
             "pushed, each application has its own throughput. Default: fan_out with the library, "
             "else polling."},
    [CONSUMER_START] = {.name = "start",
                        .type = VALUE_CHOICE,
                        .choices = "trim_horizon|latest|at_timestamp",
                        .fallback = "trim_horizon",
                        .rule = "KIN-37",
                        .doc = "Where it begins where it has no checkpoint: at the oldest record, "
                               "with what is new, or at a "
                               "time."},
    [CONSUMER_START_AT] =
        {.name = "start_at",
         .type = VALUE_DURATION,
         .rule = "KIN-37",
         .doc = "With start = at_timestamp: the first record of this time or later."},
    [CONSUMER_WORKERS] = {.name = "workers",
                          .type = VALUE_COUNT,
                          .flags = KEY_RUNTIME,
                          .fallback = "1",
                          .low = "0",
                          .high = "10000",
                          .rule = "KIN-71",
                          .doc = "Workers of the application. More than shards leave some idle."},
    [CONSUMER_THREADS] =
        {.name = "worker_threads",
         .type = VALUE_COUNT,
         .low = "1",
         .high = "10000",
         .rule = "KIN-100",
         .doc = "Batches that a worker has in hand at a time; its other shards wait for one of these threads, the longest "
                "first. So more workers do more, until each shard has a thread. Default: a thread for each shard."},
    [CONSUMER_MAX_RECORDS] = {.name = "max_records",
                              .type = VALUE_COUNT,
                              .fallback = "10000",
                              .low = "1",
                              .high = "10000",
                              .rule = "KIN-31",
                              .doc = "Records of a batch, at most."},
    [CONSUMER_POLL_INTERVAL] =
        {.name = "poll_interval",
         .type = VALUE_DURATION,
         .low = "1ms",
         .high = "1h",
         .rule = "KIN-72",
         .doc = "Between two reads of a shard, unless the stream's fair turns are longer. Default: "
                "1.5 s with the library, else 1 s."},
    [CONSUMER_REPLY_LATENCY] = {.name = "reply_latency",
                                .type = VALUE_DIST,
                                .unit = DIST_DURATION,
                                .fallback = "0s",
                                .rule = "KIN-41",
                                .doc = "How long what was read is on its way to the application."},
    [CONSUMER_BATCH_TIME] = {.name = "batch_time",
                             .type = VALUE_DIST,
                             .unit = DIST_DURATION,
                             .fallback = "0s",
                             .doc = "A worker's time for a batch, before its first record."},
    [CONSUMER_TIME] = {.name = "time",
                       .type = VALUE_DIST,
                       .unit = DIST_DURATION,
                       .fallback = "0s",
                       .doc = "Its time for a record, before its steps. Shards are worked on "
                              "beside one another, the "
                              "records of one shard in order."},
    [CONSUMER_CALLS] =
        {.name = "calls",
         .type = VALUE_LIST,
         .element = VALUE_GROUP,
         .sub = caller_keys,
         .n_sub = N_CALLER_KEYS,
         .doc = "Calls it makes for each record in this order, waiting for the answers."},
    [CONSUMER_SENDS] = {.name = "sends",
                        .type = VALUE_LIST,
                        .element = VALUE_GROUP,
                        .sub = caller_send_keys,
                        .n_sub = N_CALLER_KEYS,
                        .doc = "Messages it sends then."},
    [CONSUMER_ATTEMPTS] = {.name = "attempts",
                           .type = VALUE_COUNT,
                           .flags = KEY_UNLIMITED,
                           .fallback = "1",
                           .low = "1",
                           .doc = "A record that failed so often is skipped. Until then all behind "
                                  "it in its shard wait."},
    [CONSUMER_PAUSE] = {.name = "pause",
                        .type = VALUE_BACKOFF,
                        .fallback = "none",
                        .doc = "Pause before a record is tried again, longer with each failure."},
    [CONSUMER_CHECKPOINT_EVERY] =
        {.name = "checkpoint_every",
         .type = VALUE_COUNT,
         .low = "1",
         .rule = "KIN-76",
         .doc = "Records between two checkpoints. Default: a checkpoint after each batch."},
    [CONSUMER_CRASH] = {.name = "crash",
                        .type = VALUE_GROUP,
                        .sub = crash_keys,
                        .n_sub = N_CRASH_KEYS,
                        .rule = "KIN-73",
                        .doc = "Workers that die, with all their shards; what they processed since "
                               "their checkpoints is "
                               "processed again."},
    [CONSUMER_KILLS] = {.name = "kills",
                        .type = VALUE_LIST,
                        .element = VALUE_GROUP,
                        .sub = kill_keys,
                        .n_sub = N_KILL_KEYS,
                        .rule = "KIN-73",
                        .doc = "Workers that crash at set times."},
    [CONSUMER_POISON] = {.name = "poison",
                         .type = VALUE_GROUP,
                         .sub = poison_keys,
                         .n_sub = N_POISON_KEYS,
                         .doc = "Records over which every worker fails, each time, after its own "
                                "time and before its calls."},
    [CONSUMER_IDEMPOTENT] =
        {.name = "idempotent",
         .type = VALUE_GROUP,
         .sub = idempotent_keys,
         .n_sub = N_IDEMPOTENT_KEYS,
         .doc = "The application remembers what is done, and passes over it when it comes again."},
    [CONSUMER_REPLAY] = {.name = "replay",
                         .type = VALUE_GROUP,
                         .sub = replay_keys,
                         .n_sub = N_REPLAY_KEYS,
                         .doc = "At a time, all shards are read again from a time before."},
    [CONSUMER_FAILOVER] =
        {.name = "failover",
         .type = VALUE_DURATION,
         .fallback = "10s",
         .low = "3ms",
         .high = "1d",
         .rule = "KIN-72",
         .doc = "A lease that was not renewed for so long is given to another worker "
                "(failoverTimeMillis)."},
    [CONSUMER_HANDOFF] =
        {.name = "handoff",
         .type = VALUE_DURATION,
         .flags = KEY_ADVANCED,
         .fallback = "30s",
         .low = "0s",
         .high = "1d",
         .rule = "KIN-72",
         .doc = "A worker from which a lease moves may finish its batch within this time."},
    [CONSUMER_SHUTDOWN] =
        {.name = "shutdown",
         .type = VALUE_CHOICE,
         .choices = "release|expire|none",
         .fallback = "expire",
         .rule = "KIN-99",
         .doc = "On the instances of a group, what a worker does whose instance is to go. expire: it finishes its batches and "
                "checkpoints, and its leases run out, as after the library's graceful shutdown; release: it gives them back as "
                "well, so that others begin at once; none: it is told nothing, and works until it is killed."},
    [CONSUMER_REBALANCE] =
        {.name = "rebalance",
         .type = VALUE_DURATION,
         .flags = KEY_ADVANCED,
         .low = "1ms",
         .high = "10d",
         .rule = "KIN-76",
         .doc =
             "While one worker has two leases more than another, a lease moves so often. Default: "
             "twice `failover`."},
    [CONSUMER_SHARD_SYNC] =
        {.name = "shard_sync",
         .type = VALUE_DURATION,
         .flags = KEY_ADVANCED,
         .fallback = "60s",
         .low = "1s",
         .high = "1d",
         .rule = "KIN-72",
         .doc = "The shards are listed so often, for new ones (shardSyncIntervalMillis)."},
    [CONSUMER_PARENT_POLL] =
        {.name = "parent_poll",
         .type = VALUE_DURATION,
         .flags = KEY_ADVANCED,
         .fallback = "10s",
         .low = "1ms",
         .high = "1d",
         .rule = "KIN-72",
         .doc = "A shard that is known before its parents are finished looks after them so often "
                "(parentShardPollIntervalMillis)."},
    [CONSUMER_LOOK_EVERY] = {.name = "look_every",
                             .type = VALUE_DURATION,
                             .flags = KEY_ADVANCED,
                             .fallback = "1s",
                             .low = "1ms",
                             .high = "1d",
                             .doc = "`lag` and `iterator_age` are looked at so often."},
};
