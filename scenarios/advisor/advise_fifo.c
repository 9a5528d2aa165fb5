/* advise_fifo.c - FIFO queues: order inside a group means one at a time inside a group, and "once"
 * has its window. */
#include "advisor.h"

#include <math.h>

#define WINDOW 300.0 /* seconds in which an id is remembered (SQS-92) */

static bool is_fifo(const struct spec_entity *e)
{
    return kind_is(e, "queue") && is_at(e, NULL, "type", "fifo");
}

/* Fleets that read a FIFO queue, each with every producer whose requests come to it. */
static void each_order(struct adviser *a,
                       void (*visit)(struct adviser *, const struct spec_entity *queue,
                                     const struct spec_entity *fleet,
                                     const struct spec_entity *producer))
{
    for (const struct spec_entity *f = next_of(a, "fleet", NULL); f != NULL;
         f = next_of(a, "fleet", f)) {
        const struct spec_entity *q = ref_at(f, NULL, "source");
        if (q == NULL || !is_fifo(q))
            continue;
        for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
             p = next_of(a, "producer", p)) {
            if (rate_from(a, p, q) > 0)
                visit(a, q, f, p);
        }
    }
}

static void groups_one(struct adviser *a, const struct spec_entity *q, const struct spec_entity *f,
                       const struct spec_entity *p)
{
    const struct dist *key = key_law(p);
    if (key == NULL)
        return;
    double groups = dist_quantile(key, 1 - 1e-9) + 1;
    if (groups < servers_of(a, f))
        advise_about(a, f, value_at(f, NULL, "size"),
                     "%g workers, but %s has %g message groups of %s, and a group is worked on by "
                     "one at a time",
                     servers_of(a, f), q->path, groups, p->path);
}

static void few_groups(struct adviser *a)
{
    each_order(a, groups_one);
}

static void no_key(struct adviser *a)
{
    for (uint32_t i = 0; i < a->spec->n_entity; i++) {
        const struct spec_entity *to = &a->spec->entity[i];
        if (!(kind_is(to, "queue") || kind_is(to, "topic")) || !is_at(to, NULL, "type", "fifo"))
            continue;
        for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
             p = next_of(a, "producer", p)) {
            if (rate_from(a, p, to) > 0 && key_law(p) == NULL && !given_at(p, NULL, "trace"))
                advise_about(
                    a, p, NULL,
                    "its requests have no key, and %s is FIFO: it refuses messages without a group",
                    to->path);
        }
    }
}

static void hot_one(struct adviser *a, const struct spec_entity *q, const struct spec_entity *f,
                    const struct spec_entity *p)
{
    const struct dist *key = key_law(p);
    double mean = work_of(a, f, 0.99).mean, rate = rate_from(a, p, q);
    if (key == NULL || dist_quantile(key, 1 - 1e-9) + 1 < servers_of(a, f) ||
        !given_at(p, NULL, "rate"))
        return;
    double hot = rate * hottest(key);
    if (hot * mean >= 1)
        advise_about(a, p, value_at(p, NULL, "key"),
                     "its most frequent key comes %s, and a worker of %s needs %s for each: that "
                     "group of %s only grows",
                     rate_text(a, hot), f->path, time_text(a, mean), q->path);
}

static void hot_group(struct adviser *a)
{
    each_order(a, hot_one);
}

/* --- the window of ids --- */

static void dedup_window(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        bool remembers =
            !is_at(x->to, NULL, "deduplication", "none") && is_at(x->to, NULL, "type", "fifo");
        if (!remembers || edge_attempts(x) < 2 || !(edge_span(x) > WINDOW))
            continue;
        advise_about(a, x->from, edge_value(x, "attempts"),
                     "its attempts to send to %s reach over %s, but an id is remembered for 5 min: "
                     "a late retry is a second message",
                     x->to->path, time_text(a, edge_span(x)));
    }
}

/* --- poison --- */

static void poison_blocks(struct adviser *a)
{
    for (const struct spec_entity *f = next_of(a, "fleet", NULL); f != NULL;
         f = next_of(a, "fleet", f)) {
        const struct spec_entity *q = ref_at(f, NULL, "source");
        if (q == NULL || !is_fifo(q) || int_at(f, NULL, "poison.share", 0) <= 0 ||
            given_at(q, NULL, "dead_letter") || value_at(f, NULL, "poison.until") != NULL)
            continue;
        advise_about(a, q, NULL,
                     "%s meets messages that fail every time, and there is no dead-letter queue: "
                     "each holds up its group until its retention is over",
                     f->path);
    }
}

/* --- calls a second --- */

static bool sends_batches(const struct adviser *a, const struct spec_entity *q)
{
    for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
         p = next_of(a, "producer", p)) {
        if (ref_at(p, NULL, "target") == q && int_at(p, NULL, "send_batch", 0) != 0)
            return true;
    }
    return false;
}

static void fifo_quota(struct adviser *a)
{
    for (const struct spec_entity *q = next_of(a, "queue", NULL); q != NULL;
         q = next_of(a, "queue", q)) {
        double limit = (double)int_at(q, NULL, "calls_per_second", 300),
               rate = is_fifo(q) ? peak_rate(a, q) : 0;
        if (rate <= limit || is_at(q, NULL, "throughput", "high") || sends_batches(a, q))
            continue;
        advise_about(a, q, NULL,
                     "up to %s are sent to it, one with each call, and it takes %g calls a second: "
                     "the others are throttled",
                     rate_text(a, rate), limit);
    }
}

static const struct advice items[] = {
    {520, "few-groups", "fewer message groups than workers",
     "While a message of a group is in flight no later one of it is given out. With G groups at "
     "most G workers have something to do, "
     "whatever the fleet's size: the throughput is at most G / time of work.",
     "SQS-82",
     "`queue.*.groups_in_flight.max` is the number of groups; `fleet.*.utilisation` stays low "
     "while `queue.*.depth` grows.",
     "Take a finer key (an order instead of a shop), as fine as the order of things allows, or "
     "fewer workers.",
     few_groups},
    {521, "no-key", "messages without a group for a FIFO queue",
     "A FIFO queue or topic takes no message without a message group. Requests without a key have "
     "none: each send is refused, and whoever sends "
     "has nothing to try again.",
     "SQS-81, SNS-21", "`queue.*.refused` is all that was offered, `sent` is 0.",
     "Give requests a key, key = \"uniform_key(100)\", as fine as their order allows; or take a "
     "standard queue where order does not matter.",
     no_key},
    {522, "dedup-window", "retries beyond the deduplication window",
     "A FIFO queue or topic recognises a repeated send by its id for five minutes from the first. "
     "A sender that tries again later, after a "
     "long outage or long pauses, makes a second message of one that was stored though its answer "
     "was lost.",
     "SQS-92, SQS-99",
     "`repeated` is above 0; `queue.*.deduplicated` counts the retries that came in time.",
     "End the retries within five minutes, or let consumers remember ids for longer (idempotent).",
     dedup_window},
    {523, "fifo-poison", "a poison message in a FIFO queue without dead-letter queue",
     "A message that always fails is given out again before all later ones of its group. Without a "
     "redrive policy the group stands still "
     "until the message's retention is over, four days by default.",
     "SQS-82, SQS-87, SQS-109",
     "`queue.*.depth` grows while workers idle; `late` and `waiting` are those behind.",
     "Give the queue a FIFO dead-letter queue. What comes behind is then done without its "
     "predecessor: if that is wrong, let the consumer "
     "put the whole group aside.",
     poison_blocks},
    {524, "fifo-quota", "more sends than a FIFO queue takes",
     "A FIFO queue takes 300 calls of a kind each second; more are throttled, and a sender that "
     "does not try again has lost its message.",
     "SQS-101, SQS-104", "`queue.*.throttled` is above 0.",
     "Send batches of ten, or set throughput = \"high\" and have many groups.", fifo_quota},
    {525, "hot-group", "a message group that needs more than one worker",
     "A group gets one worker at a time. When its messages come faster than one worker does them, "
     "its backlog grows for ever, and no "
     "further worker helps.",
     "SQS-82, SQS-103",
     "`latency.p50` is fine and `latency.max` grows with the run; `fleet.*.utilisation` is low "
     "while `queue.*.depth` grows.",
     "Split the hot key (customer and day, or a suffix), where its order does not matter so much.",
     hot_group},
};
const struct advice_set advice_fifo = {items, sizeof items / sizeof items[0]};
