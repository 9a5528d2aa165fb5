/* find_redelivery.c - the visibility timeout against the law of the work: how often a message is
 * received, for both meanings of a delete with an old receipt handle, and workers that die. */
#include <math.h>

#include "crew.h"
#include "reading.h"
#include "redelivery.h"

#define NEVER 1e-9

static unsigned max_receive(const struct spec_entity *queue)
{
    const struct value *group = setting(queue, "dead_letter"),
                       *n = setting_field(queue, "dead_letter", group, "max_receive_count");
    return n == NULL ? 0 : (unsigned)n->i;
}

/* Receives for each message: all receives of the queue over all messages sent to it. */
static void probe_receives(struct look *l, struct finding_value *v, const struct crew *c)
{
    probe(l, v, c->queue, c->queue->path, "received", "sum", false);
    value_over(v, c->queue->path, "sent", "sum");
}

static void any_handle(struct look *l, struct finding *x, const struct crew *c, double v)
{
    struct findings *f = l->findings;
    unsigned r = max_receive(c->queue);
    finding_note(
        f, x,
        "stale_delete = honour: a delete with any receipt handle removes the message (SQS-62)");
    struct finding_value *mean =
        finding_value(f, x, "mean receives", redelivery_any_mean(&c->work, v), UNIT_ONE);
    probe_receives(l, mean, c);
    finding_value(f, x, "share received more than once", redelivery_any_above(&c->work, v, 1),
                  UNIT_SHARE);
    finding_value(f, x, "share received more than twice", redelivery_any_above(&c->work, v, 2),
                  UNIT_SHARE);
    if (r > 0)
        finding_value(f, x, "share set aside as dead letters", redelivery_any_above(&c->work, v, r),
                      UNIT_SHARE);
}

static void latest_handle(struct look *l, struct finding *x, const struct crew *c, double v)
{
    struct findings *f = l->findings;
    unsigned r = max_receive(c->queue);
    finding_note(f, x,
                 c->fifo
                     ? "FIFO: a delete after the visibility timeout is refused (SQS-63)"
                     : "stale_delete = ignore: only the latest receipt handle deletes (SQS-62)");
    double mean =
        r > 0 ? redelivery_latest_mean_cut(&c->work, v, r) : redelivery_latest_mean(&c->work, v);
    probe_receives(l, finding_value(f, x, "mean receives", mean, UNIT_ONE), c);
    finding_value(f, x, "share received more than once", redelivery_exceeds(&c->work, v),
                  UNIT_SHARE);
    if (r > 0)
        finding_value(f, x, "share set aside as dead letters",
                      redelivery_latest_dead(&c->work, v, r), UNIT_SHARE);
}

/* Of all workers busy at a random time, with the load that redeliveries add left out. */
static double load_of(struct look *l, const struct crew *c)
{
    return flow_into(&l->flows, c->queue)->rate * c->work.mean / c->servers;
}

static void slow_work(struct look *l, const struct crew *c)
{
    struct findings *f = l->findings;
    double v = crew_visibility(c), exceeds = redelivery_exceeds(&c->work, v), load = load_of(l, c);
    struct finding *x = finding_add(
        f, FINDING_EXACT, findings_text(f, "%s, visibility timeout", crew_name(l, c)), "P(S > V)");
    finding_source(x, "docs/reference/theory.md");
    finding_note(f, x, "work of a message: %s, mean %s; visibility timeout %s (%s times the mean)",
                 steps_n(c->fleet, "calls") > 0 ? "own time and calls" : law_text(c->fleet, "time"),
                 time_note(f, c->work.mean), time_note(f, v), number_note(f, v / c->work.mean, ""));
    look_run(l, x, c->queue);
    if (exceeds < NEVER) {
        finding_note(
            f, x, "no work takes that long: a message comes back only when a worker fails over it");
        finding_value(f, x, "share of work longer than the timeout", exceeds, UNIT_SHARE);
        return;
    }
    finding_note(f, x,
                 "needs idle workers at any time: a message in a batch, or one that waits after "
                 "its timeout, comes later");
    if (setting_given(c->fleet, "heartbeat"))
        finding_doubt(f, x, "heartbeats extend the visibility timeout: not in the formula");
    if (c->batch > 1)
        finding_doubt(f, x,
                      "messages of a batch wait for those before them while their timeouts run");
    if (load > 0.5)
        finding_doubt(f, x,
                      "workers are busy %s of the time: messages come back, but nobody may be free",
                      share_note(f, load));
    finding_value(f, x, "share of work longer than the timeout", exceeds, UNIT_SHARE);
    if (c->fifo || setting_is(c->queue, "stale_delete", "ignore"))
        latest_handle(l, x, c, v);
    else
        any_handle(l, x, c, v);
}

static void deaths(struct look *l, const struct crew *c, double p)
{
    struct findings *f = l->findings;
    double v = crew_visibility(c);
    unsigned r = max_receive(c->queue);
    struct redelivery_failures x = redelivery_failures(p, r > 0 ? r : 10000, v, c->work.mean);
    struct finding *n = finding_add(
        f, FINDING_EXACT, findings_text(f, "%s, crashes", crew_name(l, c)), "truncated geometric");
    finding_source(n, "docs/reference/theory.md");
    finding_note(f, n,
                 "a worker dies over a job with chance %s, each receive by itself; the message is "
                 "back %s after that receive",
                 share_note(f, p), time_note(f, v));
    if (r == 0)
        finding_note(f, n, "no dead-letter queue: a message comes back until it is done");
    look_run(l, n, c->queue);
    if (load_of(l, c) > 0.5)
        finding_doubt(f, n,
                      "workers are busy more than half the time: what comes back may wait too");
    probe_receives(l, finding_value(f, n, "mean receives", x.receives, UNIT_ONE), c);
    if (r > 0) {
        struct finding_value *dead =
            finding_value(f, n, "share set aside as dead letters", x.p_dead, UNIT_SHARE);
        probe(l, dead, c->queue, c->queue->path, "moved_out", "sum", false);
        value_over(dead, c->queue->path, "sent", "sum");
        finding_seconds(f, n, "time until set aside, without waits", x.time_to_dead);
    }
    finding_seconds(f, n, "mean time to success, without waits", x.latency_success);
}

static void one(struct look *l, const struct spec_entity *queue, const struct spec_entity *fleet)
{
    if (fleet == NULL || isnan(flow_into(&l->flows, queue)->rate))
        return;
    struct crew c = crew_of(l, queue, fleet);
    const struct value *dies =
        setting_field(fleet, "crash", setting(fleet, "crash"), "probability");
    if (c.why_not == NULL && c.bottleneck == NULL && timelaw_known(&c.work))
        slow_work(l, &c);
    if (dies != NULL && dies->i > 0 && !setting_given(fleet, "poison"))
        deaths(l, &c, (double)dies->i / 1e9);
}

void find_redelivery(struct look *l)
{
    crew_each(l, one);
}
