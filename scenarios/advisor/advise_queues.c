/* advise_queues.c - how long messages are hidden, against how long workers need them: whatever
 * outlasts the timeout is done twice. */
#include "advisor.h"

#include <math.h>

/* The fleet's queue; NULL: it reads something else. */
static const struct spec_entity *queue_of(const struct spec_entity *fleet)
{
    const struct spec_entity *q = ref_at(fleet, NULL, "source");
    return q != NULL && kind_is(q, "queue") ? q : NULL;
}

static const struct value *hidden_place(const struct spec_entity *fleet,
                                        const struct spec_entity *queue)
{
    const struct value *own = value_at(fleet, NULL, "visibility_timeout");
    return own != NULL && own->given ? own : value_at(queue, NULL, "visibility_timeout");
}

/* Visits every fleet that reads a queue. */
static void each_fleet(struct adviser *a,
                       void (*visit)(struct adviser *, const struct spec_entity *,
                                     const struct spec_entity *))
{
    for (const struct spec_entity *f = next_of(a, "fleet", NULL); f != NULL;
         f = next_of(a, "fleet", f)) {
        if (queue_of(f) != NULL)
            visit(a, f, queue_of(f));
    }
}

static void short_one(struct adviser *a, const struct spec_entity *f, const struct spec_entity *q)
{
    struct work w = work_of(a, f, 0.99);
    double hidden = hidden_for(f, q);
    if (given_at(f, NULL, "heartbeat") || w.high <= hidden)
        return;
    advise_about(
        a, q, hidden_place(f, q),
        "messages are hidden for %s, but one in a hundred keeps a worker of %s for %s or longer",
        time_text(a, hidden), f->path, time_text(a, w.high));
}

static void short_visibility(struct adviser *a)
{
    each_fleet(a, short_one);
}

static void batch_one(struct adviser *a, const struct spec_entity *f, const struct spec_entity *q)
{
    struct work w = work_of(a, f, 0.99);
    double hidden = hidden_for(f, q), batch = (double)int_at(f, NULL, "batch", 1);
    if (given_at(f, NULL, "heartbeat") || batch < 2 || w.high > hidden || batch * w.mean <= hidden)
        return;
    advise_about(
        a, f, value_at(f, NULL, "batch"),
        "a batch of %g takes %s on average, one message after the other, and %s hides them for %s",
        batch, time_text(a, batch * w.mean), q->path, time_text(a, hidden));
}

static void batch_visibility(struct adviser *a)
{
    each_fleet(a, batch_one);
}

static void heartbeat_one(struct adviser *a, const struct spec_entity *f,
                          const struct spec_entity *q)
{
    const struct value *every = value_at(f, NULL, "heartbeat.every"),
                       *extend = value_at(f, NULL, "heartbeat.extend");
    double least = hidden_for(f, q);
    if (every == NULL || extend == NULL)
        return;
    for (uint32_t i = 0; i < extend->list.n; i++)
        least = fmin(least, sim_seconds(extend->list.item[i].i));
    if (sim_seconds(every->i) >= least)
        advise_about(
            a, f, every,
            "a heartbeat comes each %s, but the timeout that it should extend is over after %s",
            time_text(a, sim_seconds(every->i)), time_text(a, least));
}

static void late_heartbeat(struct adviser *a)
{
    each_fleet(a, heartbeat_one);
}

static void delete_one(struct adviser *a, const struct spec_entity *f, const struct spec_entity *q)
{
    const struct value *wait = value_at(f, NULL, "delete_batch.wait");
    double hidden = hidden_for(f, q), mean = work_of(a, f, 0.99).mean;
    if (wait == NULL || given_at(f, NULL, "heartbeat") || sim_seconds(wait->i) + mean < hidden)
        return;
    advise_about(
        a, f, wait, "a delete may wait %s after %s of work, and %s hides the message for %s only",
        time_text(a, sim_seconds(wait->i)), time_text(a, mean), q->path, time_text(a, hidden));
}

static void late_delete(struct adviser *a)
{
    each_fleet(a, delete_one);
}

static void memory_one(struct adviser *a, const struct spec_entity *f, const struct spec_entity *q)
{
    const struct value *ttl = value_at(f, NULL, "idempotent.ttl");
    double hidden = hidden_for(f, q);
    if (ttl == NULL || sim_seconds(ttl->i) >= hidden)
        return;
    advise_about(
        a, f, ttl,
        "ids are remembered for %s, but a copy comes when the visibility timeout of %s is over",
        time_text(a, sim_seconds(ttl->i)), time_text(a, hidden));
}

static void memory_forgets(struct adviser *a)
{
    each_fleet(a, memory_one);
}

static void poll_one(struct adviser *a, const struct spec_entity *f, const struct spec_entity *q)
{
    bool asked = is_at(f, NULL, "poll", "short");
    double wait = seconds_at(f, NULL, "wait_time", seconds_at(q, NULL, "wait_time", 0));
    double size = servers_of(a, f), interval = seconds_at(f, NULL, "poll_interval", 1);
    if (!asked && wait > 0)
        return;
    const struct value *where = asked ? value_at(f, NULL, "poll") : value_at(q, NULL, "wait_time");
    advise_about(
        a, asked || !(where != NULL && where->given) ? f : q, where,
        "its workers ask without waiting (short polls): while %s is empty that is %s for nothing",
        q->path, rate_text(a, interval > 0 ? size / interval : INFINITY));
}

static void short_polling(struct adviser *a)
{
    each_fleet(a, poll_one);
}

static void flight_one(struct adviser *a, const struct spec_entity *f, const struct spec_entity *q)
{
    const struct value *limit = value_at(q, NULL, "in_flight_limit");
    if (limit == NULL || servers_of(a, f) <= (double)limit->i)
        return;
    advise_about(a, q, limit,
                 "%g messages may be in flight, fewer than %s has workers (%g): the others stand "
                 "beside a full queue",
                 (double)limit->i, f->path, servers_of(a, f));
}

static void in_flight(struct adviser *a)
{
    each_fleet(a, flight_one);
}

static const struct advice items[] = {
    {501, "short-visibility", "a visibility timeout below the work",
     "A message whose timeout ends while a worker is still at it becomes visible, and the next "
     "worker does the same once more. Both "
     "take a worker's time, and both take effect unless the effect is idempotent. A timeout above "
     "the mean is not enough: what counts is "
     "the longest work in a hundred.",
     "SQS-50, SQS-62",
     "`repeated` and `fleet.*.duplicates` are above 0, and `queue.*.redelivered` grows though "
     "nothing has failed.",
     "Set the timeout above the p99 of the work, or let workers extend it: heartbeat = { extend = "
     "\"30s\"; };",
     short_visibility},
    {502, "batch-outlasts-visibility", "a batch that outlasts its visibility timeout",
     "The timeouts of a whole batch begin with the receive, but its messages are done one after "
     "the other: the last one is hidden "
     "while all others are worked on. When the sum is longer than the timeout, the end of each "
     "full batch is done twice.",
     "SQS-40, SQS-50",
     "`queue.*.redelivered` is 0 while the queue is short and grows with the backlog, when batches "
     "are full.",
     "Multiply: the timeout should be above batch x time, or the batch smaller, or workers send "
     "heartbeats for what is in their hand.",
     batch_visibility},
    {503, "late-heartbeat", "a heartbeat after the timeout",
     "A heartbeat extends a timeout that is still running. When the beats are as far apart as the "
     "timeout is long, the message is visible "
     "before the first one comes, and others have it by then.",
     "SQS-51, SQS-58", "`fleet.*.late_extensions` and `fleet.*.duplicates` are above 0.",
     "Leave `every` out (it is half of the timeout then), or set it to half of `extend` and of the "
     "queue's timeout.",
     late_heartbeat},
    {504, "late-delete", "deletes that wait longer than the timeout",
     "What is done stays in the queue until its delete is sent. A worker that gathers deletes for "
     "longer than the message is hidden "
     "has done the work, and the next worker does it again.",
     "SQS-50, SQS-61",
     "`fleet.*.duplicates` grows while nothing has failed, most of all when few messages come.",
     "Keep delete_batch.wait well below the visibility timeout less the time of the work.",
     late_delete},
    {505, "memory-forgets", "a memory of ids shorter than the timeout",
     "Workers that remember ids recognise a copy only as long as they remember the first one. A "
     "message comes again when its visibility "
     "timeout is over; if the id is forgotten by then, the memory has cost its lookups and helps "
     "nobody.",
     "SQS-50, SQS-99", "`fleet.*.recognised` stays near 0 while `repeated` does not.",
     "Keep ids for longer than the visibility timeout, times the receives that a message may need.",
     memory_forgets},
    {506, "short-polling", "polls that do not wait",
     "A short poll is answered at once, mostly with nothing, and every call is billed. Workers "
     "that ask once a second make 86,400 calls "
     "a day each, whether there is work or not, and a message waits for the next look.",
     "SQS-41, SQS-43",
     "`queue.*.empty_receives` is far above `queue.*.received`; `queue.*.wait` has the polling "
     "interval in it.",
     "Set wait_time = \"20s\" on the queue: an empty poll then costs one call in 20 s, and a "
     "message is handed out when it comes.",
     short_polling},
    {507, "in-flight-limit", "more workers than messages in flight",
     "A queue gives out no more messages than may be in flight. Workers beyond that limit wait, "
     "however long the queue is, and batches "
     "reach it earlier, with messages that only wait in a worker's hand.",
     "SQS-69",
     "`queue.*.in_flight.max` stands at the limit while `queue.*.depth` grows and "
     "`fleet.*.utilisation` stays low.",
     "Have the limit raised, split the queue, or have fewer and faster workers.", in_flight},
};
const struct advice_set advice_queues = {items, sizeof items / sizeof items[0]};
