/* modulation.c - a chain of states, walked along with the arrivals. */
#include "modulation.h"

enum { DRAW_STAY, DRAW_NEXT }; /* the attempt word of a visit's cells */

struct modulation_state modulation_state_of(struct rate rate, const struct dist *stay, const int64_t *next)
{
    return (struct modulation_state){(double)rate.events / (double)rate.ns, stay, next};
}

static void stay(struct modulation_walk *w, sim_time from)
{
    struct rng cell = rng_at(&w->stream, 0, w->visit, DRAW_STAY);
    sim_time time = dist_sample(w->modulation->state[w->state].stay, &cell);
    w->until = time < SIM_NEVER - from ? from + time : SIM_NEVER;
}

void modulation_start(struct modulation_walk *w, const struct modulation *m, const struct rng_stream *stream,
                      sim_time start, sim_time end)
{
    *w = (struct modulation_walk){.modulation = m, .stream = *stream, .at = start, .end = end};
    stay(w, start);
}

static uint32_t choose(const struct modulation_walk *w)
{
    const struct modulation *m = w->modulation;
    const int64_t *chance = m->state[w->state].next;
    if (chance == NULL)
        return (w->state + 1) % m->n;
    struct rng cell = rng_at(&w->stream, 0, w->visit, DRAW_NEXT);
    int64_t lot = (int64_t)rng_below(&cell, 1000000000);
    uint32_t i = 0;
    while (i + 1 < m->n && lot >= chance[i])
        lot -= chance[i++];
    return i;
}

static void move_on(struct modulation_walk *w)
{
    w->at = w->until;
    w->state = choose(w);
    w->visit++;
    stay(w, w->at);
}

sim_time modulation_next(struct modulation_walk *w, double unit)
{
    for (;;) {
        double slope = w->modulation->state[w->state].slope, room = (double)(w->until - w->at);
        double wait = unit / slope;
        if (wait < room) {
            w->at += (sim_time)(wait + 0.5);
            return w->at;
        }
        if (w->until >= w->end)
            return SIM_NEVER;
        unit -= room * slope;
        if (unit < 0)
            unit = 0;
        move_on(w);
    }
}
