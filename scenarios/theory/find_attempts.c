/* find_attempts.c - callers with a timeout or several attempts: what one attempt's fate is where
 * nobody queues or the station is M/M/c, and how far attempts multiply along a way of calls. */
#include <math.h>

#include "attempts.h"
#include "backoff.h"
#include "find.h"
#include "reading.h"

#define RARE    1e-6
#define CROWDED 1e-3 /* share who wait, above which attempts are not independent of each other */

struct edge { /* one caller's way of calling */
    const struct spec_entity *from, *to;
    const struct value *group;
    const char *list;
    double timeout;
    unsigned attempts;
};

static double pause_of(const struct edge *e, bool *constant)
{
    const struct value *v = setting_field(e->from, e->list, e->group, "backoff");
    *constant = v == NULL || v->backoff == NULL || v->backoff->law == BACKOFF_NONE ||
                v->backoff->law == BACKOFF_CONSTANT;
    return v == NULL || v->backoff == NULL || v->backoff->law == BACKOFF_NONE
               ? 0
               : sim_seconds(v->backoff->base);
}

static struct edge edge_of(const struct spec_entity *from, const char *list,
                           const struct value *group, const struct spec_entity *to)
{
    const struct value *timeout = setting_field(from, list, group, "timeout"),
                       *n = setting_field(from, list, group, "attempts");
    return (struct edge){from,
                         to,
                         group,
                         list,
                         timeout == NULL ? INFINITY : sim_seconds(timeout->i),
                         n == NULL ? 1 : (unsigned)n->i};
}

/* Attempts against a station where nobody queues: independent, each of the service law. */
static void independent(struct look *l, struct finding *x, const struct edge *e,
                        const struct timelaw *s)
{
    struct findings *f = l->findings;
    bool constant;
    double pause = pause_of(e, &constant);
    struct attempts a = attempts_solve(s, e->timeout, e->attempts, pause);
    bool producer = kind_is(e->from, "producer");
    finding_note(f, x, "hardly anybody waits at %s, so attempts are independent", e->to->path);
    if (!constant)
        finding_note(f, x,
                     "the backoff varies: no closed form for the delay of those who try again");
    finding_value(f, x, "share of attempts that time out", a.p_timeout, UNIT_SHARE);
    finding_value(f, x, "share of calls that fail", a.p_fails, UNIT_SHARE);
    struct finding_value *v = finding_value(f, x, "mean attempts", a.mean, UNIT_ONE);
    if (producer) {
        probe(l, v, e->to, e->from->path, "tries", "sum", false);
        value_over(v, e->from->path, "offered", "sum");
    }
    if (constant || e->attempts == 1)
        finding_seconds(f, x, "mean delay of success", a.latency_success);
}

static void one(struct look *l, const struct edge *e)
{
    struct findings *f = l->findings;
    struct station_question q = station_question(&l->flows, e->to);
    if (!isfinite(e->timeout) || kind_is(e->from, "fleet") || steps_n(e->to, "calls") > 0 ||
        q.servers == 0 || !(q.service.mean > 0) || !(q.rate > 0))
        return;
    struct station_answer a = station_choose(&q);
    if (!a.unstable && station_sojourn_above(&q, &a, e->timeout) < RARE)
        return; /* it is as if there were none */
    bool quiet =
        !a.unstable && a.p_wait < CROWDED && timelaw_known(&q.service) && !(a.p_block > CROWDED);
    struct finding *x = finding_add(
        f, quiet ? FINDING_EXACT : FINDING_NONE,
        findings_text(f, "%s -> %s, timeout", e->from->path, e->to->path), quiet ? "attempts" : "");
    finding_note(f, x, "timeout %s, %u attempt%s", time_note(f, e->timeout), e->attempts,
                 e->attempts == 1 ? "" : "s");
    look_run(l, x, e->to);
    if (quiet) {
        independent(l, x, e, &q.service);
        return;
    }
    bool poisson_exponential =
        q.arrivals == STREAM_POISSON && q.service.shape == TIMELAW_EXPONENTIAL && !a.unstable;
    finding_note(f, x,
                 "attempts queue at %s, where those given up are still served: what times out adds "
                 "load, and there is no formula%s",
                 e->to->path,
                 poisson_exponential ? " but for the first attempt without any retries" : "");
    if (!poisson_exponential || a.load >= 1)
        return;
    struct finding_value *v = finding_value(f, x, "share of first attempts that time out",
                                            station_sojourn_above(&q, &a, e->timeout), UNIT_SHARE);
    value_kind(v, e->attempts > 1 || isfinite(q.places) ? FINDING_APPROXIMATE : FINDING_EXACT);
}

struct product { /* of attempts */
    double most;     /* the largest on a way down; 0: not known yet */
    unsigned layers; /* on that way, with more than one attempt */
};

/* Each entity is looked at once: the ways through a graph of calls are more than anybody can walk. Calls make no rings. */
static struct product multiplied(struct product *known, const struct spec_entity *e)
{
    struct product best = {1, 0};
    if (known[e->index].most > 0)
        return known[e->index];
    for (uint32_t i = 0; i < steps_n(e, "calls"); i++) {
        const struct spec_entity *to = steps_target(e, "calls", i);
        if (to == NULL)
            continue;
        struct edge edge = edge_of(e, "calls", steps_item(e, "calls", i), to);
        struct product below = multiplied(known, to);
        if (edge.attempts * below.most > best.most)
            best = (struct product){edge.attempts * below.most, below.layers + (edge.attempts > 1)};
    }
    known[e->index] = best;
    return best;
}

static void storm(struct look *l, const struct spec_entity *p, struct product *known)
{
    struct findings *f = l->findings;
    const struct spec_entity *to = setting_ref(p, "target");
    if (to == NULL)
        return;
    struct edge edge = edge_of(p, "call", setting(p, "call"), to);
    struct product below = multiplied(known, to);
    double all = edge.attempts * below.most;
    unsigned layers = below.layers + (edge.attempts > 1);
    if (layers < 2)
        return;
    struct finding *x = finding_add(f, FINDING_BOUND, p->path, "retries at every layer");
    finding_source(
        x, "product of attempts; AWS Builders' Library, Timeouts, retries and backoff with jitter");
    finding_note(f, x,
                 "when the last of the called never answers, %u layers try again, each on its own",
                 layers);
    value_kind(finding_value(f, x, "calls at the end for one request, at most", all, UNIT_ONE),
               FINDING_BOUND);
}

void find_attempts(struct look *l)
{
    struct product *known = arena_get(&l->findings->arena, (l->spec->n_entity + 1) * sizeof *known);
    if (known == NULL) {
        l->findings->failed = true;
        return;
    }
    for (uint32_t i = 0; i < l->spec->n_entity; i++) {
        const struct spec_entity *e = &l->spec->entity[i], *to = setting_ref(e, "target");
        if (kind_is(e, "producer")) {
            struct edge edge = edge_of(e, "call", setting(e, "call"), to);
            if (to != NULL && station_is(to))
                one(l, &edge);
            storm(l, e, known);
        }
        for (uint32_t k = 0; k < steps_n(e, "calls"); k++) {
            to = steps_target(e, "calls", k);
            struct edge edge = edge_of(e, "calls", steps_item(e, "calls", k), to);
            if (to != NULL && station_is(to))
                one(l, &edge);
        }
    }
}
