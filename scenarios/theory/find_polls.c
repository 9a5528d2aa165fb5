/* find_polls.c - how many receive calls the workers of a queue make, in a month as the bill counts.
 */
#include <math.h>

#include "crew.h"
#include "polls.h"
#include "reading.h"

#define IDLE 0.05 /* up to this load, work that takes time changes the calls little */

static void show(struct look *l, struct finding *x, const struct crew *c, double calls,
                 double empty, bool share)
{
    struct findings *f = l->findings;
    bool drained = l->spec->drain > 0;
    struct finding_value *v = finding_value(f, x, "receive calls", calls, UNIT_PER_SECOND);
    probe(l, v, c->queue, c->fleet->path, "receives", "rate", drained);
    v = finding_value(f, x, "empty receives", empty, UNIT_PER_SECOND);
    probe(l, v, c->queue, c->fleet->path, "empty_receives", "rate", drained);
    finding_value(f, x, "receive calls in 30 days", calls * POLLS_MONTH, UNIT_ONE);
    if (!share)
        return;
    v = finding_value(f, x, "share of empty receives", empty / calls, UNIT_SHARE);
    probe(l, v, c->queue, c->fleet->path, "empty_receives", "sum", false);
    value_over(v, c->fleet->path, "receives", "sum");
}

/* A worker is asleep when it is not at work, and each sleep follows an empty receive: so many begin
 * in a second as the time asleep has room for, whatever the arrivals. */
static void sleepy(struct look *l, struct finding *x, const struct crew *c, double rate)
{
    struct findings *f = l->findings;
    double empty = (c->workers - rate * c->held.mean) / c->interval;
    finding_note(f, x,
                 "a worker that finds nothing sleeps %s; one that found something asks again when "
                 "it is done",
                 time_note(f, c->interval));
    if (c->batch > 1)
        finding_note(f, x,
                     "a receive may bring several messages: only the empty ones can be counted");
    finding_source(x, "renewal-reward; docs/reference/theory.md");
    look_run(l, x, c->queue);
    crew_doubts(l, x, c);
    show(l, x, c, c->batch == 1 ? rate + empty : NAN, empty, c->batch == 1);
}

static void standing(struct look *l, struct finding *x, const struct crew *c, double rate,
                     double wait)
{
    struct findings *f = l->findings;
    struct polls p = polls_long(rate, wait, c->workers);
    double load = rate * c->held.mean / c->servers;
    finding_note(f, x, "each of %u workers has a poll of up to %s standing when it is not at work",
                 c->workers, time_note(f, wait));
    finding_source(x, "renewal of a call; docs/reference/theory.md");
    look_notes(l, x, c->queue);
    if (c->workers > 1 && !setting_is(c->queue, "wake_order", "random"))
        finding_doubt(
            f, x,
            "the formula wakes a random poll; this queue wakes the oldest (wake_order = arrival)");
    if (load > 0)
        finding_doubt(f, x,
                      "the formula is for work that takes no time; here workers are busy %s of the "
                      "time and poll less",
                      share_note(f, load));
    show(l, x, c, p.per_second, load <= IDLE ? p.per_second * p.empty : NAN, load <= IDLE);
}

static void one(struct look *l, const struct spec_entity *queue, const struct spec_entity *fleet)
{
    struct findings *f = l->findings;
    double rate = flow_into(&l->flows, queue)->rate;
    if (fleet == NULL || isnan(rate))
        return;
    struct crew c = crew_of(l, queue, fleet);
    if (c.workers == 0 || !isfinite(c.held.mean) || rate * c.held.mean >= c.servers ||
        (c.why_not != NULL && c.held.mean > 0))
        return; /* found elsewhere to have no formula, or no long run */
    struct finding *x =
        finding_add(f, FINDING_EXACT, findings_text(f, "%s, polls", crew_name(l, &c)),
                    c.sleeps ? "short polls" : "long polls");
    if (c.sleeps)
        sleepy(l, x, &c, rate);
    else
        standing(l, x, &c, rate,
                 setting_seconds(fleet, "wait_time", setting_seconds(queue, "wait_time", 0)));
}

void find_polls(struct look *l)
{
    crew_each(l, one);
}
