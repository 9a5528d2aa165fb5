/* sqs_actor.h - a queue in the simulated world: the core, its timer, its random streams, its
 * observers, and the requests whose copies it holds. For sqs_actor*.c and sqs_room.c. */
#ifndef SQS_ACTOR_H
#define SQS_ACTOR_H

#include "sqs.h"
#include "world.h"

enum queue_metric {
    QM_DEPTH,
    QM_IN_FLIGHT,
    QM_DELAYED,
    QM_GROUPS,
    QM_POLLS,
    QM_AGE,
    QM_NOISY_GROUPS, /* from here to QM_QUIET_AGE: of fair queues, read each minute as the age is */
    QM_QUIET_DEPTH,
    QM_QUIET_IN_FLIGHT,
    QM_QUIET_DELAYED,
    QM_QUIET_AGE,
    QM_SENT,
    QM_RECEIVED,
    QM_REDELIVERED,
    QM_DELETED,
    QM_REMOVED,
    QM_EMPTY,
    QM_DEDUPLICATED,
    QM_EXPIRED,
    QM_MOVED_OUT,
    QM_MOVED_IN,
    QM_THROTTLED,
    QM_REFUSED,
    QM_OVER_LIMIT,
    QM_STALE,
    QM_REDRIVEN,
    QM_CALLS_SEND,
    QM_CALLS_RECEIVE,
    QM_CALLS_DELETE,
    QM_CALLS_CHANGE,
    QM_BILLED,
    QM_BILLED_FAIR,
    QM_SIZE,
    QM_WAIT,
    QM_RECEIVES,
    N_QUEUE_METRICS
};
enum { QUEUE_COUNTERS = QM_BILLED_FAIR - QM_SENT + 1, QUEUE_FAIR_LEVELS = QM_QUIET_AGE - QM_AGE };

enum dedup_by { DEDUP_NONE, DEDUP_CONTENT, DEDUP_ID, DEDUP_KEY };

#define QUEUE_LANES 4

/* Why a turn does not go straight (sqs_actor_direct.c). */
enum queue_bar {
    BAR_SERVING = 1, /* an outer frame answers polls and goes on when inner ones return */
    BAR_FAULT = 2,
    BAR_LATENCY = 4  /* of its calls: the asker waits for each of them */
};

/* What every message's way needs stands first. */
struct queue {
    struct entity e;
    struct sqs *core;
    sim_time deadline; /* the core's, as known here: in the past when it is not */
    sim_time armed;    /* SIM_NEVER: not pending */
    uint32_t barred;   /* enum queue_bar; 0: nothing is in the way */
    bool letters_sent;
    bool unread; /* nobody takes messages from it */
    bool parks;  /* a dead-letter queue without consumer: what comes here is alive no more */
    uint32_t n_lane;
    int64_t latency_constant; /* -1: sampled */
    struct fault_state fault;
    uint64_t n_message; /* that came here, by whichever way: their numbers */
    /* Since the start of the run, never reset: Little's law, modulo 2^64. */
    uint64_t n_in, n_out;
    uint64_t entered, left; /* sums of instants */
    struct sim_lane lane[QUEUE_LANES]; /* waits of long polls, by length; n_lane of them */

    struct sim_timer timer;     /* STATE: at the deadline, `armed` when it was last set … */
    struct sim_lane due;        /* … alone in a lane: moved to a later time it costs next to nothing */
    struct sim_timer age_timer; /* SAMPLE */
    struct queue *dead_letter;
    struct dice dice[SQS_DICE_KINDS];
    struct rng chance[SQS_DICE_KINDS];
    const struct dist *latency;
    struct rng_stream latency_stream, pull_latency_stream, fail_stream;
    sim_time ghost_delay; /* mean (SQS-66) */
    uint64_t n_latency, n_calls;
    enum dedup_by dedup;
    uint64_t batch_bytes; /* of a SendMessageBatch (SQS-124) */
    struct redrive *redrive;
    uint32_t n_redrive;
    const struct redrive *running; /* SQS-119: one at a time */
    struct purge *purge;
    uint32_t n_purge;
    struct behind *behind; /* FIFO: what recorded messages wait for */

    struct obs_level depth, in_flight, delayed, groups, polls, age;
    struct obs_level fair[QUEUE_FAIR_LEVELS];
    struct obs_counter count[QUEUE_COUNTERS];
    struct obs_tally size, wait, receives;
    struct call call; /* of the operation under way; never two at a time */
};

struct redrive;
struct purge;
struct behind;

extern const struct push_ops queue_push;
extern const struct pull_ops queue_pull;

static inline struct queue *queue_of(struct entity *e)
{
    return (struct queue *)e;
}
static inline void queue_count_at(struct queue *q, sim_time now, enum queue_metric m, uint64_t by)
{
    obs_count(&q->count[m - QM_SENT], now, by);
}
static inline void queue_count(struct queue *q, enum queue_metric m, uint64_t by)
{
    queue_count_at(q, world_now(q->e.world), m, by);
}

bool queue_init(struct queue *,
                const struct sqs_config *); /* in `make`: core, timers, dice, metrics */
void queue_close(struct entity *);
/* All that is due now happens, and its effects are carried out; then an operation may be begun. */
void queue_settle(struct queue *);
struct call *queue_begin(struct queue *);
/* After an operation: effects, polls that can be answered, the timer, the gauges. */
void queue_end(struct queue *);
/* sqs_actor_admin.c: redrives and purges of the scenario. */
bool queue_admin_make(struct queue *);
void queue_admin_wire(struct queue *);
void queue_admin_start(struct queue *);
/* In `check`. */
void queue_admin_check(const struct spec *, const struct spec_entity *, struct problems *);
void queue_start(struct entity *);
void queue_fault(struct entity *, const struct fault_state *);
bool queue_conserve(struct entity *, sim_time now, struct err *);
void queue_finish(struct entity *, sim_time now);

#endif
