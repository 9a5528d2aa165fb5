/* find.h - the recogniser's parts: each looks at the scenario for one kind of sub-model and adds
 * what it finds. */
#ifndef FIND_H
#define FIND_H

#include "flows.h"

struct look {
    const struct spec *spec;
    struct flows flows;
    struct findings *findings;
};

void find_stations(struct look *);   /* services and databases under an open stream */
void find_queues(struct look *);     /* a queue and the fleet that reads it */
void find_closed(struct look *);     /* users who wait for their answer */
void find_attempts(struct look *);   /* timeouts and retries of callers */
void find_redelivery(struct look *); /* the visibility timeout against the work */
void find_polls(struct look *);      /* receive calls */
void find_caps(struct look *);       /* message groups, quotas, limits in flight */
void find_fluid(struct look *);      /* spikes and outages */

/* Long-run values cannot be held against a run that has spikes or faults. */
bool look_is_steady(const struct look *, const struct spec_entity *);
/* Notes that every long-run finding has: what of the run differs from the long run … */
void look_run(struct look *, struct finding *, const struct spec_entity *);
/* … and, where the formula is for Poisson arrivals, why they are not. */
void look_notes(struct look *, struct finding *, const struct spec_entity *);
/* Probes for a metric: dropped where the run does not measure the long run. level: a time average,
 * which a drain dilutes. */
void probe(struct look *, struct finding_value *, const struct spec_entity *about,
           const char *entity, const char *metric, const char *stat, bool level);

/* Means and quantiles of an answer. waits, sojourns, numbers: the entity and metric where a
 * simulation measures them; entity NULL: nowhere. */
struct look_metrics {
    const struct spec_entity *about;
    struct finding_probe utilisation, wait, sojourn, waiting, in_system;
};
void look_values(struct look *, struct finding *, const struct station_question *,
                 const struct station_answer *, const struct look_metrics *);

#endif
