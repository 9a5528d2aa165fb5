/* flows.h - how often each entity is visited, and by what kind of stream: rates follow calls, sends
 * and queues from the producers on. First attempts only: retries, redeliveries and losses are not
 * in the rates. */
#ifndef FLOWS_H
#define FLOWS_H

#include "choose.h"
#include "findings.h"
#include "spec.h"

struct flow {
    double
        rate; /* per second at the producers' base rates; NAN: cannot be told; 0: nothing comes */
    enum stream stream;
    const char
        *doubt; /* why it is not Poisson (STREAM_OTHER), or why the rate is NAN; NULL: none */
    const struct spec_entity *closed; /* a closed producer feeds it */
};
struct flows {
    const struct spec *spec;
    struct findings *findings;
    struct flow *into; /* [entity] */
    double
        *visits; /* [producer * n_entity + entity]: visits for each request; NAN: cannot be told */
    uint8_t *state; /* [entity]: stream not known, being found, known */
    struct timelaw *hold; /* [entity]: private to hold.c; a graph of calls may have more ways than anybody can walk */
    uint8_t *held;        /* [entity]: it is known */
};
/* In the findings' arena. False: memory is short. */
bool flows_trace(struct flows *, struct findings *, const struct spec *);
/* Rates and visits alone: what kind of stream it is stays untold. */
bool flows_count(struct flows *, struct findings *, const struct spec *);

const struct flow *flow_into(const struct flows *, const struct spec_entity *);
/* A producer that feeds the entity, begins later and has no fixed rate: the base rate is without it. NULL: none. */
const struct spec_entity *flow_latecomer(const struct flows *, const struct spec_entity *);
/* The rate into an entity at a time of the run, by the producers' profiles; NAN: cannot be told. */
double flow_rate_at(const struct flows *, const struct spec_entity *, double t);
/* A producer that feeds the entity has a profile. */
bool flow_varies(const struct flows *, const struct spec_entity *);
/* The one open producer that feeds the entity, each request once; NULL: several, none, or closed.
 */
const struct spec_entity *flow_only_producer(const struct flows *, const struct spec_entity *);

/* The fleet that reads a queue; NULL: none. *n: how many there are. */
const struct spec_entity *queue_reader(const struct spec *, const struct spec_entity *queue,
                                       uint32_t *n);

/* --- hold.c: how long a server is held --- */

/* A station has servers of its own: services and databases. */
bool station_is(const struct spec_entity *);
/* Its question to the formulas, from its own time alone. The rate is that of its flow. */
struct station_question station_question(const struct flows *, const struct spec_entity *);
/* Own time and the calls that follow; NAN in the mean when a delay on the way has no formula. */
struct timelaw hold_law(const struct flows *, const struct spec_entity *);
/* So many servers that less than one arrival in a million waits for one, by M/G/infinity. */
bool hold_never_binds(const struct flows *, const struct spec_entity *);

#endif
