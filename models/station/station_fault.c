/* station_fault.c - what faults do to a station. Down: all that is inside breaks off, and nobody comes in. Hanging: calls take
 * their places but nothing moves, and nobody who was inside is ever answered. Stopped: nothing moves, and all that stood
 * still goes on afterwards. (Slowness and failure are looked at where work begins and ends.) */
#include "stay.h"

static struct wire_call *first_inside(struct station *s)
{
    return s->running.head != NULL ? s->running.head : s->waiting.head;
}

/* All that is inside goes: answered that the connection broke, or never answered. */
static void empty(struct station *s, bool answer, bool stopped)
{
    sim_time now = world_now(s->e.world);
    struct wire_call *c;
    while ((c = first_inside(s)) != NULL) {
        if (c->state == STATE_RUNNING && !stopped)
            station_stop(s, c);
        obs_count(&s->count[STATION_BROKEN], now, 1);
        s->n_broken++;
        station_drop(s, c, now, answer, CALL_DOWN);
    }
}

static void stop_all(struct station *s)
{
    for (struct wire_call *c = s->running.head; c != NULL; c = c->next)
        station_stop(s, c);
}

/* What is left of each running call's work is kept; -1 where it is not its own work that is under way. */
static void freeze(struct station *s, sim_time now)
{
    for (struct wire_call *c = s->running.head; c != NULL; c = c->next) {
        c->left = sim_pending(&c->timer) ? c->timer.at - now : -1;
        sim_cancel(s->e.world->sim, &c->timer);
    }
}

static void thaw(struct station *s)
{
    for (struct wire_call *c = s->running.head; c != NULL; c = c->next) {
        if (c->left >= 0)
            sim_after(s->e.world->sim, &c->timer, c->left);
    }
}

static void stand_still(struct station *s, bool still)
{
    sim_time now = world_now(s->e.world);
    s->open = still ? 0 : s->servers;
    if (s->fault.active & FAULT_HANG)
        return; /* nothing moves, and nothing will: it goes when it no longer hangs */
    if (s->more != NULL)
        (still ? s->more->way->freeze : s->more->way->thaw)(s, now);
    else if (still)
        freeze(s, now);
    else
        thaw(s);
    if (!still)
        station_dispatch(s);
}

void station_fault(struct entity *e, const struct fault_state *state)
{
    struct station *s = (struct station *)e;
    unsigned before = s->fault.active, after = state->active;
    s->fault = *state;
    station_judge(s);
    entity_trace(e, TRACE_FAULT, after);
    bool hung = (before & FAULT_HANG) != 0, hangs = (after & FAULT_HANG) != 0;
    if ((after & ~before & FAULT_DOWN) != 0)
        empty(s, true, hung);
    else if (hung && !hangs)
        empty(s, false, true);
    else if (hangs && !hung)
        stop_all(s);
    if (((before ^ after) & FAULT_STOP) != 0)
        stand_still(s, (after & FAULT_STOP) != 0);
}
