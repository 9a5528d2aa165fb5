/* topics.c - the SNS core alone: a message is published to a thousand subscriptions, or a million;
 * each of them is attempted and answers at once. */
#include "topics.h"

#include "sns.h"

static uint64_t no_roll(struct dice *d, uint64_t n)
{
    (void)d;
    (void)n;
    return 0;
}
static struct dice dice[DELIVERY_DICE_KINDS] = {{no_roll}, {no_roll}};

static bool topic_open(struct sns **t, uint32_t n, struct err *err)
{
    struct sns_config c;
    struct call call;
    sns_config_default(&c, false);
    if (!sns_open(t, &c, err))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t number;
        struct sns_subscription s = {.endpoint = SNS_LAMBDA, .user = i};
        call_begin(&call, 0, dice);
        if (sns_subscribe(*t, &call, &s, &number) != SNS_OK) {
            sns_close(*t);
            return err_set(err, ERR_OS, "memory is short");
        }
    }
    return true;
}

static bool publish(struct sns *t, struct call *call, sim_time now)
{
    struct sns_published out;
    struct sns_publish p = {.user = (uint64_t)now, .size = 1000, .group = SNS_NO_GROUP};
    call_begin(call, now, dice);
    return sns_publish(t, call, &p, &out) == SNS_OK;
}

static uint64_t deliver(struct sns *t, struct call *call, sim_time now)
{
    struct sns_attempt a;
    uint64_t n = 0;
    for (call_begin(call, now, dice); sns_next(t, call, &a); n++) {
        call_begin(call, now, dice);
        sns_settle(t, call, &a, DELIVERY_OK);
        call_begin(call, now, dice);
    }
    return n;
}

static bool run(uint32_t subscriptions, double deliveries, struct bench_sample *s, struct err *err)
{
    struct sns *t;
    struct call call;
    uint64_t messages = (uint64_t)(deliveries / subscriptions) + 1, n = 0;
    if (!topic_open(&t, subscriptions, err))
        return false;
    double start = bench_clock();
    for (uint64_t i = 0; i < messages; i++) {
        sim_time now = (sim_time)(i + 1) * SIM_MS;
        if (!publish(t, &call, now))
            break;
        n += deliver(t, &call, now);
    }
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    sns_close(t);
    return n == messages * subscriptions || err_set(err, ERR_INTERNAL, "deliveries are missing");
}

bool sns_delivery(double scale, struct bench_sample *s, struct err *err)
{
    return run(1000, TOPIC_DELIVERIES * scale, s, err);
}

bool sns_million(double scale, struct bench_sample *s, struct err *err)
{
    return run(1000000, TOPIC_DELIVERIES * scale, s, err);
}
