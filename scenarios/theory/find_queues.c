/* find_queues.c - a queue and the fleet that reads it, as one station: an idle worker's long poll
 * is answered at once, so a message waits only when all workers are busy. A single worker that
 * polls at intervals is a server with vacations; a FIFO queue is a station for each group. */
#include <math.h>
#include <string.h>

#include "caps.h"
#include "crew.h"
#include "mg1.h"
#include "polls.h"
#include "reading.h"

#define OFTEN 0.01

static struct finding *start(struct look *l, const struct crew *c, const struct station_question *q,
                             enum finding_kind kind, const char *model)
{
    struct findings *f = l->findings;
    struct finding *x = finding_add(f, kind, crew_name(l, c), model);
    const struct spec_entity *at = c->bottleneck != NULL ? c->bottleneck : c->fleet;
    finding_note(f, x, "arrivals %s, %s; %s for a message%s; %u at a time", rate_note(f, q->rate),
                 q->arrivals == STREAM_EVEN ? "evenly spaced" : "Poisson",
                 time_note(f, c->work.mean),
                 steps_n(c->fleet, "calls") > 0 && c->bottleneck == NULL ? ", calls included" : "",
                 c->servers);
    if (c->bottleneck != NULL)
        finding_note(f, x,
                     "%u workers share the %u servers of %s: together one station with %u servers, "
                     "and a message waits in the "
                     "queue or there",
                     c->workers, c->servers, at->path, c->servers);
    if (c->api.mean > 0)
        finding_note(f, x, "a worker is also held for the delete and the next receive, %s each",
                     time_note(f, c->api.mean));
    if (c->delay > 0)
        finding_note(f, x, "waits include the queue's delay of %s", time_note(f, c->delay));
    return x;
}

/* The scenario's latency is the sojourn when the request is done where the queue is read. */
static struct finding_probe latency_of(struct look *l, const struct crew *c)
{
    const struct spec_entity *p = flow_only_producer(&l->flows, c->queue),
                             *last = c->bottleneck != NULL ? c->bottleneck : c->fleet;
    if (p == NULL || setting_ref(p, "target") != c->queue)
        return (struct finding_probe){0};
    const struct spec_entity *done = setting_ref(p, "done_at");
    bool here = done == NULL || done == c->fleet || done == last;
    return here ? (struct finding_probe){p->path, "latency", NULL} : (struct finding_probe){0};
}

static struct look_metrics metrics_of(struct look *l, const struct crew *c)
{
    struct look_metrics m = {.about = c->queue, .sojourn = latency_of(l, c)};
    m.utilisation = (struct finding_probe){
        c->bottleneck != NULL ? c->bottleneck->path : c->fleet->path, "utilisation", NULL};
    if (c->bottleneck == NULL && (c->batch == 1 || c->workers > 1))
        m.wait = (struct finding_probe){c->queue->path, "wait", NULL};
    if (c->bottleneck == NULL && c->delay == 0 && c->batch == 1)
        m.waiting = (struct finding_probe){c->queue->path, "depth", NULL};
    if (c->api.mean > 0)
        m.utilisation.entity = NULL;
    return m;
}

/* The answer is for servers held for `held`; a message is done after its work, and delays come
 * before. */
static void shift(struct station_answer *a, const struct crew *c, double rate)
{
    double api = c->held.mean - c->work.mean, before = c->delay + c->api.mean;
    a->wq += c->delay;
    a->w = a->wq + c->work.mean + c->api.mean;
    a->l = NAN;
    for (int i = 0; i < STATION_QUANTILES; i++) {
        a->wait[i] += c->delay;
        a->sojourn[i] = before > 0 || api > 0 ? NAN : a->sojourn[i];
    }
    (void)rate;
}

static void overloaded(struct look *l, const struct crew *c, const struct station_question *q,
                       const struct station_answer *a)
{
    struct findings *f = l->findings;
    struct finding *x = start(l, c, q, FINDING_FLUID, "overloaded");
    finding_note(
        f, x, "more comes than can be done: the backlog grows without bound, there is no long run");
    look_notes(l, x, c->queue);
    crew_doubts(l, x, c);
    finding_value(f, x, "offered load", a->load, UNIT_SHARE);
    finding_value(f, x, "capacity", q->servers / q->service.mean, UNIT_PER_SECOND);
    finding_value(f, x, "growth", q->rate - q->servers / q->service.mean, UNIT_PER_SECOND);
}

static void awake(struct look *l, const struct crew *c, const struct station_question *q)
{
    struct station_answer a = station_choose(q);
    if (a.unstable) {
        overloaded(l, c, q, &a);
        return;
    }
    struct finding *x = start(l, c, q, a.kind, findings_text(l->findings, "%s", a.model));
    finding_source(x, a.source);
    if (a.note != NULL)
        finding_note(l->findings, x, "%s", a.note);
    finding_note(l->findings, x, "long polls: an idle worker has a message at once");
    look_notes(l, x, c->queue);
    crew_doubts(l, x, c);
    shift(&a, c, q->rate);
    struct look_metrics m = metrics_of(l, c);
    look_values(l, x, q, &a, &m);
}

/* --- a sleeping poller --- */

static void asleep(struct look *l, const struct crew *c, const struct station_question *q)
{
    struct findings *f = l->findings;
    struct timelaw sleep = timelaw_constant(c->interval);
    struct finding *x = start(l, c, q, FINDING_EXACT, "M/G/1 with vacations");
    if (q->rate * q->service.mean >= 1)
        finding_note(f, x, "more comes than one worker can do: there is no long run");
    finding_source(x, "Fuhrmann and Cooper 1985; Doshi 1986");
    finding_note(f, x,
                 "the worker sleeps %s whenever it finds the queue empty: half of that is added to "
                 "the mean wait",
                 time_note(f, c->interval));
    if (q->arrivals == STREAM_EVEN)
        finding_doubt(f, x, "arrivals are evenly spaced, the formula is for Poisson arrivals");
    look_notes(l, x, c->queue);
    crew_doubts(l, x, c);
    struct vacation v = vacation_multiple(q->rate, &q->service, &sleep);
    struct station_answer a = {.rho = q->rate * q->service.mean, .wq = v.wq, .lq = v.lq};
    a.w = a.p_wait = a.p_block = a.l = a.sd_wq = a.busy_period = a.relaxation = NAN;
    for (int i = 0; i < STATION_QUANTILES; i++) {
        a.wait[i] = isfinite(v.wq) ? vacation_wait_quantile(q->rate, &q->service, c->interval,
                                                            station_quantiles[i])
                                   : NAN;
        a.sojourn[i] = NAN;
    }
    shift(&a, c, q->rate);
    struct look_metrics m = metrics_of(l, c);
    look_values(l, x, q, &a, &m);
}

static void sleepers(struct look *l, const struct crew *c, const struct station_question *q)
{
    struct findings *f = l->findings;
    struct finding *x = start(l, c, q, FINDING_NONE, "sleeping pollers");
    finding_note(
        f, x,
        "%u workers poll at intervals of %s: no formula for more than one that sleeps and works",
        c->workers, time_note(f, c->interval));
    look_notes(l, x, c->queue);
    value_kind(finding_seconds(f, x, "mean wait at least (idle fleet)",
                               polls_short(q->rate, c->interval, c->workers).delay),
               FINDING_BOUND);
}

/* --- FIFO --- */

/* Keys spread evenly over n groups; 0: not so. */
static unsigned even_groups(const struct spec_entity *producer)
{
    const struct value *key = producer == NULL ? NULL : setting(producer, "key");
    if (key == NULL || key->dist == NULL)
        return producer == NULL ? 0 : 1;
    double most = dist_quantile(key->dist, 1 - 1e-9) + 1, mean = dist_mean(key->dist);
    bool even = fabs(mean - (most - 1) / 2) < 1e-6 * most &&
                fabs(dist_variance(key->dist) - (most * most - 1) / 12) < 1e-6 * most * most;
    return even && most < 1e9 && strcmp(dist_name(key->dist), "uniform_key") == 0 ? (unsigned)most
                                                                                  : 0;
}

static void groups(struct look *l, const struct crew *c, const struct station_question *q,
                   unsigned n)
{
    struct findings *f = l->findings;
    struct caps_groups g = caps_groups(q->rate, n, &q->service);
    struct finding *x = start(l, c, q, FINDING_EXACT, findings_text(f, "%u x M/G/1", n));
    finding_source(x, "thinning of a Poisson stream; Pollaczek-Khinchine");
    finding_note(
        f, x,
        "FIFO: one message of a group at a time, so each of %u groups is a station of its own", n);
    look_notes(l, x, c->queue);
    crew_doubts(l, x, c);
    if (c->workers < n)
        finding_doubt(f, x,
                      "there are fewer workers (%u) than groups: a group may wait for a worker too",
                      c->workers);
    if (c->batch > 1)
        finding_doubt(f, x, "a receive may bring several messages of a group");
    struct station_question of_group = {STREAM_POISSON, q->rate / n, q->service, 1, INFINITY};
    struct station_answer a = station_choose(&of_group);
    a.lq = q->rate * a.wq;
    a.rho = a.busy_period = a.relaxation = NAN;
    shift(&a, c, q->rate);
    struct look_metrics m = metrics_of(l, c);
    look_values(l, x, q, &a, &m);
    finding_value(f, x, "utilisation of a group", g.rho, UNIT_SHARE);
    probe(l, finding_value(f, x, "groups at work", g.busy, UNIT_ONE), c->queue, c->queue->path,
          "groups_in_flight", "mean", true);
}

static void fifo(struct look *l, const struct crew *c, const struct station_question *q)
{
    const struct spec_entity *producer = flow_only_producer(&l->flows, c->queue);
    unsigned n = even_groups(producer);
    if (c->workers == 1) {
        awake(l, c, q);
    } else if (n > 0 && q->arrivals != STREAM_EVEN) {
        groups(l, c, q, n);
    } else {
        struct finding *x = start(l, c, q, FINDING_NONE, "FIFO");
        finding_note(l->findings, x,
                     "one message of a group at a time, and the groups are not alike or arrivals "
                     "are not Poisson: no "
                     "formula but the caps below");
        look_notes(l, x, c->queue);
    }
}

static void one(struct look *l, const struct spec_entity *queue, const struct spec_entity *fleet)
{
    const struct flow *in = flow_into(&l->flows, queue);
    if (fleet == NULL || isnan(in->rate)) {
        struct finding *x = finding_add(l->findings, FINDING_NONE, queue->path, "");
        finding_note(l->findings, x, "%s",
                     fleet == NULL       ? "it is not read by exactly one fleet"
                     : in->doubt != NULL ? in->doubt
                                         : "the rate of its arrivals cannot be told");
        return;
    }
    struct crew c = crew_of(l, queue, fleet);
    struct station_question q = {in->stream, in->rate, c.held, c.servers, INFINITY};
    if (c.why_not != NULL) {
        struct finding *x = finding_add(l->findings, FINDING_NONE, crew_name(l, &c), "");
        finding_note(l->findings, x, "%s", c.why_not);
        look_notes(l, x, queue);
    } else if (c.again > OFTEN) {
        struct finding *x = finding_add(l->findings, FINDING_NONE, crew_name(l, &c), "");
        finding_note(l->findings, x,
                     "%s of the work takes longer than the visibility timeout %s and is done "
                     "again: the load depends on "
                     "itself",
                     share_note(l->findings, c.again), time_note(l->findings, crew_visibility(&c)));
        look_run(l, x, queue);
    } else if (c.sleeps && c.workers > 1) {
        sleepers(l, &c, &q);
    } else if (c.sleeps) {
        asleep(l, &c, &q);
    } else if (c.fifo) {
        fifo(l, &c, &q);
    } else {
        awake(l, &c, &q);
    }
}

void find_queues(struct look *l)
{
    crew_each(l, one);
}
