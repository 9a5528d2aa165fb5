/* find_caps.c - throughput that no load passes: workers (as many as a group may launch, where one
 * has them), message groups, quotas, and the limit in flight. */
#include <math.h>

#include "caps.h"
#include "crew.h"
#include "quota.h"
#include "reading.h"

static double quota(const struct look *l, const char *name)
{
    const struct quota *q = l->spec->quotas == NULL ? NULL : quota_find(l->spec->quotas, name);
    return q == NULL ? INFINITY : (double)q->value;
}

static const char *cap_value(struct look *l, struct finding *x, const char *name, double cap,
                             double *least, const char *binding)
{
    if (isfinite(cap))
        value_kind(finding_value(l->findings, x, name, cap, UNIT_PER_SECOND), FINDING_BOUND);
    if (!(cap < *least))
        return binding;
    *least = cap;
    return name;
}

/* Groups of all producers: as many as keys can differ; INFINITY: no keys on a standard queue. */
static double groups_of(const struct look *l, const struct crew *c)
{
    double sum = 0;
    uint32_t n = l->spec->n_entity;
    for (uint32_t i = 0; i < n && c->fifo; i++) {
        const struct spec_entity *p = &l->spec->entity[i];
        const struct value *key = setting(p, "key");
        if (l->flows.visits[i * n + c->queue->index] == 0)
            continue;
        sum += key == NULL || key->dist == NULL ? 1 : dist_quantile(key->dist, 1 - 1e-9) + 1;
    }
    return c->fifo ? sum : INFINITY;
}

/* NULL: none. */
static const struct spec_entity *group_of(const struct spec *spec, const struct spec_entity *fleet)
{
    for (uint32_t i = 0; i < spec->n_entity; i++)
        if (kind_is(&spec->entity[i], "group") && setting_ref(&spec->entity[i], "target") == fleet)
            return &spec->entity[i];
    return NULL;
}

/* A group may never have more; a schedule may raise that bound in the run. */
static int64_t most_instances(const struct spec *spec, const struct spec_entity *group)
{
    int64_t most = setting_int(group, "max", 0);
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *e = &spec->entity[i];
        if (!kind_is(e, "scaling") || setting_ref(e, "target") != group)
            continue;
        for (uint32_t k = 0; k < steps_n(e, "times"); k++) {
            const struct value *max = setting_field(e, "times", steps_item(e, "times", k), "max");
            most = max != NULL && max->i > most ? max->i : most;
        }
    }
    return most;
}

static const char *group_cap(struct look *l, struct finding *x, const struct crew *c, double *least,
                             const char *binding)
{
    const struct spec_entity *group = group_of(l->spec, c->fleet);
    if (group == NULL || !(c->held.mean > 0) || !isfinite(c->held.mean))
        return binding;
    double workers =
        (double)most_instances(l->spec, group) * (double)setting_int(group, "threads", 1);
    return cap_value(l, x, findings_text(l->findings, "all workers that %s may have", group->path),
                     workers / c->held.mean, least, binding);
}

static void one(struct look *l, const struct spec_entity *queue, const struct spec_entity *fleet)
{
    struct findings *f = l->findings;
    if (fleet == NULL)
        return;
    struct crew c = crew_of(l, queue, fleet);
    double held = c.held.mean, groups = groups_of(l, &c), least = INFINITY,
           rate = flow_into(&l->flows, queue)->rate;
    bool high = setting_is(queue, "throughput", "high");
    double flight = setting(queue, "in_flight_limit") != NULL
                        ? (double)setting_int(queue, "in_flight_limit", 0)
                        : quota(l, c.fifo ? "sqs.in_flight_fifo" : "sqs.in_flight_standard");
    struct finding *x =
        finding_add(f, FINDING_BOUND, findings_text(f, "%s, caps", crew_name(l, &c)), "");
    const char *binding = "";
    finding_note(f, x, "throughput is at most the least of these, whatever is offered%s",
                 c.fifo && high ? "; a group has a quota of its own besides" : "");
    if (held > 0 && c.why_not == NULL)
        binding = cap_value(l, x, "workers", c.servers / held, &least, binding);
    binding = group_cap(l, x, &c, &least, binding);
    if (held > 0 && isfinite(groups))
        binding = cap_value(l, x, "message groups, one at a time", groups / held, &least, binding);
    if (c.fifo) {
        double calls = quota(l, high ? "sqs.fifo_calls_high" : "sqs.fifo_calls");
        binding = cap_value(l, x, "quota of receive calls", calls * c.batch, &least, binding);
        binding = cap_value(l, x, "quota of send and delete calls", calls, &least, binding);
    }
    if (held > 0)
        binding =
            cap_value(l, x, "limit in flight over time in flight", flight / held, &least, binding);
    if (isfinite(least))
        finding_note(f, x, "binding: %s, %s%s%s", binding, rate_note(f, least),
                     isnan(rate) ? "" : "; offered: ", isnan(rate) ? "" : rate_note(f, rate));
}

void find_caps(struct look *l)
{
    crew_each(l, one);
}
