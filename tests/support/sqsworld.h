/* sqsworld.h - a queue's core in a test's hands: time, dice, and the effects since the last look.
 */
#ifndef SQSWORLD_H
#define SQSWORLD_H

#include <string.h>

#include "sqs.h"

struct sqsworld {
    struct sqs *core;
    struct dice *dice; /* SQS_DICE_KINDS of them */
    sim_time now;
    struct call call;
    uint64_t n_fx[SQS_FX_KINDS];                            /* since the start, by kind */
    void (*told)(struct sqsworld *, const struct effect *); /* NULL: nobody looks */
};

static inline void sqsworld_drain(struct sqsworld *w)
{
    for (uint32_t i = 0; i < w->call.n_fx; i++) {
        w->n_fx[w->call.fx[i].kind]++;
        if (w->told != NULL)
            w->told(w, &w->call.fx[i]);
    }
    w->call.n_fx = 0;
}

/* Moves to that time: everything due until then happens. */
static inline void sqsworld_to(struct sqsworld *w, sim_time to)
{
    while (sqs_deadline(w->core) <= to) {
        sim_time at = sqs_deadline(w->core);
        w->now = at > w->now ? at : w->now;
        call_begin(&w->call, w->now, w->dice);
        sqs_advance(w->core, &w->call);
        sqsworld_drain(w);
    }
    w->now = to;
}

/* Ready for an operation. */
static inline struct call *sqsworld_begin(struct sqsworld *w)
{
    sqsworld_drain(w);
    sqsworld_to(w, w->now);
    call_begin(&w->call, w->now, w->dice);
    return &w->call;
}

static inline void sqsworld_open(struct sqsworld *w, const struct sqs_config *config,
                                 struct dice *dice)
{
    memset(w, 0, sizeof(*w));
    w->dice = dice;
    CHECK(sqs_open(&w->core, config, NULL));
}

#endif
