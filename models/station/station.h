/* station.h - a room with c servers and a bounded waiting room: what a service and a database have in common.
 *
 * A call that comes finds a free server, a place to wait, or is refused. It holds its server for the station's own time
 * and for what its owner does then (`worked`), until station_end. Everything is re-entrant: a reply may bring the next
 * call before it returns. */
#ifndef STATION_H
#define STATION_H

#include "world.h"

/* The order of service: first come, first served. Other disciplines are a way to choose from `waiting` (take_next). */

struct station;
struct station_ops {
    /* The own time of a call is over: ends with station_end, now or later. */
    void (*worked)(struct station *, struct wire_call *);
    /* Stop what `worked` began (a fault, a cancel). NULL: it never leaves anything under way. */
    void (*halt)(struct station *, struct wire_call *);
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
    STATION_IN_SYSTEM,
    STATION_BUSY,
    STATION_WAITING,
    STATION_SERVERS,
    STATION_UTILISATION,
    STATION_WAIT,
    STATION_SOJOURN,
    N_STATION_METRICS
};
#define STATION_METRICS                                                                            \
    {"arrived", NULL, OBS_COUNTER, UNIT_ONE, 0, "Calls that came."},                               \
        {"accepted", NULL, OBS_COUNTER, UNIT_ONE, 0, "Calls that found a server or a place."},     \
        {"refused", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES,                                    \
         "Calls that found neither, or came while it was down."},                                  \
        {"completed", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Calls served with success."},   \
        {"failed", NULL, OBS_COUNTER, UNIT_ONE, 0, "Calls served without success."},               \
        {"broken", NULL, OBS_COUNTER, UNIT_ONE, 0, "Accepted calls that a fault ended."},          \
        {"abandoned", NULL, OBS_COUNTER, UNIT_ONE, 0,                                              \
         "Accepted calls whose client gave up before they ended."},                                \
        {"cancelled", NULL, OBS_COUNTER, UNIT_ONE, 0, "Accepted calls that the client took back."}, \
        {"in_system", NULL, OBS_LEVEL, UNIT_ONE, METRIC_HIST, "Calls inside, waiting or served."}, \
        {"busy", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Servers that hold a call."},           \
        {"waiting", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES | METRIC_HIST, "Calls that wait."},   \
        {"servers", NULL, OBS_LEVEL, UNIT_ONE, 0, "Servers there are."},                           \
        {"utilisation", NULL, OBS_LEVEL, UNIT_SHARE, METRIC_SHARE, "Share of servers that are busy."}, \
        {"wait", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST | METRIC_SERIES,                            \
         "Time from arrival to a server."},                                                        \
        {"sojourn", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST, "Time from arrival to the end of service."}

struct station_list {
    struct wire_call *head, *tail;
    int64_t           n;
};

struct station {
    struct entity             e; /* first: a station's entity is the room's */
    const struct station_ops *ops;
    int64_t                   servers, places; /* places: of the waiting room */
    const struct dist        *time;
    int64_t                   time_constant; /* -1: sampled */
    struct rng_stream         stream, chance;
    struct station_list       waiting, running;
    struct fault_state        fault;
    bool                      dispatching;

    /* Since the start of the run, never reset: conservation and Little's law. */
    uint64_t n_entered, n_ended, n_broken, n_cancelled;
    int128   arrivals, departures, area; /* sums of instants; integral of the number inside */
    sim_time area_until;

    struct obs_counter arrived, accepted, refused, completed, failed, broken, abandoned, cancelled;
    struct obs_level   in_system, busy, queue, size;
    struct obs_share   utilisation;
    struct obs_tally   wait, sojourn;
};

struct station_config {
    int64_t                   servers, places; /* places: INT64_MAX for no bound */
    const struct dist        *time;
    const struct station_ops *ops;
};

/* In `make`: registers the metrics STATION_METRICS as the room's first. */
bool station_init(struct station *, const struct station_config *);
/* The call's work is over; it leaves, and is answered. CALL_OK is an effect for its request. */
void station_end(struct station *, struct wire_call *, enum call_verdict);
/* A scale-in lets running work finish. */
void station_set_servers(struct station *, int64_t servers);
void station_set_places(struct station *, int64_t places);

/* Room functions that fit as they are. */
void station_accept(struct entity *, struct wire_call *);
void station_cancel(struct entity *, struct wire_call *);
void station_fault(struct entity *, const struct fault_state *);
bool station_conserve(struct entity *, sim_time now, struct err *);

#endif
