/* bare_topic.c - deliveries written by hand: an array of subscribers with the same counts, a
 * message handed to each. No retries, no order, no caps, no checks. */
#include <stdlib.h>

#include "topics.h"

struct subscriber {
    uint64_t user, begun, delivered;
    uint32_t attempts, failed;
};
struct copy {
    uint64_t message, user;
    int64_t published;
    uint32_t subscriber, number;
};

/* The subscriber's side: it takes every copy. */
static __attribute__((noinline)) bool takes(const struct copy *c)
{
    __asm__ volatile("" : : "g"(c) : "memory");
    return c->number == 0;
}

static uint64_t publish(struct subscriber *s, uint32_t n, uint64_t message)
{
    uint64_t delivered = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct copy c = {message, s[i].user, (int64_t)message, i, 0};
        s[i].begun++;
        s[i].attempts++;
        if (takes(&c)) {
            s[i].delivered++;
            delivered++;
        } else {
            s[i].failed++;
        }
    }
    return delivered;
}

static bool run(uint32_t subscriptions, double deliveries, struct bench_sample *out,
                struct err *err)
{
    struct subscriber *s = calloc(subscriptions, sizeof(*s));
    uint64_t messages = (uint64_t)(deliveries / subscriptions) + 1, n = 0;
    if (s == NULL)
        return err_set(err, ERR_OS, "memory is short");
    double start = bench_clock();
    for (uint64_t i = 0; i < messages; i++)
        n += publish(s, subscriptions, i);
    *out = (struct bench_sample){(double)n, bench_clock() - start};
    free(s);
    return n == messages * subscriptions || err_set(err, ERR_INTERNAL, "deliveries are missing");
}

bool bare_delivery(double scale, struct bench_sample *s, struct err *err)
{
    return run(1000, TOPIC_DELIVERIES * scale, s, err);
}

bool bare_million(double scale, struct bench_sample *s, struct err *err)
{
    return run(1000000, TOPIC_DELIVERIES * scale, s, err);
}
