/* fleet_keys.c - settings and metrics of a fleet of workers, as the user sees them. */
#include "fleet.h"

static const struct key crash_keys[N_CRASH_KEYS] = {
    [CRASH_PROBABILITY] =
        {.name = "probability",
         .type = VALUE_SHARE,
         .flags = KEY_REQUIRED,
         .doc = "Chance that a worker dies over a job, each time that it is received."},
    [CRASH_AT] = {.name = "at",
                  .type = VALUE_CHOICE,
                  .choices = "start|middle|end",
                  .fallback = "middle",
                  .doc = "start: before the work; middle: at a uniform point of it; end: after it, "
                         "before the delete."},
    [CRASH_RESTART] = {.name = "restart",
                       .type = VALUE_DIST,
                       .unit = DIST_DURATION,
                       .fallback = "5s",
                       .doc = "Time until a worker that died polls again."},
};

static const struct key hang_keys[N_HANG_KEYS] = {
    [HANG_PROBABILITY] =
        {.name = "probability",
         .type = VALUE_SHARE,
         .flags = KEY_REQUIRED,
         .doc = "Chance that a worker hangs over a job, each time that it is received."},
    [HANG_FOR] = {.name = "for",
                  .type = VALUE_DIST,
                  .unit = DIST_DURATION,
                  .flags = KEY_REQUIRED,
                  .doc = "How long it hangs; then it goes on with the job as if nothing had been."},
};

static const struct key heartbeat_keys[N_HEARTBEAT_KEYS] = {
    [HEARTBEAT_EXTEND] = {.name = "extend",
                          .type = VALUE_LIST,
                          .element = VALUE_DURATION,
                          .flags = KEY_REQUIRED | KEY_WHOLE_SECONDS,
                          .low = "1s",
                          .quota = "sqs.visibility_timeout",
                          .rule = "SQS-51",
                          .doc = "Visibility timeout from the beat on: of the first, second … "
                                 "beat; the last holds for all "
                                 "later ones."},
    [HEARTBEAT_EVERY] = {.name = "every",
                         .type = VALUE_DURATION,
                         .low = "1ms",
                         .rule = "SQS-58",
                         .doc = "Time between beats. Default: half of what was granted last."},
    [HEARTBEAT_LIMIT] = {.name = "limit",
                         .type = VALUE_DURATION,
                         .fallback = "12h",
                         .low = "1s",
                         .high = "12h",
                         .rule = "SQS-53",
                         .doc = "No extension reaches further than this after the receive."},
};

static const struct key delete_keys[N_DELETE_KEYS] = {
    [DELETE_SIZE] = {.name = "size",
                     .type = VALUE_COUNT,
                     .fallback = "10",
                     .low = "1",
                     .high = "10",
                     .rule = "SQS-122",
                     .doc = "So many handles go at once."},
    [DELETE_WAIT] = {.name = "wait",
                     .type = VALUE_DURATION,
                     .fallback = "1s",
                     .low = "1ms",
                     .high = "1h",
                     .doc = "Fewer go when the first has waited this long."},
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
    [IDEMPOTENT_LATENCY] = {.name = "latency",
                            .type = VALUE_DIST,
                            .unit = DIST_DURATION,
                            .fallback = "0s",
                            .doc = "Time to look up an id, and again to store one."},
    [IDEMPOTENT_STORE] =
        {.name = "store",
         .type = VALUE_CHOICE,
         .choices = "after|before|with",
         .fallback = "after",
         .doc = "after the work: what dies between, or is done by two at once, is done twice; "
                "before it: "
                "what dies between is never done; with it, in one transaction: never twice."},
    [IDEMPOTENT_BY] = {.name = "by",
                       .type = VALUE_CHOICE,
                       .choices = "request|message",
                       .fallback = "request",
                       .doc = "request: an id of the business, the same in every copy; message: "
                              "SQS's id, new with each "
                              "send."},
    [IDEMPOTENT_MEMORY] = {.name = "memory",
                           .type = VALUE_CHOICE,
                           .choices = "shared|own",
                           .fallback = "shared",
                           .doc =
                               "shared by all workers; or each worker's own, gone when it dies."},
};

const struct key fleet_keys[N_FLEET_KEYS] = {
    [FLEET_SIZE] = {.name = "size",
                    .type = VALUE_COUNT,
                    .flags = KEY_RUNTIME,
                    .fallback = "1",
                    .low = "0",
                    .high = "100000",
                    .doc = "Number of workers."},
    [FLEET_SOURCE] = {.name = "source",
                      .type = VALUE_REF,
                      .flags = KEY_REQUIRED,
                      .refs = "queue",
                      .doc = "Where the jobs come from."},
    [FLEET_BATCH] =
        {.name = "batch",
         .type = VALUE_COUNT,
         .fallback = "1",
         .low = "1",
         .high = "10",
         .doc = "Jobs a worker takes at most with one call; it works through them in order."},
    [FLEET_POLL] = {.name = "poll",
                    .type = VALUE_CHOICE,
                    .choices = "long|short",
                    .fallback = "long",
                    .doc = "long: a poll waits for jobs; short: it looks once and comes back after "
                           "poll_interval."},
    [FLEET_WAIT_TIME] = {.name = "wait_time",
                         .type = VALUE_DURATION,
                         .flags = KEY_WHOLE_SECONDS,
                         .low = "0s",
                         .quota = "sqs.wait_time",
                         .rule = "SQS-17",
                         .doc = "How long a long poll waits. Default: the source's setting."},
    [FLEET_POLL_INTERVAL] =
        {.name = "poll_interval",
         .type = VALUE_DURATION,
         .fallback = "1s",
         .low = "1us",
         .high = "1h",
         .doc = "Pause after an empty short poll, or a call that was refused or throttled."},
    [FLEET_VISIBILITY_TIMEOUT] = {.name = "visibility_timeout",
                                  .type = VALUE_DURATION,
                                  .flags = KEY_WHOLE_SECONDS,
                                  .low = "0s",
                                  .quota = "sqs.visibility_timeout",
                                  .rule = "SQS-17",
                                  .doc = "For what it receives. Default: the source's setting."},
    [FLEET_TIME] = {.name = "time",
                    .type = VALUE_DIST,
                    .unit = DIST_DURATION,
                    .fallback = "0s",
                    .doc = "A worker's own time for a job, before its steps."},
    [FLEET_CALLS] = {.name = "calls",
                     .type = VALUE_LIST,
                     .element = VALUE_GROUP,
                     .sub = caller_keys,
                     .n_sub = N_CALLER_KEYS,
                     .doc = "Calls it makes for each job in this order, waiting for the answers."},
    [FLEET_SENDS] = {.name = "sends",
                     .type = VALUE_LIST,
                     .element = VALUE_GROUP,
                     .sub = caller_send_keys,
                     .n_sub = N_CALLER_KEYS,
                     .doc = "Messages it sends then."},
    [FLEET_CRASH] = {.name = "crash",
                     .type = VALUE_GROUP,
                     .sub = crash_keys,
                     .n_sub = N_CRASH_KEYS,
                     .doc = "Workers that die and leave what they have in hand undeleted."},
    [FLEET_HANG] = {.name = "hang",
                    .type = VALUE_GROUP,
                    .sub = hang_keys,
                    .n_sub = N_HANG_KEYS,
                    .doc = "Workers that stand still over a job for a while."},
    [FLEET_PAUSE] = {.name = "pause",
                     .type = VALUE_BACKOFF,
                     .fallback = "none",
                     .doc = "Pause of a worker after a failure, longer with each in a row."},
    [FLEET_ON_FAILURE] =
        {.name = "on_failure",
         .type = VALUE_CHOICE,
         .choices = "leave|return",
         .fallback = "leave",
         .doc =
             "What becomes of a job that failed: left to its visibility timeout, or made visible "
             "at once."},
    [FLEET_RETURN_AFTER] = {.name = "return_after",
                            .type = VALUE_LIST,
                            .element = VALUE_DURATION,
                            .flags = KEY_WHOLE_SECONDS,
                            .low = "1s",
                            .quota = "sqs.visibility_timeout",
                            .rule = "SQS-51",
                            .doc = "With on_failure = return: hidden this long after its first, "
                                   "second … receive instead; "
                                   "the last holds for all later ones."},
    [FLEET_HEARTBEAT] =
        {.name = "heartbeat",
         .type = VALUE_GROUP,
         .sub = heartbeat_keys,
         .n_sub = N_HEARTBEAT_KEYS,
         .rule = "SQS-58",
         .doc =
             "While it works, a worker extends the visibility timeouts of the jobs in its hand."},
    [FLEET_DELETE_BATCH] = {.name = "delete_batch",
                            .type = VALUE_GROUP,
                            .sub = delete_keys,
                            .n_sub = N_DELETE_KEYS,
                            .rule = "SQS-122",
                            .doc = "Workers collect the handles of what is done and delete them "
                                   "together, meanwhile going "
                                   "on with the next job."},
    [FLEET_IDEMPOTENT] = {.name = "idempotent",
                          .type = VALUE_GROUP,
                          .sub = idempotent_keys,
                          .n_sub = N_IDEMPOTENT_KEYS,
                          .doc = "Workers remember what is done, and delete a copy that comes "
                                 "later without doing it again."},
    [FLEET_POISON] = {.name = "poison",
                      .type = VALUE_GROUP,
                      .sub = poison_keys,
                      .n_sub = N_POISON_KEYS,
                      .doc = "Messages over which every worker fails, each time, after its own "
                             "time and before its calls."},
    [FLEET_PACE] = {.name = "pace",
                    .type = VALUE_DIST,
                    .unit = DIST_NUMBER,
                    .doc = "Percent of `time` that a worker needs, drawn once for each worker: "
                           "mixture(90%: 100, 10%: 500)."},
};

#define COUNTER(name, doc)                                                                         \
    {                                                                                              \
        name, NULL, OBS_COUNTER, UNIT_ONE, 0, doc                                                  \
    }
const struct metric_def fleet_metrics[N_FLEET_METRICS] = {
    [FM_SIZE] = {"size", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Workers there are."},
    [FM_BUSY] = {"busy", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Workers with jobs in hand."},
    [FM_POLLING] = {"polling", NULL, OBS_LEVEL, UNIT_ONE, 0, "Workers whose poll waits."},
    [FM_UTILISATION] = {"utilisation", NULL, OBS_LEVEL, UNIT_SHARE, METRIC_SHARE,
                        "Share of workers with jobs in hand."},
    [FM_RECEIVES] = COUNTER("receives", "Receive calls."),
    [FM_EMPTY_RECEIVES] = COUNTER("empty_receives", "Receive calls that brought nothing."),
    [FM_REFUSED_RECEIVES] =
        COUNTER("refused_receives", "Receive calls that were throttled or refused."),
    [FM_RECEIVED] = COUNTER("received", "Jobs received, each time counted."),
    [FM_PROCESSED] = {"processed", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,
                      "Jobs done with success."},
    [FM_FAILED] = COUNTER("failed", "Jobs that failed."),
    [FM_DUPLICATES] = COUNTER("duplicates", "Jobs done whose request was done already."),
    [FM_RECOGNISED] = COUNTER(
        "recognised", "Jobs that the memory of ids knew: deleted without being done again."),
    [FM_PROCESSED_AGAIN] = COUNTER(
        "processed_again", "Jobs dealt with that had been done before: duplicates (done again) and "
                           "recognised ones."),
    [FM_POISONED] = COUNTER("poisoned", "Failures over a poison message."),
    [FM_CRASHED] = COUNTER("crashed", "Workers that died with jobs in hand."),
    [FM_HUNG] = COUNTER("hung", "Jobs over which a worker hung."),
    [FM_DELETED] = COUNTER("deleted", "Jobs deleted after they were done."),
    [FM_STALE_DELETES] = COUNTER("stale_deletes", "Deletes that came too late or were refused."),
    [FM_RETURNED] =
        COUNTER("returned", "Failed jobs made visible again at once, or after return_after."),
    [FM_EXTENDED] = COUNTER("extended", "Visibility timeouts that a heartbeat extended."),
    [FM_LATE_EXTENSIONS] =
        COUNTER("late_extensions", "Extensions that came too late or were refused."),
    [FM_TRIES] = COUNTER("tries", "Attempts of its calls and sends."),
    [FM_RETRIES] = COUNTER("retries", "Attempts after the first."),
    [FM_TIMEOUTS] = COUNTER("timeouts", "Attempts whose answer did not come in time."),
    [FM_HOLD] = {"hold", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST, "Time a worker works on a job."},
    [FM_CALLER] = CALLER_METRICS,
};
