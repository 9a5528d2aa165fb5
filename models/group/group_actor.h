/* group_actor.h - a group in a run: instances have seats, and on each seat some of the target's workers in a row. */
#ifndef GROUP_ACTOR_H
#define GROUP_ACTOR_H

#include "control.h"
#include "crew.h"
#include "group.h"
#include "group_keys.h"
#include "world.h"

#define GROUP_POLICIES_MAX 64 /* AWS: 50 */

enum seat_due { SEAT_HOOK, SEAT_SPOT, SEAT_FAILURE };

struct seat {
    struct grouping *group;
    uint32_t number;
    uint64_t id; /* 0: free */
    bool open;   /* its workers take work */
    bool draining;
    struct sim_timer timer;
    enum seat_due due;
    sim_time launched;
};

struct grouping {
    struct entity e; /* first */
    struct group *core;
    struct call call;
    struct entity *target;
    const struct crew_ops *crew;
    uint32_t threads;
    const struct dist *launch_delay, *launch_time, *end_time, *failure, *spot_after;
    struct rng_stream launch_stream, hook_stream, failure_stream, spot_stream;
    enum group_protection protection;
    int64_t nano_per_hour;
    struct seat **seat;
    uint32_t n_seat, cap_seat;
    struct scale_member *member;
    sim_time every; /* between hearings; SIM_NEVER: no member */
    struct sim_timer timer, look, control, refresh;
    bool settling;

    struct obs_level level[GM_WARMING + 1];
    struct obs_counter count[GM_KILLED - GM_LAUNCHES + 1];
    struct obs_tally launch;
    struct obs_level hours_part, hours_whole, cost_part, cost_whole;
    struct obs_share hours, cost;
};

static inline void grouping_count(struct grouping *g, enum group_metric m, uint64_t by)
{
    obs_count(&g->count[m - GM_LAUNCHES], world_now(g->e.world), by);
}

/* group_actor.c */
void grouping_settle(struct grouping *);
void grouping_start(struct entity *);
void grouping_finish(struct entity *, sim_time now);
bool grouping_conserve(struct entity *, sim_time now, struct err *);
/* group_seat.c: what an effect of the core comes to */
void seat_obey(struct grouping *, const struct effect *);
/* The seat of a new instance; NULL: memory is short. */
struct seat *seat_take(struct grouping *, uint64_t id);
/* Its workers are there from now on. */
void seat_serve(struct seat *);
uint32_t seat_busy(const struct seat *);
/* group_control.c */
extern const struct scale_ops grouping_scale;
void grouping_control_init(struct grouping *);
void grouping_control_start(struct grouping *);

#endif
