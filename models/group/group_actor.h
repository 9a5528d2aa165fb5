/* group_actor.h - a group in a run: instances have seats, and on each seat some of the target's workers in a row. */
#ifndef GROUP_ACTOR_H
#define GROUP_ACTOR_H

#include "control.h"
#include "crew.h"
#include "group.h"
#include "group_keys.h"
#include "health.h"
#include "world.h"

#define GROUP_POLICIES_MAX 64 /* AWS: 50 */

enum seat_due { SEAT_HOOK, SEAT_SPOT, SEAT_FAILURE };

struct seat {
    struct grouping *group;
    uint32_t number;
    uint64_t id; /* 0: free */
    bool starting; /* in service, but its application is not up yet */
    bool open;     /* its workers take work, as far as the instance is concerned */
    bool routed;   /* and they are given some */
    bool draining;
    struct sim_timer timer;
    enum seat_due due;
    sim_time launched;

    /* group_watch.c */
    struct sim_timer app;   /* its application comes up, falls ill, is well again */
    struct sim_timer check; /* the next one, or the answer that it waits for */
    struct health health;
    sim_time sent;     /* a check that has no answer yet; SIM_NEVER: there is none */
    uint32_t n_sent, n_ill;
    bool was_good, ill, impaired;
    sim_time ill_since;
};

struct grouping {
    struct entity e; /* first */
    struct group *core;
    struct call call;
    struct entity *target;
    const struct crew_ops *crew;
    uint32_t threads;
    const struct dist *launch_delay, *launch_time, *end_time, *failure, *spot_after;
    const struct dist *startup, *ill_after, *ill_lasts;
    struct rng_stream launch_stream, hook_stream, failure_stream, spot_stream, startup_stream, ill_stream, check_stream;
    struct fault_state ailment;
    bool impairs;
    bool checks;               /* there are health checks */
    bool routes;               /* what a load balancer finds unhealthy gets no calls */
    bool asks_workers;
    sim_time answer_time;      /* of one that is well */
    struct health_config judge;
    enum group_protection protection;
    int64_t nano_per_hour;
    struct seat **seat;
    uint32_t n_seat, cap_seat;
    struct scale_member *member;
    sim_time every; /* between hearings; SIM_NEVER: no member */
    struct sim_timer timer, look, control, refresh;
    bool settling;

    struct obs_level level[GM_UNHEALTHY + 1];
    struct obs_counter count[GM_FAILED_REFRESHES - GM_LAUNCHES + 1];
    struct obs_tally launch, found;
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
/* It is in service; known: from the beginning of the run, with all up and well. */
void seat_serve(struct seat *, bool known);
uint32_t seat_busy(const struct seat *);
/* Its workers are given work, or not. */
void seat_route(struct seat *, bool in);
/* What chance says of an instance: the n-th time of a law. */
sim_time seat_draw(const struct dist *, const struct rng_stream *, uint64_t id, uint32_t n);
/* group_watch.c: applications that come up and fall ill, and the checks that find it out */
void watch_init(struct seat *);
/* It is in service. known: it is one of those that the run begins with. */
void watch_begin(struct seat *, bool known);
void watch_end(struct seat *, enum group_why);
void watch_recover(struct seat *); /* nothing ails it any more: it is gone */
void watch_route(struct grouping *); /* whom a balancer gives calls */
/* group_settings.c */
void watch_check(const struct spec_entity *, struct problems *);
void watch_read(struct grouping *);
void watch_config(const struct spec_entity *, struct group_config *);
/* group_control.c */
extern const struct scale_ops grouping_scale;
void grouping_control_init(struct grouping *);
void grouping_control_start(struct grouping *);

#endif
