/* esmq_int.h - what the files of a mapping share. */
#ifndef ESMQ_INT_H
#define ESMQ_INT_H

#include "esmq.h"
#include "slab.h"

#define ESMQ_NONE   UINT32_MAX
#define ESMQ_PAUSES 5 /* 1, 2, 4, 8, 10 s (LAM-45) */

enum esmq_state { ESMQ_FREE, ESMQ_GATHERED, ESMQ_READY, ESMQ_INVOKING, ESMQ_PAUSING, ESMQ_ENDED };
struct esmq_batch {
    uint32_t next; /* in a list */
    uint8_t  state;
    uint32_t n, cap, try;
    uint32_t from, part; /* what is invoked now: all of it, or of a FIFO queue what fits into one invocation */
    uint64_t bytes;
    sim_time since, expires; /* the first message came; the first message's visibility timeout ends */
    sim_time due;            /* ESMQ_PAUSING */
    struct esmq_message *message;
};
struct esmq_list { /* in the order of coming */
    uint32_t head, tail;
};

struct esmq {
    struct esmq_config config;
    struct slab        batches; /* numbers given back keep their memory */
    uint32_t           forming; /* ESMQ_NONE: nothing is gathered */
    struct esmq_list   ready, due, pausing[ESMQ_PAUSES]; /* due: those whose pause is over */
    uint32_t           limit, pollers;
    uint32_t           polling, invoking, n_ready, n_pausing; /* invoking: throttled ones that wait, too */
    uint32_t           held;
    sim_time           minute, last; /* next look at the limit; latest message */
    bool               full, backlog, paused; /* full: all slots were busy in this minute */
    sim_time           again; /* no poll before */
    sim_time           second; /* provisioned: end of the one that is counted */
    uint64_t           second_polls;
    sim_time           pipe_free; /* provisioned: when what came has passed at 1 MB/s and poller */
    struct esmq_counts counts;
};

ALWAYS_INLINE struct esmq_batch *esmq_at(const struct esmq *e, uint32_t batch)
{
    return slab_at(&e->batches, batch);
}
ALWAYS_INLINE sim_time esmq_window_end(const struct esmq *e)
{
    return e->forming == ESMQ_NONE ? SIM_NEVER : esmq_at(e, e->forming)->since + e->config.window;
}

/* esmq_batch.c */
void     esmq_list_add(struct esmq *, struct esmq_list *, uint32_t batch);
uint32_t esmq_list_take(struct esmq *, struct esmq_list *);
void     esmq_ready(struct esmq *); /* what was gathered is a batch */
void     esmq_next_part(struct esmq *, uint32_t batch);

/* esmq_scale.c */
void esmq_scale_open(struct esmq *);
void esmq_minute(struct esmq *, sim_time now);
void esmq_shrink(struct esmq *); /* a batch failed */
bool esmq_may_poll(struct esmq *, sim_time now);
void esmq_passed(struct esmq *, uint64_t bytes, sim_time now);

#endif
