/* advise_letters.c - what becomes of messages that fail: how often they may, where they go, and how
 * long they are kept. */
#include "advisor.h"

#include <math.h>

/* The longest planned outage of an entity or of anything that it waits for. */
static double outage_behind(struct adviser *a, const struct spec_entity *e,
                            const struct spec_entity **of, const struct value **where, int depth)
{
    double longest = outage_of(a, e, where);
    *of = e;
    if (depth == 0)
        *a->steps = STEPS;
    for (uint32_t i = 0; i < a->n_edge && may_go_on(a, depth); i++) {
        const struct spec_entity *who;
        const struct value *at;
        if (a->edge[i].from != e || !a->edge[i].waits)
            continue;
        double lasts = outage_behind(a, a->edge[i].to, &who, &at, depth + 1);
        if (lasts > longest) {
            longest = lasts;
            *of = who;
            *where = at;
        }
    }
    return longest;
}

static void each_reader(struct adviser *a,
                        void (*visit)(struct adviser *, const struct spec_entity *,
                                      const struct spec_entity *))
{
    for (uint32_t i = 0; i < a->spec->n_entity; i++) {
        const struct spec_entity *e = &a->spec->entity[i], *q = ref_at(e, NULL, "source");
        if (q != NULL && kind_is(q, "queue"))
            visit(a, e, q);
    }
}

/* --- how often a message may fail --- */

static bool loses_receives(struct adviser *a, const struct spec_entity *reader,
                           const struct spec_entity *q)
{
    bool longer = !given_at(reader, NULL, "heartbeat") &&
                  work_of(a, reader, 0.99).high > hidden_for(reader, q);
    return longer || may_fail(a, reader) || int_at(reader, NULL, "hang.probability", 0) > 0 ||
           int_at(q, NULL, "response_lost", 0) > 0;
}

static void once_one(struct adviser *a, const struct spec_entity *reader,
                     const struct spec_entity *q)
{
    const struct value *count = value_at(q, NULL, "dead_letter.max_receive_count");
    if (count == NULL || count->i > 1 || !loses_receives(a, reader, q))
        return;
    advise_about(a, q, count,
                 "one receive is all that a message has: a worker of %s that dies or fails once "
                 "makes a dead letter of a good message",
                 reader->path);
}

static void one_receive(struct adviser *a)
{
    each_reader(a, once_one);
}

/* Time in which a message that always fails uses up its receives. */
static double burnt_after(const struct spec_entity *reader, const struct spec_entity *q)
{
    double used = 0, hidden = hidden_for(reader, q);
    int64_t n = int_at(q, NULL, "dead_letter.max_receive_count", 0);
    bool returns = is_at(reader, NULL, "on_failure", "return");
    const struct value *after = value_at(reader, NULL, "return_after");
    for (int64_t i = 0; i < n; i++) {
        uint32_t last = after == NULL ? 0 : after->list.n;
        if (!returns)
            used += hidden;
        else if (last > 0)
            used += sim_seconds(after->list.item[i < last ? i : last - 1].i);
    }
    return used;
}

/* Workers that pause after a failure may be too slow to use up the receives of all that comes. */
static bool pauses_save(struct adviser *a, const struct spec_entity *reader,
                        const struct spec_entity *q, double outage)
{
    const struct value *pause = value_at(reader, NULL, "pause");
    if (pause == NULL || pause->backoff == NULL || pause->backoff->law == BACKOFF_NONE)
        return false;
    double rate = flow_into(&a->flows, q)->rate,
           each =
               sim_seconds(pause->backoff->cap > 0 ? pause->backoff->cap : pause->backoff->base) /
               2;
    double receives = servers_of(a, reader) * outage / fmax(each, 1e-3),
           needed = (double)int_at(q, NULL, "dead_letter.max_receive_count", 0);
    return isfinite(rate) && receives < needed * fmax(rate * outage, 1);
}

static void burns_one(struct adviser *a, const struct spec_entity *reader,
                      const struct spec_entity *q)
{
    const struct value *count = value_at(q, NULL, "dead_letter.max_receive_count"), *where;
    const struct spec_entity *of;
    double outage = outage_behind(a, reader, &of, &where, 0), used = burnt_after(reader, q);
    if (count == NULL || of == reader || !kind_is(reader, "fleet") || outage <= used ||
        pauses_save(a, reader, q, outage))
        return;
    advise_about(a, q, count,
                 "%g receives are used up after %s, and %s is to be out for %s: good messages "
                 "become dead letters",
                 (double)count->i, time_text(a, used), of->path, time_text(a, outage));
}

static void outage_burns(struct adviser *a)
{
    each_reader(a, burns_one);
}

/* --- where they go --- */

static void nowhere_one(struct adviser *a, const struct spec_entity *reader,
                        const struct spec_entity *q)
{
    const struct spec_entity *to = ref_at(reader, NULL, "target");
    bool poison = int_at(reader, NULL, "poison.share", 0) > 0 ||
                  (to != NULL && kind_is(to, "function") && int_at(to, NULL, "poison.share", 0) > 0);
    if (!poison || is_at(q, NULL, "type", "fifo") || given_at(q, NULL, "dead_letter") ||
        value_at(reader, NULL, "poison.until") != NULL)
        return;
    advise_about(a, q, NULL,
                 "%s meets messages that fail every time, and there is no dead-letter queue: they "
                 "come back until their retention is over",
                 reader->path);
}

static void no_dead_letter(struct adviser *a)
{
    each_reader(a, nowhere_one);
}

/* --- how long they are kept --- */

static void letters_expire(struct adviser *a)
{
    for (const struct spec_entity *q = next_of(a, "queue", NULL); q != NULL;
         q = next_of(a, "queue", q)) {
        const struct spec_entity *dead = ref_at(q, NULL, "dead_letter.queue");
        double kept = seconds_at(q, NULL, "retention", 0);
        if (dead == NULL || is_at(q, NULL, "type", "fifo") ||
            seconds_at(dead, NULL, "retention", 0) > kept)
            continue;
        advise_about(a, dead, value_at(dead, NULL, "retention"),
                     "dead letters of %s keep their time of sending: kept for %s from then, as "
                     "there or shorter, they may be gone when somebody looks",
                     q->path, time_text(a, seconds_at(dead, NULL, "retention", 0)));
    }
}

static void expires_one(struct adviser *a, const struct spec_entity *reader,
                        const struct spec_entity *q)
{
    const struct spec_entity *of;
    const struct value *where;
    double outage = outage_behind(a, reader, &of, &where, 0),
           kept = seconds_at(q, NULL, "retention", INFINITY);
    if (outage < kept)
        return;
    advise_about(a, q, value_at(q, NULL, "retention"),
                 "messages are dropped after %s, and %s is to be out for %s", time_text(a, kept),
                 of->path, time_text(a, outage));
}

static void retention_below_outage(struct adviser *a)
{
    each_reader(a, expires_one);
}

/* --- back at once --- */

static void hot_one(struct adviser *a, const struct spec_entity *reader,
                    const struct spec_entity *q)
{
    const struct value *pause = value_at(reader, NULL, "pause"), *where;
    const struct spec_entity *of;
    bool rests = pause != NULL && pause->backoff != NULL && pause->backoff->law != BACKOFF_NONE;
    double outage = outage_behind(a, reader, &of, &where, 0);
    if (!is_at(reader, NULL, "on_failure", "return") || given_at(reader, NULL, "return_after") ||
        rests || !(outage > 0) || of == reader)
        return;
    advise_about(a, reader, value_at(reader, NULL, "on_failure"),
                 "failed messages of %s are visible again at once and nobody pauses: while %s is "
                 "out workers take the same messages again and again",
                 q->path, of->path);
}

static void hot_return(struct adviser *a)
{
    each_reader(a, hot_one);
}

static const struct advice items[] = {
    {510, "one-receive", "a dead letter after one receive",
     "A receive counts whatever becomes of it: also when the worker dies, hangs, is throttled, or "
     "what it calls is away for a second. "
     "With max_receive_count = 1 each of these makes a dead letter of a message that nothing is "
     "wrong with.",
     "SQS-110",
     "`queue.*-dlq.moved_in` is about the number of crashes and failures, and the letters are done "
     "without trouble when redriven.",
     "Allow at least three receives, five where throttling counts as one.", one_receive},
    {511, "outage-burns-receives", "an outage longer than all receives",
     "While what workers call is out every receive fails. After max_receive_count visibility "
     "timeouts a message that came at the beginning "
     "has used up its receives and is moved, good as it is: the longer the outage, the more of the "
     "backlog.",
     "SQS-50, SQS-110",
     "`queue.*.moved_out` jumps during the outage, max_receive_count timeouts after its beginning.",
     "Make visibility timeout x max_receive_count longer than the longest outage that shall pass "
     "unnoticed, or let workers stop polling "
     "(a circuit breaker, a pause after failures).",
     outage_burns},
    {512, "no-dead-letter", "messages that always fail, and nowhere to go",
     "Without a redrive policy a message that no worker can process comes back after each "
     "visibility timeout until its retention "
     "is over. As bad messages pile up they take a growing share of the workers.",
     "SQS-106, SQS-109",
     "`fleet.*.poisoned` grows faster and faster, `queue.*.in_flight` never falls again.",
     "Give the queue a dead_letter = { queue = \"queue.orders-dlq\"; max_receive_count = 5; };",
     no_dead_letter},
    {513, "letters-expire", "dead letters that expire early",
     "A message that is moved from a standard queue keeps its time of sending. In a dead-letter "
     "queue with the same retention or a shorter "
     "one it has only what is left of it, and what is too old already is gone on arrival.",
     "SQS-107, SQS-108", "`queue.*-dlq.expired` is above 0, `lost` too.",
     "Set the dead-letter queue's retention to the longest, 14 days.", letters_expire},
    {514, "retention-below-outage", "a retention shorter than an outage",
     "A queue bridges an outage only as long as it keeps its messages. Those that have waited for "
     "the retention period are dropped, "
     "without a word to anybody.",
     "SQS-106",
     "`queue.*.expired` and `lost` are above 0; `queue.*.age.max` stands at the retention.",
     "Keep messages for longer than the longest outage and the time that the backlog takes "
     "afterwards: 14 days cost nothing.",
     retention_below_outage},
    {515, "hot-return", "failed messages that come back at once",
     "A worker that makes a failed message visible at once, and then asks for the next one, gets "
     "the same message again. While what it "
     "calls is out the fleet turns as fast as it can, and all of it is billed and burns receive "
     "counts.",
     "SQS-52, SQS-110",
     "`fleet.*.failed` is many times the number of messages; `queue.*.calls_receive` peaks during "
     "the outage.",
     "Let messages rest (return_after, or on_failure = \"leave\"), and workers too: pause = "
     "\"full_jitter(base=1s, cap=30s)\".",
     hot_return},
};
const struct advice_set advice_letters = {items, sizeof items / sizeof items[0]};
