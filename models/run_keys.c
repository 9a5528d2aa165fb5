/* run_keys.c - the `run` group: how long, how often, from which seed, and what is recorded. */
#include "run_keys.h"

#include "check_codes.h"
#include "record.h"
#include "room.h"

#define BUCKETS_MAX     10000
#define BUCKETS_DEFAULT 300

const struct key run_keys[] = {
    [RUN_DURATION] = {.name = "duration",
                      .type = VALUE_DURATION,
                      .flags = KEY_REQUIRED,
                      .low = "1ms",
                      .high = "3650d",
                      .doc = "How long requests arrive."},
    [RUN_DRAIN] = {.name = "drain",
                   .type = VALUE_DURATION,
                   .fallback = "0s",
                   .high = "3650d",
                   .doc = "Time after the last arrival in which what is in the system may finish."},
    [RUN_WARMUP] = {.name = "warmup",
                    .type = VALUE_DURATION,
                    .fallback = "0s",
                    .high = "3650d",
                    .doc = "Time at the start that is not measured; requests born in it are not counted."},
    [RUN_REPLICATIONS] = {.name = "replications",
                          .type = VALUE_COUNT,
                          .fallback = "20",
                          .low = "1",
                          .high = "1000000",
                          .doc = "How often the run is repeated, each time with other random numbers."},
    [RUN_SEED] = {.name = "seed",
                  .type = VALUE_COUNT,
                  .fallback = "1",
                  .low = "0",
                  .doc = "Same seed, same results. Two scenarios with one seed share random numbers."},
    [RUN_QUOTAS] = {.name = "quotas",
                    .type = VALUE_TEXT,
                    .fallback = "aws-2026",
                    .doc = "Profile of service limits that settings are checked against."},
    [RUN_BEHAVIOUR] = {.name = "behaviour",
                       .type = VALUE_CHOICE,
                       .choices = "ideal|realistic",
                       .fallback = "ideal",
                       .doc = "ideal: services do what they promise; realistic: also what they warn of."},
    [RUN_INTERVAL] = {.name = "interval",
                      .type = VALUE_DURATION,
                      .low = "1us",
                      .high = "3650d",
                      .doc = "Width of a point of the recorded series; default: a round time, at most 300 points."},
    [RUN_SERIES] = {.name = "series",
                    .type = VALUE_FLAG,
                    .fallback = "true",
                    .flags = KEY_ADVANCED,
                    .doc = "Record metrics over time."},
    [RUN_HISTOGRAMS] = {.name = "histograms",
                        .type = VALUE_FLAG,
                        .fallback = "true",
                        .flags = KEY_ADVANCED,
                        .doc = "Record distributions, from which quantiles come."},
    [RUN_RECORD] = {.name = "record",
                    .type = VALUE_TEXT,
                    .doc = "Requests whose lives are written down, by number: producer.orders: 1-100, 4711, every 1000; "
                           "producer.web: 5."},
    [RUN_QUIET] = {.name = "quiet",
                   .type = VALUE_LIST,
                   .element = VALUE_TEXT,
                   .flags = KEY_ADVANCED,
                   .doc = "Advice of `check` that is known and accepted: \"AB0506\", or \"AB0506 queue.orders\" for one entity."},
    [RUN_LAMBDA_CONCURRENCY] = {.name = "lambda_concurrency",
                                .type = VALUE_COUNT,
                                .low = "1",
                                .high = "10000000",
                                .rule = "LAM-6",
                                .doc = "Concurrent executions that the functions share. Default: that of the quotas, 1,000."},
};
const uint32_t n_run_keys = N_RUN_KEYS;

sim_time run_interval(sim_time length)
{
    static const sim_time round[] = {1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800};
    sim_time unit = 1;
    while (unit < SIM_S && length / (unit * 10) > BUCKETS_DEFAULT)
        unit *= 10;
    for (unsigned i = 0; i < ARRAY_LEN(round); i++) {
        if ((length - 1) / (round[i] * unit) < BUCKETS_DEFAULT)
            return round[i] * unit;
    }
    sim_time hours = (length - 1) / SIM_H / BUCKETS_DEFAULT + 1;
    return hours * SIM_H;
}

static int64_t run_int(const struct spec *s, enum run_key key)
{
    return s->run[key].absent ? 0 : s->run[key].i;
}

static void check_lengths(const struct spec *s, struct problems *p)
{
    if (s->warmup >= s->duration) {
        struct problem *x = problem_add(p, SEVERITY_ERROR, CHECK_WARMUP, &s->run[RUN_WARMUP].place,
                                        "run.warmup is as long as run.duration or longer: nothing is measured");
        x->second = s->run[RUN_DURATION].place;
    }
    if ((s->duration + s->drain - 1) / s->interval >= BUCKETS_MAX)
        problem_add(p, SEVERITY_ERROR, CHECK_INTERVAL, &s->run[RUN_INTERVAL].place,
                    "run.interval is so short that a series has more than %d points", BUCKETS_MAX);
}

void run_apply(struct spec *s, struct problems *p)
{
    s->duration = run_int(s, RUN_DURATION);
    s->drain = run_int(s, RUN_DRAIN);
    s->warmup = run_int(s, RUN_WARMUP);
    s->replications = (uint32_t)run_int(s, RUN_REPLICATIONS);
    s->seed = (uint64_t)run_int(s, RUN_SEED);
    s->realistic = run_int(s, RUN_BEHAVIOUR) == 1;
    s->interval = run_int(s, RUN_INTERVAL);
    s->series = run_int(s, RUN_SERIES) != 0;
    s->hist = run_int(s, RUN_HISTOGRAMS) != 0;
    if (!s->run[RUN_RECORD].absent)
        record_parse(s, s->run[RUN_RECORD].text, &s->run[RUN_RECORD].place, p);
    if (s->duration <= 0)
        return; /* required: the missing value is reported already */
    if (s->interval <= 0)
        s->interval = run_interval(s->duration + s->drain);
    check_lengths(s, p);
}
