/* cases.c - the table of cases. */
#include <stdio.h>
#include <stdlib.h>

#include "bare_models.h"
#include "bare_queues.h"
#include "bench.h"
#include "bus.h"
#include "topics.h"
#include "parts.h"
#include "streams.h"

static bool full_mm1(double scale, struct bench_sample *s, struct err *err)
{
    char text[600];
    snprintf(text, sizeof text,
             "run = { duration = \"%.0fns\"; };\n"
             "producer = { clients = { arrivals = \"poisson\"; rate = \"80/s\"; target = \"service.server\"; }; };\n"
             "service = { server = { servers = 1; time = \"exponential(10ms)\"; }; };\n",
             MM1_CUSTOMERS * scale / 80 * 1e9);
    s->items = MM1_CUSTOMERS * scale;
    return bench_scenario(text, &s->ns, err);
}

static bool full_mm1_queue(double scale, struct bench_sample *s, struct err *err)
{
    char text[600];
    snprintf(text, sizeof text,
             "run = { duration = \"%.0fns\"; };\n"
             "producer = { clients = { arrivals = \"poisson\"; rate = \"80/s\"; target = \"queue.line\"; }; };\n"
             "queue = { line = { wait_time = \"20s\"; }; };\n"
             "fleet = { server = { size = 1; source = \"queue.line\"; time = \"exponential(10ms)\"; }; };\n",
             MM1_CUSTOMERS * scale / 80 * 1e9);
    s->items = MM1_CUSTOMERS * scale;
    return bench_scenario(text, &s->ns, err);
}

static bool full_pipeline(unsigned workers, double scale, struct bench_sample *s, struct err *err)
{
    char text[900];
    snprintf(text, sizeof text,
             "run = { duration = \"%.0fns\"; };\n"
             "producer = { clients = { arrivals = \"poisson\"; rate = \"%u/s\"; size = \"1KiB\"; target = \"queue.line\"; }; };\n"
             "queue = { line = { visibility_timeout = \"30s\"; wait_time = \"20s\";\n"
             "                   dead_letter = { queue = \"queue.dead\"; max_receive_count = 5; }; }; dead = { }; };\n"
             "fleet = { workers = { size = %u; source = \"queue.line\"; batch = 1; time = \"exponential(100ms)\";\n"
             "                      crash = { probability = 0.01; restart = \"0s\"; }; }; };\n",
             PIPELINE_MESSAGES * scale / (8.0 * workers) * 1e9, 8 * workers, workers);
    s->items = PIPELINE_MESSAGES * scale;
    return bench_scenario(text, &s->ns, err);
}

static bool pipeline_10(double scale, struct bench_sample *s, struct err *err)
{
    return full_pipeline(10, scale, s, err);
}
static bool pipeline_1000(double scale, struct bench_sample *s, struct err *err)
{
    return full_pipeline(1000, scale, s, err);
}
static bool bare_10(double scale, struct bench_sample *s, struct err *err)
{
    return bare_pipeline(10, scale, s) || err_set(err, ERR_OS, "out of memory");
}
static bool bare_1000(double scale, struct bench_sample *s, struct err *err)
{
    return bare_pipeline(1000, scale, s) || err_set(err, ERR_OS, "out of memory");
}

static bool full_fifo(double scale, struct bench_sample *s, struct err *err)
{
    char text[900];
    snprintf(text, sizeof text,
             "run = { duration = \"%.0fns\"; };\n"
             "producer = { clients = { arrivals = \"poisson\"; rate = \"800/s\"; size = \"1KiB\"; target = \"queue.line\";\n"
             "                         key = \"uniform_key(%d)\"; }; };\n"
             "queue = { line = { type = \"fifo\"; throughput = \"high\"; visibility_timeout = \"30s\"; wait_time = \"20s\";\n"
             "                   dead_letter = { queue = \"queue.dead\"; max_receive_count = 5; }; };\n"
             "          dead = { type = \"fifo\"; throughput = \"high\"; }; };\n"
             "fleet = { workers = { size = 100; source = \"queue.line\"; batch = 1; time = \"exponential(100ms)\";\n"
             "                      crash = { probability = 0.01; restart = \"0s\"; }; }; };\n",
             FIFO_MESSAGES * scale / 800 * 1e9, FIFO_GROUPS);
    s->items = FIFO_MESSAGES * scale;
    return bench_scenario(text, &s->ns, err);
}

static bool full_stream(double scale, struct bench_sample *s, struct err *err)
{
    char text[600];
    snprintf(text, sizeof text,
             "run = { duration = \"%.0fns\"; };\n"
             "producer = { clients = { arrivals = \"poisson\"; rate = \"8000/s\"; size = \"200B\"; target = \"stream.log\";\n"
             "                         key = \"uniform_key(1000)\"; }; };\n"
             "stream = { log = { shards = 10; put_latency = \"0s\"; }; };\n",
             PIPELINE_MESSAGES * scale / 8000 * 1e9);
    s->items = PIPELINE_MESSAGES * scale;
    return bench_scenario(text, &s->ns, err);
}

const struct bench_case bench_cases[] = {
    {"mm1", "customer", "M/M/1, load 0.8: producer to a service with one server", full_mm1, bare_mm1, 0},
    {"mm1-queue", "customer", "M/M/1, load 0.8: producer, SQS queue, one worker", full_mm1_queue, bare_mm1, 0},
    {"pipeline", "message", "80/s, 10 workers that long-poll one message, 1 % crashes, dead letters", pipeline_10, bare_10, 0},
    {"pipeline-1000", "message", "8,000/s and 1,000 workers, else as pipeline", pipeline_1000, bare_1000, 0},
    {"sqs-standard", "message", "SQS core: send, receive, delete with 10,000 waiting, beside a linked list", queue_standard, bare_queue, 0},
    {"sqs-fifo", "message", "the same, FIFO with 100 groups", queue_fifo, bare_queue, 0},
    {"sqs-crowd", "message", "SQS core with ten million waiting, beside 10,000", queue_crowd, queue_standard, 0},
    {"sqs-mixed", "step", "10,000 in flight, heartbeats, 300 different timeouts, beside equal ones", queue_mixed, queue_equal, 0},
    {"fifo-pipeline", "message", "FIFO queue with 1,000 groups: 800/s, 100 workers, else as pipeline", full_fifo, bare_fifo, 0},
    {"sns-delivery", "delivery", "a topic's core: messages to a thousand subscriptions, each attempted once; beside a loop over an array", sns_delivery, bare_delivery, 0},
    {"sns-million", "delivery", "the same with a million subscriptions", sns_million, bare_million, 0},
    {"kinesis-record", "record", "Kinesis core: put, stored, read once, ten shards; beside a bare ring per shard", stream_record, bare_stream, 0},
    {"stream", "record", "8,000/s with 1,000 keys to a stream of ten shards, stored", full_stream, NULL, 0},
    {"filter-bus", "event", "a bus of 20 rules: which of them does an event match? Beside a walk through the JSON", filter_bus, bare_bus, 0},
    {"filter-rules", "event", "the same rules one after the other, without the index over them", filter_one, bare_bus, 0},
    {"hold-10", "event", "event set with 10 pending, exponential increments", hold_10, bare_hold_10, 0},
    {"hold-1e3", "event", "event set with 1,000 pending", hold_1e3, bare_hold_1e3, 0},
    {"hold-1e5", "event", "event set with 100,000 pending", hold_1e5, bare_hold_1e5, 0},
    {"hold-1e6", "event", "event set with 1,000,000 pending", hold_1e6, bare_hold_1e6, 0},
    {"lane-1e3", "pair", "constant wait: start and cancel with 1,000 waiting", lane_1e3, NULL, 0},
    {"lane-1e6", "pair", "constant wait: start and cancel with 1,000,000 waiting", lane_1e6, NULL, 0},
    {"sweep-2-threads", "run", "200 short runs on two threads, beside one; the ratio is the speed-up", sweep_2_threads,
     sweep_1_thread, BENCH_SPEED_UP},
    {"store-rows", "row", "results of runs written to a new database", store_rows, NULL, 0},
    {"startup", "start", "the program as a process: parse, run and store a tiny scenario, print the summary", startup, NULL, 0},
};
const size_t n_bench_cases = sizeof bench_cases / sizeof bench_cases[0];
