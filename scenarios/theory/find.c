/* find.c - what all parts of the recogniser share: see find.h. */
#include "find.h"

#include <math.h>

#include "reading.h"
#include "recognise.h"

static bool has_faults(const struct spec *spec)
{
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        if (kind_is(&spec->entity[i], "fault"))
            return true;
    }
    return false;
}

bool look_is_steady(const struct look *l, const struct spec_entity *e)
{
    return !has_faults(l->spec) && !flow_varies(&l->flows, e) && flow_latecomer(&l->flows, e) == NULL;
}

void look_run(struct look *l, struct finding *x, const struct spec_entity *e)
{
    if (flow_varies(&l->flows, e))
        finding_note(l->findings, x, "long run at the base rate, outside the spans of the profile");
    const struct spec_entity *later = flow_latecomer(&l->flows, e);
    if (later != NULL)
        finding_note(l->findings, x, "long run without %s, which begins later", later->path);
    if (has_faults(l->spec))
        finding_note(l->findings, x, "long run without the scenario's faults");
    if (look_is_steady(l, e) && l->spec->warmup == 0)
        finding_note(l->findings, x,
                     "long run: the scenario starts empty and has no run.warmup, which lowers "
                     "measured means");
}

void look_notes(struct look *l, struct finding *x, const struct spec_entity *e)
{
    const struct flow *in = flow_into(&l->flows, e);
    if (in->stream == STREAM_OTHER && in->doubt != NULL && in->closed == NULL)
        finding_doubt(l->findings, x, "arrivals are taken as Poisson, though %s", in->doubt);
    look_run(l, x, e);
}

void probe(struct look *l, struct finding_value *v, const struct spec_entity *about,
           const char *entity, const char *metric, const char *stat, bool level)
{
    if (entity != NULL && look_is_steady(l, about) && !(level && l->spec->drain > 0))
        value_probe(v, entity, metric, stat);
}

static void quantiles(struct look *l, struct finding *x, const char *const *names,
                      const double *values, const struct finding_probe *p,
                      const struct spec_entity *about)
{
    static const char *const stats[STATION_QUANTILES] = {"p50", "p90", "p99"};
    for (int i = 0; i < STATION_QUANTILES; i++)
        probe(l, finding_seconds(l->findings, x, names[i], values[i]), about, p->entity, p->metric,
              stats[i], false);
}

void look_values(struct look *l, struct finding *x, const struct station_question *q,
                 const struct station_answer *a, const struct look_metrics *m)
{
    static const char *const waits[] = {"wait p50", "wait p90", "wait p99"};
    static const char *const sojourns[] = {"sojourn p50", "sojourn p90", "sojourn p99"};
    struct findings *f = l->findings;
    const struct finding_probe *p = &m->utilisation;
    probe(l, finding_value(f, x, "utilisation", a->rho, UNIT_SHARE), m->about, p->entity, p->metric,
          "mean", true);
    finding_value(f, x, "share who wait", a->p_wait, UNIT_SHARE);
    p = &m->wait;
    probe(l, finding_seconds(f, x, "mean wait", a->wq), m->about, p->entity, p->metric, "mean",
          false);
    probe(l, finding_seconds(f, x, "sd of the wait", a->sd_wq), m->about, p->entity, p->metric,
          "sd", false);
    quantiles(l, x, waits, a->wait, p, m->about);
    p = &m->sojourn;
    probe(l, finding_seconds(f, x, "mean sojourn", a->w), m->about, p->entity, p->metric, "mean",
          false);
    quantiles(l, x, sojourns, a->sojourn, p, m->about);
    p = &m->waiting;
    probe(l, finding_value(f, x, "mean number waiting", a->lq, UNIT_ONE), m->about, p->entity,
          p->metric, "mean", true);
    p = &m->in_system;
    probe(l, finding_value(f, x, "mean number inside", a->l, UNIT_ONE), m->about, p->entity,
          p->metric, "mean", true);
    finding_seconds(f, x, "mean busy period", a->busy_period);
    finding_seconds(f, x, "relaxation time", a->relaxation);
    if (isfinite(q->places))
        finding_value(f, x, "throughput", q->rate * (1 - a->p_block), UNIT_PER_SECOND);
}

bool recognise(struct findings *f, const struct spec *spec)
{
    struct look l = {.spec = spec, .findings = f};
    if (flows_trace(&l.flows, f, spec)) {
        find_stations(&l);
        find_queues(&l);
        find_closed(&l);
        find_attempts(&l);
        find_redelivery(&l);
        find_caps(&l);
        find_polls(&l);
        find_fluid(&l);
    }
    return !f->failed;
}
