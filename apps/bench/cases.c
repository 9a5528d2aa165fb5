/* cases.c - the table of cases. */
#include <stdio.h>
#include <stdlib.h>

#include "bare_models.h"
#include "bare_queues.h"
#include "bench.h"
#include "rng.h"
#include "sim.h"

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

/* ---- the event set alone ---- */
static struct rng hold_rng;

static void hold_fire(struct sim *sim, struct sim_timer *t)
{
    sim_after(sim, t, (sim_time)(rng_exponential(&hold_rng) * 1e9));
}

static bool hold(uint32_t pending, double scale, struct bench_sample *s, struct err *err)
{
    struct sim       *sim = sim_open();
    struct sim_timer *timer = calloc(pending, sizeof *timer);
    struct rng_stream stream = rng_stream(1, "hold", 0);
    uint64_t          n = (uint64_t)(3e6 * scale);
    bool              good = sim != NULL && timer != NULL;
    hold_rng = rng_at(&stream, 0, 0, 0);
    for (uint32_t i = 0; good && i < pending; i++) {
        sim_timer_init(&timer[i], SIM_MESSAGE, hold_fire);
        hold_fire(sim, &timer[i]);
    }
    double start = bench_clock();
    for (uint64_t i = 0; good && i < n; i++)
        sim_step(sim);
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    sim_close(sim);
    free(timer);
    return good || err_set(err, ERR_OS, "out of memory");
}

#define HOLD_CASE(name, pending)                                                        \
    static bool name(double scale, struct bench_sample *s, struct err *err)             \
    {                                                                                   \
        return hold(pending, scale, s, err);                                            \
    }                                                                                   \
    static bool bare_##name(double scale, struct bench_sample *s, struct err *err)      \
    {                                                                                   \
        (void)err;                                                                      \
        return bare_hold(pending, scale, s);                                            \
    }
HOLD_CASE(hold_10, 10)
HOLD_CASE(hold_1e3, 1000)
HOLD_CASE(hold_1e5, 100000)
HOLD_CASE(hold_1e6, 1000000)

const struct bench_case bench_cases[] = {
    {"mm1", "customer", "M/M/1, load 0.8: producer to a service with one server", full_mm1, bare_mm1},
    {"mm1-queue", "customer", "M/M/1, load 0.8: producer, SQS queue, one worker", full_mm1_queue, bare_mm1},
    {"pipeline", "message", "80/s, 10 workers that long-poll one message, 1 % crashes, dead letters", pipeline_10, bare_10},
    {"pipeline-1000", "message", "8,000/s and 1,000 workers, else as pipeline", pipeline_1000, bare_1000},
    {"sqs-standard", "message", "SQS core: send, receive, delete with 10,000 waiting, beside a linked list", queue_standard, bare_queue},
    {"sqs-fifo", "message", "the same, FIFO with 100 groups", queue_fifo, bare_queue},
    {"sqs-crowd", "message", "SQS core with ten million waiting, beside 10,000", queue_crowd, queue_standard},
    {"sqs-mixed", "step", "10,000 in flight, heartbeats, 300 different timeouts, beside equal ones", queue_mixed, queue_equal},
    {"hold-10", "event", "event set with 10 pending, exponential increments", hold_10, bare_hold_10},
    {"hold-1e3", "event", "event set with 1,000 pending", hold_1e3, bare_hold_1e3},
    {"hold-1e5", "event", "event set with 100,000 pending", hold_1e5, bare_hold_1e5},
    {"hold-1e6", "event", "event set with 1,000,000 pending", hold_1e6, bare_hold_1e6},
};
const size_t n_bench_cases = sizeof bench_cases / sizeof bench_cases[0];
