/* sim.h - one simulated world's clock and event set.
 *
 * Events are ordered by (at, rank, seq): time, then rank, then the order in which they were scheduled. The order is
 * total and written down, so a run is a function of its scenario and seed alone. There are no globals: a trial
 * owns one struct sim, and two of them live side by side.
 *
 * An event is a timer embedded in its owner; the engine allocates nothing per event. Two ways to wait:
 *  - sim_at / sim_after: any time; a row of those that are due soonest, a pool or buckets of the others, in which each
 *    timer knows its place: moving and cancelling need no long search, and the cost hardly depends on how many wait;
 *  - a lane: for waits of one constant length (a visibility timeout, a client's timeout). Deadlines in a lane are
 *    monotone, so starting is an append and cancelling an unlink; only the lane's head ever meets the set of the others. */
#ifndef ENGINE_SIM_H
#define ENGINE_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "simtime.h"

/* Order of events of one instant. STATE: what is due in a core (expiry, delay, visibility). MESSAGE: arrivals,
 * completions, calls. LATE: those who give up waiting. SAMPLE: periodic reading of gauges. CONTROL: alarms, scaling,
 * after every datapoint of the instant. END: the end of the run. */
enum sim_rank { SIM_STATE, SIM_MESSAGE, SIM_LATE, SIM_SAMPLE, SIM_CONTROL, SIM_END };

struct sim;
struct sim_timer;
typedef void (*sim_fire)(struct sim *, struct sim_timer *);

/* Embedded in its owner (CONTAINER_OF finds it). Fields are private to sim.c and the inline functions below. */
struct sim_timer {
    sim_time          at;    /* due time while pending */
    uint64_t          order; /* rank and seq */
    sim_fire          fire;
    union {
        struct {
            struct sim_timer *next, *prev; /* in a lane */
        };
        struct sim_entry *entry; /* in a bucket */
    };
    uint32_t          place; /* in the heap, or one of those below */
};
#define SIM_NO_PLACE   UINT32_MAX
#define SIM_FAR_PLACE  (UINT32_MAX - 1)    /* in a bucket */
#define SIM_ROW_PLACE  (UINT32_MAX - 2)    /* in the row (sim_row.h) */
#define SIM_LANE_PLACE (UINT32_MAX - 3)    /* in a lane */
#define SIM_PACE_PLACE (UINT32_MAX - 4)    /* beside the row (sim_set.h) */
#define SIM_POOL_PLACE (UINT32_MAX - 1024) /* the first place in the pool (sim_pool.h) */

/* Waits of one length. Lives in its owner, which outlives its timers, and stays where it was initialised. */
struct sim_lane {
    struct sim_timer  wake; /* in the set at or before the head's deadline while the lane is not empty */
    struct sim_timer  ends; /* before the first and behind the last of those that wait: earlier than all, and never due */
    sim_time          delay;
};

/* Returns NULL when memory is short. */
struct sim *sim_open(void);
void        sim_close(struct sim *);

sim_time sim_now(const struct sim *);
/* Events executed so far (empty wakes of lanes are not counted). */
uint64_t sim_events(const struct sim *);

/* Before first use. A timer may be re-initialised only while it is not pending. */
void sim_timer_init(struct sim_timer *, enum sim_rank, sim_fire fire);
/* delay >= 0. A lane's timers are initialised with sim_timer_init as any other. */
void sim_lane_init(struct sim_lane *, sim_time delay);
/* Another length for starts to come; those who wait keep their time. After shortening, a start walks back over those
 * who wait longer. (Initialising again instead would lose the wake, also when the lane is empty.) */
void sim_lane_set(struct sim_lane *, sim_time delay);

/* Starts the timer, or moves it when it is pending already. at >= now. SIM_NEVER cancels. */
void sim_at(struct sim *, struct sim_timer *, sim_time at);
void sim_after(struct sim *, struct sim_timer *, sim_time delay);
/* sim_at, for a timer that starts itself whenever it has fired, as arrivals do. The order is the same, but one such timer, who is
 * soonest, waits beside the set and is not sorted in. */
void sim_again(struct sim *, struct sim_timer *, sim_time at);
/* Starts (or restarts) the timer at now + the lane's delay. */
void sim_lane_start(struct sim *, struct sim_lane *, struct sim_timer *);
/* A timer that is not pending, and may never have been initialised: sim_timer_init and sim_after or sim_lane_start in one.
 * (What is waited for once by every request is worth that.) */
void sim_begin_after(struct sim *, struct sim_timer *, enum sim_rank, sim_fire, sim_time delay);
void sim_begin_in_lane(struct sim *, struct sim_lane *, struct sim_timer *, enum sim_rank, sim_fire);
/* Does nothing when it is not pending. O(1) in a lane. */
void sim_cancel(struct sim *, struct sim_timer *);

static inline bool sim_pending(const struct sim_timer *t)
{
    return t->place != SIM_NO_PLACE;
}

/* Rings before the first event at `first` or later, and before the clock is set beyond it: no event, and nothing that it does
 * may start or cancel one. `at` is when the next event is due, or the end of the run if that is sooner; it returns, later
 * than that, the time from which it is to ring again. */
typedef sim_time (*sim_bell)(void *owner, sim_time at);
void sim_ring(struct sim *, sim_time first, sim_bell, void *owner);

/* peek and step are apart, so that a front door can pace the same engine by a wall clock.
 * sim_peek: the time of the next event, SIM_NEVER when none. sim_step: executes it; false when none. */
sim_time sim_peek(struct sim *);
bool     sim_step(struct sim *);
/* Executes all events up to and including `end`, then sets the clock to `end`. Stops early when *stop becomes
 * non-zero (NULL: never), after sim_halt, or when it is stuck, and then returns false; it looks every 4,096 events. */
bool sim_run(struct sim *, sim_time end, const volatile int *stop);
/* No use in going on: sim_run is to return. */
void sim_halt(struct sim *);
/* So many events at one instant, and time will never pass again. Before the first run; default: 33 million. */
void sim_patience(struct sim *, uint64_t events);
bool sim_stuck(const struct sim *);

/* True after an allocation inside the engine failed (the set of timers could not grow): the trial is void. */
bool sim_failed(const struct sim *);

#endif
