/* world.h - one trial: a scenario's entities wired together in one simulated world. Nothing is global; two worlds
 * live side by side on two threads and share only the immutable spec.
 *
 * What is measured: requests are born in [0, duration) and counted when born at `warmup` or later; what is in the system
 * may finish until duration + drain. Levels (depth, busy servers) are means over [warmup, duration + drain]. Counters and
 * tallies hold what happened in that time; a rate divides by duration - warmup, the time in which counted requests
 * arrived (result.observed). Series keep everything from 0 on. */
#ifndef WORLD_H
#define WORLD_H

#include "arena.h"
#include "draws.h"
#include "err.h"
#include "life.h"
#include "map64.h"
#include "redraws.h"
#include "request.h"
#include "result.h"
#include "rng.h"
#include "room.h"
#include "sim.h"
#include "slab.h"
#include "spec.h"
#include "stock.h"
#include "trace.h"
#include "wire.h"

/* Busy servers of all servers: the quotient of two levels' means. */
struct obs_share {
    const struct obs_level *part, *whole;
};

struct metric_slot { /* an observer registered by its entity */
    const struct metric_def *def;
    struct entity           *entity;
    void                    *observer; /* struct obs_counter, obs_level or obs_tally by def->kind; obs_share */
};

/* The request whose message was the n-th that came to a queue: asked before the run, found in it. */
struct world_quest {
    const struct entity *where;
    uint64_t             number; /* from 1; 0: nothing is asked */
    volatile int         found;
    uint32_t             producer; /* number of the entity */
    uint64_t             item;
    uint16_t             attempt;
};

struct world_spin { /* coming back at one instant */
    sim_time at;
    uint32_t times;
};

struct world {
    const struct spec   *spec;
    struct sim          *sim;
    struct arena         arena;
    uint64_t             seed;
    uint32_t             replication;
    sim_time             end;       /* duration + drain */
    struct entity      **entity;    /* by index of the spec */
    uint32_t             first_event; /* index of the first event template, when there is one */
    struct request_table requests;
    struct stock         calls;     /* struct wire_call */
    struct slab          fans, branches; /* fan.c's */
    struct map64         streams;   /* keys in use */
    struct metric_slot  *metric;
    uint32_t             n_metric;
    struct sim_timer     sampler, warm;
    struct life          life;      /* of recorded requests */
    struct life_event    life_spare;
    struct world_quest   quest;
    struct world_spin    spin;      /* of all entities */
    bool                 failed;    /* memory ran short somewhere: the trial is void */
    struct err           broken;    /* why the trial is void: an invariant did not hold, a trace is wrong */
};

struct entity { /* first member of every room's own struct */
    const struct room        *room;
    const struct spec_entity *spec;
    struct world             *world;
    uint32_t                  index;
    uint32_t                  faults; /* that it has now: FAULT_DOWN … of room.h */
    uint64_t                  print; /* fingerprint */
};

ALWAYS_INLINE sim_time world_now(const struct world *w)
{
    return sim_now(w->sim);
}
/* When a gauge that is only read now and then is read next: at full minutes, as CloudWatch does (SQS-131), and sixty times in a run
 * of less than an hour. May lie behind the end. */
sim_time world_next_look(const struct world *, sim_time now);
/* The trial's entity for a reference; NULL for NULL. */
static inline struct entity *world_entity(const struct world *w, const struct spec_entity *ref)
{
    return ref == NULL ? NULL : w->entity[ref->index];
}
/* For `make`: fills the common part. */
void entity_init(struct entity *, struct world *, const struct spec_entity *);
/* Folds something that happened to the entity into its fingerprint. what: small number, the room's own. */
ALWAYS_INLINE void entity_trace_at(struct entity *e, sim_time now, uint32_t what, uint64_t item)
{
    trace_fold(&e->print, now, what, item);
}
ALWAYS_INLINE void entity_trace(struct entity *e, uint32_t what, uint64_t item)
{
    entity_trace_at(e, world_now(e->world), what, item);
}
/* The random stream "kind.id/use" of this trial, asked for once: two that share a key void the trial. */
struct rng_stream entity_stream(const struct entity *, const char *use);
/* The cell of a job's work at this stream: origin and item of its request, the job's attempt code. */
ALWAYS_INLINE struct rng job_cell(const struct world *w, const struct rng_stream *s, const struct job *j)
{
    const struct request *r = request_at(&w->requests, j->request);
    return rng_at(s, request_origin(&w->requests, r), request_item(r), j->attempt);
}
/* dist_sample at that cell, where draws has the stream and the law. r: the job's request. */
ALWAYS_INLINE int64_t job_sample_of(const struct world *w, struct draws *d, const struct job *j, const struct request *r)
{
    uint32_t origin = request_origin(&w->requests, r);
    if (__builtin_expect(j->attempt == 0, 1))
        return draws_sample(d, origin, request_item(r));
    return draws_again(d, origin, request_item(r), j->attempt);
}
ALWAYS_INLINE int64_t job_sample(const struct world *w, struct draws *d, const struct job *j)
{
    return job_sample_of(w, d, j, request_at(&w->requests, j->request));
}
/* The first word of job_cell, where redraws has the stream. r: the job's request. */
ALWAYS_INLINE uint64_t job_word(const struct world *w, struct redraws *d, const struct job *j, const struct request *r)
{
    return redraws_word(d, request_origin(&w->requests, r), request_item(r), j->attempt);
}
/* Initialises the entity's observer for room->metric[number] and registers it. Rooms call it in `make` for each of
 * their metrics in the table's order. level: initial value. false: memory is short. */
bool entity_counter(struct entity *, unsigned metric, struct obs_counter *);
bool entity_level(struct entity *, unsigned metric, struct obs_level *, int64_t value);
bool entity_tally(struct entity *, unsigned metric, struct obs_tally *);
bool entity_share(struct entity *, unsigned metric, struct obs_share *, const struct obs_level *part,
                  const struct obs_level *whole);

/* The same for the metrics of the entity's parts, after its own: part by part, each in the order of room->part_metric. */
bool part_counter(struct entity *, uint32_t part, unsigned metric, struct obs_counter *);
bool part_level(struct entity *, uint32_t part, unsigned metric, struct obs_level *, int64_t value);
bool part_tally(struct entity *, uint32_t part, unsigned metric, struct obs_tally *);

/* The metric table of a scenario: scenario metrics first (entity ""), then each entity's in order. Lies in the arena;
 * order = order of result.metric. */
const struct metric_id *world_metrics(const struct spec *, struct arena *, uint32_t *n);

/* Runs one replication. NULL: *err says why (memory short; ERR_INTERNAL when an invariant broke). *stop as sim_run:
 * when interrupted the result has `stopped` set. */
struct result *world_run(const struct spec *, uint32_t replication, const volatile int *stop, struct err *);

/* The same in steps, for tests and front doors: open builds and starts, then world_go or sim_run(w->sim, …), then finish.
 * world_go: to the end of the run. false: not as far as that. */
struct world  *world_open(const struct spec *, uint32_t replication, struct err *);
bool           world_go(struct world *, const volatile int *stop);
struct result *world_finish(struct world *, struct err *);
void           world_close(struct world *);

/* The run cannot go on as it was meant, and soon ends: the first such sentence is what world_finish returns as the error. */
void world_break(struct world *, enum err_class, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* True, and the run is broken, when something, or all that there is, has come back so often without any time passing that it
 * never ends. The caller's struct is zero at first. */
bool world_spins(struct entity *, struct world_spin *);

/* The one door to settings of a running world: checks KEY_RUNTIME, then room->set. false: the room has no such key, it
 * is not to be changed in a run, or the value has another type. */
bool world_set(struct world *, struct entity *, unsigned key, const struct value *);

#endif
