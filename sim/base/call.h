/* call.h - what every operation of a core is given and gives back: the time, the dice, and a bounded list of
 * consequences that its actor carries out. */
#ifndef CALL_H
#define CALL_H

#include <stdint.h>

#include "check.h"
#include "dice.h"
#include "simtime.h"

#define CALL_FX_MAX 64

struct effect {
    uint32_t kind; /* the core's own enum */
    uint32_t a;
    uint64_t b, c;
};

struct call {
    sim_time      now;
    struct dice  *dice;
    uint32_t      n_fx;
    struct effect fx[CALL_FX_MAX];
};

/* Sets the count only: zeroing the list would cost ten times as much. */
static inline void call_begin(struct call *c, sim_time now, struct dice *dice)
{
    c->now = now;
    c->dice = dice;
    c->n_fx = 0;
}

static inline void call_effect(struct call *c, uint32_t kind, uint32_t a, uint64_t b, uint64_t d)
{
    CHECK(c->n_fx < CALL_FX_MAX);
    c->fx[c->n_fx++] = (struct effect){kind, a, b, d};
}

#endif
