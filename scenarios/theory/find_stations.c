/* find_stations.c - services and databases: M/M/1 and its kin where servers are held for the
 * station's own time, M/G/infinity where they are held across calls but there are enough of them,
 * and no formula where callers' servers wait for each other. */
#include <math.h>

#include "crew.h"
#include "reading.h"

#define RARE 1e-6

static const char *const known[] = {"servers", "waiting",     "time",       "calls",
                                    "sends",   "connections", "write_time", NULL};

static void doubt_settings(struct look *l, struct finding *x, const struct spec_entity *e)
{
    const char *beyond = settings_beyond(l->findings, e, known);
    if (beyond != NULL)
        finding_doubt(l->findings, x, "not in the formula: %s.{%s}", e->path, beyond);
}

/* --- callers who give up or come back --- */

struct caller_seen {
    double timeout; /* the shortest */
    bool retries;
    const struct spec_entity *who;
};

static void see(struct caller_seen *seen, const struct spec_entity *who, const char *list,
                const struct value *group)
{
    const struct value *timeout = setting_field(who, list, group, "timeout"),
                       *attempts = setting_field(who, list, group, "attempts");
    if (timeout != NULL && sim_seconds(timeout->i) < seen->timeout) {
        seen->timeout = sim_seconds(timeout->i);
        seen->who = who;
    }
    seen->retries |= attempts != NULL && attempts->i > 1;
}

static struct caller_seen callers_of(const struct spec *spec, const struct spec_entity *e)
{
    struct caller_seen seen = {.timeout = INFINITY};
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *who = &spec->entity[i];
        if (setting_ref(who, "target") == e && kind_is(who, "producer") &&
            setting(who, "call") != NULL)
            see(&seen, who, "call", setting(who, "call"));
        for (uint32_t k = 0; k < steps_n(who, "calls"); k++) {
            if (steps_target(who, "calls", k) == e)
                see(&seen, who, "calls", steps_item(who, "calls", k));
        }
    }
    return seen;
}

static void doubt_callers(struct look *l, struct finding *x, const struct spec_entity *e,
                          const struct station_question *q, const struct station_answer *a)
{
    struct findings *f = l->findings;
    struct caller_seen seen = callers_of(l->spec, e);
    double late = isfinite(seen.timeout) ? station_sojourn_above(q, a, seen.timeout) : 0;
    if (late > RARE)
        finding_doubt(f, x,
                      "up to %s of the calls are given up by %s after %s; attempts after the first "
                      "are not counted",
                      share_note(f, late), seen.who->path, time_note(f, seen.timeout));
    if (a->p_block > RARE && seen.retries)
        finding_doubt(f, x,
                      "refused calls are tried again; attempts after the first are not counted");
}

/* --- plain stations --- */

static void describe(struct look *l, struct finding *x, const struct spec_entity *e,
                     const struct station_question *q)
{
    struct findings *f = l->findings;
    const char *arrivals = q->arrivals == STREAM_EVEN ? "evenly spaced" : "Poisson";
    finding_note(f, x, "arrivals %s, %s; time %s, mean %s; %u server%s%s", rate_note(f, q->rate),
                 arrivals, law_text(e, kind_is(e, "database") ? "write_time" : "time"),
                 time_note(f, q->service.mean), q->servers, q->servers == 1 ? "" : "s",
                 isfinite(q->places) ? findings_text(f, "; %.0f places to wait", q->places)
                                     : "; no bound on waiting");
}

static void overloaded(struct look *l, struct finding *x, const struct spec_entity *e,
                       const struct station_question *q, const struct station_answer *a)
{
    finding_note(l->findings, x,
                 "more comes than the servers can do: the number waiting grows without bound, "
                 "there is no long run");
    finding_value(l->findings, x, "offered load per server", a->load, UNIT_SHARE);
    finding_value(l->findings, x, "growth", q->rate - q->servers / q->service.mean,
                  UNIT_PER_SECOND);
    (void)e;
}

static void plain(struct look *l, const struct spec_entity *e)
{
    struct findings *f = l->findings;
    struct station_question q = station_question(&l->flows, e);
    struct station_answer a = station_choose(&q);
    struct finding *x = finding_add(f, a.kind, e->path, findings_text(f, "%s", a.model));
    finding_source(x, a.source);
    describe(l, x, e, &q);
    if (a.note != NULL)
        finding_note(f, x, "%s", a.note);
    look_notes(l, x, e);
    doubt_settings(l, x, e);
    if (a.unstable) {
        overloaded(l, x, e, &q, &a);
        return;
    }
    doubt_callers(l, x, e, &q, &a);
    const struct look_metrics m = {e,
                                   {e->path, "utilisation", NULL},
                                   {e->path, "wait", NULL},
                                   {e->path, "sojourn", NULL},
                                   {e->path, "waiting", NULL},
                                   {e->path, "in_system", NULL}};
    look_values(l, x, &q, &a, &m);
    if (a.p_block > 0) {
        struct finding_value *v = finding_value(f, x, "share refused", a.p_block, UNIT_SHARE);
        probe(l, v, e, e->path, "refused", "sum", false);
        value_over(v, e->path, "arrived", "sum");
    }
}

/* --- servers held across calls --- */

static const char *called_by(struct look *l, const struct spec_entity *e)
{
    const struct spec_entity *first = steps_target(e, "calls", 0);
    return steps_n(e, "calls") == 1 && first != NULL
               ? first->path
               : findings_text(l->findings, "%u calls", steps_n(e, "calls"));
}

static void coupled(struct look *l, const struct spec_entity *e)
{
    struct findings *f = l->findings;
    struct station_question q = station_question(&l->flows, e);
    struct timelaw hold = hold_law(&l->flows, e);
    bool enough = hold_never_binds(&l->flows, e);
    struct finding *x = finding_add(f, enough ? FINDING_EXACT : FINDING_NONE, e->path,
                                    enough ? "M/G/inf" : "held across calls");
    describe(l, x, e, &q);
    if (!enough) {
        finding_note(f, x,
                     "each server waits for %s: how long depends on who else waits there, so the "
                     "time that a server is held is "
                     "not independent of the others; simulate it",
                     called_by(l, e));
        if (isfinite(hold.mean))
            finding_note(f, x,
                         "at the base rate %s servers would be held on average, by Little's law, "
                         "if none were lacking; there "
                         "are %u",
                         number_note(f, q.rate * hold.mean, ""), q.servers);
        look_notes(l, x, e);
        return;
    }
    finding_source(x, "Little's law; Eick, Massey and Whitt 1993");
    finding_note(f, x,
                 "servers wait for %s, but there are so many that less than one call in a million "
                 "finds none",
                 called_by(l, e));
    look_notes(l, x, e);
    doubt_settings(l, x, e);
    probe(l, finding_seconds(f, x, "mean sojourn", hold.mean), e, e->path, "sojourn", "mean",
          false);
    probe(l, finding_value(f, x, "mean number inside", q.rate * hold.mean, UNIT_ONE), e, e->path,
          "in_system", "mean", true);
    probe(l, finding_value(f, x, "utilisation", q.rate * hold.mean / q.servers, UNIT_SHARE), e,
          e->path, "utilisation", "mean", true);
}

static void nothing(struct look *l, const struct spec_entity *e, const char *why)
{
    struct finding *x = finding_add(l->findings, FINDING_NONE, e->path, "");
    finding_note(l->findings, x, "%s", why);
}

/* Workers bring no more calls at once than there are workers: no open stream. Where the queue's own
 * finding has the station in it, nothing is to be said here. */
static bool called_by_workers(struct look *l, const struct spec_entity *e)
{
    for (uint32_t i = 0; i < l->spec->n_entity; i++) {
        const struct spec_entity *fleet = &l->spec->entity[i],
                                 *queue = setting_ref(fleet, "source");
        bool calls = false;
        for (uint32_t k = 0; k < steps_n(fleet, "calls"); k++)
            calls |= steps_target(fleet, "calls", k) == e;
        if (!calls || queue == NULL)
            continue;
        struct crew c = crew_of(l, queue, fleet);
        if (c.why_not == NULL)
            return true;
        struct station_question q = station_question(&l->flows, e);
        struct finding *x = finding_add(l->findings, FINDING_NONE, e->path, "called by workers");
        finding_note(l->findings, x,
                     "%s calls it, never more at once than it has workers: that is no open stream",
                     fleet->path);
        look_notes(l, x, e);
        struct finding_value *v = finding_value(l->findings, x, "mean number served (Little's law)",
                                                q.rate * q.service.mean, UNIT_ONE);
        value_kind(v, FINDING_APPROXIMATE);
        probe(l, v, e, e->path, "busy", "mean", true);
        return true;
    }
    return false;
}

static void station(struct look *l, const struct spec_entity *e)
{
    const struct flow *in = flow_into(&l->flows, e);
    struct station_question q = station_question(&l->flows, e);
    if (in->rate == 0 || in->closed != NULL) /* closed groups: find_closed */
        return;
    if (isfinite(in->rate) && isfinite(q.service.mean) && called_by_workers(l, e))
        return;
    if (size_is_driven(l->spec, e))
        nothing(l, e, "the number of its servers is changed in the run");
    else if (isnan(in->rate))
        nothing(l, e, in->doubt != NULL ? in->doubt : "the rate of its arrivals cannot be told");
    else if (q.servers == 0)
        nothing(l, e, "it has no servers");
    else if (!isfinite(q.service.mean))
        nothing(l, e, "its time has no mean");
    else if (steps_n(e, "calls") > 0)
        coupled(l, e);
    else if (q.service.mean == 0)
        nothing(l, e, "it takes no time: nobody waits");
    else
        plain(l, e);
}

void find_stations(struct look *l)
{
    for (uint32_t i = 0; i < l->spec->n_entity; i++) {
        if (station_is(&l->spec->entity[i]))
            station(l, &l->spec->entity[i]);
    }
}
