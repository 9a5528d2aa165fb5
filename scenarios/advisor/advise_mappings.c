/* advise_mappings.c - Lambda's mappings on queues: their pollers receive first and ask the function
 * then, and each receive counts. */
#include "advisor.h"

#include <math.h>

#define FIRST_POLLERS 5 /* LAM-34 */
#define RECEIVES      5 /* advised at least, LAM-40 */

/* Visits every mapping on a queue; function NULL: it invokes something else. */
static void each_mapping(struct adviser *a,
                         void (*visit)(struct adviser *, const struct spec_entity *mapping,
                                       const struct spec_entity *queue,
                                       const struct spec_entity *function))
{
    for (const struct spec_entity *m = next_of(a, "mapping", NULL); m != NULL;
         m = next_of(a, "mapping", m)) {
        const struct spec_entity *q = ref_at(m, NULL, "source"), *to = ref_at(m, NULL, "target");
        if (q != NULL && to != NULL && kind_is(q, "queue"))
            visit(a, m, q, kind_is(to, "function") ? to : NULL);
    }
}

static void sixfold_one(struct adviser *a, const struct spec_entity *m, const struct spec_entity *q,
                        const struct spec_entity *f)
{
    double hidden = hidden_for(m, q), window = seconds_at(m, NULL, "window", 0),
           timeout = f == NULL ? 0 : seconds_at(f, NULL, "timeout", 3);
    if (f != NULL && hidden < 6 * timeout + window)
        advise_about(
            a, q, value_at(q, NULL, "visibility_timeout"),
            "messages are hidden for %s; six times the timeout of %s and the window of %s are %s",
            time_text(a, hidden), f->path, m->path, time_text(a, 6 * timeout + window));
}

static void sixfold(struct adviser *a)
{
    each_mapping(a, sixfold_one);
}

/* Invocations that its pollers may ask for beyond what the function has. */
static bool asks_too_much(const struct spec_entity *m, const struct spec_entity *f)
{
    return f != NULL && given_at(f, NULL, "reserved") &&
           int_at(m, NULL, "max_concurrency", 1250) > int_at(f, NULL, "reserved", 1000);
}

static void receives_one(struct adviser *a, const struct spec_entity *m,
                         const struct spec_entity *q, const struct spec_entity *f)
{
    const struct value *count = value_at(q, NULL, "dead_letter.max_receive_count");
    if (count != NULL && count->i < RECEIVES && asks_too_much(m, f))
        advise_about(a, q, count,
                     "%s receives messages that %s, with %g reserved, has no room for: after %g "
                     "such receives a message is a dead letter that nobody has seen",
                     m->path, f->path, (double)int_at(f, NULL, "reserved", 0), (double)count->i);
}

static void few_receives(struct adviser *a)
{
    each_mapping(a, receives_one);
}

static void pollers_one(struct adviser *a, const struct spec_entity *m, const struct spec_entity *q,
                        const struct spec_entity *f)
{
    (void)q;
    if (asks_too_much(m, f) && int_at(f, NULL, "reserved", 1000) < FIRST_POLLERS)
        advise_about(a, f, value_at(f, NULL, "reserved"),
                     "%g are reserved, and %s begins with five pollers: it throttles them",
                     (double)int_at(f, NULL, "reserved", 0), m->path);
}

static void pollers(struct adviser *a)
{
    each_mapping(a, pollers_one);
}

static void whole_one(struct adviser *a, const struct spec_entity *m, const struct spec_entity *q,
                      const struct spec_entity *f)
{
    bool fails =
        int_at(m, NULL, "poison.share", 0) > 0 ||
        (f != NULL && (int_at(f, NULL, "poison.share", 0) > 0 || int_at(f, NULL, "errors", 0) > 0));
    if (fails && int_at(m, NULL, "batch", 10) > 1 && !int_at(m, NULL, "report_failures", 0))
        advise_about(a, m, value_at(m, NULL, "batch"),
                     "one message that fails brings back the whole batch of %s, and the others are "
                     "done again",
                     q->path);
}

static void whole_batch(struct adviser *a)
{
    each_mapping(a, whole_one);
}

static void late_window(struct adviser *a)
{
    for (const struct spec_entity *m = next_of(a, "mapping", NULL); m != NULL;
         m = next_of(a, "mapping", m)) {
        const struct spec_entity *from = ref_at(m, NULL, "source");
        double window = seconds_at(m, NULL, "window", 0),
               batch = (double)int_at(m, NULL, "batch", kind_is(from, "queue") ? 10 : 100);
        for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
             p = next_of(a, "producer", p)) {
            double rate = rate_from(a, p, from),
                   deadline = seconds_at(p, NULL, "deadline", INFINITY);
            if (rate > 0 && window >= deadline / 2 && steady_rate(a, from) * window < batch)
                advise_about(a, m, value_at(m, NULL, "window"),
                             "gathers for %s, and the requests of %s have %s in all",
                             time_text(a, window), p->path, time_text(a, deadline));
        }
    }
}

static const struct advice items[] = {
    {624, "sixfold-visibility", "a visibility timeout below six times the function's timeout",
     "A mapping's messages are hidden from their receive on: while the batch gathers, while a "
     "throttled invocation is tried again, and while the function "
     "works. When the timeout ends before, they are received once more, and done twice. Six times "
     "the function's timeout, and the window, is what leaves room "
     "for the tries.",
     "LAM-40, LAM-45",
     "`queue.*.redelivered` and `repeated` are above 0 though nothing has failed.",
     "Set the queue's visibility_timeout to six times the function's timeout, plus the window.",
     sixfold},
    {625, "throttled-receives", "receives that throttles use up",
     "A mapping receives first and asks for an invocation then. What is throttled goes back with "
     "one receive more, so a redrive policy of few receives fills the "
     "dead-letter queue with messages that no function has seen.",
     "LAM-40, LAM-42",
     "`queue.*-dlq.moved_in` is above 0 and `function.*.errors` is 0; `mapping.*.throttles` is "
     "high.",
     "Allow five receives or more, and give the mapping a max_concurrency not above the function's "
     "reserved concurrency: what is too much stays in the queue.",
     few_receives},
    {626, "throttled-pollers", "less reserved concurrency than pollers",
     "A mapping on a queue begins with five concurrent batches. A function with less reserved "
     "concurrency throttles some of them all the time.",
     "LAM-34, LAM-38",
     "`mapping.*.throttles` grows while `function.*.concurrent.max` is what is reserved.",
     "Reserve five or more, or set max_concurrency to what is reserved (2 at least).", pollers},
    {627, "whole-batch-again", "a batch of messages that comes back as a whole",
     "When an invocation fails all its messages come back, also those that were done. With one bad "
     "message in a batch of ten, nine are done again with each of its "
     "receives.",
     "LAM-41, LAM-43", "`repeated` and `function.*.duplicates` are above 0.",
     "Let the function say what failed: report_failures = true.", whole_batch},
    {628, "late-window", "a batching window that takes up the deadline",
     "A batch goes when it is full or when its window ends. At a low rate that is the window, and "
     "its first message has waited for all of it.",
     "LAM-33, KIN-84", "`late` is above 0; `latency.p50` is about half the window.",
     "Take a window well below the deadline: it saves invocations, not time.", late_window},
};
const struct advice_set advice_mappings = {items, sizeof items / sizeof items[0]};
