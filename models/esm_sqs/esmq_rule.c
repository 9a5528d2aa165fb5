/* esmq_rule.c - what AWS takes, and the formula for pollers. */
#include "esmq_rule.h"

#include <stddef.h>

#include "check.h"

void esmq_config_default(struct esmq_config *c)
{
    *c = (struct esmq_config){.batch = 10, .growth = ESMQ_GROWTH, .visibility = 30 * SIM_S, .function_timeout = 3 * SIM_S};
}

static enum esmq_outcome judge_batch(const struct esmq_config *c)
{
    if (c->batch < 1 || c->batch > ESMQ_BATCH_MAX)
        return ESMQ_BAD_BATCH;
    if (c->fifo && c->batch > ESMQ_RECEIVE)
        return ESMQ_BAD_FIFO_BATCH;
    if (c->window < 0 || c->window > 300 * SIM_S || c->window % SIM_S != 0)
        return ESMQ_BAD_WINDOW;
    if (c->fifo && c->window > 0)
        return ESMQ_FIFO_WINDOW;
    return c->batch > ESMQ_RECEIVE && c->window < SIM_S ? ESMQ_NO_WINDOW : ESMQ_OK;
}

static enum esmq_outcome judge_scaling(const struct esmq_config *c)
{
    if (c->max_concurrency != 0 && (c->max_concurrency < 2 || c->max_concurrency > 1000))
        return ESMQ_BAD_CONCURRENCY;
    if (c->max_pollers == 0)
        return c->min_pollers == 0 ? ESMQ_OK : ESMQ_BAD_POLLERS;
    if (c->max_concurrency != 0)
        return ESMQ_TWO_MODES;
    bool good = c->min_pollers >= 2 && c->min_pollers <= 200 && c->max_pollers >= c->min_pollers &&
                c->max_pollers <= 10000;
    return good ? ESMQ_OK : ESMQ_BAD_POLLERS;
}

enum esmq_outcome esmq_judge(const struct esmq_config *c)
{
    enum esmq_outcome o = judge_batch(c);
    if (o == ESMQ_OK)
        o = judge_scaling(c);
    if (o == ESMQ_OK && c->visibility < c->function_timeout)
        o = ESMQ_SHORT_VISIBILITY;
    return o;
}

static const char *const table[ESMQ_OUTCOMES][2] = {
    [ESMQ_OK] = {"OK", ""},
    [ESMQ_BAD_BATCH] = {"BadBatch", "BatchSize is 1 to 10000."},
    [ESMQ_BAD_FIFO_BATCH] = {"BadFifoBatch", "BatchSize of a FIFO queue is 1 to 10."},
    [ESMQ_BAD_WINDOW] = {"BadWindow",
                         "MaximumBatchingWindowInSeconds is 0 to 300, in whole seconds."},
    [ESMQ_NO_WINDOW] = {"NoWindow",
                        "A BatchSize above 10 needs MaximumBatchingWindowInSeconds of at least 1."},
    [ESMQ_FIFO_WINDOW] = {"FifoWindow", "A FIFO queue takes no batching window."},
    [ESMQ_BAD_CONCURRENCY] = {"BadConcurrency", "MaximumConcurrency is 2 to 1000."},
    [ESMQ_BAD_POLLERS] = {"BadPollers",
                          "MinimumPollers is 2 to 200, MaximumPollers at least that, at most 10000."},
    [ESMQ_TWO_MODES] = {"TwoModes",
                        "MaximumConcurrency and provisioned pollers exclude each other."},
    [ESMQ_SHORT_VISIBILITY] = {"ShortVisibility", "The queue's visibility timeout is less than the "
                                                  "function's timeout."},
};

const char *esmq_outcome_name(enum esmq_outcome o)
{
    CHECK(o < ESMQ_OUTCOMES);
    return table[o][0];
}
const char *esmq_outcome_text(enum esmq_outcome o)
{
    CHECK(o < ESMQ_OUTCOMES);
    return table[o][1];
}

static uint64_t ceiling(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t esmq_poller_rate(uint64_t bytes, sim_time duration, uint32_t batch)
{
    uint64_t by_bytes = ceiling(1048576, bytes == 0 ? 1 : bytes);
    uint64_t by_time = ceiling((uint64_t)(ESMQ_POLLER * SIM_S), (uint64_t)(duration < 1 ? 1 : duration));
    uint64_t by_polls = least(100, (uint64_t)ESMQ_POLLER * batch);
    return least(least(by_bytes, by_time * batch), by_polls);
}
