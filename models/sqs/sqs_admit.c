/* sqs_admit.c - call quotas of FIFO queues (section 15): token buckets that hold a second's worth
 * and refill continuously. Tokens are counted in billionths of one, which makes the refill an
 * integer. */
#include "sqs_fifo.h"

#define TOKEN INT64_C(1000000000)

static void refill(struct bucket *b, uint32_t rate, sim_time now)
{
    int64_t full = rate * TOKEN;
    sim_time gap = now - b->at;
    b->level = gap >= SIM_S || b->level + gap * rate > full ? full : b->level + gap * rate;
    b->at = now;
}

static enum sqs_outcome take_calls(struct sqs *s, enum sqs_action action, uint32_t n)
{
    struct bucket *b = &s->fifo->bucket[action];
    refill(b, s->config.call_rate, s->now);
    if (b->level < n * TOKEN)
        return SQS_THROTTLED;
    b->level -= n * TOKEN;
    return SQS_OK;
}

enum sqs_outcome sqs_admit(struct sqs *s, struct call *c, enum sqs_action action,
                           const uint32_t *groups, uint32_t n)
{
    (void)groups;
    (void)n;
    if (s->fifo == NULL || s->config.call_rate == 0 || action == SQS_ACTION_CHANGE)
        return SQS_OK;
    op_begin(s, c);
    enum sqs_outcome out = take_calls(s, action, 1);
    s->counts.throttled += out != SQS_OK;
    return out;
}
