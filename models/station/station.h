/* station.h - a room with c servers and a waiting room: what a service and a database have in common.
 *
 * A call that comes finds a free server, a place to wait, or is refused. It holds its server for the station's own time
 * and for what its owner does then (`worked`), until station_end. Everything is re-entrant: a reply may bring the next
 * call before it returns.
 *
 * A plain station serves in order of arrival and does nothing else. What goes beyond that - other orders, preemption,
 * processor sharing, batches, set-up, breakdowns, patience, quotas - stands behind `more`, which a plain one does not have. */
#ifndef STATION_H
#define STATION_H

#include "draws.h"
#include "station_keys.h"
#include "world.h"

struct station;
struct station_ops {
    /* The own time of a call is over: ends with station_end, now or later. */
    void (*worked)(struct station *, struct wire_call *);
    /* Stop what `worked` began (a fault, a cancel). NULL: it never leaves anything under way. */
    void (*halt)(struct station *, struct wire_call *);
    /* A call on a connection of its own has been refused, or has left. NULL where there is none. */
    void (*hung_up)(struct station *, sim_time now);
};

/* The first metrics of a room with a station, in this order. */
enum station_metric {
    STATION_ARRIVED,
    STATION_ACCEPTED,
    STATION_REFUSED,
    STATION_COMPLETED,
    STATION_FAILED,
    STATION_BROKEN,
    STATION_ABANDONED,
    STATION_CANCELLED,
    STATION_THROTTLED,
    STATION_EXPIRED,
    STATION_INTERRUPTED,
    STATION_COLD_STARTS,
    STATION_BATCHES,
    STATION_IN_SYSTEM,
    STATION_BUSY,
    STATION_WAITING,
    STATION_SERVERS,
    STATION_REPAIRING,
    STATION_UTILISATION,
    STATION_WAIT,
    STATION_SOJOURN,
    STATION_BATCH_SIZE,
    STATION_THROTTLED_AT,
    N_STATION_METRICS
};
enum { STATION_COUNTERS = STATION_BATCHES + 1 };

#define STATION_COUNTER(name, flags, doc) {name, NULL, OBS_COUNTER, UNIT_ONE, flags, doc}
#define STATION_METRICS                                                                            \
    STATION_COUNTER("arrived", 0, "Calls that came."),                                             \
        STATION_COUNTER("accepted", 0, "Calls that found a server or a place."),                   \
        STATION_COUNTER("refused", METRIC_SERIES,                                                  \
                        "Calls that found neither, or came while it was down."),                   \
        STATION_COUNTER("completed", METRIC_SERIES, "Calls served with success."),                 \
        STATION_COUNTER("failed", 0, "Calls served without success."),                             \
        STATION_COUNTER("broken", 0, "Accepted calls that a fault or a breakdown ended."),         \
        STATION_COUNTER("abandoned", 0, "Accepted calls whose client gave up before they ended."), \
        STATION_COUNTER("cancelled", 0, "Accepted calls that the client took back."),              \
        STATION_COUNTER("throttled", METRIC_SERIES, "Calls over the quota."),                      \
        STATION_COUNTER("expired", METRIC_SERIES, "Accepted calls that left before they were served."), \
        STATION_COUNTER("interrupted", 0, "Times that a call lost its server to another one."),    \
        STATION_COUNTER("cold_starts", 0, "Times that a server had to be set up first."),          \
        STATION_COUNTER("batches", 0, "Batches served."),                                          \
        {"in_system", NULL, OBS_LEVEL, UNIT_ONE, METRIC_HIST, "Calls inside, waiting or served."}, \
        {"busy", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Servers that are taken."},             \
        {"waiting", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES | METRIC_HIST, "Calls that wait."},   \
        {"servers", NULL, OBS_LEVEL, UNIT_ONE, 0, "Servers there are; 0 when unlimited."},         \
        {"repairing", NULL, OBS_LEVEL, UNIT_ONE, 0, "Servers that have broken down."},             \
        {"utilisation", NULL, OBS_LEVEL, UNIT_SHARE, METRIC_SHARE, "Share of servers that are taken."}, \
        {"wait", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES,                            \
         "Time from arrival to the beginning of service."},                                        \
        {"sojourn", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST, "Time from arrival to the end of service."}, \
        {"batch_size", NULL, OBS_TALLY, UNIT_ONE, METRIC_HIST, "Calls in a batch."},               \
        {"throttled_at", NULL, OBS_TALLY, UNIT_NS, 0,                                              \
         "Instants at which calls were throttled: min is the first, max the last."}

struct station_list {
    struct wire_call  *head, **tail; /* tail: the last call's `next`, or head */
    int64_t            n;
};
struct station_more;
struct roster;

struct station {
    struct entity             e; /* first: a station's entity is the room's */
    const struct station_ops *ops;
    sim_fire                  fire;    /* of the timer of a call's own time */
    int64_t                   open;    /* servers that may take a call now: none while it stands still */
    int64_t                   servers; /* INT64_MAX: unlimited */
    int64_t                   places;  /* of the waiting room */
    const struct dist        *time;
    int64_t                   time_constant; /* -1: sampled */
    struct rng_stream         stream, chance;
    struct draws              times;   /* of first attempts */
    struct station_more      *more; /* NULL: a plain one */
    struct roster            *roster; /* roster.h; NULL: servers are all alike */
    struct station_list       waiting, running;
    struct fault_state        fault;
    bool                      plain;   /* no `more`, no roster, and no fault now: nothing to ask for one by one (station_judge) */
    bool                      dispatching;

    /* Since the start of the run, never reset: conservation and Little's law. */
    uint64_t n_broken, n_cancelled;
    uint64_t stays; /* instants of leaving less instants of arrival, modulo 2^64 */

    struct obs_counter count[STATION_COUNTERS];
    struct obs_level   in_system, busy, queue, size, repairing;
    struct obs_share   utilisation;
    struct obs_tally   wait, sojourn, batch_size, throttled_at;
};

struct station_config {
    int64_t                   servers, places; /* INT64_MAX for no bound */
    const struct dist        *time;
    const struct dist        *read_time; /* of calls that only read; NULL: as the others */
    const struct station_ops *ops;
    sim_fire                  fire; /* NULL, or the owner's way from the call's timer to its `worked` */
    unsigned                  first_key; /* of the room's station keys */
};

/* In `make`: registers the metrics STATION_METRICS as the room's first. */
bool station_init(struct station *, const struct station_config *);
/* The call's work is over; it leaves, and is answered. CALL_OK is an effect for its request, unless it only read. */
void station_end(struct station *, struct wire_call *, enum call_verdict);
/* The same without the answer: the owner goes on with the call, which is no longer inside. The verdict may be worse than
 * what was said (a fault). */
enum call_verdict station_depart(struct station *, struct wire_call *, enum call_verdict);
/* Whether a fault makes the call's work go wrong; station_end says so too. */
bool station_fails(const struct station *, const struct wire_call *);
/* A scale-in lets running work finish. */
void station_set_servers(struct station *, int64_t servers);
void station_set_places(struct station *, int64_t places);

/* Room functions that fit as they are. */
void    station_accept(struct entity *, struct wire_call *);
bool    station_turns_away(struct entity *, const struct job *, uint32_t n, enum call_verdict *);
void    station_cancel(struct entity *, struct wire_call *);
int64_t station_load(const struct entity *);
void    station_start(struct entity *);
void    station_fault(struct entity *, const struct fault_state *);
bool    station_conserve(struct entity *, sim_time now, struct err *);
void    station_close(struct entity *);

#endif
