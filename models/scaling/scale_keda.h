/* scale_keda.h - Kubernetes: KEDA polls and switches between none and one, the autoscaler of pods does the rest (KEDA-1 … KEDA-4). */
#ifndef SCALE_KEDA_H
#define SCALE_KEDA_H

#include "ratio.h"
#include "scale_view.h"

#define SCALE_HPA_KEEP 64 /* recommendations remembered */

struct scale_keda_config {
    sim_time polling, cooldown, initial_cooldown;
    int64_t min, max;
    int64_t per_replica; /* queueLength, or shardCount */
    int64_t activation;
    sim_time sync;          /* of the autoscaler */
    struct ratio tolerance;
    int64_t up_percent, up_pods; /* the larger of the two, per sync */
    sim_time stabilisation; /* of scaling down */
};
void scale_keda_default(struct scale_keda_config *);

/* Messages that count (KEDA-2). */
struct scale_keda_queue {
    int64_t visible, in_flight, delayed;
};
int64_t scale_keda_load(const struct scale_keda_queue *, bool in_flight, bool delayed);
int64_t scale_keda_replicas(int64_t load, int64_t per_replica); /* rounded up (KEDA-2, KEDA-3) */

struct scale_keda {
    struct scale_keda_config config;
    int64_t replicas;
    sim_time active_at; /* the last poll that found it active */
    int64_t load;       /* as the latest poll found it */
    struct {
        sim_time at;
        int64_t wants;
    } said[SCALE_HPA_KEEP];
    uint64_t n_said;
};
void scale_keda_init(struct scale_keda *, const struct scale_keda_config *, int64_t replicas, sim_time now);
/* Limits that change while it runs: replicas outside of them are brought within (KEDA-6). */
void scale_keda_limits(struct scale_keda *, int64_t min, int64_t max);
/* KEDA's poll: none becomes one, and one becomes none after the cooldown. */
void scale_keda_poll(struct scale_keda *, sim_time now, int64_t load);
/* The autoscaler's sync: with one replica or more. */
void scale_keda_sync(struct scale_keda *, sim_time now, int64_t load);

#endif
