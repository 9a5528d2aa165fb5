/* find_closed.c - users who think, ask, and wait for their answer: M/M/c//N at one station, bounds
 * elsewhere. */
#include <math.h>

#include "find.h"
#include "mmc.h"
#include "networks.h"
#include "reading.h"

static void bounds(struct look *l, struct finding *x, const struct spec_entity *p, double users,
                   double think, double total, double largest)
{
    struct findings *f = l->findings;
    struct finding_value *v =
        finding_value(f, x, "throughput at most",
                      mva_bound_throughput(users, think, total, largest), UNIT_PER_SECOND);
    value_kind(v, FINDING_BOUND);
    value_kind(finding_seconds(f, x, "mean answer at least",
                               mva_bound_response(users, think, total, largest)),
               FINDING_BOUND);
    (void)p;
}

static void repair(struct look *l, struct finding *x, const struct spec_entity *p,
                   const struct spec_entity *to, unsigned users, double think,
                   const struct station_question *q)
{
    struct findings *f = l->findings;
    struct mmcn m = mmcn_solve(users, think, 1 / q->service.mean, q->servers);
    finding_source(x, "machine repair; Gross and Harris, ch. 2");
    probe(l, finding_value(f, x, "throughput", m.throughput, UNIT_PER_SECOND), to, to->path,
          "completed", "rate", l->spec->drain > 0);
    probe(l, finding_seconds(f, x, "mean answer", m.response), to, p->path, "answer", "mean",
          false);
    probe(l, finding_seconds(f, x, "mean wait", m.wait), to, to->path, "wait", "mean", false);
    probe(l, finding_value(f, x, "utilisation", m.rho, UNIT_SHARE), to, to->path, "utilisation",
          "mean", true);
    probe(l, finding_value(f, x, "mean number inside", m.l, UNIT_ONE), to, to->path, "in_system",
          "mean", true);
    finding_value(f, x, "share of time all servers are busy", m.p_all_busy, UNIT_SHARE);
}

static const char *why_not(struct look *l, const struct spec_entity *to,
                           const struct station_question *q, unsigned users)
{
    if (!station_is(to))
        return "users are answered when the message is accepted: the queue behind is fed by their "
               "thinking alone";
    if (steps_n(to, "calls") > 0)
        return "its servers wait for what it calls while they are held";
    if (q->servers + q->places < users)
        return "it refuses when its places are full";
    if (q->service.shape != TIMELAW_EXPONENTIAL)
        return findings_text(l->findings,
                             "its time is %s, and the formula needs an exponential one",
                             law_text(to, kind_is(to, "database") ? "write_time" : "time"));
    return NULL;
}

static bool alone(const struct look *l, const struct spec_entity *p, const struct spec_entity *to)
{
    uint32_t n = l->spec->n_entity;
    for (uint32_t i = 0; i < n; i++) {
        if (i != p->index && l->flows.visits[i * n + to->index] != 0)
            return false;
    }
    return true;
}

static void group(struct look *l, const struct spec_entity *p)
{
    static const char *const known[] = {"arrivals", "start",    "limit",   "users",
                                        "think",    "target",   "call",    "size",
                                        "key",      "deadline", "done_at", NULL};
    struct findings *f = l->findings;
    const struct spec_entity *to = setting_ref(p, "target");
    struct timelaw think = setting_law(p, "think");
    unsigned users = (unsigned)setting_int(p, "users", 0);
    if (to == NULL || users == 0)
        return;
    struct station_question q =
        station_is(to) ? station_question(&l->flows, to) : (struct station_question){0};
    const char *why = why_not(l, to, &q, users), *beyond = settings_beyond(f, p, known);
    if (why == NULL && !alone(l, p, to))
        why = "others use it too";
    if (why == NULL && !(think.mean > 0))
        why = "users do not think";
    struct finding *x = finding_add(f, why == NULL ? FINDING_EXACT : FINDING_NONE,
                                    findings_text(f, "%s -> %s", p->path, to->path),
                                    why == NULL ? findings_text(f, "M/M/%u//%u", q.servers, users)
                                                : "closed group");
    finding_note(f, x, "%u users who think %s on average (any law) and wait for their answer",
                 users, time_note(f, think.mean));
    if (why != NULL)
        finding_note(f, x, "%s", why);
    look_run(l, x, to);
    if (beyond != NULL)
        finding_doubt(f, x, "not in the formula: %s.{%s}", p->path, beyond);
    if (setting_field(p, "call", setting(p, "call"), "timeout") != NULL)
        finding_doubt(f, x, "users give up after a timeout: not in the formula");
    if (why == NULL)
        repair(l, x, p, to, users, think.mean, &q);
    else if (station_is(to) && q.servers > 0 && isfinite(q.service.mean))
        bounds(l, x, p, users, think.mean, q.service.mean, q.service.mean / q.servers);
}

void find_closed(struct look *l)
{
    for (uint32_t i = 0; i < l->spec->n_entity; i++) {
        const struct spec_entity *p = &l->spec->entity[i];
        if (kind_is(p, "producer") && setting_is(p, "arrivals", "closed"))
            group(l, p);
    }
}
