/* function_actor.h - a function in the simulated world, for function_*.c. An invocation is a run: it
 * waits for its environment, works through its items one after the other, each with a time and steps,
 * and ends by itself, by an error or at the timeout. */
#ifndef FUNCTION_ACTOR_H
#define FUNCTION_ACTOR_H

#include "function_keys.h"
#include "invoke.h"
#include "lam_async.h"
#include "lam_law.h"
#include "lam_price.h"
#include "lambda.h"
#include "pools.h"
#include "steps.h"

enum function_trace { FUNCTION_TRACE_BEGUN = 1, FUNCTION_TRACE_THROTTLED, FUNCTION_TRACE_DONE, FUNCTION_TRACE_FAILED,
                      FUNCTION_TRACE_ENDED, FUNCTION_TRACE_EVENT, FUNCTION_TRACE_DROPPED };

struct function {
    struct entity       e;
    struct lam_account *account; /* of the first function of the trial, shared */
    struct lam_account  own;
    struct lambda      *core;
    struct lam_async   *async;
    struct slab         runs, events;
    struct steps        steps;
    struct pools        pools;
    struct sim_timer    reaper; /* of environments that hold connections */
    struct draws        duration_draws;
    const struct dist  *duration, *record_time, *cold; /* cold NULL: constant */
    sim_time            cold_constant;
    struct rng_stream   record_stream, cold_stream, error_stream, crash_stream, fault_stream;
    int64_t             cpu, errors, crash;
    struct poison       poison;
    uint32_t            memory_mb;
    struct entity      *on_failure, *on_success, *dead_letter;
    struct sim_timer    timer; /* of events */
    bool                pumping;
    struct world_spin   spin; /* of events */
    struct fault_state  fault;
    struct call         call;
    struct lam_use      use; /* so far */
    uint64_t            gb_seconds;
    struct obs_counter  count[FUNCTION_COUNTERS];
    struct obs_tally    duration_seen, init_seen, batch_seen, age_seen;
    struct obs_level    concurrent, provisioned, units, environments, waiting, cost_part, cost_whole;
    struct obs_share    utilisation, cost;
    struct caller_metrics caller;
};

enum run_kind { RUN_CALL, RUN_EVENT, RUN_BATCH };
struct run {
    struct function   *f;
    uint32_t           number, env, event; /* event: id in the queue of events */
    uint8_t            kind;
    bool               starting; /* steps are being started: they may end inside */
    bool               late;     /* its timer is the timeout's */
    bool               live;
    bool               orphan; /* the invoker is gone: the jobs are the run's own */
    bool               in_order, spoiled, fails; /* spoiled: its invoker, and fails: it or a fault decided it */
    enum call_verdict  verdict; /* of steps that ended inside */
    uint16_t           try;
    struct wire_call  *call;
    struct invocation *invocation;
    const struct job  *job;
    uint32_t           n, at;
    bool              *failed;
    struct job         own;
    sim_time           handler, limit;
    struct sim_timer   timer;
    struct steps_walk  walk;
};
struct event { /* one that was accepted */
    struct job job;
    uint32_t   number;
};

static inline struct function *function_of(struct entity *e)
{
    return (struct function *)e;
}
static inline void function_count(struct function *f, enum function_metric m, uint64_t by)
{
    obs_count(&f->count[m], world_now(f->e.world), by);
}
struct call *function_call(struct function *);

/* function_run.c. What to do: kind, and the fields of its kind; job, n, try. LAM_OK: it is under way, or has ended; else it
 * was refused. `down`: a fault. */
enum lam_outcome function_begin(struct function *, const struct run *what);
void function_reap(struct sim *, struct sim_timer *);
void function_finish_costs(struct function *, sim_time now); /* at the end of the run */

/* function_port.c */
extern const struct call_ops   function_call_ops;
extern const struct push_ops   function_push_ops;
extern const struct invoke_ops function_invoke_ops;
/* The run has ended and is given back: its result goes to whom it concerns. */
void function_told(struct function *, const struct run *, enum lam_end);
void function_forget_orphans(struct function *); /* what belongs to runs whose invoker is gone; at the end */

/* function_async.c */
void function_offer(struct entity *, const struct job *, uint32_t n, struct push_answer *);
void function_event_over(struct function *, uint32_t id, enum lam_answer);
void function_arm(struct function *);
void function_on_timer(struct sim *, struct sim_timer *);

#endif
