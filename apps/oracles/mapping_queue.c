/* mapping_queue.c - what is SQS's own: visibility timeouts, dead letters, deduplication, the cost
 * of polling, pollers that sleep; and constant services behind a queue. Consumers without limit are
 * workers enough for a load of 50 to 100. */
#include <stddef.h>

#include "table.h"

/* 50 messages are worked on at once, on average, by the first receives alone. All come to their
 * end: nothing is cut. */
#define UNLIMITED_RUN                                                                                                  \
    "run = { duration = \"<dur customers / 50 * mean(service)>\";"                                                     \
    " drain = \"<dur 100 * mean(service) + 40 * visibility_timeout>\"; series = false; };\n"                           \
    "producer = { p = { rate = \"<rate 50 / mean(service)>\"; target = \"queue.q\"; }; };\n"                           \
    "fleet = { f = { size = 250; source = \"queue.q\"; time = \"<law service>\"; }; };\n"

static const char handle_any[] =
    UNLIMITED_RUN "queue = { q = { visibility_timeout = \"<dur visibility_timeout>\"; wait_time = "
                  "\"20s\"; stale_delete = \"honour\"; }; };\n";

static const char handle_latest[] =
    UNLIMITED_RUN "queue = { q = { visibility_timeout = \"<dur visibility_timeout>\"; wait_time = "
                  "\"20s\"; stale_delete = \"ignore\";\n"
                  "?max_receive_count  dead_letter = { queue = \"queue.dead\"; max_receive_count = "
                  "<int max_receive_count>; };\n"
                  " };\n"
                  "?max_receive_count  dead = { };\n"
                  "};\n";

static const struct measure receives[] = {
    {"P_service_exceeds_VT", "share(fleet.f.hold, visibility_timeout)", NULL, NULL},
    {"mean_receive_count_truncated", "queue.q.received / queue.q.sent", NULL, NULL},
    {"mean_receive_count", "queue.q.receives", NULL, NULL},
    {"P_received_more_than_once", "share(queue.q.receives, 1)", NULL, NULL},
    {"P_received_more_than_twice", "share(queue.q.receives, 2)", NULL, NULL},
    {"P_dead_letter", "queue.q.moved_out / queue.q.sent", NULL, NULL},
    {0},
};

/* The time to the dead-letter queue does not depend on how likely a failure is: it is seen where
 * all fail. */
static const char failing[] =
    "run = { duration = \"<dur customers / 50 * mean_service>\";"
    " drain = \"<dur 10 * mean_service + 2 * max_receive_count * visibility_timeout>\"; series = "
    "false; };\n"
    "producer = { p = { rate = \"<rate 50 / mean_service>\"; target = \"queue.q\"; done_at = "
    "\"fleet.f\"; };\n"
    " all = { rate = \"<rate 1 / visibility_timeout>\"; target = \"queue.all\"; done_at = "
    "\"fleet.dead\"; }; };\n"
    "fleet = { f = { size = 250; source = \"queue.q\"; time = \"constant(<dur mean_service>)\"; "
    "};\n"
    " all = { size = 50; source = \"queue.all\"; time = \"constant(<dur mean_service>)\"; };\n"
    " dead = { size = 50; source = \"queue.dead\"; }; };\n"
    "fault = { f = { target = \"fleet.f\"; effect = \"fail\"; probability = \"<pct p_fail>\"; at = "
    "\"0s\"; };\n"
    " all = { target = \"fleet.all\"; effect = \"fail\"; probability = \"100%\"; at = \"0s\"; }; "
    "};\n"
    "queue = { q = { visibility_timeout = \"<dur visibility_timeout>\"; wait_time = \"20s\";\n"
    "  dead_letter = { queue = \"queue.lost\"; max_receive_count = <int max_receive_count>; }; }; "
    "lost = { };\n"
    " all = { visibility_timeout = \"<dur visibility_timeout>\"; wait_time = \"20s\";\n"
    "  dead_letter = { queue = \"queue.dead\"; max_receive_count = <int max_receive_count>; }; };\n"
    " dead = { wait_time = \"20s\"; }; };\n";

static const struct measure failures[] = {
    {"P_dead_letter", "queue.q.moved_out / queue.q.sent", NULL, NULL},
    {"mean_receives", "queue.q.received / queue.q.sent", NULL, NULL},
    {"mean_receives_given_success", "queue.q.receives", NULL, NULL},
    {"mean_latency_given_success", "producer.p.latency", NULL, NULL},
    {"time_to_dead_letter", "producer.all.latency", NULL, NULL},
    {"receive_amplification_vs_success_rate", "queue.q.received / queue.q.removed", NULL, NULL},
    {0},
};

static const struct measure whole_batch[] = {
    {"*", NULL, "workers settle each message on its own; whole batches that fail are an event source's", NULL},
    {0},
};

static const char repeats[] = "run = { duration = \"<dur (customers + 100) / resend_rate>\"; warmup = \"<dur 100 / "
                              "resend_rate>\"; series = false; };\n"
                              "producer = { p = { rate = \"<rate resend_rate>\"; key = \"uniform_key(1)\"; target = "
                              "\"queue.q\"; }; };\n"
                              "queue = { q = { type = \"fifo\"; deduplication = \"key\"; wait_time = \"20s\"; }; };\n"
                              "fleet = { f = { source = \"queue.q\"; }; };\n";

static const struct measure accepted[] = {
    {"accepted_rate", "queue.q.sent.rate", NULL, NULL},
    {"P_duplicate_dropped", "queue.q.deduplicated / producer.p.offered", NULL, NULL},
    {0},
};

/* A message group is a server: one of its messages at a time, and always a worker for it. The long-poll connections are as
 * many as the groups, and a worker whose poll brought something polls again at once. Longer than chance asks for: who is in the
 * queue at the end has waited longer than most, and is not counted. */
static const char message_groups[] =
    "run = { duration = \"<dur 4 * customers / lambda + 100 / (mu - lambda / groups)>\";"
    " warmup = \"<dur 100 / (mu - lambda / groups)>\"; series = false; };\n"
    "producer = { p = { rate = \"<rate lambda>\"; key = \"uniform_key(<int groups>)\"; target = \"queue.q\"; }; };\n"
    "queue = { q = { type = \"fifo\"; throughput = \"high\"; calls_per_second = 100000000; wait_time = \"20s\";"
    " visibility_timeout = \"12h\"; }; };\n"
    "fleet = { f = { size = <int groups>; source = \"queue.q\"; time = \"exponential(<dur 1 / mu>)\"; }; };\n";

static const struct measure of_groups[] = {
    {"W_mean_sojourn", "producer.p.latency", NULL, NULL},
    {"W_quantile_*", "quantile(producer.p.latency, *)", NULL, NULL},
    {"mean_busy_groups", "queue.q.groups_in_flight", NULL, NULL},
    {"mean_backlog", "queue.q.depth + queue.q.in_flight", NULL, NULL},
    {"max_throughput", NULL, "asks for the rate under a backlog without end, not for a metric of these arrivals", NULL},
    {0},
};

static const struct measure sliding[] = {
    {"*", NULL, "SQS's window is fixed from the first accepted send; no setting makes it slide", NULL},
    {0},
};

/* A whole number of waits, seen between the polls of an empty queue. */
static const char long_polls[] =
    "run = { duration = \"<dur (floor(customers / max(lambda * wait_time_s, pollers)) + 10.5) * "
    "wait_time_s>\";"
    " warmup = \"<dur 10.5 * wait_time_s>\"; series = false; };\n"
    "producer = { p = { rate = \"<rate max(lambda, 0.001)>\"; limit = <int min(1e18 * lambda, "
    "2e9)>; target = \"queue.q\"; }; };\n"
    "queue = { q = { wait_time = \"<dur wait_time_s>\"; wake_order = \"random\"; }; };\n"
    "fleet = { f = { size = <int pollers>; source = \"queue.q\"; }; };\n";

static const struct measure polls[] = {
    {"receive_calls_per_second", "queue.q.calls_receive.rate", NULL, NULL},
    {"receive_calls_per_30_days", "queue.q.calls_receive.rate * 2592000", NULL, NULL},
    {"empty_fraction", "queue.q.empty_receives / queue.q.calls_receive", NULL, NULL},
    {0},
};

#define AGAIN "a worker whose poll brought something polls again at once, not after the interval"

/* One poller, no work: it empties the queue at every multiple of the interval. */
static const char short_polls[] =
    "run = { duration = \"<dur customers / lambda + 10 * interval_s>\"; warmup = \"<dur 10 * "
    "interval_s>\"; series = false; };\n"
    "producer = { p = { rate = \"<rate lambda>\"; target = \"queue.q\"; }; };\n"
    "queue = { q = { }; };\n"
    "fleet = { f = { source = \"queue.q\"; batch = 10; poll = \"short\"; poll_interval = \"<dur "
    "interval_s>\"; }; };\n";

static const struct measure short_delay[] = {
    {"mean_delay_random_phases", "queue.q.wait", NULL, NULL},
    {"*", NULL, AGAIN, NULL},
    {0},
};

static const char take_all[] =
    "run = { duration = \"<dur customers / lambda + 10 * poll_interval>\"; warmup = \"<dur 10 * "
    "poll_interval>\"; series = false; };\n"
    "producer = { p = { rate = \"<rate lambda>\"; target = \"queue.q\"; };\n"
    "  r = { rate = \"<rate lambda>\"; size = \"10B\"; target = \"stream.s\"; }; };\n"
    "queue = { q = { }; };\n"
    "fleet = { f = { source = \"queue.q\"; batch = 10; poll = \"short\"; poll_interval = \"<dur "
    "poll_interval>\"; }; };\n"
    "stream = { s = { put_latency = \"0s\"; }; };\n"
    "consumer = { c = { source = \"stream.s\"; library = \"none\"; poll_interval = \"<dur poll_interval>\"; }; };\n";

/* A worker whose poll brought something polls again at once; who reads a stream waits in any case. */
static const struct measure all_at_turns[] = {
    {"mean_delay", "queue.q.wait", NULL, NULL},
    {"delay_quantile_*", "quantile(queue.q.wait, *)", NULL, NULL},
    {"P_empty_poll", "consumer.c.empty_reads / consumer.c.reads", NULL, NULL},
    {"mean_batch_size_nonempty", "consumer.c.batch_size", NULL, NULL},
    {0},
};

static const struct measure fixed_delay[] = {
    {"mean_delay", "queue.q.wait", NULL, NULL},
    {"delay_quantile_*", "quantile(queue.q.wait, *)", NULL, NULL},
    {"*", NULL, AGAIN, NULL},
    {0},
};

/* What is left is looked at half-way between two polls, when half an interval's arrivals have come. */
static const char take_some[] =
    "run = { duration = \"<dur customers / lambda + 1000 * poll_interval>\"; warmup = \"<dur 1000 * poll_interval>\"; "
    "series = false; };\n"
    "producer = { r = { rate = \"<rate lambda>\"; size = \"10B\"; target = \"stream.s\"; }; };\n"
    "stream = { s = { put_latency = \"0s\"; }; };\n"
    "consumer = { c = { source = \"stream.s\"; library = \"none\"; poll_interval = \"<dur poll_interval>\";"
    " max_records = <int max_batch>; look_every = \"<dur poll_interval>\"; }; };\n";

static const struct measure some_left[] = {
    {"mean_delay", "consumer.c.delay", NULL, NULL},
    {"mean_left_after_poll", "consumer.c.lag - lambda * poll_interval / 2", NULL, NULL},
    {"P_left_after_poll_is_0", "1 - share(consumer.c.behind, 0)", NULL, NULL},
    {0},
};

static const char renewal[] =
    "run = { duration = \"<dur customers * mean(interval) / 2>\"; warmup = \"<dur 10 * "
    "mean(interval)>\"; series = false; };\n"
    "producer = { p = { rate = \"<rate 2 / mean(interval)>\"; target = \"queue.q\"; }; };\n"
    "queue = { q = { }; };\n"
    "fleet = { f = { source = \"queue.q\"; batch = 10; poll = \"short\"; poll_interval = \"<dur "
    "det(interval)>\"; }; };\n";

/* The empty poll is the server's departure on a vacation. */
static const char vacations[] = "run = { duration = \"<dur customers / lambda + 200 * mean(service) / pow(1 - lambda * "
                                "mean(service), 2) + 100 * mean(vacation)>\";"
                                " warmup = \"<dur 200 * mean(service) / pow(1 - lambda * mean(service), 2) + 100 * "
                                "mean(vacation)>\"; series = false; };\n"
                                "producer = { p = { rate = \"<rate lambda>\"; target = \"queue.q\"; }; };\n"
                                "queue = { q = { visibility_timeout = \"12h\"; }; };\n"
                                "fleet = { f = { source = \"queue.q\"; time = \"<law service>\"; poll = \"short\"; "
                                "poll_interval = \"<dur det(vacation)>\"; }; };\n";

static const struct measure sleeper[] = {
    {"Wq_mean_wait", "queue.q.wait", NULL, NULL},
    {"W_mean_sojourn", "latency.mean", NULL, NULL},
    {"Lq_mean_queue_length", "queue.q.depth", NULL, NULL},
    {"empty_polls_per_second", "fleet.f.empty_receives.rate", NULL, NULL},
    {"Wq_quantile_*", "quantile(queue.q.wait, *)", NULL, NULL},
    {0},
};

static const char constant_service[] =
    "run = { duration = \"<dur customers / lambda + 50 * D / pow(1 - lambda * D / c, 2)>\";"
    " warmup = \"<dur 50 * D / pow(1 - lambda * D / c, 2)>\"; series = false; };\n"
    "producer = { p = { rate = \"<rate lambda>\"; target = \"queue.q\"; }; };\n"
    "queue = { q = { visibility_timeout = \"12h\"; wait_time = \"20s\"; }; };\n"
    "fleet = { f = { size = <int c>; source = \"queue.q\"; time = \"constant(<dur D>)\"; }; };\n";

static const struct measure constant_times[] = {
    {"P_wait", "share(queue.q.wait, 0)", NULL, NULL},
    {"P_wait_gt_*", "share(queue.q.wait, *)", NULL, NULL},
    {"P_system_empty", "(1 - fleet.f.busy) / equal(c, 1)", NULL, NULL},
    {"Wq_mean_wait", "queue.q.wait", NULL, NULL},
    {"W_mean_sojourn", "latency.mean", NULL, NULL},
    {"Lq_mean_queue_length", "queue.q.depth", NULL, NULL},
    {"ratio_Wq_to_MMc", "queue.q.wait / (erlang_c(lambda * D, c) / (c / D - lambda))", NULL, NULL},
    {"Wq_quantile_*", "quantile(queue.q.wait, *)", NULL, NULL},
    {0},
};

#define NOTHING(why)                                                                                                   \
    (const struct measure[])                                                                                           \
    {                                                                                                                  \
        {"*", NULL, why, NULL},                                                                                        \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const struct mapping mappings_queue[] = {
    {.model = "visibility timeout", .steady = true, .text = handle_any, .measures = receives},
    {.model = "any receipt handle deletes", .steady = true, .text = handle_any, .measures = receives},
    {.model = "only the latest receipt handle deletes", .steady = true, .text = handle_latest, .measures = receives},
    {.model = "failed receives -> DLQ", .steady = true, .text = failing, .measures = failures},
    {.model = "whole-batch retry", .text = "", .measures = whole_batch},
    {.model = "fixed window from first accept",
     .steady = true,
     .text = repeats,
     .measures = accepted,
     .when = "equal(window_s, 300)",
     .unless = "SQS remembers for 300 s, not for any other time"},
    {.model = "sliding window", .text = "", .measures = sliding},
    {.model = "FIFO groups", .steady = true, .text = message_groups, .measures = of_groups},
    {.model = "long polling, random poller wins", .steady = true, .text = long_polls, .measures = polls},
    {.model = "short polling at fixed interval",
     .steady = true,
     .text = short_polls,
     .measures = short_delay,
     .when = "equal(pollers, 1)",
     .unless = "workers of a fleet begin together; their phases are not drawn"},
    {.model = "M/D/", .steady = true, .text = constant_service, .measures = constant_times},
    {.model = "M/G/1 multiple vacations",
     .steady = true,
     .text = vacations,
     .measures = sleeper,
     .when = "det(vacation)",
     .unless = "the interval of a short poll is a constant, not a law"},
    {.model = "M/G/1 single vacation",
     .text = "",
     .measures = NOTHING("a worker sleeps after every empty poll; it does not stay awake after the first sleep")},
    {.model = "cyclic polling", .text = "", .measures = NOTHING("a worker reads one queue")},
    {.model = "fixed-interval poll, take all", .steady = true, .text = take_all, .measures = all_at_turns},
    {.model = "fixed-interval poll, take up to K", .steady = true, .text = take_some, .measures = some_left},
    {.model = "renewal poll interval, take all",
     .steady = true,
     .text = renewal,
     .measures = fixed_delay,
     .when = "det(interval)",
     .unless = "the interval of a short poll is a constant, not a law"},
    {0},
};
