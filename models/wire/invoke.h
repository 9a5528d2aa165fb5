/* invoke.h - INVOKE: a batch of jobs handed to one function in one invocation, with one answer for
 * all of them and, where the function reports them, the items that failed. Event-source mappings
 * and Firehose's transformation invoke; a Lambda function serves it (room->invoke). A server of
 * CALL serves it too: the batch's jobs are called one after the other, and the first that fails
 * ends the invocation (or, with `report`, is marked, and the next one follows). */
#ifndef INVOKE_H
#define INVOKE_H

#include "world.h"

enum invoke_verdict {
    INVOKE_OK,        /* with `report`: failed[] says which were not */
    INVOKE_ERROR,     /* function error: an exception, a timeout */
    INVOKE_THROTTLED, /* 429: not begun */
    INVOKE_DOWN       /* service error: not begun */
};

/* One invocation under way; embedded in the invoker's activity, which outlives it. */
struct invocation {
    const struct job *job; /* n of them; requests are held by the invoker until `done` */
    uint32_t          n;
    bool             *failed; /* n flags, NULL: the function does not report; cleared at the start */
    bool              in_order; /* report: stop at the first failure, and mark all behind it (FIFO, streams) */
    sim_time          timeout;  /* so long the invoker waits; then it was an error, though a function works on; SIM_NEVER: for ever */
    bool              spoiled;  /* the function is to fail over the first job, whatever it would do; CALL servers do not know of it */
    uint32_t          try;      /* which try of this batch, from 0: goes into the jobs' attempt codes */
    void (*done)(struct invocation *, enum invoke_verdict); /* once; perhaps inside invoke_start */
    /* the server's, or the adaptor's */
    struct entity    *target;
    struct wire_call *call;
    struct sim_timer  timer;
    uint32_t          at;
    void             *visit;
    uint64_t          token;
    enum call_verdict answer;
    bool              busy; /* between the start and its end */
};

struct invoke_ops {
    /* The server owns it until it ends it with invoke_end; may do so at once. */
    void (*invoke)(struct entity *, struct invocation *);
    /* The invoker is gone (a fault): the work goes on, nobody is told. */
    void (*abandon)(struct entity *, struct invocation *);
};

/* Whether something can be invoked: it serves INVOKE or CALL. */
bool invoke_fits(const struct room *);
void invoke_init(struct invocation *, struct entity *target);
void invoke_start(struct invocation *);
void invoke_stop(struct invocation *); /* no-op when idle */
/* Server: the last that it does with it; `done` may start the next one. */
void invoke_end(struct invocation *, enum invoke_verdict);

#endif
