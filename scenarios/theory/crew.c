/* crew.c - see crew.h. */
#include "crew.h"

#include <math.h>

#include "reading.h"

#define RARE 1e-6

/* A database or service that only this fleet calls, once for each message, and that makes no calls
 * itself. */
static bool is_private(const struct look *l, const struct spec_entity *to,
                       const struct spec_entity *fleet)
{
    uint32_t calls = 0;
    for (uint32_t i = 0; i < l->spec->n_entity; i++) {
        const struct spec_entity *who = &l->spec->entity[i];
        if (setting_ref(who, "target") == to && kind_is(who, "producer"))
            return false;
        for (uint32_t k = 0; k < steps_n(who, "calls"); k++) {
            if (steps_target(who, "calls", k) != to)
                continue;
            calls++;
            if (who != fleet)
                return false;
        }
    }
    return calls == 1 && steps_n(to, "calls") == 0;
}

/* Workers as servers of the station that they call: work-conserving, first come first served, so
 * the whole is one station with the callee's servers, as long as the callee has a place for every
 * worker. */
static void call_one(struct look *l, struct crew *c, const struct spec_entity *to)
{
    struct station_question q = station_question(&l->flows, to);
    if (q.servers >= c->workers) {
        c->work = timelaw_sum(c->work, q.service);
        return;
    }
    if (steps_n(c->fleet, "calls") == 1 && c->work.mean == 0 &&
        q.servers + q.places >= c->workers) {
        c->servers = q.servers;
        c->bottleneck = to;
        c->work = q.service;
        return;
    }
    c->why_not = findings_text(l->findings,
                               "workers wait for each other at %s (%u servers for %u workers), "
                               "after other work or with too few places",
                               to->path, q.servers, c->workers);
}

static void add_calls(struct look *l, struct crew *c)
{
    for (uint32_t i = 0; i < steps_n(c->fleet, "calls") && c->why_not == NULL; i++) {
        const struct spec_entity *to = steps_target(c->fleet, "calls", i);
        if (to != NULL && lends(to))
            c->why_not = findings_text(l->findings, "workers share the connections of %s", to->path);
        else if (to == NULL || !is_private(l, to, c->fleet))
            c->why_not = findings_text(
                l->findings,
                "workers wait for %s, which others use too or which calls others itself",
                to == NULL ? "a call" : to->path);
        else
            call_one(l, c, to);
    }
}

struct crew crew_of(struct look *l, const struct spec_entity *queue,
                    const struct spec_entity *fleet)
{
    struct crew c = {
        .queue = queue,
        .fleet = fleet,
        .workers = (unsigned)setting_int(fleet, "size", 1),
        .work = setting_law(fleet, "time"),
        .api = setting_law(queue, "api_latency"),
        .delay = setting_seconds(queue, "delay", 0),
        .interval = setting_seconds(fleet, "poll_interval", 1),
        .batch = (uint32_t)setting_int(fleet, "batch", 1),
        .fifo = setting_is(queue, "type", "fifo"),
    };
    double wait = setting_seconds(fleet, "wait_time", setting_seconds(queue, "wait_time", 0));
    c.servers = c.workers;
    c.sleeps = setting_is(fleet, "poll", "short") || wait == 0;
    if (size_is_driven(l->spec, fleet))
        c.why_not = "the number of its workers is changed in the run";
    else if (c.workers == 0)
        c.why_not = "it has no workers";
    add_calls(l, &c);
    c.held = timelaw_sum(c.work, timelaw_sum(c.api, c.api));
    c.again = timelaw_known(&c.work) ? timelaw_above(&c.work, crew_visibility(&c)) : 0;
    if (c.why_not == NULL && c.bottleneck != NULL && c.api.mean > 0)
        c.why_not = "API latency stands between workers that wait for what they call";
    if (c.why_not == NULL && !isfinite(c.held.mean))
        c.why_not = "the time of a message has no mean";
    if (c.why_not == NULL && c.held.mean == 0)
        c.why_not = "messages take no time: nobody waits for a worker";
    return c;
}

static void doubt_failures(struct look *l, struct finding *x, const struct crew *c)
{
    const struct value *crash = setting(c->fleet, "crash"), *hang = setting(c->fleet, "hang");
    const struct value *dies = setting_field(c->fleet, "crash", crash, "probability"),
                       *hangs = setting_field(c->fleet, "hang", hang, "probability");
    if (dies != NULL && dies->i > 0)
        finding_doubt(l->findings, x,
                      "%s of the receives end in a crash, and their messages come back later: not "
                      "in the formula",
                      share_note(l->findings, (double)dies->i / 1e9));
    if (hangs != NULL && hangs->i > 0)
        finding_doubt(l->findings, x, "workers hang over %s of the receives: not in the formula",
                      share_note(l->findings, (double)hangs->i / 1e9));
    if (c->again > RARE)
        finding_doubt(l->findings, x,
                      "%s of the work takes longer than the visibility timeout %s and is done "
                      "again: not in the formula",
                      share_note(l->findings, c->again),
                      time_note(l->findings, crew_visibility(c)));
}

void crew_doubts(struct look *l, struct finding *x, const struct crew *c)
{
    static const char *const queue_known[] = {"type",
                                              "name",
                                              "visibility_timeout",
                                              "wait_time",
                                              "delay",
                                              "retention",
                                              "max_message_size",
                                              "dead_letter",
                                              "api_latency",
                                              "stale_delete",
                                              "late_change",
                                              "wake_order",
                                              "fair",
                                              NULL};
    static const char *const fleet_known[] = {
        "size", "source", "batch", "poll",  "wait_time", "poll_interval", "visibility_timeout",
        "time", "calls",  "sends", "crash", "hang",      "pause",         "on_failure",
        NULL};
    struct findings *f = l->findings;
    const char *q = settings_beyond(f, c->queue, queue_known),
               *w = settings_beyond(f, c->fleet, fleet_known);
    if (q != NULL && !c->fifo)
        finding_doubt(f, x, "not in the formula: %s.{%s}", c->queue->path, q);
    if (w != NULL)
        finding_doubt(f, x, "not in the formula: %s.{%s}", c->fleet->path, w);
    if (c->batch > 1 && c->workers > 1)
        finding_doubt(f, x,
                      "a worker takes up to %u messages at once and may hold some while others "
                      "idle: the formula is for one at a "
                      "time",
                      c->batch);
    if (l->spec->realistic)
        finding_doubt(f, x,
                      "run.behaviour is realistic: latencies, samples of short polls and "
                      "duplicates are not in the formula");
    doubt_failures(l, x, c);
}

const char *crew_name(struct look *l, const struct crew *c)
{
    return findings_text(l->findings, "%s -> %s%s%s", c->queue->path, c->fleet->path,
                         c->bottleneck != NULL ? " -> " : "",
                         c->bottleneck != NULL ? c->bottleneck->path : "");
}

double crew_visibility(const struct crew *c)
{
    return setting_seconds(c->fleet, "visibility_timeout",
                           setting_seconds(c->queue, "visibility_timeout", 30));
}

void crew_each(struct look *l,
               void (*visit)(struct look *, const struct spec_entity *, const struct spec_entity *))
{
    for (uint32_t i = 0; i < l->spec->n_entity; i++) {
        const struct spec_entity *queue = &l->spec->entity[i], *fleet;
        uint32_t n;
        if (!kind_is(queue, "queue") || flow_into(&l->flows, queue)->rate == 0)
            continue;
        fleet = queue_reader(l->spec, queue, &n);
        visit(l, queue, n == 1 && kind_is(fleet, "fleet") ? fleet : NULL);
    }
}
