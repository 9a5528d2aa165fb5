/* queued.h - Lambda's event source mapping on a queue in the simulated world: it polls through PULL, makes batches by its core
 * (esmq.h), and invokes through INVOKE. The other source of the kind `mapping`; for queued*.c and mapping_room.c.
 *
 * Only queued_pump lets the core go on, in its outermost frame: a poll may be answered and an invocation end inside the call that
 * began it. */
#ifndef QUEUED_H
#define QUEUED_H

#include "esmq.h"
#include "invoke.h"
#include "mapping_keys.h"
#include "screen.h"
#include "world.h"

struct queued;
struct queued_poll {
    struct pull_ask ask;
    struct sim_timer timer; /* the call's latency */
    struct queued *mapping;
    uint32_t number;
    sim_time asked;
};
struct queued_flight { /* a batch's invocation */
    struct invocation inv;
    struct sim_timer timer; /* the delete's latency */
    struct queued *mapping;
    struct job *job;
    bool *failed;
    uint32_t number, batch, n, cap;
    sim_time began;
    bool again; /* it was throttled before */
};
struct queued {
    struct entity e; /* first */
    struct entity *source, *target;
    const struct pull_ops *pull;
    struct esmq *core;
    struct esmq_config config;
    struct sim_timer timer;
    struct world_spin spin; /* of invocations */
    bool pumping, report;
    sim_time timeout;
    struct screen screen;
    struct slab got, polls, flights; /* struct pulled; … */
    struct call call;
    uint64_t n_taken, n_let_go;

    struct obs_level concurrent, blocked, buffered, slots;
    struct obs_counter count[MAPPING_COUNTERS];
    struct obs_tally age, batch, duration;
};

static inline struct queued *queued_of(struct entity *e)
{
    return (struct queued *)e;
}
static inline void queued_count(struct queued *m, enum mapping_metric k, uint64_t by)
{
    obs_count(&m->count[k - MM_INVOCATIONS], world_now(m->e.world), by);
}
struct call *queued_call(struct queued *);

/* queued.c */
void queued_pump(struct queued *);
void queued_on_timer(struct sim *, struct sim_timer *);
void queued_let_go(struct queued *, uint32_t got);
void queued_withdraw(struct queued *); /* polls that wait */
/* queued_fly.c */
void queued_invoke(struct queued *, const struct esmq_do *);
void queued_leave(struct queued *, uint32_t batch); /* released, and what is kept of it stays in the queue */
void queued_flights_close(struct queued *);

/* queued_room.c: the room's functions for such a mapping */
bool queued_is(const struct spec_entity *);
void queued_check(const struct spec_entity *, struct problems *);
struct entity *queued_make(struct world *, const struct spec_entity *);
bool queued_wire(struct entity *);
void queued_start(struct entity *);
bool queued_conserve(struct entity *, sim_time now, struct err *);
void queued_fault(struct entity *, const struct fault_state *);
void queued_close(struct entity *);

#endif
