/* sim_lane.h - private to sim.c: a lane as a list, in the order in which its timers are due. Its ends are one timer that is earlier
 * than all and never due, so that nobody is first or last. */
#ifndef SIM_LANE_H
#define SIM_LANE_H

#include "sim.h"

static inline bool lane_before(const struct sim_timer *a, const struct sim_timer *b)
{
    return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static inline void lane_unlink(struct sim_timer *t)
{
    struct sim_timer *before = t->prev, *behind = t->next;
    before->next = behind;
    behind->prev = before;
    t->place = SIM_NO_PLACE;
}

/* Behind the last timer that is due before it: the tail, unless timers of several ranks share the
 * lane or its delay was made shorter. */
static inline void lane_link(struct sim_lane *l, struct sim_timer *t)
{
    struct sim_timer *after = l->ends.prev;
    while (__builtin_expect(lane_before(t, after), 0))
        after = after->prev;
    struct sim_timer *behind = after->next;
    t->prev = after;
    after->next = t;
    t->next = behind;
    behind->prev = t;
    t->place = SIM_LANE_PLACE;
}

static inline bool lane_is_empty(const struct sim_lane *l)
{
    return l->ends.next == &l->ends;
}

#endif
