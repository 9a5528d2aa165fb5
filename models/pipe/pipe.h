/* pipe.h - a pipe (EB-49 … EB-51): takes batches of messages from a queue, deletes those that no filter matches, has the others
 * enriched by somebody who is called, and gives them to a target. For pipe*.c. */
#ifndef PIPE_H
#define PIPE_H

#include "filter.h"
#include "world.h"

enum pipe_key {
    PIPE_SOURCE,
    PIPE_TARGET,
    PIPE_FILTERS,
    PIPE_RECORD,
    PIPE_ENRICHMENT,
    PIPE_BATCH,
    PIPE_WINDOW,
    PIPE_CONCURRENCY,
    PIPE_WAIT_TIME,
    PIPE_TIMEOUT,
    PIPE_PARTIAL,
    PIPE_INPUT_SIZE,
    PIPE_GROUP,
    N_PIPE_KEYS
};
enum pipe_metric {
    PM_BUSY,
    PM_RECEIVES,
    PM_EMPTY_RECEIVES,
    PM_RECEIVED,
    PM_FILTERED,
    PM_EVENTS,
    PM_INVOCATIONS,
    PM_ENRICHMENT_FAILED,
    PM_TARGET_FAILED,
    PM_FAILED,
    PM_PARTIALLY_FAILED,
    PM_DELIVERED,
    PM_RETURNED,
    PM_TIMEOUTS,
    PM_BILLED,
    PM_DURATION,
    PM_ENRICHMENT_DURATION,
    PM_TARGET_DURATION,
    N_PIPE_METRICS
};
enum { PIPE_COUNTERS = PM_BILLED - PM_RECEIVES + 1 };

struct pipe;
struct runner;
struct pipe_item { /* a message of a batch */
    struct pulled got;
    struct runner *runner;
    struct wire_call *call; /* under way */
    struct sim_timer timer; /* its timeout */
    enum call_verdict verdict;
};
enum runner_state { RUNNER_POLLING, RUNNER_GATHERING, RUNNER_ENRICHING, RUNNER_DELIVERING, RUNNER_DELETING };
struct runner { /* one execution after the other */
    struct pipe *pipe;
    struct pull_ask ask;
    struct sim_timer timer;
    struct pipe_item *item;
    uint32_t n, pending;
    enum runner_state state;
    sim_time asked, first, began, stage; /* the poll; first message; execution; stage */
    struct world_spin spin; /* of batches */
    bool running, again, nothing; /* a turn is under way; another is wanted; the last poll brought nothing at once */
};
struct pipe {
    struct entity e;
    struct entity *source, *target, *enrichment;
    const struct pull_ops *pull;
    struct filter *filter[5];
    uint32_t n_filter, n_runner, batch;
    uint8_t *passes; /* by number of the event template */
    sim_time window, wait_time, timeout;
    bool partial, closing, fifo; /* fifo: the source, whose groups keep their order */
    int64_t input_size;
    int group;
    struct runner *runner;
    uint64_t n_taken, n_let_go;
    struct obs_level busy;
    struct obs_counter count[PIPE_COUNTERS];
    struct obs_tally duration, enriching, delivering;
};

extern const struct key pipe_keys[N_PIPE_KEYS];
extern const struct metric_def pipe_metrics[N_PIPE_METRICS];

static inline void pipe_count(struct pipe *p, enum pipe_metric m, uint64_t by)
{
    obs_count(&p->count[m - PM_RECEIVES], world_now(p->e.world), by);
}
enum { PIPE_TRACE_TAKEN = 1, PIPE_TRACE_FILTERED, PIPE_TRACE_DELIVERED, PIPE_TRACE_FAILED };

/* pipe.c */
void runner_init(struct runner *, struct pipe *);
void runner_start(struct runner *);
/* pipe_batch.c: what is done with a batch; then runner_next. */
void batch_begin(struct runner *);
void runner_next(struct runner *);
void runner_let_go(struct runner *, const struct pipe_item *);

#endif
